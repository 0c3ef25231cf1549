/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The primitives IKEv1 needs, over OpenSSL 3 (EVP; DES from the legacy provider, loaded by
 * prim_init()). Every call returns 0 or a negative errno, and a caller that ignores it does not
 * compile (H044: an error fails closed).
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/secret.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PRIM_DIGEST_MAX = 64,
	PRIM_PUBLIC_MAX = 512,
	PRIM_IV_MAX = 16
};

/* Loads the providers. Once per process, before threads. -EIO with a logged sentence. */
int must_check prim_init(void);

struct prim_chunk {
	const void *data;
	size_t len;
};

/* Hash over the concatenation of n chunks; out has the digest_bytes of the row. */
int must_check prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n,
			 uint8_t *out);
/* HMAC (the IKEv1 prf) over the concatenation of n chunks. A key of any length, also empty. */
int must_check prim_prf(enum alg_hash hash, const void *key, size_t key_len,
			const struct prim_chunk *chunks, size_t n, uint8_t *out);

/*
 * CBC in place over len bytes (a multiple of the block). iv is updated to the last ciphertext
 * block. -EINVAL for a length that is not a multiple, -EIO from the engine.
 */
int must_check prim_cbc_encrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len);
int must_check prim_cbc_decrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len);

/*
 * Diffie-Hellman. A context is one private key; create and derive are independent of any state and
 * may run on any thread. public_len is exactly the row's public_bytes (fixed width, leading zeros
 * kept).
 */
struct prim_dh;
/* NULL on failure or an unknown group. Owned by the caller: prim_dh_destroy(). */
struct prim_dh *prim_dh_create(uint16_t group);
void prim_dh_destroy(struct prim_dh *dh);
uint16_t prim_dh_group(const struct prim_dh *dh);
const uint8_t *prim_dh_public(const struct prim_dh *dh, size_t *len);
/*
 * Checks the peer's value (length; MODP 2 <= y <= p-2; ECP on the curve, not infinity; not our own
 * value: H030-H033) and computes g^xy, fixed width, into out (PRIM_PUBLIC_MAX bytes fit; wiped by
 * the caller). 0 and *out_len, -EINVAL for a value that must be refused, -EIO from the engine.
 */
int must_check prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
			      uint8_t *out, size_t *out_len);
