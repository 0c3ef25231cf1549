/* SPDX-License-Identifier: BSD-3-Clause */
/* What a negotiation leaves behind: one case for each way in which it fails, and for each role. */
#include "controlplane/ike/ike_payload.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	A,
	B
};

static struct lab lab;

static int setup(void **)
{
	lab_init(&lab);
	return 0;
}

static int teardown(void **)
{
	lab_fini(&lab);
	return 0;
}

/* Both ends start, A calls, and it goes on until nothing is tried any more. */
static void negotiate(void)
{
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, A), 0);
	lab_run(&lab, 120000);
}

static const struct ike_record *newest(int end, enum ike_record_kind kind)
{
	const struct ike_record *r = lab_negotiation(&lab.ends[end], kind);

	assert_non_null(r);
	return r;
}

static const struct ike_record *phase1(int end)
{
	return newest(end, IKE_RECORD_PHASE1);
}

static const struct ike_record *quick(int end)
{
	return newest(end, IKE_RECORD_QUICK);
}

static struct ike_policy *policy(int end)
{
	return &lab.ends[end].peer.policies[0];
}

static void assert_differs(const struct ike_record *r, unsigned attributes)
{
	assert_true(r->nearest.any);
	assert_int_equal(r->nearest.differs, attributes);
}

static void success_leaves_both_records_complete(void **)
{
	char text[96];

	negotiate();
	for (int i = A; i <= B; i++) {
		const struct ike_record *r = phase1(i);

		assert_true(r->up);
		assert_true(r->ended_ms >= r->started_ms);
		assert_int_equal(r->reason, IKE_REASON_NONE);
		assert_int_equal(r->hint, IKE_REASON_NONE);
		assert_int_equal(r->initiator, i == A);
		assert_int_equal(r->n_offers, 1);
		assert_int_equal(r->phase1.messages_seen, 6);
		for (int n = 0; n < 6; n++) {
			assert_int_equal(r->messages[n].times, 1);
			assert_int_equal(r->messages[n].ours, n % 2 == i);
		}
		ike_record_terms_print(&r->chosen, IKE_PHASE_1, text, sizeof(text));
		assert_string_equal(text, "AES-CBC-256 SHA pre-share group 2");
		assert_int_equal(r->chosen.policy, 10);
		assert_string_equal(r->phase1.id_local.text,
				    i == A ? "10.0.0.1 17/500" : "10.0.0.2 17/500");
		assert_string_equal(r->phase1.id_remote.text,
				    i == A ? "10.0.0.2 17/500" : "10.0.0.1 17/500");
		assert_int_equal(r->phase1.id_expected.type, 0);
		assert_true(r->phase1.natt_local && r->phase1.natt_remote);
		r = quick(i);
		assert_true(r->up);
		assert_true(r->quick.known);
		assert_int_equal(r->quick.tunnel, 100 + i);
		assert_true(r->quick.spi_in && r->quick.spi_out);
		ike_record_terms_print(&r->chosen, IKE_PHASE_2, text, sizeof(text));
		assert_string_equal(text, "ESP_AES-256 HMAC-SHA");
		for (int n = 0; n < 3; n++)
			assert_int_equal(r->messages[n].times, 1);
	}
}

static void silence_leaves_five_times_message_1(void **)
{
	const struct ike_record *r;

	lab.cut = true;
	negotiate();
	r = phase1(A);
	assert_false(r->up);
	assert_int_equal(r->reason, IKE_REASON_NO_ANSWER);
	assert_int_equal(r->messages[0].times, 5);
	assert_int_equal(r->messages[0].last_ms - r->messages[0].first_ms, 30000);
	assert_int_equal(r->messages[1].times, 0);
	assert_int_equal(r->phase1.messages_seen, 1);
	assert_int_equal(lab.ends[B].n_negotiations, 0);
}

static void another_policy_shows_all_that_differs(void **)
{
	const struct ike_record *r;
	char text[64];

	policy(B)->cipher = ALG_CIPHER_3DES;
	policy(B)->hash = ALG_HASH_MD5;
	negotiate();
	r = phase1(B);
	assert_int_equal(r->reason, IKE_REASON_NO_PROPOSAL_P1);
	assert_int_equal(r->n_offers, 1);
	assert_differs(r, 1u << IKE_REFUSAL_ENCRYPTION | 1u << IKE_REFUSAL_HASH);
	assert_int_equal(r->nearest.wanted.policy, 10);
	ike_record_value_print(&r->nearest.offered, IKE_REFUSAL_ENCRYPTION, IKE_PHASE_1, text,
			       sizeof(text));
	assert_string_equal(text, "AES-CBC-256");
	ike_record_value_print(&r->nearest.wanted, IKE_REFUSAL_HASH, IKE_PHASE_1, text,
			       sizeof(text));
	assert_string_equal(text, "MD5");
	assert_int_equal(r->notify_sent, IKE_NOTIFY_NO_PROPOSAL_CHOSEN);
	r = phase1(A);
	assert_int_equal(r->reason, IKE_REASON_NO_PROPOSAL_P1_PEER);
	assert_int_equal(r->notify, IKE_NOTIFY_NO_PROPOSAL_CHOSEN);
	assert_false(r->notify_proven);
	assert_int_equal(r->n_offers, 1);
}

