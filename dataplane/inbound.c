/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/inbound.h"

#include "dataplane/capture.h"
#include "dataplane/classify.h"
#include "dataplane/counters.h"
#include "dataplane/deliver.h"
#include "dataplane/header.h"
#include "dataplane/notice.h"
#include "dataplane/sa_stats.h"
#include "dataplane/unwrap.h"
#include "lib/net/ip.h"

#include <string.h>

/* Packets between the passes; index i of each array is one packet. */
struct batch {
	unsigned n;
	bool moved; /* some packet came from elsewhere than its peer was */
	struct rte_mbuf *m[ESP_CRYPTO_BURST];
	struct sa_in *sa[ESP_CRYPTO_BURST];
};

/* Failures are counted on the SA by group; the reason itself once, by counters_drop(). */
static uint32_t *failure_of(struct plane_stats_in *stats, enum drop_reason reason)
{
	switch (reason) {
	case DROP_ESP_REPLAY_LATE: return &stats->replay_late;
	case DROP_ESP_REPLAY_SEEN: return &stats->replay_seen;
	case DROP_ESP_AUTH: return &stats->auth_failed;
	case DROP_ESP_PAD: return &stats->pad_failed;
	case DROP_ESP_POLICY: return &stats->policy_failed;
	case DROP_ESP_RUNT:
	case DROP_ESP_ALIGN: return &stats->invalid_len;
	case DROP_ESP_NEXT_HEADER:
	case DROP_ESP_INNER: return &stats->invalid_prot;
	case DROP_ESP_SA_STATE: return &stats->invalid_sa;
	case DROP_ESP_DUMMY: return NULL;
	default: return &stats->other_failed;
	}
}

static struct sa_gate *gate_of(struct sa_in *sa, enum drop_reason reason)
{
	switch (reason) {
	case DROP_ESP_REPLAY_LATE:
	case DROP_ESP_REPLAY_SEEN: return &sa->gates[SA_GATE_REPLAY];
	case DROP_ESP_AUTH:
	case DROP_ESP_PAD: return &sa->gates[SA_GATE_AUTH];
	case DROP_ESP_POLICY: return &sa->gates[SA_GATE_POLICY];
	default: return NULL;
	}
}

/* late is for DROP_ESP_REPLAY_LATE: what the crypto has said of the packet. */
static void refuse(struct worker *w, struct rte_mbuf *m, struct sa_in *sa, enum drop_reason reason,
		   enum reorder_late late)
{
	uint32_t *failure = failure_of(sa->stats, reason);
	struct sa_gate *gate = gate_of(sa, reason);

	if (unlikely(packet_meta(m)->flags & PACKET_COPY)) {
		if (late == REORDER_VERIFIED)
			reorder_late(&w->sas.reorder, sa, packet_meta(m)->seq, late, w->now_ms);
		rte_pktmbuf_free(m);
		return;
	}
	if (reason == DROP_ESP_REPLAY_LATE)
		reorder_late(&w->sas.reorder, sa, packet_meta(m)->seq, late, w->now_ms);
	if (reason == DROP_ESP_REPLAY_LATE && packet_meta(m)->flags & PACKET_REASSEMBLED)
		sa->stats->late_reassembled++;
	if (reason == DROP_ESP_REPLAY_SEEN)
		reorder_seen(&w->sas.reorder, sa, packet_meta(m)->seq, w->now_ms);
	if (failure)
		(*failure)++;
	if (gate)
		notice_drop(w, gate, reason, m, sa, sa->spi, packet_meta(m)->seq);
	counters_drop(w, m, reason);
}

/*
 * The SA has reached its soft or hard limit. The event goes out once; while the ring is full the
 * next packet tries again, a dead SA's too.
 */
static void announce_limit(struct worker *w, struct sa_in *sa)
{
	struct plane_expire e = {
		.spi = sa->spi,
		.pair = sa->pair,
		.tunnel = sa->tunnel,
		.hard = sa->bytes >= sa->hard_bytes,
		.why = PLANE_EXPIRE_BYTES,
	};
	bool sent = notice_expire(w, &e);

	sa->dead = e.hard;
	sa->hard_due = e.hard && !sent;
	if (sent)
		sa->bytes_limit = e.hard ? UINT64_MAX : sa->hard_bytes;
}

