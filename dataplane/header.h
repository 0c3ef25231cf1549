/* SPDX-License-Identifier: BSD-3-Clause */
/* An IPv4 header without options as three words: all the packet path asks of it is there. */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct header {
	uint64_t front; /* version, TOS, length, id, fragment */
	uint64_t back;	/* TTL, protocol, checksum, source */
	uint32_t dst_be;
};

static inline struct header header_read(const uint8_t *ip)
{
	struct header h;

	memcpy(&h.front, ip, 8);
	memcpy(&h.back, ip + 8, 8);
	memcpy(&h.dst_be, ip + 16, 4);
	return h;
}

static inline uint16_t header_total(const struct header *h)
{
	return __builtin_bswap16((uint16_t)(h->front >> 16));
}

static inline uint32_t header_src_be(const struct header *h)
{
	return (uint32_t)(h->back >> 32);
}

/* The checksum: its words as numbers modulo 2^16 - 1, to which 2^64 - 1 is 0 (RFC 1071). */
static inline bool header_sum_ok(const struct header *h)
{
	uint64_t sum = h->front + h->back;

	sum += sum < h->back;
	sum += h->dst_be;
	sum += sum < h->dst_be;
	return sum % 0xffff == 0;
}

/* 0/8, 127/8 and 224/3 are none: the same set as ip_source_valid(). */
static inline bool header_unicast(uint32_t addr_be)
{
	uint8_t first = (uint8_t)addr_be;

	return (uint8_t)(first - 1) < 223 && first != 127;
}

/* Without options, of a length that len bytes (at least 20) hold, with a sound checksum. */
static inline bool header_is_sound(const struct header *h, unsigned len)
{
	return (uint8_t)h->front == 0x45 && header_total(h) - 20u <= len - 20u && header_sum_ok(h);
}
