/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of SAs: rekey of both phases, expiry, DELETE, INITIAL-CONTACT. */
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An established tunnel, A initiator, with what happened so far forgotten. */
static void up(struct lab *lab)
{
	lab_start(lab);
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_settle(lab);
	assert_true(lab_pair_fits(lab));
	lab_forget(lab);
}

static void phase_1_is_renewed_at_75_percent(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.policies[0].lifetime_s = 1000;
		lab.ends[i].peer.dpd_s = 0;
	}
	up(&lab);
	lab_run(&lab, 749000);
	assert_int_equal(lab.ends[0].n_sent, 0);
	lab_run(&lab, 2000);
	/* The new one is there before the old one goes; the children are nobody's business here. */
	assert_int_equal(lab_up(&lab, 0), 2);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_DOWN), 0);
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	lab_run(&lab, 11000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	e = lab_event(&lab.ends[0], IKE_EVENT_DOWN);
	assert_int_equal(e->reason, IKE_REASON_REPLACED);
	e = lab_event(&lab.ends[1], IKE_EVENT_DOWN);
	assert_int_equal(e->reason, IKE_REASON_PEER_DELETED);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	/* And again and again. */
	lab_run(&lab, 5000000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_FAILED), 0);
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

struct shown {
	unsigned active;
	unsigned rekey;
};

static void count_shown(void *ctx, const struct ike_sa_info *info)
{
	struct shown *shown = ctx;

	shown->active += !info->rekey;
	shown->rekey += info->rekey;
}

/* R034: one active and one for the rekey, at both ends, as long as it takes. */
static void renewal_shows_beside_the_active_one(void **)
{
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.policies[0].lifetime_s = 1000;
		lab.ends[i].peer.dpd_s = 0;
	}
	up(&lab);
	for (unsigned phase = 0; phase < 3; phase++) {
		if (phase == 1)
			lab_run(&lab, 751000);
		else if (phase == 2)
			lab_run(&lab, 20000);
		for (int i = 0; i < 2; i++) {
			struct shown shown = {0};

			ike_engine_each(lab.ends[i].engine, count_shown, &shown);
			assert_int_equal(shown.active, 1);
			assert_int_equal(shown.rekey, phase == 1);
		}
	}
	lab_fini(&lab);
}

static void shorter_lifetime_is_used(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].peer.policies[0].lifetime_s = 1000;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	/* B, responder, has said so: A negotiates anew at 75 % of it. */
	lab.ends[0].hears = true;
	lab.ends[1].hears = true;
	lab_forget(&lab);
	lab_run(&lab, 749000);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 0);
	lab_run(&lab, 2000);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 1);
	lab_fini(&lab);
}

/* When the word of it is lost, B negotiates anew itself at 95 % of its lifetime. */
static void shorter_lifetime_is_used_when_the_peer_has_not_heard_of_it(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].peer.policies[0].lifetime_s = 1000;
	lab_start(&lab);
	lab.fate = lab_fate_nth;
	lab.fate_n = 6;
	lab.fate_what = LAB_DROP;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.record[6]->data[18], 5); /* informational */
	lab.ends[0].hears = true;
	lab.ends[1].hears = true;
	lab_forget(&lab);
	lab_run(&lab, 940000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_UP), 0);
	lab_run(&lab, 11000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_UP), 1);
	lab_fini(&lab);
}

/* A longer one is not asked for, and a lifetime that is none ends never. */
static void lifetime_of_none_is_forever(void **)
{
	static const struct {
		uint32_t a, b;
		unsigned renewals; /* in 10,000 s */
	} rows[] = {{0, 0, 0}, {1000, 0, 13}, {0, 1000, 13}, {2000, 1000, 13}, {1000, 2000, 13}};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[0].peer.policies[0].lifetime_s = rows[i].a;
		lab.ends[1].peer.policies[0].lifetime_s = rows[i].b;
		lab.ends[0].hears = true;
		lab.ends[1].hears = true;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		lab_forget(&lab);
		lab_run(&lab, 10000000);
		assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), rows[i].renewals);
		assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_FAILED), 0);
		assert_int_equal(lab_up(&lab, 0), 1);
		assert_int_equal(lab_up(&lab, 1), 1);
		lab_fini(&lab);
	}
}

static void expiry_without_successor_says_goodbye(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.policies[0].lifetime_s = 1000;
		lab.ends[i].peer.dpd_s = 0;
	}
	up(&lab);
	lab.cut = true;
	lab_run(&lab, 999000);
	assert_int_equal(lab_up(&lab, 0), 1);
	lab.cut = false;
	/* The attempts to renew it have failed; the last one is still under way. */
	lab_run(&lab, 1000);
	e = lab_event(&lab.ends[0], IKE_EVENT_DOWN);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_EXPIRED);
	lab_fini(&lab);
}

