/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NAT traversal (RFC 3947 and its drafts 02 and 03): which version both speak, NAT detection, the
 * move to port 4500, keepalives. The answer of the detection is per IKE SA; ESP in UDP follows
 * from it.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

/* The versions we speak that are in a mask of vendors, best first; IKE_VENDOR_COUNT = none. */
enum ike_vendor natt_version(uint32_t vendors);
/* True when the drafts' payload and encapsulation numbers are in use. */
bool natt_draft(const struct ike_sa *sa);
bool natt_found(const struct ike_sa *sa);

/* The peer is known, and logged in: says so when it seems that a NAT stands between that nobody
 * looked for. */
void natt_look(struct ike_sa *sa);

/* Two NAT-D payloads, the peer's address first (RFC 3947 3.2). */
int must_check natt_write(struct ike_out *out, const struct ike_sa *sa);
/* The form of all NAT-D payloads of a message, before the SA has agreed on anything. */
int must_check natt_check(const struct ike_msg *msg, enum alg_hash hash);
/*
 * Compares the peer's NAT-D payloads with what we see. IKE_PARSED and the verdict, or NATD. No
 * NAT-D payloads: no NAT. path is the message's: one that floated with it (aggressive mode) may
 * name the ports of before or of now.
 */
int must_check natt_detect(const struct ike_sa *sa, const struct ike_path *path,
			   const struct ike_msg *msg, bool *local, bool *remote);
/* Initiator, after detection: the rest of the exchange goes over 4500. */
/* What natt_detect() found, taken over. */
void natt_say(const struct ike_sa *sa);
void natt_float(struct ike_sa *sa);
/*
 * An authenticated message came this way: follow the peer, never back from 4500 to 500 (H122), and
 * tell the environment when the SA was up. Only a peer behind a NAT moves when we are behind one
 * (RFC 3947 7).
 */
void natt_follow(struct ike_sa *sa, const struct ike_path *path);
/* The SA is up: keepalives when we are behind a NAT. */
void natt_start(struct ike_sa *sa);
