/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What came out of a tunnel, on its last steps: next hop, TTL, Ethernet header, device. Takes the
 * straight way, in which each packet is touched once, when nothing else is asked of the packet;
 * leaves all others to classify and forward.
 */
#pragma once

#include "dataplane/worker_state.h"

/* n decapsulated packets, at most DATAPLANE_BURST. */
void deliver_packets(struct worker *w, struct rte_mbuf **m, unsigned n);
