/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The catalogue of hostile input as far as main and quick mode with pre-shared keys go: each input costs one
 * counter, the one it should, and the true peer still gets its tunnel.
 */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/main_mode.h"
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

static uint64_t counter(const struct lab *lab, int end, enum ike_counter c)
{
	return ike_engine_counter(lab->ends[end].engine, c);
}

/* One change of one message in flight: the forged copy arrives first, then the true one. */
struct forgery {
	size_t n; /* which packet */
	uint8_t type;
	size_t index;
	const uint8_t *body;
	size_t len;
	bool add;
	bool rehash;
	bool done;
};

static enum lab_fate forge_first(struct lab *lab, size_t n, struct lab_packet *p)
{
	struct forgery *f = lab->fate_ctx;
	struct lab_packet *copy;
	bool ok;

	if (n != f->n || f->done)
		return LAB_DELIVER;
	f->done = true;
	copy = malloc(sizeof(*copy));
	*copy = *p;
	ok = f->add ? forge_add(lab, copy, f->type, f->body, f->len, f->rehash)
		    : forge_replace(lab, copy, f->type, f->index, f->body, f->len, f->rehash);
	assert_true(ok);
	if (lab->n_queue < LAB_QUEUE)
		lab->queue[lab->n_queue++] = copy;
	return LAB_DELIVER;
}

/* Runs a negotiation with one forgery in front of packet n; the tunnel must come up all the same. */
static void survive(struct forgery f, uint16_t group, enum ike_counter want)
{
	int victim = f.n % 2 == 0; /* even packets go to B */
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++)
		lab.ends[i].peer.policies[0].group = group;
	lab_start(&lab);
	lab.fate = forge_first;
	lab.fate_ctx = &f;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 15000);
	assert_true(f.done);
	/* The true message may come while the forged one is still being computed with. */
	if (counter(&lab, victim, want) != 1 ||
	    lab_rejected(&lab, victim) - counter(&lab, victim, IKE_COUNT_BUSY) != 1)
		fail_msg("packet %zu payload %u length %zu group %u: %s counts %u of %u", f.n,
			 f.type, f.len, group, ike_counter_name(want),
			 (unsigned)counter(&lab, victim, want),
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
		assert_int_equal(counter(&lab, 0, IKE_COUNT_REFLECTION), 1);
		assert_int_equal(lab_rejected(&lab, 0), 1);
		assert_true(lab_pair_fits(&lab));
		lab_fini(&lab);
	}
	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_inject(&lab, 0, lab.record[0]->data, lab.record[0]->len, 500);
	assert_int_equal(counter(&lab, 0, IKE_COUNT_REFLECTION), 1);
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

static struct lab *tunnel(struct lab *lab)
{
	lab_init(lab);
	lab->ends[0].peer.dpd_s = 0;
	lab->ends[1].peer.dpd_s = 0;
	lab_start(lab);
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_settle(lab);
	assert_true(lab_pair_fits(lab));
	lab_forget(lab);
	return lab;
}

/* H083, H084, H085: everything recorded is played again, from the peer's address and another. */
static void replay_of_a_whole_session(void **)
{
	struct lab lab;
	size_t n = tunnel(&lab)->n_record;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < n; i++) {
			struct lab_packet *p = lab.record[i];
			struct ike_path path = p->path;

			if (round)
				path.remote = addr_v4(0x0a0000fe);
			lab_inject_path(&lab, p->to, &path, p->data, p->len);
			lab_settle(&lab);
		}
	}
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab.ends[0].n_in + lab.ends[1].n_in, 0);
	assert_int_equal(lab.ends[0].n_out + lab.ends[1].n_out, 0);
	assert_int_equal(lab.ends[0].spis + lab.ends[1].spis, 0);
	/* Message 1 makes a half-open SA with a new cookie, and that fades. */
	lab_run(&lab, 40000);
	assert_int_equal(lab_sas(&lab, 1), 1);
	/* Quick mode again after its memory is gone. */
	lab_forget(&lab);
	lab_inject_path(&lab, 1, &lab.record[6]->path, lab.record[6]->data, lab.record[6]->len);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_MSGID_REUSE), 1);
	assert_int_equal(lab.ends[1].n_in, 0);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

