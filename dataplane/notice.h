/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events for the control plane: discarded packets worth a log line, tunnels that want an SA, SAs at
 * a limit. Rate-limited here, before the ring, so a flood costs one comparison a packet.
 */
#pragma once

#include "dataplane/worker_state.h"
#include "lib/base/drop.h"

/*
 * PLANE_NOTICE about the packet at m's data (an IPv4 header), through gate. sa is NULL when no SA
 * is known; spi and seq are those on the wire.
 */
void notice_drop(struct worker *w, struct sa_gate *gate, enum drop_reason reason,
		 const struct rte_mbuf *m, const struct sa_in *sa, uint32_t spi, uint64_t seq);

/*
 * The same about ESP of an SPI that no SA has. A flood of SPIs that somebody has made up does not
 * keep those from being told of that were given to a peer.
 */
void notice_no_sa(struct worker *w, const struct rte_mbuf *m, uint32_t spi);

/* The same about a packet without a route, its source on our side: a tunnel may wait for it. */
void notice_no_route(struct worker *w, const struct rte_mbuf *m);

/* The same about what an interface refused (filter.h); place is plane_notice_place(). */
void notice_filter(struct worker *w, enum drop_reason reason, const struct rte_mbuf *m,
		   uint64_t place);

/*
 * The same about multicast that some line of the policy takes by its addresses: it might have been
 * for a tunnel. m may hold anything behind its Ethernet header.
 */
void notice_multicast(struct worker *w, const struct rte_mbuf *m);

/* PLANE_ACQUIRE for the tunnel of the packet at m's data, at most one a second. */
void notice_acquire(struct worker *w, uint32_t tunnel, const struct rte_mbuf *m);

/*
 * PLANE_SA_MOVED: an authentic packet came from there, which is elsewhere than the peer was. At
 * most one a second.
 */
void notice_moved(struct worker *w, struct sa_in *sa, uint32_t src_be, uint16_t port_be);

/* PLANE_SA_EXPIRE. False when the ring is full: the SA asks again with its next packet. */
bool notice_expire(struct worker *w, const struct plane_expire *expire);
