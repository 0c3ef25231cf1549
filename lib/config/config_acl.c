/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_acl.h"

#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEQUENCE_STEP = 10,
	SEQUENCE_MAX = 2147483647
};

static const struct name protocol_names[] = {
	{0, "ip"},   {IP_PROTO_ICMP, "icmp"}, {IP_PROTO_TCP, "tcp"}, {IP_PROTO_UDP, "udp"},
	{47, "gre"}, {IP_PROTO_ESP, "esp"},   {IP_PROTO_AH, "ahp"},
};

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
	return acl->n_lines ? config_acl_sequence_after(acl->lines[acl->n_lines - 1].sequence)
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

static struct prefix read_hosts(struct reader *r)
{
	struct addr zero = addr_v4(0);
	const struct config_arg *arg;
	uint8_t len = 32;

	if (next_is(r, "any") || next_is(r, "any4"))
		return prefix_make(&zero, 0);
	if (next_is(r, "object"))
		return config_model_object(r->line->config, r->line->args[r->at++].value.text)
			->network;
	next_is(r, "host");
	arg = peek(r);
	r->at++;
	if (next_is(r, "wildcard"))
		len = (uint8_t)len_of(&r->line->args[r->at - 1].value.addr, r->netmasks);
	return prefix_make(&arg->value.addr, len);
}

static uint16_t read_port(struct reader *r)
{
	return (uint16_t)r->line->args[r->at++].value.number;
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

static uint8_t read_protocol(struct reader *r)
{
	for (size_t i = 0; i < array_len(protocol_names); i++)
		if (next_is(r, protocol_names[i].name))
			return (uint8_t)protocol_names[i].value;
	return (uint8_t)r->line->args[r->at++].value.number;
}

/* What only a filter can look at is kept, and the line selects nothing; `log` needs no word. */
static void read_narrower(struct config_line *line, struct config_acl_line *row)
{
	static const char *const words[] = {"established", "fragments"};

	config_line_copy(row->narrower, sizeof(row->narrower), config_line_text(line, "message"));
	for (size_t i = 0; i < array_len(words); i++)
		if (config_line_arg(line, words[i]))
			config_line_copy(row->narrower, sizeof(row->narrower), words[i]);
	if (row->narrower[0] && !line->no)
		config_line_note(line,
				 "%s: addresses, protocol and ports are looked at here, no more: "
				 "the line selects nothing",
				 row->narrower);
	if (!line->no && (config_line_arg(line, "log") || config_line_arg(line, "log-input")))
		config_line_note(line, "accepted without effect: log: show access-list counts "
				       "what a line selects");
}

static int read_extended(struct reader *r, struct config_acl_line *row)
{
	row->protocol = read_protocol(r);
	row->src = read_hosts(r);
	if (read_ports(r, row->src_port, &row->neq_src))
		return -EINVAL;
	row->dst = read_hosts(r);
	row->inactive = config_line_arg(r->line, "inactive") != NULL;
	read_narrower(r->line, row);
	return read_ports(r, row->dst_port, &row->neq_dst);
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
	if (check_objects(line))
		return -EINVAL;
	if (!standard)
		return read_extended(&r, row);
	next_is(&r, "ip");
	row->src = read_hosts(&r);
	return 0;
}

bool config_acl_line_eq(const struct config_acl_line *a, const struct config_acl_line *b)
{
	return prefix_eq(&a->dst, &b->dst) && prefix_eq(&a->src, &b->src) &&
	       a->permit == b->permit && a->protocol == b->protocol &&
	       !memcmp(a->src_port, b->src_port, sizeof(a->src_port)) &&
	       !memcmp(a->dst_port, b->dst_port, sizeof(a->dst_port)) && a->neq_src == b->neq_src &&
	       a->neq_dst == b->neq_dst && a->inactive == b->inactive &&
	       !strcmp(a->narrower, b->narrower) && !strcmp(a->remark, b->remark);
}

uint64_t config_acl_line_hash(const void *row)
{
	const struct config_acl_line *line = row;
	uint64_t h = config_index_hash(CONFIG_INDEX_SEED, &line->src, sizeof(line->src));

	h = config_index_hash(h, &line->dst, sizeof(line->dst));
	h = config_index_hash(h, line->src_port, sizeof(line->src_port));
	h = config_index_hash(h, line->dst_port, sizeof(line->dst_port));
	h = config_index_hash(h, line->remark, strlen(line->remark));
	return config_index_hash(h, &line->protocol, sizeof(line->protocol));
}

/* Appends to the NUL-terminated text in buf. */
static void append(char *buf, size_t size, const char *fmt, ...) printf_like(3, 4);
static void append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

static void print_hosts(const struct prefix *hosts, bool netmask, char *buf, size_t size)
{
	struct addr mask = prefix_mask(hosts);
	struct addr wildcard = addr_v4(~addr_to_v4(&mask));
	char text[ADDR_TEXT], wild[ADDR_TEXT];

	addr_print(&hosts->addr, text, sizeof(text));
	if (hosts->len == 0)
		append(buf, size, " any");
	else if (hosts->len == 32)
		append(buf, size, " host %s", text);
	else
		append(buf, size, " %s %s", text,
		       addr_print(netmask ? &mask : &wildcard, wild, sizeof(wild)));
}

static void print_port(uint16_t port, char *buf, size_t size)
{
	const char *name = config_names_port(port);

	if (name)
		append(buf, size, " %s", name);
	else
		append(buf, size, " %u", port);
}

static void print_ports(const uint16_t ports[2], bool neq, char *buf, size_t size)
{
	if (ports[0] == 0 && ports[1] == 65535)
		return;
	if (ports[0] == ports[1]) {
		append(buf, size, neq ? " neq" : " eq");
		print_port(ports[0], buf, size);
	} else if (ports[1] == 65535) {
		append(buf, size, " gt");
		print_port((uint16_t)(ports[0] - 1), buf, size);
	} else if (ports[0] == 0) {
		append(buf, size, " lt");
		print_port((uint16_t)(ports[1] + 1), buf, size);
	} else {
		append(buf, size, " range");
		print_port(ports[0], buf, size);
		print_port(ports[1], buf, size);
	}
}

char *config_acl_print_line(const struct config_acl_line *line, bool standard, bool netmasks,
			    char *buf, size_t size)
{
	const char *protocol =
		names_find(protocol_names, array_len(protocol_names), line->protocol);

	buf[0] = '\0';
	if (line->remark[0]) {
		append(buf, size, "remark %s", line->remark);
		return buf;
	}
	append(buf, size, "%s", line->permit ? "permit" : "deny");
	if (!standard && protocol)
		append(buf, size, " %s", protocol);
	else if (!standard)
		append(buf, size, " %u", line->protocol);
	print_hosts(&line->src, netmasks, buf, size);
	if (standard)
		return buf;
	print_ports(line->src_port, line->neq_src, buf, size);
	print_hosts(&line->dst, netmasks, buf, size);
	print_ports(line->dst_port, line->neq_dst, buf, size);
	if (line->narrower[0])
		append(buf, size, " %s", line->narrower);
	if (line->inactive)
		append(buf, size, " inactive");
	return buf;
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
