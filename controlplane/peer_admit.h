/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may be whom: what an authenticated peer has proved (proofs.h) against the crypto map entries
 * for its address and the isakmp profiles, identities and certificate maps they name.
 *
 * An entry that names a profile or an identity is for whoever these take, and for nobody else. One
 * that names none is for whoever has the pre-shared key, and with a certificate only for the one
 * whose certificate names the address of the peer; where the peer has a key of its own, not even
 * for that. Dynamic entries without a profile are for all.
 */
#pragma once

#include "controlplane/control.h"

/* What a profile changes in phase 1 before the peer has said who it is; out is filled already. */
void peer_admit_config(const struct control *c, const struct ike_path *path, struct ike_peer *out);
/* (engine) ike_env.admit and ike_env.may_have. */
int must_check peer_admit(struct control *c, const struct ike_path *path,
			  const struct ike_proof *proof, struct ike_admission *out,
			  enum ike_reason *why);
/* Whether the peer of the path may have SAs of the tunnel, or of the template; why: when not. */
bool peer_admit_tunnel(const struct control *c, const struct ike_path *path, const struct tunnel *t,
		       enum ike_reason *why);
/* Whether two configurations say different things of who may be a peer. */
bool peer_admit_differs(const struct config *before, const struct config *now);
/* The configuration is a new one: pairs go whose peer may not have them any more. */
void peer_admit_reconfigured(struct control *c, const struct config *before);
