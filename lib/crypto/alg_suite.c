/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/alg.h"

#include <stdio.h>

bool alg_suite_valid(struct alg_suite s)
{
	if (s.cipher >= ALG_CIPHER_COUNT || s.hash >= ALG_HASH_COUNT)
		return false;
	if (alg_cipher_row(s.cipher)->esp_id == 0)
		return false;
	return (alg_cipher_row(s.cipher)->icv_bytes != 0) == (s.hash == ALG_HASH_NONE);
}

bool alg_suite_bare(struct alg_suite s)
{
	if (s.cipher >= ALG_CIPHER_COUNT || s.cipher == ALG_CIPHER_NULL || s.hash != ALG_HASH_NONE)
		return false;
	return alg_cipher_row(s.cipher)->esp_id && !alg_cipher_row(s.cipher)->icv_bytes;
}

uint8_t alg_suite_icv_bytes(struct alg_suite s)
{
	uint8_t aead = alg_cipher_row(s.cipher)->icv_bytes;

	return aead ? aead : alg_hash_row(s.hash)->icv_bytes;
}

size_t alg_suite_keymat_bytes(struct alg_suite s)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(s.cipher);

	return (size_t)cipher->key_bytes + cipher->salt_bytes + alg_hash_row(s.hash)->key_bytes;
}

char *alg_suite_print(struct alg_suite s, char *buf, size_t size)
{
	const char *hash = alg_hash_row(s.hash)->esp_keyword;

	snprintf(buf, size, "%s%s%s", alg_cipher_row(s.cipher)->esp_print, hash ? " " : "",
		 hash ? hash : "");
	return buf;
}