/* H086: the same message ten thousand times, in each state. */
static void duplicates_are_answered_three_times(void **)
{
	for (size_t n = 0; n < 9; n++) {
		struct lab_packet *p;
		struct lab lab;
		size_t sent;

		lab_init(&lab);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		while (lab.n_record <= n + 1 && lab_step(&lab))
			;
		p = lab.record[n];
		lab_forget(&lab);
		for (int i = 0; i < 10000; i++)
			ike_engine_receive(lab.ends[p->to].engine, &p->path, p->data, p->len);
		sent = lab.ends[p->to].n_sent;
		assert_true(sent <= 3);
		assert_int_equal(lab.ends[!p->to].n_sent, 0);
		lab_fini(&lab);
	}
}

/* H087, H088: junk with the right cookies between all messages; every exchange still completes. */
static enum lab_fate junk_before_each(struct lab *lab, size_t n, struct lab_packet *p)
{
	size_t junk = *(size_t *)lab->fate_ctx;

	if (n < 4 || lab->n_queue + 2 > LAB_QUEUE)
		return LAB_DELIVER;
	for (size_t i = 0; i < junk; i++) {
		struct lab_packet copy = *p;

		/* Not in the last blocks of message 5: see above. */
		copy.data[28 + i % 32] ^= (uint8_t)(1 + i / 32);
		ike_engine_receive(lab->ends[p->to].engine, &copy.path, copy.data, copy.len);
	}
	return LAB_DELIVER;
}

static void junk_between_the_messages(void **)
{
	size_t counts[] = {1, 10, 1000};

	for (size_t i = 0; i < array_len(counts); i++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = junk_before_each;
		lab.fate_ctx = &counts[i];
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		assert_int_equal(lab.ends[0].n_out, 1);
		assert_true(counter(&lab, 1, IKE_COUNT_HASH_FAIL) > 0);
		lab_fini(&lab);
	}
}

/* H080, H081, H082: each message of a session in each state of another, cookies fitted. */
static void any_message_in_any_state(void **)
{
	struct lab donor;

	tunnel(&donor);
	for (size_t state = 0; state <= 9; state++) {
		for (size_t m = 0; m < 9; m++) {
			struct lab lab;

			/* In clear, the message expected next is the path attacker's privilege. */
			if (m < 4 && (m == state || m == state + 1))
				continue;
			lab_init(&lab);
			lab.ends[0].random_state = 99;
			lab.ends[1].random_state = 98;
			lab_start(&lab);
			assert_int_equal(lab_initiate(&lab, 0), 0);
			/* Until packet `state` is on its way. */
			while (lab.n_record < state + 1 && lab_step(&lab))
				;
			for (int end = 0; end < 2; end++) {
				struct lab_packet p = *donor.record[m];

				if (!forge_sa(&lab, end))
					continue;
				if (m)
					forge_cookies(&p, forge_sa(&lab, end));
				ike_engine_receive(lab.ends[end].engine, &donor.record[m]->path,
						   p.data, p.len);
			}
			lab_run(&lab, 20000);
			if (!lab_pair_fits(&lab))
				fail_msg("message %zu in state %zu: no tunnel", m + 1, state);
			assert_int_equal(lab.ends[0].n_in, 1);
			assert_int_equal(lab.ends[1].n_in, 1);
			lab_fini(&lab);
		}
	}
	lab_fini(&donor);
}

/* H090: guessed cookies. */
static void guessed_cookies(void **)
{
	struct lab_packet p;
	struct lab lab;
	unsigned seed = 5;

	tunnel(&lab);
	p = *lab.record[6];
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 8; k < 16; k++)
			p.data[k] = (uint8_t)rand_r(&seed);
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	}
	assert_int_equal(counter(&lab, 1, IKE_COUNT_NO_SA), 20000);
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
	assert_int_equal(counter(&lab, 1, IKE_COUNT_NO_SA), 1);
	for (uint8_t i = 0; i < 50; i++) {
		p = *lab.record[0];
		p.data[3] = i;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
	}
	assert_int_equal(lab.ends[1].n_sent, 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	lab_fini(&lab);
}

