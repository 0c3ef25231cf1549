/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When the rules are asked, and what is told: a diagnosis that appears, changes or clears is one
 * line and one event each. The rules here say what the test wants them to.
 */
#include "controlplane/diagnose_watch.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	PEER = 0x0a000002
};

static enum diagnose_code says;	 /* the root, at PEER alone; NONE = nothing */
static enum diagnose_code folds; /* and under it */
static unsigned asked;

static void rules(const struct evidence *e, struct diagnose_list *out)
{
	struct diagnosis *d;

	asked++;
	if (says == DIAGNOSE_NONE || addr_to_v4(&e->peer) != PEER)
		return;
	d = diagnose_add(out, says);
	d->peer = e->peer;
	diagnose_set(d, "peer", "10.0.0.2");
	diagnose_set(d, "n", "5");
	strcpy(d->saw, "MM1 sent 5 times, nothing came back");
	if (folds == DIAGNOSE_NONE)
		return;
	d = diagnose_add(out, folds);
	d->peer = e->peer;
	d->under = 1;
}

static int setup(void **state)
{
	int rc = api_bench_setup(state);

	says = folds = DIAGNOSE_NONE;
	asked = 0;
	bench.a.control->diagnose.rules = rules;
	debug_log_clear(bench.a.control->log);
	return rc;
}

static struct evidence_place *place(void)
{
	const struct addr peer = addr_v4(PEER);

	return evidence_book_named(&bench.a.control->evidence, &peer);
}

/* Something happened to the peer. */
static void happens(void)
{
	evidence_book_touch(&bench.a.control->evidence, place(), bench_now());
	bench_pass(&bench, 2);
}

static size_t lines(const char *text)
{
	return bench_logged(&bench.a, text);
}

static void appears_changes_and_clears_once_each(void **state)
{
	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	assert_int_equal(lines("%CRYPTO-4-DIAGNOSIS: P1-NO-ANSWER, peer 10.0.0.2: No IKE answer"),
			 1);
	assert_int_equal(lines(" -> ping 10.0.0.2"), 1);
	happens();
	bench_pass(&bench, 60);
	assert_int_equal(lines("DIAGNOSIS"), 1);
	says = DIAGNOSE_P1_PSK;
	happens();
	assert_int_equal(lines("P1-PSK (was P1-NO-ANSWER), peer 10.0.0.2"), 1);
	assert_int_equal(lines("DIAGNOSIS_CLEARED"), 0);
	says = DIAGNOSE_NONE;
	bench_pass(&bench, 60);
	assert_int_equal(lines("DIAGNOSIS_CLEARED: P1-PSK, peer 10.0.0.2: cleared after"), 1);
	assert_int_equal(lines("DIAGNOSIS"), 3);
	assert_int_equal(place()->n_found, 0);
}

/* What follows from a root says nothing of its own. */
static void folded_ones_are_not_told(void **state)
{
	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	folds = DIAGNOSE_DPD_DEAD;
	happens();
	assert_int_equal(lines("DIAGNOSIS"), 1);
	assert_int_equal(place()->n_found, 2);
	says = DIAGNOSE_NONE;
	bench_pass(&bench, 60);
	assert_int_equal(lines("DIAGNOSIS"), 2);
}

/* Between two tries nothing may be seen; that is not told as an end and a beginning. */
static void gap_between_tries_is_no_end(void **state)
{
	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	says = DIAGNOSE_NONE;
	happens();
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	assert_int_equal(lines("DIAGNOSIS"), 1);
}

/* The mathematics of phase 1 is done by threads here. */
static void bring_up(void)
{
	bench_acquire(&bench, &bench.a, 0);
	api_bench_turn();
	bench_assert_joined(&bench, 0);
}

/* A tunnel that is up ends it at once. */
static void tunnel_that_comes_up_clears_it(void **state)
{
	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	says = DIAGNOSE_NONE;
	bring_up();
	bench_pass(&bench, 2);
	assert_int_equal(lines("DIAGNOSIS_CLEARED"), 1);
}

static void since_stays_while_it_stands(void **state)
{
	uint64_t since;

	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	since = place()->found[0].since_ms;
	bench_pass(&bench, 100);
	assert_int_equal(place()->found[0].since_ms, since);
}

