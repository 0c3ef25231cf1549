/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers of the engine: a binary heap of timers that live inside what they belong to. Room in the
 * heap is reserved when the owner is made, so arming never fails.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

struct ike_timer;
typedef void (*ike_timer_fn)(void *ctx, struct ike_timer *timer);

struct ike_timer {
	uint64_t due_ms;
	size_t slot; /* place in the heap plus 1; 0 = not armed */
	ike_timer_fn fire;
};

struct ike_timer_heap {
	struct ike_timer **rows; /* owned */
	size_t n;
	size_t reserved; /* promised to living timers */
	size_t size;
};

/* Makes room for n more timers. 0 or -ENOMEM. */
int must_check ike_timer_reserve(struct ike_timer_heap *heap, size_t n);
/* Gives the room of n timers back; they must not be armed any more. */
void ike_timer_release(struct ike_timer_heap *heap, size_t n);
void ike_timer_fini(struct ike_timer_heap *heap);

/* Arms or moves a timer whose room is reserved. */
void ike_timer_arm(struct ike_timer_heap *heap, struct ike_timer *timer, uint64_t due_ms);
void ike_timer_disarm(struct ike_timer_heap *heap, struct ike_timer *timer);

/* Disarms and returns a timer that is due, NULL when none is. */
struct ike_timer *ike_timer_pop(struct ike_timer_heap *heap, uint64_t now_ms);
/* When the next one is due, UINT64_MAX for never. */
uint64_t ike_timer_next(const struct ike_timer_heap *heap);
