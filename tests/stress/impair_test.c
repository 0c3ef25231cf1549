/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the middle box does to packets, and how it finds them: each model of reordering to the
 * packet, nothing lost that is not counted, no frame kept.
 */
#include "app/stress_impair.h"
#include "app/stress_link.h"
#include "app/stress_parse.h"

#include <cmocka.h>

#include <string.h>

enum {
	PACKETS = 20000,
	OUT_MAX = 4 * PACKETS,
};

struct out {
	unsigned n;
	struct stress_packet p[OUT_MAX];
};

static struct out out;

static void take(void *ctx, const struct stress_packet *p)
{
	struct out *o = ctx;

	assert_true(o->n < OUT_MAX);
	o->p[o->n++] = *p;
}

/* Numbers 1 to PACKETS, every starved_every-th of the starved class. How many got lost. */
static unsigned run(const struct stress_impairment *what, unsigned starved_every)
{
	struct stress_impair *im = stress_impair_create(what, 7);
	unsigned lost = 0;

	assert_non_null(im);
	out.n = 0;
	for (uint64_t seq = 1; seq <= PACKETS; seq++) {
		struct stress_packet p = {.seq = seq,
					  .starved = starved_every && seq % starved_every == 0};

		lost += !stress_impair_put(im, &p, take, &out);
	}
	stress_impair_flush(im, take, &out);
	stress_impair_destroy(im);
	return lost;
}

/* Every number comes out once; the most higher ones that left before one of them. */
static unsigned check_once(unsigned lost)
{
	static unsigned char seen[PACKETS + 1];
	unsigned most = 0;
	uint64_t top = 0;

	memset(seen, 0, sizeof(seen));
	assert_int_equal(out.n + lost, PACKETS);
	for (unsigned i = 0; i < out.n; i++) {
		assert_false(seen[out.p[i].seq]++);
		if (out.p[i].seq > top)
			top = out.p[i].seq;
		else if (top - out.p[i].seq > most)
			most = (unsigned)(top - out.p[i].seq);
	}
	return most;
}

static void nothing_asked_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(run(&(struct stress_impairment){.distance = 100}, 0), 0);
	assert_int_equal(check_once(0), 0);
}

static void lost_packets_are_counted(void **state)
{
	unsigned lost = run(&(struct stress_impairment){.loss = 10}, 0);

	(void)state;
	assert_in_range(lost, PACKETS / 11, PACKETS / 9);
	assert_int_equal(check_once(lost), 0);
}

static void distance_bounds_every_model_but_the_geometric(void **state)
{
	static const enum stress_model models[] = {STRESS_UNIFORM, STRESS_RUNS, STRESS_TWO_PATH,
						   STRESS_QOS};

	(void)state;
	for (unsigned i = 0; i < array_len(models); i++) {
		struct stress_impairment what = {
			.reorder = 20, .model = models[i], .distance = 300};
		unsigned most;

		run(&what, 5);
		most = check_once(0);
		assert_in_range(most, 290, 300);
	}
}

static void geometric_goes_beyond_its_mean(void **state)
{
	struct stress_impairment what = {.reorder = 20, .model = STRESS_GEOMETRIC, .distance = 100};

	(void)state;
	run(&what, 0);
	assert_in_range(check_once(0), 300, 1100);
}

static void longer_path_is_longer_by_exactly_its_distance(void **state)
{
	struct stress_impairment what = {.reorder = 1, .model = STRESS_TWO_PATH, .distance = 50};
	unsigned late = 0;

	(void)state;
	run(&what, 0);
	for (unsigned i = 1; i + 1 < out.n && out.p[i].seq < PACKETS - 50; i++)
		if (out.p[i].seq + 50 == out.p[i - 1].seq)
			late++;
		else if (out.p[i].seq < out.p[i - 1].seq)
			assert_true(out.p[i].seq + 50 <= out.p[i - 1].seq + 2);
	assert_true(late > PACKETS / 200);
}

