/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets too large for the path: ICMP with the right number, fragments before and after
 * encryption.
 */
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};
static const struct alg_suite tdes_md5 = {ALG_CIPHER_3DES, ALG_HASH_MD5};

static void set_df(uint8_t *ip)
{
	ip[6] |= 0x40;
	bed_fix_checksum(ip);
}

static unsigned large_packet(uint8_t *out, unsigned len, bool df)
{
	bed_udp(out, 1, 2, len);
	if (df)
		set_df(out);
	return len;
}

/* An ICMP 3/4 about a packet of ours, from the inside address, with this MTU. */
static void assert_too_big(const struct bed_packet *p, uint16_t mtu)
{
	static const uint8_t inside[] = {192, 168, 1, 1}, host[] = {192, 168, 1, 10};

	assert_true(p->len >= 28 + 28);
	assert_int_equal(p->b[9], IP_PROTO_ICMP);
	assert_memory_equal(p->b + 12, inside, 4);
	assert_memory_equal(p->b + 16, host, 4);
	assert_int_equal(p->b[20], 3);
	assert_int_equal(p->b[21], 4);
	assert_int_equal(p->b[26] << 8 | p->b[27], mtu);
	assert_int_equal(ip_checksum(p->b, 20), 0);
	assert_int_equal(ip_checksum(p->b + 20, p->len - 20), 0);
}

