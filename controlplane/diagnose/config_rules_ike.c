/* SPDX-License-Identifier: BSD-3-Clause */
/* Policies, keys, and where IKE is off. */
#include "controlplane/diagnose/config_rules.h"

#include <stdio.h>
#include <string.h>

static bool by_key(const struct config_isakmp_policy *policy)
{
	return policy->auth == ALG_AUTH_PSK;
}

static bool is_usable(const struct config *c, const struct config_isakmp_policy *policy)
{
	return by_key(policy) || (alg_auth_row(policy->auth) && c->pki.n_trustpoints);
}

static bool any_usable(const struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (is_usable(c, &c->policies[i]))
			return true;
	return false;
}

static void check_policies(struct config_rules *r)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_ACQUIRE, NULL, NULL);

	if (!r->config->n_maps || any_usable(r->config))
		return;
	diagnose_set(&d, "src", "any");
	diagnose_set(&d, "dst", "any");
	diagnose_set(&d, "item", "isakmp policy with pre-shared keys");
	config_rules_saw(&d, "%s so no tunnel can come up.",
			 r->config->n_policies
				 ? "Every policy wants certificates, and there is no trustpoint,"
				 : "There is no isakmp policy,");
	config_rules_command(&d, "crypto isakmp policy 10 / authentication pre-share");
	config_rules_found(r, &d);
}

/* A key of aggressive mode will do. */
static bool has_password(const struct config *c, const struct addr *address)
{
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, address);

	return peer && peer->password[0];
}

static void check_keys(struct config_rules *r, const struct config_map *map)
{
	const struct config *c = r->config;
	char text[ADDR_TEXT];

	for (size_t i = 0; i < map->n_entries; i++)
		for (size_t k = 0; k < map->entries[i].n_peers; k++) {
			const struct addr *peer = &map->entries[i].peers[k];
			struct diagnosis d =
				config_rules_make(DIAGNOSE_P1_NO_KEY, map, &map->entries[i]);

			if (config_model_key(c, peer) || has_password(c, peer) ||
			    c->pki.n_trustpoints)
				continue;
			d.peer = *peer;
			diagnose_set(&d, "peer", "%s", addr_print(peer, text, sizeof(text)));
			config_rules_saw(&d, "crypto map %s %u has this peer.", map->name,
					 map->entries[i].sequence);
			config_rules_found(r, &d);
		}
}

static void check_enabled(struct config_rules *r, const struct config_map *map)
{
	const struct config_interface *interface = config_rules_carrier(r->config, map);
	struct diagnosis d = config_rules_make(DIAGNOSE_P1_NOT_ENABLED, map, NULL);
	const char *name;

	if (!interface || config_model_isakmp(r->config, interface->name))
		return;
	name = interface->nameif[0] ? interface->nameif : interface->name;
	diagnose_set(&d, "n", "All");
	diagnose_set(&d, "peer", "every peer");
	diagnose_set(&d, "if", "%s", name);
	config_rules_saw(&d, "crypto map %s is on it.", map->name);
	config_rules_found(r, &d);
}

static bool is_des_sha(const struct config_isakmp_policy *policy)
{
	return policy->cipher == ALG_CIPHER_DES && policy->hash == ALG_HASH_SHA1;
}

/* E25: DES goes with MD5 alone in them. */
static void check_clients(struct config_rules *r)
{
	const struct config *c = r->config;
	struct diagnosis d = config_rules_make(DIAGNOSE_P1_CLIENT_DES_SHA, NULL, NULL);

	if (!c->remote.n_groups || !any_usable(c))
		return;
	for (size_t i = 0; i < c->n_policies; i++)
		if (is_usable(c, &c->policies[i]) && !is_des_sha(&c->policies[i]))
			return;
	diagnose_set(&d, "policy", "%u", c->policies[0].priority);
	config_rules_command(&d, "crypto isakmp policy %u / encryption 3des",
			     c->policies[0].priority);
	config_rules_found(r, &d);
}

void config_rules_ike(struct config_rules *r)
{
	check_policies(r);
	check_clients(r);
	for (size_t i = 0; i < r->config->n_maps; i++) {
		check_keys(r, &r->config->maps[i]);
		check_enabled(r, &r->config->maps[i]);
	}
}
