/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_grammar.h"

#include "lib/config/config_acl.h"
#include "lib/config/config_choices.h"
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_match.h"
#include "lib/config/config_print.h"
#include "lib/config/config_row.h"
#include "lib/config/config_validate.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const prompts[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_GLOBAL] = "(config)",
	[CONFIG_MODE_PLATFORM] = "(config-platform)",
	[CONFIG_MODE_INTERFACE] = "(config-if)",
	[CONFIG_MODE_ACL] = "(config-ext-nacl)",
	[CONFIG_MODE_ACL_STANDARD] = "(config-std-nacl)",
	[CONFIG_MODE_ISAKMP_POLICY] = "(config-isakmp)",
	[CONFIG_MODE_TRANSFORM_SET] = "(cfg-crypto-trans)",
	[CONFIG_MODE_ISAKMP_PEER] = "(config-isakmp-peer)",
	[CONFIG_MODE_PROFILE] = "(conf-isa-prof)",
	[CONFIG_MODE_IDENTITY] = "(config-crypto-identity)",
	[CONFIG_MODE_CERT_MAP] = "(ca-certificate-map)",
	[CONFIG_MODE_ISAKMP_GROUP] = "(config-isakmp-group)",
	[CONFIG_MODE_RADIUS_SERVER] = "(config-radius-server)",
	[CONFIG_MODE_CRYPTO_MAP] = "(config-crypto-map)",
	[CONFIG_MODE_TRUSTPOINT] = "(ca-trustpoint)",
	[CONFIG_MODE_CERT_CHAIN] = "(config-cert-chain)",
	[CONFIG_MODE_CERT_DATA] = "(config-pubkey)",
	[CONFIG_MODE_CLASS_MAP] = "(config-cmap)",
	[CONFIG_MODE_POLICY_MAP] = "(config-pmap)",
	[CONFIG_MODE_POLICY_CLASS] = "(config-pmap-c)",
};

/* The mode around a mode. */
static enum config_mode outer(enum config_mode mode)
{
	return mode == CONFIG_MODE_POLICY_CLASS ? CONFIG_MODE_POLICY_MAP
	       : mode == CONFIG_MODE_CERT_DATA	? CONFIG_MODE_CERT_CHAIN
						: CONFIG_MODE_GLOBAL;
}

static void leave(struct config_cursor *cursor)
{
	if (outer(cursor->mode) == CONFIG_MODE_GLOBAL)
		*cursor = (struct config_cursor){.mode = CONFIG_MODE_GLOBAL};
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
	*line->cursor = (struct config_cursor){.mode = CONFIG_MODE_GLOBAL};
	return 0;
}

static const struct config_row mode_rows[] = {
	{CONFIG_MODE_ANY, CONFIG_MODE_GLOBAL, "exit", apply_exit, .plain = true},
	{CONFIG_MODE_ANY, CONFIG_MODE_GLOBAL, "end", apply_end, .plain = true},
};

static const struct config_rows config_rows_mode = {mode_rows, array_len(mode_rows)};

/*
 * In the order of the printed configuration. Lines of the same words in two modes (`crypto ipsec
 * df-bit`, `crypto map`) must print the global ones before any block of the other mode is open.
 */
static const struct config_rows *const tables[] = {
	&config_rows_platform,	  &config_rows_aaa,	   &config_rows_radius,
	&config_rows_class,	  &config_rows_policy_map, &config_rows_policy_class,
	&config_rows_pki,	  &config_rows_isakmp,	   &config_rows_isakmp_policy,
	&config_rows_isakmp_peer, &config_rows_profile,	   &config_rows_group,
	&config_rows_ipsec,	  &config_rows_map,	   &config_rows_map_entry,
	&config_rows_interface,	  &config_rows_pool,	   &config_rows_route,
	&config_rows_acl,	  &config_rows_mode,
};

static const struct config_rows *const framing[] = {&config_rows_framing, &config_rows_refused};

const char *config_grammar_prompt(enum config_mode mode)
{
	return (unsigned)mode < CONFIG_MODE_COUNT ? prompts[mode] : "";
}

