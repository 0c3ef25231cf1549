/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/files.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *of;
} own[] = {
	{"running-config", "running"},
	{"system:running-config", "running"},
	{"startup-config", "startup"},
	{"nvram:startup-config", "startup"},
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* The text of a file; NULL and errno. */
static char *read_text(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = in ? malloc(FILES_BYTES_MAX + 1) : NULL;
	size_t n = text ? fread(text, 1, FILES_BYTES_MAX + 1, in) : 0;
	int error = in && ferror(in) ? errno : n > FILES_BYTES_MAX ? EFBIG : 0;

	if (in)
		fclose(in);
	if (text && !error) {
		text[n] = '\0';
		return text;
	}
	free(text);
	errno = error ? error : errno;
	return NULL;
}

static json_t *source_of_file(struct shell *shell, const char *path, const char *kind)
{
	char *text = read_text(path);
	json_t *value = text ? json_string(text) : NULL;

	if (!text)
		report_text(shell, "%%Error opening %s (%s)", path, strerror(errno));
	else if (!value)
		report_text(shell, "%%Error opening %s (it is not UTF-8 text)", path);
	wipe(text);
	return value ? json_pack("{s:o}", kind, value) : NULL;
}

json_t *files_source(struct shell *shell, const char *name, const char *kind)
{
	for (size_t i = 0; i < array_len(own); i++)
		if (strcmp(name, own[i].name) == 0)
			return json_pack("{s:s}", "of", own[i].of);
	return source_of_file(shell, name, kind);
}

int files_sources(struct shell *shell, json_t *params)
{
	static const char *const names[] = {"from", "to"};

	for (size_t i = 0; i < array_len(names); i++) {
		const json_t *word = json_object_get(params, names[i]);
		json_t *source;

		if (!json_is_string(word))
			continue;
		source = files_source(shell, json_string_value(word), "text");
		if (!source)
			return 1;
		json_object_set_new(params, names[i], source);
	}
	return 0;
}

bool files_may_write(struct shell *shell, const char *path)
{
	char answer[16];

	if (access(path, F_OK) || !shell->ask)
		return true;
	fputs("%Warning:There is a file already existing with this name\n", shell->out);
	return shell->ask(shell->terminal, "Do you want to over write? [confirm]", answer,
			  sizeof(answer)) &&
	       (!*answer || *answer == 'y' || *answer == 'Y');
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Keys are in it: what was there is whole until all of this is, and a link leads nowhere. */
static int write_beside(const char *path, const char *text)
{
	char beside[PATH_MAX];
	int n = snprintf(beside, sizeof(beside), "%s.XXXXXX", path), fd, err;

	if (n >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, text, strlen(text));
	if (err == 0 && fsync(fd) < 0)
		err = -errno;
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(beside, path) < 0)
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

/* What is no file has no owner to protect, and nothing to lose. */
static int write_into(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	int err = fd < 0 ? -errno : write_all(fd, text, strlen(text));

	if (fd >= 0 && close(fd) < 0 && err == 0)
		err = -errno;
	return err;
}

long files_write(struct shell *shell, const char *path, const char *text)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;
	int err = there && !S_ISREG(st.st_mode) ? write_into(path, text) : write_beside(path, text);

	if (err == 0)
		return (long)strlen(text);
	report_text(shell, "%%Error writing %s (%s)", path, strerror(-err));
	return -1;
}
