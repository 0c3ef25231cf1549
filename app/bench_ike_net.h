/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A responder and its callers, all of them whole IKE engines, on a network in memory. What the
 * responder computes is counted in CPU time of its own, jobs included, and is the only thing that
 * takes time: the callers are other machines, so their clock is the responder's one core.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_ike_net;

struct bench_ike_setup {
	uint16_t group;
	uint8_t hash; /* enum alg_hash, of phase 1 and of the SA pairs */
	size_t n_callers;
};

/* Since bench_ike_net_create(). */
struct bench_ike_tally {
	uint64_t responder_ns; /* CPU */
	uint64_t job_ns;       /* of it in jobs, which culvert-iked runs on other threads */
	uint64_t caller_ns;
	uint64_t longest_call_ns; /* responder: one call into the engine, jobs not included */
	uint64_t elapsed_ms;	  /* of the clock */
	size_t n_up;		  /* tunnels whose keys are equal at both ends */
	size_t n_datagrams;	  /* to the responder */
	size_t n_jobs;		  /* of the responder */
	size_t most_jobs;	  /* that waited at once */
	size_t n_lost;		  /* datagrams that found the responder's queue full */
};

/* NULL without memory. */
struct bench_ike_net *bench_ike_net_create(const struct bench_ike_setup *setup);
void bench_ike_net_destroy(struct bench_ike_net *net);

/* A caller wants its tunnel. 0 or -errno. */
int must_check bench_ike_net_call(struct bench_ike_net *net, size_t caller);
/* Carries and computes until nothing is left to do without moving the clock. */
void bench_ike_net_settle(struct bench_ike_net *net);
/* The same, moving the clock from one timer to the next, until all are up or limit_ms is over. */
void bench_ike_net_run(struct bench_ike_net *net, uint64_t limit_ms);
struct bench_ike_tally bench_ike_net_tally(const struct bench_ike_net *net);
