/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/probe.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
	WAIT_MS = 200, /* how soon Ctrl-C is seen */
	AGAIN_US = 10000,
	ANSWER_MAX = 128,
	MS_PER_S = 1000,
};

static bool read_number(const char *text, int base, uint32_t low, uint32_t high, uint32_t *out)
{
	char *end;
	unsigned long value = strtoul(text, &end, base);

	if (!*text || *end || *text == '-' || value < low || value > high)
		return false;
	*out = (uint32_t)value;
	return true;
}

static bool read_yes(const char *text, bool *out)
{
	size_t len = strlen(text);

	*out = strncasecmp(text, "yes", len) == 0;
	return len && (*out || strncasecmp(text, "no", len) == 0);
}

static bool read_target(const char *text, char *out)
{
	struct addr a;

	if (addr_parse(&a, text) < 0 || a.family != ADDR_V4)
		return false;
	addr_print(&a, out, ADDR_TEXT);
	return true;
}

static bool read_source(const char *text, char *out)
{
	struct word word = {.at = text, .len = strlen(text)};
	json_t *name;
	struct addr a;

	if (!word.len || word.len >= PROBE_TEXT)
		return false;
	name = addr_parse(&a, text) == 0 ? json_string(text) : exec_interface(&word);
	if (name)
		snprintf(out, PROBE_TEXT, "%s", json_string_value(name));
	json_decref(name);
	return name != NULL;
}

static bool read_value(const struct probe_row *row, const char *text, struct probe_options *o)
{
	void *at = (char *)o + row->at;

	switch (row->kind) {
	case PROBE_FLAG: return read_yes(text, at);
	case PROBE_NUMBER:
	case PROBE_RANGE: return read_number(text, 10, row->low, row->high, at);
	case PROBE_PATTERN: o->has_pattern = true; return read_number(text, 16, 0, 0xffff, at);
	case PROBE_SOURCE: return read_source(text, at);
	case PROBE_TARGET: return read_target(text, at);
	case PROBE_WORD: {
		const char *word = strchr(row->name, '[') + 1;

		return strlen(text) == strcspn(word, "]") &&
		       strncasecmp(word, text, strlen(text)) == 0;
	}
	}
	return false;
}

/* Walks over the words of a line. */
struct line {
	struct shell *shell;
	const struct exec_match *match;
	const char *at;
	struct word word;
	char text[PROBE_TEXT];
};

static bool next(struct line *l)
{
	if (words_split(l->at, &l->word, 1) == 0)
		return false;
	l->at = l->word.at + l->word.len;
	snprintf(l->text, sizeof(l->text), "%.*s", (int)l->word.len, l->word.at);
	return true;
}

static int refuse(const struct line *l, enum exec_result why)
{
	const char *whole = l->match->whole;

	return report_exec(l->shell, why, whole, (size_t)(l->word.at - whole));
}

static int read_option(struct line *l, const struct probe_row *rows, size_t n,
		       struct probe_options *o)
{
	const struct probe_row *found = NULL;
	struct probe_row second;

	for (size_t i = 0; i < n; i++) {
		if (!words_abbreviate(&l->word, rows[i].name, strlen(rows[i].name)))
			continue;
		if (found)
			return refuse(l, EXEC_AMBIGUOUS);
		found = &rows[i];
	}
	if (!found)
		return refuse(l, EXEC_INVALID);
	if (found->kind == PROBE_FLAG) {
		*((bool *)((char *)o + found->at)) = true;
		return 0;
	}
	if (!next(l))
		return refuse(l, EXEC_INCOMPLETE);
	if (!read_value(found, l->text, o))
		return refuse(l, EXEC_INVALID);
	if (found->kind != PROBE_RANGE)
		return 0;
	second = *found;
	second.at += sizeof(uint32_t);
	memcpy(&second.low, (const char *)o + found->at, sizeof(second.low));
	if (!next(l))
		return refuse(l, EXEC_INCOMPLETE);
	return read_value(&second, l->text, o) ? 0 : refuse(l, EXEC_INVALID);
}

