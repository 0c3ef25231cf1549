/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_validate.h"

#include <string.h>

static struct prefix network_of(const struct config_interface *interface)
{
	return prefix_make(&interface->address, interface->prefix_len);
}

static void check_pair(const struct config_interface *a, const struct config_interface *b,
		       struct fault_list *faults)
{
	struct prefix x = network_of(a), y = network_of(b);

	if (addr_is_none(&a->address) || addr_is_none(&b->address))
		return;
	if (prefix_covers(&x, &y) || prefix_covers(&y, &x))
		fault_add(faults, FAULT_WARNING, -1, "the networks of interfaces %s and %s overlap",
			  a->name, b->name);
}

static void check_carrier(const struct config *c, const struct config_interface *interface,
			  struct fault_list *faults)
{
	const struct config_interface *parent = config_model_parent(c, interface);

	if (interface->shutdown)
		return;
	if (!config_model_is_sub(interface)) {
		if (interface->device == CONFIG_DEVICE_NONE)
			fault_add(faults, FAULT_WARNING, -1,
				  "interface %s has no device and stays down: add a line such as "
				  "device af_packet eth1",
				  interface->name);
		return;
	}
	if (!parent || parent->device == CONFIG_DEVICE_NONE)
		fault_add(faults, FAULT_WARNING, -1,
			  "interface %s stays down: its main interface has no device",
			  interface->name);
	else if (!interface->vlan)
		fault_add(faults, FAULT_WARNING, -1,
			  "interface %s stays down: add encapsulation dot1Q and its VLAN",
			  interface->name);
}

static void check_interfaces(const struct config *c, struct fault_list *faults)
{
	size_t devices = 0;

	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		devices += interface->device != CONFIG_DEVICE_NONE &&
			   interface->device != CONFIG_DEVICE_LOOPBACK;
		check_carrier(c, interface, faults);
		for (size_t k = 0; k < i; k++)
			check_pair(&c->interfaces[k], interface, faults);
	}
	if (devices == 0)
		fault_add(faults, FAULT_ERROR, -1,
			  "no interface has a device: add interface GigabitEthernet0/0 and device "
			  "af_packet NAME (ip link shows the names)");
}

static bool is_connected(const struct config *c, const struct addr *a)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		struct prefix network = network_of(&c->interfaces[i]);

		if (!addr_is_none(&network.addr) && prefix_contains(&network, a))
			return true;
	}
	return false;
}

static void check_routes(const struct config *c, struct fault_list *faults)
{
	char network[PREFIX_TEXT], hop[ADDR_TEXT];

	for (size_t i = 0; i < c->n_routes; i++) {
		const struct config_route *route = &c->routes[i];

		prefix_print(&route->prefix, network, sizeof(network));
		if (!strcmp(route->interface, CONFIG_NULL))
			continue;
		if (route->interface[0] && !config_model_interface(c, route->interface))
			fault_add(faults, FAULT_WARNING, -1,
				  "ip route to %s: there is no interface %s", network,
				  route->interface);
		else if (!route->interface[0] && !is_connected(c, &route->next_hop))
			fault_add(faults, FAULT_WARNING, -1,
				  "ip route to %s: %s is in the network of no interface", network,
				  addr_print(&route->next_hop, hop, sizeof(hop)));
	}
}

static void check_platform(const struct config *c, struct fault_list *faults)
{
	for (unsigned i = 0; i < c->platform.n_worker_cores; i++)
		if (c->platform.worker_cores[i] == c->platform.control_core)
			fault_add(
				faults, FAULT_WARNING, -1,
				"core %d is both control-core and in worker-cores: the worker will "
				"be disturbed",
				c->platform.control_core);
}

void config_validate_all(const struct config *c, struct fault_list *faults)
{
	check_platform(c, faults);
	check_interfaces(c, faults);
	check_routes(c, faults);
	config_validate_qos(c, faults);
	config_validate_crypto(c, faults);
	config_validate_remote(c, faults);
}
