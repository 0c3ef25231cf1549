/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Key derivation of RFC 2409: SKEYID and its children, the phase 1 cipher key, initialisation
 * vectors, the message hashes and the key material of quick mode. Pure functions over bytes; each
 * returns 0 or a negative errno from the primitive (the caller fails closed).
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "lib/base/compat.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/prim.h"
#include "lib/crypto/secret.h"

#include <stddef.h>
#include <stdint.h>

enum {
	IKE_NONCE_MAX = 256
};

struct ike_nonce {
	uint16_t len;
	uint8_t b[IKE_NONCE_MAX];
};

/* What an IKE SA keeps once the Diffie-Hellman exchange is done. */
struct ike_keys {
	uint8_t hash;	/* enum alg_hash */
	uint8_t cipher; /* enum alg_cipher */
	struct secret skeyid;
	struct secret d;
	struct secret a;
	struct secret enc; /* cipher key, expanded from SKEYID_e when it is longer (appendix B) */
	uint8_t iv[PRIM_IV_MAX]; /* phase 1: last ciphertext block sent or accepted */
};

/* Everything phase 1 keys are made of. Pointers are borrowed. */
struct ike_keys_input {
	const struct secret *psk; /* NULL: signatures, SKEYID = prf(Ni_b | Nr_b, g^xy) */
	const struct ike_nonce *nonce_i;
	const struct ike_nonce *nonce_r;
	const uint8_t *cookie_i;
	const uint8_t *cookie_r;
	const uint8_t *public_i;
	const uint8_t *public_r;
	size_t public_len;
	const uint8_t *shared;
	size_t shared_len;
};

/* Fills keys for the hash and cipher set in it. RFC 2409 section 5 and appendix B. */
int must_check ike_keys_derive(struct ike_keys *keys, const struct ike_keys_input *in);
void ike_keys_wipe(struct ike_keys *keys);

/* First IV of an exchange under a finished phase 1: hash(last phase 1 block | message ID). */
int must_check ike_keys_iv(const struct ike_keys *keys, uint32_t message_id, uint8_t *iv);

/* HASH_I (own and peer as the initiator sees them) or HASH_R (swapped); out has PRIM_DIGEST_MAX. */
struct ike_keys_auth {
	uint8_t hash; /* enum alg_hash when the method prescribes it, NONE = the negotiated one */
	const uint8_t *public_own;
	const uint8_t *public_peer;
	size_t public_len;
	const uint8_t *cookie_own;
	const uint8_t *cookie_peer;
	struct prim_chunk sa; /* SAi_b: body of the initiator's SA payload */
	struct prim_chunk id; /* body of the identification payload of the hash's owner */
};

int must_check ike_keys_auth_hash(const struct ike_keys *keys, const struct ike_keys_auth *in,
				  uint8_t *out);

/* prf(SKEYID_a, message ID | chunks): HASH(1) and HASH(2) of every exchange after phase 1. */
int must_check ike_keys_hash(const struct ike_keys *keys, uint32_t message_id,
			     const struct prim_chunk *chunks, size_t n, uint8_t *out);
/* HASH(3) of quick mode. */
int must_check ike_keys_hash3(const struct ike_keys *keys, uint32_t message_id,
			      const struct ike_nonce *nonce_i, const struct ike_nonce *nonce_r,
			      uint8_t *out);

/*
 * Key material of one ESP direction (RFC 2409 5.5): len bytes into out. shared is g(qm)^xy, empty
 * without PFS; spi is the SPI of the receiver of that direction.
 */
int must_check ike_keys_child(const struct ike_keys *keys, struct prim_chunk shared, uint32_t spi,
			      const struct ike_nonce *nonce_i, const struct ike_nonce *nonce_r,
			      size_t len, struct secret *out);
