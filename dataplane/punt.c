/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt.h"

#include "dataplane/capture.h"
#include "dataplane/counters.h"
#include "dataplane/notice.h"
#include "dataplane/pool.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	DATAGRAMS_A_ROUND = 8,
	MORE_FRAGMENTS = 0x2000,
	FRAGMENT_UNIT = 8,
	PSEUDO_PROTOCOL_BE = IP_PROTO_UDP << 8,
	TTL = 64,
	MTU_MIN = 68,
};

/*
 * WORKER_PUNTS_PER_S on average, WORKER_PUNTS_BURST at once, of each kind: a flood of pings must
 * not keep out the ARP answers that the tunnels live on.
 */
static bool take_token(struct worker *w, enum packet_punt kind)
{
	if (w->now_ms > w->punt_ms) {
		uint64_t fresh = (w->now_ms - w->punt_ms) * (WORKER_PUNTS_PER_S / 1000);

		for (unsigned i = 0; i < PACKET_PUNT_COUNT; i++)
			w->punt_tokens[i] =
				RTE_MIN(w->punt_tokens[i] + fresh, (uint64_t)WORKER_PUNTS_BURST);
		w->punt_ms = w->now_ms;
	}
	if (!w->punt_tokens[kind])
		return false;
	w->punt_tokens[kind]--;
	return true;
}

void punt_main(struct worker *w, struct rte_mbuf *m, enum packet_punt why)
{
	if (!take_token(w, why)) {
		counters_drop(w, m, DROP_PUNT_RATE);
		return;
	}
	packet_meta(m)->punt = (uint8_t)why;
	if (unlikely(w->capture))
		capture_ended(w, m,
			      why == PACKET_PUNT_NEIGHBOUR ? PLANE_VERDICT_WAITS
							   : PLANE_VERDICT_OURS);
	if (rte_ring_enqueue(w->dp->punt[w->id], m)) {
		counters_drop(w, m, DROP_PUNT_FULL);
		return;
	}
	w->stats->punted++;
	w->ring_main = true;
}

/* RFC 768 over the pseudo header; bytes counts from the UDP header. As it goes into the header. */
static uint16_t udp_checksum(uint32_t src_be, uint32_t dst_be, const void *udp, unsigned bytes)
{
	uint16_t pseudo[6] = {0, 0, 0, 0, PSEUDO_PROTOCOL_BE, __builtin_bswap16((uint16_t)bytes)};
	uint16_t checksum;

	memcpy(pseudo, &src_be, 4);
	memcpy(pseudo + 2, &dst_be, 4);
	checksum = ip_checksum_fold(
		ip_checksum_partial(udp, bytes, ip_checksum_partial(pseudo, sizeof(pseudo), 0)));
	return checksum ? checksum : 0xffff;
}

static bool udp_checksum_ok(const struct ip_v4 *ip, const struct ip_udp *udp, unsigned bytes)
{
	struct ip_udp head = *udp;
	uint16_t pseudo[6] = {0, 0, 0, 0, PSEUDO_PROTOCOL_BE, head.len_be};

	if (!head.checksum)
		return true;
	memcpy(pseudo, &ip->src_be, 4);
	memcpy(pseudo + 2, &ip->dst_be, 4);
	return ip_checksum_fold(ip_checksum_partial(
		       udp, bytes, ip_checksum_partial(pseudo, sizeof(pseudo), 0))) == 0;
}

void punt_ike_off(struct worker *w, struct rte_mbuf *m)
{
	notice_drop(w, &w->gate_ike_off, DROP_IKE_OFF, m, NULL, 0, 0);
	counters_drop(w, m, DROP_IKE_OFF);
}

void punt_ike(struct worker *w, struct rte_mbuf *m, unsigned at, unsigned bytes)
{
	const struct port *in = &w->dp->ports[packet_meta(m)->in_port];
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	const struct ip_udp *udp = (const void *)((const uint8_t *)ip + at - sizeof(*udp));
	struct plane_datagram head;
	enum drop_reason reason = DROP_NONE;

	if (packet_meta(m)->flags & PACKET_DECAPSULATED)
		reason = DROP_NOT_OURS;
	else if (!in->ike)
		reason = DROP_IKE_OFF;
	else if (bytes == 0)
		reason = DROP_IKE_EMPTY;
	else if (bytes > PLANE_PACKET_MAX)
		reason = DROP_IKE_TOO_BIG;
	else if (!udp_checksum_ok(ip, udp, bytes + sizeof(*udp)))
		reason = DROP_IP_CHECKSUM;
	if (reason == DROP_IKE_OFF) {
		punt_ike_off(w, m);
		return;
	}
	if (reason) {
		counters_drop(w, m, reason);
		return;
	}
	head = (struct plane_datagram){
		.len = bytes,
		.local_port = __builtin_bswap16(udp->dst_port_be),
		.remote_port = __builtin_bswap16(udp->src_port_be),
		.local = addr_of_bytes(&ip->dst_be, 4),
		.remote = addr_of_bytes(&ip->src_be, 4),
	};
	memcpy(head.interface, in->name, sizeof(head.interface));
	if (plane_ring_send_datagram(w->dp->plane->datagrams_up[w->id], &head,
				     (const uint8_t *)udp + sizeof(*udp))) {
		counters_drop(w, m, DROP_PUNT_FULL);
		return;
	}
	w->stats->punted++;
	w->ring_control = true;
	if (unlikely(w->capture))
		capture_ended(w, m, PLANE_VERDICT_OURS);
	rte_pktmbuf_free(m);
}

