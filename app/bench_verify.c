/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_verify.h"

#include "lib/crypto/prim.h"
#include "lib/net/ip.h"

#include <openssl/evp.h>

#include <string.h>

enum {
	ETHERNET = 14,
	ESN_BYTES = 4,
	TEXT_MAX = 2048
};

/* ESP as it lies in a packet: header, IV, text, ICV. */
struct sealed {
	const uint8_t *esp;
	const uint8_t *iv;
	const uint8_t *text;
	const uint8_t *icv;
	unsigned text_bytes;
};

static const EVP_CIPHER *gcm_of(unsigned key_bytes)
{
	switch (key_bytes) {
	case 16: return EVP_aes_128_gcm();
	case 24: return EVP_aes_192_gcm();
	default: return EVP_aes_256_gcm();
	}
}

static bool open_gcm(const struct plane_sa *sa, const struct sealed *s, uint8_t *text)
{
	bool esn = sa->flags & PLANE_SA_ESN;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	/* with ESN: SPI, upper half of the number (no run is that long), lower half */
	uint8_t nonce[12], icv[16], aad[ESP_HEADER + ESN_BYTES] = {0};
	int n;
	bool ok;

	memcpy(aad, s->esp, 4);
	memcpy(aad + (esn ? 8 : 4), s->esp + 4, 4);
	memcpy(nonce, sa->salt, 4);
	memcpy(nonce + 4, s->iv, 8);
	memcpy(icv, s->icv, sizeof(icv));
	ok = ctx && EVP_DecryptInit_ex(ctx, gcm_of(sa->key_bytes), NULL, sa->key, nonce) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, aad, ESP_HEADER + (esn ? ESN_BYTES : 0)) == 1 &&
	     EVP_DecryptUpdate(ctx, text, &n, s->text, (int)s->text_bytes) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(icv), icv) == 1 &&
	     EVP_DecryptFinal_ex(ctx, text + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static bool open_chain(const struct plane_sa *sa, const struct sealed *s, unsigned icv_bytes,
		       uint8_t *text)
{
	static const uint8_t seq_high[ESN_BYTES];
	struct prim_chunk signed_parts[] = {
		{s->esp, (size_t)(s->icv - s->esp)},
		{seq_high, sa->flags & PLANE_SA_ESN ? ESN_BYTES : 0},
	};
	uint8_t mac[PRIM_DIGEST_MAX], iv[PRIM_IV_MAX] = {0};

	if (prim_prf(sa->suite.hash, sa->auth, sa->auth_bytes, signed_parts, 2, mac) ||
	    memcmp(mac, s->icv, icv_bytes) != 0)
		return false;
	memcpy(text, s->text, s->text_bytes);
	memcpy(iv, s->iv, (size_t)(s->text - s->iv));
	return sa->suite.cipher == ALG_CIPHER_NULL ||
	       prim_cbc_decrypt(sa->suite.cipher, sa->key, iv, text, s->text_bytes) == 0;
}

static bool is_natt(const uint8_t *at, unsigned len)
{
	struct ip_udp udp;

	memcpy(&udp, at, sizeof(udp));
	return __builtin_bswap16(udp.src_port_be) == IP_PORT_NATT &&
	       __builtin_bswap16(udp.dst_port_be) == IP_PORT_NATT &&
	       __builtin_bswap16(udp.len_be) == len;
}

static bool check_outer(const struct bench_packets *p, const uint8_t *ip, unsigned len)
{
	uint32_t src = __builtin_bswap32(p->c->inbound ? BENCH_PEER : BENCH_LOCAL);
	uint32_t dst = __builtin_bswap32(p->c->inbound ? BENCH_LOCAL : BENCH_PEER);
	struct ip_flow flow;

	return ip_parse_flow(&flow, ip, len) == DROP_NONE &&
	       (p->c->nat_t ? is_natt(ip + ESP_OUTER_V4, len - ESP_OUTER_V4)
			    : flow.protocol == IP_PROTO_ESP) &&
	       flow.total_bytes == len && memcmp(ip + 12, &src, 4) == 0 &&
	       memcmp(ip + 16, &dst, 4) == 0;
}

bool bench_verify_esp(const struct bench_packets *p, const struct rte_mbuf *m, uint8_t ttl)
{
	const struct bench_packet *row = bench_packets_row(p, m);
	struct plane_sa sa = bench_gateway_sa(p->g, p->c, row->sa);
	uint8_t text[TEXT_MAX], expected[TEXT_MAX];
	const uint8_t *ip = rte_pktmbuf_mtod_offset(m, const uint8_t *, ETHERNET);
	unsigned len = esp_packet_bytes(p->shape, row->inner);
	uint32_t spi_be = __builtin_bswap32(sa.spi), inner;
	struct sealed s = {.esp = ip + p->shape.outer};

	s.iv = s.esp + ESP_HEADER;
	s.text = s.iv + p->shape.iv;
	s.text_bytes = esp_text_bytes(p->shape, row->inner);
	s.icv = s.text + s.text_bytes;
	if (m->data_len != ETHERNET + len || !check_outer(p, ip, len) ||
	    memcmp(s.esp, &spi_be, 4) != 0)
		return false;
	if (!(sa.salt_bytes ? open_gcm(&sa, &s, text) : open_chain(&sa, &s, p->shape.icv, text)))
		return false;
	bench_packets_inner(p, row, ttl, expected);
	return esp_trailer_parse(text, s.text_bytes, &inner) == DROP_NONE && inner == row->inner &&
	       memcmp(text, expected, inner) == 0;
}

bool bench_verify_clear(const struct bench_packets *p, const struct rte_mbuf *m, uint8_t ttl)
{
	const struct bench_packet *row = bench_packets_row(p, m);
	uint8_t expected[TEXT_MAX];
	unsigned len = bench_packets_inner(p, row, ttl, expected);

	return m->data_len == ETHERNET + len &&
	       memcmp(rte_pktmbuf_mtod_offset(m, const uint8_t *, ETHERNET), expected, len) == 0;
}
