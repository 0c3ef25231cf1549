/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/prim.h"

#include <cmocka.h>
#include <openssl/bn.h>

#include <errno.h>
#include <string.h>

static const uint8_t key[32] = "0123456789abcdefghijklmnopqrstuv";

static void cbc_in_pieces_equals_cbc_in_one(void **state)
{
	(void)state;
	for (int c = ALG_CIPHER_DES; c <= ALG_CIPHER_AES_256; c++) {
		size_t block = alg_cipher_row(c)->block_bytes;
		uint8_t whole[96];
		uint8_t parts[96];
		uint8_t iv1[PRIM_IV_MAX] = {7};
		uint8_t iv2[PRIM_IV_MAX] = {7};

		memset(whole, c, sizeof(whole));
		memcpy(parts, whole, sizeof(whole));
		assert_int_equal(prim_cbc_encrypt(c, key, iv1, whole, sizeof(whole)), 0);
		assert_int_equal(prim_cbc_encrypt(c, key, iv2, parts, block), 0);
		assert_int_equal(prim_cbc_encrypt(c, key, iv2, parts + block, 96 - block), 0);
		assert_memory_equal(whole, parts, sizeof(whole));
		assert_memory_equal(iv1, iv2, block);
		assert_memory_equal(iv1, whole + 96 - block, block);
	}
}

static void cbc_decrypts_in_pieces_and_moves_the_iv(void **state)
{
	(void)state;
	for (int c = ALG_CIPHER_DES; c <= ALG_CIPHER_AES_256; c++) {
		size_t block = alg_cipher_row(c)->block_bytes;
		uint8_t data[64];
		uint8_t plain[64];
		uint8_t iv[PRIM_IV_MAX] = {9};
		uint8_t back[PRIM_IV_MAX] = {9};

		memset(plain, 0x5a, sizeof(plain));
		memcpy(data, plain, sizeof(plain));
		assert_int_equal(prim_cbc_encrypt(c, key, iv, data, 64), 0);
		assert_int_equal(prim_cbc_decrypt(c, key, back, data, 32), 0);
		assert_int_equal(prim_cbc_decrypt(c, key, back, data + 32, 32), 0);
		assert_memory_equal(data, plain, sizeof(plain));
		assert_memory_equal(back, iv, block);
	}
}

static void cbc_refuses_part_blocks_and_unknown_ciphers(void **state)
{
	uint8_t data[32] = {0};
	uint8_t iv[PRIM_IV_MAX] = {0};

	(void)state;
	assert_int_equal(prim_cbc_encrypt(ALG_CIPHER_AES_128, key, iv, data, 17), -EINVAL);
	assert_int_equal(prim_cbc_decrypt(ALG_CIPHER_3DES, key, iv, data, 7), -EINVAL);
	assert_int_equal(prim_cbc_encrypt(ALG_CIPHER_GCM_128, key, iv, data, 16), -EINVAL);
	assert_int_equal(prim_cbc_encrypt(ALG_CIPHER_NULL, key, iv, data, 16), -EINVAL);
	assert_int_equal(prim_cbc_encrypt(ALG_CIPHER_AES_128, key, iv, data, 0), 0);
}

static void unknown_hash_is_an_error(void **state)
{
	uint8_t out[PRIM_DIGEST_MAX];

	(void)state;
	assert_int_equal(prim_hash(ALG_HASH_NONE, NULL, 0, out), -EIO);
	assert_int_equal(prim_hash(ALG_HASH_COUNT, NULL, 0, out), -EIO);
	assert_int_equal(prim_prf(ALG_HASH_COUNT, key, 4, NULL, 0, out), -EIO);
}

static void chunks_are_concatenated(void **state)
{
	const struct prim_chunk one[] = {{"abcdef", 6}};
	const struct prim_chunk many[] = {{"ab", 2}, {NULL, 0}, {"cde", 3}, {"f", 1}};
	uint8_t a[PRIM_DIGEST_MAX];
	uint8_t b[PRIM_DIGEST_MAX];

	(void)state;
	for (int h = ALG_HASH_MD5; h < ALG_HASH_COUNT; h++) {
		size_t len = alg_hash_row(h)->digest_bytes;

		assert_int_equal(prim_hash(h, one, 1, a), 0);
		assert_int_equal(prim_hash(h, many, 4, b), 0);
		assert_memory_equal(a, b, len);
		assert_int_equal(prim_prf(h, NULL, 0, one, 1, a), 0);
		assert_int_equal(prim_prf(h, "", 0, many, 4, b), 0);
		assert_memory_equal(a, b, len);
	}
}

