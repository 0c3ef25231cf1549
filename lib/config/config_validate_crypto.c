/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_acl.h"
#include "lib/config/config_qos.h"
#include "lib/config/config_validate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OVERLAPS_SHOWN = 8,
	COMPARISONS_MAX = 20000000
};

static bool map_is_used(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (!strcmp(c->interfaces[i].crypto_map, name))
			return true;
	return false;
}

static void check_policies(const struct config *c, struct fault_list *faults)
{
	size_t usable = 0;

	for (size_t i = 0; i < c->n_policies; i++) {
		bool certs =
			alg_auth_row(c->policies[i].auth) && c->policies[i].auth != ALG_AUTH_PSK;

		usable += c->policies[i].auth == ALG_AUTH_PSK || (certs && c->pki.n_trustpoints);
		if (certs && c->pki.n_trustpoints == 0)
			fault_add(faults, FAULT_WARNING, -1,
				  "isakmp policy %u needs a certificate and there is no "
				  "trustpoint: add crypto pki trustpoint NAME, or type "
				  "authentication pre-share in it",
				  c->policies[i].priority);
	}
	if (!usable && c->n_maps)
		fault_add(faults, FAULT_WARNING, -1,
			  "no isakmp policy uses pre-shared keys, so no tunnel can come up: add "
			  "crypto isakmp policy 10 and authentication pre-share");
}

static void check_entry_acl(const struct config *c, const char *where,
			    const struct config_map_entry *entry, struct fault_list *faults)
{
	const struct config_acl *acl = config_model_acl(c, entry->acl);
	const struct config_acl_line *line;
	size_t permits = 0;

	for (size_t i = 0; acl && i < acl->n_lines; i++)
		permits += acl->lines[i].permit && !config_acl_line_is_idle(&acl->lines[i]);
	if (!entry->acl[0])
		return;
	if (!acl)
		fault_add(faults, FAULT_WARNING, -1, "%s: access list %s does not exist", where,
			  entry->acl);
	else if (acl->standard)
		fault_add(
			faults, FAULT_WARNING, -1,
			"%s: access list %s is a standard one; a crypto map needs an extended one",
			where, entry->acl);
	else if (config_acl_find_crypto_fault(acl, &line))
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: access list %s, line %u: %s; the entry is not used", where,
			  entry->acl, line->sequence, config_acl_crypto_fault(line));
	else if (!permits)
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: access list %s has no permit line, so it protects nothing", where,
			  entry->acl);
}

/* A key of aggressive mode will do. */
static bool has_password(const struct config *c, const struct addr *address)
{
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, address);

	return peer && peer->password[0];
}

static void check_entry_peers(const struct config *c, const char *where,
			      const struct config_map_entry *entry, struct fault_list *faults)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < entry->n_peers; i++) {
		addr_print(&entry->peers[i], text, sizeof(text));
		if (!config_model_key(c, &entry->peers[i]) && !has_password(c, &entry->peers[i]) &&
		    c->pki.n_trustpoints == 0)
			fault_add(faults, FAULT_WARNING, -1,
				  "%s: peer %s has no key: add crypto isakmp key KEY address %s",
				  where, text, text);
		for (size_t k = 0; k < c->n_interfaces; k++)
			if (addr_eq(&c->interfaces[k].address, &entry->peers[i]))
				fault_add(faults, FAULT_WARNING, -1,
					  "%s: peer %s is our own address of %s", where, text,
					  c->interfaces[k].name);
	}
}

static void check_entry_sets(const struct config *c, const char *where,
			     const struct config_map_entry *entry, struct fault_list *faults)
{
	for (size_t i = 0; i < entry->n_sets; i++) {
		const struct config_transform_set *set =
			config_model_transform_set(c, entry->sets[i]);

		if (!set)
			fault_add(faults, FAULT_WARNING, -1,
				  "%s: transform set %s does not exist (names are case-sensitive)",
				  where, entry->sets[i]);
	}
}

static void check_entry_profile(const struct config *c, const char *where,
				const struct config_map_entry *entry, struct fault_list *faults)
{
	const struct config_profile *profile = config_profile_find(c, entry->profile);

	if (entry->profile[0] && !profile)
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: isakmp profile %s does not exist, so no peer is let in", where,
			  entry->profile);
	else if (profile && !profile->n_matches)
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: isakmp profile %s has no match line, so no peer is let in", where,
			  entry->profile);
	else if (profile && c->pki.n_trustpoints && !entry->identity[0] &&
		 config_profile_takes_all(profile))
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: with isakmp profile %s whoever has a certificate of the CA may be "
			  "its peer: add match certificate, or name its address",
			  where, entry->profile);
	if (entry->identity[0] && !config_profile_identity(c, entry->identity))
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: crypto identity %s does not exist, so no peer is let in", where,
			  entry->identity);
}

