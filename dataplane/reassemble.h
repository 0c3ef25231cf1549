/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments of datagrams for the appliance itself (outer ESP, IKE, ICMP) put together again. Each
 * worker has a store of its own; the keyed hash of a datagram says which, so that fragments that
 * arrive on several workers meet. Everything is bounded: datagrams, bytes, fragments a datagram,
 * time, and the steps of a lookup. Bytes are copied into the store at once, so that a flood of
 * fragments holds no packet buffer.
 *
 * A datagram is (source, destination, identification, protocol, interface); a fragment that
 * overlaps another with other bytes or bounds condemns it, and all that comes of it until its time
 * is over (RFC 5722 has the same rule for IPv6). An equal fragment that comes twice is ignored.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/drop.h"
#include "lib/base/siphash.h"

#include <rte_mbuf.h>

#include <stdint.h>

enum {
	REASSEMBLE_DATAGRAMS = 1024, /* of all workers together */
	REASSEMBLE_BYTES = 4 << 20,  /* likewise, of data */
	REASSEMBLE_PARTS_MAX = 64,
	REASSEMBLE_PARTS = 8, /* fragments a datagram, unless configured */
	REASSEMBLE_TIMEOUT_MS = 2000,
};

/* `ip virtual-reassembly` of the interface the fragment came by. */
struct reassemble_limits {
	uint8_t parts;	    /* at most REASSEMBLE_PARTS_MAX */
	uint16_t datagrams; /* of the interface, on one worker */
	uint32_t timeout_ms;
};

#define REASSEMBLE_LIMITS \
	((struct reassemble_limits){REASSEMBLE_PARTS, REASSEMBLE_DATAGRAMS, REASSEMBLE_TIMEOUT_MS})

struct reassembly;
struct rte_mempool;

/*
 * The n-th part of the bounds above. drops counts what is thrown away later than it arrived, by
 * enum drop_reason; drops and pools stay the caller's. NULL without memory.
 */
struct reassembly *reassemble_create(unsigned n, uint64_t *drops, struct rte_mempool *pool,
				     struct rte_mempool *large_pool);
void reassemble_destroy(struct reassembly *r);

/* The datagram that m, data at its sound IPv4 header, is a fragment of. */
uint64_t reassemble_hash(const uint8_t key[SIPHASH_KEY], struct rte_mbuf *m);

/*
 * Takes in what m carries, not m itself. DROP_NONE, or why m is of no use. When it was the last
 * one missing, *whole is the datagram in one segment, its meta that of m; else NULL.
 */
enum drop_reason must_check reassemble_add(struct reassembly *r, uint64_t hash, struct rte_mbuf *m,
					   const struct reassemble_limits *limits, uint64_t now_ms,
					   struct rte_mbuf **whole);
/* Forgets what took too long: once a round. */
void reassemble_run(struct reassembly *r, uint64_t now_ms);