/* "A", "ip A" or, as the ASA has it, "IF A". */
static int read_first(struct line *l, struct probe_options *o)
{
	char first[PROBE_TEXT];

	if (!next(l))
		return refuse(l, EXEC_INCOMPLETE);
	if (read_target(l->text, o->target))
		return 0;
	memcpy(first, l->text, sizeof(first));
	if (!next(l) || !read_target(l->text, o->target)) {
		report_text(l->shell, "%% Unrecognized host or address, or protocol not running.");
		return 1;
	}
	if (strcasecmp(first, "ip") == 0 || read_source(first, o->source))
		return 0;
	return refuse(l, EXEC_INVALID);
}

int probe_parse(struct shell *shell, const struct exec_match *match, const char *text,
		const struct probe_row *rows, size_t n, struct probe_options *o)
{
	struct line l = {.shell = shell, .match = match, .at = text, .word = {.at = text}};

	if (read_first(&l, o))
		return 1;
	while (next(&l))
		if (read_option(&l, rows, n, o))
			return 1;
	return 0;
}

static void explain(struct shell *shell, const struct probe_row *row)
{
	switch (row->kind) {
	case PROBE_FLAG: fputs("% Please answer 'yes' or 'no'.\n", shell->out); break;
	case PROBE_TARGET: fputs("% Bad IP address\n", shell->out); break;
	case PROBE_PATTERN:
		fputs("% A hexadecimal number between 0 and FFFF.\n", shell->out);
		break;
	case PROBE_NUMBER:
		fprintf(shell->out, "%% A decimal number between %u and %u.\n", row->low,
			row->high);
		break;
	default: fputs("% Not understood here: the answer in brackets is\n", shell->out); break;
	}
}

/* An empty answer is the one in brackets; what must be answered has none. */
static int ask(struct shell *shell, const struct probe_row *row, struct probe_options *o)
{
	char answer[ANSWER_MAX], *text;
	size_t len;

	for (;;) {
		if (!shell->ask(shell->terminal, row->name, answer, sizeof(answer)))
			return 1;
		text = answer + strspn(answer, " \t");
		len = strlen(text);
		while (len && strchr(" \t", text[len - 1]))
			text[--len] = '\0';
		if (!len && row->kind != PROBE_TARGET)
			return 0;
		if (len && read_value(row, text, o))
			return 0;
		explain(shell, row);
	}
}

int probe_ask(struct shell *shell, const struct probe_row *rows, size_t n, struct probe_options *o)
{
	if (!shell->ask) {
		report_text(shell, "%% Incomplete command.");
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (rows[i].when && !*((const bool *)((const char *)o + rows[i].when)))
			continue;
		if (ask(shell, &rows[i], o))
			return 1;
	}
	return 0;
}

json_t *probe_params(const struct probe_options *o)
{
	json_t *params = json_pack("{s:s,s:I}", "target", o->target, "timeout_ms",
				   (json_int_t)o->timeout_s * MS_PER_S);
	struct addr a;

	if (params && o->source[0])
		json_object_set_new(params, addr_parse(&a, o->source) == 0 ? "source" : "interface",
				    json_string(o->source));
	return params;
}

static bool is_aborted(const struct shell *shell)
{
	return shell->aborted && shell->aborted(shell->terminal);
}

uint32_t probe_send(struct shell *shell, json_t *params, json_t **source)
{
	uint32_t number = 0;

	while (!number && !is_aborted(shell)) {
		json_t *result = shell_call(shell, RPC_PROBE_SEND, json_incref(params));

		if (!result)
			break;
		number = (uint32_t)json_integer_value(json_object_get(result, "probe"));
		if (number && source)
			*source = json_incref(json_object_get(result, "source"));
		json_decref(result);
		if (!number)
			usleep(AGAIN_US);
	}
	json_decref(params);
	return number;
}

json_t *probe_wait(struct shell *shell, uint32_t probe)
{
	json_t *result;

	fflush(shell->out);
	while (!is_aborted(shell)) {
		result = shell_call(
			shell, RPC_PROBE_WAIT,
			json_pack("{s:I,s:i}", "probe", (json_int_t)probe, "wait_ms", WAIT_MS));
		if (!result || json_is_true(json_object_get(result, "done")))
			return result;
		json_decref(result);
	}
	return NULL;
}
