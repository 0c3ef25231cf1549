/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/shell.h"

#include "cli/complete.h"
#include "cli/files.h"
#include "cli/filter.h"
#include "cli/keylog.h"
#include "cli/pki.h"
#include "cli/report.h"
#include "cli/tech.h"
#include "lib/config/config_dialect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

unsigned shell_at(const struct shell *shell)
{
	unsigned dialect = EXEC_IOS << shell->dialect;

	if (shell->configuring)
		return EXEC_CONFIG | dialect;
	return (shell->privileged ? EXEC_ENABLED : EXEC_USER) | dialect;
}

const char *shell_mode(const struct shell *shell)
{
	return shell->configuring ? config_dialect_prompt(shell->dialect, shell->cursor.mode) : "";
}

char *shell_prompt(const struct shell *shell, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%c", shell->hostname, shell_mode(shell),
		 shell->configuring || shell->privileged ? '#' : '>');
	return buf;
}

void shell_disconnected(struct shell *shell)
{
	shell->configuring = shell->debugging = false;
	keylog_close(shell);
	shell->privileged = shell->privileged && shell->granted > RPC_PRIVILEGE_USER;
}

json_t *shell_call(struct shell *shell, enum rpc_method method, json_t *params)
{
	json_t *result = session_call(shell->session, method, params);

	if (!result)
		report_text(shell, "%% %s", shell->session->error);
	if (shell->session->fd < 0)
		shell_disconnected(shell);
	return result;
}

static void print_text(const struct shell *shell, char *text)
{
	if (shell->page)
		shell->page(shell->terminal, text);
	else
		fputs(text, shell->out);
}

static char *render(const struct exec_row *row, const struct filter *filter,
		    const struct render_request *request, const json_t *result)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (filter->kind == FILTER_JSON) {
		json_dumpf(result, out, JSON_INDENT(2));
		fputc('\n', out);
	} else {
		row->render(out, request, result);
	}
	fclose(out);
	return text;
}

static char *filtered(const struct filter *filter, char *text)
{
	char *passed = NULL;
	size_t len;
	FILE *out = open_memstream(&passed, &len);

	if (!out)
		return text;
	filter_apply(filter, text, out);
	fclose(out);
	free(text);
	return passed;
}

static int print_or_write(struct shell *shell, const struct filter *filter, char *text)
{
	int err;

	if (!filter_is_file(filter)) {
		print_text(shell, text);
		return 0;
	}
	err = filter_write(filter, text);
	if (err)
		report_text(shell, "%% Cannot write %s: %s", filter->path, strerror(-err));
	return err ? 1 : 0;
}

static json_t *call_of(struct shell *shell, const struct exec_row *row, json_t *params)
{
	if (row->method == RPC_METHOD_COUNT)
		return tech_collect(shell);
	if ((row->method == RPC_CONFIG_DIFF || row->method == RPC_TEST_CONFIG) &&
	    files_sources(shell, params))
		return NULL;
	return shell_call(shell, row->method, json_incref(params));
}

static int run_call(struct shell *shell, const struct exec_match *match,
		    const struct filter *filter)
{
	json_t *params = exec_params(match);
	json_t *result = call_of(shell, match->row, params);
	const struct render_request request = {.params = params, .dialect = shell->dialect};
	char *text = NULL;
	int rc = 1;

	if (result) {
		text = render(match->row, filter, &request, result);
		if (text && filter->kind != FILTER_JSON)
			text = filtered(filter, text);
		if (match->row->method == RPC_DEBUG_SET)
			shell->debugging = json_array_size(json_object_get(result, "topics")) > 0;
	}
	if (text)
		rc = print_or_write(shell, filter, text);
	free(text);
	json_decref(params);
	json_decref(result);
	return rc;
}

/* A command that answers, perhaps with a filter behind a bar. line is ours to cut. */
static int run_filtered(struct shell *shell, unsigned prompt, char *line, size_t offset,
			const char *whole)
{
	char *bar = strchr(line + offset, '|');
	struct filter filter;
	struct exec_match match;
	enum exec_result result;
	char error[256];
	int rc;

	if (bar)
		*bar = '\0';
	result = exec_match(prompt, line + offset, &match);
	match.whole = line;
	if (result == EXEC_EMPTY && !bar)
		return 0;
	if (result != EXEC_OK)
		return report_exec(shell, result, whole, offset + match.column);
	if (match.row->run && bar)
		return report_exec(shell, EXEC_INVALID, whole, (size_t)(bar - line));
	if (match.row->run)
		return match.row->run(shell, &match);
	if (filter_parse(&filter, bar ? bar + 1 : NULL, error, sizeof(error))) {
		report_at(shell, whole, (size_t)(bar - line));
		fprintf(shell->err, "%% %s\n", error);
		return 1;
	}
	if (filter_is_file(&filter) && !shell->privileged)
		rc = report_exec(shell, EXEC_INVALID, whole, (size_t)(bar - line));
	else
		rc = run_call(shell, &match, &filter);
	filter_fini(&filter);
	return rc;
}

