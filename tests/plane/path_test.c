/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets through whole appliances: clear, and through every suite from site 1 to site 2 and
 * back.
 */
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};
static const struct alg_suite tdes_md5 = {ALG_CIPHER_3DES, ALG_HASH_MD5};

struct sites {
	struct bed *a;
	struct bed *b;
};

static struct sites sites_create(void)
{
	struct sites s = {bed_create(1, 1), bed_create(2, 1)};

	bed_policy(s.a);
	bed_policy(s.b);
	return s;
}

static void sites_destroy(struct sites s)
{
	bed_flush(s.a);
	bed_flush(s.b);
	bed_check_pool(s.a);
	bed_check_pool(s.b);
	bed_destroy(s.a);
	bed_destroy(s.b);
}

static void install(struct sites s, const struct bed_sa *sa)
{
	bed_install(s.a, sa);
	bed_install(s.b, sa);
}

/* What a router does to a packet it forwards. */
static void lower_ttl(uint8_t *ip, unsigned hops)
{
	ip[8] = (uint8_t)(ip[8] - hops);
	bed_fix_checksum(ip);
}

/* One packet from a host of one site to a host of the other; returns the bytes on the wire. */
static unsigned cross(struct bed *from, struct bed *to, const uint8_t *packet, unsigned len)
{
	struct bed_packet wire, out;
	uint8_t expected[BED_PACKET];

	assert_true(bed_pass(from, BED_INSIDE, packet, len, &wire));
	assert_true(bed_pass(to, BED_OUTSIDE, wire.b, wire.len, &out));
	memcpy(expected, packet, len);
	lower_ttl(expected, 2);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.b, expected, len);
	return wire.len;
}

static void forwards_clear_packets_no_crypto_map_wants(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET], expected[BED_PACKET];
	struct bed_packet out;

	(void)state;
	bed_policy(bed);
	for (unsigned len = 20; len <= 1500; len += 37) {
		bed_udp(packet, 1, 2, len);
		packet[17] = 16; /* to 172.16... */
		memcpy(packet + 16, (uint8_t[]){172, 16, 0, 9}, 4);
		bed_fix_checksum(packet);
		assert_true(bed_pass(bed, BED_INSIDE, packet, len, &out));
		memcpy(expected, packet, len);
		lower_ttl(expected, 1);
		assert_int_equal(out.len, len);
		assert_memory_equal(out.b, expected, len);
	}
	assert_int_equal(bed_drops(bed), 0);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* RFC 1141 by steps of one must meet both ends of the carry. */
static void lowered_ttl_leaves_a_right_checksum(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[20];
	struct bed_packet out;

	(void)state;
	for (unsigned id = 0; id < 65536; id++) {
		bed_udp(packet, 1, 2, sizeof(packet));
		memcpy(packet + 16, (uint8_t[]){172, 16, 0, 9}, 4);
		packet[4] = (uint8_t)(id >> 8);
		packet[5] = (uint8_t)id;
		bed_fix_checksum(packet);
		/* minus zero is as right as zero */
		if (packet[10] == 0 && packet[11] == 0)
			memset(packet + 10, 0xff, 2);
		assert_true(bed_pass(bed, BED_INSIDE, packet, sizeof(packet), &out));
		assert_int_equal(out.b[8], packet[8] - 1);
		assert_int_equal(ip_checksum(out.b, 20), 0);
	}
	bed_destroy(bed);
}

