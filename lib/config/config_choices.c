/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_choices.h"

#include "lib/config/config_help.h"
#include "lib/config/config_values.h"

#include <stdio.h>
#include <string.h>

static size_t add_choice(struct config_choice *rows, size_t n, size_t max, const char *word,
			 const char *help, bool keyword)
{
	for (size_t i = 0; i < n && i < max; i++)
		if (!strcmp(rows[i].word, word))
			return n;
	if (n < max) {
		snprintf(rows[n].word, sizeof(rows[n].word), "%s", word);
		snprintf(rows[n].help, sizeof(rows[n].help), "%s", help);
		rows[n].keyword = keyword;
	}
	return n + 1;
}

/* The choices of one value: the names that exist, and what the value looks like. */
static size_t value_choices(const struct config_node *node, const char *before, const char *partial,
			    const struct config *config, struct config_choice *rows, size_t n,
			    size_t max)
{
	char word[CONFIG_NAME];
	const char *name;

	for (size_t i = 0; (name = config_values_existing(node, config, i)); i++)
		if (!strncmp(name, partial, strlen(partial)))
			n = add_choice(rows, n, max, name, config_values_help(node), true);
	if (!config_values_may_begin(node, partial))
		return n;
	config_values_show(node, word, sizeof(word));
	return add_choice(rows, n, max, word, config_help_value(before, node), false);
}

/* The choices of one node of a pattern that begin with the partial word. */
static size_t node_choices(const struct config_node *node, const char *before, const char *partial,
			   const struct config *config, struct config_choice *rows, size_t n,
			   size_t max)
{
	char word[CONFIG_NAME];

	if (node->len == 0)
		return n;
	if (config_pattern_is_value(node))
		return value_choices(node, before, partial, config, rows, n, max);
	config_values_show_node(node, word, sizeof(word));
	if (strncasecmp(word, partial, strlen(partial)) != 0)
		return n;
	return add_choice(rows, n, max, word, config_help_keyword(before, node), true);
}

size_t config_choices_in(const struct config_search *s, const struct config_words *words, size_t n,
			 const char *partial, const struct config *config,
			 struct config_choice *rows, size_t max)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	struct config_follow f;
	size_t n_rows = 0;
	bool end = false;

	if (config_follow_words(&f, s, words, n) != CONFIG_FOLLOW_ON)
		return 0;
	for (size_t t = 0; t < f.now->n; t++) {
		const struct config_thread *thread = &f.now->rows[t];
		const char *before = n > s->first ? thread->path[n - s->first - 1] : "";
		size_t count = config_follow_next(thread, s->no, nodes);

		for (size_t k = 0; k < count; k++) {
			end |= nodes[k].len == 0;
			n_rows =
				node_choices(&nodes[k], before, partial, config, rows, n_rows, max);
		}
	}
	if (end && !*partial)
		n_rows = add_choice(rows, n_rows, max, "<cr>", "", false);
	return n_rows;
}
