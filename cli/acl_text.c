/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/acl_text.h"

#include "cli/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	FNV_BASIS = 0x811c9dc5,
	FNV_PRIME = 0x01000193,
};

static bool quad_of(const struct word *w, unsigned quad[4])
{
	char text[16];
	int end = 0;

	if (w->len >= sizeof(text))
		return false;
	memcpy(text, w->at, w->len);
	text[w->len] = '\0';
	return sscanf(text, "%3u.%3u.%3u.%3u%n", &quad[0], &quad[1], &quad[2], &quad[3], &end) ==
		       4 &&
	       (size_t)end == w->len;
}

const char *acl_text_netmask(const char *line, char *buf, size_t size)
{
	struct word words[WORDS_MAX];
	size_t n = words_split(line, words, WORDS_MAX), len = 0;
	bool address = false; /* the word before is one that a wildcard may follow */
	unsigned q[4];

	buf[0] = '\0';
	for (size_t i = 0; i < n && i < WORDS_MAX && len < size; i++) {
		bool quad = quad_of(&words[i], q);
		const char *blank = i ? " " : "";

		if (quad && address)
			len += (size_t)snprintf(buf + len, size - len, "%s%u.%u.%u.%u", blank,
						~q[0] & 255, ~q[1] & 255, ~q[2] & 255, ~q[3] & 255);
		else
			len += (size_t)snprintf(buf + len, size - len, "%s%.*s", blank,
						(int)words[i].len, words[i].at);
		address = quad && !address && i && !words_are(&words[i - 1], "host");
	}
	return buf;
}

uint32_t acl_text_hash(const char *text)
{
	uint32_t hash = FNV_BASIS;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * FNV_PRIME;
	return hash;
}
