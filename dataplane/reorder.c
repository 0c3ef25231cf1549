/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/reorder.h"

#include "dataplane/sa_table.h"

#include <rte_common.h>

enum {
	MS = 1000
};

/* The bucket of a distance: its binary logarithm, less what the first bucket starts at. */
static unsigned distance_bucket(uint64_t distance, unsigned first)
{
	unsigned log = 63 - (unsigned)__builtin_clzll(distance | 1);

	if (log < first)
		return 0;
	return log - first < PLANE_REORDER_BUCKETS ? log - first : PLANE_REORDER_BUCKETS - 1;
}

static unsigned age_bucket(uint32_t ms)
{
	unsigned bucket = 0;

	while (ms && ++bucket < PLANE_REORDER_AGES - 1)
		ms >>= 2;
	return bucket;
}

void reorder_begin(struct reorder *t, struct sa_in *sa)
{
	t->rows[sa->pair] = (struct reorder_row){0};
	t->stats[sa->pair] = (struct plane_stats_reorder){0};
	/* the first packet is due for a sample */
	sa->sampled = (uint32_t)sa->replay.top - reorder_sample_step(sa->replay.window);
}

void reorder_sample(struct reorder *t, struct sa_in *sa, uint64_t now_ms)
{
	struct reorder_row *r = &t->rows[sa->pair];
	uint32_t top = (uint32_t)sa->replay.top, ms = (uint32_t)now_ms;
	unsigned fine = r->n % REORDER_FINE, coarse = r->n / REORDER_FINE % REORDER_COARSE;

	r->fine[fine].top = top;
	r->fine[fine].ms = ms;
	if (fine == 0) {
		r->coarse[coarse].top = top;
		r->coarse[coarse].ms = ms;
	}
	r->n++;
	sa->sampled = top;
}

void reorder_accepted(struct reorder *t, struct sa_in *sa, uint64_t seq)
{
	uint64_t distance = sa->replay.top - seq;

	if (!distance)
		return; /* a copy of the highest: no window */
	t->stats[sa->pair].accepted[distance_bucket(distance, 0)]++;
	if (distance > sa->stats->reorder_most)
		sa->stats->reorder_most = (uint32_t)RTE_MIN(distance, (uint64_t)UINT32_MAX);
}

static bool take(struct reorder_looks *looks, uint32_t second, uint32_t most)
{
	if (looks->second != second)
		*looks = (struct reorder_looks){.second = second, .left = most};
	if (!looks->left)
		return false;
	looks->left--;
	return true;
}

bool reorder_look(struct reorder *t, struct sa_in *sa, uint64_t now_ms)
{
	uint32_t second = (uint32_t)(now_ms / MS) + 1;

	return take(&t->rows[sa->pair].looks, second, REORDER_LOOKS_SA) &&
	       take(&t->looks, second, REORDER_LOOKS);
}

/* A moment of the highest number: how many numbers and milliseconds ago. */
struct moment {
	uint32_t back;
	uint32_t age;
};

/*
 * Interpolates between two moments if the number lies between them. Else *near moves on to the
 * older one.
 */
static bool reached(struct moment *near, struct moment older, uint64_t back)
{
	if (older.back <= near->back)
		return false;
	if (older.back < back) {
		*near = older;
		return false;
	}
	near->age += (uint32_t)((uint64_t)(older.age - near->age) * (back - near->back) /
				(older.back - near->back));
	return true;
}

/* Milliseconds since the highest number was `back` lower than now. */
static uint32_t age_of(const struct reorder_row *r, const struct sa_in *sa, uint64_t back,
		       uint64_t now_ms)
{
	uint32_t top = (uint32_t)sa->replay.top, now = (uint32_t)now_ms;
	struct moment near = {.age = now - (uint32_t)sa->last_ms};
	uint32_t n = r->n, n_coarse = (n + REORDER_FINE - 1) / REORDER_FINE;

	if (!back)
		return near.age;
	for (uint32_t i = 1; i <= n && i <= REORDER_FINE; i++) {
		unsigned at = (n - i) % REORDER_FINE;
		struct moment m = {top - r->fine[at].top, now - r->fine[at].ms};

		if (reached(&near, m, back))
			return near.age;
	}
	for (uint32_t i = 1; i <= n_coarse && i <= REORDER_COARSE; i++) {
		unsigned at = (n_coarse - i) % REORDER_COARSE;
		struct moment m = {top - r->coarse[at].top, now - r->coarse[at].ms};

		if (reached(&near, m, back))
			return near.age;
	}
	return near.age;
}

void reorder_late(struct reorder *t, struct sa_in *sa, uint64_t seq, enum reorder_late what,
		  uint64_t now_ms)
{
	struct plane_stats_reorder *stats = &t->stats[sa->pair];
	uint64_t distance = sa->replay.top - seq;

	if (distance >> 31 && !(sa->flags & SA_ESN))
		sa->stats->rollover++;
	if (what == REORDER_UNCHECKED)
		sa->stats->late_unchecked++;
	if (what == REORDER_FORGED)
		sa->stats->late_forged++;
	if (what != REORDER_VERIFIED)
		return;
	sa->stats->late_verified++;
	if (distance > sa->stats->late_most)
		sa->stats->late_most = (uint32_t)RTE_MIN(distance, (uint64_t)UINT32_MAX);
	stats->late[distance_bucket(distance, PLANE_REORDER_LATE_FIRST)]++;
	/* the window has passed a number once the highest is a window above it */
	stats->late_after[age_bucket(
		age_of(&t->rows[sa->pair], sa, distance - sa->replay.window, now_ms))]++;
}

void reorder_seen(struct reorder *t, struct sa_in *sa, uint64_t seq, uint64_t now_ms)
{
	struct plane_stats_reorder *stats = &t->stats[sa->pair];
	uint64_t distance = sa->replay.top - seq;

	stats->seen[distance_bucket(distance, 0)]++;
	stats->seen_after[age_bucket(age_of(&t->rows[sa->pair], sa, distance, now_ms))]++;
}