static void only_the_starved_class_waits(void **state)
{
	struct stress_impairment what = {.model = STRESS_QOS, .distance = 200};
	uint64_t last[2] = {0};

	(void)state;
	run(&what, 4);
	for (unsigned i = 0; i < out.n; i++) {
		assert_true(out.p[i].seq > last[out.p[i].starved]);
		last[out.p[i].starved] = out.p[i].seq;
	}
}

static void replays_are_as_old_as_asked(void **state)
{
	struct stress_impairment what = {.replay = 100, .replay_age = 5};

	(void)state;
	run(&what, 0);
	for (unsigned i = 20; i < out.n; i++)
		if (out.p[i].kind == STRESS_REPLAY)
			assert_true(out.p[i].seq + 5 == out.p[i - 1].seq);
	assert_int_equal(out.n, 2 * PACKETS - 5);
}

static void forged_copy_precedes_its_packet(void **state)
{
	struct stress_impairment what = {.forge = 100, .forge_ahead = true, .duplicate = 100};

	(void)state;
	run(&what, 0);
	assert_int_equal(out.n, 3 * PACKETS);
	for (unsigned i = 0; i < out.n; i += 3) {
		assert_int_equal(out.p[i].kind, STRESS_FORGED);
		assert_true(out.p[i].seq > out.p[i + 1].seq);
		assert_int_equal(out.p[i + 1].kind, STRESS_ORIGINAL);
		assert_int_equal(out.p[i + 2].kind, STRESS_COPY);
		assert_true(out.p[i + 1].seq == out.p[i + 2].seq);
	}
}

static void no_frame_is_kept(void **state)
{
	struct stress_impairment what = {.loss = 5,
					 .duplicate = 5,
					 .reorder = 50,
					 .distance = 40,
					 .replay = 30,
					 .replay_age = 30,
					 .replay_first = true};
	struct stress_frame *f = stress_frame_create("frame", 5);
	struct stress_packet p = {.frame = f};

	(void)state;
	for (unsigned flush = 0; flush < 2; flush++) {
		struct stress_impair *im = stress_impair_create(&what, 3);

		out.n = 0;
		for (unsigned i = 0; i < 5000; i++)
			stress_impair_put(im, &p, take, &out);
		assert_true(f->holders > 1);
		if (flush)
			stress_impair_flush(im, take, &out);
		stress_impair_destroy(im);
		assert_int_equal(f->holders, 1);
	}
	stress_frame_drop(f);
}

/* 1226 bytes and 24 around them are a millisecond of 10 Mbit/s. */
static void bottleneck_keeps_its_rate_and_starves_the_second_class(void **state)
{
	struct stress_frame *f = stress_frame_create((uint8_t[1226]){0}, 1226);
	struct stress_packet p = {.frame = f}, got;
	uint64_t now = 5000000000;
	struct stress_link l;

	(void)state;
	assert_int_equal(stress_link_init(&l, 10000000, 4), 0);
	assert_true(stress_link_due_ns(&l) == UINT64_MAX);
	for (unsigned i = 0; i < 10; i++) {
		p.seq = i;
		p.starved = i < 5;
		assert_true(stress_link_put(&l, &p) == (i != 4 && i != 9)); /* four each */
	}
	/* what was not used before is made up for by one packet */
	assert_true(stress_link_get(&l, now, &got));
	stress_frame_drop(got.frame);
	for (unsigned i = 1; i < 8; i++) {
		uint64_t due = stress_link_due_ns(&l);

		assert_false(stress_link_get(&l, due - 1, &got));
		assert_true(stress_link_get(&l, due, &got));
		assert_int_equal(got.starved, i >= 4);
		assert_int_equal(got.seq, i < 4 ? 5 + i : i - 4);
		assert_true(stress_link_due_ns(&l) == UINT64_MAX ||
			    stress_link_due_ns(&l) == due + 1000000);
		stress_frame_drop(got.frame);
	}
	stress_link_fini(&l);
	assert_int_equal(f->holders, 1);
	stress_frame_drop(f);
}