static void both_ends_of_every_group_agree(void **state)
{
	const struct alg_group_row *row;

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)); i++) {
		struct prim_dh *a = prim_dh_create(row->id);
		struct prim_dh *b = prim_dh_create(row->id);
		uint8_t secret_a[PRIM_PUBLIC_MAX];
		uint8_t secret_b[PRIM_PUBLIC_MAX];
		size_t len_a;
		size_t len_b;
		const uint8_t *public_a;
		const uint8_t *public_b;

		assert_non_null(a);
		assert_non_null(b);
		assert_int_equal(prim_dh_group(a), row->id);
		public_a = prim_dh_public(a, &len_a);
		public_b = prim_dh_public(b, &len_b);
		assert_int_equal(len_a, row->public_bytes);
		assert_memory_not_equal(public_a, public_b, len_a);
		assert_int_equal(prim_dh_derive(a, public_b, len_b, secret_a, &len_a), 0);
		assert_int_equal(prim_dh_derive(b, public_a, row->public_bytes, secret_b, &len_b),
				 0);
		assert_int_equal(len_a, row->secret_bytes);
		assert_int_equal(len_b, row->secret_bytes);
		assert_memory_equal(secret_a, secret_b, len_a);
		prim_dh_destroy(a);
		prim_dh_destroy(b);
	}
	assert_null(prim_dh_create(0));
	assert_null(prim_dh_create(17));
	assert_null(prim_dh_create(1025));
	prim_dh_destroy(NULL);
}

/* H030: the length before anything else. */
static void public_value_of_wrong_length_is_refused(void **state)
{
	static uint8_t peer[65536] = {[10] = 3};
	uint8_t out[PRIM_PUBLIC_MAX];
	const struct alg_group_row *row;

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)); i++) {
		struct prim_dh *dh = prim_dh_create(row->id);
		const size_t lengths[] = {0,
					  1,
					  row->public_bytes - 1u,
					  row->public_bytes + 1u,
					  row->public_bytes * 2u,
					  sizeof(peer)};
		size_t len;

		for (size_t k = 0; k < array_len(lengths); k++)
			assert_int_equal(prim_dh_derive(dh, peer, lengths[k], out, &len), -EINVAL);
		prim_dh_destroy(dh);
	}
}

/* The prime of a MODP group, from OpenSSL's RFC tables and not from the code under test. */
static BIGNUM *prime_of(uint16_t group)
{
	switch (group) {
	case 1: return BN_get_rfc2409_prime_768(NULL);
	case 2: return BN_get_rfc2409_prime_1024(NULL);
	case 5: return BN_get_rfc3526_prime_1536(NULL);
	case 14: return BN_get_rfc3526_prime_2048(NULL);
	case 15: return BN_get_rfc3526_prime_3072(NULL);
	case 16: return BN_get_rfc3526_prime_4096(NULL);
	default: return NULL;
	}
}

static int derive_number(const struct prim_dh *dh, const BIGNUM *y, uint8_t *out)
{
	uint8_t peer[PRIM_PUBLIC_MAX];
	size_t len = alg_group_row(prim_dh_group(dh))->public_bytes;

	assert_int_equal(BN_bn2binpad(y, peer, (int)len), len);
	return prim_dh_derive(dh, peer, len, out, &len);
}

/* H031 */
static void modp_values_that_force_the_secret_are_refused(void **state)
{
	const struct alg_group_row *row;
	uint8_t out[PRIM_PUBLIC_MAX];

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)) && !row->ecp; i++) {
		struct prim_dh *dh = prim_dh_create(row->id);
		BIGNUM *p = prime_of(row->id);
		BIGNUM *y = BN_new();

		BN_zero(y);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_one(y);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_copy(y, p);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_add_word(y, 1);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_sub_word(y, 2);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_one(y);
		BN_lshift(y, y, row->public_bytes * 8);
		BN_sub_word(y, 1);
		assert_int_equal(derive_number(dh, y, out), -EINVAL);
		BN_set_word(y, 4);
		assert_int_equal(derive_number(dh, y, out), 0);
		BN_free(y);
		BN_free(p);
		prim_dh_destroy(dh);
	}
}

/* With the peer's value 2^k the secret is our public value to the k: an independent check. */
static void modp_secret_equals_an_independent_exponentiation(void **state)
{
	const struct alg_group_row *row;
	uint8_t secret[PRIM_PUBLIC_MAX];
	uint8_t expected[PRIM_PUBLIC_MAX];

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)) && !row->ecp; i++) {
		struct prim_dh *dh = prim_dh_create(row->id);
		BN_CTX *ctx = BN_CTX_new();
		BIGNUM *p = prime_of(row->id);
		BIGNUM *k = BN_new();
		BIGNUM *y = BN_new();
		BIGNUM *ours;
		size_t len;
		const uint8_t *public = prim_dh_public(dh, &len);

		ours = BN_bin2bn(public, (int)len, NULL);
		BN_set_word(k, 123457);
		BN_set_word(y, 2);
		BN_mod_exp(y, y, k, p, ctx);
		assert_int_equal(derive_number(dh, y, secret), 0);
		BN_mod_exp(ours, ours, k, p, ctx);
		assert_int_equal(BN_bn2binpad(ours, expected, (int)len), len);
		assert_memory_equal(secret, expected, len);
		BN_free(ours);
		BN_free(y);
		BN_free(k);
		BN_free(p);
		BN_CTX_free(ctx);
		prim_dh_destroy(dh);
	}
}