/* What a profile names and is not there. */
static void check_profiles(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_profiles; i++) {
		const struct config_profile *p = &c->profiles[i];

		for (size_t k = 0; k < p->n_trustpoints; k++)
			if (!config_pki_trustpoint(&c->pki, p->trustpoints[k]))
				fault_add(faults, FAULT_WARNING, -1,
					  "isakmp profile %s: trustpoint %s does not exist",
					  p->name, p->trustpoints[k]);
		for (size_t k = 0; k < p->n_matches; k++)
			if (p->matches[k].kind == CONFIG_WHO_CERTIFICATE &&
			    !config_profile_has_cert_map(c, p->matches[k].text))
				fault_add(faults, FAULT_WARNING, -1,
					  "isakmp profile %s: certificate map %s does not exist",
					  p->name, p->matches[k].text);
	}
}

/* Classes of a policy-map with the class-default that it need not name. */
static size_t count_classes(const struct config *c, const struct config_policy_map *policy)
{
	const struct config_policy_map *child = config_qos_child(c, policy);
	const struct config_policy_map *p = child ? child : policy;

	return p->n_classes + !config_model_policy_class(p, CONFIG_CLASS_DEFAULT);
}

static void check_per_class(const struct config *c, const char *where, const char *name,
			    struct fault_list *faults)
{
	const struct config_policy_map *policy = config_model_policy_map(c, name);
	size_t n = policy ? count_classes(c, policy) : 0;

	if (n > CONFIG_LANES_MAX)
		fault_add(
			faults, FAULT_WARNING, -1,
			"%s: policy-map %s has %zu classes and there are at most %d SA pairs: the "
			"last pair is shared by the classes from the %dth on",
			where, name, n, CONFIG_LANES_MAX, CONFIG_LANES_MAX);
	if (!n)
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: security-association per-class without a service policy, so there "
			  "is one SA pair: add service-policy output to the entry or its interface",
			  where);
}

/* The entry's own policy counts before that of an interface. */
static void check_entry_classes(const struct config *c, const char *where,
				const struct config_map *map, const struct config_map_entry *entry,
				struct fault_list *faults)
{
	for (size_t i = 0; entry->per_class && i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		if (strcmp(interface->crypto_map, map->name) != 0)
			continue;
		check_per_class(c, where,
				entry->service_policy[0] ? entry->service_policy
							 : interface->service_policy,
				faults);
		return;
	}
}

static void check_entry_workers(const struct config *c, const char *where,
				const struct config_map_entry *entry, struct fault_list *faults)
{
	unsigned workers = c->platform.n_worker_cores ? c->platform.n_worker_cores : 1;

	if (entry->per_worker > workers)
		fault_add(faults, FAULT_WARNING, -1,
			  "%s: security-association per-worker %u and only %u worker%s: %s", where,
			  entry->per_worker, workers, workers == 1 ? "" : "s",
			  workers == 1
				  ? "there is one SA pair; give more worker-cores under platform"
				  : "there is one SA pair for each");
}

static void check_reference(const struct config *c, const struct config_map *map,
			    const struct config_map_entry *entry, struct fault_list *faults)
{
	for (size_t i = 0; i < map->n_entries; i++) {
		const struct config_map_entry *other = &map->entries[i];

		if (other->sequence <= entry->sequence)
			continue;
		if (other->dynamic[0])
			fault_add(faults, FAULT_WARNING, -1,
				  "crypto map %s has two dynamic entries, %u and %u: one is used, "
				  "the lower; put the lines of both into one dynamic map",
				  map->name, entry->sequence, other->sequence);
		else
			fault_add(faults, FAULT_WARNING, -1,
				  "crypto map %s: entry %u is dynamic and entry %u after it is "
				  "not: a dynamic entry must have the highest number, type crypto "
				  "map %s 65535 ipsec-isakmp dynamic %s instead",
				  map->name, entry->sequence, other->sequence, map->name,
				  entry->dynamic);
		break;
	}
	if (!config_model_dynamic_map(c, entry->dynamic))
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s %u: dynamic map %s does not exist (names are "
			  "case-sensitive)",
			  map->name, entry->sequence, entry->dynamic);
}

