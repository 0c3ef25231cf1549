/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parallel SAs between two control planes: how many come up, where, what a rekey, a DELETE and a
 * refusal do to them.
 */
#include "controlplane/lanes.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_remove.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <stdio.h>

enum {
	TCP,
	ICMP,
	N = 3,
	GRACE_S = SA_STORE_GRACE_MS / 1000,
};

#define ENTRY	 "crypto map M 10 ipsec-isakmp\n"
#define PARALLEL ENTRY " set security-association per-worker 3\n"
#define REFUSED	 "PARALLEL_SA_REFUSED"

static struct bench bench;

static int setup(void **state)
{
	(void)state;
	bench_init(&bench, bench_config_a, bench_config_b);
	bench_configure(&bench, &bench.a, PARALLEL);
	return 0;
}

static int setup_both(void **state)
{
	setup(state);
	bench_configure(&bench, &bench.b, PARALLEL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_fini(&bench);
	return 0;
}

static struct sa_store *store_of(const struct bench_end *end)
{
	return &end->control->store;
}

static const struct tunnel *tunnel_of(const struct bench_end *end)
{
	return &end->control->tunnels.rows[ICMP];
}

/* Pairs of the tunnel that receive what the peer sends. */
static size_t count_receiving(const struct bench_end *end)
{
	const struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, &store_of(end)->tunnels[tunnel_of(end)->handle].pairs, tunnel_link)
		n += pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING;
	return n;
}

static const struct sa_pair *peer_of(const struct bench_end *end, const struct sa_pair *pair)
{
	const struct sa_pair *other = sa_store_find(store_of(end), pair->spi_out);

	assert_non_null(other);
	assert_int_equal(other->spi_out, pair->spi_in);
	return other;
}

static void assert_lanes(const struct bench_end *end, size_t n)
{
	for (unsigned lane = 0; lane < N; lane++) {
		const struct sa_pair *pair = bench_lane(end, ICMP, lane);

		assert_int_equal(pair != NULL, lane < n);
		if (!pair)
			continue;
		assert_true(pair->state == SA_STATE_UP);
		assert_int_equal(pair->worker, tunnels_worker(tunnel_of(end), lane));
		assert_int_equal(plane_spi_worker(pair->spi_in), pair->worker);
		assert_int_equal(
			plane_stats_tunnel_of(&end->plane, pair->worker)[pair->index].spi_out,
			pair->spi_out);
	}
}

static void bring_up(void)
{
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 1);
	assert_lanes(&bench.a, N);
}

static void pass_with_traffic(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		for (unsigned lane = 0; lane < N; lane++) {
			struct sa_pair *pair = bench_lane(&bench.a, ICMP, lane);

			if (pair)
				bench_traffic(&bench.a, pair);
		}
		bench_pass(&bench, 1);
	}
}

/* The worker says that a pair is used up so far that it wants a successor. */
static void wear_out(struct bench_end *end, const struct sa_pair *pair)
{
	struct plane_msg msg = {.type = PLANE_SA_EXPIRE};

	msg.expire.spi = pair->spi_out;
	msg.expire.pair = plane_spi_slot(pair->spi_in);
	msg.expire.outbound = 1;
	assert_int_equal(plane_ring_send(end->plane.from_worker[pair->worker], &msg), 0);
}

static void carry_kb(struct bench_end *end, const struct sa_pair *pair, uint64_t kb)
{
	plane_stats_out_of(&end->plane, pair->worker)[plane_spi_slot(pair->spi_in)].bytes +=
		kb * 1024;
}

static void clear_all(struct bench_end *end)
{
	const struct sa_clear_filter everything = {0};

	sa_clear_pairs(store_of(end), &everything, IKE_REASON_CLEARED, false);
	lanes_forgive(store_of(end), tunnel_of(end)->handle);
	bench_settle(&bench);
}

/* Only this one: the two ends may have given the same SPI to different pairs. */
static void clear_peer_of(struct bench_end *end, const struct sa_pair *pair)
{
	sa_remove_pair(store_of(end), sa_store_find(store_of(end), pair->spi_out),
		       IKE_REASON_CLEARED, false);
	bench_settle(&bench);
}

static void lanes_of_both_ends_fill(void **state)
{
	(void)state;
	bring_up();
	assert_lanes(&bench.b, N);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), N);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), N);
	for (unsigned lane = 0; lane < N; lane++)
		assert_ptr_equal(peer_of(&bench.b, bench_lane(&bench.a, ICMP, lane)),
				 bench_lane(&bench.b, ICMP, lane));
	pass_with_traffic(LANES_PROBATION_MS / 1000);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), N);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), N);
	assert_int_equal(bench_logged(&bench.a, REFUSED) + bench_logged(&bench.b, REFUSED), 0);
	/* one tunnel, however many pairs */
	assert_int_equal(bench_logged(&bench.a, "Crypto tunnel is UP"), 1);
	/* the policy tells the workers to use their own */
	assert_int_equal(tunnel_of(&bench.a)->spread, PLANE_SPREAD_PER_WORKER);
}

