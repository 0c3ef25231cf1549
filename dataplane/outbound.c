/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/outbound.h"

#include "dataplane/capture.h"
#include "dataplane/counters.h"
#include "dataplane/forward.h"
#include "dataplane/fragment.h"
#include "dataplane/notice.h"
#include "dataplane/sa_limit.h"
#include "dataplane/sa_stats.h"
#include "dataplane/transmit.h"
#include "lib/net/ip.h"

#include <stddef.h>
#include <string.h>

enum {
	ICMP_UNREACHABLE = 3,
	ICMP_FRAGMENTATION_NEEDED = 4,
	NO_PORT = UINT8_MAX,
	ETHERNET = 14,
	ETHERNET_STORE = 16,
	INNER_MAX = UINT16_MAX,
	/* behind the inner packet: padding as written, trailer, largest ICV */
	TAIL_ROOM = ESP_PAD_WRITE + ESP_TRAILER + ESP_CRYPTO_ICV_MAX,
};

/* Packets between writing and crypto; the op of packet i is w->ops[i]. */
struct batch {
	unsigned n;
	bool mixed;	/* not all leave by port[0] as they are */
	uint64_t bytes; /* of all */
	struct rte_mbuf *m[ESP_CRYPTO_BURST];
	struct sa_out *sa[ESP_CRYPTO_BURST]; /* only of packets with NO_PORT */
	uint8_t port[ESP_CRYPTO_BURST];	     /* a whole frame leaves by it; NO_PORT = a packet */
};

static struct ip_v4 *ip_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct ip_v4 *);
}

/* Where the outer packet goes and what fits there: once for each SA until routes change. */
static void find_path(struct worker *w, struct sa_out *sa)
{
	const struct route_next_hop *nh;
	uint32_t inner_max;

	route_lookup(w->routes, &sa->remote, &sa->next_hop, 1);
	nh = &w->next_hops[sa->next_hop];
	/* without a route the packet is refused where it would leave */
	sa->path_mtu = (uint16_t)RTE_MIN(sa->mtu, (uint32_t)(nh->mtu ? nh->mtu : UINT16_MAX));
	inner_max = esp_inner_max(sa->shape, sa->path_mtu);
	if (unlikely(sa->flags & SA_TRANSPORT) && inner_max)
		inner_max += sizeof(struct ip_v4);
	sa->inner_max = (uint16_t)inner_max;
	sa->path_epoch = w->flows.epoch;
}

static bool outer_df(const struct sa_out *sa, const struct ip_v4 *ip)
{
	return sa->flags & SA_DF_SET || (sa->flags & SA_DF_COPY && ip->fragment_be & IP_DF_BE);
}

static inline void fill_gcm(const struct worker *w, const struct sa_out *sa,
			    struct esp_crypto_op *op, uint8_t *esp, uint32_t text)
{
	uint64_t iv_be = __builtin_bswap64(sa->seq);

	op->key = &w->sas.keys_out[sa->pair];
	op->esp = esp;
	op->text_bytes = (uint16_t)text;
	op->iv_bytes = sa->shape.iv;
	op->icv_bytes = sa->shape.icv;
	op->suite = sa->suite;
	op->esn = sa->flags & SA_ESN;
	memcpy(esp + ESP_HEADER, &iv_be, 8);
	memcpy(op->nonce, &sa->salt, 4);
	memcpy(op->nonce + 4, &iv_be, 8);
	if (unlikely(op->esn)) {
		op->spi_be = sa->spi_be;
		op->seq_high_be = __builtin_bswap32((uint32_t)(sa->seq >> 32));
	}
}

static void drain_chain(struct worker *w);

