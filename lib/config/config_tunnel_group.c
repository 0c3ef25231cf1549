/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_tunnel_group.h"

#include "lib/config/config_model.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PFS_GROUP = 2 /* an ASA says no more than that there is PFS */
};

/* What an ASA says of a policy of which nothing was said. */
static const struct config_group_policy built_in = {
	.idle_s = CONFIG_IDLE_DEFAULT_S,
	.logins = CONFIG_LOGINS_DEFAULT,
	.protocols = CONFIG_PROTOCOL_IPSEC,
	.split = CONFIG_SPLIT_ALL,
};

#define FIND(list, condition)                            \
	do {                                             \
		for (size_t i = 0; i < r->n_##list; i++) \
			if (condition)                   \
				return &r->list[i];      \
		return NULL;                             \
	} while (0)

struct config_tunnel_group *config_tunnel_group_find(const struct config_remote *r,
						     const char *name)
{
	FIND(tunnel_groups, !strcmp(r->tunnel_groups[i].name, name));
}

struct config_group_policy *config_tunnel_group_policy(const struct config_remote *r,
						       const char *name)
{
	FIND(group_policies, !strcmp(r->group_policies[i].name, name));
}

struct config_group_policy *config_tunnel_group_user_policy(const struct config_remote *r,
							    const char *user)
{
	FIND(user_policies, !strcmp(r->user_policies[i].name, user));
}

const struct config_tunnel_group *config_tunnel_group_of_peer(const struct config_remote *r,
							      const struct addr *peer)
{
	const struct config_tunnel_group *group;
	char name[ADDR_TEXT];

	group = config_tunnel_group_find(r, addr_print(peer, name, sizeof(name)));
	if (!group || group->type != CONFIG_TUNNEL_L2L)
		group = config_tunnel_group_find(r, CONFIG_TUNNEL_GROUP_L2L);
	return group;
}

void config_tunnel_group_key_of(const char *name, struct config_isakmp_key *key)
{
	struct addr address;

	*key = (struct config_isakmp_key){0};
	if (!strcmp(name, CONFIG_TUNNEL_GROUP_L2L)) {
		address = addr_v4(0);
		key->peer = prefix_make(&address, 0);
	} else if (addr_parse(&address, name) == 0) {
		key->peer = prefix_make(&address, UINT8_MAX);
	} else {
		memcpy(key->hostname, name, strnlen(name, sizeof(key->hostname) - 1));
	}
}

bool config_tunnel_group_has_key(const struct config *c, const struct config_isakmp_key *key)
{
	const struct config_tunnel_group *group;
	struct config_isakmp_key back;
	char name[CONFIG_REMOTE_NAME];

	if (!key->no_xauth) /* such a group is never asked to log in */
		return false;
	config_tunnel_group_name_of(key, name);
	config_tunnel_group_key_of(name, &back);
	group = config_tunnel_group_find(&c->remote, name);
	return (!group || group->type == CONFIG_TUNNEL_L2L) && prefix_eq(&back.peer, &key->peer) &&
	       !strcmp(back.hostname, key->hostname);
}

void config_tunnel_group_name_of(const struct config_isakmp_key *key, char *name)
{
	memset(name, 0, CONFIG_REMOTE_NAME);
	if (key->hostname[0])
		memcpy(name, key->hostname, strlen(key->hostname));
	else if (key->peer.len == 0)
		memcpy(name, CONFIG_TUNNEL_GROUP_L2L, sizeof(CONFIG_TUNNEL_GROUP_L2L));
	else
		addr_print(&key->peer.addr, name, CONFIG_REMOTE_NAME);
}

void config_tunnel_group_normal(const char *name, char *normal)
{
	struct addr address;

	memset(normal, 0, CONFIG_REMOTE_NAME);
	if (addr_parse(&address, name) == 0)
		addr_print(&address, normal, CONFIG_REMOTE_NAME);
	else
		memcpy(normal, name, strnlen(name, CONFIG_REMOTE_NAME - 1));
}

/* Takes what one policy says over what was said before. */
static void inherit(struct config_group_policy *to, const struct config_group_policy *from)
{
#define TAKE(bit, member)                                                       \
	do {                                                                    \
		if (from && (from->said & (bit)))                               \
			memcpy(&to->member, &from->member, sizeof(to->member)); \
	} while (0)
	TAKE(CONFIG_SAID_IDLE, idle_s);
	TAKE(CONFIG_SAID_MAX, max_s);
	TAKE(CONFIG_SAID_LOGINS, logins);
	TAKE(CONFIG_SAID_PROTOCOLS, protocols);
	TAKE(CONFIG_SAID_PFS, pfs);
	TAKE(CONFIG_SAID_SPLIT, split);
	TAKE(CONFIG_SAID_ACL, acl);
	TAKE(CONFIG_SAID_SPLIT_DNS, split_dns);
	TAKE(CONFIG_SAID_DNS, dns);
	TAKE(CONFIG_SAID_WINS, wins);
	TAKE(CONFIG_SAID_DOMAIN, domain);
	TAKE(CONFIG_SAID_BANNER, banner);
	TAKE(CONFIG_SAID_POOLS, pools);
	TAKE(CONFIG_SAID_POOLS, n_pools);
#undef TAKE
}

static struct config_group_policy resolved_policy(const struct config_remote *r, const char *name)
{
	struct config_group_policy policy = built_in;

	inherit(&policy, config_tunnel_group_policy(r, CONFIG_GROUP_POLICY_ALL));
	inherit(&policy, config_tunnel_group_policy(r, name));
	return policy;
}

static void set_policy(struct config_group *group, const struct config_group_policy *policy)
{
	group->idle_s = policy->idle_s;
	group->max_s = policy->max_s;
	group->max_logins = policy->logins;
	group->replace_oldest = policy->logins > 0;
	group->no_ipsec = !(policy->protocols & CONFIG_PROTOCOL_IPSEC);
	group->pfs_group = policy->pfs ? PFS_GROUP : 0;
	group->split = policy->split;
	memcpy(group->acl, policy->acl, sizeof(group->acl));
	if (policy->split == CONFIG_SPLIT_ALL)
		memset(group->acl, 0, sizeof(group->acl));
	memcpy(group->split_dns, policy->split_dns, sizeof(group->split_dns));
	memcpy(group->dns, policy->dns, sizeof(group->dns));
	memcpy(group->wins, policy->wins, sizeof(group->wins));
	memcpy(group->domain, policy->domain, sizeof(group->domain));
	memcpy(group->banner, policy->banner, sizeof(group->banner));
	if (policy->n_pools) {
		memcpy(group->pools, policy->pools, sizeof(group->pools));
		group->n_pools = policy->n_pools;
	}
}

/* group is zeroed. */
static void make_group(const struct config_remote *r, const struct config_tunnel_group *from,
		       struct config_group *group)
{
	const struct config_group_policy policy = resolved_policy(r, from->policy);

	memcpy(group->name, from->name, sizeof(group->name));
	memcpy(group->key, from->key, sizeof(group->key));
	group->derived = true;
	group->any_map = true;
	group->hybrid = from->user_auth == CONFIG_USER_AUTH_HYBRID;
	group->login = from->user_auth == CONFIG_USER_AUTH_NONE ||
				       !strcmp(from->servers, CONFIG_LOGIN_NOBODY)
			       ? CONFIG_LOGIN_NO
			       : CONFIG_LOGIN_YES;
	memcpy(group->servers, from->servers, sizeof(group->servers));
	group->fallback = from->fallback;
	memcpy(group->accounting, from->accounting, sizeof(group->accounting));
	group->keepalive = from->keepalive ? from->keepalive : CONFIG_KEEPALIVE_ON;
	group->keepalive_s =
		from->keepalive == CONFIG_KEEPALIVE_ON ? from->keepalive_s : CONFIG_KEEPALIVE_RA_S;
	group->keepalive_retry_s = from->keepalive == CONFIG_KEEPALIVE_ON
					   ? from->keepalive_retry_s
					   : CONFIG_KEEPALIVE_RETRY_S;
	memcpy(group->pools, from->pools, sizeof(group->pools));
	group->n_pools = from->n_pools;
	set_policy(group, &policy);
}

int config_tunnel_group_resolve(struct config_remote *r)
{
	size_t n = 0, made = 0;
	struct config_group *groups;

	for (size_t i = 0; i < r->n_groups; i++)
		n += !r->groups[i].derived;
	for (size_t i = 0; i < r->n_tunnel_groups; i++)
		made += r->tunnel_groups[i].type == CONFIG_TUNNEL_RA;
	if (!made && n == r->n_groups)
		return 0;
	groups = n + made ? calloc(n + made, sizeof(*groups)) : NULL;
	if (n + made && !groups)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < r->n_groups; i++)
		if (!r->groups[i].derived)
			groups[n++] = r->groups[i];
	for (size_t i = 0; i < r->n_tunnel_groups; i++)
		if (r->tunnel_groups[i].type == CONFIG_TUNNEL_RA)
			make_group(r, &r->tunnel_groups[i], &groups[n++]);
	if (r->groups)
		secret_wipe_bytes(r->groups, r->n_groups * sizeof(*r->groups));
	free(r->groups);
	r->groups = groups;
	r->n_groups = n;
	return 0;
}

