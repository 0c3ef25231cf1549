/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source and sink in the place of two network devices with a queue for each worker: the functions
 * DPDK calls for a burst hand out mbufs that were made ready before, and take note of those that
 * are sent. No buffer is allocated or freed while the clock runs.
 */
#pragma once

#include "app/bench.h"
#include "lib/base/compat.h"

#include <rte_mbuf.h>

/* One queue of both devices; of the worker of that number alone. */
struct bench_queue {
	struct rte_mbuf **feed; /* BENCH_PACKETS, not owned */
	unsigned burst;		/* offered a poll */
	unsigned given;
	unsigned taken;
	struct rte_mbuf *sunk[BENCH_PACKETS];
} cache_aligned;

/*
 * The queues become the source of DPDK port `in` and the sink of port `out`, until the next call.
 * They give nothing before bench_device_rewind().
 */
void bench_device_attach(struct bench_queue *queues, unsigned n, uint16_t in, uint16_t out);
/* The feed starts again and the sink is empty. */
void bench_device_rewind(struct bench_queue *q);
