/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The main thread's eye on the workers: one whose heartbeat is older than WATCH_STALL_MS is told of
 * in the log once, and once more when it runs again. Time is an argument.
 */
#pragma once

#include "lib/plane/plane_stats.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WATCH_STALL_MS = 1000
};

struct watch {
	uint64_t looked_ms; /* the last look, 0 = none yet */
	struct watch_worker {
		uint64_t heartbeat_ms; /* when it stalled */
		bool stalled;
	} workers[PLANE_WORKERS_MAX];
};

/*
 * One look, a few times a second. Counts stalls into stats. After a pause of the main thread itself
 * the first look only looks: then it was the machine that stood still, not a worker.
 */
void watch_run(struct watch *w, const struct plane_stats_worker *workers, unsigned n,
	       struct plane_stats_main *stats, uint64_t now_ms);
