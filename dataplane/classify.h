/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From frames to lanes: link header, IP header, next hop, and what concerns the appliance itself.
 * Leaves every packet with its data at a sound IPv4 header and without link padding.
 */
#pragma once

#include "dataplane/worker_state.h"
#include "lib/base/drop.h"

/* n frames (at most DATAPLANE_BURST) just received from a port. */
void classify_frames(struct worker *w, unsigned port, struct rte_mbuf **m, unsigned n);

/*
 * n packets (at most DATAPLANE_BURST) whose IPv4 header is sound: looks all next hops up at once
 * and puts each packet on its lane. For what comes out of a tunnel or from the main thread.
 */
void classify_packets(struct worker *w, struct rte_mbuf **m, unsigned n);

/* A fragment for ourselves that this worker puts together with the others of its datagram. */
void classify_fragment(struct worker *w, struct rte_mbuf *m);

/*
 * Whether the bytes at m's data are an IPv4 packet that may be forwarded; cuts m to its total
 * length. DROP_NONE or the reason (RFC 1812 section 5.2.2, 5.2.4, 5.3.13).
 */
enum drop_reason must_check classify_check(struct rte_mbuf *m);
