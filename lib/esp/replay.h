/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The anti-replay window (RFC 4303 section 3.4.3): one bit for each of the last `window` numbers in
 * a ring of 64-bit words, so nothing is ever shifted (RFC 6479). RFC 6479 forgets whole words and
 * keeps a spare one for it; here exactly the numbers that were passed over are forgotten, so the
 * ring has no spare word, and a number in order costs one bit. Exact: a number is acceptable if
 * and only if it is above the highest authenticated number, or less than `window` below it and not
 * seen.
 *
 * Single writer (the owner worker); no locks. Sequence numbers are 64 bits here; without ESN the
 * upper half is zero and a wrapped number is an old one. A jump by n numbers clears n / 64 words,
 * at most window / 64: no more than one word for 64 numbers the peer has spent.
 *
 * Check before the ICV is verified, check again and update after: a burst may hold duplicates.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	REPLAY_MIN = 64,
	REPLAY_MAX = 65536,
};

enum replay_verdict {
	REPLAY_OK,
	REPLAY_ZERO, /* sequence number 0 is never sent */
	REPLAY_LATE, /* below the window */
	REPLAY_SEEN, /* in the window, received before */
};

struct replay {
	uint64_t top;	    /* highest authenticated sequence number, 0 before the first */
	uint64_t *bits;	    /* replay_words() of them, not owned; of number n: bit n % window */
	uint32_t window;    /* 0 = no replay check */
	uint32_t word_mask; /* words - 1 */
};

/* 0 (off) or a power of two in REPLAY_MIN..REPLAY_MAX. */
static inline bool replay_window_valid(uint32_t window)
{
	return window == 0 ||
	       (window >= REPLAY_MIN && window <= REPLAY_MAX && (window & (window - 1)) == 0);
}

/* Words a window needs; one even when it is off, so that nothing is asked on the way. */
static inline uint32_t replay_words(uint32_t window)
{
	return window ? window / 64 : 1;
}

/* A valid window with no number seen; bits are cleared here and must outlive it. */
void replay_init(struct replay *r, uint32_t window, uint64_t *bits);

/* For replay_update(): forgets every number in (top, seq] that the ring still holds. */
void replay_skip(struct replay *r, uint64_t seq);

/* Whether seq could be accepted now. Changes nothing. */
static inline enum replay_verdict replay_check(const struct replay *r, uint64_t seq)
{
	if (likely(seq > r->top) || !r->window)
		return REPLAY_OK;
	if (seq == 0)
		return REPLAY_ZERO;
	if (r->top - seq >= r->window)
		return REPLAY_LATE;
	return r->bits[(seq >> 6) & r->word_mask] >> (seq & 63) & 1 ? REPLAY_SEEN : REPLAY_OK;
}

/* Records an authenticated seq for which replay_check() has just said REPLAY_OK. */
static inline void replay_update(struct replay *r, uint64_t seq)
{
	if (likely(seq > r->top)) {
		if (unlikely(seq - r->top > 1))
			replay_skip(r, seq);
		r->top = seq;
	}
	r->bits[(seq >> 6) & r->word_mask] |= 1ull << (seq & 63);
}

/*
 * RFC 4303 appendix A2.2: the 64-bit number a received 32-bit number stands for: the only one from
 * the bottom of the window to 2^32 - 1 above it. Only for SAs with extended sequence numbers, whose
 * window is never off (A1: the window is the reference).
 */
static inline uint64_t replay_esn_guess(const struct replay *r, uint32_t seq_low)
{
	uint32_t top_low = (uint32_t)r->top, top_high = (uint32_t)(r->top >> 32);
	uint32_t bottom = top_low - r->window + 1;
	uint32_t high = top_high;

	if (top_low >= r->window - 1)
		high += seq_low < bottom; /* case A: the window lies in one space of 2^32 */
	else if (seq_low >= bottom)
		high -= top_high != 0; /* case B: it begins in the space before, if there is one */
	return (uint64_t)high << 32 | seq_low;
}

/* The last 64 numbers: the top bit is the highest received, the lowest bit 63 below it. */
uint64_t replay_bitmap(const struct replay *r);
/* The same for `show crypto ipsec sa`: bit 0 is the highest received. */
uint64_t replay_bitmap_shown(uint64_t bitmap);
