/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_raw.h"

#include "lib/base/log.h"

#include <intel-ipsec-mb.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	SCHEDULE = 16 * 15,
	BLOCK_MAX = 128
};

struct chain_key {
	union {
		struct {
			uint8_t enc[SCHEDULE] __attribute__((aligned(16)));
			uint8_t dec[SCHEDULE] __attribute__((aligned(16)));
		};
		uint64_t des[3][IMB_DES_KEY_SCHED_SIZE / 8];
	};
	const void *des_all[3];
	uint8_t ipad[64] __attribute__((aligned(16)));
	uint8_t opad[64] __attribute__((aligned(16)));
};

union raw_key {
	struct gcm_key_data gcm;
	struct chain_key chain;
} cache_aligned;

struct bench_raw {
	const struct bench_packets *p;
	IMB_MGR *mgr;
	bool gcm;
	IMB_JOB job; /* what all jobs of the case share */
	aes_gcm_enc_dec_t gcm_call;
	struct gcm_context_data gcm_context;
	union raw_key *keys; /* by SA */
	uint8_t nonces[BENCH_PACKETS][16] __attribute__((aligned(16)));
	uint8_t icvs[BENCH_PACKETS][64] __attribute__((aligned(16)));
};

static void expand_cipher(const struct bench_raw *r, union raw_key *k, const struct plane_sa *sa)
{
	switch (sa->suite.cipher) {
	case ALG_CIPHER_AES_128:
		IMB_AES_KEYEXP_128(r->mgr, sa->key, k->chain.enc, k->chain.dec);
		break;
	case ALG_CIPHER_AES_192:
		IMB_AES_KEYEXP_192(r->mgr, sa->key, k->chain.enc, k->chain.dec);
		break;
	case ALG_CIPHER_AES_256:
		IMB_AES_KEYEXP_256(r->mgr, sa->key, k->chain.enc, k->chain.dec);
		break;
	case ALG_CIPHER_GCM_128: IMB_AES128_GCM_PRE(r->mgr, sa->key, &k->gcm); break;
	case ALG_CIPHER_GCM_192: IMB_AES192_GCM_PRE(r->mgr, sa->key, &k->gcm); break;
	case ALG_CIPHER_GCM_256: IMB_AES256_GCM_PRE(r->mgr, sa->key, &k->gcm); break;
	default:
		for (unsigned i = 0; i < sa->key_bytes / 8u; i++) {
			IMB_DES_KEYSCHED(r->mgr, k->chain.des[i], sa->key + 8 * i);
			k->chain.des_all[i] = k->chain.des[i];
		}
		break;
	}
}

static void one_block(const struct bench_raw *r, enum alg_hash hash, const uint8_t *in,
		      uint8_t *out)
{
	switch (hash) {
	case ALG_HASH_MD5: IMB_MD5_ONE_BLOCK(r->mgr, in, out); break;
	case ALG_HASH_SHA1: IMB_SHA1_ONE_BLOCK(r->mgr, in, out); break;
	case ALG_HASH_SHA256: IMB_SHA256_ONE_BLOCK(r->mgr, in, out); break;
	case ALG_HASH_SHA384: IMB_SHA384_ONE_BLOCK(r->mgr, in, out); break;
	default: IMB_SHA512_ONE_BLOCK(r->mgr, in, out); break;
	}
}

static void expand_hash(const struct bench_raw *r, union raw_key *k, const struct plane_sa *sa)
{
	for (unsigned pass = 0; pass < 2; pass++) {
		uint8_t block[BLOCK_MAX];

		memset(block, pass ? 0x5c : 0x36, sizeof(block));
		for (unsigned i = 0; i < sa->auth_bytes; i++)
			block[i] ^= sa->auth[i];
		one_block(r, sa->suite.hash, block, pass ? k->chain.opad : k->chain.ipad);
	}
}

static const IMB_CIPHER_MODE ciphers[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_NULL] = IMB_CIPHER_NULL,   [ALG_CIPHER_DES] = IMB_CIPHER_DES,
	[ALG_CIPHER_3DES] = IMB_CIPHER_DES3,   [ALG_CIPHER_AES_128] = IMB_CIPHER_CBC,
	[ALG_CIPHER_AES_192] = IMB_CIPHER_CBC, [ALG_CIPHER_AES_256] = IMB_CIPHER_CBC,
	[ALG_CIPHER_GCM_128] = IMB_CIPHER_GCM, [ALG_CIPHER_GCM_192] = IMB_CIPHER_GCM,
	[ALG_CIPHER_GCM_256] = IMB_CIPHER_GCM,
};

