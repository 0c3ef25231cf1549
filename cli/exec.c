/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/exec.h"

#include "lib/config/config_names.h"
#include "lib/net/addr.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where matching stands: the rows of the table whose path begins with these words come next. */
struct position {
	const struct exec_row *row; /* NULL before the first word */
	struct word pattern;	    /* the last of its words */
	size_t depth;
};

static bool runs(const struct exec_row *row)
{
	return row->run || row->render;
}

/* The last word of a row's path when the row stands right behind the position; else false. */
static bool follows(const struct position *p, const struct exec_row *row, struct word *last)
{
	size_t prefix_len = p->row ? strlen(p->row->path) : 0;
	struct word words[WORDS_MAX];
	size_t n;

	if (p->row &&
	    (strncmp(row->path, p->row->path, prefix_len) != 0 || row->path[prefix_len] != ' '))
		return false;
	n = words_split(row->path, words, WORDS_MAX);
	if (n != p->depth + 1)
		return false;
	*last = words[n - 1];
	return true;
}

static bool is_line(const struct word *pattern)
{
	return words_are(pattern, "LINE") || words_are(pattern, "INTERFACE");
}

static bool is_value(const struct word *pattern)
{
	return pattern->at[0] == '<' || (pattern->at[0] >= 'A' && pattern->at[0] <= 'Z');
}

static bool number_fits(const struct word *pattern, const char *text)
{
	unsigned long long low = 0, high = 0, value;
	char *end;

	if (text[0] < '0' || text[0] > '9' ||
	    sscanf(pattern->at, "<%llu%*[ -]%llu>", &low, &high) != 2)
		return false;
	value = strtoull(text, &end, strncasecmp(text, "0x", 2) == 0 ? 16 : 10);
	return !*end && value >= low && value <= high;
}

static bool value_fits(const struct word *pattern, const struct word *w)
{
	struct addr address;
	char text[256];

	if (w->len >= sizeof(text))
		return is_line(pattern);
	memcpy(text, w->at, w->len);
	text[w->len] = '\0';
	if (pattern->at[0] == '<')
		return number_fits(pattern, text);
	if (words_are(pattern, "A.B.C.D"))
		return addr_parse(&address, text) == 0;
	return true;
}

struct step {
	const struct exec_row *row; /* the best so far */
	struct word pattern;
	size_t n_keywords;
	bool exact;
	bool own; /* of the dialect */
};

static bool is_own(unsigned prompt, const struct exec_row *row)
{
	unsigned dialect = prompt & EXEC_DIALECTS ? prompt & EXEC_DIALECTS : EXEC_IOS;

	return !(row->prompts & EXEC_DIALECTS) || (row->prompts & dialect);
}

static bool exists(unsigned prompt, const struct exec_row *row)
{
	return row->prompts & prompt & EXEC_PROMPTS;
}

static void weigh(struct step *s, const struct exec_row *row, const struct word *pattern,
		  const struct word *w, bool own)
{
	if (is_value(pattern)) {
		if (s->row || !value_fits(pattern, w))
			return;
		s->row = row;
		s->pattern = *pattern;
		return;
	}
	if (s->exact || !words_abbreviate(w, pattern->at, pattern->len))
		return;
	s->exact = w->len == pattern->len;
	if (!s->exact && s->own && !own)
		return;
	s->n_keywords = s->exact || own != s->own ? 1 : s->n_keywords + 1;
	s->own = own;
	s->row = row;
	s->pattern = *pattern;
}

const struct exec_row *exec_row_of(const char *path)
{
	for (size_t i = 0; i < exec_table_len; i++)
		if (strcmp(exec_table[i].path, path) == 0)
			return &exec_table[i];
	return NULL;
}

/* Behind a row, or behind the one that it means. */
static struct position position_of(const struct step *s, size_t depth)
{
	const struct exec_row *row = s->row->alias ? exec_row_of(s->row->alias) : NULL;
	struct word words[WORDS_MAX];
	size_t n;

	if (!row)
		return (struct position){.row = s->row, .pattern = s->pattern, .depth = depth + 1};
	n = words_split(row->path, words, WORDS_MAX);
	return (struct position){.row = row, .pattern = words[n - 1], .depth = n};
}

static enum exec_result step_over(unsigned prompt, struct position *p, const struct word *w)
{
	struct step s = {0};
	struct word pattern;

	for (size_t i = 0; i < exec_table_len; i++)
		if (exists(prompt, &exec_table[i]) && follows(p, &exec_table[i], &pattern))
			weigh(&s, &exec_table[i], &pattern, w, is_own(prompt, &exec_table[i]));
	if (!s.row)
		return EXEC_INVALID;
	if (s.n_keywords > 1)
		return EXEC_AMBIGUOUS;
	*p = position_of(&s, p->depth);
	return EXEC_OK;
}

