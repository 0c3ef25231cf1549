/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_packet.h"

#include "lib/net/ip.h"

#include <string.h>

enum {
	ETHER_ADDRESSES = 12,
	COOKED_ADDRESSES = 14,
	COOKED2_REST = 18,
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TAGS_MAX = 2,
	V4_HEADER = 20,
	V6_EXTENSIONS_MAX = 8,
	V6_HOP_BY_HOP = 0,
	V6_ROUTING = 43,
	V6_FRAGMENT = 44,
	V6_DESTINATION = 60,
	UNIT = 8,
	MORE = 1,
	MARKER = 4,
};

/* An IP packet, or a part of one. */
struct part {
	struct addr src;
	struct addr dst;
	uint8_t protocol;
	bool fragment;
	bool more;
	uint32_t id;
	size_t offset;
	struct rbuf body;
};

static bool is_ip(struct rbuf *b, uint16_t type)
{
	for (size_t i = 0; i < TAGS_MAX && (type == TYPE_VLAN || type == TYPE_QINQ); i++) {
		rbuf_u16(b);
		type = rbuf_u16(b);
	}
	return !b->bad && (type == TYPE_IPV4 || type == TYPE_IPV6);
}

/* Up to the IP header. */
static bool skip_link(struct rbuf *b, uint32_t link)
{
	uint16_t type;

	switch (link) {
	case CAPTURE_LINK_ETHERNET: rbuf_take(b, ETHER_ADDRESSES); return is_ip(b, rbuf_u16(b));
	case CAPTURE_LINK_COOKED: rbuf_take(b, COOKED_ADDRESSES); return is_ip(b, rbuf_u16(b));
	case CAPTURE_LINK_COOKED2:
		type = rbuf_u16(b);
		rbuf_take(b, COOKED2_REST);
		return is_ip(b, type);
	case CAPTURE_LINK_RAW:
	case CAPTURE_LINK_RAW_BSD:
	case CAPTURE_LINK_IPV4:
	case CAPTURE_LINK_IPV6: return true;
	default: return false;
	}
}

static struct addr take_addr(struct rbuf *b, size_t len)
{
	const uint8_t *p = rbuf_take(b, len);

	return p ? addr_of_bytes(p, len) : (struct addr){0};
}

/* Of a packet that was captured in part, what is there; of a fragment that is of no use. */
static void take_body(struct rbuf *b, size_t len, struct part *out)
{
	bool cut = len > b->left && !out->fragment;

	out->body = rbuf_sub(b, cut ? b->left : len);
}

static bool parse_v4(struct rbuf b, struct part *out)
{
	uint8_t ihl = (rbuf_u8(&b) & 0xf) * 4;
	uint16_t total, fragment;

	rbuf_u8(&b);
	total = rbuf_u16(&b);
	out->id = rbuf_u16(&b);
	fragment = rbuf_u16(&b);
	rbuf_u8(&b);
	out->protocol = rbuf_u8(&b);
	rbuf_u16(&b);
	out->src = take_addr(&b, 4);
	out->dst = take_addr(&b, 4);
	if (ihl < V4_HEADER || total < ihl)
		return false;
	rbuf_take(&b, ihl - V4_HEADER);
	out->offset = (fragment & 0x1fffu) * UNIT;
	out->more = fragment & 0x2000;
	out->fragment = out->offset || out->more;
	take_body(&b, total - ihl, out);
	return !out->body.bad;
}

/* One header between that of IPv6 and what is carried; false = out->body is that. */
static bool skip_extension(struct part *out)
{
	struct rbuf *b = &out->body;
	uint8_t type = out->protocol;
	uint16_t fragment;

	if (type != V6_HOP_BY_HOP && type != V6_ROUTING && type != V6_DESTINATION &&
	    type != V6_FRAGMENT)
		return false;
	out->protocol = rbuf_u8(b);
	if (type != V6_FRAGMENT) {
		rbuf_take(b, rbuf_u8(b) * UNIT + UNIT - 2u);
		return !b->bad;
	}
	rbuf_u8(b);
	fragment = rbuf_u16(b);
	out->offset = fragment & ~7u;
	out->more = fragment & MORE;
	out->fragment = out->offset || out->more;
	out->id = rbuf_u32(b);
	return !b->bad && !out->fragment;
}

