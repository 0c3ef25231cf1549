/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/prim.h"

#include "lib/base/log.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

static const char *const digest_names[ALG_HASH_COUNT] = {
	[ALG_HASH_MD5] = "MD5",	      [ALG_HASH_SHA1] = "SHA1",	    [ALG_HASH_SHA256] = "SHA256",
	[ALG_HASH_SHA384] = "SHA384", [ALG_HASH_SHA512] = "SHA512",
};

static const char *const cipher_names[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_DES] = "DES-CBC",	      [ALG_CIPHER_3DES] = "DES-EDE3-CBC",
	[ALG_CIPHER_AES_128] = "AES-128-CBC", [ALG_CIPHER_AES_192] = "AES-192-CBC",
	[ALG_CIPHER_AES_256] = "AES-256-CBC",
};

static const char *digest_name(enum alg_hash hash)
{
	return (unsigned)hash < ALG_HASH_COUNT ? digest_names[hash] : NULL;
}

/*
 * Through a configuration rather than OSSL_PROVIDER_load(): OpenSSL then owns the providers and
 * gives them back at exit. Naming one switches off the automatic loading of the default one.
 */
static bool load_providers(void)
{
	static const char text[] = "openssl_conf = start\n"
				   "[start]\nproviders = both\n"
				   "[both]\ndefault = active\nlegacy = active\n"
				   "[active]\nactivate = 1\n";
	BIO *bio = BIO_new_mem_buf(text, -1);
	CONF *conf = NCONF_new(NULL);
	bool ok = bio && conf && NCONF_load_bio(conf, bio, NULL) > 0 &&
		  CONF_modules_load(conf, NULL, 0) > 0;

	NCONF_free(conf);
	BIO_free(bio);
	return ok;
}

int prim_init(void)
{
	EVP_CIPHER *des = load_providers() ? EVP_CIPHER_fetch(NULL, "DES-CBC", NULL) : NULL;

	if (!des) {
		log_error("OpenSSL's default or legacy provider cannot be loaded: DES is in the "
			  "legacy one (ossl-modules/legacy.so); reinstall libssl3");
		return -EIO;
	}
	EVP_CIPHER_free(des);
	return 0;
}

int prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n, uint8_t *out)
{
	const char *name = digest_name(hash);
	EVP_MD *md = name ? EVP_MD_fetch(NULL, name, NULL) : NULL;
	EVP_MD_CTX *ctx = md ? EVP_MD_CTX_new() : NULL;
	bool ok = ctx && EVP_DigestInit_ex2(ctx, md, NULL) == 1;

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(ctx, chunks[i].data, chunks[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return ok ? 0 : -EIO;
}

static bool mac_init(EVP_MAC_CTX *ctx, const char *digest, const void *key, size_t key_len)
{
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0),
		OSSL_PARAM_construct_end(),
	};

	/* A NULL key would mean "the key set before". */
	return EVP_MAC_init(ctx, key_len ? key : "", key_len, params) == 1;
}

int prim_prf(enum alg_hash hash, const void *key, size_t key_len, const struct prim_chunk *chunks,
	     size_t n, uint8_t *out)
{
	const char *name = digest_name(hash);
	EVP_MAC *mac = name ? EVP_MAC_fetch(NULL, "HMAC", NULL) : NULL;
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	bool ok = ctx && mac_init(ctx, name, key, key_len);
	size_t len;

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_MAC_update(ctx, chunks[i].data, chunks[i].len) == 1;
	ok = ok && EVP_MAC_final(ctx, out, &len, alg_hash_row(hash)->digest_bytes) == 1;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return ok ? 0 : -EIO;
}

/* Where the last ciphertext block is read differs: in place, decryption destroys it. */
static int cbc(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv, uint8_t *data, size_t len,
	       int encrypt)
{
	const char *name = (unsigned)cipher < ALG_CIPHER_COUNT ? cipher_names[cipher] : NULL;
	size_t block = alg_cipher_row(cipher)->block_bytes;
	uint8_t last[PRIM_IV_MAX];
	EVP_CIPHER *engine;
	EVP_CIPHER_CTX *ctx;
	bool ok;
	int n;

	if (!name || len % block || len > INT_MAX)
		return -EINVAL;
	if (len == 0)
		return 0;
	memcpy(last, data + len - block, block);
	engine = EVP_CIPHER_fetch(NULL, name, NULL);
	ctx = EVP_CIPHER_CTX_new();
	ok = engine && ctx && EVP_CipherInit_ex2(ctx, engine, key, iv, encrypt, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	     EVP_CipherUpdate(ctx, data, &n, data, (int)len) == 1 && (size_t)n == len;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(engine);
	if (!ok)
		return -EIO;
	memcpy(iv, encrypt ? data + len - block : last, block);
	return 0;
}

int prim_cbc_encrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv, uint8_t *data,
		     size_t len)
{
	return cbc(cipher, key, iv, data, len, 1);
}

int prim_cbc_decrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv, uint8_t *data,
		     size_t len)
{
	return cbc(cipher, key, iv, data, len, 0);
}
