/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/local.h"

#include "lib/base/rbuf.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_ECHO = 8,
	ICMP_FRAGMENTATION_NEEDED = 4,
	ICMP_HEADER_BYTES = 8,
	TTL = 64,
};

/* Source and destination change places, options and fragmentation go, type 8 becomes type 0. */
static void make_reply(uint8_t *packet, size_t *len, const struct ip_flow *flow)
{
	size_t bytes = (size_t)(flow->total_bytes - flow->header_bytes);
	struct ip_v4 h;
	uint16_t checksum;
	uint8_t *icmp;

	memcpy(&h, packet, sizeof(h));
	memmove(packet + sizeof(h), packet + flow->header_bytes, bytes);
	ip_build_v4(&h, h.dst_be, h.src_be, IP_PROTO_ICMP, h.tos, TTL,
		    (uint16_t)(sizeof(h) + bytes), (uint16_t)(h.id_be << 8 | h.id_be >> 8), false);
	memcpy(packet, &h, sizeof(h));
	icmp = packet + sizeof(h);
	icmp[0] = ICMP_ECHO_REPLY;
	memset(icmp + 2, 0, 2);
	checksum = ip_checksum(icmp, bytes);
	memcpy(icmp + 2, &checksum, 2);
	*len = sizeof(h) + bytes;
}

/*
 * RFC 1191: the packet that was too big is quoted behind the ICMP header. Quotes may be cut short,
 * so it is read field by field; only ESP that we sent, plain or in UDP from our port, counts.
 */
static bool read_quote(struct rbuf *b, struct plane_path_mtu *out)
{
	uint8_t version_ihl = rbuf_u8(b), protocol;
	const uint8_t *src, *dst;

	rbuf_take(b, 8);
	protocol = rbuf_u8(b);
	rbuf_take(b, 2);
	src = rbuf_take(b, 4);
	dst = rbuf_take(b, 4);
	if (b->bad || version_ihl >> 4 != 4 || (version_ihl & 15) < 5)
		return false;
	out->local = addr_of_bytes(src, 4);
	out->remote = addr_of_bytes(dst, 4);
	rbuf_take(b, (size_t)((version_ihl & 15) - 5) * 4);
	if (protocol == IP_PROTO_UDP) {
		if (rbuf_u16(b) != IP_PORT_NATT || b->bad)
			return false;
		rbuf_take(b, 6);
		/* most routers quote eight bytes: then the SPI is not there */
		out->spi = b->left >= 4 ? rbuf_u32(b) : 0;
		return !b->bad;
	}
	out->spi = rbuf_u32(b);
	return !b->bad && protocol == IP_PROTO_ESP;
}

static enum local_verdict path_mtu(const uint8_t *icmp, size_t len, const struct addr *own,
				   struct plane_path_mtu *out, enum drop_reason *reason)
{
	struct rbuf b = rbuf_of(icmp, len);
	struct plane_path_mtu found = {0};

	rbuf_take(&b, 6);
	found.mtu = rbuf_u16(&b);
	*reason = DROP_NOT_OURS;
	if (b.bad || !read_quote(&b, &found) || !addr_eq(&found.local, own))
		return LOCAL_DROP;
	*out = found;
	return LOCAL_PATH_MTU;
}

enum local_verdict local_icmp(uint8_t *packet, size_t *len, struct plane_path_mtu *out,
			      enum drop_reason *reason)
{
	struct ip_flow flow;
	const uint8_t *icmp;
	size_t bytes;

	*reason = ip_parse_flow(&flow, packet, *len);
	if (*reason != DROP_NONE)
		return LOCAL_DROP;
	icmp = packet + flow.header_bytes;
	bytes = (size_t)(flow.total_bytes - flow.header_bytes);
	*reason = DROP_IP_FRAGMENT;
	if (flow.fragment)
		return LOCAL_DROP;
	*reason = DROP_NOT_OURS;
	if (flow.protocol != IP_PROTO_ICMP || bytes < ICMP_HEADER_BYTES)
		return LOCAL_DROP;
	*reason = DROP_IP_CHECKSUM;
	if (ip_checksum(icmp, bytes) != 0)
		return LOCAL_DROP;
	if (icmp[0] == ICMP_UNREACHABLE && icmp[1] == ICMP_FRAGMENTATION_NEEDED)
		return path_mtu(icmp, bytes, &flow.dst, out, reason);
	*reason = DROP_NOT_OURS;
	if (icmp[0] != ICMP_ECHO || icmp[1] != 0)
		return LOCAL_DROP;
	make_reply(packet, len, &flow);
	*reason = DROP_NONE;
	return LOCAL_REPLY;
}
