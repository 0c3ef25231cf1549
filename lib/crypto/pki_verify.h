/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a peer is who it says: its certificate leads to a CA of ours, is valid now, not revoked
 * and made for this; the signature is of the hash and by the key of the certificate; the identity
 * stands in it. Fetches nothing from anywhere (H053). May run on any thread.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/pki.h"

#include <stddef.h>
#include <stdint.h>

enum pki_verdict {
	PKI_GOOD,
	PKI_NO_CERT,	 /* the peer sent none */
	PKI_MALFORMED,	 /* not DER, too large, too many */
	PKI_KEY_REFUSED, /* its key is too small, too large, odd, or not of the method */
	PKI_UNKNOWN_CA,	 /* does not lead to a CA of ours */
	PKI_NOT_YET_VALID,
	PKI_EXPIRED,
	PKI_REVOKED,
	PKI_NO_CRL, /* revocation-check crl, and there is none */
	PKI_CRL_EXPIRED,
	PKI_CA_REFUSED,	   /* an issuer is no CA, the path too long, the name out of its bounds */
	PKI_USAGE,	   /* not made for IKE */
	PKI_CERT_FORGED,   /* a signature in the chain is wrong */
	PKI_BAD_SIGNATURE, /* the peer's own is */
	PKI_ID_NOT_IN_CERT,
	PKI_FAILED, /* memory, crypto */
	PKI_VERDICTS,
};

/* Everything is borrowed. */
struct pki_check {
	const struct pki *pki;
	const struct alg_auth_row *auth;
	enum alg_proof proof;
	struct prim_chunk certs[PKI_CHAIN_MAX]; /* as they came, the peer's own first */
	size_t n_certs;
	struct prim_chunk hash;
	struct prim_chunk signature;
	uint8_t id_type;
	struct prim_chunk id;
};

/* subject (PKI_TEXT): the name in the peer's certificate, printable; "" when it is malformed. */
enum pki_verdict must_check pki_verify(const struct pki_check *check, char *subject);
/* Only a chain, as it came: whether it still holds, or holds under other trustpoints. */
enum pki_verdict must_check pki_verify_chain(const struct pki *pki, const struct prim_chunk *ders,
					     size_t n);
/* Only the chain of one of our own: for `show` and warnings. */
enum pki_verdict must_check pki_verify_own(const struct pki *pki, const struct pki_own *own);
