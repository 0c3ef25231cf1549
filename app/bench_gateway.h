/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gateway that is measured: one real data plane with its workers, routes, policy and SAs as the
 * control plane would install them.
 *
 *   192.168.0.0/16 -- inside, port 0 [ ] outside 10.9.0.1, port 1 -- peer 10.9.0.2 -- 11.0.0.0/8
 *
 * Tunnel i carries what goes between 192.168.0.0/16 and the i-th /26 of 11.0.0.0/8. With n workers
 * it belongs to worker i % n, and there it has number i / n.
 */
#pragma once

#include "app/bench.h"
#include "dataplane/dataplane.h"
#include "lib/plane/plane_msg.h"

enum {
	BENCH_INSIDE,
	BENCH_OUTSIDE,
	BENCH_PORTS
};

#define BENCH_HOST  0xc0a8000au /* 192.168.0.10, our side's end of every flow */
#define BENCH_LOCAL 0x0a090001u
#define BENCH_PEER  0x0a090002u

struct main_loop;

struct bench_gateway {
	struct dataplane dp;
	struct plane plane;
	struct main_loop *main_loop; /* only with QoS and policy changes */
	uint32_t first_policy;	     /* policies before belong to no tunnel of this run */
};

/* NULL, logged. Polls the devices: attach them first. */
struct bench_gateway *bench_gateway_create(const struct bench_case *c);
void bench_gateway_destroy(struct bench_gateway *g);

/* The SA of tunnel i, with keys that differ for each i. */
struct plane_sa bench_gateway_sa(const struct bench_gateway *g, const struct bench_case *c,
				 uint32_t i);
uint32_t bench_gateway_spi(const struct bench_case *c, uint32_t i);
/* Line i of the policy. */
struct plane_rule bench_gateway_rule(const struct bench_gateway *g, const struct bench_case *c,
				     uint32_t i);
/* A command to the main thread of the data plane, which is whoever calls this: 0 or its error. */
int must_check bench_gateway_command(struct bench_gateway *g, const struct plane_msg *msg);
/* The far host of tunnel i, host order. */
uint32_t bench_gateway_far(const struct bench_gateway *g, uint32_t i);
/* Ethernet address of a port of ours, and of the neighbour there. */
void bench_gateway_ethernet(uint8_t *header, unsigned port, bool to_us);
