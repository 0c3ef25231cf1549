/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_packets.h"

#include "lib/base/log.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	TTL = 64,
	TOS_EF = BENCH_PRIORITY_DSCP << 2,
};

/* 7:4:1 (mean 353.67 bytes) in an order that repeats after 12. */
static const uint16_t imix[] = {64, 594, 64, 64, 594, 64, 1420, 64, 594, 64, 594, 64};

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

	ip_build_v4(&ip, p->c->inbound ? far : host, p->c->inbound ? host : far, IP_PROTO_UDP,
		    row->priority ? TOS_EF : 0, ttl, row->inner, 0x1234, false);
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
static void seal(struct bench_packets *p, const struct bench_packet *row, uint8_t *ip,
		 struct esp_crypto_op *op)
{
	uint8_t *esp = ip + p->shape.outer, *text = esp + ESP_HEADER + p->shape.iv;
	uint32_t text_bytes = esp_text_bytes(p->shape, row->inner);
	uint32_t spi_be = __builtin_bswap32(bench_gateway_spi(p->c, row->sa));
	uint32_t seq_be = __builtin_bswap32((uint32_t)row->seq);
	uint64_t iv_be = __builtin_bswap64(row->seq);

	esp_outer_write(ip, &p->outer, p->shape, (uint16_t)esp_packet_bytes(p->shape, row->inner),
			(uint16_t)row->seq, 0, false);
	memcpy(esp, &spi_be, 4);
	memcpy(esp + 4, &seq_be, 4);
	esp_trailer_write(text, row->inner, text_bytes, IP_PROTO_IPIP);
	*op = (struct esp_crypto_op){
		.key = &p->far->keys[row->sa],
		.esp = esp,
		.text_bytes = (uint16_t)text_bytes,
		.iv_bytes = p->shape.iv,
		.icv_bytes = p->shape.icv,
		.suite = p->c->suite,
		.esn = p->c->esn,
		.spi_be = spi_be,
		.seq_high_be = __builtin_bswap32((uint32_t)(row->seq >> 32)),
	};
	if (p->c->suite.hash == ALG_HASH_NONE)
		memcpy(esp + ESP_HEADER, &iv_be, 8);
	else
		esp_chain_iv(p->chain, esp + ESP_HEADER, p->shape.iv);
	memcpy(op->nonce, &row->sa, 4);
	memcpy(op->nonce + 4, &iv_be, 8);
}

void bench_packets_turn(struct bench_packets *p, unsigned owner)
{
	p->stream.owner = owner;
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		p->rows[i].sa = bench_stream_sa(&p->stream);
}

static void arrive(struct bench_packets *p)
{
	p->late = 0;
	for (unsigned i = 0; i < BENCH_PACKETS; i++) {
		struct bench_arrival a = bench_stream_next(&p->stream);

		p->rows[i].sa = a.sa;
		p->rows[i].seq = a.seq;
		p->late += a.late;
	}
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

void bench_packets_prepare(struct bench_packets *p, unsigned owner)
{
	struct esp_crypto_op ops[ESP_CRYPTO_BURST];
	unsigned front = p->c->inbound ? esp_front_bytes(p->shape) : 0, n = 0;

	p->stream.owner = owner;
	arrive(p);
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
	encrypt(p, ops, n);
}

const struct bench_packet *bench_packets_row(const struct bench_packets *p,
					     const struct rte_mbuf *m)
{
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		if (p->m[i] == m)
			return &p->rows[i];
	return NULL;
}

int bench_far_init(struct bench_far *far, const struct bench_case *c, const struct bench_gateway *g)
{
	struct esp_crypto *crypto = esp_crypto_create(NULL);
	int err = 0;

	*far = (struct bench_far){
		.keys = aligned_alloc(64, c->sas * sizeof(*far->keys)),
		.counters = {calloc(c->sas, sizeof(uint64_t)), calloc(c->sas, sizeof(uint64_t))},
	};
	if (!crypto || !far->keys || !far->counters.seqs || !far->counters.tops)
		err = -ENOMEM;
	for (uint32_t i = 0; i < c->sas && !err; i++) {
		struct plane_sa sa = bench_gateway_sa(g, c, i);

		err = esp_crypto_key_init(crypto, &far->keys[i], c->suite, sa.key, sa.auth);
	}
	if (err)
		log_error("no memory for the far end of %u SAs", c->sas);
	esp_crypto_destroy(crypto);
	return err;
}

void bench_far_fini(struct bench_far *far)
{
	free(far->keys);
	free(far->counters.seqs);
	free(far->counters.tops);
}

static int fill(struct bench_packets *p, const struct bench_case *c, const struct esp_library *lib)
{
	if (bench_stream_init(&p->stream, c, c->inbound ? &p->far->counters : NULL) ||
	    rte_pktmbuf_alloc_bulk(p->g->dp.pool, p->m, BENCH_PACKETS))
		return -ENOMEM;
	for (unsigned i = 0; i < BENCH_PACKETS; i++) {
		p->rows[i].inner = (uint16_t)(c->size ? c->size : imix[i % array_len(imix)]);
		p->rows[i].priority = c->qos && i % BENCH_PRIORITY_EVERY == 0;
	}
	if (!c->inbound)
		return 0;
	esp_outer_init(&p->outer, __builtin_bswap32(BENCH_PEER), __builtin_bswap32(BENCH_LOCAL),
		       c->nat_t, IP_PORT_NATT, IP_PORT_NATT);
	p->crypto = esp_crypto_create(lib);
	p->chain = esp_chain_create(lib, true, 0);
	return p->crypto && p->chain ? 0 : -ENOMEM;
}

struct bench_packets *bench_packets_create(const struct bench_case *c,
					   const struct bench_gateway *g, struct bench_far *far,
					   const struct esp_library *lib)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(c->suite.cipher);
	struct bench_packets *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->c = c;
	p->g = g;
	p->far = far;
	p->shape = (struct esp_shape){
		.outer = c->nat_t ? ESP_OUTER_UDP : ESP_OUTER_V4,
		.iv = cipher->iv_bytes,
		.block = cipher->block_bytes,
		.icv = alg_suite_icv_bytes(c->suite),
	};
	if (fill(p, c, lib)) {
		log_error("no memory for the packets of %u SAs", c->sas);
		bench_packets_destroy(p);
		return NULL;
	}
	return p;
}

void bench_packets_destroy(struct bench_packets *p)
{
	if (p->m[0])
		rte_pktmbuf_free_bulk(p->m, BENCH_PACKETS);
	bench_stream_fini(&p->stream);
	esp_crypto_destroy(p->crypto);
	esp_chain_destroy(p->chain);
	free(p);
}
