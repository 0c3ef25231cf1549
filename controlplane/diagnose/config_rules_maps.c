/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries that lack something, maps that are on no interface or on the wrong one. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_acl.h"
#include "lib/config/config_references.h"

#include <stdio.h>
#include <string.h>

static const struct config_acl_line *first_permit(const struct config_acl *acl)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (acl->lines[i].permit && !config_acl_line_is_idle(&acl->lines[i]))
			return &acl->lines[i];
	return NULL;
}

/* An extended access list that nothing uses: probably the one that was meant. */
static const struct config_acl *find_spare(struct config_rules *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; !r->spare_sought && !r->spare && i < c->n_acls; i++)
		if (!c->acls[i].standard && first_permit(&c->acls[i]) &&
		    !config_references_uses(c, CONFIG_REFERENCE_ACL, c->acls[i].name))
			r->spare = &c->acls[i];
	r->spare_sought = true;
	return r->spare;
}

static void say_no_acl(struct config_rules *r, const struct config_map *map,
		       const struct config_map_entry *entry, const char *why)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_NO_ACL, map, entry);
	const struct config_acl *spare = find_spare(r);

	config_rules_saw(&d, "%s", why);
	if (spare && !config_model_acl(r->config, entry->acl))
		config_rules_command(&d, "%s %s %u match address %s",
				     config_rules_noun(r->config, map), map->name, entry->sequence,
				     spare->name);
	else if (entry->acl[0])
		config_rules_command(&d, "show access-list %s", entry->acl);
	config_rules_found(r, &d);
}

static void check_acl(struct config_rules *r, const struct config_map *map,
		      const struct config_map_entry *entry)
{
	const struct config_acl *acl = config_model_acl(r->config, entry->acl);
	const struct config_acl_line *line;
	char why[DIAGNOSE_FIELD];

	if (!entry->acl[0]) {
		say_no_acl(r, map, entry, "The entry is incomplete and not used.");
	} else if (!acl) {
		if (config_references_near(r->config, CONFIG_REFERENCE_ACL, entry->acl))
			return; /* CFG-NAME-CASE */
		snprintf(why, sizeof(why), "Access list %s does not exist.", entry->acl);
		say_no_acl(r, map, entry, why);
	} else if (acl->standard) {
		snprintf(why, sizeof(why),
			 "Access list %s is a standard one; a crypto map needs an extended one.",
			 acl->name);
		say_no_acl(r, map, entry, why);
	} else if (config_acl_find_crypto_fault(acl, &line)) {
		snprintf(why, sizeof(why), "Access list %s, line %u: %s; the entry is not used.",
			 acl->name, line->sequence, config_acl_crypto_fault(line));
		say_no_acl(r, map, entry, why);
	} else if (!first_permit(acl)) {
		snprintf(why, sizeof(why),
			 "Access list %s has no permit line, so it protects nothing.", acl->name);
		say_no_acl(r, map, entry, why);
	}
}

static void check_sets(struct config_rules *r, const struct config_map *map,
		       const struct config_map_entry *entry)
{
	const struct config_acl_line *line = first_permit(config_model_acl(r->config, entry->acl));
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_ACQUIRE, map, entry);
	const char *noun = config_rules_noun(r->config, map);
	char src[PREFIX_TEXT] = "any", dst[PREFIX_TEXT] = "any";

	if (line) {
		prefix_print(&line->src, src, sizeof(src));
		prefix_print(&line->dst, dst, sizeof(dst));
	}
	diagnose_set(&d, "src", "%s", src);
	diagnose_set(&d, "dst", "%s", dst);
	config_rules_command(&d, "%s %s %u set transform-set %s", noun, map->name, entry->sequence,
			     r->config->n_transform_sets ? r->config->transform_sets[0].name
							 : "<name>");
	if (!entry->n_sets) {
		diagnose_set(&d, "item", "transform set of %s %s %u", noun, map->name,
			     entry->sequence);
		config_rules_saw(&d, "The entry is incomplete and not used.");
		config_rules_found(r, &d);
	}
	for (size_t i = 0; i < entry->n_sets; i++) {
		if (config_model_transform_set(r->config, entry->sets[i]) ||
		    config_references_near(r->config, CONFIG_REFERENCE_TRANSFORM_SET,
					   entry->sets[i]))
			continue;
		diagnose_set(&d, "item", "transform set %s", entry->sets[i]);
		config_rules_saw(&d, "%s %s %u names it, and it does not exist.", noun, map->name,
				 entry->sequence);
		config_rules_command(&d, "crypto ipsec transform-set %s esp-aes esp-sha-hmac",
				     entry->sets[i]);
		config_rules_found(r, &d);
	}
}

static void check_entry(struct config_rules *r, const struct config_map *map,
			const struct config_map_entry *entry)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_NO_PEER, map, entry);

	if (!entry->n_peers) {
		config_rules_saw(&d, "The entry is incomplete and not used.");
		config_rules_found(r, &d);
	}
	check_acl(r, map, entry);
	check_sets(r, map, entry);
}

/* Where packets to the first peer of a map leave. */
static const struct config_interface *exit_of(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++)
		if (map->entries[i].n_peers)
			return config_rules_exit(c, &map->entries[i].peers[0]);
	return NULL;
}

static const char *name_of(const struct config_interface *interface)
{
	return interface ? interface->name : "<interface>";
}

