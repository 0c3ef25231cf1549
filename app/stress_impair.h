/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a network does to packets, and an attacker: loss, duplication, reordering, replay, forgery.
 * Time is counted in packets, so a seed and a stream of packets always give the same result. Knows
 * nothing of where packets come from: the streams in process and the middle box on the wire use it
 * alike.
 */
#pragma once

#include "app/stress_frame.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_DISTANCE_MAX = 131072, /* packets */
	STRESS_AGE_MAX = 131072,
};

/* How packets fall behind others. */
enum stress_model {
	STRESS_UNIFORM,	  /* single packets, by 1 to `distance` packets */
	STRESS_GEOMETRIC, /* single packets, by `distance` packets in the mean, some by far more */
	STRESS_RUNS,	  /* runs of neighbours take a way `distance` packets longer */
	STRESS_TWO_PATH,  /* packets spread over two ways, one `distance` packets longer */
	STRESS_QOS,	  /* packets of the starved class wait until `distance` others overtook */
	STRESS_MODELS,
};

/* Shares are percent of the packets that come. All zero: packets go through as they come. */
struct stress_impairment {
	double loss;
	double duplicate; /* arrive twice in a row */
	double reorder;	  /* fall behind; of no meaning for STRESS_QOS */
	double replay;	  /* are followed by an old one */
	double forge;	  /* are preceded by a copy with a wrong ICV */
	enum stress_model model;
	uint32_t distance;
	uint32_t replay_age;	/* that many packets old: 0 is the packet itself ... */
	uint32_t replay_spread; /* ... or up to so many more */
	bool replay_first;	/* instead: one of the very first packets */
	bool forge_ahead;	/* forged copies carry numbers far ahead */
};

enum stress_kind {
	STRESS_ORIGINAL,
	STRESS_COPY,
	STRESS_REPLAY,
	STRESS_FORGED,
	STRESS_KINDS,
};

struct stress_packet {
	uint64_t seq;
	struct stress_frame *frame; /* or NULL */
	uint32_t flow;		    /* of the caller */
	uint8_t kind;		    /* enum stress_kind */
	uint8_t generation;	    /* of its SA: counts replacements */
	bool starved;		    /* of the class that a scheduler lets wait */
};

struct stress_impair;

/* Takes one packet that leaves; the frame is only lent. */
typedef void stress_out_fn(void *ctx, const struct stress_packet *p);

/* NULL without memory. */
struct stress_impair *stress_impair_create(const struct stress_impairment *what, uint64_t seed);
void stress_impair_destroy(struct stress_impair *im);

/* A packet comes (its frame is held as long as it is needed). False when it got lost. */
bool stress_impair_put(struct stress_impair *im, const struct stress_packet *p, stress_out_fn *out,
		       void *ctx);
/* Everything that was held back leaves, in its order. */
void stress_impair_flush(struct stress_impair *im, stress_out_fn *out, void *ctx);
