/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/replace.h"

#include "cli/files.h"
#include "cli/report.h"
#include "cli/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_BYTES = 256
};

/* A word of the line as text. */
static const char *value(const struct exec_match *match, size_t i, char buf[NAME_BYTES])
{
	snprintf(buf, NAME_BYTES, "%.*s", (int)match->values[i].len, match->values[i].at);
	return buf;
}

static bool row_has(const struct exec_match *match, const char *word)
{
	struct word words[WORDS_MAX];
	size_t n = words_split(match->row->path, words, WORDS_MAX);

	for (size_t i = 0; i < n && i < WORDS_MAX; i++)
		if (words_are(&words[i], word))
			return true;
	return false;
}

/* The lines of a text that are refused, each with its number; true when there is one. */
static bool report_lines(struct shell *shell, const json_t *faults)
{
	const json_t *fault;
	bool refused = false;
	size_t i;

	json_array_foreach(faults, i, fault) {
		bool error = strcmp(render_text_of(fault, "kind"), "error") == 0;
		long long line = render_number_of(fault, "line");

		refused |= error;
		if (line)
			report_text(shell, "%sline %lld: %s", error ? "%" : "", line,
				    render_text_of(fault, "text"));
		else
			report_text(shell, "%s%s", error ? "%" : "", render_text_of(fault, "text"));
	}
	return refused;
}

/* What the configuration would end; NULL after the reason was printed. source is borrowed. */
static json_t *foresee(struct shell *shell, json_t *source)
{
	json_t *result = shell_call(shell, RPC_CONFIG_DIFF, json_pack("{s:O}", "to", source));

	if (!result || !report_lines(shell, json_object_get(result, "faults")))
		return result;
	json_decref(result);
	return NULL;
}

static bool says_yes(struct shell *shell, const char *question, bool empty_is_yes)
{
	char answer[16];

	if (!shell->ask(shell->terminal, question, answer, sizeof(answer)))
		return false;
	return *answer ? *answer == 'y' || *answer == 'Y' : empty_is_yes;
}

/* Tells what ends; where somebody sits he may think again. */
static bool is_agreed(struct shell *shell, json_t *source, const char *question)
{
	json_t *result = foresee(shell, source);
	bool ends = json_array_size(json_object_get(result, "ending")) > 0;

	if (!result)
		return false;
	if (ends)
		render_ending(shell->out, NULL, result);
	json_decref(result);
	return !ends || !shell->ask || says_yes(shell, question, true);
}

/* The answer of config.replace, NULL after the reason was printed. source is stolen. */
static json_t *put_in_force(struct shell *shell, json_t *source, int minutes)
{
	json_t *result;

	if (minutes)
		json_object_set_new(source, "minutes", json_integer(minutes));
	result = shell_call(shell, RPC_CONFIG_REPLACE, source);
	if (result && !report_lines(shell, json_object_get(result, "faults")) &&
	    shell_refresh(shell) == 0)
		return result;
	json_decref(result);
	return NULL;
}

static bool is_sure(struct shell *shell, json_t *source)
{
	json_t *result;

	if (!shell->ask) {
		report_text(shell, "%%Nobody is there to be asked: add force");
		return false;
	}
	result = foresee(shell, source);
	if (!result)
		return false;
	render_ending(shell->out, NULL, result);
	json_decref(result);
	fputs("This will apply all necessary additions and deletions\n"
	      "to replace the current running configuration with the\n"
	      "contents of the specified configuration file, which is\n"
	      "assumed to be a complete configuration, not a partial\n",
	      shell->out);
	return says_yes(
		shell,
		"configuration. Enter Y if you are sure you want to proceed. ? [no]: ", false);
}

static void tell_of_timer(struct shell *shell, int minutes)
{
	fprintf(shell->out,
		"Rollback Confirmed Change: Rollback will begin in %d minute%s.\n"
		"Enter \"configure confirm\" if you wish to keep what you've configured\n",
		minutes, minutes == 1 ? "" : "s");
}

int replace_configure(struct shell *shell, const struct exec_match *match)
{
	char name[NAME_BYTES];
	int minutes = row_has(match, "time") ? atoi(match->values[1].at) : 0;
	json_t *source = files_source(shell, value(match, 0, name), "text"), *result;

	if (!source || (!row_has(match, "force") && !is_sure(shell, source))) {
		json_decref(source);
		return 1;
	}
	result = put_in_force(shell, source, minutes);
	if (!result)
		return 1;
	if (row_has(match, "list"))
		render_config_commands(shell->out, NULL, result);
	render_ending(shell->out, NULL, result);
	fputs("\nTotal number of passes: 1\nRollback Done\n", shell->out);
	if (minutes)
		tell_of_timer(shell, minutes);
	json_decref(result);
	return 0;
}

