/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of `logging file`: appended to, put aside when it is full, and nowhere else. */
#include "dataplane/log_file.h"

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char config[64], path[96], aside[96];
static struct log_file file;

static int make(void **)
{
	char folder[] = "/tmp/log_file_test.XXXXXX";

	assert_non_null(mkdtemp(folder));
	snprintf(config, sizeof(config), "%s/a.conf", folder);
	snprintf(path, sizeof(path), "%s.log/events", config);
	snprintf(aside, sizeof(aside), "%s.log/events.1", config);
	return 0;
}

static int destroy(void **)
{
	log_file_close(&file);
	unlink(path);
	unlink(aside);
	snprintf(path, sizeof(path), "%s.log", config);
	rmdir(path);
	*strrchr(config, '/') = '\0';
	return rmdir(config);
}

static int append(const char *name, const char *text, uint32_t most)
{
	struct plane_log log = {.len = (uint16_t)strlen(text), .most_bytes = most};

	memcpy(log.name, name, strlen(name));
	memcpy(log.text, text, log.len);
	return log_file_append(&file, config, &log);
}

static void assert_holds(const char *where, const char *text)
{
	char found[256] = "";
	FILE *in = fopen(where, "re");

	assert_non_null(in);
	assert_true(fread(found, 1, sizeof(found) - 1, in) > 0 || !*text);
	fclose(in);
	assert_string_equal(found, text);
}

static void lines_are_appended_and_nobody_else_may_read(void **)
{
	struct stat st;

	assert_int_equal(append("events", "one ", 0), 0);
	assert_int_equal(append("events", "line\n", 0), 0);
	log_file_close(&file);
	assert_int_equal(append("events", "two\n", 0), 0);
	assert_holds(path, "one line\ntwo\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0007, 0);
}

static void a_full_file_is_put_aside_behind_a_whole_line(void **)
{
	assert_int_equal(append("events", "12345678", 8), 0);
	assert_int_equal(append("events", "9\n", 8), 0);
	assert_int_equal(append("events", "new\n", 8), 0);
	assert_holds(aside, "123456789\n");
	assert_holds(path, "new\n");
}

static void a_file_that_was_taken_away_is_made_anew(void **)
{
	assert_int_equal(append("events", "old\n", 0), 0);
	unlink(path);
	assert_int_equal(append("events", "new\n", 0), 0);
	assert_holds(path, "new\n");
}

static void names_lead_nowhere_else(void **)
{
	static const char *const names[] = {"", ".", "..", ".hidden", "../a.conf", "a/b", "/etc/x"};
	struct plane_log log = {.len = 1, .text = "x"};

	for (size_t i = 0; i < array_len(names); i++)
		assert_int_equal(append(names[i], "x\n", 0), -EINVAL);
	memset(log.name, 'a', sizeof(log.name));
	assert_int_equal(log_file_append(&file, config, &log), -EINVAL);
	log = (struct plane_log){.name = "events", .len = PLANE_LOG_TEXT + 1};
	assert_int_equal(log_file_append(&file, config, &log), -EINVAL);
	assert_int_equal(access(path, F_OK), -1);
}

static void a_link_is_not_followed(void **)
{
	assert_int_equal(append("events", "x\n", 0), 0);
	log_file_close(&file);
	unlink(path);
	assert_int_equal(symlink("/tmp/log_file_test.elsewhere", path), 0);
	assert_int_equal(append("events", "x\n", 0), -ELOOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_appended_and_nobody_else_may_read, make,
						destroy),
		cmocka_unit_test_setup_teardown(a_full_file_is_put_aside_behind_a_whole_line, make,
						destroy),
		cmocka_unit_test_setup_teardown(a_file_that_was_taken_away_is_made_anew, make,
						destroy),
		cmocka_unit_test_setup_teardown(names_lead_nowhere_else, make, destroy),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, make, destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
