/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The replay window against a model so obvious that it needs no proof: the set of all numbers
 * accepted so far. Every window size and none, with and without extended numbers, also astride
 * 2^32. A million random sequences, or REPLAY_SEQUENCES of them (`scripts/test --long`). The same
 * driver must find every mutant of replay_mutants.c (H140). For the smallest windows every step
 * from every state is tried: a proof by induction (H156).
 */
#include "lib/base/compat.h"
#include "tests/unit/replay_subject.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEQUENCES = 1000000,
	REPORT = 10000000,
	MUTANT_SEQUENCES = 4000,
	STEPS_MAX = 4096,
	SET = 4 * STEPS_MAX,
};

static const uint64_t space = 1ull << 32;

static const uint32_t windows[] = {64,	 128,  256,   512,   1024,  2048,
				   4096, 8192, 16384, 32768, 65536, 0};

enum {
	WINDOWS = array_len(windows),
	SIZES = WINDOWS - 1 /* without off */
};

struct model {
	uint32_t window;
	bool esn;
	uint64_t top;
	unsigned n;
	uint64_t accepted[STEPS_MAX + 1]; /* in order */
	uint64_t sequence;		  /* counts them, never 0 */
	struct {
		uint64_t seq;
		uint64_t sequence; /* that put it here */
	} set[SET];		   /* the same numbers, hashed */
};

static unsigned place_of(const struct model *m, uint64_t seq)
{
	unsigned at = (unsigned)(seq * 0x9e3779b97f4a7c15ull >> 50);

	while (m->set[at % SET].sequence == m->sequence && m->set[at % SET].seq != seq)
		at++;
	return at % SET;
}

static bool model_has(const struct model *m, uint64_t seq)
{
	return m->set[place_of(m, seq)].sequence == m->sequence;
}

static void model_init(struct model *m, uint32_t window, bool esn)
{
	m->window = window;
	m->esn = esn;
	m->top = 0;
	m->n = 0;
	m->sequence++; /* what the set holds is of another sequence */
}

static enum replay_verdict model_check(const struct model *m, uint64_t seq)
{
	if (!m->window)
		return REPLAY_OK;
	if (seq == 0)
		return REPLAY_ZERO;
	if (seq > m->top)
		return REPLAY_OK;
	if (m->top - seq >= m->window)
		return REPLAY_LATE;
	return model_has(m, seq) ? REPLAY_SEEN : REPLAY_OK;
}

static void model_update(struct model *m, uint64_t seq)
{
	unsigned at = place_of(m, seq);

	m->accepted[m->n++] = seq;
	m->set[at].seq = seq;
	m->set[at].sequence = m->sequence;
	m->top = seq > m->top ? seq : m->top;
}

/* RFC 4303 appendix A: the 2^32 numbers from the bottom of the window up can be told apart. */
static bool model_reaches(const struct model *m, uint64_t seq)
{
	uint64_t bottom = m->top >= m->window ? m->top - m->window + 1 : 0;

	return seq >= bottom && seq - bottom < space;
}

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

static uint64_t far_seq(const struct model *m, uint64_t r, uint64_t span)
{
	switch (r % 8) {
	case 0: return m->top + space / 2 + span % 3 - 1;
	case 1: return m->top + space - m->window + span % 3 - 1;
	case 2: return m->top + space - span % 3;
	case 3: return m->top + (span << 16 | span);
	case 4: return (m->top | 0xffffffff) + span % (2 * m->window + 1);
	case 5: return (m->top | 0xffffffff) - span % (2 * m->window + 1);
	case 6: return (m->top | 0xffffffff) + m->window - span % 3;
	default: return back(m->top, space - span % 70);
	}
}

/* The next number to send: in order, reordered, at an edge, again, or far away. */
static uint64_t next_seq(const struct model *m, uint64_t *state)
{
	uint64_t r = next_random(state), span = r >> 8 & 0xffff, w = m->window ? m->window : 64;

	switch (r & 15) {
	case 0:
	case 1:
	case 2: return m->top + 1;
	case 3: return m->top + 1 + span % (2 * w);
	case 4: return m->top + 1 + span % 70;
	case 5:
	case 6: return back(m->top, span % 70);
	case 7:
	case 8: return back(m->top, span % (2 * w));
	case 9: return back(m->top, w - 1);
	case 10: return back(m->top, w);
	case 11: return m->n ? m->accepted[span % m->n] : 0;
	case 12: return (m->top | 63) + (span & 1);
	case 13: return m->top + w + span % 3 - 1;
	case 14: return span & 7 ? m->top + 64 * (span % 40) : far_seq(m, span >> 3, r >> 40);
	default: return span & 15 ? back(m->top, w - 2 + span % 4) : span >> 15;
	}
}

