/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/filter.h"

#include "cli/words.h"

#include <errno.h>
#include <string.h>

// clang-format off
static const struct {
	const char *word;
	const char *help;
	enum filter_kind kind;
	bool regex;
} table[] = {
	{"begin",   "Begin with the line that matches",       FILTER_BEGIN,   true},
	{"count",   "Count number of lines which match",      FILTER_COUNT,   true},
	{"exclude", "Exclude lines that match",               FILTER_EXCLUDE, true},
	{"include", "Include lines that match",               FILTER_INCLUDE, true},
	{"json",    "Print the answer itself instead of text", FILTER_JSON,   false},
};
// clang-format on

static int find(const struct word *w)
{
	for (size_t i = 0; i < array_len(table); i++)
		if (words_abbreviate(w, table[i].word, strlen(table[i].word)))
			return (int)i;
	return -1;
}

static int compile(struct filter *f, const char *pattern, char *error, size_t size)
{
	char text[512];
	size_t len = strlen(pattern);
	int rc;

	while (len && strchr(" \t\r\n", pattern[len - 1]))
		len--;
	if (len >= sizeof(text)) {
		snprintf(error, size, "Expression too long");
		return -EINVAL;
	}
	memcpy(text, pattern, len);
	text[len] = '\0';
	rc = regcomp(&f->regex, text, REG_EXTENDED | REG_NOSUB);
	if (!rc)
		return 0;
	len = (size_t)snprintf(error, size, "Failed to compile regular expression: ");
	if (len < size)
		regerror(rc, &f->regex, error + len, size - len);
	return -EINVAL;
}

int filter_parse(struct filter *f, const char *text, char *error, size_t error_size)
{
	struct word words[2];
	size_t n;
	int row;

	*f = (struct filter){.kind = FILTER_NONE};
	if (!text)
		return 0;
	n = words_split(text, words, array_len(words));
	row = n ? find(&words[0]) : -1;
	if (row < 0) {
		snprintf(error, error_size, "%s",
			 n ? "Unknown output filter: begin, count, exclude, include or json"
			   : "Incomplete command.");
		return -EINVAL;
	}
	if (!table[row].regex && n > 1) {
		snprintf(error, error_size, "Nothing may follow '| %s'", table[row].word);
		return -EINVAL;
	}
	if (table[row].regex && n < 2) {
		snprintf(error, error_size, "Incomplete command.");
		return -EINVAL;
	}
	if (table[row].regex && compile(f, words[1].at, error, error_size))
		return -EINVAL;
	f->kind = table[row].kind;
	return 0;
}

void filter_fini(struct filter *f)
{
	if (f->kind != FILTER_NONE && f->kind != FILTER_JSON)
		regfree(&f->regex);
	f->kind = FILTER_NONE;
}

struct state {
	size_t count;
	bool begun;
};

static bool passes(const struct filter *f, const char *line, struct state *s)
{
	bool match = f->kind != FILTER_NONE && f->kind != FILTER_JSON &&
		     regexec(&f->regex, line, 0, NULL, 0) == 0;

	s->count += match;
	s->begun = s->begun || match;
	switch (f->kind) {
	case FILTER_INCLUDE: return match;
	case FILTER_EXCLUDE: return !match;
	case FILTER_BEGIN: return s->begun;
	case FILTER_COUNT: return false;
	default: return true;
	}
}

void filter_apply(const struct filter *f, char *text, FILE *out)
{
	struct state s = {0};

	for (char *line = text, *end; *line; line = end) {
		char cut;

		end = strchrnul(line, '\n');
		cut = *end;
		*end = '\0';
		if (passes(f, line, &s))
			fprintf(out, "%s\n", line);
		*end = cut;
		end += cut == '\n';
	}
	if (f->kind == FILTER_COUNT)
		fprintf(out, "Number of lines which match regexp = %zu\n", s.count);
}

static size_t add(struct config_choice *rows, size_t max, size_t n, const char *word,
		  const char *help, bool keyword)
{
	if (n < max) {
		snprintf(rows[n].word, sizeof(rows[n].word), "%s", word);
		snprintf(rows[n].help, sizeof(rows[n].help), "%s", help);
		rows[n].keyword = keyword;
	}
	return n + 1;
}

size_t filter_choices(const char *text, struct config_choice *rows, size_t max)
{
	struct word words[2], last = {.at = "", .len = 0};
	size_t n = words_split(text, words, array_len(words)), count = 0;
	size_t len = strlen(text);
	int row;

	if (n == 0 || (n == 1 && !strchr(" \t", text[len - 1]))) {
		if (n)
			last = words[0];
		for (size_t i = 0; i < array_len(table); i++)
			if (words_abbreviate(&last, table[i].word, strlen(table[i].word)))
				count = add(rows, max, count, table[i].word, table[i].help, true);
		return count;
	}
	row = find(&words[0]);
	if (row >= 0 && table[row].regex)
		return add(rows, max, 0, "LINE", "Regular Expression", false);
	return row >= 0 ? add(rows, max, 0, "<cr>", "", false) : 0;
}
