/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_match.h"

#include "lib/config/config_values.h"
#include "lib/crypto/secret.h"

#include <stdio.h>
#include <string.h>

/* Adds "word" to the ", "-separated list unless it is there; a full list ends in "...". */
static void expect(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);
	size_t word_len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += word_len)
		if ((p == list || p[-1] == ' ') && (p[word_len] == ',' || !p[word_len]))
			return;
	if (len + word_len + 8 < size)
		snprintf(list + len, size - len, "%s%s", len ? ", " : "", word);
	else if (len < 4 || strcmp(list + len - 3, "...") != 0)
		snprintf(list + len, size - len, ", ...");
}

static void expect_next(struct config_match *m, const struct config_threads *all, bool no)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	char word[CONFIG_NAME];

	m->expected[0] = '\0';
	for (size_t t = 0; t < all->n; t++)
		for (size_t k = 0, n = config_follow_next(&all->rows[t], no, nodes); k < n; k++) {
			if (nodes[k].len == 0)
				snprintf(word, sizeof(word), "end of line");
			else
				config_values_show_node(&nodes[k], word, sizeof(word));
			expect(m->expected, sizeof(m->expected), word);
		}
}

/* The thread that may end here, or NULL. */
static const struct config_thread *ended(const struct config_threads *all, bool no)
{
	struct config_node nodes[CONFIG_NODES_MAX];

	for (size_t t = 0; t < all->n; t++)
		for (size_t k = 0, n = config_follow_next(&all->rows[t], no, nodes); k < n; k++)
			if (nodes[k].len == 0)
				return &all->rows[t];
	return NULL;
}

static void accept(struct config_match *m, const struct config_thread *t, size_t n)
{
	m->result = CONFIG_MATCH_OK;
	m->row = t->row;
	m->flat = t->flat;
	m->split = t->split;
	m->at = n;
	memcpy(m->path, t->path, sizeof(t->path[0]) * n);
}

static void list_ambiguous(struct config_match *m, const struct config_threads *all, size_t depth)
{
	char word[CONFIG_NAME];

	m->result = CONFIG_MATCH_AMBIGUOUS;
	m->expected[0] = '\0';
	for (size_t t = 0; t < all->n; t++) {
		struct config_node node = config_pattern_node(all->rows[t].path[depth]);

		config_values_show_node(&node, word, sizeof(word));
		expect(m->expected, sizeof(m->expected), word);
	}
}

static bool is_whole(const struct config_follow *f, const struct config_search *s,
		     const struct config_words *words)
{
	struct config_node node;

	if (f->at <= s->first || !f->now->n)
		return false;
	node = config_pattern_node(f->now->rows[0].path[0]);
	return node.len == strlen(words->words[s->first].text);
}

void config_match_line(struct config_match *m, const struct config_search *s,
		       const struct config_words *words)
{
	struct config_follow f;
	enum config_follow_result result = config_follow_words(&f, s, words, words->n);
	const struct config_thread *t;

	m->at = f.at;
	m->why = f.why;
	m->secret = false;
	m->whole = is_whole(&f, s, words);
	switch (result) {
	case CONFIG_FOLLOW_LINE: accept(m, f.line, f.at - s->first + 1); return;
	case CONFIG_FOLLOW_AMBIGUOUS: list_ambiguous(m, f.now, f.at - s->first); return;
	case CONFIG_FOLLOW_INVALID:
		m->result = CONFIG_MATCH_INVALID;
		m->secret = config_follow_has_secret(f.now, f.at - s->first);
		break;
	case CONFIG_FOLLOW_ON:
		t = ended(f.now, s->no);
		if (t) {
			accept(m, t, words->n - s->first);
			return;
		}
		m->result = CONFIG_MATCH_INCOMPLETE;
	}
	expect_next(m, f.now, s->no);
}

/* The text of a value: the word, two words of an interface, or the rest of the line. */
static void text_of(const struct config_node *node, const struct config_words *words, size_t *i,
		    size_t end, char *text, size_t size)
{
	const char *word = words->words[*i].text;
	const char *rest = words->line + words->words[*i].column;

	if (config_values_is_line(node))
		snprintf(text, size, "%.*s", (int)(words->line + words->line_bytes - rest), rest);
	else if (config_values_wants_number(node, word) && *i + 1 < end)
		snprintf(text, size, "%s%s", word, words->words[++*i].text);
	else
		snprintf(text, size, "%s", word);
}

size_t config_match_args(const struct config_match *m, const struct config_search *s,
			 const struct config_words *words, struct config_arg *args)
{
	char text[CONFIG_KEY_MAX];
	size_t n = 0;
	const char *why;

	for (size_t i = s->first; i < s->first + m->at; i++, n++) {
		struct config_node node = config_pattern_node(m->path[i - s->first]);

		args[n].node = node.text;
		args[n].column = words->words[i].column;
		args[n].value = (struct config_value){0};
		if (!config_pattern_is_value(&node))
			continue;
		text_of(&node, words, &i, s->first + m->at, text, sizeof(text));
		if (config_values_parse(&node, text, &args[n].value, &why))
			continue;
		if (!args[n].value.text[0])
			memcpy(args[n].value.text, text, sizeof(text));
	}
	secret_wipe_bytes(text, sizeof(text));
	return n;
}

size_t config_match_known(const struct config_match *m, const struct config_search *s)
{
	struct config_node last;

	if (m->result != CONFIG_MATCH_OK)
		return m->at - s->first;
	last = config_pattern_node(m->path[m->at - 1]);
	return m->at - (config_pattern_is_value(&last) && config_values_is_line(&last));
}
