/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hostile input of main mode (catalogue 3.4, 3.6, 3.6.1): each costs one counter, the one it
 * should, and the true peer still gets its tunnel.
 */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/phase1.h"
#include "lib/crypto/alg.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs a negotiation with one forgery in front of packet n; the tunnel must come up all the same.
 */
static void survive(struct forgery f, uint16_t group, enum ike_counter want)
{
	int victim = f.n % 2 == 0; /* even packets go to B */
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++)
		lab.ends[i].peer.policies[0].group = group;
	lab_start(&lab);
	lab.fate = forge_before;
	lab.fate_ctx = &f;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 15000);
	assert_true(f.done);
	/* The true message may come while the forged one is still being computed with. */
	if (lab_counter(&lab, victim, want) != 1 ||
	    lab_rejected(&lab, victim) - lab_counter(&lab, victim, IKE_COUNT_BUSY) != 1)
		fail_msg("packet %zu payload %u length %zu group %u: %s counts %u of %u", f.n,
			 f.type, f.len, group, ike_counter_name(want),
			 (unsigned)lab_counter(&lab, victim, want),
			 (unsigned)lab_rejected(&lab, victim));
	if (!lab_pair_fits(&lab))
		fail_msg("packet %zu payload %u length %zu: no tunnel afterwards", f.n, f.type,
			 f.len);
	lab_fini(&lab);
}

/* H030: every wrong length of a public value, both roles. */
static void public_values_of_wrong_length(void **)
{
	static const uint16_t groups[] = {1, 2, 5, 19, 20};
	static const uint8_t junk[2000] = {1, 2, 3};

	for (size_t g = 0; g < array_len(groups); g++) {
		size_t n = alg_group_row(groups[g])->public_bytes;
		const size_t lens[] = {0, 1, n - 1, n + 1, 2 * n};

		for (size_t i = 0; i < array_len(lens); i++)
			for (size_t packet = 2; packet <= 3; packet++)
				survive((struct forgery){.n = packet,
							 .type = IKE_PAYLOAD_KE,
							 .body = junk,
							 .len = lens[i]},
					groups[g], IKE_COUNT_KE_LEN);
	}
}

/* H031, H032: 0, 1, all ones, nothing on the curve. */
static void public_values_out_of_range(void **)
{
	static const uint16_t groups[] = {1, 2, 5, 14, 19, 20, 21};

	for (size_t g = 0; g < array_len(groups); g++) {
		size_t n = alg_group_row(groups[g])->public_bytes;
		uint8_t value[PRIM_PUBLIC_MAX];

		for (int kind = 0; kind < 3; kind++) {
			memset(value, kind == 2 ? 0xff : 0, sizeof(value));
			value[n - 1] = kind == 0 ? 0 : kind == 1 ? 1 : 0xff;
			for (size_t packet = 2; packet <= 3; packet++)
				survive((struct forgery){.n = packet,
							 .type = IKE_PAYLOAD_KE,
							 .body = value,
							 .len = n},
					groups[g], IKE_COUNT_KE_VALUE);
		}
	}
}

/* H033: our own public value, our own nonce, our own message 1. */
static enum lab_fate reflect(struct lab *lab, size_t n, struct lab_packet *p)
{
	uint8_t type = *(uint8_t *)lab->fate_ctx;
	const struct ike_handshake *hs;
	struct lab_packet *copy;

	if (n != 3)
		return LAB_DELIVER;
	hs = forge_sa(lab, 0)->hs;
	copy = malloc(sizeof(*copy));
	*copy = *p;
	if (type == IKE_PAYLOAD_KE)
		assert_true(forge_replace(lab, copy, type, 0, hs->public_i, hs->public_len, false));
	else
		assert_true(
			forge_replace(lab, copy, type, 0, hs->nonce_i.b, hs->nonce_i.len, false));
	lab->queue[lab->n_queue++] = copy;
	return LAB_DELIVER;
}

static void own_values_coming_back(void **)
{
	uint8_t types[] = {IKE_PAYLOAD_KE, IKE_PAYLOAD_NONCE};
	struct lab lab;

	for (size_t i = 0; i < array_len(types); i++) {
		lab_init(&lab);
		lab_start(&lab);
		lab.fate = reflect;
		lab.fate_ctx = &types[i];
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_REFLECTION), 1);
		assert_int_equal(lab_rejected(&lab, 0), 1);
		assert_true(lab_pair_fits(&lab));
		lab_fini(&lab);
	}
	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_inject(&lab, 0, lab.record[0]->data, lab.record[0]->len, 500);
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_REFLECTION), 1);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

