/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/esp_crypto.h"

#include "lib/base/log.h"
#include "lib/crypto/secret.h"

#include <intel-ipsec-mb.h>

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	IV_POOL = 4096,
	ESN_BYTES = 4,
	HMAC_BLOCK_MAX = 128
};

/* Keys of a suite with a separate HMAC. */
struct chain_key {
	uint8_t enc[16 * 15] __attribute__((aligned(16)));
	uint8_t dec[16 * 15] __attribute__((aligned(16)));
	uint8_t ipad[64] __attribute__((aligned(16)));
	uint8_t opad[64] __attribute__((aligned(16)));
};

struct des_key {
	uint64_t schedule[3][IMB_DES_KEY_SCHED_SIZE / 8];
	const void *schedules[3];
};

/* DES schedules take the place of enc and dec in a chain_key. */
union expanded_key {
	struct gcm_key_data gcm;
	struct chain_key chain;
	struct des_key des;
};

static_assert(sizeof(union expanded_key) <= ESP_CRYPTO_KEY_BYTES);
static_assert(sizeof(struct des_key) <= offsetof(struct chain_key, ipad));

struct cipher_row {
	IMB_CIPHER_MODE mode;
	uint8_t key_bytes;
};

static const struct cipher_row ciphers[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_NULL] = {IMB_CIPHER_NULL, 0},    [ALG_CIPHER_DES] = {IMB_CIPHER_DES, 8},
	[ALG_CIPHER_3DES] = {IMB_CIPHER_DES3, 24},   [ALG_CIPHER_AES_128] = {IMB_CIPHER_CBC, 16},
	[ALG_CIPHER_AES_192] = {IMB_CIPHER_CBC, 24}, [ALG_CIPHER_AES_256] = {IMB_CIPHER_CBC, 32},
	[ALG_CIPHER_GCM_128] = {IMB_CIPHER_GCM, 16}, [ALG_CIPHER_GCM_192] = {IMB_CIPHER_GCM, 24},
	[ALG_CIPHER_GCM_256] = {IMB_CIPHER_GCM, 32},
};

struct hash_row {
	IMB_HASH_ALG alg;
	uint8_t block_bytes;
	uint8_t key_bytes;
	size_t one_block; /* offset of the compression function in the manager */
};

static const struct hash_row hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_MD5] = {IMB_AUTH_MD5, 64, 16, offsetof(IMB_MGR, md5_one_block)},
	[ALG_HASH_SHA1] = {IMB_AUTH_HMAC_SHA_1, 64, 20, offsetof(IMB_MGR, sha1_one_block)},
	[ALG_HASH_SHA256] = {IMB_AUTH_HMAC_SHA_256, 64, 32, offsetof(IMB_MGR, sha256_one_block)},
	[ALG_HASH_SHA384] = {IMB_AUTH_HMAC_SHA_384, 128, 48, offsetof(IMB_MGR, sha384_one_block)},
	[ALG_HASH_SHA512] = {IMB_AUTH_HMAC_SHA_512, 128, 64, offsetof(IMB_MGR, sha512_one_block)},
};

struct esp_crypto {
	IMB_MGR *mgr;
	aes_gcm_enc_dec_t gcm_enc[ALG_CIPHER_COUNT];
	aes_gcm_enc_dec_t gcm_dec[ALG_CIPHER_COUNT];
	struct gcm_context_data gcm;
	/* CBC initialisation vectors: the next unused bytes of an AES-256-CTR key stream */
	uint8_t iv_schedule[16 * 15] __attribute__((aligned(16)));
	uint8_t iv_counter[16];
	uint32_t iv_left;
	uint8_t iv_pool[IV_POOL];
};

static bool is_gcm(struct alg_suite s)
{
	return s.cipher >= ALG_CIPHER_GCM_128;
}

/* Key stream replaces the used one; the counter is a random block that grows by the blocks used. */
static void refill_ivs(struct esp_crypto *c)
{
	IMB_JOB *job = IMB_GET_NEXT_JOB(c->mgr);
	uint64_t counter;

	memset(c->iv_pool, 0, sizeof(c->iv_pool));
	*job = (IMB_JOB){
		.cipher_mode = IMB_CIPHER_CNTR,
		.cipher_direction = IMB_DIR_ENCRYPT,
		.hash_alg = IMB_AUTH_NULL,
		.chain_order = IMB_ORDER_CIPHER_HASH,
		.enc_keys = c->iv_schedule,
		.key_len_in_bytes = 32,
		.iv = c->iv_counter,
		.iv_len_in_bytes = 16,
		.src = c->iv_pool,
		.dst = c->iv_pool,
		.msg_len_to_cipher_in_bytes = sizeof(c->iv_pool),
	};
	if (!IMB_SUBMIT_JOB_NOCHECK(c->mgr))
		while (IMB_FLUSH_JOB(c->mgr))
			;
	memcpy(&counter, c->iv_counter + 8, 8);
	counter = __builtin_bswap64(__builtin_bswap64(counter) + IV_POOL / 16);
	memcpy(c->iv_counter + 8, &counter, 8);
	c->iv_left = IV_POOL;
}

