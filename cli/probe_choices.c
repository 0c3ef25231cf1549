/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/probe.h"

#include <stdio.h>
#include <string.h>

/* In the words of IOS. */
static const struct {
	const char *name;
	const char *help;
} helps[] = {
	{"data", "specify data pattern"},
	{"df-bit", "enable do not fragment bit in IP header"},
	{"numeric", "display numeric address"},
	{"port", "specify port number"},
	{"probe", "specify number of probes per hop"},
	{"repeat", "specify repeat count"},
	{"size", "specify datagram size"},
	{"source", "specify source address or name"},
	{"timeout", "specify timeout interval"},
	{"tos", "specify type of service value"},
	{"ttl", "specify minimum and maximum ttl"},
	{"validate", "validate reply data"},
};

struct list {
	struct config_choice *rows;
	size_t max;
	size_t n;
};

static void add(struct list *l, const char *word, const char *help, bool keyword)
{
	if (l->n < l->max) {
		struct config_choice *row = &l->rows[l->n];

		snprintf(row->word, sizeof(row->word), "%s", word);
		snprintf(row->help, sizeof(row->help), "%s", help);
		row->keyword = keyword;
	}
	l->n++;
}

static const char *help_of(const char *name)
{
	for (size_t i = 0; i < array_len(helps); i++)
		if (strcmp(helps[i].name, name) == 0)
			return helps[i].help;
	return "";
}

/* How many values come behind an option. */
static size_t values_of(const struct probe_row *row)
{
	return row->kind == PROBE_FLAG ? 0 : row->kind == PROBE_RANGE ? 2 : 1;
}

static void add_value(struct list *l, const struct probe_row *row)
{
	char range[CONFIG_NAME];

	snprintf(range, sizeof(range), "<%u-%u>", row->low, row->high);
	if (row->kind == PROBE_SOURCE) {
		add(l, "A.B.C.D", "Source address", false);
		add(l, "INTERFACE", "Interface whose address it is", false);
	} else if (row->kind == PROBE_PATTERN) {
		add(l, "<0-FFFF>", "Data pattern in hexadecimal", false);
	} else {
		add(l, range, help_of(row->name), false);
	}
}

static const struct probe_row *option_of(const struct word *w, const struct probe_row *rows,
					 size_t n)
{
	const struct probe_row *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (words_abbreviate(w, rows[i].name, strlen(rows[i].name))) {
			if (found)
				return NULL;
			found = &rows[i];
		}
	return found;
}

static bool is_address(const struct word *w)
{
	char text[ADDR_TEXT];
	struct addr a;

	snprintf(text, sizeof(text), "%.*s", (int)w->len, w->at);
	return addr_parse(&a, text) == 0;
}

/* Behind the destination: options with their values, each once. */
static void add_options(struct list *l, const struct word *words, size_t n_words,
			const struct word *last, const struct probe_row *rows, size_t n)
{
	uint64_t given = 0;

	for (size_t i = 0; i < n_words;) {
		const struct probe_row *row = option_of(&words[i], rows, n);

		if (!row)
			return;
		given |= 1ull << (row - rows);
		i += 1 + values_of(row);
		if (i > n_words) {
			add_value(l, row);
			return;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (!(given >> i & 1) && words_abbreviate(last, rows[i].name, strlen(rows[i].name)))
			add(l, rows[i].name, help_of(rows[i].name), true);
	if (last->len == 0)
		add(l, "<cr>", "", false);
}

size_t probe_choices(const char *text, const struct probe_row *rows, size_t n,
		     struct config_choice *choices, size_t max)
{
	struct list l = {.rows = choices, .max = max};
	struct word words[WORDS_MAX], last = {.at = "", .len = 0};
	size_t n_words = words_split(text, words, WORDS_MAX), first = 1;

	if (n_words > WORDS_MAX)
		return 0;
	if (n_words && !strchr(" \t", text[strlen(text) - 1]))
		last = words[--n_words];
	if (n_words && !is_address(&words[0]))
		first = 2;
	if (n_words >= first) {
		add_options(&l, words + first, n_words - first, &last, rows, n);
		return l.n;
	}
	add(&l, "A.B.C.D", "Destination address", false);
	if (n_words == 0 && words_abbreviate(&last, "ip", 2))
		add(&l, "ip", "IP echo", true);
	if (n_words == 0 && last.len == 0)
		add(&l, "INTERFACE", "Interface to send from, as on an ASA", false);
	return l.n;
}
