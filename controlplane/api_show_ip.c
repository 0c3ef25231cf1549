/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/notices.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <string.h>

enum {
	NEIGHBOUR_INCOMPLETE = 1,
	NEIGHBOUR_REACHABLE = 2,
	DEVICE_MTU = 1500,
	MS_PER_S = 1000
};

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

static const char *code_of(const struct routes_row *row)
{
	if (row->code == ROUTES_CONNECTED)
		return "C";
	if (row->code == ROUTES_LOCAL)
		return "L";
	return row->prefix.len == 0 ? "S*" : "S";
}

/* Our address in a connected network. */
static void add_own(json_t *row, const struct config *config, const struct routes_row *r)
{
	const struct config_interface *i = config_model_interface(config, r->interface);

	if (i && r->code == ROUTES_CONNECTED)
		json_object_set_new(row, "address", api_call_json_addr(&i->address));
}

json_t *api_show_ip_route(struct api_call *call)
{
	json_t *list, *result;
	struct routes table;

	if (reverse_routes_merge(call->control, &table) < 0)
		return NULL;
	list = json_array();
	result = json_pack("{s:o}", "routes", list);
	for (size_t i = 0; i < table.n; i++) {
		const struct routes_row *r = &table.rows[i];
		char prefix[PREFIX_TEXT], address[ADDR_TEXT];
		json_t *row;

		snprintf(prefix, sizeof(prefix), "%s/%u",
			 addr_print(&r->prefix.addr, address, sizeof(address)), r->prefix.len);
		row = json_pack("{s:s,s:s,s:i,s:i,s:b}", "code", code_of(r), "prefix", prefix,
				"distance", (int)r->distance, "metric", 0, "rri", (int)r->rri);
		if (!addr_is_none(&r->next_hop))
			json_object_set_new(row, "next_hop", api_call_json_addr(&r->next_hop));
		if (r->interface[0])
			json_object_set_new(row, "interface", json_string(r->interface));
		api_call_add_nameif(call, row, r->interface);
		add_own(row, &call->control->config, r);
		if (r->tag)
			json_object_set_new(row, "tag", json_integer(r->tag));
		json_array_append_new(list, row);
		if (r->prefix.len == 0 && !addr_is_none(&r->next_hop))
			json_object_set_new(result, "gateway", api_call_json_addr(&r->next_hop));
	}
	routes_fini(&table);
	return result;
}

static const char *mac_text(const uint8_t mac[6], char buf[18])
{
	snprintf(buf, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return buf;
}

static struct plane_stats_port port_sum(const struct control *c, size_t port)
{
	struct plane_stats_port sum = {0};

	for (unsigned w = 0; w < c->plane->header->params.n_workers; w++) {
		const struct plane_stats_port *p = &c->plane->stats_worker[w].ports[port];

		sum.rx_packets += relaxed(p->rx_packets);
		sum.rx_bytes += relaxed(p->rx_bytes);
		sum.tx_packets += relaxed(p->tx_packets);
		sum.tx_bytes += relaxed(p->tx_bytes);
		sum.rx_drops += relaxed(p->rx_drops);
		sum.tx_drops += relaxed(p->tx_drops);
	}
	return sum;
}

static void add_device(json_t *row, const struct control *c, const struct plane_stats_device *d)
{
	const struct plane_stats_device *first = c->plane->stats_main->devices;
	const struct plane_stats_port n = port_sum(c, (size_t)(d - first));
	char mac[18];

	json_object_update_new(
		row,
		json_pack("{s:s,s:s,s:b,s:i,s:I,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "device",
			  d->device, "mac", mac_text(d->mac, mac), "link_up", (int)d->link_up,
			  "mtu", (int)d->mtu, "speed_mbps", (json_int_t)d->speed_mbps, "queues",
			  (int)d->queues, "rx_packets", (json_int_t)n.rx_packets, "rx_bytes",
			  (json_int_t)n.rx_bytes, "tx_packets", (json_int_t)n.tx_packets,
			  "tx_bytes", (json_int_t)n.tx_bytes, "rx_drops", (json_int_t)n.rx_drops,
			  "tx_drops", (json_int_t)n.tx_drops, "missed", (json_int_t)d->missed));
}

static json_t *interface_of(const struct api_call *call, const struct config_interface *i)
{
	const struct control *c = call->control;
	const struct plane_stats_device *device = notices_device(c, i->name);
	json_t *row = json_pack("{s:s,s:b,s:b,s:i}", "name", i->name, "admin_up",
				(int)config_model_enabled(&c->config, i), "link_up", 0, "mtu",
				(int)(i->mtu ? i->mtu : DEVICE_MTU));

	if (device)
		add_device(row, c, device);
	if (!addr_is_none(&i->address)) {
		json_object_set_new(row, "address", api_call_json_addr(&i->address));
		json_object_set_new(row, "prefix_len", json_integer(i->prefix_len));
	}
	if (i->crypto_map[0])
		json_object_set_new(row, "crypto_map", json_string(i->crypto_map));
	if (i->description[0])
		json_object_set_new(row, "description", json_string(i->description));
	if (i->bandwidth_kbps)
		json_object_set_new(row, "bandwidth_kbps", json_integer(i->bandwidth_kbps));
	if (i->service_policy[0])
		json_object_set_new(row, "service_policy", json_string(i->service_policy));
	if (i->vlan) {
		json_object_set_new(row, "vlan", json_integer(i->vlan));
		json_object_set_new(row, "native", json_boolean(i->native));
	}
	if (i->adjust_mss)
		json_object_set_new(row, "adjust_mss", json_integer(i->adjust_mss));
	api_call_add_nameif(call, row, i->name);
	return row;
}

json_t *api_show_ip_interface(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_interface(call);
	json_t *list;

	if (name && !config_model_interface(config, name))
		return api_call_fail(call, RPC_FAILED, "there is no interface %s", name);
	list = json_array();
	for (size_t i = 0; i < config->n_interfaces; i++) {
		if (!name || strcmp(name, config->interfaces[i].name) == 0)
			json_array_append_new(list, interface_of(call, &config->interfaces[i]));
	}
	return json_pack("{s:o}", "interfaces", list);
}

static json_t *neighbour_of(const struct control *c, const struct plane_stats_neighbour *n)
{
	bool reachable = n->state == NEIGHBOUR_REACHABLE;
	uint64_t since = reachable ? n->confirmed_ms : n->since_ms, now = c->now_ms();
	const char *interface =
		n->port < PLANE_PORTS_MAX ? c->plane->stats_main->devices[n->port].interface : "";
	json_t *row = json_pack("{s:o,s:s,s:I,s:s}", "address", api_call_json_addr(&n->addr),
				"interface", interface, "age_s",
				(json_int_t)(now > since ? (now - since) / MS_PER_S : 0), "state",
				reachable ? "reachable" : "incomplete");
	char mac[18];

	if (reachable)
		json_object_set_new(row, "mac", json_string(mac_text(n->mac, mac)));
	return row;
}

json_t *api_show_ip_arp(struct api_call *call)
{
	const struct control *c = call->control;
	json_t *list = json_array();

	for (size_t i = 0; i < PLANE_NEIGHBOURS; i++) {
		/* a copy: the main thread may be writing the entry */
		const struct plane_stats_neighbour n = c->plane->stats_main->neighbours[i];

		if (n.state == NEIGHBOUR_INCOMPLETE || n.state == NEIGHBOUR_REACHABLE)
			json_array_append_new(list, neighbour_of(c, &n));
	}
	return json_pack("{s:o}", "entries", list);
}
