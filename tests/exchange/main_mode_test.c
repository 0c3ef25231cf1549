/* SPDX-License-Identifier: BSD-3-Clause */
/* Main mode between two engines: algorithms, identities, policies, and what goes wrong. */
#include "lib/crypto/alg.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void tunnel_comes_up_in_nine_messages(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.n_record, 9);
	assert_int_equal(lab_rejected(&lab, 0), 0);
	assert_int_equal(lab_rejected(&lab, 1), 0);
	assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_UP));
	assert_non_null(lab_event(&lab.ends[1], IKE_EVENT_UP));
	lab_fini(&lab);
}

static void no_tunnel_without_a_lab_that_fits(void **)
{
	struct lab lab;

	/* The check of the harness itself must be able to fail. */
	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.ends[0].out[0].key_in.b[3] ^= 1;
	assert_false(lab_pair_fits(&lab));
	lab_fini(&lab);
}

static void one_combination(uint8_t cipher, uint8_t hash, uint16_t group)
{
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		struct ike_policy *p = &lab.ends[i].peer.policies[0];

		p->cipher = cipher;
		p->hash = hash;
		p->group = group;
	}
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	if (!lab_pair_fits(&lab) || lab_rejected(&lab, 0) + lab_rejected(&lab, 1))
		fail_msg("cipher %u hash %u group %u does not come up", cipher, hash, group);
	lab_fini(&lab);
}

static void every_algorithm_combination_comes_up(void **)
{
	static const uint8_t ciphers[] = {ALG_CIPHER_DES, ALG_CIPHER_3DES, ALG_CIPHER_AES_128,
					  ALG_CIPHER_AES_192, ALG_CIPHER_AES_256};
	static const uint16_t groups[] = {1, 2, 5, 19, 20};
	static const uint16_t slow_groups[] = {14, 15, 16, 21};
	size_t n = 0;

	for (size_t c = 0; c < array_len(ciphers); c++)
		for (uint8_t h = ALG_HASH_MD5; h < ALG_HASH_COUNT; h++)
			for (size_t g = 0; g < array_len(groups); g++)
				one_combination(ciphers[c], h, groups[g]);
	/* Each slow group once with each hash, ciphers in turn. */
	for (size_t g = 0; g < array_len(slow_groups); g++)
		for (uint8_t h = ALG_HASH_MD5; h < ALG_HASH_COUNT; h++)
			one_combination(ciphers[n++ % array_len(ciphers)], h, slow_groups[g]);
}

static void third_policy_is_found_and_shown(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.n_policies = 3;
	lab.ends[0].peer.policies[2] = lab.ends[0].peer.policies[0];
	lab.ends[0].peer.policies[0].cipher = ALG_CIPHER_DES;
	lab.ends[0].peer.policies[1] = lab.ends[0].peer.policies[0];
	lab.ends[0].peer.policies[1].hash = ALG_HASH_MD5;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

static void no_common_policy_is_reported_at_both_ends(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].peer.policies[0].group = 14;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	e = lab_event(&lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_NO_PROPOSAL_P1);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BAD_GROUP) +
				 lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL),
			 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	/* The refusal in clear is only a hint: A goes on until its tries are used up. */
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_UNAUTH_NOTIFY), 1);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_FAILED));
	lab_run(&lab, 70000);
	e = lab_event(&lab.ends[0], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_NO_PROPOSAL_P1_PEER);
	e = lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED);
	assert_non_null(e);
	assert_int_equal(e->tunnel, 100);
	assert_int_equal(e->reason, IKE_REASON_NO_PROPOSAL_P1_PEER);
	assert_int_equal(lab_sas(&lab, 0), 0);
	lab_fini(&lab);
}

static enum lab_fate without_msgid(struct lab *lab, size_t n, struct lab_packet *p)
{
	(void)lab;
	/* packet 1 is the refusal */
	if (n == 1)
		memset(p->data + 20, 0, 4);
	return LAB_DELIVER;
}

/* As libreswan sends it: counted as the wrong message it is, and told as what it says. */
static void refusal_without_message_id_is_a_hint_and_no_more(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.fate = without_msgid;
	lab.ends[1].peer.policies[0].group = 14;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_BAD_MSGID), 1);
	assert_int_equal(lab_rejected(&lab, 0), 1);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_HINT), 1);
	e = lab_event(&lab.ends[0], IKE_EVENT_HINT);
	assert_int_equal(e->reason, IKE_REASON_NO_PROPOSAL_P1_PEER);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_FAILED));
	assert_int_equal(lab_sas(&lab, 0), 1);
	lab_fini(&lab);
}

