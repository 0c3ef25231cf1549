/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The worker's side of everything that is not forwarded: IKE datagrams to the control plane and
 * back, mbufs to the main thread. Bounded rings, counted when full; ESP never waits for them.
 */
#pragma once

#include "dataplane/worker_state.h"

/* m to the main thread, rate-limited. Takes m. */
void punt_main(struct worker *w, struct rte_mbuf *m, enum packet_punt why);
/* IKE where it is off, m at its IP header: dropped, and the control plane hears who sent it. */
void punt_ike_off(struct worker *w, struct rte_mbuf *m);
/* The UDP payload of bytes at `at` of m to the control plane. Takes m. */
void punt_ike(struct worker *w, struct rte_mbuf *m, unsigned at, unsigned bytes);
/* Datagrams of the control plane onto the forward lane, a bounded number. Returns how many. */
unsigned punt_send_datagrams(struct worker *w);
