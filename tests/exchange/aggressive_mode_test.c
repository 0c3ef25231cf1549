/* SPDX-License-Identifier: BSD-3-Clause */
/* Aggressive mode between two engines: identities, NAT, loss, strangers, and what must not show. */
#include "controlplane/ike/ike_dh_budget.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/crypto/alg.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	MESSAGES = 6, /* three of aggressive mode, three of quick mode */
	EXCHANGE_AT = 18,
	FLAGS_AT = 19,
};

static void aggressive(struct lab *lab, enum ike_id_type type)
{
	lab_init(lab);
	for (int i = 0; i < 2; i++) {
		lab->ends[i].peer.aggressive = true;
		lab->ends[i].peer.dpd_s = 0;
	}
	if (type == IKE_ID_IPV4)
		return;
	ike_id_of_text(&lab->ends[0].peer.local_id, type, "dialin");
	lab->ends[1].group = lab->ends[0].peer.local_id;
}

static void must_be_up(struct lab *lab, const char *what)
{
	if (!lab_pair_fits(lab) || lab_up(lab, 0) != 1 || lab_up(lab, 1) != 1)
		fail_msg("%s: no tunnel", what);
}

static void every_kind_of_identity_comes_up_in_six_messages(void **)
{
	static const enum ike_id_type types[] = {IKE_ID_IPV4, IKE_ID_FQDN, IKE_ID_USER_FQDN,
						 IKE_ID_KEY_ID};

	for (size_t i = 0; i < array_len(types); i++) {
		struct lab lab;

		aggressive(&lab, types[i]);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		must_be_up(&lab, "identity");
		assert_int_equal(lab.n_record, MESSAGES);
		assert_int_equal(lab.record[0]->data[EXCHANGE_AT], IKE_EXCHANGE_AGGRESSIVE);
		assert_int_equal(lab.record[1]->data[FLAGS_AT], 0);
		assert_int_equal(lab.record[2]->data[FLAGS_AT], IKE_FLAG_ENCRYPTED);
		assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
		lab_fini(&lab);
	}
}

static void every_group_and_hash_comes_up(void **)
{
	static const uint16_t groups[] = {1, 2, 5, 14, 15, 16, 19, 20, 21};

	for (size_t g = 0; g < array_len(groups); g++) {
		struct lab lab;

		aggressive(&lab, IKE_ID_KEY_ID);
		for (int i = 0; i < 2; i++) {
			lab.ends[i].peer.policies[0].group = groups[g];
			lab.ends[i].peer.policies[0].hash =
				(uint8_t)(ALG_HASH_MD5 + g % (ALG_HASH_COUNT - ALG_HASH_MD5));
		}
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		must_be_up(&lab, "group");
		lab_fini(&lab);
	}
}

/* The public value in message 1 decides: the policy of another group is not acceptable. */
static void only_policies_of_the_offered_public_value_count(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab.ends[1].peer.n_policies = 2;
	lab.ends[1].peer.policies[1] = lab.ends[1].peer.policies[0];
	lab.ends[1].peer.policies[0].group = 14;
	lab.ends[0].peer.n_policies = 2;
	lab.ends[0].peer.policies[1] = lab.ends[0].peer.policies[0];
	lab.ends[0].peer.policies[1].group = 14;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	must_be_up(&lab, "second policy");
	lab_fini(&lab);

	aggressive(&lab, IKE_ID_KEY_ID);
	lab.ends[1].peer.policies[0].group = 14;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	lab_run(&lab, 70000);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_FAILED)->reason,
			 IKE_REASON_NO_PROPOSAL_P1_PEER);
	lab_fini(&lab);
}

