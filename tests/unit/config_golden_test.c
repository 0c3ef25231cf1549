/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configurations of tests/golden/config: each loads without error, and what it says survives
 * being printed in every dialect and loaded again.
 */
#include "tests/unit/config_test.h"

#include <dirent.h>

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 17);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 17) - 1, file) > 0);
	fclose(file);
	return text;
}

static void load(struct box *b, const char *text, const char *name)
{
	box_init(b);
	if (box_text(b, text) == 0)
		return;
	for (size_t i = 0; i < b->faults.n; i++)
		if (b->faults.rows[i].kind == FAULT_ERROR)
			print_error("%s:%d: %s\n", name, b->faults.rows[i].line,
				    b->faults.rows[i].text);
	print_error("%s\n", text);
	fail();
}

static char *print_as(const struct box *b, enum dialect dialect)
{
	char *text = config_grammar_print(&b->config, dialect, CONFIG_PRINT_SECRETS);

	assert_non_null(text);
	return text;
}

static void survives(const struct box *b, const char *name)
{
	char *whole = print_as(b, DIALECT_IOS);

	for (int d = 0; d < DIALECT_COUNT; d++) {
		char *text = print_as(b, (enum dialect)d), *again, *whole_again;
		struct box other;

		load(&other, text, name);
		again = print_as(&other, (enum dialect)d);
		whole_again = print_as(&other, DIALECT_IOS);
		if (strcmp(text, again) != 0 || strcmp(whole, whole_again) != 0)
			print_error("%s, %s:\n%s", name, dialect_name((enum dialect)d), text);
		assert_string_equal(text, again);
		assert_string_equal(whole, whole_again);
		assert_int_equal(b->config.dialect, other.config.dialect);
		free(text);
		free(again);
		free(whole_again);
		box_fini(&other);
	}
	free(whole);
}

static void survive_every_dialect(void **state)
{
	DIR *dir = opendir(GOLDEN_CONFIG);
	struct dirent *entry;
	size_t n = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[512];
		struct box b;
		char *text;

		if (!strstr(entry->d_name, ".conf"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", GOLDEN_CONFIG, entry->d_name);
		text = read_file(path);
		load(&b, text, entry->d_name);
		survives(&b, entry->d_name);
		free(text);
		box_fini(&b);
		n++;
	}
	closedir(dir);
	assert_true(n >= 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survive_every_dialect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
