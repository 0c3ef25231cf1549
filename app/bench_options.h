/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of culvert-bench: lists of values, one row for each combination. */
#pragma once

#include "app/bench.h"
#include "lib/base/compat.h"

#include <stdbool.h>

enum {
	BENCH_LIST = 32
};

struct bench_list {
	unsigned n;
	uint32_t values[BENCH_LIST];
};

struct bench_options {
	unsigned n_suites;
	struct alg_suite suites[BENCH_LIST];
	struct bench_list directions; /* 0 out, 1 in */
	struct bench_list sizes;      /* 0 = IMIX */
	struct bench_list sas;
	struct bench_list orders; /* 1 = random */
	struct bench_list policies;
	struct bench_list windows;
	bool json;
};

/* -1 to go on, else the exit status; what is wrong has been said. */
int must_check bench_options_parse(struct bench_options *o, int argc, char **argv);
/* Rows in all, and the i-th of them. */
unsigned bench_options_count(const struct bench_options *o);
struct bench_case bench_options_case(const struct bench_options *o, unsigned i);
