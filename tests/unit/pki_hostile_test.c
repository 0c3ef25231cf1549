/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinguished names that lie (H037), keys that cost (H050), and addresses in certificates that
 * nobody may call (H053).
 */
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_key.h"
#include "lib/crypto/pki_verify.h"
#include "lib/crypto/prim.h"
#include "tests/certs/certs.h"

#include <cmocka.h>
#include <openssl/bio.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What OpenSSL would call to fetch something: these come before those of the C library. */
int pki_hostile_test_socket(void) __asm__("socket");
int pki_hostile_test_connect(void) __asm__("connect");
int pki_hostile_test_getaddrinfo(void) __asm__("getaddrinfo");

static unsigned n_calls;

static int refuse(void)
{
	n_calls++;
	errno = EPERM;
	return -1;
}

int pki_hostile_test_socket(void)
{
	return refuse();
}

int pki_hostile_test_connect(void)
{
	return refuse();
}

int pki_hostile_test_getaddrinfo(void)
{
	return refuse();
}

static const struct certs_spec ca_spec = {.cn = "root", .ca = true, .key = "EC:P-256"};

/* O=Test, CN=<text> in this string type. */
static size_t name_der(uint8_t *buf, uint8_t string_type, const char *text)
{
	static const uint8_t head[] = {0x30, 0,	   0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55,
				       0x04, 0x0a, 0x0c, 0x04, 'T',  'e',  's',	 't'};
	const uint8_t cn[] = {0x31,
			      (uint8_t)(strlen(text) + 9),
			      0x30,
			      (uint8_t)(strlen(text) + 7),
			      0x06,
			      0x03,
			      0x55,
			      0x04,
			      0x03,
			      string_type,
			      (uint8_t)strlen(text)};
	size_t len = sizeof(head);

	memcpy(buf, head, sizeof(head));
	memcpy(buf + len, cn, sizeof(cn));
	len += sizeof(cn);
	memcpy(buf + len, text, strlen(text));
	len += strlen(text);
	buf[1] = (uint8_t)(len - 2);
	return len;
}

static void names(void **)
{
	enum {
		UTF8 = 12,
		PRINTABLE = 19,
		IA5 = 22,
		BMP = 30
	};
	static const struct {
		uint8_t type;
		const char *text;
		bool same;
	} rows[] = {
		{UTF8, "east", true},	   {PRINTABLE, "east", true}, /* RFC 5280 7.1 */
		{PRINTABLE, "EAST", true}, {IA5, "east", true},	      {UTF8, "eas", false},
		{UTF8, "easts", false},	   {UTF8, "*", false},	      {UTF8, "e*", false},
		{UTF8, "", false},	   {BMP, "east", false},      {UTF8, "west", false},
		{UTF8, "east\x01", false},
	};
	const struct certs_spec spec = {.cn = "east", .key = "EC:P-256"};
	struct certs_issued ca = certs_issue(NULL, &ca_spec);
	struct certs_issued leaf = certs_issue(&ca, &spec);
	struct prim_chunk der = certs_der(&leaf);
	uint8_t name[256];
	size_t len;

	for (size_t i = 0; i < array_len(rows); i++) {
		len = name_der(name, rows[i].type, rows[i].text);
		if (pki_cert_der_has_id(der, PKI_ID_DN, name, len) != rows[i].same)
			fail_msg("type %u, \"%s\"", rows[i].type, rows[i].text);
	}
	/* every beginning of the true one, and more behind it */
	len = name_der(name, UTF8, "east");
	for (size_t n = 0; n < len; n++)
		assert_false(pki_cert_der_has_id(der, PKI_ID_DN, name, n));
	name[len] = 0;
	assert_false(pki_cert_der_has_id(der, PKI_ID_DN, name, len + 1));
	/* cut off where a part ends, and with a length that says so */
	name[1] = 15;
	assert_false(pki_cert_der_has_id(der, PKI_ID_DN, name, 17));
	/* the issuer's name is not the subject's */
	len = name_der(name, UTF8, "root");
	assert_false(pki_cert_der_has_id(der, PKI_ID_DN, name, len));
	certs_free(&leaf);
	certs_free(&ca);
}

/* Sequences in sequences, as many as fit into 64 KB; and as many bytes of nothing. */
static void names_without_end(void **)
{
	enum {
		SIZE = 65535,
		HEAD = 4
	};
	const struct certs_spec spec = {.cn = "east", .key = "EC:P-256"};
	struct certs_issued ca = certs_issue(NULL, &ca_spec);
	struct certs_issued leaf = certs_issue(&ca, &spec);
	uint8_t *deep = calloc(1, SIZE), *flat = calloc(1, SIZE);
	size_t at = 0;

	assert_true(deep && flat);
	for (; at + 2 * HEAD < SIZE; at += HEAD) {
		size_t left = SIZE - at - HEAD;

		deep[at] = at == HEAD ? 0x31 : 0x30;
		deep[at + 1] = 0x82;
		deep[at + 2] = (uint8_t)(left >> 8);
		deep[at + 3] = (uint8_t)left;
	}
	memcpy(flat, deep, HEAD);
	for (size_t len = 1; len <= SIZE; len = len < 60000 ? len * 3 : len + 61) {
		assert_false(pki_cert_der_has_id(certs_der(&leaf), PKI_ID_DN, deep, len));
		assert_false(pki_cert_der_has_id(certs_der(&leaf), PKI_ID_DN, flat, len));
	}
	assert_false(pki_cert_der_has_id(certs_der(&leaf), PKI_ID_DN, deep, SIZE));
	free(deep);
	free(flat);
	certs_free(&leaf);
	certs_free(&ca);
}

