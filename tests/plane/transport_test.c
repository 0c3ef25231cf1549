/* SPDX-License-Identifier: BSD-3-Clause */
/* Transport mode: what two appliances say to each other themselves. */
#include "dataplane/packet.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <string.h>

enum {
	SITE_1 = 0x0a090001,
	SITE_2 = 0x0a090002,
	HEADER = 20,
	PING = 84,
	SUITES = 64,
};

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};

static struct bed *make(unsigned site, const struct bed_sa *sa)
{
	struct addr here = addr_v4(0x0a090000 | site), there = addr_v4(0x0a090000 | (3 - site));
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = 10,
		.src = prefix_make(&here, 32),
		.dst = prefix_make(&there, 32),
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.tunnel = BED_TUNNEL,
	};
	struct bed *bed = bed_create(site, 1);

	bed_set_policy(bed, &rule, 1);
	bed_install(bed, sa);
	return bed;
}

static void end(struct bed *bed)
{
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* A packet of the appliance's own. */
static void send_own(struct bed *bed, const uint8_t *ip, unsigned len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->dp.pool);

	memcpy(rte_pktmbuf_append(m, (uint16_t)len), ip, len);
	*packet_meta(m) =
		(struct packet_meta){.flags = PACKET_OURS, .inject = PACKET_INJECT_FORWARD};
	assert_int_equal(rte_ring_enqueue(bed->dp.inject[0], m), 0);
	bed_run(bed);
}

/* What reached the main thread; its length, 0 for nothing. */
static unsigned take_own(struct bed *bed, uint8_t *out)
{
	struct rte_mbuf *m;
	unsigned len;

	if (rte_ring_dequeue(bed->dp.punt[0], (void **)&m))
		return 0;
	assert_int_equal(packet_meta(m)->punt, PACKET_PUNT_LOCAL);
	len = m->data_len;
	memcpy(out, rte_pktmbuf_mtod(m, void *), len);
	rte_pktmbuf_free(m);
	return len;
}

/* All but identification and checksum, which the outer header brings. */
static void is_same(const uint8_t *got, const uint8_t *want, unsigned len)
{
	assert_int_equal(ip_checksum(got, HEADER), 0);
	assert_memory_equal(got, want, 4);
	assert_memory_equal(got + 6, want + 6, 4);
	assert_memory_equal(got + 12, want + 12, len - 12);
}

static void carry(struct bed *from, struct bed *to, bool udp, unsigned len)
{
	uint8_t packet[BED_PACKET], got[BED_PACKET];
	unsigned n = bed_icmp(packet, SITE_1, SITE_2, len);
	struct bed_packet wire;
	struct ip_v4 ip;

	packet[1] = 0xb8; /* TOS */
	bed_fix_checksum(packet);
	send_own(from, packet, n);
	assert_true(bed_take(from, BED_OUTSIDE, &wire));
	memcpy(&ip, wire.b, sizeof(ip));
	assert_int_equal(ip.protocol, udp ? IP_PROTO_UDP : IP_PROTO_ESP);
	assert_int_equal(ip.tos, 0xb8);
	bed_put(to, BED_OUTSIDE, wire.b, wire.len);
	bed_run(to);
	assert_int_equal(take_own(to, got), n);
	is_same(got, packet, n);
}

static void every_suite_carries_pings_of_the_two_ends(void **state)
{
	struct alg_suite suites[SUITES];
	unsigned n = bed_suites(suites, SUITES);

	(void)state;
	for (unsigned i = 0; i < n; i++)
		for (unsigned udp = 0; udp < 2; udp++) {
			struct bed_sa sa = {.suite = suites[i],
					    .generation = 1,
					    .window = 64,
					    .flags = PLANE_SA_TRANSPORT | (udp ? PLANE_SA_UDP : 0)};
			struct bed *from = make(1, &sa), *to = make(2, &sa);

			for (unsigned len = PING; len < PING + 16; len++)
				carry(from, to, udp, len);
			assert_int_equal(bed_drops(from) + bed_drops(to), 0);
			assert_int_equal(from->plane.stats_out[0].packets, 16);
			assert_int_equal(to->plane.stats_in[0].packets, 16);
			end(from);
			end(to);
		}
}

/* The header stays where it was: 20 bytes less than in tunnel mode. */
static void it_is_a_header_shorter(void **state)
{
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_TRANSPORT};
	struct bed *bed = make(1, &sa);
	uint8_t packet[BED_PACKET];
	struct bed_packet wire;

	(void)state;
	send_own(bed, packet, bed_icmp(packet, SITE_1, SITE_2, PING));
	assert_true(bed_take(bed, BED_OUTSIDE, &wire));
	/* header, SPI and number, IV, 64 bytes and a trailer on 4, ICV */
	assert_int_equal(wire.len, 20 + 8 + 8 + 68 + 16);
	end(bed);
}

