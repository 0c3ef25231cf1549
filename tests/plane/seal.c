/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/seal.h"

#include "dataplane/esp_chain.h"
#include "lib/esp/esp.h"
#include "lib/net/ip.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct sealer {
	struct esp_crypto_key key;
	struct esp_crypto_op op;
	struct esp_crypto *crypto;
	struct esp_chain *chain;
	struct plane_sa sa;
	struct esp_shape shape;
	struct esp_outer outer;
};

struct sealer *seal_create(const struct bed_sa *sa, unsigned from)
{
	struct plane_msg msg = bed_sa_msg(sa, from, true);
	const struct alg_cipher_row *cipher = alg_cipher_row(sa->suite.cipher);
	struct sealer *s = aligned_alloc(64, (sizeof(*s) + 63) & ~(size_t)63);

	assert_non_null(s);
	memset(s, 0, sizeof(*s));
	s->sa = msg.sa;
	s->crypto = esp_crypto_create(NULL);
	s->chain = esp_chain_create(NULL, true, 0);
	assert_non_null(s->crypto);
	assert_non_null(s->chain);
	assert_int_equal(
		esp_crypto_key_init(s->crypto, &s->key, sa->suite, msg.sa.key, msg.sa.auth), 0);
	s->shape = (struct esp_shape){
		.outer = sa->flags & PLANE_SA_UDP ? ESP_OUTER_UDP : ESP_OUTER_V4,
		.iv = cipher->iv_bytes,
		.block = cipher->block_bytes,
		.icv = alg_suite_icv_bytes(sa->suite),
	};
	esp_outer_init(&s->outer, __builtin_bswap32(addr_to_v4(&msg.sa.local)),
		       __builtin_bswap32(addr_to_v4(&msg.sa.remote)), sa->flags & PLANE_SA_UDP,
		       msg.sa.local_port, msg.sa.remote_port);
	return s;
}

void seal_destroy(struct sealer *s)
{
	esp_crypto_destroy(s->crypto);
	esp_chain_destroy(s->chain);
	free(s);
}

struct esp_shape seal_shape(const struct sealer *s)
{
	return s->shape;
}

unsigned seal_text(struct sealer *s, uint64_t seq, const void *text, unsigned text_len,
		   struct bed_packet *p)
{
	uint8_t *esp = p->b + s->shape.outer, *iv = esp + ESP_HEADER;
	uint32_t spi_be = __builtin_bswap32(s->sa.spi), seq_be = __builtin_bswap32((uint32_t)seq);
	uint64_t iv_be = __builtin_bswap64(seq);

	p->len = s->shape.outer + ESP_HEADER + s->shape.iv + text_len + s->shape.icv;
	assert_true(p->len <= BED_PACKET);
	esp_outer_write(p->b, &s->outer, s->shape, (uint16_t)p->len, (uint16_t)seq, 0, false);
	memcpy(esp, &spi_be, 4);
	memcpy(esp + 4, &seq_be, 4);
	memset(iv, 0x5a, s->shape.iv);
	if (s->shape.iv)
		memcpy(iv, &iv_be, 8);
	memcpy(iv + s->shape.iv, text, text_len);
	s->op = (struct esp_crypto_op){
		.key = &s->key,
		.esp = esp,
		.text_bytes = (uint16_t)text_len,
		.iv_bytes = s->shape.iv,
		.icv_bytes = s->shape.icv,
		.suite = s->sa.suite,
		.esn = s->sa.flags & PLANE_SA_ESN,
		.spi_be = spi_be,
		.seq_high_be = __builtin_bswap32((uint32_t)(seq >> 32)),
	};
	memcpy(s->op.nonce, s->sa.salt, 4);
	memcpy(s->op.nonce + 4, &iv_be, 8);
	if (s->sa.suite.hash) {
		esp_chain_encrypt(s->chain, &s->op);
		assert_true(s->op.ok);
	} else {
		esp_crypto_encrypt(s->crypto, &s->op, 1);
	}
	return p->len;
}

unsigned seal_packet(struct sealer *s, uint64_t seq, const void *inner, unsigned len,
		     uint8_t next_header, struct bed_packet *p)
{
	uint8_t text[BED_PACKET];
	unsigned text_len = esp_text_bytes(s->shape, len);

	memcpy(text, inner, len);
	esp_trailer_write(text, len, text_len, next_header);
	return seal_text(s, seq, text, text_len, p);
}
