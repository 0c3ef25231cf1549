/* SPDX-License-Identifier: BSD-3-Clause */
/* `object-group` and its members, in the words of an ASA and in those of a router. */
#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/config/config_object_group.h"
#include "lib/config/config_print.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int remove_group(struct config_line *line, struct config_object_group *g, const char *name)
{
	struct config *c = line->config;
	char user[CONFIG_NAME + 40];

	if (!g) {
		config_line_note(line, "there is no object-group %s", name);
		return 0;
	}
	if (config_object_group_used(c, g, user, sizeof(user)))
		return config_line_refuse(
			line, NULL, "object-group %s is used by %s: remove that first", name, user);
	free(g->members);
	config_line_remove(line, &c->object_groups, &c->n_object_groups, sizeof(*g),
			   (size_t)(g - c->object_groups));
	return 0;
}

/* tcp, udp or tcp-udp of a line; 0 = none of them. */
static uint16_t ports_of(struct config_line *line)
{
	return config_line_arg(line, "tcp-udp") ? CONFIG_GROUP_TCP_UDP
	       : config_line_arg(line, "tcp")	? IP_PROTO_TCP
	       : config_line_arg(line, "udp")	? IP_PROTO_UDP
						: 0;
}

/* Where the next group stands, and its number: behind the last, else the lowest that is free. */
static size_t next_place(const struct config *c, uint16_t *number)
{
	size_t n = c->n_object_groups, at = n;

	if (n && c->object_groups[n - 1].number == UINT16_MAX)
		for (at = 0; at < n && c->object_groups[at].number == at + 1;)
			at++;
	*number = (uint16_t)(at < n || !n ? at + 1 : c->object_groups[n - 1].number + 1u);
	return at;
}

static int check_kind(struct config_line *line, const struct config_object_group *g,
		      enum config_object_kind kind, uint16_t protocol)
{
	if (g->kind != kind)
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "%s is an object-group %s: choose another name", g->name,
					  config_object_group_kind(g->kind));
	if (g->protocol != protocol && (protocol || config_line_typed(line)) && !line->no)
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "object-group %s is of the ports of another protocol, or "
					  "of whole services",
					  g->name);
	return 0;
}

static int apply_group(struct config_line *line)
{
	enum config_object_kind kind =
		(enum config_object_kind)(line->row->enters - CONFIG_MODE_GROUP_NETWORK);
	const char *name = config_line_text(line, "name");
	struct config *c = line->config;
	struct config_object_group *g = config_object_group_find(c, name);
	uint16_t protocol = kind == CONFIG_OBJECT_SERVICE ? ports_of(line) : 0;

	if (g && check_kind(line, g, kind, protocol))
		return -EINVAL;
	if (line->no)
		return remove_group(line, g, name);
	if (!g) {
		uint16_t number;
		size_t at = next_place(c, &number);

		if (!number)
			return config_line_refuse(line, NULL, "there are too many object-groups");
		g = config_line_insert(line, &c->object_groups, &c->n_object_groups, sizeof(*g),
				       at);
		if (!g)
			return -ENOMEM;
		config_line_copy(g->name, sizeof(g->name), name);
		g->number = number;
		g->kind = (uint8_t)kind;
		g->protocol = protocol;
	}
	config_line_enter(line, name, 0);
	return 0;
}

static bool same_member(const struct config_member *a, const struct config_member *b)
{
	return a->kind == b->kind && a->group == b->group && a->protocol == b->protocol &&
	       !memcmp(a->src_port, b->src_port, sizeof(a->src_port)) &&
	       !memcmp(a->dst_port, b->dst_port, sizeof(a->dst_port)) &&
	       prefix_eq(&a->network, &b->network) && addr_eq(&a->range[0], &b->range[0]) &&
	       addr_eq(&a->range[1], &b->range[1]) && !strcmp(a->message, b->message);
}

static size_t find_member(const struct config_object_group *g, const struct config_member *like)
{
	size_t i = 0;

	while (i < g->n_members && !same_member(&g->members[i], like))
		i++;
	return i;
}

static int insert_member(struct config_line *line, struct config_object_group *g,
			 const struct config_member *m, size_t at)
{
	struct config_member *slot =
		config_line_insert(line, &g->members, &g->n_members, sizeof(*m), at);

	if (!slot)
		return -ENOMEM;
	*slot = *m;
	return 0;
}

static void remove_member(struct config_line *line, struct config_object_group *g, size_t at)
{
	config_line_remove(line, &g->members, &g->n_members, sizeof(*g->members), at);
}

static int drop_member(struct config_line *line, struct config_object_group *g, size_t at)
{
	struct config_member old = g->members[at];
	char user[CONFIG_NAME + 40];
	int err;

	remove_member(line, g, at);
	err = config_object_group_refresh_all(line);
	if (err) {
		/* the room is still there */
		if (insert_member(line, g, &old, at))
			return -ENOMEM;
		line->changed = false;
		return err;
	}
	if (!g->n_members && config_object_group_used(line->config, g, user, sizeof(user)))
		config_line_warn(line, "object-group %s has no members left, and %s selects less",
				 g->name, user);
	return 0;
}