/* A packet that claims to come from ourselves, and one that came by broadcast. */
static void impossible_senders_and_casts_are_refused(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[60], frame[74] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct bed_packet out;

	(void)state;
	bed_udp(packet, 1, 2, sizeof(packet));
	frame[12] = 8;
	memcpy(frame + 14, packet, sizeof(packet));
	bed_put_frame(bed, BED_INSIDE, frame, sizeof(frame));
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_IP_MULTICAST), 1);
	packet[15] = 1;
	bed_fix_checksum(packet);
	assert_false(bed_pass(bed, BED_INSIDE, packet, sizeof(packet), &out));
	assert_int_equal(bed_drop(bed, DROP_IP_SOURCE), 1);
	/* nothing leaves by an interface that is down */
	bed->dp.ports[BED_OUTSIDE].up = false;
	bed_udp(packet, 1, 2, sizeof(packet));
	assert_false(bed_pass(bed, BED_INSIDE, packet, sizeof(packet), &out));
	assert_int_equal(bed_drop(bed, DROP_IF_DOWN), 1);
	assert_int_equal(bed_drops(bed), 3);
	bed_destroy(bed);
}

static void every_suite_carries_every_size_both_ways(void **state)
{
	struct sites s = sites_create();
	struct alg_suite suites[64];
	unsigned n = bed_suites(suites, array_len(suites));

	(void)state;
	assert_int_equal(n, 6 * 5 + 3);
	for (unsigned i = 0; i < n; i++) {
		struct bed_sa sa = {.suite = suites[i],
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .seed = (uint8_t)i};
		uint8_t packet[BED_PACKET];

		install(s, &sa);
		for (unsigned len = 20; len <= 1420; len += len < 120 ? 1 : 61) {
			bed_udp(packet, 1, 2, len);
			cross(s.a, s.b, packet, len);
			bed_udp(packet, 2, 1, len);
			cross(s.b, s.a, packet, len);
		}
		bed_remove(s.a, &sa);
		bed_remove(s.b, &sa);
	}
	assert_int_equal(bed_drops(s.a), 0);
	assert_int_equal(bed_drops(s.b), 0);
	sites_destroy(s);
}

/* show-formats.md 6.1: the sizes on the wire and the largest packets that fit. */
static void wire_sizes_are_those_of_the_formats(void **state)
{
	static const struct {
		const struct alg_suite *suite;
		uint32_t flags;
		unsigned inner, wire;
	} rows[] = {
		{&aes_sha1, 0, 100, 168},
		{&tdes_md5, 0, 100, 152},
		{&tdes_md5, 0, 1446, 1496},
		{&aes_sha1, 0, 1438, 1496},
		{&tdes_md5, PLANE_SA_UDP, 1438, 1496},
		{&aes_sha1, PLANE_SA_UDP, 1422, 1488},
		{&gcm, 0, 100, 156},
		{&gcm, 0, 1446, 1500},
		{&gcm, PLANE_SA_UDP, 1438, 1500},
	};
	struct sites s = sites_create();

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = {.suite = *rows[i].suite,
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .flags = rows[i].flags};
		uint8_t packet[BED_PACKET];

		install(s, &sa);
		bed_udp(packet, 1, 2, rows[i].inner);
		assert_int_equal(cross(s.a, s.b, packet, rows[i].inner), rows[i].wire);
	}
	sites_destroy(s);
}

