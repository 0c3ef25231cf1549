/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is asked for an SA: starts a negotiation when a packet wants a tunnel, goes through the
 * peers of the crypto map entry in their order when one does not answer, and begins with the first
 * again (or the default one) when the tunnel was up and went down. Functions marked (engine) may be
 * called inside engine callbacks; what they cause happens in acquire_run().
 */
#pragma once

#include "controlplane/tunnels.h"

#include <stdbool.h>
#include <stdint.h>

struct acquire_env {
	void *ctx;
	/* number: ike_path.peer, 0 = whoever is at the address */
	int (*initiate)(void *ctx, const struct tunnel *t, const struct addr *peer,
			uint64_t number);
};

struct acquire_row {
	uint8_t at;	 /* the peer asked now or next, counted from the first or default one */
	uint8_t n_tried; /* peers asked in this negotiation */
	bool active;	 /* a negotiation is under way */
	bool again;	 /* acquire_run() asks the peer */
	uint64_t number; /* ike_path.peer of the peer it was last up with, 0 = none */
};

struct acquire {
	struct acquire_env env;
	struct acquire_row *rows; /* owned; by handle */
	bool pending;		  /* some row says again */
};

int must_check acquire_init(struct acquire *a, uint32_t n_handles, const struct acquire_env *env);
void acquire_fini(struct acquire *a);

/* A packet wants the tunnel. */
void acquire_packet(struct acquire *a, const struct tunnel *t);
/* A successor for an SA with this peer. */
void acquire_rekey(struct acquire *a, const struct tunnel *t, const struct ike_path *peer);
/*
 * (engine) Phase 1 with this peer failed: every tunnel that was asking it turns to its next peer.
 */
void acquire_peer_failed(struct acquire *a, const struct tunnels *set, const struct ike_path *peer);
/*
 * (engine) The peer is dead: tunnels that used it begin their next negotiation with the one after.
 */
void acquire_peer_dead(struct acquire *a, const struct tunnels *set, const struct ike_path *peer);
/*
 * (engine) Quick mode for the tunnel failed with this peer. next: the next one is asked, because
 * there is no SA to live on and it was the peer's doing.
 */
void acquire_child_failed(struct acquire *a, const struct tunnel *t, const struct addr *peer,
			  bool next);
/* The tunnel is up with this peer. */
void acquire_up(struct acquire *a, const struct tunnel *t, const struct ike_path *peer);
/* The last SA of the tunnel is gone: which peer is asked next. */
void acquire_down(struct acquire *a, const struct tunnel *t, enum ike_reason reason);
/* The handle means another tunnel, or none, from now on. */
void acquire_forget(struct acquire *a, uint32_t handle);
/* Does what callbacks left to do. */
void acquire_run(struct acquire *a, const struct tunnels *set);
/* The peer in use, or asked next. */
const struct addr *acquire_peer(const struct acquire *a, const struct tunnel *t);
