/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The samples of show-formats, word for word: tests/golden/show/NAME.json says what is rendered
 * how, NAME.txt what comes out. Blanks and line ends may differ (the samples were cut and wrapped);
 * "..." stands for any words: what a sample leaves out, and what differs from box to box.
 */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <cmocka.h>

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOKENS = 4096
};

static const struct {
	const char *name;
	render_fn render;
} renderers[] = {
	{"access_list", render_access_list},
	{"addresses", render_addresses},
	{"asp_drop", render_asp_drop},
	{"capacity", render_capacity},
	{"config", render_config},
	{"engine_connections", render_engine_connections},
	{"ipsec_sa", render_ipsec_sa},
	{"isakmp_sa", render_isakmp_sa},
	{"route", render_route},
	{"version", render_version},
};

static size_t split(char *text, const char **tokens)
{
	size_t n = 0;
	char *save = NULL;

	for (char *t = strtok_r(text, " \t\n", &save); t; t = strtok_r(NULL, " \t\n", &save)) {
		assert_true(n < TOKENS);
		tokens[n++] = t;
	}
	return n;
}

/* How many tokens of the sample were found, in order; all of them when it matches. */
static size_t matched(const char **sample, size_t n, const char **got, size_t n_got, size_t most)
{
	if (n == 0)
		return n_got ? most : SIZE_MAX;
	if (strcmp(sample[0], "...") != 0) {
		if (n_got == 0 || strcmp(sample[0], got[0]) != 0)
			return most;
		return matched(sample + 1, n - 1, got + 1, n_got - 1, most + 1);
	}
	for (size_t skip = 0; skip <= n_got; skip++) {
		size_t at = matched(sample + 1, n - 1, got + skip, n_got - skip, most + 1);

		if (at == SIZE_MAX)
			return at;
	}
	return most;
}

static char *rendered(const json_t *state)
{
	const char *name = render_text_of(state, "render");
	const struct render_request request = {
		.params = json_object_get(state, "params"),
		.dialect = dialect_find(render_text_of(state, "dialect")),
	};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_true(request.dialect < DIALECT_COUNT);
	for (size_t i = 0; i < array_len(renderers); i++)
		if (strcmp(renderers[i].name, name) == 0)
			renderers[i].render(out, &request, json_object_get(state, "result"));
	fclose(out);
	return text;
}

static char *contents(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("%s is missing", path);
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	return text;
}

static void check(const char *stem)
{
	static const char *sample[TOKENS], *got[TOKENS];
	char path[512], *text, *golden;
	json_t *state;
	json_error_t error;
	size_t n, n_got;

	snprintf(path, sizeof(path), GOLDEN_PATH "/%s.json", stem);
	state = json_load_file(path, 0, &error);
	if (!state)
		fail_msg("%s: line %d: %s", path, error.line, error.text);
	snprintf(path, sizeof(path), GOLDEN_PATH "/%s.txt", stem);
	golden = contents(path);
	text = rendered(state);
	n = split(golden, sample);
	n_got = split(text, got);
	if (matched(sample, n, got, n_got, 0) != SIZE_MAX) {
		size_t at = 0;

		while (at < n && at < n_got && strcmp(sample[at], got[at]) == 0)
			at++;
		fail_msg("%s: word %zu: \"%s\" is wanted and \"%s\" came", stem, at,
			 at < n ? sample[at] : "nothing", at < n_got ? got[at] : "nothing");
	}
	free(golden);
	free(text);
	json_decref(state);
}

static void every_sample_comes_out(void **)
{
	DIR *dir = opendir(GOLDEN_PATH);
	const struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');
		char stem[256];

		if (!dot || strcmp(dot, ".json") != 0)
			continue;
		snprintf(stem, sizeof(stem), "%.*s", (int)(dot - entry->d_name), entry->d_name);
		check(stem);
		n++;
	}
	closedir(dir);
	assert_true(n >= 20);
}

/* The comparison itself can fail. */
static void a_word_that_differs_is_found(void **)
{
	const char *sample[] = {"a", "...", "d"}, *got[] = {"a", "b", "c", "d"};

	assert_int_equal(matched(sample, 3, got, 4, 0), SIZE_MAX);
	assert_int_not_equal(matched(sample, 3, got, 3, 0), SIZE_MAX);
	assert_int_not_equal(matched(sample, 1, got, 4, 0), SIZE_MAX);
	got[0] = "x";
	assert_int_not_equal(matched(sample, 3, got, 4, 0), SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_comes_out),
		cmocka_unit_test(a_word_that_differs_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
