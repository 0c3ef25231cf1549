/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_acl.h"

#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEQUENCE_STEP = 10,
	SEQUENCE_MAX = 2147483647
};

#define NARROWER                                                                               \
	"%s: only a list of an interface (access-group) looks at that: in any other the line " \
	"selects nothing"

/* The words of a line, read from left to right. */
struct reader {
	struct config_line *line;
	size_t at;
	bool netmasks; /* else wildcards */
};

static const struct config_arg *peek(const struct reader *r)
{
	return r->at < r->line->n_args ? &r->line->args[r->at] : NULL;
}

static bool next_is(struct reader *r, const char *name)
{
	const struct config_arg *arg = peek(r);

	if (!arg || !config_pattern_named(arg->node, name))
		return false;
	r->at++;
	return true;
}

uint32_t config_acl_number(const char *name)
{
	uint32_t n =
		strlen(name) <= 4 && strspn(name, "0123456789") == strlen(name) && name[0] != '0'
			? (uint32_t)strtoul(name, NULL, 10)
			: 0;

	return (n >= 1 && n <= 199) || (n >= 1300 && n <= 2699) ? n : 0;
}

bool config_acl_number_is_standard(uint32_t number)
{
	return number <= 99 || (number >= 1300 && number <= 1999);
}

uint32_t config_acl_sequence_after(uint32_t sequence)
{
	return sequence > SEQUENCE_MAX - SEQUENCE_STEP ? SEQUENCE_MAX : sequence + SEQUENCE_STEP;
}

uint32_t config_acl_next_sequence(const struct config_acl *acl)
{
	return acl->n_typed ? config_acl_sequence_after(acl->typed[acl->n_typed - 1].sequence)
			    : SEQUENCE_STEP;
}

static int len_of(const struct addr *mask, bool netmask)
{
	return netmask ? prefix_len_of_mask(mask) : prefix_len_of_wildcard(mask);
}

/* -1 for a mask that is a netmask and a wildcard too, as 0.0.0.0; else whether it is a netmask. */
static int kind_of(const struct addr *mask)
{
	bool netmask = prefix_len_of_mask(mask) >= 0, wildcard = prefix_len_of_wildcard(mask) >= 0;

	return netmask && wildcard ? -1 : netmask;
}

/*
 * A line that no router has, with a name or the word `extended`, has netmasks; a numbered one what
 * its dialect has. Any mask that can be but one of the two decides for its line.
 */
static bool has_netmasks(struct config_line *line)
{
	bool flat = config_line_arg(line, "list") != NULL;
	bool numbered = !flat || config_acl_number(config_line_text(line, "list"));
	bool said = config_line_arg(line, "extended") || config_line_arg(line, "standard");
	bool global = config_pattern_named(line->args[0].node, "access-list");
	bool netmasks =
		(flat && (!numbered || said)) || (global && line->cursor->dialect != DIALECT_IOS);

	for (size_t i = 0; i < line->n_args; i++) {
		int kind = config_pattern_named(line->args[i].node, "wildcard")
				   ? kind_of(&line->args[i].value.addr)
				   : -1;

		if (kind < 0 || kind == netmasks)
			continue;
		config_line_warn(line, "%s is read as a %s", line->args[i].value.text,
				 kind ? "netmask" : "wildcard");
		return kind;
	}
	return netmasks;
}

/* The group that is named next, when it is of this kind; it is read then. */
static const struct config_object_group *next_group(struct reader *r, enum config_object_kind kind)
{
	const struct config_object_group *group;

	if (!peek(r) || !config_pattern_named(peek(r)->node, "object-group"))
		return NULL;
	group = config_object_group_find(r->line->config, r->line->args[r->at + 1].value.text);
	if (!group || group->kind != kind)
		return NULL;
	r->at += 2;
	return group;
}

/* The next words are not what belongs there. */
static int refuse_next(struct reader *r, const char *wanted)
{
	const struct config_arg *arg = peek(r);

	if (arg && config_pattern_named(arg->node, "object-group"))
		return config_line_refuse(r->line, arg + 1, "%s is not %s", arg[1].value.text,
					  wanted);
	return config_line_refuse(r->line, arg, "incomplete command: expected %s", wanted);
}

static bool is_hosts(const struct config_arg *arg)
{
	static const char *const words[] = {"any",    "any4",	 "host",
					    "object", "address", "object-group"};

	for (size_t i = 0; arg && i < array_len(words); i++)
		if (config_pattern_named(arg->node, words[i]))
			return true;
	return false;
}

