/* SPDX-License-Identifier: BSD-3-Clause */
/* A provocation for each reason of drop_reasons.def that a worker can have. */
#pragma once

#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

enum {
	DROPS_INNER = 100,
	DROPS_FRAME = 114,
};

struct drops_scene {
	struct bed *bed; /* site 2 with an SA pair, two workers */
	struct sealer *peer;
	uint8_t inner[DROPS_INNER]; /* from behind the peer, to us */
	uint8_t away[DROPS_INNER];  /* from our host to one behind the peer */
	struct rte_mbuf *held[2048];
	unsigned n_held;
};

struct drops_scene drops_scene_create(void);
void drops_scene_destroy(struct drops_scene *s);
/*
 * Makes worker 0 drop for that reason, when it runs next or at once: how many packets, each counted
 * once. 0: no worker has this reason, or none that can be provoked.
 */
unsigned drops_provoke(struct drops_scene *s, enum drop_reason reason);
