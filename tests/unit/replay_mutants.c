/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/compat.h"
#include "tests/unit/replay_subject.h"

#include <string.h>

static enum replay_verdict check(struct replay *r, uint64_t seq)
{
	return replay_check(r, seq);
}

static uint64_t *word_of(const struct replay *r, uint64_t seq)
{
	return &r->bits[(seq >> 6) & r->word_mask];
}

static void set(struct replay *r, uint64_t seq)
{
	*word_of(r, seq) |= 1ull << (seq & 63);
}

static void forget(struct replay *r, uint64_t first, uint64_t last)
{
	if (last - first >= r->window)
		first = last - r->window + 1;
	for (uint64_t seq = first; seq <= last; seq++)
		*word_of(r, seq) &= ~(1ull << (seq & 63));
}

/* As ours, one number at a time, and with the first and last number forgotten as given. */
static void advance(struct replay *r, uint64_t seq, uint64_t first, uint64_t last)
{
	if (seq > r->top) {
		if (last >= first && last <= seq + 1)
			forget(r, first, last);
		r->top = seq;
	}
	set(r, seq);
}

/* RFC 6479 without its spare word: what leaves the window at the bottom is cleared too early. */
static void update_whole_words(struct replay *r, uint64_t seq)
{
	uint64_t words = (seq >> 6) - (r->top >> 6);

	if (seq > r->top) {
		if (words > r->word_mask + 1)
			words = r->word_mask + 1;
		for (uint64_t i = 0; i < words; i++)
			*word_of(r, seq - 64 * i) = 0;
		r->top = seq;
	}
	set(r, seq);
}

/* Shifts by a number modulo 32, as `1u <<` would. */
static enum replay_verdict check_narrow(struct replay *r, uint64_t seq)
{
	enum replay_verdict v = replay_check(r, seq);

	if (v != REPLAY_SEEN && !(v == REPLAY_OK && seq <= r->top))
		return v;
	return *word_of(r, seq) >> (seq & 31) & 1 ? REPLAY_SEEN : REPLAY_OK;
}

static void update_narrow(struct replay *r, uint64_t seq)
{
	if (seq > r->top)
		forget(r, r->top + 1, seq);
	r->top = seq > r->top ? seq : r->top;
	*word_of(r, seq) |= 1ull << (seq & 31);
}

static enum replay_verdict seen_or_ok(const struct replay *r, uint64_t seq)
{
	return *word_of(r, seq) >> (seq & 63) & 1 ? REPLAY_SEEN : REPLAY_OK;
}

static enum replay_verdict check_edge(const struct replay *r, uint64_t seq, uint64_t window)
{
	if (seq > r->top)
		return REPLAY_OK;
	if (seq == 0)
		return REPLAY_ZERO;
	return r->top - seq >= window ? REPLAY_LATE : seen_or_ok(r, seq);
}

static enum replay_verdict check_one_more(struct replay *r, uint64_t seq)
{
	return check_edge(r, seq, r->window + 1);
}

static enum replay_verdict check_one_less(struct replay *r, uint64_t seq)
{
	return check_edge(r, seq, r->window - 1);
}

static enum replay_verdict check_top_again(struct replay *r, uint64_t seq)
{
	return seq == r->top && seq ? REPLAY_OK : replay_check(r, seq);
}

static enum replay_verdict check_bytes_for_bits(struct replay *r, uint64_t seq)
{
	return check_edge(r, seq, r->window / 8);
}

static enum replay_verdict check_zero(struct replay *r, uint64_t seq)
{
	enum replay_verdict v = replay_check(r, seq);

	return v == REPLAY_ZERO ? REPLAY_OK : v;
}

static enum replay_verdict check_signed(struct replay *r, uint64_t seq)
{
	return (int32_t)((uint32_t)seq - (uint32_t)r->top) > 0 ? REPLAY_OK : replay_check(r, seq);
}

/* The number is noted before the ICV was verified. */
static enum replay_verdict check_notes(struct replay *r, uint64_t seq)
{
	enum replay_verdict v = replay_check(r, seq);

	if (v == REPLAY_OK && seq <= r->top)
		set(r, seq);
	return v;
}

static enum replay_verdict check_moves(struct replay *r, uint64_t seq)
{
	enum replay_verdict v = replay_check(r, seq);

	if (seq > r->top) {
		forget(r, r->top + 1, seq);
		r->top = seq;
	}
	return v;
}

static void update_forgets_nothing(struct replay *r, uint64_t seq)
{
	advance(r, seq, 1, 0);
}

static void update_forgets_too_few(struct replay *r, uint64_t seq)
{
	advance(r, seq, r->top + 1, seq - 2);
}

static void update_forgets_late(struct replay *r, uint64_t seq)
{
	advance(r, seq, r->top + 2, seq);
}

static void update_forgets_top(struct replay *r, uint64_t seq)
{
	advance(r, seq, r->top, seq);
}

static void update_forgets_ahead(struct replay *r, uint64_t seq)
{
	advance(r, seq, r->top + 1, seq + 1);
}

/* A jump of more than the window leaves all as it was. */
static void update_ignores_far(struct replay *r, uint64_t seq)
{
	bool far = seq - r->top >= r->window;

	advance(r, seq, far ? 1 : r->top + 1, far ? 0 : seq);
}

