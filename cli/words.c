/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/words.h"

#include <string.h>
#include <strings.h>

static const char *word_end(const char *p)
{
	const char *close = *p == '<' ? strchr(p, '>') : NULL;

	return close ? close + 1 : p + strcspn(p, " \t\r\n");
}

size_t words_split(const char *line, struct word *rows, size_t max)
{
	const char *p = line;
	size_t n = 0;

	for (;;) {
		const char *end;

		p += strspn(p, " \t\r\n");
		if (!*p)
			return n;
		end = word_end(p);
		if (n < max)
			rows[n] = (struct word){.at = p, .len = (size_t)(end - p)};
		n++;
		p = end;
	}
}

bool words_abbreviate(const struct word *w, const char *keyword, size_t keyword_len)
{
	return w->len <= keyword_len && strncasecmp(w->at, keyword, w->len) == 0;
}

bool words_are(const struct word *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->at, text, w->len) == 0;
}

char *words_dup(const struct word *w)
{
	return strndup(w->at, w->len);
}