/* The owner of the SA is the other worker, which has no queue of its own on these devices. */
static void packets_cross_workers_both_ways(void **state)
{
	struct bed *a = bed_create(1, 2), *b = bed_create(2, 2);
	struct bed_sa sa = {.suite = aes_sha1, .generation = 1, .window = 64, .worker = 1};
	uint8_t packet[100u];
	struct bed_packet wire, out;

	(void)state;
	bed_policy_worker(a, 1);
	bed_policy_worker(b, 1);
	bed_install(a, &sa);
	bed_install(b, &sa);
	for (unsigned i = 0; i < 100; i++) {
		struct bed *from = i & 1 ? a : b, *to = i & 1 ? b : a;

		bed_udp(packet, from->site, to->site, 100u);
		assert_true(bed_pass(from, BED_INSIDE, packet, 100u, &wire));
		assert_true(bed_pass(to, BED_OUTSIDE, wire.b, wire.len, &out));
		assert_memory_equal(out.b + 12, packet + 12, 100u - 12);
	}
	assert_int_equal(plane_stats_in_of(&a->plane, 1)->packets, 50);
	assert_int_equal(plane_stats_out_of(&a->plane, 1)->packets, 50);
	assert_int_equal(bed_drops(a) + bed_drops(b), 0);
	bed_check_pool(a);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

/* One packet from a to b; both ends name its SA. */
static void cross_on_sa(struct bed *a, struct bed *b, unsigned worker, uint32_t slot)
{
	const struct plane_stats_out *out = &plane_stats_out_of(&a->plane, worker)[slot];
	const struct plane_stats_in *in = &plane_stats_in_of(&b->plane, worker)[slot];
	uint64_t sent = out->packets, received = in->packets;
	uint8_t packet[100];

	bed_udp(packet, 1, 2, sizeof(packet));
	cross(a, b, packet, sizeof(packet));
	assert_int_equal(out->packets, sent + 1);
	assert_int_equal(in->packets, received + 1);
}

static void cross_on(struct bed *a, struct bed *b, unsigned worker)
{
	cross_on_sa(a, b, worker, 0);
}

/* All packets arrive at worker 0, since these devices have one queue; the owner is worker 1. */
static void worker_uses_its_own_parallel_sa_while_it_has_one(void **state)
{
	struct sites s = {bed_create(1, 2), bed_create(2, 2)};
	struct bed_sa owners = {.suite = gcm, .generation = 1, .window = 64, .worker = 1};
	struct bed_sa own = {.suite = gcm, .generation = 1, .window = 64, .worker = 0, .seed = 9};

	(void)state;
	bed_policy_per_worker(s.a, 1);
	bed_policy_per_worker(s.b, 1);
	install(s, &owners);
	cross_on(s.a, s.b, 1);
	install(s, &own);
	cross_on(s.a, s.b, 0);
	cross_on(s.a, s.b, 0);
	bed_remove(s.a, &own);
	cross_on(s.a, s.b, 1);
	/* without parallel SAs only the owner counts */
	bed_policy_worker(s.b, 1);
	bed_policy_worker(s.a, 1);
	bed_install(s.a, &own);
	cross_on(s.a, s.b, 1);
	assert_int_equal(bed_drops(s.a) + bed_drops(s.b), 0);
	sites_destroy(s);
}

/* What has no pair of its own goes by the lowest lane that has one, be it not the first. */
static void lane_without_sa_uses_another(void **state)
{
	struct sites s = sites_create();
	struct bed_sa first = {.suite = gcm, .generation = 1, .window = 64};
	struct bed_sa third = {.suite = gcm, .generation = 1, .window = 64, .slot = 1, .seed = 9};
	struct plane_msg msg = bed_sa_msg(&third, 1, true);

	(void)state;
	msg.sa.lane = 2;
	bed_install(s.b, &third);
	assert_int_equal(bed_command_worker(s.a, 0, &msg, NULL), 0);
	cross_on_sa(s.a, s.b, 0, 1);
	install(s, &first);
	cross_on_sa(s.a, s.b, 0, 0);
	bed_remove(s.a, &first);
	cross_on_sa(s.a, s.b, 0, 1);
	assert_int_equal(bed_drops(s.a) + bed_drops(s.b), 0);
	sites_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwards_clear_packets_no_crypto_map_wants),
		cmocka_unit_test(lowered_ttl_leaves_a_right_checksum),
		cmocka_unit_test(impossible_senders_and_casts_are_refused),
		cmocka_unit_test(wire_sizes_are_those_of_the_formats),
		cmocka_unit_test(packets_cross_workers_both_ways),
		cmocka_unit_test(worker_uses_its_own_parallel_sa_while_it_has_one),
		cmocka_unit_test(lane_without_sa_uses_another),
		cmocka_unit_test(every_suite_carries_every_size_both_ways),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
