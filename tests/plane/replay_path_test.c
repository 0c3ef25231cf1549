/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay through the whole inbound path (hostile.md H140-H144, H149): authentic packets in every
 * order, in bursts, against the same obvious model as the window alone.
 */
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite suites[] = {
	{ALG_CIPHER_GCM_128, ALG_HASH_NONE},
	{ALG_CIPHER_AES_128, ALG_HASH_SHA1},
	{ALG_CIPHER_NULL, ALG_HASH_SHA256},
};

static const uint16_t windows[] = {64, 128, 256, 512, 1024};

enum {
	INNER = 40,
	MODEL_MAX = 8192
};

struct model {
	uint32_t window;
	uint64_t top;
	unsigned n;
	uint64_t accepted[MODEL_MAX];
};

static bool model_accepts(struct model *m, uint64_t seq)
{
	if (seq == 0 || (seq <= m->top && m->top - seq >= m->window))
		return false;
	for (unsigned i = 0; i < m->n; i++)
		if (m->accepted[i] == seq)
			return false;
	assert_true(m->n < MODEL_MAX);
	m->accepted[m->n++] = seq;
	m->top = seq > m->top ? seq : m->top;
	return true;
}

struct lab {
	struct bed *bed;
	struct sealer *peer;
	struct bed_sa sa;
	uint8_t inner[INNER];
};

static struct lab lab_create(struct alg_suite suite, uint32_t window, uint32_t flags)
{
	struct lab lab = {.bed = bed_create(2, 1)};

	lab.sa = (struct bed_sa){.suite = suite, .generation = 1, .window = window, .flags = flags};
	bed_policy(lab.bed);
	bed_install(lab.bed, &lab.sa);
	lab.peer = seal_create(&lab.sa, 1);
	bed_udp(lab.inner, 1, 2, INNER);
	return lab;
}

static void lab_destroy(struct lab *lab)
{
	bed_flush(lab->bed);
	bed_check_pool(lab->bed);
	seal_destroy(lab->peer);
	bed_destroy(lab->bed);
}

static void put(struct lab *lab, uint64_t seq)
{
	struct bed_packet p;

	/* the inner packet names its number, so that what comes out says which one it was */
	memcpy(lab->inner + 28, &seq, 8);
	seal_packet(lab->peer, seq, lab->inner, INNER, IP_PROTO_IPIP, &p);
	bed_put(lab->bed, BED_OUTSIDE, p.b, p.len);
}

static bool take(struct lab *lab, uint64_t *seq)
{
	struct bed_packet p;

	if (!bed_take(lab->bed, BED_INSIDE, &p))
		return false;
	memcpy(seq, p.b + 28, 8);
	return true;
}

/* Sends one number alone; whether it came through. */
static bool passes(struct lab *lab, uint64_t seq)
{
	uint64_t got;

	put(lab, seq);
	bed_run(lab->bed);
	if (!take(lab, &got))
		return false;
	assert_true(got == seq);
	return true;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t next_seq(const struct model *m, uint64_t *state)
{
	uint64_t r = next_random(state), span = r >> 8 & 0xffff;

	switch (r % 10) {
	case 0:
	case 1:
	case 2: return m->top + 1;
	case 3: return m->top + 1 + span % (2 * m->window);
	case 4: return m->top + 1 + span % 70;
	case 5: return m->top > 70 ? m->top - span % 70 : span % 70;
	case 6: return m->top > m->window ? m->top - m->window + span % 3 : 0;
	case 7: return m->top > 2 * m->window ? m->top - span % (2 * m->window) : span;
	default: return m->n ? m->accepted[span % m->n] : 1;
	}
}

/* H140: bursts of 1 to 64 random numbers, duplicates in one burst among them. */
static void whole_path_equals_the_model(void **state)
{
	static struct model m;
	uint64_t random = 99;

	(void)state;
	for (unsigned i = 0; i < array_len(suites) * array_len(windows); i++) {
		struct lab lab = lab_create(suites[i % 3], windows[i / 3], 0);

		m = (struct model){.window = windows[i / 3]};
		for (unsigned round = 0; round < 60; round++) {
			uint64_t expected[64], got;
			unsigned n = 1 + (unsigned)(next_random(&random) % 64), n_expected = 0;

			for (unsigned k = 0; k < n; k++) {
				uint64_t seq = next_seq(&m, &random);

				put(&lab, seq);
				if (model_accepts(&m, seq))
					expected[n_expected++] = seq;
			}
			bed_run(lab.bed);
			for (unsigned k = 0; k < n_expected; k++) {
				assert_true(take(&lab, &got));
				assert_true(got == expected[k]);
			}
			assert_false(take(&lab, &got));
		}
		assert_int_equal(lab.bed->plane.stats_in[0].top, m.top);
		assert_int_equal(lab.bed->plane.stats_in[0].packets, m.n);
		lab_destroy(&lab);
	}
}

/* H141 */
static void reorder_is_tolerated_to_the_very_edge(void **state)
{
	(void)state;
	for (unsigned i = 0; i < array_len(windows); i++) {
		uint16_t w = windows[i];
		struct lab lab = lab_create(suites[0], w, 0);

		assert_true(passes(&lab, 5000));
		assert_true(passes(&lab, 5000 - w + 1));
		assert_false(passes(&lab, 5000 - w + 1));
		assert_false(passes(&lab, 5000 - w));
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_SEEN), 1);
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_LATE), 1);
		assert_int_equal(lab.bed->plane.stats_in[0].replay_seen, 1);
		assert_int_equal(lab.bed->plane.stats_in[0].replay_late, 1);
		lab_destroy(&lab);
	}
}