static int read_hosts(struct reader *r, struct prefix *hosts, uint16_t *number)
{
	const struct config_object_group *group = next_group(r, CONFIG_OBJECT_NETWORK);
	struct addr zero = addr_v4(0);
	const struct config_arg *arg;
	uint8_t len = 32;

	*hosts = prefix_make(&zero, 0);
	*number = group ? group->number : 0;
	if (group || next_is(r, "any") || next_is(r, "any4"))
		return 0;
	if (next_is(r, "object")) {
		arg = &r->line->args[r->at++];
		*hosts = config_model_object(r->line->config, arg->value.text)->network;
		return 0;
	}
	if (!is_hosts(peek(r)) || config_pattern_named(peek(r)->node, "object-group"))
		return refuse_next(r, "an object-group network, or another end");
	next_is(r, "host");
	arg = peek(r);
	r->at++;
	if (next_is(r, "wildcard"))
		len = (uint8_t)len_of(&r->line->args[r->at - 1].value.addr, r->netmasks);
	*hosts = prefix_make(&arg->value.addr, len);
	return 0;
}

static uint16_t read_port(struct reader *r)
{
	return (uint16_t)r->line->args[r->at++].value.number;
}

/* A group of ports must be of the protocol of its line, or of both. */
static int read_port_group(struct reader *r, uint8_t protocol, uint16_t *number)
{
	const struct config_object_group *group = next_group(r, CONFIG_OBJECT_SERVICE);

	*number = group ? group->number : 0;
	if (!group || group->protocol == CONFIG_GROUP_TCP_UDP ||
	    (group->protocol && group->protocol == protocol))
		return 0;
	return config_line_refuse(
		r->line, &r->line->args[r->at - 1],
		"object-group %s is of %s; here ports of the protocol of the line "
		"are needed: object-group service NAME {tcp|udp|tcp-udp}",
		group->name,
		group->protocol ? config_names_protocol(group->protocol) : "whole services");
}

/* -EINVAL for `gt 65535`, `lt 0` and a range that runs backwards. */
static int read_ports(struct reader *r, uint16_t ports[2], bool *neq)
{
	ports[0] = 0;
	ports[1] = 65535;
	*neq = false;
	if (next_is(r, "eq") || (*neq = next_is(r, "neq"))) {
		ports[0] = ports[1] = read_port(r);
	} else if (next_is(r, "gt")) {
		ports[0] = (uint16_t)(read_port(r) + 1);
		if (!ports[0])
			return config_line_refuse(r->line, &r->line->args[r->at - 1],
						  "no port is greater than 65535");
	} else if (next_is(r, "lt")) {
		ports[1] = (uint16_t)(read_port(r) - 1);
		if (ports[1] == 65535)
			return config_line_refuse(r->line, &r->line->args[r->at - 1],
						  "no port is less than 0");
	} else if (next_is(r, "range")) {
		ports[0] = read_port(r);
		ports[1] = read_port(r);
		if (ports[0] > ports[1])
			return config_line_refuse(r->line, &r->line->args[r->at - 1],
						  "a range has its lower port first");
	}
	return 0;
}

static int read_protocol(struct reader *r, struct config_acl_line *row)
{
	const struct config_object_group *group = next_group(r, CONFIG_OBJECT_PROTOCOL);
	const struct config_arg *arg = peek(r);
	uint32_t protocol;

	if (!group)
		group = next_group(r, CONFIG_OBJECT_SERVICE);
	if (group) {
		row->groups[CONFIG_GROUP_SERVICE] = group->number;
		return group->kind != CONFIG_OBJECT_SERVICE || !group->protocol
			       ? 0
			       : config_line_refuse(r->line, arg + 1,
						    "object-group %s is of ports; it belongs "
						    "behind an end",
						    group->name);
	}
	if (config_pattern_named(arg->node, "object-group"))
		return refuse_next(r, "an object-group protocol or service");
	r->at++;
	row->protocol = (uint8_t)(config_names_protocol_of(arg->node, &protocol) ? arg->value.number
										 : protocol);
	return 0;
}

/* What only a list of an interface looks at is kept; in any other the line selects nothing. */
static void read_narrower(struct config_line *line, struct config_acl_line *row)
{
	static const char *const words[] = {"established", "fragments"};

	config_line_copy(row->narrower, sizeof(row->narrower), config_line_text(line, "message"));
	for (size_t i = 0; i < array_len(words); i++)
		if (config_line_arg(line, words[i]))
			config_line_copy(row->narrower, sizeof(row->narrower), words[i]);
	if (row->narrower[0] && !line->no)
		config_line_note(line, NARROWER, row->narrower);
	row->log = (config_line_arg(line, "log") || config_line_arg(line, "log-input")) &&
		   strcmp(config_line_text(line, "log-level"), "disable") != 0;
}