static void of_many_policies_the_nearest_is_kept(void **)
{
	struct ike_peer *b = &lab.ends[B].peer;
	const struct ike_record *r;

	b->n_policies = 3;
	b->policies[1] = b->policies[0];
	b->policies[2] = b->policies[0];
	b->policies[0].cipher = ALG_CIPHER_3DES;
	b->policies[0].hash = ALG_HASH_MD5;
	b->policies[1].group = 5;
	b->policies[1].priority = 20;
	b->policies[2].group = 14;
	b->policies[2].priority = 30;
	negotiate();
	r = phase1(B);
	assert_differs(r, 1u << IKE_REFUSAL_GROUP);
	assert_int_equal(r->nearest.wanted.policy, 20);
	assert_int_equal(r->nearest.wanted.group, 5);
	assert_int_equal(r->nearest.offered.group, 2);
}

static void another_key_shows_nonsense_to_the_responder(void **)
{
	const struct ike_record *r;

	secret_set(&lab.ends[B].peer.psk, "another secret", 14);
	negotiate();
	r = phase1(B);
	assert_int_equal(r->hint, IKE_REASON_PSK_MISMATCH);
	assert_true(r->phase1.undecodable);
	assert_false(r->phase1.hash_wrong);
	assert_true(r->phase1.bad_payload != 0);
	assert_in_range(r->messages[4].times, 4, 5); /* it gives up before the last */
	assert_int_equal(r->messages[5].times, 0);
	assert_int_equal(r->phase1.messages_seen, 5);
	assert_int_equal(r->notify_sent, IKE_NOTIFY_AUTHENTICATION_FAILED);
	assert_int_equal(r->reason, IKE_REASON_PSK_MISMATCH);
	r = phase1(A);
	assert_int_equal(r->reason, IKE_REASON_PSK_MISMATCH);
	assert_int_equal(r->notify, IKE_NOTIFY_AUTHENTICATION_FAILED);
	assert_false(r->notify_proven);
	assert_int_equal(r->messages[4].times, 5);
}

static void another_identity_stands_beside_the_expected_one(void **)
{
	struct ike_id *id = &lab.ends[A].peer.local_id;
	const struct ike_record *r;

	*id = (struct ike_id){.type = IKE_ID_FQDN, .len = 9};
	memcpy(id->data, "a.example", 9);
	negotiate();
	r = phase1(B);
	assert_int_equal(r->reason, IKE_REASON_ID_MISMATCH);
	assert_int_equal(r->phase1.id_remote.type, IKE_ID_FQDN);
	assert_string_equal(r->phase1.id_remote.text, "a.example");
	assert_int_equal(r->phase1.id_expected.type, IKE_ID_IPV4);
	assert_int_equal(r->notify_sent, IKE_NOTIFY_INVALID_ID_INFORMATION);
	r = phase1(A);
	assert_int_equal(r->notify, IKE_NOTIFY_INVALID_ID_INFORMATION);
	assert_int_equal(r->reason, IKE_REASON_AUTH_FAILED);
}

static void an_unknown_peer_leaves_a_record_without_an_sa(void **)
{
	const struct ike_record *r;

	lab.ends[B].unknown_peer = true;
	negotiate();
	r = phase1(B);
	assert_int_equal(r->ike_sa, 0);
	assert_int_equal(r->reason, IKE_REASON_NO_KEY);
	assert_int_equal(r->phase1.key, IKE_RECORD_KEY_NONE);
	assert_true(addr_eq(&r->path.remote, &lab.ends[A].addr));
	assert_int_equal(lab.ends[B].n_negotiations, 5);
}

static void another_proxy_is_refused_with_what_was_offered(void **)
{
	const struct ike_record *r;

	lab.ends[B].child.selector.remote.len = 25;
	negotiate();
	r = quick(B);
	assert_int_equal(r->reason, IKE_REASON_PROXY_MISMATCH);
	assert_false(r->quick.known);
	assert_true(r->quick.has_offered);
	assert_int_equal(r->quick.offered.remote.len, 24);
	assert_int_equal(r->notify_sent, IKE_NOTIFY_INVALID_ID_INFORMATION);
	r = quick(A);
	assert_int_equal(r->reason, IKE_REASON_PROXY_MISMATCH_PEER);
	assert_int_equal(r->notify, IKE_NOTIFY_INVALID_ID_INFORMATION);
	assert_true(r->notify_proven);
	assert_true(r->quick.known);
	assert_int_equal(r->quick.ours.local.len, 24);
}

