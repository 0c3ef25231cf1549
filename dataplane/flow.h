/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of the packets of a flow of late: one look in the place of the walk through routes,
 * ports and policy. Belongs to one worker. An answer holds as long as nothing it was made from has
 * changed (struct flow_basis); a place is taken again by whoever comes, so nothing here is a limit.
 *
 * Two kinds of keys share the places. With `zero` 0 a key is a clear packet as it came in: `port`
 * is the interface it came by, the answer all that is done with it (forward.c). With `zero` 1 it is
 * a question to the policy, `port` the interface it would leave by, the answer the verdict.
 */
#pragma once

#include "dataplane/policy.h"
#include "lib/plane/plane_layout.h"

#include <rte_hash_crc.h>
#include <rte_prefetch.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
	FLOW_PLACES_MIN = 1 << 16,
	FLOW_PLACES_MAX = 1 << 21, /* 64 MB a worker, used only where flows are */
	FLOW_PER_TUNNEL = 8,
	FLOW_WAYS = 2, /* places a key may take: one cache line */
};

#define FLOW_NO_LINE   UINT16_MAX
#define FLOW_NO_TUNNEL UINT32_MAX

enum flow_flags {
	FLOW_CLEAR = 1 << 0, /* leaves in clear by next hop `to`; else through tunnel `to` */
	FLOW_CLAMP = 1 << 1, /* the MSS of its TCP SYNs is lowered */
};

struct flow_answer {
	uint32_t to;	   /* tunnel or next hop */
	uint16_t hit_line; /* FLOW_NO_LINE = none */
	uint8_t out_port;
	uint8_t worker; /* of the tunnel */
	uint8_t spread; /* enum plane_spread */
	uint8_t flags;	/* enum flow_flags */
	uint8_t zero[2];
};

struct flow {
	uint64_t key[2]; /* a struct policy_key */
	uint32_t epoch;
	struct flow_answer answer;
};

static_assert(sizeof(struct flow) == 32);
static_assert(sizeof(struct policy_key) == 16);
static_assert(PLANE_ACL_LINES < FLOW_NO_LINE);

/* What answers are made from; a number of each that never comes back. */
struct flow_basis {
	uint64_t policy;
	uint64_t routes;
	uint64_t ports;
};

struct flow_cache {
	struct flow *flows;
	uint32_t set_mask;
	uint32_t epoch; /* counts bases, never 0 after the first flow_begin() */
	struct flow_basis basis;
};

/* Room for the flows of n_tunnels; memory is taken as flows come. 0 or -ENOMEM. */
int must_check flow_init(struct flow_cache *c, uint32_t n_tunnels);
void flow_fini(struct flow_cache *c);
/* Bytes flow_init() may come to use. */
uint64_t flow_bytes(uint32_t n_tunnels);

/* For flow_begin(): forgets every flow. */
void flow_forget(struct flow_cache *c, const struct flow_basis *basis);

/* Before the lookups of a round, with the basis of the round. */
static inline void flow_begin(struct flow_cache *c, struct flow_basis basis)
{
	if (unlikely(((c->basis.policy ^ basis.policy) | (c->basis.routes ^ basis.routes) |
		      (c->basis.ports ^ basis.ports)) != 0 ||
		     c->epoch == 0))
		flow_forget(c, &basis);
}

/* Where a key may stand. */
static inline struct flow *flow_set(const struct flow_cache *c, const uint64_t key[2])
{
	uint32_t hash = rte_hash_crc_8byte(key[1], rte_hash_crc_8byte(key[0], 0));

	return &c->flows[(hash & c->set_mask) * FLOW_WAYS];
}

/* The answer for a key in its set, or NULL. */
static inline const struct flow_answer *flow_find(const struct flow_cache *c,
						  const struct flow *set, const uint64_t key[2])
{
	for (unsigned way = 0; way < FLOW_WAYS; way++)
		if (((set[way].key[0] ^ key[0]) | (set[way].key[1] ^ key[1]) |
		     (set[way].epoch ^ c->epoch)) == 0)
			return &set[way].answer;
	return NULL;
}

void flow_put(struct flow_cache *c, const struct policy_key *key, struct flow_answer answer);

/*
 * policy_lookup() of the policy of the basis, remembered: a tunnel or FLOW_NO_TUNNEL each. n is at
 * most POLICY_BURST.
 */
void flow_policy(struct flow_cache *c, const struct policy *policy, const struct policy_key *keys,
		 struct flow_answer *answers, unsigned n);
