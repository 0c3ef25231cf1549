/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/pools.h"

#include "controlplane/id_map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	NETMASK_USUAL = 24, /* of a group that says none: 0 and 255 at the end are not hosts */
};

void pools_init(struct pools *p)
{
	memset(p, 0, sizeof(*p));
	TAILQ_INIT(&p->remembered);
}

void pools_fini(struct pools *p)
{
	for (size_t i = 0; i < POOLS_BUCKETS; i++)
		while (!LIST_EMPTY(&p->buckets[i])) {
			struct pools_lease *lease = LIST_FIRST(&p->buckets[i]);

			LIST_REMOVE(lease, bucket_link);
			free(lease);
		}
	pools_init(p);
}

static const struct pools_lease *find(const struct pools *p, uint32_t address)
{
	const struct pools_lease *lease;

	LIST_FOREACH(lease, &p->buckets[address % POOLS_BUCKETS], bucket_link)
		if (lease->address == address)
			return lease;
	return NULL;
}

static uint64_t user_of(const struct pools_request *r)
{
	uint64_t hash;

	if (!r->user[0])
		return 0;
	hash = id_map_hash(ID_MAP_SEED, r->group->name, strlen(r->group->name) + 1);
	hash = id_map_hash(hash, r->user, strlen(r->user));
	return hash ? hash : 1;
}

static bool is_host(const struct pools_request *r, uint32_t address)
{
	uint8_t len = r->group->netmask_len ? r->group->netmask_len : NETMASK_USUAL;
	uint32_t hosts = len >= 31 ? 0 : UINT32_MAX >> len;

	return !hosts || ((address & hosts) != 0 && (address & hosts) != hosts);
}

static bool in_pool(const struct config_pool *pool, uint32_t address)
{
	for (size_t i = 0; pool && i < pool->n_ranges; i++)
		if (address >= pool->ranges[i].low && address <= pool->ranges[i].high)
			return true;
	return false;
}

static bool in_pools(const struct pools_request *r, uint32_t address)
{
	const char(*pools)[CONFIG_REMOTE_NAME];
	size_t n = config_remote_group_pools(r->config, r->group, &pools);

	for (size_t i = 0; i < n; i++)
		if (in_pool(config_remote_pool(r->config, pools[i]), address))
			return is_host(r, address);
	return false;
}

/* Nobody has it; and with `fresh`, nobody is remembered for it. */
static bool is_free(const struct pools *p, uint32_t address, bool fresh)
{
	const struct pools_lease *lease = find(p, address);

	return !lease || (!lease->peer && !fresh);
}

static uint32_t find_own(const struct pools *p, const struct pools_request *r)
{
	for (size_t i = 0; i < POOLS_BUCKETS; i++) {
		const struct pools_lease *lease;

		LIST_FOREACH(lease, &p->buckets[i], bucket_link)
			if (lease->peer == r->peer)
				return lease->address;
	}
	return 0;
}

static uint32_t find_remembered(const struct pools *p, const struct pools_request *r)
{
	uint64_t user = user_of(r);
	const struct pools_lease *lease;

	TAILQ_FOREACH(lease, &p->remembered, link)
		if (user && lease->user == user && in_pools(r, lease->address))
			return lease->address;
	return 0;
}

static uint32_t find_first(const struct pools *p, const struct pools_request *r, bool fresh)
{
	const char(*pools)[CONFIG_REMOTE_NAME];
	size_t n = config_remote_group_pools(r->config, r->group, &pools);

	for (size_t i = 0; i < n; i++) {
		const struct config_pool *pool = config_remote_pool(r->config, pools[i]);

		for (size_t k = 0; pool && k < pool->n_ranges; k++)
			for (uint64_t a = pool->ranges[k].low; a <= pool->ranges[k].high; a++)
				if (is_host(r, (uint32_t)a) && is_free(p, (uint32_t)a, fresh))
					return (uint32_t)a;
	}
	return 0;
}

/* 0 when there is none. */
static uint32_t choose(const struct pools *p, const struct pools_request *r)
{
	uint32_t wanted = addr_to_v4(&r->wanted);
	uint32_t address;

	if (!addr_is_none(&r->framed))
		return is_free(p, addr_to_v4(&r->framed), false) ? addr_to_v4(&r->framed) : 0;
	address = find_remembered(p, r);
	if (!address && wanted && in_pools(r, wanted) && is_free(p, wanted, true))
		address = wanted;
	if (!address)
		address = find_first(p, r, true);
	return address ? address : find_first(p, r, false);
}

static void forget(struct pools *p, struct pools_lease *lease)
{
	TAILQ_REMOVE(&p->remembered, lease, link);
	LIST_REMOVE(lease, bucket_link);
	p->n_remembered--;
	free(lease);
}

static int lend(struct pools *p, uint32_t address, const struct pools_request *r)
{
	struct pools_lease *lease = (struct pools_lease *)find(p, address);

	if (lease)
		forget(p, lease);
	lease = calloc(1, sizeof(*lease));
	if (!lease)
		return -ENOMEM;
	lease->address = address;
	lease->peer = r->peer;
	lease->user = user_of(r);
	LIST_INSERT_HEAD(&p->buckets[address % POOLS_BUCKETS], lease, bucket_link);
	p->n_used++;
	return 0;
}

int pools_take(struct pools *p, const struct pools_request *request, struct addr *out)
{
	uint32_t address = find_own(p, request);
	int err = 0;

	if (!address) {
		address = choose(p, request);
		err = address ? lend(p, address, request) : -ENOSPC;
	}
	if (err == 0)
		*out = addr_v4(address);
	return err;
}

void pools_release(struct pools *p, const struct addr *address, uint64_t peer)
{
	struct pools_lease *lease = (struct pools_lease *)find(p, addr_to_v4(address));

	if (!lease || lease->peer != peer || !peer)
		return;
	lease->peer = 0;
	p->n_used--;
	TAILQ_INSERT_TAIL(&p->remembered, lease, link);
	p->n_remembered++;
	if (!lease->user)
		forget(p, lease);
	else if (p->n_remembered > POOLS_REMEMBERED)
		forget(p, TAILQ_FIRST(&p->remembered));
}

uint32_t pools_used(const struct pools *p, const struct config_range *range)
{
	uint32_t n = 0;

	for (size_t i = 0; i < POOLS_BUCKETS; i++) {
		const struct pools_lease *lease;

		LIST_FOREACH(lease, &p->buckets[i], bucket_link)
			n += lease->peer && lease->address >= range->low &&
			     lease->address <= range->high;
	}
	return n;
}
