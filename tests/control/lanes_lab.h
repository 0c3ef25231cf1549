/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two control planes of bench.h, the first of which wants parallel SAs: what the tests of lanes ask
 * of them and do to them. The tunnel is the one for ICMP.
 */
#pragma once

#include "tests/control/bench.h"

enum {
	LANES_LAB_TUNNEL = 1,
	LANES_LAB_N = 3,
};

#define LANES_LAB_ENTRY	   "crypto map M 10 ipsec-isakmp\n"
#define LANES_LAB_PARALLEL LANES_LAB_ENTRY " set security-association per-worker 3\n"
#define LANES_LAB_REFUSED  "PARALLEL_SA_REFUSED"

extern struct bench lanes_lab;

/* Only a wants them, or both. */
int lanes_lab_setup(void **state);
int lanes_lab_setup_both(void **state);
int lanes_lab_teardown(void **state);
const struct tunnel *lanes_lab_tunnel(const struct bench_end *end);
/* The pair that carries the traffic of a lane, or NULL. */
struct sa_pair *lanes_lab_pair(const struct bench_end *end, unsigned lane);
/* The other end's half of a pair of ours. */
const struct sa_pair *lanes_lab_peer(const struct bench_end *end, const struct sa_pair *pair);
/* Pairs of the tunnel that receive what the peer sends. */
size_t lanes_lab_receiving(const struct bench_end *end);
/* How often either end has said that its peer wants one pair. */
size_t lanes_lab_refusals(const struct bench *bench);
/* The first n lanes have a pair, each at its worker, and no other has. */
void lanes_lab_assert(const struct bench_end *end, size_t n);
/* A packet at a, which then has all lanes. */
void lanes_lab_bring_up(struct bench *bench);
/* Every lane of a carries something every second. */
void lanes_lab_traffic(struct bench *bench, unsigned seconds);
/* The worker says that a pair is used up so far that it wants a successor. */
void lanes_lab_wear_out(struct bench_end *end, const struct sa_pair *pair);
/* `clear crypto sa` at one end. */
void lanes_lab_clear(struct bench *bench, struct bench_end *end);
/* One pair is cleared at `end`, by its half at the other one. */
void lanes_lab_clear_one(struct bench *bench, struct bench_end *end, const struct sa_pair *pair);

#define LANES_CASE(name) cmocka_unit_test_setup_teardown(name, lanes_lab_setup, lanes_lab_teardown)
#define LANES_CASE_BOTH(name) \
	cmocka_unit_test_setup_teardown(name, lanes_lab_setup_both, lanes_lab_teardown)
