/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of struct pki: what pki.c builds and pki_verify.c reads. Nobody else includes this. */
#pragma once

#include "lib/crypto/pki.h"

#include <openssl/x509.h>

#include <stdatomic.h>

struct pki_own {
	char trustpoint[PKI_NAME_MAX];
	X509 *cert; /* NULL = none */
	struct pki_key *key;
	uint8_t *ders[PKI_CHAIN_MAX];
	size_t lens[PKI_CHAIN_MAX];
	size_t n;
	uint8_t *subject;
	size_t subject_len;
};

struct pki_trustpoint {
	X509_STORE *store;
	STACK_OF(X509) * cas;
	enum pki_revocation revocation;
	struct pki_own own;
};

struct pki {
	atomic_uint refs;
	time_t at;
	struct pki_trustpoint rows[PKI_TRUSTPOINTS_MAX];
	size_t n;
	struct prim_chunk names[PKI_TRUSTPOINTS_MAX * PKI_CAS_MAX]; /* owned, no two equal */
	size_t n_names;
};
