/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_match.h"

#include "lib/crypto/pki_cert.h"
#include "lib/net/addr.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum answer {
	NO,
	YES,
	NONSENSE, /* the rule cannot be asked: it holds for nothing */
};

static bool contains(const char *text, size_t len, const char *part, size_t part_len)
{
	for (size_t i = 0; i + part_len <= len; i++)
		if (strncasecmp(text + i, part, part_len) == 0)
			return true;
	return false;
}

static X509_NAME *parse_name(const char *text)
{
	size_t len = 0;
	uint8_t *der = pki_cert_name_of_text(text, &len);
	const unsigned char *p = der;
	X509_NAME *name = der ? d2i_X509_NAME(NULL, &p, (long)len) : NULL;

	free(der);
	return name;
}

/* A part of the name, of that kind (NULL: any), contains the text. */
static bool some_part(const X509_NAME *name, const ASN1_OBJECT *kind, const char *text, size_t len)
{
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		unsigned char *value = NULL;
		bool found;
		int n;

		if (kind && OBJ_cmp(kind, X509_NAME_ENTRY_get_object(entry)) != 0)
			continue;
		n = ASN1_STRING_to_UTF8(&value, X509_NAME_ENTRY_get_data(entry));
		found = n >= 0 && contains((const char *)value, (size_t)n, text, len);
		OPENSSL_free(value);
		if (found)
			return true;
	}
	return false;
}

static bool every_part(const X509_NAME *name, const X509_NAME *wanted)
{
	for (int i = 0; i < X509_NAME_entry_count(wanted); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(wanted, i);
		unsigned char *value = NULL;
		int n = ASN1_STRING_to_UTF8(&value, X509_NAME_ENTRY_get_data(entry));
		bool found = n >= 0 && some_part(name, X509_NAME_ENTRY_get_object(entry),
						 (const char *)value, (size_t)n);

		OPENSSL_free(value);
		if (!found)
			return false;
	}
	return true;
}

static enum answer ask_name(const X509_NAME *name, bool whole, const char *text)
{
	enum answer answer;
	X509_NAME *wanted;

	if (!whole && !strchr(text, '='))
		return some_part(name, NULL, text, strlen(text)) ? YES : NO;
	wanted = parse_name(text);
	if (!wanted || X509_NAME_entry_count(wanted) == 0)
		answer = NONSENSE;
	else if (whole)
		answer = X509_NAME_cmp(wanted, name) == 0 ? YES : NO;
	else
		answer = every_part(name, wanted) ? YES : NO;
	X509_NAME_free(wanted);
	return answer;
}

/* The text of a name, "" for kinds that have none; buf is for addresses. */
static const char *alt_text(const GENERAL_NAME *name, char *buf, size_t size, size_t *len)
{
	const ASN1_STRING *s;
	struct addr a = {.family = ADDR_V4};

	*len = 0;
	if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
		memcpy(a.b, ASN1_STRING_get0_data(name->d.iPAddress), 4);
		*len = strlen(addr_print(&a, buf, size));
		return buf;
	}
	if (name->type != GEN_DNS && name->type != GEN_EMAIL)
		return "";
	s = name->type == GEN_DNS ? name->d.dNSName : name->d.rfc822Name;
	*len = (size_t)ASN1_STRING_length(s);
	return (const char *)ASN1_STRING_get0_data(s);
}

static enum answer ask_alt(X509 *cert, bool whole, const char *text)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	size_t want = strlen(text);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		char buf[ADDR_TEXT];
		size_t len;
		const char *name =
			alt_text(sk_GENERAL_NAME_value(names, i), buf, sizeof(buf), &len);

		found = (whole ? len == want : true) && contains(name, len, text, want);
	}
	GENERAL_NAMES_free(names);
	return found ? YES : NO;
}

static bool holds(X509 *cert, const struct pki_match_rule *rule)
{
	bool whole = rule->op == PKI_MATCH_EQ || rule->op == PKI_MATCH_NE;
	bool wanted = rule->op == PKI_MATCH_EQ || rule->op == PKI_MATCH_CO;
	enum answer answer;

	if (!rule->text[0])
		return false;
	if (rule->field == PKI_MATCH_ALT_SUBJECT)
		answer = ask_alt(cert, whole, rule->text);
	else
		answer = ask_name(rule->field == PKI_MATCH_SUBJECT ? X509_get_subject_name(cert)
								   : X509_get_issuer_name(cert),
				  whole, rule->text);
	return answer == (wanted ? YES : NO);
}

bool pki_match(struct prim_chunk cert, const struct pki_match_rule *rules, size_t n)
{
	X509 *x = n ? pki_cert_parse(cert.data, cert.len) : NULL;
	bool all = x != NULL;

	for (size_t i = 0; all && i < n; i++)
		all = holds(x, &rules[i]);
	X509_free(x);
	return all;
}