/* H111, H042: one message 1 is answered once, with no more bytes; four half-open from one address. */
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
	assert_int_equal(counter(&lab, 1, IKE_COUNT_HALF_OPEN), 96);
	assert_int_equal(lab.ends[1].n_sent, 4);
	assert_true(lab.ends[1].bytes_sent <= 4 * p.len);
	lab_run(&lab, 29000);
	assert_int_equal(lab.ends[1].n_sent, 4);
	lab_run(&lab, 2000);
	assert_int_equal(lab_sas(&lab, 1), 0);
	assert_int_equal(lab.ends[1].n_events, 0);
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

static void fill_notify(struct ike_build *b, const struct ike_sa *sa, void *ctx)
{
	struct ike_notify n = *(struct ike_notify *)ctx;
	uint8_t cookies[16];

	memcpy(cookies, sa->cookie_i, 8);
	memcpy(cookies + 8, sa->cookie_r, 8);
	if (!n.spi && n.spi_len == 16)
		n.spi = cookies;
	ike_payload_build_notify(b, &n);
}

static void fill_delete(struct ike_build *b, const struct ike_sa *sa, void *ctx)
{
	uint8_t cookies[16];
	struct ike_delete d = *(struct ike_delete *)ctx;

	memcpy(cookies, sa->cookie_i, 8);
	memcpy(cookies + 8, sa->cookie_r, 8);
	if (!d.spis)
		d.spis = cookies;
	ike_payload_build_delete(b, &d);
}

static const uint16_t notify_types[] = {
	IKE_NOTIFY_INVALID_SPI,
	IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
	IKE_NOTIFY_AUTHENTICATION_FAILED,
	IKE_NOTIFY_INITIAL_CONTACT,
	IKE_NOTIFY_R_U_THERE,
	IKE_NOTIFY_R_U_THERE_ACK,
	IKE_NOTIFY_RESPONDER_LIFETIME,
	IKE_NOTIFY_CONNECTED,
	1,
	9,
	31,
	40500,
	65535,
};

/* H059, H095: in clear nothing is believed, whatever it says and in every state. */
static void nothing_in_clear_is_believed(void **)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct lab lab;
	size_t n = 0;

	tunnel(&lab);
	for (size_t i = 0; i <= array_len(notify_types); i++) {
		const struct ike_sa *sa = forge_sa(&lab, 1);
		struct ike_header h = {.exchange = IKE_EXCHANGE_INFO, .msgid = 77};
		struct ike_notify notify = {
			.protocol = IKE_PROTOCOL_ISAKMP,
			.spi_len = 16,
			.type = notify_types[i % array_len(notify_types)],
			.data = (const uint8_t *)"\0\0\0\1",
			.data_len = 4,
		};
		uint8_t buf[200];
		struct ike_build b;
		size_t len;

		memcpy(h.cookie_i, sa->cookie_i, 8);
		memcpy(h.cookie_r, sa->cookie_r, 8);
		ike_build_begin(&b, buf, sizeof(buf), &h);
		if (i < array_len(notify_types))
			fill_notify(&b, sa, &notify);
		else
			fill_delete(&b, sa, &d);
		len = ike_build_finish(&b, 0);
		lab_inject(&lab, 1, buf, len, 500);
		n++;
	}
	assert_int_equal(counter(&lab, 1, IKE_COUNT_UNAUTH_NOTIFY), n);
	assert_int_equal(lab_rejected(&lab, 1), n);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab.ends[1].n_events, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* H093: encrypted with the right key, but without the right hash. */
static void encrypted_without_hash_is_ignored(void **)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct lab lab;
	uint32_t msgid = 1000;

	tunnel(&lab);
	for (size_t i = 0; i < array_len(notify_types); i++) {
		struct ike_notify notify = {.protocol = IKE_PROTOCOL_ISAKMP,
					    .spi_len = 16,
					    .type = notify_types[i],
					    .data = (const uint8_t *)"\0\0\0\1",
					    .data_len = 4};

		forge_info(&lab, 0, ++msgid, false, fill_notify, &notify);
	}
	forge_info(&lab, 0, ++msgid, false, fill_delete, &d);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_HASH_FAIL), array_len(notify_types) + 1);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab.ends[1].n_events, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* H094: whatever an authentic peer complains about, no notify answers it. */
