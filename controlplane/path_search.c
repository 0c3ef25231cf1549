/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/path_search.h"

void path_search_begin(struct path_search *s, uint16_t most)
{
	*s = (struct path_search){.size = PATH_SEARCH_FIRST, .most = most};
}

/* The smallest that is known not to cross. */
static uint16_t bound(const struct path_search *s)
{
	uint16_t least = s->most + 1;

	if (s->lost && s->lost < least)
		least = s->lost;
	if (s->refused && s->refused < least)
		least = s->refused;
	return least;
}

static uint16_t next_size(const struct path_search *s, uint16_t mtu)
{
	uint16_t least = bound(s);

	if (!s->largest || s->largest + 1 >= least)
		return 0;
	if (mtu > s->largest && mtu < least)
		return mtu;
	/* most paths take what the interface does, and many all but a little of it */
	if (least > s->most)
		return s->most;
	return (uint16_t)(s->largest + (least - s->largest) / 2);
}

static void least_of(uint16_t *size, uint16_t other)
{
	if (!*size || other < *size)
		*size = other;
}

void path_search_take(struct path_search *s, enum path_outcome outcome, uint16_t mtu)
{
	if (outcome == PATH_LOST && ++s->tries < PATH_SEARCH_TRIES)
		return;
	s->tries = 0;
	if (outcome == PATH_CROSSED)
		s->largest = s->size;
	else
		least_of(outcome == PATH_LOST ? &s->lost : &s->refused, s->size);
	/* what was told is right when the size above it does not cross */
	if (outcome == PATH_CROSSED && s->told == s->size)
		mtu = s->size + 1;
	else
		s->told = mtu;
	s->size = next_size(s, mtu);
}

uint16_t path_search_blackhole(const struct path_search *s)
{
	return s->largest && s->lost && (!s->refused || s->lost < s->refused) ? s->lost : 0;
}
