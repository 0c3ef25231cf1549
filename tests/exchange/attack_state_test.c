/* SPDX-License-Identifier: BSD-3-Clause */
/* Replays, duplicates, junk and messages out of place (catalogue 3.1, 3.6), in every state. */
#include "controlplane/ike/ike_payload.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* H083, H084, H085: everything recorded is played again, from the peer's address and another. */
static void replay_of_a_whole_session(void **)
{
	struct lab lab;
	size_t n;

	lab_tunnel(&lab);
	n = lab.n_record;
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
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_MSGID_REUSE), 1);
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
		assert_true(lab_counter(&lab, 1, IKE_COUNT_HASH_FAIL) > 0);
		lab_fini(&lab);
	}
}

/* H080, H081, H082: each message of a session in each state of another, cookies fitted. */
static void any_message_in_any_state(void **)
{
	struct lab donor;

	lab_tunnel(&donor);
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
		{6, 17, 0x20, IKE_COUNT_BAD_VERSION},  {6, 18, 3, IKE_COUNT_BAD_EXCHANGE},
		{6, 18, 4, IKE_COUNT_BAD_MSGID},       {0, 19, 0x01, IKE_COUNT_ENC_UNEXPECTED},
		{0, 20, 0x01, IKE_COUNT_BAD_MSGID},
	};
	struct lab lab;
	uint64_t n = 0;

	lab_tunnel(&lab);
	for (size_t i = 0; i < array_len(rows); i++) {
		struct lab_packet p = *lab.record[rows[i].record];

		p.data[rows[i].at] = rows[i].value;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
		assert_true(lab_counter(&lab, 1, rows[i].want) > 0);
		assert_int_equal(lab_rejected(&lab, 1), ++n);
	}
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

/* What was said of the datagrams themselves; half-open SAs that were put out are another thing. */
static uint64_t refused(const struct lab *lab, int end)
{
	return lab_rejected(lab, end) - lab_counter(lab, end, IKE_COUNT_HALF_OPEN);
}

/* Every byte of every message at random: no crash, no tunnel that is not the true one. */
static void seeded_mutants(void **)
{
	struct lab lab;
	unsigned seed = 1;

	lab_tunnel(&lab);
	for (int i = 0; i < 20000; i++) {
		struct lab_packet p = *lab.record[(unsigned)rand_r(&seed) % 9];
		int changes = 1 + rand_r(&seed) % 4;
		uint64_t before = refused(&lab, p.to);

		for (int k = 0; k < changes; k++)
			p.data[(unsigned)rand_r(&seed) % p.len] ^=
				(uint8_t)(1 + rand_r(&seed) % 255);
		if (rand_r(&seed) % 4 == 0)
			p.len = (unsigned)rand_r(&seed) % (p.len + 1);
		ike_engine_receive(lab.ends[p.to].engine, &p.path, p.data, p.len);
		/* One counter at most: message 1 may have been good enough for a half-open SA. */
		assert_true(refused(&lab, p.to) - before <= 1);
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
		cmocka_unit_test(replay_of_a_whole_session),
		cmocka_unit_test(duplicates_are_answered_three_times),
		cmocka_unit_test(junk_between_the_messages),
		cmocka_unit_test(any_message_in_any_state),
		cmocka_unit_test(headers_that_lie),
		cmocka_unit_test(seeded_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