static int check_nesting(struct config_line *line, const struct config_object_group *g)
{
	uint8_t *depths = calloc(line->config->n_object_groups, sizeof(*depths));
	int err = depths ? config_object_group_depths(line->config, depths) : -ENOMEM;

	free(depths);
	if (err != -ELOOP)
		return err;
	return config_line_refuse(line, config_line_arg(line, "group-name"),
				  "object-group %s would be inside itself, or groups more than %d "
				  "deep, or more than %d inside one",
				  g->name, CONFIG_GROUP_DEPTH, CONFIG_GROUP_INNER_MAX);
}

/* The member comes or goes, and with it lines of access lists. */
static int put_member(struct config_line *line, const struct config_member *m)
{
	struct config_object_group *g = config_line_object(line->config, line->cursor);
	size_t at;
	int err;

	if (!g)
		return config_line_refuse(line, NULL,
					  "object-group %s does not exist any more: type exit",
					  line->cursor->object);
	at = find_member(g, m);
	if (line->no && at < g->n_members)
		return drop_member(line, g, at);
	if (line->no) {
		config_line_note(line, "object-group %s has no such member", g->name);
		return 0;
	}
	if (at < g->n_members) {
		config_line_note(line, "already there");
		return 0;
	}
	err = insert_member(line, g, m, at);
	if (err)
		return err;
	if (m->kind == CONFIG_MEMBER_GROUP)
		err = check_nesting(line, g);
	if (!err)
		err = config_object_group_refresh_all(line);
	if (err) {
		remove_member(line, g, at);
		line->changed = false;
	}
	return err;
}

static int apply_description(struct config_line *line)
{
	struct config_object_group *g = config_line_object(line->config, line->cursor);

	if (!g)
		return config_line_refuse(line, NULL,
					  "object-group %s does not exist any more: type exit",
					  line->cursor->object);
	config_line_set_text(line, g->description, sizeof(g->description),
			     line->no ? "" : config_line_text(line, "text"));
	return 0;
}

static int apply_inner(struct config_line *line)
{
	const struct config_object_group *g = config_line_object(line->config, line->cursor);
	const struct config_arg *arg = config_line_arg(line, "group-name");
	const struct config_object_group *inner =
		config_object_group_find(line->config, arg->value.text);

	if (!inner)
		return config_line_refuse(line, arg,
					  "object-group %s does not exist: type it first",
					  arg->value.text);
	if (g && (inner->kind != g->kind ||
		  (inner->protocol != g->protocol && inner->protocol && g->protocol) ||
		  !inner->protocol != !g->protocol))
		return config_line_refuse(line, arg,
					  "object-group %s is of another kind than object-group %s",
					  inner->name, g->name);
	return put_member(
		line, &(struct config_member){.kind = CONFIG_MEMBER_GROUP, .group = inner->number});
}

static int put_network(struct config_line *line, const struct prefix *network)
{
	return put_member(
		line, &(struct config_member){.kind = CONFIG_MEMBER_NETWORK, .network = *network});
}

static int apply_host(struct config_line *line)
{
	struct prefix host = prefix_make(&config_line_arg(line, "address")->value.addr, 32);

	return put_network(line, &host);
}

static int apply_network(struct config_line *line)
{
	const struct config_arg *arg = config_line_arg(line, "address");
	struct prefix network =
		prefix_make(&arg->value.addr, (uint8_t)config_line_number(line, "mask", 32));

	if (!addr_eq(&network.addr, &arg->value.addr))
		return config_line_refuse(line, arg, "%s is not the address of a network",
					  arg->value.text);
	return put_network(line, &network);
}

static int apply_any(struct config_line *line)
{
	struct addr zero = addr_v4(0);
	struct prefix all = prefix_make(&zero, 0);

	return put_network(line, &all);
}

/* A network by its name is taken as it is now, as in a line of an access list. */
static int apply_object(struct config_line *line)
{
	const struct config_arg *arg = config_line_arg(line, "object-name");
	const struct config_object *object = config_model_object(line->config, arg->value.text);

	if (!object || !object->set)
		return config_line_refuse(line, arg, "object %s %s", arg->value.text,
					  object ? "has no network yet" : "does not exist");
	return put_network(line, &object->network);
}

static int apply_range(struct config_line *line)
{
	struct config_member m = {
		.kind = CONFIG_MEMBER_RANGE,
		.range = {config_line_arg(line, "first")->value.addr,
			  config_line_arg(line, "last")->value.addr},
	};

	if (addr_to_v4(&m.range[0]) > addr_to_v4(&m.range[1]))
		return config_line_refuse(line, config_line_arg(line, "first"),
					  "a range has its lower address first");
	return put_member(line, &m);
}