static void both_ends_renew_phase_1_at_once(void **)
{
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.policies[0].lifetime_s = 1000;
		lab.ends[i].peer.dpd_s = 0;
	}
	lab_start(&lab);
	/* Two IKE SAs, one from each side, so that both are due at the same moment. */
	assert_int_equal(lab_initiate(&lab, 0), 0);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 0), 2);
	lab_forget(&lab);
	lab_run(&lab, 10000000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	/* One rekey each 750 s, not two. */
	assert_in_range(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 12, 14);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_FAILED), 0);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_FAILED), 0);
	lab_fini(&lab);
}

static void child_is_renewed_beside_the_old_one(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(lab_initiate(&lab, i % 2), 0);
		lab_settle(&lab);
		assert_int_equal(lab.ends[0].n_out, i + 1);
		assert_true(lab_pair_fits(&lab));
	}
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 0);
	lab_fini(&lab);
}

static void children_are_renewed_by_both_ends_at_once(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(lab_initiate(&lab, 0), 0);
		assert_int_equal(lab_initiate(&lab, 1), 0);
		lab_settle(&lab);
		assert_int_equal(lab.ends[0].n_out, 2 * (i + 1));
	}
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

static void delete_of_a_child_reaches_the_peer(void **)
{
	struct ike_path path;
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	path = lab_path(&lab, 0);
	ike_engine_delete_child(lab.ends[0].engine, &path, 0x12345678);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_deleted, 1);
	assert_int_equal(lab.ends[1].deleted[0], 0x12345678);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

static void clear_ends_both_sides(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	assert_int_equal(ike_engine_clear(lab.ends[1].engine, 4242, NULL), 0);
	assert_int_equal(ike_engine_clear(lab.ends[1].engine, 1001, NULL), 1);
	lab_settle(&lab);
	assert_int_equal(lab_sas(&lab, 0) + lab_sas(&lab, 1), 0);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_CLEARED);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_DOWN)->reason, IKE_REASON_PEER_DELETED);
	/* It comes back when somebody wants it. */
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

static void shutdown_tells_the_peer_and_starts_nothing(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	ike_engine_shutdown(lab.ends[0].engine);
	lab_run(&lab, 100000);
	assert_int_equal(lab_sas(&lab, 0) + lab_sas(&lab, 1), 0);
	lab_fini(&lab);
}

/*
 * A comes back without memory: B forgets the old SAs when the new one is authenticated, not
 * before.
 */
static void restarted_peer_is_believed_after_authentication(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_s = 0;
	lab.ends[1].peer.dpd_s = 0;
	up(&lab);
	lab_restart(&lab, 0);
	lab_forget(&lab);
	lab.now_ms += 5000;
	lab.fate = lab_fate_nth;
	lab.fate_n = lab.n_packets + 4;
	lab.fate_what = LAB_DELAY; /* message 5 */
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_run(&lab, 1000);
	e = lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT);
	assert_non_null(e);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason,
			 IKE_REASON_INITIAL_CONTACT);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.ends[1].out[0].ike_sa, e->ike_sa);
	lab_fini(&lab);
}

/* Message IDs are all remembered; long before there are too many, phase 1 is renewed. */
static void many_rekeys_renew_phase_1(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_s = 0;
	lab.ends[1].peer.dpd_s = 0;
	up(&lab);
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 5000);
		lab.ends[0].n_out = 0;
		lab.ends[1].n_out = 0;
		for (size_t k = 0; k < lab.n_record; k++)
			free(lab.record[k]);
		lab.n_record = 0;
	}
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_CHILD_FAILED), 0);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 1);
	assert_int_equal(lab_up(&lab, 0), 1);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phase_1_is_renewed_at_75_percent),
		cmocka_unit_test(renewal_shows_beside_the_active_one),
		cmocka_unit_test(shorter_lifetime_is_used),
		cmocka_unit_test(shorter_lifetime_is_used_when_the_peer_has_not_heard_of_it),
		cmocka_unit_test(lifetime_of_none_is_forever),
		cmocka_unit_test(expiry_without_successor_says_goodbye),
		cmocka_unit_test(both_ends_renew_phase_1_at_once),
		cmocka_unit_test(child_is_renewed_beside_the_old_one),
		cmocka_unit_test(children_are_renewed_by_both_ends_at_once),
		cmocka_unit_test(delete_of_a_child_reaches_the_peer),
		cmocka_unit_test(clear_ends_both_sides),
		cmocka_unit_test(shutdown_tells_the_peer_and_starts_nothing),
		cmocka_unit_test(restarted_peer_is_believed_after_authentication),
		cmocka_unit_test(many_rekeys_renew_phase_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
