/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/filter.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect(const char *filter, const char *golden)
{
	char text[] = "one esp\ntwo ah\nthree esp ah\nfour";
	char error[128], *passed = NULL;
	struct filter f;
	size_t len;
	FILE *out = open_memstream(&passed, &len);

	assert_int_equal(filter_parse(&f, filter, error, sizeof(error)), 0);
	filter_apply(&f, text, out);
	fclose(out);
	assert_string_equal(passed, golden);
	assert_string_equal(text, "one esp\ntwo ah\nthree esp ah\nfour");
	free(passed);
	filter_fini(&f);
}

static void each_filter_passes_its_lines(void **)
{
	expect(NULL, "one esp\ntwo ah\nthree esp ah\nfour\n");
	expect(" include esp", "one esp\nthree esp ah\n");
	expect("inc ^t", "two ah\nthree esp ah\n");
	expect("exclude esp", "two ah\nfour\n");
	expect("b two", "two ah\nthree esp ah\nfour\n");
	expect("count ah", "Number of lines which match regexp = 2\n");
	expect("count nothing", "Number of lines which match regexp = 0\n");
}

static void bar_in_expression_is_alternation(void **)
{
	expect("i one|four", "one esp\nfour\n");
}

static void blanks_inside_expression_count(void **)
{
	expect("include esp ah ", "three esp ah\n");
}

static void grep_is_that_of_an_asa(void **)
{
	expect("grep esp ah", "three esp ah\n");
	expect("grep -v o|e", "");
}

static void section_takes_what_is_indented_below(void **)
{
	char text[] = "a\n b\n  c\nd\n crypto\n  x\n y\ncrypto\n z\nend\n", *out = NULL;
	char error[128];
	struct filter f;
	size_t len;
	FILE *file = open_memstream(&out, &len);

	assert_int_equal(filter_parse(&f, "section ^ *crypto|b", error, sizeof(error)), 0);
	filter_apply(&f, text, file);
	fclose(file);
	filter_fini(&f);
	assert_string_equal(out, " b\n  c\n crypto\n  x\ncrypto\n z\n");
	free(out);
}

static void redirect_writes_and_append_adds(void **)
{
	char path[] = "/tmp/filter_test.XXXXXX", line[320], error[128], got[32] = "";
	int fd = mkstemp(path);
	struct filter f;
	FILE *file;

	assert_true(fd >= 0);
	close(fd);
	snprintf(line, sizeof(line), "redirect %s", path);
	assert_int_equal(filter_parse(&f, line, error, sizeof(error)), 0);
	assert_true(filter_is_file(&f));
	assert_int_equal(filter_write(&f, "gone"), 0);
	assert_int_equal(filter_write(&f, "one\n"), 0);
	filter_fini(&f);
	snprintf(line, sizeof(line), "append %s", path);
	assert_int_equal(filter_parse(&f, line, error, sizeof(error)), 0);
	assert_int_equal(filter_write(&f, "two\n"), 0);
	filter_fini(&f);
	file = fopen(path, "re");
	assert_non_null(file);
	fread(got, 1, sizeof(got) - 1, file);
	fclose(file);
	unlink(path);
	assert_string_equal(got, "one\ntwo\n");
	assert_int_equal(filter_parse(&f, "redirect /nonexistent/x", error, sizeof(error)), 0);
	assert_int_equal(filter_write(&f, "x"), -ENOENT);
	filter_fini(&f);
}

static void wrong_filters_say_why(void **)
{
	static const char *const wrong[] = {"",	       "  ",	    "what x",	  "section",
					    "grep -v", "redirect",  "append a b", "include",
					    "json x",  "include (", "includes x"};
	char error[128];
	struct filter f;

	for (size_t i = 0; i < array_len(wrong); i++) {
		*error = '\0';
		assert_int_equal(filter_parse(&f, wrong[i], error, sizeof(error)), -EINVAL);
		assert_true(*error);
	}
}

static void json_is_left_to_the_caller(void **)
{
	char error[128];
	struct filter f;

	assert_int_equal(filter_parse(&f, "json", error, sizeof(error)), 0);
	assert_int_equal(f.kind, FILTER_JSON);
	filter_fini(&f);
}

static void choices_name_filters_then_expression(void **)
{
	struct config_choice rows[16];

	assert_int_equal(filter_choices("", rows, array_len(rows)), 9);
	assert_string_equal(rows[0].word, "append");
	assert_int_equal(filter_choices(" i", rows, array_len(rows)), 1);
	assert_string_equal(rows[0].word, "include");
	assert_int_equal(filter_choices(" i ", rows, array_len(rows)), 1);
	assert_string_equal(rows[0].word, "LINE");
	assert_false(rows[0].keyword);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_filter_passes_its_lines),
		cmocka_unit_test(bar_in_expression_is_alternation),
		cmocka_unit_test(blanks_inside_expression_count),
		cmocka_unit_test(grep_is_that_of_an_asa),
		cmocka_unit_test(section_takes_what_is_indented_below),
		cmocka_unit_test(redirect_writes_and_append_adds),
		cmocka_unit_test(wrong_filters_say_why),
		cmocka_unit_test(json_is_left_to_the_caller),
		cmocka_unit_test(choices_name_filters_then_expression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
