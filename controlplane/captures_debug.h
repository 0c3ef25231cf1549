/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `debug packet`: a line for each packet as it is captured, in both views, to whoever listens.
 * Bounded in a second; what is left out is counted and said.
 */
#pragma once

#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

struct control;

enum {
	CAPTURES_DEBUG_LINES = 50,     /* a second */
	CAPTURES_DEBUG_PACKETS = 2000, /* a second that are looked at: conditions take time */
};

/* Somebody listens, or nobody does any more. */
void captures_debug_set(struct control *c, bool on);
void captures_debug_say(struct control *c, const struct plane_captured *head,
			const uint8_t *packet);
