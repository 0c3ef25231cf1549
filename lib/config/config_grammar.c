/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_grammar.h"

#include "lib/config/config_acl.h"
#include "lib/config/config_alias.h"
#include "lib/config/config_choices.h"
#include "lib/config/config_explain.h"
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_mask.h"
#include "lib/config/config_match.h"
#include "lib/config/config_print.h"
#include "lib/config/config_row.h"
#include "lib/config/config_tables.h"
#include "lib/config/config_validate.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REFUSED_MAX = 20000 /* lines; seconds in which nobody answers a peer */
};

/* The mode around a mode. */
static enum config_mode outer(enum config_mode mode)
{
	return mode == CONFIG_MODE_POLICY_CLASS ? CONFIG_MODE_POLICY_MAP
	       : mode == CONFIG_MODE_CERT_DATA	? CONFIG_MODE_CERT_CHAIN
						: CONFIG_MODE_GLOBAL;
}

static void to_global(struct config_cursor *cursor)
{
	*cursor = (struct config_cursor){.mode = CONFIG_MODE_GLOBAL, .dialect = cursor->dialect};
}

static void leave(struct config_cursor *cursor)
{
	if (outer(cursor->mode) == CONFIG_MODE_GLOBAL) {
		to_global(cursor);
		return;
	}
	cursor->mode = outer(cursor->mode);
	memset(cursor->part, 0, sizeof(cursor->part));
}

static int apply_exit(struct config_line *line)
{
	leave(line->cursor);
	return 0;
}

static int apply_end(struct config_line *line)
{
	to_global(line->cursor);
	return 0;
}

static const struct config_row mode_rows[] = {
	{CONFIG_MODE_ANY, CONFIG_MODE_GLOBAL, "exit", apply_exit, .plain = true},
	{CONFIG_MODE_ANY, CONFIG_MODE_GLOBAL, "end", apply_end, .plain = true},
};

const struct config_rows config_rows_mode = {mode_rows, array_len(mode_rows)};

static const struct config_rows *const framing[] = {
	&config_rows_framing, &config_rows_out,	      &config_rows_nat,
	&config_rows_refused, &config_rows_out_block,
};

static struct config_search search_in(enum config_mode mode, const struct config_words *words)
{
	bool no = config_words_are_no(words);

	return (struct config_search){config_tables, config_tables_n, mode, no, no, false, 0};
}

/* A framing row stands for itself with and without `no`; its arguments do not matter. */
static struct config_search search_framing(enum config_mode mode, const struct config_words *words)
{
	return (struct config_search){
		framing, array_len(framing), mode, false, config_words_are_no(words), true, 0};
}

/*
 * Takes the other match when it is better: never what a word that begins a line of the mode could
 * also be short for.
 */
static void consider(struct config_match *m, struct config_search *s,
		     const struct config_search *next, const struct config_words *words)
{
	struct config_match other;

	if (m->result == CONFIG_MATCH_OK)
		return;
	config_match_line(&other, next, words);
	if (other.result == CONFIG_MATCH_OK ||
	    (other.at > m->at && (m->at <= next->first || other.whole))) {
		*m = other;
		*s = *next;
	}
}

/*
 * Takes a line without effect when it says more than the command that it is not: one that is known
 * and merely mistyped must not disappear. What is refused in its own words always is.
 */
static void consider_framing(struct config_match *m, struct config_search *s, enum config_mode mode,
			     const struct config_words *words, size_t known)
{
	struct config_search next = search_framing(mode, words);
	struct config_match other;

	if (m->result == CONFIG_MATCH_OK)
		return;
	config_match_line(&other, &next, words);
	if (other.result != CONFIG_MATCH_OK)
		return;
	if (known && !other.row->refusal && config_match_known(&other, &next) <= known)
		return;
	*m = other;
	*s = next;
}

/* Where a line is written, beside those of the cursor's mode. */
enum place {
	PLACE_ANY,
	PLACE_INSIDE,
	PLACE_OUTSIDE, /* further left */
};