static bool parse_v6(struct rbuf b, struct part *out)
{
	uint16_t len;

	rbuf_u32(&b);
	len = rbuf_u16(&b);
	out->protocol = rbuf_u8(&b);
	rbuf_u8(&b);
	out->src = take_addr(&b, 16);
	out->dst = take_addr(&b, 16);
	take_body(&b, len, out);
	for (size_t i = 0; i < V6_EXTENSIONS_MAX && skip_extension(out); i++)
		;
	return !out->body.bad;
}

static bool parse_ip(struct rbuf b, struct part *out)
{
	uint8_t version = b.left ? b.p[0] >> 4 : 0;

	*out = (struct part){0};
	return version == 4 ? parse_v4(b, out) : version == 6 && parse_v6(b, out);
}

static bool is_of(const struct capture_partial *d, const struct part *part)
{
	return d->used && d->id == part->id && d->protocol == part->protocol &&
	       addr_eq(&d->src, &part->src) && addr_eq(&d->dst, &part->dst);
}

/* That of the part; else a free one, or the one of which nothing came for longest. */
static struct capture_partial *partial_of(struct capture_packets *p, const struct part *part)
{
	struct capture_partial *best = &p->partials[0];

	for (size_t i = 0; i < CAPTURE_PACKET_PARTIALS; i++) {
		struct capture_partial *d = &p->partials[i];

		if (is_of(d, part))
			return d;
		if (best->used && (!d->used || d->time_us < best->time_us))
			best = d;
	}
	memset(best, 0, sizeof(*best));
	best->used = true;
	best->src = part->src;
	best->dst = part->dst;
	best->id = part->id;
	best->protocol = part->protocol;
	return best;
}

static void mark(struct capture_partial *d, size_t unit)
{
	uint8_t bit = (uint8_t)(1u << unit % 8);

	d->units += !(d->have[unit / 8] & bit);
	d->have[unit / 8] |= bit;
}

/* True when the part was the last that lacked; it is the whole body then. */
static bool collect(struct capture_packets *p, uint64_t time_us, struct part *part)
{
	struct capture_partial *d = partial_of(p, part);
	size_t len = part->body.left, end = part->offset + len;

	d->time_us = time_us;
	if (!len || end > sizeof(d->data) || (part->more && len % UNIT))
		return false;
	memcpy(d->data + part->offset, part->body.p, len);
	for (size_t unit = part->offset / UNIT; unit * UNIT < end; unit++)
		mark(d, unit);
	if (!part->more)
		d->whole = end;
	if (!d->whole || d->units != (d->whole + UNIT - 1) / UNIT)
		return false;
	d->used = false;
	part->body = rbuf_of(d->data, d->whole);
	return true;
}

/* UDP 4500: ESP, or IKE behind four zero bytes (RFC 3948 2.2); one byte alone keeps a NAT open. */
static void look_into_udp(struct rbuf b, struct capture_packet *out)
{
	uint16_t len;
	struct rbuf body;
	bool natt;

	out->src_port = rbuf_u16(&b);
	out->dst_port = rbuf_u16(&b);
	len = rbuf_u16(&b);
	rbuf_u16(&b);
	natt = out->src_port == IP_PORT_NATT || out->dst_port == IP_PORT_NATT;
	if (b.bad || len < sizeof(struct ip_udp) ||
	    (!natt && out->src_port != IP_PORT_IKE && out->dst_port != IP_PORT_IKE))
		return;
	body = rbuf_sub(&b, len - sizeof(struct ip_udp));
	if (body.bad || body.left <= MARKER)
		return;
	out->kind = CAPTURE_IKE;
	if (natt) {
		struct rbuf peek = body;

		if (rbuf_u32(&peek) != 0)
			out->kind = CAPTURE_ESP;
		else
			body = peek;
	}
	out->data = body.p;
	out->len = body.left;
}

struct capture_packet capture_packet_parse(struct capture_packets *p,
					   const struct capture_frame *frame)
{
	struct capture_packet out = {.kind = CAPTURE_OTHER, .time_us = frame->time_us};
	struct rbuf b = rbuf_of(frame->data, frame->len);
	struct part part;

	if (!skip_link(&b, frame->link) || !parse_ip(b, &part) ||
	    (part.fragment && !collect(p, frame->time_us, &part)))
		return out;
	out.src = part.src;
	out.dst = part.dst;
	if (part.protocol == IP_PROTO_ESP) {
		out.kind = CAPTURE_ESP;
		out.data = part.body.p;
		out.len = part.body.left;
	} else if (part.protocol == IP_PROTO_UDP) {
		look_into_udp(part.body, &out);
	}
	return out;
}
