/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures of packets (`monitor capture`): which there are, what they want, and what they have
 * caught, in memory and bounded. The data plane copies packets with their verdict
 * (plane_msg.h struct plane_captured); here they are kept, counted and limited. Nothing of it
 * outlives the process.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_ring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;

enum {
	CAPTURES_MAX = PLANE_CAPTURES - 1,
	CAPTURES_DEBUG = PLANE_CAPTURES - 1, /* the point of `debug packet` */
	CAPTURES_MATCHES = 8,
	CAPTURES_BUFFER = 10 << 20, /* bytes, unless asked for otherwise: 10 MB as on IOS */
	CAPTURES_BUFFER_MAX = 100 << 20,
};

struct captures_packet {
	struct captures_packet *next;
	struct plane_captured head;
	uint8_t bytes[];
};

/* What one wants. */
struct captures_wish {
	char interface[PLANE_NAME]; /* "" = all */
	bool in;
	bool out;
	bool drops;		       /* only what is discarded */
	uint8_t views;		       /* of enum plane_view */
	char access_list[CONFIG_NAME]; /* "" = none */
	struct plane_qos_match matches[CAPTURES_MATCHES];
	size_t n_matches;
	uint64_t limit_packets; /* 0 = none, likewise below */
	uint64_t limit_bytes;
	uint64_t limit_s;
	size_t buffer_bytes;
};

struct captures_one {
	char name[CONFIG_NAME]; /* "" = free */
	struct captures_wish wish;
	bool running;
	uint64_t until_ms; /* limit_s; UINT64_MAX = none */
	struct captures_packet *first;
	struct captures_packet **last;
	uint64_t packets;
	uint64_t packet_bytes;
	size_t used; /* bytes of memory */
	uint64_t lost;
	uint64_t lost_base; /* of the data plane when it started */
};

struct captures {
	struct captures_one all[CAPTURES_MAX];
	bool debug; /* somebody debugs packets */
	/* of debug in this second: packets looked at, lines said; packets left out since */
	uint64_t said_ms;
	unsigned looked_at;
	unsigned said;
	unsigned left_out;
};

/* All that is on the wire, both ways, without limits. */
struct captures_wish captures_defaults(void);
void captures_fini(struct captures *s);
/* By name; NULL without one. */
struct captures_one *captures_find(struct captures *s, const char *name);
/* The one of that name or a new one that wants nothing yet; NULL when there is no room. */
struct captures_one *captures_make(struct captures *s, const char *name);

void captures_start(struct control *c, struct captures_one *one);
void captures_stop(struct control *c, struct captures_one *one);
/* Forgets the packets; the second the whole. */
void captures_clear(struct control *c, struct captures_one *one);
void captures_remove(struct control *c, struct captures_one *one);
/* Packets not copied, since it started or was cleared. */
uint64_t captures_lost(const struct control *c, const struct captures_one *one);

/* A packet from the data plane. */
void captures_take(void *control, const struct plane_captured *head, const uint8_t *bytes);
/* Ends what has run long enough; when it wants to run again. */
uint64_t captures_turn(struct control *c, uint64_t now);