static int seed_ivs(struct esp_crypto *c)
{
	uint8_t key[32], unused[16 * 15] __attribute__((aligned(16)));
	int err = secret_random(key, sizeof(key));

	if (!err)
		err = secret_random(c->iv_counter, sizeof(c->iv_counter));
	/* room for 2^63 blocks before the low half could wrap */
	c->iv_counter[8] &= 0x7f;
	IMB_AES_KEYEXP_256(c->mgr, key, c->iv_schedule, unused);
	secret_wipe_bytes(key, sizeof(key));
	secret_wipe_bytes(unused, sizeof(unused));
	return err;
}

static void bind_gcm(struct esp_crypto *c)
{
	c->gcm_enc[ALG_CIPHER_GCM_128] = c->mgr->gcm128_enc;
	c->gcm_enc[ALG_CIPHER_GCM_192] = c->mgr->gcm192_enc;
	c->gcm_enc[ALG_CIPHER_GCM_256] = c->mgr->gcm256_enc;
	c->gcm_dec[ALG_CIPHER_GCM_128] = c->mgr->gcm128_dec;
	c->gcm_dec[ALG_CIPHER_GCM_192] = c->mgr->gcm192_dec;
	c->gcm_dec[ALG_CIPHER_GCM_256] = c->mgr->gcm256_dec;
}

struct esp_crypto *esp_crypto_create(void)
{
	struct esp_crypto *c = aligned_alloc(64, (sizeof(*c) + 63) & ~(size_t)63);

