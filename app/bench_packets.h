/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets that arrive at one worker, made ready anew before each timed pass: clear packets for
 * the inside, or valid ESP for the outside, sealed here with the next sequence number of its SA.
 */
#pragma once

#include "app/bench.h"
#include "app/bench_gateway.h"
#include "app/bench_stream.h"
#include "dataplane/esp_chain.h"
#include "lib/esp/esp.h"

#include <rte_mbuf.h>

struct bench_packet {
	uint16_t inner;
	bool priority; /* marked EF */
	uint32_t sa;
	uint64_t seq; /* inbound: what it was sealed with */
};

/* The far end of the tunnels: what all workers share, inbound only. */
struct bench_far {
	struct esp_crypto_key *keys; /* by SA */
	struct bench_counters counters;
};

struct bench_packets {
	const struct bench_case *c;
	const struct bench_gateway *g;
	struct esp_shape shape;
	struct rte_mbuf *m[BENCH_PACKETS];
	struct bench_packet rows[BENCH_PACKETS]; /* of m */
	unsigned late;				 /* of this pass: the path has to drop them */
	struct bench_stream stream;
	/* inbound only */
	struct bench_far *far; /* not owned */
	struct esp_crypto *crypto;
	struct esp_chain *chain;
	struct esp_outer outer;
};

/* Keys and numbers of every SA of the far end. 0 or -ENOMEM, logged. */
int must_check bench_far_init(struct bench_far *far, const struct bench_case *c,
			      const struct bench_gateway *g);
void bench_far_fini(struct bench_far *far);

/* Sealed with that library, which is the thread's. NULL, logged. */
struct bench_packets *bench_packets_create(const struct bench_case *c,
					   const struct bench_gateway *g, struct bench_far *far,
					   const struct esp_library *lib);
void bench_packets_destroy(struct bench_packets *p);
/* Moves every packet on to the next SA of the worker `owner`. */
void bench_packets_turn(struct bench_packets *p, unsigned owner);
/* Makes every packet anew, for SAs of that worker. */
void bench_packets_prepare(struct bench_packets *p, unsigned owner);
/* The row of one of p's packets, NULL when it is none of them. */
const struct bench_packet *bench_packets_row(const struct bench_packets *p,
					     const struct rte_mbuf *m);
/* The inner packet of a row as it leaves the far end of the path: bytes written. */
unsigned bench_packets_inner(const struct bench_packets *p, const struct bench_packet *row,
			     uint8_t ttl, uint8_t *out);
