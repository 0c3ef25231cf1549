/* SPDX-License-Identifier: BSD-3-Clause */
/* Chains that hold and chains that must not; signatures; what is no DER. H045, H048 to H052. */
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_der.h"
#include "lib/crypto/pki_file.h"
#include "lib/crypto/pki_verify.h"
#include "lib/crypto/prim.h"
#include "tests/certs/certs.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t hash_bytes[32] = {1, 2, 3};
static const struct prim_chunk hash = {hash_bytes, sizeof(hash_bytes)};

/* A peer with this certificate, these others behind it, saying this name. */
static enum pki_verdict judge(const struct pki *pki, const struct certs_issued *own,
			      const struct certs_issued *others, size_t n, const char *dns)
{
	uint8_t signature[PKI_SIGNATURE_MAX];
	char subject[PKI_TEXT];
	struct pki_key *key = certs_key(own);
	struct pki_check check = {
		.pki = pki,
		.auth = alg_auth_row(ALG_AUTH_RSA_SIG),
		.proof = ALG_PROOF_RSA,
		.certs = {certs_der(own)},
		.n_certs = 1,
		.hash = hash,
		.id_type = PKI_ID_FQDN,
		.id = {dns, strlen(dns)},
	};
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		check.certs[check.n_certs++] = certs_der(&others[i]);
	if (key)
		assert_int_equal(pki_key_sign(key, hash, signature, &len), 0);
	check.signature = (struct prim_chunk){signature, len};
	pki_key_put(key);
	return pki_verify(&check, subject);
}

static void judged(const struct certs_spec *root_spec, const struct certs_spec *middle_spec,
		   const struct certs_spec *leaf_spec, const char *dns, enum pki_verdict want)
{
	struct certs_issued root = certs_issue(NULL, root_spec);
	struct certs_issued middle = {0}, leaf;
	struct pki *pki = certs_pki(&root, NULL);
	enum pki_verdict got;

	if (middle_spec)
		middle = certs_issue(&root, middle_spec);
	leaf = certs_issue(middle_spec ? &middle : &root, leaf_spec);
	got = judge(pki, &leaf, &middle, middle_spec ? 1 : 0, dns);
	if (got != want)
		fail_msg("verdict %d, expected %d", (int)got, (int)want);
	certs_free(&leaf);
	if (middle_spec)
		certs_free(&middle);
	certs_free(&root);
	pki_put(pki);
}

static void chains(void **)
{
	const struct certs_spec root = {.cn = "root", .key = "EC:P-256", .ca = true};
	const struct certs_spec middle = {.cn = "middle", .key = "EC:P-256", .ca = true};
	const struct certs_spec short_root = {.cn = "root",
					      .key = "EC:P-256",
					      .ca = true,
					      .constraints = "critical,CA:TRUE,pathlen:0"};
	const struct certs_spec no_ca = {.cn = "middle", .key = "EC:P-256", .usage = "keyCertSign"};
	const struct certs_spec narrow = {.cn = "root",
					  .key = "EC:P-256",
					  .ca = true,
					  .name_constraints = "permitted;DNS:other.example"};
	const struct certs_spec rsa_root = {.cn = "root", .ca = true};
	const struct certs_spec md5 = {
		.cn = "middle", .key = "EC:P-256", .ca = true, .digest = "MD5"};
	const struct certs_spec small = {.cn = "middle", .ca = true, .key = "RSA:768"};
	const struct certs_spec leaf = {.cn = "leaf", .san = "DNS:a.example"};

	judged(&root, NULL, &leaf, "a.example", PKI_GOOD);
	judged(&root, NULL, &leaf, "A.Example", PKI_GOOD);
	judged(&root, &middle, &leaf, "a.example", PKI_GOOD);
	judged(&short_root, &middle, &leaf, "a.example", PKI_CA_REFUSED);
	judged(&root, &no_ca, &leaf, "a.example", PKI_CA_REFUSED);
	judged(&narrow, NULL, &leaf, "a.example", PKI_CA_REFUSED);
	judged(&rsa_root, &md5, &leaf, "a.example", PKI_KEY_REFUSED);
	judged(&root, &small, &leaf, "a.example", PKI_KEY_REFUSED);
}

