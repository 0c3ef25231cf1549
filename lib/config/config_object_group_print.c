/* SPDX-License-Identifier: BSD-3-Clause */
/* Object-groups as lines, in the words of a dialect. */
#include "lib/config/config_names.h"
#include "lib/config/config_object_group.h"
#include "lib/config/config_print.h"

#include <stdio.h>
#include <stdlib.h>

static const char *protocol_text(uint16_t protocol, char *buf, size_t size)
{
	const char *name =
		protocol == CONFIG_GROUP_TCP_UDP ? "tcp-udp" : config_names_protocol(protocol);

	snprintf(buf, size, "%u", protocol);
	return name ? name : buf;
}

static bool is_any(const uint16_t ports[2])
{
	return ports[0] == 0 && ports[1] == UINT16_MAX;
}

static void print_ports(struct config_print *p, const uint16_t ports[2], const char *before)
{
	config_print_text(p, " %s", before);
	config_print_text(p, ports[0] == ports[1] ? "eq" : "range");
	for (unsigned i = 0; i < (ports[0] == ports[1] ? 1 : 2); i++) {
		const char *name = config_names_port(ports[i]);

		if (name)
			config_print_text(p, " %s", name);
		else
			config_print_text(p, " %u", ports[i]);
	}
}

static void print_network(struct config_print *p, const struct prefix *network)
{
	struct addr mask = prefix_mask(network);
	char text[ADDR_TEXT], mask_text[ADDR_TEXT];

	addr_print(&network->addr, text, sizeof(text));
	if (p->dialect != DIALECT_IOS)
		config_print_text(p, "network-object ");
	if (network->len == 32)
		config_print_text(p, "host %s", text);
	else if (!network->len && p->dialect == DIALECT_IOS)
		config_print_text(p, "any");
	else
		config_print_text(p, "%s %s", text,
				  addr_print(&mask, mask_text, sizeof(mask_text)));
}

static void print_service(struct config_print *p, const struct config_object_group *g,
			  const struct config_member *m)
{
	bool ios = p->dialect == DIALECT_IOS && g->kind == CONFIG_OBJECT_SERVICE;
	char text[8];

	if (g->protocol) {
		config_print_text(p, "port-object");
		print_ports(p, m->dst_port, "");
		return;
	}
	config_print_text(p, "%s%s",
			  ios				      ? ""
			  : g->kind == CONFIG_OBJECT_PROTOCOL ? "protocol-object "
							      : "service-object ",
			  protocol_text(m->protocol, text, sizeof(text)));
	if (!is_any(m->src_port))
		print_ports(p, m->src_port, "source ");
	if (!is_any(m->dst_port))
		print_ports(p, m->dst_port, ios ? "" : "destination ");
}

static void print_member(struct config_print *p, const struct config *c,
			 const struct config_object_group *g, const struct config_member *m)
{
	char first[ADDR_TEXT], last[ADDR_TEXT];

	switch ((enum config_member_kind)m->kind) {
	case CONFIG_MEMBER_GROUP:
		config_print_text(p, "group-object %s",
				  config_object_group_numbered(c, m->group)->name);
		break;
	case CONFIG_MEMBER_NETWORK: print_network(p, &m->network); break;
	case CONFIG_MEMBER_RANGE:
		config_print_text(p, "range %s %s", addr_print(&m->range[0], first, sizeof(first)),
				  addr_print(&m->range[1], last, sizeof(last)));
		break;
	case CONFIG_MEMBER_SERVICE: print_service(p, g, m); break;
	case CONFIG_MEMBER_ICMP: config_print_text(p, "icmp-object %s", m->message); break;
	}
}

static void print_group(struct config_print *p, const struct config *c,
			const struct config_object_group *g)
{
	enum config_mode mode = (enum config_mode)(CONFIG_MODE_GROUP_NETWORK + g->kind);
	char text[8];

	config_print_line(p, CONFIG_MODE_GLOBAL, "object-group %s %s%s%s",
			  config_object_group_kind(g->kind), g->name, g->protocol ? " " : "",
			  g->protocol ? protocol_text(g->protocol, text, sizeof(text)) : "");
	if (g->description[0])
		config_print_line(p, mode, "description %s", g->description);
	for (size_t i = 0; i < g->n_members; i++) {
		config_print_begin(p, mode);
		print_member(p, c, g, &g->members[i]);
		config_print_end(p);
	}
	if (p->dialect == DIALECT_IOS)
		config_print_separator(p);
}

void config_object_group_print(struct config_print *p, const struct config *c)
{
	uint8_t *depths = calloc(c->n_object_groups + 1, sizeof(*depths));

	if (!depths || config_object_group_depths(c, depths))
		p->no_memory = true;
	for (unsigned depth = 0; !p->no_memory && depth <= CONFIG_GROUP_DEPTH; depth++)
		for (size_t i = 0; i < c->n_object_groups; i++)
			if (depths[i] == depth)
				print_group(p, c, &c->object_groups[i]);
	free(depths);
}
