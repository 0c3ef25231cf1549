/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of crypto access lists that select nothing: the wrong way round, or behind a deny. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_acl.h"

#include <stdio.h>
#include <string.h>

static bool is_permit(const struct config_acl_line *line)
{
	return line->permit && !config_acl_line_is_idle(line);
}

/* The line as somebody typed it, when it stands for others; else NULL. */
static const struct config_acl_line *grouped(const struct config_acl *acl,
					     const struct config_acl_line *line)
{
	for (size_t i = 0; i < acl->n_typed; i++)
		if (acl->typed[i].sequence == line->sequence &&
		    config_object_group_in_line(&acl->typed[i]))
			return &acl->typed[i];
	return NULL;
}

static void print_line(const struct config *c, const struct config_acl_line *line, char *buf,
		       size_t size)
{
	config_acl_print_typed(c, line, false, c->dialect != DIALECT_IOS, buf, size);
}

/* The line instead of another, as that box is told. */
static void say_instead(const struct config *c, const struct config_acl *acl,
			const struct config_acl_line *old, const struct config_acl_line *line,
			struct diagnosis *d)
{
	char gone[CONFIG_ACL_TEXT], text[CONFIG_ACL_TEXT] = "";
	const char *extended = c->dialect == DIALECT_ASA ? "extended " : "";

	print_line(c, grouped(acl, old) ? grouped(acl, old) : old, gone, sizeof(gone));
	if (line)
		print_line(c, line, text, sizeof(text));
	if (c->dialect == DIALECT_IOS)
		config_rules_command(d, "ip access-list extended %s / no %s%s%s", acl->name, gone,
				     line ? " / " : "", text);
	else
		config_rules_command(d, "no access-list %s %s%s%s%s%s%s", acl->name, extended, gone,
				     line ? " / access-list " : "", line ? acl->name : "",
				     line ? " " : "", line ? extended : "");
	if (line && c->dialect != DIALECT_IOS)
		snprintf(d->command + strlen(d->command), sizeof(d->command) - strlen(d->command),
			 "%s", text);
}

/* The network behind us that a prefix lies in; one by which the map's packets leave does not
 * count. */
static const struct config_interface *behind(const struct config *c, const struct config_map *map,
					     const struct prefix *net)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];
		struct prefix network = prefix_make(&interface->address, interface->prefix_len);

		if (!addr_is_none(&interface->address) && !interface->shutdown &&
		    strcmp(interface->crypto_map, map->name) != 0 && prefix_covers(&network, net))
			return interface;
	}
	return NULL;
}

/* A part of that network has a route of its own: it may well be far away. */
static bool has_own_route(const struct config *c, const struct config_interface *interface,
			  const struct prefix *net)
{
	for (size_t i = 0; i < c->n_routes; i++)
		if (c->routes[i].prefix.len > interface->prefix_len &&
		    prefix_covers(&c->routes[i].prefix, net))
			return true;
	return false;
}

/* Packets for what is behind us never leave by the map. True when that was said. */
static bool check_side(struct config_rules *r, const struct config_map *map,
		       const struct config_map_entry *entry, const struct config_acl *acl,
		       const struct config_acl_line *line)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_ACL_SIDE, map, entry);
	const struct config_interface *interface = behind(r->config, map, &line->dst);
	struct config_acl_line turned = *line;
	char text[PREFIX_TEXT];

	if (!is_permit(line) || !line->dst.len || !interface || entry->reverse_route ||
	    has_own_route(r->config, interface, &line->dst))
		return false;
	d.acl_sequence = line->sequence;
	diagnose_set(&d, "acl", "%s", acl->name);
	diagnose_set(&d, "line", "%u", (unsigned)line->sequence);
	diagnose_set(&d, "net", "%s", prefix_print(&line->dst, text, sizeof(text)));
	diagnose_set(&d, "if", "%s", interface->name);
	turned.src = line->dst;
	turned.dst = line->src;
	memcpy(turned.src_port, line->dst_port, sizeof(turned.src_port));
	memcpy(turned.dst_port, line->src_port, sizeof(turned.dst_port));
	if (behind(r->config, map, &line->src)) {
		config_rules_saw(&d, "Both of its networks are behind us.");
		config_rules_command(&d, "show access-list %s", acl->name);
	} else if (grouped(acl, line)) {
		config_rules_saw(&d, "It is in an object-group of the line.");
		config_rules_command(&d, "show access-list %s", acl->name);
	} else {
		config_rules_saw(&d, "Its source and destination are the wrong way round.");
		say_instead(r->config, acl, line, &turned, &d);
	}
	config_rules_found(r, &d);
	return true;
}

static bool hides(const struct config_acl_line *first, const struct config_acl_line *line)
{
	return !first->permit && !config_acl_line_is_idle(first) &&
	       (!first->protocol || first->protocol == line->protocol) &&
	       prefix_covers(&first->src, &line->src) && prefix_covers(&first->dst, &line->dst) &&
	       first->src_port[0] <= line->src_port[0] && first->src_port[1] >= line->src_port[1] &&
	       first->dst_port[0] <= line->dst_port[0] && first->dst_port[1] >= line->dst_port[1];
}

/* The line before that hides this one; NULL = none, or what it may cost is used up. */
static const struct config_acl_line *hider(struct config_rules *r, const struct config_acl *acl,
					   const struct config_acl_line *line)
{
	for (const struct config_acl_line *first = acl->lines; first < line; first++) {
		if (!r->comparisons)
			return NULL;
		r->comparisons--;
		if (hides(first, line))
			return first;
	}
	return NULL;
}

/* All that a typed line stands for, from one row to before another. */
static void check_hidden(struct config_rules *r, const struct config_map *map,
			 const struct config_map_entry *entry, const struct config_acl *acl,
			 size_t from, size_t to)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_ACL_DENY, map, entry);
	const struct config_acl_line *line = &acl->lines[from], *by = NULL;

	for (size_t i = from; i < to; i++) {
		by = is_permit(&acl->lines[i]) ? hider(r, acl, &acl->lines[i]) : NULL;
		if (!by)
			return;
	}
	if (!by)
		return;
	d.acl_sequence = line->sequence;
	diagnose_set(&d, "acl", "%s", acl->name);
	diagnose_set(&d, "line", "%u", (unsigned)line->sequence);
	diagnose_set(&d, "line2", "%u", (unsigned)by->sequence);
	config_rules_saw(&d, "What it permits goes in clear.");
	say_instead(r->config, acl, by, NULL, &d);
	config_rules_found(r, &d);
}

static void check_entry(struct config_rules *r, const struct config_map *map,
			const struct config_map_entry *entry)
{
	const struct config_acl *acl = config_model_acl(r->config, entry->acl);
	size_t to;

	if (!acl || acl->standard || entry->dynamic[0])
		return;
	for (size_t from = 0; from < acl->n_lines; from = to) {
		bool said = false;

		for (to = from;
		     to < acl->n_lines && acl->lines[to].sequence == acl->lines[from].sequence;
		     to++)
			said = said || check_side(r, map, entry, acl, &acl->lines[to]);
		check_hidden(r, map, entry, acl, from, to);
		if (!r->comparisons)
			return;
	}
}

void config_rules_lines(struct config_rules *r)
{
	for (size_t i = 0; i < r->config->n_maps; i++)
		for (size_t k = 0; k < r->config->maps[i].n_entries; k++)
			check_entry(r, &r->config->maps[i], &r->config->maps[i].entries[k]);
}
