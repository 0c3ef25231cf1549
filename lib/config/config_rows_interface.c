/* SPDX-License-Identifier: BSD-3-Clause */
/* `interface ...` and its sub-mode. */
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_named.h"
#include "lib/config/config_print.h"
#include "lib/config/config_qos.h"
#include "lib/config/config_rows_link.h"
#include "lib/config/config_rows_named.h"
#include "lib/net/ip.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	LINUX_NAME_MAX = 15
}; /* IFNAMSIZ - 1 */

static const struct name device_names[] = {
	{CONFIG_DEVICE_AF_PACKET, "af_packet"},
	{CONFIG_DEVICE_AF_XDP, "af_xdp"},
	{CONFIG_DEVICE_TAP, "tap"},
	{CONFIG_DEVICE_PCI, "pci"},
	{CONFIG_DEVICE_VDEV, "vdev"},
};

static const struct name df_names[] = {
	{CONFIG_DF_COPY, "copy"},
	{CONFIG_DF_SET, "set"},
	{CONFIG_DF_CLEAR, "clear"},
};

static const struct name fragmentation_names[] = {
	{CONFIG_FRAGMENTATION_BEFORE, "before-encryption"},
	{CONFIG_FRAGMENTATION_AFTER, "after-encryption"},
};

static int remove_interface(struct config_line *line, struct config_interface *interface)
{
	struct config *c = line->config;

	if (interface)
		config_line_remove(line, &c->interfaces, &c->n_interfaces, sizeof(*interface),
				   (size_t)(interface - c->interfaces));
	else
		config_line_note(line, "there is no such interface");
	return 0;
}

/* It is there without anybody saying what carries it: a device that drops all it is given. */
static void make_loopback(struct config_interface *interface)
{
	static const char type[] = "Loopback";

	if (strncmp(interface->name, type, sizeof(type) - 1) != 0)
		return;
	interface->device = CONFIG_DEVICE_LOOPBACK;
	snprintf(interface->device_arg, sizeof(interface->device_arg), "net_null_lo%s,no-rx=1",
		 interface->name + sizeof(type) - 1);
}

static int apply_interface(struct config_line *line)
{
	struct config *c = line->config;
	const struct config_arg *arg = &line->args[1];
	struct config_interface *interface = config_model_interface(c, arg->value.text);

	if (line->no)
		return remove_interface(line, interface);
	if (!interface) {
		interface = config_line_insert(line, &c->interfaces, &c->n_interfaces,
					       sizeof(*interface), config_named_end(c));
		if (!interface)
			return -ENOMEM;
		config_line_copy(interface->name, sizeof(interface->name), arg->value.text);
		make_loopback(interface);
	}
	config_line_enter(line, arg->value.text, 0);
	return 0;
}

static void print_block(struct config_print *p, const struct config_row *row,
			const struct config *c, const struct config_interface *interface)
{
	const size_t before = p->len;
	size_t empty;

	config_print_line(p, row->mode, "interface %s", interface->name);
	empty = p->len;
	config_print_rows(p, &config_rows_named, row->enters, c, interface);
	config_print_rows(p, &config_rows_interface, row->enters, c, interface);
	/* a PIX has named it before */
	if (p->len == empty && p->dialect == DIALECT_PIX && interface->nameif[0])
		p->len = before;
	else
		config_print_separator(p);
}

static void print_interfaces(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_interfaces; i++) {
		config_rows_named_print_before(p, &c->interfaces[i]);
		if (!config_named_is_stand_in(&c->interfaces[i]))
			print_block(p, row, c, &c->interfaces[i]);
		config_rows_named_print_after(p, &c->interfaces[i]);
	}
}

static struct config_interface *interface_of(struct config_line *line)
{
	struct config_interface *interface = config_line_object(line->config, line->cursor);

	if (!interface)
		config_line_refuse(line, NULL, "interface %s does not exist any more: type exit",
				   line->cursor->object);
	return interface;
}

/* "[DDDD:]BB:DD.F" in hexadecimal digits. */
static bool is_pci(const char *text)
{
	static const char *const forms[] = {"xxxx:xx:xx.x", "xx:xx.x"};

	for (size_t f = 0; f < array_len(forms); f++) {
		size_t i = 0;

		while (text[i] && forms[f][i] &&
		       (forms[f][i] == 'x' ? isxdigit((unsigned char)text[i]) != 0
					   : text[i] == forms[f][i]))
			i++;
		if (!text[i] && !forms[f][i])
			return true;
	}
	return false;
}

static const char *device_fault(enum config_device device, const char *argument)
{
	if (device == CONFIG_DEVICE_PCI)
		return is_pci(argument) ? NULL
					: "a PCI address looks like 0000:03:00.0 (see lspci -D)";
	if (device == CONFIG_DEVICE_VDEV)
		return NULL;
	if (strlen(argument) > LINUX_NAME_MAX || strchr(argument, '/'))
		return "a Linux interface name has at most 15 characters and no slash (see ip "
		       "link)";
	return NULL;
}

