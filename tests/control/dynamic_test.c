/* SPDX-License-Identifier: BSD-3-Clause */
/* Tunnels made at run time from dynamic maps (R008, R039, R072): their life, and their routes. */
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "tests/control/dynamic_lab.h"

#include <cmocka.h>

#include <stdio.h>

enum {
	ICMP = 1,
	HOLD_S = 10, /* the old pair carries the traffic no longer */
	GONE_S = 35, /* grace times and rounds */
};

/* The peer at end B, whose own entry is static, starts. */
static const struct dynamic_tunnel *call(void)
{
	bench_acquire(&bench, &bench.b, ICMP);
	bench_pass(&bench, 1);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 1);
	return TAILQ_FIRST(&dynamic_lab_hub()->dynamic.all);
}

/* R039: the first entry whose transform set the peer offers, and not only the first. */
static void entry_with_the_transform_set_is_taken(void **)
{
	static const struct {
		const char *set; /* of the peer */
		unsigned sequence;
	} rows[] = {
		{"esp-3des esp-md5-hmac", 10},
		{"esp-aes esp-sha-hmac", 20},
		{"esp-aes 256 esp-sha-hmac", 30},
		{"esp-aes esp-sha-hmac", 20},
	};
	const struct dynamic_tunnel *dt;
	char line[128];

	bench_configure(&bench, &bench.a,
			"crypto ipsec transform-set U esp-3des esp-md5-hmac\n"
			"crypto ipsec transform-set V esp-aes 256 esp-sha-hmac\n"
			"crypto dynamic-map D 10\n no set transform-set\n set transform-set U\n"
			"crypto dynamic-map D 20\n set transform-set T\n"
			"crypto dynamic-map D 30\n set transform-set V\n");
	for (size_t i = 0; i < array_len(rows); i++) {
		snprintf(line, sizeof(line), "crypto ipsec transform-set T %s\n", rows[i].set);
		bench_configure(&bench, &bench.b, line);
		bench_acquire(&bench, &bench.b, ICMP);
		bench_pass(&bench, 1);
		dt = TAILQ_LAST(&dynamic_lab_hub()->dynamic.all, dynamic_list);
		assert_non_null(dt);
		assert_non_null(sa_query_first(&dynamic_lab_hub()->store, dt->t.handle));
		assert_non_null(bench_current(&bench.b, ICMP));
		if (dt->t.template_sequence != rows[i].sequence || dt->ended)
			fail_msg("row %zu: entry %u", i, dt->t.template_sequence);
	}
	/* what no entry has is refused as such */
	bench_configure(&bench, &bench.b,
			"crypto ipsec transform-set T esp-aes 192 esp-sha-hmac\n");
	bench_acquire(&bench, &bench.b, ICMP);
	bench_pass(&bench, 1);
	assert_null(bench_current(&bench.b, ICMP));
	/* and keeps nothing: the next good one is taken */
	bench_configure(&bench, &bench.b, "crypto ipsec transform-set T esp-aes esp-sha-hmac\n");
	bench_acquire(&bench, &bench.b, ICMP);
	bench_pass(&bench, 1);
	assert_non_null(bench_current(&bench.b, ICMP));
	/* those of before go */
	bench_pass(&bench, DYNAMIC_UNUSED_MS / 1000 + GONE_S);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 1);
}

static void peer_that_nobody_named_gets_a_tunnel(void **)
{
	const struct dynamic_tunnel *dt = call();
	const struct plane_msg *msg;

	assert_non_null(sa_query_first(&dynamic_lab_hub()->store, dt->t.handle));
	assert_string_equal(dt->t.acl, "dynacl1");
	assert_int_equal(dt->t.selector.protocol, 1);
	assert_int_equal(addr_to_v4(&dt->path.remote), 0x0a000002);
	/* behind the static rule, at the place of the dynamic entry */
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_BEGIN)->rule.count, 2);
	msg = dynamic_lab_last(PLANE_POLICY_RULE);
	assert_int_equal(msg->rule.entry, 65535);
	assert_int_equal(msg->rule.tunnel, dt->t.index);
	assert_int_equal(msg->rule.worker, dt->t.worker);
	assert_int_equal(msg->rule.protocol, 1);
	msg = dynamic_lab_last(PLANE_ROUTE_ADD);
	assert_non_null(msg);
	assert_int_equal(addr_to_v4(&msg->route.prefix.addr), 0xc0a80200);
	assert_int_equal(addr_to_v4(&msg->route.next_hop), 0x0a000002);
	assert_int_equal(msg->route.distance, 9);
	assert_true(dynamic_lab_last(PLANE_SA_IN_INSTALL)->sa.flags & PLANE_SA_DYNAMIC);
}

static size_t place_of(enum plane_type type)
{
	for (size_t i = 0; i < bench.a.n_seen; i++)
		if (bench.a.seen[i].type == type)
			return i + 1;
	return 0;
}

/* An answer to its first packet would leave in clear otherwise. */
static void rule_is_in_force_before_the_peer_can_send(void **)
{
	bench_acquire(&bench, &bench.b, ICMP);
	/* the peer has no answer yet, and nobody a rule */
	assert_int_not_equal(place_of(PLANE_SA_IN_INSTALL), 0);
	assert_int_equal(place_of(PLANE_POLICY_COMMIT), 0);
	assert_null(bench_current(&bench.b, ICMP));
	bench_pass(&bench, 1);
	assert_non_null(bench_current(&bench.b, ICMP));
	assert_int_not_equal(place_of(PLANE_POLICY_COMMIT), 0);
	assert_true(place_of(PLANE_POLICY_COMMIT) < place_of(PLANE_SA_OUT_INSTALL));
	assert_int_equal(dynamic_lab_hub()->dynamic.n_waiting, 0);
}

