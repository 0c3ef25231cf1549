/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/esp_chain.h"

#include "dataplane/esp_key.h"
#include "dataplane/esp_library.h"
#include "lib/base/log.h"
#include "lib/crypto/secret.h"

#include <stdlib.h>
#include <string.h>

enum {
	IV_POOL = 4096,
	ESN_BYTES = 4,
	HEADER = 8, /* SPI and sequence number */
};

static const struct {
	IMB_CIPHER_MODE mode;
	uint8_t key_bytes;
} ciphers[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_NULL] = {IMB_CIPHER_NULL, 0},    [ALG_CIPHER_DES] = {IMB_CIPHER_DES, 8},
	[ALG_CIPHER_3DES] = {IMB_CIPHER_DES3, 24},   [ALG_CIPHER_AES_128] = {IMB_CIPHER_CBC, 16},
	[ALG_CIPHER_AES_192] = {IMB_CIPHER_CBC, 24}, [ALG_CIPHER_AES_256] = {IMB_CIPHER_CBC, 32},
};

static const IMB_HASH_ALG hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_NONE] = IMB_AUTH_NULL,	   [ALG_HASH_MD5] = IMB_AUTH_MD5,
	[ALG_HASH_SHA1] = IMB_AUTH_HMAC_SHA_1,	   [ALG_HASH_SHA256] = IMB_AUTH_HMAC_SHA_256,
	[ALG_HASH_SHA384] = IMB_AUTH_HMAC_SHA_384, [ALG_HASH_SHA512] = IMB_AUTH_HMAC_SHA_512,
};

/*
 * Ops are a ring: taken <= finished <= submitted, each counts ops since the start. The library
 * returns jobs in the order of their submission, so a count is all that is kept of them.
 */
struct esp_chain {
	IMB_MGR *mgr;
	bool encrypt;
	uint64_t delay_tsc;
	uint32_t submitted;
	uint32_t finished;
	uint32_t taken;
	struct esp_chain_op ops[ESP_CHAIN_MAX];
	/* CBC initialisation vectors: the next unused bytes of an AES-256-CTR key stream */
	IMB_MGR *iv_mgr;
	uint8_t iv_schedule[16 * 15] __attribute__((aligned(16)));
	uint8_t iv_counter[16];
	uint32_t iv_left;
	uint8_t iv_pool[IV_POOL];
};

/* so the library finishes its oldest job before our ring is full */
static_assert(ESP_CHAIN_MAX == IMB_MAX_JOBS);

/* Key stream replaces the used one; the counter is a random block that grows by the blocks used. */
static void refill_ivs(struct esp_chain *c)
{
	IMB_JOB *job = IMB_GET_NEXT_JOB(c->iv_mgr);
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
	if (!IMB_SUBMIT_JOB_NOCHECK(c->iv_mgr))
		while (IMB_FLUSH_JOB(c->iv_mgr))
			;
	memcpy(&counter, c->iv_counter + 8, 8);
	counter = __builtin_bswap64(__builtin_bswap64(counter) + IV_POOL / 16);
	memcpy(c->iv_counter + 8, &counter, 8);
	c->iv_left = IV_POOL;
}

static int seed_ivs(struct esp_chain *c)
{
	uint8_t key[32], unused[16 * 15] __attribute__((aligned(16)));
	int err = secret_random(key, sizeof(key));

	if (!err)
		err = secret_random(c->iv_counter, sizeof(c->iv_counter));
	/* room for 2^63 blocks before the low half could wrap */
	c->iv_counter[8] &= 0x7f;
	IMB_AES_KEYEXP_256(c->iv_mgr, key, c->iv_schedule, unused);
	secret_wipe_bytes(key, sizeof(key));
	secret_wipe_bytes(unused, sizeof(unused));
	return err;
}

struct esp_chain *esp_chain_create(const struct esp_library *lib, bool encrypt, uint64_t delay_tsc)
{
	struct esp_chain *c = aligned_alloc(64, (sizeof(*c) + 63) & ~(size_t)63);

	if (c) {
		memset(c, 0, sizeof(*c));
		c->encrypt = encrypt;
		c->delay_tsc = delay_tsc;
		c->mgr = esp_library_manager(lib);
		c->iv_mgr = esp_library_manager(lib);
	}
	if (c && c->mgr && c->iv_mgr && seed_ivs(c) == 0)
		return c;
	esp_chain_destroy(c);
	log_error("the ESP crypto engine cannot start: AES-NI, SSE4.2 and memory are needed");
	return NULL;
}

void esp_chain_destroy(struct esp_chain *c)
{
	if (!c)
		return;
	esp_library_manager_free(c->mgr);
	esp_library_manager_free(c->iv_mgr);
	secret_wipe_bytes(c, sizeof(*c));
	free(c);
}

struct esp_chain_op *esp_chain_next(struct esp_chain *c)
{
	if (unlikely(c->submitted - c->taken == ESP_CHAIN_MAX))
		return NULL;
	return &c->ops[c->submitted % ESP_CHAIN_MAX];
}

static uint8_t *text_of(const struct esp_chain_op *op)
{
	return op->esp + HEADER + op->iv_bytes;
}

