/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/pki_dir.h"

#include "dataplane/save.h"
#include "lib/base/log.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int folder_of(const char *config_path, char *out)
{
	return snprintf(out, PATH_MAX, "%s.pki", config_path) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool is_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') && strlen(name) < PKI_DIR_NAME_MAX;
}

static int read_whole(int fd, uint8_t *to, size_t len)
{
	while (len) {
		ssize_t n = read(fd, to, len);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		to += n;
		len -= (size_t)n;
	}
	return 0;
}

static int append(int folder, const char *name, struct wbuf *w)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct wbuf before = *w;
	struct stat st;
	uint8_t *to;
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		rc = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > PKI_DIR_FILE_MAX)
		rc = -EFBIG;
	if (rc == 0) {
		wbuf_u8(w, (uint8_t)strlen(name));
		wbuf_u32(w, (uint32_t)st.st_size);
		wbuf_bytes(w, name, strlen(name));
		to = wbuf_room(w, (size_t)st.st_size);
		rc = to ? read_whole(fd, to, (size_t)st.st_size) : -ENOSPC;
	}
	if (rc)
		*w = before;
	close(fd);
	return rc;
}

int pki_dir_read(const char *config_path, uint8_t *blob, size_t size, size_t *len)
{
	struct wbuf w = wbuf_of(blob, size);
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int rc = folder_of(config_path, path);

	if (rc)
		return rc;
	*len = 0;
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir))) {
		if (!is_name(entry->d_name))
			continue;
		rc = append(dirfd(dir), entry->d_name, &w);
		if (rc)
			log_warning("%s/%s is left out: %s", path, entry->d_name, strerror(-rc));
	}
	closedir(dir);
	*len = w.len;
	return 0;
}

int pki_dir_save(const char *config_path, const uint8_t *blob, size_t len)
{
	struct rbuf b = rbuf_of(blob, len);
	size_t name_len = rbuf_u8(&b), bytes = rbuf_u32(&b);
	const uint8_t *name = rbuf_take(&b, name_len), *data = rbuf_take(&b, bytes);
	char file[PKI_DIR_NAME_MAX] = "", folder[PATH_MAX], path[PATH_MAX + PKI_DIR_NAME_MAX];
	int rc = folder_of(config_path, folder);

	if (rc)
		return rc;
	if (!rbuf_done(&b) || name_len >= sizeof(file) || bytes > PKI_DIR_FILE_MAX)
		return -EINVAL;
	memcpy(file, name, name_len);
	if (strlen(file) != name_len || !is_name(file))
		return -EINVAL;
	if (mkdir(folder, 0700) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	if (bytes)
		return save_file(path, data, bytes);
	return unlink(path) && errno != ENOENT ? -errno : 0;
}
