/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_timer.h"

#include <errno.h>
#include <stdlib.h>

static void put(struct ike_timer_heap *heap, size_t at, struct ike_timer *timer)
{
	heap->rows[at] = timer;
	timer->slot = at + 1;
}

static void sift_up(struct ike_timer_heap *heap, size_t at)
{
	struct ike_timer *timer = heap->rows[at];

	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (heap->rows[parent]->due_ms <= timer->due_ms)
			break;
		put(heap, at, heap->rows[parent]);
		at = parent;
	}
	put(heap, at, timer);
}

static void sift_down(struct ike_timer_heap *heap, size_t at)
{
	struct ike_timer *timer = heap->rows[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->n)
			break;
		if (child + 1 < heap->n &&
		    heap->rows[child + 1]->due_ms < heap->rows[child]->due_ms)
			child++;
		if (timer->due_ms <= heap->rows[child]->due_ms)
			break;
		put(heap, at, heap->rows[child]);
		at = child;
	}
	put(heap, at, timer);
}

int ike_timer_reserve(struct ike_timer_heap *heap, size_t n)
{
	size_t size = heap->size ? heap->size : 64;
	struct ike_timer **rows;

	while (size < heap->reserved + n)
		size *= 2;
	if (size != heap->size) {
		rows = realloc(heap->rows, size * sizeof(struct ike_timer *));
		if (!rows)
			return -ENOMEM;
		heap->rows = rows;
		heap->size = size;
	}
	heap->reserved += n;
	return 0;
}

void ike_timer_release(struct ike_timer_heap *heap, size_t n)
{
	heap->reserved -= n;
}

void ike_timer_fini(struct ike_timer_heap *heap)
{
	free(heap->rows);
	*heap = (struct ike_timer_heap){0};
}

void ike_timer_arm(struct ike_timer_heap *heap, struct ike_timer *timer, uint64_t due_ms)
{
	ike_timer_disarm(heap, timer);
	timer->due_ms = due_ms;
	put(heap, heap->n++, timer);
	sift_up(heap, timer->slot - 1);
}

void ike_timer_disarm(struct ike_timer_heap *heap, struct ike_timer *timer)
{
	size_t at = timer->slot - 1;
	struct ike_timer *last;

	if (timer->slot == 0)
		return;
	timer->slot = 0;
	last = heap->rows[--heap->n];
	if (last == timer)
		return;
	put(heap, at, last);
	sift_up(heap, at);
	sift_down(heap, last->slot - 1);
}

struct ike_timer *ike_timer_pop(struct ike_timer_heap *heap, uint64_t now_ms)
{
	struct ike_timer *timer;

	if (heap->n == 0 || heap->rows[0]->due_ms > now_ms)
		return NULL;
	timer = heap->rows[0];
	ike_timer_disarm(heap, timer);
	return timer;
}

uint64_t ike_timer_next(const struct ike_timer_heap *heap)
{
	return heap->n ? heap->rows[0]->due_ms : UINT64_MAX;
}