/* H142 */
static void a_recording_played_back_passes_not_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i < array_len(windows); i++) {
		struct lab lab = lab_create(suites[i % 3], windows[i], 0);

		for (uint64_t seq = 1; seq <= 4u * windows[i]; seq++)
			assert_true(passes(&lab, seq));
		for (uint64_t seq = 1; seq <= 4u * windows[i]; seq++)
			assert_false(passes(&lab, seq));
		lab_destroy(&lab);
	}
}

/* H143: both pass the check before the crypto; one passes the check after it. */
static void of_eight_copies_one_passes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < array_len(suites); i++) {
		struct lab lab = lab_create(suites[i], 64, 0);
		uint64_t got;

		for (unsigned k = 0; k < 8; k++)
			put(&lab, 7);
		bed_run(lab.bed);
		for (unsigned k = 0; k < 8; k++)
			put(&lab, 7);
		bed_run(lab.bed);
		assert_true(take(&lab, &got));
		assert_false(take(&lab, &got));
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_SEEN), 15);
		lab_destroy(&lab);
	}
}

/* H144 */
static void far_jump_clears_the_window(void **state)
{
	(void)state;
	for (unsigned i = 0; i < array_len(windows); i++) {
		const uint64_t tops[] = {100 + windows[i], 100 + 2 * windows[i], 100 + (1u << 31),
					 0xfffffffe};
		struct lab lab = lab_create(suites[0], windows[i], 0);

		for (uint64_t seq = 100 - 63; seq <= 100; seq++)
			assert_true(passes(&lab, seq));
		for (unsigned k = 0; k < array_len(tops); k++) {
			assert_true(passes(&lab, tops[k]));
			for (uint64_t seq = 100 - 63; seq <= 100; seq++)
				assert_false(passes(&lab, seq));
			assert_true(passes(&lab, tops[k] - windows[i] + 2));
		}
		lab_destroy(&lab);
	}
}

/* H148: without extended numbers a wrapped counter is old. */
static void wrapped_number_is_refused(void **state)
{
	struct lab lab = lab_create(suites[0], 64, 0);

	(void)state;
	assert_true(passes(&lab, 0xffffffff));
	assert_false(passes(&lab, 0x100000000ull));
	assert_false(passes(&lab, 0x100000001ull));
	assert_int_equal(bed_drop(lab.bed, DROP_ESP_SEQ0), 1);
	assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_LATE), 1);
	lab_destroy(&lab);
}

static const uint32_t extended_windows[] = {64, 1024, 65536};

static const uint64_t border = 1ull << 32;

/* H149, H150: with them it goes on, with reorder astride the border. */
static void extended_numbers_cross_the_border(void **state)
{
	(void)state;
	for (unsigned i = 0; i < array_len(suites) * array_len(extended_windows); i++) {
		uint32_t w = extended_windows[i / 3];
		struct lab lab = lab_create(suites[i % 3], w, PLANE_SA_ESN);

		assert_true(passes(&lab, 0x7ffffff0));
		assert_true(passes(&lab, 0xfffffff0));
		assert_true(passes(&lab, border + 5));
		assert_true(passes(&lab, border - 1));
		assert_true(passes(&lab, border));
		assert_true(passes(&lab, border + 6 - w));
		assert_false(passes(&lab, border + 6 - w));
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_SEEN), 1);
		/* below the window it stands for a number 2^32 higher, which nobody has signed */
		assert_false(passes(&lab, border + 5 - w));
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_AUTH), 1);
		assert_int_equal(lab.bed->plane.stats_in[0].top, border + 5);
		assert_true(passes(&lab, border + 6));
		lab_destroy(&lab);
	}
}

/* From two windows before the border to two behind it, everything as late as it may be. */
static void extended_edge_slides_across_the_border(void **state)
{
	enum {
		STEPS = 64
	};

	(void)state;
	for (unsigned i = 0; i < array_len(suites) * array_len(extended_windows); i++) {
		uint32_t w = extended_windows[i / 3];
		struct lab lab = lab_create(suites[i % 3], w, PLANE_SA_ESN);

		assert_true(passes(&lab, 1u << 31));
		for (unsigned k = 0; k < STEPS; k++) {
			uint64_t edge = border - 2 * w + k * (4 * w / STEPS), top = edge + w - 1;

			assert_true(passes(&lab, top));
			assert_true(passes(&lab, edge));
			assert_false(passes(&lab, edge));
			assert_false(passes(&lab, top));
			assert_false(passes(&lab, edge - 1));
			assert_int_equal(lab.bed->plane.stats_in[0].top, top);
		}
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_REPLAY_SEEN), 2 * STEPS);
		assert_int_equal(bed_drop(lab.bed, DROP_ESP_AUTH) +
					 bed_drop(lab.bed, DROP_ESP_REPLAY_LATE),
				 STEPS);
		lab_destroy(&lab);
	}
}

/* With the window switched off authentic copies pass, as the configuration asks. */
static void no_window_lets_copies_pass(void **state)
{
	struct lab lab = lab_create(suites[0], 0, 0);

	(void)state;
	assert_true(passes(&lab, 9));
	assert_true(passes(&lab, 9));
	assert_true(passes(&lab, 2));
	lab_destroy(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_path_equals_the_model),
		cmocka_unit_test(reorder_is_tolerated_to_the_very_edge),
		cmocka_unit_test(a_recording_played_back_passes_not_once),
		cmocka_unit_test(of_eight_copies_one_passes),
		cmocka_unit_test(far_jump_clears_the_window),
		cmocka_unit_test(wrapped_number_is_refused),
		cmocka_unit_test(extended_numbers_cross_the_border),
		cmocka_unit_test(extended_edge_slides_across_the_border),
		cmocka_unit_test(no_window_lets_copies_pass),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
