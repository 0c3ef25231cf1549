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
	BENCH_PACKETS = 384, /* buffers of one pass: they fit the L2 cache at every size */
	BENCH_WARM = 64,     /* the first of them fill what works across bursts: not timed */
	BENCH_BURST = 32,
	BENCH_BURST_MIN = 8,
	BENCH_BURST_MAX = 64,
	BENCH_REPETITIONS = 11, /* path, raw and empty device in turn */
	BENCH_REPETITIONS_MIN = 9,
	BENCH_REPETITIONS_MAX = 99,
	BENCH_SIZE_MIN = 64,
	BENCH_SIZE_MAX = 1420,
	BENCH_SAS_MAX = 262144,
	BENCH_POLICIES_MAX = 16384,
	BENCH_DISTANCE_MAX = 65536,
	BENCH_WORKERS_MAX = 16,
	BENCH_CHURN_MAX = 1000000,
	BENCH_CHURN_SLOTS = 256, /* SAs that come and go beside those that carry packets */
	BENCH_RAW_APIS = 5,
	BENCH_PRIORITY_DSCP = 46, /* EF: one packet in four with QoS */
	BENCH_PRIORITY_EVERY = 4,
};

/* One row. */
struct bench_case {
	struct alg_suite suite;
	bool inbound;
	unsigned size; /* bytes of the inner packet, 0 = IMIX */
	uint32_t sas;
	bool random;		  /* SAs visited at random, else in turn */
	uint32_t policies;	  /* crypto map lines; outbound never fewer than SAs */
	uint32_t window;	  /* 0 = no replay check */
	unsigned reorder_percent; /* inbound: of the packets that arrive late... */
	unsigned distance;	  /* ...by 1 to this many places; 0 with no reordering */
	bool esn;
	bool nat_t;
	bool qos; /* a service policy on the way out */
	unsigned workers;
	bool handoff; /* every packet arrives on a worker that does not own its SA */
	unsigned burst;
	uint32_t churn; /* SAs installed and removed a second, 0 = none */
	bool policy_change;
	unsigned repetitions;
};

/* Median, lowest and highest over the repetitions. */
struct bench_span {
	double mid;
	double min;
	double max;
};

/* The path with and without SAs that come and go. */
struct bench_churn_result {
	double asked;	  /* SAs a second */
	double sustained; /* installed and removed again, both acknowledged */
	uint64_t sas;
	struct bench_span without;
	struct bench_span with;
	double ratio;  /* of with to without: median of the repetitions' */
	uint64_t lost; /* packets */
};

/* The path while the policy is built anew. */
struct bench_change_result {
	uint32_t lines;
	unsigned changes;
	double change_ms;      /* from the first message to the last acknowledgement, mean */
	double gap_us;	       /* longest time between two polls while it is built and switched */
	double gap_without_us; /* the same for as long without a change */
	uint64_t packets;
	uint64_t lost;
};

struct bench_result {
	struct bench_span path;	 /* a core's cycles for a packet, without the source and the sink */
	struct bench_span raw;	 /* the fastest way to use the crypto library */
	struct bench_span empty; /* source and sink alone, already taken off path */
	const char *raw_api;
	unsigned n_raw; /* all the ways */
	const char *raw_names[BENCH_RAW_APIS];
	struct bench_span raws[BENCH_RAW_APIS];
	struct bench_span alone;   /* several workers only: each alone on the machine */
	double speedup;		   /* all of them to one alone: median of the repetitions' */
	double raw_speedup;	   /* the same of the raw cipher: what the machine gives */
	double inner_bytes;	   /* mean */
	unsigned verified_packets; /* opened with OpenSSL and compared */
	uint64_t packets;	   /* given to the path while the clock ran or filled up */
	uint64_t late;		   /* of them below the window: dropped, as they should be */
	struct bench_churn_result churn;
	struct bench_change_result change;
};
