/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks a pattern of the grammar in place: which keywords and values may come at a position. No
 * compiled form exists; a position is a pointer into the pattern's text.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CONFIG_NODES_MAX = 32
};

/* One thing that may come next. len 0: the line may end here. */
struct config_node {
	const char *text; /* keyword, or '<' of a value; into the pattern */
	size_t len;
};

/* Fills nodes (CONFIG_NODES_MAX fit) with what may come at a position; returns how many. */
size_t config_pattern_next(const char *at, bool no, struct config_node *nodes);

/* The keyword or value that begins at text, as config_pattern_next() gave it. */
struct config_node config_pattern_node(const char *text);
bool config_pattern_is_value(const struct config_node *node);
/* The '@' of a flat line: what comes next is in another row. */
bool config_pattern_is_flat(const struct config_node *node);
/* True when the keyword, or the name of the value, is this. */
bool config_pattern_named(const char *node_text, const char *name);
