/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/esp/replay.h"

uint64_t replay_bitmap(const struct replay *r)
{
	uint64_t map = 0;

	for (uint64_t i = 0; i < 64 && i < r->top; i++) {
		uint64_t seq = r->top - i;

		map |= (r->bits[(seq >> 6) & r->word_mask] >> (seq & 63) & 1) << i;
	}
	return map;
}
