/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of culvertd. */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>

struct options {
	const char *config;  /* --config FILE, or the FILE of --check */
	const char *run_dir; /* --run-dir DIR */
	bool check;
};

/* -1 to go on, or the status to exit with (everything that is to be said was printed). */
int must_check options_parse(struct options *o, int argc, char **argv);
