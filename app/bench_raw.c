/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_raw.h"

#include "dataplane/esp_library.h"
#include "lib/base/log.h"

#include <intel-ipsec-mb.h>
#include <rte_prefetch.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	ETHERNET = 14,
	ESN_BYTES = 4,
	PAGE = 2 << 20,
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
	struct bench_packets *p;
	unsigned owner;
	unsigned burst; /* packets of one call */
	IMB_MGR *mgr;
	bool gcm;
	IMB_JOB job; /* what all jobs of the case share */
	aes_gcm_enc_dec_t gcm_call;
	struct gcm_context_data gcm_context;
	union raw_key *keys; /* of the owner's SAs */
	size_t key_bytes;
	uint8_t nonces[BENCH_PACKETS][16] __attribute__((aligned(16)));
	uint8_t icvs[BENCH_PACKETS][64] __attribute__((aligned(16)));
	uint32_t aads[BENCH_PACKETS][4]; /* with ESN: SPI, upper and lower half of the number */
	IMB_JOB jobs[BENCH_BURST_MAX];	 /* of the synchronous calls */
};

typedef void run_fn(struct bench_raw *r, unsigned at, unsigned end);

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

static bool is_gcm(struct alg_suite suite)
{
	return suite.hash == ALG_HASH_NONE;
}

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
	if (r->gcm)
		r->job.u.GCM.aad_len_in_bytes = ESP_HEADER + (c->esn ? ESN_BYTES : 0);
}

/* In large pages, as the path has them. */
static int make_keys(struct bench_raw *r)
{
	const struct bench_case *c = r->p->c;
	uint32_t n = (c->sas - r->owner + c->workers - 1) / c->workers;

	r->key_bytes = (n * sizeof(*r->keys) + PAGE - 1) & ~((size_t)PAGE - 1);
	r->keys = aligned_alloc(PAGE, r->key_bytes);
	if (!r->keys)
		return -ENOMEM;
	madvise(r->keys, r->key_bytes, MADV_HUGEPAGE);
	for (uint32_t i = 0; i < n; i++) {
		struct plane_sa sa = bench_gateway_sa(r->p->g, c, i * c->workers + r->owner);

		expand_cipher(r, &r->keys[i], &sa);
		if (!r->gcm)
			expand_hash(r, &r->keys[i], &sa);
	}
	return 0;
}

struct bench_raw *bench_raw_create(struct bench_packets *p, unsigned owner,
				   const struct esp_library *lib)
{
	struct bench_raw *r = aligned_alloc(64, (sizeof(*r) + 63) & ~(size_t)63);

	if (!r)
		goto err;
	memset(r, 0, sizeof(*r));
	r->p = p;
	r->owner = owner;
	r->burst = RTE_MIN(p->c->burst, (unsigned)DATAPLANE_BURST);
	r->gcm = is_gcm(p->c->suite);
	r->mgr = esp_library_manager(lib);
	if (!r->mgr || make_keys(r))
		goto err_free;
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
	esp_library_manager_free(r->mgr);
	free(r->keys);
	free(r);
}

static inline const union raw_key *key_of(const struct bench_raw *r, unsigned i)
{
	return &r->keys[r->p->c->workers == 1 ? r->p->rows[i].sa
					      : r->p->rows[i].sa / r->p->c->workers];
}

/* Where the ESP header of packet i is while the path works on it. */
static inline uint8_t *esp_of(const struct bench_raw *r, unsigned i)
{
	uint8_t *frame = (uint8_t *)r->p->m[i]->buf_addr + RTE_PKTMBUF_HEADROOM + ETHERNET;

	return r->p->c->inbound ? frame + r->p->shape.outer : frame - ESP_HEADER - r->p->shape.iv;
}