/* The ports behind argument at, with *at moved past them. */
static int read_ports(struct config_line *line, size_t *at, uint16_t ports[2])
{
	const struct config_arg *word = &line->args[*at], *port = word + 1;
	bool range = config_pattern_named(word->node, "range"), empty = false;
	uint32_t first = port->value.number;

	ports[0] = ports[1] = (uint16_t)first;
	if (range)
		ports[1] = (uint16_t)port[1].value.number;
	if (config_pattern_named(word->node, "gt")) {
		empty = first == UINT16_MAX;
		ports[0] = (uint16_t)(first + 1);
		ports[1] = UINT16_MAX;
	} else if (config_pattern_named(word->node, "lt")) {
		empty = first == 0;
		ports[0] = 0;
		ports[1] = (uint16_t)(first - 1);
	}
	*at += range ? 3 : 2;
	return empty || ports[0] > ports[1]
		       ? config_line_refuse(line, port, "there is no such port")
		       : 0;
}

static bool is_ports(const struct config_arg *arg)
{
	static const char *const words[] = {"eq", "gt", "lt", "range"};

	for (size_t i = 0; i < array_len(words); i++)
		if (config_pattern_named(arg->node, words[i]))
			return true;
	return false;
}

/* service-object, protocol-object, port-object, and `tcp source eq 1 eq 2` of a router. */
static int apply_service(struct config_line *line)
{
	const struct config_object_group *g = config_line_object(line->config, line->cursor);
	struct config_member m = {.kind = CONFIG_MEMBER_SERVICE,
				  .src_port = {0, UINT16_MAX},
				  .dst_port = {0, UINT16_MAX}};
	bool ports_alone = config_line_arg(line, "port-object") != NULL, source = false;
	uint32_t protocol;

	if (g && g->kind == CONFIG_OBJECT_SERVICE && ports_alone != (g->protocol != 0))
		return config_line_refuse(line, NULL, "object-group %s is of %s: type %s", g->name,
					  g->protocol ? "ports" : "whole services",
					  g->protocol ? "port-object" : "service-object");
	m.protocol = ports_of(line);
	for (size_t i = 0; i < line->n_args; i++) {
		const struct config_arg *arg = &line->args[i];

		if (config_pattern_named(arg->node, "protocol"))
			m.protocol = (uint16_t)arg->value.number;
		else if (!config_names_protocol_of(arg->node, &protocol))
			m.protocol = (uint16_t)protocol;
	}
	for (size_t i = 0; i < line->n_args;) {
		source |= config_pattern_named(line->args[i].node, "source");
		if (!is_ports(&line->args[i])) {
			i++;
			continue;
		}
		if (read_ports(line, &i, source ? m.src_port : m.dst_port))
			return -EINVAL;
		source = false;
	}
	return put_member(line, &m);
}

static int apply_message(struct config_line *line)
{
	struct config_member m = {.kind = CONFIG_MEMBER_ICMP};

	config_line_copy(m.message, sizeof(m.message), config_line_text(line, "message"));
	return put_member(line, &m);
}

static void print_groups(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)row;
	(void)object;
	config_object_group_print(p, c);
}

#define OPENS(kind) CONFIG_MODE_GLOBAL, CONFIG_MODE_GROUP_##kind
#define IN(kind)    CONFIG_MODE_GROUP_##kind, CONFIG_MODE_GLOBAL
#define INNER(kind)                                                             \
	{                                                                       \
		IN(kind), "group-object <group-name:object-group>", apply_inner \
	}
#define DESCRIPTION(kind)                                                \
	{                                                                \
		IN(kind), "description / <text:line>", apply_description \
	}
#define PORTS		 "{{eq|gt|lt} <port>|range <port> <port>}"
#define SERVICE_PROTOCOL "{ip|icmp|esp|ahp|gre|<protocol:0-255>}"

static const struct config_row rows[] = {
	{OPENS(NETWORK), "object-group network <name:object-group>", apply_group, print_groups},
	{OPENS(SERVICE), "object-group service <name:object-group> / [{tcp|udp|tcp-udp}]",
	 apply_group},
	{OPENS(PROTOCOL), "object-group protocol <name:object-group>", apply_group},
	{OPENS(ICMP), "object-group icmp-type <name:object-group>", apply_group},
	DESCRIPTION(NETWORK),
	INNER(NETWORK),
	{IN(NETWORK), "[network-object] host <address>", apply_host},
	{IN(NETWORK), "[network-object] <address> <mask>", apply_network},
	{IN(NETWORK), "[network-object] any", apply_any},
	{IN(NETWORK), "network-object object <object-name:word>", apply_object},
	{IN(NETWORK), "[network-object] range <first:address> <last:address>", apply_range},
	DESCRIPTION(SERVICE),
	INNER(SERVICE),
	{IN(SERVICE),
	 "[service-object] {tcp|udp|tcp-udp} [source " PORTS "] [[destination] " PORTS "]",
	 apply_service},
	{IN(SERVICE), "[service-object] " SERVICE_PROTOCOL, apply_service},
	{IN(SERVICE), "port-object " PORTS, apply_service},
	DESCRIPTION(PROTOCOL),
	INNER(PROTOCOL),
	{IN(PROTOCOL), "protocol-object {tcp|udp|ip|icmp|esp|ahp|gre|<protocol:0-255>}",
	 apply_service},
	DESCRIPTION(ICMP),
	INNER(ICMP),
	{IN(ICMP), "icmp-object <message:icmp-message>", apply_message},
};

const struct config_rows config_rows_object_group = {rows, array_len(rows)};
