/* SPDX-License-Identifier: BSD-3-Clause */
/* Dead peer detection (RFC 3706): who is asked when, who is dead, and what that ends. */
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <errno.h>
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

static void dead_peer_is_found_when_traffic_is_not_answered(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	lab.ends[0].has_sent = true;
	lab.cut = true;
	/* 10 s of silence, then five probes 2 s apart. */
	lab_run(&lab, 9900);
	assert_int_equal(lab.ends[0].n_sent, 0);
	lab_run(&lab, 10000);
	assert_int_equal(lab.ends[0].n_sent, 5);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_DOWN));
	lab_run(&lab, 200);
	e = lab_event(&lab.ends[0], IKE_EVENT_DOWN);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_DPD_DEAD);
	/* B had nothing to send and is left in peace. */
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	/* The next contact is a first one: B forgets what A forgot. */
	lab.cut = false;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_non_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* A lost DELETE leaves us one IKE SA too many: it goes, the peer and its other SAs stay. */
static void a_dead_sa_is_no_dead_peer(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_periodic = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 0), 2);
	lab.cut = true;
	assert_int_equal(ike_engine_clear(lab.ends[1].engine, 1001, NULL), 1);
	lab_settle(&lab);
	lab.cut = false;
	lab_forget(&lab);
	lab_run(&lab, 60000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_DOWN), 1);
	e = lab_event(&lab.ends[0], IKE_EVENT_DOWN);
	assert_int_equal(e->reason, IKE_REASON_NO_ANSWER);
	lab_fini(&lab);
}

static void probe_is_answered_and_life_goes_on(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	lab.ends[0].has_sent = true;
	lab_run(&lab, 1000000);
	/* One probe and one answer every 10 s. */
	assert_in_range(lab.ends[0].n_sent, 98, 100);
	assert_int_equal(lab.ends[1].n_sent, lab.ends[0].n_sent);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

static void traffic_is_life_and_silence_without_traffic_is_none_of_ours(void **)
{
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	lab.ends[0].has_sent = true;
	lab.ends[0].hears = true;
	lab_run(&lab, 1000000);
	assert_int_equal(lab.ends[0].n_sent, 0);
	lab.ends[0].has_sent = false;
	lab.ends[0].hears = false;
	lab_run(&lab, 1000000);
	assert_int_equal(lab.ends[0].n_sent, 0);
	lab_fini(&lab);
}

static void periodic_probes_do_not_wait_for_traffic(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_periodic = true;
	up(&lab);
	lab_run(&lab, 100000);
	assert_in_range(lab.ends[0].n_sent, 8, 10);
	lab.cut = true;
	lab_run(&lab, 30000);
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_DOWN)->reason, IKE_REASON_DPD_DEAD);
	lab_fini(&lab);
}

static void dpd_off_sends_nothing(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].peer.dpd_s = 0;
	up(&lab);
	lab.ends[0].has_sent = true;
	lab.ends[1].has_sent = true;
	lab_run(&lab, 1000000);
	assert_int_equal(lab.ends[0].n_sent + lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

/* A lost acknowledgement is asked for again; the same probe twice is answered, an old one never. */
static void replayed_probe_does_nothing(void **)
{
	struct lab_packet *probe;
	struct lab lab;

	lab_init(&lab);
	up(&lab);
	lab.ends[0].has_sent = true;
	lab_run(&lab, 10100);
	probe = lab.record[9]; /* the first after main and quick mode */
	assert_int_equal(probe->to, 1);
	lab_forget(&lab);
	for (int i = 0; i < 10; i++)
		lab_inject_path(&lab, 1, &probe->path, probe->data, probe->len);
	assert_int_equal(lab.ends[1].n_sent, 3);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_DUP), 10);
	lab_run(&lab, 10000);
	lab_forget(&lab);
	lab_inject_path(&lab, 1, &probe->path, probe->data, probe->len);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_REPLAY), 1);
	lab_fini(&lab);
}

/* What became of a question of a size: its datagram is that large, and what is not answered ends
 * nothing. */
static void a_question_has_the_size_asked_for(void **)
{
	const struct ike_event *e;
	struct ike_path path;
	struct lab lab;
	uint32_t number;

	lab_init(&lab);
	up(&lab);
	path = lab_path(&lab, 0);
	for (size_t bytes = 300; bytes <= 1500; bytes += 100) {
		size_t n = lab.n_record;

		assert_int_equal(ike_engine_sized(lab.ends[0].engine, &path, bytes, &number), 0);
		assert_in_range(lab.record[n]->len + 28, bytes - 15, bytes);
		lab_settle(&lab);
		assert_int_equal(lab.n_record, n + 2);
		e = lab_event(&lab.ends[0], IKE_EVENT_SIZED);
		assert_non_null(e);
		assert_int_equal(e->number, number);
		lab_forget(&lab);
		lab_run(&lab, 200);
	}
	/* no size is too small to ask */
	assert_int_equal(ike_engine_sized(lab.ends[0].engine, &path, 1, &number), 0);
	lab_settle(&lab);
	assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_SIZED));
	lab_forget(&lab);

	lab.cut = true;
	assert_int_equal(ike_engine_sized(lab.ends[0].engine, &path, 1500, &number), 0);
	lab_run(&lab, 60000);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_SIZED));
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_rejected(&lab, 0), 0);
	assert_int_equal(lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

/* The probe of before is still waited for. */
static void a_question_waits_for_a_probe(void **)
{
	struct ike_path path;
	struct lab lab;
	uint32_t number;

	lab_init(&lab);
	up(&lab);
	path = lab_path(&lab, 0);
	lab.ends[0].has_sent = true;
	lab.cut = true;
	lab_run(&lab, 11000);
	assert_int_equal(ike_engine_sized(lab.ends[0].engine, &path, 500, &number), -EBUSY);
	assert_int_equal(ike_engine_clear(lab.ends[0].engine, 0, NULL), 1);
	assert_int_equal(ike_engine_sized(lab.ends[0].engine, &path, 500, &number), -ENOENT);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dead_peer_is_found_when_traffic_is_not_answered),
		cmocka_unit_test(a_dead_sa_is_no_dead_peer),
		cmocka_unit_test(probe_is_answered_and_life_goes_on),
		cmocka_unit_test(traffic_is_life_and_silence_without_traffic_is_none_of_ours),
		cmocka_unit_test(periodic_probes_do_not_wait_for_traffic),
		cmocka_unit_test(dpd_off_sends_nothing),
		cmocka_unit_test(replayed_probe_does_nothing),
		cmocka_unit_test(a_question_has_the_size_asked_for),
		cmocka_unit_test(a_question_waits_for_a_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
