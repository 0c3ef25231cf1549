/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FOLDER_MODE = 0750,
	FILE_MODE = 0640,
};

void log_file_close(struct log_file *f)
{
	if (f->open)
		close(f->fd);
	*f = (struct log_file){.open = false};
}

static bool is_name(const char *name)
{
	return name[0] && name[0] != '.' && memchr(name, '\0', PLANE_LOG_NAME) &&
	       !strchr(name, '/');
}

static int path_of(const char *config_path, const char *name, const char *suffix, char *out)
{
	int n = snprintf(out, PATH_MAX, "%s.log%s%s%s", config_path, *name ? "/" : "", name,
			 suffix);

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int open_file(struct log_file *f, const char *config_path, const char *name)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct stat st;

	if (path_of(config_path, "", "", folder) || path_of(config_path, name, "", path))
		return -ENAMETOOLONG;
	if (mkdir(folder, FOLDER_MODE) && errno != EEXIST)
		return -errno;
	f->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		     FILE_MODE);
	if (f->fd < 0)
		return -errno;
	f->open = true;
	if (fstat(f->fd, &st) || !S_ISREG(st.st_mode)) {
		log_file_close(f);
		return -EINVAL;
	}
	f->bytes = (uint64_t)st.st_size;
	memcpy(f->name, name, strlen(name) + 1);
	return 0;
}

/* The one of that name, made anew when somebody took it away. */
static int reach(struct log_file *f, const char *config_path, const char *name)
{
	struct stat st;

	if (f->open && (strcmp(f->name, name) != 0 || fstat(f->fd, &st) || st.st_nlink == 0))
		log_file_close(f);
	return f->open ? 0 : open_file(f, config_path, name);
}

static int put_aside(struct log_file *f, const char *config_path)
{
	char from[PATH_MAX], to[PATH_MAX];
	int err = path_of(config_path, f->name, "", from);

	if (!err)
		err = path_of(config_path, f->name, ".1", to);
	log_file_close(f);
	if (!err && rename(from, to))
		err = -errno;
	return err;
}

int log_file_append(struct log_file *f, const char *config_path, const struct plane_log *log)
{
	ssize_t n;
	int err;

	if (!is_name(log->name) || log->len == 0 || log->len > sizeof(log->text))
		return -EINVAL;
	err = reach(f, config_path, log->name);
	if (err)
		return err;
	n = write(f->fd, log->text, log->len);
	if (n != log->len)
		return n < 0 ? -errno : -ENOSPC;
	f->bytes += log->len;
	if (log->most_bytes && f->bytes >= log->most_bytes && log->text[log->len - 1] == '\n')
		return put_aside(f, config_path);
	return 0;
}