/* Larger than the path: whole under ESP, the ESP packet in fragments. */
static void what_is_large_is_fragmented_behind_the_cipher(void **state)
{
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_TRANSPORT};
	struct bed *from = make(1, &sa), *to = make(2, &sa);
	uint8_t packet[BED_PACKET], got[BED_PACKET];
	unsigned n = bed_icmp(packet, SITE_1, SITE_2, 1500), parts = 0;
	struct bed_packet wire;

	(void)state;
	send_own(from, packet, n);
	while (bed_take(from, BED_OUTSIDE, &wire)) {
		assert_true(wire.len <= 1500);
		bed_put(to, BED_OUTSIDE, wire.b, wire.len);
		bed_run(to);
		parts++;
	}
	assert_int_equal(parts, 2);
	assert_int_equal(take_own(to, got), n);
	is_same(got, packet, n);
	/* and what just fits is not */
	n = bed_icmp(packet, SITE_1, SITE_2, 1500 - 8 - 8 - 2 - 16);
	send_own(from, packet, n);
	assert_true(bed_take(from, BED_OUTSIDE, &wire));
	assert_false(bed_take(from, BED_OUTSIDE, &wire));
	assert_int_equal(bed_drops(from) + bed_drops(to), 0);
	end(from);
	end(to);
}

static void a_fragment_is_not_for_transport_mode(void **state)
{
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_TRANSPORT};
	struct bed *bed = make(1, &sa);
	uint8_t packet[BED_PACKET];
	unsigned n = bed_icmp(packet, SITE_1, SITE_2, PING);
	struct bed_packet wire;

	(void)state;
	packet[6] = 0x20; /* more follow */
	bed_fix_checksum(packet);
	send_own(bed, packet, n);
	assert_false(bed_take(bed, BED_OUTSIDE, &wire));
	assert_int_equal(bed_drop(bed, DROP_FRAGMENT_FAILED), 1);
	end(bed);
}

/* The holder of the keys may send what the SA is for and nothing else. */
static void what_is_inside_is_checked(void **state)
{
	static const struct {
		uint8_t next_header;
		unsigned bytes;
		enum drop_reason reason;
	} rows[] = {
		{IP_PROTO_ICMP, 64, DROP_NONE},
		{IP_PROTO_TCP, 64, DROP_ESP_POLICY}, /* the selector says ICMP */
		{IP_PROTO_IPIP, 64, DROP_ESP_POLICY},
		{IP_PROTO_ESP, 64, DROP_ESP_POLICY},
		{IP_PROTO_NONE, 64, DROP_ESP_DUMMY},
		{IP_PROTO_ICMP, 0, DROP_NOT_OURS},
	};
	struct bed_sa sa = {.suite = gcm,
			    .generation = 1,
			    .window = 64,
			    .protocol = IP_PROTO_ICMP,
			    .flags = PLANE_SA_TRANSPORT};
	uint8_t inside[64] = {8}, got[BED_PACKET];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bed *bed = make(1, &sa);
		struct sealer *peer = seal_create(&sa, 2);
		struct bed_packet wire;
		unsigned len;

		seal_packet(peer, 1, inside, rows[i].bytes, rows[i].next_header, &wire);
		bed_put(bed, BED_OUTSIDE, wire.b, wire.len);
		bed_run(bed);
		len = take_own(bed, got);
		/* an empty one is the main thread's to refuse */
		assert_int_equal(len, rows[i].reason == DROP_NONE || rows[i].reason == DROP_NOT_OURS
					      ? HEADER + rows[i].bytes
					      : 0);
		if (!len)
			assert_int_equal(bed_drop(bed, rows[i].reason), 1);
		seal_destroy(peer);
		end(bed);
	}
}

/* ESP in ESP in ESP does not keep a worker busy: one layer, then it is a stranger's. */
static void a_packet_in_a_packet_is_opened_once(void **state)
{
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_TRANSPORT};
	struct bed *bed = make(1, &sa);
	struct sealer *peer = seal_create(&sa, 2);
	uint8_t inside[64] = {8};
	struct bed_packet inner, wire;

	(void)state;
	seal_packet(peer, 1, inside, sizeof(inside), IP_PROTO_ICMP, &inner);
	seal_packet(peer, 2, inner.b + HEADER, inner.len - HEADER, IP_PROTO_ESP, &wire);
	bed_put(bed, BED_OUTSIDE, wire.b, wire.len);
	bed_run(bed);
	assert_int_equal(take_own(bed, inner.b), 0);
	assert_int_equal(bed_drops(bed), 1);
	seal_destroy(peer);
	end(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_carries_pings_of_the_two_ends),
		cmocka_unit_test(it_is_a_header_shorter),
		cmocka_unit_test(what_is_large_is_fragmented_behind_the_cipher),
		cmocka_unit_test(a_fragment_is_not_for_transport_mode),
		cmocka_unit_test(what_is_inside_is_checked),
		cmocka_unit_test(a_packet_in_a_packet_is_opened_once),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
