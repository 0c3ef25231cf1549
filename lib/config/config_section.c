/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_section.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

static bool begins(const char *line, const char *words)
{
	for (;;) {
		size_t n;

		words += strspn(words, BLANKS);
		if (!*words)
			return true;
		line += strspn(line, " \t");
		n = strcspn(words, BLANKS);
		if (n > strcspn(line, BLANKS) || strncasecmp(line, words, n) != 0)
			return false;
		words += n;
		line += strcspn(line, BLANKS);
	}
}

static bool is_wanted(const char *line, const char *words)
{
	return begins(line, words) || (strncmp(line, "no ", 3) == 0 && begins(line + 3, words));
}

void config_section_keep(char *text, const char *words)
{
	char *out = text, *end;
	bool keep = false;

	for (char *line = text; *line; line = end) {
		size_t len = strcspn(line, "\n");

		end = line + len + (line[len] == '\n');
		if (*line != ' ')
			keep = is_wanted(line, words);
		if (keep) {
			memmove(out, line, (size_t)(end - line));
			out += end - line;
		}
	}
	*out = '\0';
}