/* source is stolen; what is done when it is agreed to. */
static int merge(struct shell *shell, json_t *source, const char *question)
{
	json_t *result;

	if (!source || !is_agreed(shell, source, question)) {
		json_decref(source);
		return 1;
	}
	result = put_in_force(shell, source, 0);
	json_decref(result);
	return result ? 0 : 1;
}

int replace_clear(struct shell *shell, const struct exec_match *match)
{
	char words[NAME_BYTES] = "all";

	if (match->n_values)
		value(match, 0, words);
	return merge(shell, json_pack("{s:s}", "clear", words), "Clear these lines? [confirm]");
}

int replace_copy_to_running(struct shell *shell, const struct exec_match *match)
{
	char name[NAME_BYTES];

	return merge(shell, files_source(shell, value(match, 0, name), "merge"),
		     "Copy it all the same? [confirm]");
}

/* The text of one of the appliance's own with its keys, NULL after the reason was printed. */
static json_t *own_text(struct shell *shell, const char *of)
{
	return shell_call(shell, RPC_CONFIG_TEXT, json_pack("{s:s}", "of", of));
}

/* As on the boxes the saved lines come on top of those that run. */
int replace_copy_startup_to_running(struct shell *shell, const struct exec_match *)
{
	json_t *saved = own_text(shell, "startup"), *source;

	if (!saved)
		return 1;
	source = json_pack("{s:s}", "merge", render_text_of(saved, "text"));
	json_decref(saved);
	return merge(shell, source, "Copy it all the same? [confirm]");
}

static int save(struct shell *shell, json_t *source)
{
	json_t *result = shell_call(shell, RPC_CONFIG_SAVE, source);

	json_decref(result);
	return result ? 0 : 1;
}

int replace_copy_to_startup(struct shell *shell, const struct exec_match *match)
{
	char name[NAME_BYTES];
	json_t *source = files_source(shell, value(match, 0, name), "text");

	if (!source || save(shell, source))
		return 1;
	fputs("[OK]\n", shell->out);
	return 0;
}

static int copy_out(struct shell *shell, const char *of, const char *path)
{
	json_t *text = files_may_write(shell, path) ? own_text(shell, of) : NULL;
	long bytes = text ? files_write(shell, path, render_text_of(text, "text")) : -1;

	json_decref(text);
	if (bytes < 0)
		return 1;
	fprintf(shell->out, "%ld bytes copied\n", bytes);
	return 0;
}

int replace_copy_running(struct shell *shell, const struct exec_match *match)
{
	char name[NAME_BYTES];

	return copy_out(shell, "running", value(match, 0, name));
}

int replace_copy_startup(struct shell *shell, const struct exec_match *match)
{
	char name[NAME_BYTES];

	return copy_out(shell, "startup", value(match, 0, name));
}

int replace_erase(struct shell *shell, const struct exec_match *)
{
	if (shell->ask &&
	    !says_yes(shell,
		      "Erasing the nvram filesystem will remove all configuration files! "
		      "Continue? [confirm]",
		      true))
		return 1;
	if (save(shell, json_pack("{s:s}", "clear", "all")))
		return 1;
	fputs("[OK]\nErase of nvram: complete\n"
	      "What runs goes on; the platform and the devices of the interfaces stay saved\n",
	      shell->out);
	return 0;
}

/* `configure revert` and `configure terminal revert`. */
int replace_configure_timer(struct shell *shell, const struct exec_match *match)
{
	bool terminal = row_has(match, "terminal");
	int minutes = match->n_values ? atoi(match->values[0].at) : 0;
	json_t *params = json_object(), *result;

	if (minutes)
		json_object_set_new(params, "minutes", json_integer(minutes));
	if (minutes && !terminal)
		json_object_set_new(params, "extend", json_true());
	result = shell_call(shell, RPC_CONFIG_REVERT, params);
	if (!result || shell_refresh(shell)) {
		json_decref(result);
		return 1;
	}
	json_decref(result);
	if (minutes)
		tell_of_timer(shell, minutes);
	else
		fputs("\nTotal number of passes: 1\nRollback Done\n", shell->out);
	return terminal ? shell_exec(shell, shell_at(shell), "configure terminal", 0) : 0;
}
