/* SPDX-License-Identifier: BSD-3-Clause */
/* A certification authority for tests: issues certificates as wrong as a test wants them. */
#pragma once

#include "lib/crypto/pki.h"

#include <openssl/x509.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct certs_issued {
	X509 *x;
	EVP_PKEY *key;
	uint8_t *der; /* OPENSSL_free() */
	size_t len;
};

/* What is not said is as it should be. */
struct certs_spec {
	const char *cn;
	const char *san;      /* "IP:1.2.3.4,DNS:a" as openssl.cnf has it */
	const char *key;      /* "RSA:2048" (default), "RSA:1024", "EC:P-256", ... */
	const char *usage;    /* keyUsage; NULL = digitalSignature, of a CA keyCertSign,cRLSign */
	const char *extended; /* extendedKeyUsage; NULL = none */
	const char *digest;   /* default SHA256 */
	const char *constraints; /* basicConstraints; NULL = CA:FALSE, of a CA CA:TRUE */
	const char *name_constraints;
	const char *crl_at;  /* crlDistributionPoints, "URI:http://..." */
	const char *info_at; /* authorityInfoAccess, "OCSP;URI:http://..." */
	/* RSA, hexadecimal, instead of key: numbers that nobody has the private part of */
	const char *public_n;
	const char *public_e;
	bool ca;
	int days_ago;	   /* notBefore, default 1 */
	int days_left;	   /* notAfter; default 365, -1 = yesterday */
	long serial;	   /* default: counted up */
	unsigned exponent; /* RSA, default 65537 */
};

/* issuer NULL: self-signed. */
struct certs_issued certs_issue(const struct certs_issued *issuer, const struct certs_spec *spec);
void certs_free(struct certs_issued *c);
struct prim_chunk certs_der(const struct certs_issued *c);
/* The private key; pki_key_put(). */
struct pki_key *certs_key(const struct certs_issued *c);
/* A CRL of this issuer that revokes one certificate (or none); DER, OPENSSL_free(). */
uint8_t *certs_crl(const struct certs_issued *issuer, const struct certs_issued *revoked,
		   int days_left, size_t *len);
/* The certificates in PKCS #7, the issuer first, which may be NULL; DER, OPENSSL_free(). */
uint8_t *certs_pkcs7(const struct certs_issued *issuer, const struct certs_issued *own,
		     size_t *len);
/* A trustpoint: believes ca, shows own (NULL: nothing). */
struct pki *certs_pki(const struct certs_issued *ca, const struct certs_issued *own);
