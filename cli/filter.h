/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind `|`: begin, count, exclude, include, section with a regular expression (POSIX
 * extended, so that `include esp|ah` means what it does on IOS), grep as an ASA has it, redirect
 * and append to a file of the operator, and json. Works on finished text by lines.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_grammar.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum filter_kind {
	FILTER_NONE,
	FILTER_BEGIN,
	FILTER_COUNT,
	FILTER_EXCLUDE,
	FILTER_INCLUDE,
	FILTER_SECTION, /* matching lines and what is indented below them */
	FILTER_REDIRECT,
	FILTER_APPEND,
	FILTER_JSON, /* not a filter of text: the caller prints the result as it came */
};

struct filter {
	enum filter_kind kind;
	regex_t regex;	/* compiled when kind needs one */
	char path[256]; /* of the file, when kind needs one */
};

/*
 * From the text behind the bar; NULL is no filter. 0, or -EINVAL with a sentence in error. A filter
 * that parsed is released with filter_fini().
 */
int must_check filter_parse(struct filter *f, const char *text, char *error, size_t error_size);
void filter_fini(struct filter *f);

/* Prints the lines of text that pass. The text is cut at its newlines and left whole. */
void filter_apply(const struct filter *f, char *text, FILE *out);

bool filter_is_file(const struct filter *f);
/* Writes the text to the file instead. 0, or -errno. */
int must_check filter_write(const struct filter *f, const char *text);

/* Completion and help behind the bar, as exec_choices(). */
size_t filter_choices(const char *text, struct config_choice *rows, size_t max);