static enum pki_verdict judge(const struct certs_spec *spec)
{
	struct certs_issued ca = certs_issue(NULL, &ca_spec);
	struct certs_issued leaf = certs_issue(&ca, spec);
	struct pki *pki = certs_pki(&ca, NULL);
	struct prim_chunk der = certs_der(&leaf);
	enum pki_verdict verdict = pki_verify_chain(pki, &der, 1);

	pki_put(pki);
	certs_free(&leaf);
	certs_free(&ca);
	return verdict;
}

/* The numbers of a key: refused for what they are, before anything is computed with them. */
static void numbers(void **)
{
	static const struct {
		unsigned bits;
		char last;
		const char *e;
		enum pki_verdict verdict;
	} rows[] = {
		{1024, 'd', "010001", PKI_GOOD},
		{4096, 'd', "010001", PKI_GOOD},
		{1020, 'd', "010001", PKI_KEY_REFUSED},
		{4100, 'd', "010001", PKI_KEY_REFUSED},
		{16384, 'd', "010001", PKI_KEY_REFUSED},
		{2048, 'c', "010001", PKI_KEY_REFUSED},
		{2048, 'd', "00", PKI_KEY_REFUSED},
		{2048, 'd', "01", PKI_KEY_REFUSED},
		{2048, 'd', "03", PKI_KEY_REFUSED},
		{2048, 'd', "010000", PKI_KEY_REFUSED},
		{2048, 'd', "010000000000000001", PKI_KEY_REFUSED},
		{4, '0', "010001", PKI_KEY_REFUSED},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		char n[16384 / 4 + 1] = {0};
		struct certs_spec spec = {.cn = "a", .public_n = n, .public_e = rows[i].e};
		enum pki_verdict verdict;

		memset(n, 'd', rows[i].bits / 4);
		n[rows[i].bits / 4 - 1] = rows[i].last;
		verdict = judge(&spec);
		if (verdict != rows[i].verdict)
			fail_msg("row %zu: verdict %d", i, (int)verdict);
	}
}

static void nothing_is_fetched(void **)
{
	static const char *const urls[] = {
		"http://127.0.0.1:8080/x", "https://attacker.example/x", "ldap://127.0.0.1/cn=x",
		"ftp://127.0.0.1/x",	   "file:///etc/passwd",
	};
	struct pki_cert_info info;
	BIO_ADDRINFO *found = NULL;

	/* what is counted is what OpenSSL calls */
	assert_int_equal(BIO_lookup("127.0.0.1", "80", BIO_LOOKUP_CLIENT, 0, 0, &found), 0);
	assert_true(n_calls > 0);
	n_calls = 0;
	for (size_t i = 0; i < array_len(urls); i++) {
		char crl[128], info_at[256];
		struct certs_spec spec = {
			.cn = "a", .key = "EC:P-256", .crl_at = crl, .info_at = info_at};
		struct certs_issued ca = certs_issue(NULL, &ca_spec);
		struct certs_issued stranger = certs_issue(NULL, &ca_spec), leaf[2];

		snprintf(crl, sizeof(crl), "URI:%s", urls[i]);
		snprintf(info_at, sizeof(info_at), "OCSP;URI:%s,caIssuers;URI:%s", urls[i],
			 urls[i]);
		leaf[0] = certs_issue(&ca, &spec);
		leaf[1] = certs_issue(&stranger, &spec);
		for (enum pki_revocation r = 0; r <= PKI_REVOCATION_OPTIONAL; r++) {
			struct pki_trustpoint_input in = {
				.name = "T", .cas = {certs_der(&ca)}, .n_cas = 1, .revocation = r};
			struct pki *pki = pki_create();
			struct prim_chunk der[] = {certs_der(&leaf[0]), certs_der(&leaf[1])};

			assert_int_equal(pki_add(pki, &in), 0);
			assert_int_equal(pki_verify_chain(pki, &der[0], 1),
					 r == PKI_REVOCATION_CRL ? PKI_NO_CRL : PKI_GOOD);
			assert_int_not_equal(pki_verify_chain(pki, &der[1], 1), PKI_GOOD);
			pki_put(pki);
		}
		assert_int_equal(pki_cert_describe(leaf[0].der, leaf[0].len, &info), 0);
		certs_free(&leaf[0]);
		certs_free(&leaf[1]);
		certs_free(&stranger);
		certs_free(&ca);
	}
	assert_int_equal(n_calls, 0);
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(names_without_end),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nothing_is_fetched),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
