/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/inject.h"

#include "dataplane/vlan.h"

#include <string.h>

static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t nobody[6];

void inject_drop(struct main_loop *ml, struct rte_mbuf *m, enum drop_reason reason)
{
	ml->stats->drops[reason]++;
	rte_pktmbuf_free(m);
}

static void enqueue(struct main_loop *ml, struct rte_mbuf *m, enum packet_inject how)
{
	packet_meta(m)->inject = (uint8_t)how;
	if (rte_ring_enqueue(ml->dp->inject[0], m))
		inject_drop(ml, m, DROP_HANDOFF_FULL);
	else
		ml->ring_worker = true;
}

void inject_frame(struct main_loop *ml, struct rte_mbuf *m, uint8_t port)
{
	const struct port *p = &ml->dp->ports[port];

	if (p->is_sub && !p->is_native && !vlan_tag(m, p->vlan)) {
		inject_drop(ml, m, DROP_NO_BUFFER);
		return;
	}
	packet_meta(m)->out_port = p->is_sub ? p->device_index : port;
	enqueue(ml, m, PACKET_INJECT_TX);
}

void inject_forward(struct main_loop *ml, struct rte_mbuf *m)
{
	packet_meta(m)->flags |= PACKET_OURS;
	enqueue(ml, m, PACKET_INJECT_FORWARD);
}

void inject_to_station(struct main_loop *ml, struct rte_mbuf *m, uint8_t port, const uint8_t mac[6])
{
	uint8_t *eth = (uint8_t *)rte_pktmbuf_prepend(m, 14);

	if (!eth) {
		inject_drop(ml, m, DROP_NO_BUFFER);
		return;
	}
	memcpy(eth, mac, 6);
	memcpy(eth + 6, ml->dp->ports[port].mac, 6);
	memcpy(eth + 12, "\x08\x00", 2);
	inject_frame(ml, m, port);
}

void inject_arp(struct main_loop *ml, uint8_t port, enum arp_operation operation,
		const struct addr *target, const uint8_t target_mac[6], const uint8_t dst[6])
{
	struct arp arp = {.operation = operation, .sender = ml->dp->ports[port].own};
	struct rte_mbuf *m = rte_pktmbuf_alloc(ml->dp->pool);
	void *frame;

	if (!m) {
		ml->stats->drops[DROP_NO_BUFFER]++;
		return;
	}
	arp.target = *target;
	memcpy(arp.sender_mac, ml->dp->ports[port].mac, 6);
	memcpy(arp.target_mac, target_mac, 6);
	frame = rte_pktmbuf_append(m, ARP_FRAME_BYTES);
	arp_build(frame, &arp, dst);
	*packet_meta(m) = (struct packet_meta){.flags = PACKET_OURS};
	if (operation == ARP_REQUEST)
		ml->stats->arp_requests_sent++;
	else
		ml->stats->arp_replies_sent++;
	inject_frame(ml, m, port);
}

void inject_gratuitous_arp(struct main_loop *ml, uint8_t port)
{
	inject_arp(ml, port, ARP_REQUEST, &ml->dp->ports[port].own, nobody, everybody);
}
