/* SPDX-License-Identifier: BSD-3-Clause */
/* Offers, choices and their verification: what both ends make of each other's SA payloads. */
#include "tests/unit/ike_proposal_bench.h"

#include <cmocka.h>

#include <string.h>

enum {
	CHECKS_MAX = 16,
	LINE = 96
};

static void phase_1_offer_carries_each_policy(void **state)
{
	uint8_t buf[BUF];

	(void)state;
	offer_p1(buf, policies, array_len(policies));
	assert_int_equal(offer.n_proposals, 1);
	assert_int_equal(offer.n_transforms, array_len(policies));
	for (size_t i = 0; i < array_len(policies); i++) {
		const struct ike_transform *t = &offer.transforms[i];

		assert_int_equal(t->encryption, alg_cipher_row(policies[i].cipher)->ike_id);
		assert_int_equal(t->key_bits, alg_cipher_row(policies[i].cipher)->wire_bits);
		assert_int_equal(t->hash, alg_hash_row(policies[i].hash)->ike_id);
		assert_int_equal(t->auth, policies[i].auth);
		assert_int_equal(t->group, policies[i].group);
		assert_true(t->has_seconds);
		assert_int_equal(t->seconds, policies[i].lifetime_s);
		assert_false(t->foreign);
		assert_int_equal(t->last, i + 1 == array_len(policies));
	}
}

static void every_policy_can_be_chosen_echoed_and_verified(void **state)
{
	uint8_t buf[BUF];
	uint8_t back[BUF];

	(void)state;
	for (size_t i = 0; i < array_len(policies); i++) {
		struct ike_choice chosen;
		struct ike_choice verified;

		offer_p1(buf, policies, array_len(policies));
		assert_int_equal(
			ike_proposal_select_p1(&offer, &policies[i], 1, NULL, NULL, &chosen),
			IKE_PARSED);
		assert_int_equal(chosen.policy.priority, policies[i].priority);
		assert_int_equal(chosen.transform, i + 1);
		/* The choice must not need the message any more. */
		memset(buf, 0, sizeof(buf));
		echo(back, &chosen, 0);
		assert_int_equal(
			ike_proposal_verify_p1(&reply, policies, array_len(policies), &verified),
			IKE_PARSED);
		assert_int_equal(verified.policy_index, i);
		assert_int_equal(verified.policy.lifetime_s, policies[i].lifetime_s);
	}
}

struct watched {
	size_t n;
	enum ike_refusal refusals[CHECKS_MAX];
	uint16_t priorities[CHECKS_MAX];
};

static void watch(void *ctx, const struct ike_proposal_check *check)
{
	struct watched *w = ctx;

	assert_true(w->n < CHECKS_MAX);
	w->priorities[w->n] = check->policy ? check->policy->priority : 0;
	w->refusals[w->n++] = check->refusal;
}

struct refusal_row {
	struct ike_policy theirs;
	enum ike_refusal refusal;
	int counter;
};

static void the_first_difference_in_order_is_the_refusal(void **state)
{
	static const struct ike_policy ours = {
		10, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_PSK, 14, 86400};
	static const struct refusal_row rows[] = {
		{{0, ALG_CIPHER_3DES, ALG_HASH_MD5, ALG_AUTH_RSA_SIG, 2, 1},
		 IKE_REFUSAL_ENCRYPTION,
		 IKE_COUNT_NO_PROPOSAL},
		{{0, ALG_CIPHER_AES_128, ALG_HASH_MD5, ALG_AUTH_RSA_SIG, 2, 1},
		 IKE_REFUSAL_KEY_BITS,
		 IKE_COUNT_NO_PROPOSAL},
		{{0, ALG_CIPHER_AES_256, ALG_HASH_MD5, ALG_AUTH_RSA_SIG, 2, 1},
		 IKE_REFUSAL_HASH,
		 IKE_COUNT_NO_PROPOSAL},
		{{0, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_RSA_SIG, 2, 1},
		 IKE_REFUSAL_GROUP,
		 IKE_COUNT_BAD_GROUP},
		{{0, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_RSA_SIG, 14, 1},
		 IKE_REFUSAL_AUTH,
		 IKE_COUNT_NO_PROPOSAL},
	};
	uint8_t buf[BUF];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct watched w = {0};
		struct ike_choice choice;

		offer_p1(buf, &rows[i].theirs, 1);
		assert_int_equal(ike_proposal_select_p1(&offer, &ours, 1, watch, &w, &choice),
				 rows[i].counter);
		assert_int_equal(w.n, 1);
		assert_int_equal(w.refusals[0], rows[i].refusal);
		assert_int_equal(choice.refusal, rows[i].refusal);
	}
	assert_string_equal(ike_proposal_refusal_text(IKE_REFUSAL_HASH),
			    "Hash algorithm offered does not match policy!");
}

