/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clock of the SA store: soft and hard lifetimes, idle time, grace times. IOS rekeys an SA only
 * when it carried traffic; an idle one ends and the next packet starts anew.
 */
#pragma once

#include "controlplane/sa_store.h"

#include <stdint.h>

enum {
	SA_EXPIRY_ROUND_MS = 1000,
	SA_EXPIRY_ROUND_MIN_MS = 100, /* when a pair is due for renewal before */
};

/* One round over all pairs. Returns when the next is due, UINT64_MAX when there are no pairs. */
uint64_t sa_expiry_run(struct sa_store *s);
/* The pairs of a tunnel get successors as if they were old: no packet is lost. */
void sa_expiry_renew(struct sa_store *s, uint32_t tunnel);
/* A worker reports a limit of bytes or sequence numbers. */
void sa_expiry_limit(struct sa_store *s, unsigned worker, const struct plane_expire *expire);
