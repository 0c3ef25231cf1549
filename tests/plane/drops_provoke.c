/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/drops_provoke.h"

#include "dataplane/packet.h"
#include "dataplane/reassemble.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "lib/base/clock.h"
#include "lib/net/ip.h"
#include "tests/plane/drops_fragment.h"
#include "tests/plane/qos_lab.h"

#include <cmocka.h>

#include <string.h>

enum {
	INNER = DROPS_INNER,
	FRAME = DROPS_FRAME,
};

static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};

static void frame(struct drops_scene *s, unsigned port, const void *ip, uint16_t type, unsigned len)
{
	uint8_t b[2048] = {0};

	memcpy(b, s->bed->dp.ports[port].mac, 6);
	b[12] = (uint8_t)(type >> 8);
	b[13] = (uint8_t)type;
	memcpy(b + 14, ip, INNER);
	bed_put_frame(s->bed, port, b, len);
}

static void put_sealed(struct drops_scene *s, uint64_t seq)
{
	struct bed_packet p;

	seal_packet(s->peer, seq, s->inner, INNER, IP_PROTO_IPIP, &p);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

static void put_changed(struct drops_scene *s, uint64_t seq, unsigned at, uint8_t xor)
{
	struct bed_packet p;

	seal_packet(s->peer, seq, s->inner, INNER, IP_PROTO_IPIP, &p);
	p.b[at] ^= xor;
	if (at < 20)
		bed_fix_checksum(p.b);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

/* Our host sends, with one byte of the header changed. */
static void put_away(struct drops_scene *s, unsigned at, uint8_t value)
{
	s->away[at] = value;
	bed_fix_checksum(s->away);
	bed_put(s->bed, BED_INSIDE, s->away, INNER);
}

static void put_text(struct drops_scene *s, uint8_t pad, uint8_t next)
{
	uint8_t text[16] = {0};
	struct bed_packet p;

	text[14] = pad;
	text[15] = next;
	seal_text(s->peer, 1, text, sizeof(text), &p);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
}

static void put_udp(struct drops_scene *s, unsigned port, uint16_t dst_port, const char *data,
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

static struct sa_out *sa_out(struct drops_scene *s)
{
	return &s->bed->dp.workers[0]->sas.out[0];
}

static void null_route(struct drops_scene *s)
{
	const struct route_next_hop nowhere = {.kind = ROUTE_NULL};
	struct addr twelve = addr_v4(0x0c000000);
	struct prefix prefix = prefix_make(&twelve, 8);

	assert_int_equal(route_set(s->bed->dp.routes, &prefix, &nowhere), 0);
	put_away(s, 16, 12);
}

// clang-format off
static void eth_runt(struct drops_scene *s) { frame(s, BED_INSIDE, s->away, 0x0800, 13); }
static void eth_vlan(struct drops_scene *s) { frame(s, BED_INSIDE, s->away, 0x8100, FRAME); }
static void eth_type(struct drops_scene *s) { frame(s, BED_INSIDE, s->away, 0x88cc, FRAME); }
static void ipv6(struct drops_scene *s) { frame(s, BED_INSIDE, s->away, 0x86dd, FRAME); }
static void if_down(struct drops_scene *s) { s->bed->dp.ports[0].up = false; put_away(s, 8, 64); }
static void ip_header(struct drops_scene *s) { put_away(s, 0, 0x44); }
static void ip_source(struct drops_scene *s) { put_away(s, 12, 127); }
static void ip_multicast(struct drops_scene *s) { put_away(s, 16, 224); }
static void ttl(struct drops_scene *s) { put_away(s, 8, 1); }
static void no_route(struct drops_scene *s) { put_away(s, 16, 99); }
static void policy_clear(struct drops_scene *s) { bed_put(s->bed, BED_OUTSIDE, s->inner, INNER); }
static void sa_expired(struct drops_scene *s) { sa_out(s)->hard_ms = 1; put_away(s, 8, 64); }
static void esp_runt(struct drops_scene *s) { put_udp(s, BED_OUTSIDE, 4500, "\0\0\0\1..", 6); }
static void esp_no_sa(struct drops_scene *s) { put_changed(s, 1, 23, 1); }
static void esp_endpoint(struct drops_scene *s) { put_changed(s, 1, 15, 4); }
static void esp_seq0(struct drops_scene *s) { put_sealed(s, 0); }
static void esp_auth(struct drops_scene *s) { put_changed(s, 1, 80, 1); }
static void esp_pad(struct drops_scene *s) { put_text(s, 15, 4); }
static void esp_next_header(struct drops_scene *s) { put_text(s, 0, 41); }
static void esp_dummy(struct drops_scene *s) { put_text(s, 0, 59); }
static void esp_inner(struct drops_scene *s) { put_text(s, 0, 4); }
static void ike_off(struct drops_scene *s) { put_udp(s, BED_INSIDE, 500, "ike", 3); }
static void ike_empty(struct drops_scene *s) { put_udp(s, BED_OUTSIDE, 500, "", 0); }
static void keepalive(struct drops_scene *s) { put_udp(s, BED_OUTSIDE, 4500, "\xff", 1); }
static void marker(struct drops_scene *s) { put_udp(s, BED_OUTSIDE, 4500, "abc", 3); }
static void not_ours(struct drops_scene *s) { put_udp(s, BED_OUTSIDE, 53, "dns", 3); }
// clang-format on

/* A list without a line that takes the packet. */
static void close_inside(struct drops_scene *s, bool out)
{
	const struct addr nobody = addr_v4(0x01010101);
	const struct plane_rule rule = {.action = PLANE_RULE_PROTECT,
					.src = prefix_make(&nobody, 32),
					.src_port = {0, UINT16_MAX},
					.dst_port = {0, UINT16_MAX},
					.out = out,
					.hit_line = UINT32_MAX};

	bed_filter(s->bed, &rule, (const uint8_t[]){BED_INSIDE}, 1, 0);
}

static void acl_in(struct drops_scene *s)
{
	close_inside(s, false);
	put_away(s, 8, 64);
}

static void acl_out(struct drops_scene *s)
{
	close_inside(s, true);
	put_sealed(s, 1);
}

/* Our host to its neighbour. */
static void hairpin(struct drops_scene *s)
{
	bed_filter(s->bed, NULL, NULL, 0, PLANE_FILTER_NO_HAIRPIN);
	memcpy(s->away + 12, (uint8_t[]){192, 168, 2, 9, 192, 168, 2, 10}, 8);
	put_away(s, 8, 64);
}

static void ip_checksum_bad(struct drops_scene *s)
{
	s->away[10]++;
	bed_put(s->bed, BED_INSIDE, s->away, INNER);
}

static void eth_dst(struct drops_scene *s)
{
	uint8_t b[60] = {2, 0, 0, 0, 0, 99};

	bed_put_frame(s->bed, BED_INSIDE, b, sizeof(b));
}

/* In six buffers, 12000 bytes. */
static void eth_giant(struct drops_scene *s)
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

static void ip_option(struct drops_scene *s)
{
	s->away[0] = 0x46;
	memcpy(s->away + 20, (uint8_t[]){7, 4, 4, 0}, 4); /* record route */
	put_away(s, 8, 64);
}

static void ip_fragment(struct drops_scene *s)
{
	memcpy(s->away + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	s->away[9] = IP_PROTO_TCP;
	put_away(s, 6, 0x20);
}

static void too_big(struct drops_scene *s)
{
	uint8_t b[1500];

	bed_udp(b, 2, 1, sizeof(b));
	b[6] = 0x40;
	bed_fix_checksum(b);
	sa_out(s)->flags |= SA_DF_COPY;
	bed_put(s->bed, BED_INSIDE, b, sizeof(b));
}

static void fragment_failed(struct drops_scene *s)
{
	uint8_t b[1500];

	bed_udp(b, 2, 1, sizeof(b));
	bed_put(s->bed, BED_INSIDE, b, sizeof(b));
	drops_scene_hold(s, 2047); /* no buffers are left for the fragments */
}

static void arp(struct drops_scene *s)
{
	uint8_t b[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 9, 9, 9, 9, 9, 8, 6};

	bed_put_frame(s->bed, BED_INSIDE, b, sizeof(b));
}

static void punt_full(struct drops_scene *s)
{
	drops_scene_hold(s, DATAPLANE_RING);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.punt[0], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	arp(s);
}

static void punt_rate(struct drops_scene *s)
{
	memset(s->bed->dp.workers[0]->punt_tokens, 0, sizeof(s->bed->dp.workers[0]->punt_tokens));
	s->bed->dp.workers[0]->punt_ms = clock_now_ms() + 60000; /* no token for a minute */
	arp(s);
}

static void ike_too_big(struct drops_scene *s)
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

static void no_sa(struct drops_scene *s)
{
	struct bed_sa sa = {.suite = aes_sha1, .generation = 1};

	bed_remove(s->bed, &sa);
	put_away(s, 8, 64);
}

static void seq_exhausted(struct drops_scene *s)
{
	sa_out(s)->seq = UINT32_MAX;
	put_away(s, 8, 64);
}

static void esp_sa_state(struct drops_scene *s)
{
	s->bed->dp.workers[0]->sas.in[0].hard_ms = 1;
	put_sealed(s, 1);
}

static void esp_align(struct drops_scene *s)
{
	struct bed_packet p;

	seal_packet(s->peer, 1, s->inner, INNER, IP_PROTO_IPIP, &p);
	p.b[3]--;
	bed_fix_checksum(p.b);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len - 1);
}

static void esp_replay_late(struct drops_scene *s)
{
	s->bed->dp.workers[0]->sas.in[0].replay.top = 1000;
	put_sealed(s, 936);
}

static void esp_replay_seen(struct drops_scene *s)
{
	replay_update(&s->bed->dp.workers[0]->sas.in[0].replay, 5);
	put_sealed(s, 5);
}

static void esp_policy(struct drops_scene *s)
{
	s->inner[12] = 11;
	bed_fix_checksum(s->inner);
	put_sealed(s, 1);
}

static void esp_recursion(struct drops_scene *s)
{
	memcpy(s->inner + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	s->inner[9] = IP_PROTO_ESP;
	bed_fix_checksum(s->inner);
	put_sealed(s, 1);
}

/* A frame at the very start of its buffer leaves no room for an outer header. */
static void no_buffer(struct drops_scene *s)
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

static void handoff_full(struct drops_scene *s)
{
	drops_scene_hold(s, DATAPLANE_RING);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.handoff[1], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	bed_policy_worker(s->bed, 1);
	put_away(s, 8, 64);
}

static void tx_full(struct drops_scene *s)
{
	drops_scene_hold(s, 1024);
	while (s->n_held && rte_ring_enqueue(s->bed->tx[BED_OUTSIDE], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	put_away(s, 8, 64);
}

static void qos_police(struct drops_scene *s)
{
	qos_lab_exceed_police(s->bed, s->away, INNER);
}

static void qos_queue(struct drops_scene *s)
{
	qos_lab_exceed_queue(s->bed, s->away, INNER);
}

/*
 * NONE is no reason; ARP_MALFORMED and NEIGHBOUR are the main thread's; CRYPTO needs a broken
 * engine.
 */
static void (*const provoke[DROP_COUNT])(struct drops_scene *s) = {
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
	[DROP_FRAG_DUP] = drops_fragment_dup,
	[DROP_FRAG_OVERLAP] = drops_fragment_overlap,
	[DROP_FRAG_TINY] = drops_fragment_tiny,
	[DROP_FRAG_LENGTH] = drops_fragment_length,
	[DROP_FRAG_TOO_MANY] = drops_fragment_too_many,
	[DROP_FRAG_OVERSIZE] = drops_fragment_oversize,
	[DROP_FRAG_TIMEOUT] = drops_fragment_timeout,
	[DROP_FRAG_POOL] = drops_fragment_pool,
	[DROP_IPV6] = ipv6,
	[DROP_TTL] = ttl,
	[DROP_NO_ROUTE] = no_route,
	[DROP_TOO_BIG] = too_big,
	[DROP_FRAGMENT_FAILED] = fragment_failed,
	[DROP_NULL_ROUTE] = null_route,
	[DROP_PUNT_FULL] = punt_full,
	[DROP_PUNT_RATE] = punt_rate,
	[DROP_NOT_OURS] = not_ours,
	[DROP_IKE_OFF] = ike_off,
	[DROP_IKE_EMPTY] = ike_empty,
	[DROP_IKE_TOO_BIG] = ike_too_big,
	[DROP_NATT_KEEPALIVE] = keepalive,
	[DROP_NATT_MARKER] = marker,
	[DROP_POLICY_CLEAR] = policy_clear,
	[DROP_ACL_IN] = acl_in,
	[DROP_ACL_OUT] = acl_out,
	[DROP_HAIRPIN] = hairpin,
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

unsigned drops_provoke(struct drops_scene *s, enum drop_reason reason)
{
	if (!provoke[reason])
		return 0;
	provoke[reason](s);
	return expected(reason);
}
