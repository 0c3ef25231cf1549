/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_layout.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECTION_ALIGN = 64,
	TUNNELS_MAX = 1 << 20
};

/* Takes bytes at the cursor and returns where they start. */
static uint64_t section(uint64_t *at, uint64_t bytes)
{
	uint64_t start = *at;

	*at = (start + bytes + SECTION_ALIGN - 1) & ~(uint64_t)(SECTION_ALIGN - 1);
	return start;
}

/* Every offset follows from the parameters, so that attach can demand exactly these. */
static void lay_out(struct plane_header *h, const struct plane_params *params)
{
	uint64_t msgs = plane_ring_bytes();
	uint64_t cells = plane_ring_cells_bytes();
	uint64_t n = params->n_workers;
	uint64_t at = 0;

	section(&at, sizeof(*h));
	h->to_main = section(&at, msgs);
	h->from_main = section(&at, msgs);
	for (unsigned i = 0; i < n; i++) {
		h->to_worker[i] = section(&at, msgs);
		h->from_worker[i] = section(&at, msgs);
		h->datagrams_up[i] = section(&at, cells);
		h->datagrams_down[i] = section(&at, cells);
		h->captured[i] = section(&at, cells);
	}
	h->stats_main = section(&at, sizeof(struct plane_stats_main));
	h->stats_worker = section(&at, n * sizeof(struct plane_stats_worker));
	h->stats_in = section(&at, n * params->n_slots * sizeof(struct plane_stats_in));
	h->stats_out = section(&at, n * params->n_slots * sizeof(struct plane_stats_out));
	h->stats_reorder = section(&at, n * params->n_slots * sizeof(struct plane_stats_reorder));
	h->stats_tunnel = section(&at, n * params->n_tunnels * sizeof(struct plane_stats_tunnel));
	h->stats_hits = section(&at, n * PLANE_ACL_LINES * sizeof(uint64_t));
	h->stats_class = section(&at, n * PLANE_CLASSES * sizeof(struct plane_stats_class));
	h->blob = section(&at, PLANE_BLOB_BYTES);
	h->kept = section(&at, sizeof(struct plane_kept));
	h->params = *params;
	h->total_bytes = at;
	h->magic = PLANE_MAGIC;
	h->version = PLANE_VERSION;
	h->msg_bytes = sizeof(struct plane_msg);
}

static bool params_valid(const struct plane_params *p)
{
	return p->n_workers >= 1 && p->n_workers <= PLANE_WORKERS_MAX && p->n_slots >= 1 &&
	       p->n_slots <= 1u << PLANE_SLOT_BITS && p->n_tunnels >= 1 &&
	       p->n_tunnels <= TUNNELS_MAX;
}

static void resolve(struct plane *plane)
{
	const struct plane_header *h = plane->header;
	uint8_t *base = (uint8_t *)plane->header;

	plane->to_main = (void *)(base + h->to_main);
	plane->from_main = (void *)(base + h->from_main);
	for (unsigned i = 0; i < h->params.n_workers; i++) {
		plane->to_worker[i] = (void *)(base + h->to_worker[i]);
		plane->from_worker[i] = (void *)(base + h->from_worker[i]);
		plane->datagrams_up[i] = (void *)(base + h->datagrams_up[i]);
		plane->datagrams_down[i] = (void *)(base + h->datagrams_down[i]);
		plane->captured[i] = (void *)(base + h->captured[i]);
	}
	plane->stats_main = (void *)(base + h->stats_main);
	plane->stats_worker = (void *)(base + h->stats_worker);
	plane->stats_in = (void *)(base + h->stats_in);
	plane->stats_out = (void *)(base + h->stats_out);
	plane->stats_reorder = (void *)(base + h->stats_reorder);
	plane->stats_tunnel = (void *)(base + h->stats_tunnel);
	plane->stats_hits = (void *)(base + h->stats_hits);
	plane->stats_class = (void *)(base + h->stats_class);
	plane->blob = base + h->blob;
	plane->kept = (void *)(base + h->kept);
}

/* Maps the first total bytes of plane->fd. */
static int map(struct plane *plane, size_t total)
{
	void *base = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_SHARED, plane->fd, 0);

	if (base == MAP_FAILED)
		return -errno;
	plane->header = base;
	plane->bytes = total;
	return 0;
}

/* A memory file whose size nobody can change any more: a mapping of it never faults. */
static int create_file(uint64_t bytes)
{
	int fd = memfd_create("culvert-plane", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)bytes) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int plane_layout_create(struct plane *plane, const struct plane_params *params,
			const char *config_path, const char *run_dir)
{
	struct plane_header h = {.boot_ms = clock_now_ms()};
	int rc = -EINVAL;

	*plane = (struct plane){.fd = -1};
	if (!params_valid(params) || strlen(config_path) >= sizeof(h.config_path) ||
	    strlen(run_dir) >= sizeof(h.run_dir))
		goto err;
	snprintf(h.config_path, sizeof(h.config_path), "%s", config_path);
	snprintf(h.run_dir, sizeof(h.run_dir), "%s", run_dir);
	memcpy(plane->config_path, h.config_path, sizeof(plane->config_path));
	lay_out(&h, params);
	rc = plane->fd = create_file(h.total_bytes);
	if (rc < 0)
		goto err;
	rc = map(plane, h.total_bytes);
	if (rc)
		goto err;
	*plane->header = h;
	resolve(plane);
	return 0;
err:
	log_error("cannot create the memory shared with culvert-iked: %s", strerror(-rc));
	plane_layout_fini(plane);
	return rc;
}

static bool header_valid(const struct plane_header *h, size_t file_bytes)
{
	struct plane_header want;

	if (h->magic != PLANE_MAGIC || h->version != PLANE_VERSION || !params_valid(&h->params) ||
	    h->total_bytes != file_bytes)
		return false;
	want = *h;
	lay_out(&want, &h->params);
	return memcmp(&want, h, sizeof(want)) == 0;
}

int plane_layout_attach(struct plane *plane, int fd)
{
	struct stat st;
	int rc;

	*plane = (struct plane){.fd = fd};
	if (fstat(fd, &st))
		rc = -errno;
	else if (st.st_size < (off_t)sizeof(struct plane_header))
		rc = -EPROTO;
	else
		rc = map(plane, (size_t)st.st_size);
	if (rc == 0 && !header_valid(plane->header, plane->bytes))
		rc = -EPROTO;
	if (rc) {
		plane->fd = -1; /* stays the caller's */
		plane_layout_fini(plane);
		return rc;
	}
	resolve(plane);
	return 0;
}

void plane_layout_fini(struct plane *plane)
{
	if (plane->header)
		munmap(plane->header, plane->bytes);
	if (plane->fd >= 0)
		close(plane->fd);
	*plane = (struct plane){.fd = -1};
}