static void notifies_are_never_answered_by_notifies(void **)
{
	struct lab lab;

	tunnel(&lab);
	for (uint32_t type = 1; type < 32; type++) {
		struct ike_notify notify = {.protocol = IKE_PROTOCOL_ISAKMP,
					    .type = (uint16_t)type};

		forge_info(&lab, 0, 5000 + type, true, fill_notify, &notify);
		notify.protocol = IKE_PROTOCOL_ESP;
		notify.spi = (const uint8_t *)"\1\2\3\4";
		notify.spi_len = 4;
		forge_info(&lab, 0, 6000 + type, true, fill_notify, &notify);
	}
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_INVALID_SPI), 1);
	lab_fini(&lab);
}

/* H061, H085, H107: R-U-THERE that lies, that is old, and too many of them. */
static void probes_that_lie(void **)
{
	struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP,
			       .spi_len = 16,
			       .type = IKE_NOTIFY_R_U_THERE,
			       .data = (const uint8_t *)"\0\0\0\7",
			       .data_len = 4};
	uint8_t sequence[4] = {0, 1, 0, 0};
	struct lab lab;

	tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_notify, &n);
	assert_int_equal(lab.ends[1].n_sent, 1);
	forge_info(&lab, 0, 2, true, fill_notify, &n); /* the same number again */
	assert_int_equal(counter(&lab, 1, IKE_COUNT_REPLAY), 1);
	n.data_len = 3;
	forge_info(&lab, 0, 3, true, fill_notify, &n);
	n.data_len = 4;
	n.spi_len = 4;
	n.spi = (const uint8_t *)"\1\2\3\4";
	forge_info(&lab, 0, 4, true, fill_notify, &n);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_NOTIFY), 2);
	n.spi = NULL;
	n.spi_len = 16;
	n.type = IKE_NOTIFY_R_U_THERE_ACK; /* nobody asked */
	forge_info(&lab, 0, 5, true, fill_notify, &n);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_REPLAY), 2);
	assert_int_equal(lab.ends[1].n_sent, 1);
	n.type = IKE_NOTIFY_R_U_THERE;
	n.data = sequence;
	lab.now_ms += 1000;
	lab_forget(&lab);
	for (uint32_t i = 0; i < 100; i++) {
		sequence[3] = (uint8_t)i;
		forge_info(&lab, 0, 100 + i, true, fill_notify, &n);
	}
	assert_int_equal(lab.ends[1].n_sent, 10);
	lab_fini(&lab);
}

/* H063, H064: DELETE of what is not the peer's, of too many, and of the SA it came under. */
static void deletes_that_lie(void **)
{
	static const uint8_t spis[300 * 4] = {1, 2, 3, 4};
	static const uint8_t other[16] = {1, 2, 3};
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ESP, .spi_len = 4, .n = 300, .spis = spis};
	struct lab lab;

	tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_delete, &d);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_DELETE), 1);
	assert_int_equal(lab.ends[1].n_deleted, 0);
	d = (struct ike_delete){
		.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1, .spis = other};
	forge_info(&lab, 0, 2, true, fill_delete, &d);
	assert_int_equal(lab_up(&lab, 1), 1);
	d.spis = NULL;
	forge_info(&lab, 0, 3, true, fill_delete, &d);
	assert_int_equal(lab_up(&lab, 1), 0);
	forge_info(&lab, 0, 4, true, fill_delete, &d);
	assert_int_equal(counter(&lab, 1, IKE_COUNT_NO_SA), 1);
	lab_fini(&lab);
}

/* The DELETE of the SA stands first, then everything else: all of it is done, in this order. */
static void fill_delete_first(struct ike_build *b, const struct ike_sa *sa, void *)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct ike_delete esp = {.protocol = IKE_PROTOCOL_ESP,
				 .spi_len = 4,
				 .n = 1,
				 .spis = (const uint8_t *)"\0\0\x10\1"};
	struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP,
			       .spi_len = 16,
			       .type = IKE_NOTIFY_R_U_THERE,
			       .data = (const uint8_t *)"\0\0\0\7",
			       .data_len = 4};

	fill_delete(b, sa, &d);
	fill_notify(b, sa, &n);
	ike_payload_build_delete(b, &esp);
	fill_delete(b, sa, &d);
}

static void delete_of_its_own_sa_comes_last(void **)
{
	struct lab lab;

	tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_delete_first, NULL);
	assert_int_equal(lab.ends[1].n_deleted, 1);
	assert_int_equal(lab.ends[1].n_sent, 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_DOWN), 1);
	lab_fini(&lab);
}

