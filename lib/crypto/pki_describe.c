/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/log.h"
#include "lib/crypto/pki.h"
#include "lib/crypto/pki_cert.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything a stranger wrote goes through here. */
static void take_bio(BIO *bio, char *out, size_t size)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);

	log_escape(out, size, text, len > 0 ? (size_t)len : 0);
}

static void print_name(X509_NAME *name, char *out, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	out[0] = '\0';
	if (bio &&
	    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)XN_FLAG_DN_REV) >= 0)
		take_bio(bio, out, size);
	BIO_free(bio);
}

char *pki_cert_print_name(const void *der, size_t len, char *buf, size_t size)
{
	const unsigned char *p = der;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)len);

	snprintf(buf, size, "?");
	if (name)
		print_name(name, buf, size);
	X509_NAME_free(name);
	return buf;
}

static void hex(const uint8_t *data, size_t len, char *out, size_t size)
{
	for (size_t i = 0; i < len && 2 * i + 2 < size; i++)
		snprintf(out + 2 * i, 3, "%02X", data[i]);
}

static void fingerprint(X509 *x, const EVP_MD *md, char *out, size_t size)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (X509_digest(x, md, digest, &len) == 1)
		hex(digest, len, out, size);
}

static void describe_sans(X509 *x, char *out, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	BIO *bio = BIO_new(BIO_s_mem());

	for (int i = 0; bio && i < sk_GENERAL_NAME_num(names); i++) {
		if (i)
			BIO_puts(bio, ", ");
		GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
	}
	if (bio)
		take_bio(bio, out, size);
	BIO_free(bio);
	GENERAL_NAMES_free(names);
}

static void describe_crl(X509 *x, char *out, size_t size)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);

	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		DIST_POINT *point = sk_DIST_POINT_value(points, i);
		GENERAL_NAMES *names = point->distpoint && point->distpoint->type == 0
					       ? point->distpoint->name.fullname
					       : NULL;
		GENERAL_NAME *name =
			sk_GENERAL_NAME_num(names) > 0 ? sk_GENERAL_NAME_value(names, 0) : NULL;

		if (name && name->type == GEN_URI) {
			log_escape(out, size,
				   ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
				   (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier));
			break;
		}
	}
	CRL_DIST_POINTS_free(points);
}

static time_t time_of(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : 0;
}

static bool is_weak(X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	int digest = NID_undef;

	if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) < PKI_RSA_WEAK)
		return true;
	return X509_get_signature_info(x, &digest, NULL, NULL, NULL) == 1 &&
	       (digest == NID_md5 || digest == NID_sha1);
}

static void describe(X509 *x, struct pki_cert_info *out)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);

	print_name(X509_get_subject_name(x), out->subject, sizeof(out->subject));
	print_name(X509_get_issuer_name(x), out->issuer, sizeof(out->issuer));
	hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), out->serial,
	    sizeof(out->serial));
	snprintf(out->key, sizeof(out->key), "%s %d", EVP_PKEY_is_a(key, "RSA") ? "RSA" : "EC",
		 EVP_PKEY_get_bits(key));
	fingerprint(x, EVP_sha1(), out->sha1, sizeof(out->sha1));
	fingerprint(x, EVP_sha256(), out->sha256, sizeof(out->sha256));
	describe_sans(x, out->sans, sizeof(out->sans));
	describe_crl(x, out->crl_url, sizeof(out->crl_url));
	out->not_before = time_of(X509_get0_notBefore(x));
	out->not_after = time_of(X509_get0_notAfter(x));
	out->ca = X509_check_ca(x) > 0;
	out->self_signed = X509_get_extension_flags(x) & EXFLAG_SS;
	out->weak = is_weak(x);
}

int pki_cert_describe(const void *data, size_t len, struct pki_cert_info *out)
{
	X509 *x = pki_cert_parse(data, len);

	memset(out, 0, sizeof(*out));
	if (!x)
		return -EINVAL;
	describe(x, out);
	X509_free(x);
	return 0;
}

/* One "type=value", blanks around it gone. */
static bool add_entry(X509_NAME *name, char *text)
{
	char *eq = strchr(text, '=');
	char *type = text + strspn(text, " \t"), *value, *end;

	if (!eq)
		return false;
	*eq = '\0';
	value = eq + 1 + strspn(eq + 1, " \t");
	for (end = eq; end > type && (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	for (char *p = type; *p; p++) /* IOS writes them small */
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	return *value &&
	       X509_NAME_add_entry_by_txt(
		       name,
		       strcmp(type, "E") == 0 || strcmp(type, "EMAIL") == 0 ? "emailAddress" : type,
		       MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1;
}

uint8_t *pki_cert_name_of_text(const char *text, size_t *len)
{
	X509_NAME *name = X509_NAME_new();
	char *copy = strdup(text), *next = copy, *entry;
	unsigned char *der = NULL;
	uint8_t *out = NULL;
	bool ok = name && copy;
	int n;

	while (ok && (entry = strsep(&next, ",/")))
		if (entry[strspn(entry, " \t")])
			ok = add_entry(name, entry);
	n = ok && X509_NAME_entry_count(name) > 0 ? i2d_X509_NAME(name, &der) : 0;
	if (n > 0 && (out = malloc((size_t)n))) {
		memcpy(out, der, (size_t)n);
		*len = (size_t)n;
	}
	OPENSSL_free(der);
	X509_NAME_free(name);
	free(copy);
	return out;
}
