/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/capture.h"

#include "dataplane/vlan.h"
#include "lib/net/ip.h"

#include <rte_cycles.h>
#include <rte_ether.h>

#include <string.h>
#include <time.h>

enum {
	IN,
	OUT,
	NO_COPY = UINT16_MAX,
	SWEEP_MS = 50,
	WAIT_MS = 500, /* then a copy goes without a verdict */
	HEAD_MAX = 80, /* the largest IP header, and what is behind it of UDP and ESP */
	UDP_HEADER = 8,
};

/* A packet to be looked at: its first bytes in one piece. */
struct view {
	const uint8_t *ip;
	uint32_t len;	/* bytes there in one piece */
	uint32_t total; /* of the packet */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct capture_copy *copy_of(struct worker *w, const struct rte_mbuf *m, unsigned side)
{
	const struct packet_meta *meta = rte_mbuf_to_priv((struct rte_mbuf *)m);
	uint16_t at = meta->captured[side];

	/* what stands there may be of an earlier life of the buffer */
	if (at >= CAPTURE_PENDING || w->capture_area->copies[at].m != m)
		return NULL;
	return &w->capture_area->copies[at];
}

static void send(struct worker *w, struct capture_copy *copy, enum plane_verdict verdict)
{
	copy->m = NULL;
	copy->head.verdict = (uint8_t)verdict;
	if (plane_ring_send_captured(w->dp->plane->captured[w->id], &copy->head, copy->bytes)) {
		w->stats->capture_lost++;
		return;
	}
	w->ring_control = true;
}

static bool wants(const struct capture_point *p, unsigned port, unsigned side, unsigned views,
		  const struct qos_key *key)
{
	if (!p->on || !(side == OUT ? p->out : p->in) || !(p->views & views) ||
	    (p->port != CAPTURE_ALL_PORTS && p->port != port))
		return false;
	return !p->has_access || qos_match_class(&p->access, key) == 0;
}

static uint8_t points_of(const struct capture *c, unsigned port, unsigned side, unsigned views,
			 const struct view *v)
{
	struct qos_key key = qos_match_key_of(v->ip, v->len);
	uint8_t points = 0;

	for (unsigned i = 0; i < PLANE_CAPTURES; i++)
		points |= (uint8_t)(wants(&c->points[i], port, side, views, &key) << i);
	return points;
}

/* Where ESP begins in the packet, 0 = there is none: plain (RFC 4303) or in UDP (RFC 3948). */
static unsigned esp_at(const struct view *v)
{
	const struct ip_v4 *ip = (const struct ip_v4 *)v->ip;
	unsigned at = (ip->version_ihl & 15) * 4u;
	static const uint8_t marker[4];
	const struct ip_udp *udp;

	if (ip->fragment_be & IP_OFFSET_BE)
		return 0;
	if (ip->protocol == IP_PROTO_ESP)
		return v->len >= at + ESP_HEADER ? at : 0;
	if (ip->protocol != IP_PROTO_UDP || v->len < at + UDP_HEADER + ESP_HEADER)
		return 0;
	udp = (const struct ip_udp *)(v->ip + at);
	if (udp->src_port_be != __builtin_bswap16(IP_PORT_NATT) &&
	    udp->dst_port_be != __builtin_bswap16(IP_PORT_NATT))
		return 0;
	at += UDP_HEADER;
	return memcmp(v->ip + at, marker, sizeof(marker)) ? at : 0;
}

static void read_esp(const struct view *v, struct plane_captured *head)
{
	unsigned at = esp_at(v);
	uint32_t words[2];

	head->view = PLANE_VIEW_WIRE;
	if (!at) {
		head->view |= PLANE_VIEW_PLAIN;
		return;
	}
	memcpy(words, v->ip + at, sizeof(words));
	head->spi = __builtin_bswap32(words[0]);
	head->seq = __builtin_bswap32(words[1]);
}

/* The packet that begins `offset` bytes into m; false when it is no IPv4. */
static bool look(const struct rte_mbuf *m, unsigned offset, struct view *v, uint8_t head[HEAD_MAX])
{
	uint32_t there = m->pkt_len > offset ? m->pkt_len - offset : 0;

	v->len = RTE_MIN(there, (uint32_t)HEAD_MAX);
	if (v->len < sizeof(struct ip_v4))
		return false;
	v->ip = rte_pktmbuf_read(m, offset, v->len, head);
	if (!v->ip || v->ip[0] >> 4 != 4 || (v->ip[0] & 15) < 5 || (v->ip[0] & 15) * 4u > v->len)
		return false;
	v->total = __builtin_bswap16(((const struct ip_v4 *)v->ip)->total_len_be);
	if (v->total < sizeof(struct ip_v4) || v->total > there)
		v->total = there; /* a lie: the whole is shown */
	return true;
}

/* The next place for a copy; who waits there longest goes without a verdict. */
static struct capture_copy *next_copy(struct worker *w)
{
	struct capture_area *area = w->capture_area;
	struct capture_copy *copy = &area->copies[area->next++ % CAPTURE_PENDING];

