/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_stream.h"

#include <errno.h>
#include <stdlib.h>

enum {
	TRIES = 8 /* to find a free place for what is held back */
};

int bench_stream_init(struct bench_stream *s, const struct bench_case *c,
		      struct bench_counters *counters)
{
	uint64_t places = 1;

	*s = (struct bench_stream){.c = c, .counters = counters, .random = 0x9e3779b97f4a7c15};
	if (!c->reorder_percent)
		return 0;
	while (places <= c->distance)
		places *= 2;
	s->mask = places - 1;
	s->held = calloc(places, sizeof(*s->held));
	return s->held ? 0 : -ENOMEM;
}

void bench_stream_fini(struct bench_stream *s)
{
	free(s->held);
}

/* 0 to n - 1. */
static uint32_t dice(struct bench_stream *s, uint32_t n)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (uint32_t)((s->random >> 32) * n >> 32);
}

uint32_t bench_stream_sa(struct bench_stream *s)
{
	uint32_t workers = s->c->workers;
	uint32_t n = (s->c->sas - s->owner + workers - 1) / workers;

	s->next = s->next + 1 < n ? s->next + 1 : 0;
	return (s->c->random ? dice(s, n) : s->next) * workers + s->owner;
}

static struct bench_arrival fresh(struct bench_stream *s)
{
	struct bench_arrival a = {.sa = bench_stream_sa(s)};

	if (s->counters)
		a.seq = ++s->counters->seqs[a.sa];
	return a;
}

/* Puts a packet back by 1 to distance places. False when no place was found. */
static bool hold(struct bench_stream *s, const struct bench_arrival *a)
{
	for (unsigned i = 0; i < TRIES; i++) {
		struct bench_arrival *place =
			&s->held[(s->now + 1 + dice(s, s->c->distance)) & s->mask];

		if (place->seq)
			continue;
		*place = *a;
		return true;
	}
	return false;
}

/* The window as the receiver applies it; the same rule as in replay.h, on what really arrived. */
static bool is_late(struct bench_stream *s, const struct bench_arrival *a)
{
	uint64_t *top = &s->counters->tops[a->sa];

	if (a->seq > *top)
		*top = a->seq;
	return s->c->window && *top - a->seq >= s->c->window;
}

static struct bench_arrival arrive(struct bench_stream *s)
{
	struct bench_arrival *due = s->held ? &s->held[s->now & s->mask] : NULL, a;

	if (due && due->seq) {
		a = *due;
		due->seq = 0;
		return a;
	}
	do {
		a = fresh(s);
	} while (due && dice(s, 100) < s->c->reorder_percent && hold(s, &a));
	return a;
}

struct bench_arrival bench_stream_next(struct bench_stream *s)
{
	struct bench_arrival a = arrive(s);

	s->now++;
	if (s->counters)
		a.late = is_late(s, &a);
	return a;
}