static void update_clears_all(struct replay *r, uint64_t seq)
{
	if (seq > r->top + 1)
		memset(r->bits, 0, replay_words(r->window) * sizeof(*r->bits));
	advance(r, seq, r->top + 1, seq);
}

static void update_omits_new_top(struct replay *r, uint64_t seq)
{
	bool above = seq > r->top;

	replay_update(r, seq);
	if (above)
		*word_of(r, seq) &= ~(1ull << (seq & 63));
}

static void update_moves_back(struct replay *r, uint64_t seq)
{
	replay_update(r, seq);
	r->top = seq;
}

static void update_halves_top(struct replay *r, uint64_t seq)
{
	replay_update(r, seq);
	r->top = (uint32_t)r->top;
}

static void update_notes_two(struct replay *r, uint64_t seq)
{
	replay_update(r, seq);
	set(r, seq + 32);
}

static uint64_t join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* Appendix A2.2 with its parts replaced: the case border, the bottom, what each case adds. */
static uint64_t guess_with(const struct replay *r, uint32_t low, uint32_t border, uint32_t bottom,
			   uint32_t ahead, uint32_t behind)
{
	uint32_t top = (uint32_t)r->top, high = (uint32_t)(r->top >> 32);

	if (top >= border)
		return join(high + (low < bottom ? ahead : 0), low);
	return join(high - (low >= bottom && high ? behind : 0), low);
}

static uint32_t bottom_of(const struct replay *r)
{
	return (uint32_t)r->top - r->window + 1;
}

static uint64_t guess_never_ahead(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window - 1, bottom_of(r), 0, 1);
}

static uint64_t guess_never_behind(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window - 1, bottom_of(r), 1, 0);
}

static uint64_t guess_bottom_high(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window - 1, bottom_of(r) + 1, 1, 1);
}

static uint64_t guess_bottom_low(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window, bottom_of(r) - 1, 1, 1);
}

static uint64_t guess_from_top(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window - 1, (uint32_t)r->top, 1, 1);
}

static uint64_t guess_border_high(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window, bottom_of(r), 1, 1);
}

static uint64_t guess_border_low(const struct replay *r, uint32_t low)
{
	return guess_with(r, low, r->window - 2, bottom_of(r), 1, 1);
}

/* Below the first number of all there is no space before. */
static uint64_t guess_below_zero(const struct replay *r, uint32_t low)
{
	uint32_t high = (uint32_t)(r->top >> 32);

	if ((uint32_t)r->top < r->window - 1 && low >= bottom_of(r))
		return join(high - 1, low);
	return replay_esn_guess(r, low);
}

static uint64_t guess_nearest(const struct replay *r, uint32_t low)
{
	return r->top + (uint64_t)(int64_t)(int32_t)(low - (uint32_t)r->top);
}

const struct subject replay_subject_ours = {"ours", check, replay_update, replay_esn_guess,
					    SUBJECT_ANYWHERE};

#define UPDATE(name, fn)                                 \
	{                                                \
		name, check, fn, replay_esn_guess, false \
	}
#define CHECK(name, fn)                                          \
	{                                                        \
		name, fn, replay_update, replay_esn_guess, false \
	}
#define PLAIN(name, fn)                                                        \
	{                                                                      \
		name, fn, replay_update, replay_esn_guess, SUBJECT_WITHOUT_ESN \
	}
#define GUESS(name, fn)                              \
	{                                            \
		name, check, replay_update, fn, true \
	}

const struct subject replay_subject_mutants[] = {
	UPDATE("no spare word: whole words are cleared", update_whole_words),
	{"32-bit mask", check_narrow, update_narrow, replay_esn_guess, SUBJECT_ANYWHERE},
	PLAIN("window one too large", check_one_more),
	CHECK("window one too small", check_one_less),
	CHECK("window in bytes", check_bytes_for_bits),
	CHECK("highest number accepted again", check_top_again),
	CHECK("number zero accepted", check_zero),
	PLAIN("numbers compared as signed 32 bits", check_signed),
	CHECK("number noted before the ICV is verified", check_notes),
	CHECK("window moved before the ICV is verified", check_moves),
	UPDATE("a jump clears nothing", update_forgets_nothing),
	UPDATE("a jump clears one number too few", update_forgets_too_few),
	UPDATE("a jump begins to clear one late", update_forgets_late),
	UPDATE("a jump clears the old highest", update_forgets_top),
	UPDATE("a jump clears the lowest of the window", update_forgets_ahead),
	UPDATE("a jump beyond the window clears nothing", update_ignores_far),
	UPDATE("every jump clears all", update_clears_all),
	UPDATE("a new highest number is not noted", update_omits_new_top),
	UPDATE("a late number moves the window back", update_moves_back),
	UPDATE("another number is noted too", update_notes_two),
	{"highest number kept in 32 bits", check, update_halves_top, replay_esn_guess,
	 SUBJECT_WITH_ESN},
	GUESS("upper half never counts up", guess_never_ahead),
	GUESS("upper half never counts down", guess_never_behind),
	GUESS("bottom of the guess one too high", guess_bottom_high),
	GUESS("bottom of the guess one too low", guess_bottom_low),
	GUESS("guess from the highest number", guess_from_top),
	GUESS("cases A and B part one too high", guess_border_high),
	GUESS("cases A and B part one too low", guess_border_low),
	GUESS("guess below number zero", guess_below_zero),
	GUESS("nearest number guessed", guess_nearest),
};

const unsigned replay_subject_n_mutants = array_len(replay_subject_mutants);