/* The end that did not begin waits for the other one, then does it itself. */
static void responder_fills_what_the_initiator_does_not(void **state)
{
	(void)state;
	bench_acquire(&bench, &bench.b, ICMP);
	assert_lanes(&bench.a, 1);
	bench_pass(&bench, LANES_PATIENCE_MS / 1000 - 1);
	assert_lanes(&bench.a, 1);
	bench_pass(&bench, 2);
	assert_lanes(&bench.a, N);
	assert_int_equal(count_receiving(&bench.b), N);
}

/* An end with one pair takes all that the peer offers, and sends on the newest. */
static void end_without_lanes_receives_on_all_of_them(void **state)
{
	(void)state;
	bring_up();
	assert_int_equal(count_receiving(&bench.b), N);
	assert_ptr_equal(peer_of(&bench.b, bench_lane(&bench.a, ICMP, N - 1)),
			 bench_current(&bench.b, ICMP));
	bench_forget(&bench.b);
	pass_with_traffic(10);
	/* nothing is said on any of them for long */
	bench_pass(&bench, 3 * GRACE_S);
	assert_int_equal(count_receiving(&bench.b), N);
	assert_int_equal(bench_seen(&bench.b, PLANE_SA_IN_REMOVE), 0);
	assert_lanes(&bench.a, N);
}

static void successor_takes_the_lane_of_the_pair_that_is_used_up(void **state)
{
	uint32_t before[N];

	(void)state;
	bring_up();
	for (unsigned lane = 0; lane < N; lane++)
		before[lane] = bench_lane(&bench.a, ICMP, lane)->spi_in;
	carry_kb(&bench.a, bench_lane(&bench.a, ICMP, 1), 4000000);
	carry_kb(&bench.b, bench_lane(&bench.b, ICMP, 1), 4000000);
	wear_out(&bench.a, bench_lane(&bench.a, ICMP, 1));
	bench_pass(&bench, 2);
	assert_lanes(&bench.a, N);
	assert_lanes(&bench.b, N);
	for (unsigned lane = 0; lane < N; lane++) {
		struct sa_pair *pair = bench_lane(&bench.a, ICMP, lane);

		assert_int_equal(pair->spi_in != before[lane], lane == 1);
		assert_ptr_equal(peer_of(&bench.b, pair), bench_lane(&bench.b, ICMP, lane));
	}
	assert_int_equal(count_receiving(&bench.b), N + 1);
	pass_with_traffic(GRACE_S + 10);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), N);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), N);
	assert_lanes(&bench.a, N);
	assert_lanes(&bench.b, N);
	assert_int_equal(bench_logged(&bench.a, REFUSED) + bench_logged(&bench.b, REFUSED), 0);
}

/* b wants a fourth pair and has not got it yet: the renewal of another one is not for that. */
static void successor_does_not_fill_an_empty_lane(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.b, ENTRY " set security-association per-worker 4\n");
	bring_up();
	assert_null(bench_lane(&bench.b, ICMP, N));
	carry_kb(&bench.a, bench_lane(&bench.a, ICMP, 1), 4000000);
	carry_kb(&bench.b, bench_lane(&bench.b, ICMP, 1), 4000000);
	wear_out(&bench.a, bench_lane(&bench.a, ICMP, 1));
	bench_pass(&bench, 2);
	assert_null(bench_lane(&bench.b, ICMP, N));
	assert_ptr_equal(peer_of(&bench.b, bench_lane(&bench.a, ICMP, 1)),
			 bench_lane(&bench.b, ICMP, 1));
	pass_with_traffic(LANES_PATIENCE_MS / 1000 + 1);
	assert_non_null(bench_lane(&bench.b, ICMP, N));
	assert_int_equal(bench_logged(&bench.a, REFUSED) + bench_logged(&bench.b, REFUSED), 0);
}

/* Traffic of one lane renews the others, which have carried nothing. */
static void quiet_lanes_are_renewed_with_the_others(void **state)
{
	uint32_t before[N];

	(void)state;
	bench_configure(&bench, &bench.a, ENTRY " set security-association lifetime seconds 120\n");
	bring_up();
	for (unsigned lane = 0; lane < N; lane++)
		before[lane] = bench_lane(&bench.a, ICMP, lane)->spi_in;
	bench_traffic(&bench.a, bench_lane(&bench.a, ICMP, 1));
	bench_pass(&bench, 110);
	for (unsigned lane = 0; lane < N; lane++)
		assert_int_not_equal(bench_lane(&bench.a, ICMP, lane)->spi_in, before[lane]);
}

