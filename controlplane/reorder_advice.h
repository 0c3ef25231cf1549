/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What to say and to type about packets that the replay window refused. Late ones come too late
 * because the path reorders: a larger window takes them. Seen ones are duplicates or replays: no
 * window takes them. Pure.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	REORDER_ADVICE_TEXT = 288
};

struct reorder_facts {
	uint32_t window;     /* of the SA */
	uint32_t configured; /* of its successor */
	uint64_t late;	     /* authentic packets dropped below the window */
	uint64_t seen;	     /* packets dropped inside it */
	uint32_t distance;   /* farthest below the highest number that an authentic packet was */
	uint32_t seconds;    /* in which */
	const char *map;     /* map entry with a window of its own; NULL: the global line counts */
	uint32_t sequence;
};

/* The smallest window that accepts a packet so far below the highest; 0 when none does. */
uint32_t reorder_advice_window(uint32_t distance);
/* A sentence, or "" when there is nothing to say. */
const char *reorder_advice_late(const struct reorder_facts *f, char *buf, size_t size);
const char *reorder_advice_seen(const struct reorder_facts *f, char *buf, size_t size);
