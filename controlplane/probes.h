/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probes under way: single packets of ping and traceroute that API clients asked for. Bounded in
 * number and rate; one that nobody asks about again is forgotten. What to send next, and when to
 * stop, is the client's.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;

enum {
	PROBES_MAX = 64,
	PROBES_OF_CLIENT = 4,
	PROBES_PER_S = 500,
	PROBES_BURST = 50,
	PROBES_KEPT_MS = 10000, /* a result nobody fetched */
};

struct probe {
	uint32_t number; /* 0 = unused */
	uint64_t client;
	uint64_t due_ms; /* timeout; of a result: forgotten then */
	bool done;
	int error; /* of the data plane, a negative errno */
	bool answered;
	struct plane_answer answer;
	json_t *waiting; /* id of the call that waits, NULL = none */
	uint64_t wait_ms;
};

struct probes {
	struct probe all[PROBES_MAX];
	uint32_t number; /* the last one given */
	uint64_t tokens; /* thousandths */
	uint64_t refilled_ms;
};

void probes_fini(struct probes *p);
/*
 * Sends a packet for a client; its number is filled in. 0, -EBUSY when it should be asked again
 * later, or -ENOMEM.
 */
int must_check probes_send(struct control *c, uint64_t client, struct plane_probe *probe,
			   uint32_t timeout_ms);
/* That probe of that client, NULL without one. */
struct probe *probes_find(struct control *c, uint64_t client, uint32_t number);
/* Ends it when it is done: the result, else NULL. */
json_t *probes_result(struct probe *probe);
/* An answer of the data plane. */
void probes_answered(struct control *c, const struct plane_answer *answer);
/* Timeouts, and calls that waited long enough. Returns when it wants to run again. */
uint64_t probes_turn(struct control *c, uint64_t now);