static void another_transform_is_refused_with_all_that_differs(void **)
{
	const struct ike_record *r;
	char text[64];

	lab.ends[B].child.suites[0] = (struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_MD5};
	negotiate();
	r = quick(B);
	assert_int_equal(r->reason, IKE_REASON_NO_PROPOSAL_P2);
	assert_differs(r, 1u << IKE_REFUSAL_ENCRYPTION | 1u << IKE_REFUSAL_HASH);
	assert_true(r->quick.known);
	ike_record_terms_print(&r->nearest.wanted, IKE_PHASE_2, text, sizeof(text));
	assert_string_equal(text, "ESP_3DES HMAC-MD5");
	r = quick(A);
	assert_int_equal(r->reason, IKE_REASON_NO_PROPOSAL_P2_PEER);
	assert_int_equal(r->n_offers, 1);
}

static void another_pfs_group_is_refused_with_both(void **)
{
	const struct ike_record *r;

	lab.ends[A].child.pfs_group = 2;
	lab.ends[B].child.pfs_group = 5;
	negotiate();
	r = quick(B);
	assert_int_equal(r->reason, IKE_REASON_PFS_MISMATCH);
	assert_differs(r, 1u << IKE_REFUSAL_GROUP);
	assert_true(r->quick.ke_received);
	assert_int_equal(r->quick.group_offered, 2);
	assert_int_equal(r->quick.group_wanted, 5);
}

/* From now on, and what is on its way. */
static void lose_all(void)
{
	lab.cut = true;
	while (lab.n_queue)
		free(lab.queue[--lab.n_queue]);
}

static void message_1_may_never_be_confirmed(void **)
{
	const struct ike_record *r;

	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, A), 0);
	lab_step(&lab); /* message 1 arrives */
	while (lab.ends[B].n_sent == 0)
		lab_step(&lab);
	lose_all();
	lab_run(&lab, 100000);
	r = phase1(B);
	assert_int_equal(r->phase1.messages_seen, 2);
	assert_true(r->messages[1].ours);
	assert_false(r->up);
	assert_true(r->ended_ms != 0);
	assert_int_equal(r->reason, IKE_REASON_NO_ANSWER);
}

static void a_lower_lifetime_is_told_and_seen(void **)
{
	lab.ends[B].child.lifetime_s = 1200;
	negotiate();
	assert_true(quick(A)->quick.lifetime_lowered);
	assert_int_equal(quick(A)->quick.lifetime_s, 1200);
	assert_false(quick(B)->quick.lifetime_lowered);
	assert_int_equal(quick(B)->quick.lifetime_s, 1200);
}

static void pfs_at_one_end_only(void **)
{
	const struct ike_record *r;

	lab.ends[B].child.pfs_group = 5;
	negotiate();
	r = quick(B);
	assert_int_equal(r->reason, IKE_REASON_PFS_MISMATCH);
	assert_false(r->quick.ke_received);
	assert_int_equal(r->quick.group_offered, 0);
	assert_int_equal(r->quick.group_wanted, 5);
	r = quick(A);
	assert_int_equal(r->notify, IKE_NOTIFY_NO_PROPOSAL_CHOSEN);
	assert_int_equal(r->quick.group_wanted, 0);
}

static void a_quick_mode_that_nobody_answers(void **)
{
	const struct ike_record *r;

	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, A), 0);
	while (lab_up(&lab, A) == 0)
		lab_step(&lab);
	lose_all();
	lab_run(&lab, 70000);
	r = quick(A);
	assert_int_equal(r->reason, IKE_REASON_NO_ANSWER);
	assert_int_equal(r->messages[0].times, 5);
	assert_true(r->messages[0].ours);
	assert_int_equal(r->messages[1].times, 0);
}

static void no_entry_at_all(void **)
{
	lab.ends[B].no_map = true;
	negotiate();
	assert_int_equal(quick(B)->reason, IKE_REASON_NO_MAP);
	assert_false(quick(B)->quick.known);
	assert_int_equal(quick(A)->reason, IKE_REASON_PROXY_MISMATCH_PEER);
}

static void aggressive_mode(void)
{
	lab.ends[A].peer.aggressive = true;
	lab.ends[B].peer.aggressive = true;
}

static void aggressive_mode_comes_up(void **)
{
	aggressive_mode();
	negotiate();
	for (int i = A; i <= B; i++) {
		assert_true(phase1(i)->up);
		assert_true(phase1(i)->aggressive);
		assert_int_equal(phase1(i)->phase1.messages_seen, 3);
		assert_int_equal(phase1(i)->n_offers, 1);
		assert_int_equal(phase1(i)->phase1.id_remote.type, IKE_ID_IPV4);
	}
}