/* H097: nothing goes out, and one counter says why. */
static void where_it_is_off_there_is_silence(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab.ends[1].peer.aggressive = false;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 70000);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_AGGRESSIVE), 5);
	assert_int_equal(lab_rejected(&lab, 1), 5);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_AGGRESSIVE), 5);
	assert_true(lab_event(&lab.ends[0], IKE_EVENT_FAILED)->aggressive);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_FAILED)->reason, IKE_REASON_NO_ANSWER);
	lab_fini(&lab);
}

static void different_keys_are_named_by_the_initiator(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	secret_set(&lab.ends[1].peer.psk, "another secret", 14);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_AUTH_FAIL), 1);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_HINT)->reason, IKE_REASON_PSK_MISMATCH);
	/* Message 2 may have been anybody's: the true one could still come. */
	assert_int_equal(lab_sas(&lab, 0), 1);
	lab_run(&lab, 70000);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_FAILED)->reason,
			 IKE_REASON_PSK_MISMATCH);
	assert_int_equal(lab_sas(&lab, 0) + lab_sas(&lab, 1), 0);
	/* As responder it saw nothing wrong: a message 1 that nobody went on with. */
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_FAILED));
	lab_fini(&lab);
}

struct answer {
	size_t len[4];
	size_t n;
	uint64_t rejected;
};

/* What the responder says to message 1 and to a message 3 under the wrong key. */
static struct answer probe(bool known)
{
	static const uint8_t junk[64] = {1};
	struct answer a = {0};
	struct ike_header header;
	struct ike_build b;
	uint8_t buf[256];
	struct lab lab;
	size_t len;

	aggressive(&lab, IKE_ID_KEY_ID);
	/* the same length: only the name differs */
	ike_id_of_text(&lab.ends[0].peer.local_id, IKE_ID_KEY_ID, known ? "dialin" : "nobody");
	secret_set(&lab.ends[0].peer.psk, "guessed", 7);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_GROUP), !known);
	assert_int_equal(lab.n_record, 2);
	assert_int_equal(ike_msg_parse_header(&header, lab.record[1]->data, lab.record[1]->len),
			 IKE_PARSED);
	header.flags = IKE_FLAG_ENCRYPTED;
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_build_payload(&b, IKE_PAYLOAD_HASH, junk, 60);
	len = ike_build_finish(&b, 16);
	lab_inject(&lab, 1, buf, len, 500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_HASH_FAIL), 1);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_HINT)->reason,
			 known ? IKE_REASON_PSK_MISMATCH : IKE_REASON_NO_GROUP);
	a.n = lab.n_record;
	for (size_t i = 0; i < a.n && i < 4; i++)
		a.len[i] = lab.record[i]->len;
	assert_int_equal(lab_up(&lab, 1), 0);
	lab.cut = true;
	lab_run(&lab, 31000);
	assert_int_equal(lab_sas(&lab, 1), 0);
	lab_fini(&lab);
	return a;
}

/* R031, H098: a group that does not exist is answered like one whose key is another. */
static void names_cannot_be_tried_out(void **)
{
	struct answer known = probe(true);
	struct answer unknown = probe(false);

	assert_int_equal(known.n, unknown.n);
	for (size_t i = 0; i < known.n; i++)
		assert_int_equal(known.len[i], unknown.len[i]);
	assert_true(known.n >= 3);
}

static void nat_is_found_and_message_3_floats(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab.nat = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	must_be_up(&lab, "NAT");
	assert_int_equal(lab.record[1]->path.local_port, 500);
	assert_int_equal(lab.record[2]->path.local_port, 4500);
	assert_true(lab.ends[0].out[0].udp);
	assert_true(lab.ends[1].out[0].udp);
	assert_int_equal(lab.ends[1].out[0].path.remote_port, 24500);
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

/* What message 3 shows of a NAT counts for the address that it proves. */
static void an_address_may_be_behind_a_nat(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_IPV4);
	lab.nat = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	must_be_up(&lab, "address behind NAT");
	assert_true(lab.ends[0].out[0].udp);
	lab_fini(&lab);
}

