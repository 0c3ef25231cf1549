/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// clang-format off
static const struct {
	const char *name;
	const char *text;
} bugs[STRESS_BUGS] = {
	[STRESS_BUG_EDGE] = {"edge", "one number too many at the bottom"},
	[STRESS_BUG_NARROW] = {"narrow", "a word of 64 bits used as one of 32"},
	[STRESS_BUG_FORGET] = {"forget", "a jump clears a whole word, also what is still needed"},
	[STRESS_BUG_KEEP] = {"keep", "a jump of more than the window clears nothing"},
	[STRESS_BUG_GUESS] = {"guess", "extended numbers never look back across 2^32"},
	[STRESS_BUG_ONCE] = {"once", "checks before authentication only"},
	[STRESS_BUG_UNPROVEN] = {"unproven", "takes note of numbers before authentication"},
};
// clang-format on

const char *stress_window_bug_name(enum stress_bug bug)
{
	return bugs[bug].name;
}

const char *stress_window_bug_text(enum stress_bug bug)
{
	return bugs[bug].text;
}

int stress_window_init(struct stress_window *w, enum stress_bug bug, uint32_t window)
{
	uint64_t *bits = malloc(replay_words(window) * sizeof(*bits));

	if (!bits)
		return -ENOMEM;
	w->bug = bug;
	replay_init(&w->r, window, bits);
	return 0;
}

void stress_window_fini(struct stress_window *w)
{
	free(w->r.bits);
	w->r.bits = NULL;
}

enum replay_verdict stress_window_check(const struct stress_window *w, uint64_t seq)
{
	const struct replay *r = &w->r;

	if (w->bug == STRESS_BUG_EDGE && r->window && seq && seq <= r->top &&
	    r->top - seq == r->window)
		return REPLAY_OK;
	if (w->bug == STRESS_BUG_NARROW && r->window && seq && seq <= r->top &&
	    r->top - seq < r->window)
		return r->bits[(seq >> 6) & r->word_mask] >> (seq & 31) & 1 ? REPLAY_SEEN
									    : REPLAY_OK;
	return replay_check(r, seq);
}

void stress_window_update(struct stress_window *w, uint64_t seq)
{
	struct replay *r = &w->r;
	bool jump = seq > r->top + 1;

	if (w->bug == STRESS_BUG_KEEP && r->window && seq > r->top && seq - r->top >= r->window)
		r->top = seq;
	replay_update(r, seq);
	if (w->bug == STRESS_BUG_FORGET && r->window && jump)
		r->bits[(seq >> 6) & r->word_mask] = 1ull << (seq & 63);
	if (w->bug == STRESS_BUG_NARROW && r->window)
		r->bits[(seq >> 6) & r->word_mask] |= 1ull << (seq & 31);
}

uint64_t stress_window_number(const struct stress_window *w, uint32_t seq_low, bool esn)
{
	uint64_t top = w->r.top;

	if (!esn)
		return seq_low;
	if (w->bug != STRESS_BUG_GUESS)
		return replay_esn_guess(&w->r, seq_low);
	return (top & ~(uint64_t)UINT32_MAX) + seq_low +
	       (seq_low + (uint64_t)w->r.window <= (uint32_t)top ? 1ull << 32 : 0);
}
