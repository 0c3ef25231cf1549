/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets between workers and from the main thread: one ring into each worker, each mbuf says in
 * its meta what is to be done with it. No SA pointer travels: the receiver looks up again.
 */
#pragma once

#include "dataplane/worker_state.h"

/* Gives m to another worker; a full ring drops it (HANDOFF_FULL). */
void handoff_send(struct worker *w, struct rte_mbuf *m, unsigned owner, enum packet_inject what);

/*
 * Takes at most one burst from the ring and puts it on the lanes. Returns packets taken. What an
 * other policy sent here is judged by the one in force now, be the round however old.
 */
unsigned handoff_take(struct worker *w, struct rte_ring *ring);
