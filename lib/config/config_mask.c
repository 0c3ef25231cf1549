/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_mask.h"

#include <string.h>

static void mask(char *text, int column, size_t len)
{
	memset(text + column, '*', len);
}

void config_mask_from(char *text, const struct config_words *words, size_t n)
{
	if (n < words->n)
		mask(text, words->words[n].column, strlen(text) - (size_t)words->words[n].column);
}

static bool is_of_type(const char *node, const char *type)
{
	const char *end = strchr(node, '>');

	return *node == '<' && end && (size_t)(end - node) > strlen(type) &&
	       !strncmp(end - strlen(type), type, strlen(type));
}

void config_mask_values(char *text, const struct config_words *words, const struct config_match *m,
			size_t first)
{
	for (size_t i = first; i < words->n; i++) {
		const char *node = m->path[i - first];

		if (!node)
			continue;
		if (is_of_type(node, ":rest")) {
			config_mask_from(text, words, i);
			return;
		}
		if (is_of_type(node, ":key"))
			mask(text, words->words[i].column, strlen(words->words[i].text));
	}
}
