/* SPDX-License-Identifier: BSD-3-Clause */
/* Fragments for the appliance itself on their whole way: to the SA, to IKE, between workers. */
#include "lib/net/ip.h"
#include "tests/plane/lab.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

enum {
	SRC = 0x0a090001,
	DST = 0x0a090002,
	MORE = 0x2000,
};

/* On the wire to port 1: a packet in fragments with `each` bytes of data. */
static void put_fragments(struct bed *bed, const struct bed_packet *p, unsigned each, bool backward)
{
	unsigned n = (p->len - 20 + each - 1) / each;

	for (unsigned k = 0; k < n; k++) {
		unsigned i = backward ? n - 1 - k : k, at = i * each;
		unsigned bytes = p->len - 20 - at < each ? p->len - 20 - at : each;
		uint16_t place = htons((uint16_t)(at / 8 | (i + 1 < n ? MORE : 0)));
		uint16_t len = htons((uint16_t)(20 + bytes));
		uint8_t f[BED_PACKET];

		memcpy(f, p->b, 20);
		memcpy(f + 2, &len, 2);
		memcpy(f + 6, &place, 2);
		bed_fix_checksum(f);
		memcpy(f + 20, p->b + 20 + at, bytes);
		bed_put(bed, BED_OUTSIDE, f, 20 + bytes);
	}
}

/* Outer fragments of ESP, plain and in UDP, are an ESP packet like any other. */
static void esp_in_fragments_is_decrypted(void **state)
{
	static const uint32_t flags[] = {0, PLANE_SA_UDP};

	(void)state;
	for (unsigned i = 0; i < array_len(flags); i++) {
		struct bed_sa sa = {.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE},
				    .generation = 1,
				    .window = 64,
				    .flags = flags[i]};
		struct lab lab = lab_create(sa);

		for (unsigned n = 0; n < 40; n++) {
			uint8_t inner[1400];
			unsigned len = lab_inner(inner, 300 + n * 25);
			struct bed_packet p, out, more;

			seal_packet(lab.peer, n + 1, inner, len, IP_PROTO_IPIP, &p);
			p.b[4] = (uint8_t)n;
			put_fragments(lab.bed, &p, 240 + n % 7 * 8, n & 1);
			bed_run(lab.bed);
			assert_true(bed_take(lab.bed, BED_INSIDE, &out));
			assert_false(bed_take(lab.bed, BED_INSIDE, &more));
			assert_int_equal(out.len, len);
			assert_memory_equal(out.b + 20, inner + 20, len - 20);
		}
		assert_int_equal(bed_drops(lab.bed), 0);
		lab_destroy(&lab);
	}
}

/* Fragments wait for each other while whole packets pass them: that is told apart. */
static void late_esp_that_came_in_fragments_is_counted(void **state)
{
	struct lab lab = lab_create((struct bed_sa){
		.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE}, .generation = 1, .window = 64});
	const struct plane_stats_in *stats = plane_stats_in_of(&lab.bed->plane, 0);
	static const uint64_t late[] = {10, 11};
	uint8_t inner[1400];
	struct bed_packet p;
	unsigned len = lab_inner(inner, 1000), slot = 0;

	(void)state;
	seal_packet(lab.peer, 1000, inner, len, IP_PROTO_IPIP, &p);
	bed_put(lab.bed, BED_OUTSIDE, p.b, p.len);
	bed_run(lab.bed);
	seal_packet(lab.peer, late[0], inner, len, IP_PROTO_IPIP, &p);
	bed_put(lab.bed, BED_OUTSIDE, p.b, p.len);
	seal_packet(lab.peer, late[1], inner, len, IP_PROTO_IPIP, &p);
	put_fragments(lab.bed, &p, 240, false);
	bed_run(lab.bed);
	while (!stats[slot].spi)
		slot++;
	assert_int_equal(stats[slot].replay_late, 2);
	assert_int_equal(stats[slot].late_reassembled, 1);
	bed_flush(lab.bed);
	lab_destroy(&lab);
}

