/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Phase 1 (RFC 2409 5): what main mode and aggressive mode and both roles share. The handlers of the
 * steps are in main_mode_i.h, main_mode_r.h, aggressive_mode_i.h and aggressive_mode_r.h.
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
	PHASE1_NONCE = 32
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

/* Pieces of the handlers. Each returns IKE_PARSED or a counter, or 0 or -errno. */
uint32_t phase1_vendors(const struct ike_sa *sa, const struct ike_msg *msg);
void phase1_agree(struct ike_sa *sa, uint32_t vendors);
int must_check phase1_check_ke(const struct ike_work *work);
int must_check phase1_set_sa_body(struct ike_handshake *hs, const void *body, size_t len);
int must_check phase1_own_nonce(struct ike_sa *sa, struct ike_nonce *nonce);
int must_check phase1_derive(struct ike_work *work);
void phase1_write_ke(struct ike_out *out, const struct ike_sa *sa);
/* ID and HASH of our own; INITIAL-CONTACT when asked for. */
int must_check phase1_write_auth(struct ike_out *out, struct ike_sa *sa, bool initial_contact);
int must_check phase1_check_auth(struct ike_work *work);