static const IMB_HASH_ALG hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_NONE] = IMB_AUTH_AES_GMAC,	   [ALG_HASH_MD5] = IMB_AUTH_MD5,
	[ALG_HASH_SHA1] = IMB_AUTH_HMAC_SHA_1,	   [ALG_HASH_SHA256] = IMB_AUTH_HMAC_SHA_256,
	[ALG_HASH_SHA384] = IMB_AUTH_HMAC_SHA_384, [ALG_HASH_SHA512] = IMB_AUTH_HMAC_SHA_512,
};

static void bind(struct bench_raw *r)
{
	const struct bench_case *c = r->p->c;
	aes_gcm_enc_dec_t calls[2][3] = {
		{r->mgr->gcm128_enc, r->mgr->gcm192_enc, r->mgr->gcm256_enc},
		{r->mgr->gcm128_dec, r->mgr->gcm192_dec, r->mgr->gcm256_dec},
	};

	if (r->gcm)
		r->gcm_call = calls[c->inbound][c->suite.cipher - ALG_CIPHER_GCM_128];
	r->job = (IMB_JOB){
		.cipher_mode = ciphers[c->suite.cipher],
		.cipher_direction = c->inbound ? IMB_DIR_DECRYPT : IMB_DIR_ENCRYPT,
		.hash_alg = hashes[c->suite.hash],
		.chain_order = c->inbound ? IMB_ORDER_HASH_CIPHER : IMB_ORDER_CIPHER_HASH,
		.key_len_in_bytes = alg_cipher_row(c->suite.cipher)->key_bytes,
		.auth_tag_output_len_in_bytes = r->p->shape.icv,
		.iv_len_in_bytes = r->gcm ? 12 : r->p->shape.iv,
	};
}

struct bench_raw *bench_raw_create(const struct bench_packets *p)
{
	struct bench_raw *r = aligned_alloc(64, (sizeof(*r) + 63) & ~(size_t)63);

	if (!r)
		goto err;
	memset(r, 0, sizeof(*r));
	r->p = p;
	r->gcm = p->c->suite.hash == ALG_HASH_NONE;
	r->mgr = alloc_mb_mgr(0);
	r->keys = aligned_alloc(64, p->c->sas * sizeof(*r->keys));
	if (!r->mgr || !r->keys)
		goto err_free;
	init_mb_mgr_auto(r->mgr, NULL);
	for (uint32_t i = 0; i < p->c->sas; i++) {
		struct plane_sa sa = bench_gateway_sa(p->g, p->c, i);

		expand_cipher(r, &r->keys[i], &sa);
		if (!r->gcm)
			expand_hash(r, &r->keys[i], &sa);
	}
	bind(r);
	return r;
err_free:
	bench_raw_destroy(r);
err:
	log_error("no memory for the raw measurement of %u SAs", p->c->sas);
	return NULL;
}

void bench_raw_destroy(struct bench_raw *r)
{
	if (r->mgr)
		free_mb_mgr(r->mgr);
	free(r->keys);
	free(r);
}

const char *bench_raw_name(const struct bench_raw *r, unsigned api)
{
	static const char *const names[2][BENCH_RAW_APIS] = {
		{"burst, jobs left in flight", "job, jobs left in flight"},
		{"direct call, nonces 32 packets ahead", "burst"},
	};

	return names[r->gcm][api];
}

/* Where the ESP header of packet i is while the path works on it. */
static uint8_t *esp_of(const struct bench_raw *r, unsigned i)
{
	uint8_t *frame = (uint8_t *)r->p->m[i]->buf_addr + RTE_PKTMBUF_HEADROOM + ETHERNET;

	return r->p->c->inbound ? frame + r->p->shape.outer : frame - ESP_HEADER - r->p->shape.iv;
}

