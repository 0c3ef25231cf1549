/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_follow.h"

#include "lib/config/config_values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* How well a word fits a node; more is better. */
enum fit {
	FIT_NONE,
	FIT_VALUE,
	FIT_PREFIX,
	FIT_EXACT
};

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
static enum fit fit_number(const struct config_thread *t, const char *first, const char *word)
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

static bool is_wanted(const struct config_search *s, const struct config_row *row)
{
	if (s->dialects && row->dialects && !(s->dialects & row->dialects))
		return false;
	return s->no ? !row->plain : !row->only_no;
}

/* Whether a row cannot begin with the word: nearly all rows, told by one letter. */
static bool is_another(const struct config_row *row, const char *word)
{
	return isalpha((unsigned char)row->pattern[0]) &&
	       tolower((unsigned char)row->pattern[0]) != tolower((unsigned char)word[0]);
}

/* A thread at the start of every row whose first word fits (NULL: of every row). */
static void start(struct config_threads *all, const struct config_search *s, const char *word,
		  const char **why)
{
	all->n = 0;
	for (size_t t = 0; t < s->n_tables; t++)
		for (size_t i = 0; i < s->tables[t]->n; i++) {
			const struct config_row *row = &s->tables[t]->rows[i];
			struct config_node nodes[CONFIG_NODES_MAX];
			bool fits = !word;

			if ((row->mode != s->mode && row->mode != CONFIG_MODE_ANY) ||
			    !is_wanted(s, row) || (word && is_another(row, word)))
				continue;
			for (size_t k = config_pattern_next(row->pattern, s->no, nodes);
			     !fits && k--;)
				fits = fit_node(&nodes[k], word, s->whole, why) != FIT_NONE;
			if (!fits || all->n == CONFIG_THREADS_MAX)
				continue;
			all->rows[all->n].row = row;
			all->rows[all->n].flat = NULL;
			all->rows[all->n].split = 0;
			all->rows[all->n].number_of = NULL;
			all->rows[all->n++].at = row->pattern;
		}
}

/* What may come next on a thread. */
size_t config_follow_next(const struct config_thread *t, bool no, struct config_node *nodes)
{
	if (t->number_of) {
		nodes[0] = (struct config_node){.text = t->number_of,
						.len = config_pattern_node(t->number_of).len};
		return 1;
	}
	return config_pattern_next(t->at, no, nodes);
}

static enum fit fit_next(const struct config_thread *t, const struct config_node *node,
			 const struct config_words *words, size_t i, bool whole, const char **why)
{
	if (t->number_of)
		return fit_number(t, words->words[i - 1].text, words->words[i].text);
	return fit_node(node, words->words[i].text, whole, why);
}

/* Whether a line of the object comes next. */
static bool is_flat(const struct config_thread *t, bool no)
{
	struct config_node nodes[CONFIG_NODES_MAX];

	return config_pattern_next(t->at, no, nodes) == 1 && config_pattern_is_flat(&nodes[0]);
}

/* A thread at the start of every line of the object that t has come to. */
static void spawn(struct config_threads *out, const struct config_thread *t,
		  const struct config_search *s, size_t depth)
{
	struct config_thread from = *t;

	for (size_t i = 0; i < s->n_tables; i++)
		for (size_t r = 0; r < s->tables[i]->n && out->n < CONFIG_THREADS_MAX; r++) {
			const struct config_row *row = &s->tables[i]->rows[r];
			struct config_thread *next = &out->rows[out->n];

			if (row->mode != from.row->enters || !is_wanted(s, row))
				continue;
			memcpy(next, &from,
			       offsetof(struct config_thread, path) + depth * sizeof(t->path[0]));
			next->flat = from.row;
			next->split = depth;
			next->row = row;
			next->at = row->pattern;
			out->n++;
		}
}