static void routes_are_shown_with_tag(void **)
{
	struct routes table;
	size_t n = 0;

	call();
	assert_int_equal(reverse_routes_merge(dynamic_lab_hub(), &table), 0);
	for (size_t i = 0; i < table.n; i++)
		n += table.rows[i].rri && table.rows[i].tag == 77 && table.rows[i].distance == 9;
	assert_int_equal(n, 1);
	routes_fini(&table);
}

static void all_of_it_goes_with_the_last_sa(void **)
{
	const struct sa_clear_filter all = {0};
	uint32_t index = call()->t.index;
	unsigned worker = TAILQ_FIRST(&dynamic_lab_hub()->dynamic.all)->t.worker;

	assert_int_not_equal(dynamic_lab_hub()->ids.workers[worker].keys[index], 0);
	bench_forget(&bench.a);
	sa_clear_pairs(&bench.b.control->store, &all, IKE_REASON_CLEARED, false);
	bench_pass(&bench, GONE_S);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 0);
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_BEGIN)->rule.count, 1);
	assert_non_null(dynamic_lab_last(PLANE_ROUTE_DEL));
	assert_true(TAILQ_EMPTY(&dynamic_lab_hub()->dynamic.leaving));
	/* its numbers may be given out again */
	assert_int_equal(dynamic_lab_hub()->ids.workers[worker].keys[index], 0);
	assert_int_equal(dynamic_lab_hub()->reverse.n, 0);
}

static void packet_never_calls_the_peer(void **)
{
	const struct dynamic_tunnel *dt = call();
	struct plane_msg msg = {.type = PLANE_ACQUIRE, .acquire.tunnel = dt->t.index};
	size_t before = bench.n_datagrams;

	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[dt->t.worker], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench.n_datagrams, before);
}

static void successor_comes_under_the_isakmp_sa_of_the_peer(void **)
{
	const struct dynamic_tunnel *dt = call();
	struct ike_path path = dt->path;

	dynamic_want(dynamic_lab_hub(), &dt->t, &path);
	bench_settle(&bench);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 2);
	bench_pass(&bench, HOLD_S);
	assert_true(sa_query_first(&dynamic_lab_hub()->store, dt->t.handle)->initiator);
	/* without one, and behind a NAT, nobody is called */
	ike_engine_clear(dynamic_lab_hub()->engine, 0, NULL);
	bench_settle(&bench);
	path.local_port = path.remote_port = 4500;
	bench.n_datagrams = 0;
	dynamic_want(dynamic_lab_hub(), &dt->t, &path);
	bench_settle(&bench);
	assert_int_equal(bench.n_datagrams, 0);
}

static void configuration_change_ends_it(void **)
{
	call();
	bench_configure(&bench, &bench.a, "crypto dynamic-map D 10\n set pfs group19\n");
	bench_pass(&bench, GONE_S);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 0);
	assert_null(bench_current(&bench.b, ICMP));
}

static void other_change_leaves_it(void **)
{
	const struct dynamic_tunnel *dt = call();
	uint32_t spi = sa_query_first(&dynamic_lab_hub()->store, dt->t.handle)->spi_in;

	bench_configure(&bench, &bench.a,
			"ip access-list extended S\n permit ip any host 192.168.4.4\n");
	bench_pass(&bench, 2);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 1);
	assert_ptr_equal(tunnels_find(&dynamic_lab_hub()->tunnels, dt->t.handle), &dt->t);
	assert_int_equal(sa_query_first(&dynamic_lab_hub()->store, dt->t.handle)->spi_in, spi);
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_BEGIN)->rule.count, 3);
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_RULE)->rule.tunnel, dt->t.index);
}

static void restarted_hub_drops_what_it_does_not_know(void **)
{
	const struct dynamic_tunnel *dt = call();
	unsigned worker = dt->t.worker;
	uint32_t slot =
		plane_spi_slot(sa_query_first(&dynamic_lab_hub()->store, dt->t.handle)->spi_in);

	assert_int_not_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	bench_restart(&bench, &bench.a, DYNAMIC_LAB_CONFIG);
	bench_pass(&bench, 2);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(plane_stats_out_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(dynamic_lab_hub()->orphans.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DYNAMIC_CASE(peer_that_nobody_named_gets_a_tunnel),
		DYNAMIC_CASE(entry_with_the_transform_set_is_taken),
		DYNAMIC_CASE(rule_is_in_force_before_the_peer_can_send),
		DYNAMIC_CASE(routes_are_shown_with_tag),
		DYNAMIC_CASE(all_of_it_goes_with_the_last_sa),
		DYNAMIC_CASE(packet_never_calls_the_peer),
		DYNAMIC_CASE(successor_comes_under_the_isakmp_sa_of_the_peer),
		DYNAMIC_CASE(configuration_change_ends_it),
		DYNAMIC_CASE(other_change_leaves_it),
		DYNAMIC_CASE(restarted_hub_drops_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