static void say_not_applied(struct config_rules *r, const struct config_map *map,
			    const struct config_interface *out, const char *saw)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_MAP_NOT_APPLIED, map, NULL);

	const struct config_interface *carrier = config_rules_carrier(r->config, map);

	diagnose_set(&d, "if", "%s", carrier ? carrier->name : "the one it is on");
	config_rules_command(&d, "interface %s / crypto map %s", name_of(out), map->name);
	config_rules_saw(&d, "%s", saw);
	config_rules_found(r, &d);
}

/* A peer is behind an interface that does not carry the map: its packets leave in clear. */
static void check_exits(struct config_rules *r, const struct config_map *map)
{
	const struct config_interface *carrier = config_rules_carrier(r->config, map);
	char saw[DIAGNOSE_TEXT], peer[ADDR_TEXT];

	for (size_t i = 0; i < map->n_entries; i++)
		for (size_t k = 0; k < map->entries[i].n_peers; k++) {
			const struct addr *to = &map->entries[i].peers[k];
			const struct config_interface *out = config_rules_exit(r->config, to);

			if (!out || !strcmp(out->crypto_map, map->name) ||
			    addr_eq(to, &out->address))
				continue;
			snprintf(saw, sizeof(saw),
				 "The map is on %s, and packets to peer %s leave by %s.",
				 carrier->name, addr_print(to, peer, sizeof(peer)), out->name);
			say_not_applied(r, map, out, saw);
			return;
		}
}

static void check_local(struct config_rules *r, const struct config_map *map)
{
	const struct config_interface *local =
		config_model_interface(r->config, map->local_interface);
	const struct config_interface *carrier = config_rules_carrier(r->config, map);
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_LOCAL_ADDR, map, NULL);
	char text[ADDR_TEXT];

	if (!map->local_interface[0] || (local && !addr_is_none(&local->address)))
		return;
	diagnose_set(&d, "ip", "%s",
		     carrier && !addr_is_none(&carrier->address)
			     ? addr_print(&carrier->address, text, sizeof(text))
			     : "another address");
	diagnose_set(&d, "local", "of %s", map->local_interface);
	diagnose_set(&d, "if", "%s", name_of(carrier));
	config_rules_saw(&d, "Interface %s %s, so no tunnel can come up.", map->local_interface,
			 local ? "has no ip address" : "does not exist");
	config_rules_found(r, &d);
}

/* An interface has its name typed wrong: CFG-NAME-CASE. */
static bool is_meant(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (config_references_near(c, CONFIG_REFERENCE_MAP, c->interfaces[i].crypto_map) ==
		    map->name)
			return true;
	return false;
}

static bool meets(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

/* Some of it is reached: by a route, or through an interface. */
static bool is_routed(const struct config *c, const struct prefix *net)
{
	for (size_t i = 0; i < c->n_routes; i++)
		if (meets(&c->routes[i].prefix, net) &&
		    strcmp(c->routes[i].interface, CONFIG_NULL) != 0)
			return true;
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];
		struct prefix network = prefix_make(&interface->address, interface->prefix_len);

		if (!addr_is_none(&interface->address) && meets(&network, net))
			return true;
	}
	return false;
}

static void check_routes(struct config_rules *r, const struct config_map *map,
			 const struct config_map_entry *entry)
{
	const struct config_acl *acl = config_model_acl(r->config, entry->acl);

	for (size_t i = 0; acl && !entry->reverse_route && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		struct diagnosis d = config_rules_make(DIAGNOSE_RT_NO_ROUTE, map, entry);
		struct addr mask = prefix_mask(&line->dst);
		char text[PREFIX_TEXT];

		if (!line->permit || config_acl_line_is_idle(line) || !line->dst.len ||
		    is_routed(r->config, &line->dst))
			continue;
		d.acl_sequence = line->sequence;
		diagnose_set(&d, "net", "%s", addr_print(&line->dst.addr, text, sizeof(text)));
		diagnose_set(&d, "mask", "%s", addr_print(&mask, text, sizeof(text)));
		config_rules_saw(&d, "Line %u of access list %s is for it.", line->sequence,
				 acl->name);
		config_rules_found(r, &d);
		return;
	}
}

static bool has_static(const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++)
		if (!map->entries[i].dynamic[0])
			return true;
	return false;
}

static bool has_address(const struct config_interface *interface)
{
	return interface && !addr_is_none(&interface->address);
}

static void check_map(struct config_rules *r, const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++)
		if (!map->entries[i].dynamic[0])
			check_entry(r, map, &map->entries[i]);
	check_local(r, map);
	if (is_meant(r->config, map))
		return;
	for (size_t i = 0; has_address(config_rules_carrier(r->config, map)) && i < map->n_entries;
	     i++)
		check_routes(r, map, &map->entries[i]);
	if (!config_rules_carrier(r->config, map))
		say_not_applied(r, map, exit_of(r->config, map), "It protects nothing.");
	else if (has_static(map))
		check_exits(r, map);
}

void config_rules_maps(struct config_rules *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->n_maps; i++)
		if (!config_references_misspelt(c, &c->maps[i]))
			check_map(r, &c->maps[i]);
	for (size_t i = 0; i < c->n_dynamic_maps; i++)
		for (size_t k = 0; k < c->dynamic_maps[i].n_entries; k++) {
			const struct config_map_entry *entry = &c->dynamic_maps[i].entries[k];

			if (entry->acl[0])
				check_acl(r, &c->dynamic_maps[i], entry);
			check_sets(r, &c->dynamic_maps[i], entry);
		}
}
