/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/save.h"

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static int make_folder(void **)
{
	strcpy(folder, "/tmp/save_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/culvert.conf", folder);
	return 0;
}

static int remove_folder(void **)
{
	unlink(path);
	return rmdir(folder); /* fails when a temporary file was left */
}

static size_t slurp(char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static void replaces_the_file_and_keeps_it_private(void **)
{
	char text[64];
	struct stat st;

	assert_int_equal(save_file(path, "first", 5), 0);
	assert_int_equal(save_file(path, "second one", 10), 0);
	assert_int_equal(slurp(text, sizeof(text)), 10);
	assert_memory_equal(text, "second one", 10);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void open_readers_keep_the_old_file(void **)
{
	char text[8] = "";
	int fd;

	assert_int_equal(save_file(path, "old", 3), 0);
	fd = open(path, O_RDONLY);
	assert_int_equal(save_file(path, "new", 3), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 3);
	assert_string_equal(text, "old");
	close(fd);
}

static void reports_a_folder_that_is_not_there(void **)
{
	assert_int_equal(save_file("/nowhere/at/all.conf", "x", 1), -ENOENT);
}

static void leaves_nothing_behind_when_it_cannot_replace(void **)
{
	assert_int_equal(mkdir(path, 0700), 0); /* a folder cannot be replaced by a file */
	assert_int_equal(save_file(path, "x", 1), -EISDIR);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replaces_the_file_and_keeps_it_private, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(open_readers_keep_the_old_file, make_folder,
						remove_folder),
		cmocka_unit_test(reports_a_folder_that_is_not_there),
		cmocka_unit_test_setup_teardown(leaves_nothing_behind_when_it_cannot_replace,
						make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