/* show-formats.md 6.1 as an inner host meets it. */
static void df_packet_is_answered_with_the_exact_mtu(void **state)
{
	static const struct {
		const struct alg_suite *suite;
		uint32_t flags, mtu;
		uint16_t inner;
	} rows[] = {
		{&tdes_md5, 0, 0, 1446},
		{&tdes_md5, PLANE_SA_UDP, 0, 1438},
		{&aes_sha1, 0, 0, 1438},
		{&aes_sha1, PLANE_SA_UDP, 0, 1422},
		{&tdes_md5, 0, 1400, 1350},
		{&tdes_md5, PLANE_SA_UDP, 1400, 1342},
		{&aes_sha1, 0, 1400, 1342},
		{&aes_sha1, PLANE_SA_UDP, 1400, 1326},
		{&gcm, 0, 0, 1446},
		{&gcm, PLANE_SA_UDP, 1400, 1338},
		{&gcm, PLANE_SA_FRAGMENT_AFTER, 0, 1446},
	};
	struct bed *bed = bed_create(1, 1);

	(void)state;
	bed_policy(bed);
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = {.suite = *rows[i].suite,
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .mtu = rows[i].mtu,
				    .flags = rows[i].flags | PLANE_SA_DF_COPY};
		uint8_t packet[BED_PACKET];
		struct bed_packet out;

		bed_install(bed, &sa);
		large_packet(packet, rows[i].inner, true);
		assert_true(bed_pass(bed, BED_INSIDE, packet, rows[i].inner, &out));
		assert_int_equal(out.b[6], 0x40);
		large_packet(packet, rows[i].inner + 1u, true);
		assert_false(bed_pass(bed, BED_INSIDE, packet, rows[i].inner + 1u, &out));
		assert_true(bed_take(bed, BED_INSIDE, &out));
		assert_too_big(&out, rows[i].inner);
		assert_int_equal(bed->plane.stats_out[i].too_big_sent, 1);
		assert_int_equal(bed->plane.stats_out[i].send_errors, 1);
	}
	assert_int_equal(bed_drop(bed, DROP_TOO_BIG), array_len(rows));
	assert_int_equal(bed_drops(bed), array_len(rows));
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* Without DF: inner fragments, each in an ESP packet that fits, none needing reassembly here. */
static void packet_is_fragmented_before_encryption(void **state)
{
	struct bed *a = bed_create(1, 1), *b = bed_create(2, 1);
	struct bed_sa sa = {
		.suite = aes_sha1, .generation = 1, .window = 64, .flags = PLANE_SA_DF_COPY};
	uint8_t packet[BED_PACKET], whole[BED_PACKET];
	struct bed_packet wire, out;
	unsigned got = 0, n = 0;

	(void)state;
	bed_policy(a);
	bed_policy(b);
	bed_install(a, &sa);
	bed_install(b, &sa);
	large_packet(packet, 1500, false);
	bed_put(a, BED_INSIDE, packet, 1500);
	bed_run(a);
	while (bed_take(a, BED_OUTSIDE, &wire)) {
		unsigned offset;

		assert_true(wire.len <= 1500);
		assert_true(bed_pass(b, BED_OUTSIDE, wire.b, wire.len, &out));
		offset = ((out.b[6] & 0x1fu) << 8 | out.b[7]) * 8;
		memcpy(whole + offset, out.b + 20, out.len - 20);
		got += out.len - 20;
		n++;
	}
	assert_int_equal(n, 2);
	assert_int_equal(got, 1480);
	assert_memory_equal(whole, packet + 20, 1480);
	assert_int_equal(a->plane.stats_out[0].fragmented, 1);
	assert_int_equal(a->plane.stats_out[0].fragments, 2);
	assert_int_equal(a->plane.stats_out[0].packets, 2);
	assert_int_equal(b->plane.stats_in[0].inner_fragments, 2);
	assert_int_equal(bed_drops(a) + bed_drops(b), 0);
	bed_check_pool(a);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

/* With the option, or a cleared outer DF under an inner DF: one ESP packet in two IP fragments. */
static void packet_is_fragmented_after_encryption(void **state)
{
	static const struct {
		uint32_t flags;
		bool inner_df;
	} rows[] = {
		{PLANE_SA_FRAGMENT_AFTER | PLANE_SA_DF_COPY, false},
		{PLANE_SA_FRAGMENT_AFTER, true},
		{0, true},
	};
	struct bed *a = bed_create(1, 1), *b = bed_create(2, 1);

	(void)state;
	bed_policy(a);
	bed_policy(b);
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = {.suite = gcm,
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .flags = rows[i].flags};
		uint8_t packet[BED_PACKET];
		struct bed_packet wire, whole = {.len = 20}, out;

		bed_install(a, &sa);
		bed_install(b, &sa);
		large_packet(packet, 1500, rows[i].inner_df);
		bed_put(a, BED_INSIDE, packet, 1500);
		bed_run(a);
		for (unsigned n = 0; n < 2; n++) {
			assert_true(bed_take(a, BED_OUTSIDE, &wire));
			assert_true(wire.len <= 1500);
			memcpy(whole.b + whole.len, wire.b + 20, wire.len - 20);
			whole.len += wire.len - 20;
			if (n == 0)
				memcpy(whole.b, wire.b, 20);
		}
		assert_false(bed_take(a, BED_OUTSIDE, &wire));
		whole.b[2] = (uint8_t)(whole.len >> 8);
		whole.b[3] = (uint8_t)whole.len;
		whole.b[6] = 0;
		bed_fix_checksum(whole.b);
		assert_true(bed_pass(b, BED_OUTSIDE, whole.b, whole.len, &out));
		assert_int_equal(out.len, 1500);
		assert_memory_equal(out.b + 20, packet + 20, 1480);
		assert_int_equal(a->plane.stats_out[i].fragments, 2);
	}
	bed_check_pool(a);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

static void outer_df_follows_the_option(void **state)
{
	static const struct {
		uint32_t flags;
		bool inner, outer;
	} rows[] = {
		{PLANE_SA_DF_COPY, false, false},
		{PLANE_SA_DF_COPY, true, true},
		{PLANE_SA_DF_SET, false, true},
		{PLANE_SA_DF_SET, true, true},
		{0, false, false},
		{0, true, false},
	};
	struct bed *bed = bed_create(1, 1);

	(void)state;
	bed_policy(bed);
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = {.suite = gcm,
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .flags = rows[i].flags};
		uint8_t packet[BED_PACKET];
		struct bed_packet out;

		bed_install(bed, &sa);
		large_packet(packet, 200, rows[i].inner);
		packet[1] = 0xb8; /* EF: the class is seen outside too */
		bed_fix_checksum(packet);
		assert_true(bed_pass(bed, BED_INSIDE, packet, 200, &out));
		assert_int_equal(out.b[6] >> 6 & 1, rows[i].outer);
		assert_int_equal(out.b[1], 0xb8);
	}
	bed_destroy(bed);
}