/*
 * The row of a line: of the mode, then of the modes around it, then framing. On failure the match
 * that got further is kept, which is the one that the user meant. A line that is written further
 * left than those of the mode is looked for outside first.
 */
static bool find(struct config_match *m, struct config_search *s, const struct config_words *words,
		 enum config_mode mode, enum place place)
{
	struct config_search next;
	enum config_mode at = mode;
	size_t known;

	if (mode == CONFIG_MODE_OUT && place == PLACE_INSIDE) {
		*s = search_framing(mode, words);
		config_match_line(m, s, words);
		return m->result == CONFIG_MATCH_OK;
	}
	*s = search_in(place == PLACE_OUTSIDE ? CONFIG_MODE_GLOBAL : mode, words);
	config_match_line(m, s, words);
	known = config_match_known(m, s);
	next = search_in(mode, words);
	if (place == PLACE_OUTSIDE)
		consider(m, s, &next, words);
	do {
		at = outer(at);
		next = search_in(at, words);
		consider(m, s, &next, words);
	} while (at != CONFIG_MODE_GLOBAL);
	if (place != PLACE_OUTSIDE)
		known = config_match_known(m, s);
	if (mode == CONFIG_MODE_OUT)
		consider_framing(m, s, CONFIG_MODE_GLOBAL, words, known);
	if (mode != CONFIG_MODE_OUT || place != PLACE_OUTSIDE)
		consider_framing(m, s, mode, words, known);
	consider_framing(m, s, CONFIG_MODE_GLOBAL, words, known);
	return m->result == CONFIG_MATCH_OK;
}

static int apply(struct config_line *line)
{
	return line->row->apply ? line->row->apply(line) : config_field_apply(line);
}

/*
 * A flat line: the object is found or made as by its own line, then the rest is a line of the
 * object. Nothing of it stays when that is refused.
 */
static int run_flat(struct config_line *line, const struct config_match *m)
{
	const size_t n = line->n_args;
	bool made;
	int ret;

	line->row = m->flat;
	line->n_args = m->split;
	ret = line->row->apply(line);
	if (ret || line->cursor->mode == CONFIG_MODE_GLOBAL)
		return ret;
	made = line->changed;
	line->changed = false;
	memmove(line->args, line->args + m->split, (n - m->split) * sizeof(line->args[0]));
	line->n_args = n - m->split;
	line->row = m->row;
	ret = apply(line);
	if (ret && made)
		m->flat->drop(line);
	line->changed = ret ? false : line->changed || made;
	to_global(line->cursor);
	return ret;
}

/* Whoever says `ikev1` to it has an ASA that wants this word. */
static void learn_words(struct config_line *line)
{
	line->changed |= !line->config->ikev1_words;
	line->config->ikev1_words = true;
}

/* The word that makes a line one that is not supported: the last keyword. */
static const struct config_arg *refused_word(const struct config_line *line)
{
	size_t i = line->n_args;

	while (i > 1 && line->args[i - 1].node[0] == '<')
		i--;
	return &line->args[i - 1];
}

static int run(struct config_line *line, struct config_words *words, enum place place)
{
	struct config_cursor before = *line->cursor;
	struct config_match m;
	struct config_search s;
	enum config_mode mode;
	char aliases[CONFIG_ALIASES_MAX][ADDR_TEXT];
	size_t n = 0;
	bool ikev1;
	int ret;

	while (!find(&m, &s, words, before.mode, place)) {
		if (m.result == CONFIG_MATCH_INVALID && n < CONFIG_ALIASES_MAX &&
		    config_alias_put(line->config, words, m.at, aliases[n++]))
			continue;
		config_explain_match(line->faults, &m, words, before.mode);
		return -EINVAL;
	}
	line->row = m.row;
	line->no = config_words_are_no(words);
	line->n_args = config_match_args(&m, &s, words, line->args);
	if (s.tables == framing && m.row->refusal && !line->no)
		return config_line_refuse(line, refused_word(line), "not supported: %s",
					  m.row->refusal);
	if (s.tables == framing) {
		if (m.row->mode == CONFIG_MODE_GLOBAL)
			to_global(line->cursor);
		if (m.row->enters)
			config_line_enter(line, "", 0);
		config_explain_out(line);
		return m.row->apply ? m.row->apply(line) : 0;
	}
	mode = m.flat ? m.flat->mode : m.row->mode;
	while (mode != CONFIG_MODE_ANY && mode != line->cursor->mode)
		leave(line->cursor);
	ikev1 = !line->no && config_line_arg(line, "ikev1");
	ret = m.flat ? run_flat(line, &m) : apply(line);
	if (ret)
		*line->cursor = before;
	else if (ikev1)
		learn_words(line);
	return ret;
}

