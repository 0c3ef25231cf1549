/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets of a case, made ready anew before each timed pass: clear packets for the inside, or
 * valid ESP for the outside, sealed here with the next sequence number of its SA.
 */
#pragma once

#include "app/bench.h"
#include "app/bench_gateway.h"
#include "dataplane/esp_chain.h"
#include "lib/esp/esp.h"

#include <rte_mbuf.h>

struct bench_packet {
	uint16_t inner;
	uint32_t sa;
	uint64_t seq; /* inbound: what it was sealed with */
};

struct bench_packets {
	const struct bench_case *c;
	const struct bench_gateway *g;
	struct esp_shape shape;
	struct rte_mbuf *m[BENCH_PACKETS];
	struct bench_packet rows[BENCH_PACKETS]; /* row of an mbuf: its hash.usr */
	uint32_t next_sa;
	uint64_t random;
	/* the far end, inbound only: by SA */
	struct esp_crypto *crypto;
	struct esp_chain *chain;
	struct esp_crypto_key *keys;
	uint64_t *seqs;
	struct esp_outer outer;
};

/* NULL, logged. */
struct bench_packets *bench_packets_create(const struct bench_case *c,
					   const struct bench_gateway *g);
void bench_packets_destroy(struct bench_packets *p);
/* Moves every packet on to the next SA. */
void bench_packets_turn(struct bench_packets *p);
/* Turns, and makes every packet anew. */
void bench_packets_prepare(struct bench_packets *p);
/* The inner packet of a row as it leaves the far end of the path: bytes written. */
unsigned bench_packets_inner(const struct bench_packets *p, const struct bench_packet *row,
			     uint8_t ttl, uint8_t *out);
