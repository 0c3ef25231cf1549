/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The replay window against a model so slow and obvious that it needs no proof: the list of all
 * numbers accepted so far. The same driver must find two seeded mutants, or it proves nothing
 * (H140).
 */
#include "lib/base/compat.h"
#include "lib/esp/replay.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	SEQUENCES = 1000000,
	STEPS_MAX = 4096,
	WINDOWS = 5
};

static const uint32_t windows[WINDOWS] = {64, 128, 256, 512, 1024};

struct model {
	uint32_t window;
	uint64_t top;
	unsigned n;
	uint64_t accepted[STEPS_MAX];
};

static bool seen(const struct model *m, uint64_t seq)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->accepted[i] == seq)
			return true;
	return false;
}

static enum replay_verdict model_check(const struct model *m, uint64_t seq)
{
	if (seq == 0)
		return REPLAY_ZERO;
	if (seq > m->top)
		return REPLAY_OK;
	if (m->top - seq >= m->window)
		return REPLAY_LATE;
	return seen(m, seq) ? REPLAY_SEEN : REPLAY_OK;
}

static void model_update(struct model *m, uint64_t seq)
{
	m->accepted[m->n++] = seq;
	m->top = seq > m->top ? seq : m->top;
}

/* A window under test: ours, or a broken copy. */
struct subject {
	void (*init)(struct replay *r, uint32_t window);
	enum replay_verdict (*check)(const struct replay *r, uint64_t seq);
	void (*update)(struct replay *r, uint64_t seq);
};

static void near_init(struct replay *r, uint32_t window)
{
	static uint64_t bits[REPLAY_MAX / 64];

	replay_init(r, window, bits);
}

/* RFC 6479 without its spare word: what leaves the window at the bottom is cleared too early. */
static void spareless_update(struct replay *r, uint64_t seq)
{
	for (uint64_t word = (r->top >> 6) + 1; word <= seq >> 6; word++) {
		r->bits[word & r->word_mask] = 0;
		if (word - (r->top >> 6) > r->word_mask)
			break;
	}
	r->top = seq > r->top ? seq : r->top;
	r->bits[(seq >> 6) & r->word_mask] |= 1ull << (seq & 63);
}

/* Shifts by a number modulo 32, as `1u <<` would. */
static enum replay_verdict narrow_check(const struct replay *r, uint64_t seq)
{
	if (seq > r->top)
		return REPLAY_OK;
	if (seq == 0)
		return REPLAY_ZERO;
	if (r->top - seq >= r->window)
		return REPLAY_LATE;
	return r->bits[(seq >> 6) & r->word_mask] >> (seq & 31) & 1 ? REPLAY_SEEN : REPLAY_OK;
}

static void narrow_update(struct replay *r, uint64_t seq)
{
	uint64_t bit = 1ull << (seq & 31), word;

	replay_update(r, seq);
	word = (seq >> 6) & r->word_mask;
	r->bits[word] = (r->bits[word] & ~(1ull << (seq & 63))) | bit;
}

static const struct subject ours = {near_init, replay_check, replay_update};
static const struct subject spareless = {near_init, replay_check, spareless_update};
static const struct subject narrow = {near_init, narrow_check, narrow_update};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t back(uint64_t top, uint64_t by)
{
	return top > by ? top - by : 0;
}

/* The next number to try: in order, reordered, at an edge, again, or far away. */
static uint64_t next_seq(const struct model *m, uint64_t *state)
{
	uint64_t r = next_random(state), span = r >> 8 & 0xffff;

	switch (r & 15) {
	case 0:
	case 1:
	case 2: return m->top + 1;
	case 3: return m->top + 1 + span % (2 * m->window);
	case 4: return m->top + 1 + span % 70;
	case 5:
	case 6: return back(m->top, span % 70);
	case 7:
	case 8: return back(m->top, span % (2 * m->window));
	case 9: return back(m->top, m->window - 1);
	case 10: return back(m->top, m->window);
	case 11: return m->n ? m->accepted[span % m->n] : 0;
	case 12: return (m->top | 63) + (span & 1);
	case 13: return m->top + m->window + span % 3 - 1;
	case 14: return span & 0x7f ? m->top + 64 * (span % 40) : m->top + (1u << 31);
	default: return span & 0x7f ? back(m->top, m->window - 2 + span % 4) : 0;
	}
}

/* One random sequence; false at the first disagreement. */
static bool agree(const struct subject *s, struct model *m, uint32_t window, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
	unsigned steps = seed % 512 == 0 ? STEPS_MAX : 8 + seed % 64;
	struct replay r;

	m->window = window;
	m->n = 0;
	m->top = 0;
	s->init(&r, window);
	if (seed % 8 == 1) { /* begin near 2^32, as an SA with ESN may */
		m->top = 0xffffffffull - next_random(&state) % 200;
		model_update(m, m->top);
		s->update(&r, m->top);
	}
	while (m->n < steps) {
		uint64_t seq = next_seq(m, &state);
		enum replay_verdict expected = model_check(m, seq);

		if (s->check(&r, seq) != expected)
			return false;
		if (next_random(&state) % 64 == 0)
			continue; /* checked before the ICV, which then fails: nothing may change */
		if (expected != REPLAY_OK)
			continue;
		model_update(m, seq);
		s->update(&r, seq);
		if (r.top != m->top)
			return false;
	}
	return true;
}

