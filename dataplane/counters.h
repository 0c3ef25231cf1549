/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of a packet: counted once and freed. Every discarded packet goes through counters_drop()
 * with one reason of drop_reasons.def. Counters are plain words of the statistics segment with this
 * worker as their single writer.
 */
#pragma once

#include "dataplane/worker_state.h"
#include "lib/base/drop.h"

/* Frees m and counts the reason, on the port too if it was received. */
void counters_drop(struct worker *w, struct rte_mbuf *m, enum drop_reason reason);

/* Appends m to a lane; a lane that is full drops it (NO_BUFFER). */
static inline void counters_lane_push(struct worker *w, struct lane *lane, struct rte_mbuf *m)
{
	if (unlikely(lane->n == LANE_MAX)) {
		counters_drop(w, m, DROP_NO_BUFFER);
		return;
	}
	lane->m[lane->n++] = m;
}
