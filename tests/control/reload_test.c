/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another control plane goes on with the SAs of the one before: the peer notices nothing, neither
 * then nor when SAs are renewed, looked after or ended later.
 */
#include "controlplane/ike/ike_vault.h"
#include "controlplane/kept.h"
#include "controlplane/sa_clear.h"
#include "controlplane/vault.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP,
	LIFETIME_S = 3600,
};

static const char dpd[] = "crypto isakmp keepalive 10 2 periodic\n";

static struct bench bench;

static int setup(void **state)
{
	(void)state;
	bench_init(&bench, bench_config_a, bench_config_b);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_fini(&bench);
	return 0;
}

struct found {
	size_t n;
	struct ike_sa_info last;
};

static void find(void *ctx, const struct ike_sa_info *sa)
{
	struct found *f = ctx;

	f->n++;
	f->last = *sa;
}

static struct found ike_of(const struct bench_end *end)
{
	struct found f = {0};

	ike_engine_each(end->control->engine, find, &f);
	return f;
}

/* Has been written a moment ago, as by one that is killed. */
static void another(struct bench_end *end, const char *config)
{
	bench_pass(&bench, 2);
	bench_reload(&bench, end, config);
}

static void everything_goes_on(void **state)
{
	struct found before, after;
	uint32_t in, out;

	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_bring_up(&bench, TCP);
	in = bench_current(&bench.a, ICMP)->spi_in;
	out = bench_current(&bench.a, ICMP)->spi_out;
	before = ike_of(&bench.a);
	bench.n_datagrams = 0;
	another(&bench.a, bench_config_a);
	/* not a word to the peer, and nothing asked of the workers but what they have */
	assert_int_equal(bench.n_datagrams, 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_REMOVE), 0);
	assert_int_equal(bench.a.control->orphans.n, 0);
	bench_assert_joined(&bench, ICMP);
	bench_assert_joined(&bench, TCP);
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_in, in);
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_out, out);
	after = ike_of(&bench.a);
	assert_int_equal(after.n, 1);
	assert_int_equal(after.last.conn_id, before.last.conn_id);
	assert_memory_equal(after.last.cookie_i, before.last.cookie_i, 8);
	assert_memory_equal(after.last.cookie_r, before.last.cookie_r, 8);
}

/* Quick mode under the phase 1 of before: IVs and message IDs are right at both ends. */
static void rekeyed_under_the_same_phase_1(struct bench_end *end, const char *config)
{
	struct found before, after;
	uint32_t in;

	bench_bring_up(&bench, ICMP);
	before = ike_of(&bench.b);
	another(end, config);
	in = bench_current(&bench.a, ICMP)->spi_in;
	bench_pass_with_traffic(&bench, ICMP, LIFETIME_S);
	bench_assert_joined(&bench, ICMP);
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, in);
	after = ike_of(&bench.b);
	assert_int_equal(after.n, 1);
	assert_memory_equal(after.last.cookie_i, before.last.cookie_i, 8);
	assert_true(after.last.children > before.last.children);
}

static void an_initiator_renews(void **state)
{
	(void)state;
	rekeyed_under_the_same_phase_1(&bench.a, bench_config_a);
}

static void a_responder_renews(void **state)
{
	(void)state;
	rekeyed_under_the_same_phase_1(&bench.b, bench_config_b);
}

/* Each of both looks after the other, and finds it; nothing else is seen on the way. */
static void peers_are_found_alive(void **state)
{
	char with_dpd[4096];

	(void)state;
	snprintf(with_dpd, sizeof(with_dpd), "%s%s", dpd, bench_config_a);
	bench_configure(&bench, &bench.a, dpd);
	bench_configure(&bench, &bench.b, dpd);
	bench_bring_up(&bench, ICMP);
	bench_pass(&bench, 60);
	another(&bench.a, with_dpd);
	bench_pass(&bench, 300);
	bench_assert_joined(&bench, ICMP);
	assert_int_equal(ike_of(&bench.a).n, 1);
	assert_int_equal(ike_of(&bench.b).n, 1);
	/* and dead, when it is */
	bench.cut = true;
	bench_pass(&bench, 60);
	assert_int_equal(ike_of(&bench.a).n, 0);
	assert_null(bench_current(&bench.a, ICMP));
}

