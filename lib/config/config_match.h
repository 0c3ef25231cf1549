/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the row of the grammar that a line is: words, abbreviations, `no`, and what could have come
 * where it went wrong. All rows of a mode are followed at once, word by word, as IOS does: an exact
 * keyword before an abbreviated one, that before a value; two different keywords with the same
 * beginning are ambiguous. Does not change a configuration.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>

/* A line cut into words. The buffer is owned: config_match_words_fini() frees (and wipes) it. */
struct config_words {
	char *buffer;
	size_t buffer_bytes;
	const char *line;  /* the line as typed */
	size_t line_bytes; /* without trailing blanks */
	struct {
		char *text;
		int column;
	} words[CONFIG_WORDS_MAX];
	size_t n;
	bool blank_end; /* a blank follows the last word */
};

enum config_match_result {
	CONFIG_MATCH_OK,
	CONFIG_MATCH_INVALID,	 /* no row takes word `at` */
	CONFIG_MATCH_AMBIGUOUS,	 /* word `at` begins several keywords */
	CONFIG_MATCH_INCOMPLETE, /* a row wants more */
};

/* Which rows to search: the table lists of the grammar, and the mode. */
struct config_search {
	const struct config_rows *const *tables;
	size_t n_tables;
	enum config_mode mode;
	bool no;
	size_t first; /* index of the first word: 1 behind `no` */
	bool whole;   /* keywords must be typed in full */
};

struct config_match {
	enum config_match_result result;
	const struct config_row *row;	    /* OK */
	const char *path[CONFIG_WORDS_MAX]; /* node of each word from search.first on */
	size_t at;			    /* words that fitted */
	const char *why;		    /* INVALID: reason of a value, or NULL */
	bool secret;			    /* INVALID: the word may be part of a key */
	char expected[192];		    /* otherwise: what would be right, ", " between */
};

/* 0, -ENOMEM, or -E2BIG for more than CONFIG_WORDS_MAX words (then n is 0). */
int must_check config_match_words(struct config_words *words, const char *line);
void config_match_words_fini(struct config_words *words);

void config_match_line(struct config_match *match, const struct config_search *search,
		       const struct config_words *words);

/* Fills the arguments of an accepted line. The values were parsed before: this cannot fail. */
size_t config_match_args(const struct config_match *match, const struct config_search *search,
			 const struct config_words *words, struct config_arg *args);

/*
 * What may come as the word `partial` after the first n words. Adds to rows (max fit, n_rows are
 * there) and returns how many there are now; words that are there already are not repeated.
 */
size_t config_match_choices(const struct config_search *search, const struct config_words *words,
			    size_t n, const char *partial, const struct config *config,
			    struct config_choice *rows, size_t n_rows, size_t max);
