/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_packets.h"

#include "lib/base/log.h"
#include "lib/net/ip.h"

#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	TTL = 64
};

/* 7:4:1 (mean 353.67 bytes) in an order that repeats after 12. */
static const uint16_t imix[] = {64, 594, 64, 64, 594, 64, 1420, 64, 594, 64, 594, 64};

static uint32_t next_sa(struct bench_packets *p)
{
	if (!p->c->random)
		return p->next_sa = p->next_sa + 1 < p->c->sas ? p->next_sa + 1 : 0;
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return (uint32_t)((p->random >> 32) * p->c->sas >> 32);
}

unsigned bench_packets_inner(const struct bench_packets *p, const struct bench_packet *row,
			     uint8_t ttl, uint8_t *out)
{
	uint32_t far = __builtin_bswap32(bench_gateway_far(p->g, row->sa));
	uint32_t host = __builtin_bswap32(BENCH_HOST);
	struct ip_v4 ip;
	struct ip_udp udp = {
		.src_port_be = __builtin_bswap16(5000),
		.dst_port_be = __builtin_bswap16(6000),
		.len_be = __builtin_bswap16((uint16_t)(row->inner - sizeof(ip))),
	};

	ip_build_v4(&ip, p->c->inbound ? far : host, p->c->inbound ? host : far, IP_PROTO_UDP, 0,
		    ttl, row->inner, 0x1234, false);
	memcpy(out, &ip, sizeof(ip));
	memcpy(out + sizeof(ip), &udp, sizeof(udp));
	for (unsigned i = sizeof(ip) + sizeof(udp); i < row->inner; i++)
		out[i] = (uint8_t)(i * 31 + row->sa);
	return row->inner;
}

static void reset(struct rte_mbuf *m, unsigned len)
{
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->data_len = (uint16_t)len;
	m->pkt_len = len;
}

/* One packet of the far end around the inner packet that stands at its place in the buffer. */
static void seal(struct bench_packets *p, struct bench_packet *row, uint8_t *ip,
		 struct esp_crypto_op *op)
{
	struct plane_sa sa = bench_gateway_sa(p->g, p->c, row->sa);
	uint8_t *esp = ip + p->shape.outer, *text = esp + ESP_HEADER + p->shape.iv;
	uint32_t text_bytes = esp_text_bytes(p->shape, row->inner);
	uint32_t spi_be = __builtin_bswap32(sa.spi), seq_be;
	uint64_t iv_be;

	row->seq = ++p->seqs[row->sa];
	seq_be = __builtin_bswap32((uint32_t)row->seq);
	iv_be = __builtin_bswap64(row->seq);
	esp_outer_write(ip, &p->outer, p->shape, (uint16_t)esp_packet_bytes(p->shape, row->inner),
			(uint16_t)row->seq, 0, false);
	memcpy(esp, &spi_be, 4);
	memcpy(esp + 4, &seq_be, 4);
	esp_trailer_write(text, row->inner, text_bytes, IP_PROTO_IPIP);
	*op = (struct esp_crypto_op){
		.key = &p->keys[row->sa],
		.esp = esp,
		.text_bytes = (uint16_t)text_bytes,
		.iv_bytes = p->shape.iv,
		.icv_bytes = p->shape.icv,
		.suite = p->c->suite,
	};
	if (sa.salt_bytes)
		memcpy(esp + ESP_HEADER, &iv_be, 8);
	else
		esp_chain_iv(p->chain, esp + ESP_HEADER, p->shape.iv);
	memcpy(op->nonce, sa.salt, 4);
	memcpy(op->nonce + 4, &iv_be, 8);
}

void bench_packets_turn(struct bench_packets *p)
{
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		p->rows[i].sa = next_sa(p);
}

static void encrypt(struct bench_packets *p, struct esp_crypto_op *ops, unsigned n)
{
	if (p->c->suite.hash == ALG_HASH_NONE) {
		esp_crypto_encrypt(p->crypto, ops, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		esp_chain_encrypt(p->chain, &ops[i]);
}

void bench_packets_prepare(struct bench_packets *p)
{
	struct esp_crypto_op ops[ESP_CRYPTO_BURST];
	unsigned front = p->c->inbound ? esp_front_bytes(p->shape) : 0, n = 0;

	bench_packets_turn(p);
	for (unsigned i = 0; i < BENCH_PACKETS; i++) {
		struct bench_packet *row = &p->rows[i];
		uint8_t *frame;

		reset(p->m[i],
		      ETHERNET + (front ? esp_packet_bytes(p->shape, row->inner) : row->inner));
		frame = rte_pktmbuf_mtod(p->m[i], uint8_t *);
		bench_gateway_ethernet(frame, p->c->inbound ? BENCH_OUTSIDE : BENCH_INSIDE, true);
		bench_packets_inner(p, row, TTL, frame + ETHERNET + front);
		if (!front)
			continue;
		seal(p, row, frame + ETHERNET, &ops[n++]);
		if (n == ESP_CRYPTO_BURST) {
			encrypt(p, ops, n);
			n = 0;
		}
	}
}

static int make_far_end(struct bench_packets *p)
{
	int err = 0;

	p->crypto = esp_crypto_create();
	p->chain = esp_chain_create(true, 0);
	p->keys = aligned_alloc(64, p->c->sas * sizeof(*p->keys));
	p->seqs = calloc(p->c->sas, sizeof(*p->seqs));
	if (!p->crypto || !p->chain || !p->keys || !p->seqs)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->c->sas && !err; i++) {
		struct plane_sa sa = bench_gateway_sa(p->g, p->c, i);

		err = esp_crypto_key_init(p->crypto, &p->keys[i], p->c->suite, sa.key, sa.auth);
	}
	esp_outer_init(&p->outer, __builtin_bswap32(BENCH_PEER), __builtin_bswap32(BENCH_LOCAL),
		       false, 0, 0);
	return err;
}

struct bench_packets *bench_packets_create(const struct bench_case *c,
					   const struct bench_gateway *g)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(c->suite.cipher);
	struct bench_packets *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->c = c;
	p->g = g;
	p->random = 0x9e3779b97f4a7c15;
	p->shape = (struct esp_shape){
		.outer = ESP_OUTER_V4,
		.iv = cipher->iv_bytes,
		.block = cipher->block_bytes,
		.icv = alg_suite_icv_bytes(c->suite),
	};
	if (rte_pktmbuf_alloc_bulk(g->dp.pool, p->m, BENCH_PACKETS) ||
	    (c->inbound && make_far_end(p))) {
		log_error("no memory for the packets of %u SAs", c->sas);
		bench_packets_destroy(p);
		return NULL;
	}
	for (unsigned i = 0; i < BENCH_PACKETS; i++) {
		p->rows[i].inner = (uint16_t)(c->size ? c->size : imix[i % array_len(imix)]);
		p->m[i]->hash.usr = i;
	}
	return p;
}

void bench_packets_destroy(struct bench_packets *p)
{
	if (p->m[0])
		rte_pktmbuf_free_bulk(p->m, BENCH_PACKETS);
	esp_crypto_destroy(p->crypto);
	esp_chain_destroy(p->chain);
	free(p->keys);
	free(p->seqs);
	free(p);
}
