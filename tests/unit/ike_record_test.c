/* SPDX-License-Identifier: BSD-3-Clause */
/* Terms in words, and everything in which an offer differs from what is wanted. */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_record.h"
#include "lib/base/compat.h"
#include "tests/unit/ike_proposal_bench.h"

#include <string.h>

#define BIT(attribute) (1u << IKE_REFUSAL_##attribute)

static void terms_in_words(void **)
{
	static const struct {
		struct ike_record_terms t;
		enum ike_phase phase;
		const char *text;
	} rows[] = {
		{{.encryption = 5, .hash = 1, .auth = 1, .group = 2},
		 IKE_PHASE_1,
		 "3DES-CBC MD5 pre-share group 2"},
		{{.encryption = 7, .key_bits = 192, .hash = 4, .auth = 3, .group = 14},
		 IKE_PHASE_1,
		 "AES-CBC-192 SHA256 rsa-sig group 14"},
		{{.encryption = 99, .hash = 98, .auth = 97, .group = 96},
		 IKE_PHASE_1,
		 "number 99 number 98 number 97 group 96"},
		{{0}, IKE_PHASE_1, "none none none group none"},
		{{.transform_id = 3, .hash = 2}, IKE_PHASE_2, "ESP_3DES HMAC-SHA"},
		{{.transform_id = 20, .key_bits = 128}, IKE_PHASE_2, "ESP_GCM-128"},
		{{.transform_id = 200, .hash = 201}, IKE_PHASE_2, "number 200 number 201"},
		{{.protocol = IKE_PROTOCOL_AH, .transform_id = 5, .hash = 5},
		 IKE_PHASE_2,
		 "AH HMAC-SHA256"},
		{{.protocol = IKE_PROTOCOL_ESP,
		  .transform_id = 3,
		  .encapsulation = IKE_ENCAP_UDP_TRANSPORT},
		 IKE_PHASE_2,
		 "ESP_3DES transport"},
	};
	char text[96];

	for (size_t i = 0; i < array_len(rows); i++)
		assert_string_equal(
			ike_record_terms_print(&rows[i].t, rows[i].phase, text, sizeof(text)),
			rows[i].text);
}

static void every_attribute_has_a_name_and_a_value(void **)
{
	const struct ike_record_terms t = {
		.protocol = IKE_PROTOCOL_ESP,
		.transform_id = 12,
		.key_bits = 256,
		.hash = 5,
		.group = 5,
		.encapsulation = IKE_ENCAP_UDP_TUNNEL,
		.esn = IKE_ESN_64,
	};
	static const char *const values[IKE_REFUSAL_COUNT] = {
		[IKE_REFUSAL_PROTOCOL] = "ESP", [IKE_REFUSAL_ENCRYPTION] = "ESP_AES-256",
		[IKE_REFUSAL_KEY_BITS] = "256", [IKE_REFUSAL_HASH] = "HMAC-SHA256",
		[IKE_REFUSAL_ESN] = "64",	[IKE_REFUSAL_GROUP] = "5",
		[IKE_REFUSAL_AUTH] = "none",	[IKE_REFUSAL_ENCAPSULATION] = "Tunnel-UDP",
	};
	char text[64];

	for (int i = IKE_REFUSAL_NONE; i < IKE_REFUSAL_COUNT; i++)
		assert_true(ike_record_attribute(i)[0]);
	for (int i = IKE_REFUSAL_PROTOCOL; i <= IKE_REFUSAL_ENCAPSULATION; i++)
		assert_string_equal(ike_record_value_print(&t, i, IKE_PHASE_2, text, sizeof(text)),
				    values[i]);
	assert_string_equal(ike_record_attribute(IKE_REFUSAL_COUNT), "");
}

