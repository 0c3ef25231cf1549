/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of culvert-bench share: one case to measure and what came of it. A cycle is one
 * tick of the time stamp counter.
 */
#pragma once

#include "lib/crypto/alg.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	BENCH_PACKETS = 384, /* buffers of one timed pass: they fit the L2 cache at every size */
	BENCH_BURST = 32,
	BENCH_REPETITIONS = 11, /* path, raw and empty device in turn */
	BENCH_SIZE_MIN = 64,
	BENCH_SIZE_MAX = 1420,
	BENCH_SAS_MAX = 262144,
	BENCH_POLICIES_MAX = 16384,
};

/* One row. */
struct bench_case {
	struct alg_suite suite;
	bool inbound;
	unsigned size; /* bytes of the inner packet, 0 = IMIX */
	uint32_t sas;
	bool random; /* SAs visited at random, else in turn */
	uint32_t policies;
	uint32_t window; /* 0 = no replay check */
};

/* Median, lowest and highest over the repetitions. */
struct bench_span {
	double mid;
	double min;
	double max;
};

struct bench_result {
	struct bench_span path;	 /* without the source and the sink */
	struct bench_span raw;	 /* the fastest way to use the crypto library */
	struct bench_span empty; /* source and sink alone, already taken off path */
	const char *raw_api;
	double inner_bytes;	   /* mean */
	unsigned verified_packets; /* opened with OpenSSL and compared */
};
