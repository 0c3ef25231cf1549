/* SPDX-License-Identifier: BSD-3-Clause */
/* Every message of an exchange lost, doubled, late or damaged, once and at random. */
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	MESSAGES = 9
};

static void try_each(enum lab_fate what, bool nat, uint16_t pfs)
{
	for (size_t n = 0; n < MESSAGES; n++) {
		struct lab lab;

		lab_init(&lab);
		lab.nat = nat;
		for (int i = 0; i < 2; i++)
			lab.ends[i].child.pfs_group = pfs;
		lab_start(&lab);
		lab.fate = lab_fate_nth;
		lab.fate_n = n;
		lab.fate_what = what;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 20000);
		if (!lab_pair_fits(&lab) || lab_up(&lab, 0) != 1 || lab_up(&lab, 1) != 1)
			fail_msg("fate %d of message %zu: no tunnel", what, n + 1);
		/* One pair only, and nothing forgotten. */
		assert_int_equal(lab.ends[0].n_in, 1);
		assert_int_equal(lab.ends[1].n_in, 1);
		assert_int_equal(lab.ends[0].n_out, 1);
		assert_int_equal(lab.ends[1].n_out, 1);
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		/* Half-open remains are gone after their time. */
		lab_run(&lab, 60000);
		assert_int_equal(lab_sas(&lab, 0), 1);
		assert_int_equal(lab_sas(&lab, 1), 1);
		lab_fini(&lab);
	}
}

static void any_message_may_be_lost(void **)
{
	try_each(LAB_DROP, false, 0);
	try_each(LAB_DROP, false, 2);
	try_each(LAB_DROP, true, 0);
}

static void any_message_may_come_twice(void **)
{
	try_each(LAB_DUPLICATE, false, 0);
	try_each(LAB_DUPLICATE, false, 2);
}

static void any_message_may_be_late(void **)
{
	try_each(LAB_DELAY, false, 0);
}

/*
 * What is damaged in clear may only fail at the hash, or leave a wrong idea of a NAT behind: then
 * the operator clears, and the next negotiation succeeds.
 */
static void any_message_may_be_damaged(void **)
{
	for (size_t n = 0; n < MESSAGES; n++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = lab_fate_nth;
		lab.fate_n = n;
		lab.fate_what = LAB_CORRUPT;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 120000);
		if (!lab.ends[0].n_out) {
			assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED));
			ike_engine_clear(lab.ends[0].engine, 0, NULL);
			lab_settle(&lab);
			assert_int_equal(lab_initiate(&lab, 0), 0);
			lab_run(&lab, 1000);
		}
		if (!lab_pair_fits(&lab))
			fail_msg("message %zu damaged: no tunnel", n + 1);
		lab_fini(&lab);
	}
}

static enum lab_fate at_random(struct lab *lab, size_t n, struct lab_packet *packet)
{
	unsigned *seed = lab->fate_ctx;
	int r = rand_r(seed) % 100;

	(void)n;
	(void)packet;
	if (r < 20)
		return LAB_DROP;
	if (r < 30)
		return LAB_DUPLICATE;
	return r < 40 ? LAB_DELAY : LAB_DELIVER;
}

/* Loss of 20 %, doubling, delays, both ends start: a tunnel or a reason, and nothing left over. */
static void random_channel_ends_in_a_tunnel_or_a_reason(void **)
{
	size_t tunnels = 0;

	for (unsigned seed = 1; seed <= 200; seed++) {
		unsigned state = seed;
		struct lab lab;

		lab_init(&lab);
		lab.ends[0].random_state = seed;
		lab.ends[1].random_state = seed + 1000;
		lab.ends[0].peer.dpd_s = 0;
		lab.ends[1].peer.dpd_s = 0;
		lab_start(&lab);
		lab.fate = at_random;
		lab.fate_ctx = &state;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		if (seed % 2)
			assert_int_equal(lab_initiate(&lab, 1), 0);
		lab_run(&lab, 200000);
		tunnels += lab.ends[0].n_out > 0 && lab.ends[1].n_out > 0;
		if (!lab.ends[0].n_out)
			assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED));
		assert_int_equal(lab_sas(&lab, 0), lab_up(&lab, 0));
		assert_int_equal(lab_sas(&lab, 1), lab_up(&lab, 1));
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		lab_fini(&lab);
	}
	assert_true(tunnels > 190);
}

/* The peer vanishes after message n: five tries, then a reason and no state (H106). */
static enum lab_fate vanish(struct lab *lab, size_t n, struct lab_packet *packet)
{
	(void)packet;
	return n >= lab->fate_n ? LAB_DROP : LAB_DELIVER;
}

static void vanished_peer_leaves_nothing_behind(void **)
{
	for (size_t n = 0; n < MESSAGES; n++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = vanish;
		lab.fate_n = n;
		lab.ends[0].has_sent = true;
		lab.ends[1].has_sent = true;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 300000);
		assert_int_equal(lab_sas(&lab, 0), 0);
		assert_int_equal(lab_sas(&lab, 1), 0);
		assert_true(lab.ends[0].n_sent <= 40);
		assert_true(lab.ends[1].n_sent <= 40);
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		/* Never outbound without message 3 (H103). */
		if (n <= 8)
			assert_int_equal(lab.ends[1].n_out, 0);
		lab_fini(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_message_may_be_lost),
		cmocka_unit_test(any_message_may_come_twice),
		cmocka_unit_test(any_message_may_be_late),
		cmocka_unit_test(any_message_may_be_damaged),
		cmocka_unit_test(random_channel_ends_in_a_tunnel_or_a_reason),
		cmocka_unit_test(vanished_peer_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
