/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets copied out while somebody captures: which ones, and with which verdict. */
#include "dataplane/capture_main.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	LEN = 100,
	BOTH = PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN,
};

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};

struct scene {
	struct bed *bed; /* site 1 */
	struct capture_main main;
	struct sealer *peer;
	struct bed_sa sa;
};

struct seen {
	struct plane_captured head;
	uint8_t bytes[PLANE_CAPTURED_MAX];
};

static void make(struct scene *s, struct alg_suite suite)
{
	*s = (struct scene){.bed = bed_create(1, 1)};
	s->sa = (struct bed_sa){
		.suite = suite, .slot = 4, .generation = 9, .window = 64, .seed = 3};
	bed_policy(s->bed);
	bed_install(s->bed, &s->sa);
	s->peer = seal_create(&s->sa, 2);
}

static void destroy(struct scene *s)
{
	bed_flush(s->bed);
	bed_check_pool(s->bed);
	seal_destroy(s->peer);
	capture_main_fini(&s->main, &s->bed->dp);
	bed_destroy(s->bed);
}

static int step(struct scene *s, struct plane_capture step, int port)
{
	return capture_main_step(&s->main, &s->bed->dp, &step, port);
}

static int begin(struct scene *s)
{
	return step(s, (struct plane_capture){.step = PLANE_CAPTURE_BEGIN}, CAPTURE_ALL_PORTS);
}

static int commit(struct scene *s)
{
	return step(s, (struct plane_capture){.step = PLANE_CAPTURE_COMMIT}, CAPTURE_ALL_PORTS);
}

static struct plane_capture point(uint8_t number, uint8_t views)
{
	return (struct plane_capture){
		.step = PLANE_CAPTURE_POINT, .point = number, .views = views, .in = 1, .out = 1};
}

/* One point for everything that passes this port. */
static void capture(struct scene *s, int port, uint8_t views)
{
	assert_int_equal(begin(s), 0);
	assert_int_equal(step(s, point(0, views), port), 0);
	assert_int_equal(commit(s), 0);
}

static bool take(struct scene *s, struct seen *seen)
{
	return plane_ring_recv_captured(s->bed->plane.captured[0], &seen->head, seen->bytes) != 0;
}

static void expect(struct scene *s, const char *interface, bool outbound, unsigned view,
		   enum plane_verdict verdict, uint32_t spi, uint64_t seq)
{
	struct seen seen;

	assert_true(take(s, &seen));
	assert_string_equal(seen.head.interface, interface);
	assert_int_equal(seen.head.outbound, outbound);
	assert_int_equal(seen.head.view, view);
	assert_int_equal(seen.head.verdict, verdict);
	assert_int_equal(seen.head.spi, spi);
	assert_true(seen.head.seq == seq);
	assert_true(seen.head.time_ns > 1000000000ull * 1500000000ull);
}

static void nothing_more(struct scene *s)
{
	struct seen seen;

	assert_false(take(s, &seen));
}

static uint32_t spi_out(const struct scene *s)
{
	return bed_spi(&s->sa, 1);
}

static uint32_t spi_in(const struct scene *s)
{
	return bed_spi(&s->sa, 2);
}

static void put_inner(struct scene *s)
{
	uint8_t ip[LEN];

	bed_put(s->bed, BED_INSIDE, ip, bed_udp(ip, 1, 2, LEN));
	bed_run(s->bed);
}

static void put_sealed(struct scene *s, uint64_t seq)
{
	struct bed_packet p;
	uint8_t ip[LEN];

	seal_packet(s->peer, seq, ip, bed_udp(ip, 2, 1, LEN), 4, &p);
	bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
	bed_run(s->bed);
}

static void way_out(struct alg_suite suite)
{
	struct seen plain, wire;
	struct bed_packet sent;
	struct scene s;
	uint8_t ip[LEN];

	make(&s, suite);
	capture(&s, CAPTURE_ALL_PORTS, BOTH);
	bed_udp(ip, 1, 2, LEN);
	put_inner(&s);
	expect(&s, "GigabitEthernet0/0", false, BOTH, PLANE_VERDICT_ENCRYPTED, spi_out(&s), 1);
	assert_true(take(&s, &plain));
	assert_int_equal(plain.head.verdict, PLANE_VERDICT_ENCRYPTED);
	assert_int_equal(plain.head.view, PLANE_VIEW_PLAIN);
	assert_int_equal(plain.head.spi, spi_out(&s));
	assert_int_equal(plain.head.len, LEN);
	assert_memory_equal(plain.bytes + 12, ip + 12, LEN - 12);
	assert_true(take(&s, &wire));
	assert_int_equal(wire.head.verdict, PLANE_VERDICT_SENT);
	assert_int_equal(wire.head.view, PLANE_VIEW_WIRE);
	assert_int_equal(wire.head.spi, spi_out(&s));
	assert_true(wire.head.seq == 1);
	nothing_more(&s);
	assert_true(bed_take(s.bed, BED_OUTSIDE, &sent));
	assert_int_equal(wire.head.len, sent.len);
	assert_memory_equal(wire.bytes, sent.b, sent.len);
	destroy(&s);
}