static enum drop_reason check_endpoint(const struct sa_in *sa, const struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	bool udp = ip->protocol == IP_PROTO_UDP;
	/* behind a NAT the source may change; the ICV decides */
	bool fits = ip->dst_be == sa->local_be && udp == !!(sa->flags & SA_UDP) &&
		    (udp || ip->src_be == sa->remote_be);

	return fits ? DROP_NONE : DROP_ESP_ENDPOINT;
}

/* Where a packet came from, and how far the window was before it. */
struct origin {
	uint32_t src_be;
	uint16_t port_be;
	uint64_t top;
};

static struct origin origin_of(const struct sa_in *sa, const struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	const struct ip_udp *udp =
		rte_pktmbuf_mtod_offset(m, const struct ip_udp *, (ip->version_ihl & 15) * 4u);

	return (struct origin){ip->src_be, udp->src_port_be, sa->replay.top};
}

/* Of an SA that follows: elsewhere than the peer was. Nobody knows yet that it is the peer's. */
static bool has_moved(const struct sa_in *sa, const struct rte_mbuf *m)
{
	struct origin o = origin_of(sa, m);

	return sa->flags & SA_FOLLOW &&
	       (o.src_be != sa->remote_be || o.port_be != sa->remote_port_be);
}

static enum drop_reason check_replay(const struct sa_in *sa, uint64_t seq)
{
	if (unlikely(seq == 0))
		return DROP_ESP_SEQ0;
	switch (replay_check(&sa->replay, seq)) {
	case REPLAY_OK: return DROP_NONE;
	case REPLAY_ZERO: return DROP_ESP_SEQ0;
	case REPLAY_LATE: return DROP_ESP_REPLAY_LATE;
	default: return DROP_ESP_REPLAY_SEEN;
	}
}

/* All that can be said before the crypto. Every length before its use. */
static enum drop_reason prepare(struct worker *w, struct rte_mbuf *m, struct sa_in *sa,
				struct unwrap_sealed *s)
{
	struct packet_meta *meta = packet_meta(m);
	uint32_t front = (uint32_t)ESP_HEADER + sa->shape.iv, seq_be;
	enum drop_reason reason = check_endpoint(sa, m);

	if (unlikely(reason))
		return reason;
	if (unlikely(sa->dead || w->now_ms >= sa->hard_ms)) {
		if (sa->hard_due)
			announce_limit(w, sa);
		return DROP_ESP_SA_STATE;
	}
	if (unlikely(meta->esp_bytes < sa->wire_min))
		return DROP_ESP_RUNT;
	s->esp = rte_pktmbuf_mtod_offset(m, uint8_t *, meta->esp_at);
	s->text_bytes = (uint16_t)(meta->esp_bytes - front - sa->shape.icv);
	if (unlikely(s->text_bytes & (sa->shape.block - 1u)))
		return DROP_ESP_ALIGN;
	if (unlikely(meta->flags & PACKET_LATE))
		return DROP_NONE; /* look_again() knows its number */
	memcpy(&seq_be, s->esp + 4, 4);
	meta->seq = __builtin_bswap32(seq_be);
	if (unlikely(sa->flags & SA_ESN))
		meta->seq = replay_esn_guess(&sa->replay, (uint32_t)meta->seq);
	reason = check_replay(sa, meta->seq);
	if (unlikely(reason == DROP_ESP_REPLAY_LATE) &&
	    reorder_look(&w->sas.reorder, sa, w->now_ms)) {
		meta->flags |= PACKET_LATE;
		return DROP_NONE;
	}
	return reason;
}