static const uint8_t esp_frame[] = {
	2,    0,    0, 0,  0, 1, 2, 0, 0,  0,  0, 2, 8,	 0,		       /* Ethernet */
	0x45, 0xb8, 0, 40, 0, 1, 0, 0, 64, 50, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, /* IP, EF */
	1,    2,    3, 4,  0, 0, 0, 9, 1,  1,  1, 1, 2,	 2, 2, 2, 3,  3, 3, 7, /* ESP */
	0,    0,    0, 0,  0, 0,					       /* padding */
};

static void esp_is_found_and_nothing_behind_its_end_is_read(void **state)
{
	struct stress_parse p;

	(void)state;
	assert_true(stress_parse_frame(&p, esp_frame, sizeof(esp_frame)));
	assert_int_equal(p.spi, 0x01020304);
	assert_int_equal(p.seq, 9);
	assert_int_equal(p.dscp, 46);
	assert_int_equal(p.at, 34);
	assert_int_equal(p.end, 54);
	assert_false(p.udp);
	for (uint16_t len = 0; len < 54; len++) {
		uint8_t *copy = malloc(len + 1u);

		memcpy(copy, esp_frame, len);
		copy = realloc(copy, len ? len : 1);
		assert_false(stress_parse_frame(&p, copy, len));
		free(copy);
	}
}

/* The frame above with a tag, or as UDP from and to these ports. */
static unsigned change(uint8_t *frame, bool tag, unsigned src, unsigned dst)
{
	unsigned at = 12, len = 54;

	memcpy(frame, esp_frame, sizeof(esp_frame));
	if (src) {
		memmove(frame + 42, frame + 34, 20);
		memcpy(frame + 34,
		       (uint8_t[]){src >> 8, src & 255, dst >> 8, dst & 255, 0, 28, 9, 9}, 8);
		frame[17] = 48;
		frame[23] = 17;
		len += 8;
	}
	if (tag) {
		memmove(frame + at + 4, frame + at, len - at);
		memcpy(frame + at, (uint8_t[]){0x81, 0, 0, 5}, 4);
		len += 4;
	}
	return len;
}

static void tags_udp_and_ike_are_told_apart(void **state)
{
	struct stress_parse p;
	uint8_t frame[80];
	unsigned len = change(frame, true, 0, 0);

	(void)state;
	assert_true(stress_parse_frame(&p, frame, (uint16_t)len) && p.spi == 0x01020304);
	len = change(frame, true, 4500, 30000);
	assert_true(stress_parse_frame(&p, frame, (uint16_t)len));
	assert_true(p.udp && p.spi == 0x01020304 && p.seq == 9);
	stress_parse_forge(&p, frame, 77);
	assert_int_equal(frame[p.at - 2] | frame[p.at - 1], 0);
	assert_int_equal(frame[p.end - 1], 6);
	assert_true(stress_parse_frame(&p, frame, (uint16_t)len) && p.seq == 77);
	len = change(frame, false, 500, 500);
	assert_true(stress_parse_frame(&p, frame, (uint16_t)len) && p.spi == 0);
	len = change(frame, false, 53, 5300);
	assert_false(stress_parse_frame(&p, frame, (uint16_t)len));
	len = change(frame, false, 0, 0);
	frame[21] = 1; /* a later fragment */
	assert_false(stress_parse_frame(&p, frame, (uint16_t)len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_changes_nothing),
		cmocka_unit_test(lost_packets_are_counted),
		cmocka_unit_test(distance_bounds_every_model_but_the_geometric),
		cmocka_unit_test(geometric_goes_beyond_its_mean),
		cmocka_unit_test(longer_path_is_longer_by_exactly_its_distance),
		cmocka_unit_test(only_the_starved_class_waits),
		cmocka_unit_test(replays_are_as_old_as_asked),
		cmocka_unit_test(forged_copy_precedes_its_packet),
		cmocka_unit_test(no_frame_is_kept),
		cmocka_unit_test(bottleneck_keeps_its_rate_and_starves_the_second_class),
		cmocka_unit_test(esp_is_found_and_nothing_behind_its_end_is_read),
		cmocka_unit_test(tags_udp_and_ike_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
