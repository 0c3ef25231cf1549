/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/reorder_advice.h"

#include "lib/esp/replay.h"

#include <stdio.h>
#include <string.h>

enum {
	NUMBER_TEXT = 28
};

/* "1,204" */
static const char *grouped(uint64_t n, char *buf)
{
	char digits[NUMBER_TEXT];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *to = buf;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = 0;
	return buf;
}

static const char *packets(uint64_t n)
{
	return n == 1 ? "packet" : "packets";
}

uint32_t reorder_advice_window(uint32_t distance)
{
	uint32_t window = REPLAY_MIN;

	while (window <= distance && window < REPLAY_MAX)
		window *= 2;
	return window > distance ? window : 0;
}

static void remedy(const struct reorder_facts *f, char *buf, size_t size)
{
	uint32_t window = reorder_advice_window(f->distance);

	if (!window)
		snprintf(buf, size,
			 "no window is that large: find what delays packets so long on the path");
	else if (f->configured >= window)
		snprintf(buf, size,
			 "a window of %u is configured and holds from the next security "
			 "association on",
			 f->configured);
	else if (f->map)
		snprintf(buf, size,
			 "`crypto map %s %u ipsec-isakmp`, `set security-association replay "
			 "window-size %u`",
			 f->map, f->sequence, window);
	else
		snprintf(buf, size, "`crypto ipsec security-association replay window-size %u`",
			 window);
}

const char *reorder_advice_late(const struct reorder_facts *f, char *buf, size_t size)
{
	char distance[NUMBER_TEXT + 8], late[NUMBER_TEXT + 8], todo[REORDER_ADVICE_TEXT / 2];

	buf[0] = 0;
	if (!f->late)
		return buf;
	remedy(f, todo, sizeof(todo));
	snprintf(buf, size, "reordering up to %s seen, window %u dropped %s %s in %u s: %s",
		 grouped(f->distance, distance), f->window, grouped(f->late, late),
		 packets(f->late), f->seconds, todo);
	return buf;
}

const char *reorder_advice_seen(const struct reorder_facts *f, char *buf, size_t size)
{
	char seen[NUMBER_TEXT + 8];

	buf[0] = 0;
	if (f->seen)
		snprintf(buf, size,
			 "%s %s in %u s had a number already received: duplicated on the path or "
			 "replayed; no window size changes that",
			 grouped(f->seen, seen), packets(f->seen), f->seconds);
	return buf;
}
