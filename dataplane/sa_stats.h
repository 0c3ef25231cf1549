/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the counters of an SA to its block in the statistics segment. The packet path counts in the
 * SA alone; which SAs have something to say stands in a queue that is emptied in turns, or at once
 * when the worker is idle and few wait. So a block is little more than SA_STATS_MS late, and a
 * packet of one among many SAs does not touch a line more.
 */
#pragma once

#include "dataplane/sa_table.h"

enum {
	SA_STATS_MS = 50,   /* between two turns */
	SA_STATS_BUSY = 32, /* SAs in a round with packets: more than can join in one */
	SA_STATS_IDLE = 256,
};

/* The SA's counters, window or clock changed. */
static inline void sa_stats_touch(struct sa_queue *q, uint32_t slot, bool *queued)
{
	if (likely(*queued))
		return;
	*queued = true;
	q->slots[q->head++ & q->mask] = slot;
}

static inline void sa_stats_touch_in(struct sa_table *t, struct sa_in *sa)
{
	sa_stats_touch(&t->touched_in, plane_spi_slot(sa->spi), &sa->queued);
}

static inline void sa_stats_touch_out(struct sa_table *t, struct sa_out *sa)
{
	sa_stats_touch(&t->touched_out, sa->pair, &sa->queued);
}

/* All that is queued now is due. */
static inline void sa_stats_turn(struct sa_table *t)
{
	t->touched_in.due = t->touched_in.head;
	t->touched_out.due = t->touched_out.head;
}

/* So few SAs wait that an idle worker need not wait for its turn. */
static inline bool sa_stats_few(const struct sa_table *t)
{
	return t->touched_in.head - t->touched_in.tail <= SA_STATS_BUSY &&
	       t->touched_out.head - t->touched_out.tail <= SA_STATS_BUSY;
}

static inline bool sa_stats_due(const struct sa_table *t)
{
	return t->touched_in.tail != t->touched_in.due || t->touched_out.tail != t->touched_out.due;
}

/* Publishes at most so many of the SAs that are due in each direction. */
void sa_stats_publish(struct sa_table *t, unsigned most);