/* H103: an authentic peer changes what it was offered, in message 2 (packet 8). */
static void changed_choice_is_refused(void **)
{
	static const uint8_t id[] = {4, 0, 0, 0, 10, 0, 0, 0, 255, 0, 0, 0};
	struct forgery forgeries[] = {
		{.n = 7,
		 .type = IKE_PAYLOAD_ID,
		 .index = 0,
		 .body = id,
		 .len = sizeof(id),
		 .rehash = true},
		{.n = 7, .type = IKE_PAYLOAD_NONCE, .body = id, .len = 7, .rehash = true},
		{.n = 7, .type = IKE_PAYLOAD_KE, .body = id, .len = 9, .rehash = true, .add = true},
	};
	const enum ike_counter want[] = {IKE_COUNT_PROXY_ID, IKE_COUNT_NONCE_LEN,
					 IKE_COUNT_BAD_GROUP};

	for (size_t i = 0; i < array_len(forgeries); i++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = forge_first;
		lab.fate_ctx = &forgeries[i];
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(forgeries[i].done);
		assert_int_equal(counter(&lab, 0, want[i]), 1);
		assert_int_equal(lab.ends[0].n_in, 0);
		assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED));
		assert_int_equal(lab.ends[0].spis, 0);
		lab_run(&lab, 40000);
		assert_int_equal(lab.ends[1].n_out, 0);
		assert_int_equal(lab_up(&lab, 0), 1);
		lab_fini(&lab);
	}
}

/* H039: proxy identities no honest peer sends, inside the SA. */
static void proxies_that_lie(void **)
{
	static const struct {
		const char *body;
		size_t len;
	} ids[] = {
		{"\2\0\0\0evil.example", 16},		  /* a name */
		{"\x0b\0\0\0key", 7},			  /* a key ID */
		{"\1\0\0\0\xc0\xa8\1", 7},		  /* three bytes of an address */
		{"\4\0\0\0\xc0\xa8\1\0\xff\0\xff\0", 12}, /* a mask with a hole */
		{"\4\0\0\0\xc0\xa8\1\0", 8},		  /* no mask */
		{"\7\0\0\0\xc0\xa8\1\7\xc0\xa8\1\1", 12}, /* a range backwards */
		{"\4\6\0\0\0\0\0\0\0\0\0\0", 12},	  /* everything, for TCP */
		{"", 0},
	};

	for (size_t i = 0; i < array_len(ids); i++) {
		struct forgery f = {.n = 6,
				    .type = IKE_PAYLOAD_ID,
				    .body = (const uint8_t *)ids[i].body,
				    .len = ids[i].len,
				    .rehash = true};
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = forge_first;
		lab.fate_ctx = &f;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(f.done);
		assert_int_equal(counter(&lab, 1, IKE_COUNT_PROXY_ID), 1);
		assert_int_equal(lab.ends[1].n_in, 0);
		assert_int_equal(lab_up(&lab, 1), 1);
		lab_fini(&lab);
	}
}

/* H104: an insider opens quick modes and never finishes them. */
static enum lab_fate keep_confirmations(struct lab *, size_t, struct lab_packet *p)
{
	return p->to == 0 ? LAB_DROP : LAB_DELIVER;
}

static void quick_modes_at_once_are_limited(void **)
{
	struct ike_path path;
	struct lab lab;

	tunnel(&lab);
	lab.fate = keep_confirmations;
	path = lab_path(&lab, 0);
	for (uint32_t i = 0; i < 8; i++) {
		lab.ends[0].child.tunnel = 700 + i;
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &lab.ends[0].child),
				 0);
	}
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_in, 8);
	/* The ninth has another message ID; nothing is looked at any more. */
	for (size_t i = lab.n_record; i-- > 0;) {
		struct lab_packet p = *lab.record[i];

		if (p.to != 1)
			continue;
		p.data[20] ^= 0x40;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
		break;
	}
	assert_int_equal(counter(&lab, 1, IKE_COUNT_QM_LIMIT), 1);
	/* Unconfirmed for 30 s: gone, and the environment told which inbound SA to remove. */
	lab_run(&lab, 31000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_CHILD_FAILED), 8);
	for (size_t i = 0; i < 8; i++)
		assert_true(lab.ends[1].events[i].spi != 0);
	assert_int_equal(lab.ends[1].n_out, 0);
	lab_fini(&lab);
}

