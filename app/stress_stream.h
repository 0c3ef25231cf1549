/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The named streams: what a sender, a network and an attacker make of sequence numbers, in sizes of
 * the receiver's window.
 */
#pragma once

#include "app/stress_impair.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_SAS = 64,   /* of streams with many */
	STRESS_BURST = 32, /* packets received together, at most */
};

struct stress_stream {
	const char *name;
	const char *text;
	struct stress_impairment what; /* distances and ages are replaced by those below */
	double distance;	       /* in windows */
	int32_t more_distance;	       /* and in packets */
	double age;		       /* in windows */
	int32_t more_age;
	double jump;	   /* percent of the numbers that are far from the one before */
	bool near_wrap;	   /* begins just below 2^32 */
	bool twice;	   /* the second half is the first again */
	bool zero;	   /* numbers begin with 0, and now and then there is one */
	bool rekey;	   /* the SA is replaced half way; for the whole path only */
	unsigned char sas; /* 0 stands for 1 */
};

/* NULL behind the last, or when there is none of this name. */
const struct stress_stream *stress_stream_at(unsigned i);
const struct stress_stream *stress_stream_find(const char *name);

struct stress_traffic;

struct stress_traffic_options {
	const struct stress_stream *stream;
	uint32_t windows[STRESS_SAS]; /* by SA */
	bool esn[STRESS_SAS];
	uint64_t packets; /* of each SA, before the network does anything to them */
	uint64_t seed;
};

/* NULL without memory. */
struct stress_traffic *stress_stream_open(const struct stress_traffic_options *o);
void stress_stream_close(struct stress_traffic *t);
/*
 * The packets that arrive next, at most STRESS_BURST, `flow` being the SA; 0 at the end. The first
 * packet of a new generation of an SA is the first of a burst.
 */
unsigned stress_stream_burst(struct stress_traffic *t, struct stress_packet *p);
