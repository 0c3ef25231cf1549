/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding table: destination -> next hop, one lookup and one array index a packet. Resolved
 * neighbours of connected networks are host routes in the same table, so the packet path knows no
 * second lookup. Writer: culvertd's main thread. Readers: workers between two quiescent states of
 * the given RCU variable; entries are reused only after every worker has passed one.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <rte_lpm.h>
#include <rte_rcu_qsbr.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum route_kind {
	ROUTE_NONE,    /* index 0: no route */
	ROUTE_LOCAL,   /* one of our own addresses */
	ROUTE_DISCARD, /* network or broadcast address of a connected network */
	ROUTE_NULL,    /* it was routed to nowhere */
	/* from here on it leads somewhere */
	ROUTE_GLEAN,	   /* connected, not resolved: the main thread asks with ARP */
	ROUTE_FORWARD,	   /* MAC addresses known */
	ROUTE_FORWARD_SUB, /* the same through a subinterface: by another port's device, tagged */
};

struct route_next_hop {
	uint8_t kind; /* enum route_kind */
	uint8_t port;
	uint16_t mtu;	      /* IP MTU of the port */
	uint8_t ethernet[14]; /* header as it goes out: destination, source, 0x0800 or 0x86dd */
	uint16_t vlan;	      /* FORWARD_SUB: 0 = no tag */
	struct addr gateway;  /* GLEAN: whom to ask; NONE = the packet's destination itself */
	uint8_t device;	      /* FORWARD_SUB: port of the main interface */
	uint8_t zero[23];
};

static_assert(sizeof(struct route_next_hop) == 64);

struct route_table;

/* What a lookup reads: stands at the beginning of a struct route_table. */
struct route_lookup {
	struct rte_lpm *lpm;
	_Atomic uint32_t default_hop; /* 0.0.0.0/0, which rte_lpm does not hold; main: wo */
};

/* max_routes and max_next_hops bound its memory. NULL without memory. */
struct route_table *route_create(uint32_t max_routes, uint32_t max_next_hops,
				 struct rte_rcu_qsbr *rcu);
void route_destroy(struct route_table *t);
/* Adds or replaces. The next hop is copied. 0 or -errno. */
int must_check route_set(struct route_table *t, const struct prefix *prefix,
			 const struct route_next_hop *next_hop);
int must_check route_remove(struct route_table *t, const struct prefix *prefix);
/* The next hop of exactly that prefix, or NULL. Main thread. */
const struct route_next_hop *route_get(const struct route_table *t, const struct prefix *prefix);
/* Counts changes: while it stays the same every lookup says what it said. Workers: once a round. */
uint64_t route_generation(const struct route_table *t);
/* Frees what every worker has let go of; called from the main loop, never blocks. */
void route_reclaim(struct route_table *t);

/* Next-hop indices of n IPv4 destinations in host order; 0 = no route. Worker side. */
void route_lookup(const struct route_table *t, const uint32_t *dst, uint32_t *next_hop, unsigned n);
/* The same for one. */
static inline uint32_t route_lookup_one(const struct route_table *t, uint32_t dst)
{
	const struct route_lookup *l = (const void *)t;
	uint32_t next_hop;

	if (likely(rte_lpm_lookup(l->lpm, dst, &next_hop) == 0))
		return next_hop;
	return atomic_load_explicit(&l->default_hop, memory_order_acquire);
}
/* The next hop of an index; valid until the worker's next quiescent state. */
const struct route_next_hop *route_next_hop(const struct route_table *t, uint32_t index);