/* Into the engine of the suites with HMAC, which keeps the packet until its lanes are full. */
static void enter_chain(struct worker *w, struct sa_out *sa, struct rte_mbuf *m, uint8_t *esp,
			uint32_t text, uint32_t inner)
{
	struct esp_chain_op *op = esp_chain_next(w->chain_out);

	if (unlikely(!op)) {
		drain_chain(w);
		op = esp_chain_next(w->chain_out);
	}
	op->packet = m;
	op->sa = sa;
	op->seq = sa->seq;
	op->inner_bytes = (uint16_t)inner;
	op->text_bytes = (uint16_t)text;
	op->iv_bytes = sa->shape.iv;
	op->icv_bytes = sa->shape.icv;
	op->suite = sa->suite;
	op->esn = sa->flags & SA_ESN;
	op->seq_high_be = __builtin_bswap32((uint32_t)(sa->seq >> 32));
	op->key = sa->key;
	op->esp = esp;
	op->submitted_tsc = w->now_tsc;
	if (sa->shape.iv)
		esp_chain_iv(w->chain_out, esp + ESP_HEADER, sa->shape.iv);
	esp_chain_submit(w->chain_out);
}

static void flush(struct worker *w, struct batch *b);

/* Bytes of the packet whose place the outer header takes. */
static inline unsigned transport_bytes(const struct sa_out *sa)
{
	return unlikely(sa->flags & SA_TRANSPORT) ? sizeof(struct ip_v4) : 0;
}

/* Everything of one packet but its crypto. The SA's limits have been asked. */
static void write_esp(struct worker *w, struct batch *b, struct sa_out *sa, struct rte_mbuf *m)
{
	const struct ip_v4 *ip = ip_of(m);
	unsigned cut = transport_bytes(sa);
	uint8_t *payload = (uint8_t *)ip_of(m) + cut, next = cut ? ip->protocol : IP_PROTO_IPIP;
	uint32_t inner = rte_pktmbuf_data_len(m) - cut, front = esp_front_bytes(sa->shape);
	uint32_t text = esp_text_bytes(sa->shape, inner), total = front + text + sa->shape.icv;
	uint32_t seq_be = __builtin_bswap32((uint32_t)sa->seq + 1);
	uint8_t tos = ip->tos, *packet = payload - front, *esp = packet + sa->shape.outer;
	bool df = outer_df(sa, ip);

	sa->seq++;
	sa->packets++;
	sa->bytes += inner;
	sa->last_ms = w->now_ms;
	sa_stats_touch_out(&w->sas, sa);
	esp_trailer_write(payload, inner, text, next);
	m->data_off = (uint16_t)(m->data_off + cut - front);
	m->data_len = (uint16_t)total;
	m->pkt_len = total;
	esp_outer_write(packet, &sa->outer, sa->shape, (uint16_t)total, (uint16_t)sa->seq, tos, df);
	memcpy(esp, &sa->spi_be, 4);
	memcpy(esp + 4, &seq_be, 4);
	packet_meta(m)->flags |= PACKET_NO_POLICY;
	packet_meta(m)->next_hop = sa->next_hop;
	if (unlikely(w->capture))
		capture_encrypted(w, sa, &m, 1);
	if (unlikely(!(sa->flags & SA_GCM))) {
		enter_chain(w, sa, m, esp, text, inner);
		return;
	}
	fill_gcm(w, sa, &w->ops[b->n], esp, text);
	b->m[b->n] = m;
	b->port[b->n] = NO_PORT;
	b->mixed = true;
	b->sa[b->n++] = sa;
	if (b->n == ESP_CRYPTO_BURST)
		flush(w, b);
}

/* The next hop of packets that leave the straight way as whole frames, or NULL. */
static const struct route_next_hop *straight_way(const struct worker *w, const struct sa_out *sa)
{
	const struct route_next_hop *nh = &w->next_hops[sa->next_hop];
	const struct port *port = &w->dp->ports[nh->port];

	return likely(nh->kind == ROUTE_FORWARD && port->up && w->id < port->n_tx_queues) ? nh
											  : NULL;
}

/* Whether n packets of any size may be sent without asking again. */
static bool far_from_limits(const struct worker *w, const struct sa_out *sa, unsigned n)
{
	return sa->seq + n <= sa->seq_limit &&
	       sa->bytes + (uint64_t)n * INNER_MAX < sa->bytes_limit && w->now_ms < sa->hard_ms;
}

