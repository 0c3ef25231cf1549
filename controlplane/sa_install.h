/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SAs into the data plane. Make before break: a new pair receives before the peer can use it,
 * outbound switches with one command, and the pair before goes on receiving for a grace time. When
 * both ends rekeyed at once and two new pairs have the same predecessor, both ends pick the pair
 * with the highest SPI of the four and drain the other. Both functions may be called from engine
 * callbacks.
 */
#pragma once

#include "controlplane/sa_store.h"

enum {
	SA_INSTALL_HOLD_MS = 500, /* the longest wait for a sign of life on the new pair */
	SA_INSTALL_POLL_MS = 10,
};

/* Installs the inbound half of a larval pair; env->installed() answers later. */
void sa_install_in(struct sa_store *s, const struct ike_child *child);
/*
 * Switches the tunnel's traffic to this pair; as initiator of a rekey only when the peer is ready.
 */
void sa_install_out(struct sa_store *s, const struct ike_child *child);
/* Of two pairs of a tunnel the one that wins a collision: the same at both ends. */
bool sa_install_is_better(const struct sa_pair *pair, const struct sa_pair *than);
/* A pair that lost a collision is the one the peer sends on: our traffic goes there, too. */
void sa_install_follow(struct sa_store *s, struct sa_pair *pair);
/* Switches what waited for the peer. Returns when it wants to run again, UINT64_MAX for never. */
uint64_t sa_install_run(struct sa_store *s);