/* H034: in main mode, and from an insider in quick mode. */
static void nonces_of_wrong_length(void **)
{
	static const size_t lens[] = {0, 1, 7, 257, 2000};
	static const uint8_t junk[2000] = {9, 9, 9};

	for (size_t i = 0; i < array_len(lens); i++)
		for (size_t packet = 2; packet <= 3; packet++)
			survive((struct forgery){.n = packet,
						 .type = IKE_PAYLOAD_NONCE,
						 .body = junk,
						 .len = lens[i]},
				2, IKE_COUNT_NONCE_LEN);
}

/* H016, H017, H019 by messages: what is missing, doubled, or not allowed there. */
static void payloads_missing_doubled_or_out_of_place(void **)
{
	static const uint8_t junk[64] = {1, 2, 3};

	survive((struct forgery){.n = 2, .type = IKE_PAYLOAD_KE}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive((struct forgery){.n = 2, .type = IKE_PAYLOAD_NONCE}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive((struct forgery){.n = 3, .type = IKE_PAYLOAD_NONCE}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive((struct forgery){.n = 4, .type = IKE_PAYLOAD_ID}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive((struct forgery){.n = 4, .type = IKE_PAYLOAD_HASH}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive((struct forgery){.n = 5, .type = IKE_PAYLOAD_HASH}, 2, IKE_COUNT_MISSING_PAYLOAD);
	survive(
		(struct forgery){
			.n = 2, .add = true, .type = IKE_PAYLOAD_NONCE, .body = junk, .len = 32},
		2, IKE_COUNT_DUP_PAYLOAD);
	survive(
		(struct forgery){
			.n = 4, .add = true, .type = IKE_PAYLOAD_ID, .body = junk, .len = 8},
		2, IKE_COUNT_DUP_PAYLOAD);
	survive(
		(struct forgery){
			.n = 3, .add = true, .type = IKE_PAYLOAD_SA, .body = junk, .len = 64},
		2, IKE_COUNT_UNKNOWN_PAYLOAD);
	survive((struct forgery){.n = 2, .add = true, .type = 99, .body = junk, .len = 8}, 2,
		IKE_COUNT_UNKNOWN_PAYLOAD);
}

/* H047: only a NAT-D that is no digest is refused. */
static void natd_of_wrong_length(void **)
{
	static const uint8_t junk[64];

	survive((struct forgery){.n = 2, .type = IKE_PAYLOAD_NATD, .body = junk, .len = 19}, 2,
		IKE_COUNT_NATD);
	survive(
		(struct forgery){
			.n = 3, .type = IKE_PAYLOAD_NATD, .index = 1, .body = junk, .len = 0},
		2, IKE_COUNT_NATD);
}

/* H041: every byte of the authentication hash, wrong lengths, zeros; both directions. */
static void authentication_hash_wrong(void **)
{
	for (size_t packet = 4; packet <= 5; packet++) {
		uint8_t zero[64] = {0};

		survive(
			(struct forgery){
				.n = packet, .type = IKE_PAYLOAD_HASH, .body = zero, .len = 20},
			2, IKE_COUNT_AUTH_FAIL);
		survive(
			(struct forgery){
				.n = packet, .type = IKE_PAYLOAD_HASH, .body = zero, .len = 0},
			2, IKE_COUNT_AUTH_FAIL);
		survive(
			(struct forgery){
				.n = packet, .type = IKE_PAYLOAD_HASH, .body = zero, .len = 19},
			2, IKE_COUNT_AUTH_FAIL);
		survive(
			(struct forgery){
				.n = packet, .type = IKE_PAYLOAD_HASH, .body = zero, .len = 21},
			2, IKE_COUNT_AUTH_FAIL);
	}
}

/* H041: one bit of each byte. */
static enum lab_fate flip_hash(struct lab *lab, size_t n, struct lab_packet *p)
{
	size_t *at = lab->fate_ctx;
	struct lab_packet *copy;

	if (n != 4)
		return LAB_DELIVER;
	copy = malloc(sizeof(*copy));
	*copy = *p;
	/* In CBC the flip garbles one block and flips the same bit in the next. */
	copy->data[28 + *at] ^= 1;
	lab->queue[lab->n_queue++] = copy;
	return LAB_DELIVER;
}

static void every_byte_of_message_5_changed(void **)
{
	/* Behind these three blocks INITIAL-CONTACT stands alone, which HASH_I does not cover. */
	for (size_t at = 0; at < 48; at++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = flip_hash;
		lab.fate_ctx = &at;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_int_equal(lab_rejected(&lab, 1), 1);
		assert_true(lab_pair_fits(&lab));
		lab_fini(&lab);
	}
}

/* H090: guessed cookies. */
static void guessed_cookies(void **)
{
	struct lab_packet p;
	struct lab lab;
	unsigned seed = 5;

	lab_tunnel(&lab);
	p = *lab.record[6];
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 8; k < 16; k++)
			p.data[k] = (uint8_t)rand_r(&seed);
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	}
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_SA), 20000);
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

/* H092: the cookie of a refusal is nobody's. */
static void cookie_of_a_refusal_is_worthless(void **)
{
	struct lab_packet p;
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].peer.policies[0].cipher = ALG_CIPHER_3DES;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab.n_record, 2);
	/* Not larger than what provoked it, and one a second (H110). */
	assert_true(lab.record[1]->len <= lab.record[0]->len);
	p = *lab.record[0];
	memcpy(p.data + 8, lab.record[1]->data + 8, 8);
	ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_SA), 1);
	for (uint8_t i = 0; i < 50; i++) {
		p = *lab.record[0];
		p.data[3] = i;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	}
	assert_int_equal(lab.ends[1].n_sent, 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	lab_fini(&lab);
}

