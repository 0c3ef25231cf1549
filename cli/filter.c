/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/filter.h"

#include "cli/words.h"

#include <errno.h>
#include <string.h>

enum argument {
	NOTHING,
	REGEX,
	GREP, /* a regular expression, perhaps behind -v */
	PATH,
};

// clang-format off
static const struct {
	const char *word;
	const char *help;
	enum filter_kind kind;
	enum argument argument;
} table[] = {
	{"append",   "Append the output to a file",             FILTER_APPEND,   PATH},
	{"begin",    "Begin with the line that matches",        FILTER_BEGIN,    REGEX},
	{"count",    "Count number of lines which match",       FILTER_COUNT,    REGEX},
	{"exclude",  "Exclude lines that match",                FILTER_EXCLUDE,  REGEX},
	{"grep",     "Include, or with -v exclude, lines that match", FILTER_INCLUDE, GREP},
	{"include",  "Include lines that match",                FILTER_INCLUDE,  REGEX},
	{"json",     "Print the answer itself instead of text", FILTER_JSON,     NOTHING},
	{"redirect", "Write the output to a file",              FILTER_REDIRECT, PATH},
	{"section",  "Include lines that match and those below them", FILTER_SECTION, REGEX},
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

/* One name; false when it is too long or there is another word. */
static bool take_path(struct filter *f, const char *text)
{
	struct word words[2];

	if (words_split(text, words, array_len(words)) != 1 || words[0].len >= sizeof(f->path))
		return false;
	memcpy(f->path, words[0].at, words[0].len);
	f->path[words[0].len] = '\0';
	return true;
}

static int take_argument(struct filter *f, enum argument argument, const char *text, char *error,
			 size_t size)
{
	struct word words[2];
	size_t n = words_split(text, words, array_len(words));

	if (argument == PATH && !take_path(f, text)) {
		snprintf(error, size, "One file name is wanted");
		return -EINVAL;
	}
	if (argument == PATH)
		return 0;
	if (argument == GREP && words_are(&words[0], "-v")) {
		if (n < 2) {
			snprintf(error, size, "Incomplete command.");
			return -EINVAL;
		}
		f->kind = FILTER_EXCLUDE;
		text = words[1].at;
	}
	return compile(f, text, error, size);
}

int filter_parse(struct filter *f, const char *text, char *error, size_t error_size)
{
	struct word words[2];
	size_t n;
	int row, rc;

	*f = (struct filter){.kind = FILTER_NONE};
	if (!text)
		return 0;
	n = words_split(text, words, array_len(words));
	row = n ? find(&words[0]) : -1;
	if (row < 0) {
		snprintf(error, error_size, "%s",
			 n ? "Unknown output filter: append, begin, count, exclude, grep, include, "
			     "json, redirect or section"
			   : "Incomplete command.");
		return -EINVAL;
	}
	if (table[row].argument == NOTHING && n > 1) {
		snprintf(error, error_size, "Nothing may follow '| %s'", table[row].word);
		return -EINVAL;
	}
	if (table[row].argument != NOTHING && n < 2) {
		snprintf(error, error_size, "Incomplete command.");
		return -EINVAL;
	}
	f->kind = table[row].kind;
	rc = table[row].argument == NOTHING
		     ? 0
		     : take_argument(f, table[row].argument, words[1].at, error, error_size);
	if (rc)
		f->kind = FILTER_NONE;
	return rc;
}

static bool has_regex(const struct filter *f)
{
	return f->kind >= FILTER_BEGIN && f->kind <= FILTER_SECTION;
}

bool filter_is_file(const struct filter *f)
{
	return f->kind == FILTER_REDIRECT || f->kind == FILTER_APPEND;
}

int filter_write(const struct filter *f, const char *text)
{
	FILE *file = fopen(f->path, f->kind == FILTER_APPEND ? "ae" : "we");
	int err;

	if (!file)
		return -errno;
	err = fputs(text, file) < 0 ? -errno : 0;
	if (fclose(file) && !err)
		err = -errno;
	return err;
}

void filter_fini(struct filter *f)
{
	if (has_regex(f))
		regfree(&f->regex);
	f->kind = FILTER_NONE;
}

struct state {
	size_t count;
	bool begun;
	size_t indent; /* of the line whose section runs */
};

/* A line that is indented deeper than the one that began the section belongs to it. */
static bool in_section(struct state *s, const char *line, bool match)
{
	size_t indent = strspn(line, " \t");

	if (s->begun && (indent > s->indent || !line[indent]))
		return line[indent] || match;
	s->begun = match;
	s->indent = indent;
	return match;
}

static bool passes(const struct filter *f, const char *line, struct state *s)
{
	bool match = has_regex(f) && regexec(&f->regex, line, 0, NULL, 0) == 0;

	if (f->kind == FILTER_SECTION)
		return in_section(s, line, match);
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
	if (row >= 0 && table[row].argument == PATH)
		return add(rows, max, 0, "WORD", "File name", false);
	if (row >= 0 && table[row].argument != NOTHING)
		return add(rows, max, 0, "LINE", "Regular Expression", false);
	return row >= 0 ? add(rows, max, 0, "<cr>", "", false) : 0;
}
