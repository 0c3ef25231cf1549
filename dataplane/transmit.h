/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way out: Ethernet header from the next hop, one burst a port at the end of the round. What
 * has no neighbour yet goes to the main thread.
 */
#pragma once

#include "dataplane/worker_state.h"

/* A finished IPv4 packet whose meta names its next hop. Takes m. */
void transmit_packet(struct worker *w, struct rte_mbuf *m);
/* The same for a burst, in its order. */
void transmit_packets(struct worker *w, struct rte_mbuf **m, unsigned n);
/* n finished frames, at most DATAPLANE_BURST of bytes in all, for a port with a queue of ours. */
void transmit_frames(struct worker *w, unsigned port, struct rte_mbuf **m, unsigned n,
		     uint64_t bytes);
/* A finished frame for meta's out_port. Takes m. */
void transmit_frame(struct worker *w, struct rte_mbuf *m);
/* Sends what has gathered. */
void transmit_flush(struct worker *w);
