/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Phase 1 (RFC 2409 5): what main mode and aggressive mode and both roles share. The handlers of
 * the steps are in main_mode_i.h, main_mode_r.h, aggressive_mode_i.h and aggressive_mode_r.h.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PHASE1_NONCE = 32,
	PHASE1_POLICIES_MAX = 2 * IKE_POLICIES_MAX,
};

/* What only the negotiation needs; gone when the SA is up. */
struct ike_handshake {
	struct ike_peer config; /* its key is wiped: it is asked for again when it is needed */
	uint32_t vendors;	/* the peer's, a bit mask of 1 << enum ike_vendor */
	struct ike_nonce nonce_i;
	struct ike_nonce nonce_r;
	struct prim_dh *dh;
	uint8_t public_i[PRIM_PUBLIC_MAX];
	uint8_t public_r[PRIM_PUBLIC_MAX];
	size_t public_len;
	uint8_t *sa_body; /* SAi_b, owned */
	size_t sa_len;
	struct ike_id own_id;  /* as we sent it, type 0 = not yet */
	struct ike_id peer_id; /* as message 1 of aggressive mode claims it, else type 0 */
	/* Certificates: config.pki is a reference of ours. */
	const struct pki_own *own;   /* of it: what we show, NULL = not chosen */
	uint8_t failures;	     /* messages whose certificate or signature did not hold */
	char peer_subject[PKI_TEXT]; /* of the last of them */
	struct ike_record *record;   /* owned, NULL = none is kept */
};

/* Takes over the configuration and wipes its key. NULL without memory. */
struct ike_handshake *phase1_handshake_create(struct ike_peer *config);
void phase1_handshake_destroy(struct ike_handshake *hs);

/*
 * Starts phase 1 as initiator, to succeed the SA with the id replaces (0 = none). 0, or -ENOENT
 * (unknown peer or no key), -ENOMEM, -EIO.
 */
int must_check phase1_start(struct ike_engine *engine, const struct ike_path *path,
			    uint64_t replaces);

/* Row actions shared by both roles. */
void phase1_done(struct ike_txn *txn);
/* Nobody answered, or a half-open SA is too old. */
void phase1_give_up(struct ike_txn *txn);
/* A message that should authenticate the peer did not: HASH wrong or not decryptable. */
void phase1_auth_failed(struct ike_sa *sa);

/* What we could prove ourselves with; begin: as it is looked for. */
void phase1_say_keys(const struct ike_sa *sa, bool begin);
/* Pieces of the handlers. Each returns IKE_PARSED or a counter, or 0 or -errno. */
uint32_t phase1_vendors(const struct ike_sa *sa, const struct ike_msg *msg);
/* Of messages 3 and 4, which IOS reads aloud only when there are keys. */
uint32_t phase1_vendors_early(const struct ike_sa *sa, const struct ike_msg *msg);
void phase1_say_vendors_late(const struct ike_sa *sa, const struct ike_msg *msg);
void phase1_agree(struct ike_sa *sa, uint32_t vendors);
int must_check phase1_check_ke(const struct ike_work *work, uint16_t group);
int must_check phase1_set_sa_body(struct ike_handshake *hs, const void *body, size_t len);
int must_check phase1_own_nonce(struct ike_sa *sa, struct ike_nonce *nonce);
int must_check phase1_derive(struct ike_work *work);
void phase1_write_ke(struct ike_out *out, const struct ike_sa *sa);
/*
 * Main mode: a message of ID and proof of our own; INITIAL-CONTACT when asked for. As the next one:
 * 0, -errno, or IKE_STEP_AGAIN when a signature has to be made first (what was written goes).
 */
int must_check phase1_write_auth(struct ike_work *work, struct ike_out *out, bool initial_contact);
/* HASH_I or HASH_R of our own as a payload, or CERT and SIGNATURE. */
int must_check phase1_write_proof(struct ike_work *work, struct ike_out *out);
void phase1_write_initial_contact(struct ike_out *out, const struct ike_sa *sa);
/* Our identity, the same in all messages of one negotiation. */
const struct ike_id *phase1_own_id(struct ike_sa *sa);
/* The peer has proved who it is. */
void phase1_say_authenticated(const struct ike_work *work);
/* IKE_PARSED, a counter, or IKE_AGAIN: for the verify column of the step table. */
int must_check phase1_check_auth(struct ike_work *work);
/*
 * The HASH, or the SIGNATURE, in the message against the body of the identity its sender gave,
 * which lives as long as the work. As phase1_check_auth().
 */
int must_check phase1_check_proof(struct ike_work *work, struct prim_chunk id);
/* Whether this identity is the one configured; reason and notify in work when not. */
int must_check phase1_check_id(struct ike_work *work, const struct ike_id *id);
/* What was agreed on: the peer that calls proves nothing before its user logs in. */
bool phase1_is_hybrid(const struct ike_sa *sa);
bool phase1_says_initial_contact(const struct ike_msg *msg);
/* The peer's configuration, by who it says it is when it has said so; without its key. */
int must_check phase1_check_config(struct ike_work *work);
/*
 * What of the offer we would take as responder: the configured policies, with XAUTH also under
 * its own authentication methods, or those for signatures as hybrid ones, and when public_len is
 * not 0 only those whose group has public values of that length. Returns how many of
 * PHASE1_POLICIES_MAX.
 */
size_t phase1_policies(const struct ike_sa *sa, size_t public_len, struct ike_policy *out);
/* The nonce of the peer. */
void phase1_take_nonce(struct ike_nonce *nonce, const struct ike_payload *p);
/* Vendor IDs of an initiator, and of a responder, who repeats what both know. */
uint32_t phase1_own_vendors(const struct ike_peer *config);
void phase1_write_offered_vendors(struct ike_out *out, const struct ike_sa *sa);
void phase1_write_agreed_vendors(struct ike_out *out, const struct ike_sa *sa);
