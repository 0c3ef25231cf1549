/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors we originate (RFC 792, RFC 1812 section 4.3): destination unreachable, fragmentation
 * needed, time exceeded. Never about an ICMP error, a fragment but the first, a broadcast or an
 * address that cannot be a sender; rate-limited by a token bucket a worker.
 */
#pragma once

#include "lib/base/compat.h"

#include <rte_mbuf.h>

#include <stdint.h>

struct icmp_limit {
	uint64_t tokens;
	uint64_t refilled_ms;
};

/*
 * A new mbuf with an ICMP error of that type and code about the IPv4 packet at m's data, from
 * source (big-endian), with the next-hop MTU for type 3 code 4. NULL when none may or can be sent.
 * m stays the caller's. The result is marked PACKET_OURS and goes through route and policy like
 * any packet.
 */
struct rte_mbuf *icmp_error(struct icmp_limit *limit, uint64_t now_ms, const struct rte_mbuf *m,
			    struct rte_mempool *pool, uint32_t source_be, uint8_t type,
			    uint8_t code, uint16_t mtu);