/* One policy against another: all that differs, the key length only of one cipher. */
static void what_differs_between_policies(void **)
{
	static const struct {
		struct ike_policy offered;
		struct ike_policy wanted;
		unsigned differs;
	} rows[] = {
		{{10, ALG_CIPHER_3DES, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 600},
		 {20, ALG_CIPHER_3DES, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 86400},
		 0},
		{{10, ALG_CIPHER_AES_128, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 600},
		 {20, ALG_CIPHER_AES_256, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 600},
		 BIT(KEY_BITS)},
		{{10, ALG_CIPHER_AES_128, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 600},
		 {20, ALG_CIPHER_3DES, ALG_HASH_SHA1, ALG_AUTH_RSA_SIG, 5, 600},
		 BIT(ENCRYPTION) | BIT(HASH) | BIT(AUTH) | BIT(GROUP)},
	};
	uint8_t buf[BUF];

	for (size_t i = 0; i < array_len(rows); i++) {
		struct ike_record_terms wanted = ike_record_terms_of_policy(&rows[i].wanted);

		offer_p1(buf, &rows[i].offered, 1);
		assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), rows[i].differs);
	}
}

static void what_differs_between_suites(void **)
{
	struct ike_child_config want = child;
	struct ike_record_terms wanted;
	uint8_t buf[BUF];

	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	wanted = ike_record_terms_of_suite(&want, 0, false);
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), 0);
	assert_int_equal(ike_record_terms_differ(&offer, 2, &wanted), BIT(ENCRYPTION) | BIT(HASH));
	/* an entry without PFS takes the group, one with another does not */
	want.pfs_group = 0;
	wanted = ike_record_terms_of_suite(&want, 0, false);
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), 0);
	want.pfs_group = 14;
	want.transport = true;
	want.esn = 1;
	wanted = ike_record_terms_of_suite(&want, 0, false);
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted),
			 BIT(GROUP) | BIT(ENCAPSULATION) | BIT(ESN));
	/* the numbers of the drafts mean the same */
	offer_p2(buf, &child, IKE_ENCAP_UDP_TUNNEL_DRAFT);
	wanted = ike_record_terms_of_suite(&child, 0, true);
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), 0);
}

/* An ESP proposal that is to be taken with another one is none of ours. */
static void a_suite_of_two_protocols_differs_in_the_protocol(void **)
{
	struct ike_record_terms wanted = ike_record_terms_of_suite(&child, 0, false);
	uint8_t buf[BUF];

	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	assert_true(offer.n_proposals > 1);
	offer.proposals[1].number = offer.proposals[0].number;
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), BIT(PROTOCOL));
	offer.proposals[1].number++;
	offer.proposals[0].protocol = IKE_PROTOCOL_AH;
	assert_int_equal(ike_record_terms_differ(&offer, 0, &wanted), BIT(PROTOCOL));
}

static void many_offers_are_counted_and_some_are_kept(void **)
{
	struct ike_policy many[2 * IKE_RECORD_OFFERS];
	struct ike_record_terms wanted[2];
	struct ike_record r = {0};
	uint8_t buf[BUF];

	for (size_t i = 0; i < array_len(many); i++)
		many[i] = policies[1];
	many[array_len(many) - 1].hash = ALG_HASH_SHA1;
	offer_p1(buf, many, array_len(many));
	ike_record_terms_keep(&r, &offer);
	assert_int_equal(r.n_offers, array_len(many));
	assert_int_equal(r.n_offers_kept, IKE_RECORD_OFFERS);
	/* the nearest is not among those kept */
	wanted[0] = ike_record_terms_of_policy(&policies[0]);
	wanted[1] = ike_record_terms_of_policy(
		&(struct ike_policy){30, ALG_CIPHER_DES, ALG_HASH_SHA1, ALG_AUTH_PSK, 2, 600});
	ike_record_terms_nearest(&r, &offer, wanted, 2);
	assert_true(r.nearest.any);
	assert_int_equal(r.nearest.differs, BIT(ENCRYPTION));
	assert_int_equal(r.nearest.wanted.policy, 30);
	assert_int_equal(r.nearest.offered.hash, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_in_words),
		cmocka_unit_test(every_attribute_has_a_name_and_a_value),
		cmocka_unit_test(what_differs_between_policies),
		cmocka_unit_test(what_differs_between_suites),
		cmocka_unit_test(a_suite_of_two_protocols_differs_in_the_protocol),
		cmocka_unit_test(many_offers_are_counted_and_some_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
