/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that look random and come again with their seed (splitmix64). Not for secrets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct stress_random {
	uint64_t state; /* the seed at first */
};

static inline uint64_t stress_random_next(struct stress_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 .. n - 1; 0 for n of 0. */
static inline uint32_t stress_random_below(struct stress_random *r, uint32_t n)
{
	return (uint32_t)((stress_random_next(r) >> 32) * n >> 32);
}

/* Above 0 and at most 1. */
static inline double stress_random_unit(struct stress_random *r)
{
	return (double)((stress_random_next(r) >> 11) + 1) * 0x1p-53;
}

/* True in that many of a hundred cases. */
static inline bool stress_random_percent(struct stress_random *r, double percent)
{
	return percent > 0 && stress_random_unit(r) * 100 <= percent;
}