/* n packets of a run stand in the batch behind those it had. */
static void count_run(struct worker *w, struct batch *b, struct sa_out *sa, unsigned n,
		      uint64_t bytes)
{
	b->mixed |= b->port[0] != b->port[b->n];
	b->n += n;
	sa->seq += n;
	sa->packets += n;
	sa->bytes += bytes;
	sa->last_ms = w->now_ms;
	sa_stats_touch_out(&w->sas, sa);
	if (unlikely(w->capture))
		capture_encrypted(w, sa, b->m + b->n - n, n);
}

/*
 * write_esp() for a run of packets of one SA, with the Ethernet header and with all that they have
 * in common asked once. Returns how many it wrote: it stops at the first that must be looked at
 * more closely. The batch has room for n.
 */
static unsigned write_run(struct worker *w, struct batch *b, struct sa_out *sa,
			  struct rte_mbuf **ms, unsigned n)
{
	const struct route_next_hop *nh = straight_way(w, sa);
	struct esp_shape shape = sa->shape;
	uint32_t front = esp_front_bytes(shape), need = front + ETHERNET, inner_max = sa->inner_max;
	const uint8_t *ethernet;
	uint64_t seq = sa->seq, bytes = 0, frames = 0;
	struct esp_crypto_op *op = &w->ops[b->n];
	unsigned i;

	if (unlikely(!nh || (sa->flags & (SA_GCM | SA_ESN | SA_TRANSPORT)) != SA_GCM ||
		     !far_from_limits(w, sa, n)))
		return 0;
	/* as bytes: the store below goes on behind the field */
	ethernet = (const uint8_t *)nh + offsetof(struct route_next_hop, ethernet);
	for (i = 0; i < n; i++, op++) {
		struct rte_mbuf *m = ms[i];
		uint32_t inner = m->data_len, off = m->data_off, text, total;
		uint8_t *ip = (uint8_t *)m->buf_addr + off, *packet = ip - front;
		uint8_t *esp = packet + shape.outer;
		uint64_t head, iv_be;

		if (unlikely(inner > inner_max || off < need ||
			     m->buf_len < off + inner + TAIL_ROOM))
			break;
		text = esp_text_bytes(shape, inner);
		total = front + text + shape.icv;
		bytes += inner;
		frames += total + ETHERNET;
		iv_be = __builtin_bswap64(++seq);
		head = sa->spi_be | (iv_be & 0xffffffff00000000);
		esp_trailer_write(ip, inner, text, IP_PROTO_IPIP);
		/* one store; the outer header is written over the two bytes behind it */
		memcpy(packet - ETHERNET, ethernet, ETHERNET_STORE);
		esp_outer_write(packet, &sa->outer, shape, (uint16_t)total, (uint16_t)seq, ip[1],
				outer_df(sa, (const struct ip_v4 *)ip));
		memcpy(esp, &head, 8);
		memcpy(esp + ESP_HEADER, &iv_be, 8);
		m->data_off = (uint16_t)(off - need);
		m->data_len = (uint16_t)(total + ETHERNET);
		m->pkt_len = total + ETHERNET;
		op->key = &w->sas.keys_out[sa->pair];
		op->esp = esp;
		op->text_bytes = (uint16_t)text;
		op->iv_bytes = shape.iv;
		op->icv_bytes = shape.icv;
		op->suite = sa->suite;
		op->esn = false;
		memcpy(op->nonce, &sa->salt, 4);
		memcpy(op->nonce + 4, &iv_be, 8);
		b->m[b->n + i] = m;
		b->port[b->n + i] = nh->port;
	}
	if (likely(i))
		count_run(w, b, sa, i, bytes);
	b->bytes += frames;
	return i;
}

static void refuse(struct worker *w, struct rte_mbuf *m, struct sa_out *sa, enum drop_reason reason)
{
	sa->stats->send_errors++;
	sa->stats->fragment_failed += reason == DROP_FRAGMENT_FAILED;
	sa->stats->rollover += reason == DROP_SEQ_EXHAUSTED;
	sa->stats->internal += reason == DROP_CRYPTO || reason == DROP_NO_BUFFER;
	counters_drop(w, m, reason);
}