static void try_each(enum lab_fate what, bool nat)
{
	for (size_t n = 0; n < MESSAGES; n++) {
		struct lab lab;

		aggressive(&lab, IKE_ID_KEY_ID);
		lab.nat = nat;
		lab_start(&lab);
		lab.fate = lab_fate_nth;
		lab.fate_n = n;
		lab.fate_what = what;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 20000);
		if (!lab_pair_fits(&lab) || lab_up(&lab, 0) != 1 || lab_up(&lab, 1) != 1)
			fail_msg("fate %d of message %zu: no tunnel", what, n + 1);
		assert_int_equal(lab.ends[0].n_out, 1);
		assert_int_equal(lab.ends[1].n_out, 1);
		lab_run(&lab, 60000);
		assert_int_equal(lab_sas(&lab, 0), 1);
		assert_int_equal(lab_sas(&lab, 1), 1);
		lab_fini(&lab);
	}
}

static void any_message_may_be_lost_doubled_or_late(void **)
{
	try_each(LAB_DROP, false);
	try_each(LAB_DROP, true);
	try_each(LAB_DUPLICATE, false);
	try_each(LAB_DELAY, false);
}

/* Message 3 in clear, as RFC 2409 has it, made from the one we send. */
static enum lab_fate in_clear(struct lab *lab, size_t n, struct lab_packet *p)
{
	struct ike_sa *sa = forge_sa(lab, 0);
	uint8_t iv[PRIM_IV_MAX];
	struct ike_header header;
	struct ike_msg msg;
	struct ike_build b;

	if (n != 2)
		return LAB_DELIVER;
	memcpy(iv, forge_sa(lab, 1)->main.iv, sizeof(iv));
	assert_int_equal(ike_msg_parse_header(&header, p->data, p->len), IKE_PARSED);
	assert_int_equal(prim_cbc_decrypt(sa->keys.cipher, sa->keys.enc.b, iv,
					  p->data + IKE_HEADER_LEN, p->len - IKE_HEADER_LEN),
			 0);
	assert_int_equal(ike_msg_parse_chain(&msg, &header, p->data + IKE_HEADER_LEN,
					     p->len - IKE_HEADER_LEN),
			 IKE_PARSED);
	header.flags = 0;
	{
		uint8_t buf[512];
		size_t len;

		ike_build_begin(&b, buf, sizeof(buf), &header);
		for (size_t i = 0; i < msg.n; i++)
			ike_build_payload(&b, msg.payloads[i].type, msg.payloads[i].body,
					  msg.payloads[i].len);
		len = ike_build_finish(&b, 0);
		memcpy(p->data, buf, len);
		p->len = len;
	}
	return LAB_DELIVER;
}

static void message_3_may_come_in_clear(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab_start(&lab);
	lab.fate = in_clear;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 1);
	/* its INITIAL-CONTACT could be anybody's */
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	assert_int_equal(lab_rejected(&lab, 1) - lab_counter(&lab, 1, IKE_COUNT_HASH_FAIL), 0);
	lab_fini(&lab);
}

static void message_1_floods_take_no_more_than_their_places(void **)
{
	struct lab lab;
	size_t sent;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab_start(&lab);
	lab.cut = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.cut = false;
	for (uint8_t i = 0; i < 20; i++) {
		struct lab_packet p = *lab.record[0];

		p.data[7] = i;
		lab_inject(&lab, 1, p.data, p.len, 500);
		lab_settle(&lab);
		assert_true(lab_sas(&lab, 1) <= 4);
	}
	sent = lab.ends[1].n_sent;
	assert_true(lab_counter(&lab, 1, IKE_COUNT_HALF_OPEN) > 0);
	/* H111: never again without being asked */
	lab_run(&lab, 29000);
	assert_true(lab.ends[1].n_sent <= sent + 2);
	lab_fini(&lab);
}

