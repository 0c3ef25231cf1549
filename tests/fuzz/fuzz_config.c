/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a configuration. What must hold: a refused line leaves the model as it was, what is
 * printed loads back and prints the same, and help never reads or writes beyond its room.
 */
#include "controlplane/diagnose/config_rules.h"
#include "controlplane/diagnose/swanctl.h"
#include "lib/config/config_grammar.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROWS = 64,
	LINES_CHECKED = 6
};

static void require(bool holds, const char *what, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "%s:\n%s\n", what, text);
	abort();
}

static char *print_in(const struct config *config, enum dialect dialect)
{
	char *text = config_grammar_print(config, dialect, CONFIG_PRINT_SECRETS);

	require(text != NULL, "no memory", "");
	return text;
}

static char *print(const struct config *config)
{
	return print_in(config, DIALECT_IOS);
}

/* Feeds the lines one by one at one cursor, as a person at the prompt would. */
static void type_lines(struct config *config, const char *text, enum dialect dialect)
{
	struct config_cursor cursor = {.mode = CONFIG_MODE_GLOBAL, .dialect = dialect};
	struct config_choice *rows = malloc(ROWS * sizeof(*rows));
	char *before = print(config), *after;

	for (int i = 0; rows && *text && i < LINES_CHECKED; i++) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		struct fault_list faults = {0};
		bool changed;
		int err;

		require(line != NULL, "no memory", "");
		config_grammar_choices(config, &cursor, line, rows, ROWS);
		err = config_grammar_line(config, &cursor, line, &faults, &changed);
		after = print(config);
		require(!err || !strcmp(before, after), "a refused line changed the model", line);
		require(!err || fault_count(&faults, FAULT_ERROR), "refused without a fault", line);
		require(err || !fault_count(&faults, FAULT_ERROR), "accepted with an error", line);
		require(changed || !strcmp(before, after), "changed and does not say so", line);
		free(before);
		before = after;
		free(line);
		fault_list_fini(&faults);
		text += len + (text[len] == '\n');
	}
	free(before);
	free(rows);
}

static void check_fixed_point(const struct config *config, enum dialect dialect)
{
	struct fault_list faults = {0};
	char *first = print_in(config, dialect), *second;
	struct config again;

	config_model_init(&again);
	require(!config_grammar_text(&again, first, strlen(first), &faults), "does not load back",
		first);
	second = print_in(&again, dialect);
	require(!strcmp(first, second), "prints differently after loading", first);
	config_model_fini(&again);
	fault_list_fini(&faults);
	free(first);
	free(second);
}

/* The rules over it, over it and itself; and it as a swanctl.conf. */
static void diagnose(const struct config *config, const char *text, struct fault_list *faults)
{
	static struct diagnose_list list;

	if (swanctl_is(text))
		free(swanctl_lines(text, faults));
	config_rules_faults(config, CONFIG_RULES_ALL, faults);
	list.n = 0;
	diagnose_pair(config, config, &list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault_list faults = {0};
	struct config config, typed;
	/* a text has no byte to spare: its last one says in whose words */
	enum dialect dialect = size ? (enum dialect)(data[size - 1] % DIALECT_COUNT) : DIALECT_IOS;
	char *text = strndup((const char *)data, size);

	if (!text)
		return 0;
	config_model_init(&config);
	/* the result says whether a line was refused, which most inputs are */
	if (config_grammar_text(&config, (const char *)data, size, &faults) == 0)
		require(!fault_count(&faults, FAULT_ERROR), "accepted with an error", text);
	config_grammar_validate(&config, &faults);
	diagnose(&config, text, &faults);
	check_fixed_point(&config, dialect);
	if (config_model_copy(&typed, &config) == 0) {
		type_lines(&typed, text, dialect);
		check_fixed_point(&typed, dialect);
		config_model_fini(&typed);
	}
	config_model_fini(&config);
	fault_list_fini(&faults);
	free(text);
	return 0;
}
