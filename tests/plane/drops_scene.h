/* SPDX-License-Identifier: BSD-3-Clause */
/* A site with a tunnel and two workers, and what may be sent to it to be dropped. */
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
/* Takes n buffers of the pool, or as many as there are: in s->held. */
void drops_scene_hold(struct drops_scene *s, unsigned n);
