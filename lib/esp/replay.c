/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/esp/replay.h"

#include <string.h>

void replay_init(struct replay *r, uint32_t window, uint64_t *bits)
{
	*r = (struct replay){
		.bits = bits,
		.window = window,
		.word_mask = replay_words(window) - 1,
	};
	memset(bits, 0, replay_words(window) * sizeof(*bits));
}

/* n words of the ring, from the one a word number falls on. */
static void clear_words(struct replay *r, uint64_t word, uint64_t n)
{
	uint64_t at = word & r->word_mask, ahead = r->word_mask + 1 - at;

	if (n > ahead) {
		memset(r->bits, 0, (n - ahead) * sizeof(*r->bits));
		n = ahead;
	}
	memset(r->bits + at, 0, n * sizeof(*r->bits));
}

void replay_skip(struct replay *r, uint64_t seq)
{
	uint64_t first = r->top + 1, from = first >> 6, to = seq >> 6;
	uint64_t head = ~0ull << (first & 63), tail = ~0ull >> (63 - (seq & 63));

	if (seq - r->top >= r->window) {
		clear_words(r, 0, r->word_mask + 1);
		return;
	}
	if (from == to) {
		r->bits[from & r->word_mask] &= ~(head & tail);
		return;
	}
	/* first and last word may be the same place of the ring, a window apart */
	r->bits[from & r->word_mask] &= ~head;
	clear_words(r, from + 1, to - from - 1);
	r->bits[to & r->word_mask] &= ~tail;
}

uint64_t replay_bitmap(const struct replay *r)
{
	uint64_t word = r->top >> 6, bit = r->top & 63;
	uint64_t map;

	if (!r->window)
		return 0;
	/* 64 numbers up to top span two words unless top ends one */
	map = r->bits[word & r->word_mask] << (63 - bit);
	if (bit < 63)
		map |= r->bits[(word - 1) & r->word_mask] >> (bit + 1);
	return map;
}

uint64_t replay_bitmap_shown(uint64_t v)
{
	v = (v >> 1 & 0x5555555555555555ull) | (v & 0x5555555555555555ull) << 1;
	v = (v >> 2 & 0x3333333333333333ull) | (v & 0x3333333333333333ull) << 2;
	v = (v >> 4 & 0x0f0f0f0f0f0f0f0full) | (v & 0x0f0f0f0f0f0f0f0full) << 4;
	return __builtin_bswap64(v);
}
