/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reverse route injection (R072): while a tunnel of an entry with reverse-route is up there is a
 * route to what is behind its peer, through the way to the peer or through what the entry says. One
 * route comes or goes with a tunnel, whatever their number; all are looked at only when the other
 * routes have changed. Tunnels of the same network and peer share one.
 */
#pragma once

#include "controlplane/routes.h"
#include "controlplane/tunnels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct control;

enum {
	REVERSE_ROUTES_BUCKETS = 4096
};

struct reverse_route {
	TAILQ_ENTRY(reverse_route) link;
	LIST_ENTRY(reverse_route) bucket;
	struct prefix prefix;
	struct addr via; /* peer, or the next hop of the entry */
	uint8_t distance;
	uint32_t tag;
	unsigned uses;		 /* tunnels */
	bool is_sent;		 /* the data plane has it */
	struct plane_route sent; /* as this */
};

TAILQ_HEAD(reverse_route_list, reverse_route);
LIST_HEAD(reverse_route_bucket, reverse_route);

struct reverse_routes {
	struct reverse_route_list all;				     /* owned */
	struct reverse_route_bucket buckets[REVERSE_ROUTES_BUCKETS]; /* by prefix */
	struct reverse_route **by_handle;			     /* owned; of tunnels */
	size_t n;
};

int must_check reverse_routes_init(struct reverse_routes *r, uint32_t n_handles);
void reverse_routes_fini(struct reverse_routes *r);

/* (engine) Makes the route of a tunnel what its SAs and its entry say. */
void reverse_routes_follow(struct control *c, const struct tunnel *t);
/* (engine) The tunnel is no more. */
void reverse_routes_down(struct control *c, const struct tunnel *t);
/* c->routes is another one, or something was refused: next hops are looked for anew. */
void reverse_routes_refresh(struct control *c);
/* c->routes with these among them, by prefix. 0 or -ENOMEM (then empty). */
int must_check reverse_routes_merge(const struct control *c, struct routes *table);
