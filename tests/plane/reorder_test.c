/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reorder meter, and H141 to H154 for every class of algorithm with and without extended
 * numbers, through the whole inbound path.
 */
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static const struct alg_suite suites[] = {
	{ALG_CIPHER_GCM_128, ALG_HASH_NONE},
	{ALG_CIPHER_AES_128, ALG_HASH_SHA1},
	{ALG_CIPHER_NULL, ALG_HASH_SHA256},
};

static const uint32_t windows[] = {64, 1024, 2048, 65536};

enum {
	INNER = 40,
	CASES = array_len(suites) * 2,
};

struct lab {
	struct bed *bed;
	struct sealer *peer;
	struct bed_sa sa;
	uint8_t inner[INNER];
	uint64_t space; /* 2^32 with ESN, else 0: where the numbers of a test begin */
};

static struct lab lab_create(unsigned i, uint32_t window)
{
	struct lab lab = {.bed = bed_create(2, 1)};

	lab.sa = (struct bed_sa){
		.suite = suites[i % array_len(suites)],
		.generation = 1,
		.window = window,
		.flags = i >= array_len(suites) ? PLANE_SA_ESN : 0,
	};
	lab.space = lab.sa.flags ? 1ull << 32 : 0;
	bed_policy(lab.bed);
	bed_install(lab.bed, &lab.sa);
	lab.peer = seal_create(&lab.sa, 1);
	bed_udp(lab.inner, 1, 2, INNER);
	if (lab.space) /* where an SA is after 2^32 packets */
		lab.bed->dp.workers[0]->sas.in[0].replay.top = lab.space;
	return lab;
}

static void lab_destroy(struct lab *lab)
{
	bed_flush(lab->bed);
	bed_check_pool(lab->bed);
	seal_destroy(lab->peer);
	bed_destroy(lab->bed);
}

static void send(struct lab *lab, uint64_t seq, bool forged)
{
	struct bed_packet p;

	seal_packet(lab->peer, lab->space + seq, lab->inner, INNER, IP_PROTO_IPIP, &p);
	if (forged)
		p.b[p.len - 1] ^= 1;
	bed_put(lab->bed, BED_OUTSIDE, p.b, p.len);
	bed_run(lab->bed);
}

static bool passes(struct lab *lab, uint64_t seq)
{
	struct bed_packet p;

	send(lab, seq, false);
	return bed_take(lab->bed, BED_INSIDE, &p);
}

static const struct plane_stats_in *stats_of(const struct lab *lab)
{
	return &lab->bed->plane.stats_in[0];
}

static const struct plane_stats_reorder *meter_of(const struct lab *lab)
{
	return &lab->bed->plane.stats_reorder[0];
}

/* H141, H144, H149: the edges of each window, behind a jump of its size too. */
static void edge_is_exact_for_every_class(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CASES * array_len(windows); i++) {
		uint32_t w = windows[i / CASES];
		struct lab lab = lab_create(i % CASES, w);
		uint64_t top = 100000;

		assert_true(passes(&lab, top));
		for (unsigned round = 0; round < 3; round++) {
			assert_false(passes(&lab, top));
			assert_true(passes(&lab, top - w + 1));
			assert_false(passes(&lab, top - w + 1));
			assert_false(passes(&lab, top - w));
			top += round ? 2 * w + 1 : w;
			assert_true(passes(&lab, top));
		}
		lab_destroy(&lab);
	}
}

/* H142, H143, H145, H146 */
static void replays_zero_and_junk_pass_for_no_class(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CASES; i++) {
		struct lab lab = lab_create(i, 64);

		if (!lab.space)
			assert_false(passes(&lab, 0));
		for (uint64_t seq = 1; seq <= 200; seq++)
			assert_true(passes(&lab, seq));
		for (uint64_t seq = 1; seq <= 200; seq++)
			assert_false(passes(&lab, seq));
		if (!lab.space)
			assert_false(passes(&lab, 0));
		send(&lab, 200 + (1u << 31), true);
		assert_int_equal(stats_of(&lab)->top, lab.space + 200);
		assert_true(passes(&lab, 201));
		lab_destroy(&lab);
	}
}

/* H153: what was recorded from an SA opens no other, not even in its slot. */
static void recording_is_worth_nothing_after_a_rekey(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CASES; i++) {
		struct lab lab = lab_create(i, 64);
		struct sealer *old = lab.peer;

		assert_true(passes(&lab, 1));
		bed_remove(lab.bed, &lab.sa);
		assert_false(passes(&lab, 2));
		lab.sa.generation = 2;
		lab.sa.seed = 9;
		bed_install(lab.bed, &lab.sa);
		if (lab.space)
			lab.bed->dp.workers[0]->sas.in[0].replay.top = lab.space;
		assert_false(passes(&lab, 1));
		assert_false(passes(&lab, 3));
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_NO_SA), 3);
		lab.peer = seal_create(&lab.sa, 1);
		assert_true(passes(&lab, 1));
		seal_destroy(old);
		lab_destroy(&lab);
	}
}