/* prepare() for nearly every packet: in order, with plain numbers. False: it must be asked. */
static inline bool prepare_plain(const struct worker *w, struct rte_mbuf *m, const struct sa_in *sa,
				 struct unwrap_sealed *s)
{
	struct packet_meta *meta = packet_meta(m);
	const uint8_t *ip = rte_pktmbuf_mtod(m, const uint8_t *);
	uint64_t ends, ours, seq;
	uint32_t seq_be;

	memcpy(&ends, ip + offsetof(struct ip_v4, src_be), 8);
	memcpy(&ours, &sa->remote_be, 8);
	memcpy(&seq_be, ip + meta->esp_at + 4, 4);
	seq = __builtin_bswap32(seq_be);
	s->esp = (uint8_t *)(uintptr_t)ip + meta->esp_at;
	s->text_bytes = (uint16_t)(meta->esp_bytes - ESP_HEADER - sa->shape.iv - sa->shape.icv);
	if (unlikely(ends != ours || ip[offsetof(struct ip_v4, protocol)] != IP_PROTO_ESP ||
		     sa->flags & (SA_UDP | SA_ESN) || sa->dead || w->now_ms >= sa->hard_ms ||
		     meta->esp_bytes < sa->wire_min || s->text_bytes & (sa->shape.block - 1u) ||
		     seq <= sa->replay.top))
		return false;
	meta->seq = seq;
	return true;
}

static inline void fill_gcm(struct esp_crypto_op *op, const struct sa_in *sa,
			    struct unwrap_sealed s, uint64_t seq)
{
	op->key = sa->key;
	op->esp = s.esp;
	op->text_bytes = s.text_bytes;
	op->iv_bytes = sa->shape.iv;
	op->icv_bytes = sa->shape.icv;
	op->suite = sa->suite;
	op->esn = sa->flags & SA_ESN;
	rte_prefetch0(&sa->replay.bits[(seq >> 6) & sa->replay.word_mask]);
	if (unlikely(op->esn)) {
		memcpy(&op->spi_be, s.esp, 4);
		op->seq_high_be = __builtin_bswap32((uint32_t)(seq >> 32));
	}
	memcpy(op->nonce, &sa->salt, 4);
	memcpy(op->nonce + 4, s.esp + ESP_HEADER, 8);
}

static void drain_chain(struct worker *w);

/* Into the engine of the suites with HMAC, which keeps the packet until its lanes are full. */
static inline void enter_chain(struct worker *w, struct rte_mbuf *m, struct sa_in *sa,
			       struct unwrap_sealed s)
{
	struct esp_chain_op *op = esp_chain_next(w->chain_in);

	if (unlikely(!op)) {
		drain_chain(w);
		op = esp_chain_next(w->chain_in);
	}
	op->packet = m;
	op->sa = sa;
	op->seq = packet_meta(m)->seq;
	op->text_bytes = s.text_bytes;
	op->iv_bytes = sa->shape.iv;
	op->icv_bytes = sa->shape.icv;
	op->suite = sa->suite;
	op->esn = sa->flags & SA_ESN;
	op->seq_high_be = __builtin_bswap32((uint32_t)(op->seq >> 32));
	op->key = sa->key;
	op->esp = s.esp;
	op->submitted_tsc = w->now_tsc;
	esp_chain_submit(w->chain_in);
}

static void unknown_spi(struct worker *w, struct rte_mbuf *m)
{
	notice_no_sa(w, m, packet_meta(m)->spi);
	counters_drop(w, m, DROP_ESP_NO_SA);
}

/*
 * With ESN a late packet is taken for one nearly 2^32 numbers ahead and fails its ICV check
 * (RFC 4303 appendix A2.1). Within the sample the meter has a copy verified under the number the
 * packet had if it is late.
 */
static void look_again(struct worker *w, struct rte_mbuf *m, struct sa_in *sa)
{
	const uint64_t space = 1ull << 32;
	uint64_t seq = packet_meta(m)->seq, top = sa->replay.top;
	struct rte_mbuf *copy;

	if (likely(seq <= top || seq - top <= space / 2 || seq <= space) ||
	    w->inbound.n == LANE_MAX || !reorder_look(&w->sas.reorder, sa, w->now_ms))
		return;
	copy = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
	if (!copy)
		return;
	*packet_meta(copy) = *packet_meta(m);
	packet_meta(copy)->seq = seq - space;
	packet_meta(copy)->flags |= PACKET_LATE | PACKET_COPY;
	w->inbound.m[w->inbound.n++] = copy;
}

