/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes typed at the shell, up to where a call would leave: keys, matching, completion and
 * filters. What must hold: nothing privileged matches at the user prompt, a completion continues
 * what was typed, and keys never grow beyond their room.
 */
#include "cli/complete.h"
#include "cli/filter.h"
#include "cli/keys.h"
#include "cli/shell.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void require(bool holds, const char *what, const char *line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:\n%s\n", what, line);
	abort();
}

static void match(unsigned prompt, const char *line)
{
	struct exec_match match;
	enum exec_result rc = exec_match(prompt, line, &match);

	require(rc == EXEC_EMPTY || match.column <= strlen(line), "an error beyond the line", line);
	if (rc != EXEC_OK)
		return;
	require(match.row->prompts & prompt & EXEC_PROMPTS, "a row of another prompt matched",
		line);
	json_decref(exec_params(&match));
}

static const char *last_word(const char *line)
{
	const char *last = line + strlen(line);

	while (last > line && !strchr(" \t\r\n|", last[-1]))
		last--;
	return last;
}

static void complete(const struct shell *shell, const char *line)
{
	struct config_choice rows[COMPLETE_MAX];
	size_t n = complete_choices(shell, line, rows, array_len(rows));
	char text[512];

	require(n <= array_len(rows), "more choices than room", line);
	for (size_t i = 0; i < n; i++) {
		const char *last = last_word(line);

		complete_text(rows, n, i, text, sizeof(text));
		require(!rows[i].keyword || !strncasecmp(rows[i].word, last, strlen(last)),
			"a completion does not continue the word", line);
	}
}

/*
 * Short ones: regcomp() of glibc takes memory exponential in repetitions of repetitions, which is
 * between the operator and his own shell.
 */
static void filter(const char *line, size_t len)
{
	char error[256], *text = strdup(line);
	struct filter f;
	FILE *out = fopen("/dev/null", "w");

	if (out && text && len < 16 && filter_parse(&f, line, error, sizeof(error)) == 0) {
		filter_apply(&f, text, out);
		require(strcmp(text, line) == 0, "a filter changed the text", line);
		filter_fini(&f);
	}
	if (out)
		fclose(out);
	free(text);
}

static void type(const uint8_t *data, size_t size)
{
	struct keys keys = {0};
	char *out = malloc(size * KEYS_GROWTH + 1);

	if (out)
		require(keys_translate(&keys, (const char *)data, size, out) <= size * KEYS_GROWTH,
			"keys grew beyond their room", "");
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size);
	struct shell shell = {0};

	if (!line)
		return 0;
	type(data, size);
	match(EXEC_USER, line);
	match(EXEC_ENABLED, line);
	match(EXEC_CONFIG, line);
	match(EXEC_ENABLED | EXEC_ASA, line);
	match(EXEC_CONFIG | EXEC_PIX, line);
	complete(&shell, line);
	shell.privileged = true;
	complete(&shell, line);
	shell.configuring = true;
	complete(&shell, line);
	filter(line, size);
	free(line);
	return 0;
}
