/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the lists of the command line to the rows: every combination that means something. What
 * cannot be is refused here, not bent.
 */
#pragma once

#include "app/bench_options.h"

/* The lists, in the order in which the rows turn: the last turns slowest. */
enum bench_axis {
	BENCH_SIZE,
	BENCH_DIRECTION, /* 0 out, 1 in */
	BENCH_WINDOW,
	BENCH_REORDER,
	BENCH_DISTANCE,
	BENCH_ESN,
	BENCH_NAT_T,
	BENCH_QOS,
	BENCH_BURSTS,
	BENCH_CHURN,
	BENCH_SPREAD, /* 1 handoff */
	BENCH_WORKERS,
	BENCH_POLICIES, /* 0 auto */
	BENCH_ORDER,	/* 1 random */
	BENCH_SAS,
	BENCH_AXES, /* behind them: how many repetitions */
};

struct bench_list {
	unsigned n;
	uint32_t values[BENCH_LIST];
};

struct bench_cases {
	unsigned cpus;
	unsigned n_suites;
	struct alg_suite suites[BENCH_LIST];
	struct bench_list axes[BENCH_AXES + 1];
	bool policy_change;
};

/* What is measured when nothing is asked for. */
void bench_cases_init(struct bench_cases *b, unsigned cpus);
/* Fills o->cases. -1, or an exit status when something cannot be; it has been said. */
int must_check bench_cases_make(const struct bench_cases *b, struct bench_options *o);
