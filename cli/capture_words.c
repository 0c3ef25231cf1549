/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/capture_words.h"

#include "cli/report.h"
#include "cli/shell.h"
#include "lib/net/addr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	MB = 1 << 20,
	MB_MAX = 100,
	TEXT = 128,
};

/* Walks over the words of a line. */
struct walk {
	struct shell *shell;
	const struct exec_match *match;
	struct word words[WORDS_MAX];
	size_t n;
	size_t i; /* the word that comes next */
	json_t *params;
};

typedef int (*clause_fn)(struct walk *w);

struct clause {
	const char *word;
	clause_fn run;
};

static int refuse(const struct walk *w, size_t i, enum exec_result why)
{
	size_t at = i < w->n ? i : w->n - 1;

	return report_exec(w->shell, i < w->n ? why : EXEC_INCOMPLETE, w->match->line,
			   (size_t)(w->words[at].at - w->match->line));
}

static int refuse_last(const struct walk *w)
{
	return refuse(w, w->i - 1, EXEC_INVALID);
}

/* The next word as text; false at the end of the line. */
static bool next(struct walk *w, char text[static TEXT])
{
	if (w->i >= w->n)
		return false;
	snprintf(text, TEXT, "%.*s", (int)w->words[w->i].len, w->words[w->i].at);
	w->i++;
	return true;
}

static bool next_is(const struct walk *w, const char *keyword)
{
	return w->i < w->n && words_abbreviate(&w->words[w->i], keyword, strlen(keyword));
}

static int number(struct walk *w, const char *key, json_int_t most, json_int_t times)
{
	char text[TEXT], *end;
	long long value;

	if (!next(w, text))
		return refuse(w, w->i, EXEC_INCOMPLETE);
	value = strtoll(text, &end, 10);
	if (*end || value < 1 || value > most)
		return refuse_last(w);
	json_object_set_new(w->params, key, json_integer(value * times));
	return 0;
}

static int word(struct walk *w, const char *key)
{
	char text[TEXT];

	if (!next(w, text))
		return refuse(w, w->i, EXEC_INCOMPLETE);
	json_object_set_new(w->params, key, json_string(text));
	return 0;
}

static int fixed(struct walk *w, const char *key, const char *value)
{
	json_object_set_new(w->params, key, json_string(value));
	return 0;
}

/* "gi0/1" or "GigabitEthernet 0/1". */
static int interface(struct walk *w)
{
	struct word name;
	bool digit = false;

	if (w->i >= w->n)
		return refuse(w, w->i, EXEC_INCOMPLETE);
	name = w->words[w->i++];
	for (size_t i = 0; i < name.len; i++)
		digit |= isdigit((unsigned char)name.at[i]) != 0;
	if (!digit && w->i < w->n && isdigit((unsigned char)w->words[w->i].at[0])) {
		name.len = (size_t)(w->words[w->i].at + w->words[w->i].len - name.at);
		w->i++;
	}
	json_object_set_new(w->params, "interface", exec_interface(&name));
	return 0;
}

static int in(struct walk *w)
{
	return fixed(w, "direction", "in");
}

static int out(struct walk *w)
{
	return fixed(w, "direction", "out");
}

static int both(struct walk *w)
{
	return fixed(w, "direction", "both");
}

static int plain(struct walk *w)
{
	return fixed(w, "view", "plain");
}

static int cipher(struct walk *w)
{
	return fixed(w, "view", "cipher");
}

static int include_decrypted(struct walk *w)
{
	return fixed(w, "view", "both");
}

static int access_list(struct walk *w)
{
	return word(w, "access_list");
}

/* One or several of packets, bytes, duration. */
static int limit(struct walk *w)
{
	static const struct {
		const char *word;
		const char *key;
	} rows[] = {
		{"packets", "limit_packets"}, {"bytes", "limit_bytes"}, {"duration", "limit_s"}};
	size_t done = 0;

	for (size_t r = 0; r < array_len(rows);) {
		if (!next_is(w, rows[r].word)) {
			r++;
			continue;
		}
		w->i++;
		if (number(w, rows[r].key, UINT32_MAX, 1))
			return 1;
		done++;
		r = 0;
	}
	return done ? 0 : refuse(w, w->i, EXEC_INVALID);
}

static int buffer_mb(struct walk *w)
{
	if (next_is(w, "size"))
		w->i++;
	return number(w, "buffer_bytes", MB_MAX, MB);
}

static int buffer_bytes(struct walk *w)
{
	return number(w, "buffer_bytes", (json_int_t)MB_MAX * MB, 1);
}

/* Everything: what is wanted when nobody says `match`. */
static int match_ios(struct walk *w)
{
	size_t any = 0;

	if (next_is(w, "ipv4"))
		w->i++;
	for (; any < 2 && next_is(w, "any"); any++)
		w->i++;
	return any ? 0 : refuse(w, w->i, EXEC_INVALID);
}

