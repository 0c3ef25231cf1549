/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A message on its way out: built by a handler, then sealed (HASH filled in, padded, encrypted)
 * into a datagram. Encryption needs a live IV, so nothing can be sealed before there are keys
 * (V23).
 */
#pragma once

#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IKE_OUT_MAX = IKE_DATAGRAM_MAX - 4 /* with the marker */
};

struct ike_out {
	struct ike_build b;
	bool used; /* a message was begun */
	bool encrypted;
	bool hold;	/* to be sent when the environment has installed the inbound SA */
	size_t hash_at; /* body of the HASH payload to fill in, 0 = none */
	uint32_t msgid;
	const struct ike_nonce *hash_nonce; /* Ni_b of HASH(2), NULL for HASH(1) */
	uint8_t buf[IKE_OUT_MAX];
};

/* Phase 1 messages, and quick mode's message 3, which brings its own HASH. */
void ike_out_begin(struct ike_out *out, const struct ike_sa *sa, uint8_t exchange, uint32_t msgid,
		   bool encrypted);
/* Encrypted messages with HASH(1) or, with nonce, HASH(2) over what is written behind. */
void ike_out_begin_hashed(struct ike_out *out, const struct ike_sa *sa, uint8_t exchange,
			  uint32_t msgid, const struct ike_nonce *nonce);
/*
 * Makes the datagram for the SA's path; iv becomes the last ciphertext block. NULL on failure of
 * crypto or memory, or when the message did not fit; iv is untouched then.
 */
struct ike_datagram *ike_out_seal(struct ike_out *out, struct ike_sa *sa, uint8_t *iv);
