/* SPDX-License-Identifier: BSD-3-Clause */
/* The attributes of a transform as `debug crypto isakmp` prints them. */
#include "controlplane/ike/ike_proposal.h"

#include <cmocka.h>

#include <string.h>

enum {
	BUF = 512,
	LINES_MAX = 16,
	LINE = 96
};

static struct ike_sa_offer offer;

static void build(uint8_t *buf, enum ike_phase phase)
{
	static const struct ike_policy policy = {
		10, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_PSK, 14, 86400};
	static const struct ike_child_config child = {
		.suites = {{ALG_CIPHER_AES_256, ALG_HASH_SHA1}},
		.n_suites = 1,
		.pfs_group = 5,
		.lifetime_s = 3600,
		.lifetime_kb = 4608000,
	};
	struct ike_payload sa = {.body = buf + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN};
	struct ike_build b;

	ike_build_begin(&b, buf, BUF, &(struct ike_header){0});
	if (phase == IKE_PHASE_1)
		ike_proposal_build_p1(&b, &policy, 1);
	else
		ike_proposal_build_p2(&b, &child, IKE_ENCAP_TUNNEL, 0xc0ffee01);
	sa.len = ike_build_finish(&b, 0) - IKE_HEADER_LEN - IKE_PAYLOAD_HEADER_LEN;
	assert_int_equal(ike_proposal_parse(&sa, phase, &offer), IKE_PARSED);
}

struct lines {
	size_t n;
	char text[LINES_MAX][LINE];
};

static void keep_line(void *ctx, const char *text, const char *)
{
	struct lines *lines = ctx;

	assert_true(lines->n < LINES_MAX);
	assert_true(strlen(text) < LINE);
	strcpy(lines->text[lines->n++], text);
}

static void attributes_are_described_as_ios_does(void **state)
{
	static const char *const p1[] = {
		"encryption AES-CBC",
		"keylength of 256",
		"hash SHA256",
		"default group 14",
		"auth pre-share",
		"life type in seconds",
		"life duration (VPI) of 0x0 0x1 0x51 0x80",
	};
	static const char *const p2[] = {
		"encaps is 1 (Tunnel)",
		"SA life type in seconds",
		"SA life duration (basic) of 3600",
		"SA life type in kilobytes",
		"SA life duration (VPI) of  0x0 0x46 0x50 0x0",
		"authenticator is HMAC-SHA",
		"key length is 256",
		"group is 5",
	};
	struct lines lines = {0};
	uint8_t buf[BUF];

	(void)state;
	build(buf, IKE_PHASE_1);
	ike_proposal_describe(&offer.transforms[0], IKE_PHASE_1, keep_line, &lines);
	assert_int_equal(lines.n, array_len(p1));
	for (size_t i = 0; i < array_len(p1); i++)
		assert_string_equal(lines.text[i], p1[i]);
	lines.n = 0;
	build(buf, IKE_PHASE_2);
	ike_proposal_describe(&offer.transforms[0], IKE_PHASE_2, keep_line, &lines);
	assert_int_equal(lines.n, array_len(p2));
	for (size_t i = 0; i < array_len(p2); i++)
		assert_string_equal(lines.text[i], p2[i]);
}

struct foreign_row {
	uint32_t attr;
	const char *line;
};

static void what_we_do_not_know_is_named_as_unknown(void **state)
{
	static const struct foreign_row rows[] = {
		{0x80010007, "encryption AES-CBC"},   {0x80010008, "encryption unknown (8)"},
		{0x80020003, "hash unknown (3)"},     {0x80030004, "auth RSA encr"},
		{0x8003fdff, "auth unknown (65023)"}, {0x800d0001, "unknown attribute 13"},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct lines lines = {0};
		uint8_t attr[4] = {(uint8_t)(rows[i].attr >> 24), (uint8_t)(rows[i].attr >> 16),
				   (uint8_t)(rows[i].attr >> 8), (uint8_t)rows[i].attr};
		struct ike_transform t = {.attrs = attr, .attrs_len = sizeof(attr)};

		ike_proposal_describe(&t, IKE_PHASE_1, keep_line, &lines);
		assert_int_equal(lines.n, 1);
		assert_string_equal(lines.text[0], rows[i].line);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_described_as_ios_does),
		cmocka_unit_test(what_we_do_not_know_is_named_as_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
