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

static struct bench bench;

static int setup(void **state)
{
	(void)state;
	lanes_lab_init(&bench, false);
	return 0;
}

static int setup_both(void **state)
{
	(void)state;
	lanes_lab_init(&bench, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_fini(&bench);
	return 0;
}

static void carry_kb(struct bench_end *end, const struct sa_pair *pair, uint64_t kb)
{
	plane_stats_out_of(&end->plane, pair->worker)[plane_spi_slot(pair->spi_in)].bytes +=
		kb * 1024;
}

static void lanes_of_both_ends_fill(void **state)
{
	(void)state;
	lanes_lab_bring_up(&bench);
	lanes_lab_assert(&bench.b, LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&bench.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		assert_ptr_equal(lanes_lab_peer(&bench.b, lanes_lab_pair(&bench.a, lane)),
				 lanes_lab_pair(&bench.b, lane));
	lanes_lab_traffic(&bench, LANES_PROBATION_MS / 1000);
	assert_int_equal(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&bench.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(lanes_lab_refusals(&bench), 0);
	/* one tunnel, however many pairs */
	assert_int_equal(bench_logged(&bench.a, "Crypto tunnel is UP"), 1);
	/* the policy tells the workers to use their own */
	assert_int_equal(lanes_lab_tunnel(&bench.a)->spread, PLANE_SPREAD_PER_WORKER);
}

/* The end that did not begin waits for the other one, then does it itself. */
static void responder_fills_what_the_initiator_does_not(void **state)
{
	(void)state;
	bench_acquire(&bench, &bench.b, LANES_LAB_TUNNEL);
	lanes_lab_assert(&bench.a, 1);
	bench_pass(&bench, LANES_PATIENCE_MS / 1000 - 1);
	lanes_lab_assert(&bench.a, 1);
	bench_pass(&bench, 2);
	lanes_lab_assert(&bench.a, LANES_LAB_N);
	assert_int_equal(lanes_lab_receiving(&bench.b), LANES_LAB_N);
}

/* An end with one pair takes all that the peer offers, and sends on the newest. */
static void end_without_lanes_receives_on_all_of_them(void **state)
{
	(void)state;
	lanes_lab_bring_up(&bench);
	assert_int_equal(lanes_lab_receiving(&bench.b), LANES_LAB_N);
	assert_ptr_equal(lanes_lab_peer(&bench.b, lanes_lab_pair(&bench.a, LANES_LAB_N - 1)),
			 bench_current(&bench.b, LANES_LAB_TUNNEL));
	bench_forget(&bench.b);
	lanes_lab_traffic(&bench, 10);
	/* nothing is said on any of them for long */
	bench_pass(&bench, 3 * GRACE_S);
	assert_int_equal(lanes_lab_receiving(&bench.b), LANES_LAB_N);
	assert_int_equal(bench_seen(&bench.b, PLANE_SA_IN_REMOVE), 0);
	lanes_lab_assert(&bench.a, LANES_LAB_N);
}

static void successor_takes_the_lane_of_the_pair_that_is_used_up(void **state)
{
	uint32_t before[LANES_LAB_N];

	(void)state;
	lanes_lab_bring_up(&bench);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		before[lane] = lanes_lab_pair(&bench.a, lane)->spi_in;
	carry_kb(&bench.a, lanes_lab_pair(&bench.a, 1), 4000000);
	carry_kb(&bench.b, lanes_lab_pair(&bench.b, 1), 4000000);
	lanes_lab_wear_out(&bench.a, lanes_lab_pair(&bench.a, 1));
	bench_pass(&bench, 2);
	lanes_lab_assert(&bench.a, LANES_LAB_N);
	lanes_lab_assert(&bench.b, LANES_LAB_N);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
		struct sa_pair *pair = lanes_lab_pair(&bench.a, lane);

		assert_int_equal(pair->spi_in != before[lane], lane == 1);
		assert_ptr_equal(lanes_lab_peer(&bench.b, pair), lanes_lab_pair(&bench.b, lane));
	}
	assert_int_equal(lanes_lab_receiving(&bench.b), LANES_LAB_N + 1);
	lanes_lab_traffic(&bench, GRACE_S + 10);
	assert_int_equal(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), LANES_LAB_N);
	assert_int_equal(bench_count_pairs(&bench.b, LANES_LAB_TUNNEL), LANES_LAB_N);
	lanes_lab_assert(&bench.a, LANES_LAB_N);
	lanes_lab_assert(&bench.b, LANES_LAB_N);
	assert_int_equal(lanes_lab_refusals(&bench), 0);
}

/* b wants a fourth pair and has not got it yet: the renewal of another one is not for that. */
static void successor_does_not_fill_an_empty_lane(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.b,
			LANES_LAB_ENTRY " set security-association per-worker 4\n");
	lanes_lab_bring_up(&bench);
	assert_null(lanes_lab_pair(&bench.b, LANES_LAB_N));
	carry_kb(&bench.a, lanes_lab_pair(&bench.a, 1), 4000000);
	carry_kb(&bench.b, lanes_lab_pair(&bench.b, 1), 4000000);
	lanes_lab_wear_out(&bench.a, lanes_lab_pair(&bench.a, 1));
	bench_pass(&bench, 2);
	assert_null(lanes_lab_pair(&bench.b, LANES_LAB_N));
	assert_ptr_equal(lanes_lab_peer(&bench.b, lanes_lab_pair(&bench.a, 1)),
			 lanes_lab_pair(&bench.b, 1));
	lanes_lab_traffic(&bench, LANES_PATIENCE_MS / 1000 + 1);
	assert_non_null(lanes_lab_pair(&bench.b, LANES_LAB_N));
	assert_int_equal(lanes_lab_refusals(&bench), 0);
}