static void check_entry(const struct config *c, const struct config_map *map,
			const struct config_map_entry *entry, struct fault_list *faults)
{
	char where[CONFIG_NAME + 32];

	if (entry->dynamic[0]) {
		check_reference(c, map, entry, faults);
		return;
	}

	snprintf(where, sizeof(where), "crypto map %s %u", map->name, entry->sequence);
	if (!entry->acl[0] || !entry->n_peers || !entry->n_sets)
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map entry incomplete and not used: %s lacks%s%s%s", where,
			  entry->acl[0] ? "" : " `match address`",
			  entry->n_peers ? "" : " `set peer`",
			  entry->n_sets ? "" : " `set transform-set`");
	check_entry_acl(c, where, entry, faults);
	check_entry_peers(c, where, entry, faults);
	check_entry_profile(c, where, entry, faults);
	check_entry_sets(c, where, entry, faults);
	check_entry_workers(c, where, entry, faults);
	check_entry_classes(c, where, map, entry, faults);
}

static bool ports_meet(const uint16_t a[2], const uint16_t b[2])
{
	return a[0] <= b[1] && b[0] <= a[1];
}

static bool prefixes_meet(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

static bool lines_meet(const struct config_acl_line *a, const struct config_acl_line *b)
{
	return a->permit && b->permit && !config_acl_line_is_idle(a) &&
	       !config_acl_line_is_idle(b) &&
	       (!a->protocol || !b->protocol || a->protocol == b->protocol) &&
	       prefixes_meet(&a->dst, &b->dst) && prefixes_meet(&a->src, &b->src) &&
	       ports_meet(a->src_port, b->src_port) && ports_meet(a->dst_port, b->dst_port);
}

struct overlap {
	struct fault_list *faults;
	size_t found;
	size_t comparisons;
};

/* The first line of b's list that meets a line of a's; one report a pair of entries is enough. */
static void check_overlap(const struct config_map *map, const struct config_acl *const *acls,
			  size_t a, size_t b, struct overlap *state)
{
	const struct config_acl *x = acls[a], *y = acls[b];

	for (size_t i = 0; x && y && i < x->n_lines; i++)
		for (size_t k = 0; k < y->n_lines; k++) {
			if (++state->comparisons > COMPARISONS_MAX)
				return;
			if (!lines_meet(&x->lines[i], &y->lines[k]))
				continue;
			fault_add(state->faults, FAULT_WARNING, -1,
				  "crypto map %s: entries %u and %u overlap (%s line %u, %s line "
				  "%u): traffic of both goes to entry %u",
				  map->name, map->entries[a].sequence, map->entries[b].sequence,
				  x->name, x->lines[i].sequence, y->name, y->lines[k].sequence,
				  map->entries[a].sequence);
			state->found++;
			return;
		}
}

static void check_all_overlaps(const struct config_map *map, const struct config_acl *const *acls,
			       struct overlap *state)
{
	for (size_t a = 0; a < map->n_entries; a++)
		for (size_t b = a + 1; b < map->n_entries; b++) {
			if (state->found >= OVERLAPS_SHOWN || state->comparisons > COMPARISONS_MAX)
				return;
			check_overlap(map, acls, a, b, state);
		}
}

static void check_overlaps(const struct config *c, const struct config_map *map,
			   struct fault_list *faults)
{
	const struct config_acl **acls = calloc(map->n_entries + 1, sizeof(struct config_acl *));
	struct overlap state = {.faults = faults};

	for (size_t i = 0; acls && i < map->n_entries; i++)
		acls[i] = config_model_acl(c, map->entries[i].acl);
	if (acls)
		check_all_overlaps(map, acls, &state);
	free(acls);
	if (!acls || state.comparisons > COMPARISONS_MAX)
		fault_add(faults, FAULT_NOTE, -1,
			  "crypto map %s is so large that overlaps were not all looked for",
			  map->name);
}

static void check_local_address(const struct config *c, const struct config_map *map,
				struct fault_list *faults)
{
	const struct config_interface *interface = config_model_interface(c, map->local_interface);

	if (map->local_interface[0] && (!interface || addr_is_none(&interface->address)))
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s: local-address %s %s, so no tunnel can come up", map->name,
			  map->local_interface, interface ? "has no ip address" : "does not exist");
}