/* The other interface on this device, or NULL. */
static const struct config_interface *device_user(const struct config *c,
						  const struct config_interface *self,
						  enum config_device device, const char *argument)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (&c->interfaces[i] != self && c->interfaces[i].device == device &&
		    !strcmp(c->interfaces[i].device_arg, argument))
			return &c->interfaces[i];
	return NULL;
}

static int check_device(struct config_line *line, const struct config_interface *interface,
			enum config_device device, const struct config_arg *argument)
{
	const char *fault = device_fault(device, argument->value.text);
	const struct config_interface *other;

	if (interface->device == CONFIG_DEVICE_LOOPBACK)
		return config_line_refuse(line, argument, "a loopback interface has no device");
	if (config_model_is_sub(interface))
		return config_line_refuse(line, argument,
					  "a subinterface has the device of its main interface");
	if (fault)
		return config_line_refuse(line, argument, "invalid input \"%.64s\": %s",
					  argument->value.text, fault);
	other = device_user(line->config, interface, device, argument->value.text);
	if (other)
		return config_line_refuse(line, argument,
					  "%.64s carries interface %s already: give each interface "
					  "a device of its own",
					  argument->value.text, other->name);
	return 0;
}

static int apply_device(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	const struct config_arg *argument = config_line_arg(line, "argument");
	enum config_device device = CONFIG_DEVICE_NONE;

	if (!interface)
		return -EINVAL;
	for (size_t i = 0; i < array_len(device_names) && !line->no; i++)
		if (config_pattern_named(line->args[1].node, device_names[i].name))
			device = device_names[i].value;
	if (!line->no && check_device(line, interface, device, argument))
		return -EINVAL;
	if (interface->device == CONFIG_DEVICE_LOOPBACK)
		return 0;
	line->changed = interface->device != device;
	interface->device = device;
	config_line_set_text(line, interface->device_arg, sizeof(interface->device_arg),
			     line->no ? "" : argument->value.text);
	return 0;
}

static void print_device(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (interface->device != CONFIG_DEVICE_NONE && interface->device != CONFIG_DEVICE_LOOPBACK)
		config_print_line(
			p, row->mode, "device %s %s",
			names_find(device_names, array_len(device_names), interface->device),
			interface->device_arg);
}

/* NULL when a host may have this address in a network of this length. */
static const char *host_fault(const struct addr *address, uint32_t len)
{
	uint32_t host = len < 32 ? addr_to_v4(address) & (UINT32_MAX >> len) : 0;

	if (len == 0 || !ip_source_valid(address))
		return "not the address of a host";
	if (len < 31 && host == 0)
		return "that is the network itself; a host address has another last part";
	if (len < 31 && host == UINT32_MAX >> len)
		return "that is the broadcast address of the network";
	return NULL;
}

static int check_address(struct config_line *line, const struct config_interface *interface,
			 const struct config_arg *arg, uint8_t len)
{
	const struct config *c = line->config;
	const char *fault = host_fault(&arg->value.addr, len);

	if (fault)
		return config_line_refuse(line, arg, "bad address %s with mask %s: %s",
					  arg->value.text, config_line_text(line, "mask"), fault);
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (&c->interfaces[i] != interface &&
		    addr_eq(&c->interfaces[i].address, &arg->value.addr))
			return config_line_refuse(line, arg, "%s is the address of interface %s",
						  arg->value.text, c->interfaces[i].name);
	return 0;
}

static int apply_address(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	const struct config_arg *arg = config_line_arg(line, "host");
	struct addr address = {0};
	uint8_t len = line->no ? 0 : (uint8_t)config_line_number(line, "mask", 0);

	if (!interface || (!line->no && check_address(line, interface, arg, len)))
		return -EINVAL;
	if (!line->no)
		address = arg->value.addr;
	if (config_line_arg(line, "other"))
		config_line_note(line, "accepted without effect: standby: high availability is not "
				       "built");
	line->changed = !addr_eq(&interface->address, &address) || interface->prefix_len != len;
	interface->address = address;
	interface->prefix_len = len;
	return 0;
}

static void print_address(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	const struct config_interface *interface = object;
	struct prefix prefix = prefix_make(&interface->address, interface->prefix_len);
	struct addr mask = prefix_mask(&prefix);
	char text[ADDR_TEXT], mask_text[ADDR_TEXT];

	(void)c;
	if (!addr_is_none(&interface->address) &&
	    (p->dialect != DIALECT_PIX || !interface->nameif[0]))
		config_print_line(p, row->mode, "ip address %s %s",
				  addr_print(&interface->address, text, sizeof(text)),
				  addr_print(&mask, mask_text, sizeof(mask_text)));
}

static int apply_crypto_map(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	const char *name = config_line_text(line, "name");

	if (!interface)
		return -EINVAL;
	if (line->no && name[0] && strcmp(interface->crypto_map, name) != 0) {
		config_line_note(line, "crypto map %s is not on this interface", name);
		return 0;
	}
	if (line->no)
		name = "";
	config_named_warn_map(line, interface, name);
	config_line_set_text(line, interface->crypto_map, sizeof(interface->crypto_map), name);
	if (!line->no && config_line_typed(line) && !config_model_map(line->config, name))
		config_line_note(line, "crypto map %s has no entries yet", name);
	return 0;
}

