/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every `show` of the shell and what the schema says of its answer:
 *
 *	show_schema rows [PATH:]KEY=VALUE...	prints each command, with these values in it
 *	show_schema check			reads their answers, JSON one behind the other
 *
 * PATH is the beginning of those commands in which KEY has the VALUE; the last one that fits is
 * taken.
 */
#include "cli/exec.h"
#include "lib/rpc/rpc_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_show(const struct exec_row *row)
{
	return strncmp(row->path, "show ", 5) == 0 && row->render && !row->run;
}

/* Of "PATH:KEY=VALUE" when it is about this key of this row, else NULL. */
static const char *value_in(const char *arg, const struct exec_row *row, const struct word *key)
{
	const char *colon = strchr(arg, ':'), *name = colon ? colon + 1 : arg;

	if (colon && strncmp(arg, row->path, (size_t)(colon - arg)) != 0)
		return NULL;
	return strncmp(name, key->at, key->len) == 0 && name[key->len] == '=' ? name + key->len + 1
									      : NULL;
}

static const char *value_of(char **args, const struct exec_row *row, const struct word *key)
{
	const char *value = NULL, *found;

	for (; *args; args++)
		if ((found = value_in(*args, row, key)) != NULL)
			value = found;
	if (value)
		return value;
	fprintf(stderr, "no value for %.*s in `%s`\n", (int)key->len, key->at, row->path);
	exit(EXIT_FAILURE);
}

static bool is_value(const struct word *pattern)
{
	return pattern->at[0] == '<' || (pattern->at[0] >= 'A' && pattern->at[0] <= 'Z');
}

static void print_command(char **args, const struct exec_row *row)
{
	struct word words[WORDS_MAX], keys[EXEC_VALUES_MAX] = {0};
	size_t n = words_split(row->path, words, WORDS_MAX), v = 0;

	if (row->keys)
		words_split(row->keys, keys, EXEC_VALUES_MAX);
	for (size_t i = 0; i < n; i++) {
		if (is_value(&words[i]))
			printf("%s ", value_of(args, row, &keys[v++]));
		else
			printf("%.*s ", (int)words[i].len, words[i].at);
	}
	putchar('\n');
}

/* A list without anything in it shows nothing of its rows. */
static bool is_hollow(const json_t *result)
{
	const char *key;
	const json_t *value;
	size_t lists = 0, full = 0;

	json_object_foreach((json_t *)result, key, value) {
		lists += json_is_array(value);
		full += json_array_size(value) > 0;
	}
	return lists && !full;
}

static bool fits(enum rpc_method method, const char *path, const json_t *result)
{
	char why[256];

	if (rpc_schema_check_result(method, result, why, sizeof(why)) == 0)
		return true;
	printf("%s: %s\n", path, why);
	return false;
}

/* The answers of others by their commands: `show tech-support`. */
static bool all_fit(const struct exec_row *row, const json_t *result)
{
	const char *path;
	const json_t *part;
	bool good = json_object_size(result) > 0;

	json_object_foreach((json_t *)result, path, part) {
		const struct exec_row *one = exec_row_of(path);

		good &= one && fits(one->method, path, part);
	}
	if (!good)
		printf("%s: a part of it does not fit\n", row->path);
	return good;
}

static bool check(bool *seen)
{
	bool good = true;

	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];
		json_error_t error;
		json_t *result;

		if (!is_show(row))
			continue;
		result = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error);
		if (!result) {
			printf("%s: no JSON: %s\n", row->path, error.text);
			return false;
		}
		if (row->method == RPC_METHOD_COUNT) {
			good &= all_fit(row, result);
		} else {
			good &= fits(row->method, row->path, result);
			seen[row->method] |= !is_hollow(result);
		}
		json_decref(result);
	}
	return good;
}

/* Which answers had nothing in them, whatever was asked. */
static void print_hollow(const bool *seen)
{
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++) {
		bool asked = false;

		for (size_t i = 0; i < exec_table_len; i++)
			asked |= is_show(&exec_table[i]) && exec_table[i].method == m;
		if (asked && !seen[m])
			printf("hollow %s\n", rpc_schema_name(m));
	}
}

int main(int argc, char **argv)
{
	bool seen[RPC_METHOD_COUNT] = {false};
	bool good;

	if (argc > 1 && strcmp(argv[1], "rows") == 0) {
		for (size_t i = 0; i < exec_table_len; i++)
			if (is_show(&exec_table[i]))
				print_command(argv + 2, &exec_table[i]);
		return EXIT_SUCCESS;
	}
	good = check(seen);
	print_hollow(seen);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