	if (!c)
		goto err;
	memset(c, 0, sizeof(*c));
	c->mgr = alloc_mb_mgr(0);
	if (!c->mgr)
		goto err_free;
	init_mb_mgr_auto(c->mgr, NULL);
	if (imb_get_errno(c->mgr) != 0 || seed_ivs(c))
		goto err_mgr;
	bind_gcm(c);
	return c;
err_mgr:
	free_mb_mgr(c->mgr);
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
	free_mb_mgr(c->mgr);
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

static void expand_cipher(IMB_MGR *mgr, union expanded_key *k, enum alg_cipher cipher,
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
		for (unsigned i = 0; i < ciphers[cipher].key_bytes / 8; i++) {
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
	union expanded_key *k = (void *)key;

	if (!alg_suite_valid(suite))
		return -EINVAL;
	expand_cipher(c->mgr, k, suite.cipher, cipher_key);
	if (!is_gcm(suite))
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
	const union expanded_key *k = (const void *)op->key;
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

static const void *cipher_key(const union expanded_key *k, IMB_CIPHER_MODE mode, bool encrypt)
{
	switch (mode) {
	case IMB_CIPHER_DES: return k->des.schedule[0];
	case IMB_CIPHER_DES3: return k->des.schedules;
	default: return encrypt ? k->chain.enc : k->chain.dec;
	}
}

static void fill_job(IMB_JOB *job, struct esp_crypto_op *op, bool encrypt)
{
	const union expanded_key *k = (const void *)op->key;
	const struct cipher_row *cipher = &ciphers[op->suite.cipher];
	uint32_t front = 8u + op->iv_bytes;

	*job = (IMB_JOB){
		.cipher_mode = cipher->mode,
		.cipher_direction = encrypt ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT,
		.hash_alg = hashes[op->suite.hash].alg,
		.chain_order = encrypt ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER,
		.enc_keys = cipher_key(k, cipher->mode, true),
		.dec_keys = cipher_key(k, cipher->mode, false),
		.key_len_in_bytes = cipher->key_bytes,
		.src = op->esp,
		.dst = op->esp + front,
		.cipher_start_src_offset_in_bytes = front,
		.msg_len_to_cipher_in_bytes = op->text_bytes,
		.msg_len_to_hash_in_bytes = front + op->text_bytes + (op->esn ? ESN_BYTES : 0),
		.iv = op->esp + 8,
		.iv_len_in_bytes = op->iv_bytes,
		.auth_tag_output = op->icv,
		.auth_tag_output_len_in_bytes = op->icv_bytes,
		.u.HMAC._hashed_auth_key_xor_ipad = k->chain.ipad,
		.u.HMAC._hashed_auth_key_xor_opad = k->chain.opad,
		.user_data = op,
	};
}

static void collect(IMB_JOB *const *jobs, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct esp_crypto_op *op = jobs[i]->user_data;

		op->ok = jobs[i]->status == IMB_STATUS_COMPLETED;
	}
}

/* Runs n jobs to completion; the manager returns them in the order of their submission. */
static void run_jobs(struct esp_crypto *c, struct esp_crypto_op **ops, unsigned n, bool encrypt)
{
	IMB_JOB *jobs[ESP_CRYPTO_BURST];
	unsigned got = IMB_GET_NEXT_BURST(c->mgr, n, jobs);

	/* never fewer than asked for: nothing is in flight between two calls */
	for (unsigned i = 0; i < got; i++)
		fill_job(jobs[i], ops[i], encrypt);
	collect(jobs, IMB_SUBMIT_BURST_NOCHECK(c->mgr, got, jobs));
	while ((got = IMB_FLUSH_BURST(c->mgr, ESP_CRYPTO_BURST, jobs)))
		collect(jobs, got);
}

/* RFC 4303 section 2.2.1: the upper half of the sequence number is hashed behind the text. */
static void append_esn(struct esp_crypto_op *op)
{
	memcpy(text_of(op) + op->text_bytes, &op->seq_high_be, ESN_BYTES);
}

void esp_crypto_encrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n)
{
	struct esp_crypto_op *chain[ESP_CRYPTO_BURST];
	unsigned n_chain = 0;

	for (unsigned i = 0; i < n; i++) {
		struct esp_crypto_op *op = &ops[i];

		if (likely(is_gcm(op->suite))) {
			gcm_one(c, c->gcm_enc, op, text_of(op) + op->text_bytes);
			op->ok = true;
			continue;
		}
		op->ok = false;
		if (op->esn)
			append_esn(op);
		chain[n_chain++] = op;
	}
	if (!n_chain)
		return;
	run_jobs(c, chain, n_chain, true);
	for (unsigned i = 0; i < n_chain; i++)
		memcpy(text_of(chain[i]) + chain[i]->text_bytes, chain[i]->icv,
		       chain[i]->icv_bytes);
}

/* icv_bytes is 12, 16, 24 or 32: a multiple of 4. */
static bool icv_equal(const uint8_t *a, const uint8_t *b, unsigned icv_bytes)
{
	uint32_t diff = 0;

	if (likely(icv_bytes == 16)) {
		uint64_t x[2], y[2];

		memcpy(x, a, sizeof(x));
		memcpy(y, b, sizeof(y));
		return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
	}
	for (unsigned i = 0; i < icv_bytes; i += 4) {
		uint32_t x, y;

		memcpy(&x, a + i, 4);
		memcpy(&y, b + i, 4);
		diff |= x ^ y;
	}
	return diff == 0;
}

void esp_crypto_decrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n)
{
	struct esp_crypto_op *chain[ESP_CRYPTO_BURST];
	unsigned n_chain = 0;

	for (unsigned i = 0; i < n; i++) {
		struct esp_crypto_op *op = &ops[i];

		if (likely(is_gcm(op->suite))) {
			gcm_one(c, c->gcm_dec, op, op->icv);
			op->ok = icv_equal(op->icv, text_of(op) + op->text_bytes, op->icv_bytes);
			continue;
		}
		op->ok = false;
		memcpy(op->received, text_of(op) + op->text_bytes, op->icv_bytes);
		if (op->esn)
			append_esn(op);
		chain[n_chain++] = op;
	}
	if (!n_chain)
		return;
	run_jobs(c, chain, n_chain, false);
	for (unsigned i = 0; i < n_chain; i++)
		chain[i]->ok &= icv_equal(chain[i]->icv, chain[i]->received, chain[i]->icv_bytes);
}

void esp_crypto_iv(struct esp_crypto *c, uint8_t *iv, unsigned iv_bytes)
{
	if (c->iv_left < iv_bytes)
		refill_ivs(c);
	c->iv_left -= iv_bytes;
	memcpy(iv, c->iv_pool + c->iv_left, iv_bytes);
}