/* On its way to the cache what each packet will need of its SA and key. */
static void fetch_sas(const struct worker *w, struct rte_mbuf **m, unsigned n)
{
	uint32_t last = UINT32_MAX;

	for (unsigned i = 0; i < n; i++) {
		uint32_t slot = plane_spi_slot(packet_meta(m[i])->spi);

		if (slot == last || slot >= w->sas.n_slots)
			continue;
		last = slot;
		rte_prefetch0(&w->sas.in[slot]);
		rte_prefetch0(&w->sas.in[slot].replay);
		esp_crypto_prefetch(&w->sas.keys_in[slot], m[i]->data_len);
	}
}

/* Alone between the window before and after: only an authentic, new packet advances it (H123). */
static void chain_alone(struct worker *w, struct rte_mbuf *m, struct sa_in *sa,
			struct unwrap_sealed s)
{
	struct origin origin;

	inbound_flush(w);
	origin = origin_of(sa, m);
	enter_chain(w, m, sa, s);
	inbound_flush(w);
	if (sa->replay.top > origin.top)
		notice_moved(w, sa, origin.src_be, origin.port_be);
}

static void prepare_batch(struct worker *w, struct batch *b, struct rte_mbuf **m, unsigned n)
{
	b->n = 0;
	b->moved = false;
	for (unsigned i = 0; i < n; i++) {
		struct sa_in *sa = sa_table_in(&w->sas, packet_meta(m[i])->spi);
		enum drop_reason reason;
		struct unwrap_sealed sealed;

		if (unlikely(!sa)) {
			unknown_spi(w, m[i]);
			continue;
		}
		if (unlikely(!prepare_plain(w, m[i], sa, &sealed))) {
			reason = prepare(w, m[i], sa, &sealed);
			if (unlikely(reason)) {
				refuse(w, m[i], sa, reason, REORDER_UNCHECKED);
				continue;
			}
			if (unlikely(has_moved(sa, m[i])) && !(sa->flags & SA_GCM)) {
				chain_alone(w, m[i], sa, sealed);
				continue;
			}
			b->moved |= has_moved(sa, m[i]);
		}
		if (unlikely(sa->flags & SA_ESN))
			look_again(w, m[i], sa);
		if (unlikely(!(sa->flags & SA_GCM))) {
			enter_chain(w, m[i], sa, sealed);
			continue;
		}
		fill_gcm(&w->ops[b->n], sa, sealed, packet_meta(m[i])->seq);
		b->m[b->n] = m[i];
		b->sa[b->n++] = sa;
	}
}

/* One authentic packet: window, counters, lifetime; what is wrong with it inside comes after. */
static inline enum drop_reason accept(struct worker *w, struct rte_mbuf *m, struct sa_in *sa,
				      struct unwrap_sealed s)
{
	struct packet_meta *meta = packet_meta(m);
	enum drop_reason reason = check_replay(sa, meta->seq);

	if (unlikely(reason))
		return reason;
	if (unlikely(meta->seq <= sa->replay.top))
		reorder_accepted(&w->sas.reorder, sa, meta->seq);
	replay_update(&sa->replay, meta->seq);
	sa->last_ms = w->now_ms;
	sa_stats_touch_in(&w->sas, sa);
	reason = unwrap_packet(m, sa, s);
	if (unlikely(reason))
		return reason;
	sa->packets++;
	sa->bytes += m->pkt_len;
	if (unlikely(sa->bytes >= sa->bytes_limit))
		announce_limit(w, sa);
	meta->flags |= PACKET_DECAPSULATED;
	if (unlikely(w->capture))
		capture_decrypted(w, m, sa);
	return DROP_NONE;
}

