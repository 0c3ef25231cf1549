/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One provocation for each reason of drop_reasons.def that a worker can have, each packet counted
 * exactly once; and over a storm of packets of every kind, not one unaccounted for (B-ACC).
 */
#include "dataplane/packet.h"
#include "dataplane/reassemble.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "lib/base/clock.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/qos_lab.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};

enum {
	INNER = 100,
	FRAME = 114
};

struct scene {
	struct bed *bed; /* site 2 with an SA pair, two workers */
	struct sealer *peer;
	uint8_t inner[INNER]; /* from behind the peer, to us */
	uint8_t away[INNER];  /* from our host to one behind the peer */
	struct rte_mbuf *held[2048];
	unsigned n_held;
};

static struct scene scene_create(void)
{
	struct bed_sa sa = {.suite = aes_sha1, .generation = 1, .window = 64};
	struct scene s = {.bed = bed_create(2, 2), .peer = seal_create(&sa, 1)};

	bed_policy(s.bed);
	bed_install(s.bed, &sa);
	bed_udp(s.inner, 1, 2, INNER);
	bed_udp(s.away, 2, 1, INNER);
	return s;
}

static void hold(struct scene *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(s->bed->dp.pool);

		if (!m)
			return;
		rte_pktmbuf_append(m, 60);
		*packet_meta(m) = (struct packet_meta){0};
		s->held[s->n_held++] = m;
	}
}

static void frame(struct scene *s, unsigned port, const void *ip, uint16_t type, unsigned len)
{
	uint8_t b[2048] = {0};

	memcpy(b, s->bed->dp.ports[port].mac, 6);
	b[12] = (uint8_t)(type >> 8);
	b[13] = (uint8_t)type;
	memcpy(b + 14, ip, INNER);
	bed_put_frame(s->bed, port, b, len);
}

