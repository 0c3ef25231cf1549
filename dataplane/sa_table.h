/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The security associations of one worker: inbound by slot (the SPI is a handle, plane_msg.h),
 * outbound by slot with a tunnel table in front. Installed and removed only by that worker between
 * two bursts, so the packet path takes no lock and sees no half-made SA. Keys are expanded once, in
 * memory of their own, and wiped on removal; they never stand beside the hot fields.
 *
 * Everything the control plane sends is checked here; nothing of an SA lives in the shared memory,
 * whose statistics blocks are only written.
 */
#pragma once

#include "dataplane/reorder.h"
#include "dataplane/sa.h"
#include "lib/plane/plane_layout.h"
#include "lib/plane/plane_msg.h"

#include <stdint.h>

struct sa_tunnel {
	struct sa_out *out[PLANE_LANES]; /* current outbound SAs or NULL */
	uint64_t acquire_ms;		 /* no PLANE_ACQUIRE before */
};

/* Slots whose counters have to be published, each at most once (sa_stats.h). */
struct sa_queue {
	uint32_t *slots;
	uint32_t mask;
	uint32_t head; /* slots ever put in, */
	uint32_t tail; /* ever taken out, */
	uint32_t due;  /* and to be taken out in this turn */
};

#define SA_NO_SLOT UINT32_MAX

struct sa_table {
	struct sa_in *in;
	struct sa_out *out;
	struct sa_tunnel *tunnels;
	uint32_t
		*current; /* by tunnel: slot of its outbound SA in the lowest lane, or SA_NO_SLOT */
	struct sa_queue touched_in;
	struct sa_queue touched_out;
	struct esp_crypto_key *keys_in;
	struct esp_crypto_key *keys_out;
	struct reorder reorder;
	struct plane_stats_in *stats_in;
	struct plane_stats_out *stats_out;
	struct plane_stats_tunnel *stats_tunnel;
	struct esp_crypto *crypto; /* not owned */
	unsigned worker;
	uint32_t n_slots;
	uint32_t n_tunnels;
	uint64_t window_bytes; /* of the windows above SA_WINDOW_NEAR, at most 8 KB an SA */
};

/* Tables of one worker as large as plane's header says, empty. 0 or -ENOMEM. */
int must_check sa_table_init(struct sa_table *t, const struct plane *plane, unsigned worker,
			     struct esp_crypto *crypto);
/* Wipes every key. */
void sa_table_fini(struct sa_table *t);

/*
 * 0; -EINVAL (sizes, suite, slot, window; extended numbers without a window, RFC 4303 3.3.3),
 * -EEXIST (slot taken), -EAFNOSUPPORT (not IPv4), -EINVAL (transport mode, and
 * the selector is not the two endpoints), -ENOMEM (window
 * above SA_WINDOW_NEAR). ack takes the last counters of an SA that was replaced.
 */
int must_check sa_table_install_in(struct sa_table *t, const struct plane_sa *sa);
int must_check sa_table_install_out(struct sa_table *t, const struct plane_sa *sa,
				    struct plane_ack *ack);
/* 0 with the last counters, or -ENOENT. */
int must_check sa_table_remove_in(struct sa_table *t, const struct plane_remove *r,
				  struct plane_ack *ack);
int must_check sa_table_remove_out(struct sa_table *t, const struct plane_remove *r,
				   struct plane_ack *ack);
/* 0 or -ENOENT. */
int must_check sa_table_set_mtu(struct sa_table *t, const struct plane_mtu *m);
/*
 * The peer of a pair is elsewhere now: where packets go and where they are expected from. 0,
 * -ENOENT (no such pair, or without UDP encapsulation), -EINVAL (not IPv4, no port).
 */
int must_check sa_table_move(struct sa_table *t, const struct plane_move *m);
/* Counters of every SA and tunnel to zero; lifetimes and sequence numbers go on. */
void sa_table_clear_counters(struct sa_table *t);

/* The inbound SA of an SPI, or NULL. */
static inline struct sa_in *sa_table_in(const struct sa_table *t, uint32_t spi)
{
	uint32_t slot = plane_spi_slot(spi);
	struct sa_in *sa = &t->in[slot];

	if (unlikely(slot >= t->n_slots || sa->spi != spi || spi == 0))
		return NULL;
	return sa;
}

/* The current outbound SA of a tunnel and lane, else of the lowest lane that has one, or NULL. */
static inline struct sa_out *sa_table_out(const struct sa_table *t, uint32_t tunnel, unsigned lane)
{
	struct sa_out *sa;
	uint32_t slot;

	if (unlikely(tunnel >= t->n_tunnels))
		return NULL;
	if (unlikely(lane)) {
		sa = t->tunnels[tunnel].out[lane % PLANE_LANES];
		if (sa)
			return sa;
	}
	slot = t->current[tunnel];
	return likely(slot != SA_NO_SLOT) ? &t->out[slot] : NULL;
}
