/* SPDX-License-Identifier: BSD-3-Clause */
/* Key derivation against an independent computation (keys_vectors.py). */
#include "controlplane/ike/ike_keys.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* In hexadecimal, in the order of the columns of keys_vectors.inc. */
struct vector {
	uint8_t hash;
	uint8_t cipher;
	const char *skeyid;
	const char *d;
	const char *a;
	const char *enc;
	const char *iv;
	const char *iv_quick;
	const char *hash_i;
	const char *hash_r;
	const char *hash1;
	const char *hash2;
	const char *hash3;
	const char *keymat;
	const char *keymat_pfs;
};

static const struct vector vectors[] = {
#include "tests/exchange/keys_vectors.inc"
};

static void assert_hex(const uint8_t *data, const char *hex, size_t len)
{
	char digits[2 * SECRET_MAX + 1] = "";

	for (size_t i = 0; i < len; i++)
		sprintf(digits + 2 * i, "%02x", data[i]);
	assert_true(strlen(hex) >= 2 * len);
	assert_memory_equal(digits, hex, 2 * len);
}

static void seq(uint8_t *out, unsigned start, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(start + 7 * i);
}

static void nonce(struct ike_nonce *out, unsigned start, uint16_t n)
{
	out->len = n;
	seq(out->b, start, n);
}

static void derive(const struct vector *v, struct ike_keys *keys, struct ike_keys_auth *auth)
{
	static uint8_t gxi[128];
	static uint8_t gxr[128];
	static uint8_t cky_i[8];
	static uint8_t cky_r[8];
	uint8_t gxy[128];
	struct ike_nonce ni;
	struct ike_nonce nr;
	struct secret psk;
	const struct ike_keys_input in = {
		.psk = &psk,
		.nonce_i = &ni,
		.nonce_r = &nr,
		.cookie_i = cky_i,
		.cookie_r = cky_r,
		.public_i = gxi,
		.public_r = gxr,
		.public_len = sizeof(gxi),
		.shared = gxy,
		.shared_len = sizeof(gxy),
	};

	seq(gxi, 17, sizeof(gxi));
	seq(gxr, 18, sizeof(gxr));
	seq(gxy, 19, sizeof(gxy));
	seq(cky_i, 3, sizeof(cky_i));
	seq(cky_r, 4, sizeof(cky_r));
	nonce(&ni, 1, 20);
	nonce(&nr, 99, 32);
	secret_set(&psk, "correct horse battery staple", 28);
	memset(keys, 0, sizeof(*keys));
	keys->hash = v->hash;
	keys->cipher = v->cipher;
	assert_int_equal(ike_keys_derive(keys, &in), 0);
	*auth = (struct ike_keys_auth){
		.public_own = gxi,
		.public_peer = gxr,
		.public_len = sizeof(gxi),
		.cookie_own = cky_i,
		.cookie_peer = cky_r,
	};
}

static void phase_1_keys_are_those_of_the_rfc(void **)
{
	static const uint8_t id[] = {1, 17, 1, 244, 10, 0, 0, 1};
	uint8_t sa[48];

	seq(sa, 5, sizeof(sa));
	for (size_t i = 0; i < array_len(vectors); i++) {
		const struct vector *v = &vectors[i];
		size_t digest = alg_hash_row(v->hash)->digest_bytes;
		size_t block = alg_cipher_row(v->cipher)->iv_bytes;
		struct ike_keys_auth auth;
		uint8_t out[PRIM_DIGEST_MAX];
		struct ike_keys keys;

		derive(v, &keys, &auth);
		assert_int_equal(keys.skeyid.len, digest);
		assert_hex(keys.skeyid.b, v->skeyid, digest);
		assert_hex(keys.d.b, v->d, digest);
		assert_hex(keys.a.b, v->a, digest);
		assert_int_equal(keys.enc.len, alg_cipher_row(v->cipher)->key_bytes);
		assert_hex(keys.enc.b, v->enc, keys.enc.len);
		assert_hex(keys.iv, v->iv, block);
		auth.sa = (struct prim_chunk){sa, sizeof(sa)};
		auth.id = (struct prim_chunk){id, sizeof(id)};
		assert_int_equal(ike_keys_auth_hash(&keys, &auth, out), 0);
		assert_hex(out, v->hash_i, digest);
		auth = (struct ike_keys_auth){
			.public_own = auth.public_peer,
			.public_peer = auth.public_own,
			.public_len = auth.public_len,
			.cookie_own = auth.cookie_peer,
			.cookie_peer = auth.cookie_own,
			.sa = auth.sa,
			.id = auth.id,
		};
		assert_int_equal(ike_keys_auth_hash(&keys, &auth, out), 0);
		assert_hex(out, v->hash_r, digest);
	}
}

