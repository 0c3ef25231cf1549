/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parallel SAs between two control planes: how many come up, where, and what rekeys, changes of the
 * configuration and a restart do to them.
 */
#include "controlplane/lanes.h"
#include "tests/control/lanes_lab.h"

#include <cmocka.h>

#include <stdio.h>

enum {
	GRACE_S = SA_STORE_GRACE_MS / 1000,
};

static void carry_kb(struct bench_end *end, const struct sa_pair *pair, uint64_t kb)
{
	plane_stats_out_of(&end->plane, pair->worker)[plane_spi_slot(pair->spi_in)].bytes +=
		kb * 1024;
}

static void lanes_of_both_ends_fill(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	lanes_lab_assert(&lanes_lab.b, LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		assert_ptr_equal(lanes_lab_peer(&lanes_lab.b, lanes_lab_pair(&lanes_lab.a, lane)),
				 lanes_lab_pair(&lanes_lab.b, lane));
	lanes_lab_traffic(&lanes_lab, LANES_PROBATION_MS / 1000);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(lanes_lab_refusals(&lanes_lab), 0);
	/* one tunnel, however many pairs */
	assert_int_equal(bench_logged(&lanes_lab.a, "Crypto tunnel is UP"), 1);
	/* the policy tells the workers to use their own */
	assert_int_equal(lanes_lab_tunnel(&lanes_lab.a)->spread, PLANE_SPREAD_PER_WORKER);
}

/* The end that did not begin waits for the other one, then does it itself. */
static void responder_fills_what_the_initiator_does_not(void **state)
{
	(void)state;
	bench_acquire(&lanes_lab, &lanes_lab.b, LANES_LAB_TUNNEL);
	lanes_lab_assert(&lanes_lab.a, 1);
	bench_pass(&lanes_lab, LANES_PATIENCE_MS / 1000 - 1);
	lanes_lab_assert(&lanes_lab.a, 1);
	bench_pass(&lanes_lab, 2);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), LANES_LAB_N);
}

/* An end with one pair takes all that the peer offers, and sends on the newest. */
static void end_without_lanes_receives_on_all_of_them(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), LANES_LAB_N);
	assert_ptr_equal(
		lanes_lab_peer(&lanes_lab.b, lanes_lab_pair(&lanes_lab.a, LANES_LAB_N - 1)),
		bench_current(&lanes_lab.b, LANES_LAB_TUNNEL));
	bench_forget(&lanes_lab.b);
	lanes_lab_traffic(&lanes_lab, 10);
	/* nothing is said on any of them for long */
	bench_pass(&lanes_lab, 3 * GRACE_S);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), LANES_LAB_N);
	assert_int_equal(bench_seen(&lanes_lab.b, PLANE_SA_IN_REMOVE), 0);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
}

static void successor_takes_the_lane_of_the_pair_that_is_used_up(void **state)
{
	uint32_t before[LANES_LAB_N];

	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		before[lane] = lanes_lab_pair(&lanes_lab.a, lane)->spi_in;
	carry_kb(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1), 4000000);
	carry_kb(&lanes_lab.b, lanes_lab_pair(&lanes_lab.b, 1), 4000000);
	lanes_lab_wear_out(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1));
	bench_pass(&lanes_lab, 2);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	lanes_lab_assert(&lanes_lab.b, LANES_LAB_N);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
		struct sa_pair *pair = lanes_lab_pair(&lanes_lab.a, lane);

		assert_int_equal(pair->spi_in != before[lane], lane == 1);
		assert_ptr_equal(lanes_lab_peer(&lanes_lab.b, pair),
				 lanes_lab_pair(&lanes_lab.b, lane));
	}
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), LANES_LAB_N + 1);
	lanes_lab_traffic(&lanes_lab, GRACE_S + 10);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	lanes_lab_assert(&lanes_lab.b, LANES_LAB_N);
	assert_int_equal(lanes_lab_refusals(&lanes_lab), 0);
}

