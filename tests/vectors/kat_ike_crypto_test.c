/* SPDX-License-Identifier: BSD-3-Clause */
/* Published answers through the primitives of IKE. The folder of the vectors is the argument. */
#include "lib/crypto/prim.h"
#include "tests/vectors/vector_file.h"

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder = ".";

static enum alg_hash hash_of(const char *name)
{
	for (int h = ALG_HASH_MD5; h < ALG_HASH_COUNT; h++)
		if (strcmp(alg_hash_row(h)->name, name) == 0)
			return h;
	fail_msg("no hash is named %s", name);
	return ALG_HASH_COUNT;
}

static enum alg_cipher cipher_of(const char *name)
{
	for (int c = ALG_CIPHER_NULL; c < ALG_CIPHER_COUNT; c++)
		if (strcmp(alg_cipher_row(c)->name, name) == 0)
			return c;
	fail_msg("no cipher is named %s", name);
	return ALG_CIPHER_COUNT;
}

static void check_hash(char *const *fields, size_t n)
{
	struct vector_bytes message = vector_file_hex(fields[1]);
	struct vector_bytes digest = vector_file_hex(fields[2]);
	struct prim_chunk chunk = {message.b, message.len};
	uint8_t out[PRIM_DIGEST_MAX];

	assert_int_equal(n, 3);
	assert_int_equal(digest.len, alg_hash_row(hash_of(fields[0]))->digest_bytes);
	assert_int_equal(prim_hash(hash_of(fields[0]), &chunk, 1, out), 0);
	assert_memory_equal(out, digest.b, digest.len);
}

static void check_hmac(char *const *fields, size_t n)
{
	struct vector_bytes key = vector_file_hex(fields[1]);
	struct vector_bytes data = vector_file_hex(fields[2]);
	struct vector_bytes mac = vector_file_hex(fields[3]);
	struct prim_chunk chunks[] = {{data.b, data.len / 2},
				      {data.b + data.len / 2, data.len - data.len / 2}};
	uint8_t out[PRIM_DIGEST_MAX];

	assert_int_equal(n, 4);
	assert_int_equal(prim_prf(hash_of(fields[0]), key.b, key.len, chunks, 2, out), 0);
	assert_memory_equal(out, mac.b, mac.len);
}

static void check_cbc(char *const *fields, size_t n)
{
	enum alg_cipher cipher = cipher_of(fields[0]);
	struct vector_bytes key = vector_file_hex(fields[1]);
	struct vector_bytes iv = vector_file_hex(fields[2]);
	struct vector_bytes plain = vector_file_hex(fields[3]);
	struct vector_bytes secret = vector_file_hex(fields[4]);
	struct vector_bytes back = iv;
	struct vector_bytes data = plain;

	assert_int_equal(n, 5);
	assert_int_equal(key.len, alg_cipher_row(cipher)->key_bytes);
	assert_int_equal(prim_cbc_encrypt(cipher, key.b, iv.b, data.b, data.len), 0);
	assert_memory_equal(data.b, secret.b, secret.len);
	assert_int_equal(prim_cbc_decrypt(cipher, key.b, back.b, data.b, data.len), 0);
	assert_memory_equal(data.b, plain.b, plain.len);
	assert_memory_equal(back.b, iv.b, back.len);
}

/* x of private times our public point, computed without the code under test. */
static void expected_secret(const struct prim_dh *dh, const struct vector_bytes *private,
			    uint8_t *out)
{
	const struct alg_group_row *row = alg_group_row(prim_dh_group(dh));
	EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(row->openssl));
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *d = BN_bin2bn(private->b, (int)private->len, NULL);
	BIGNUM *x = BN_new();
	uint8_t encoded[PRIM_PUBLIC_MAX + 1] = {0x04};
	size_t len;
	const uint8_t *public = prim_dh_public(dh, &len);

	memcpy(encoded + 1, public, len);
	assert_int_equal(EC_POINT_oct2point(group, point, encoded, len + 1, NULL), 1);
	assert_int_equal(EC_POINT_mul(group, point, NULL, point, d, NULL), 1);
	assert_int_equal(EC_POINT_get_affine_coordinates(group, point, x, NULL, NULL), 1);
	assert_int_equal(BN_bn2binpad(x, out, row->secret_bytes), row->secret_bytes);
	BN_free(x);
	BN_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

static size_t join_point(uint8_t *out, const char *x, const char *y)
{
	struct vector_bytes vx = vector_file_hex(x);
	struct vector_bytes vy = vector_file_hex(y);

	memcpy(out, vx.b, vx.len);
	memcpy(out + vx.len, vy.b, vy.len);
	return vx.len + vy.len;
}

static void check_ecp_valid(char *const *fields, size_t n)
{
	struct prim_dh *dh = prim_dh_create((uint16_t)atoi(fields[0]));
	struct vector_bytes private = vector_file_hex(fields[1]);
	uint8_t peer[PRIM_PUBLIC_MAX];
	uint8_t secret[PRIM_PUBLIC_MAX];
	uint8_t expected[PRIM_PUBLIC_MAX];
	size_t peer_len = join_point(peer, fields[2], fields[3]);
	size_t len;

	assert_int_equal(n, 4);
	assert_non_null(dh);
	expected_secret(dh, &private, expected);
	assert_int_equal(prim_dh_derive(dh, peer, peer_len, secret, &len), 0);
	assert_memory_equal(secret, expected, len);
	prim_dh_destroy(dh);
}

static void check_ecp_invalid(char *const *fields, size_t n)
{
	struct prim_dh *dh = prim_dh_create((uint16_t)atoi(fields[0]));
	uint8_t peer[PRIM_PUBLIC_MAX];
	uint8_t secret[PRIM_PUBLIC_MAX];
	size_t peer_len = join_point(peer, fields[1], fields[2]);
	size_t len;

	assert_int_equal(n, 4);
	assert_non_null(dh);
	assert_int_equal(peer_len, alg_group_row(prim_dh_group(dh))->public_bytes);
	if (prim_dh_derive(dh, peer, peer_len, secret, &len) != -EINVAL)
		fail_msg("group %s takes %s", fields[0], fields[3]);
	prim_dh_destroy(dh);
}

static void hashes_give_the_published_digests(void **state)
{
	(void)state;
	assert_true(vector_file_each(folder, "hash.txt", check_hash) > 90);
}

static void prf_gives_the_published_macs(void **state)
{
	(void)state;
	assert_true(vector_file_each(folder, "hmac.txt", check_hmac) > 30);
}

static void cbc_gives_the_published_blocks(void **state)
{
	(void)state;
	assert_true(vector_file_each(folder, "cbc.txt", check_cbc) > 130);
}

static void curves_agree_with_published_keys(void **state)
{
	(void)state;
	assert_true(vector_file_each(folder, "ecp_valid.txt", check_ecp_valid) > 50);
}

/* H032 */
static void invalid_points_are_refused(void **state)
{
	(void)state;
	assert_true(vector_file_each(folder, "ecp_invalid.txt", check_ecp_invalid) > 40);
}

static int load_providers(void **state)
{
	(void)state;
	return prim_init();
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_give_the_published_digests),
		cmocka_unit_test(prf_gives_the_published_macs),
		cmocka_unit_test(cbc_gives_the_published_blocks),
		cmocka_unit_test(curves_agree_with_published_keys),
		cmocka_unit_test(invalid_points_are_refused),
	};

	if (argc > 1)
		folder = argv[1];
	return cmocka_run_group_tests(tests, load_providers, NULL);
}
