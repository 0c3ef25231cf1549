/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ESP crypto engine of one worker for GCM: encrypt or decrypt a burst of packets in place by
 * direct calls of intel-ipsec-mb. Expands the keys of every suite; those with a separate HMAC are
 * for esp_chain.h. Knows no SA and no mbuf. Not thread safe: one engine a worker.
 *
 * GCM reads nonces that were written a pass earlier, 32 packets at a time; written just before the
 * call they would cost 40 cycles a packet more (performance.md table 1).
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/alg.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	ESP_CRYPTO_BURST = 32,
	ESP_CRYPTO_KEY_BYTES = 1024,
	ESP_CRYPTO_ICV_MAX = 32
};

/* Expanded key material of one direction of one SA; only the engine looks inside. */
struct esp_crypto_key {
	uint8_t bytes[ESP_CRYPTO_KEY_BYTES];
} cache_aligned;

/*
 * One packet. The caller fills everything but ok and icv. Bytes in memory:
 *   esp -> SPI, sequence (8) | IV (iv_bytes) | text (text_bytes) | ICV (icv_bytes)
 */
struct esp_crypto_op {
	const struct esp_crypto_key *key;
	uint8_t *esp;
	uint16_t text_bytes; /* a positive multiple of the cipher's block */
	uint8_t iv_bytes;
	uint8_t icv_bytes;
	struct alg_suite suite;
	bool esn; /* seq_high_be takes part in the ICV (RFC 4303 section 2.2.1) */
	bool ok;  /* out, when decrypting: authentic */
	uint32_t spi_be;
	uint32_t seq_high_be;
	uint8_t nonce[16]; /* GCM: salt (4), IV (8) */
	uint32_t aad[3];   /* GCM with ESN */
	uint8_t icv[ESP_CRYPTO_ICV_MAX] cache_aligned;
} cache_aligned;

static_assert(sizeof(struct esp_crypto_op) == 128);

struct esp_crypto;
struct esp_library;

/*
 * Fetches what a packet of so many bytes will need of a GCM key: the round keys, and from the end
 * of the key the powers of the hash key, one for each block but at most 48.
 */
static inline void esp_crypto_prefetch(const struct esp_crypto_key *key, unsigned bytes)
{
	unsigned powers = bytes / 16 + 3, first;

	first = ESP_CRYPTO_KEY_BYTES / 64 - ((powers < 48 ? powers : 48) + 4) / 4;
	for (unsigned line = 0; line < 3; line++)
		__builtin_prefetch(key->bytes + 64 * line);
	for (unsigned line = first < 3 ? 3 : first; line < ESP_CRYPTO_KEY_BYTES / 64; line++)
		__builtin_prefetch(key->bytes + 64 * line);
}

/* With that library (esp_library.h). NULL, logged, when the CPU or the library cannot do it. */
struct esp_crypto *esp_crypto_create(const struct esp_library *lib);
void esp_crypto_destroy(struct esp_crypto *c);

/*
 * Expands cipher and integrity key; their lengths are those of the algorithm rows. Every suite that
 * alg_suite_valid() accepts. 0, or -EINVAL.
 */
int must_check esp_crypto_key_init(struct esp_crypto *c, struct esp_crypto_key *key,
				   struct alg_suite suite, const uint8_t *cipher_key,
				   const uint8_t *auth_key);
void esp_crypto_key_fini(struct esp_crypto_key *key);

/* n is at most ESP_CRYPTO_BURST; every suite is a GCM. Encryption cannot fail. */
void esp_crypto_encrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n);
/* Verifies every ICV in constant time; text of an op that is not ok is garbage. */
void esp_crypto_decrypt(struct esp_crypto *c, struct esp_crypto_op *ops, unsigned n);
/* The same for one packet, so that work on the one before may go on beside it. */
void esp_crypto_decrypt_one(struct esp_crypto *c, struct esp_crypto_op *op);
