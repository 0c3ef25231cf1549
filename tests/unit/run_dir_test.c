/* SPDX-License-Identifier: BSD-3-Clause */
/* The run directory is made, or taken when it is root's; nothing else is touched. Needs root. */
#include "app/run_dir.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	GROUP = 12345,
	STRANGER = 12346
};

static char folder[32];
static char path[64];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/run_dir_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/run", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	rmdir(path);
	return rmdir(folder);
}

static struct stat look(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	return st;
}

static void is_made_for_the_group(void **state)
{
	struct run_dir dir;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(run_dir_open(&dir, path, GROUP), 0);
	assert_string_equal(dir.path, path);
	assert_int_equal(look(path).st_mode & 07777, 01770);
	assert_int_equal(look(path).st_gid, GROUP);
	run_dir_close(&dir);
	assert_int_equal(access(path, F_OK), -1);
}

static void link_is_not_followed(void **state)
{
	const char *const ends[] = {"", "/", "//"};
	char name[sizeof(path) + 8];
	struct run_dir dir;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(symlink(folder, path), 0);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		assert_int_not_equal(run_dir_open(&dir, name, GROUP), 0);
		assert_int_equal(look(folder).st_mode & 07777, 0700);
		assert_int_not_equal(look(folder).st_gid, GROUP);
	}
}

static void directory_of_somebody_else_is_refused(void **state)
{
	struct run_dir dir;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(chown(path, STRANGER, 0), 0);
	assert_int_equal(run_dir_open(&dir, path, GROUP), -EPERM);
	assert_int_equal(look(path).st_uid, STRANGER);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(is_made_for_the_group),
		CASE(link_is_not_followed),
		CASE(directory_of_somebody_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