/* H102: the commit bit changes nothing. */
static enum lab_fate set_commit(struct lab *, size_t n, struct lab_packet *p)
{
	if (n >= 6)
		p->data[19] |= IKE_FLAG_COMMIT;
	return LAB_DELIVER;
}

static void commit_bit_is_ignored(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.fate = set_commit;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

/* H006, H008, H011: what the header alone decides, on a live SA. */
static void headers_that_lie(void **)
{
	static const struct {
		size_t record;
		size_t at;
		uint8_t value;
		enum ike_counter want;
	} rows[] = {
		{6, 19, 0x00, IKE_COUNT_ENC_EXPECTED}, {6, 19, 0x81, IKE_COUNT_BAD_FLAGS},
		{6, 17, 0x20, IKE_COUNT_BAD_VERSION},  {6, 18, 4, IKE_COUNT_BAD_EXCHANGE},
		{6, 18, 6, IKE_COUNT_BAD_EXCHANGE},    {0, 19, 0x01, IKE_COUNT_ENC_UNEXPECTED},
		{0, 20, 0x01, IKE_COUNT_BAD_MSGID},
	};
	struct lab lab;
	uint64_t n = 0;

	tunnel(&lab);
	for (size_t i = 0; i < array_len(rows); i++) {
		struct lab_packet p = *lab.record[rows[i].record];

		p.data[rows[i].at] = rows[i].value;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
		assert_true(counter(&lab, 1, rows[i].want) > 0);
		assert_int_equal(lab_rejected(&lab, 1), ++n);
	}
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

/* Every byte of every message at random: no crash, no tunnel that is not the true one. */
static void seeded_mutants(void **)
{
	struct lab lab;
	unsigned seed = 1;

	tunnel(&lab);
	for (int i = 0; i < 20000; i++) {
		struct lab_packet p = *lab.record[(unsigned)rand_r(&seed) % 9];
		int changes = 1 + rand_r(&seed) % 4;
		uint64_t before = lab_rejected(&lab, p.to);

		for (int k = 0; k < changes; k++)
			p.data[(unsigned)rand_r(&seed) % p.len] ^=
				(uint8_t)(1 + rand_r(&seed) % 255);
		if (rand_r(&seed) % 4 == 0)
			p.len = (unsigned)rand_r(&seed) % (p.len + 1);
		ike_engine_receive(lab.ends[p.to].engine, &p.path, p.data, p.len);
		/* One counter at most: message 1 may have been good enough for a half-open SA. */
		assert_true(lab_rejected(&lab, p.to) - before <= 1);
		if (i % 100 == 0)
			lab_run(&lab, 31000);
	}
	lab_run(&lab, 100000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab.ends[0].n_in + lab.ends[1].n_in, 0);
	assert_int_equal(lab_sas(&lab, 0) + lab_sas(&lab, 1), 2);
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
		cmocka_unit_test(replay_of_a_whole_session),
		cmocka_unit_test(duplicates_are_answered_three_times),
		cmocka_unit_test(junk_between_the_messages),
		cmocka_unit_test(any_message_in_any_state),
		cmocka_unit_test(guessed_cookies),
		cmocka_unit_test(cookie_of_a_refusal_is_worthless),
		cmocka_unit_test(half_open_is_bounded_and_silent),
		cmocka_unit_test(same_cookie_from_two_senders),
		cmocka_unit_test(nothing_in_clear_is_believed),
		cmocka_unit_test(encrypted_without_hash_is_ignored),
		cmocka_unit_test(notifies_are_never_answered_by_notifies),
		cmocka_unit_test(probes_that_lie),
		cmocka_unit_test(deletes_that_lie),
		cmocka_unit_test(delete_of_its_own_sa_comes_last),
		cmocka_unit_test(changed_choice_is_refused),
		cmocka_unit_test(proxies_that_lie),
		cmocka_unit_test(quick_modes_at_once_are_limited),
		cmocka_unit_test(commit_bit_is_ignored),
		cmocka_unit_test(headers_that_lie),
		cmocka_unit_test(seeded_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
