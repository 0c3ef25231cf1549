/* SPDX-License-Identifier: BSD-3-Clause */
/* All the cases that were asked for, and what came of them by stream and receiver. */
#pragma once

#include "app/stress_case.h"
#include "app/stress_options.h"
#include "lib/base/compat.h"

enum {
	STRESS_STREAMS_MAX = 32,
	STRESS_RECEIVERS = 2, /* the window alone, the whole path */
	STRESS_SWEEP = 14,    /* distances 16, 32 ... 131072 */
};

/* Of one stream through one receiver. */
struct stress_sum {
	unsigned cases;
	uint64_t received;
	uint64_t is[STRESS_VERDICTS];
	uint64_t must[STRESS_VERDICTS];
};

struct stress_report {
	const struct stress_options *o;
	double seconds;
	uint64_t received;
	unsigned cases;
	unsigned disagreements; /* cases */
	struct stress_case first;
	struct stress_outcome first_outcome; /* of the first disagreement */
	struct stress_sum sums[STRESS_STREAMS_MAX][STRESS_RECEIVERS];
	/* percent of packets that are late, when 10 % fall behind by up to a distance, by window */
	double sweep[STRESS_WINDOWS][STRESS_SWEEP];
};

/* 0, or -1 with the sentence printed; disagreements are no error. */
int must_check stress_run(const struct stress_options *o, struct stress_report *r);
/* The sweep of the report. 0, or -1 with the sentence printed. */
int must_check stress_run_sweep(struct stress_report *r);