static void the_way_out_shows_both_views_with_the_sa(void **)
{
	way_out(gcm);
	way_out(aes_sha1);
}

static void way_in(struct alg_suite suite)
{
	struct scene s;

	make(&s, suite);
	capture(&s, CAPTURE_ALL_PORTS, BOTH);
	put_sealed(&s, 7);
	expect(&s, "GigabitEthernet0/1", false, PLANE_VIEW_WIRE, PLANE_VERDICT_DECRYPTED,
	       spi_in(&s), 7);
	expect(&s, "GigabitEthernet0/1", false, PLANE_VIEW_PLAIN, PLANE_VERDICT_SENT, spi_in(&s),
	       7);
	expect(&s, "GigabitEthernet0/0", true, BOTH, PLANE_VERDICT_SENT, 0, 0);
	nothing_more(&s);
	destroy(&s);
}

static void the_way_in_shows_both_views_with_the_sa(void **)
{
	way_in(gcm);
	way_in(aes_sha1);
}

static void expect_drop(struct scene *s, enum drop_reason reason)
{
	struct seen seen;

	assert_true(take(s, &seen));
	assert_int_equal(seen.head.verdict, PLANE_VERDICT_DROPPED);
	assert_int_equal(seen.head.reason, reason);
	nothing_more(s);
}

static void a_drop_says_its_reason_with_the_bytes_as_they_came(void **)
{
	struct bed_packet p;
	struct seen seen;
	struct scene s;
	uint8_t ip[LEN];

	make(&s, gcm);
	put_sealed(&s, 7);
	capture(&s, BED_OUTSIDE, PLANE_VIEW_WIRE);
	put_sealed(&s, 7);
	expect_drop(&s, DROP_ESP_REPLAY_SEEN);
	seal_packet(s.peer, 8, ip, bed_udp(ip, 2, 1, LEN), 4, &p);
	p.b[p.len - 1] ^= 1;
	bed_put(s.bed, BED_OUTSIDE, p.b, p.len);
	bed_run(s.bed);
	assert_true(take(&s, &seen));
	assert_int_equal(seen.head.reason, DROP_ESP_AUTH);
	assert_int_equal(seen.head.spi, spi_in(&s));
	assert_true(seen.head.seq == 8);
	assert_int_equal(seen.head.len, p.len);
	assert_memory_equal(seen.bytes, p.b, p.len);
	destroy(&s);
}

static void without_an_sa_the_verdict_is_no_sa(void **)
{
	struct scene s;

	make(&s, gcm);
	bed_remove(s.bed, &s.sa);
	capture(&s, BED_OUTSIDE, PLANE_VIEW_PLAIN);
	put_inner(&s);
	expect_drop(&s, DROP_NO_SA);
	destroy(&s);
}

static void interface_and_direction_choose(void **)
{
	struct plane_capture p = point(3, BOTH);
	struct seen seen;
	struct scene s;

	make(&s, gcm);
	p.out = 0;
	assert_int_equal(begin(&s), 0);
	assert_int_equal(step(&s, p, BED_OUTSIDE), 0);
	assert_int_equal(commit(&s), 0);
	put_inner(&s);
	nothing_more(&s);
	put_sealed(&s, 1);
	assert_true(take(&s, &seen));
	assert_int_equal(seen.head.points, 1 << 3);
	assert_true(take(&s, &seen));
	nothing_more(&s);
	destroy(&s);
}

static struct plane_capture line(bool permit, uint32_t src, uint8_t protocol)
{
	struct addr any = addr_v4(0), from = addr_v4(src);

	return (struct plane_capture){.step = PLANE_CAPTURE_LINE,
				      .point = 1,
				      .line = {.permit = permit,
					       .protocol = protocol,
					       .src = prefix_make(&from, src ? 24 : 0),
					       .dst = prefix_make(&any, 0),
					       .src_port = {0, UINT16_MAX},
					       .dst_port = {0, UINT16_MAX}}};
}

