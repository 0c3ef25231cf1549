/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies on culvertd's main thread: PLANE_QOS_* messages become a plan, plans that no
 * worker holds are freed, and the rates of interfaces that several workers send by are handed out.
 *
 * Sharing: every few milliseconds each worker's part of a rate becomes its part of the bytes that
 * came for it since (or that still wait), averaged over some rounds, but never less than a
 * sixteenth of an even part, so that a flow that begins is not stopped. The parts add up to the
 * whole: together the workers send at most the rate, and less than it only while demand moves.
 */
#pragma once

#include "dataplane/qos_build.h"
#include "dataplane/qos_plan.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

struct dataplane;

enum {
	QOS_MAIN_RETIRED =
		16, /* plans that wait for a worker; more changes are refused meanwhile */
	QOS_MAIN_SHARE_MS = 5,
};

struct qos_main {
	struct qos_build build;
	struct qos_plan *retired[QOS_MAIN_RETIRED];
	unsigned n_retired;
	uint64_t shares_ms; /* when shares are due */
};

int must_check qos_main_begin(struct qos_main *q, uint32_t count);
/* port: of the interface the message names, or negative. */
int must_check qos_main_add_class(struct qos_main *q, const struct dataplane *dp,
				  const struct plane_qos *qos, int port);
int must_check qos_main_add_match(struct qos_main *q, const struct plane_qos_match *match);
/* Publishes. 0, -EPROTO (incomplete), -EEXIST, -EAGAIN (workers stalled) or -ENOMEM. */
int must_check qos_main_commit(struct qos_main *q, struct dataplane *dp);
/* Frees plans that no worker holds; with workers_ended all of them and what was begun. */
void qos_main_reclaim(struct qos_main *q, const struct dataplane *dp, bool workers_ended);
/* Hands out shares when they are due. Milliseconds until it wants to run again, at most most_ms. */
uint32_t qos_main_run(struct qos_main *q, struct dataplane *dp, uint64_t now_ms, uint32_t most_ms);
