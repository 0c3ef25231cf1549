/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which SA and which sequence number arrives next at one worker: SAs in turn or at random, and some
 * packets held back, so that they come up to `distance` places late. Knows which of them lie below
 * the window when they arrive.
 */
#pragma once

#include "app/bench.h"
#include "lib/base/compat.h"

/* What all workers share, by SA; an SA is used by one worker at a time. */
struct bench_counters {
	uint64_t *seqs; /* last number given */
	uint64_t *tops; /* highest that arrived */
};

struct bench_arrival {
	uint32_t sa;
	uint64_t seq; /* 0 outbound: the path gives it */
	bool late;
};

struct bench_stream {
	const struct bench_case *c;
	struct bench_counters *counters; /* NULL outbound */
	uint64_t random;
	uint32_t next;	/* SA in turn, of those of the owner */
	uint32_t owner; /* worker whose SAs these are */
	uint64_t now;	/* places so far */
	uint64_t mask;
	struct bench_arrival *held; /* by place; seq 0 = free */
};

/* counters NULL: outbound. 0 or -ENOMEM. */
int must_check bench_stream_init(struct bench_stream *s, const struct bench_case *c,
				 struct bench_counters *counters);
void bench_stream_fini(struct bench_stream *s);
/* Only which SA; nothing is counted. */
uint32_t bench_stream_sa(struct bench_stream *s);
struct bench_arrival bench_stream_next(struct bench_stream *s);