/* Traffic of one lane renews the others, which have carried nothing. */
static void quiet_lanes_are_renewed_with_the_others(void **state)
{
	uint32_t before[LANES_LAB_N];

	(void)state;
	bench_configure(&bench, &bench.a,
			LANES_LAB_ENTRY " set security-association lifetime seconds 120\n");
	lanes_lab_bring_up(&bench);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		before[lane] = lanes_lab_pair(&bench.a, lane)->spi_in;
	bench_traffic(&bench.a, lanes_lab_pair(&bench.a, 1));
	bench_pass(&bench, 110);
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++)
		assert_int_not_equal(lanes_lab_pair(&bench.a, lane)->spi_in, before[lane]);
}

/* Twenty lifetimes by the clock: always so many pairs, and never one too many for long. */
static void lanes_live_on_through_rekeys(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a,
			LANES_LAB_ENTRY " set security-association lifetime seconds 120\n");
	lanes_lab_bring_up(&bench);
	for (unsigned i = 0; i < 40; i++) {
		lanes_lab_traffic(&bench, 60);
		for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
			assert_non_null(lanes_lab_pair(&bench.a, lane));
			assert_non_null(lanes_lab_pair(&bench.b, lane));
		}
		assert_in_range(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), LANES_LAB_N,
				2 * LANES_LAB_N);
		assert_in_range(bench_count_pairs(&bench.b, LANES_LAB_TUNNEL), LANES_LAB_N,
				2 * LANES_LAB_N);
	}
	assert_int_equal(lanes_lab_refusals(&bench), 0);
}

static void all_lanes_go_together(void **state)
{
	(void)state;
	lanes_lab_bring_up(&bench);
	lanes_lab_clear(&bench, &bench.a);
	bench_pass(&bench, 5);
	assert_int_equal(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_count_pairs(&bench.b, LANES_LAB_TUNNEL), 0);
	assert_int_equal(bench_logged(&bench.a, "Crypto tunnel is DOWN"), 1);
	for (unsigned w = 0; w < BENCH_WORKERS; w++)
		assert_int_equal(slots_used(bench.a.control->slots, w), 0);
}