/* RFC 4303 section 3.3.3: extended numbers need the window. */
static void extended_numbers_need_a_window(void **state)
{
	struct bed *bed = bed_create(2, 1);
	struct bed_sa sa = {.suite = suites[0], .generation = 1, .flags = PLANE_SA_ESN};
	struct plane_msg msg = bed_sa_msg(&sa, 1, false);

	(void)state;
	assert_int_equal(bed_command(bed, &msg, NULL), -EINVAL);
	bed_destroy(bed);
}

/* Windows above 1024 have memory of their own, that comes back. */
static void large_window_gives_its_memory_back(void **state)
{
	struct lab lab = lab_create(0, 65536);
	const struct sa_table *t = &lab.bed->dp.workers[0]->sas;

	(void)state;
	assert_int_equal(t->window_bytes, 8192);
	bed_remove(lab.bed, &lab.sa);
	assert_int_equal(t->window_bytes, 0);
	lab_destroy(&lab);
}

static void meter_counts_what_was_reordered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CASES; i++) {
		struct lab lab = lab_create(i, 64);
		uint32_t accepted[PLANE_REORDER_BUCKETS] = {[0] = 1, [1] = 2, [5] = 1};

		assert_true(passes(&lab, 1000));
		assert_true(passes(&lab, 999));
		assert_true(passes(&lab, 998));
		assert_true(passes(&lab, 997));
		assert_true(passes(&lab, 1000 - 63));
		assert_memory_equal(meter_of(&lab)->accepted, accepted, sizeof(accepted));
		assert_int_equal(stats_of(&lab)->reorder_most, 63);
		assert_false(passes(&lab, 1000));
		assert_false(passes(&lab, 997));
		assert_int_equal(meter_of(&lab)->seen[0], 1);
		assert_int_equal(meter_of(&lab)->seen[1], 1);
		assert_int_equal(stats_of(&lab)->replay_seen, 2);
		lab_destroy(&lab);
	}
}

/* Late packets change nothing of an SA; a sample of them says who is who. */
static void late_packets_are_verified_and_dropped(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CASES; i++) {
		struct lab lab = lab_create(i, 64);
		const struct plane_stats_in *s = stats_of(&lab);
		struct plane_stats_in before;

		assert_true(passes(&lab, 5000));
		before = *s;
		assert_false(passes(&lab, 5000 - 700));
		assert_false(passes(&lab, 5000 - 64));
		send(&lab, 5000 - 800, true);
		assert_int_equal(s->late_verified, 2);
		assert_int_equal(s->late_most, 700);
		assert_int_equal(meter_of(&lab)->late[0], 1);
		assert_int_equal(meter_of(&lab)->late[3], 1);
		/* with ESN they are numbers far ahead that nobody has signed */
		assert_int_equal(s->late_forged, lab.space ? 0 : 1);
		assert_int_equal(s->replay_late, lab.space ? 0 : 3);
		assert_int_equal(s->auth_failed, lab.space ? 3 : 0);
		assert_true(s->top == before.top && s->bitmap == before.bitmap);
		assert_true(s->packets == before.packets && s->bytes == before.bytes);
		assert_true(s->last_ms == before.last_ms);
		assert_true(passes(&lab, 5001));
		lab_destroy(&lab);
	}
}

/* No more than the sample is decrypted, however many come. */
static void sample_of_late_packets_is_bounded(void **state)
{
	struct lab lab = lab_create(0, 64);
	const struct plane_stats_in *s = stats_of(&lab);

	(void)state;
	assert_true(passes(&lab, 5000));
	for (unsigned i = 0; i < 300; i++)
		send(&lab, 1000 + i, i & 1);
	assert_int_equal(s->replay_late, 300);
	assert_int_equal(s->late_verified + s->late_forged + s->late_unchecked, 300);
	/* the clock may have passed a second or two */
	assert_in_range(s->late_verified + s->late_forged, 64, 4 * 64);
	lab_destroy(&lab);
}

/* H148 */
static void wrapped_numbers_are_counted_as_rollover(void **state)
{
	struct lab lab = lab_create(0, 64);

	(void)state;
	assert_true(passes(&lab, 0xffffffff));
	assert_false(passes(&lab, 0x100000001ull));
	assert_false(passes(&lab, 0xffffffff - 64));
	assert_int_equal(stats_of(&lab)->rollover, 1);
	assert_int_equal(stats_of(&lab)->replay_late, 2);
	lab_destroy(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_is_exact_for_every_class),
		cmocka_unit_test(replays_zero_and_junk_pass_for_no_class),
		cmocka_unit_test(recording_is_worth_nothing_after_a_rekey),
		cmocka_unit_test(extended_numbers_need_a_window),
		cmocka_unit_test(large_window_gives_its_memory_back),
		cmocka_unit_test(meter_counts_what_was_reordered),
		cmocka_unit_test(late_packets_are_verified_and_dropped),
		cmocka_unit_test(sample_of_late_packets_is_bounded),
		cmocka_unit_test(wrapped_numbers_are_counted_as_rollover),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