static void set_keys(IMB_JOB *job, const union esp_key *k)
{
	switch (job->cipher_mode) {
	case IMB_CIPHER_DES: job->enc_keys = job->dec_keys = k->des.schedule[0]; break;
	case IMB_CIPHER_DES3: job->enc_keys = job->dec_keys = k->des.schedules; break;
	default:
		job->enc_keys = k->chain.enc;
		job->dec_keys = k->chain.dec;
		break;
	}
	job->u.HMAC._hashed_auth_key_xor_ipad = k->chain.ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = k->chain.opad;
}

/* Every field the library reads for these suites: job slots are used again and again. */
static void fill_job(const struct esp_chain *c, IMB_JOB *job, struct esp_chain_op *op)
{
	uint32_t front = (uint32_t)HEADER + op->iv_bytes;

	job->cipher_mode = ciphers[op->suite.cipher].mode;
	job->cipher_direction = c->encrypt ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
	job->hash_alg = hashes[op->suite.hash];
	job->chain_order = c->encrypt ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
	job->key_len_in_bytes = ciphers[op->suite.cipher].key_bytes;
	set_keys(job, (const void *)op->key);
	job->src = op->esp;
	job->dst = op->esp + front;
	job->cipher_start_src_offset_in_bytes = front;
	job->msg_len_to_cipher_in_bytes = op->text_bytes;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = front + op->text_bytes + (op->esn ? ESN_BYTES : 0);
	job->iv = op->esp + HEADER;
	job->iv_len_in_bytes = op->iv_bytes;
	/* without ESN nothing that is still to be hashed stands there */
	job->auth_tag_output = c->encrypt && !op->esn ? job->dst + op->text_bytes : op->icv;
	job->auth_tag_output_len_in_bytes = op->icv_bytes;
	job->user_data = op;
}

static void collect(struct esp_chain *c, IMB_JOB *job)
{
	struct esp_chain_op *op = job->user_data;

	op->ok = job->status == IMB_STATUS_COMPLETED;
	c->finished++;
}

void esp_chain_submit(struct esp_chain *c)
{
	struct esp_chain_op *op = &c->ops[c->submitted % ESP_CHAIN_MAX];
	uint8_t *icv = text_of(op) + op->text_bytes;

	/* RFC 4303 section 2.2.1: the upper half is hashed behind the text */
	if (unlikely(op->esn)) {
		memcpy(op->received, icv, op->icv_bytes);
		memcpy(icv, &op->seq_high_be, ESN_BYTES);
	}
	fill_job(c, IMB_GET_NEXT_JOB(c->mgr), op);
	c->submitted++;
	for (IMB_JOB *job = IMB_SUBMIT_JOB_NOCHECK(c->mgr); job;
	     job = IMB_GET_COMPLETED_JOB(c->mgr))
		collect(c, job);
}

void esp_chain_flush(struct esp_chain *c)
{
	IMB_JOB *job;

	while (c->finished != c->submitted && (job = IMB_FLUSH_JOB(c->mgr)))
		collect(c, job);
}

/* In constant time; icv_bytes is 12, 16, 24 or 32, or 0 of a cipher alone. */
static bool icv_equal(const uint8_t *a, const uint8_t *b, unsigned icv_bytes)
{
	uint32_t diff = 0;

	for (unsigned i = 0; i < icv_bytes; i += 4) {
		uint32_t x, y;

		memcpy(&x, a + i, 4);
		memcpy(&y, b + i, 4);
		diff |= x ^ y;
	}
	return diff == 0;
}

struct esp_chain_op *esp_chain_done(struct esp_chain *c)
{
	struct esp_chain_op *op;
	uint8_t *icv;

	if (c->taken == c->finished)
		return NULL;
	op = &c->ops[c->taken++ % ESP_CHAIN_MAX];
	icv = text_of(op) + op->text_bytes;
	if (!c->encrypt)
		op->ok &= icv_equal(op->icv, op->esn ? op->received : icv, op->icv_bytes);
	else if (unlikely(op->esn))
		memcpy(icv, op->icv, op->icv_bytes);
	return op;
}

bool esp_chain_due(const struct esp_chain *c, uint64_t now_tsc)
{
	const struct esp_chain_op *oldest = &c->ops[c->taken % ESP_CHAIN_MAX];
	const struct esp_chain_op *newest = &c->ops[(c->submitted - 1) % ESP_CHAIN_MAX];

	if (likely(c->taken == c->submitted))
		return false;
	return newest->submitted_tsc != now_tsc || now_tsc - oldest->submitted_tsc > c->delay_tsc;
}

void esp_chain_encrypt(struct esp_chain *c, struct esp_crypto_op *op)
{
	struct esp_chain_op *job = esp_chain_next(c);

	*job = (struct esp_chain_op){
		.key = op->key,
		.esp = op->esp,
		.text_bytes = op->text_bytes,
		.iv_bytes = op->iv_bytes,
		.icv_bytes = op->icv_bytes,
		.suite = op->suite,
		.esn = op->esn,
		.seq_high_be = op->seq_high_be,
	};
	esp_chain_submit(c);
	esp_chain_flush(c);
	op->ok = esp_chain_done(c)->ok;
}

void esp_chain_iv(struct esp_chain *c, uint8_t *iv, unsigned iv_bytes)
{
	if (c->iv_left < iv_bytes)
		refill_ivs(c);
	c->iv_left -= iv_bytes;
	memcpy(iv, c->iv_pool + c->iv_left, iv_bytes);
}
