/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_qos.h"
#include "lib/config/config_references.h"
#include "lib/config/config_validate.h"

#include <stdio.h>
#include <string.h>

static void check_policies(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_policies; i++) {
		bool certs =
			alg_auth_row(c->policies[i].auth) && c->policies[i].auth != ALG_AUTH_PSK;

		if (certs && c->pki.n_trustpoints == 0)
			fault_add(faults, FAULT_WARNING, -1,
				  "isakmp policy %u needs a certificate and there is no "
				  "trustpoint: add crypto pki trustpoint NAME, or type "
				  "authentication pre-share in it",
				  c->policies[i].priority);
	}
}

static void check_entry_peers(const struct config *c, const char *where,
			      const struct config_map_entry *entry, struct fault_list *faults)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < entry->n_peers; i++) {
		addr_print(&entry->peers[i], text, sizeof(text));
		for (size_t k = 0; k < c->n_interfaces; k++)
			if (addr_eq(&c->interfaces[k].address, &entry->peers[i]))
				fault_add(faults, FAULT_WARNING, -1,
					  "%s: peer %s is our own address of %s", where, text,
					  c->interfaces[k].name);
	}
}

static void check_entry_profile(const struct config *c, const char *where,
				const struct config_map_entry *entry, struct fault_list *faults)
{
	const struct config_profile *profile = config_profile_find(c, entry->profile);

	if (config_references_lacks(c, CONFIG_REFERENCE_PROFILE, entry->profile))
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
	if (config_references_lacks(c, CONFIG_REFERENCE_IDENTITY, entry->identity))
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
			if (config_references_lacks(c, CONFIG_REFERENCE_TRUSTPOINT,
						    p->trustpoints[k]))
				fault_add(faults, FAULT_WARNING, -1,
					  "isakmp profile %s: trustpoint %s does not exist",
					  p->name, p->trustpoints[k]);
		for (size_t k = 0; k < p->n_matches; k++)
			if (p->matches[k].kind == CONFIG_WHO_CERTIFICATE &&
			    config_references_lacks(c, CONFIG_REFERENCE_CERT_MAP,
						    p->matches[k].text))
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
	if (config_references_lacks(c, CONFIG_REFERENCE_DYNAMIC_MAP, entry->dynamic))
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
	check_entry_peers(c, where, entry, faults);
	check_entry_profile(c, where, entry, faults);
	check_entry_workers(c, where, entry, faults);
	check_entry_classes(c, where, map, entry, faults);
}

static void check_maps(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_maps; i++) {
		const struct config_map *map = &c->maps[i];

		for (size_t k = 0; k < map->n_entries; k++)
			check_entry(c, map, &map->entries[k], faults);
	}
}

static void check_interfaces(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];
		const struct config_map *map = config_model_map(c, interface->crypto_map);

		if (!interface->crypto_map[0])
			continue;
		if (config_references_lacks(c, CONFIG_REFERENCE_MAP, interface->crypto_map) ||
		    (map && !map->n_entries))
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
			check_entry_peers(c, where, entry, faults);
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
