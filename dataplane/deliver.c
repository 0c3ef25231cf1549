/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/deliver.h"

#include "dataplane/classify.h"
#include "dataplane/transmit.h"
#include "lib/net/ip.h"

#include <rte_ether.h>

#include <string.h>

enum {
	NO_PORT = PLANE_PORTS_MAX,
};

/* Frames for one port. */
struct run {
	unsigned port; /* NO_PORT = none can leave the straight way */
	unsigned n;
	uint64_t bytes;
	struct rte_mbuf *m[DATAPLANE_BURST];
};

/* Whether packets that leave by a port need be asked nothing but their TTL and size. */
static bool is_open(const struct worker *w, unsigned port)
{
	const struct port *p = &w->dp->ports[port];

	return p->up && w->id < p->n_tx_queues && !w->qos && policy_empty(w->policy, (uint8_t)port);
}

static void send(struct worker *w, struct run *r)
{
	if (r->n)
		transmit_frames(w, r->port, r->m, r->n, r->bytes);
	w->stats->forwarded_clear += r->n;
	r->n = 0;
	r->bytes = 0;
}

static inline bool is_plain(const struct worker *w, struct rte_mbuf *m, const struct ip_v4 *ip,
			    const struct route_next_hop *nh)
{
	return ip->ttl > 1 && m->data_len <= nh->mtu &&
	       m->data_off >= sizeof(struct rte_ether_hdr) &&
	       (ip->protocol != IP_PROTO_TCP || !(w->dp->ports[packet_meta(m)->in_port].adjust_mss |
						  w->dp->ports[nh->port].adjust_mss));
}

static inline void finish(struct run *r, struct rte_mbuf *m, struct ip_v4 *ip,
			  const struct route_next_hop *nh)
{
	uint32_t bytes = m->data_len + (uint32_t)sizeof(struct rte_ether_hdr);

	ip_lower_ttl(ip);
	memcpy((uint8_t *)ip - sizeof(nh->ethernet), nh->ethernet, sizeof(nh->ethernet));
	m->data_off = (uint16_t)(m->data_off - sizeof(struct rte_ether_hdr));
	m->data_len = (uint16_t)bytes;
	m->pkt_len = bytes;
	r->m[r->n++] = m;
	r->bytes += bytes;
}

void deliver_packets(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	uint32_t dst[DATAPLANE_BURST] = {0}, next_hop[DATAPLANE_BURST];
	unsigned left = 0, last = NO_PORT;
	struct run r;

	r.n = 0;
	r.bytes = 0;
	for (unsigned i = 0; i < n; i++)
		dst[i] = __builtin_bswap32(rte_pktmbuf_mtod(m[i], const struct ip_v4 *)->dst_be);
	route_lookup(w->routes, dst, next_hop, n);
	for (unsigned i = 0; i < n; i++) {
		const struct route_next_hop *nh = &w->next_hops[next_hop[i]];
		struct ip_v4 *ip = rte_pktmbuf_mtod(m[i], struct ip_v4 *);

		if (unlikely(nh->port != last)) {
			send(w, &r);
			last = nh->port;
			r.port = is_open(w, last) ? last : NO_PORT;
		}
		if (likely(nh->kind == ROUTE_FORWARD && r.port != NO_PORT &&
			   is_plain(w, m[i], ip, nh)))
			finish(&r, m[i], ip, nh);
		else
			m[left++] = m[i];
	}
	send(w, &r);
	if (unlikely(left))
		classify_packets(w, m, left);
}