static void set_nonce(struct bench_raw *r, unsigned i, uint64_t seq)
{
	uint32_t salt = r->p->rows[i].sa;

	memcpy(r->nonces[i], &salt, 4);
	memcpy(r->nonces[i] + 4, &seq, 8);
}

static void run_direct(struct bench_raw *r)
{
	unsigned iv = r->p->shape.iv, icv = r->p->shape.icv;

	for (unsigned at = 0; at < BENCH_PACKETS; at += BENCH_BURST) {
		for (unsigned i = at; i < at + BENCH_BURST; i++)
			set_nonce(r, i, i);
		for (unsigned i = at; i < at + BENCH_BURST; i++) {
			const struct bench_packet *row = &r->p->rows[i];
			uint8_t *esp = esp_of(r, i), *text = esp + ESP_HEADER + iv;
			uint32_t bytes = esp_text_bytes(r->p->shape, row->inner);
			uint8_t *tag = r->p->c->inbound ? r->icvs[i] : text + bytes;

			r->gcm_call(&r->keys[row->sa].gcm, &r->gcm_context, text, text, bytes,
				    r->nonces[i], esp, ESP_HEADER, tag, icv);
		}
	}
}

static void fill(struct bench_raw *r, IMB_JOB *job, unsigned i)
{
	const struct bench_packet *row = &r->p->rows[i];
	const union raw_key *k = &r->keys[row->sa];
	uint8_t *esp = esp_of(r, i);
	unsigned front = ESP_HEADER + r->p->shape.iv;

	*job = r->job;
	job->src = esp;
	job->dst = esp + front;
	job->cipher_start_src_offset_in_bytes = front;
	job->msg_len_to_cipher_in_bytes = esp_text_bytes(r->p->shape, row->inner);
	job->iv = r->gcm ? r->nonces[i] : esp + ESP_HEADER;
	job->auth_tag_output = r->icvs[i];
	if (r->gcm) {
		job->enc_keys = job->dec_keys = &k->gcm;
		job->u.GCM.aad = esp;
		job->u.GCM.aad_len_in_bytes = ESP_HEADER;
		return;
	}
	job->msg_len_to_hash_in_bytes = front + job->msg_len_to_cipher_in_bytes;
	job->enc_keys = k->chain.enc;
	job->dec_keys = k->chain.dec;
	if (job->cipher_mode == IMB_CIPHER_DES)
		job->dec_keys = job->enc_keys;
	if (job->cipher_mode == IMB_CIPHER_DES3)
		job->enc_keys = job->dec_keys = k->chain.des_all;
	job->u.HMAC._hashed_auth_key_xor_ipad = k->chain.ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = k->chain.opad;
}

/* Jobs are never flushed: the lanes of the library stay full from pass to pass. */
static void run_burst(struct bench_raw *r)
{
	for (unsigned at = 0; at < BENCH_PACKETS; at += BENCH_BURST) {
		IMB_JOB *jobs[IMB_MAX_BURST_SIZE];
		unsigned n = 0;

		for (unsigned i = at; r->gcm && i < at + BENCH_BURST; i++)
			set_nonce(r, i, i);
		while (n < BENCH_BURST) {
			unsigned got = IMB_GET_NEXT_BURST(r->mgr, BENCH_BURST - n, jobs);

			/* the queue's end is near: make room */
			if (got == 0)
				IMB_FLUSH_BURST(r->mgr, BENCH_BURST, jobs);
			for (unsigned i = 0; i < got; i++)
				fill(r, jobs[i], at + n + i);
			if (got)
				IMB_SUBMIT_BURST_NOCHECK(r->mgr, got, jobs);
			n += got;
		}
	}
}

static void run_jobs(struct bench_raw *r)
{
	for (unsigned i = 0; i < BENCH_PACKETS; i++) {
		fill(r, IMB_GET_NEXT_JOB(r->mgr), i);
		for (IMB_JOB *job = IMB_SUBMIT_JOB_NOCHECK(r->mgr); job;)
			job = IMB_GET_COMPLETED_JOB(r->mgr);
	}
}

void bench_raw_pass(struct bench_raw *r, unsigned api)
{
	if (r->gcm && api == 0)
		run_direct(r);
	else if (!r->gcm && api == 1)
		run_jobs(r);
	else
		run_burst(r);
}
