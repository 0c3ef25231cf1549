/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_cert.h"

#include "lib/crypto/pki.h"
#include "lib/crypto/pki_der.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <limits.h>
#include <string.h>
#include <strings.h>

enum {
	VERSION_3 = 2,
	SERIAL_MAX = 20 /* bytes, RFC 5280 4.1.2.2 */
};

static bool serial_ok(const ASN1_INTEGER *serial)
{
	return ASN1_STRING_type(serial) != V_ASN1_NEG_INTEGER && ASN1_STRING_length(serial) > 0 &&
	       ASN1_STRING_length(serial) <= SERIAL_MAX;
}

static bool times_ok(X509 *x)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notBefore(x), &tm) == 1 &&
	       ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1;
}

static bool sane(X509 *x)
{
	const X509_ALGOR *outer;

	X509_get0_signature(NULL, &outer, x);
	return X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x)) == 0 &&
	       serial_ok(X509_get0_serialNumber(x)) && times_ok(x) && X509_get0_pubkey(x) &&
	       X509_get_version(x) <= VERSION_3 &&
	       (X509_get_version(x) == VERSION_3 || X509_get_ext_count(x) == 0) &&
	       !(X509_get_extension_flags(x) & EXFLAG_INVALID);
}

X509 *pki_cert_parse(const void *data, size_t len)
{
	const unsigned char *p = data;
	X509 *x;

	if (len == 0 || len > PKI_CERT_MAX || !pki_der_check(data, len))
		return NULL;
	x = d2i_X509(NULL, &p, (long)len);
	if (x && p == (const unsigned char *)data + len && sane(x))
		return x;
	X509_free(x);
	return NULL;
}

X509_CRL *pki_cert_parse_crl(const void *data, size_t len)
{
	const unsigned char *p = data;
	X509_CRL *crl;

	if (len == 0 || len > PKI_CRL_MAX || !pki_der_check(data, len))
		return NULL;
	crl = d2i_X509_CRL(NULL, &p, (long)len);
	if (crl && p == (const unsigned char *)data + len)
		return crl;
	X509_CRL_free(crl);
	return NULL;
}

static bool name_is(X509 *cert, const void *data, size_t len)
{
	const unsigned char *p = data;
	X509_NAME *name;
	bool same;

	if (len > PKI_CERT_MAX || !pki_der_check(data, len))
		return false;
	name = d2i_X509_NAME(NULL, &p, (long)len);
	same = name && p == (const unsigned char *)data + len && X509_NAME_entry_count(name) > 0 &&
	       X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0;
	X509_NAME_free(name);
	return same;
}

static bool text_is(const ASN1_STRING *s, const void *data, size_t len, bool email)
{
	const char *a = (const char *)ASN1_STRING_get0_data(s), *b = data;
	const char *at;
	size_t local = 0;

	if (len == 0 || (size_t)ASN1_STRING_length(s) != len || memchr(a, 0, len))
		return false;
	at = email ? memrchr(a, '@', len) : NULL;
	if (email && !at)
		return false;
	if (at)
		local = (size_t)(at - a) + 1;
	/* only domains are equal in any case */
	return memcmp(a, b, local) == 0 && strncasecmp(a + local, b + local, len - local) == 0;
}

static bool bytes_are(const ASN1_STRING *s, const void *data, size_t len)
{
	return (size_t)ASN1_STRING_length(s) == len &&
	       memcmp(ASN1_STRING_get0_data(s), data, len) == 0;
}

static bool general_name_is(const GENERAL_NAME *name, uint8_t type, const void *data, size_t len)
{
	switch (type) {
	case PKI_ID_IPV4:
	case PKI_ID_IPV6: return name->type == GEN_IPADD && bytes_are(name->d.iPAddress, data, len);
	case PKI_ID_FQDN:
		return name->type == GEN_DNS && text_is(name->d.dNSName, data, len, false);
	case PKI_ID_EMAIL:
		return name->type == GEN_EMAIL && text_is(name->d.rfc822Name, data, len, true);
	default: return false;
	}
}

bool pki_cert_has_id(X509 *cert, uint8_t type, const void *data, size_t len)
{
	GENERAL_NAMES *names;
	bool found = false;

	if (type == PKI_ID_DN)
		return name_is(cert, data, len);
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = general_name_is(sk_GENERAL_NAME_value(names, i), type, data, len);
	GENERAL_NAMES_free(names);
	return found;
}

bool pki_cert_der_has_id(struct prim_chunk cert, uint8_t type, const void *data, size_t len)
{
	X509 *x = pki_cert_parse(cert.data, cert.len);
	bool found = x && pki_cert_has_id(x, type, data, len);

	X509_free(x);
	return found;
}

/* Any of these; ipsecEndSystem, Tunnel and User are obsolete and still issued. */
static bool purpose_ok(const ASN1_OBJECT *purpose)
{
	static const char *const accepted[] = {
		"2.5.29.37.0",	      /* any */
		"1.3.6.1.5.5.7.3.17", /* ipsecIKE */
		"1.3.6.1.5.5.7.3.1",  /* serverAuth, as Windows asks for */
		"1.3.6.1.5.5.7.3.2",  /* clientAuth */
		"1.3.6.1.5.5.7.3.5",  "1.3.6.1.5.5.7.3.6",
		"1.3.6.1.5.5.7.3.7",  "1.3.6.1.5.5.8.2.2", /* iKEIntermediate */
	};
	char text[80];

	if (OBJ_obj2txt(text, sizeof(text), purpose, 1) <= 0)
		return false;
	for (size_t i = 0; i < array_len(accepted); i++)
		if (strcmp(text, accepted[i]) == 0)
			return true;
	return false;
}

static bool extended_usage_ok(X509 *cert)
{
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	bool ok = !usage;

	for (int i = 0; !ok && i < sk_ASN1_OBJECT_num(usage); i++)
		ok = purpose_ok(sk_ASN1_OBJECT_value(usage, i));
	EXTENDED_KEY_USAGE_free(usage);
	return ok;
}

bool pki_cert_is_for_ike(X509 *cert)
{
	uint32_t usage = X509_get_key_usage(cert); /* all ones when there is none */

	return !(X509_get_extension_flags(cert) & EXFLAG_CA) &&
	       usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) && extended_usage_ok(cert);
}