static void leaves(void **)
{
	static const struct {
		struct certs_spec spec;
		const char *dns;
		enum pki_verdict want;
	} rows[] = {
		{{.cn = "x", .san = "DNS:a.example", .days_ago = 9, .days_left = -1},
		 "a.example",
		 PKI_EXPIRED},
		{{.cn = "x", .san = "DNS:a.example", .days_ago = -1},
		 "a.example",
		 PKI_NOT_YET_VALID},
		{{.cn = "x", .san = "DNS:a.example", .extended = "emailProtection"},
		 "a.example",
		 PKI_USAGE},
		{{.cn = "x", .san = "DNS:a.example", .extended = "1.3.6.1.5.5.7.3.17"},
		 "a.example",
		 PKI_GOOD},
		{{.cn = "x", .san = "DNS:a.example", .extended = "1.3.6.1.5.5.8.2.2,codeSigning"},
		 "a.example",
		 PKI_GOOD},
		{{.cn = "x", .san = "DNS:*.example"}, "a.example", PKI_ID_NOT_IN_CERT},
		{{.cn = "a.example", .san = "DNS:b.example"}, "a.example", PKI_ID_NOT_IN_CERT},
		{{.cn = "x", .san = "email:a.example@b"}, "a.example", PKI_ID_NOT_IN_CERT},
		{{.cn = "x", .san = "DNS:a.example.org"}, "a.example", PKI_ID_NOT_IN_CERT},
		{{.cn = "x"}, "", PKI_ID_NOT_IN_CERT},
		{{.cn = "x", .san = "DNS:a.example", .key = "RSA:768"},
		 "a.example",
		 PKI_KEY_REFUSED},
		{{.cn = "x", .san = "DNS:a.example", .exponent = 3}, "a.example", PKI_KEY_REFUSED},
		{{.cn = "x", .san = "DNS:a.example", .key = "EC:P-256"},
		 "a.example",
		 PKI_KEY_REFUSED},
	};
	const struct certs_spec root = {.cn = "root", .key = "EC:P-256", .ca = true};

	for (size_t i = 0; i < array_len(rows); i++)
		judged(&root, NULL, &rows[i].spec, rows[i].dns, rows[i].want);
}

static void revocation(void **)
{
	struct certs_issued ca = certs_issue(
		NULL, &(struct certs_spec){.cn = "root", .key = "EC:P-256", .ca = true});
	struct certs_issued leaf =
		certs_issue(&ca, &(struct certs_spec){.cn = "x", .san = "DNS:a.example"});
	static const struct {
		bool has, revokes;
		int days_left;
		enum pki_revocation check;
		enum pki_verdict want;
	} rows[] = {
		{true, false, 10, PKI_REVOCATION_CRL, PKI_GOOD},
		{true, true, 10, PKI_REVOCATION_CRL, PKI_REVOKED},
		{true, true, 10, PKI_REVOCATION_OPTIONAL, PKI_REVOKED},
		{true, true, 10, PKI_REVOCATION_NONE, PKI_GOOD},
		{true, false, -1, PKI_REVOCATION_CRL, PKI_CRL_EXPIRED},
		{true, false, -1, PKI_REVOCATION_OPTIONAL, PKI_GOOD},
		{false, false, 0, PKI_REVOCATION_CRL, PKI_NO_CRL},
		{false, false, 0, PKI_REVOCATION_OPTIONAL, PKI_GOOD},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct pki_trustpoint_input in = {.name = "T",
						  .cas = {certs_der(&ca)},
						  .n_cas = 1,
						  .revocation = rows[i].check};
		struct pki *pki = pki_create();
		uint8_t *crl = NULL;
		size_t len;
		enum pki_verdict got;

		if (rows[i].has) {
			crl = certs_crl(&ca, rows[i].revokes ? &leaf : NULL, rows[i].days_left,
					&len);
			in.crls[in.n_crls++] = (struct prim_chunk){crl, len};
		}
		assert_int_equal(pki_add(pki, &in), 0);
		got = judge(pki, &leaf, NULL, 0, "a.example");
		if (got != rows[i].want)
			fail_msg("row %zu: verdict %d", i, (int)got);
		pki_put(pki);
		OPENSSL_free(crl);
	}
	certs_free(&leaf);
	certs_free(&ca);
}

/* One block is the signature of a hash; everything else, however near, is none (H045). */
static void signatures(void **)
{
	struct certs_issued c = certs_issue(NULL, &(struct certs_spec){.cn = "x"});
	struct certs_issued e =
		certs_issue(NULL, &(struct certs_spec){.cn = "y", .key = "EC:P-256"});
	struct pki_key *rsa = certs_key(&c), *ec = certs_key(&e);
	uint8_t s[PKI_SIGNATURE_MAX], t[PKI_SIGNATURE_MAX + 1];
	const struct prim_chunk cut = {hash_bytes, sizeof(hash_bytes) - 1};
	size_t len;

	assert_int_equal(pki_key_sign(rsa, hash, s, &len), 0);
	assert_true(pki_key_verify(c.key, hash, (struct prim_chunk){s, len}));
	assert_false(pki_key_verify(c.key, cut, (struct prim_chunk){s, len}));
	assert_false(pki_key_verify(c.key, hash, (struct prim_chunk){s, len - 1}));
	for (size_t i = 0; i < len; i += 15) {
		s[i] ^= 1;
		assert_false(pki_key_verify(c.key, hash, (struct prim_chunk){s, len}));
		s[i] ^= 1;
	}
	memset(t, 0, sizeof(t));
	assert_false(pki_key_verify(c.key, hash, (struct prim_chunk){t, len}));
	memset(t, 0xff, sizeof(t));
	assert_false(pki_key_verify(c.key, hash, (struct prim_chunk){t, len}));
	memcpy(t + 1, s, len);
	t[0] = 0;
	assert_false(pki_key_verify(c.key, hash, (struct prim_chunk){t, len + 1}));

	assert_int_equal(pki_key_sign(ec, hash, s, &len), 0);
	assert_int_equal(len, 64);
	assert_true(pki_key_verify(e.key, hash, (struct prim_chunk){s, len}));
	assert_false(pki_key_verify(e.key, hash, (struct prim_chunk){s, len - 1}));
	memset(t, 0, sizeof(t));
	assert_false(pki_key_verify(e.key, hash, (struct prim_chunk){t, len}));
	s[40] ^= 1;
	assert_false(pki_key_verify(e.key, hash, (struct prim_chunk){s, len}));
	pki_key_put(rsa);
	pki_key_put(ec);
	certs_free(&c);
	certs_free(&e);
}

