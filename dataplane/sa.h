/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker knows of one security association, each field on the cache line where the path
 * meets it. sa_table.h says who makes them and when they go.
 */
#pragma once

#include "dataplane/esp_crypto.h"
#include "lib/esp/esp.h"
#include "lib/esp/replay.h"

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
	SA_PORTS = 1 << 6,  /* the selector names a port: later fragments never match */
	SA_FOLLOW = 1 << 7, /* inbound with SA_UDP: a NAT may move the peer */
	SA_TRANSPORT = 1 << 8,
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
	/* line 0: never written after install, but for the peer's address */
	uint32_t spi; /* host order, 0 = slot free */
	uint32_t salt;
	struct esp_crypto_key *key;
	uint32_t remote_be; /* as they stand in the outer header: the peer, */
	uint32_t local_be;  /* our endpoint */
	struct esp_shape shape;
	struct alg_suite suite;
	uint16_t flags;	       /* enum sa_flags */
	uint64_t hard_ms;      /* UINT64_MAX = never */
	uint32_t inner_src_be; /* selector: what the peer protects */
	uint32_t inner_src_mask;
	uint32_t inner_dst_be;
	uint32_t inner_dst_mask;
	uint8_t protocol;	 /* 0 = any */
	uint8_t wire_min;	 /* bytes from the ESP header */
	uint16_t remote_port_be; /* of the UDP encapsulation */
	uint16_t src_port_be;	 /* 0 = any */
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
	uint64_t moved_ms; /* no PLANE_SA_MOVED before */
} cache_aligned;

static_assert(offsetof(struct sa_in, local_be) == offsetof(struct sa_in, remote_be) + 4);
static_assert(offsetof(struct sa_in, replay) == 64 && sizeof(struct sa_in) == 384);

struct sa_out {
	/* line 0: never written after install, but for the path and the peer's address */
	uint32_t spi_be; /* 0 = slot free */
	uint32_t salt;
	struct esp_shape shape;
	struct alg_suite suite;
	uint16_t flags; /* enum sa_flags */
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
	uint8_t lane;
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
