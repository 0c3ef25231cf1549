/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_words.h"

#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Control characters have no place in a line and would break the printed configuration; the API
 * could not carry bytes that are no UTF-8, and names are compared byte by byte: ASCII it is, but
 * for remarks to the reader of the file.
 */
bool config_words_printable(const char *line, struct fault_list *faults)
{
	bool comment = strchr("!:", line[strspn(line, " \t")]) != NULL;

	for (const char *p = line; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f) {
			fault_add(faults, FAULT_ERROR, (int)(p - line),
				  "control character 0x%02x: remove it", c);
			return false;
		}
		if (c > 0x7f && !comment) {
			fault_add(faults, FAULT_ERROR, (int)(p - line),
				  "byte 0x%02x is not ASCII: write it with ASCII characters", c);
			return false;
		}
	}
	return true;
}

int config_words_split(struct config_words *words, const char *line)
{
	size_t len = strlen(line);
	size_t i = 0;

	*words = (struct config_words){.line = line, .buffer_bytes = len + 1};
	words->buffer = malloc(len + 1);
	if (!words->buffer)
		return -ENOMEM;
	memcpy(words->buffer, line, len + 1);
	words->line_bytes = len;
	while (words->line_bytes && strchr(" \t\r", line[words->line_bytes - 1]))
		words->line_bytes--;
	words->blank_end = words->line_bytes < len;
	while (i += strspn(line + i, " \t\r"), i < len) {
		size_t word_len = strcspn(line + i, " \t\r");

		if (words->n == CONFIG_WORDS_MAX) {
			words->n = 0;
			return -E2BIG;
		}
		words->words[words->n].text = words->buffer + i;
		words->words[words->n++].column = (int)i;
		words->buffer[i + word_len] = '\0';
		i += word_len;
	}
	return 0;
}

void config_words_fini(struct config_words *words)
{
	if (words->buffer)
		secret_wipe_bytes(words->buffer, words->buffer_bytes);
	free(words->buffer);
	words->buffer = NULL;
}

bool config_words_are_no(const struct config_words *words)
{
	return words->n && !strcasecmp(words->words[0].text, "no");
}