/* Transport mode is for whole datagrams (RFC 4303 3.3.4); our own have no options. */
static bool is_transportable(const struct ip_v4 *ip)
{
	return ip->version_ihl == 0x45 && !(ip->fragment_be & IP_FRAGMENT_BE);
}

/* One packet that fits, or that is fragmented after encryption. */
static void admit(struct worker *w, struct batch *b, struct sa_out *sa, struct rte_mbuf *m)
{
	enum drop_reason reason = sa_limit_out(w, sa);

	if (unlikely(reason))
		refuse(w, m, sa, reason);
	else if (unlikely(rte_pktmbuf_headroom(m) < esp_front_bytes(sa->shape) ||
			  rte_pktmbuf_tailroom(m) < TAIL_ROOM))
		refuse(w, m, sa, DROP_NO_BUFFER);
	else if (unlikely(sa->flags & SA_TRANSPORT && !is_transportable(ip_of(m))))
		refuse(w, m, sa, DROP_FRAGMENT_FAILED);
	else
		write_esp(w, b, sa, m);
}

/*
 * Larger than the path takes: DF tells the sender, else fragments before encryption, which the far
 * end need not reassemble. After encryption when asked for, when the outer DF is cleared under an
 * inner packet with DF, and when the selector has ports that fragments would not show.
 */
static void admit_large(struct worker *w, struct batch *b, struct sa_out *sa, struct rte_mbuf *m)
{
	struct rte_mbuf *parts[FRAGMENT_MAX];
	bool inner_df = ip_of(m)->fragment_be & IP_DF_BE;
	bool after = sa->flags & (SA_FRAGMENT_AFTER | SA_PORTS) || inner_df;
	int n;

	if (after && !outer_df(sa, ip_of(m))) {
		admit(w, b, sa, m);
		return;
	}
	if (inner_df || sa->flags & SA_FRAGMENT_AFTER) {
		forward_icmp_error(w, m, ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED,
				   (uint16_t)sa->inner_max);
		sa->stats->too_big_sent++;
		refuse(w, m, sa, DROP_TOO_BIG);
		return;
	}
	if (unlikely(w->capture))
		capture_ended(w, m, PLANE_VERDICT_FRAGMENTED);
	n = fragment_v4(m, (uint16_t)sa->inner_max, w->dp->pool, parts, FRAGMENT_MAX);
	if (n < 0) {
		refuse(w, m, sa, DROP_FRAGMENT_FAILED);
		return;
	}
	sa->stats->fragmented++;
	sa->stats->fragments += (unsigned)n;
	for (int i = 0; i < n; i++)
		admit(w, b, sa, parts[i]);
}

static void send_large(struct worker *w, struct sa_out *sa, struct rte_mbuf *m)
{
	struct rte_mbuf *parts[FRAGMENT_MAX];
	int n = fragment_v4(m, (uint16_t)sa->path_mtu, w->dp->pool, parts, FRAGMENT_MAX);

	if (n < 0) {
		refuse(w, m, sa, DROP_FRAGMENT_FAILED);
		return;
	}
	sa->stats->fragments += (unsigned)n;
	for (int i = 0; i < n; i++)
		transmit_packet(w, parts[i]);
}

/* A packet that is no frame yet. */
static void finish_packet(struct worker *w, struct sa_out *sa, struct rte_mbuf *m)
{
	if (likely(rte_pktmbuf_data_len(m) <= sa->path_mtu))
		transmit_packet(w, m);
	else
		send_large(w, sa, m);
}

/* One packet from the engine. It may be a later round: the path is asked again. */
static void finish_chain(struct worker *w, const struct esp_chain_op *op)
{
	struct rte_mbuf *m = op->packet;
	struct sa_out *sa = op->sa;

	if (unlikely(!op->ok)) {
		refuse(w, m, sa, DROP_CRYPTO);
		return;
	}
	if (unlikely(sa->path_epoch != w->flows.epoch))
		find_path(w, sa);
	packet_meta(m)->next_hop = sa->next_hop;
	finish_packet(w, sa, m);
}

