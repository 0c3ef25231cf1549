/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/peer_config.h"

#include "controlplane/remote_access.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void set_key(struct ike_peer *out, const char *key)
{
	secret_set(&out->psk, key, strlen(key));
}

/*
 * Users log in wherever the crypto map says so, but for peers whose key excepts them. A list that
 * does not exist lets nobody in: it must not let in without asking.
 */
static void set_login(struct ike_peer *out, const struct config_map *map, bool no_xauth)
{
	out->xauth = map && map->authentication[0] && !no_xauth;
}

static void set_keepalive(struct ike_peer *out, uint8_t keepalive, uint16_t seconds, uint16_t retry)
{
	if (!keepalive)
		return;
	out->dpd_s = keepalive == CONFIG_KEEPALIVE_ON ? seconds : 0;
	out->dpd_retry_s = retry;
	out->dpd_periodic = false;
}

/* A group that no list of the map names gets its addresses without a line of the map, too. */
static void set_client(struct ike_peer *out, const struct config_map *map,
		       const struct config_group *group)
{
	set_login(out, map, false);
	if (group && group->login)
		out->xauth = group->login == CONFIG_LOGIN_YES;
	out->client = map->client_address != 0 || (group && group->any_map);
	out->push = map->client_address & CONFIG_CLIENT_INITIATE;
	snprintf(out->group, sizeof(out->group), "%s", group ? group->name : "");
	if (group)
		set_keepalive(out, group->keepalive, group->keepalive_s, group->keepalive_retry_s);
	out->aggressive = true;
	out->named = false;
}

static void set_endpoint(struct ike_id *id, const struct config_isakmp_peer *peer)
{
	static const uint8_t types[] = {
		[CONFIG_ENDPOINT_IPV4] = IKE_ID_IPV4,
		[CONFIG_ENDPOINT_FQDN] = IKE_ID_FQDN,
		[CONFIG_ENDPOINT_USER_FQDN] = IKE_ID_USER_FQDN,
	};
	struct addr address;

	if (!peer->endpoint)
		return;
	*id = (struct ike_id){
		.type = types[peer->endpoint],
		.protocol = IP_PROTO_UDP,
		.port = IP_PORT_IKE,
		.len = (uint16_t)strlen(peer->endpoint_text),
	};
	if (peer->endpoint != CONFIG_ENDPOINT_IPV4) {
		memcpy(id->data, peer->endpoint_text, id->len);
	} else if (addr_parse(&address, peer->endpoint_text) == 0) {
		id->len = (uint16_t)addr_len_bytes(&address);
		memcpy(id->data, address.b, id->len);
	}
}

static bool is_name(const struct ike_id *id)
{
	return id->type == IKE_ID_FQDN || id->type == IKE_ID_USER_FQDN || id->type == IKE_ID_KEY_ID;
}

/* The map looks groups up, in a list that exists, or the group needs none. */
static bool authorizes(const struct config *c, const struct config_map *map,
		       const struct config_group *group)
{
	if (!map)
		return false;
	return group->any_map ||
	       (c->remote.new_model &&
		config_remote_list(&c->remote, CONFIG_AAA_NETWORK, map->authorization));
}

static bool logs_in(const struct config_group *group, const struct config_map *map)
{
	return group->login == CONFIG_LOGIN_MAP ? map->authentication[0] != '\0'
						: group->login == CONFIG_LOGIN_YES;
}

/* Users log in: without that, whoever shows no certificate has shown nothing. */
static bool is_hybrid(const struct config_group *group, const struct config_map *map)
{
	return group->hybrid && logs_in(group, map);
}

/* Clients of the group can come in, over this map. */
static bool is_open(const struct config *c, const struct config_map *map,
		    const struct config_group *group)
{
	return authorizes(c, map, group) && (group->key[0] || is_hybrid(group, map));
}

/* The group of this name, or the one of those who name another. */
static const struct config_group *find_group(const struct config *c, const struct config_map *map,
					     const struct ike_id *id)
{
	const struct config_group *otherwise = NULL;

	for (size_t i = 0; i < c->remote.n_groups; i++) {
		const struct config_group *g = &c->remote.groups[i];

		if (!is_open(c, map, g))
			continue;
		if (strlen(g->name) == id->len && memcmp(g->name, id->data, id->len) == 0)
			return g;
		if (g->derived && !strcmp(g->name, CONFIG_TUNNEL_GROUP_RA))
			otherwise = g;
	}
	return otherwise;
}