static void put_sealed(struct scene *s, uint64_t seq)
{
	struct bed_packet p;

	seal_packet(s->peer, seq, s->inner, INNER, IP_PROTO_IPIP, &p);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

static void put_changed(struct scene *s, uint64_t seq, unsigned at, uint8_t xor)
{
	struct bed_packet p;

	seal_packet(s->peer, seq, s->inner, INNER, IP_PROTO_IPIP, &p);
	p.b[at] ^= xor;
	if (at < 20)
		bed_fix_checksum(p.b);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

/* Our host sends, with one byte of the header changed. */
static void put_away(struct scene *s, unsigned at, uint8_t value)
{
	s->away[at] = value;
	bed_fix_checksum(s->away);
	bed_put(s->bed, BED_INSIDE, s->away, INNER);
}

static void put_text(struct scene *s, uint8_t pad, uint8_t next)
{
	uint8_t text[16] = {0};
	struct bed_packet p;

	text[14] = pad;
	text[15] = next;
	seal_text(s->peer, 1, text, sizeof(text), &p);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

static void put_udp(struct scene *s, unsigned port, uint16_t dst_port, const char *data,
		    unsigned len)
{
	uint8_t b[64];

	bed_udp(b, 1, 2, 28 + len);
	memcpy(b + 12, (uint8_t[]){10, 9, 0, 1, 10, 9, 0, 2}, 8);
	bed_fix_checksum(b);
	b[22] = (uint8_t)(dst_port >> 8);
	b[23] = (uint8_t)dst_port;
	memcpy(b + 28, data, len);
	bed_put(s->bed, port, b, 28 + len);
}

static struct sa_out *sa_out(struct scene *s)
{
	return &s->bed->dp.workers[0]->sas.out[0];
}

// clang-format off
static void eth_runt(struct scene *s) { frame(s, BED_INSIDE, s->away, 0x0800, 13); }
static void eth_vlan(struct scene *s) { frame(s, BED_INSIDE, s->away, 0x8100, FRAME); }
static void eth_type(struct scene *s) { frame(s, BED_INSIDE, s->away, 0x88cc, FRAME); }
static void ipv6(struct scene *s) { frame(s, BED_INSIDE, s->away, 0x86dd, FRAME); }
static void if_down(struct scene *s) { s->bed->dp.ports[0].up = false; put_away(s, 8, 64); }
static void ip_header(struct scene *s) { put_away(s, 0, 0x44); }
static void ip_checksum_bad(struct scene *s) { s->away[10]++; bed_put(s->bed, 0, s->away, INNER); }
static void ip_source(struct scene *s) { put_away(s, 12, 127); }
static void ip_multicast(struct scene *s) { put_away(s, 16, 224); }
static void ttl(struct scene *s) { put_away(s, 8, 1); }
static void no_route(struct scene *s) { put_away(s, 16, 99); }
static void policy_clear(struct scene *s) { bed_put(s->bed, BED_OUTSIDE, s->inner, INNER); }
static void sa_expired(struct scene *s) { sa_out(s)->hard_ms = 1; put_away(s, 8, 64); }
static void esp_runt(struct scene *s) { put_udp(s, BED_OUTSIDE, 4500, "\0\0\0\1..", 6); }
static void esp_no_sa(struct scene *s) { put_changed(s, 1, 23, 1); }
static void esp_endpoint(struct scene *s) { put_changed(s, 1, 15, 4); }
static void esp_seq0(struct scene *s) { put_sealed(s, 0); }
static void esp_auth(struct scene *s) { put_changed(s, 1, 80, 1); }
static void esp_pad(struct scene *s) { put_text(s, 15, 4); }
static void esp_next_header(struct scene *s) { put_text(s, 0, 41); }
static void esp_dummy(struct scene *s) { put_text(s, 0, 59); }
static void esp_inner(struct scene *s) { put_text(s, 0, 4); }
static void ike_off(struct scene *s) { put_udp(s, BED_INSIDE, 500, "ike", 3); }
static void ike_empty(struct scene *s) { put_udp(s, BED_OUTSIDE, 500, "", 0); }
static void keepalive(struct scene *s) { put_udp(s, BED_OUTSIDE, 4500, "\xff", 1); }
static void marker(struct scene *s) { put_udp(s, BED_OUTSIDE, 4500, "abc", 3); }
static void not_ours(struct scene *s) { put_udp(s, BED_OUTSIDE, 53, "dns", 3); }
// clang-format on

static void eth_dst(struct scene *s)
{
	uint8_t b[60] = {2, 0, 0, 0, 0, 99};

	bed_put_frame(s->bed, BED_INSIDE, b, sizeof(b));
}

/* In six buffers, 12000 bytes. */
static void eth_giant(struct scene *s)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(s->bed->dp.pool);

	rte_pktmbuf_append(m, 2000);
	while (m->nb_segs < 6) {
		struct rte_mbuf *more = rte_pktmbuf_alloc(s->bed->dp.pool);

		rte_pktmbuf_append(more, 2000);
		assert_int_equal(rte_pktmbuf_chain(m, more), 0);
	}
	assert_int_equal(rte_ring_enqueue(s->bed->rx[BED_INSIDE], m), 0);
}

static void ip_option(struct scene *s)
{
	s->away[0] = 0x46;
	memcpy(s->away + 20, (uint8_t[]){7, 4, 4, 0}, 4); /* record route */
	put_away(s, 8, 64);
}

static void ip_fragment(struct scene *s)
{
	memcpy(s->away + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	s->away[9] = IP_PROTO_TCP;
	put_away(s, 6, 0x20);
}

/* A fragment for ourselves at `place`, in units of eight bytes, with n bytes of data. */
static void put_fragment(struct scene *s, uint16_t place, unsigned n)
{
	uint8_t b[INNER + 20];

	memcpy(b, s->away, 20);
	memset(b + 20, 7, INNER);
	memcpy(b + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	memcpy(b + 2, (uint8_t[]){0, (uint8_t)(20 + n), 0, s->away[8]}, 4);
	memcpy(b + 6, (uint8_t[]){(uint8_t)(place >> 8), (uint8_t)place}, 2);
	bed_fix_checksum(b);
	bed_put(s->bed, BED_INSIDE, b, 20 + n);
}

static void frag_dup(struct scene *s)
{
	put_fragment(s, 0x2000, 64);
	put_fragment(s, 0x2000, 64);
	bed_run(s->bed);
}

/* The other one is condemned with it. */
static void frag_overlap(struct scene *s)
{
	put_fragment(s, 0x2000, 64);
	put_fragment(s, 0x2001, 64);
	bed_run(s->bed);
}

/* All that came before are condemned too. */
static void frag_too_many(struct scene *s)
{
	for (unsigned i = 0; i <= REASSEMBLE_PARTS; i++)
		put_fragment(s, (uint16_t)(0x2000 | (4 * i + 4)), 8);
	bed_run(s->bed);
}

static void frag_timeout(struct scene *s)
{
	put_fragment(s, 0x2000, 64);
	bed_run(s->bed);
	for (unsigned i = 0; i < 2; i++)
		reassemble_run(s->bed->dp.workers[i]->reassembly, UINT64_MAX - i);
}

/* No ring to the worker that would have to put it together. */
static void frag_pool(struct scene *s)
{
	hold(s, DATAPLANE_RING / 2 + 1);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.handoff[1], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	while (!bed_drops(s->bed)) {
		s->away[8]++;
		put_fragment(s, 0x2000, 64);
		worker_once(s->bed->dp.workers[0]);
	}
}

static void frag_length(struct scene *s)
{
	put_fragment(s, 0x2008, 12);
	bed_run(s->bed);
}

static void frag_tiny(struct scene *s)
{
	put_fragment(s, 0x2000, 8);
	bed_run(s->bed);
}

static void frag_oversize(struct scene *s)
{
	put_fragment(s, 0x1fff, 64);
	bed_run(s->bed);
}

static void too_big(struct scene *s)
{
	uint8_t b[1500];

	bed_udp(b, 2, 1, sizeof(b));
	b[6] = 0x40;
	bed_fix_checksum(b);
	sa_out(s)->flags |= SA_DF_COPY;
	bed_put(s->bed, BED_INSIDE, b, sizeof(b));
}

static void fragment_failed(struct scene *s)
{
	uint8_t b[1500];

	bed_udp(b, 2, 1, sizeof(b));
	bed_put(s->bed, BED_INSIDE, b, sizeof(b));
	hold(s, 2047); /* no buffers are left for the fragments */
}

static void arp(struct scene *s)
{
	uint8_t b[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 9, 9, 9, 9, 9, 8, 6};

	bed_put_frame(s->bed, BED_INSIDE, b, sizeof(b));
}

static void punt_full(struct scene *s)
{
	hold(s, DATAPLANE_RING);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.punt[0], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	arp(s);
}

static void punt_rate(struct scene *s)
{
	memset(s->bed->dp.workers[0]->punt_tokens, 0, sizeof(s->bed->dp.workers[0]->punt_tokens));
	s->bed->dp.workers[0]->punt_ms = clock_now_ms() + 60000; /* no token for a minute */
	arp(s);
}

static void ike_too_big(struct scene *s)
{
	struct rte_mempool *big = rte_pktmbuf_pool_create("big", 15, 0, sizeof(struct packet_meta),
							  12000, SOCKET_ID_ANY);
	struct rte_mbuf *m = rte_pktmbuf_alloc(big);
	uint8_t *b = (uint8_t *)rte_pktmbuf_append(m, 14 + 28 + PLANE_PACKET_MAX + 1);

	memset(b, 0, m->data_len);
	memcpy(b, s->bed->dp.ports[BED_OUTSIDE].mac, 6);
	b[12] = 8;
	bed_udp(b + 14, 1, 2, 28 + PLANE_PACKET_MAX + 1);
	memcpy(b + 14 + 12, (uint8_t[]){10, 9, 0, 1, 10, 9, 0, 2}, 8);
	b[14 + 22] = 500 >> 8;
	b[14 + 23] = 500 & 255;
	bed_fix_checksum(b + 14);
	assert_int_equal(rte_ring_enqueue(s->bed->rx[BED_OUTSIDE], m), 0);
}

static void no_sa(struct scene *s)
{
	struct bed_sa sa = {.suite = aes_sha1, .generation = 1};

	bed_remove(s->bed, &sa);
	put_away(s, 8, 64);
}

static void seq_exhausted(struct scene *s)
{
	sa_out(s)->seq = UINT32_MAX;
	put_away(s, 8, 64);
}

static void esp_sa_state(struct scene *s)
{
	s->bed->dp.workers[0]->sas.in[0].hard_ms = 1;
	put_sealed(s, 1);
}

static void esp_align(struct scene *s)
{
	struct bed_packet p;

	seal_packet(s->peer, 1, s->inner, INNER, IP_PROTO_IPIP, &p);
	p.b[3]--;
	bed_fix_checksum(p.b);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len - 1);
}

static void esp_replay_late(struct scene *s)
{
	s->bed->dp.workers[0]->sas.in[0].replay.top = 1000;
	put_sealed(s, 936);
}

static void esp_replay_seen(struct scene *s)
{
	replay_update(&s->bed->dp.workers[0]->sas.in[0].replay, 5);
	put_sealed(s, 5);
}

static void esp_policy(struct scene *s)
{
	s->inner[12] = 11;
	bed_fix_checksum(s->inner);
	put_sealed(s, 1);
}

static void esp_recursion(struct scene *s)
{
	memcpy(s->inner + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	s->inner[9] = IP_PROTO_ESP;
	bed_fix_checksum(s->inner);
	put_sealed(s, 1);
}

/* A frame at the very start of its buffer leaves no room for an outer header. */
static void no_buffer(struct scene *s)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(s->bed->dp.pool);
	uint8_t *b;

	m->data_off = 0;
	b = (uint8_t *)rte_pktmbuf_append(m, FRAME);
	memset(b, 0, FRAME);
	memcpy(b, s->bed->dp.ports[BED_INSIDE].mac, 6);
	b[12] = 8;
	memcpy(b + 14, s->away, INNER);
	assert_int_equal(rte_ring_enqueue(s->bed->rx[BED_INSIDE], m), 0);
}

static void handoff_full(struct scene *s)
{
	hold(s, DATAPLANE_RING);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.handoff[1], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	bed_policy_worker(s->bed, 1);
	put_away(s, 8, 64);
}

static void tx_full(struct scene *s)
{
	hold(s, 1024);
	while (s->n_held && rte_ring_enqueue(s->bed->tx[BED_OUTSIDE], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	put_away(s, 8, 64);
}

static void qos_police(struct scene *s)
{
	qos_lab_exceed_police(s->bed, s->away, INNER);
}

static void qos_queue(struct scene *s)
{
	qos_lab_exceed_queue(s->bed, s->away, INNER);
}

/*
 * NONE is no reason; ARP_MALFORMED and NEIGHBOUR are the main thread's; CRYPTO needs a broken
 * engine.
 */
static void (*const provoke[DROP_COUNT])(struct scene *s) = {
	[DROP_ETH_RUNT] = eth_runt,
	[DROP_ETH_VLAN] = eth_vlan,
	[DROP_ETH_GIANT] = eth_giant,
	[DROP_ETH_TYPE] = eth_type,
	[DROP_ETH_DST] = eth_dst,
	[DROP_IF_DOWN] = if_down,
	[DROP_IP_HEADER] = ip_header,
	[DROP_IP_CHECKSUM] = ip_checksum_bad,
	[DROP_IP_SOURCE] = ip_source,
	[DROP_IP_OPTION] = ip_option,
	[DROP_IP_MULTICAST] = ip_multicast,
	[DROP_IP_FRAGMENT] = ip_fragment,
	[DROP_FRAG_DUP] = frag_dup,
	[DROP_FRAG_OVERLAP] = frag_overlap,
	[DROP_FRAG_TINY] = frag_tiny,
	[DROP_FRAG_LENGTH] = frag_length,
	[DROP_FRAG_TOO_MANY] = frag_too_many,
	[DROP_FRAG_OVERSIZE] = frag_oversize,
	[DROP_FRAG_TIMEOUT] = frag_timeout,
	[DROP_FRAG_POOL] = frag_pool,
	[DROP_IPV6] = ipv6,
	[DROP_TTL] = ttl,
	[DROP_NO_ROUTE] = no_route,
	[DROP_TOO_BIG] = too_big,
	[DROP_FRAGMENT_FAILED] = fragment_failed,
	[DROP_PUNT_FULL] = punt_full,
	[DROP_PUNT_RATE] = punt_rate,
	[DROP_NOT_OURS] = not_ours,
	[DROP_IKE_OFF] = ike_off,
	[DROP_IKE_EMPTY] = ike_empty,
	[DROP_IKE_TOO_BIG] = ike_too_big,
	[DROP_NATT_KEEPALIVE] = keepalive,
	[DROP_NATT_MARKER] = marker,
	[DROP_POLICY_CLEAR] = policy_clear,
	[DROP_NO_SA] = no_sa,
	[DROP_SA_EXPIRED] = sa_expired,
	[DROP_SEQ_EXHAUSTED] = seq_exhausted,
	[DROP_ESP_RUNT] = esp_runt,
	[DROP_ESP_NO_SA] = esp_no_sa,
	[DROP_ESP_ENDPOINT] = esp_endpoint,
	[DROP_ESP_SA_STATE] = esp_sa_state,
	[DROP_ESP_ALIGN] = esp_align,
	[DROP_ESP_SEQ0] = esp_seq0,
	[DROP_ESP_REPLAY_LATE] = esp_replay_late,
	[DROP_ESP_REPLAY_SEEN] = esp_replay_seen,
	[DROP_ESP_AUTH] = esp_auth,
	[DROP_ESP_PAD] = esp_pad,
	[DROP_ESP_NEXT_HEADER] = esp_next_header,
	[DROP_ESP_DUMMY] = esp_dummy,
	[DROP_ESP_INNER] = esp_inner,
	[DROP_ESP_POLICY] = esp_policy,
	[DROP_ESP_RECURSION] = esp_recursion,
	[DROP_QOS_QUEUE] = qos_queue,
	[DROP_QOS_POLICE] = qos_police,
	[DROP_NO_BUFFER] = no_buffer,
	[DROP_HANDOFF_FULL] = handoff_full,
	[DROP_TX_FULL] = tx_full,
};

/* A datagram that is given up takes all its fragments along. */
static unsigned expected(unsigned reason)
{
	return reason == DROP_FRAG_OVERLAP    ? 2
	       : reason == DROP_FRAG_TOO_MANY ? REASSEMBLE_PARTS + 1
					      : 1;
}

static void every_reason_counts_its_packet_once(void **state)
{
	(void)state;
	for (unsigned reason = 0; reason < DROP_COUNT; reason++) {
		struct scene s;

		if (!provoke[reason]) {
			assert_true(reason == DROP_NONE || reason == DROP_ARP_MALFORMED ||
				    reason == DROP_NEIGHBOUR || reason == DROP_CRYPTO);
			continue;
		}
		s = scene_create();
		provoke[reason](&s);
		while (worker_once(s.bed->dp.workers[0]))
			;
		for (unsigned r = 0; r < DROP_COUNT; r++)
			if (bed_drop(s.bed, r) != (r == reason ? expected(r) : 0))
				fail_msg("%s: %s counted %lu", drop_name(reason), drop_name(r),
					 bed_drop(s.bed, r));
		rte_pktmbuf_free_bulk(s.held, s.n_held);
		seal_destroy(s.peer);
		bed_destroy(s.bed);
	}
}

/* Random frames: garbage, packets in clear, sealed packets, some with a byte changed. */
static void storm(struct scene *s, unsigned n)
{
	static uint64_t seq;

	for (unsigned i = 0; i < n; i++) {
		unsigned port = (unsigned)rand() & 1, at = (unsigned)rand() % FRAME;
		uint8_t b[FRAME] = {0};
		struct bed_packet p;

		memcpy(b, s->bed->dp.ports[port].mac, 6);
		b[12] = 8;
		memcpy(b + 14, port ? s->inner : s->away, INNER);
		switch (rand() % 4) {
		case 0:
			seal_packet(s->peer, ++seq, s->inner, INNER, IP_PROTO_IPIP, &p);
			if (rand() % 2)
				p.b[(unsigned)rand() % p.len] ^= (uint8_t)(1 << rand() % 8);
			bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
			break;
		case 1:
			for (unsigned k = 0; k < sizeof(b); k++)
				b[k] = (uint8_t)rand();
			bed_put_frame(s->bed, port, b, 1 + (unsigned)rand() % FRAME);
			break;
		default:
			b[at] ^= (uint8_t)rand();
			if (at > 14 && at < 34 && rand() % 2)
				bed_fix_checksum(b + 14);
			bed_put_frame(s->bed, port, b, FRAME);
			break;
		}
	}
}

static void not_one_packet_is_unaccounted_for(void **state)
{
	struct scene s = scene_create();
	const struct plane_stats_worker *w = s.bed->plane.stats_worker;
	uint64_t sent = 0, rx = 0, tx = 0, punted = 0;
	struct rte_mbuf *m;

	(void)state;
	srand(11);
	/* no address, no ICMP errors: everything that leaves has come in */
	for (unsigned port = 0; port < BED_PORTS; port++)
		s.bed->dp.ports[port].own = (struct addr){0};
	for (unsigned round = 0; round < 2000; round++) {
		storm(&s, 40);
		sent += 40;
		bed_run(s.bed);
		tx += bed_flush(s.bed);
		while (rte_ring_dequeue(s.bed->dp.punt[0], (void **)&m) == 0)
			rte_pktmbuf_free(m);
	}
	for (unsigned id = 0; id < 2; id++) {
		/* fragments that nothing completes */
		reassemble_run(s.bed->dp.workers[id]->reassembly, UINT64_MAX);
		for (unsigned port = 0; port < BED_PORTS; port++)
			rx += w[id].ports[port].rx_packets;
		punted += w[id].punted;
	}
	assert_int_equal(rx, sent);
	assert_int_equal(rx, tx + punted + bed_drops(s.bed));
	assert_true(tx > sent / 10 && bed_drop(s.bed, DROP_ESP_AUTH) > 1000);
	bed_check_pool(s.bed);
	seal_destroy(s.peer);
	bed_destroy(s.bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_counts_its_packet_once),
		cmocka_unit_test(not_one_packet_is_unaccounted_for),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