static void different_keys_are_named_at_both_ends(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	secret_set(&lab.ends[1].peer.psk, "another secret", 14);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_HASH_FAIL), 1);
	assert_int_equal(lab_rejected(&lab, 1), 1);
	assert_int_equal(lab_up(&lab, 0) + lab_up(&lab, 1), 0);
	for (size_t i = 0; i < 2; i++) {
		/* at once, and however often message 5 is repeated, once */
		e = lab_event(&lab.ends[i], IKE_EVENT_HINT);
		assert_non_null(e);
		assert_int_equal(e->reason, IKE_REASON_PSK_MISMATCH);
	}
	lab_run(&lab, 70000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_HINT), 1);
	e = lab_event(&lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_PSK_MISMATCH);
	e = lab_event(&lab.ends[0], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_PSK_MISMATCH);
	assert_int_equal(lab_sas(&lab, 0) + lab_sas(&lab, 1), 0);
	assert_int_equal(lab.ends[0].n_in + lab.ends[1].n_in, 0);
	lab_fini(&lab);
}

static void unknown_peer_gets_silence(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].unknown_peer = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 100000);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PSK), 5);
	assert_int_equal(lab_rejected(&lab, 1), 5);
	assert_int_equal(lab.ends[1].n_events, 0);
	e = lab_event(&lab.ends[0], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_NO_ANSWER);
	lab_fini(&lab);
}

static void empty_key_is_no_key(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.psk.len = 0;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	e = lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_NO_KEY);
	assert_int_equal(lab.ends[0].n_sent, 0);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_run(&lab, 1000);
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_NO_PSK), 1);
	assert_int_equal(lab.ends[0].n_sent, 0);
	lab_fini(&lab);
}

static void key_deleted_during_negotiation_ends_it(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.fate = lab_fate_nth; /* message 5 is the 5th packet */
	lab.fate_n = 4;
	lab.fate_what = LAB_DROP;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.ends[1].unknown_peer = true;
	lab_run(&lab, 3000);
	e = lab_event(&lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_NO_KEY);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PSK), 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	lab_fini(&lab);
}

static void name_as_identity_must_be_the_configured_one(void **)
{
	struct ike_id name = {.type = IKE_ID_FQDN, .len = 5, .data = "alice"};
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.local_id = name;
	lab.ends[1].peer.remote_id = name;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);

	/* One letter more, although the beginning is the same (V03). */
	lab_init(&lab);
	lab.ends[0].peer.local_id = name;
	name.len = 6;
	lab.ends[1].peer.remote_id = name;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 70000);
	e = lab_event(&lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_ID_MISMATCH);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_ID_MISMATCH), 1);
	e = lab_event(&lab.ends[0], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_AUTH_FAILED);
	lab_fini(&lab);
}

/* A key of one address alone says who it is; the name goes nowhere, and an address is no name. */
static void any_name_will_do_and_no_other_address(void **)
{
	static const struct {
		struct ike_id id;
		bool fits;
	} rows[] = {
		{{.type = IKE_ID_FQDN, .len = 5, .data = "alice"}, true},
		{{.type = IKE_ID_USER_FQDN, .len = 7, .data = "a@b.org"}, true},
		{{.type = IKE_ID_KEY_ID, .len = 5, .data = "group"}, true},
		{{.type = IKE_ID_IPV4, .len = 4, .data = {10, 9, 9, 9}}, false},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[0].peer.local_id = rows[i].id;
		lab.ends[1].peer.any_name = true;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		if (rows[i].fits)
			lab_settle(&lab);
		else
			lab_run(&lab, 70000);
		assert_true(rows[i].fits ? lab_pair_fits(&lab)
					 : lab_event(&lab.ends[1], IKE_EVENT_FAILED) != NULL);
		assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_ID_MISMATCH), !rows[i].fits);
		lab_fini(&lab);
	}
}

static void name_without_nat_is_not_the_address(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.local_id = (struct ike_id){.type = IKE_ID_FQDN, .len = 5, .data = "alice"};
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	e = lab_event(&lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_ID_MISMATCH);
	lab_fini(&lab);
}

