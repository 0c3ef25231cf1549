/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/esp_crypto.h"

#include "dataplane/esp_key.h"
#include "dataplane/esp_library.h"
#include "lib/base/log.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	HMAC_BLOCK_MAX = 128
};

struct hash_row {
	uint8_t block_bytes;
	uint8_t key_bytes;
	size_t one_block; /* offset of the compression function in the manager */
};

static const struct hash_row hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_MD5] = {64, 16, offsetof(IMB_MGR, md5_one_block)},
	[ALG_HASH_SHA1] = {64, 20, offsetof(IMB_MGR, sha1_one_block)},
	[ALG_HASH_SHA256] = {64, 32, offsetof(IMB_MGR, sha256_one_block)},
	[ALG_HASH_SHA384] = {128, 48, offsetof(IMB_MGR, sha384_one_block)},
	[ALG_HASH_SHA512] = {128, 64, offsetof(IMB_MGR, sha512_one_block)},
};

struct esp_crypto {
	IMB_MGR *mgr;
	aes_gcm_enc_dec_t gcm_enc[ALG_CIPHER_COUNT];
	aes_gcm_enc_dec_t gcm_dec[ALG_CIPHER_COUNT];
	struct gcm_context_data gcm;
};

static void bind_gcm(struct esp_crypto *c)
{
	c->gcm_enc[ALG_CIPHER_GCM_128] = c->mgr->gcm128_enc;
	c->gcm_enc[ALG_CIPHER_GCM_192] = c->mgr->gcm192_enc;
	c->gcm_enc[ALG_CIPHER_GCM_256] = c->mgr->gcm256_enc;
	c->gcm_dec[ALG_CIPHER_GCM_128] = c->mgr->gcm128_dec;
	c->gcm_dec[ALG_CIPHER_GCM_192] = c->mgr->gcm192_dec;
	c->gcm_dec[ALG_CIPHER_GCM_256] = c->mgr->gcm256_dec;
}

struct esp_crypto *esp_crypto_create(const struct esp_library *lib)
{
	struct esp_crypto *c = aligned_alloc(64, (sizeof(*c) + 63) & ~(size_t)63);

	if (!c)
		goto err;
	memset(c, 0, sizeof(*c));
	c->mgr = esp_library_manager(lib);
	if (!c->mgr)
		goto err_free;
	bind_gcm(c);
	return c;
err_free:
	free(c);
err:
	log_error("the ESP crypto engine cannot start on this CPU: AES-NI and SSE4.2 are needed");
	return NULL;
}

void esp_crypto_destroy(struct esp_crypto *c)
{
	if (!c)
		return;
	esp_library_manager_free(c->mgr);
	secret_wipe_bytes(c, sizeof(*c));
	free(c);
}

static void expand_hmac(IMB_MGR *mgr, const struct hash_row *row, const uint8_t *key, uint8_t *ipad,
			uint8_t *opad)
{
	const void *slot = (const uint8_t *)mgr + row->one_block;
	hash_one_block_t one_block = *(const hash_one_block_t *)slot;
	uint8_t block[HMAC_BLOCK_MAX] __attribute__((aligned(16)));

	for (unsigned pass = 0; pass < 2; pass++) {
		memset(block, pass ? 0x5c : 0x36, row->block_bytes);
		for (unsigned i = 0; i < row->key_bytes; i++)
			block[i] ^= key[i];
		one_block(block, pass ? opad : ipad);
	}
	secret_wipe_bytes(block, sizeof(block));
}

static void expand_cipher(IMB_MGR *mgr, union esp_key *k, enum alg_cipher cipher,
			  const uint8_t *key)
{
	switch (cipher) {
	case ALG_CIPHER_AES_128: IMB_AES_KEYEXP_128(mgr, key, k->chain.enc, k->chain.dec); break;
	case ALG_CIPHER_AES_192: IMB_AES_KEYEXP_192(mgr, key, k->chain.enc, k->chain.dec); break;
	case ALG_CIPHER_AES_256: IMB_AES_KEYEXP_256(mgr, key, k->chain.enc, k->chain.dec); break;
	case ALG_CIPHER_GCM_128: IMB_AES128_GCM_PRE(mgr, key, &k->gcm); break;
	case ALG_CIPHER_GCM_192: IMB_AES192_GCM_PRE(mgr, key, &k->gcm); break;
	case ALG_CIPHER_GCM_256: IMB_AES256_GCM_PRE(mgr, key, &k->gcm); break;
	case ALG_CIPHER_DES:
	case ALG_CIPHER_3DES:
		for (unsigned i = 0; i < alg_cipher_row(cipher)->key_bytes / 8u; i++) {
			des_key_schedule(k->des.schedule[i], key + 8 * i);
			k->des.schedules[i] = k->des.schedule[i];
		}
		break;
	default: break;
	}
}

int esp_crypto_key_init(struct esp_crypto *c, struct esp_crypto_key *key, struct alg_suite suite,
			const uint8_t *cipher_key, const uint8_t *auth_key)
{
	union esp_key *k = (void *)key;

	if (!alg_suite_valid(suite) && !alg_suite_bare(suite))
		return -EINVAL;
	expand_cipher(c->mgr, k, suite.cipher, cipher_key);
	if (suite.hash != ALG_HASH_NONE)
		expand_hmac(c->mgr, &hashes[suite.hash], auth_key, k->chain.ipad, k->chain.opad);
	return 0;
}

void esp_crypto_key_fini(struct esp_crypto_key *key)
{
	secret_wipe_bytes(key, sizeof(*key));
}

static uint8_t *text_of(const struct esp_crypto_op *op)
{
	return op->esp + 8 + op->iv_bytes;
}

static void gcm_one(struct esp_crypto *c, const aes_gcm_enc_dec_t *calls, struct esp_crypto_op *op,
		    uint8_t *icv)
{
	const union esp_key *k = (const void *)op->key;
	const void *aad = op->esp;
	uint64_t aad_bytes = 8;

	if (unlikely(op->esn)) {
		op->aad[0] = op->spi_be;
		op->aad[1] = op->seq_high_be;
		memcpy(&op->aad[2], op->esp + 4, 4);
		aad = op->aad;
		aad_bytes = 12;
	}
	calls[op->suite.cipher](&k->gcm, &c->gcm, text_of(op), text_of(op), op->text_bytes,
				op->nonce, aad, aad_bytes, icv, op->icv_bytes);
}

void esp_crypto_encrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		gcm_one(c, c->gcm_enc, &ops[i], text_of(&ops[i]) + ops[i].text_bytes);
}

static bool icv_equal(const uint8_t *a, const uint8_t *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

void esp_crypto_decrypt_one(struct esp_crypto *c, struct esp_crypto_op *op)
{
	gcm_one(c, c->gcm_dec, op, op->icv);
	op->ok = icv_equal(op->icv, text_of(op) + op->text_bytes);
}

void esp_crypto_decrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		esp_crypto_decrypt_one(c, &ops[i]);
}
