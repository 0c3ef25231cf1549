/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source and sink in the place of two network devices: the functions DPDK calls for a burst hand
 * out mbufs that were made ready before, and take note of those that are sent. No buffer is
 * allocated or freed while the clock runs.
 */
#pragma once

#include "app/bench.h"

#include <rte_mbuf.h>

struct bench_device {
	struct rte_mbuf **feed; /* BENCH_PACKETS, not owned */
	unsigned given;
	unsigned taken;
	struct rte_mbuf *sunk[BENCH_PACKETS];
};

/*
 * d becomes the source of DPDK port `in` and the sink of port `out`, until the next call. It gives
 * nothing before bench_device_rewind().
 */
void bench_device_attach(struct bench_device *d, uint16_t in, uint16_t out);
/* The feed starts again and the sink is empty. */
void bench_device_rewind(struct bench_device *d);
