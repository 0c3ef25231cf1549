/* SPDX-License-Identifier: BSD-3-Clause */
/* Certificates, CRLs, requests and key stores as files and texts: PEM, DER, PKCS #10, #12. */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/pki.h"
#include "lib/net/addr.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PKI_FILE_MAX = 16, /* objects of one file */
};

struct pki_ders {
	uint8_t *ders[PKI_FILE_MAX]; /* pki_file_free() */
	size_t lens[PKI_FILE_MAX];
	size_t n;
};

/*
 * Every certificate (or CRL) of a PEM text, or the one of a DER file; each is checked. 0, -EINVAL
 * when one is not acceptable or there is none, -E2BIG, -ENOMEM. Other PEM blocks are skipped.
 */
int must_check pki_file_certs(const void *data, size_t len, struct pki_ders *out);
int must_check pki_file_crls(const void *data, size_t len, struct pki_ders *out);
void pki_file_free(struct pki_ders *ders);
/* "-----BEGIN CERTIFICATE-----...", malloc'ed; NULL without memory. */
char *pki_file_pem(struct prim_chunk der);
/*
 * PKCS #10 in PEM, malloc'ed: subject as pki_cert_name_of_text() takes it, fqdn ("") and address
 * (NONE) as subjectAltName. NULL on failure.
 */
char *pki_file_request(const struct pki_key *key, const char *subject, const char *fqdn,
		       const struct addr *address);
/*
 * Key, its certificate and the CAs of a PKCS #12 file. 0 (pki_key_put(*key), pki_file_free()),
 * -EACCES for a wrong password, -EINVAL.
 */
int must_check pki_file_pkcs12(const void *data, size_t len, const char *password,
			       struct pki_key **key, struct pki_ders *own, struct pki_ders *cas);
