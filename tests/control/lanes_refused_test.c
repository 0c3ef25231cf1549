/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parallel SAs with a peer that wants one pair, or seems to: what is taken for a refusal, and when
 * more are asked for again.
 */
#include "controlplane/lanes.h"
#include "tests/control/lanes_lab.h"

#include <cmocka.h>

static void peer_that_deletes_one_is_left_with_one(void **state)
{
	uint32_t before;

	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	before = lanes_lab_pair(&lanes_lab.a, 0)->spi_in;
	lanes_lab_clear_one(&lanes_lab, &lanes_lab.b, lanes_lab_pair(&lanes_lab.a, 2));
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 0);
	bench_pass(&lanes_lab, LANES_JUDGE_MS / 1000 + 1);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
	assert_int_equal(bench_logged(&lanes_lab.a, "the peer deleted the SA; crypto map M 10"), 1);
	/* the first pair is the one the peer is likeliest to have given up: there is a new one */
	lanes_lab_assert(&lanes_lab.a, 1);
	assert_int_not_equal(lanes_lab_pair(&lanes_lab.a, 0)->spi_in, before);
	lanes_lab_traffic(&lanes_lab, 600);
	lanes_lab_assert(&lanes_lab.a, 1);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), 1);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), 1);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
}

/* What it deletes is the oldest, as after a rekey. */
static void peer_that_replaces_the_first_is_left_with_one(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	lanes_lab_clear_one(&lanes_lab, &lanes_lab.b, lanes_lab_pair(&lanes_lab.a, 0));
	assert_null(lanes_lab_pair(&lanes_lab.a, 0));
	bench_pass(&lanes_lab, LANES_JUDGE_MS / 1000 + 1);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
	bench_pass(&lanes_lab, 1);
	lanes_lab_assert(&lanes_lab.a, 1);
	lanes_lab_traffic(&lanes_lab, 100);
	lanes_lab_assert(&lanes_lab.a, 1);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), 1);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
}

/* The offer of a second pair is never answered. */
static void peer_that_does_not_answer_is_left_with_one(void **state)
{
	(void)state;
	lanes_lab.lose_after = 9; /* main mode has 6 messages, quick mode 3 */
	bench_acquire(&lanes_lab, &lanes_lab.a, LANES_LAB_TUNNEL);
	bench_pass(&lanes_lab, 70);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
	assert_int_equal(bench_logged(&lanes_lab.a, "MODE_FAILURE"), 0);
	lanes_lab_assert(&lanes_lab.a, 1);
	lanes_lab.lose_after = 0;
	lanes_lab_traffic(&lanes_lab, 300);
	lanes_lab_assert(&lanes_lab.a, 1);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 1);
}

static void refused_lanes_are_asked_for_again_after_a_clear(void **state)
{
	(void)state;
	peer_that_deletes_one_is_left_with_one(state);
	lanes_lab_clear(&lanes_lab, &lanes_lab.a);
	bench_acquire(&lanes_lab, &lanes_lab.a, LANES_LAB_TUNNEL);
	bench_pass(&lanes_lab, 1);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
}

static void refused_lanes_are_asked_for_again_under_a_new_ike_sa(void **state)
{
	(void)state;
	peer_that_deletes_one_is_left_with_one(state);
	/* the next pair under the same one: still refused */
	lanes_lab_wear_out(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 0));
	bench_pass(&lanes_lab, 3);
	lanes_lab_assert(&lanes_lab.a, 1);
	ike_engine_clear(lanes_lab.a.control->engine, 0, NULL);
	bench_settle(&lanes_lab);
	lanes_lab_wear_out(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 0));
	bench_pass(&lanes_lab, 3);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
}

/* Whoever deletes all of them at once has nothing against several. */
static void peer_that_clears_everything_refuses_nothing(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	lanes_lab_clear(&lanes_lab, &lanes_lab.b);
	bench_pass(&lanes_lab, 5);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 0);
	lanes_lab_bring_up(&lanes_lab);
}

static void late_delete_of_a_lane_is_made_good(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	lanes_lab_traffic(&lanes_lab, LANES_PROBATION_MS / 1000);
	lanes_lab_clear_one(&lanes_lab, &lanes_lab.b, lanes_lab_pair(&lanes_lab.a, 1));
	assert_null(lanes_lab_pair(&lanes_lab.a, 1));
	lanes_lab_traffic(&lanes_lab, SA_STORE_RETRY_MS / 1000 + 2);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	/* lane 0 too, though no packet asks for it while the others carry what is its */
	lanes_lab_traffic(&lanes_lab, LANES_PROBATION_MS / 1000);
	lanes_lab_clear_one(&lanes_lab, &lanes_lab.b, lanes_lab_pair(&lanes_lab.a, 0));
	assert_null(lanes_lab_pair(&lanes_lab.a, 0));
	lanes_lab_traffic(&lanes_lab, 2);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	assert_int_equal(bench_logged(&lanes_lab.a, LANES_LAB_REFUSED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANES_CASE(peer_that_deletes_one_is_left_with_one),
		LANES_CASE(peer_that_replaces_the_first_is_left_with_one),
		LANES_CASE(peer_that_does_not_answer_is_left_with_one),
		LANES_CASE(refused_lanes_are_asked_for_again_after_a_clear),
		LANES_CASE(refused_lanes_are_asked_for_again_under_a_new_ike_sa),
		LANES_CASE_BOTH(peer_that_clears_everything_refuses_nothing),
		LANES_CASE(late_delete_of_a_lane_is_made_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
