/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_pkcs7.h"

#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_der.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static PKCS7 *parse(const void *data, size_t len)
{
	const unsigned char *p = data;
	PKCS7 *p7;

	if (len > PKI_CERT_MAX || !pki_der_check(data, len))
		return NULL;
	p7 = d2i_PKCS7(NULL, &p, (long)len);
	if (p7 && p == (const unsigned char *)data + len && PKCS7_type_is_signed(p7) && p7->d.sign)
		return p7;
	PKCS7_free(p7);
	return NULL;
}

static int add(struct pki_ders *out, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	uint8_t *copy = len > 0 ? malloc((size_t)len) : NULL;

	if (copy) {
		memcpy(copy, der, (size_t)len);
		out->ders[out->n] = copy;
		out->lens[out->n++] = (size_t)len;
	}
	OPENSSL_free(der);
	return copy ? 0 : -ENOMEM;
}

static void to_front(struct pki_ders *out, size_t i)
{
	uint8_t *der = out->ders[i];
	size_t len = out->lens[i];

	out->ders[i] = out->ders[0];
	out->lens[i] = out->lens[0];
	out->ders[0] = der;
	out->lens[0] = len;
}

static int take_all(const STACK_OF(X509) * certs, struct pki_ders *out)
{
	bool found = false;

	if (sk_X509_num(certs) <= 0)
		return -EINVAL;
	if (sk_X509_num(certs) > PKI_CHAIN_MAX)
		return -E2BIG;
	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *x = sk_X509_value(certs, i);
		int rc = add(out, x);

		if (rc)
			return rc;
		if (found || X509_check_ca(x))
			continue;
		to_front(out, (size_t)i);
		found = true;
	}
	return 0;
}

int pki_pkcs7_certs(const void *data, size_t len, struct pki_ders *out)
{
	PKCS7 *p7 = parse(data, len);
	int rc = -EINVAL;

	*out = (struct pki_ders){0};
	if (p7)
		rc = take_all(p7->d.sign->cert, out);
	if (rc)
		pki_file_free(out);
	PKCS7_free(p7);
	ERR_clear_error();
	return rc;
}
