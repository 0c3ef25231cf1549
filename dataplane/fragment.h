/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 fragmentation of one-segment packets into one-segment packets (RFC 791 section 3.2). */
#pragma once

#include "lib/base/compat.h"

#include <rte_mbuf.h>

#include <stdint.h>

enum {
	FRAGMENT_MAX = 64
};

/*
 * Cuts the IPv4 packet at the start of m's data into fragments of at most mtu bytes, written to out
 * (at most max, FRAGMENT_MAX is always enough for 9000 bytes and mtu 576). Meta is copied to each.
 * On success m is freed and the number of fragments returned. On failure m is untouched: -EINVAL
 * (mtu too small, DF, header options that may not be repeated), -ENOMEM (no buffers).
 */
int must_check fragment_v4(struct rte_mbuf *m, uint16_t mtu, struct rte_mempool *pool,
			   struct rte_mbuf **out, unsigned max);