static void drain_chain(struct worker *w)
{
	struct esp_chain_op *op;

	while ((op = esp_chain_done(w->chain_out)))
		finish_chain(w, op);
}

void outbound_flush(struct worker *w)
{
	esp_chain_flush(w->chain_out);
	drain_chain(w);
}

/* Packets of several ways. */
static void send_mixed(struct worker *w, struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++)
		if (b->port[i] == NO_PORT)
			finish_packet(w, b->sa[i], b->m[i]);
		else
			transmit_frames(w, b->port[i], &b->m[i], 1, b->m[i]->pkt_len);
}

static void begin(struct batch *b)
{
	b->n = 0;
	b->bytes = 0;
	b->mixed = false;
}

/* The crypto, and on to the devices. */
static void flush(struct worker *w, struct batch *b)
{
	if (!b->n)
		return;
	esp_crypto_encrypt(w->crypto, w->ops, b->n);
	if (likely(!b->mixed))
		transmit_frames(w, b->port[0], b->m, b->n, b->bytes);
	else
		send_mixed(w, b);
	begin(b);
}

static void no_sa(struct worker *w, struct rte_mbuf *m)
{
	uint32_t tunnel = packet_meta(m)->tunnel;

	if (tunnel < w->sas.n_tunnels) {
		w->sas.stats_tunnel[tunnel].no_sa++;
		notice_acquire(w, tunnel, m);
	}
	counters_drop(w, m, DROP_NO_SA);
}

/* The SA of each packet, and on its way to the cache what the packet will need of it. */
static void find_sas(const struct worker *w, struct rte_mbuf **m, struct sa_out **sas, unsigned n)
{
	const struct sa_out *last = NULL;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);

		sas[i] = sa_table_out(&w->sas, meta->tunnel, meta->lane);
		if (sas[i] == last || !sas[i])
			continue;
		last = sas[i];
		rte_prefetch0(last);
		rte_prefetch0(&last->seq);
		esp_crypto_prefetch(&w->sas.keys_out[last - w->sas.out], m[i]->data_len);
	}
}

/* One packet at its leisure. */
static void protect(struct worker *w, struct batch *b, struct rte_mbuf *m, struct sa_out *sa)
{
	if (likely(rte_pktmbuf_data_len(m) <= sa->inner_max))
		admit(w, b, sa, m);
	else
		admit_large(w, b, sa, m);
}

/* n packets of one SA, or of tunnels without. */
static void protect_run(struct worker *w, struct batch *b, struct rte_mbuf **m, struct sa_out *sa,
			unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (unlikely(!sa)) {
			no_sa(w, m[i]);
			continue;
		}
		if (unlikely(sa->path_epoch != w->flows.epoch))
			find_path(w, sa);
		if (unlikely(b->n + n - i > ESP_CRYPTO_BURST))
			flush(w, b);
		i += write_run(w, b, sa, m + i, n - i);
		if (unlikely(i < n))
			protect(w, b, m[i], sa);
	}
}

void outbound_run(struct worker *w)
{
	struct sa_out *sas[ESP_CRYPTO_BURST];
	struct batch b;

	begin(&b);
	for (unsigned at = 0; at < w->protect.n; at += ESP_CRYPTO_BURST) {
		struct rte_mbuf **m = w->protect.m + at;
		unsigned n = RTE_MIN(w->protect.n - at, (unsigned)ESP_CRYPTO_BURST), end;

		if (unlikely(w->capture))
			capture_protect(w, m, n);
		find_sas(w, m, sas, n);
		for (unsigned i = 0; i < n; i = end) {
			for (end = i + 1; end < n && sas[end] == sas[i]; end++)
				;
			protect_run(w, &b, m + i, sas[i], end - i);
		}
		flush(w, &b);
	}
	drain_chain(w);
	w->protect.n = 0;
}