	if (copy->m)
		send(w, copy, PLANE_VERDICT_WAITS);
	return copy;
}

/*
 * A copy of the packet `offset` bytes into m, when somebody wants it. with says view, spi and seq;
 * NULL: what the packet shows.
 */
static void begin(struct worker *w, struct rte_mbuf *m, unsigned offset, unsigned side,
		  unsigned port, const struct plane_captured *with)
{
	struct packet_meta *meta = packet_meta(m);
	struct plane_captured head = {0};
	struct capture_copy *copy;
	uint8_t bytes[HEAD_MAX];
	const void *data;
	struct view v;

	meta->captured[side] = NO_COPY;
	if (!look(m, offset, &v, bytes))
		return;
	if (with)
		head = *with;
	else
		read_esp(&v, &head);
	head.points = points_of(w->capture, port, side, head.view, &v);
	if (!head.points)
		return;
	head.len = RTE_MIN(v.total, (uint32_t)PLANE_CAPTURED_MAX);
	head.packet_bytes = v.total;
	head.time_ns = now_ns();
	head.outbound = side == OUT;
	memcpy(head.interface, w->dp->ports[port].name, sizeof(head.interface));
	copy = next_copy(w);
	data = rte_pktmbuf_read(m, offset, head.len, copy->bytes);
	if (data != copy->bytes)
		memcpy(copy->bytes, data, head.len);
	copy->head = head;
	copy->since_ms = w->now_ms;
	copy->m = m;
	meta->captured[side] = (uint16_t)(copy - w->capture_area->copies);
}

/* Where the IP header of a frame is, and by which port it comes or goes; false for other frames. */
static bool frame(const struct dataplane *dp, const struct rte_mbuf *m, unsigned device,
		  unsigned *offset, unsigned *port)
{
	const struct port *p = &dp->ports[device];
	const uint8_t *b = rte_pktmbuf_mtod(m, const uint8_t *);
	unsigned vlan = 0;

	*offset = sizeof(struct rte_ether_hdr);
	if (m->data_len < sizeof(struct rte_ether_hdr) + VLAN_TAG)
		return false;
	if (b[12] == 0x81 && b[13] == 0) {
		vlan = (unsigned)(b[14] & 15) << 8 | b[15];
		*offset += VLAN_TAG;
		b += VLAN_TAG;
	}
	*port = device;
	if (vlan && p->vlans && p->vlans[vlan])
		*port = p->vlans[vlan];
	else if (!vlan && p->untagged)
		*port = p->untagged;
	return b[12] == 8 && b[13] == 0;
}

/* Of copies that begin with something else their packets have not heard. */
static void forget_all(struct capture_area *area)
{
	for (unsigned i = 0; i < CAPTURE_PENDING; i++)
		area->copies[i].m = NULL;
}

static void sweep(struct worker *w)
{
	struct capture_area *area = w->capture_area;

	if (w->now_ms < area->swept_ms + SWEEP_MS)
		return;
	area->swept_ms = w->now_ms;
	for (unsigned i = 0; i < CAPTURE_PENDING; i++)
		if (area->copies[i].m && w->now_ms - area->copies[i].since_ms >= WAIT_MS)
			send(w, &area->copies[i], PLANE_VERDICT_WAITS);
}

void capture_round(struct worker *w, const struct capture *capture)
{
	w->capture_area = w->dp->capture_areas[w->id];
	if (!w->capture)
		forget_all(w->capture_area);
	w->capture = capture;
	if (capture)
		sweep(w);
}

void capture_received(struct worker *w, unsigned device, struct rte_mbuf **m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned offset, port;

		packet_meta(m[i])->captured[OUT] = NO_COPY;
		packet_meta(m[i])->captured[IN] = NO_COPY;
		if (frame(w->dp, m[i], device, &offset, &port))
			begin(w, m[i], offset, IN, port, NULL);
	}
}

