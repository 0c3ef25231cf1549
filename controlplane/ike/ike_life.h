/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of an IKE SA that is up: INITIAL-CONTACT, succession, rekey before expiry, the end. The
 * shorter lifetime of both ends counts: the initiator offers its own, and a responder with a
 * shorter one says so with RESPONDER-LIFETIME as soon as phase 1 is complete (R042). The side that
 * negotiated it as initiator rekeys at 75 % of the lifetime, the other at 95 % if nothing happened
 * (R032), so that the two seldom collide; a rekey is a whole new main mode beside the old SA.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_sa.h"

enum {
	IKE_LIFE_INITIATOR_PERCENT = 75,
	IKE_LIFE_RESPONDER_PERCENT = 95,
	IKE_LIFE_RETRY_MS = 60000,  /* between attempts to rekey */
	IKE_LIFE_LINGER_MS = 10000, /* the old SA after its successor came up */
};

/* Phase 1 is complete. */
/* How long after it came up it is renewed; 0 = never. */
uint64_t ike_life_renew_ms(const struct ike_sa *sa);
void ike_life_start(struct ike_sa *sa);
/* An SA that was up in another process has its times: its clock runs again. */
void ike_life_resume(struct ike_sa *sa);
/* RESPONDER-LIFETIME came authenticated under the SA we initiated: a shorter one counts. */
void ike_life_shorten(struct ike_sa *sa, const struct ike_notify *n);
/* The same for every RESPONDER-LIFETIME of the message that completes phase 1. */
void ike_life_read(struct ike_sa *sa, const struct ike_msg *msg);
/* INITIAL-CONTACT came authenticated under this SA: the peer has forgotten all others. */
void ike_life_initial_contact(struct ike_sa *sa);
/* Asks for a successor now, whatever the lifetime says. */
void ike_life_hasten(struct ike_sa *sa);