static void aggressive_mode_with_another_key(void **)
{
	aggressive_mode();
	secret_set(&lab.ends[B].peer.psk, "another secret", 14);
	negotiate();
	assert_true(phase1(A)->phase1.hash_wrong);
	assert_false(phase1(A)->phase1.undecodable);
	assert_int_equal(phase1(A)->hint, IKE_REASON_PSK_MISMATCH);
	assert_int_equal(phase1(B)->phase1.messages_seen, 2);
	assert_int_equal(phase1(B)->phase1.id_remote.type, IKE_ID_IPV4);
}

static void aggressive_mode_with_another_policy(void **)
{
	aggressive_mode();
	policy(B)->hash = ALG_HASH_SHA256;
	negotiate();
	assert_differs(phase1(B), 1u << IKE_REFUSAL_HASH);
	assert_int_equal(phase1(A)->reason, IKE_REASON_NO_PROPOSAL_P1_PEER);
}

static void aggressive_mode_where_it_is_not_enabled(void **)
{
	const struct ike_record *r;

	lab.ends[A].peer.aggressive = true;
	negotiate();
	r = phase1(B);
	assert_int_equal(r->reason, IKE_REASON_AGGRESSIVE);
	assert_true(r->aggressive);
	assert_int_equal(r->ike_sa, 0);
	assert_string_equal(r->phase1.id_remote.text, "10.0.0.1 17/500");
	assert_int_equal(phase1(A)->reason, IKE_REASON_NO_ANSWER);
}

static void an_address_behind_nat_with_nat_traversal_off(void **)
{
	lab.nat = true;
	lab.ends[B].peer.nat_traversal = false;
	negotiate();
	assert_int_equal(phase1(B)->reason, IKE_REASON_NATT_NEEDED);
	assert_true(phase1(B)->phase1.natt_remote);
	assert_false(phase1(B)->phase1.natt_local);
	assert_string_equal(phase1(B)->phase1.id_remote.text, "10.0.0.1 17/500");
}

static void nat_is_seen_by_both(void **)
{
	lab.nat = true;
	negotiate();
	assert_true(phase1(A)->phase1.nat_local);
	assert_false(phase1(A)->phase1.nat_remote);
	assert_true(phase1(B)->phase1.nat_remote);
	assert_false(phase1(B)->phase1.nat_local);
}

static void kinds_of_keys_are_told_apart(void **)
{
	lab.ends[B].peer.named = true;
	negotiate();
	assert_int_equal(phase1(A)->phase1.key, IKE_RECORD_KEY_WILDCARD);
	assert_int_equal(phase1(B)->phase1.key, IKE_RECORD_KEY_ADDRESS);
}

static void a_hostile_name_stays_printable_and_short(void **)
{
	struct ike_id *id = &lab.ends[A].peer.local_id;
	const struct ike_record *r;

	*id = (struct ike_id){.type = IKE_ID_KEY_ID, .len = IKE_ID_MAX};
	memset(id->data, '\n', IKE_ID_MAX);
	negotiate();
	r = phase1(B);
	assert_int_equal(r->reason, IKE_REASON_ID_MISMATCH);
	assert_int_equal(strlen(r->phase1.id_remote.text), IKE_RECORD_TEXT - 1);
	assert_null(strchr(r->phase1.id_remote.text, '\n'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(success_leaves_both_records_complete),
		CASE(silence_leaves_five_times_message_1),
		CASE(another_policy_shows_all_that_differs),
		CASE(of_many_policies_the_nearest_is_kept),
		CASE(another_key_shows_nonsense_to_the_responder),
		CASE(another_identity_stands_beside_the_expected_one),
		CASE(an_unknown_peer_leaves_a_record_without_an_sa),
		CASE(another_proxy_is_refused_with_what_was_offered),
		CASE(another_transform_is_refused_with_all_that_differs),
		CASE(another_pfs_group_is_refused_with_both),
		CASE(message_1_may_never_be_confirmed),
		CASE(a_lower_lifetime_is_told_and_seen),
		CASE(pfs_at_one_end_only),
		CASE(a_quick_mode_that_nobody_answers),
		CASE(no_entry_at_all),
		CASE(aggressive_mode_comes_up),
		CASE(aggressive_mode_with_another_key),
		CASE(aggressive_mode_with_another_policy),
		CASE(aggressive_mode_where_it_is_not_enabled),
		CASE(an_address_behind_nat_with_nat_traversal_off),
		CASE(nat_is_seen_by_both),
		CASE(kinds_of_keys_are_told_apart),
		CASE(a_hostile_name_stays_printable_and_short),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