static void our_first_policy_wins_over_their_order(void **state)
{
	struct ike_policy ours[] = {policies[1], policies[0]};
	struct watched w = {0};
	struct ike_choice choice;
	uint8_t buf[BUF];

	(void)state;
	offer_p1(buf, policies, array_len(policies));
	assert_int_equal(ike_proposal_select_p1(&offer, ours, 2, watch, &w, &choice), IKE_PARSED);
	assert_int_equal(choice.policy.priority, 20);
	assert_int_equal(choice.policy_index, 0);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.refusals[0], IKE_REFUSAL_ENCRYPTION);
	assert_int_equal(w.refusals[1], IKE_REFUSAL_NONE);
	assert_int_equal(w.priorities[0], 20);
}

struct lifetime_row {
	uint32_t theirs; /* 0 = not offered */
	uint32_t ours;
	uint32_t used;
	bool changed;
};

/* R017, H025, H105 */
static void the_shorter_lifetime_is_used(void **state)
{
	static const struct lifetime_row rows[] = {
		{3600, 86400, 3600, false},
		{86400, 3600, 3600, true},
		{86400, 86400, 86400, false},
		{1, 86400, 120, false},
		{1, 60, 60, false},
		{0, 3600, 3600, true},
		{3600, 0, 3600, false},
		{0, 0, 0, false},
		{UINT32_MAX, 0, UINT32_MAX, false},
	};
	uint8_t buf[BUF];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct ike_policy theirs = policies[0];
		struct ike_policy ours = policies[0];
		struct ike_choice choice;

		theirs.lifetime_s = rows[i].theirs;
		ours.lifetime_s = rows[i].ours;
		offer_p1(buf, &theirs, 1);
		assert_int_equal(ike_proposal_select_p1(&offer, &ours, 1, NULL, NULL, &choice),
				 IKE_PARSED);
		assert_int_equal(choice.lifetime_s, rows[i].used);
		assert_int_equal(choice.policy.lifetime_s, rows[i].used);
		assert_int_equal(choice.lifetime_changed, rows[i].changed);
	}
}