/* Where a sequence begins: at 1, or around 2^32 or a multiple. */
static uint64_t first_top(const struct model *m, uint64_t seed, uint64_t *state)
{
	uint64_t r = next_random(state), multiple = m->esn ? (1 + r % 3) * space : space;

	switch (seed / WINDOWS % 8) {
	case 0: return space - 1 - (r >> 8) % (2 * m->window + 70);
	case 1: return multiple - 1 - (r >> 8) % 70;
	case 2: return m->esn ? multiple + (r >> 8) % (2 * m->window) : 0;
	case 3: return m->esn ? multiple + m->window - (r >> 8) % 4 : 0;
	default: return 0;
	}
}

/* One packet of the sender. False when the subject thinks otherwise than the model. */
static bool agree_on(const struct subject *s, struct replay *r, struct model *m, uint64_t seq,
		     bool authentic)
{
	enum replay_verdict expected;

	if (!m->esn) {
		seq = (uint32_t)seq;
	} else {
		bool right = s->guess(r, (uint32_t)seq) == seq;

		if (right != model_reaches(m, seq))
			return false;
		if (!right)
			return true; /* the ICV fails */
	}
	expected = model_check(m, seq);
	if (s->check(r, seq) != expected)
		return false;
	/* checked before the ICV, which fails now and then: nothing may change */
	if (!authentic || expected != REPLAY_OK)
		return r->top == m->top;
	model_update(m, seq);
	s->update(r, seq);
	return r->top == m->top;
}

/* One random sequence; false at the first disagreement. */
static bool agree(const struct subject *s, struct model *m, uint32_t window, bool esn,
		  uint64_t seed)
{
	static uint64_t bits[REPLAY_MAX / 64];
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
	unsigned steps = seed % 512 == 0 ? STEPS_MAX : 8 + seed % 64;
	struct replay r;
	uint64_t top;

	model_init(m, window, esn && window);
	replay_init(&r, window, bits);
	top = first_top(m, seed, &state);
	if (top) {
		model_update(m, top);
		s->update(&r, top);
		if (r.top != top)
			return false;
	}
	for (unsigned i = 0; i < 2 * steps && m->n < steps; i++) {
		uint64_t seq = next_seq(m, &state);

		if (!agree_on(s, &r, m, seq, next_random(&state) % 16))
			return false;
	}
	return true;
}

static struct model *model_create(void)
{
	struct model *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	return m;
}

static uint64_t sequences(void)
{
	const char *text = getenv("REPLAY_SEQUENCES");

	return text ? strtoull(text, NULL, 10) : SEQUENCES;
}

static void window_equals_the_model_over_all_sequences(void **state)
{
	struct model *m = model_create();
	uint64_t n = sequences();

	(void)state;
	for (uint64_t seed = 0; seed < n; seed++) {
		uint32_t window = windows[seed % WINDOWS];
		bool esn = seed / WINDOWS & 1;

		if (!agree(&replay_subject_ours, m, window, esn, seed))
			fail_msg("window %u%s disagrees, seed %lu", window, esn ? " with ESN" : "",
				 seed);
		if ((seed + 1) % REPORT == 0)
			fprintf(stderr, "# %lu of %lu sequences agree\n", seed + 1, n);
	}
	fprintf(stderr, "# %lu sequences agree\n", n);
	free(m);
}

static bool finds(const struct subject *mutant, struct model *m, uint32_t window, bool esn)
{
	for (uint64_t seed = 0; seed < MUTANT_SEQUENCES; seed++)
		if (!agree(mutant, m, window, esn, seed))
			return true;
	return false;
}

static void driver_finds_every_mutant_at_every_size(void **state)
{
	struct model *m = model_create();
	unsigned missed = 0;

	(void)state;
	for (unsigned i = 0; i < replay_subject_n_mutants; i++)
		for (unsigned k = 0; k < 2 * SIZES; k++) {
			const struct subject *mutant = &replay_subject_mutants[i];
			bool esn = k & 1;

			if (mutant->shows == (esn ? SUBJECT_WITHOUT_ESN : SUBJECT_WITH_ESN))
				continue;
			if (finds(mutant, m, windows[k / 2], esn))
				continue;
			print_error("nobody noticed: %s (window %u%s)\n", mutant->name,
				    windows[k / 2], esn ? ", ESN" : "");
			missed++;
		}
	assert_int_equal(missed, 0);
	free(m);
}

static bool bit_of(const uint64_t *bits, uint64_t seq, uint32_t window)
{
	return bits[(seq % window) >> 6] >> (seq & 63) & 1;
}

/* After a step from old_bits: seen is what was seen and still is in the window, and seq. */
static void step_keeps_the_rule(const struct replay *r, const uint64_t *old_bits, uint64_t old_top,
				uint64_t seq)
{
	uint64_t top = seq > old_top ? seq : old_top;

	assert_true(r->top == top);
	for (uint64_t n = top - r->window - 1; n <= top + 2; n++) {
		enum replay_verdict v = REPLAY_OK;

		if (n <= top && top - n >= r->window)
			v = REPLAY_LATE;
		else if (n == seq || (n <= old_top && bit_of(old_bits, n, r->window)))
			v = REPLAY_SEEN;
		assert_int_equal(replay_check(r, n), v);
	}
}

