/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/probe.h"

#include "dataplane/inject.h"
#include "dataplane/main_state.h"
#include "dataplane/pool.h"
#include "lib/base/rbuf.h"
#include "lib/net/ip.h"

#include <rte_cycles.h>

#include <errno.h>
#include <string.h>

enum {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_QUENCH = 4,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER = 12,
	HEAD = 8,	   /* of ICMP and of UDP */
	ONE_PIECE = 9216,  /* what a large buffer holds, with a tunnel's headers around it */
	LARGE_DATA = 8192, /* of each piece of what is larger; the way cuts it to what it takes */
	SMALL_DATA = 1480, /* likewise, without large buffers */
	MORE_FRAGMENTS = 0x2000,
	UNIT = 8,
	PORT_BASE = 0xc000, /* UDP source port: the low bits of the number above it */
	PORT_BITS = 0x3fff,
};

static struct probe_sent *place_of(struct main_loop *ml, uint32_t number)
{
	return &ml->probes.sent[number % PLANE_PROBES];
}

static bool is_own(const struct dataplane *dp, const struct addr *a)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		if (dp->ports[i].up && addr_eq(&dp->ports[i].own, a))
			return true;
	return false;
}

/* Bytes of the largest datagram that is one packet here. */
static unsigned one_piece(const struct dataplane *dp)
{
	return dp->large_pool ? ONE_PIECE : POOL_MTU;
}

static int choose_source(const struct main_loop *ml, struct plane_probe *p)
{
	const struct dataplane *dp = ml->dp;
	const struct route_next_hop *nh;
	uint32_t dst = addr_to_v4(&p->dst), index;

	route_lookup(dp->routes, &dst, &index, 1);
	nh = route_next_hop(dp->routes, index);
	if (nh->kind == ROUTE_NONE || nh->kind == ROUTE_DISCARD)
		return -EHOSTUNREACH;
	if (p->df && p->bytes > one_piece(dp))
		return -EMSGSIZE;
	if (addr_is_none(&p->src))
		p->src = nh->kind == ROUTE_LOCAL ? p->dst : dp->ports[nh->port].own;
	return is_own(dp, &p->src) ? 0 : -EADDRNOTAVAIL;
}

/* What stands at this place of the data. */
static uint8_t pattern_at(const struct plane_probe *p, size_t at)
{
	return (uint8_t)(at % 2 ? p->pattern : p->pattern >> 8);
}

/* ICMP or UDP with its data; bytes of it. A UDP checksum of 0 is none (RFC 768). */
static void write_datagram(uint8_t *out, const struct plane_probe *p, size_t bytes)
{
	uint16_t words[HEAD / 2] = {0};

	if (p->port) {
		words[0] = __builtin_bswap16((uint16_t)(PORT_BASE | (p->number & PORT_BITS)));
		words[1] = __builtin_bswap16(p->port);
		words[2] = __builtin_bswap16((uint16_t)bytes);
	} else {
		words[0] = ICMP_ECHO; /* the first byte; the code is 0 */
		words[2] = __builtin_bswap16((uint16_t)(p->number >> 16));
		words[3] = __builtin_bswap16((uint16_t)p->number);
	}
	memcpy(out, words, HEAD);
	for (size_t at = HEAD; at < bytes; at++)
		out[at] = pattern_at(p, at - HEAD);
	if (!p->port) {
		words[1] = ip_checksum(out, bytes);
		memcpy(out, words, HEAD);
	}
}

static struct rte_mbuf *make_piece(struct main_loop *ml, const struct plane_probe *p, size_t at,
				   size_t bytes, bool more)
{
	bool large = sizeof(struct ip_v4) + bytes > POOL_MTU;
	struct rte_mbuf *m = rte_pktmbuf_alloc(large ? ml->dp->large_pool : ml->dp->pool);
	uint32_t src_be, dst_be;
	struct ip_v4 *ip;

	if (!m)
		return NULL;
	ip = (void *)rte_pktmbuf_append(m, (uint16_t)(sizeof(*ip) + bytes));
	if (!ip) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	memcpy(&src_be, p->src.b, 4);
	memcpy(&dst_be, p->dst.b, 4);
	ip_build_v4(ip, src_be, dst_be, p->port ? IP_PROTO_UDP : IP_PROTO_ICMP, p->tos, p->ttl,
		    (uint16_t)(sizeof(*ip) + bytes), ml->probes.ip_id, p->df);
	if (more || at) {
		uint16_t place = (uint16_t)(at / UNIT | (more ? MORE_FRAGMENTS : 0));

		ip->fragment_be = __builtin_bswap16(place);
		ip->checksum = ip_checksum_adjust(ip->checksum, 0, ip->fragment_be);
	}
	memcpy(ip + 1, ml->probes.datagram + at, bytes);
	*packet_meta(m) = (struct packet_meta){.flags = PACKET_OURS | PACKET_PROBE};
	return m;
}

int probe_send(struct main_loop *ml, const struct plane_probe *probe)
{
	struct plane_probe p = *probe;
	size_t total, room;
	int rc;

	if (p.dst.family != ADDR_V4 || p.bytes < PLANE_PROBE_MIN || p.bytes > PLANE_PROBE_MAX)
		return -EINVAL;
	rc = choose_source(ml, &p);
	if (rc)
		return rc;
	total = p.bytes - sizeof(struct ip_v4);
	room = ml->dp->large_pool ? LARGE_DATA : SMALL_DATA;
	if (p.bytes <= one_piece(ml->dp))
		room = total;
	write_datagram(ml->probes.datagram, &p, total);
	ml->probes.ip_id++;
	*place_of(ml, p.number) =
		(struct probe_sent){.waits = true, .probe = p, .cycles = rte_get_tsc_cycles()};
	for (size_t at = 0; at < total; at += room) {
		size_t bytes = RTE_MIN(total - at, room);
		struct rte_mbuf *m = make_piece(ml, &p, at, bytes, at + bytes < total);

		if (!m) {
			place_of(ml, p.number)->waits = false;
			return -ENOBUFS;
		}
		inject_forward(ml, m);
	}
	return 0;
}

