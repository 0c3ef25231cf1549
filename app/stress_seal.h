/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ESP packets made with OpenSSL and RFC 4303 alone, so that a mistake of the data plane has no twin
 * here.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <openssl/evp.h>

#include <stdbool.h>
#include <stdint.h>

struct stress_seal {
	struct alg_suite suite;
	uint32_t spi;
	bool esn;
	uint8_t salt[4];
	uint8_t iv_bytes;
	uint8_t icv_bytes;
	uint8_t block;
	EVP_CIPHER_CTX *cipher; /* NULL for NULL encryption */
	EVP_MAC_CTX *mac;	/* NULL for GCM */
};

/* The sender's end of an SA. 0 or -EIO. */
int must_check stress_seal_init(struct stress_seal *s, const struct plane_sa *sa);
void stress_seal_fini(struct stress_seal *s);
/*
 * Writes ESP around an inner IPv4 packet, from the SPI to the ICV. Its bytes, or 0 when OpenSSL
 * fails.
 */
unsigned must_check stress_seal_packet(struct stress_seal *s, uint64_t seq, const uint8_t *inner,
				       unsigned len, uint8_t *out);
