/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/password.h"

#include "lib/crypto/secret.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <crypt.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	SALT_CHARS = 14,
	HASH_BYTES = 32,
	HASH_CHARS = 43,
	PREFIX_CHARS = 3,
	STORED_CHARS = PREFIX_CHARS + SALT_CHARS + 1 + HASH_CHARS,
	PBKDF2_ROUNDS = 20000,
	SCRYPT_N = 16384,
	MD5_SALT_MAX = 8,
	MD5_CHARS = 22,
};

static const char alphabet[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Base64 without padding, in that alphabet. */
static void encode(const uint8_t *data, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (n += 8; n >= 6; n -= 6)
			*out++ = alphabet[bits >> (n - 6) & 63];
	}
	if (n)
		*out++ = alphabet[bits << (6 - n) & 63];
	*out = '\0';
}

static int scrypt(const void *clear, size_t len, const char *salt, uint8_t out[HASH_BYTES])
{
	uint64_t n = SCRYPT_N;
	uint32_t one = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)clear, len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, SALT_CHARS),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &one),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &one),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	int err = ctx && EVP_KDF_derive(ctx, out, HASH_BYTES, params) == 1 ? 0 : -EIO;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return err;
}

/* "$N$SALT$HASH" of a password; salt has SALT_CHARS. */
static int build(int type, const void *clear, size_t len, const char *salt, char *out)
{
	uint8_t hash[HASH_BYTES];
	char text[HASH_CHARS + 1];
	int err;

	if (type == PASSWORD_SCRYPT)
		err = scrypt(clear, len, salt, hash);
	else
		err = PKCS5_PBKDF2_HMAC(clear, (int)len, (const uint8_t *)salt, SALT_CHARS,
					PBKDF2_ROUNDS, EVP_sha256(), HASH_BYTES, hash) == 1
			      ? 0
			      : -EIO;
	if (err == 0) {
		encode(hash, sizeof(hash), text);
		snprintf(out, PASSWORD_TEXT, "$%d$%.*s$%s", type, SALT_CHARS, salt, text);
	}
	secret_wipe_bytes(hash, sizeof(hash));
	return err;
}

int password_hash(int type, const char *clear, char out[PASSWORD_TEXT])
{
	char salt[SALT_CHARS + 1];
	uint8_t random[SALT_CHARS];

	if (type != PASSWORD_PBKDF2 && type != PASSWORD_SCRYPT)
		return -EINVAL;
	if (secret_random(random, sizeof(random)) < 0)
		return -EIO;
	for (size_t i = 0; i < SALT_CHARS; i++)
		salt[i] = alphabet[random[i] & 63];
	salt[SALT_CHARS] = '\0';
	return build(type, clear, strlen(clear), salt, out);
}

/* "$1$SALT$HASH" with a salt of at most eight characters. */
static bool is_md5(const char *text)
{
	size_t salt;

	if (strncmp(text, "$1$", PREFIX_CHARS) != 0)
		return false;
	text += PREFIX_CHARS;
	salt = strspn(text, alphabet);
	return salt >= 1 && salt <= MD5_SALT_MAX && text[salt] == '$' &&
	       strlen(text + salt + 1) == MD5_CHARS &&
	       strspn(text + salt + 1, alphabet) == MD5_CHARS;
}

bool password_is_stored(int type, const char *text)
{
	char prefix[16];

	if (type == PASSWORD_MD5)
		return is_md5(text);
	if (type != PASSWORD_PBKDF2 && type != PASSWORD_SCRYPT)
		return false;
	snprintf(prefix, sizeof(prefix), "$%d$", type);
	return strlen(text) == STORED_CHARS && !strncmp(text, prefix, PREFIX_CHARS) &&
	       strspn(text + PREFIX_CHARS, alphabet) == SALT_CHARS &&
	       text[PREFIX_CHARS + SALT_CHARS] == '$' &&
	       strspn(text + PREFIX_CHARS + SALT_CHARS + 1, alphabet) == HASH_CHARS;
}

int password_type(const char *stored)
{
	static const int types[] = {PASSWORD_MD5, PASSWORD_PBKDF2, PASSWORD_SCRYPT};

	for (size_t i = 0; i < array_len(types); i++)
		if (password_is_stored(types[i], stored))
			return types[i];
	return -EINVAL;
}

static bool md5_matches(const char *stored, const void *given, size_t len)
{
	struct crypt_data data = {0};
	char clear[SECRET_MAX + 1] = "";
	const char *hash = NULL;
	bool same;

	/* crypt() takes a C string: what follows a NUL would not count */
	if (len <= SECRET_MAX && !memchr(given, '\0', len)) {
		memcpy(clear, given, len);
		hash = crypt_r(clear, stored, &data);
	}
	same = hash && strlen(hash) == strlen(stored) && secret_eq(hash, stored, strlen(stored));
	secret_wipe_bytes(clear, sizeof(clear));
	secret_wipe_bytes(&data, sizeof(data));
	return same;
}

bool password_check(const char *stored, const void *given, size_t len)
{
	char text[PASSWORD_TEXT] = "";
	int type = password_type(stored);
	bool same;

	if (type == PASSWORD_MD5)
		return md5_matches(stored, given, len);
	if (type < 0) {
		(void)!build(PASSWORD_SCRYPT, given, len, "..............", text);
		return false;
	}
	same = build(type, given, len, stored + PREFIX_CHARS, text) == 0 &&
	       secret_eq(text, stored, STORED_CHARS);
	secret_wipe_bytes(text, sizeof(text));
	return same;
}

static int hex_of(const char *two)
{
	unsigned value;

	if (strspn(two, "0123456789abcdefABCDEF") < 2 || sscanf(two, "%2x", &value) != 1)
		return -EINVAL;
	return (int)value;
}

/* The keystream is a constant; the first two digits say where in it the text begins. */
int password_unscramble(const char *text, char out[PASSWORD_TEXT])
{
	static const char stream[] = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
	size_t len = strlen(text), at, n = 0;

	memset(out, 0, PASSWORD_TEXT);
	if (len < 4 || len % 2 || len / 2 > PASSWORD_TEXT || strspn(text, "0123456789") < 2)
		return -EINVAL;
	at = (size_t)(text[0] - '0') * 10 + (size_t)(text[1] - '0');
	for (size_t i = 2; i < len; i += 2, at++) {
		int byte = hex_of(text + i);
		int c = byte < 0 ? 0 : byte ^ stream[at % (sizeof(stream) - 1)];

		if (c < ' ' || c > '~') {
			secret_wipe_bytes(out, PASSWORD_TEXT);
			return -EINVAL;
		}
		out[n++] = (char)c;
	}
	return 0;
}
