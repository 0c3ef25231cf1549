/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is different between two configurations, by the lines they print in one dialect: those that
 * only one of them has, in order, below the line of the block they are in. A line that stands
 * elsewhere among its neighbours counts as gone and come: the order of lines has a meaning.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stddef.h>

enum config_diff_kind {
	CONFIG_DIFF_SAME, /* of a block in which something differs */
	CONFIG_DIFF_GONE,
	CONFIG_DIFF_NEW,
};

struct config_diff_row {
	enum config_diff_kind kind;
	unsigned depth;	  /* 0: a global line */
	const char *text; /* without indentation, secrets masked */
};

struct config_diff {
	struct config_diff_row *rows; /* owned */
	size_t n;
	char *texts[2]; /* owned; the rows point into them */
};

/* 0 or -ENOMEM (then *diff is empty). */
int must_check config_diff_make(struct config_diff *diff, const struct config *from,
				const struct config *to, enum dialect dialect);
void config_diff_fini(struct config_diff *diff);
