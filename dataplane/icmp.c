/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/icmp.h"

#include "dataplane/packet.h"
#include "lib/net/ip.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	ERROR_MAX = 576, /* whole packet, RFC 1812 section 4.3.2.3 */
	HEADER_BYTES = 8,
	TOS_INTERNETWORK_CONTROL = 0xc0, /* RFC 1812 section 4.3.2.5 */
	TTL = 64,
	TOKEN = 1000, /* one packet in the unit of the bucket: thousandths, so that 1 ms counts */
	RATE = 100,   /* packets a second */
	BURST = 50,
};

struct icmp_wire {
	uint8_t type;
	uint8_t code;
	uint16_t checksum;
	uint16_t unused;
	uint16_t mtu_be;
} wire_packed;

static bool take_token(struct icmp_limit *l, uint64_t now_ms)
{
	uint64_t fresh = (now_ms - l->refilled_ms) * RATE;

	l->refilled_ms = now_ms;
	l->tokens = fresh > BURST * TOKEN - l->tokens ? BURST * TOKEN : l->tokens + fresh;
	if (l->tokens < TOKEN)
		return false;
	l->tokens -= TOKEN;
	return true;
}

/* Only these ICMP messages may be answered with an error (RFC 1122 section 3.2.2). */
static bool is_query(const uint8_t *packet, const struct ip_flow *flow)
{
	static const uint8_t queries[] = {0, 8, 9, 10, 13, 14, 15, 16, 17, 18};

	return flow->total_bytes > flow->header_bytes &&
	       memchr(queries, packet[flow->header_bytes], sizeof(queries));
}

static bool may_report(const uint8_t *packet, size_t len, struct ip_flow *flow)
{
	if (ip_parse_flow(flow, packet, len) != DROP_NONE || !flow->first_fragment)
		return false;
	if (!ip_source_valid(&flow->src) || flow->dst.b[0] >= 224)
		return false;
	return flow->protocol != IP_PROTO_ICMP || is_query(packet, flow);
}

struct rte_mbuf *icmp_error(struct icmp_limit *limit, uint64_t now_ms, const struct rte_mbuf *m,
			    struct rte_mempool *pool, uint32_t source_be, uint8_t type,
			    uint8_t code, uint16_t mtu)
{
	const uint8_t *packet = rte_pktmbuf_mtod(m, const uint8_t *);
	struct icmp_wire icmp = {.type = type, .code = code, .mtu_be = htons(mtu)};
	struct rte_mbuf *e;
	struct ip_flow flow;
	struct ip_v4 h;
	size_t quoted, total;
	uint32_t dst_be;
	uint8_t *out;

	if (source_be == 0 || !may_report(packet, m->data_len, &flow) || !take_token(limit, now_ms))
		return NULL;
	e = rte_pktmbuf_alloc(pool);
	if (!e)
		return NULL;
	quoted = flow.total_bytes;
	if (quoted > ERROR_MAX - sizeof(h) - HEADER_BYTES)
		quoted = ERROR_MAX - sizeof(h) - HEADER_BYTES;
	total = sizeof(h) + HEADER_BYTES + quoted;
	memcpy(&dst_be, flow.src.b, sizeof(dst_be));
	ip_build_v4(&h, source_be, dst_be, IP_PROTO_ICMP, TOS_INTERNETWORK_CONTROL, TTL,
		    (uint16_t)total, 0, false);
	out = (uint8_t *)rte_pktmbuf_append(e, (uint16_t)total);
	memcpy(out, &h, sizeof(h));
	memcpy(out + sizeof(h), &icmp, sizeof(icmp));
	memcpy(out + sizeof(h) + HEADER_BYTES, packet, quoted);
	icmp.checksum = ip_checksum(out + sizeof(h), HEADER_BYTES + quoted);
	memcpy(out + sizeof(h), &icmp, sizeof(icmp));
	*packet_meta(e) = (struct packet_meta){
		.flags = PACKET_OURS,
		.in_port = packet_meta((struct rte_mbuf *)m)->in_port,
	};
	return e;
}