/* raw-data is all there is on the wire; asp-drop what is discarded, anywhere. */
static int type(struct walk *w)
{
	char text[TEXT];

	if (!next(w, text))
		return refuse(w, w->i, EXEC_INCOMPLETE);
	if (strcasecmp(text, "raw-data") == 0)
		return 0;
	if (strcasecmp(text, "asp-drop") != 0)
		return refuse_last(w);
	if (next_is(w, "all"))
		w->i++;
	json_object_set_new(w->params, "drops", json_true());
	return fixed(w, "view", "both");
}

static int protocol_of(const char *text)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {{"ip", 0}, {"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"esp", 50}, {"ah", 51}};
	char *end;
	long value = strtol(text, &end, 10);

	for (size_t i = 0; i < array_len(rows); i++)
		if (strcasecmp(rows[i].name, text) == 0)
			return rows[i].number;
	return *end || value < 1 || value > 255 ? -1 : (int)value;
}

/* "any", "host A" or "A NETMASK", and maybe "eq PORT". */
static int end_of(struct walk *w, json_t *row, const char *prefix, const char *port)
{
	char text[TEXT], mask[TEXT] = "255.255.255.255";
	struct addr a = addr_v4(0), m = addr_v4(0);

	if (next_is(w, "any") || next_is(w, "any4")) {
		w->i++;
	} else {
		bool host = next_is(w, "host");

		w->i += host;
		if (!next(w, text) || (!host && !next(w, mask)))
			return refuse(w, w->i, EXEC_INCOMPLETE);
		if (addr_parse(&a, text) || a.family != ADDR_V4 || addr_parse(&m, mask) ||
		    prefix_len_of_mask(&m) < 0)
			return refuse_last(w);
	}
	json_object_set_new(
		row, prefix,
		json_sprintf("%s/%d", addr_print(&a, text, sizeof(text)), prefix_len_of_mask(&m)));
	if (!next_is(w, "eq"))
		return 0;
	w->i++;
	if (!next(w, text) || atoi(text) < 1 || atoi(text) > UINT16_MAX)
		return refuse(w, w->i - 1, EXEC_INVALID);
	json_object_set_new(row, port, json_integer(atoi(text)));
	return 0;
}

static int match_asa(struct walk *w)
{
	json_t *list = json_object_get(w->params, "match"), *row = json_object();
	char text[TEXT];
	int protocol;

	if (!list) {
		list = json_array();
		json_object_set_new(w->params, "match", list);
	}
	json_array_append_new(list, row);
	if (!next(w, text))
		return refuse(w, w->i, EXEC_INCOMPLETE);
	protocol = protocol_of(text);
	if (protocol < 0)
		return refuse_last(w);
	json_object_set_new(row, "protocol", json_integer(protocol));
	return end_of(w, row, "source", "source_port") ||
	       end_of(w, row, "destination", "destination_port");
}

static const struct clause ios[] = {
	{"access-list", access_list},
	{"both", both},
	{"buffer", buffer_mb},
	{"cipher", cipher},
	{"in", in},
	{"interface", interface},
	{"limit", limit},
	{"match", match_ios},
	{"out", out},
	{"plain", plain},
};

static const struct clause asa[] = {
	{"access-list", access_list},
	{"buffer", buffer_bytes},
	{"include-decrypted", include_decrypted},
	{"interface", interface},
	{"match", match_asa},
	{"type", type},
};

/* The clause of a word; ambiguous is NULL with *why set. */
static const struct clause *clause_of(const struct walk *w, const struct clause *rows, size_t n,
				      enum exec_result *why)
{
	const struct word *given = &w->words[w->i];
	const struct clause *found = NULL;

	*why = EXEC_INVALID;
	for (size_t i = 0; i < n; i++) {
		if (!words_abbreviate(given, rows[i].word, strlen(rows[i].word)))
			continue;
		if (given->len == strlen(rows[i].word))
			return &rows[i];
		if (found)
			*why = EXEC_AMBIGUOUS;
		found = &rows[i];
	}
	return *why == EXEC_AMBIGUOUS ? NULL : found;
}

static int read_words(struct shell *shell, const struct exec_match *match, const struct word *text,
		      json_t *params, const struct clause *rows, size_t n)
{
	struct walk w = {.shell = shell, .match = match, .params = params};

	w.n = words_split(text->at, w.words, WORDS_MAX);
	if (w.n > WORDS_MAX)
		w.n = WORDS_MAX;
	while (w.i < w.n) {
		enum exec_result why;
		const struct clause *c = clause_of(&w, rows, n, &why);

		if (!c)
			return refuse(&w, w.i, why);
		w.i++;
		if (c->run(&w))
			return 1;
	}
	return 0;
}

int capture_words_ios(struct shell *shell, const struct exec_match *match, const struct word *text,
		      json_t *params)
{
	return read_words(shell, match, text, params, ios, array_len(ios));
}

int capture_words_asa(struct shell *shell, const struct exec_match *match, const struct word *text,
		      json_t *params)
{
	return read_words(shell, match, text, params, asa, array_len(asa));
}
