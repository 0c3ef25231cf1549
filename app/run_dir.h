/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The run directory of one instance: made with the rights that let culvert-iked put its socket
 * there, locked by culvertd.pid so that two instances never share one.
 */
#pragma once

#include "lib/base/compat.h"

#include <limits.h>
#include <sys/types.h>

struct run_dir {
	char path[256]; /* absolute */
	int lock;	/* descriptor of culvertd.pid, -1 when not held */
};

/*
 * Makes the directory (root:group, 1770) and takes its lock. One that is there already must be
 * root's and no symbolic link. 0, or -errno with a logged sentence.
 */
int must_check run_dir_open(struct run_dir *dir, const char *path, gid_t group);
/* Removes what this instance left there and gives the lock back. */
void run_dir_close(struct run_dir *dir);
