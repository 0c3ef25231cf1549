/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools and groups of clients. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_tunnel_group.h"

#include <stdio.h>
#include <string.h>

enum {
	NETMASK_USUAL = 24
};

static bool uses_pool(const struct config_group *group, const struct config_pool *pool)
{
	for (size_t i = 0; i < group->n_pools; i++)
		if (!strcmp(group->pools[i], pool->name))
			return true;
	return false;
}

/* The netmask that says which addresses of a pool are a network's own. */
static uint8_t netmask_of(const struct config *c, const struct config_pool *pool)
{
	for (size_t i = 0; i < c->remote.n_groups; i++)
		if (c->remote.groups[i].netmask_len && uses_pool(&c->remote.groups[i], pool))
			return c->remote.groups[i].netmask_len;
	return NETMASK_USUAL;
}

/* The first address of a range that is a network's own or its broadcast address; 0 = none. */
static uint32_t find_bad(const struct config_range *range, uint8_t len)
{
	uint32_t hosts = len >= 31 ? 0 : UINT32_MAX >> len;

	if (!hosts)
		return 0;
	if (!(range->low & hosts))
		return range->low;
	return (range->low | hosts) <= range->high ? range->low | hosts : 0;
}

static void check_bad(struct config_rules *r, const struct config_pool *pool)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_POOL_BAD, NULL, NULL);
	uint8_t len = netmask_of(r->config, pool);
	char text[ADDR_TEXT];

	for (size_t i = 0; i < pool->n_ranges; i++) {
		uint32_t bad = find_bad(&pool->ranges[i], len);
		struct addr ip = addr_v4(bad);

		if (!bad)
			continue;
		diagnose_set(&d, "pool", "%s", pool->name);
		diagnose_set(&d, "ip", "%s", addr_print(&ip, text, sizeof(text)));
		config_rules_saw(&d, "With mask /%u. It is not given out.", len);
		config_rules_found(r, &d);
		return;
	}
}

static void check_overlap(struct config_rules *r, const struct config_pool *pool,
			  const struct config_interface *interface)
{
	struct prefix network = prefix_make(&interface->address, interface->prefix_len);
	uint32_t first = addr_to_v4(&network.addr);
	uint32_t last = first | (uint32_t)((uint64_t)UINT32_MAX >> network.len);
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_POOL_OVERLAP, NULL, NULL);
	char text[PREFIX_TEXT];

	if (interface->address.family != ADDR_V4)
		return;
	for (size_t i = 0; i < pool->n_ranges; i++) {
		if (pool->ranges[i].low > last || pool->ranges[i].high < first)
			continue;
		diagnose_set(&d, "pool", "%s", pool->name);
		diagnose_set(&d, "net", "%s", prefix_print(&network, text, sizeof(text)));
		diagnose_set(&d, "if", "%s", interface->name);
		config_rules_saw(&d, "Hosts there do not find the clients: use addresses of their "
				     "own.");
		config_rules_found(r, &d);
		return;
	}
}

static const struct config_acl_line *find_any(const struct config_acl *acl)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (acl->lines[i].permit && !config_acl_line_is_idle(&acl->lines[i]) &&
		    !acl->lines[i].src.len)
			return &acl->lines[i];
	return NULL;
}

static void check_split(struct config_rules *r, const struct config_group *group)
{
	const struct config_acl_line *line = find_any(config_model_acl(r->config, group->acl));
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_SPLIT_ANY, NULL, NULL);

	if (!line || group->split != CONFIG_SPLIT_LIST)
		return;
	d.acl_sequence = line->sequence;
	diagnose_set(&d, "acl", "%s", group->acl);
	config_rules_saw(&d,
			 "Group %s: everything goes through the tunnel. Permit the networks "
			 "behind this box as sources.",
			 group->name);
	config_rules_found(r, &d);
}

static void check_dns(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_NO_DNS, NULL, NULL);

	if (!addr_is_none(&group->dns[0]))
		return;
	diagnose_set(&d, "peer", "of any address");
	diagnose_set(&d, "group", "%s", group->name);
	if (!group->any_map)
		config_rules_command(&d, "crypto isakmp client configuration group %s / dns <ip>",
				     group->name);
	config_rules_found(r, &d);
}

static const char *policy_name_of(const struct config *c, const struct config_group *group)
{
	const struct config_tunnel_group *tunnel =
		config_tunnel_group_find(&c->remote, group->name);

	return tunnel && tunnel->policy[0] ? tunnel->policy : CONFIG_GROUP_POLICY_ALL;
}

static void check_protocol(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_PROTO, NULL, NULL);
	const char *policy = policy_name_of(r->config, group);

	if (!group->no_ipsec)
		return;
	diagnose_set(&d, "policy", "%s", policy);
	config_rules_saw(&d, "No client of %s can come in.", group->name);
	config_rules_command(&d, "group-policy %s attributes / vpn-tunnel-protocol ipsec", policy);
	config_rules_found(r, &d);
}

/* E108: everything of a client goes through the tunnel, and must go out where it came in. */
static void check_hairpin(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_HAIRPIN, NULL, NULL);

	if (r->config->same_intra || !group->n_pools ||
	    (group->acl[0] && group->split != CONFIG_SPLIT_ALL))
		return;
	diagnose_set(&d, "src", "of pool %s", group->pools[0]);
	diagnose_set(&d, "dst", "any");
	config_rules_saw(&d,
			 "Group %s has no split list: its clients reach the Internet through "
			 "this box or not at all.",
			 group->name);
	config_rules_found(r, &d);
}

void config_rules_remote(struct config_rules *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->remote.n_pools; i++) {
		check_bad(r, &c->remote.pools[i]);
		for (size_t k = 0; k < c->n_interfaces; k++)
			check_overlap(r, &c->remote.pools[i], &c->interfaces[k]);
	}
	for (size_t i = 0; i < c->remote.n_groups; i++) {
		check_split(r, &c->remote.groups[i]);
		check_dns(r, &c->remote.groups[i]);
		check_protocol(r, &c->remote.groups[i]);
		check_hairpin(r, &c->remote.groups[i]);
	}
}
