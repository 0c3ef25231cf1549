/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dead peer detection (RFC 3706). A probe is sent when the peer was silent for an interval (and, on
 * demand, when something was sent to it), repeated at the retry interval, and after five without
 * answer the IKE SA ends. Anything authentic from the peer is life, ESP included.
 */
#pragma once

#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/base/compat.h"

#include <stdbool.h>

enum {
	DPD_TRIES = 5,
	DPD_ANSWERS_PER_S = 10, /* H107 */
};

/* The SA is up. */
void dpd_start(struct ike_sa *sa);

/* An SA that was up in another process: goes on with its numbers. */
void dpd_resume(struct ike_sa *sa);

/* For ike_engine_sized(). */
int must_check dpd_ask_sized(struct ike_sa *sa, size_t bytes, uint32_t *number);

/* Received, authenticated: IKE_PARSED, NOTIFY, or REPLAY when the sequence number is not fresh. */
int must_check dpd_check_probe(const struct ike_sa *sa, const struct ike_notify *n);
int must_check dpd_check_ack(const struct ike_sa *sa, const struct ike_notify *n);
/* Remembers the sequence number; true when it may be answered now. */
bool dpd_take_probe(struct ike_sa *sa, const struct ike_notify *n);
void dpd_take_ack(struct ike_sa *sa, const struct ike_notify *n);
