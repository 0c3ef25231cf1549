/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pairs of configurations for two ends of a tunnel, drawn at random, and what may be wrong between
 * them. A begins, B answers; 10.0.0.1 and 10.0.0.2, as bench.h has them.
 */
#pragma once

#include "controlplane/diagnose/diagnose.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	RANDOM_PAIR_TEXT = 4096,
	RANDOM_PAIR_CODES = 3,
	RANDOM_PAIR_FAULTS = 2, /* at once */
};

/* Stands in every key. */
#define RANDOM_PAIR_KEY "never-to-be-seen-"

struct random_side {
	const char *cipher;
	const char *hash;
	unsigned group;
	unsigned lifetime;
	char key[40]; /* "" = none */
	const char *peer;
	bool aggressive;
	bool hostname;
	bool particular; /* its entry wants the peer to say its address */
	bool no_natt;
	const char *remote; /* of its ACL */
	const char *transform;
	unsigned pfs; /* 0 = none */
	unsigned ipsec_lifetime;
};

struct random_pair {
	struct random_side a;
	struct random_side b;
	bool nat;
};

struct random_fault {
	const char *name;
	char field; /* two faults of one field are one fault */
	void (*make)(struct random_pair *p);
	/* what is the root at each end; the first NONE = nothing is to be seen */
	enum diagnose_code a[RANDOM_PAIR_CODES];
	enum diagnose_code b[RANDOM_PAIR_CODES];
};

/* One that fits, and n faults in it, the first to decide first; returns n. */
size_t random_pair_draw(struct random_pair *p, const struct random_fault *made[RANDOM_PAIR_FAULTS]);
/* The fault that decides, NULL = none does any harm. */
const struct random_fault *random_pair_root(const struct random_fault *const *made, size_t n);
/* The text of one end; me: 1 or 2. */
void random_pair_print(const struct random_side *s, unsigned me, char text[RANDOM_PAIR_TEXT]);
