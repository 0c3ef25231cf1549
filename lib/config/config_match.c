/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_match.h"

#include "lib/config/config_help.h"
#include "lib/config/config_values.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	THREADS_MAX = 128
};

/* How well a word fits a node; more is better. */
enum fit {
	FIT_NONE,
	FIT_VALUE,
	FIT_PREFIX,
	FIT_EXACT
};

/* A row that all words so far fit, and where in its pattern we are. */
struct thread {
	const struct config_row *row;
	const char *at;
	const char *number_of; /* the interface node whose number is the next word, or NULL */
	const char *path[CONFIG_WORDS_MAX];
};

struct threads {
	struct thread rows[THREADS_MAX];
	size_t n;
};

int config_match_words(struct config_words *words, const char *line)
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

void config_match_words_fini(struct config_words *words)
{
	if (words->buffer)
		secret_wipe_bytes(words->buffer, words->buffer_bytes);
	free(words->buffer);
	words->buffer = NULL;
}

static bool all_digits(const char *text, size_t len)
{
	return strspn(text, "0123456789") >= len;
}

static enum fit fit_keyword(const struct config_node *node, const char *word)
{
	size_t len = strlen(word);

	if (len == 0 || len > node->len || strncasecmp(word, node->text, len) != 0)
		return FIT_NONE;
	if (len == node->len)
		return FIT_EXACT;
	return all_digits(node->text, node->len) ? FIT_NONE : FIT_PREFIX;
}

/* An interface typed as two words is one value: "GigabitEthernet 0/1". */
static enum fit fit_number(const struct thread *t, const char *first, const char *word)
{
	struct config_node node = config_pattern_node(t->number_of);
	struct config_value value;
	const char *why;
	char whole[CONFIG_NAME];

	if (snprintf(whole, sizeof(whole), "%s%s", first, word) >= (int)sizeof(whole))
		return FIT_NONE;
	return config_values_parse(&node, whole, &value, &why) ? FIT_NONE : FIT_VALUE;
}

static enum fit fit_node(const struct config_node *node, const char *word, bool whole,
			 const char **why)
{
	enum fit fit;
	struct config_value value;
	const char *reason;

	if (node->len == 0)
		return FIT_NONE;
	if (!config_pattern_is_value(node)) {
		fit = fit_keyword(node, word);
		return whole && fit == FIT_PREFIX ? FIT_NONE : fit;
	}
	if (config_values_wants_number(node, word) || config_values_is_line(node) ||
	    !config_values_parse(node, word, &value, &reason))
		return FIT_VALUE;
	if (reason && !*why)
		*why = reason;
	return FIT_NONE;
}

/* A thread at the start of every row whose first word fits (NULL: of every row). */
static void start(struct threads *all, const struct config_search *s, const char *word,
		  const char **why)
{
	all->n = 0;
	for (size_t t = 0; t < s->n_tables; t++)
		for (size_t i = 0; i < s->tables[t]->n; i++) {
			const struct config_row *row = &s->tables[t]->rows[i];
			struct config_node nodes[CONFIG_NODES_MAX];
			bool fits = !word;

			if ((row->mode != s->mode && row->mode != CONFIG_MODE_ANY) ||
			    (s->no && row->plain))
				continue;
			for (size_t k = config_pattern_next(row->pattern, s->no, nodes);
			     !fits && k--;)
				fits = fit_node(&nodes[k], word, s->whole, why) != FIT_NONE;
			if (!fits || all->n == THREADS_MAX)
				continue;
			all->rows[all->n].row = row;
			all->rows[all->n].number_of = NULL;
			all->rows[all->n++].at = row->pattern;
		}
}

/* What may come next on a thread. */
static size_t next_nodes(const struct thread *t, bool no, struct config_node *nodes)
{
	if (t->number_of) {
		nodes[0] = (struct config_node){.text = t->number_of,
						.len = config_pattern_node(t->number_of).len};
		return 1;
	}
	return config_pattern_next(t->at, no, nodes);
}

static enum fit fit_next(const struct thread *t, const struct config_node *node,
			 const struct config_words *words, size_t i, bool whole, const char **why)
{
	if (t->number_of)
		return fit_number(t, words->words[i - 1].text, words->words[i].text);
	return fit_node(node, words->words[i].text, whole, why);
}

