/* SPDX-License-Identifier: BSD-3-Clause */
/* H103: the responder's choice is one of our offers, unchanged, or it is refused. */
#include "tests/unit/ike_proposal_bench.h"

#include <cmocka.h>

/* Any bit of the reply's transform. */
static void a_changed_choice_is_refused(void **state)
{
	uint8_t buf[BUF];
	uint8_t back[BUF];
	struct ike_choice chosen;
	struct ike_choice verified;
	struct ike_payload sa = {.type = IKE_PAYLOAD_SA};
	size_t accepted = 0;

	(void)state;
	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	assert_int_equal(ike_proposal_select_p2(&offer, &child, false, NULL, NULL, &chosen),
			 IKE_PARSED);
	echo(back, &chosen, OUR_SPI);
	sa.body = back + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	sa.len = 64;
	/* behind the SPI and the transform's own number */
	for (size_t at = 25; at < sa.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t *byte = back + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN + at;
			int counter;

			*byte ^= (uint8_t)(1 << bit);
			counter = ike_proposal_parse(&sa, IKE_PHASE_2, &reply);
			if (counter == IKE_PARSED)
				counter = ike_proposal_verify_p2(&reply, &child, IKE_ENCAP_TUNNEL,
								 &verified);
			accepted += counter == IKE_PARSED;
			*byte ^= (uint8_t)(1 << bit);
		}
	}
	assert_int_equal(accepted, 0);
	assert_int_equal(ike_proposal_parse(&sa, IKE_PHASE_2, &reply), IKE_PARSED);
	assert_int_equal(ike_proposal_verify_p2(&reply, &child, IKE_ENCAP_TUNNEL, &verified),
			 IKE_PARSED);
}

/* A reply that our own policy would take, but that is not what we offered. */
static void an_acceptable_reply_that_was_not_offered_is_refused(void **state)
{
	struct ike_child_config theirs = child;
	struct ike_child_config ours = child;
	struct ike_choice verified;
	uint8_t buf[BUF];

	(void)state;
	theirs.n_suites = ours.n_suites = 1;
	offer_p2(buf, &theirs, IKE_ENCAP_UDP_TUNNEL_DRAFT);
	assert_int_equal(
		ike_proposal_verify_p2(&offer, &ours, IKE_ENCAP_UDP_TUNNEL_DRAFT, &verified),
		IKE_PARSED);
	assert_int_equal(ike_proposal_verify_p2(&offer, &ours, IKE_ENCAP_UDP_TUNNEL, &verified),
			 IKE_COUNT_NO_PROPOSAL);
	ours.pfs_group = 0;
	assert_int_equal(
		ike_proposal_verify_p2(&offer, &ours, IKE_ENCAP_UDP_TUNNEL_DRAFT, &verified),
		IKE_COUNT_NO_PROPOSAL);
}

static void a_reply_of_more_than_one_transform_is_refused(void **state)
{
	struct ike_choice verified;
	uint8_t buf[BUF];

	(void)state;
	offer_p1(buf, policies, array_len(policies));
	assert_int_equal(ike_proposal_verify_p1(&offer, policies, array_len(policies), &verified),
			 IKE_COUNT_NO_PROPOSAL);
	offer_p2(buf, &child, IKE_ENCAP_TUNNEL);
	assert_int_equal(ike_proposal_verify_p2(&offer, &child, IKE_ENCAP_TUNNEL, &verified),
			 IKE_COUNT_NO_PROPOSAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_choice_is_refused),
		cmocka_unit_test(an_acceptable_reply_that_was_not_offered_is_refused),
		cmocka_unit_test(a_reply_of_more_than_one_transform_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
