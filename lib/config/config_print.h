/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text of the configuration in a buffer that grows. A line is begin, words, end; sub-mode lines are
 * indented by one blank, those of a mode inside a sub-mode by two, and a block ends with "!", as
 * IOS prints them.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>

struct config_print {
	char *text; /* owned */
	size_t len;
	size_t size;
	bool no_memory;
	bool line_started; /* something stands on the line after its indentation */
	unsigned flags;	   /* enum config_print_flags */
	enum dialect dialect;
	const struct config *defaults; /* of the dialect */
	bool all;		       /* also what an object has by default */
	/* of an object printed flat: what begins each line, with a blank, else NULL */
	const char *flat;
};

void config_print_begin(struct config_print *p, enum config_mode mode);
/* One word, with a blank before it unless it is the first. */
void config_print_word(struct config_print *p, const char *text, size_t len);
/* Formatted text, as it is. */
void config_print_text(struct config_print *p, const char *fmt, ...) printf_like(2, 3);
/* A key in clear, or its mask; preceded by 0 when it reads like the type of a key. */
void config_print_secret(struct config_print *p, const char *key);
void config_print_end(struct config_print *p);
/* begin, text, end of a whole line. */
void config_print_line(struct config_print *p, enum config_mode mode, const char *fmt, ...)
	printf_like(3, 4);

/* Whether the row is printed in this dialect. */
bool config_print_wants(const struct config_print *p, const struct config_row *row);
/* Every row of a table that belongs to a mode, for one object. */
void config_print_rows(struct config_print *p, const struct config_rows *table,
		       enum config_mode mode, const struct config *c, const void *object);
/* All of a configuration: config_grammar_print(). */
char *config_print_all(const struct config *config, enum dialect dialect, unsigned flags);
/* "ikev1 " where an ASA of this configuration has that word, else "". */
const char *config_print_ikev1(const struct config_print *p, const struct config *c);
/* "!" on a line of its own. */
void config_print_separator(struct config_print *p);
