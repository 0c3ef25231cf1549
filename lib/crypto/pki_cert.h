/* SPDX-License-Identifier: BSD-3-Clause */
/* One certificate or CRL out of bytes that are not trusted, and what IKE asks of a certificate. */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct x509_st; /* OpenSSL's */
struct X509_crl_st;
struct X509_name_st;

/* Kinds of an IKE identity (RFC 2407 4.6.2.1) that a certificate can name. */
enum pki_id {
	PKI_ID_IPV4 = 1,
	PKI_ID_FQDN = 2,
	PKI_ID_EMAIL = 3,
	PKI_ID_IPV6 = 5,
	PKI_ID_DN = 9,
};

/*
 * PKI_CERT_MAX bytes at most, strict DER, version 3 (1 only for roots of ours), one signature
 * algorithm, a serial number that is positive. NULL otherwise. X509_free().
 */
struct x509_st *pki_cert_parse(const void *data, size_t len);
struct X509_crl_st *pki_cert_parse_crl(const void *data, size_t len);

/* Whether the subject, or a subjectAltName, is this identity; all of it, no wildcards (H052). */
bool pki_cert_has_id(struct x509_st *cert, uint8_t type, const void *data, size_t len);
/* The same for a certificate in DER; false for what is none. */
bool pki_cert_der_has_id(struct prim_chunk cert, uint8_t type, const void *data, size_t len);
/* keyUsage and extendedKeyUsage, if any, allow IKE (RFC 4945 5.1.3), and it is no CA. */
bool pki_cert_is_for_ike(struct x509_st *cert);

/* What `show` and logs say. Strings end with a zero and are printable ASCII. */
struct pki_cert_info {
	char subject[256]; /* "CN=a,O=b" */
	char issuer[256];
	char serial[64]; /* hexadecimal, upper case */
	char key[32];	 /* "RSA 2048", "EC 256" */
	char sha1[64];	 /* fingerprint, hexadecimal */
	char sha256[72];
	char sans[256]; /* "DNS:a, IP:1.2.3.4" */
	char crl_url[256];
	time_t not_before;
	time_t not_after;
	bool ca;
	bool self_signed;
	bool weak; /* RSA below 2048, or signed with MD5 or SHA-1 */
};

/* 0 or -EINVAL. */
int must_check pki_cert_describe(const void *data, size_t len, struct pki_cert_info *out);
/* "CN=a,O=b" of a DER name, escaped; "?" when it is none. */
char *pki_cert_print_name(const void *der, size_t len, char *buf, size_t size);
/* Parses "cn=a, o=b" or "CN=a/O=b" as DER, malloc'ed; NULL when it is no name. */
uint8_t *pki_cert_name_of_text(const char *text, size_t *len);