static inline void set_nonce(struct bench_raw *r, unsigned i)
{
	uint32_t salt = r->p->rows[i].sa;
	uint64_t seq = i;

	memcpy(r->nonces[i], &salt, 4);
	memcpy(r->nonces[i] + 4, &seq, 8);
	if (unlikely(r->p->c->esn)) {
		memcpy(r->aads[i], esp_of(r, i), 4);
		r->aads[i][1] = 0;
		memcpy(&r->aads[i][2], esp_of(r, i) + 4, 4);
	}
}

static inline const void *aad_of(const struct bench_raw *r, unsigned i)
{
	return r->p->c->esn ? (const void *)r->aads[i] : esp_of(r, i);
}

static inline void call(struct bench_raw *r, unsigned i)
{
	const struct bench_packet *row = &r->p->rows[i];
	uint8_t *text = esp_of(r, i) + ESP_HEADER + r->p->shape.iv;
	uint32_t bytes = esp_text_bytes(r->p->shape, row->inner);

	r->gcm_call(&key_of(r, i)->gcm, &r->gcm_context, text, text, bytes, r->nonces[i],
		    aad_of(r, i), r->job.u.GCM.aad_len_in_bytes,
		    r->p->c->inbound ? r->icvs[i] : text + bytes, r->p->shape.icv);
}

static void run_direct(struct bench_raw *r, unsigned at, unsigned end)
{
	for (unsigned i = at; i < end; i++) {
		set_nonce(r, i);
		call(r, i);
	}
}

static void run_two_passes(struct bench_raw *r, unsigned at, unsigned end)
{
	for (unsigned i = at; i < end; i++)
		set_nonce(r, i);
	for (unsigned i = at; i < end; i++)
		call(r, i);
}

/* As two passes, and the lines of the key that short packets need are fetched in the first. */
static void run_fetching(struct bench_raw *r, unsigned at, unsigned end)
{
	for (unsigned i = at; i < end; i++) {
		const uint8_t *key = (const uint8_t *)key_of(r, i);

		for (unsigned line = 0; line < 3; line++)
			rte_prefetch0(key + 64 * line);
		for (unsigned line = 1; line < 4; line++)
			rte_prefetch0(key + sizeof(struct gcm_key_data) - 64 * line);
		set_nonce(r, i);
	}
	for (unsigned i = at; i < end; i++)
		call(r, i);
}

static void fill(struct bench_raw *r, IMB_JOB *job, unsigned i)
{
	const union raw_key *k = key_of(r, i);
	uint8_t *esp = esp_of(r, i);
	unsigned front = ESP_HEADER + r->p->shape.iv;

	*job = r->job;
	job->src = esp;
	job->dst = esp + front;
	job->cipher_start_src_offset_in_bytes = front;
	job->msg_len_to_cipher_in_bytes = esp_text_bytes(r->p->shape, r->p->rows[i].inner);
	job->iv = r->gcm ? r->nonces[i] : esp + ESP_HEADER;
	job->auth_tag_output = r->icvs[i];
	if (r->gcm) {
		set_nonce(r, i);
		job->enc_keys = job->dec_keys = &k->gcm;
		job->u.GCM.aad = aad_of(r, i);
		return;
	}
	job->msg_len_to_hash_in_bytes =
		front + job->msg_len_to_cipher_in_bytes + (r->p->c->esn ? ESN_BYTES : 0);
	job->enc_keys = k->chain.enc;
	job->dec_keys = k->chain.dec;
	if (job->cipher_mode == IMB_CIPHER_DES)
		job->dec_keys = job->enc_keys;
	if (job->cipher_mode == IMB_CIPHER_DES3)
		job->enc_keys = job->dec_keys = k->chain.des_all;
	job->u.HMAC._hashed_auth_key_xor_ipad = k->chain.ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = k->chain.opad;
}

static void run_burst(struct bench_raw *r, unsigned at, unsigned end)
{
	while (at < end) {
		IMB_JOB *jobs[IMB_MAX_BURST_SIZE];
		unsigned n = IMB_GET_NEXT_BURST(r->mgr, end - at, jobs);

		/* the queue's end is near: make room */
		if (n == 0)
			IMB_FLUSH_BURST(r->mgr, end - at, jobs);
		for (unsigned i = 0; i < n; i++)
			fill(r, jobs[i], at + i);
		if (n)
			IMB_SUBMIT_BURST_NOCHECK(r->mgr, n, jobs);
		at += n;
	}
}

