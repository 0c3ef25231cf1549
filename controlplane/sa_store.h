/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SA pairs: every IPsec SA from the moment its SPI is given out until the owner worker has
 * acknowledged that it is gone. It decides which pair of a tunnel carries the traffic, when a pair
 * wants a successor and when it ends; sa_expiry.h calls those decisions by the clock. It speaks to
 * the engine and to the workers through struct sa_store_env, so it runs in a test with a fake of
 * both.
 *
 * Make before break: a new pair receives before the peer can use it; outbound switches with one
 * command; the old pair goes on receiving for a grace time and only then is deleted. When both ends
 * rekeyed at once and two new pairs have the same predecessor, both ends pick the pair with the
 * highest SPI of the four and drain the other; should the peer see it otherwise and go on sending
 * on that, we follow it. What a pair of the peer's making replaced receives
 * until its lifetime is over or the peer deletes it: the peer may go on using all of them.
 *
 * A tunnel has lanes (lanes.h); each has a pair for its traffic, its current one.
 *
 * Functions marked (engine) may be called from inside engine callbacks: they never call back into
 * it.
 */
#pragma once

#include "controlplane/plane_client.h"
#include "controlplane/sa_counters.h"
#include "controlplane/sa_pair.h"
#include "controlplane/slots.h"
#include "controlplane/tunnels.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	SA_STORE_GRACE_MS = 30000, /* an old pair receives this long after its successor is up */
	SA_STORE_DELETED_GRACE_MS =
		2000,		  /* likewise after the peer's DELETE: packets on their way */
	SA_STORE_QUIET_MS = 5000, /* a draining pair that received something this recently stays */
	SA_STORE_COLLISION_MS = 10000, /* after which the peer has made up its mind, too */
	SA_STORE_DRAINING_MAX = 32,    /* of a tunnel without end; the oldest of more has one */
	SA_STORE_PAIRS_MAX = 256,    /* of a tunnel: its peer must not use up the slots of others */
	SA_STORE_LARVAL_MS = 240000, /* a pair that never carried traffic ends */
	SA_STORE_RETRY_MS = 10000,   /* between requests for a successor */
	SA_STORE_SOFT_INITIATOR =
		85, /* per cent of a lifetime; the responder leaves it the first try */
	SA_STORE_SOFT_RESPONDER = 95,
	SA_STORE_BUCKETS = 4096,
};

/* What a tunnel keeps over its SAs. */
struct sa_tunnel {
	struct sa_pair_list pairs;
	struct sa_counters gone; /* of pairs that are no more */
	uint32_t no_sa_base;	 /* of the worker's counter, which outlives the tunnel */
	uint32_t mtus_received;
	uint32_t mtu;	/* last validated path MTU, 0 = none */
	uint64_t up_ms; /* it has been up since; of the control plane */
	/* of lanes.c */
	bool refused;	      /* the peer wants one pair */
	uint64_t refused_ms;  /* when */
	uint64_t refused_ike; /* under which IKE SA */
	uint32_t
		refused_spi; /* spi_in of lane 0 then, which is to be renewed; 0 = it need not be */
	uint64_t judge_ms;   /* the peer has deleted a pair: refused if others stand then; 0 = no */
	uint64_t fill_ms;    /* no lane is asked for before */
};

enum sa_store_event {
	SA_STORE_CREATED, /* a pair carries traffic */
	SA_STORE_DELETED, /* a pair is being removed: reason */
	SA_STORE_TUNNEL_UP,
	SA_STORE_TUNNEL_DOWN,
	SA_STORE_REFUSED, /* the peer does not want parallel SAs: reason */
};

struct sa_store_env {
	void *ctx;
	uint64_t (*now_ms)(void *ctx);
	/* NULL when the tunnel is not configured (any more). */
	const struct tunnel *(*tunnel)(void *ctx, uint32_t handle);
	int (*send)(void *ctx, unsigned worker, struct plane_msg *msg, plane_client_ack_fn fn,
		    void *fn_ctx, uint64_t arg);
	/* To the engine. */
	void (*installed)(void *ctx, uint32_t spi_in, int error);
	void (*delete_child)(void *ctx, const struct ike_path *path, uint32_t spi_in);
	void (*want)(void *ctx, uint32_t tunnel, unsigned lane, const struct ike_path *peer);
	/* To log, routes and debug; may not change the store. */
	void (*event)(void *ctx, enum sa_store_event event, const struct sa_pair *pair,
		      enum ike_reason reason);
};

struct sa_store {
	struct sa_store_env env;
	const struct plane *plane;
	struct slots *slots; /* the caller's */
	struct sa_pair_list pairs;
	size_t n_pairs;
	struct sa_pair_list waiting;		     /* pairs that wait */
	struct sa_pair_list peers[SA_STORE_BUCKETS]; /* by the address of the peer */
	struct sa_pair **by_slot;		     /* owned; n_workers x n_slots */
	struct sa_tunnel *tunnels;		     /* owned; by handle */
	uint32_t n_tunnels;			     /* handles there can be */
	uint32_t next_conn;
};

int must_check sa_store_init(struct sa_store *s, const struct plane *plane, struct slots *slots,
			     const struct sa_store_env *env);
/* Forgets everything; the workers keep what they have. */
void sa_store_fini(struct sa_store *s);

/*
 * (engine) A larval pair's SPI for a tunnels_child(), 0 when there is no room; and its end when it
 * was not installed.
 */
uint32_t sa_store_alloc(struct sa_store *s, uint32_t child);
void sa_store_cancel(struct sa_store *s, uint32_t spi_in);
/*
 * A pair that the worker has already, of another process: a copy joins the book as it is. 0,
 * -EEXIST when its slot is in use here, -ENOMEM.
 */
int must_check sa_store_adopt(struct sa_store *s, const struct sa_pair *pair);
struct sa_pair *sa_store_find(const struct sa_store *s, uint32_t spi_in);
/* The pair in a slot of a worker, NULL when it is free. */
struct sa_pair *sa_store_at(const struct sa_store *s, unsigned worker, uint32_t slot);
/* Where pairs with a peer at this address are, among others. */
const struct sa_pair_list *sa_store_peer(const struct sa_store *s, const struct addr *remote);
/* The peer of a pair is there now: the only writer of pair->path. */
void sa_store_set_path(struct sa_store *s, struct sa_pair *pair, const struct ike_path *path);
/* Held back until the peer is ready, or no longer. */
void sa_store_set_waits(struct sa_store *s, struct sa_pair *pair, bool waits);
/* The pair that carries the traffic of a lane, NULL without one. */
struct sa_pair *sa_store_current(const struct sa_store *s, uint32_t tunnel, unsigned lane);
/* The tunnel of a pair, NULL when it is gone from the configuration. */
struct sa_tunnel *sa_store_tunnel(const struct sa_store *s, const struct sa_pair *pair);

/*
 * For sa_install.c, sa_remove.c and sa_expiry.c: the only writer of a pair's state, checks the
 * move.
 */
void sa_store_set_state(struct sa_pair *pair, enum sa_state state);
/* The worker has nothing of the pair any more: the slot is free, its counters join the tunnel's. */
void sa_store_gone(struct sa_store *s, struct sa_pair *pair);
/* Wipes and frees pair->held. */
void sa_store_release_held(struct sa_store *s, struct sa_pair *pair);
uint64_t sa_store_now(const struct sa_store *s);
void sa_store_tell(struct sa_store *s, enum sa_store_event event, const struct sa_pair *pair,
		   enum ike_reason reason);
const char *sa_store_state_name(enum sa_state state);