/* H169: datagrams go to the worker of their hash and come whole to that of their SA. */
static void fragments_meet_on_one_of_several_workers(void **state)
{
	struct bed_sa sa = {
		.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE}, .generation = 1, .window = 64};
	struct bed *bed = bed_create(2, 2);
	struct sealer *peer = seal_create(&sa, 1);
	unsigned handed;

	(void)state;
	bed_policy(bed);
	bed_install(bed, &sa);
	for (unsigned n = 0; n < 64; n++) {
		uint8_t inner[1000];
		struct bed_packet p, out;

		lab_inner(inner, sizeof(inner));
		seal_packet(peer, n + 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		p.b[5] = (uint8_t)n;
		put_fragments(bed, &p, 480, n & 1);
		bed_run(bed);
		assert_true(bed_take(bed, BED_INSIDE, &out));
		assert_memory_equal(out.b + 20, inner + 20, sizeof(inner) - 20);
	}
	handed = (unsigned)bed->plane.stats_worker[0].handoff_sent;
	assert_true(handed > 20 && handed < 64 * 3 - 20);
	assert_int_equal(bed_drops(bed), 0);
	seal_destroy(peer);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* IKE with certificates: more than a packet buffer holds. */
static void a_large_ike_datagram_reaches_the_control_plane(void **state)
{
	static struct {
		struct plane_datagram head;
		uint8_t b[PLANE_PACKET_MAX];
	} got;
	struct bed *bed = bed_create(2, 1);
	uint8_t ip[20 + 8 + 9000];

	(void)state;
	for (unsigned at = 0; at < 9008; at += 1480) {
		unsigned bytes = 9008 - at < 1480 ? 9008 - at : 1480;
		uint8_t f[1500];
		struct ip_v4 h;

		bed_udp(ip, 1, 2, 28);
		for (unsigned i = 28; i < sizeof(ip); i++)
			ip[i] = (uint8_t)(i * 3);
		memcpy(ip + 20, (uint8_t[]){1, 244, 1, 244, 9008 >> 8, 9008 & 255, 0, 0}, 8);
		ip_build_v4(&h, htonl(SRC), htonl(DST), IP_PROTO_UDP, 0, 64, (uint16_t)(20 + bytes),
			    9, false);
		h.fragment_be = htons((uint16_t)(at / 8 | (at + bytes < 9008 ? MORE : 0)));
		memcpy(f, &h, 20);
		bed_fix_checksum(f);
		memcpy(f + 20, ip + 20 + at, bytes);
		bed_put(bed, BED_OUTSIDE, f, 20 + bytes);
	}
	bed_run(bed);
	assert_int_equal(bed_drops(bed), 0);
	assert_int_equal(plane_ring_recv_datagram(bed->plane.datagrams_up[0], &got.head, got.b),
			 9000);
	assert_memory_equal(got.b, ip + 28, 9000);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* Fragments on their way through, and those a tunnel brought for us, are none of our business. */
static void others_fragments_are_left_alone(void **state)
{
	struct bed_sa sa = {
		.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE}, .generation = 1, .window = 64};
	struct lab lab = lab_create(sa);
	uint8_t inner[200];
	struct bed_packet p, out;

	(void)state;
	lab_inner(inner, sizeof(inner));
	inner[6] = 0x20;
	bed_fix_checksum(inner);
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	assert_true(bed_pass(lab.bed, BED_OUTSIDE, p.b, p.len, &out));
	memcpy(inner + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	bed_fix_checksum(inner);
	seal_packet(lab.peer, 2, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	lab_refused(&lab, &p, DROP_IP_FRAGMENT);
	lab_destroy(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(esp_in_fragments_is_decrypted),
		cmocka_unit_test(late_esp_that_came_in_fragments_is_counted),
		cmocka_unit_test(fragments_meet_on_one_of_several_workers),
		cmocka_unit_test(a_large_ike_datagram_reaches_the_control_plane),
		cmocka_unit_test(others_fragments_are_left_alone),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
