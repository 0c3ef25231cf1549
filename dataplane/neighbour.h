/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour table: who answers for an address on a connected network, who is being asked, and
 * the packets that wait for the answer. Knows no protocol: requests leave and addresses arrive
 * through functions of its owner, time is an argument. Belongs to culvertd's main thread. Bounded
 * in every direction: entries, unresolved entries, packets an entry, packets in all.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_stats.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	NEIGHBOUR_PENDING = 8,	       /* packets that wait for one address */
	NEIGHBOUR_PENDING_TOTAL = 256, /* and for all together */
	NEIGHBOUR_UNRESOLVED = 512,    /* entries without an answer: a scan cannot fill the table */
	NEIGHBOUR_UNASKED = 512,       /* entries beyond which nobody gets one by asking for us */
	NEIGHBOUR_TRIES = 3,
	NEIGHBOUR_RETRY_MS = 1000,
	NEIGHBOUR_FRESH_MS = 300 * 1000, /* a confirmed entry is asked again after this */
	NEIGHBOUR_HOLD_MS = 1000, /* and not taken over by unsolicited claims before this (H177) */
};

enum neighbour_state {
	NEIGHBOUR_UNUSED,
	NEIGHBOUR_INCOMPLETE,
	NEIGHBOUR_REACHABLE,
};

/* How an address became known. */
enum neighbour_source {
	NEIGHBOUR_ANSWERED, /* a reply addressed to us */
	NEIGHBOUR_ASKED_US, /* somebody asks for our address: about to talk to us, worth an entry */
	NEIGHBOUR_OVERHEARD, /* gratuitous: updates an entry, makes none */
};

struct neighbour {
	struct addr addr;
	uint8_t port;
	uint8_t state; /* enum neighbour_state */
	uint8_t mac[6];
	uint8_t tries; /* requests without answer */
	uint8_t n_pending;
	uint64_t since_ms;
	uint64_t confirmed_ms;
	uint64_t due_ms; /* next request, or the end */
	struct rte_mbuf *pending[NEIGHBOUR_PENDING];
};

struct neighbour_hooks {
	void *arg;
	/* Ask for n->addr: everybody when INCOMPLETE, n->mac alone when REACHABLE. */
	void (*request)(void *arg, const struct neighbour *n);
	/* n became REACHABLE, has another MAC address, or is about to be forgotten (UNUSED). */
	void (*changed)(void *arg, const struct neighbour *n);
	/* A packet that waited leaves the table: n is REACHABLE, or there was no answer. */
	void (*release)(void *arg, const struct neighbour *n, struct rte_mbuf *m);
};

struct neighbour_table;

/* NULL without memory. */
struct neighbour_table *neighbour_create(const struct neighbour_hooks *hooks);
/* Frees the packets that wait. */
void neighbour_destroy(struct neighbour_table *t);

/*
 * A packet for addr: released at once when the address is known, else kept (and the table asks).
 * False when it cannot wait: then m is still the caller's.
 */
bool must_check neighbour_want(struct neighbour_table *t, const struct addr *addr, uint8_t port,
			       struct rte_mbuf *m, uint64_t now_ms);
void neighbour_learn(struct neighbour_table *t, const struct addr *addr, uint8_t port,
		     const uint8_t mac[6], enum neighbour_source source, uint64_t now_ms);
/* The entry when it is REACHABLE, else NULL. */
const struct neighbour *neighbour_find(const struct neighbour_table *t, const struct addr *addr,
				       uint8_t port);
/* Repeats requests, refreshes and forgets what is due. */
void neighbour_run(struct neighbour_table *t, uint64_t now_ms);
/* Forgets every entry of one port, or of all with port UINT8_MAX. */
void neighbour_flush(struct neighbour_table *t, uint8_t port);
/* The i-th place of the table (UNUSED ones too), i below PLANE_NEIGHBOURS. */
const struct neighbour *neighbour_at(const struct neighbour_table *t, unsigned i);
