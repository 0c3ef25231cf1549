/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The middle box: frames go from each of two devices to the other, and ESP on its way is impaired.
 * Everything else passes untouched. It learns nothing and has no address.
 */
#pragma once

#include "app/stress_flow.h"
#include "app/stress_impair.h"
#include "app/stress_receiver.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_LEFT_TO_RIGHT,
	STRESS_RIGHT_TO_LEFT,
	STRESS_DIRECTIONS,
};

struct stress_wire_options {
	const char *devices[STRESS_DIRECTIONS]; /* left, right */
	bool impaired[STRESS_DIRECTIONS];
	struct stress_impairment what;
	uint64_t seed;
	uint64_t starved_dscp; /* bit n: DSCP n of the outer header */
	bool ike;	       /* impaired too */
	bool esn;
	uint64_t rate_bps; /* 0: no bottleneck */
	uint32_t queue;	   /* packets a class of it holds */
	uint32_t hold_ms;  /* how long packets are held back when no others come */
	uint32_t window;   /* that `late` is shown for */
	uint32_t duration_s;
	uint64_t packets;
	const char *receiver; /* or NULL */
	bool json;
	const char *html; /* file, or NULL */
};

/* What passed up to one second. */
struct stress_wire_sample {
	uint64_t received;
	uint64_t sent;
	uint64_t refused[STRESS_WINDOWS]; /* predicted: late or seen */
};

struct stress_wire_result {
	const struct stress_wire_options *o;
	double seconds;
	uint64_t others[STRESS_DIRECTIONS]; /* frames that were not ours to impair */
	uint64_t esp[STRESS_DIRECTIONS];
	uint64_t missed;      /* frames that came too fast for us */
	uint64_t send_failed; /* frames a device did not take */
	uint64_t too_long;
	struct stress_flows flows;
	uint32_t n_samples;
	struct stress_wire_sample *samples;
	bool received; /* receiver is filled */
	struct stress_receiver receiver;
};

/* Until a signal, or duration or packets are reached. 0, or -1 with the sentence printed. */
int must_check stress_wire_run(const struct stress_wire_options *o, struct stress_wire_result *r);
void stress_wire_fini(struct stress_wire_result *r);
