/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Removes SAs and counters by what they belong to: `clear`, changes of the configuration, peers
 * lost.
 */
#pragma once

#include "controlplane/sa_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which SAs a clear is about; every field that is set must match. */
struct sa_clear_filter {
	const struct addr *peer;     /* all that are at this address */
	const struct ike_path *path; /* of this peer alone */
	const char *map;
	const struct tunnel *tunnel;
	uint32_t spi;		/* 0 = any */
	const struct addr *to;	/* destination of spi, as both ends may choose the same number */
	uint64_t except_ike_sa; /* spares the pairs of this IKE SA; 0 = none */
};

/*
 * Removes pairs, with a DELETE to the peer unless silent. Returns how many. (engine) when silent.
 */
size_t sa_clear_pairs(struct sa_store *s, const struct sa_clear_filter *filter,
		      enum ike_reason reason, bool silent);
/* The tunnel is gone from the configuration: its handle may come to mean another one. */
void sa_clear_tunnel(struct sa_store *s, const struct tunnel *t);
/* `clear crypto sa counters`: the workers zero theirs at the same time. */
void sa_clear_counters(struct sa_store *s);