static void window_equals_the_model_over_a_million_sequences(void **state)
{
	struct model *m = malloc(sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (uint64_t seed = 0; seed < SEQUENCES; seed++)
		if (!agree(&ours, m, windows[seed % WINDOWS], seed))
			fail_msg("window %u disagrees, seed %lu", windows[seed % WINDOWS], seed);
	free(m);
}

static unsigned disagreements(const struct subject *s, uint32_t window)
{
	struct model *m = malloc(sizeof(*m));
	unsigned n = 0;

	assert_non_null(m);
	for (uint64_t seed = 0; seed < 200; seed++)
		n += !agree(s, m, window, seed);
	free(m);
	return n;
}

static void driver_finds_seeded_mutants(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WINDOWS; i++) {
		assert_int_equal(disagreements(&ours, windows[i]), 0);
		assert_true(disagreements(&spareless, windows[i]) > 0);
		assert_true(disagreements(&narrow, windows[i]) > 0);
	}
}

/* All 2^16 patterns of which of 16 numbers astride a word arrive, then each of them tried. */
static void window_equals_the_model_for_all_small_patterns(void **state)
{
	struct model *m = malloc(sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (unsigned pattern = 0; pattern < 1u << 16; pattern++) {
		struct replay r;

		*m = (struct model){.window = 64};
		near_init(&r, 64);
		for (unsigned i = 0; i < 16; i++) {
			uint64_t seq = 56 + (i * 5) % 16; /* not in order */

			if (!(pattern >> i & 1))
				continue;
			model_update(m, seq);
			replay_update(&r, seq);
		}
		for (uint64_t seq = 0; seq < 140; seq++)
			assert_int_equal(replay_check(&r, seq), model_check(m, seq));
	}
	free(m);
}

/* H141: exactly W numbers back, for every window. */
static void edge_of_every_window_is_exact(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WINDOWS; i++)
		for (uint64_t top = windows[i]; top < windows[i] + 130; top++) {
			struct replay r;

			near_init(&r, windows[i]);
			replay_update(&r, top);
			assert_int_equal(replay_check(&r, top), REPLAY_SEEN);
			assert_int_equal(replay_check(&r, top - windows[i] + 1), REPLAY_OK);
			assert_int_equal(replay_check(&r, top - windows[i]),
					 top == windows[i] ? REPLAY_ZERO : REPLAY_LATE);
			replay_update(&r, top - windows[i] + 1);
			assert_int_equal(replay_check(&r, top - windows[i] + 1), REPLAY_SEEN);
		}
}

static void switched_off_window_accepts_everything(void **state)
{
	struct replay r;

	(void)state;
	near_init(&r, 0);
	replay_update(&r, 9);
	replay_update(&r, 3);
	assert_int_equal(replay_check(&r, 9), REPLAY_OK);
	assert_int_equal(r.top, 9);
	assert_int_equal(replay_bitmap(&r), 0);
}

static void bitmap_shows_the_last_64_numbers(void **state)
{
	uint64_t random = 42;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct replay r;
		uint64_t map = 0;

		near_init(&r, windows[i % WINDOWS]);
		for (unsigned n = 0; n < 1 + i % 90; n++) {
			uint64_t seq = r.top + 1 + next_random(&random) % (i % 7 + 1);

			replay_update(&r, seq);
		}
		for (uint64_t back_by = 0; back_by < 64 && back_by < r.top; back_by++)
			if (replay_check(&r, r.top - back_by) == REPLAY_SEEN)
				map |= 1ull << back_by;
		assert_true(replay_bitmap_shown(replay_bitmap(&r)) == map);
	}
}

/*
 * RFC 4303 appendix A: whatever lies between the bottom and 2^32 - W above the top is guessed
 * right.
 */
static void extended_number_is_guessed_around_every_wrap(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (unsigned i = 0; i < 1000000; i++) {
		uint64_t base = (next_random(&random) % 4) << 32;
		struct replay r;
		uint64_t seq;

		near_init(&r, windows[i % WINDOWS]);
		r.top = base + (uint32_t)(next_random(&random) % 4096 - 2048);
		if (r.top < r.window)
			continue;
		seq = r.top - r.window + 1 + next_random(&random) % (i % 2 ? 0x80000000u : 5000);
		assert_true(replay_esn_guess(&r, (uint32_t)seq) == seq);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_of_every_window_is_exact),
		cmocka_unit_test(window_equals_the_model_for_all_small_patterns),
		cmocka_unit_test(window_equals_the_model_over_a_million_sequences),
		cmocka_unit_test(driver_finds_seeded_mutants),
		cmocka_unit_test(switched_off_window_accepts_everything),
		cmocka_unit_test(bitmap_shows_the_last_64_numbers),
		cmocka_unit_test(extended_number_is_guessed_around_every_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
