/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/transmit.h"

#include "dataplane/capture.h"
#include "dataplane/counters.h"
#include "dataplane/handoff.h"
#include "dataplane/punt.h"
#include "dataplane/qos.h"
#include "dataplane/vlan.h"

#include <rte_ethdev.h>

#include <string.h>

/* What the device did not take stays in its lane, for it or for the packets behind it. */
static void keep_rest(struct lane *lane, unsigned sent)
{
	lane->n -= sent;
	memmove(lane->m, lane->m + sent, lane->n * sizeof(lane->m[0]));
}

/* With full the lane has to be empty afterwards. */
static void flush_port(struct worker *w, unsigned port, bool full)
{
	struct lane *lane = &w->tx[port];
	struct plane_stats_port *stats = &w->stats->ports[port];
	uint64_t bytes = w->tx_bytes[port];
	unsigned sent;

	if (unlikely(w->capture))
		capture_leaving(w, port, lane);
	/* the driver frees what it sends */
	sent = rte_eth_tx_burst(w->dp->ports[port].id, (uint16_t)w->id, lane->m, (uint16_t)lane->n);
	if (unlikely(w->capture))
		capture_left(w, lane, sent);
	for (unsigned i = sent; i < lane->n; i++)
		bytes -= lane->m[i]->pkt_len;
	stats->tx_packets += sent;
	stats->tx_bytes += bytes;
	if (unlikely(w->qos && sent < lane->n && !full && qos_holds(w, port))) {
		keep_rest(lane, sent);
		w->tx_bytes[port] -= bytes;
		return;
	}
	for (unsigned i = sent; i < lane->n; i++) {
		packet_meta(lane->m[i])->flags |= PACKET_OURS;
		stats->tx_drops++;
		counters_drop(w, lane->m[i], DROP_TX_FULL);
	}
	lane->n = 0;
	w->tx_bytes[port] = 0;
}

void transmit_flush(struct worker *w)
{
	for (unsigned port = 0; port < w->dp->n_ports; port++)
		if (w->tx[port].n)
			flush_port(w, port, false);
}

/* Room for n frames more. */
static inline struct lane *lane_of(struct worker *w, unsigned port, unsigned n)
{
	if (unlikely(w->tx[port].n + n > LANE_MAX))
		flush_port(w, port, true);
	return &w->tx[port];
}

void transmit_frames(struct worker *w, unsigned port, struct rte_mbuf **m, unsigned n,
		     uint64_t bytes)
{
	struct lane *lane = lane_of(w, port, n);

	memcpy(lane->m + lane->n, m, n * sizeof(*m));
	lane->n += n;
	w->tx_bytes[port] += bytes;
}

void transmit_frame(struct worker *w, struct rte_mbuf *m)
{
	unsigned port = packet_meta(m)->out_port;

	if (unlikely(port >= w->dp->n_ports)) {
		counters_drop(w, m, DROP_IF_DOWN);
		return;
	}
	if (unlikely(w->id >= w->dp->ports[port].n_tx_queues)) {
		handoff_send(w, m, 0, PACKET_INJECT_TX);
		return;
	}
	transmit_frames(w, port, &m, 1, m->pkt_len);
}

/* Through a subinterface: counted there, sent by the device of its main interface. */
static void leave_sub(struct worker *w, struct rte_mbuf *m, const struct route_next_hop *nh)
{
	struct plane_stats_port *stats = &w->stats->ports[nh->port];
	char *ethernet = rte_pktmbuf_prepend(m, sizeof(nh->ethernet));

	if (ethernet)
		memcpy(ethernet, nh->ethernet, sizeof(nh->ethernet));
	if (!ethernet || (nh->vlan && !vlan_tag(m, nh->vlan))) {
		counters_drop(w, m, DROP_NO_BUFFER);
		return;
	}
	stats->tx_packets++;
	stats->tx_bytes += m->pkt_len;
	packet_meta(m)->out_port = nh->device;
	transmit_frame(w, m);
}

/* What keeps a packet from leaving the straight way; takes the packet. */
static void refuse(struct worker *w, struct rte_mbuf *m, const struct route_next_hop *nh)
{
	if (nh->kind == ROUTE_GLEAN)
		punt_main(w, m, PACKET_PUNT_NEIGHBOUR);
	else if (nh->kind < ROUTE_GLEAN)
		counters_drop(w, m, DROP_NO_ROUTE);
	else if (!w->dp->ports[nh->port].up)
		counters_drop(w, m, DROP_IF_DOWN);
	else if (nh->kind == ROUTE_FORWARD_SUB)
		leave_sub(w, m, nh);
	else
		counters_drop(w, m, DROP_NO_BUFFER);
}

static inline void leave(struct worker *w, struct rte_mbuf *m)
{
	struct packet_meta *meta = packet_meta(m);
	const struct route_next_hop *nh = &w->next_hops[meta->next_hop];
	const struct port *port = &w->dp->ports[nh->port];
	struct lane *lane = &w->tx[nh->port];

	if (unlikely(nh->kind != ROUTE_FORWARD || !port->up ||
		     m->data_off < sizeof(nh->ethernet))) {
		refuse(w, m, nh);
		return;
	}
	m->data_off = (uint16_t)(m->data_off - sizeof(nh->ethernet));
	m->data_len = (uint16_t)(m->data_len + sizeof(nh->ethernet));
	m->pkt_len += sizeof(nh->ethernet);
	memcpy(rte_pktmbuf_mtod(m, char *), nh->ethernet, sizeof(nh->ethernet));
	meta->out_port = nh->port;
	if (unlikely(w->id >= port->n_tx_queues || lane->n == LANE_MAX)) {
		transmit_frame(w, m);
		return;
	}
	lane->m[lane->n++] = m;
	w->tx_bytes[nh->port] += m->pkt_len;
}

void transmit_packet(struct worker *w, struct rte_mbuf *m)
{
	leave(w, m);
}

void transmit_packets(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		leave(w, m[i]);
}
