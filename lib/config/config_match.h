/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The row of the grammar that a line is, with its arguments; or what could have come where it went
 * wrong. Does not change a configuration.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_follow.h"
#include "lib/config/config_row.h"
#include "lib/config/config_words.h"

#include <stdbool.h>
#include <stddef.h>

enum config_match_result {
	CONFIG_MATCH_OK,
	CONFIG_MATCH_INVALID,	 /* no row takes word `at` */
	CONFIG_MATCH_AMBIGUOUS,	 /* word `at` begins several keywords */
	CONFIG_MATCH_INCOMPLETE, /* a row wants more */
};

struct config_match {
	enum config_match_result result;
	const struct config_row *row;	    /* OK */
	const struct config_row *flat;	    /* OK: the row of its object before it, or NULL */
	size_t split;			    /* OK: words of that row */
	const char *path[CONFIG_WORDS_MAX]; /* node of each word from search.first on */
	size_t at;			    /* words that fitted */
	const char *why;		    /* INVALID: reason of a value, or NULL */
	bool whole;			    /* its first word was typed whole */
	bool secret;			    /* INVALID: the word may be part of a key */
	char expected[192];		    /* otherwise: what would be right, ", " between */
};

void config_match_line(struct config_match *match, const struct config_search *search,
		       const struct config_words *words);

/* Fills the arguments of an accepted line. The values were parsed before: this cannot fail. */
size_t config_match_args(const struct config_match *match, const struct config_search *search,
			 const struct config_words *words, struct config_arg *args);
/* How many words a match knows, without a rest of the line that is any text. */
size_t config_match_known(const struct config_match *m, const struct config_search *s);
