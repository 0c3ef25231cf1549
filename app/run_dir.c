/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/run_dir.h"

#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The group makes files, the sticky bit keeps it from removing ours. */
enum {
	MODE = 01770
};

/* It must be root's: another owner could change what is in it while we use it. */
static int own(int fd, gid_t group)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid != 0)
		return -EPERM;
	return fchown(fd, 0, group) || fchmod(fd, MODE) ? -errno : 0;
}

/* Where the descriptor is, whatever the path leads to by now. */
static int take_path(struct run_dir *dir, int fd)
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, dir->path, sizeof(dir->path));
	if (n < 0)
		return -errno;
	if ((size_t)n >= sizeof(dir->path))
		return -ENAMETOOLONG;
	dir->path[n] = '\0';
	return 0;
}

static int make(struct run_dir *dir, const char *path, gid_t group)
{
	size_t len = strlen(path);
	int fd, rc;

	if (len >= sizeof(dir->path))
		return -ENAMETOOLONG;
	/* with a slash behind it a link would be followed */
	while (len > 1 && path[len - 1] == '/')
		len--;
	snprintf(dir->path, sizeof(dir->path), "%.*s", (int)len, path);
	if (mkdir(dir->path, MODE) && errno != EEXIST)
		return -errno;
	fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = own(fd, group);
	if (rc == 0)
		rc = take_path(dir, fd);
	close(fd);
	return rc;
}

static void log_holder(const struct run_dir *dir)
{
	char pid[16] = "";
	ssize_t n = pread(dir->lock, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	log_error(
		"another culvertd (process %s) runs with --run-dir %s: stop it, or choose another "
		"--run-dir",
		pid, dir->path);
}

static int take_lock(struct run_dir *dir)
{
	char name[sizeof(dir->path) + 16];

	snprintf(name, sizeof(name), "%s/culvertd.pid", dir->path);
	dir->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (dir->lock < 0)
		return -errno;
	if (flock(dir->lock, LOCK_EX | LOCK_NB)) {
		log_holder(dir);
		close(dir->lock);
		dir->lock = -1;
		return -EBUSY;
	}
	if (ftruncate(dir->lock, 0) || dprintf(dir->lock, "%d\n", getpid()) < 0)
		return -errno;
	return 0;
}

int run_dir_open(struct run_dir *dir, const char *path, gid_t group)
{
	int rc;

	*dir = (struct run_dir){.lock = -1};
	rc = make(dir, path, group);
	if (rc == 0)
		rc = take_lock(dir);
	if (rc && rc != -EBUSY)
		log_error("cannot use the run directory %s (%s): choose another --run-dir", path,
			  strerror(-rc));
	return rc;
}

static void remove_file(const struct run_dir *dir, const char *name)
{
	char path[sizeof(dir->path) + 32];

	snprintf(path, sizeof(path), "%s/%s", dir->path, name);
	unlink(path);
}

void run_dir_close(struct run_dir *dir)
{
	if (dir->lock < 0)
		return;
	remove_file(dir, "api.sock");
	remove_file(dir, "culvertd.pid");
	close(dir->lock);
	dir->lock = -1;
	rmdir(dir->path); /* stays when somebody else keeps something there */
}
