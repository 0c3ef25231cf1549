/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What came out of a tunnel, on its last steps: next hop, TTL, Ethernet header, device. Takes the
 * straight way, in which each packet is touched once, when nothing else is asked of the packet;
 * leaves all others to classify and forward.
 */
#pragma once

#include "dataplane/worker_state.h"
#include "lib/net/ip.h"

#include <rte_ether.h>

#include <string.h>

enum {
	DELIVER_NO_PORT = PLANE_PORTS_MAX,
};

/* Decapsulated packets of one burst, at most DATAPLANE_BURST. */
struct deliver {
	unsigned port; /* that of the packet before, DELIVER_NO_PORT = none */
	bool open;     /* packets that leave by it are asked nothing but TTL and size */
	unsigned n;    /* frames for that port */
	unsigned n_others;
	uint64_t bytes; /* of the frames */
	struct rte_mbuf *m[DATAPLANE_BURST];
	struct rte_mbuf *others[DATAPLANE_BURST];
};

static inline void deliver_begin(struct deliver *d)
{
	d->port = DELIVER_NO_PORT;
	d->n = d->n_others = 0;
	d->bytes = 0;
}

/* For deliver_packet(): the frames so far are sent, those that come leave by another port. */
void deliver_turn(struct worker *w, struct deliver *d, unsigned port);

static inline bool deliver_is_plain(const struct worker *w, struct rte_mbuf *m,
				    const struct ip_v4 *ip, const struct route_next_hop *nh)
{
	return nh->kind == ROUTE_FORWARD && ip->ttl > 1 && m->data_len <= nh->mtu &&
	       m->data_off >= sizeof(struct rte_ether_hdr) &&
	       (ip->protocol != IP_PROTO_TCP || !(w->dp->ports[packet_meta(m)->in_port].adjust_mss |
						  w->dp->ports[nh->port].adjust_mss));
}

/* A packet that starts at its sound IP header. */
static inline void deliver_packet(struct worker *w, struct deliver *d, struct rte_mbuf *m)
{
	struct ip_v4 *ip = rte_pktmbuf_mtod(m, struct ip_v4 *);
	const struct route_next_hop *nh =
		&w->next_hops[route_lookup_one(w->routes, __builtin_bswap32(ip->dst_be))];
	uint32_t bytes = m->data_len + (uint32_t)sizeof(struct rte_ether_hdr);

	if (unlikely(nh->port != d->port))
		deliver_turn(w, d, nh->port);
	if (unlikely(!d->open || !deliver_is_plain(w, m, ip, nh))) {
		d->others[d->n_others++] = m;
		return;
	}
	ip_lower_ttl(ip);
	memcpy((uint8_t *)ip - sizeof(nh->ethernet), nh->ethernet, sizeof(nh->ethernet));
	m->data_off = (uint16_t)(m->data_off - sizeof(struct rte_ether_hdr));
	m->data_len = (uint16_t)bytes;
	m->pkt_len = bytes;
	d->m[d->n++] = m;
	d->bytes += bytes;
}

/* Sends the frames and hands the others on. */
void deliver_end(struct worker *w, struct deliver *d);
