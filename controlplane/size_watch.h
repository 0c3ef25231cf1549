/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large packets that are lost on the way to a peer, without a word, found without anybody asking:
 * where the counters of an SA suggest it (size_search.h), the peer is asked under its IKE SA
 * whether it is there, in datagrams of several sizes with DF. Peers that the configuration names
 * and that do keepalives; a few at a time, each at most every two minutes. What is lost on the way
 * from the peer shows only where the way to it is as narrow.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/size_search.h"
#include "lib/esp/esp.h"

#include <stdint.h>

struct control;
struct sa_pair;

enum {
	SIZE_WATCH_MAX = 8, /* searches at once */
};

struct size_watched {
	struct addr peer; /* NONE = unused */
	struct ike_path path;
	struct esp_shape shape;
	uint16_t used; /* inner packets of so many bytes at least are sent */
	struct size_search search;
	uint32_t number; /* question under way, 0 = none */
	uint64_t due_ms; /* it is lost then; or to be asked again */
	uint64_t end_ms; /* it takes too long */
};

struct size_watch {
	struct size_watched all[SIZE_WATCH_MAX];
};

/* A pair has counted on. */
void size_watch_counted(struct control *c, const struct sa_pair *pair,
			const struct size_counts *before, const struct size_counts *now);
/* IKE_EVENT_SIZED */
void size_watch_answered(struct control *c, const struct ike_event *e);
/* Returns when it wants to run again. */
uint64_t size_watch_turn(struct control *c, uint64_t now_ms);