/* The secret keeps its leading zeros: peers are tried until it has one. */
static void modp_secret_has_the_width_of_the_prime(void **state)
{
	struct prim_dh *dh = prim_dh_create(1);
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = prime_of(1);
	BIGNUM *two = BN_new();
	BIGNUM *k = BN_new();
	BIGNUM *y = BN_new();
	size_t len;
	const uint8_t *public = prim_dh_public(dh, &len);
	BIGNUM *ours = BN_bin2bn(public, (int)len, NULL);
	uint8_t secret[PRIM_PUBLIC_MAX];
	int power = 2;

	(void)state;
	BN_set_word(two, 2);
	do {
		BN_set_word(k, ++power);
		BN_mod_exp(y, ours, k, p, ctx);
	} while ((size_t)BN_num_bytes(y) == len);
	BN_mod_exp(y, two, k, p, ctx);
	assert_int_equal(derive_number(dh, y, secret), 0);
	assert_int_equal(secret[0], 0);
	BN_free(ours);
	BN_free(y);
	BN_free(k);
	BN_free(two);
	BN_free(p);
	BN_CTX_free(ctx);
	prim_dh_destroy(dh);
}

/* H032 */
static void ecp_points_off_the_curve_are_refused(void **state)
{
	const struct alg_group_row *row;
	uint8_t peer[PRIM_PUBLIC_MAX];
	uint8_t out[PRIM_PUBLIC_MAX];

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)); i++) {
		struct prim_dh *dh;
		struct prim_dh *other;
		const uint8_t *public;
		size_t len;

		if (!row->ecp)
			continue;
		dh = prim_dh_create(row->id);
		other = prim_dh_create(row->id);
		memset(peer, 0, sizeof(peer));
		assert_int_equal(prim_dh_derive(dh, peer, row->public_bytes, out, &len), -EINVAL);
		memset(peer, 0xff, sizeof(peer));
		assert_int_equal(prim_dh_derive(dh, peer, row->public_bytes, out, &len), -EINVAL);
		public = prim_dh_public(other, &len);
		for (size_t bit = 0; bit < len * 8; bit += 13) {
			memcpy(peer, public, len);
			peer[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(prim_dh_derive(dh, peer, len, out, &(size_t){0}), -EINVAL);
		}
		prim_dh_destroy(other);
		prim_dh_destroy(dh);
	}
}

/* H033 */
static void our_own_value_is_refused(void **state)
{
	const struct alg_group_row *row;
	uint8_t out[PRIM_PUBLIC_MAX];

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)); i++) {
		struct prim_dh *dh = prim_dh_create(row->id);
		size_t len;
		const uint8_t *public = prim_dh_public(dh, &len);

		assert_int_equal(prim_dh_derive(dh, public, len, out, &len), -EINVAL);
		prim_dh_destroy(dh);
	}
}

static void secrets_are_cut_compared_and_wiped(void **state)
{
	static const uint8_t zeros[sizeof(struct secret)];
	uint8_t big[SECRET_MAX + 1] = {1};
	struct secret s = {0};

	(void)state;
	secret_set(&s, big, SECRET_MAX);
	assert_int_equal(s.len, SECRET_MAX);
	assert_true(secret_eq(s.b, big, SECRET_MAX));
	secret_set(&s, big, sizeof(big));
	assert_int_equal(s.len, 0);
	assert_memory_equal(&s, zeros, sizeof(s));
	secret_set(&s, "key", 3);
	assert_false(secret_eq(s.b, "kez", 3));
	secret_wipe(&s);
	assert_memory_equal(&s, zeros, sizeof(s));
	assert_int_equal(secret_random(big, sizeof(big)), 0);
	assert_memory_not_equal(big, zeros, 64);
}

static int load_providers(void **state)
{
	(void)state;
	return prim_init();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cbc_in_pieces_equals_cbc_in_one),
		cmocka_unit_test(cbc_decrypts_in_pieces_and_moves_the_iv),
		cmocka_unit_test(cbc_refuses_part_blocks_and_unknown_ciphers),
		cmocka_unit_test(unknown_hash_is_an_error),
		cmocka_unit_test(chunks_are_concatenated),
		cmocka_unit_test(both_ends_of_every_group_agree),
		cmocka_unit_test(public_value_of_wrong_length_is_refused),
		cmocka_unit_test(modp_values_that_force_the_secret_are_refused),
		cmocka_unit_test(modp_secret_equals_an_independent_exponentiation),
		cmocka_unit_test(modp_secret_has_the_width_of_the_prime),
		cmocka_unit_test(ecp_points_off_the_curve_are_refused),
		cmocka_unit_test(our_own_value_is_refused),
		cmocka_unit_test(secrets_are_cut_compared_and_wiped),
	};

	return cmocka_run_group_tests(tests, load_providers, NULL);
}
