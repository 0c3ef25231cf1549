/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/save.h"

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static void assert_holds(const char *text)
{
	char got[64];

	assert_int_equal(slurp(got, sizeof(got)), strlen(text));
	assert_memory_equal(got, text, strlen(text));
}

/* H191: the disk is full at each byte. */
static void full_disk_leaves_the_old_file(void **)
{
	static const char text[] = "hostname of the new one";
	struct rlimit none = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY}, limit = none;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(save_file(path, "old", 3), 0);
	for (size_t n = 0; n < strlen(text); n++) {
		limit.rlim_cur = n;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(save_file(path, text, strlen(text)), -EFBIG);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
		assert_holds("old");
	}
	assert_int_equal(save_file(path, text, strlen(text)), 0);
	assert_holds(text);
}

/* Saves and is killed when it enters its n-th system call; false when it made fewer. */
static bool killed_at(unsigned n, const char *text)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(save_file(path, text, strlen(text)) ? 1 : 0);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	for (unsigned stops = 0; WIFSTOPPED(status); stops++) {
		if (stops == n) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			return true;
		}
		ptrace(PTRACE_SYSCALL, child, NULL, NULL);
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return false;
}

static void remove_temporaries(void)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		if (strncmp(e->d_name, "culvert.conf.", 13) == 0)
			assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
	closedir(dir);
}

/* H192: at each system call the file is the old one or the new one, whole. */
static void killed_at_each_call_leaves_one_whole_file(void **)
{
	unsigned n = 0, old = 0, new = 0;
	bool killed;

	do {
		char got[16] = "";

		assert_int_equal(save_file(path, "old", 3), 0);
		killed = killed_at(n++, "the new one");
		slurp(got, sizeof(got) - 1);
		old += strcmp(got, "old") == 0;
		new += strcmp(got, "the new one") == 0;
		assert_int_equal(old + new, n);
		remove_temporaries();
	} while (killed);
	assert_true(old > 5 && new > 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replaces_the_file_and_keeps_it_private, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(open_readers_keep_the_old_file, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(full_disk_leaves_the_old_file, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(killed_at_each_call_leaves_one_whole_file,
						make_folder, remove_folder),
		cmocka_unit_test(reports_a_folder_that_is_not_there),
		cmocka_unit_test_setup_teardown(leaves_nothing_behind_when_it_cannot_replace,
						make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
