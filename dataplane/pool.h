/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet buffers of a data plane. Without huge pages of EAL they stand in transparent ones:
 * with 4 kB pages half the cycles of the path go into address translation.
 */
#pragma once

#include <rte_mempool.h>

enum {
	POOL_MTU = 1900,  /* IP packet that POOL_ROOM holds with a tunnel's headers */
	POOL_ROOM = 2048, /* data of an mbuf behind the headroom */
	POOL_LARGE_ROOM =
		10240, /* of a large one: 9216 bytes with a tunnel's headers around them */
};

/* n mbufs of 2 KB data room plus headroom, with struct packet_meta behind each mbuf; or NULL. */
struct rte_mempool *pool_create(const char *name, unsigned n);
/* The same with POOL_LARGE_ROOM, for jumbo frames and for what was put together of fragments. */
struct rte_mempool *pool_create_large(const char *name, unsigned n);
/*
 * A copy of m and its meta in one buffer of the pool it fits; m stays the caller's. NULL when it
 * fits none or there is none.
 */
struct rte_mbuf *pool_gather(struct rte_mbuf *m, struct rte_mempool *pool,
			     struct rte_mempool *large_pool);