struct config_user_limits config_tunnel_group_user(const struct config_remote *r,
						   const struct config_group *group,
						   const char *user)
{
	const struct config_group_policy *own = config_tunnel_group_user_policy(r, user);
	struct config_group_policy policy = {
		.idle_s = group->idle_s,
		.max_s = group->max_s,
		.logins = group->max_logins,
		.protocols = group->no_ipsec ? 0 : CONFIG_PROTOCOL_IPSEC,
	};

	if (own && own->group_policy[0])
		policy = resolved_policy(r, own->group_policy);
	inherit(&policy, own);
	return (struct config_user_limits){
		.logins = policy.logins,
		.idle_s = policy.idle_s,
		.max_s = policy.max_s,
		.refused = !(policy.protocols & CONFIG_PROTOCOL_IPSEC),
	};
}

struct config_aaa_list config_tunnel_group_methods(const struct config_remote *r, const char *name)
{
	const struct config_aaa_list *list = config_remote_list(r, CONFIG_AAA_LOGIN, name);
	const struct config_server_group *servers = config_remote_server_group(r, name);
	struct config_aaa_list methods = {.kind = CONFIG_AAA_LOGIN};

	if (list && r->new_model)
		return *list;
	if (list)
		return methods;
	if (!name[0] || !strcmp(name, CONFIG_LOGIN_LOCAL)) {
		methods.methods[methods.n_methods++] = CONFIG_METHOD_LOCAL;
	} else if (servers && servers->protocol == CONFIG_PROTOCOL_RADIUS) {
		methods.methods[methods.n_methods++] = CONFIG_METHOD_RADIUS;
		memcpy(methods.servers, name, strnlen(name, sizeof(methods.servers) - 1));
	}
	return methods;
}