enum config_mode config_grammar_mode_of_prompt(const char *prompt)
{
	enum config_mode mode = CONFIG_MODE_GLOBAL;

	while (mode < CONFIG_MODE_COUNT && strcmp(prompts[mode], prompt) != 0)
		mode++;
	return mode;
}

static bool is_no(const struct config_words *words)
{
	return words->n && !strcasecmp(words->words[0].text, "no");
}

static struct config_search search_in(enum config_mode mode, const struct config_words *words)
{
	bool no = is_no(words);

	return (struct config_search){tables, array_len(tables), mode, no, no, false};
}

/* A framing row stands for itself with and without `no`; its arguments do not matter. */
static struct config_search search_framing(enum config_mode mode, const struct config_words *words)
{
	return (struct config_search){framing, array_len(framing), mode, false, is_no(words), true};
}

/* The column a fault points at: the word, or the end of the line. */
static int column_of(const struct config_words *words, size_t at)
{
	return at < words->n ? words->words[at].column : (int)words->line_bytes;
}

/* Whether the first word already fitted nothing. */
static bool is_unknown(const struct config_match *m, const struct config_words *words)
{
	return m->at == (is_no(words) ? 1 : 0);
}

static void explain(struct fault_list *faults, const struct config_match *m,
		    const struct config_words *words, enum config_mode mode)
{
	int column = column_of(words, m->at);
	const char *word = m->at == words->n ? "" : m->secret ? "..." : words->words[m->at].text;

	if (m->result == CONFIG_MATCH_INCOMPLETE)
		fault_add(faults, FAULT_ERROR, column, "incomplete command: expected %s",
			  m->expected);
	else if (m->result == CONFIG_MATCH_AMBIGUOUS)
		fault_add(faults, FAULT_ERROR, column, "ambiguous command \"%.64s\": could be %s",
			  word, m->expected);
	else if (m->why)
		fault_add(faults, FAULT_ERROR, column, "invalid input \"%.64s\": %s, expected %s",
			  word, m->why, m->expected);
	else if (is_unknown(m, words))
		fault_add(faults, FAULT_ERROR, column,
			  "invalid input \"%.64s\": no such command in %s, expected one of %s",
			  word, config_grammar_prompt(mode), m->expected);
	else
		fault_add(faults, FAULT_ERROR, column, "invalid input \"%.64s\": expected %s%s",
			  word, strchr(m->expected, ',') ? "one of " : "", m->expected);
}

/* Takes the other match when it is better. */
static void consider(struct config_match *m, struct config_search *s,
		     const struct config_search *next, const struct config_words *words,
		     bool partly)
{
	struct config_match other;

	if (m->result == CONFIG_MATCH_OK)
		return;
	config_match_line(&other, next, words);
	if (other.result == CONFIG_MATCH_OK || (partly && other.at > m->at)) {
		*m = other;
		*s = *next;
	}
}

/*
 * The row of a line: of the mode, then of the modes around it, then framing. On failure the match
 * that got further is kept, which is the one that the user meant.
 */
static bool find(struct config_match *m, struct config_search *s, const struct config_words *words,
		 enum config_mode mode)
{
	struct config_search next;
	enum config_mode at = mode;

	*s = search_in(mode, words);
	config_match_line(m, s, words);
	do {
		at = outer(at);
		next = search_in(at, words);
		consider(m, s, &next, words, true);
	} while (at != CONFIG_MODE_GLOBAL);
	next = search_framing(mode, words);
	consider(m, s, &next, words, false);
	next = search_framing(CONFIG_MODE_GLOBAL, words);
	consider(m, s, &next, words, false);
	return m->result == CONFIG_MATCH_OK;
}

/* Repeats the keywords of the line only: what follows them may be a password. */
static void note_framing(struct config_line *line, const struct config_words *words)
{
	char text[80] = "";
	size_t len = 0;

	for (size_t i = 0; i < line->n_args && line->args[i].node[0] != '<'; i++) {
		struct config_node node = config_pattern_node(line->args[i].node);

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", len ? " " : "",
					(int)node.len, node.text);
	}
	config_line_note(line, "accepted without effect: %s%s", is_no(words) ? "no " : "", text);
}

