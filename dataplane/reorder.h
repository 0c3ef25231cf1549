/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reorder meter of the inbound SAs of one worker: how far below the highest number packets were
 * accepted, and what the window refused: late (below it) and seen (in it, received before), each
 * with how far below and how long after. A packet in order costs nothing here.
 *
 * A late packet is discarded whatever it is. So that forged ones cannot pose as reordering, the ICV
 * of a sample of them is verified: REORDER_LOOKS_SA a second of one SA, REORDER_LOOKS of a worker.
 *
 * How long after: each SA keeps when its highest number was what, every 64 + window / 4 numbers:
 * the last eight such samples, and of every eighth one the last seven. Between two samples the time
 * is interpolated; before the oldest it is the age of that one, so "at least".
 */
#pragma once

#include "lib/plane/plane_stats.h"

#include <stdbool.h>
#include <stdint.h>

struct sa_in;

enum {
	REORDER_FINE = 8,
	REORDER_COARSE = 7,
	REORDER_LOOKS_SA = 64,
	REORDER_LOOKS = 4096,
};

/* Late packets that may still be verified in this second. */
struct reorder_looks {
	uint32_t second;
	uint32_t left;
};

struct reorder_row {
	struct {
		uint32_t top; /* low half */
		uint32_t ms;
	} fine[REORDER_FINE], coarse[REORDER_COARSE];
	uint32_t n; /* samples taken */
	struct reorder_looks looks;
};

struct reorder {
	struct reorder_row *rows; /* by slot */
	struct plane_stats_reorder *stats;
	struct reorder_looks looks;
};

enum reorder_late {
	REORDER_UNCHECKED, /* not in the sample */
	REORDER_FORGED,
	REORDER_VERIFIED,
};

/* A new SA in a slot. */
void reorder_begin(struct reorder *t, struct sa_in *sa);
/* Numbers between two samples of an SA with that window. */
static inline uint32_t reorder_sample_step(uint32_t window)
{
	return 64 + window / 4;
}
/* The highest number of sa is what it is now. */
void reorder_sample(struct reorder *t, struct sa_in *sa, uint64_t now_ms);
/* seq is authentic and acceptable, and below the highest number. */
void reorder_accepted(struct reorder *t, struct sa_in *sa, uint64_t seq);
/* Whether a late packet may be verified; takes it from the sample. */
bool reorder_look(struct reorder *t, struct sa_in *sa, uint64_t now_ms);
void reorder_late(struct reorder *t, struct sa_in *sa, uint64_t seq, enum reorder_late what,
		  uint64_t now_ms);
void reorder_seen(struct reorder *t, struct sa_in *sa, uint64_t seq, uint64_t now_ms);