/* What a box writes for its reader: remarks, and what ends a listing. */
static bool is_remark(const char *word)
{
	return strchr("!:", word[0]) || !strcmp(word, "[OK]") ||
	       !strncmp(word, "Cryptochecksum:", strlen("Cryptochecksum:"));
}

static int take(struct config *config, struct config_cursor *cursor, const char *text,
		enum place place, struct fault_list *faults, bool *changed)
{
	struct config_line line = {.config = config, .cursor = cursor, .faults = faults};
	struct config_words words;
	int ret;

	if (changed)
		*changed = false;
	if (!config_words_printable(text, faults))
		return -EINVAL;
	ret = config_words_split(&words, text);
	if (ret == -E2BIG)
		ret = config_line_refuse(&line, NULL, "a line has at most %d words",
					 CONFIG_WORDS_MAX);
	else if (ret == 0 && words.n && !is_remark(words.words[0].text))
		ret = run(&line, &words, place);
	secret_wipe_bytes(line.args, words.n * sizeof(line.args[0]));
	config_words_fini(&words);
	if (changed)
		*changed = line.changed;
	return ret;
}

int config_grammar_line(struct config *config, struct config_cursor *cursor, const char *text,
			struct fault_list *faults, bool *changed)
{
	/* of a block that is pasted: it stands further right */
	const bool inside = cursor->mode == CONFIG_MODE_OUT && text[0] == ' ';

	return take(config, cursor, text, inside ? PLACE_INSIDE : PLACE_ANY, faults, changed);
}

char *config_grammar_masked(const struct config_cursor *cursor, const char *line)
{
	char *text = strdup(line);
	struct config_words words;
	struct config_match m;
	struct config_search s;

	if (!text)
		return NULL;
	if (config_words_split(&words, line) < 0)
		memset(text, '*', strlen(text));
	else if (words.n && !find(&m, &s, &words, cursor->mode, false))
		config_mask_from(text, &words, config_words_are_no(&words) ? 2 : 1);
	else if (words.n)
		config_mask_values(text, &words, &m, s.first);
	config_words_fini(&words);
	return text;
}

/* How the lines of a block are indented: a line that is not any more ends the block. */
struct block {
	size_t indent; /* of the line that opened it */
	bool deeper;   /* a line of it was indented further */
};

static int take_of_text(struct config *config, struct config_cursor *cursor, struct block *block,
			const char *line, struct fault_list *faults)
{
	size_t indent = strspn(line, " \t");
	enum config_mode before = cursor->mode;
	enum place place = PLACE_ANY;
	int ret;

	if (indent > block->indent)
		place = PLACE_INSIDE;
	else if (before != CONFIG_MODE_GLOBAL && before != CONFIG_MODE_CERT_DATA && block->deeper)
		place = PLACE_OUTSIDE;
	ret = take(config, cursor, line, place, faults, NULL);

	if (before == CONFIG_MODE_GLOBAL || indent <= block->indent)
		*block = (struct block){.indent = indent};
	else if (strchr("!\r", line[indent]) == NULL)
		block->deeper = true;
	return ret;
}

