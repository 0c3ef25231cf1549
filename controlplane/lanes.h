/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parallel SAs: several pairs with the same proxy identities (RFC 4301 section 4.1), one a lane.
 * Lane 0 comes up as every tunnel does; when it stands, the others are asked for one after the
 * other, by the end that initiated lane 0, or by the other one when nothing happens for a while.
 * The sender chooses, so lanes of the two ends need not have the same number. A pair that the peer
 * negotiates fills an empty lane, or is the successor of the pair that is most used up.
 *
 * A peer that refuses a further pair, or deletes one of them soon, wants one: the tunnel falls back
 * to lane 0 and tells so once (SA_STORE_REFUSED). It tries again under a new IKE SA, after `clear
 * crypto sa`, and when the configuration of the tunnel changes.
 */
#pragma once

#include "controlplane/sa_store.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	LANES_PATIENCE_MS = 5000,   /* the responder of lane 0 leaves the initiator so long */
	LANES_PROBATION_MS = 60000, /* what is deleted so soon was not wanted */
	LANES_JUDGE_MS = 2000,	    /* whoever clears everything deletes the others by then */
};

/* (engine) The lane for a pair that the peer negotiates. */
unsigned lanes_choose(const struct sa_store *s, const struct tunnel *t);
/* A pair stands, or a second has passed: asks for lanes, judges, and removes what is too much. */
void lanes_serve(struct sa_store *s, struct sa_pair *pair);
/* (engine) The peer deletes this pair; before the store acts on it. */
void lanes_deleted(struct sa_store *s, const struct sa_pair *pair);
/*
 * (engine) The negotiation of a lane failed. True when the tunnel falls back for it, which was told
 * then.
 */
bool lanes_failed(struct sa_store *s, uint32_t tunnel, unsigned lane, const struct ike_path *peer,
		  enum ike_reason reason);
/* The next pair of lane 0 asks for the others again. */
void lanes_forgive(struct sa_store *s, uint32_t tunnel);