static void every_suite_can_be_chosen_echoed_and_verified(void **state)
{
	static const enum ike_encapsulation modes[] = {
		IKE_ENCAP_TUNNEL,    IKE_ENCAP_UDP_TUNNEL,    IKE_ENCAP_UDP_TUNNEL_DRAFT,
		IKE_ENCAP_TRANSPORT, IKE_ENCAP_UDP_TRANSPORT, IKE_ENCAP_UDP_TRANSPORT_DRAFT,
	};
	uint8_t buf[BUF];
	uint8_t back[BUF];

	(void)state;
	for (size_t m = 0; m < array_len(modes); m++) {
		for (size_t i = 0; i < child.n_suites; i++) {
			bool transport = m >= 3;
			bool udp = m % 3 != 0;
			struct ike_child_config theirs = child;
			struct ike_child_config ours = child;
			struct ike_choice chosen;
			struct ike_choice verified;

			theirs.transport = ours.transport = transport;
			ours.suites[0] = child.suites[i];
			ours.n_suites = 1;
			assert_int_equal(ike_proposal_encapsulation(transport, udp, m % 3 == 2),
					 modes[m]);
			offer_p2(buf, &theirs, modes[m]);
			assert_int_equal(
				ike_proposal_select_p2(&offer, &ours, udp, NULL, NULL, &chosen),
				IKE_PARSED);
			assert_int_equal(chosen.spi, SPI);
			assert_int_equal(chosen.suite.cipher, child.suites[i].cipher);
			assert_int_equal(chosen.suite.hash, child.suites[i].hash);
			assert_int_equal(chosen.group, 5);
			assert_int_equal(chosen.lifetime_kb, 4608000);
			memset(buf, 0, sizeof(buf));
			echo(back, &chosen, OUR_SPI);
			assert_int_equal(
				ike_proposal_verify_p2(&reply, &theirs, modes[m], &verified),
				IKE_PARSED);
			assert_int_equal(verified.spi, OUR_SPI);
			assert_int_equal(verified.suite.cipher, child.suites[i].cipher);
			/* NAT on one end's mind only does not work. */
			assert_int_equal(
				ike_proposal_select_p2(&offer, &ours, !udp, NULL, NULL, &chosen),
				IKE_COUNT_NO_PROPOSAL);
			assert_int_equal(chosen.refusal, IKE_REFUSAL_ENCAPSULATION);
		}
	}
}

struct pfs_row {
	uint16_t theirs;
	uint16_t ours;
	int counter;
};

static void pfs_must_be_met_when_asked_for(void **state)
{
	static const struct pfs_row rows[] = {
		{0, 0, IKE_PARSED},	      {14, 0, IKE_PARSED},	    {19, 0, IKE_PARSED},
		{17, 0, IKE_COUNT_BAD_GROUP}, {0, 14, IKE_COUNT_BAD_GROUP}, {14, 14, IKE_PARSED},
		{5, 14, IKE_COUNT_BAD_GROUP},
	};
	uint8_t buf[BUF];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct ike_child_config theirs = child;
		struct ike_child_config ours = child;
		struct ike_choice choice;

		theirs.pfs_group = rows[i].theirs;
		ours.pfs_group = rows[i].ours;
		offer_p2(buf, &theirs, IKE_ENCAP_TUNNEL);
		assert_int_equal(ike_proposal_select_p2(&offer, &ours, false, NULL, NULL, &choice),
				 rows[i].counter);
		if (rows[i].counter == IKE_PARSED)
			assert_int_equal(choice.group, rows[i].theirs);
	}
}

static void the_peers_order_decides_between_suites(void **state)
{
	struct ike_child_config ours = child;
	struct ike_choice choice;
	uint8_t buf[BUF];

	(void)state;
	for (size_t i = 0; i < child.n_suites; i++)
		ours.suites[i] = child.suites[child.n_suites - 1 - i];
	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	assert_int_equal(ike_proposal_select_p2(&offer, &ours, false, NULL, NULL, &choice),
			 IKE_PARSED);
	assert_int_equal(choice.proposal, 1);
	assert_int_equal(choice.suite.cipher, ALG_CIPHER_AES_256);
}

/* AH with ESP, ESP with IPCOMP: taken together or not at all. */
static void and_suites_are_skipped_for_the_next_proposal(void **state)
{
	struct watched w = {0};
	struct ike_choice choice;
	uint8_t buf[BUF];

	(void)state;
	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	offer.proposals[1].number = offer.proposals[0].number;
	assert_int_equal(ike_proposal_select_p2(&offer, &child, false, watch, &w, &choice),
			 IKE_PARSED);
	assert_int_equal(choice.suite.cipher, ALG_CIPHER_3DES);
	assert_int_equal(w.n, 3);
	assert_int_equal(w.refusals[0], IKE_REFUSAL_PROTOCOL);
	assert_int_equal(w.refusals[1], IKE_REFUSAL_PROTOCOL);
}

