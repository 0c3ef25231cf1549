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

#include "dataplane/esp_crypto.h"
#include "dataplane/reorder.h"
#include "lib/esp/esp.h"
#include "lib/esp/replay.h"
#include "lib/plane/plane_layout.h"
#include "lib/plane/plane_msg.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sa_flags {
	SA_UDP = 1 << 0,
	SA_ESN = 1 << 1,
	SA_DF_COPY = 1 << 2,
	SA_DF_SET = 1 << 3,
	SA_FRAGMENT_AFTER = 1 << 4,
	SA_GCM = 1 << 5,
	SA_PORTS = 1 << 6, /* the selector names a port: later fragments never match */
};

#define SA_WINDOW_NEAR 1024

/* At most one PLANE_NOTICE per gate and five seconds; the others are counted. */
struct sa_gate {
	uint64_t next_ms;
	uint32_t suppressed;
	uint32_t zero;
};

enum sa_gate_kind {
	SA_GATE_AUTH,
	SA_GATE_REPLAY,
	SA_GATE_POLICY,
	SA_GATE_COUNT
};

struct sa_in {
	/* line 0: never written after install */
	uint32_t spi; /* host order, 0 = slot free */
	uint32_t salt;
	struct esp_crypto_key *key;
	uint32_t remote_be; /* as they stand in the outer header: the peer, */
	uint32_t local_be;  /* our endpoint */
	struct esp_shape shape;
	struct alg_suite suite;
	uint8_t flags;	       /* enum sa_flags */
	uint8_t wire_min;      /* bytes from the ESP header */
	uint64_t hard_ms;      /* UINT64_MAX = never */
	uint32_t inner_src_be; /* selector: what the peer protects */
	uint32_t inner_src_mask;
	uint32_t inner_dst_be;
	uint32_t inner_dst_mask;
	uint8_t protocol; /* 0 = any */
	uint8_t zero[3];
	uint16_t src_port_be; /* 0 = any */
	uint16_t dst_port_be;
	/* line 1: written for every authentic packet */
	struct replay replay;
	uint64_t packets;
	uint64_t bytes;
	uint64_t bytes_limit; /* next event: soft limit, then hard limit */
	uint64_t last_ms;     /* of the last authentic packet */
	bool dead;	      /* hard limit passed */
	bool hard_due;	      /* its event is not yet out */
	bool queued;	      /* in touched_in: belongs to the slot, outlives the SA */
	uint8_t zero2;
	uint32_t sampled; /* low half of the highest number at the last reorder_sample() */
	/* lines 2 and 3: the bits of windows up to SA_WINDOW_NEAR; larger ones lie apart */
	uint64_t near[SA_WINDOW_NEAR / 64];
	/* lines 4 and 5: events, refusals and statistics */
	struct plane_stats_in *stats;
	uint64_t packets_cleared; /* of packets, those before the counters were cleared */
	uint64_t bytes_cleared;
	uint64_t hard_bytes; /* UINT64_MAX = none */
	uint32_t pair;
	uint32_t tunnel;
	struct sa_gate gates[SA_GATE_COUNT];
} cache_aligned;

static_assert(offsetof(struct sa_in, local_be) == offsetof(struct sa_in, remote_be) + 4);
static_assert(offsetof(struct sa_in, replay) == 64 && sizeof(struct sa_in) == 384);

struct sa_out {
	/* line 0: never written after install, but for the path */
	uint32_t spi_be; /* 0 = slot free */
	uint32_t salt;
	struct esp_shape shape;
	struct alg_suite suite;
	uint8_t flags; /* enum sa_flags */
	uint8_t lane;
	struct esp_outer outer;
	uint32_t path_epoch; /* of the flow cache: what follows is known for it */
	uint32_t next_hop;
	uint16_t path_mtu;
	uint16_t inner_max; /* largest inner packet for path_mtu */
	uint32_t spi;	    /* host order */
	/* line 1: written for every packet */
	uint64_t seq;	    /* last number used */
	uint64_t seq_limit; /* next event: soft limit, then hard limit */
	uint64_t packets;
	uint64_t bytes;
	uint64_t bytes_limit;
	uint64_t hard_ms; /* UINT64_MAX = never */
	uint64_t last_ms;
	uint32_t pair;
	bool queued;   /* in touched_out: belongs to the slot, outlives the SA */
	bool dead;     /* hard limit passed */
	bool hard_due; /* its event is not yet out */
	uint8_t zero;
	/* line 2: path, events and statistics */
	struct esp_crypto_key *key;
	uint32_t remote; /* host order, for the route */
	uint32_t mtu;	 /* path MTU told by the control plane, UINT32_MAX = unknown */
	uint32_t tunnel;
	uint32_t zero2;
	uint64_t seq_hard;
	uint64_t hard_bytes; /* UINT64_MAX = none */
	struct plane_stats_out *stats;
	uint64_t packets_cleared; /* of packets, those before the counters were cleared */
	uint64_t bytes_cleared;
} cache_aligned;

static_assert(offsetof(struct sa_out, seq) == 64);
static_assert(offsetof(struct sa_out, key) == 128);
static_assert(sizeof(struct sa_out) == 192);

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
 * -EEXIST (slot taken), -EAFNOSUPPORT (not IPv4), -EOPNOTSUPP (transport mode), -ENOMEM (window
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