static bool data_same(const struct plane_probe *p, const uint8_t *data, size_t bytes)
{
	if (bytes != p->bytes - sizeof(struct ip_v4) - HEAD)
		return false;
	for (size_t at = 0; at < bytes; at++)
		if (data[at] != pattern_at(p, at))
			return false;
	return true;
}

/* b stands behind type, code and checksum of an echo reply. */
static struct probe_sent *read_reply(struct main_loop *ml, struct rbuf *b,
				     const struct ip_flow *flow, struct plane_answer *answer)
{
	uint32_t number = (uint32_t)rbuf_u16(b) << 16;
	struct probe_sent *s;

	number |= rbuf_u16(b);
	s = place_of(ml, number);
	if (b->bad || !s->waits || s->probe.port || s->probe.number != number ||
	    !addr_eq(&flow->src, &s->probe.dst) || !addr_eq(&flow->dst, &s->probe.src))
		return NULL;
	answer->same = data_same(&s->probe, b->p, b->left);
	return s;
}

static struct probe_sent *find_udp(struct main_loop *ml, uint16_t from, uint16_t to)
{
	for (size_t i = 0; i < PLANE_PROBES; i++) {
		struct probe_sent *s = &ml->probes.sent[i];

		if (s->waits && s->probe.port == to &&
		    (PORT_BASE | (s->probe.number & PORT_BITS)) == from)
			return s;
	}
	return NULL;
}

/* b stands at the packet that an error quotes; routers quote eight bytes behind its header. */
static struct probe_sent *read_quote(struct main_loop *ml, struct rbuf *b)
{
	uint8_t version_ihl = rbuf_u8(b), protocol;
	struct probe_sent *s = NULL;
	const uint8_t *addresses;
	uint16_t words[HEAD / 2];

	rbuf_take(b, 8);
	protocol = rbuf_u8(b);
	rbuf_take(b, 2);
	addresses = rbuf_take(b, 8);
	if (b->bad || version_ihl >> 4 != 4 || (version_ihl & 15) < 5)
		return NULL;
	rbuf_take(b, (size_t)((version_ihl & 15) - 5) * 4);
	for (size_t i = 0; i < array_len(words); i++)
		words[i] = rbuf_u16(b);
	if (b->bad)
		return NULL;
	if (protocol == IP_PROTO_UDP) {
		s = find_udp(ml, words[0], words[1]);
	} else if (protocol == IP_PROTO_ICMP && words[0] >> 8 == ICMP_ECHO) {
		s = place_of(ml, (uint32_t)words[2] << 16 | words[3]);
		if (s->probe.port || s->probe.number != ((uint32_t)words[2] << 16 | words[3]))
			s = NULL;
	}
	if (!s || !s->waits || memcmp(addresses, s->probe.src.b, 4) != 0 ||
	    memcmp(addresses + 4, s->probe.dst.b, 4) != 0)
		return NULL;
	return s;
}

static struct probe_sent *read_icmp(struct main_loop *ml, const uint8_t *icmp, size_t bytes,
				    const struct ip_flow *flow, struct plane_answer *answer)
{
	struct rbuf b = rbuf_of(icmp, bytes);

	answer->type = rbuf_u8(&b);
	answer->code = rbuf_u8(&b);
	rbuf_take(&b, 2);
	switch (answer->type) {
	case ICMP_ECHO_REPLY: return read_reply(ml, &b, flow, answer);
	case ICMP_UNREACHABLE:
	case ICMP_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER:
		rbuf_take(&b, 2);
		answer->mtu = rbuf_u16(&b);
		return b.bad ? NULL : read_quote(ml, &b);
	default: return NULL;
	}
}

bool probe_take(struct main_loop *ml, const uint8_t *packet, size_t len)
{
	struct plane_msg msg = {.type = PLANE_ANSWER};
	struct probe_sent *s;
	struct ip_flow flow;
	const uint8_t *icmp;
	size_t bytes;

	if (ip_parse_flow(&flow, packet, len) != DROP_NONE || flow.fragment ||
	    flow.protocol != IP_PROTO_ICMP)
		return false;
	icmp = packet + flow.header_bytes;
	bytes = (size_t)(flow.total_bytes - flow.header_bytes);
	if (bytes < HEAD || ip_checksum(icmp, bytes) != 0)
		return false;
	s = read_icmp(ml, icmp, bytes, &flow, &msg.answer);
	if (!s)
		return false;
	s->waits = false;
	msg.answer.number = s->probe.number;
	msg.answer.from = flow.src;
	msg.answer.to = s->probe.src;
	msg.answer.target = s->probe.dst;
	msg.answer.bytes = flow.total_bytes;
	msg.answer.ttl = flow.ttl;
	msg.answer.rtt_us =
		(uint32_t)RTE_MIN((rte_get_tsc_cycles() - s->cycles) * US_PER_S / rte_get_tsc_hz(),
				  (uint64_t)UINT32_MAX);
	/* a full ring loses it: its probe was sent in vain, as others are */
	if (plane_ring_send(ml->dp->plane->from_main, &msg) == 0)
		ml->ring_control = true;
	return true;
}
