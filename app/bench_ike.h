/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-bench ike: what negotiations cost, beside the Diffie-Hellman operations alone that the
 * responder cannot do without: one key pair and one shared value a tunnel.
 */
#pragma once

#include "app/bench_ike_net.h"
#include "app/bench_span.h"
#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	BENCH_IKE_REPETITIONS = 99,
};

struct bench_ike_case {
	uint16_t group;
	uint8_t hash;	/* enum alg_hash */
	unsigned count; /* negotiations of one repetition */
	unsigned peers; /* that call at once, 0 = nobody */
	unsigned repetitions;
};

/* Microseconds of CPU a negotiation; medians of the repetitions. */
struct bench_ike_result {
	struct bench_span both;
	struct bench_span responder;
	struct bench_span bare;	  /* key pair and shared value by the same OpenSSL calls */
	struct bench_span keygen; /* of it */
	struct bench_span derive;
	double ratio; /* of responder to bare, in the same repetition: the median */
	struct bench_ike_tally storm;
};

/* The arguments behind "ike". The exit status. */
int bench_ike_main(int argc, char **argv);

/* 0, -ENOMEM, -EIO from OpenSSL, or -EPROTO when a tunnel did not come up with equal keys. */
int must_check bench_ike_measure(const struct bench_ike_case *c, struct bench_ike_result *r);

/* OpenSSL without us. */
struct bench_ike_dh;
/* NULL for a group that OpenSSL has no name for. */
struct bench_ike_dh *bench_ike_dh_create(uint16_t group);
void bench_ike_dh_destroy(struct bench_ike_dh *dh);
/* CPU of one key pair, and of one shared value. 0 or -EIO. */
int must_check bench_ike_dh_once(struct bench_ike_dh *dh, uint64_t *keygen_ns, uint64_t *derive_ns);