/* Types of ICMP, or ports; with a group of services it says both. */
static int read_last(struct reader *r, struct config_acl_line *row)
{
	const struct config_object_group *group = next_group(r, CONFIG_OBJECT_ICMP);
	const struct config_object_group *services =
		config_object_group_numbered(r->line->config, row->groups[CONFIG_GROUP_SERVICE]);
	uint16_t *number = &row->groups[CONFIG_GROUP_DST_PORT];

	if (group && row->protocol != IP_PROTO_ICMP)
		return config_line_refuse(r->line, &r->line->args[r->at - 1],
					  "types of ICMP are of no other protocol");
	if (group)
		*number = group->number;
	else if (read_port_group(r, row->protocol, number))
		return -EINVAL;
	if (group && !r->line->no)
		config_line_note(r->line, NARROWER, group->name);
	if (read_ports(r, row->dst_port, &row->neq_dst))
		return -EINVAL;
	if (services && services->kind == CONFIG_OBJECT_SERVICE &&
	    (*number || row->groups[CONFIG_GROUP_SRC_PORT] || row->src_port[0] ||
	     row->src_port[1] != UINT16_MAX || row->dst_port[0] || row->dst_port[1] != UINT16_MAX))
		return config_line_refuse(r->line, NULL, "object-group %s says the ports already",
					  services->name);
	if (is_hosts(peek(r)))
		return config_line_refuse(r->line, peek(r), "a line has two ends");
	return 0;
}

static int read_extended(struct reader *r, struct config_acl_line *row)
{
	if (read_protocol(r, row) || read_hosts(r, &row->src, &row->groups[CONFIG_GROUP_SRC]) ||
	    read_ports(r, row->src_port, &row->neq_src) ||
	    read_port_group(r, row->protocol, &row->groups[CONFIG_GROUP_SRC_PORT]) ||
	    read_hosts(r, &row->dst, &row->groups[CONFIG_GROUP_DST]))
		return -EINVAL;
	row->inactive = config_line_arg(r->line, "inactive") != NULL;
	read_narrower(r->line, row);
	return read_last(r, row);
}

static int check_groups(struct config_line *line)
{
	for (size_t i = 0; i < line->n_args; i++) {
		const struct config_arg *arg = &line->args[i];
		const struct config_object_group *group;

		if (!config_pattern_named(arg->node, "group-name"))
			continue;
		group = config_object_group_find(line->config, arg->value.text);
		if (!group)
			return config_line_refuse(line, arg,
						  "object-group %s does not exist: type "
						  "object-group {network|service|protocol|"
						  "icmp-type} %s, and its members",
						  arg->value.text, arg->value.text);
		if (!group->n_members && !line->no)
			config_line_warn(line,
					 "object-group %s has no members yet: the line selects "
					 "nothing",
					 group->name);
	}
	return 0;
}

static int check_objects(struct config_line *line)
{
	for (size_t i = 0; i < line->n_args; i++) {
		const struct config_arg *arg = &line->args[i];
		const struct config_object *object;

		if (!config_pattern_named(arg->node, "object-name"))
			continue;
		object = config_model_object(line->config, arg->value.text);
		if (!object || !object->set)
			return config_line_refuse(
				line, arg,
				"object %s %s: type object network %s, and subnet "
				"or host in it",
				arg->value.text, object ? "has no network yet" : "does not exist",
				arg->value.text);
	}
	return 0;
}

int config_acl_line_of(struct config_line *line, bool standard, struct config_acl_line *row)
{
	struct reader r = {.line = line};
	struct addr zero = addr_v4(0);

	*row = (struct config_acl_line){
		.src = prefix_make(&zero, 0),
		.dst = prefix_make(&zero, 0),
		.src_port = {0, 65535},
		.dst_port = {0, 65535},
		.sequence = config_line_number(line, "sequence", 0),
	};
	while (peek(&r) && !config_pattern_named(peek(&r)->node, "permit") &&
	       !config_pattern_named(peek(&r)->node, "deny") &&
	       !config_pattern_named(peek(&r)->node, "remark"))
		r.at++;
	if (!peek(&r))
		return 0;
	if (next_is(&r, "remark")) {
		config_line_copy(row->remark, sizeof(row->remark), peek(&r)->value.text);
		return 0;
	}
	row->permit = next_is(&r, "permit");
	if (!row->permit)
		r.at++;
	r.netmasks = has_netmasks(line);
	for (size_t i = r.at; i < line->n_args; i++)
		if (config_pattern_named(line->args[i].node, "wildcard") &&
		    len_of(&line->args[i].value.addr, r.netmasks) < 0)
			return config_line_refuse(line, &line->args[i],
						  "netmasks and wildcards in one line");
	if (check_objects(line) || check_groups(line))
		return -EINVAL;
	if (!standard)
		return read_extended(&r, row);
	next_is(&r, "ip");
	return read_hosts(&r, &row->src, &row->groups[CONFIG_GROUP_SRC]);
}

