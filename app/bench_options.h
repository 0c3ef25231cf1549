/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of culvert-bench: lists of values, one row for each combination. */
#pragma once

#include "app/bench.h"
#include "lib/base/compat.h"

#include <stdbool.h>

enum {
	BENCH_LIST = 64,  /* values of one list */
	BENCH_ROWS = 4096 /* combinations */
};

struct bench_options {
	unsigned n_cases;
	struct bench_case *cases;
	bool json;
	bool progress;
};

/*
 * -1 to go on, else the exit status; what is wrong has been said. cpus is how many processors there
 * are to pin workers to. The caller owns o->cases.
 */
int must_check bench_options_parse(struct bench_options *o, unsigned cpus, int argc, char **argv);
