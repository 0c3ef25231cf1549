/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One worker with its own packets, source and sink, and all of them at work on one gateway at the
 * same time. A pass gives a worker BENCH_PACKETS packets; the first BENCH_WARM fill what works
 * across bursts, then the clock runs until the last was given, then what is still inside comes
 * out. A packet is lost when it has not come out after that and should have.
 *
 * Workers that hand packets to each other make each pass together; others never wait.
 */
#pragma once

#include "app/bench_device.h"
#include "app/bench_gateway.h"
#include "app/bench_packets.h"
#include "app/bench_raw.h"
#include "lib/base/compat.h"

#include <pthread.h>
#include <stdatomic.h>

struct bench_lane {
	struct bench_run *run;
	unsigned id;
	struct worker *worker;
	struct bench_packets *packets;
	struct bench_raw *raw;
	struct bench_queue *queue;
	/* of the last pass */
	double cycles; /* a packet */
	uint64_t ticks;
	uint64_t longest;  /* round that the kernel did not interrupt, when it was asked for */
	long preemptions;  /* of this thread */
	unsigned verified; /* packets so far */
	uint64_t fed;	   /* packets given to the path so far */
	uint64_t late;	   /* of them below the window, to be dropped */
	_Atomic(unsigned) out;
} cache_aligned;

struct bench_run {
	const struct bench_case *c;
	struct bench_gateway *gateway;
	struct bench_far far;
	uint16_t in; /* port */
	uint16_t ex;
	struct bench_queue queues[BENCH_WORKERS_MAX];
	struct bench_lane lanes[BENCH_WORKERS_MAX];
	_Atomic(unsigned) arrived;  /* in a pass made together, ever */
	pthread_barrier_t together; /* all lanes */
	_Atomic(int) error;
};

/* How to run a pass. */
struct bench_pass {
	unsigned lanes;		  /* at work: all, or the first alone */
	bool whole;		  /* time the first packets too */
	_Atomic(uint64_t) *clock; /* grows with the time spent at work; or NULL */
	bool longest;		  /* look for the longest round */
	bool may_lose;		  /* packets that are lost are counted, not an error */
	bool verify;		  /* open every packet with OpenSSL and compare */
};

/* Gateway, far end and lanes of a case, in memory of the caller. 0 or -errno, logged. */
int must_check bench_run_init(struct bench_run *r, const struct bench_case *c);
void bench_run_fini(struct bench_run *r);

/*
 * The first pass->lanes lanes call this, with the same pass. 0, or the error of any lane: -EIO when
 * packets are lost, or -EBADMSG when one is wrong; logged.
 */
int must_check bench_lane_path(struct bench_lane *l, const struct bench_pass *pass);
void bench_lane_empty(struct bench_lane *l);
void bench_lane_raw(struct bench_lane *l, unsigned api);
/* Sleeps until every lane of the run is here: 0 for all, or for all the error of any. */
int must_check bench_lane_agree(struct bench_lane *l);
/* Packets of the last pass that should have come out and did not. */
unsigned bench_lane_lost(const struct bench_lane *l, const struct bench_pass *pass);
