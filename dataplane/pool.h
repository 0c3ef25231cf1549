/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet buffers of a data plane. Without huge pages of EAL they stand in transparent ones:
 * with 4 kB pages half the cycles of the path go into address translation.
 */
#pragma once

#include <rte_mempool.h>

/* n mbufs of 2 KB data room plus headroom, with struct packet_meta behind each mbuf; or NULL. */
struct rte_mempool *pool_create(const char *name, unsigned n);