/* V47: NULL alone never, another cipher alone only where our own configuration has it. */
static void suites_without_integrity_need_our_configuration(void **state)
{
	struct ike_child_config open = child;
	struct ike_choice choice;
	uint8_t buf[BUF];

	(void)state;
	open.n_suites = 1;
	for (uint8_t c = ALG_CIPHER_NULL; c <= ALG_CIPHER_AES_256; c++) {
		open.suites[0] = (struct alg_suite){c, ALG_HASH_NONE};
		offer_p2(buf, &open, IKE_ENCAP_TUNNEL);
		assert_int_equal(ike_proposal_select_p2(&offer, &open, false, NULL, NULL, &choice),
				 c == ALG_CIPHER_NULL ? IKE_COUNT_NO_PROPOSAL : IKE_PARSED);
		assert_int_equal(ike_proposal_select_p2(&offer, &child, false, NULL, NULL, &choice),
				 IKE_COUNT_NO_PROPOSAL);
	}
}

struct extra_row {
	struct ike_attr attr;
	int counter;
	enum ike_refusal refusal;
};

/* H027, H029: a transform that is ours, and says something more. */
static void what_we_have_no_row_for_is_never_chosen(void **state)
{
	static const struct extra_row rows[] = {
		{{.type = 13, .width = 2, .value = 1},
		 IKE_COUNT_NO_PROPOSAL,
		 IKE_REFUSAL_ATTRIBUTE},
		{{.type = IKE_P1_KEY_BITS, .width = 2, .value = 0},
		 IKE_COUNT_NO_PROPOSAL,
		 IKE_REFUSAL_ATTRIBUTE},
		{{.type = IKE_P1_KEY_BITS, .width = 2, .value = 168},
		 IKE_COUNT_NO_PROPOSAL,
		 IKE_REFUSAL_KEY_BITS},
		{{.type = IKE_P1_GROUP_TYPE, .width = 2, .value = 1},
		 IKE_COUNT_BAD_GROUP,
		 IKE_REFUSAL_GROUP},
		{{.type = 6, .tlv = true, .width = 8, .value = 7},
		 IKE_COUNT_BAD_GROUP,
		 IKE_REFUSAL_GROUP},
		{{.type = IKE_P1_GROUP, .tlv = true, .width = 2, .value = 2},
		 IKE_PARSED,
		 IKE_REFUSAL_NONE},
	};
	uint8_t buf[BUF];
	uint8_t back[BUF];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct ike_choice choice;

		offer_p1(buf, &policies[1], 1);
		assert_int_equal(
			ike_proposal_select_p1(&offer, &policies[1], 1, NULL, NULL, &choice),
			IKE_PARSED);
		choice.attrs[choice.n_attrs++] = rows[i].attr;
		echo(back, &choice, 0);
		assert_int_equal(
			ike_proposal_select_p1(&reply, &policies[1], 1, NULL, NULL, &choice),
			rows[i].counter);
		assert_int_equal(choice.refusal, rows[i].refusal);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(phase_1_offer_carries_each_policy),
		cmocka_unit_test(every_policy_can_be_chosen_echoed_and_verified),
		cmocka_unit_test(the_first_difference_in_order_is_the_refusal),
		cmocka_unit_test(our_first_policy_wins_over_their_order),
		cmocka_unit_test(the_shorter_lifetime_is_used),
		cmocka_unit_test(every_suite_can_be_chosen_echoed_and_verified),
		cmocka_unit_test(pfs_must_be_met_when_asked_for),
		cmocka_unit_test(the_peers_order_decides_between_suites),
		cmocka_unit_test(and_suites_are_skipped_for_the_next_proposal),
		cmocka_unit_test(suites_without_integrity_need_our_configuration),
		cmocka_unit_test(what_we_have_no_row_for_is_never_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
