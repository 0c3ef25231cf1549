/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SAs that a dead predecessor of this process left with the workers. They go on forwarding;
 * nothing is known of them but what the statistics segment says. Their slots stay taken until
 * their own lifetime is over, then they are removed; a little earlier their tunnel is asked to
 * negotiate anew, and a new SA takes the place of the outbound half whenever it comes.
 */
#pragma once

#include "controlplane/plane_client.h"
#include "controlplane/sa_counters.h"
#include "controlplane/slots.h"
#include "controlplane/tunnels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ORPHANS_EARLY_MS = 30000,
};

/* The index of one that is no tunnel's. */
#define ORPHANS_STRAY UINT32_MAX

struct orphan {
	unsigned worker;
	uint32_t spi_in;
	uint32_t spi_out; /* 0 = none, or replaced */
	uint32_t index;	  /* tunnel at the worker, or ORPHANS_STRAY */
	uint64_t hard_ms; /* UINT64_MAX = no limit */
	bool dynamic;	  /* of a tunnel that nobody knows any more */
	bool asked;
	bool removing;
};

struct orphans {
	struct orphan *rows; /* owned */
	size_t n;
	const struct plane *plane;
	struct slots *slots;
	struct plane_client *client;
	/* A tunnel of a worker needs a new SA. */
	void (*want)(void *ctx, unsigned worker, uint32_t index);
	void *ctx;
};

/* Finds them. 0 or -ENOMEM. slots, client and the callback are set by the caller before. */
int must_check orphans_adopt(struct orphans *o);
void orphans_fini(struct orphans *o);
/* One that is known after all is no orphan; its slot stays taken. */
void orphans_release(struct orphans *o, uint32_t spi_in);
/* Removes those of one tunnel of a worker now. Returns how many. */
size_t orphans_remove(struct orphans *o, unsigned worker, uint32_t index);
/* Removes those of dynamic tunnels, whose numbers may mean another tunnel now. */
void orphans_remove_dynamic(struct orphans *o);
/* The same at every worker that has SAs of a tunnel. */
size_t orphans_remove_tunnel(struct orphans *o, const struct tunnel *t);
/* Those of every tunnel with this peer and of this crypto map (NULL = any). Returns how many. */
size_t orphans_remove_matching(struct orphans *o, const struct tunnels *set,
			       const struct addr *peer, const char *map);
/* Whether a tunnel has any. */
bool orphans_has(const struct orphans *o, const struct tunnel *t);
/* Adds what those of a tunnel have carried. */
void orphans_count(const struct orphans *o, const struct tunnel *t, struct sa_counters *sum);
/* Returns the clock_now_ms() it wants to run again, UINT64_MAX for never. */
uint64_t orphans_run(struct orphans *o, uint64_t now_ms);
/* A worker says that this SA has come to a limit. */
void orphans_limit(struct orphans *o, unsigned worker, uint32_t spi);
