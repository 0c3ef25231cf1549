/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A negotiation on trial, beside the SAs in use and without touching them: an IKE engine of its own
 * that answers nobody, installs nothing, sends no INITIAL-CONTACT and whose SAs end with it, each
 * with its DELETE. What comes of it are the records (ike_record.h).
 */
#pragma once

#include "controlplane/ike/ike_record.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct control;
struct trial;
struct tunnel;

enum {
	TRIAL_RECORDS = 4,
	TRIAL_LATE_MS = 60000, /* after its end: what the peer says again is kept from the others */
	TRIAL_MAX = 16,	       /* with those that have ended */
};

LIST_HEAD(trials, trial);

/* The path to a peer of a tunnel, by the configuration. */
struct ike_path trial_path(const struct tunnel *t, const struct addr *peer);
/*
 * NULL without memory or randomness. It belongs to the control plane. unproven: phase 1 goes as far
 * as it does without our proof of who we are. A peer that believes us may take the SAs in use for
 * those of the new IKE SA, and end them with it (strongSwan: adopting children).
 */
struct trial *trial_create(struct control *c, bool unproven);
/* Phase 1; with t also quick mode for it. 0, or -ENOENT: unknown peer, or no key; or -errno. */
int must_check trial_start(struct trial *trial, const struct ike_path *path,
			   const struct tunnel *t);
/* The newest record of a kind, NULL = none. Borrowed until the next turn. */
const struct ike_record *trial_record(const struct trial *trial, enum ike_record_kind kind);
/*
 * Whether nothing more is to be expected of a record: it has ended, or what it seems is that it
 * will not come up.
 */
bool trial_settled(const struct ike_record *r, uint64_t now_ms);
/* Something of the peer came. */
bool trial_answered(const struct ike_record *r);
/* Phase 1 has come to where only the proofs are missing. */
bool trial_agreed(const struct trial *trial);
/* Says goodbye for its SAs. Not to be used any more. */
void trial_end(struct trial *trial);

/* Takes a datagram that belongs to one of them; false: it does not. */
bool trial_receive(struct control *c, const struct ike_path *path, const void *data, size_t len);
/* Returns when it wants to run again. */
uint64_t trial_turn(struct control *c, uint64_t now_ms);
/* Ends all of them. */
void trial_end_all(struct control *c);
void trial_fini(struct control *c);