/* Twenty lifetimes by the clock: always so many pairs, and never one too many for long. */
static void lanes_live_on_through_rekeys(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a, ENTRY " set security-association lifetime seconds 120\n");
	bring_up();
	for (unsigned i = 0; i < 40; i++) {
		pass_with_traffic(60);
		for (unsigned lane = 0; lane < N; lane++) {
			assert_non_null(bench_lane(&bench.a, ICMP, lane));
			assert_non_null(bench_lane(&bench.b, ICMP, lane));
		}
		assert_in_range(bench_count_pairs(&bench.a, ICMP), N, 2 * N);
		assert_in_range(bench_count_pairs(&bench.b, ICMP), N, 2 * N);
	}
	assert_int_equal(bench_logged(&bench.a, REFUSED) + bench_logged(&bench.b, REFUSED), 0);
}

static void peer_that_deletes_one_is_left_with_one(void **state)
{
	uint32_t before;

	(void)state;
	bring_up();
	before = bench_lane(&bench.a, ICMP, 0)->spi_in;
	clear_peer_of(&bench.b, bench_lane(&bench.a, ICMP, 2));
	assert_int_equal(bench_logged(&bench.a, REFUSED), 0);
	bench_pass(&bench, LANES_JUDGE_MS / 1000 + 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
	assert_int_equal(bench_logged(&bench.a, "the peer deleted the SA; crypto map M 10"), 1);
	/* the first pair is the one the peer is likeliest to have given up: there is a new one */
	assert_lanes(&bench.a, 1);
	assert_int_not_equal(bench_lane(&bench.a, ICMP, 0)->spi_in, before);
	pass_with_traffic(600);
	assert_lanes(&bench.a, 1);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
	assert_int_equal(count_receiving(&bench.b), 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
}

/* What it deletes is the oldest, as after a rekey. */
static void peer_that_replaces_the_first_is_left_with_one(void **state)
{
	(void)state;
	bring_up();
	clear_peer_of(&bench.b, bench_lane(&bench.a, ICMP, 0));
	assert_null(bench_lane(&bench.a, ICMP, 0));
	bench_pass(&bench, LANES_JUDGE_MS / 1000 + 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
	bench_pass(&bench, 1);
	assert_lanes(&bench.a, 1);
	pass_with_traffic(100);
	assert_lanes(&bench.a, 1);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
}

/* The offer of a second pair is never answered. */
static void peer_that_does_not_answer_is_left_with_one(void **state)
{
	(void)state;
	bench.lose_after = 9; /* main mode has 6 messages, quick mode 3 */
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 70);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
	assert_int_equal(bench_logged(&bench.a, "MODE_FAILURE"), 0);
	assert_lanes(&bench.a, 1);
	bench.lose_after = 0;
	pass_with_traffic(300);
	assert_lanes(&bench.a, 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 1);
}

static void refused_lanes_are_asked_for_again_after_a_clear(void **state)
{
	(void)state;
	peer_that_deletes_one_is_left_with_one(state);
	clear_all(&bench.a);
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 1);
	assert_lanes(&bench.a, N);
}

static void refused_lanes_are_asked_for_again_under_a_new_ike_sa(void **state)
{
	(void)state;
	peer_that_deletes_one_is_left_with_one(state);
	/* the next pair under the same one: still refused */
	wear_out(&bench.a, bench_lane(&bench.a, ICMP, 0));
	bench_pass(&bench, 3);
	assert_lanes(&bench.a, 1);
	ike_engine_clear(bench.a.control->engine, 0, NULL);
	bench_settle(&bench);
	wear_out(&bench.a, bench_lane(&bench.a, ICMP, 0));
	bench_pass(&bench, 3);
	assert_lanes(&bench.a, N);
}

/* Whoever deletes all of them at once has nothing against several. */
static void peer_that_clears_everything_refuses_nothing(void **state)
{
	(void)state;
	bring_up();
	clear_all(&bench.b);
	bench_pass(&bench, 5);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 0);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 0);
	bring_up();
}

static void late_delete_of_a_lane_is_made_good(void **state)
{
	(void)state;
	bring_up();
	pass_with_traffic(LANES_PROBATION_MS / 1000);
	clear_peer_of(&bench.b, bench_lane(&bench.a, ICMP, 1));
	assert_null(bench_lane(&bench.a, ICMP, 1));
	pass_with_traffic(SA_STORE_RETRY_MS / 1000 + 2);
	assert_lanes(&bench.a, N);
	/* lane 0 too, though no packet asks for it while the others carry what is its */
	pass_with_traffic(LANES_PROBATION_MS / 1000);
	clear_peer_of(&bench.b, bench_lane(&bench.a, ICMP, 0));
	assert_null(bench_lane(&bench.a, ICMP, 0));
	pass_with_traffic(2);
	assert_lanes(&bench.a, N);
	assert_int_equal(bench_logged(&bench.a, REFUSED), 0);
}

