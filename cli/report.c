/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/report.h"

#include <stdarg.h>
#include <string.h>

void report_text(const struct shell *shell, const char *fmt, ...)
{
	va_list ap;

	if (shell->where && !shell->prompted)
		fputs(shell->where, shell->err);
	va_start(ap, fmt);
	vfprintf(shell->err, fmt, ap);
	va_end(ap);
	fputc('\n', shell->err);
}

void report_at(const struct shell *shell, const char *line, size_t column)
{
	char prompt[SHELL_PROMPT];
	const char *lead = shell->where ? shell->where : "";

	if (shell->prompted)
		lead = shell_prompt(shell, prompt, sizeof(prompt));
	else
		fprintf(shell->err, "%s%s\n", lead, line);
	fprintf(shell->err, "%*s^\n", (int)(strlen(lead) + column), "");
}

void report_line(const struct shell *shell, const char *line)
{
	if (!shell->prompted)
		fprintf(shell->err, "%s%s\n", shell->where ? shell->where : "", line);
}

/* An ASA says of an error that it is one. */
static const char *error_mark(const struct shell *shell)
{
	return shell->dialect == DIALECT_IOS ? "" : "ERROR: ";
}

static bool single_word(const char *line)
{
	struct word word;

	return words_split(line, &word, 1) == 1;
}

/* show-formats 0: a word that nobody knows. */
static const char *unknown(const struct shell *shell)
{
	if (shell->dialect == DIALECT_PIX)
		return "Type help or '?' for a list of available commands.";
	if (shell->dialect == DIALECT_ASA)
		return "ERROR: % Invalid input detected at '^' marker.";
	return "% Unknown command or computer name, or unable to find computer address";
}

int report_exec(const struct shell *shell, enum exec_result result, const char *line, size_t column)
{
	if (result == EXEC_INVALID && column == 0 && single_word(line)) {
		if (shell->dialect == DIALECT_ASA)
			report_at(shell, line, column);
		else
			report_line(shell, line);
		fprintf(shell->err, "%s\n", unknown(shell));
	} else if (result == EXEC_INVALID) {
		report_at(shell, line, column);
		fprintf(shell->err, "%s%% Invalid input detected at '^' marker.\n",
			error_mark(shell));
	} else if (result == EXEC_AMBIGUOUS) {
		report_line(shell, line);
		fprintf(shell->err, "%s%% Ambiguous command:  \"%s\"\n", error_mark(shell), line);
	} else {
		report_line(shell, line);
		fprintf(shell->err, "%s%% Incomplete command%s\n", error_mark(shell),
			shell->dialect == DIALECT_IOS ? "." : "");
	}
	return 1;
}

/* How the grammar begins its sentences, and what IOS says in such a case. */
static const struct {
	const char *begins;
	const char *says;
	bool points;
} config_sentences[] = {
	{"invalid input ", "% Invalid input detected at '^' marker.", true},
	{"incomplete command: ", "% Incomplete command.", false},
	{"ambiguous command ", "% Ambiguous command:", false},
};

static void print_error(const struct shell *shell, const char *line, const json_t *fault)
{
	const char *text = render_text_of(fault, "text");
	long long column = render_number_of(fault, "column");
	bool points = column >= 0;
	const char *says = NULL;

	for (size_t i = 0; i < array_len(config_sentences); i++) {
		size_t len = strlen(config_sentences[i].begins);

		if (strncmp(text, config_sentences[i].begins, len) == 0) {
			text += len;
			says = config_sentences[i].says;
			points = points && config_sentences[i].points;
			break;
		}
	}
	if (points)
		report_at(shell, line, (size_t)column);
	else
		report_line(shell, line);
	if (says && strchr(says, ':'))
		fprintf(shell->err, "%s%s  \"%s\"\n", error_mark(shell), says, line);
	else if (says)
		fprintf(shell->err, "%s%s\n", error_mark(shell), says);
	fprintf(shell->err, "%s%% %s\n", says ? "" : error_mark(shell), text);
}

bool report_faults(const struct shell *shell, const char *line, const json_t *faults)
{
	bool refused = false;
	const json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault) {
		if (strcmp(render_text_of(fault, "kind"), "error") == 0) {
			refused = true;
			print_error(shell, line, fault);
			continue;
		}
		report_text(shell, "%s", render_text_of(fault, "text"));
	}
	return refused;
}
