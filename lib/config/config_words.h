/* SPDX-License-Identifier: BSD-3-Clause */
/* A line of configuration cut into words. */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/fault.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>

/* The buffer is owned: config_words_fini() wipes and frees it, since a word may be a key. */
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

/* Whether the line has only characters that a line may have; else a fault says which it has not. */
bool config_words_printable(const char *line, struct fault_list *faults);
/* 0, -ENOMEM, or -E2BIG for more than CONFIG_WORDS_MAX words (then n is 0). */
int must_check config_words_split(struct config_words *words, const char *line);
/* Whether the line begins with `no`. */
bool config_words_are_no(const struct config_words *words);
void config_words_fini(struct config_words *words);
