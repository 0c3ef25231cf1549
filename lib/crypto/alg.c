/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/alg.h"

#include "lib/base/compat.h"

#include <string.h>

// clang-format off
/* The columns that AES in CBC and in GCM share across key sizes. */
#define AES_CBC(bits, cli, print) {						\
	.name = "aes-" #bits, .ike_keyword = "aes", .esp_keyword = "esp-aes",	\
	.esp_print = print, .cli_bits = cli, .ike_debug = "AES-CBC",		\
	.esp_debug = "ESP_AES", .engine_name = "AES" #bits, .ike_id = 7,	\
	.esp_id = 12, .wire_bits = bits, .key_bytes = bits / 8,			\
	.iv_bytes = 16, .block_bytes = 16 }
#define AES_GCM(bits, cli, print) {						\
	.name = "aes-" #bits "-gcm", .esp_keyword = "esp-gcm",			\
	.esp_print = print, .cli_bits = cli, .ike_debug = "AES-GCM",		\
	.esp_debug = "ESP_GCM", .engine_name = "AES-GCM" #bits, .esp_id = 20,	\
	.wire_bits = bits, .key_bytes = bits / 8, .salt_bytes = 4,		\
	.iv_bytes = 8, .block_bytes = 4, .icv_bytes = 16 }

static const struct alg_cipher_row ciphers[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_NONE] = { .name = "none", .esp_print = "", .ike_debug = "NONE",
		.esp_debug = "NONE", .engine_name = "NONE" },
	[ALG_CIPHER_NULL] = { .name = "null", .esp_keyword = "esp-null", .esp_print = "esp-null",
		.ike_debug = "NULL", .esp_debug = "ESP_NULL", .engine_name = "NULL",
		.esp_id = 11, .block_bytes = 4 },
	[ALG_CIPHER_DES] = { .name = "des", .ike_keyword = "des", .esp_keyword = "esp-des",
		.esp_print = "esp-des", .ike_debug = "DES-CBC", .esp_debug = "ESP_DES",
		.engine_name = "DES", .ike_id = 1, .esp_id = 2, .key_bytes = 8, .iv_bytes = 8,
		.block_bytes = 8, .weak = true },
	[ALG_CIPHER_3DES] = { .name = "3des", .ike_keyword = "3des", .esp_keyword = "esp-3des",
		.esp_print = "esp-3des", .ike_debug = "3DES-CBC", .esp_debug = "ESP_3DES",
		.engine_name = "3DES", .ike_id = 5, .esp_id = 3, .key_bytes = 24, .iv_bytes = 8,
		.block_bytes = 8, .weak = true },
	[ALG_CIPHER_AES_128] = AES_CBC(128, 0, "esp-aes"),
	[ALG_CIPHER_AES_192] = AES_CBC(192, 192, "esp-192-aes"),
	[ALG_CIPHER_AES_256] = AES_CBC(256, 256, "esp-256-aes"),
	[ALG_CIPHER_GCM_128] = AES_GCM(128, 0, "esp-gcm"),
	[ALG_CIPHER_GCM_192] = AES_GCM(192, 192, "esp-gcm 192"),
	[ALG_CIPHER_GCM_256] = AES_GCM(256, 256, "esp-gcm 256"),
};

/* ESP: MD5 and SHA-1 cut to 96 bits (RFC 2403, 2404), SHA-2 to half (RFC 4868). */
static const struct alg_hash_row hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_NONE] = { .name = "none", .ike_debug = "NONE", .esp_debug = "NONE",
		.engine_name = "NONE" },
	[ALG_HASH_MD5] = { "md5", "md5", "esp-md5-hmac", "MD5", "HMAC-MD5", "MD5",
		1, 1, 16, 16, 12, true },
	[ALG_HASH_SHA1] = { "sha", "sha", "esp-sha-hmac", "SHA", "HMAC-SHA", "SHA",
		2, 2, 20, 20, 12, false },
	[ALG_HASH_SHA256] = { "sha256", "sha256", "esp-sha256-hmac", "SHA256", "HMAC-SHA256",
		"SHA256", 4, 5, 32, 32, 16, false },
	[ALG_HASH_SHA384] = { "sha384", "sha384", "esp-sha384-hmac", "SHA384", "HMAC-SHA384",
		"SHA384", 5, 6, 48, 48, 24, false },
	[ALG_HASH_SHA512] = { "sha512", "sha512", "esp-sha512-hmac", "SHA512", "HMAC-SHA512",
		"SHA512", 6, 7, 64, 64, 32, false },
};