/* b wants a fourth pair and has not got it yet: the renewal of another one is not for that. */
static void successor_does_not_fill_an_empty_lane(void **state)
{
	(void)state;
	bench_configure(&lanes_lab, &lanes_lab.b,
			LANES_LAB_ENTRY " set security-association per-worker 4\n");
	lanes_lab_bring_up(&lanes_lab);
	assert_null(lanes_lab_pair(&lanes_lab.b, LANES_LAB_N));
	carry_kb(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1), 4000000);
	carry_kb(&lanes_lab.b, lanes_lab_pair(&lanes_lab.b, 1), 4000000);
	lanes_lab_wear_out(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1));
	bench_pass(&lanes_lab, 2);
	assert_null(lanes_lab_pair(&lanes_lab.b, LANES_LAB_N));
	assert_ptr_equal(lanes_lab_peer(&lanes_lab.b, lanes_lab_pair(&lanes_lab.a, 1)),
			 lanes_lab_pair(&lanes_lab.b, 1));
	lanes_lab_traffic(&lanes_lab, LANES_PATIENCE_MS / 1000 + 1);
	assert_non_null(lanes_lab_pair(&lanes_lab.b, LANES_LAB_N));
	assert_int_equal(lanes_lab_refusals(&lanes_lab), 0);
}

/* Traffic of one lane renews the others, which have carried nothing. */
static void quiet_lanes_are_renewed_with_the_others(void **state)
{
	uint32_t before[LANES_LAB_N];

	(void)state;
	bench_configure(&lanes_lab, &lanes_lab.a,
			LANES_LAB_ENTRY " set security-association lifetime seconds 120\n");
	lanes_lab_bring_up(&lanes_lab);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		before[lane] = lanes_lab_pair(&lanes_lab.a, lane)->spi_in;
	bench_traffic(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1));
	bench_pass(&lanes_lab, 110);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		assert_int_not_equal(lanes_lab_pair(&lanes_lab.a, lane)->spi_in, before[lane]);
}

/* Twenty lifetimes by the clock: always so many pairs, and never one too many for long. */
static void lanes_live_on_through_rekeys(void **state)
{
	(void)state;
	bench_configure(&lanes_lab, &lanes_lab.a,
			LANES_LAB_ENTRY " set security-association lifetime seconds 120\n");
	lanes_lab_bring_up(&lanes_lab);
	for (unsigned i = 0; i < 40; i++) {
		lanes_lab_traffic(&lanes_lab, 60);
		for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
			assert_non_null(lanes_lab_pair(&lanes_lab.a, lane));
			assert_non_null(lanes_lab_pair(&lanes_lab.b, lane));
		}
		assert_in_range(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), LANES_LAB_N,
				2 * LANES_LAB_N);
		assert_in_range(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), LANES_LAB_N,
				2 * LANES_LAB_N);
	}
	assert_int_equal(lanes_lab_refusals(&lanes_lab), 0);
}

static void all_lanes_go_together(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	lanes_lab_clear(&lanes_lab, &lanes_lab.a);
	bench_pass(&lanes_lab, 5);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_count_pairs(&lanes_lab.b, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_logged(&lanes_lab.a, "Crypto tunnel is DOWN"), 1);
	for (unsigned w = 0; w < BENCH_WORKERS; w++)
		assert_int_equal(slots_used(lanes_lab.a.control->slots, w), 0);
}

static void idle_tunnel_goes_with_all_its_lanes(void **state)
{
	(void)state;
	bench_configure(&lanes_lab, &lanes_lab.a,
			LANES_LAB_ENTRY " set security-association idle-time 60\n");
	lanes_lab_bring_up(&lanes_lab);
	/* traffic of one lane keeps the others */
	for (unsigned i = 0; i < 90; i++) {
		bench_traffic(&lanes_lab.a, lanes_lab_pair(&lanes_lab.a, 1));
		bench_pass(&lanes_lab, 1);
	}
	lanes_lab_assert(&lanes_lab.a, LANES_LAB_N);
	bench_pass(&lanes_lab, 70);
	assert_int_equal(bench_count_pairs(&lanes_lab.a, LANES_LAB_TUNNEL), 0);
}