static void der(void **)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{"\x30\x00", 2, true},
		{"\x30\x03\x02\x01\x05", 5, true},
		{"\x30\x80\x00\x00", 4, false},		/* indefinite */
		{"\x30\x84\x80\x00\x00\x00", 6, false}, /* 2^31 */
		{"\x30\x81\x03\x02\x01\x05", 6, false}, /* not the shortest length */
		{"\x30\x03\x02\x01\x05\x00", 6, false}, /* something behind */
		{"\x30\x04\x02\x02\x00\x05", 6, false}, /* not the shortest number */
		{"\x30\x03\x03\x01\xff", 5, false},	/* 255 unused bits */
		{"\x30\x03\x01\x01\x05", 5, false},	/* neither true nor false */
		{"\x30\x0d\x06\x0b\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 15, false},
		{"\x30\x05\x17\x03\x39\x39\x5a", 7, false}, /* a short time */
		{"\x04\x00", 2, false},
		{"", 0, false},
	};
	uint8_t deep[4 * 1000];

	for (size_t i = 0; i < array_len(rows); i++)
		if (pki_der_check(rows[i].bytes, rows[i].len) != rows[i].good)
			fail_msg("row %zu", i);
	for (size_t i = 0; i < sizeof(deep) / 4; i++)
		memcpy(deep + 4 * i,
		       (uint8_t[]){0x30, 0x82, (uint8_t)((sizeof(deep) - 4 * i - 4) >> 8),
				   (uint8_t)(sizeof(deep) - 4 * i - 4)},
		       4);
	assert_false(pki_der_check(deep, sizeof(deep)));
}

/* Cut anywhere, or with any byte changed, a certificate is parsed without harm. */
static void damaged_certificates(void **)
{
	struct certs_issued c = certs_issue(
		NULL,
		&(struct certs_spec){.cn = "x", .san = "DNS:a,IP:1.2.3.4", .key = "EC:P-256"});
	struct pki_cert_info info;
	uint8_t *copy = malloc(c.len);

	for (size_t i = 0; i < c.len; i++)
		assert_int_not_equal(pki_cert_describe(c.der, i, &info), 0);
	for (size_t i = 0; i < 8 * c.len; i++) {
		memcpy(copy, c.der, c.len);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		(void)!pki_cert_describe(copy, c.len, &info);
	}
	free(copy);
	certs_free(&c);
}

static void keys_requests_and_stores(void **)
{
	struct pki_key *key = pki_key_generate(ALG_PROOF_ECDSA, 256), *back;
	struct addr address = addr_v4(0x0a000001);
	char *pem = pki_key_to_pem(key, NULL), *locked = pki_key_to_pem(key, "word");
	char *request = pki_file_request(key, "cn=a, o=b", "a.example", &address);

	assert_non_null(pem);
	assert_non_null(locked);
	assert_non_null(strstr(request, "BEGIN CERTIFICATE REQUEST"));
	back = pki_key_of_pem(pem, strlen(pem), NULL);
	assert_non_null(back);
	pki_key_put(back);
	assert_null(pki_key_of_pem(locked, strlen(locked), "wrong"));
	assert_null(pki_key_of_pem(locked, strlen(locked), NULL));
	back = pki_key_of_pem(locked, strlen(locked), "word");
	assert_non_null(back);
	pki_key_put(back);
	assert_null(pki_key_generate(ALG_PROOF_RSA, 512));
	assert_null(pki_key_generate(ALG_PROOF_ECDSA, 224));
	pki_key_put(key);
	free(pem);
	free(locked);
	free(request);
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(leaves),
		cmocka_unit_test(revocation),
		cmocka_unit_test(signatures),
		cmocka_unit_test(der),
		cmocka_unit_test(damaged_certificates),
		cmocka_unit_test(keys_requests_and_stores),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
