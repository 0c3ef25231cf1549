/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the command line of culvert-stress: rows of what may be said, and the sentence when it
 * is not. */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stress_number_type {
	STRESS_NUMBER_U32,
	STRESS_NUMBER_U64,
	STRESS_NUMBER_SHARE, /* a double */
};

struct stress_number {
	int letter; /* as getopt_long() returns it */
	const char *name;
	enum stress_number_type type;
	size_t offset; /* into the options */
	double least;
	double most;
	const char *unit; /* "percent", for the sentence */
};

/* -1 when the value was taken into options, 1 when no row has the letter, 2 when it was wrong. */
int stress_number_parse(const struct stress_number *rows, size_t n, int letter, const char *text,
			void *options);

/* 0, 64, 128 ... 65536. False with the sentence printed. */
bool must_check stress_number_window(const char *text, uint32_t *window);
