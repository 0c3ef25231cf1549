/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tab completion and `?`: what may come next, from the exec table, the configuration grammar and
 * the filters.
 */
#pragma once

#include "cli/shell.h"

enum {
	COMPLETE_MAX = 256
};

/*
 * What may come next after text, sorted; the last word is being typed unless text ends in a blank.
 * Fills at most max rows and returns how many it filled.
 */
size_t complete_choices(const struct shell *shell, const char *text, struct config_choice *rows,
			size_t max);

/* One line of `?` help for row i of n: "  word   help", the words in one column. */
void complete_text(const struct config_choice *rows, size_t n, size_t i, char *buf, size_t size);