/* One IPv4 fragment (or the whole) of the UDP datagram: bytes of it from `at`. */
static struct rte_mbuf *make_part(struct worker *w, const struct plane_datagram *head, uint16_t id,
				  unsigned at, unsigned bytes, bool more)
{
	bool large = sizeof(struct ip_v4) + bytes > POOL_MTU;
	struct rte_mbuf *m = rte_pktmbuf_alloc(large ? w->dp->large_pool : w->dp->pool);
	uint32_t src_be, dst_be;
	struct ip_v4 *ip;

	if (!m)
		return NULL;
	ip = (void *)rte_pktmbuf_append(m, (uint16_t)(sizeof(*ip) + bytes));
	if (!ip) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	memcpy(&src_be, head->local.b, 4);
	memcpy(&dst_be, head->remote.b, 4);
	ip_build_v4(ip, src_be, dst_be, IP_PROTO_UDP, 0, TTL, (uint16_t)(sizeof(*ip) + bytes), id,
		    head->whole);
	if (more || at) {
		uint16_t place = (uint16_t)(at / FRAGMENT_UNIT | (more ? MORE_FRAGMENTS : 0));

		ip->fragment_be = __builtin_bswap16(place);
		ip->checksum = ip_checksum_adjust(ip->checksum, 0, ip->fragment_be);
	}
	memcpy(ip + 1, w->datagram + at, bytes);
	*packet_meta(m) = (struct packet_meta){.flags = PACKET_OURS | PACKET_NO_POLICY};
	return m;
}

/* w->datagram holds the UDP header and payload. */
static void send_datagram(struct worker *w, const struct plane_datagram *head)
{
	unsigned total = sizeof(struct ip_udp) + head->len, room;
	uint32_t dst = addr_to_v4(&head->remote), next_hop;
	const struct route_next_hop *nh;

	route_lookup(w->routes, &dst, &next_hop, 1);
	nh = route_next_hop(w->routes, next_hop);
	if (nh->kind < ROUTE_GLEAN) {
		w->stats->drops[DROP_NO_ROUTE]++;
		return;
	}
	room = RTE_MAX(nh->mtu, MTU_MIN) - (unsigned)sizeof(struct ip_v4);
	room &= ~(FRAGMENT_UNIT - 1u);
	if (total + sizeof(struct ip_v4) <= nh->mtu)
		room = total;
	else if (head->whole) {
		w->stats->drops[DROP_TOO_BIG]++;
		return;
	}
	for (unsigned at = 0; at < total; at += room) {
		unsigned bytes = RTE_MIN(total - at, room);
		struct rte_mbuf *m =
			make_part(w, head, (uint16_t)w->ike_id, at, bytes, at + bytes < total);

		if (!m) {
			w->stats->drops[DROP_NO_BUFFER]++;
			return;
		}
		packet_meta(m)->next_hop = next_hop;
		counters_lane_push(w, &w->forward, m);
	}
	w->ike_id++;
}

unsigned punt_send_datagrams(struct worker *w)
{
	struct plane_ring *ring = w->dp->plane->datagrams_down[w->id];
	struct plane_datagram head;
	unsigned n = 0;

	while (n < DATAGRAMS_A_ROUND) {
		struct ip_udp udp;
		uint32_t src_be, dst_be;
		size_t len = plane_ring_recv_datagram(ring, &head, w->datagram + sizeof(udp));

		if (!len)
			break;
		n++;
		if (head.local.family != ADDR_V4 || head.remote.family != ADDR_V4) {
			w->stats->drops[DROP_IPV6]++;
			continue;
		}
		memcpy(&src_be, head.local.b, 4);
		memcpy(&dst_be, head.remote.b, 4);
		udp = (struct ip_udp){
			.src_port_be = __builtin_bswap16(head.local_port),
			.dst_port_be = __builtin_bswap16(head.remote_port),
			.len_be = __builtin_bswap16((uint16_t)(len + sizeof(udp))),
		};
		memcpy(w->datagram, &udp, sizeof(udp));
		udp.checksum =
			udp_checksum(src_be, dst_be, w->datagram, (unsigned)(len + sizeof(udp)));
		memcpy(w->datagram, &udp, sizeof(udp));
		head.len = (uint32_t)len;
		send_datagram(w, &head);
	}
	return n;
}
