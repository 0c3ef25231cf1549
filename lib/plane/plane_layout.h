/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The shared memory file: one header, then sections at offsets. culvertd creates it (memfd), lays
 * everything out and keeps it for its whole life; culvert-iked inherits the descriptor, maps it and
 * checks magic, version and sizes before it touches anything. A new culvert-iked finds the file as
 * the dead one left it.
 *
 * Descriptors that culvert-iked inherits: PLANE_FD_MEMORY, PLANE_FD_BELL_CONTROL (rung by the data
 * plane), PLANE_FD_BELL_MAIN (wakes culvertd's main thread), PLANE_FD_BELL_WORKERS + i, and
 * PLANE_FD_CONFIG, a read-only descriptor of the configuration file (the process itself has no
 * right to open it).
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_kept.h"
#include "lib/plane/plane_msg.h"
#include "lib/plane/plane_ring.h"
#include "lib/plane/plane_stats.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PLANE_FD_MEMORY = 3,
	PLANE_FD_BELL_CONTROL = 4,
	PLANE_FD_BELL_MAIN = 5,
	PLANE_FD_CONFIG = 6,
	PLANE_FD_BELL_WORKERS = 7,
	PLANE_ACL_LINES = 32768, /* hit counters */
	PLANE_BLOB_BYTES = 4 << 20,
};

#define PLANE_MAGIC   0x54525643554c5645ull
#define PLANE_VERSION 8

struct plane_params {
	uint32_t n_workers;
	uint32_t n_slots;   /* SA pairs a worker can hold; at most 1 << PLANE_SLOT_BITS */
	uint32_t n_tunnels; /* tunnels a worker can hold */
};

struct plane_header {
	uint64_t magic;
	uint32_t version;
	uint32_t msg_bytes; /* sizeof(struct plane_msg): both sides were built alike */
	uint64_t total_bytes;
	struct plane_params params;
	uint32_t zero;
	uint64_t boot_ms;      /* clock_now_ms() when culvertd started */
	char config_path[256]; /* what `write memory` writes, for culvert-iked to name it */
	char run_dir[256];     /* the API socket is RUN_DIR/api.sock */
	/* offsets from the start of the file */
	uint64_t to_main;
	uint64_t from_main;
	uint64_t to_worker[PLANE_WORKERS_MAX];
	uint64_t from_worker[PLANE_WORKERS_MAX];
	uint64_t datagrams_up[PLANE_WORKERS_MAX];   /* worker -> control plane */
	uint64_t datagrams_down[PLANE_WORKERS_MAX]; /* control plane -> worker */
	uint64_t captured[PLANE_WORKERS_MAX];	    /* worker -> control plane */
	uint64_t stats_main;
	uint64_t stats_worker;	/* n_workers */
	uint64_t stats_in;	/* n_workers x n_slots */
	uint64_t stats_out;	/* n_workers x n_slots */
	uint64_t stats_reorder; /* n_workers x n_slots */
	uint64_t stats_tunnel;	/* n_workers x n_tunnels */
	uint64_t stats_hits;	/* n_workers x PLANE_ACL_LINES x uint64_t */
	uint64_t stats_class;	/* n_workers x PLANE_CLASSES */
	uint64_t blob;		/* PLANE_BLOB_BYTES */
	uint64_t kept;		/* struct plane_kept */
};

/* The mapped file with every offset resolved. One per process, owned by main(). */
struct plane {
	struct plane_header *header;
	size_t bytes;
	int fd;
	/* the creator's alone: culvert-iked can write the header, and this is a file of root's */
	char config_path[256];
	struct plane_ring *to_main;
	struct plane_ring *from_main;
	struct plane_ring *to_worker[PLANE_WORKERS_MAX];
	struct plane_ring *from_worker[PLANE_WORKERS_MAX];
	struct plane_ring *datagrams_up[PLANE_WORKERS_MAX];
	struct plane_ring *datagrams_down[PLANE_WORKERS_MAX];
	struct plane_ring *captured[PLANE_WORKERS_MAX];
	struct plane_stats_main *stats_main;
	struct plane_stats_worker *stats_worker;
	struct plane_stats_in *stats_in;
	struct plane_stats_out *stats_out;
	struct plane_stats_reorder *stats_reorder;
	struct plane_stats_tunnel *stats_tunnel;
	uint64_t *stats_hits;
	struct plane_stats_class *stats_class;
	uint8_t *blob;
	struct plane_kept *kept;
};

/* Creates the memory file and lays it out. 0 or -errno with a logged sentence. */
int must_check plane_layout_create(struct plane *plane, const struct plane_params *params,
				   const char *config_path, const char *run_dir);
/* Maps an existing one; owns fd when it succeeds. -EPROTO when it was made by another version. */
int must_check plane_layout_attach(struct plane *plane, int fd);
void plane_layout_fini(struct plane *plane);

/* The blocks of one worker. */
static inline struct plane_stats_in *plane_stats_in_of(const struct plane *p, unsigned worker)
{
	return p->stats_in + (size_t)worker * p->header->params.n_slots;
}

static inline struct plane_stats_reorder *plane_stats_reorder_of(const struct plane *p,
								 unsigned worker)
{
	return p->stats_reorder + (size_t)worker * p->header->params.n_slots;
}

static inline struct plane_stats_out *plane_stats_out_of(const struct plane *p, unsigned worker)
{
	return p->stats_out + (size_t)worker * p->header->params.n_slots;
}

static inline struct plane_stats_tunnel *plane_stats_tunnel_of(const struct plane *p,
							       unsigned worker)
{
	return p->stats_tunnel + (size_t)worker * p->header->params.n_tunnels;
}

static inline struct plane_stats_class *plane_stats_class_of(const struct plane *p, unsigned worker)
{
	return p->stats_class + (size_t)worker * PLANE_CLASSES;
}

static inline uint64_t *plane_stats_hits_of(const struct plane *p, unsigned worker)
{
	return p->stats_hits + (size_t)worker * PLANE_ACL_LINES;
}