int shell_exec(struct shell *shell, unsigned prompt, const char *line, size_t offset)
{
	struct exec_match match;
	enum exec_result result = exec_match(prompt, line + offset, &match);
	char *copy;
	int rc;

	match.whole = line;
	/* `do LINE` takes the bar as part of its line: try the line as it is first. */
	if (result == EXEC_OK && match.row->run)
		return match.row->run(shell, &match);
	copy = strdup(line);
	if (!copy)
		return 1;
	rc = run_filtered(shell, prompt, copy, offset, line);
	free(copy);
	return rc;
}

int shell_refresh(struct shell *shell)
{
	json_t *result = session_call(shell->session, RPC_HOSTNAME, NULL);
	const json_t *granted = json_object_get(result, "granted");
	enum dialect dialect;

	if (!result)
		return -EIO;
	shell->granted = granted ? (unsigned)json_integer_value(granted) : RPC_PRIVILEGE_ALL;
	dialect = dialect_find(render_text_of(result, "dialect"));
	if (dialect < DIALECT_COUNT)
		shell->dialect = shell->cursor.dialect = dialect;
	shell->idle_ms =
		1000 * (uint64_t)render_number_of(result, shell->over_ssh ? "vty_timeout_s"
									  : "console_timeout_s");
	snprintf(shell->hostname, sizeof(shell->hostname), "%s",
		 render_text_of(result, "hostname"));
	json_decref(result);
	return 0;
}

int shell_config(struct shell *shell, const char *line)
{
	json_t *result;
	enum config_mode mode;
	bool refused;

	result = shell_call(shell, RPC_CONFIG_LINE, json_pack("{s:s}", "text", line));
	if (!result)
		return 1;
	refused = report_faults(shell, line, json_object_get(result, "faults"));
	mode = config_grammar_mode_of_prompt(render_text_of(result, "prompt"));
	if (mode < CONFIG_MODE_COUNT)
		shell->cursor.mode = mode;
	if (json_is_true(json_object_get(result, "changed")) && shell_refresh(shell))
		refused = true;
	json_decref(result);
	return refused ? 1 : 0;
}

int shell_init(struct shell *shell, struct session *session, FILE *out, FILE *err)
{
	*shell = (struct shell){
		.session = session,
		.out = out,
		.err = err,
		.screen_rows = -1,
		.over_ssh = getenv("SSH_CONNECTION") != NULL,
	};
	return shell_refresh(shell);
}

bool shell_is_config(const struct shell *shell, const char *line)
{
	const struct config_cursor cursor = {.mode = shell->cursor.mode, .dialect = DIALECT_COUNT};
	struct config_choice choices[COMPLETE_MAX];
	struct word first;
	char text[CONFIG_NAME];
	size_t n;

	words_split(line, &first, 1);
	if (first.len >= sizeof(text))
		return true;
	snprintf(text, sizeof(text), "%.*s", (int)first.len, first.at);
	n = config_grammar_choices(NULL, &cursor, text, choices, array_len(choices));
	for (size_t i = 0; i < n && i < array_len(choices); i++)
		if (choices[i].keyword && strcmp(choices[i].word, "exit") != 0 &&
		    strcmp(choices[i].word, "end") != 0)
			return true;
	return false;
}

static int run_in_config(struct shell *shell, const char *line)
{
	struct exec_match match;
	enum exec_result result = exec_match(shell_at(shell), line, &match);

	/* `crypto` begins lines of both */
	if (result == EXEC_OK && strncmp(match.row->path, "crypto ", 7) == 0)
		return shell_exec(shell, shell_at(shell), line, 0);
	/* A word nobody knows goes to the grammar: it says best what would be right. */
	if (shell_is_config(shell, line) || (result == EXEC_INVALID && match.row == NULL))
		return shell_config(shell, line);
	return shell_exec(shell, shell_at(shell), line, 0);
}

static int print_help(struct shell *shell, const char *line)
{
	struct config_choice rows[COMPLETE_MAX];
	char text[512];
	char *before = strndup(line, strlen(line) - 1);
	size_t n = before ? complete_choices(shell, before, rows, array_len(rows)) : 0;

	free(before);
	if (n == 0) {
		report_line(shell, line);
		fputs("% Unrecognized command\n", shell->err);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		complete_text(rows, n, i, text, sizeof(text));
		fprintf(shell->out, "%s\n", text);
	}
	return 0;
}

/* JSON has room for nothing else. */
static bool is_utf8(const char *line)
{
	json_t *text = json_string(line);

	json_decref(text);
	return text != NULL;
}

int shell_line(struct shell *shell, const char *line)
{
	size_t len = strlen(line);
	struct word first;

	if (pki_is_collecting(shell) && is_utf8(line))
		return pki_collect(shell, line);
	if (words_split(line, &first, 1) == 0 || *first.at == '!')
		return 0;
	if (len > SHELL_LINE_MAX) {
		report_text(shell, "%% Input too long");
		return 1;
	}
	if (!is_utf8(line)) {
		report_line(shell, line);
		fputs("% A line must be UTF-8 text\n", shell->err);
		return 1;
	}
	if (line[len - 1] == '?')
		return print_help(shell, line);
	if (shell->configuring)
		return run_in_config(shell, line);
	return shell_exec(shell, shell_at(shell), line, 0);
}
