/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private keys, counted by reference (atomic), and what phase 1 does with keys: signatures of RFC
 * 2409 (RSA: PKCS #1 type 1 padding of the bare hash, no DigestInfo) and RFC 4754 (ECDSA: r and s
 * of fixed width). All of it may run on any thread.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PKI_RSA_MIN = 1024,  /* bits */
	PKI_RSA_WEAK = 2048, /* below: accepted, warned about */
	PKI_RSA_MAX = 4096,  /* of a peer: bounds what it may cost us (H050) */
	PKI_SIGNATURE_MAX = PKI_RSA_MAX / 8,
	PKI_KEY_PEM_MAX = 8192,
};

struct pki_key;
struct evp_pkey_st; /* OpenSSL's */

/* Slow: on a thread of its own. NULL when the size is not 1024..4096, or 256, 384, 521. */
struct pki_key *pki_key_generate(enum alg_proof kind, unsigned bits);
/* PEM, PKCS #8 or traditional, perhaps encrypted. NULL: none, wrong password or unusable. */
struct pki_key *pki_key_of_pem(const char *pem, size_t len, const char *password);
/* Takes over an OpenSSL key. */
struct pki_key *pki_key_of_evp(struct evp_pkey_st *evp);
/*
 * PKCS #8 PEM, encrypted with a password when there is one; the caller wipes and frees. NULL on
 * failure.
 */
char *pki_key_to_pem(const struct pki_key *key, const char *password);
/* SubjectPublicKeyInfo, DER, malloc'ed. */
uint8_t *pki_key_public(const struct pki_key *key, size_t *len);
struct pki_key *pki_key_get(struct pki_key *key);
void pki_key_put(struct pki_key *key);
struct evp_pkey_st *pki_key_evp(const struct pki_key *key);
enum alg_proof pki_key_kind(const struct pki_key *key);
unsigned pki_key_bits(const struct pki_key *key);

/* Whether a public key may be used for a method: kind, size, exponent, curve (H050). */
bool pki_key_fits(struct evp_pkey_st *evp, const struct alg_auth_row *auth, enum alg_proof proof);
/* The same for any method: of a certificate on the way to the root, or of a key of ours. */
bool pki_key_acceptable(struct evp_pkey_st *evp);

/* Signs the hash; out has PKI_SIGNATURE_MAX. 0 or -EIO. */
int must_check pki_key_sign(const struct pki_key *key, struct prim_chunk hash, uint8_t *out,
			    size_t *out_len);
/* True only for the one encoding there is of a signature of this hash (H045). */
bool must_check pki_key_verify(struct evp_pkey_st *evp, struct prim_chunk hash,
			       struct prim_chunk signature);
