/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/complete.h"

#include "cli/filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has(const struct config_choice *rows, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].word, word) == 0)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct config_choice *x = a, *y = b;
	bool x_cr = strcmp(x->word, "<cr>") == 0, y_cr = strcmp(y->word, "<cr>") == 0;

	return x_cr != y_cr ? x_cr - y_cr : strcmp(x->word, y->word);
}

/* True when there is a first word and something behind it. */
static bool is_begun(const char *text, struct word *first)
{
	return words_split(text, first, 1) > 0 && first->at[first->len] != '\0';
}

/* Behind `do`. */
static unsigned at_enabled(const struct shell *shell)
{
	return (shell_at(shell) & EXEC_DIALECTS) | EXEC_ENABLED;
}

/* The grammar's words, then those of the exec table it does not have. */
static size_t config_choices(const struct shell *shell, const char *text,
			     struct config_choice *rows, size_t max)
{
	struct config_choice more[COMPLETE_MAX];
	struct word first;
	bool begun = is_begun(text, &first);
	size_t n, n_more;

	if (begun && first.len == 2 && strncasecmp(first.at, "do", 2) == 0)
		return exec_choices(at_enabled(shell), first.at + 2, rows, max);
	if (begun && !shell_is_config(shell, text))
		return exec_choices(shell_at(shell), text, rows, max);
	n = config_grammar_choices(NULL, &shell->cursor, text, rows, max);
	n = n < max ? n : max;
	n_more = begun ? 0 : exec_choices(shell_at(shell), text, more, array_len(more));
	for (size_t i = 0; i < n_more && n < max; i++)
		if (!has(rows, n, more[i].word))
			rows[n++] = more[i];
	return n;
}

static size_t choices_of(const struct shell *shell, const char *text, struct config_choice *rows,
			 size_t max)
{
	const char *bar = strchr(text, '|');
	struct exec_match match;
	char *command;
	bool answers;

	if (!bar)
		return shell->configuring ? config_choices(shell, text, rows, max)
					  : exec_choices(shell_at(shell), text, rows, max);
	command = strndup(text, (size_t)(bar - text));
	answers = command && exec_match(shell_at(shell), command, &match) == EXEC_OK;
	free(command);
	return answers ? filter_choices(bar + 1, rows, max) : 0;
}

size_t complete_choices(const struct shell *shell, const char *text, struct config_choice *rows,
			size_t max)
{
	size_t n = choices_of(shell, text, rows, max);

	if (n > max)
		n = max;
	qsort(rows, n, sizeof(*rows), compare);
	return n;
}

void complete_text(const struct config_choice *rows, size_t n, size_t i, char *buf, size_t size)
{
	size_t width = 0;

	for (size_t j = 0; j < n; j++)
		if (strlen(rows[j].word) > width)
			width = strlen(rows[j].word);
	if (*rows[i].help)
		snprintf(buf, size, "  %-*s  %s", (int)width, rows[i].word, rows[i].help);
	else
		snprintf(buf, size, "  %s", rows[i].word);
}
