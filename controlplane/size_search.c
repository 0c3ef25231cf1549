/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/size_search.h"

enum {
	LARGE = 600, /* inner packets of which most must be large */
	SMALL = 300,
	PACKETS = 4,
	GAP = 3,
};

/*
 * Three signs, none of which is a proof. Hosts have sent with DF more than fits: they will send
 * what does, and rely on hearing of less. What goes out is large, some of it at least as large as
 * the average. Or packets of the peer are missing in its numbers, and all that do come in are
 * small.
 */
uint16_t size_search_suspect(const struct size_counts *before, const struct size_counts *now)
{
	uint64_t out = now->c.out_packets - before->c.out_packets;
	uint64_t out_bytes = now->c.out_bytes - before->c.out_bytes;
	uint64_t in = now->c.in_packets - before->c.in_packets;
	uint64_t in_bytes = now->c.in_bytes - before->c.in_bytes;

	if (now->c.out_packets < before->c.out_packets || now->c.in_packets < before->c.in_packets)
		return 0;
	if (now->c.too_big_sent > before->c.too_big_sent)
		return SIZE_SEARCH_FULL;
	if (before->top && now->top - before->top >= in + GAP && in && in_bytes / in <= SMALL)
		return SIZE_SEARCH_FULL;
	if (out < PACKETS || out_bytes / out < LARGE)
		return 0;
	return now->c.too_big_sent ? SIZE_SEARCH_FULL : (uint16_t)(out_bytes / out);
}

void size_search_begin(struct size_search *s, uint16_t most)
{
	*s = (struct size_search){.size = SIZE_SEARCH_FIRST};
	path_search_begin(&s->path, most);
	s->path.size = SIZE_SEARCH_FIRST;
}

static bool is_found(const struct size_search *s)
{
	return s->path.largest && s->path.lost &&
	       s->path.lost - s->path.largest <= SIZE_SEARCH_STEP;
}

static uint16_t next_check(const struct size_search *s)
{
	if (s->lossy || s->checks == SIZE_SEARCH_CHECKS)
		return 0;
	return s->checks % 2 ? s->path.largest : s->path.lost;
}

static void take_check(struct size_search *s, bool crossed)
{
	s->lossy = crossed != (s->checks % 2 != 0);
	s->checks++;
	s->size = next_check(s);
}

void size_search_take(struct size_search *s, bool crossed)
{
	if (is_found(s)) {
		take_check(s, crossed);
		return;
	}
	path_search_take(&s->path, crossed ? PATH_CROSSED : PATH_LOST, 0);
	s->size = is_found(s) ? next_check(s) : s->path.size;
}

bool size_search_lost(const struct size_search *s)
{
	return !s->size && is_found(s) && !s->lossy;
}

bool size_search_good(const struct size_search *s)
{
	return !s->size && s->path.largest && !s->path.lost;
}