static void all_lanes_go_together(void **state)
{
	(void)state;
	bring_up();
	clear_all(&bench.a);
	bench_pass(&bench, 5);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 0);
	assert_int_equal(bench_logged(&bench.a, "Crypto tunnel is DOWN"), 1);
	for (unsigned w = 0; w < BENCH_WORKERS; w++)
		assert_int_equal(slots_used(bench.a.control->slots, w), 0);
}

static void idle_tunnel_goes_with_all_its_lanes(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a, ENTRY " set security-association idle-time 60\n");
	bring_up();
	/* traffic of one lane keeps the others */
	for (unsigned i = 0; i < 90; i++) {
		bench_traffic(&bench.a, bench_lane(&bench.a, ICMP, 1));
		bench_pass(&bench, 1);
	}
	assert_lanes(&bench.a, N);
	bench_pass(&bench, 70);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
}

/* The orphans of all workers count, and go on one command. */
static void restarted_control_plane_knows_orphans_of_all_lanes(void **state)
{
	static const char more[] = PARALLEL;
	static char config[4096];

	(void)state;
	bring_up();
	snprintf(config, sizeof(config), "%s%s", bench_config_a, more);
	bench_restart(&bench, &bench.a, config);
	assert_int_equal(bench.a.control->orphans.n, N);
	assert_int_equal(orphans_remove_matching(&bench.a.control->orphans,
						 &bench.a.control->tunnels, NULL, NULL),
			 N);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->orphans.n, 0);
	bring_up();
}

static void fewer_lanes_take_away_what_is_too_much(void **state)
{
	(void)state;
	bring_up();
	bench_configure(&bench, &bench.a, ENTRY " set security-association per-worker 2\n");
	bench_pass(&bench, 3);
	assert_lanes(&bench.a, 2);
	bench_pass(&bench, 30);
	assert_lanes(&bench.a, 2);
	assert_int_equal(bench_logged(&bench.b, REFUSED), 0);
}

/* A pair for each class, all at the owner, each in its place of the tunnel. */
static void classes_have_a_pair_each(void **state)
{
	static const char classes[] = "class-map VOICE\n match dscp ef\n"
				      "class-map DATA\n match dscp af11\n"
				      "policy-map P\n class VOICE\n  priority 1000\n class DATA\n"
				      "interface gi0/1\n service-policy output P\n" ENTRY
				      " no set security-association per-worker\n"
				      " set security-association per-class\n";
	unsigned lanes = 0;

	(void)state;
	bench_configure(&bench, &bench.a, classes);
	assert_int_equal(tunnel_of(&bench.a)->n_lanes, N);
	bench_forget(&bench.a);
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 1);
	for (size_t i = 0; i < bench.a.n_seen; i++) {
		if (bench.a.seen[i].type != PLANE_SA_OUT_INSTALL)
			continue;
		lanes |= 1u << bench.a.seen[i].sa.lane;
		assert_int_equal(bench.a.seen_at[i], tunnel_of(&bench.a)->worker);
	}
	assert_int_equal(lanes, 7);
	assert_int_equal(count_receiving(&bench.b), N);
	assert_int_equal(tunnel_of(&bench.a)->spread, PLANE_SPREAD_PER_CLASS);
	/* another class is another pair, without a word about the three there are */
	bench_configure(&bench, &bench.a,
			"class-map BULK\n match dscp af12\npolicy-map P\n class BULK\n");
	bench_pass(&bench, 2);
	assert_int_equal(count_receiving(&bench.a), N + 1);
	bench_configure(&bench, &bench.a, "policy-map P\n no class BULK\n no class DATA\n");
	bench_pass(&bench, 5);
	assert_int_equal(count_receiving(&bench.a), N - 1);
	assert_int_equal(bench_logged(&bench.a, REFUSED) + bench_logged(&bench.b, REFUSED), 0);
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
		CASE(peer_that_deletes_one_is_left_with_one),
		CASE(peer_that_replaces_the_first_is_left_with_one),
		CASE(peer_that_does_not_answer_is_left_with_one),
		CASE(refused_lanes_are_asked_for_again_after_a_clear),
		CASE(refused_lanes_are_asked_for_again_under_a_new_ike_sa),
		CASE_BOTH(peer_that_clears_everything_refuses_nothing),
		CASE(late_delete_of_a_lane_is_made_good),
		CASE_BOTH(all_lanes_go_together),
		CASE(idle_tunnel_goes_with_all_its_lanes),
		CASE(restarted_control_plane_knows_orphans_of_all_lanes),
		CASE(fewer_lanes_take_away_what_is_too_much),
		CASE(classes_have_a_pair_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
