/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_parse.h"

#include "lib/base/rbuf.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	ADDRESSES = 12,
	TYPE_IPV4 = 0x0800,
	TYPE_TAG = 0x8100,
	TYPE_TAG_OUTER = 0x88a8,
	TAGS = 2,
	UDP_CHECKSUM_AT = 6,
};

/* Behind the Ethernet header and its tags, if IPv4 follows. */
static bool skip_ethernet(struct rbuf *b)
{
	uint16_t type;

	rbuf_take(b, ADDRESSES);
	type = rbuf_u16(b);
	for (unsigned i = 0; i < TAGS && (type == TYPE_TAG || type == TYPE_TAG_OUTER); i++) {
		rbuf_u16(b);
		type = rbuf_u16(b);
	}
	return !b->bad && type == TYPE_IPV4;
}

/* Narrows b to the payload of the IP packet that begins there. */
static bool open_ip(struct stress_parse *p, struct rbuf *b, struct ip_v4 *ip)
{
	const uint8_t *header = rbuf_take(b, sizeof(*ip));
	unsigned total, options;

	if (!header)
		return false;
	memcpy(ip, header, sizeof(*ip));
	total = __builtin_bswap16(ip->total_len_be);
	options = (ip->version_ihl & 15) * 4u;
	if (ip->version_ihl >> 4 != 4 || options < sizeof(*ip) || total < options ||
	    ip->fragment_be & IP_FRAGMENT_BE)
		return false;
	options -= sizeof(*ip);
	rbuf_take(b, options);
	*b = rbuf_sub(b, total - sizeof(*ip) - options);
	p->dscp = ip->tos >> 2;
	p->src_be = ip->src_be;
	p->dst_be = ip->dst_be;
	return !b->bad;
}

/* UDP: ESP on port 4500, IKE on it and on 500. */
static bool open_udp(struct rbuf *b)
{
	uint16_t src = rbuf_u16(b), dst = rbuf_u16(b);

	rbuf_u32(b);
	if (b->bad)
		return false;
	return src == IP_PORT_IKE || dst == IP_PORT_IKE || src == IP_PORT_NATT ||
	       dst == IP_PORT_NATT;
}

static bool is_ike_port(const uint8_t *udp)
{
	uint16_t src = (uint16_t)(udp[0] << 8 | udp[1]), dst = (uint16_t)(udp[2] << 8 | udp[3]);

	return src == IP_PORT_IKE || dst == IP_PORT_IKE;
}

bool stress_parse_frame(struct stress_parse *p, const uint8_t *frame, uint16_t len)
{
	struct rbuf b = rbuf_of(frame, len);
	const uint8_t *payload;
	struct ip_v4 ip;

	*p = (struct stress_parse){0};
	if (!skip_ethernet(&b) || !open_ip(p, &b, &ip))
		return false;
	payload = b.p;
	p->udp = ip.protocol == IP_PROTO_UDP;
	if (p->udp ? !open_udp(&b) : ip.protocol != IP_PROTO_ESP)
		return false;
	p->at = (uint16_t)(b.p - frame);
	p->end = (uint16_t)(p->at + b.left);
	if (p->udp && is_ike_port(payload))
		return true;
	p->spi = rbuf_u32(&b);
	p->seq = rbuf_u32(&b);
	if (p->spi == 0)
		p->seq = 0;
	/* a keepalive is one byte; ESP of any transform is longer than its header */
	return !b.bad && b.left > 0;
}

void stress_parse_forge(const struct stress_parse *p, uint8_t *frame, uint32_t seq)
{
	uint32_t seq_be = __builtin_bswap32(seq);

	if (p->spi)
		memcpy(frame + p->at + 4, &seq_be, sizeof(seq_be));
	frame[p->end - 1] ^= 1;
	/* a checksum is optional over IPv4, and would give the forgery away too early */
	if (p->udp)
		memset(frame + p->at - sizeof(struct ip_udp) + UDP_CHECKSUM_AT, 0, 2);
}