static void take(struct threads *out, const struct thread *t, const struct config_node *node,
		 size_t depth, const char *word)
{
	struct thread *next = &out->rows[out->n];

	if (out->n == THREADS_MAX)
		return;
	out->n++;
	memcpy(next, t, offsetof(struct thread, path) + depth * sizeof(t->path[0]));
	next->path[depth] = node->text;
	next->at = node->text + node->len;
	next->number_of = NULL;
	if (!t->number_of && config_pattern_is_value(node) &&
	    config_values_wants_number(node, word))
		next->number_of = node->text;
}

/* Two keywords of the same beginning that are not the same keyword. */
static bool differ(const char *a, const char *b)
{
	struct config_node x = config_pattern_node(a), y = config_pattern_node(b);

	return x.len != y.len || strncasecmp(x.text, y.text, x.len) != 0;
}

/*
 * Follows word i on all threads: out gets those with the best fit. Returns that fit; *ambiguous
 * when the best is an abbreviation of different keywords.
 */
static enum fit step(struct threads *out, const struct threads *in, const struct config_search *s,
		     const struct config_words *words, size_t i, const char **why, bool *ambiguous)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	enum fit best = FIT_NONE;
	size_t depth = i - s->first;

	out->n = 0;
	*ambiguous = false;
	for (size_t t = 0; t < in->n; t++) {
		size_t n = next_nodes(&in->rows[t], s->no, nodes);

		for (size_t k = 0; k < n; k++) {
			enum fit fit = fit_next(&in->rows[t], &nodes[k], words, i, s->whole, why);

			if (fit == FIT_NONE || fit < best)
				continue;
			if (fit > best)
				out->n = 0;
			best = fit;
			take(out, &in->rows[t], &nodes[k], depth, words->words[i].text);
		}
	}
	for (size_t t = 1; best == FIT_PREFIX && t < out->n; t++)
		*ambiguous |= differ(out->rows[0].path[depth], out->rows[t].path[depth]);
	return best;
}

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

static void show_node(const struct config_node *node, char *buf, size_t size)
{
	if (config_pattern_is_value(node))
		config_values_show(node, buf, size);
	else
		snprintf(buf, size, "%.*s", (int)node->len, node->text);
}

static void expect_next(struct config_match *m, const struct threads *all, bool no)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	char word[CONFIG_NAME];

	m->expected[0] = '\0';
	for (size_t t = 0; t < all->n; t++)
		for (size_t k = 0, n = next_nodes(&all->rows[t], no, nodes); k < n; k++) {
			if (nodes[k].len == 0)
				snprintf(word, sizeof(word), "end of line");
			else
				show_node(&nodes[k], word, sizeof(word));
			expect(m->expected, sizeof(m->expected), word);
		}
}

/* The thread that may end here, or NULL. */
static const struct thread *ended(const struct threads *all, bool no)
{
	struct config_node nodes[CONFIG_NODES_MAX];

	for (size_t t = 0; t < all->n; t++)
		for (size_t k = 0, n = next_nodes(&all->rows[t], no, nodes); k < n; k++)
			if (nodes[k].len == 0)
				return &all->rows[t];
	return NULL;
}

/* The thread whose last word was the rest of the line, or NULL. */
static const struct thread *line_value(const struct threads *all, size_t depth)
{
	for (size_t t = 0; t < all->n; t++) {
		struct config_node node = config_pattern_node(all->rows[t].path[depth]);

		if (config_pattern_is_value(&node) && config_values_is_line(&node))
			return &all->rows[t];
	}
	return NULL;
}

/* Text that must be stored has a limit; text that is thrown away ("rest") has none. */
static bool line_fits(struct config_match *m, const struct thread *t, size_t depth,
		      const struct config_words *words, size_t i)
{
	struct config_node node = config_pattern_node(t->path[depth]);
	struct config_value value;

	m->result = CONFIG_MATCH_INVALID;
	return !config_values_parse(&node, words->line + words->words[i].column, &value, &m->why);
}

static void accept(struct config_match *m, const struct thread *t, size_t n)
{
	m->result = CONFIG_MATCH_OK;
	m->row = t->row;
	m->at = n;
	memcpy(m->path, t->path, sizeof(t->path[0]) * n);
}