/* A packet that does not authenticate, and whether it was late anyway. */
static enum drop_reason reject(struct rte_mbuf *m)
{
	return packet_meta(m)->flags & PACKET_LATE ? DROP_ESP_REPLAY_LATE : DROP_ESP_AUTH;
}

static enum reorder_late late_of(bool authentic)
{
	return authentic ? REORDER_VERIFIED : REORDER_FORGED;
}

static void publish(struct worker *w, struct sa_in *sa)
{
	if (unlikely((uint32_t)sa->replay.top - sa->sampled >=
		     reorder_sample_step(sa->replay.window)))
		reorder_sample(&w->sas.reorder, sa, w->now_ms);
}

/* Packet i of the batch behind the crypto. Whether it goes on. */
static inline bool finish(struct worker *w, struct batch *b, unsigned i)
{
	const struct esp_crypto_op *op = &w->ops[i];
	struct sa_in *sa = b->sa[i];
	enum drop_reason reason;

	if (likely(op->ok))
		reason = accept(w, b->m[i], sa, (struct unwrap_sealed){op->esp, op->text_bytes});
	else
		reason = reject(b->m[i]);
	if (unlikely(reason))
		refuse(w, b->m[i], sa, reason, late_of(op->ok));
	return likely(!reason);
}

/* Each packet is finished beside the crypto of the next one, while its bytes are near. */
static void open_batch(struct worker *w, struct batch *b)
{
	struct deliver d;

	deliver_begin(&d);
	for (unsigned i = 0; i <= b->n; i++) {
		if (i < b->n)
			esp_crypto_decrypt_one(w->crypto, &w->ops[i]);
		if (i && finish(w, b, i - 1))
			deliver_packet(w, &d, b->m[i - 1]);
		if (i && (i == b->n || b->sa[i] != b->sa[i - 1]))
			publish(w, b->sa[i - 1]);
	}
	deliver_end(w, &d);
}

/* The same for a burst with packets of which some may show that a peer has moved. */
static void open_each(struct worker *w, const struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		struct batch one = {.n = 1, .m = {b->m[i]}, .sa = {b->sa[i]}};
		bool moved = has_moved(b->sa[i], b->m[i]);
		struct origin origin = origin_of(b->sa[i], b->m[i]);

		w->ops[0] = w->ops[i];
		open_batch(w, &one);
		if (moved && b->sa[i]->replay.top > origin.top)
			notice_moved(w, b->sa[i], origin.src_be, origin.port_be);
	}
}

/* Packets from the engine, in the order they went in. */
static void drain_chain(struct worker *w)
{
	struct esp_chain_op *op;
	struct deliver d;
	unsigned n = 0;

	deliver_begin(&d);
	while ((op = esp_chain_done(w->chain_in))) {
		struct sa_in *sa = op->sa;
		enum drop_reason reason;

		if (likely(op->ok))
			reason = accept(w, op->packet, sa,
					(struct unwrap_sealed){op->esp, op->text_bytes});
		else
			reason = reject(op->packet);
		publish(w, sa);
		if (unlikely(reason))
			refuse(w, op->packet, sa, reason, late_of(op->ok));
		else
			deliver_packet(w, &d, op->packet);
		if (++n % DATAPLANE_BURST == 0) {
			deliver_end(w, &d);
			deliver_begin(&d);
		}
	}
	deliver_end(w, &d);
}

void inbound_flush(struct worker *w)
{
	esp_chain_flush(w->chain_in);
	drain_chain(w);
}

void inbound_run(struct worker *w)
{
	struct batch b;

	/* look_again() may lengthen the lane */
	for (unsigned at = 0, n; at < w->inbound.n; at += n) {
		n = RTE_MIN(w->inbound.n - at, (unsigned)ESP_CRYPTO_BURST);
		fetch_sas(w, w->inbound.m + at, n);
		prepare_batch(w, &b, w->inbound.m + at, n);
		drain_chain(w);
		if (!b.n)
			continue;
		if (unlikely(b.moved))
			open_each(w, &b);
		else
			open_batch(w, &b);
	}
	w->inbound.n = 0;
}
