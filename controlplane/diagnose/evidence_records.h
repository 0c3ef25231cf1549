/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of the negotiations of a peer count as failures now: those that have ended badly or wait
 * for longer than is usual, and that none has overtaken that succeeded. Of each role only the
 * newest counts, and the older of the two only beside the newer one; who got further has shown that
 * what stopped the other is settled. What a forged source can cause does not count beside one in
 * which the peer itself came further.
 */
#pragma once

#include "controlplane/diagnose/evidence.h"

enum {
	EVIDENCE_RECORDS_GRACE_MS = 10000,   /* so long a negotiation may take */
	EVIDENCE_RECORDS_BESIDE_MS = 120000, /* so far apart two failures are one */
	EVIDENCE_RECORDS_RETRY_MS = 600000,  /* then somebody would have tried again */
	EVIDENCE_RECORDS_TRIES = 3,	     /* so often a message is lost by accident */
};

typedef bool (*evidence_records_fn)(const struct evidence *e, const struct ike_record *r);

/* The failure of that kind for which fn is true, the newest first; NULL = none. */
const struct ike_record *evidence_records_phase1(const struct evidence *e, evidence_records_fn fn);
const struct ike_record *evidence_records_quick(const struct evidence *e, evidence_records_fn fn);
/* When a phase 1 with the peer last came up (env clock), 0 = never as far as is known. */
uint64_t evidence_records_up_ms(const struct evidence *e);
/* The newest phase 1 that came up, NULL = not kept. */
const struct ike_record *evidence_records_newest_up(const struct evidence *e);

/* Our last message was sent often enough, or for long enough, without an answer; *number is that of
 * the message which did not come. */
bool evidence_records_waits(const struct evidence *e, const struct ike_record *r, unsigned *number);
/* Nothing of the other end came in this negotiation, no notify either. */
bool evidence_records_silent(const struct ike_record *r);
/* The peer itself came further than a forged source can, in a phase 1 a moment before `at_ms`. */
bool evidence_records_further(const struct evidence *e, uint64_t at_ms);
/* A message of the peer came in any phase 1 since, or is noted. */
bool evidence_records_heard_since(const struct evidence *e, uint64_t since_ms);
/* Whether the two select a packet that both select. */
bool evidence_records_overlap(const struct selector *a, const struct selector *b);