/* RFC 2409 6.1, 6.2; RFC 3526; RFC 5903. OpenSSL has no name for the first two. */
static const struct alg_group_row groups[] = {
	{  1,  96,  96, false, NULL,	    true },
	{  2, 128, 128, false, NULL,	    true },
	{  5, 192, 192, false, "modp_1536", true },
	{ 14, 256, 256, false, "modp_2048", false },
	{ 15, 384, 384, false, "modp_3072", false },
	{ 16, 512, 512, false, "modp_4096", false },
	{ 19,  64,  32, true,  "P-256",	    false },
	{ 20,  96,  48, true,  "P-384",	    false },
	{ 21, 132,  66, true,  "P-521",	    false },
};
// clang-format on

const struct alg_cipher_row *alg_cipher_row(enum alg_cipher cipher)
{
	return &ciphers[(unsigned)cipher < ALG_CIPHER_COUNT ? cipher : ALG_CIPHER_NONE];
}

const struct alg_hash_row *alg_hash_row(enum alg_hash hash)
{
	return &hashes[(unsigned)hash < ALG_HASH_COUNT ? hash : ALG_HASH_NONE];
}

const struct alg_group_row *alg_group_row(uint16_t group)
{
	for (size_t i = 0; i < array_len(groups); i++)
		if (groups[i].id == group)
			return &groups[i];
	return NULL;
}

const struct alg_group_row *alg_group_at(size_t i)
{
	return i < array_len(groups) ? &groups[i] : NULL;
}

enum alg_cipher alg_cipher_of_ike(uint16_t ike_id, uint16_t bits)
{
	for (int i = ALG_CIPHER_NULL; i < ALG_CIPHER_COUNT; i++)
		if (ike_id && ciphers[i].ike_id == ike_id && ciphers[i].wire_bits == bits)
			return i;
	return ALG_CIPHER_COUNT;
}

enum alg_cipher alg_cipher_of_esp(uint8_t esp_id, uint16_t bits)
{
	for (int i = ALG_CIPHER_NULL; i < ALG_CIPHER_COUNT; i++)
		if (esp_id && ciphers[i].esp_id == esp_id && ciphers[i].wire_bits == bits)
			return i;
	return ALG_CIPHER_COUNT;
}

enum alg_hash alg_hash_of_ike(uint16_t ike_id)
{
	for (int i = ALG_HASH_MD5; i < ALG_HASH_COUNT; i++)
		if (hashes[i].ike_id == ike_id)
			return i;
	return ALG_HASH_COUNT;
}

enum alg_hash alg_hash_of_esp(uint16_t esp_id)
{
	for (int i = ALG_HASH_MD5; i < ALG_HASH_COUNT; i++)
		if (hashes[i].esp_id == esp_id)
			return i;
	return ALG_HASH_COUNT;
}

static bool same(const char *row, const char *word)
{
	return row && strcmp(row, word) == 0;
}

enum alg_cipher alg_cipher_of_keyword(const char *keyword, uint16_t bits, bool esp)
{
	for (int i = ALG_CIPHER_NULL; i < ALG_CIPHER_COUNT; i++) {
		const struct alg_cipher_row *row = &ciphers[i];

		if (!same(esp ? row->esp_keyword : row->ike_keyword, keyword))
			continue;
		if (bits == row->cli_bits || (bits && bits == row->wire_bits))
			return i;
	}
	return ALG_CIPHER_COUNT;
}

enum alg_hash alg_hash_of_keyword(const char *keyword, bool esp)
{
	for (int i = ALG_HASH_MD5; i < ALG_HASH_COUNT; i++)
		if (same(esp ? hashes[i].esp_keyword : hashes[i].ike_keyword, keyword))
			return i;
	return ALG_HASH_COUNT;
}