static void every_step_from(uint32_t window, uint64_t top, uint64_t pattern)
{
	static const int64_t far[] = {1ll << 31, (1ll << 32) - 1, 1ll << 32, 1ll << 40};
	uint64_t old_bits[2] = {pattern, pattern}, bits[2];
	int64_t w = window;

	for (int64_t d = 1 - w; d <= 2 * w + 2 + (int64_t)array_len(far); d++) {
		uint64_t seq = top + (uint64_t)(d > 2 * w + 2 ? far[d - 2 * w - 3] : d);
		struct replay r;

		replay_init(&r, window, bits);
		memcpy(bits, old_bits, window / 8);
		r.top = top;
		if (replay_check(&r, seq) != REPLAY_OK) {
			assert_true(seq <= top && bit_of(old_bits, seq, window));
			continue;
		}
		replay_update(&r, seq);
		step_keeps_the_rule(&r, old_bits, top, seq);
	}
}

/*
 * By induction (H156): before the first packet, the bits are those of the numbers accepted; and
 * from any state in which they are, any accepted number leads to one. What becomes of a bit does
 * not depend on others (they are set and cleared by masks made of top and seq alone), so four
 * patterns stand for all, and the bottom of the window and what is added to it for all numbers.
 */
static void accepts_at_most_once_and_only_inside_by_induction(void **state)
{
	static const uint64_t patterns[] = {0, ~0ull, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa};

	(void)state;
	for (uint32_t window = 64; window <= 128; window *= 2)
		for (uint64_t place = 0; place < window; place++)
			for (unsigned i = 0; i < array_len(patterns); i++)
				every_step_from(window, 16 * window + place, patterns[i]);
}

/* All 2^16 patterns of which of 16 numbers astride a word arrive, then each of them tried. */
static void window_equals_the_model_for_all_small_patterns(void **state)
{
	struct model *m = model_create();
	uint64_t bits[1];

	(void)state;
	for (unsigned pattern = 0; pattern < 1u << 16; pattern++) {
		struct replay r;

		model_init(m, 64, false);
		replay_init(&r, 64, bits);
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
	static uint64_t bits[REPLAY_MAX / 64];

	(void)state;
	for (unsigned i = 0; i < SIZES; i++)
		for (uint64_t top = windows[i]; top < windows[i] + 130; top++) {
			struct replay r;

			replay_init(&r, windows[i], bits);
			replay_update(&r, top);
			assert_int_equal(replay_check(&r, top), REPLAY_SEEN);
			assert_int_equal(replay_check(&r, top - windows[i] + 1), REPLAY_OK);
			assert_int_equal(replay_check(&r, top - windows[i]),
					 top == windows[i] ? REPLAY_ZERO : REPLAY_LATE);
			replay_update(&r, top - windows[i] + 1);
			assert_int_equal(replay_check(&r, top - windows[i] + 1), REPLAY_SEEN);
		}
}

static void only_powers_of_two_are_windows(void **state)
{
	unsigned n = 0;

	(void)state;
	for (uint32_t window = 0; window <= 2 * REPLAY_MAX; window++)
		n += replay_window_valid(window);
	assert_int_equal(n, WINDOWS);
	for (unsigned i = 0; i < WINDOWS; i++)
		assert_true(replay_window_valid(windows[i]));
	assert_false(replay_window_valid(1u << 31));
}

static void switched_off_window_accepts_everything(void **state)
{
	uint64_t bits[1];
	struct replay r;

	(void)state;
	replay_init(&r, 0, bits);
	replay_update(&r, 9);
	replay_update(&r, 3);
	assert_int_equal(replay_check(&r, 9), REPLAY_OK);
	assert_int_equal(r.top, 9);
	assert_int_equal(replay_bitmap(&r), 0);
}

static void bitmap_shows_the_last_64_numbers(void **state)
{
	static uint64_t bits[REPLAY_MAX / 64];
	uint64_t random = 42;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct replay r;
		uint64_t map = 0;

		replay_init(&r, windows[i % SIZES], bits);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_of_every_window_is_exact),
		cmocka_unit_test(only_powers_of_two_are_windows),
		cmocka_unit_test(accepts_at_most_once_and_only_inside_by_induction),
		cmocka_unit_test(window_equals_the_model_for_all_small_patterns),
		cmocka_unit_test(window_equals_the_model_over_all_sequences),
		cmocka_unit_test(driver_finds_every_mutant_at_every_size),
		cmocka_unit_test(switched_off_window_accepts_everything),
		cmocka_unit_test(bitmap_shows_the_last_64_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
