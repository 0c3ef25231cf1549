/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of the engine: what its files share. Nothing outside controlplane/ike includes this. */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_timer.h"
#include "lib/base/compat.h"
#include "lib/base/siphash.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	IKE_ENGINE_BUCKETS = 1024,
	/*
	 * Responder SAs not authenticated. An address that the configuration names has its own
	 * places, so that what comes from everywhere under a wildcard key takes none of them.
	 */
	IKE_HALF_OPEN_MAX = 1000,      /* all addresses that are not named */
	IKE_HALF_OPEN_PEER_MAX = 4,    /* one address */
	IKE_NOTIFY_INTERVAL_MS = 1000, /* notifies in clear to one peer are this far apart */
	IKE_CONTACTS_MAX = 4096,       /* addresses remembered that never authenticated */
};

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

struct ike_sa;
struct ike_pending;
struct ike_contact;
struct ike_quick;
struct ike_work;

LIST_HEAD(ike_sa_bucket, ike_sa);
LIST_HEAD(ike_contact_bucket, ike_contact);
LIST_HEAD(ike_work_list, ike_work);
LIST_HEAD(ike_install_list, ike_quick);
TAILQ_HEAD(ike_sa_list, ike_sa);
TAILQ_HEAD(ike_pending_list, ike_pending);
LIST_HEAD(ike_wanted_list, ike_pending);

/* ike_dh_budget.h; times in ms. Addresses of one bucket share. */
struct ike_dh_shares {
	uint64_t named[IKE_ENGINE_BUCKETS];
	uint64_t other[IKE_ENGINE_BUCKETS];
	uint64_t all;
};

struct ike_engine {
	struct ike_env env;
	struct ike_timer_heap timers;
	struct ike_sa_list sas;	    /* living, oldest first */
	struct ike_sa_bucket moved; /* those whose peer a NAT has taken from its address */
	struct ike_sa_list dead;    /* freed when the call that killed them is over */
	struct ike_sa_bucket by_cookie[IKE_ENGINE_BUCKETS]; /* by our own cookie */
	struct ike_sa_bucket by_peer[IKE_ENGINE_BUCKETS];
	struct ike_sa_bucket by_id[IKE_ENGINE_BUCKETS];
	struct ike_contact_bucket contacts[IKE_ENGINE_BUCKETS];
	size_t n_contacts;
	/* SA pairs wanted and not under way yet: by peer, oldest first, and by tunnel */
	struct ike_pending_list pending[IKE_ENGINE_BUCKETS];
	struct ike_wanted_list wanted[IKE_ENGINE_BUCKETS];
	struct ike_work_list works;	    /* handed to another thread */
	struct ike_install_list installing; /* quick modes whose inbound SA is on its way */
	uint32_t hash_seed;
	uint8_t peer_key[SIPHASH_KEY];	     /* of the numbers of peers */
	struct ike_fragments_list fragments; /* messages being put together */
	size_t n_fragments;
	size_t n_half_open; /* of addresses that are not named */
	struct ike_dh_shares dh_shares;
	uint64_t next_id;
	uint32_t next_conn_id;
	unsigned debug; /* bit mask of topics */
	uint64_t counters[IKE_COUNTER_COUNT];
};

uint64_t ike_engine_now(const struct ike_engine *engine);
void ike_engine_count(struct ike_engine *engine, enum ike_counter counter);
int must_check ike_engine_random(struct ike_engine *engine, void *out, size_t len);
void ike_engine_send(struct ike_engine *engine, const struct ike_path *path, const void *data,
		     size_t len);
void ike_engine_send_whole(struct ike_engine *engine, const struct ike_path *path, const void *data,
			   size_t len);
/*
 * The configuration of a peer, by who it says it is when that is known (NULL: not yet); -ENOENT
 * when it is unknown or has neither key nor certificates. A decoy gets a fresh key. The caller
 * wipes the key.
 */
int must_check ike_engine_peer(struct ike_engine *engine, const struct ike_path *path,
			       const struct ike_id *id, struct ike_peer *out);
/* Bucket of an address, keyed with the seed. */
size_t ike_engine_bucket(const struct ike_engine *engine, const struct addr *addr);
/* To be called before returning to the environment: frees what died. */
void ike_engine_reap(struct ike_engine *engine);