/* RFC 6040: CE on the outer path marks an inner packet that can be marked, and only that. */
static void congestion_mark_reaches_the_inner_packet(void **state)
{
	struct bed *b = bed_create(2, 1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct sealer *peer = seal_create(&sa, 1);
	struct bed_packet wire, out;
	uint8_t packet[100];
	uint64_t seq = 0;

	(void)state;
	bed_policy(b);
	bed_install(b, &sa);
	for (unsigned inner = 0; inner < 4; inner++)
		for (unsigned outer = 0; outer < 4; outer++) {
			bed_udp(packet, 1, 2, sizeof(packet));
			packet[1] = (uint8_t)(0x28 | inner);
			bed_fix_checksum(packet);
			seal_packet(peer, ++seq, packet, sizeof(packet), IP_PROTO_IPIP, &wire);
			wire.b[1] = (uint8_t)outer;
			bed_fix_checksum(wire.b);
			assert_true(bed_pass(b, BED_OUTSIDE, wire.b, wire.len, &out));
			assert_int_equal(out.b[1], 0x28 | (outer == 3 && inner ? 3 : inner));
			assert_int_equal(ip_checksum(out.b, 20), 0);
		}
	seal_destroy(peer);
	bed_destroy(b);
}

static void clear_packets_meet_the_mtu_of_the_port(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET];
	struct bed_packet out;

	(void)state;
	bed_policy(bed);
	for (unsigned df = 0; df < 2; df++) {
		large_packet(packet, 1501, df);
		memcpy(packet + 16, (uint8_t[]){172, 16, 0, 9}, 4);
		bed_fix_checksum(packet);
		bed_put(bed, BED_INSIDE, packet, 1501);
		bed_run(bed);
		if (df) {
			assert_true(bed_take(bed, BED_INSIDE, &out));
			assert_too_big(&out, 1500);
			continue;
		}
		assert_true(bed_take(bed, BED_OUTSIDE, &out));
		assert_int_equal(out.len, 1500);
		assert_true(bed_take(bed, BED_OUTSIDE, &out));
		assert_int_equal(out.len, 20 + 1501 - 1500);
	}
	assert_int_equal(bed_drop(bed, DROP_TOO_BIG), 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* A validated path MTU from the control plane, and back to that of the interface. */
static void path_mtu_command_counts_at_once(void **state)
{
	struct bed *bed = bed_create(1, 1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_DF_COPY};
	struct plane_msg msg = {.type = PLANE_SA_SET_MTU,
				.mtu = {.tunnel = BED_TUNNEL, .spi = bed_spi(&sa, 1), .mtu = 1300}};
	uint8_t packet[BED_PACKET];
	struct bed_packet out;

	(void)state;
	bed_policy(bed);
	bed_install(bed, &sa);
	large_packet(packet, 1400, true);
	assert_true(bed_pass(bed, BED_INSIDE, packet, 1400, &out));
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	assert_false(bed_pass(bed, BED_INSIDE, packet, 1400, &out));
	assert_true(bed_take(bed, BED_INSIDE, &out));
	assert_too_big(&out, 1246);
	msg.mtu.mtu = 0;
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	assert_true(bed_pass(bed, BED_INSIDE, packet, 1400, &out));
	bed_destroy(bed);
}

static void send_whole(struct bed *bed, const uint8_t *data, unsigned len)
{
	struct plane_datagram head = {
		.len = len,
		.whole = true,
		.local_port = 500,
		.remote_port = 500,
		.local = addr_v4(0x0a090001),
		.remote = addr_v4(0x0a090002),
	};

	assert_int_equal(plane_ring_send_datagram(bed->plane.datagrams_down[0], &head, data), 0);
	bed_run(bed);
}

/* IKE that is to stay whole has DF and is as large as fits; what does not fit is dropped. */
static void ike_stays_whole_when_asked_to(void **state)
{
	static const uint8_t data[1473];
	struct bed *bed = bed_create(1, 1);
	struct bed_packet p;

	(void)state;
	send_whole(bed, data, 1472);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(p.len, 1500);
	assert_int_equal(p.b[6], 0x40);
	assert_int_equal(ip_checksum(p.b, 20), 0);
	assert_int_equal(bed_drops(bed), 0);
	send_whole(bed, data, 1473);
	assert_false(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(bed_drop(bed, DROP_TOO_BIG), 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(df_packet_is_answered_with_the_exact_mtu),
		cmocka_unit_test(packet_is_fragmented_before_encryption),
		cmocka_unit_test(packet_is_fragmented_after_encryption),
		cmocka_unit_test(outer_df_follows_the_option),
		cmocka_unit_test(congestion_mark_reaches_the_inner_packet),
		cmocka_unit_test(clear_packets_meet_the_mtu_of_the_port),
		cmocka_unit_test(path_mtu_command_counts_at_once),
		cmocka_unit_test(ike_stays_whole_when_asked_to),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