static void a_goodbye_is_understood_both_ways(void **state)
{
	const struct sa_clear_filter all = {0};

	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_bring_up(&bench, TCP);
	another(&bench.a, bench_config_a);
	sa_clear_pairs(&bench.a.control->store,
		       &(struct sa_clear_filter){.tunnel = &bench.a.control->tunnels.rows[ICMP]},
		       IKE_REASON_CLEARED, false);
	bench_settle(&bench);
	bench_pass(&bench, 5);
	assert_null(bench_current(&bench.b, ICMP));
	bench_assert_joined(&bench, TCP);
	sa_clear_pairs(&bench.b.control->store, &all, IKE_REASON_CLEARED, false);
	bench_settle(&bench);
	bench_pass(&bench, 5);
	assert_null(bench_current(&bench.a, TCP));
	ike_engine_clear(bench.b.control->engine, 0, NULL);
	bench_settle(&bench);
	assert_int_equal(ike_of(&bench.a).n, 0);
}

/* One after another, and the SAs of the second generation too. */
static void again_and_again(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	for (int i = 0; i < 5; i++) {
		another(i % 2 ? &bench.a : &bench.b, i % 2 ? bench_config_a : bench_config_b);
		bench_pass_with_traffic(&bench, ICMP, LIFETIME_S / 2);
		bench_assert_joined(&bench, ICMP);
	}
	assert_int_equal(ike_of(&bench.a).n, 1);
	assert_int_equal(bench.a.control->orphans.n, 0);
}

/* What another configuration has no tunnel for goes, with a word to the peer or without. */
static void what_is_not_configured_any_more_is_not_taken(void **state)
{
	char *config = strdup(bench_config_a), *line = strstr(config, " permit icmp");

	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_bring_up(&bench, TCP);
	memset(line, ' ', strcspn(line, "\n"));
	another(&bench.a, config);
	bench_pass(&bench, 2);
	assert_int_equal(bench.a.control->store.n_pairs, 1);
	bench_assert_joined(&bench, TCP);
	free(config);
}

/* No byte of the vault is believed: whatever it is, the process lives and its tunnels come up. */
static void damaged_bytes_are_survived(void **state)
{
	uint32_t random = 1;

	(void)state;
	bench_bring_up(&bench, ICMP);
	for (int round = 0; round < 200; round++) {
		struct plane_kept_text *t;

		bench_pass(&bench, 2);
		t = &bench.a.plane.kept->texts[PLANE_KEPT_VAULT];
		for (int i = 0; i <= round % 4; i++) {
			random = random * 1664525 + 1013904223;
			t->halves[t->used - 1][(random >> 8) % t->len[t->used - 1]] ^=
				(uint8_t)(1 << (random >> 3) % 8);
		}
		if (round % 10 == 9)
			t->len[t->used - 1] /= 2;
		bench_reload(&bench, &bench.a, bench_config_a);
	}
	bench_pass(&bench, 3);
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 5);
	assert_non_null(bench_current(&bench.a, ICMP));
}

/* Who has said goodbye to every peer leaves nothing for the next to go on with. */
static void nothing_is_left_behind_a_goodbye(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_pass(&bench, 2);
	control_terminate(bench.a.control);
	bench_settle(&bench);
	bench_reload(&bench, &bench.a, bench_config_a);
	assert_int_equal(ike_of(&bench.b).n, 0);
	assert_int_equal(ike_of(&bench.a).n, 0);
	assert_int_equal(bench.a.control->store.n_pairs, 0);
}

/* A vault that kills who opens it is not opened for ever, nor with a configuration it is not of. */
static void what_kills_again_and_again_is_not_tried_again(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_pass(&bench, 2);
	bench.a.plane.kept->loads = KEPT_LOADS_MAX;
	bench_reload(&bench, &bench.a, bench_config_a);
	assert_int_equal(ike_of(&bench.a).n, 0);
	assert_int_equal(bench.a.control->orphans.n, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(everything_goes_on),
		CASE(an_initiator_renews),
		CASE(a_responder_renews),
		CASE(peers_are_found_alive),
		CASE(a_goodbye_is_understood_both_ways),
		CASE(again_and_again),
		CASE(what_is_not_configured_any_more_is_not_taken),
		CASE(damaged_bytes_are_survived),
		CASE(nothing_is_left_behind_a_goodbye),
		CASE(what_kills_again_and_again_is_not_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
