/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/compat.h"
#include "lib/crypto/alg.h"

#include <cmocka.h>

#include <string.h>

static void every_wire_number_maps_to_its_row_only(void **state)
{
	size_t ike = 0;
	size_t esp = 0;

	(void)state;
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		for (unsigned bits = 0; bits <= 512; bits++) {
			enum alg_cipher c = alg_cipher_of_ike((uint16_t)id, (uint16_t)bits);

			if (c == ALG_CIPHER_COUNT)
				continue;
			ike++;
			assert_int_equal(alg_cipher_row(c)->ike_id, id);
			assert_int_equal(alg_cipher_row(c)->wire_bits, bits);
		}
	}
	for (unsigned id = 0; id <= UINT8_MAX; id++)
		for (unsigned bits = 0; bits <= UINT16_MAX; bits++)
			esp += alg_cipher_of_esp((uint8_t)id, (uint16_t)bits) != ALG_CIPHER_COUNT;
	assert_int_equal(ike, 5);
	assert_int_equal(esp, 9);
}

static void hashes_and_groups_are_exactly_the_table(void **state)
{
	static const uint16_t groups[] = {1, 2, 5, 14, 15, 16, 19, 20, 21};
	size_t ike = 0;
	size_t esp = 0;
	size_t found = 0;

	(void)state;
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		ike += alg_hash_of_ike((uint16_t)id) != ALG_HASH_COUNT;
		esp += alg_hash_of_esp((uint16_t)id) != ALG_HASH_COUNT;
		found += alg_group_row((uint16_t)id) != NULL;
	}
	assert_int_equal(ike, 5);
	assert_int_equal(esp, 5);
	assert_int_equal(found, array_len(groups));
	for (size_t i = 0; i < array_len(groups); i++)
		assert_int_equal(alg_group_at(i)->id, groups[i]);
	assert_null(alg_group_at(array_len(groups)));
}

struct keyword_row {
	const char *word;
	uint16_t bits;
	bool esp;
	enum alg_cipher cipher;
};

static void cipher_keywords_are_those_of_ios(void **state)
{
	static const struct keyword_row rows[] = {
		{"des", 0, false, ALG_CIPHER_DES},
		{"3des", 0, false, ALG_CIPHER_3DES},
		{"aes", 0, false, ALG_CIPHER_AES_128},
		{"aes", 128, false, ALG_CIPHER_AES_128},
		{"aes", 192, false, ALG_CIPHER_AES_192},
		{"aes", 256, false, ALG_CIPHER_AES_256},
		{"aes", 64, false, ALG_CIPHER_COUNT},
		{"3des", 168, false, ALG_CIPHER_COUNT},
		{"esp-aes", 0, false, ALG_CIPHER_COUNT},
		{"esp-des", 0, true, ALG_CIPHER_DES},
		{"esp-3des", 0, true, ALG_CIPHER_3DES},
		{"esp-null", 0, true, ALG_CIPHER_NULL},
		{"esp-aes", 0, true, ALG_CIPHER_AES_128},
		{"esp-aes", 256, true, ALG_CIPHER_AES_256},
		{"esp-gcm", 0, true, ALG_CIPHER_GCM_128},
		{"esp-gcm", 128, true, ALG_CIPHER_GCM_128},
		{"esp-gcm", 192, true, ALG_CIPHER_GCM_192},
		{"esp-gcm", 256, true, ALG_CIPHER_GCM_256},
		{"aes", 0, true, ALG_CIPHER_COUNT},
		{"", 0, true, ALG_CIPHER_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++)
		assert_int_equal(alg_cipher_of_keyword(rows[i].word, rows[i].bits, rows[i].esp),
				 rows[i].cipher);
	assert_int_equal(alg_hash_of_keyword("sha384", false), ALG_HASH_SHA384);
	assert_int_equal(alg_hash_of_keyword("esp-sha-hmac", true), ALG_HASH_SHA1);
	assert_int_equal(alg_hash_of_keyword("sha", true), ALG_HASH_COUNT);
}

struct suite_row {
	struct alg_suite suite;
	const char *text;
	size_t keymat;
	uint8_t icv;
};

static void suites_have_their_sizes_and_names(void **state)
{
	static const struct suite_row rows[] = {
		{{ALG_CIPHER_3DES, ALG_HASH_MD5}, "esp-3des esp-md5-hmac", 40, 12},
		{{ALG_CIPHER_DES, ALG_HASH_SHA1}, "esp-des esp-sha-hmac", 28, 12},
		{{ALG_CIPHER_AES_128, ALG_HASH_SHA1}, "esp-aes esp-sha-hmac", 36, 12},
		{{ALG_CIPHER_AES_256, ALG_HASH_SHA1}, "esp-256-aes esp-sha-hmac", 52, 12},
		{{ALG_CIPHER_AES_192, ALG_HASH_SHA256}, "esp-192-aes esp-sha256-hmac", 56, 16},
		{{ALG_CIPHER_AES_256, ALG_HASH_SHA384}, "esp-256-aes esp-sha384-hmac", 80, 24},
		{{ALG_CIPHER_NULL, ALG_HASH_SHA512}, "esp-null esp-sha512-hmac", 64, 32},
		{{ALG_CIPHER_GCM_128, ALG_HASH_NONE}, "esp-gcm", 20, 16},
		{{ALG_CIPHER_GCM_256, ALG_HASH_NONE}, "esp-gcm 256", 36, 16},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		assert_true(alg_suite_valid(rows[i].suite));
		assert_string_equal(alg_suite_print(rows[i].suite, text, sizeof(text)),
				    rows[i].text);
		assert_int_equal(alg_suite_keymat_bytes(rows[i].suite), rows[i].keymat);
		assert_int_equal(alg_suite_icv_bytes(rows[i].suite), rows[i].icv);
	}
}

static void encryption_without_integrity_is_no_suite(void **state)
{
	(void)state;
	for (uint8_t c = 0; c < UINT8_MAX; c++) {
		bool aead = c >= ALG_CIPHER_GCM_128 && c <= ALG_CIPHER_GCM_256;

		assert_int_equal(alg_suite_valid((struct alg_suite){c, ALG_HASH_NONE}), aead);
		assert_false(alg_suite_valid((struct alg_suite){c, ALG_HASH_COUNT}));
	}
	assert_false(alg_suite_valid((struct alg_suite){ALG_CIPHER_GCM_128, ALG_HASH_SHA1}));
	assert_true(alg_suite_bare((struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_NONE}));
	assert_false(alg_suite_bare((struct alg_suite){ALG_CIPHER_NULL, ALG_HASH_NONE}));
	assert_false(alg_suite_bare((struct alg_suite){ALG_CIPHER_GCM_128, ALG_HASH_NONE}));
	assert_false(alg_suite_bare((struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_SHA1}));
	assert_false(alg_suite_bare((struct alg_suite){ALG_CIPHER_NONE, ALG_HASH_NONE}));
	assert_false(alg_suite_valid((struct alg_suite){ALG_CIPHER_NONE, ALG_HASH_SHA1}));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wire_number_maps_to_its_row_only),
		cmocka_unit_test(hashes_and_groups_are_exactly_the_table),
		cmocka_unit_test(cipher_keywords_are_those_of_ios),
		cmocka_unit_test(suites_have_their_sizes_and_names),
		cmocka_unit_test(encryption_without_integrity_is_no_suite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
