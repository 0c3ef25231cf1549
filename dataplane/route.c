/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/route.h"

#include <rte_lpm.h>
#include <rte_malloc.h>

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* An index whose next hop some worker may still read. */
struct retired {
	uint32_t index;
	uint64_t token; /* of rte_rcu_qsbr_start() */
};

struct route_table {
	struct route_lookup lookup;
	struct rte_rcu_qsbr *rcu;
	struct route_next_hop *next_hops; /* main: rw, workers: ro; index 0 is "no route" */
	_Atomic uint64_t generation;	  /* main: wo, after each change */
	uint32_t n_next_hops;
	uint32_t *free; /* stack of unused indices */
	uint32_t n_free;
	struct retired *retired; /* queue, oldest first */
	uint32_t n_retired;
};

static_assert(offsetof(struct route_table, lookup) == 0);

struct route_table *route_create(uint32_t max_routes, uint32_t max_next_hops,
				 struct rte_rcu_qsbr *rcu)
{
	struct rte_lpm_config lpm = {.max_rules = max_routes, .number_tbl8s = max_routes};
	struct rte_lpm_rcu_config reclaim = {.v = rcu, .mode = RTE_LPM_QSBR_MODE_DQ};
	struct route_table *t = calloc(1, sizeof(*t));
	char name[RTE_LPM_NAMESIZE];

	if (!t)
		goto err;
	snprintf(name, sizeof(name), "route-%p", (void *)t);
	t->rcu = rcu;
	t->n_next_hops = max_next_hops;
	t->free = calloc(max_next_hops, sizeof(*t->free));
	t->retired = calloc(max_next_hops, sizeof(*t->retired));
	t->next_hops = rte_zmalloc(NULL, max_next_hops * sizeof(*t->next_hops), 64);
	t->lookup.lpm = rte_lpm_create(name, SOCKET_ID_ANY, &lpm);
	if (!t->free || !t->retired || !t->next_hops || !t->lookup.lpm ||
	    rte_lpm_rcu_qsbr_add(t->lookup.lpm, &reclaim))
		goto err;
	for (uint32_t i = max_next_hops - 1; i > 0; i--)
		t->free[t->n_free++] = i;
	return t;
err:
	route_destroy(t);
	return NULL;
}

void route_destroy(struct route_table *t)
{
	if (!t)
		return;
	rte_lpm_free(t->lookup.lpm);
	rte_free(t->next_hops);
	free(t->retired);
	free(t->free);
	free(t);
}

/*
 * A change is in force and index no longer in use. Workers must see the new generation before they
 * can pass the quiescent state that frees the index.
 */
static void retire(struct route_table *t, uint32_t index)
{
	atomic_fetch_add_explicit(&t->generation, 1, memory_order_release);
	if (index == 0)
		return;
	t->retired[t->n_retired++] = (struct retired){index, rte_rcu_qsbr_start(t->rcu)};
}

void route_reclaim(struct route_table *t)
{
	uint32_t done = 0;

	while (done < t->n_retired &&
	       rte_rcu_qsbr_check(t->rcu, t->retired[done].token, false) == 1)
		t->free[t->n_free++] = t->retired[done++].index;
	t->n_retired -= done;
	for (uint32_t i = 0; done && i < t->n_retired; i++)
		t->retired[i] = t->retired[i + done];
}

/* The index a prefix has now, 0 when it is not in the table. */
static uint32_t current(const struct route_table *t, uint32_t ip, uint8_t len)
{
	uint32_t index = 0;

	if (len == 0)
		return t->lookup.default_hop;
	return rte_lpm_is_rule_present(t->lookup.lpm, ip, len, &index) == 1 ? index : 0;
}

int route_set(struct route_table *t, const struct prefix *prefix,
	      const struct route_next_hop *next_hop)
{
	uint32_t ip = addr_to_v4(&prefix->addr);
	uint32_t old, index;
	int rc = 0;

	if (prefix->addr.family != ADDR_V4)
		return -EAFNOSUPPORT;
	if (t->n_free == 0)
		route_reclaim(t);
	if (t->n_free == 0)
		return -ENOSPC;
	old = current(t, ip, prefix->len);
	index = t->free[t->n_free - 1];
	t->next_hops[index] = *next_hop;
	if (prefix->len == 0)
		atomic_store_explicit(&t->lookup.default_hop, index, memory_order_release);
	else
		rc = rte_lpm_add(t->lookup.lpm, ip, prefix->len, index);
	if (rc)
		return rc;
	t->n_free--;
	retire(t, old);
	return 0;
}

int route_remove(struct route_table *t, const struct prefix *prefix)
{
	uint32_t ip = addr_to_v4(&prefix->addr);
	uint32_t old;
	int rc = 0;

	if (prefix->addr.family != ADDR_V4)
		return -EAFNOSUPPORT;
	old = current(t, ip, prefix->len);
	if (old == 0)
		return -ENOENT;
	if (prefix->len == 0)
		atomic_store_explicit(&t->lookup.default_hop, 0, memory_order_release);
	else
		rc = rte_lpm_delete(t->lookup.lpm, ip, prefix->len);
	if (rc)
		return rc;
	retire(t, old);
	return 0;
}

const struct route_next_hop *route_get(const struct route_table *t, const struct prefix *prefix)
{
	uint32_t index = 0;

	if (prefix->addr.family == ADDR_V4)
		index = current(t, addr_to_v4(&prefix->addr), prefix->len);
	return index ? &t->next_hops[index] : NULL;
}

uint64_t route_generation(const struct route_table *t)
{
	return atomic_load_explicit(&t->generation, memory_order_acquire);
}

void route_lookup(const struct route_table *t, const uint32_t *dst, uint32_t *next_hop, unsigned n)
{
	uint32_t fallback = atomic_load_explicit(&t->lookup.default_hop, memory_order_acquire);

	rte_lpm_lookup_bulk(t->lookup.lpm, dst, next_hop, n);
	for (unsigned i = 0; i < n; i++)
		next_hop[i] =
			next_hop[i] & RTE_LPM_LOOKUP_SUCCESS ? next_hop[i] & 0xffffff : fallback;
}

const struct route_next_hop *route_next_hop(const struct route_table *t, uint32_t index)
{
	return &t->next_hops[index];
}
