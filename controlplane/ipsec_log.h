/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `debug crypto ipsec` says (debug-formats 1.5): requests, proposals, SPIs, SAs made and
 * removed; the engine itself prints the keys being initialised. Nothing is formatted while nobody
 * listens. Also the session lines of the event log.
 */
#pragma once

#include "controlplane/control.h"

/* A tunnel asks for an SA; first: there is no IKE SA yet. */
void ipsec_log_request(struct control *c, const struct tunnel *t, const struct addr *peer,
		       bool first);
void ipsec_log_no_keys(const struct control *c, const struct ike_path *path);
/* A peer's proxy identities were looked up; t: what they are for, NULL = nothing. */
void ipsec_log_proposal(struct control *c, const struct ike_path *path,
			const struct selector *offered, const struct tunnel *t);
/* sa_store_env's event: debug lines and, with the first and last SA of a peer, session lines. */
void ipsec_log_store(struct control *c, enum sa_store_event event, const struct sa_pair *pair,
		     enum ike_reason reason);