static void both_ends_at_once_converge(void **)
{
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[0].random_state = seed;
		lab.ends[1].random_state = seed * 1000003;
		/* Not always in step: one message of one of them is late. */
		lab.fate = lab_fate_nth;
		lab.fate_n = seed % 12;
		lab.fate_what = LAB_DELAY;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		assert_int_equal(lab_initiate(&lab, 1), 0);
		lab_run(&lab, 5000);
		assert_true(lab_up(&lab, 0) >= 1 && lab_up(&lab, 0) <= 2);
		assert_int_equal(lab_up(&lab, 0), lab_up(&lab, 1));
		assert_int_equal(lab_sas(&lab, 0), lab_up(&lab, 0));
		assert_true(lab_pair_fits(&lab));
		assert_true(lab.ends[0].n_out <= 2);
		/* Their INITIAL-CONTACTs do not delete each other's SAs. */
		assert_null(lab_event(&lab.ends[0], IKE_EVENT_DOWN));
		assert_null(lab_event(&lab.ends[1], IKE_EVENT_DOWN));
		assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_CHILD_FAILED), 0);
		assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_CHILD_FAILED), 0);
		lab_fini(&lab);
	}
}

static void second_wish_for_a_tunnel_is_refused_while_the_first_runs(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	assert_int_equal(lab_initiate(&lab, 0), -114); /* EALREADY */
	lab_settle(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab.ends[0].n_out, 2);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

static void silent_peer_is_asked_five_times(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.cut = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 61900);
	assert_int_equal(lab.ends[0].n_sent, 5);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_FAILED));
	lab_run(&lab, 200);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_FAILED)->reason, IKE_REASON_NO_ANSWER);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED)->reason,
			 IKE_REASON_NO_ANSWER);
	assert_int_equal(lab_sas(&lab, 0), 0);
	lab_run(&lab, 600000);
	assert_int_equal(lab.ends[0].n_sent, 5);
	lab_fini(&lab);
}

static void debug_prints_the_ladder_and_no_key(void **)
{
	static const char *const lines[] = {
		"ISAKMP (0:1001): Old State = IKE_READY  New State = IKE_I_MM1\n",
		"ISAKMP (0:1001): beginning Main Mode exchange\n",
		"my_port 500 peer_port 500 (I) MM_NO_STATE\n",
		"ISAKMP (0:1001): Old State = IKE_I_MM1  New State = IKE_I_MM2\n",
		"ISAKMP:      encryption AES-CBC\n",
		"ISAKMP (0:1001): atts are acceptable. Next payload is 0\n",
		"my_port 500 peer_port 500 (I) MM_SA_SETUP\n",
		"ISAKMP (0:1001): processing KE payload. message ID = 0\n",
		"ISAKMP (0:1001): SKEYID state generated\n",
		"my_port 500 peer_port 500 (I) MM_KEY_EXCH\n",
		"ISAKMP (0:1001): Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE\n",
		"ISAKMP (0:1001): Old State = IKE_QM_READY  New State = IKE_QM_I_QM1\n",
		"ISAKMP (0:1001): Creating IPSec SAs\n",
	};
	struct lab lab;
	const char *at;

	lab_init(&lab);
	lab_start(&lab);
	ike_engine_debug(lab.ends[0].engine, 1 << IKE_TOPIC_ISAKMP);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	at = lab.ends[0].log;
	assert_non_null(at);
	for (size_t i = 0; i < array_len(lines); i++) {
		at = strstr(at, lines[i]);
		if (!at)
			fail_msg("line missing or out of order: %s", lines[i]);
	}
	assert_null(strstr(lab.ends[0].log, "a shared secret"));
	assert_null(lab.ends[1].log);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnel_comes_up_in_nine_messages),
		cmocka_unit_test(no_tunnel_without_a_lab_that_fits),
		cmocka_unit_test(every_algorithm_combination_comes_up),
		cmocka_unit_test(third_policy_is_found_and_shown),
		cmocka_unit_test(no_common_policy_is_reported_at_both_ends),
		cmocka_unit_test(refusal_without_message_id_is_a_hint_and_no_more),
		cmocka_unit_test(different_keys_are_named_at_both_ends),
		cmocka_unit_test(unknown_peer_gets_silence),
		cmocka_unit_test(empty_key_is_no_key),
		cmocka_unit_test(key_deleted_during_negotiation_ends_it),
		cmocka_unit_test(name_as_identity_must_be_the_configured_one),
		cmocka_unit_test(any_name_will_do_and_no_other_address),
		cmocka_unit_test(name_without_nat_is_not_the_address),
		cmocka_unit_test(both_ends_at_once_converge),
		cmocka_unit_test(second_wish_for_a_tunnel_is_refused_while_the_first_runs),
		cmocka_unit_test(silent_peer_is_asked_five_times),
		cmocka_unit_test(debug_prints_the_ladder_and_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
