/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_section.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

static bool begins(const char *line, const char *words, bool whole)
{
	for (;;) {
		size_t n;

		words += strspn(words, BLANKS);
		if (!*words)
			return true;
		line += strspn(line, " \t");
		n = strcspn(words, BLANKS);
		if (n > strcspn(line, BLANKS) || strncasecmp(line, words, n) != 0 ||
		    (whole && n < strcspn(line, BLANKS)))
			return false;
		words += n;
		line += strcspn(line, BLANKS);
	}
}

static bool is_of(const char *line, const char *words, bool whole)
{
	return begins(line, words, whole) ||
	       (strncmp(line, "no ", 3) == 0 && begins(line + 3, words, whole));
}

static bool is_frame(const char *line)
{
	return *line == '!' || strcmp(line, "end\n") == 0;
}

/* Keeps the lines of these words, or all others. Returns how many went. */
static size_t sift(char *text, const char *words, bool drop)
{
	char *out = text, *end;
	bool keep = false;
	size_t gone = 0;

	for (char *line = text; *line; line = end) {
		size_t len = strcspn(line, "\n");

		end = line + len + (line[len] == '\n');
		if (*line != ' ')
			keep = drop ? is_frame(line) || !is_of(line, words, true)
				    : is_of(line, words, false);
		if (keep) {
			memmove(out, line, (size_t)(end - line));
			out += end - line;
		} else {
			gone++;
		}
	}
	*out = '\0';
	return gone;
}

void config_section_keep(char *text, const char *words)
{
	sift(text, words, false);
}

size_t config_section_drop(char *text, const char *words)
{
	return sift(text, words, true);
}
