/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who a client of the API is and what it may do without a password. The kernel says its user id;
 * the names of the system's users are read once, before the sandbox, for the files of the system
 * are out of reach later. Privileges are those of IOS: 1 looks, 15 does everything.
 *
 * Root, and the user this process runs as, have all. Somebody else of our group has what
 * `username NAME privilege N` says of the name; without such a line all, unless passwords are
 * asked for here at all: then whoever has no line, or no name, has to type `enable`.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ACCESS_NAME = CONFIG_REMOTE_NAME,
	ACCESS_USERS_MAX = 4096, /* names kept; the others are only numbers */
};

struct access_user {
	uint32_t uid;
	char name[ACCESS_NAME];
};

struct access {
	struct access_user *users; /* owned */
	size_t n;
};

/* Reads the users of the system. 0 or -ENOMEM. */
int must_check access_init(struct access *a);
void access_fini(struct access *a);

/* The name of a user id, or "uid 1000". */
void access_name(const struct access *a, uint32_t uid, char name[static ACCESS_NAME]);
/* Whether the other end of a socket may talk to us at all, and who it is, said by the kernel. */
bool must_check access_allowed(int fd, uint32_t *uid);
/* What such a client may do, 0 to 15. */
unsigned access_granted(const struct config *config, uint32_t uid, const char *name);