static int run(struct config_line *line, const struct config_words *words)
{
	struct config_cursor before = *line->cursor;
	struct config_match m;
	struct config_search s;
	int ret;

	if (!find(&m, &s, words, before.mode)) {
		explain(line->faults, &m, words, before.mode);
		return -EINVAL;
	}
	line->row = m.row;
	line->no = s.no;
	line->n_args = config_match_args(&m, &s, words, line->args);
	if (s.tables == framing && m.row->refusal && !is_no(words))
		return config_line_refuse(line, &line->args[0], "not supported: %s",
					  m.row->refusal);
	if (s.tables == framing) {
		note_framing(line, words);
		return 0;
	}
	while (m.row->mode != CONFIG_MODE_ANY && m.row->mode != line->cursor->mode)
		leave(line->cursor);
	ret = m.row->apply ? m.row->apply(line) : config_field_apply(line);
	if (ret)
		*line->cursor = before;
	return ret;
}

/*
 * Control characters have no place in a line and would break the printed configuration; the API
 * could not carry bytes that are no UTF-8, and names are compared byte by byte: ASCII it is, but
 * for remarks to the reader of the file.
 */
static bool printable(const char *line, struct fault_list *faults)
{
	bool comment = line[strspn(line, " \t")] == '!';

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

int config_grammar_line(struct config *config, struct config_cursor *cursor, const char *text,
			struct fault_list *faults, bool *changed)
{
	struct config_line line = {.config = config, .cursor = cursor, .faults = faults};
	struct config_words words;
	int ret;

	if (changed)
		*changed = false;
	if (!printable(text, faults))
		return -EINVAL;
	ret = config_words_split(&words, text);
	if (ret == -E2BIG)
		ret = config_line_refuse(&line, NULL, "a line has at most %d words",
					 CONFIG_WORDS_MAX);
	else if (ret == 0 && words.n && words.words[0].text[0] != '!')
		ret = run(&line, &words);
	config_words_fini(&words);
	secret_wipe_bytes(line.args, line.n_args * sizeof(line.args[0]));
	if (changed)
		*changed = line.changed;
	return ret;
}

int config_grammar_text(struct config *config, const char *text, size_t len,
			struct fault_list *faults)
{
	struct config_cursor cursor = {.mode = CONFIG_MODE_GLOBAL};
	size_t line_size = len + 1;
	char *line = malloc(line_size);
	int result = 0;

	if (!line)
		return -ENOMEM;
	faults->line = 0;
	while (len && result != -ENOMEM) {
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
			ret = config_grammar_line(config, &cursor, line, faults, NULL);
		}
		result = ret ? ret : result;
		text += n + (newline ? 1 : 0);
		len -= n + (newline ? 1 : 0);
	}
	secret_wipe_bytes(line, line_size);
	free(line);
	faults->line = 0;
	return result;
}

/* Choices in one mode; `no` is one of them for the first word. */
static size_t choices_in(enum config_mode mode, const struct config_words *words, size_t n,
			 const char *partial, const struct config *config,
			 struct config_choice *rows, size_t max)
{
	bool no = n > 0 && is_no(words);
	struct config_search s = {tables, array_len(tables), mode, no, no, false};
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
			count = choices_in(mode, &words, n, partial, config, rows, max);
			if (mode == CONFIG_MODE_GLOBAL)
				break;
		}
	}
	config_words_fini(&words);
	return count;
}

char *config_grammar_print(const struct config *config, unsigned flags)
{
	struct config_print print = {.flags = flags};

	for (size_t t = 0; t < array_len(tables); t++)
		config_print_rows(&print, tables[t], CONFIG_MODE_GLOBAL, config, config);
	config_print_line(&print, CONFIG_MODE_GLOBAL, "end");
	if (!print.no_memory)
		return print.text;
	if (print.text)
		secret_wipe_bytes(print.text, print.size);
	free(print.text);
	return NULL;
}

char *config_grammar_acl_text(const struct config_acl_line *line, bool standard, char *buf,
			      size_t size)
{
	return config_acl_print_line(line, standard, buf, size);
}

void config_grammar_validate(const struct config *config, struct fault_list *faults)
{
	config_validate_all(config, faults);
}
