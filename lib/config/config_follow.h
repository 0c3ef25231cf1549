/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Follows all rows of a mode at once, word by word, as IOS does: an exact keyword before an
 * abbreviated one, that before a value; two different keywords with the same beginning are
 * ambiguous. The base of both parsing and completion.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"
#include "lib/config/config_words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CONFIG_THREADS_MAX = 192
};

/* Which rows to search: the table lists of the grammar, and the mode. */
struct config_search {
	const struct config_rows *const *tables;
	size_t n_tables;
	enum config_mode mode;
	bool no;
	size_t first;	   /* index of the first word: 1 behind `no` */
	bool whole;	   /* keywords must be typed in full */
	unsigned dialects; /* CONFIG_IN_*: rows of these and of no dialect; 0 = all rows */
};

/* A row that all words so far fit, and where in its pattern we are. */
struct config_thread {
	const struct config_row *row;
	const struct config_row *flat; /* the row of the object, of a flat line, or NULL */
	size_t split;		       /* its words, before those of the row */
	const char *at;
	const char *number_of; /* the interface node whose number is the next word, or NULL */
	const char *path[CONFIG_WORDS_MAX]; /* node of each word from search.first on */
};

struct config_threads {
	struct config_thread rows[CONFIG_THREADS_MAX];
	size_t n;
};

enum config_follow_result {
	CONFIG_FOLLOW_ON,	 /* all words fitted; more may come */
	CONFIG_FOLLOW_LINE,	 /* the last word was the rest of the line: `line` is the row */
	CONFIG_FOLLOW_INVALID,	 /* no row takes word `at`; `now` is who could not */
	CONFIG_FOLLOW_AMBIGUOUS, /* word `at` begins several keywords; `now` is who took it */
};

struct config_follow {
	struct config_threads store[2];
	struct config_threads *now;
	const struct config_thread *line;
	size_t at;
	const char *why; /* INVALID: reason of a value, or NULL */
};

/* Follows the words from search.first to before end. */
enum config_follow_result config_follow_words(struct config_follow *f,
					      const struct config_search *s,
					      const struct config_words *words, size_t end);

/* What may come next on a thread; as config_pattern_next(). */
size_t config_follow_next(const struct config_thread *t, bool no, struct config_node *nodes);
/* Whether a key is among the first `depth` words that a thread has taken. */
bool config_follow_has_secret(const struct config_threads *all, size_t depth);
