/* SPDX-License-Identifier: BSD-3-Clause */
/* Which tunnels name a peer, found by its address: the index of struct tunnels. */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct tunnel;

/* A tunnel has one for each of its peers. */
struct tunnels_peer {
	SLIST_ENTRY(tunnels_peer) link;
	struct addr addr;
	const struct tunnel *tunnel;
};

SLIST_HEAD(tunnels_peer_list, tunnels_peer);

struct tunnels_peers {
	struct tunnels_peer *rows;	   /* owned */
	struct tunnels_peer_list *buckets; /* owned */
	size_t n_buckets;		   /* a power of two */
};

/* Of n tunnels, which stay where they are. 0 or -ENOMEM; *p can be given to _fini() in any case. */
int must_check tunnels_peers_init(struct tunnels_peers *p, const struct tunnel *tunnels, size_t n);
void tunnels_peers_fini(struct tunnels_peers *p);

/* The first tunnel of the peer, in the order of the tunnels, and the next one; NULL = no more. */
const struct tunnels_peer *tunnels_peers_first(const struct tunnels_peers *p,
					       const struct addr *peer);
const struct tunnels_peer *tunnels_peers_next(const struct tunnels_peer *row);