static void check_maps(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_maps; i++) {
		const struct config_map *map = &c->maps[i];

		if (!map_is_used(c, map->name))
			fault_add(faults, FAULT_WARNING, -1,
				  "crypto map %s is on no interface and protects nothing",
				  map->name);
		check_local_address(c, map, faults);
		for (size_t k = 0; k < map->n_entries; k++)
			check_entry(c, map, &map->entries[k], faults);
		check_overlaps(c, map, faults);
	}
}

static void check_interfaces(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];
		const struct config_map *map = config_model_map(c, interface->crypto_map);

		if (!interface->crypto_map[0])
			continue;
		if (!map || !map->n_entries)
			fault_add(faults, FAULT_WARNING, -1,
				  "interface %s: crypto map %s has no entries (names are "
				  "case-sensitive)",
				  interface->name, interface->crypto_map);
		if (addr_is_none(&interface->address) && !(map && map->local_interface[0]))
			fault_add(faults, FAULT_WARNING, -1,
				  "interface %s has a crypto map and no ip address, so no tunnel "
				  "can come up",
				  interface->name);
	}
}

/* True when a crypto map entry has a peer that this key is for; a dynamic one may have any. */
static bool key_is_used(const struct config *c, const struct config_isakmp_key *key)
{
	if (c->n_dynamic_maps)
		return true;
	for (size_t i = 0; i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries; k++)
			for (size_t p = 0; p < c->maps[i].entries[k].n_peers; p++)
				if (prefix_contains(&key->peer, &c->maps[i].entries[k].peers[p]))
					return true;
	return false;
}

/* Whoever sees aggressive mode can try keys at leisure: said once, for all that asks for it. */
static void check_aggressive(const struct config *c, struct fault_list *faults)
{
	bool keys = c->n_isakmp_peers > 0;

	for (size_t i = 0; i < c->n_keys; i++)
		keys |= c->keys[i].hostname[0] != 0;
	for (size_t i = 0; i < c->remote.n_groups; i++)
		keys |= c->remote.groups[i].key[0] != 0;
	if (keys && !c->isakmp.aggressive_disabled)
		fault_add(faults, FAULT_WARNING, -1,
			  "aggressive mode with pre-shared keys is in use: whoever records one "
			  "login can try keys without asking us, so take long random ones, or "
			  "certificates");
}

static void check_keys(const struct config *c, struct fault_list *faults)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < c->n_keys; i++)
		if (!c->keys[i].hostname[0] && c->keys[i].peer.len && !key_is_used(c, &c->keys[i]))
			fault_add(faults, FAULT_WARNING, -1,
				  "there is a key for %s, and no crypto map entry has this peer",
				  prefix_print(&c->keys[i].peer, text, sizeof(text)));
}

static bool refers(const struct config *c, const char *dynamic)
{
	for (size_t i = 0; i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries; k++)
			if (!strcmp(c->maps[i].entries[k].dynamic, dynamic))
				return true;
	return false;
}

static void check_dynamic_maps(const struct config *c, struct fault_list *faults)
{
	char where[CONFIG_NAME + 32];

	for (size_t i = 0; i < c->n_dynamic_maps; i++) {
		const struct config_map *map = &c->dynamic_maps[i];

		if (!refers(c, map->name))
			fault_add(faults, FAULT_WARNING, -1,
				  "dynamic map %s is in no crypto map: add crypto map NAME 65535 "
				  "ipsec-isakmp dynamic %s",
				  map->name, map->name);
		for (size_t k = 0; k < map->n_entries; k++) {
			const struct config_map_entry *entry = &map->entries[k];

			snprintf(where, sizeof(where), "crypto dynamic-map %s %u", map->name,
				 entry->sequence);
			if (!entry->n_sets)
				fault_add(
					faults, FAULT_WARNING, -1,
					"dynamic map entry incomplete and not used: %s lacks `set "
					"transform-set`",
					where);
			check_entry_acl(c, where, entry, faults);
			check_entry_peers(c, where, entry, faults);
			check_entry_sets(c, where, entry, faults);
		}
	}
}

void config_validate_crypto(const struct config *c, struct fault_list *faults)
{
	check_policies(c, faults);
	check_profiles(c, faults);
	check_keys(c, faults);
	check_aggressive(c, faults);
	check_maps(c, faults);
	check_dynamic_maps(c, faults);
	check_interfaces(c, faults);
}
