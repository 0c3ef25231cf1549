/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ESP crypto engine for suites with a separate HMAC (CBC or NULL, and HMAC), one direction of
 * one worker. The library behind it works on up to 16 packets side by side and pays for every lane
 * that runs empty, so packets stay here from burst to burst: what goes in now comes out some
 * packets later, always in the order it went in, so also in the order of each SA. Flushing every
 * burst of 32 would cost 60 % more on mixed sizes (performance.md section 1).
 *
 * An op carries its packet with it. The caller takes one with esp_chain_next(), fills it and hands
 * it in with esp_chain_submit(); what esp_chain_done() returns is finished and is the caller's
 * until the next call here. Keys and packets of ops in flight must stay: call esp_chain_flush()
 * and finish all before an SA is replaced or removed.
 */
#pragma once

#include "dataplane/esp_crypto.h"

enum {
	ESP_CHAIN_MAX = 256 /* ops in flight */
};

struct esp_chain_op {
	/* the caller's: not looked at here */
	void *packet;
	void *sa;
	uint64_t seq;
	uint64_t submitted_tsc; /* the clock when it was handed in, for esp_chain_due() */
	uint16_t inner_bytes;
	/* filled by the caller; bytes in memory as in struct esp_crypto_op */
	uint16_t text_bytes; /* a positive multiple of the cipher's block */
	uint8_t iv_bytes;
	uint8_t icv_bytes;
	struct alg_suite suite;
	bool esn; /* seq_high_be takes part in the ICV (RFC 4303 section 2.2.1) */
	bool ok;  /* out: done, and when decrypting authentic */
	uint32_t seq_high_be;
	const struct esp_crypto_key *key;
	uint8_t *esp;
	uint8_t icv[ESP_CRYPTO_ICV_MAX];
	uint8_t received[ESP_CRYPTO_ICV_MAX]; /* with ESN alone: it stood where seq_high_be goes */
} cache_aligned;

static_assert(sizeof(struct esp_chain_op) == 128);

struct esp_chain;
struct esp_library;

/*
 * With that library (esp_library.h). delay_tsc bounds what an op may wait for others
 * (esp_chain_due()). NULL, logged, without memory or when the CPU cannot do it.
 */
struct esp_chain *esp_chain_create(const struct esp_library *lib, bool encrypt, uint64_t delay_tsc);
void esp_chain_destroy(struct esp_chain *c);

/* An op to fill, or NULL while all are in flight or not yet taken by esp_chain_done(). */
struct esp_chain_op *esp_chain_next(struct esp_chain *c);
/* Hands in the op of the last esp_chain_next(). */
void esp_chain_submit(struct esp_chain *c);
/* The oldest op if it is finished, else NULL. Its ICV stands in the packet or was verified. */
struct esp_chain_op *esp_chain_done(struct esp_chain *c);
/* Finishes all that is in flight. */
void esp_chain_flush(struct esp_chain *c);
/*
 * Whether to flush in a round that began at now_tsc: something is in flight, and either nothing was
 * handed in this round, so that waiting would bring no company, or the oldest waits too long.
 */
bool esp_chain_due(const struct esp_chain *c, uint64_t now_tsc);
/* Encrypts one packet to its end at once, for tools and tests; op->ok as esp_crypto_encrypt(). */
void esp_chain_encrypt(struct esp_chain *c, struct esp_crypto_op *op);

/* Unpredictable bytes for a CBC IV (RFC 3602 section 3): 8 or 16 of an AES-CTR key stream. */
void esp_chain_iv(struct esp_chain *c, uint8_t *iv, unsigned iv_bytes);
