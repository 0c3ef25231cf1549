/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of a command line and of a row's path: where each begins, so that an error can point at
 * it. A value such as <0 - 32766> in a path is one word although it has blanks. Knows no command.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	WORDS_MAX = 64
};

struct word {
	const char *at; /* inside the line that was split */
	size_t len;
};

/* Splits at blanks into at most max rows; returns how many words the line has, perhaps more. */
size_t words_split(const char *line, struct word *rows, size_t max);

/* True when keyword begins with the word, letters of either case. */
bool words_abbreviate(const struct word *w, const char *keyword, size_t keyword_len);

/* Whether it is this word, as written. */
bool words_are(const struct word *w, const char *text);
/* A malloc'ed copy; NULL without memory. */
char *words_dup(const struct word *w);
