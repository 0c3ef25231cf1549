/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools of addresses of clients. */
#include "controlplane/diagnose/config_rules.h"

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

void config_rules_pools(struct config_rules *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->remote.n_pools; i++) {
		check_bad(r, &c->remote.pools[i]);
		for (size_t k = 0; k < c->n_interfaces; k++)
			check_overlap(r, &c->remote.pools[i], &c->interfaces[k]);
	}
}