static void an_access_list_chooses(void **)
{
	struct plane_capture p = point(1, PLANE_VIEW_PLAIN);
	struct seen seen;
	struct scene s;

	make(&s, gcm);
	p.has_access = 1;
	assert_int_equal(begin(&s), 0);
	assert_int_equal(step(&s, p, BED_OUTSIDE), 0);
	assert_int_equal(step(&s, line(false, 0, 1), CAPTURE_ALL_PORTS), 0);
	assert_int_equal(step(&s, line(true, 0xc0a80200, 0), CAPTURE_ALL_PORTS), 0);
	assert_int_equal(commit(&s), 0);
	put_inner(&s); /* from 192.168.1.0 */
	nothing_more(&s);
	put_sealed(&s, 1); /* from 192.168.2.0 */
	assert_true(take(&s, &seen));
	nothing_more(&s);
	destroy(&s);
}

static void what_is_out_of_order_changes_nothing(void **)
{
	struct scene s;

	make(&s, gcm);
	assert_int_equal(commit(&s), -EPROTO);
	capture(&s, BED_INSIDE, BOTH);
	assert_int_equal(begin(&s), 0);
	assert_int_equal(step(&s, point(PLANE_CAPTURES, BOTH), BED_INSIDE), -EINVAL);
	assert_int_equal(commit(&s), -EPROTO);
	assert_int_equal(begin(&s), 0);
	assert_int_equal(step(&s, point(0, 0), BED_INSIDE), -EINVAL);
	assert_int_equal(step(&s, point(0, BOTH), -ENODEV), -ENODEV);
	assert_int_equal(step(&s, line(true, 0, 0), CAPTURE_ALL_PORTS), -EPROTO);
	put_inner(&s);
	expect(&s, "GigabitEthernet0/0", false, BOTH, PLANE_VERDICT_ENCRYPTED, spi_out(&s), 1);
	destroy(&s);
}

static void stopped_it_copies_nothing(void **)
{
	struct scene s;

	make(&s, gcm);
	capture(&s, CAPTURE_ALL_PORTS, BOTH);
	assert_int_equal(begin(&s), 0);
	assert_int_equal(commit(&s), 0);
	put_inner(&s);
	nothing_more(&s);
	assert_null(atomic_load(&s.bed->dp.capture));
	bed_run(s.bed);
	capture_main_reclaim(&s.main, &s.bed->dp);
	assert_null(s.main.retired);
	destroy(&s);
}

/* Nobody reads the ring: packets pass as ever and are counted. */
static void what_does_not_fit_is_counted_and_passes(void **)
{
	struct scene s;
	unsigned sent = 0, copies = 0;
	struct seen seen;

	make(&s, gcm);
	capture(&s, BED_OUTSIDE, PLANE_VIEW_WIRE);
	for (unsigned i = 0; i < PLANE_RING_CELLS + 100; i++) {
		struct bed_packet p;

		put_inner(&s);
		sent += bed_take(s.bed, BED_OUTSIDE, &p);
	}
	while (take(&s, &seen))
		copies++;
	assert_int_equal(sent, PLANE_RING_CELLS + 100);
	assert_int_equal(copies, PLANE_RING_CELLS);
	assert_true(s.bed->plane.stats_worker[0].capture_lost == 100);
	destroy(&s);
}

static void a_large_packet_is_cut(void **)
{
	struct seen seen;
	uint8_t ip[3000];
	struct scene s;

	make(&s, gcm);
	bed_set_mtu(s.bed, 9000);
	capture(&s, BED_INSIDE, PLANE_VIEW_WIRE);
	bed_udp(ip, 1, 2, sizeof(ip));
	bed_put(s.bed, BED_INSIDE, ip, sizeof(ip));
	bed_run(s.bed);
	assert_true(take(&s, &seen));
	assert_int_equal(seen.head.len, PLANE_CAPTURED_MAX);
	assert_int_equal(seen.head.packet_bytes, sizeof(ip));
	assert_memory_equal(seen.bytes + 20, ip + 20, PLANE_CAPTURED_MAX - 20);
	destroy(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_out_shows_both_views_with_the_sa),
		cmocka_unit_test(the_way_in_shows_both_views_with_the_sa),
		cmocka_unit_test(a_drop_says_its_reason_with_the_bytes_as_they_came),
		cmocka_unit_test(without_an_sa_the_verdict_is_no_sa),
		cmocka_unit_test(interface_and_direction_choose),
		cmocka_unit_test(an_access_list_chooses),
		cmocka_unit_test(what_is_out_of_order_changes_nothing),
		cmocka_unit_test(stopped_it_copies_nothing),
		cmocka_unit_test(what_does_not_fit_is_counted_and_passes),
		cmocka_unit_test(a_large_packet_is_cut),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
