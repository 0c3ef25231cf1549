/* SPDX-License-Identifier: BSD-3-Clause */
/* Asterisks over the secrets of a line as it was typed. */
#pragma once

#include "lib/config/config_match.h"
#include "lib/config/config_words.h"

#include <stddef.h>

/* Everything from the n-th word on. */
void config_mask_from(char *text, const struct config_words *words, size_t n);
/*
 * The values that are keys, and the rest of lines without effect, where keys of others may be. The
 * match begins at word `first`.
 */
void config_mask_values(char *text, const struct config_words *words, const struct config_match *m,
			size_t first);