/* The orphans of all workers count, and go on one command. */
static void restarted_control_plane_knows_orphans_of_all_lanes(void **state)
{
	static const char more[] = LANES_LAB_PARALLEL;
	static char config[4096];

	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	snprintf(config, sizeof(config), "%s%s", bench_config_a, more);
	bench_restart(&lanes_lab, &lanes_lab.a, config);
	assert_int_equal(lanes_lab.a.control->orphans.n, LANES_LAB_N);
	assert_int_equal(orphans_remove_matching(&lanes_lab.a.control->orphans,
						 &lanes_lab.a.control->tunnels, NULL, NULL),
			 LANES_LAB_N);
	bench_settle(&lanes_lab);
	assert_int_equal(lanes_lab.a.control->orphans.n, 0);
	lanes_lab_bring_up(&lanes_lab);
}

static void fewer_lanes_take_away_what_is_too_much(void **state)
{
	(void)state;
	lanes_lab_bring_up(&lanes_lab);
	bench_configure(&lanes_lab, &lanes_lab.a,
			LANES_LAB_ENTRY " set security-association per-worker 2\n");
	bench_pass(&lanes_lab, 3);
	lanes_lab_assert(&lanes_lab.a, 2);
	bench_pass(&lanes_lab, 30);
	lanes_lab_assert(&lanes_lab.a, 2);
	assert_int_equal(bench_logged(&lanes_lab.b, LANES_LAB_REFUSED), 0);
}

/* A pair for each class, all at the owner, each in its place of the tunnel. */
static void classes_have_a_pair_each(void **state)
{
	static const char classes[] = "class-map VOICE\n match dscp ef\n"
				      "class-map DATA\n match dscp af11\n"
				      "policy-map P\n class VOICE\n  priority 1000\n class DATA\n"
				      "interface gi0/1\n service-policy output P\n" LANES_LAB_ENTRY
				      " no set security-association per-worker\n"
				      " set security-association per-class\n";
	unsigned lanes = 0;

	(void)state;
	bench_configure(&lanes_lab, &lanes_lab.a, classes);
	assert_int_equal(lanes_lab_tunnel(&lanes_lab.a)->n_lanes, LANES_LAB_N);
	bench_forget(&lanes_lab.a);
	bench_acquire(&lanes_lab, &lanes_lab.a, LANES_LAB_TUNNEL);
	bench_pass(&lanes_lab, 1);
	for (size_t i = 0; i < lanes_lab.a.n_seen; i++) {
		if (lanes_lab.a.seen[i].type != PLANE_SA_OUT_INSTALL)
			continue;
		lanes |= 1u << lanes_lab.a.seen[i].sa.lane;
		assert_int_equal(lanes_lab.a.seen_at[i], lanes_lab_tunnel(&lanes_lab.a)->worker);
	}
	assert_int_equal(lanes, 7);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.b), LANES_LAB_N);
	assert_int_equal(lanes_lab_tunnel(&lanes_lab.a)->spread, PLANE_SPREAD_PER_CLASS);
	/* another class is another pair, without a word about the three there are */
	bench_configure(&lanes_lab, &lanes_lab.a,
			"class-map BULK\n match dscp af12\npolicy-map P\n class BULK\n");
	bench_pass(&lanes_lab, 2);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.a), LANES_LAB_N + 1);
	bench_configure(&lanes_lab, &lanes_lab.a, "policy-map P\n no class BULK\n no class DATA\n");
	bench_pass(&lanes_lab, 5);
	assert_int_equal(lanes_lab_receiving(&lanes_lab.a), LANES_LAB_N - 1);
	assert_int_equal(lanes_lab_refusals(&lanes_lab), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANES_CASE_BOTH(lanes_of_both_ends_fill),
		LANES_CASE(responder_fills_what_the_initiator_does_not),
		LANES_CASE(end_without_lanes_receives_on_all_of_them),
		LANES_CASE_BOTH(successor_takes_the_lane_of_the_pair_that_is_used_up),
		LANES_CASE(successor_does_not_fill_an_empty_lane),
		LANES_CASE(quiet_lanes_are_renewed_with_the_others),
		LANES_CASE_BOTH(lanes_live_on_through_rekeys),
		LANES_CASE_BOTH(all_lanes_go_together),
		LANES_CASE(idle_tunnel_goes_with_all_its_lanes),
		LANES_CASE(restarted_control_plane_knows_orphans_of_all_lanes),
		LANES_CASE(fewer_lanes_take_away_what_is_too_much),
		LANES_CASE(classes_have_a_pair_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
