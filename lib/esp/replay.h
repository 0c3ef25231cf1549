/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The anti-replay window (RFC 4303 section 3.4.3) as a ring of 64-bit words with one spare word
 * (RFC 6479), so nothing is ever shifted and the cost does not depend on the size. Exact: a
 * number is acceptable if and only if it is above the highest authenticated number, or less than
 * `window` below it and not seen. Single writer (the owner worker); no locks. Sequence numbers
 * are 64 bits here; without ESN the upper half is zero and the peer's wrap past 2^32-1 is refused
 * by the caller.
 *
 * Check before the ICV is verified, check again and update after: a burst may hold duplicates.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	REPLAY_MIN = 64,
	REPLAY_MAX = 1024,
	REPLAY_WORDS_MAX = 32, /* power of two of at least REPLAY_MAX / 64 + 1 words */
};

enum replay_verdict {
	REPLAY_OK,
	REPLAY_ZERO, /* sequence number 0 is never sent */
	REPLAY_LATE, /* below the window */
	REPLAY_SEEN, /* in the window, received before */
};

struct replay {
	uint64_t top;	    /* highest authenticated sequence number, 0 before the first */
	uint32_t window;    /* 64..REPLAY_MAX, multiple of 64; 0 = no replay check */
	uint32_t word_mask; /* ring words - 1 */
	uint64_t bits[REPLAY_WORDS_MAX];
};

/* Window must be 0 or a power of two in REPLAY_MIN..REPLAY_MAX. */
static inline void replay_init(struct replay *r, uint32_t window)
{
	*r = (struct replay){.window = window};
	r->word_mask = 1;
	while (r->word_mask < window / 64 + 1)
		r->word_mask <<= 1;
	r->word_mask -= window ? 1 : r->word_mask;
}

/* Whether seq could be accepted now. Changes nothing. */
static inline enum replay_verdict replay_check(const struct replay *r, uint64_t seq)
{
	if (!r->window)
		return REPLAY_OK;
	if (seq > r->top)
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
	if (!r->window) {
		r->top = seq > r->top ? seq : r->top;
		return;
	}
	if (seq > r->top) {
		uint64_t words = (seq >> 6) - (r->top >> 6);

		if (words > r->word_mask + 1)
			words = r->word_mask + 1;
		for (uint64_t i = 0; i < words; i++)
			r->bits[((seq >> 6) - i) & r->word_mask] = 0;
		r->top = seq;
	}
	r->bits[(seq >> 6) & r->word_mask] |= 1ull << (seq & 63);
}

/*
 * RFC 4303 appendix A2.2: the 64-bit number a received 32-bit number stands for, given the window.
 * Only for SAs with extended sequence numbers.
 */
static inline uint64_t replay_esn_guess(const struct replay *r, uint32_t seq_low)
{
	uint32_t top_low = (uint32_t)r->top, top_high = (uint32_t)(r->top >> 32);
	uint32_t window = r->window ? r->window : REPLAY_MIN;
	uint32_t bottom = top_low - window + 1;
	uint32_t high;

	if (top_low >= window - 1)
		high = seq_low >= bottom ? top_high : top_high + 1;
	else
		high = seq_low >= bottom ? top_high - 1 : top_high;
	return (uint64_t)high << 32 | seq_low;
}

/* The last 64 numbers as `show crypto ipsec sa` prints them: bit 0 is the highest received. */
uint64_t replay_bitmap(const struct replay *r);
