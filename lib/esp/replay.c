/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/esp/replay.h"

static uint64_t reverse_bits(uint64_t v)
{
	v = (v >> 1 & 0x5555555555555555ull) | (v & 0x5555555555555555ull) << 1;
	v = (v >> 2 & 0x3333333333333333ull) | (v & 0x3333333333333333ull) << 2;
	v = (v >> 4 & 0x0f0f0f0f0f0f0f0full) | (v & 0x0f0f0f0f0f0f0f0full) << 4;
	return __builtin_bswap64(v);
}

uint64_t replay_bitmap(const struct replay *r)
{
	uint64_t word = r->top >> 6, bit = r->top & 63;
	uint64_t map;

	if (!r->window)
		return 0;
	/* 64 numbers up to top span two ring words unless top ends one */
	map = r->bits[word & r->word_mask] << (63 - bit);
	if (bit < 63)
		map |= r->bits[(word - 1) & r->word_mask] >> (bit + 1);
	return reverse_bits(map);
}
