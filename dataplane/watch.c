/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/watch.h"

#include "lib/base/log.h"

#include <inttypes.h>

static void look(struct watch_worker *w, unsigned id, uint64_t heartbeat_ms,
		 struct plane_stats_main *stats, uint64_t now_ms)
{
	bool late = heartbeat_ms && now_ms > heartbeat_ms + WATCH_STALL_MS;

	if (late && !w->stalled) {
		log_warning("worker %u has not run for %" PRIu64 " ms: its packets wait; is its "
			    "core busy with something else?",
			    id, now_ms - heartbeat_ms);
		w->heartbeat_ms = heartbeat_ms;
		stats->worker_stalls[id]++;
	} else if (!late && w->stalled) {
		log_notice("worker %u runs again, after %" PRIu64 " ms", id,
			   heartbeat_ms - w->heartbeat_ms);
	}
	w->stalled = late;
}

void watch_run(struct watch *w, const struct plane_stats_worker *workers, unsigned n,
	       struct plane_stats_main *stats, uint64_t now_ms)
{
	bool paused = w->looked_ms && now_ms > w->looked_ms + WATCH_STALL_MS;

	w->looked_ms = now_ms;
	for (unsigned id = 0; id < n && !paused; id++)
		look(&w->workers[id], id,
		     __atomic_load_n(&workers[id].heartbeat_ms, __ATOMIC_RELAXED), stats, now_ms);
}
