/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels made while the appliance runs: a peer that no static entry names asks for an SA, an
 * entry of a dynamic map takes it, and from then on there is a tunnel like any other, in the same
 * numbers, with a policy rule at the place of the dynamic entry, a list dynaclN for `show`, and a
 * route. All of it goes with the last SA. Such a tunnel never starts IKE: its peer does.
 *
 * The peer learns that its SA stands when the rule is in force, so that no answer to its first
 * packet leaves in clear. The policy follows with a delay that grows with its size, and never while
 * the one before is not answered, so that thousands of peers that come at once cost a bounded
 * number of policies.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/tunnels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct control;
struct sa_pair;

enum {
	DYNAMIC_BUCKETS = 4096,
	DYNAMIC_PEER_MAX = 64, /* tunnels of one peer */
	DYNAMIC_SHARE = 8, /* of the last quarter of all, an address with this part has no more */
	DYNAMIC_UNUSED_MS = 60000, /* one that never had an SA goes after this long */
	DYNAMIC_DELAY_MS = 20,	   /* of the policy, and in addition */
	DYNAMIC_RULES_PER_MS = 50, /* 1 ms for so many rules */
	DYNAMIC_HELD = 4,	   /* negotiations of a tunnel that wait for its rule */
};

struct dynamic_tunnel {
	struct tunnel t;		   /* must be first, see dynamic_of() */
	TAILQ_ENTRY(dynamic_tunnel) link;  /* all, oldest first; or leaving */
	LIST_ENTRY(dynamic_tunnel) remote; /* by remote host, or of all networks */
	LIST_ENTRY(dynamic_tunnel) peer;   /* by number of the peer */
	struct ike_path path;		   /* to its peer, as of its newest SA */
	bool client;   /* the peer has a session: only its number tells who it is */
	bool up;       /* has an inbound SA: its rule is wanted */
	bool in_force; /* it has its rule */
	uint8_t n_held;
	uint32_t held[DYNAMIC_HELD]; /* inbound SPIs that the engine waits for */
	bool used;		     /* has had an SA */
	bool ended;		     /* another tunnel has taken its place: no rule any more */
	uint32_t hit_line;	     /* of the statistics segment */
	uint64_t hit_base;	     /* its value when the tunnel was made */
	uint64_t made_ms;
	size_t rule;	 /* of its template */
	uint32_t policy; /* the first one with its rule, or, leaving, without; 0 = not sent yet */
};

TAILQ_HEAD(dynamic_list, dynamic_tunnel);
LIST_HEAD(dynamic_bucket, dynamic_tunnel);

struct dynamic {
	struct dynamic_list all; /* owned */
	/* Owned; their numbers may not be given out again while a policy in force names them. */
	struct dynamic_list leaving;
	struct dynamic_bucket hosts[DYNAMIC_BUCKETS]; /* remote selector is a host */
	struct dynamic_bucket nets;
	struct dynamic_bucket peers[DYNAMIC_BUCKETS];
	size_t n;
	size_t n_waiting;     /* tunnels with held */
	uint32_t last_number; /* of the lists */
	bool dirty;	      /* the policy in force is not the one wanted */
	uint64_t commit_ms;   /* when it is sent */
	uint64_t n_policies;  /* sent because of dynamic tunnels */
};

void dynamic_init(struct dynamic *d);
void dynamic_fini(struct dynamic *d);

/*
 * (engine) The tunnel for what a peer asks for, found or made. NULL and why: NO_MAP when no dynamic
 * entry is for it, PROXY_MISMATCH, LIMIT. It is of the first entry that the offer fits, or when
 * it fits none of the first that has nothing against the proxies.
 */
const struct tunnel *dynamic_match(struct control *c, const struct ike_path *path,
				   const struct selector *offered, const struct ike_fit *fit,
				   enum ike_reason *why);
static inline const struct dynamic_tunnel *dynamic_of(const struct tunnel *t)
{
	return t->dynamic ? (const struct dynamic_tunnel *)t : NULL;
}

/*
 * The inbound half of a pair stands. True: the engine is told later, when the rule is in force.
 */
bool must_check dynamic_hold(struct control *c, uint32_t spi_in);
/* (engine) A pair of the tunnel carries traffic. */
void dynamic_up(struct control *c, const struct tunnel *t, const struct sa_pair *pair);
/* (engine) A NAT moved a peer. */
void dynamic_moved(struct control *c, const struct ike_path *path);
/* An SA wants a successor: asked for under an ISAKMP SA of the peer; never called behind a NAT. */
void dynamic_want(struct control *c, const struct tunnel *t, const struct ike_path *path);
/* c->tunnels is another one: what has no template any more goes. */
void dynamic_reconfigured(struct control *c);
/* Whether a tunnel outlives that; c may be one that is only tried (fate.h). */
bool dynamic_outlives(const struct control *c, const struct dynamic_tunnel *dt);
/* Once a second: tunnels without SAs go. */
void dynamic_round(struct control *c, uint64_t now_ms);
/* Packets that met the rule. */
uint64_t dynamic_hits(const struct control *c, const struct dynamic_tunnel *d);
