/* SPDX-License-Identifier: BSD-3-Clause */
/* What may come as the next word of a line: Tab and `?`. */
#pragma once

#include "lib/config/config_follow.h"
#include "lib/config/config_grammar.h"
#include "lib/config/config_words.h"

#include <stddef.h>

/*
 * What may come as the word `partial` after the first n words. Fills at most max rows and returns
 * how many there are, each word once.
 */
size_t config_choices_in(const struct config_search *search, const struct config_words *words,
			 size_t n, const char *partial, const struct config *config,
			 struct config_choice *rows, size_t max);