static void idle_tunnel_goes_with_all_its_lanes(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a,
			LANES_LAB_ENTRY " set security-association idle-time 60\n");
	lanes_lab_bring_up(&bench);
	/* traffic of one lane keeps the others */
	for (unsigned i = 0; i < 90; i++) {
		bench_traffic(&bench.a, lanes_lab_pair(&bench.a, 1));
		bench_pass(&bench, 1);
	}
	lanes_lab_assert(&bench.a, LANES_LAB_N);
	bench_pass(&bench, 70);
	assert_int_equal(bench_count_pairs(&bench.a, LANES_LAB_TUNNEL), 0);
}

/* The orphans of all workers count, and go on one command. */
static void restarted_control_plane_knows_orphans_of_all_lanes(void **state)
{
	static const char more[] = LANES_LAB_PARALLEL;
	static char config[4096];

	(void)state;
	lanes_lab_bring_up(&bench);
	snprintf(config, sizeof(config), "%s%s", bench_config_a, more);
	bench_restart(&bench, &bench.a, config);
	assert_int_equal(bench.a.control->orphans.n, LANES_LAB_N);
	assert_int_equal(orphans_remove_matching(&bench.a.control->orphans,
						 &bench.a.control->tunnels, NULL, NULL),
			 LANES_LAB_N);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->orphans.n, 0);
	lanes_lab_bring_up(&bench);
}

static void fewer_lanes_take_away_what_is_too_much(void **state)
{
	(void)state;
	lanes_lab_bring_up(&bench);
	bench_configure(&bench, &bench.a,
			LANES_LAB_ENTRY " set security-association per-worker 2\n");
	bench_pass(&bench, 3);
	lanes_lab_assert(&bench.a, 2);
	bench_pass(&bench, 30);
	lanes_lab_assert(&bench.a, 2);
	assert_int_equal(bench_logged(&bench.b, LANES_LAB_REFUSED), 0);
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
	bench_configure(&bench, &bench.a, classes);
	assert_int_equal(lanes_lab_tunnel(&bench.a)->n_lanes, LANES_LAB_N);
	bench_forget(&bench.a);
	bench_acquire(&bench, &bench.a, LANES_LAB_TUNNEL);
	bench_pass(&bench, 1);
	for (size_t i = 0; i < bench.a.n_seen; i++) {
		if (bench.a.seen[i].type != PLANE_SA_OUT_INSTALL)
			continue;
		lanes |= 1u << bench.a.seen[i].sa.lane;
		assert_int_equal(bench.a.seen_at[i], lanes_lab_tunnel(&bench.a)->worker);
	}
	assert_int_equal(lanes, 7);
	assert_int_equal(lanes_lab_receiving(&bench.b), LANES_LAB_N);
	assert_int_equal(lanes_lab_tunnel(&bench.a)->spread, PLANE_SPREAD_PER_CLASS);
	/* another class is another pair, without a word about the three there are */
	bench_configure(&bench, &bench.a,
			"class-map BULK\n match dscp af12\npolicy-map P\n class BULK\n");
	bench_pass(&bench, 2);
	assert_int_equal(lanes_lab_receiving(&bench.a), LANES_LAB_N + 1);
	bench_configure(&bench, &bench.a, "policy-map P\n no class BULK\n no class DATA\n");
	bench_pass(&bench, 5);
	assert_int_equal(lanes_lab_receiving(&bench.a), LANES_LAB_N - 1);
	assert_int_equal(lanes_lab_refusals(&bench), 0);
}

#define CASE(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_BOTH(name) cmocka_unit_test_setup_teardown(name, setup_both, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_BOTH(lanes_of_both_ends_fill),
		CASE(responder_fills_what_the_initiator_does_not),
		CASE(end_without_lanes_receives_on_all_of_them),
		CASE_BOTH(successor_takes_the_lane_of_the_pair_that_is_used_up),
		CASE(successor_does_not_fill_an_empty_lane),
		CASE(quiet_lanes_are_renewed_with_the_others),
		CASE_BOTH(lanes_live_on_through_rekeys),
		CASE_BOTH(all_lanes_go_together),
		CASE(idle_tunnel_goes_with_all_its_lanes),
		CASE(restarted_control_plane_knows_orphans_of_all_lanes),
		CASE(fewer_lanes_take_away_what_is_too_much),
		CASE(classes_have_a_pair_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