/* A configuration of which nothing was said yet becomes one of the dialect of the text. */
static int adopt_dialect(struct config *config, enum dialect dialect)
{
	struct config empty;
	char *now, *fresh;
	int ret = -ENOMEM;

	if (dialect == config->dialect)
		return 0;
	config_model_init(&empty);
	now = config_grammar_print(config, DIALECT_IOS, CONFIG_PRINT_SECRETS);
	fresh = config_grammar_print(&empty, DIALECT_IOS, CONFIG_PRINT_SECRETS);
	if (now && fresh) {
		ret = 0;
		if (!strcmp(now, fresh))
			config_dialect_defaults(config, dialect);
	}
	if (now)
		secret_wipe_bytes(now, strlen(now));
	free(now);
	free(fresh);
	config_model_fini(&empty);
	return ret;
}

int config_grammar_text(struct config *config, const char *text, size_t len,
			struct fault_list *faults)
{
	struct config_cursor cursor = {
		.mode = CONFIG_MODE_GLOBAL,
		.dialect = config_dialect_of_text(text, len, config->dialect),
	};
	struct block block = {0};
	size_t line_size = len + 1;
	char *line = malloc(line_size);
	int result = line ? adopt_dialect(config, cursor.dialect) : -ENOMEM;
	size_t refused = 0;

	faults->line = 0;
	while (len && result != -ENOMEM && refused < REFUSED_MAX) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) : len;
		int ret;

		faults->line++;
		memcpy(line, text, n);
		line[n] = '\0';
		if (memchr(line, '\0', n)) {
			fault_add(faults, FAULT_ERROR, -1, "NUL byte: this is not a text file");
			ret = -EINVAL;
		} else {
			ret = take_of_text(config, &cursor, &block, line, faults);
		}
		refused += ret != 0;
		result = ret ? ret : result;
		text += n + (newline ? 1 : 0);
		len -= n + (newline ? 1 : 0);
	}
	if (line)
		secret_wipe_bytes(line, line_size);
	free(line);
	faults->line = 0;
	return result;
}

/* Choices in one mode; `no` is one of them for the first word. */
static size_t choices_in(enum config_mode mode, enum dialect dialect,
			 const struct config_words *words, size_t n, const char *partial,
			 const struct config *config, struct config_choice *rows, size_t max)
{
	bool no = n > 0 && config_words_are_no(words);
	unsigned dialects = dialect < DIALECT_COUNT ? 1u << dialect : 0;
	struct config_search s = {config_tables, config_tables_n, mode, no, no, false, dialects};
	size_t count = config_choices_in(&s, words, n, partial, config, rows, max);

	if (n == 0 && !strncasecmp("no", partial, strlen(partial))) {
		if (count < max)
			rows[count] = (struct config_choice){
				"no", "Negate a command or set its defaults", true};
		count++;
	}
	return count;
}

size_t config_grammar_choices(const struct config *config, const struct config_cursor *cursor,
			      const char *text, struct config_choice *rows, size_t max)
{
	struct config_words words;
	const char *partial = "";
	size_t n, count = 0;

	if (config_words_split(&words, text) == 0 && words.n < CONFIG_WORDS_MAX) {
		n = words.n;
		if (n && !words.blank_end)
			partial = words.words[--n].text;
		for (enum config_mode mode = cursor->mode; !count; mode = outer(mode)) {
			count = choices_in(mode, cursor->dialect, &words, n, partial, config, rows,
					   max);
			if (mode == CONFIG_MODE_GLOBAL)
				break;
		}
	}
	config_words_fini(&words);
	return count;
}

char *config_grammar_print(const struct config *config, enum dialect dialect, unsigned flags)
{
	return config_print_all(config, dialect, flags);
}

char *config_grammar_acl_text(const struct config_acl_line *line, bool standard, char *buf,
			      size_t size)
{
	return config_acl_print_line(line, standard, false, buf, size);
}

void config_grammar_validate(const struct config *config, struct fault_list *faults)
{
	config_validate_all(config, faults);
}
