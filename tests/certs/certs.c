/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/certs/certs.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAY = 86400
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "certs: %s failed\n", what);
	abort();
}

static EVP_PKEY *rsa_key(unsigned bits, unsigned exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *key = NULL;

	BN_set_word(e, exponent ? exponent : 65537);
	must(EVP_PKEY_keygen_init(ctx) == 1 &&
		     EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) == 1 &&
		     EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) == 1 &&
		     EVP_PKEY_generate(ctx, &key) == 1,
	     "an RSA key");
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *make_key(const struct certs_spec *spec)
{
	const char *text = spec->public_n ? "EC:P-256" : spec->key ? spec->key : "RSA:2048";
	EVP_PKEY *key;

	if (strncmp(text, "RSA:", 4) == 0)
		return rsa_key((unsigned)atoi(text + 4), spec->exponent);
	key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", text + 3);
	must(key, text);
	return key;
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	if (!value || !*value)
		return;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(ext && X509_add_ext(x, ext, -1) == 1, value);
	X509_EXTENSION_free(ext);
}

static void add_extensions(X509 *x, X509 *issuer, const struct certs_spec *spec)
{
	const char *constraints = spec->ca ? "critical,CA:TRUE" : "CA:FALSE";
	const char *usage = spec->ca ? "keyCertSign,cRLSign" : "digitalSignature";

	extend(x, issuer, NID_basic_constraints,
	       spec->constraints ? spec->constraints : constraints);
	extend(x, issuer, NID_key_usage, spec->usage ? spec->usage : usage);
	extend(x, issuer, NID_ext_key_usage, spec->extended);
	extend(x, issuer, NID_subject_alt_name, spec->san);
	extend(x, issuer, NID_name_constraints, spec->name_constraints);
	extend(x, issuer, NID_crl_distribution_points, spec->crl_at);
	extend(x, issuer, NID_info_access, spec->info_at);
	extend(x, issuer, NID_subject_key_identifier, "hash");
}

static ASN1_INTEGER *number(const char *hex)
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *a;

	must(BN_hex2bn(&n, hex) > 0, hex);
	a = BN_to_ASN1_INTEGER(n, NULL);
	must(a, hex);
	BN_free(n);
	return a;
}

/* RSAPublicKey (RFC 8017 A.1.1) by hand: OpenSSL would look at the numbers. */
static void set_numbers(X509 *x, const struct certs_spec *spec)
{
	ASN1_INTEGER *rows[] = {number(spec->public_n), number(spec->public_e)};
	uint8_t *inner = NULL, *der = NULL, *at;
	int len = 0, total;

	for (int i = 0; i < 2; i++)
		len += i2d_ASN1_INTEGER(rows[i], NULL);
	inner = OPENSSL_malloc((size_t)len);
	at = inner;
	for (int i = 0; i < 2; i++) {
		i2d_ASN1_INTEGER(rows[i], &at);
		ASN1_INTEGER_free(rows[i]);
	}
	total = ASN1_object_size(1, len, V_ASN1_SEQUENCE);
	der = OPENSSL_malloc((size_t)total);
	at = der;
	ASN1_put_object(&at, 1, len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	memcpy(at, inner, (size_t)len);
	OPENSSL_free(inner);
	must(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x), OBJ_nid2obj(NID_rsaEncryption),
				    V_ASN1_NULL, NULL, der, total) == 1,
	     "a public key");
}

struct certs_issued certs_issue(const struct certs_issued *issuer, const struct certs_spec *spec)
{
	static long serial = 4096;
	struct certs_issued c = {.x = X509_new(), .key = make_key(spec)};
	X509_NAME *name = X509_get_subject_name(c.x);
	time_t now = time(NULL);
	int len;

	X509_set_version(c.x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x), spec->serial ? spec->serial : ++serial);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Test", -1, -1,
				   0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)spec->cn, -1,
				   -1, 0);
	X509_set_issuer_name(c.x, issuer ? X509_get_subject_name(issuer->x) : name);
	X509_set_pubkey(c.x, c.key);
	if (spec->public_n)
		set_numbers(c.x, spec);
	ASN1_TIME_set(X509_getm_notBefore(c.x),
		      now - (spec->days_ago ? spec->days_ago : 1) * (time_t)DAY);
	ASN1_TIME_set(X509_getm_notAfter(c.x),
		      now + (spec->days_left ? spec->days_left : 365) * (time_t)DAY);
	add_extensions(c.x, issuer ? issuer->x : c.x, spec);
	must(X509_sign(c.x, issuer ? issuer->key : c.key,
		       EVP_get_digestbyname(spec->digest ? spec->digest : "SHA256")) > 0,
	     "a signature");
	len = i2d_X509(c.x, &c.der);
	must(len > 0, "an encoding");
	c.len = (size_t)len;
	return c;
}

void certs_free(struct certs_issued *c)
{
	X509_free(c->x);
	EVP_PKEY_free(c->key);
	OPENSSL_free(c->der);
	memset(c, 0, sizeof(*c));
}

struct prim_chunk certs_der(const struct certs_issued *c)
{
	return (struct prim_chunk){c->der, c->len};
}

struct pki_key *certs_key(const struct certs_issued *c)
{
	EVP_PKEY_up_ref(c->key);
	return pki_key_of_evp(c->key);
}

uint8_t *certs_crl(const struct certs_issued *issuer, const struct certs_issued *revoked,
		   int days_left, size_t *len)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, time(NULL) - 2 * (time_t)DAY);
	X509_REVOKED *row;
	uint8_t *der = NULL;
	int n;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x));
	X509_CRL_set1_lastUpdate(crl, at);
	if (revoked) {
		row = X509_REVOKED_new();
		X509_REVOKED_set_serialNumber(row, X509_get_serialNumber(revoked->x));
		X509_REVOKED_set_revocationDate(row, at);
		must(X509_CRL_add0_revoked(crl, row) == 1, "a revocation");
	}
	ASN1_TIME_set(at, time(NULL) + days_left * (time_t)DAY);
	X509_CRL_set1_nextUpdate(crl, at);
	X509_CRL_sort(crl);
	must(X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0, "a CRL");
	n = i2d_X509_CRL(crl, &der);
	must(n > 0, "a CRL's encoding");
	*len = (size_t)n;
	ASN1_TIME_free(at);
	X509_CRL_free(crl);
	return der;
}

uint8_t *certs_pkcs7(const struct certs_issued *issuer, const struct certs_issued *own, size_t *len)
{
	PKCS7 *p7 = PKCS7_new();
	uint8_t *der = NULL;
	int n;

	if (!p7 || PKCS7_set_type(p7, NID_pkcs7_signed) != 1 ||
	    PKCS7_content_new(p7, NID_pkcs7_data) != 1 || PKCS7_set_detached(p7, 1) != 1 ||
	    (issuer && PKCS7_add_certificate(p7, issuer->x) != 1) ||
	    PKCS7_add_certificate(p7, own->x) != 1)
		abort();
	n = i2d_PKCS7(p7, &der);
	if (n <= 0)
		abort();
	*len = (size_t)n;
	PKCS7_free(p7);
	return der;
}

struct pki *certs_pki(const struct certs_issued *ca, const struct certs_issued *own)
{
	struct pki_trustpoint_input in = {.name = "T", .cas = {certs_der(ca)}, .n_cas = 1};
	struct pki *pki = pki_create();

	if (own) {
		in.cert = certs_der(own);
		in.key = certs_key(own);
	}
	must(pki_add(pki, &in) == 0, "a trustpoint");
	pki_key_put(in.key);
	return pki;
}
