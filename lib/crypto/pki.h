/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trustpoints as IKE uses them: whom we believe (CA certificates, CRLs) and who we are
 * (certificate chain, private key). A struct pki is one immutable state of all trustpoints, counted
 * by reference: a negotiation and its jobs on other threads keep the one they began with while the
 * configuration changes. It is built on one thread, then only read; the counter is atomic.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/pki_key.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
	PKI_CERT_MAX = 16384,  /* bytes of one certificate (H048) */
	PKI_CRL_MAX = 1 << 20, /* bytes of one CRL */
	PKI_CHAIN_MAX = 8,     /* certificates of one peer, or of ours, and depth of a chain */
	PKI_TRUSTPOINTS_MAX = 16,
	PKI_CAS_MAX = 16, /* CA certificates of one trustpoint */
	PKI_CRLS_MAX = 16,
	PKI_NAME_MAX = 64,
	PKI_TEXT = 256,
};

enum pki_revocation {
	PKI_REVOCATION_NONE,
	PKI_REVOCATION_CRL,	 /* no valid CRL, no peer */
	PKI_REVOCATION_OPTIONAL, /* a CRL counts when it is there */
};

/* What one trustpoint is made of; everything is copied, except the key, which is shared. */
struct pki_trustpoint_input {
	const char *name;
	struct prim_chunk cas[PKI_CAS_MAX]; /* DER */
	size_t n_cas;
	struct prim_chunk crls[PKI_CRLS_MAX]; /* DER */
	size_t n_crls;
	enum pki_revocation revocation;
	struct prim_chunk cert; /* ours, DER; len 0 = none */
	struct pki_key *key;	/* its private key, NULL = none */
};

struct pki;
/* One certificate of ours with its key; lives as long as its struct pki. */
struct pki_own;

/* NULL without memory. Owned by the caller: pki_put(). */
struct pki *pki_create(void);
/*
 * 0; -EINVAL for bytes that are no acceptable certificate or CRL, -EKEYREJECTED when the key is not
 * that of the certificate, -E2BIG, -ENOMEM. Nothing is added on failure.
 */
int must_check pki_add(struct pki *pki, const struct pki_trustpoint_input *in);
/* For tests: certificates are judged at this time; 0 = now. */
void pki_set_time(struct pki *pki, time_t at);
time_t pki_time(const struct pki *pki);
struct pki *pki_get(struct pki *pki);
void pki_put(struct pki *pki); /* NULL is allowed; the last one frees and wipes */

/* Subject of the i-th CA we believe, DER; len 0 at the end. For CERTREQ. */
struct prim_chunk pki_ca_name(const struct pki *pki, size_t i);
bool pki_has_ca(const struct pki *pki);

/*
 * The certificate of ours for a method of authentication: one under a CA that the peer named (DER),
 * else the first that fits; NULL when there is none.
 */
const struct pki_own *pki_choose(const struct pki *pki, const struct alg_auth_row *auth,
				 const struct prim_chunk *names, size_t n_names);
/* i-th certificate to send: ours, then those of CAs between it and the root; len 0 at the end. */
struct prim_chunk pki_own_cert(const struct pki_own *own, size_t i);
struct prim_chunk pki_own_subject(const struct pki_own *own); /* DER of the name */
const char *pki_own_trustpoint(const struct pki_own *own);
const struct pki_key *pki_own_key(const struct pki_own *own);
/* Whether the certificate names this identity (types of IKE: pki_cert_has_id()). */
bool pki_own_has_id(const struct pki_own *own, uint8_t type, const void *data, size_t len);