static void flush(struct bench_raw *r)
{
	while (IMB_FLUSH_JOB(r->mgr))
		;
}

static void run_burst_flushed(struct bench_raw *r, unsigned at, unsigned end)
{
	run_burst(r, at, end);
	flush(r);
}

static void run_jobs(struct bench_raw *r, unsigned at, unsigned end)
{
	for (unsigned i = at; i < end; i++) {
		fill(r, IMB_GET_NEXT_JOB(r->mgr), i);
		for (IMB_JOB *job = IMB_SUBMIT_JOB_NOCHECK(r->mgr); job;)
			job = IMB_GET_COMPLETED_JOB(r->mgr);
	}
}

static void run_jobs_flushed(struct bench_raw *r, unsigned at, unsigned end)
{
	run_jobs(r, at, end);
	flush(r);
}

/* The calls for cipher and hash alone: each finishes the whole burst. */
static void run_cipher_and_hash(struct bench_raw *r, unsigned at, unsigned end)
{
	unsigned n = end - at;

	for (unsigned i = 0; i < n; i++)
		fill(r, &r->jobs[i], at + i);
	if (r->p->c->inbound)
		IMB_SUBMIT_HASH_BURST_NOCHECK(r->mgr, r->jobs, n, r->job.hash_alg);
	IMB_SUBMIT_CIPHER_BURST_NOCHECK(r->mgr, r->jobs, n, r->job.cipher_mode,
					r->job.cipher_direction, r->job.key_len_in_bytes);
	if (!r->p->c->inbound)
		IMB_SUBMIT_HASH_BURST_NOCHECK(r->mgr, r->jobs, n, r->job.hash_alg);
}

struct api {
	const char *name;
	run_fn *run;
};

static const struct api gcm_apis[] = {
	{"direct call, nonces a burst ahead", run_two_passes},
	{"direct call, nonces and keys a burst ahead", run_fetching},
	{"direct call", run_direct},
	{"burst", run_burst},
	{"job", run_jobs},
};

/* The last only where the library has both calls. */
static const struct api chain_apis[] = {
	{"burst, unflushed", run_burst},
	{"job, unflushed", run_jobs},
	{"burst, flushed", run_burst_flushed},
	{"job, flushed", run_jobs_flushed},
	{"cipher burst and hash burst", run_cipher_and_hash},
};

static_assert(array_len(gcm_apis) <= BENCH_RAW_APIS && array_len(chain_apis) <= BENCH_RAW_APIS);

static const struct api *apis_of(struct alg_suite suite)
{
	return is_gcm(suite) ? gcm_apis : chain_apis;
}

unsigned bench_raw_apis(struct alg_suite suite)
{
	bool aes = suite.cipher >= ALG_CIPHER_AES_128 && suite.cipher <= ALG_CIPHER_AES_256;
	bool sha = suite.hash == ALG_HASH_SHA1 || suite.hash == ALG_HASH_SHA256;

	if (is_gcm(suite))
		return array_len(gcm_apis);
	return array_len(chain_apis) - !(aes && sha);
}

const char *bench_raw_name(struct alg_suite suite, unsigned api)
{
	return apis_of(suite)[api].name;
}

void bench_raw_begin(struct bench_raw *r)
{
	bench_packets_turn(r->p, r->owner);
	/* what was left in flight is not the next one's work */
	flush(r);
}

void bench_raw_run(struct bench_raw *r, unsigned api, unsigned at, unsigned end)
{
	run_fn *run = apis_of(r->p->c->suite)[api].run;

	for (; at < end; at += r->burst)
		run(r, at, RTE_MIN(at + r->burst, end));
}