bool config_acl_line_eq(const struct config_acl_line *a, const struct config_acl_line *b)
{
	return prefix_eq(&a->dst, &b->dst) && prefix_eq(&a->src, &b->src) &&
	       a->permit == b->permit && a->protocol == b->protocol &&
	       !memcmp(a->src_port, b->src_port, sizeof(a->src_port)) &&
	       !memcmp(a->dst_port, b->dst_port, sizeof(a->dst_port)) && a->neq_src == b->neq_src &&
	       a->neq_dst == b->neq_dst && a->inactive == b->inactive &&
	       !memcmp(a->groups, b->groups, sizeof(a->groups)) &&
	       !strcmp(a->narrower, b->narrower) && !strcmp(a->remark, b->remark);
}

uint64_t config_acl_line_hash(const void *row)
{
	const struct config_acl_line *line = row;
	uint64_t h = config_index_hash(CONFIG_INDEX_SEED, &line->src, sizeof(line->src));

	h = config_index_hash(h, &line->dst, sizeof(line->dst));
	h = config_index_hash(h, line->src_port, sizeof(line->src_port));
	h = config_index_hash(h, line->dst_port, sizeof(line->dst_port));
	h = config_index_hash(h, line->groups, sizeof(line->groups));
	h = config_index_hash(h, line->remark, strlen(line->remark));
	return config_index_hash(h, &line->protocol, sizeof(line->protocol));
}

static bool is_range(const uint16_t ports[2])
{
	return ports[0] != ports[1] && !(ports[0] == 0 && ports[1] == 65535);
}

/* In a proxy identity 0 means all ports. */
static bool is_port_0(const uint16_t ports[2])
{
	return ports[0] == 0 && ports[1] == 0;
}

const char *config_acl_crypto_fault(const struct config_acl_line *line)
{
	if (line->inactive)
		return NULL;
	if (line->narrower[0])
		return "a tunnel carries all of a protocol: leave out the word behind the "
		       "addresses";
	if (line->neq_src || line->neq_dst)
		return "neq cannot be used in a crypto access list: write one line a port";
	if (line->permit && (is_range(line->src_port) || is_range(line->dst_port)))
		return "IKEv1 protects one port or all, not a range: use eq, or no port";
	if (line->permit && (is_port_0(line->src_port) || is_port_0(line->dst_port)))
		return "IKEv1 has no way to protect port 0 alone: use no port";
	return NULL;
}

bool config_acl_find_crypto_fault(const struct config_acl *acl, const struct config_acl_line **line)
{
	for (size_t i = 0; i < acl->n_lines; i++) {
		*line = &acl->lines[i];
		if (config_acl_crypto_fault(*line))
			return true;
	}
	return false;
}

static bool matches(const struct config_map *maps, size_t n, const char *acl)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < maps[i].n_entries; k++)
			if (!strcmp(maps[i].entries[k].acl, acl))
				return true;
	return false;
}

bool config_acl_is_crypto(const struct config *c, const char *acl)
{
	return matches(c->maps, c->n_maps, acl) || matches(c->dynamic_maps, c->n_dynamic_maps, acl);
}

struct prefix config_acl_prefix(const struct prefix *end)
{
	const struct addr zero = addr_v4(0);

	return end->addr.family == ADDR_NONE ? prefix_make(&zero, 0) : *end;
}

/* An IKEv1 identity holds one port or any; what is neither makes its entry unused. */
static uint16_t one_port(const uint16_t range[2])
{
	return range[0] == range[1] ? range[0] : 0;
}

struct selector config_acl_line_selector(const struct config_acl_line *line)
{
	return (struct selector){
		.local = config_acl_prefix(&line->src),
		.remote = config_acl_prefix(&line->dst),
		.protocol = line->protocol,
		.local_port = one_port(line->src_port),
		.remote_port = one_port(line->dst_port),
	};
}
