/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of help beside those of config_help.c: what an ASA and a PIX say of tunnels and clients. */
#pragma once

#include <stddef.h>

struct config_help_word {
	const char *words; /* "word", "before word", "<name" or "before <name" */
	const char *text;
};

/* Words that config_help.c has not, and pairs of words. */
extern const struct config_help_word config_help_words[];
extern const size_t config_help_words_n;