static void print_crypto_map(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (interface->crypto_map[0] && !config_rows_named_is_flat(p, interface))
		config_print_line(p, row->mode, "crypto map %s", interface->crypto_map);
}

/* Tries bandwidth and service policy together; -EINVAL when one promises more than the other. */
static int try_qos(struct config_line *line, struct config_interface *interface, const char *policy,
		   uint32_t kbps, const struct config_arg *arg)
{
	struct config_interface before = *interface;
	const struct config_policy_map *map = config_model_policy_map(line->config, policy);
	char buf[CONFIG_QOS_TEXT];
	const char *fault;

	config_line_copy(interface->service_policy, sizeof(interface->service_policy), policy);
	interface->bandwidth_kbps = kbps;
	fault = map && !line->no ? config_qos_fault(line->config, map, buf) : NULL;
	if (fault) {
		*interface = before;
		return config_line_refuse(line, arg, "%s", fault);
	}
	line->changed = memcmp(&before, interface, sizeof(before)) != 0;
	return 0;
}

static int apply_bandwidth(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	char policy[CONFIG_NAME];

	if (!interface)
		return -EINVAL;
	memcpy(policy, interface->service_policy, sizeof(policy));
	return try_qos(line, interface, policy, line->no ? 0 : config_line_number(line, "kbps", 0),
		       config_line_arg(line, "kbps"));
}

static void print_bandwidth(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (interface->bandwidth_kbps)
		config_print_line(p, row->mode, "bandwidth %u", interface->bandwidth_kbps);
}

static int apply_service_policy(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	const struct config_arg *arg = config_line_arg(line, "policy");

	if (!interface)
		return -EINVAL;
	if (!line->no && !config_line_policy_map(line, arg))
		return -EINVAL;
	return try_qos(line, interface, line->no ? "" : arg->value.text, interface->bandwidth_kbps,
		       arg);
}

static void print_service_policy(struct config_print *p, const struct config_row *row,
				 const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (interface->service_policy[0])
		config_print_line(p, row->mode, "service-policy output %s",
				  interface->service_policy);
}

/* `mtu` says what `ip mtu` prints. */
static void print_nothing(struct config_print *, const struct config_row *, const struct config *,
			  const void *)
{
}

/* A line that prints behind the block, by the name of the interface, where it has one. */
static void print_field(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	(void)c;
	if (!config_rows_named_is_flat(p, object))
		config_field_print(p, row, object);
}

static void print_shutdown(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (p->dialect != DIALECT_PIX || !interface->nameif[0])
		config_field_print(p, row, object);
}

#define HERE	   CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_interface, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_INTERFACE, "interface <interface>", apply_interface,
	 print_interfaces},
	{HERE, "description / <text:line>", .field = {CONFIG_FIELD_TEXT, AT(description)}},
	{HERE, "bandwidth / <kbps:1-100000000>", apply_bandwidth, print_bandwidth},
	{HERE, "device / {af_packet|af_xdp|tap|pci|vdev} <argument>", apply_device, print_device},
	{HERE, "encapsulation dot1Q / <vlan:1-4094> [native]", config_rows_link_vlan,
	 config_rows_link_print_vlan},
	{HERE, "ip address / <host:address> <mask> [standby <other:address>]", apply_address,
	 print_address},
	{HERE, "ip mtu / <bytes:68-9216>", .print = print_field,
	 .field = {CONFIG_FIELD_NUMBER, AT(mtu)}},
	{HERE, "mtu / <bytes:68-9216>", .print = print_nothing,
	 .field = {CONFIG_FIELD_NUMBER, AT(mtu)}},
	{HERE, "ip tcp adjust-mss / <bytes:500-1460>",
	 .field = {CONFIG_FIELD_NUMBER, AT(adjust_mss)}},
	{HERE,
	 "ip virtual-reassembly / [max-fragments <fragments:2-64>] "
	 "[max-reassemblies <datagrams:1-1024>] [timeout <seconds:1-30>]",
	 config_rows_link_reassembly, config_rows_link_print_reassembly},
	{HERE, "crypto map / <name:map>", apply_crypto_map, print_crypto_map},
	{HERE, "crypto ipsec df-bit / {copy|set|clear}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_interface, df_bit, df_names)}},
	{HERE, "crypto ipsec fragmentation / {before-encryption|after-encryption}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_interface, fragmentation, fragmentation_names)}},
	{HERE, "service-policy output / <policy:policy-map>", apply_service_policy,
	 print_service_policy},
	{HERE, "shutdown", .print = print_shutdown, .field = {CONFIG_FIELD_FLAG, AT(shutdown)}},
};

const struct config_rows config_rows_interface = {rows, array_len(rows)};
