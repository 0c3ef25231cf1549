/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules over the evidence of one peer, as tables: a row a diagnosis, in the order in which they
 * decide. Stages follow each other as in error-catalogue.md section 0: a root of an earlier stage
 * explains what later stages see, which then stands under it. Within a stage the first row that
 * holds is the root; rows after it stand under it unless they are of their own.
 */
#pragma once

#include "controlplane/diagnose/evidence.h"

enum rules_stage {
	RULES_WAY,     /* does anything come: links, routes, filters, IKE off */
	RULES_OFFER,   /* policies, keys, groups */
	RULES_PROOF,   /* keys that differ, identities, certificates */
	RULES_LOGIN,   /* XAUTH, mode config, pools */
	RULES_QUICK,   /* proxies, transforms, PFS, map */
	RULES_TRAFFIC, /* ESP: one way, replay, corruption, selectors */
	RULES_SIZE,    /* sizes that do not cross */
	RULES_LIFE,    /* flapping, keepalive, collisions, sessions that ended */
};

struct rules_row {
	enum diagnose_code code;
	enum rules_stage stage;
	bool own; /* a root of its own, whatever else holds in its stage */
	/* True when it holds, with d's fields, saw and sureness filled in; d is lost otherwise. */
	bool (*holds)(const struct evidence *e, struct diagnosis *d);
	/* That it is the root instead of the one it follows from, which then stands under it. NULL:
	 * never. */
	bool (*leads)(const struct evidence *e, enum diagnose_code cause);
};

struct rules_table {
	const struct rules_row *rows;
	size_t n;
};

/* In the order of their stages; each of a file of its own: rules_way.c and so on. */
extern const struct rules_table rules_way, rules_offer, rules_proof, rules_login, rules_quick,
	rules_traffic, rules_size, rules_life;
