/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rate as the time from which the next packet may leave: one compare to ask, one multiplication
 * to charge, and the answer to "when may I sleep until" for nothing. Time is TSC cycles and always
 * an argument. A packet may start when the time has come, whatever its length: on average the rate
 * is exact, and never more than the burst and one packet ahead of it.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_RATE_SHIFT = 16,
	QOS_RATE_MIN = 1000,	     /* bits a second that may be configured */
	QOS_SHARE_ALL = 1 << 16,     /* a worker's share of a rate: all of it */
	QOS_FRAME = 1514,	     /* what is called one packet where a least burst is needed */
	QOS_BURST_MS = 4,	     /* default burst of what is shaped */
	QOS_BURST_PRIORITY_MS = 200, /* and of a priority class, as IOS has it */
	QOS_BURST_POLICE_MS = 250,   /* and of what is policed: cir / 32 bytes, as IOS has it */
};

#define QOS_RATE_MAX 10000000000000ull

struct qos_rate {
	uint64_t next_tsc;  /* from here on a packet may leave */
	uint64_t byte_cost; /* cycles << QOS_RATE_SHIFT; 0 = no limit */
	uint64_t slack_tsc; /* unused time that is not lost: the burst */
};

/* Bytes that bps makes in ms, at least two frames. */
static inline uint64_t qos_rate_bytes(uint64_t bps, uint32_t ms)
{
	uint64_t bytes = bps / 8 * ms / 1000;

	return bytes < 2 * QOS_FRAME ? 2 * QOS_FRAME : bytes;
}

/*
 * share / QOS_SHARE_ALL of bps with that part of burst_bytes, but at least two frames; bps 0 = no
 * limit. What was charged before stays charged.
 */
static inline void qos_rate_set(struct qos_rate *r, uint64_t bps, uint32_t share,
				uint64_t burst_bytes, uint64_t hz)
{
	uint64_t part = bps / QOS_SHARE_ALL * share + bps % QOS_SHARE_ALL * share / QOS_SHARE_ALL;
	uint64_t two;

	if (!bps) {
		*r = (struct qos_rate){0};
		return;
	}
	part = part < 8 ? 8 : part;
	r->byte_cost = (hz * 8 << QOS_RATE_SHIFT) / part;
	r->byte_cost += !r->byte_cost;
	two = 2 * QOS_FRAME * r->byte_cost >> QOS_RATE_SHIFT;
	/* the share is in both the bytes and their cost */
	r->slack_tsc = (uint64_t)((double)burst_bytes * 8 * (double)hz / (double)bps);
	r->slack_tsc = r->slack_tsc < two ? two : r->slack_tsc;
}

static inline bool qos_rate_ready(const struct qos_rate *r, uint64_t now_tsc)
{
	return r->next_tsc <= now_tsc;
}

static inline void qos_rate_charge(struct qos_rate *r, uint32_t bytes, uint64_t now_tsc)
{
	uint64_t oldest = now_tsc > r->slack_tsc ? now_tsc - r->slack_tsc : 0;

	if (!r->byte_cost)
		return;
	r->next_tsc = (r->next_tsc > oldest ? r->next_tsc : oldest) +
		      (bytes * r->byte_cost >> QOS_RATE_SHIFT);
}
