/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/siphash.h"

#include <string.h>

static inline uint64_t turn_left(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void rounds(uint64_t v[4], unsigned n)
{
	while (n--) {
		v[0] += v[1];
		v[1] = turn_left(v[1], 13) ^ v[0];
		v[0] = turn_left(v[0], 32);
		v[2] += v[3];
		v[3] = turn_left(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = turn_left(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = turn_left(v[1], 17) ^ v[2];
		v[2] = turn_left(v[2], 32);
	}
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t k[2], v[4], word;

	memcpy(k, key, sizeof(k));
	v[0] = k[0] ^ 0x736f6d6570736575;
	v[1] = k[1] ^ 0x646f72616e646f6d;
	v[2] = k[0] ^ 0x6c7967656e657261;
	v[3] = k[1] ^ 0x7465646279746573;
	for (size_t left = len;; left -= sizeof(word), at += sizeof(word)) {
		size_t n = left < sizeof(word) ? left : sizeof(word);

		/* the length ends the last word, which is never a whole one */
		word = n < sizeof(word) ? (uint64_t)len << 56 : 0;
		if (n)
			memcpy(&word, at, n);
		v[3] ^= word;
		rounds(v, 2);
		v[0] ^= word;
		if (n < sizeof(word))
			break;
	}
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
