/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `?` says about a word of the grammar: one row a word, or a pair of words where the same word
 * means different things. A test walks every pattern and finds the words that have none.
 */
#pragma once

#include "lib/config/config_pattern.h"

/*
 * before is the node of the previous word, "" for the first. Never NULL; "" when there is no row.
 */
const char *config_help_keyword(const char *before, const struct config_node *node);
/* For a value: the row of "before <name", or what the type says. */
const char *config_help_value(const char *before, const struct config_node *node);
