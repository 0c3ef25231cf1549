/* SPDX-License-Identifier: BSD-3-Clause */
/* A line of an access list as text. */
#include "lib/config/config_acl.h"
#include "lib/config/config_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* False when the place has no group. */
static bool print_group(const struct config *c, const struct config_acl_line *line,
			enum config_group_place place, char *buf, size_t size)
{
	const struct config_object_group *group =
		c ? config_object_group_numbered(c, line->groups[place]) : NULL;

	if (group)
		append(buf, size, " object-group %s", group->name);
	return group;
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

char *config_acl_print_typed(const struct config *c, const struct config_acl_line *line,
			     bool standard, bool netmasks, char *buf, size_t size)
{
	const char *protocol = config_names_protocol(line->protocol);

	buf[0] = '\0';
	if (line->remark[0]) {
		append(buf, size, "remark %s", line->remark);
		return buf;
	}
	append(buf, size, "%s", line->permit ? "permit" : "deny");
	if (!standard && !print_group(c, line, CONFIG_GROUP_SERVICE, buf, size)) {
		if (protocol)
			append(buf, size, " %s", protocol);
		else
			append(buf, size, " %u", line->protocol);
	}
	if (!print_group(c, line, CONFIG_GROUP_SRC, buf, size))
		print_hosts(&line->src, netmasks, buf, size);
	if (standard)
		return buf;
	if (!print_group(c, line, CONFIG_GROUP_SRC_PORT, buf, size))
		print_ports(line->src_port, line->neq_src, buf, size);
	if (!print_group(c, line, CONFIG_GROUP_DST, buf, size))
		print_hosts(&line->dst, netmasks, buf, size);
	if (!print_group(c, line, CONFIG_GROUP_DST_PORT, buf, size))
		print_ports(line->dst_port, line->neq_dst, buf, size);
	if (line->narrower[0])
		append(buf, size, " %s", line->narrower);
	if (line->log)
		append(buf, size, " log");
	if (line->inactive)
		append(buf, size, " inactive");
	return buf;
}

char *config_acl_print_line(const struct config_acl_line *line, bool standard, bool netmasks,
			    char *buf, size_t size)
{
	return config_acl_print_typed(NULL, line, standard, netmasks, buf, size);
}