static void send_first(struct lab *lab, const struct lab_packet *like, uint32_t from,
		       uint8_t number)
{
	struct lab_packet p = *like;

	p.data[6] ^= number + 1u; /* another cookie: the answer is not for A */
	p.path.remote = addr_v4(from);
	lab_inject_path(lab, 1, &p.path, p.data, p.len);
	lab_settle(lab);
}

/* H117: each costs a Diffie-Hellman, so an address has a share and strangers have one together. */
static void message_1_takes_from_a_share(void **)
{
	const uint32_t stranger = 0x0a090000;
	struct lab lab;
	size_t sent;

	aggressive(&lab, IKE_ID_IPV4);
	lab.ends[1].any_peer = true;
	lab_start(&lab);
	lab.cut = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.cut = false;
	for (uint8_t i = 0; i < 40; i++)
		send_first(&lab, lab.record[0], stranger, i);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_DH_ADDRESS), 40 - IKE_DH_ADDRESS_BURST);
	assert_int_equal(lab.ends[1].n_sent, IKE_DH_ADDRESS_BURST);
	/* it grows back: nobody is shut out */
	lab.now_ms += IKE_DH_ADDRESS_MS;
	send_first(&lab, lab.record[0], stranger, 200);
	send_first(&lab, lab.record[0], stranger, 201);
	assert_int_equal(lab.ends[1].n_sent, IKE_DH_ADDRESS_BURST + 1);
	lab.cut = true;
	lab_run(&lab, 70000);
	lab.cut = false;
	sent = lab.ends[1].n_sent;
	for (uint32_t i = 0; i < 300; i++)
		send_first(&lab, lab.record[0], stranger + 1 + i, 0);
	assert_int_equal(lab.ends[1].n_sent, sent + IKE_DH_ALL_BURST);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_DH_ALL), 300 - IKE_DH_ALL_BURST);
	/* who is named does not care */
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	must_be_up(&lab, "the peer that is named");
	lab_fini(&lab);
}

/* The peer that came by a name is not called by its address when phase 1 grows old. */
static void client_is_not_called_back(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_KEY_ID);
	lab.ends[1].peer.policies[0].lifetime_s = 1000;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	must_be_up(&lab, "client");
	lab_forget(&lab);
	lab_run(&lab, 999000);
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_run(&lab, 2000);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_EXPIRED);
	lab_fini(&lab);
}

/* A peer of main mode is not asked in aggressive mode for its messages, nor the reverse. */
static void modes_do_not_mix(void **)
{
	struct lab lab;

	aggressive(&lab, IKE_ID_IPV4);
	lab_start(&lab);
	lab.fate = lab_fate_nth;
	lab.fate_n = 2;
	lab.fate_what = LAB_DROP;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.record[2]->data[EXCHANGE_AT] = IKE_EXCHANGE_MAIN;
	lab_inject(&lab, 1, lab.record[2]->data, lab.record[2]->len, 500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_UNEXPECTED), 2);
	assert_int_equal(lab_up(&lab, 1), 0);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_identity_comes_up_in_six_messages),
		cmocka_unit_test(every_group_and_hash_comes_up),
		cmocka_unit_test(only_policies_of_the_offered_public_value_count),
		cmocka_unit_test(where_it_is_off_there_is_silence),
		cmocka_unit_test(different_keys_are_named_by_the_initiator),
		cmocka_unit_test(names_cannot_be_tried_out),
		cmocka_unit_test(nat_is_found_and_message_3_floats),
		cmocka_unit_test(an_address_may_be_behind_a_nat),
		cmocka_unit_test(any_message_may_be_lost_doubled_or_late),
		cmocka_unit_test(message_3_may_come_in_clear),
		cmocka_unit_test(message_1_floods_take_no_more_than_their_places),
		cmocka_unit_test(message_1_takes_from_a_share),
		cmocka_unit_test(client_is_not_called_back),
		cmocka_unit_test(modes_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