static void one_peer_is_looked_at_once_a_second(void **state)
{
	(void)state;
	bench_pass(&bench, 20);
	asked = 0;
	for (unsigned i = 0; i < 1000; i++) {
		evidence_book_touch(&bench.a.control->evidence, place(), bench_now());
		bench_settle(&bench);
	}
	assert_in_range(asked, 0, 1);
}

static void idle_peer_is_left_alone_and_one_with_sas_is_not(void **state)
{
	(void)state;
	bench_pass(&bench, 20);
	asked = 0;
	bench_pass(&bench, 60);
	assert_int_equal(asked, 0);
	bring_up();
	bench_pass(&bench, 15);
	asked = 0;
	bench_pass(&bench, 60);
	assert_in_range(asked, 5, 7);
}

static void event_goes_to_who_watches(void **state)
{
	struct client other = api_bench_connect();
	json_t *message, *params;

	(void)state;
	json_decref(api_bench_result(&first, "diagnose.watch", json_pack("{s:b}", "on", 1)));
	says = DIAGNOSE_P1_NO_ANSWER;
	happens();
	api_bench_turn();
	message = api_bench_next(&first);
	assert_non_null(message);
	assert_string_equal(json_string_value(json_object_get(message, "method")),
			    "diagnose.event");
	params = json_object_get(message, "params");
	assert_string_equal(json_string_value(json_object_get(params, "state")), "appeared");
	params = json_object_get(params, "diagnosis");
	assert_string_equal(json_string_value(json_object_get(params, "code")), "P1-NO-ANSWER");
	assert_string_equal(json_string_value(json_object_get(params, "saw")),
			    "MM1 sent 5 times, nothing came back");
	json_decref(message);
	assert_null(api_bench_next(&first));
	assert_null(api_bench_next(&other));
	api_bench_disconnect(&other);
}

static void shown_with_the_tunnels_it_is_about(void **state)
{
	const json_t *row;
	json_t *result;

	(void)state;
	says = DIAGNOSE_P1_NO_ANSWER;
	folds = DIAGNOSE_DPD_DEAD;
	happens();
	result = api_bench_result(&first, "show.diagnose", json_pack("{s:b}", "detail", 1));
	row = api_bench_at(result, "tunnels", 1);
	assert_string_equal(json_string_value(json_object_get(row, "state")), "down");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(row, "diagnosis"), "code")),
		"P1-NO-ANSWER");
	row = api_bench_at(result, "peers", 0);
	assert_string_equal(json_string_value(json_object_get(row, "kind")), "configured");
	row = api_bench_at(row, "diagnoses", 0);
	assert_string_equal(
		json_string_value(json_object_get(api_bench_at(row, "under", 0), "code")),
		"DPD-DEAD");
	json_decref(result);
	json_decref(
		api_bench_result(&first, "clear.diagnose", json_pack("{s:s}", "peer", "10.0.0.2")));
	assert_int_equal(lines("DIAGNOSIS_CLEARED"), 1);
	result = api_bench_result(&first, "show.diagnose", NULL);
	assert_string_equal(
		json_string_value(json_object_get(api_bench_at(result, "tunnels", 0), "state")),
		"idle");
	assert_int_equal(json_array_size(json_object_get(result, "peers")), 0);
	json_decref(result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, api_bench_teardown)

/* E134: of no peer, and a minute later it is over. */
static void packets_without_a_buffer_are_low_memory(void **state)
{
	uint64_t *drops = bench.a.plane.stats_worker[0].drops;

	(void)state;
	drops[DROP_NO_BUFFER] += 3;
	bench_pass(&bench, 30);
	assert_int_equal(lines("%CRYPTO-4-DIAGNOSIS: MEM-LOW, the appliance: Memory low: no packet "
			       "buffer for 3 packets"),
			 1);
	bench_pass(&bench, 90);
	assert_int_equal(lines("MEM-LOW, the appliance: cleared after"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appears_changes_and_clears_once_each),
		TEST(packets_without_a_buffer_are_low_memory),
		TEST(folded_ones_are_not_told),
		TEST(gap_between_tries_is_no_end),
		TEST(tunnel_that_comes_up_clears_it),
		TEST(since_stays_while_it_stands),
		TEST(one_peer_is_looked_at_once_a_second),
		TEST(idle_peer_is_left_alone_and_one_with_sas_is_not),
		TEST(event_goes_to_who_watches),
		TEST(shown_with_the_tunnels_it_is_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
