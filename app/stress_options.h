/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of culvert-stress in process: which cases run. */
#pragma once

#include "app/stress_oracle.h"
#include "app/stress_stream.h"
#include "app/stress_window.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum stress_receivers {
	STRESS_WINDOW_ALONE = 1 << 0,
	STRESS_WHOLE_PATH = 1 << 1,
};

struct stress_options {
	const struct stress_stream *stream; /* NULL: all */
	unsigned receivers;		    /* enum stress_receivers */
	bool one_window;
	uint32_t window;
	int esn;	  /* 0 or 1; -1: both */
	int suite;	  /* stress_case_suite(); -1: all, in turn */
	uint64_t packets; /* of each SA of a case; 0: as many as its window wants */
	uint64_t seed;
	const char *mutant; /* the name of one of these, or NULL */
	enum stress_bug bug;
	enum stress_oracle_bug oracle_bug;
	bool json;
	const char *html; /* file, or NULL */
};

/* -1 to go on, else the exit status; what is wrong has been said. */
int must_check stress_options_parse(struct stress_options *o, int argc, char **argv);