static void take(struct config_threads *out, const struct config_thread *t,
		 const struct config_search *s, const struct config_node *node, size_t depth,
		 const char *word)
{
	struct config_thread *next = &out->rows[out->n];

	if (out->n == CONFIG_THREADS_MAX)
		return;
	out->n++;
	memcpy(next, t, offsetof(struct config_thread, path) + depth * sizeof(t->path[0]));
	next->path[depth] = node->text;
	next->at = node->text + node->len;
	next->number_of = NULL;
	if (is_flat(next, s->no)) {
		out->n--;
		spawn(out, next, s, depth + 1);
		return;
	}
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
static enum fit step(struct config_threads *out, const struct config_threads *in,
		     const struct config_search *s, const struct config_words *words, size_t i,
		     const char **why, bool *ambiguous)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	enum fit best = FIT_NONE;
	size_t depth = i - s->first;

	out->n = 0;
	*ambiguous = false;
	for (size_t t = 0; t < in->n; t++) {
		size_t n = config_follow_next(&in->rows[t], s->no, nodes);

		for (size_t k = 0; k < n; k++) {
			enum fit fit = fit_next(&in->rows[t], &nodes[k], words, i, s->whole, why);

			if (fit == FIT_NONE || fit < best)
				continue;
			if (fit > best)
				out->n = 0;
			best = fit;
			take(out, &in->rows[t], s, &nodes[k], depth, words->words[i].text);
		}
	}
	for (size_t t = 1; best == FIT_PREFIX && t < out->n; t++)
		*ambiguous |= differ(out->rows[0].path[depth], out->rows[t].path[depth]);
	return best;
}

/* The thread whose last word was the rest of the line, or NULL. */
static const struct config_thread *line_value(const struct config_threads *all, size_t depth)
{
	for (size_t t = 0; t < all->n; t++) {
		struct config_node node = config_pattern_node(all->rows[t].path[depth]);

		if (config_pattern_is_value(&node) && config_values_is_line(&node))
			return &all->rows[t];
	}
	return NULL;
}

/* Text that must be stored has a limit; text that is thrown away ("rest") has none. */
static bool line_fits(struct config_follow *f, const struct config_thread *t, size_t depth,
		      const struct config_words *words, size_t i)
{
	struct config_node node = config_pattern_node(t->path[depth]);
	struct config_value value;

	return !config_values_parse(&node, words->line + words->words[i].column, &value, &f->why);
}

/* Whether a key is among the words that a row has taken. */
bool config_follow_has_secret(const struct config_threads *all, size_t depth)
{
	for (size_t t = 0; t < all->n; t++)
		for (size_t i = 0; i < depth; i++) {
			struct config_node node = config_pattern_node(all->rows[t].path[i]);

			if (config_pattern_is_value(&node) && config_values_is_secret(&node))
				return true;
		}
	return false;
}

enum config_follow_result config_follow_words(struct config_follow *f,
					      const struct config_search *s,
					      const struct config_words *words, size_t end)
{
	struct config_threads *then = &f->store[1];
	bool ambiguous;

	f->now = &f->store[0];
	f->why = NULL;
	start(f->now, s, end > s->first ? words->words[s->first].text : NULL, &f->why);
	for (f->at = s->first; f->at < end; f->at++) {
		struct config_threads *before = f->now;
		size_t depth = f->at - s->first;

		if (depth)
			f->why = NULL;
		if (step(then, before, s, words, f->at, &f->why, &ambiguous) == FIT_NONE) {
			if (!depth)
				start(before, s, NULL, &f->why);
			return CONFIG_FOLLOW_INVALID;
		}
		f->now = then;
		then = before;
		if (ambiguous)
			return CONFIG_FOLLOW_AMBIGUOUS;
		f->line = line_value(f->now, depth);
		if (f->line && line_fits(f, f->line, depth, words, f->at))
			return CONFIG_FOLLOW_LINE;
		if (f->line) {
			f->now = before;
			return CONFIG_FOLLOW_INVALID;
		}
	}
	return CONFIG_FOLLOW_ON;
}
