/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may do what: culvertd keeps user root but only the capabilities it needs, from before its
 * threads exist; culvert-iked gets a user of its own and no capability at all.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <sys/types.h>

#define PRIVILEGES_USER "culvert"

struct privileges {
	uid_t uid; /* of culvert-iked */
	gid_t gid;
};

/* Checks that we are root and that the user exists. -EPERM or -ENOENT with a logged sentence. */
int must_check privileges_check(struct privileges *p);
/*
 * Reduces this process to what the configuration needs; both paths are absolute. Call it before any
 * thread is made: capabilities belong to threads.
 */
int must_check privileges_reduce(const struct config *config, const char *config_path,
				 const char *run_dir);
/* In the child: becomes the user, for good. 0 or -errno. */
int must_check privileges_become(const struct privileges *p);
