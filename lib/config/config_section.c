/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_section.h"

#include "lib/config/config_model.h"
#include "lib/config/config_names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

/* `gi0/1` is no beginning of GigabitEthernet0/1, and means it. */
static bool names_interface(const char *word, size_t n, const char *line, size_t len)
{
	char text[CONFIG_NAME], full[CONFIG_NAME];

	if (n >= sizeof(text))
		return false;
	memcpy(text, word, n);
	text[n] = '\0';
	return config_names_interface(text, full, sizeof(full)) == 0 && strlen(full) == len &&
	       strncmp(full, line, len) == 0;
}

static bool begins(const char *line, const char *words, bool whole)
{
	for (;;) {
		size_t n, len;

		words += strspn(words, BLANKS);
		if (!*words)
			return true;
		line += strspn(line, " \t");
		n = strcspn(words, BLANKS);
		len = strcspn(line, BLANKS);
		if ((n > len || strncasecmp(line, words, n) != 0 || (whole && n < len)) &&
		    !names_interface(words, n, line, len))
			return false;
		words += n;
		line += len;
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