static void list_ambiguous(struct config_match *m, const struct threads *all, size_t depth)
{
	char word[CONFIG_NAME];

	m->result = CONFIG_MATCH_AMBIGUOUS;
	m->expected[0] = '\0';
	for (size_t t = 0; t < all->n; t++) {
		struct config_node node = config_pattern_node(all->rows[t].path[depth]);

		show_node(&node, word, sizeof(word));
		expect(m->expected, sizeof(m->expected), word);
	}
}

/* Whether a key is among the words that a row has taken. */
static bool has_secret(const struct threads *all, size_t depth)
{
	for (size_t t = 0; t < all->n; t++)
		for (size_t i = 0; i < depth; i++) {
			struct config_node node = config_pattern_node(all->rows[t].path[i]);

			if (config_pattern_is_value(&node) && config_values_is_secret(&node))
				return true;
		}
	return false;
}

/* Follows words from first to before end. False, with the result filled, when one does not fit. */
static bool follow(struct config_match *m, struct threads **now, struct threads **then,
		   const struct config_search *s, const struct config_words *words, size_t end)
{
	const struct thread *line;
	bool ambiguous;

	m->why = NULL;
	m->secret = false;
	start(*now, s, end > s->first ? words->words[s->first].text : NULL, &m->why);
	for (size_t i = s->first; i < end; i++) {
		struct threads *swap = *now;

		m->at = i;
		m->why = i == s->first ? m->why : NULL;
		if (step(*then, *now, s, words, i, &m->why, &ambiguous) == FIT_NONE) {
			m->result = CONFIG_MATCH_INVALID;
			m->secret = has_secret(*now, i - s->first);
			if (i == s->first)
				start(*now, s, NULL, &m->why);
			expect_next(m, *now, s->no);
			return false;
		}
		*now = *then;
		*then = swap;
		if (ambiguous) {
			list_ambiguous(m, *now, i - s->first);
			return false;
		}
		line = line_value(*now, i - s->first);
		if (line) {
			if (line_fits(m, line, i - s->first, words, i))
				accept(m, line, i - s->first + 1);
			return false;
		}
	}
	m->at = end;
	return true;
}

void config_match_line(struct config_match *m, const struct config_search *s,
		       const struct config_words *words)
{
	struct threads a, b, *now = &a, *then = &b;
	const struct thread *t;

	if (!follow(m, &now, &then, s, words, words->n))
		return;
	t = ended(now, s->no);
	if (t) {
		accept(m, t, words->n - s->first);
		return;
	}
	m->result = CONFIG_MATCH_INCOMPLETE;
	expect_next(m, now, s->no);
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
	config_values_show(node, word, sizeof(word));
	return add_choice(rows, n, max, word, config_help_value(before, node), false);
}

size_t config_match_choices(const struct config_search *s, const struct config_words *words,
			    size_t n, const char *partial, const struct config *config,
			    struct config_choice *rows, size_t n_rows, size_t max)
{
	struct threads a, b, *now = &a, *then = &b;
	struct config_node nodes[CONFIG_NODES_MAX];
	struct config_match m;
	char word[CONFIG_NAME];
	bool end = false;

	if (!follow(&m, &now, &then, s, words, n))
		return n_rows;
	for (size_t t = 0; t < now->n; t++) {
		const char *before = n > s->first ? now->rows[t].path[n - s->first - 1] : "";

		for (size_t k = 0, count = next_nodes(&now->rows[t], s->no, nodes); k < count;
		     k++) {
			end |= nodes[k].len == 0;
			if (nodes[k].len == 0)
				continue;
			if (config_pattern_is_value(&nodes[k])) {
				n_rows = value_choices(&nodes[k], before, partial, config, rows,
						       n_rows, max);
				continue;
			}
			show_node(&nodes[k], word, sizeof(word));
			if (!strncasecmp(word, partial, strlen(partial)))
				n_rows = add_choice(rows, n_rows, max, word,
						    config_help_keyword(before, &nodes[k]), true);
		}
	}
	if (end && !*partial)
		n_rows = add_choice(rows, n_rows, max, "<cr>", "", false);
	return n_rows;
}