/* Walks over n words; with LINE the rest of the line is one value, and *n shrinks to its begin. */
static enum exec_result walk(unsigned prompt, const struct word *words, size_t *n,
			     struct position *p, struct exec_match *match)
{
	for (size_t i = 0; i < *n; i++) {
		enum exec_result rc = step_over(prompt, p, &words[i]);
		struct word value = words[i];

		match->column = i;
		if (rc != EXEC_OK)
			return rc;
		if (is_line(&p->pattern)) {
			value.len = (size_t)(words[*n - 1].at + words[*n - 1].len - value.at);
			*n = i + 1;
		}
		if (is_value(&p->pattern) && match->n_values < EXEC_VALUES_MAX)
			match->values[match->n_values++] = value;
	}
	return EXEC_OK;
}

enum exec_result exec_match(unsigned prompt, const char *line, struct exec_match *match)
{
	struct position p = {0};
	struct word words[WORDS_MAX];
	size_t n = words_split(line, words, WORDS_MAX);
	enum exec_result rc;

	*match = (struct exec_match){.line = line, .whole = line};
	if (n == 0)
		return EXEC_EMPTY;
	if (n > WORDS_MAX)
		n = WORDS_MAX;
	rc = walk(prompt, words, &n, &p, match);
	match->column = (size_t)(words[match->column].at - line);
	match->row = p.row;
	if (rc == EXEC_OK && !runs(p.row))
		return EXEC_INCOMPLETE;
	return rc;
}

static void add_choice(struct config_choice *rows, size_t max, size_t *n, const struct word *word,
		       const char *help)
{
	if (*n < max) {
		struct config_choice *row = &rows[*n];

		snprintf(row->word, sizeof(row->word), "%.*s", (int)word->len, word->at);
		snprintf(row->help, sizeof(row->help), "%s", help);
		row->keyword = !is_value(word) && word->at[0] != '<';
	}
	++*n;
}

/* The row whose LINE is being typed, NULL when that is none with choices of its own. */
static const struct exec_row *line_of(unsigned prompt, const struct position *p)
{
	struct word pattern;

	if (p->row && is_line(&p->pattern))
		return p->row->choices ? p->row : NULL;
	for (size_t i = 0; i < exec_table_len; i++)
		if (exists(prompt, &exec_table[i]) && exec_table[i].choices &&
		    follows(p, &exec_table[i], &pattern))
			return &exec_table[i];
	return NULL;
}

size_t exec_choices(unsigned prompt, const char *text, struct config_choice *rows, size_t max)
{
	static const struct word cr = {.at = "<cr>", .len = 4};
	const struct exec_row *line;
	struct exec_match match = {0};
	struct position p = {0};
	struct word words[WORDS_MAX], last = {.at = "", .len = 0}, pattern;
	size_t n = words_split(text, words, WORDS_MAX), count = 0;

	if (n > WORDS_MAX)
		return 0;
	if (n && !strchr(" \t", text[strlen(text) - 1]))
		last = words[--n];
	if (walk(prompt, words, &n, &p, &match) != EXEC_OK)
		return 0;
	line = line_of(prompt, &p);
	if (line && p.row == line)
		return line->choices(words[n - 1].at, rows, max);
	if (line)
		count = line->choices(last.at, rows, max);
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];

		if (row == line || !exists(prompt, row) || !is_own(prompt, row) ||
		    !follows(&p, row, &pattern))
			continue;
		if (is_value(&pattern) ? last.len == 0 || value_fits(&pattern, &last)
				       : words_abbreviate(&last, pattern.at, pattern.len))
			add_choice(rows, max, &count, &pattern, row->help);
	}
	if (p.row && runs(p.row) && last.len == 0)
		add_choice(rows, max, &count, &cr, "");
	return count;
}

json_t *exec_interface(const struct word *value)
{
	size_t letters = 0, skip;
	const char *type = NULL;

	while (letters < value->len && isalpha((unsigned char)value->at[letters]))
		letters++;
	for (size_t i = 0; letters && (type = config_names_interface_type(i)); i++)
		if (letters <= strlen(type) && strncasecmp(value->at, type, letters) == 0)
			break;
	if (!type)
		return json_stringn(value->at, value->len);
	for (skip = letters; skip < value->len && isblank((unsigned char)value->at[skip]);)
		skip++;
	return json_sprintf("%s%.*s", type, (int)(value->len - skip), value->at + skip);
}

static json_t *json_of(const struct word *pattern, const struct word *value)
{
	int base = value->len > 2 && strncasecmp(value->at, "0x", 2) == 0 ? 16 : 10;

	if (pattern->at[0] == '<')
		return json_integer((json_int_t)strtoull(value->at, NULL, base));
	if (words_are(pattern, "INTERFACE"))
		return exec_interface(value);
	return json_stringn(value->at, value->len);
}

json_t *exec_params(const struct exec_match *match)
{
	const struct exec_row *row = match->row;
	json_t *params = row->fixed ? json_loads(row->fixed, 0, NULL) : json_object();
	struct word patterns[WORDS_MAX], keys[EXEC_VALUES_MAX];
	size_t n = words_split(row->path, patterns, WORDS_MAX), v = 0;
	size_t n_keys = row->keys ? words_split(row->keys, keys, EXEC_VALUES_MAX) : 0;

	for (size_t i = 0; params && i < n && v < n_keys; i++) {
		if (!is_value(&patterns[i]))
			continue;
		json_object_setn_new(params, keys[v].at, keys[v].len,
				     json_of(&patterns[i], &match->values[v]));
		v++;
	}
	return params;
}
