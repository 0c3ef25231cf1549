/* SPDX-License-Identifier: BSD-3-Clause */
/* Offers and replies as both ends of a negotiation make them, built and parsed again. */
#pragma once

#include "controlplane/ike/ike_proposal.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on

enum {
	BUF = 4096,
	SPI = 0xc0ffee01,
	OUR_SPI = 0x12345678,
};

static struct ike_sa_offer offer;
static struct ike_sa_offer reply;

static const struct ike_policy policies[] = {
	{10, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_PSK, 14, 86400},
	{20, ALG_CIPHER_3DES, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 3600},
	{65535, ALG_CIPHER_DES, ALG_HASH_SHA1, ALG_AUTH_RSA_SIG, 1, 65536},
};

static const struct ike_child_config child = {
	.suites = {{ALG_CIPHER_AES_256, ALG_HASH_SHA1},
		   {ALG_CIPHER_GCM_128, ALG_HASH_NONE},
		   {ALG_CIPHER_3DES, ALG_HASH_MD5},
		   {ALG_CIPHER_NULL, ALG_HASH_SHA512}},
	.n_suites = 4,
	.pfs_group = 5,
	.lifetime_s = 3600,
	.lifetime_kb = 4608000,
};

/* The body of the one payload of a message, parsed. */
static inline int parse(struct ike_build *b, enum ike_phase phase, struct ike_sa_offer *out)
{
	struct ike_payload sa = {.type = IKE_PAYLOAD_SA};
	size_t len = ike_build_finish(b, 0);

	assert_true(len > IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN);
	sa.body = b->w.start + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	sa.len = len - IKE_HEADER_LEN - IKE_PAYLOAD_HEADER_LEN;
	return ike_proposal_parse(&sa, phase, out);
}

static inline void begin(struct ike_build *b, uint8_t *buf)
{
	ike_build_begin(b, buf, BUF, &(struct ike_header){.exchange = IKE_EXCHANGE_MAIN});
}

static inline void offer_p1(uint8_t *buf, const struct ike_policy *p, size_t n)
{
	struct ike_build b;

	begin(&b, buf);
	ike_proposal_build_p1(&b, p, n);
	assert_int_equal(parse(&b, IKE_PHASE_1, &offer), IKE_PARSED);
}

static inline void offer_p2(uint8_t *buf, const struct ike_child_config *config,
			    enum ike_encapsulation encapsulation)
{
	struct ike_build b;

	begin(&b, buf);
	ike_proposal_build_p2(&b, config, encapsulation, SPI);
	assert_int_equal(parse(&b, IKE_PHASE_2, &offer), IKE_PARSED);
}

static inline void echo(uint8_t *buf, const struct ike_choice *choice, uint32_t spi)
{
	struct ike_build b;

	begin(&b, buf);
	ike_proposal_build_choice(&b, choice, spi);
	assert_int_equal(parse(&b, spi ? IKE_PHASE_2 : IKE_PHASE_1, &reply), IKE_PARSED);
}
