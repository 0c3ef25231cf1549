/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies in the packet path of a worker: between the stage that decided where a packet
 * goes and the one that encrypts and numbers it. What has to wait stands in the queue of its class
 * and comes out by qos_run(), so a sequence number is given in the order in which packets leave.
 * A worker without policies has no qos and calls none of these.
 *
 * A packet that waited is routed again, and asks the security policy again when that has changed
 * meanwhile: it never leaves in clear, nor into another tunnel, because of what was true once.
 */
#pragma once

#include "dataplane/worker_state.h"

/* Takes the data plane's plan over, with the packets that wait under the one before. */
void qos_switch(struct worker *w, struct qos_plan *plan);
/* Packets of the protect lane that must wait leave it. */
void qos_protect(struct worker *w);
/* The same for n packets about to leave in clear: compacts m and returns how many are left. */
unsigned qos_clear(struct worker *w, struct rte_mbuf **m, unsigned n);
/* Sends what may leave at that time. Returns how many packets. */
unsigned qos_run(struct worker *w, uint64_t now_tsc);
/* When it wants to run again; UINT64_MAX when nothing waits. */
uint64_t qos_ready(const struct worker *w);
/* Whether frames that a device does not take now stay in its lane: packets wait for it. */
bool qos_holds(const struct worker *w, unsigned device);
