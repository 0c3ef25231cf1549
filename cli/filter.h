/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind `|`: begin, count, exclude, include with a regular expression (POSIX extended,
 * so that `include esp|ah` means what it does on IOS), and json. Works on finished text by lines.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_grammar.h"

#include <regex.h>
#include <stddef.h>
#include <stdio.h>

enum filter_kind {
	FILTER_NONE,
	FILTER_BEGIN,
	FILTER_COUNT,
	FILTER_EXCLUDE,
	FILTER_INCLUDE,
	FILTER_JSON, /* not a filter of text: the caller prints the result as it came */
};

struct filter {
	enum filter_kind kind;
	regex_t regex; /* compiled when kind needs one */
};

/*
 * From the text behind the bar; NULL is no filter. 0, or -EINVAL with a sentence in error. A filter
 * that parsed is released with filter_fini().
 */
int must_check filter_parse(struct filter *f, const char *text, char *error, size_t error_size);
void filter_fini(struct filter *f);

/* Prints the lines of text that pass. The text is cut at its newlines and left whole. */
void filter_apply(const struct filter *f, char *text, FILE *out);

/* Completion and help behind the bar, as exec_choices(). */
size_t filter_choices(const char *text, struct config_choice *rows, size_t max);
