/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[STRESS_BUGS] = {
	[STRESS_BUG_EDGE] = "edge",	    [STRESS_BUG_NARROW] = "narrow",
	[STRESS_BUG_FORGET] = "forget",	    [STRESS_BUG_KEEP] = "keep",
	[STRESS_BUG_GUESS] = "guess",	    [STRESS_BUG_ONCE] = "once",
	[STRESS_BUG_UNPROVEN] = "unproven",
};

const char *stress_window_bug_name(enum stress_bug bug)
{
	return names[bug];
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
	uint64_t high = w->r.top >> 32;

	if (!esn)
		return seq_low;
	if (w->bug != STRESS_BUG_GUESS)
		return replay_esn_guess(&w->r, seq_low);
	/* a low number lower than the highest one is always taken for the next space's */
	return (high +
		(seq_low < (uint32_t)w->r.top && (uint32_t)w->r.top - seq_low >= w->r.window))
		       << 32 |
	       seq_low;
}
