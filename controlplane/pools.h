/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The addresses of remote access clients: who has which, out of the ranges of `ip local pool` in
 * their order. The configuration is asked anew each time, so a changed pool takes effect with the
 * next client. A user who comes back gets the address it had, as long as nobody else needed it.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_remote.h"
#include "lib/net/addr.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	POOLS_BUCKETS = 4096,
	POOLS_REMEMBERED = 4096, /* addresses given back whose last user is still known */
};

struct pools_lease {
	LIST_ENTRY(pools_lease) bucket_link; /* by address */
	TAILQ_ENTRY(pools_lease) link;	     /* remembered, oldest first */
	uint32_t address;		     /* host order */
	uint64_t peer;			     /* has it; 0 = given back */
	uint64_t user; /* hash of who has or had it; 0 = nobody in particular */
};

LIST_HEAD(pools_bucket, pools_lease);
TAILQ_HEAD(pools_list, pools_lease);

struct pools {
	struct pools_bucket buckets[POOLS_BUCKETS];
	struct pools_list remembered; /* owned, as those in use are by their bucket */
	size_t n_remembered;
	size_t n_used;
};

struct pools_request {
	const struct config_remote *config;
	const struct config_group *group; /* its pools, its netmask */
	uint64_t peer;			  /* never 0 */
	const char *user;		  /* "" = nobody in particular */
	struct addr framed;		  /* this one and no other; NONE = any of the pools */
	struct addr wanted;		  /* this one if it is free; NONE */
};

void pools_init(struct pools *p);
void pools_fini(struct pools *p);
/*
 * An address for a peer: the one it has, the framed one, the one its user had before, the wanted
 * one, else the first that is free (one that nobody is remembered for, if there is). 0, -ENOSPC, or
 * -ENOMEM.
 */
int must_check pools_take(struct pools *p, const struct pools_request *request, struct addr *out);
/* The peer is gone; `address` is the one it had. */
void pools_release(struct pools *p, const struct addr *address, uint64_t peer);
/* Addresses of a range in use. */
uint32_t pools_used(const struct pools *p, const struct config_range *range);
