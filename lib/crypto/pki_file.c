/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_file.h"

#include "lib/crypto/pki_cert.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pki_file_free(struct pki_ders *ders)
{
	for (size_t i = 0; i < ders->n; i++)
		free(ders->ders[i]);
	ders->n = 0;
}

static bool acceptable(const void *data, size_t len, bool crl)
{
	X509_CRL *list = crl ? pki_cert_parse_crl(data, len) : NULL;
	X509 *cert = crl ? NULL : pki_cert_parse(data, len);
	bool ok = list || cert;

	X509_CRL_free(list);
	X509_free(cert);
	return ok;
}

static int add(struct pki_ders *out, const void *data, size_t len, bool crl)
{
	uint8_t *copy;

	if (!acceptable(data, len, crl))
		return -EINVAL;
	if (out->n == PKI_FILE_MAX)
		return -E2BIG;
	copy = malloc(len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	out->ders[out->n] = copy;
	out->lens[out->n++] = len;
	return 0;
}

static bool is_kind(const char *name, bool crl)
{
	if (crl)
		return strcmp(name, PEM_STRING_X509_CRL) == 0;
	return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

static int read_pem(BIO *bio, struct pki_ders *out, bool crl)
{
	char *name, *header;
	unsigned char *data;
	long len;
	int rc = 0;

	while (rc == 0 && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		if (is_kind(name, crl))
			rc = add(out, data, (size_t)len, crl);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(data, (size_t)len); /* may be a key */
	}
	return rc;
}

static int read_all(const void *data, size_t len, struct pki_ders *out, bool crl)
{
	BIO *bio;
	int rc;

	out->n = 0;
	if (len == 0 || len > PKI_CRL_MAX)
		return -EINVAL;
	if (*(const uint8_t *)data == 0x30) {
		rc = add(out, data, len, crl);
	} else {
		bio = BIO_new_mem_buf(data, (int)len);
		rc = bio ? read_pem(bio, out, crl) : -ENOMEM;
		BIO_free(bio);
	}
	if (rc == 0 && out->n == 0)
		rc = -EINVAL;
	if (rc)
		pki_file_free(out);
	return rc;
}

int pki_file_certs(const void *data, size_t len, struct pki_ders *out)
{
	return read_all(data, len, out, false);
}

int pki_file_crls(const void *data, size_t len, struct pki_ders *out)
{
	return read_all(data, len, out, true);
}

static char *text_of(BIO *bio)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	return len > 0 ? strndup(data, (size_t)len) : NULL;
}

char *pki_file_pem(struct prim_chunk der)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (bio && PEM_write_bio(bio, PEM_STRING_X509, "", der.data, (long)der.len) > 0)
		text = text_of(bio);
	BIO_free(bio);
	return text;
}

static int add_names(X509_REQ *req, const char *fqdn, const struct addr *address)
{
	STACK_OF(X509_EXTENSION) *list = NULL;
	char value[160] = "", text[ADDR_TEXT];
	X509_EXTENSION *ext;
	int ok;

	if (fqdn[0])
		snprintf(value, sizeof(value), "DNS:%s", fqdn);
	if (address->family)
		snprintf(value + strlen(value), sizeof(value) - strlen(value), "%sIP:%s",
			 value[0] ? "," : "", addr_print(address, text, sizeof(text)));
	if (!value[0])
		return 0;
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, value);
	if (!ext || !X509v3_add_ext(&list, ext, -1)) {
		X509_EXTENSION_free(ext);
		return -EINVAL;
	}
	ok = X509_REQ_add_extensions(req, list);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	X509_EXTENSION_free(ext);
	return ok == 1 ? 0 : -ENOMEM;
}

static int fill(X509_REQ *req, const struct pki_key *key, const char *subject)
{
	size_t len = 0;
	uint8_t *der = pki_cert_name_of_text(subject, &len);
	const unsigned char *p = der;
	X509_NAME *name = der ? d2i_X509_NAME(NULL, &p, (long)len) : NULL;
	int ok = name && X509_REQ_set_version(req, 0) == 1 &&
		 X509_REQ_set_subject_name(req, name) == 1 &&
		 X509_REQ_set_pubkey(req, pki_key_evp(key)) == 1;

	X509_NAME_free(name);
	free(der);
	return ok ? 0 : -EINVAL;
}

char *pki_file_request(const struct pki_key *key, const char *subject, const char *fqdn,
		       const struct addr *address)
{
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (req && bio && fill(req, key, subject) == 0 && add_names(req, fqdn, address) == 0 &&
	    X509_REQ_sign(req, pki_key_evp(key), EVP_sha256()) > 0 &&
	    PEM_write_bio_X509_REQ(bio, req) == 1)
		text = text_of(bio);
	BIO_free(bio);
	X509_REQ_free(req);
	return text;
}

static int add_x509(struct pki_ders *out, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	int rc = len > 0 ? add(out, der, (size_t)len, false) : -ENOMEM;

	OPENSSL_free(der);
	return rc;
}

static int take_pkcs12(PKCS12 *p12, const char *password, struct pki_key **key,
		       struct pki_ders *own, struct pki_ders *cas)
{
	STACK_OF(X509) *others = NULL;
	EVP_PKEY *evp = NULL;
	X509 *cert = NULL;
	int rc = 0;

	if (PKCS12_parse(p12, password, &evp, &cert, &others) != 1)
		return -EACCES;
	*key = evp ? pki_key_of_evp(evp) : NULL;
	if (!*key || !cert)
		rc = -EINVAL;
	if (rc == 0)
		rc = add_x509(own, cert);
	for (int i = 0; rc == 0 && i < sk_X509_num(others); i++)
		rc = add_x509(cas, sk_X509_value(others, i));
	X509_free(cert);
	sk_X509_pop_free(others, X509_free);
	return rc;
}

int pki_file_pkcs12(const void *data, size_t len, const char *password, struct pki_key **key,
		    struct pki_ders *own, struct pki_ders *cas)
{
	const unsigned char *p = data;
	PKCS12 *p12 = len <= PKI_CRL_MAX ? d2i_PKCS12(NULL, &p, (long)len) : NULL;
	int rc = p12 ? 0 : -EINVAL;

	own->n = cas->n = 0;
	*key = NULL;
	if (rc == 0)
		rc = take_pkcs12(p12, password, key, own, cas);
	PKCS12_free(p12);
	if (rc) {
		pki_key_put(*key);
		*key = NULL;
		pki_file_free(own);
		pki_file_free(cas);
	}
	return rc;
}