static void phase_2_keys_are_those_of_the_rfc(void **)
{
	const uint32_t msgid = 0x89abcdef;
	struct ike_nonce ni;
	struct ike_nonce nr;
	uint8_t shared[128];
	uint8_t rest[100];

	nonce(&ni, 9, 16);
	nonce(&nr, 10, 24);
	seq(shared, 31, sizeof(shared));
	seq(rest, 200, sizeof(rest));
	for (size_t i = 0; i < array_len(vectors); i++) {
		const struct prim_chunk chunks[] = {{ni.b, ni.len}, {rest, sizeof(rest)}};
		const struct vector *v = &vectors[i];
		size_t digest = alg_hash_row(v->hash)->digest_bytes;
		struct ike_keys_auth auth;
		uint8_t out[PRIM_DIGEST_MAX];
		struct ike_keys keys;
		struct secret keymat;

		derive(v, &keys, &auth);
		seq(keys.iv, 77, sizeof(keys.iv));
		assert_int_equal(ike_keys_iv(&keys, msgid, out), 0);
		assert_hex(out, v->iv_quick, alg_cipher_row(v->cipher)->iv_bytes);
		assert_int_equal(ike_keys_hash(&keys, msgid, chunks + 1, 1, out), 0);
		assert_hex(out, v->hash1, digest);
		assert_int_equal(ike_keys_hash(&keys, msgid, chunks, 2, out), 0);
		assert_hex(out, v->hash2, digest);
		assert_int_equal(ike_keys_hash3(&keys, msgid, &ni, &nr, out), 0);
		assert_hex(out, v->hash3, digest);
		for (size_t len = 1; len <= 96; len++) {
			assert_int_equal(ike_keys_child(&keys, (struct prim_chunk){0}, 0xcafe0123,
							&ni, &nr, len, &keymat),
					 0);
			assert_int_equal(keymat.len, len);
			assert_hex(keymat.b, v->keymat, len);
		}
		assert_int_equal(ike_keys_child(&keys, (struct prim_chunk){shared, sizeof(shared)},
						0xcafe0123, &ni, &nr, 96, &keymat),
				 0);
		assert_hex(keymat.b, v->keymat_pfs, 96);
	}
}

static void nothing_is_left_of_wiped_keys(void **)
{
	static const uint8_t zero[SECRET_MAX];
	struct ike_keys_auth auth;
	struct ike_keys keys;

	derive(&vectors[0], &keys, &auth);
	ike_keys_wipe(&keys);
	assert_memory_equal(keys.skeyid.b, zero, sizeof(zero));
	assert_memory_equal(keys.d.b, zero, sizeof(zero));
	assert_memory_equal(keys.a.b, zero, sizeof(zero));
	assert_memory_equal(keys.enc.b, zero, sizeof(zero));
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phase_1_keys_are_those_of_the_rfc),
		cmocka_unit_test(phase_2_keys_are_those_of_the_rfc),
		cmocka_unit_test(nothing_is_left_of_wiped_keys),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