void capture_hand_over(struct worker *w, struct rte_mbuf *m)
{
	struct capture_copy *copy;

	if (packet_meta(m)->inject == PACKET_INJECT_TX) {
		capture_ended(w, m, PLANE_VERDICT_SENT);
		return;
	}
	for (unsigned side = IN; side <= OUT; side++) {
		copy = copy_of(w, m, side);
		if (copy)
			copy->m = NULL;
	}
}

void capture_handed(struct worker *w, struct rte_mbuf *m)
{
	const struct plane_captured inner = {.view = PLANE_VIEW_PLAIN};
	struct packet_meta *meta = packet_meta(m);

	meta->captured[IN] = meta->captured[OUT] = NO_COPY;
	if (meta->inject < PACKET_INJECT_INBOUND || meta->flags & PACKET_OURS)
		return;
	begin(w, m, 0, IN, meta->in_port, meta->flags & PACKET_DECAPSULATED ? &inner : NULL);
}

void capture_protect(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	const struct plane_captured plain = {.view = PLANE_VIEW_PLAIN};

	for (unsigned i = 0; i < n; i++) {
		if (packet_meta(m[i])->flags & PACKET_OURS)
			packet_meta(m[i])->captured[IN] = NO_COPY;
		begin(w, m[i], 0, OUT, packet_meta(m[i])->out_port, &plain);
	}
}

static void set_sa(struct worker *w, const struct rte_mbuf *m, uint32_t spi, uint64_t seq,
		   enum plane_verdict verdict)
{
	for (unsigned side = IN; side <= OUT; side++) {
		struct capture_copy *copy = copy_of(w, m, side);

		if (!copy)
			continue;
		copy->head.spi = spi;
		copy->head.seq = seq;
		send(w, copy, verdict);
	}
}

void capture_encrypted(struct worker *w, const struct sa_out *sa, struct rte_mbuf **m, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		set_sa(w, m[i], sa->spi, sa->seq - n + 1 + i, PLANE_VERDICT_ENCRYPTED);
}

void capture_decrypted(struct worker *w, struct rte_mbuf *m, const struct sa_in *sa)
{
	const struct packet_meta *meta = packet_meta(m);
	const struct plane_captured inner = {
		.view = PLANE_VIEW_PLAIN, .spi = sa->spi, .seq = meta->seq};

	set_sa(w, m, sa->spi, meta->seq, PLANE_VERDICT_DECRYPTED);
	begin(w, m, 0, IN, meta->in_port, &inner);
}

void capture_dropped(struct worker *w, const struct rte_mbuf *m, enum drop_reason reason)
{
	for (unsigned side = IN; side <= OUT; side++) {
		struct capture_copy *copy = copy_of(w, m, side);

		if (!copy)
			continue;
		copy->head.reason = (uint16_t)reason;
		send(w, copy, PLANE_VERDICT_DROPPED);
	}
}

void capture_ended(struct worker *w, const struct rte_mbuf *m, enum plane_verdict verdict)
{
	for (unsigned side = IN; side <= OUT; side++) {
		struct capture_copy *copy = copy_of(w, m, side);

		if (copy)
			send(w, copy, verdict);
	}
}

void capture_leaving(struct worker *w, unsigned device, const struct lane *lane)
{
	for (unsigned i = 0; i < lane->n; i++) {
		struct rte_mbuf *m = lane->m[i];
		unsigned offset, port;

		/* a device that is full is given the same frames again */
		if (!copy_of(w, m, OUT) && frame(w->dp, m, device, &offset, &port))
			begin(w, m, offset, OUT, port, NULL);
		for (unsigned side = IN; side <= OUT; side++)
			w->capture_area->left[side][i] =
				copy_of(w, m, side) ? packet_meta(m)->captured[side] : NO_COPY;
	}
}

void capture_left(struct worker *w, const struct lane *lane, unsigned sent)
{
	struct capture_area *area = w->capture_area;

	/* the frames belong to the device: nothing of them is read any more */
	for (unsigned i = 0; i < sent; i++)
		for (unsigned side = IN; side <= OUT; side++) {
			uint16_t at = area->left[side][i];

			if (at != NO_COPY && area->copies[at].m == lane->m[i])
				send(w, &area->copies[at], PLANE_VERDICT_SENT);
		}
}
