/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From decrypted, authentic text to the packet inside: trailer, inner header, selector, ECN. Part
 * of inbound.c's pass over a burst.
 */
#pragma once

#include "dataplane/classify.h"
#include "dataplane/header.h"
#include "dataplane/packet.h"
#include "dataplane/sa_table.h"
#include "lib/esp/esp.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	UNWRAP_ECN_MASK = 3,
	UNWRAP_ECN_CE = 3,
	UNWRAP_LOWEST_MORE =
		16, /* bytes; a second fragment below could overlap the ports (RFC 1858) */
};

/* What the crypto works on. */
struct unwrap_sealed {
	uint8_t *esp;
	uint16_t text_bytes;
};

/*
 * The inner packet against what the SA was negotiated for (RFC 4301 section 5.2 step 4). A later
 * fragment shows no ports, so it fits only a selector without.
 */
static inline enum drop_reason unwrap_selector(const struct sa_in *sa, const struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	unsigned at = (ip->version_ihl & 15) * 4u;
	uint16_t ports[2];

	if (((ip->src_be & sa->inner_src_mask) ^ sa->inner_src_be) |
	    ((ip->dst_be & sa->inner_dst_mask) ^ sa->inner_dst_be))
		return DROP_ESP_POLICY;
	if (sa->protocol && ip->protocol != sa->protocol)
		return DROP_ESP_POLICY;
	if (likely(!(sa->flags & SA_PORTS)))
		return DROP_NONE;
	if (ip->fragment_be & IP_OFFSET_BE || rte_pktmbuf_data_len(m) < at + sizeof(ports))
		return DROP_ESP_POLICY;
	if (ip->protocol != IP_PROTO_TCP && ip->protocol != IP_PROTO_UDP)
		return DROP_ESP_POLICY;
	memcpy(ports, (const uint8_t *)ip + at, sizeof(ports));
	if ((sa->src_port_be && ports[0] != sa->src_port_be) ||
	    (sa->dst_port_be && ports[1] != sa->dst_port_be))
		return DROP_ESP_POLICY;
	return DROP_NONE;
}

/* RFC 1858: no second fragment may rewrite the transport header the selector was checked on. */
static inline bool unwrap_overlaps(const struct ip_v4 *ip)
{
	unsigned offset = (__builtin_bswap16(ip->fragment_be) & 0x1fffu) * 8;

	return offset && offset < UNWRAP_LOWEST_MORE;
}

/* RFC 6040 section 4.2: congestion seen on the outer path reaches the inner packet. */
static inline void unwrap_congestion(struct ip_v4 *ip, uint8_t outer_tos)
{
	uint16_t before, after;

	if (likely((outer_tos & UNWRAP_ECN_MASK) != UNWRAP_ECN_CE) || !(ip->tos & UNWRAP_ECN_MASK))
		return;
	memcpy(&before, ip, 2);
	ip->tos |= UNWRAP_ECN_CE;
	memcpy(&after, ip, 2);
	ip->checksum = ip_checksum_adjust(ip->checksum, before, after);
}

/* classify_check(), with the usual header looked at in place. */
static inline enum drop_reason unwrap_check(struct rte_mbuf *m)
{
	struct header h;

	if (unlikely(m->data_len < sizeof(struct ip_v4)))
		return DROP_IP_HEADER;
	h = header_read(rte_pktmbuf_mtod(m, const uint8_t *));
	if (unlikely(!header_is_sound(&h, m->data_len) || !header_unicast(header_src_be(&h)) ||
		     !header_unicast(h.dst_be)))
		return classify_check(m);
	m->data_len = header_total(&h);
	m->pkt_len = header_total(&h);
	return DROP_NONE;
}

/*
 * Transport mode: the header the packet came with goes in front of what was inside (RFC 4303
 * 3.4.4.2). What a NAT did to checksums of TCP and UDP is not undone: it is all for ourselves, and
 * we take ICMP.
 */
enum drop_reason must_check unwrap_transport(struct rte_mbuf *m, const struct sa_in *sa,
					     struct unwrap_sealed s);

/* From decrypted text to an inner IPv4 packet at m's data that the SA may carry. */
static inline enum drop_reason unwrap_packet(struct rte_mbuf *m, const struct sa_in *sa,
					     struct unwrap_sealed s)
{
	struct packet_meta *meta = packet_meta(m);
	uint8_t outer_tos = rte_pktmbuf_mtod(m, const struct ip_v4 *)->tos;
	uint16_t front = (uint16_t)(meta->esp_at + ESP_HEADER + sa->shape.iv);
	const uint8_t *text = s.esp + ESP_HEADER + sa->shape.iv;
	enum drop_reason reason;
	struct ip_v4 *ip;
	uint32_t inner;

	if (unlikely(sa->flags & SA_TRANSPORT))
		return unwrap_transport(m, sa, s);
	if (unlikely(!esp_trailer_is_short(text, s.text_bytes, &inner))) {
		reason = esp_trailer_parse(text, s.text_bytes, &inner);
		if (reason)
			return reason;
	}
	m->data_off = (uint16_t)(m->data_off + front);
	m->data_len = (uint16_t)inner;
	m->pkt_len = inner;
	/* cuts padding for traffic flow confidentiality by the inner length (RFC 4303 2.7) */
	reason = unwrap_check(m);
	if (unlikely(reason))
		return reason == DROP_IP_SOURCE || reason == DROP_IP_MULTICAST ||
				       reason == DROP_NO_ROUTE
			       ? DROP_ESP_POLICY
			       : DROP_ESP_INNER;
	ip = rte_pktmbuf_mtod(m, struct ip_v4 *);
	reason = unwrap_selector(sa, m);
	if (unlikely(reason))
		return reason;
	if (unlikely(unwrap_overlaps(ip)))
		return DROP_ESP_INNER;
	if (unlikely(ip->fragment_be & IP_FRAGMENT_BE))
		sa->stats->inner_fragments++;
	unwrap_congestion(ip, outer_tos);
	return DROP_NONE;
}