/*
 * H111, H042: a message 1 is answered once, with no more bytes; four half-open from one address,
 * the newer ones in the place of older ones.
 */
static void half_open_is_bounded_and_silent(void **)
{
	struct lab_packet p;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.cut = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	p = *lab.record[0];
	for (uint8_t i = 0; i < 100; i++) {
		p.data[3] = i;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	}
	assert_int_equal(lab_sas(&lab, 1), 4);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_HALF_OPEN), 96);
	assert_int_equal(lab.ends[1].n_sent, 100);
	assert_true(lab.ends[1].bytes_sent <= 100 * p.len);
	lab_run(&lab, 29000);
	assert_int_equal(lab.ends[1].n_sent, 100);
	lab_run(&lab, 2000);
	assert_int_equal(lab_sas(&lab, 1), 0);
	assert_int_equal(lab.ends[1].n_events, 0);
	lab_fini(&lab);
}

/* Messages 1 nobody waits for the answer to, as from A or from n addresses of no interest. */
static void flood(struct lab *lab, bool as_a, uint32_t n)
{
	struct lab_packet p = *lab->record[0];

	lab->cut = true;
	for (uint32_t i = 0; i < n; i++) {
		memcpy(p.data, &i, sizeof(i));
		p.data[7] ^= 0x5a;
		if (!as_a)
			p.path.remote = addr_v4(0x0b000000 + i);
		ike_engine_receive(lab->ends[1].engine, &p.path, p.data, p.len);
	}
	lab->cut = false;
}

/* Who spoofs a peer's address must not keep the peer itself from negotiating. */
static void spoofed_messages_1_do_not_keep_the_peer_out(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.cut = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	flood(&lab, true, 50);
	lab_run(&lab, 2500); /* message 1 again */
	assert_true(lab_pair_fits(&lab));
	/* what is up is not put out */
	flood(&lab, true, 50);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_sas(&lab, 1), 1 + 4);
	lab_fini(&lab);
}

/* A key for any address: a flood takes the places of its like, not those of a named peer. */
static void flood_from_everywhere_leaves_named_peers_their_places(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].any_peer = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	assert_true(lab_step(&lab)); /* message 1 */
	flood(&lab, false, 3000);
	assert_int_equal(lab_sas(&lab, 1), 1000 + 1);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_run(&lab, 40000);
	assert_int_equal(lab_sas(&lab, 1), 1);
	lab_fini(&lab);
}

/* Who is up takes no place. */
static void authenticated_sas_are_not_half_open(void **)
{
	struct lab lab;

	lab_tunnel(&lab);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab.ends[1].engine->n_half_open, 0);
	assert_false(forge_sa(&lab, 1)->half_open);
	lab_fini(&lab);
}

/* H091: the same initiator cookie with another body is another negotiation. */
static void same_cookie_from_two_senders(void **)
{
	struct lab_packet p;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	p = *lab.record[0];
	p.data[p.len - 1] ^= 1; /* in a vendor ID */
	ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab_sas(&lab, 1), 2);
	lab_run(&lab, 31000);
	assert_int_equal(lab_sas(&lab, 1), 1);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_values_of_wrong_length),
		cmocka_unit_test(public_values_out_of_range),
		cmocka_unit_test(own_values_coming_back),
		cmocka_unit_test(nonces_of_wrong_length),
		cmocka_unit_test(payloads_missing_doubled_or_out_of_place),
		cmocka_unit_test(natd_of_wrong_length),
		cmocka_unit_test(authentication_hash_wrong),
		cmocka_unit_test(every_byte_of_message_5_changed),
		cmocka_unit_test(guessed_cookies),
		cmocka_unit_test(cookie_of_a_refusal_is_worthless),
		cmocka_unit_test(half_open_is_bounded_and_silent),
		cmocka_unit_test(spoofed_messages_1_do_not_keep_the_peer_out),
		cmocka_unit_test(flood_from_everywhere_leaves_named_peers_their_places),
		cmocka_unit_test(authenticated_sas_are_not_half_open),
		cmocka_unit_test(same_cookie_from_two_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