static bool has_keys(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < c->remote.n_groups; i++)
		if (c->remote.groups[i].key[0] && authorizes(c, map, &c->remote.groups[i]))
			return true;
	return false;
}

static bool has_hybrids(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < c->remote.n_groups; i++)
		if (authorizes(c, map, &c->remote.groups[i]) &&
		    is_hybrid(&c->remote.groups[i], map))
			return true;
	return false;
}

static const struct config_isakmp_key *first_host_key(const struct config *c)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (c->keys[i].hostname[0])
			return &c->keys[i];
	return NULL;
}

static const struct config_group *first_group(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < c->remote.n_groups; i++)
		if (is_open(c, map, &c->remote.groups[i]))
			return &c->remote.groups[i];
	return NULL;
}

/*
 * A client of a group, NULL = of one that does not exist. What any group accepts is answered for
 * every name, so that none is told from another; what this one has not leads nowhere.
 */
static void set_group(struct ike_peer *out, const struct config *c, const struct config_map *map,
		      const struct config_group *group)
{
	bool has_key = group && group->key[0];

	secret_wipe(&out->psk);
	set_client(out, map, group ? group : first_group(c, map));
	if (!group)
		out->group[0] = '\0';
	if (has_key)
		set_key(out, group->key);
	out->decoy = !has_key && has_keys(c, map);
	out->hybrid = has_hybrids(c, map);
	out->hybrid_decoy = out->hybrid && !(group && is_hybrid(group, map));
	if (!out->hybrid)
		out->pki = NULL;
}

/* By the name given: a host with a key, or a group. An unknown one looks like the kind we have. */
static int find_name(const struct config *c, const struct config_map *map, const struct ike_id *id,
		     struct ike_peer *out)
{
	const struct config_isakmp_key *key = NULL, *other = first_host_key(c);
	const struct config_group *group = find_group(c, map, id);

	if (id->type != IKE_ID_KEY_ID)
		key = config_model_host_key(c, (const char *)id->data, id->len);
	out->by_name = true;
	out->any_name = false;
	if (!key && (group || has_keys(c, map) || has_hybrids(c, map))) {
		set_group(out, c, map, group);
		return 0;
	}
	if (!key && !other)
		return -ENOENT;
	if (key)
		set_key(out, key->key);
	set_login(out, map, key ? key->no_xauth : other->no_xauth);
	out->pki = NULL;
	out->aggressive = true;
	out->decoy = !key;
	return 0;
}

/* By address: the peer's own lines first, then the most specific key. */
static int find_address(const struct config *c, const struct config_map *map,
			const struct ike_path *path, struct ike_peer *out)
{
	const struct config_isakmp_key *key = config_model_key(c, &path->remote);
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, &path->remote);
	const struct config_tunnel_group *group =
		config_tunnel_group_of_peer(&c->remote, &path->remote);
	struct prefix host = prefix_make(&path->remote, UINT8_MAX);

	out->named |= peer || (key && prefix_eq(&key->peer, &host));
	if (peer) {
		out->aggressive = true;
		set_endpoint(&out->local_id, peer);
	}
	if (peer && peer->password[0]) {
		set_key(out, peer->password);
		out->pki = NULL;
	} else if (key) {
		set_key(out, key->key);
	}
	set_login(out, map, key && key->no_xauth);
	/* nobody else has this key: it says who it is, whatever the name says */
	out->any_name = (peer && peer->password[0]) || (key && prefix_eq(&key->peer, &host));
	if (group) {
		set_keepalive(out, group->keepalive, group->keepalive_s, group->keepalive_retry_s);
		out->any_id = group->any_id;
	}
	return out->psk.len || out->named ? 0 : -ENOENT;
}

int peer_config_find(const struct config *config, const struct ike_path *path,
		     const struct ike_id *id, struct ike_peer *out)
{
	const struct config_map *map = remote_access_map(config, path);
	int rc = find_address(config, map, path, out);

	if (id && is_name(id) && !out->aggressive)
		rc = find_name(config, map, id, out);
	if (config->isakmp.aggressive_disabled) {
		out->aggressive = false;
		rc = out->decoy || out->hybrid ? -ENOENT : rc;
	}
	return rc;
}
