/* SPDX-License-Identifier: BSD-3-Clause */
/* The control plane as a whole, two of them, over real rings with a data plane of books. */
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP,
	LIFETIME_S = 3600,
	SOFT_S = 3060,
	GRACE_S = 30
};

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

/* Both ends use one another's SPIs. */
static void assert_joined(size_t tunnel)
{
	const struct sa_pair *a = bench_current(&bench.a, tunnel);
	const struct sa_pair *b = bench_current(&bench.b, tunnel);

	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->spi_in, b->spi_out);
	assert_int_equal(a->spi_out, b->spi_in);
}

static void bring_up(size_t tunnel)
{
	bench_acquire(&bench, &bench.a, tunnel);
	assert_joined(tunnel);
}

static void configuration_programs_the_data_plane(void **state)
{
	(void)state;
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 2);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_BEGIN), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_RULE), 2);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_COMMIT), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_OPTIONS), 1);
}

static void packet_brings_up_the_tunnel_of_its_line_only(void **state)
{
	(void)state;
	bring_up(ICMP);
	assert_int_equal(bench_current(&bench.a, ICMP)->selector.protocol, 1);
	assert_int_equal(bench_current(&bench.b, ICMP)->selector.protocol, 1);
	assert_null(bench_current(&bench.a, TCP));
	assert_true(bench_current(&bench.a, ICMP)->initiator);
	assert_int_equal(bench_current(&bench.a, ICMP)->state, SA_STATE_UP);
	assert_int_equal(bench_current(&bench.b, ICMP)->state, SA_STATE_UP);
}

static void second_tunnel_uses_the_same_ike_sa(void **state)
{
	uint64_t ike_sa;

	(void)state;
	bring_up(ICMP);
	ike_sa = bench_current(&bench.a, ICMP)->ike_sa;
	bring_up(TCP);
	assert_int_equal(bench_current(&bench.a, TCP)->ike_sa, ike_sa);
}

/* In the worker's ring the inbound half must stand before the outbound half is asked for. */
static void inbound_half_is_installed_first(void **state)
{
	size_t in = SIZE_MAX, out = SIZE_MAX;

	(void)state;
	bench_forget(&bench.b);
	bring_up(ICMP);
	for (size_t i = 0; i < bench.b.n_seen; i++) {
		if (bench.b.seen[i].type == PLANE_SA_IN_INSTALL)
			in = i;
		if (bench.b.seen[i].type == PLANE_SA_OUT_INSTALL)
			out = i;
	}
	assert_true(in < out && out < SIZE_MAX);
}

static void reverse_route_follows_the_tunnel(void **state)
{
	struct sa_clear_filter all = {0};

	(void)state;
	bench_forget(&bench.a);
	bring_up(ICMP);
	assert_int_equal(bench_seen(&bench.a, PLANE_ROUTE_ADD), 1);
	assert_int_equal(sa_clear_pairs(&bench.a.control->store, &all, IKE_REASON_CLEARED, false),
			 1);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_ROUTE_DEL), 1);
}

static void clear_removes_the_sas_of_both_ends(void **state)
{
	struct sa_clear_filter all = {0};

	(void)state;
	bring_up(ICMP);
	bench_forget(&bench.b);
	sa_clear_pairs(&bench.a.control->store, &all, IKE_REASON_CLEARED, false);
	bench_settle(&bench);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
	assert_null(bench_current(&bench.b, ICMP));
	assert_int_equal(bench_seen(&bench.b, PLANE_SA_OUT_REMOVE), 1);
	bench_pass(&bench, 10);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 0);
	assert_int_equal(
		slots_used(bench.b.control->slots, 0) + slots_used(bench.b.control->slots, 1), 0);
}

static void pass_with_traffic(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		if (bench_current(&bench.a, ICMP))
			bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
		if (bench_current(&bench.b, ICMP))
			bench_traffic(&bench.b, bench_current(&bench.b, ICMP));
		bench_pass(&bench, 1);
	}
}

static void used_sa_is_replaced_before_it_expires(void **state)
{
	uint32_t old_in;

	(void)state;
	bring_up(ICMP);
	old_in = bench_current(&bench.a, ICMP)->spi_in;
	pass_with_traffic(SOFT_S - 5);
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	pass_with_traffic(10);
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	assert_joined(ICMP);
	/* the old one still receives, then goes */
	assert_non_null(sa_store_find(&bench.a.control->store, old_in));
	assert_int_equal(sa_store_find(&bench.a.control->store, old_in)->state, SA_STATE_DRAINING);
	pass_with_traffic(GRACE_S + 10);
	assert_null(sa_store_find(&bench.a.control->store, old_in));
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 1);
	assert_joined(ICMP);
}

static void unused_sa_expires_without_successor(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_pass(&bench, LIFETIME_S + 10);
	assert_null(bench_current(&bench.a, ICMP));
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 0);
}

static void kilobyte_limit_brings_a_successor(void **state)
{
	struct plane_msg msg = {.type = PLANE_SA_EXPIRE};
	const struct sa_pair *pair;
	uint32_t old_in;

	(void)state;
	bring_up(ICMP);
	pair = bench_current(&bench.a, ICMP);
	old_in = pair->spi_in;
	msg.expire.spi = pair->spi_out;
	msg.expire.pair = plane_spi_slot(pair->spi_in);
	msg.expire.tunnel = pair->index;
	msg.expire.outbound = 1;
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[pair->worker], &msg), 0);
	bench_settle(&bench);
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	assert_joined(ICMP);
}

/* Both ends want a successor in the same moment: they must come to use the same pair. */
static void simultaneous_rekey_ends_with_one_pair(void **state)
{
	(void)state;
	bring_up(ICMP);
	for (int i = 0; i < 2; i++) {
		struct bench_end *end = i ? &bench.b : &bench.a;
		const struct sa_pair *pair = bench_current(end, ICMP);
		struct plane_msg msg = {.type = PLANE_SA_EXPIRE};

		msg.expire.spi = pair->spi_out;
		msg.expire.pair = plane_spi_slot(pair->spi_in);
		msg.expire.outbound = 1;
		assert_int_equal(plane_ring_send(end->plane.from_worker[pair->worker], &msg), 0);
	}
	bench_settle(&bench);
	assert_joined(ICMP);
	pass_with_traffic(GRACE_S + 20);
	assert_joined(ICMP);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 1);
}

static void simultaneous_start_ends_with_one_pair(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench_end *end = i ? &bench.b : &bench.a;
		const struct tunnel *t = &end->control->tunnels.rows[ICMP];
		struct plane_msg msg = {.type = PLANE_ACQUIRE, .acquire.tunnel = t->index};

		assert_int_equal(plane_ring_send(end->plane.from_worker[t->worker], &msg), 0);
	}
	bench_settle(&bench);
	assert_joined(ICMP);
	pass_with_traffic(GRACE_S + 20);
	assert_joined(ICMP);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
}

static void counters_of_a_tunnel_survive_its_sas(void **state)
{
	const struct tunnel *t = &bench.a.control->tunnels.rows[ICMP];
	struct sa_clear_filter all = {0};
	struct sa_counters n;

	(void)state;
	bring_up(ICMP);
	for (int i = 0; i < 7; i++)
		bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	sa_clear_pairs(&bench.a.control->store, &all, IKE_REASON_CLEARED, false);
	/* one more packet slips through before the worker obeys */
	plane_stats_in_of(&bench.a.plane, t->worker)[0].packets++;
	bench_settle(&bench);
	n = sa_query_tunnel(&bench.a.control->store, t);
	assert_int_equal(n.out_packets, 7);
	assert_int_equal(n.in_packets, 8);
	assert_int_equal(n.out_bytes, 700);
	bring_up(ICMP);
	bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	n = sa_query_tunnel(&bench.a.control->store, t);
	assert_int_equal(n.out_packets, 8);
}

static void removed_line_clears_its_sas_and_no_others(void **state)
{
	uint32_t tcp_in;

	(void)state;
	bring_up(ICMP);
	bring_up(TCP);
	tcp_in = bench_current(&bench.a, TCP)->spi_in;
	bench_configure(&bench, &bench.a,
			"ip access-list extended VPN\n"
			" no permit icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n");
	assert_int_equal(bench.a.control->tunnels.n, 1);
	assert_int_equal(bench_current(&bench.a, TCP)->spi_in, tcp_in);
	assert_int_equal(bench.a.control->store.n_pairs, 1);
	assert_null(bench_current(&bench.b, ICMP));
	assert_non_null(bench_current(&bench.b, TCP));
}

static void changed_key_ends_ike_and_ipsec_sas_of_the_peer(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_configure(&bench, &bench.a, "crypto isakmp key other address 10.0.0.2\n");
	assert_null(bench_current(&bench.a, ICMP));
	assert_null(bench_current(&bench.b, ICMP));
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 5);
	assert_null(bench_current(&bench.a, ICMP));
}

static void unrelated_line_leaves_everything_alone(void **state)
{
	uint32_t in;

	(void)state;
	bring_up(ICMP);
	in = bench_current(&bench.a, ICMP)->spi_in;
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a, "hostname other\n");
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_in, in);
	assert_int_equal(bench.a.n_seen, 0);
}

static void changed_transform_clears_its_sas(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_configure(&bench, &bench.a,
			"crypto ipsec transform-set T esp-aes 256 esp-sha-hmac\n");
	assert_null(bench_current(&bench.a, ICMP));
	assert_int_equal(bench.a.control->store.n_pairs, 0);
}

static void mtu_change_drops_the_tunnels_that_end_there(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_configure(&bench, &bench.a, "interface GigabitEthernet0/1\n ip mtu 1400\n");
	assert_null(bench_current(&bench.a, ICMP));
}

static void isakmp_off_says_goodbye_and_answers_nobody(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_configure(&bench, &bench.a, "no crypto isakmp enable\n");
	assert_null(bench_current(&bench.a, ICMP));
	assert_null(bench_current(&bench.b, ICMP));
	bench_acquire(&bench, &bench.b, ICMP);
	assert_null(bench_current(&bench.a, ICMP));
}

static void next_peer_is_asked_when_the_first_is_silent(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a,
			"crypto map M 10 ipsec-isakmp\n no set peer 10.0.0.2\n"
			" set peer 10.0.0.3\n set peer 10.0.0.2\n");
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 120);
	assert_joined(ICMP);
	assert_int_equal(addr_to_v4(&bench_current(&bench.a, ICMP)->path.remote), 0x0a000002);
}

static void restarted_process_keeps_what_forwards(void **state)
{
	uint32_t spi_in, slot;
	unsigned worker;

	(void)state;
	bring_up(ICMP);
	spi_in = bench_current(&bench.a, ICMP)->spi_in;
	worker = bench_current(&bench.a, ICMP)->worker;
	slot = plane_spi_slot(spi_in);
	bench_forget(&bench.a);
	bench_restart(&bench, &bench.a, bench_config_a);
	/* same numbers, nothing removed, the slot stays taken */
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_REMOVE), 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_OUT_REMOVE), 0);
	assert_int_equal(bench.a.control->tunnels.rows[ICMP].worker, worker);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, spi_in);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].tunnel,
			 bench.a.control->tunnels.rows[ICMP].index);
	assert_int_equal(slots_used(bench.a.control->slots, worker), 1);
	bench_acquire(&bench, &bench.a, ICMP);
	assert_joined(ICMP);
	assert_int_not_equal(plane_spi_slot(bench_current(&bench.a, ICMP)->spi_in), slot);
	/* the orphan goes when its own lifetime is over */
	pass_with_traffic(LIFETIME_S + 5);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_joined(ICMP);
}

static void clear_takes_orphans_along(void **state)
{
	unsigned worker;
	uint32_t slot;

	(void)state;
	bring_up(ICMP);
	worker = bench_current(&bench.a, ICMP)->worker;
	slot = plane_spi_slot(bench_current(&bench.a, ICMP)->spi_in);
	bench_restart(&bench, &bench.a, bench_config_a);
	assert_int_equal(orphans_remove_matching(&bench.a.control->orphans,
						 &bench.a.control->tunnels, &bench.a.address, NULL),
			 0);
	assert_int_equal(orphans_remove_matching(&bench.a.control->orphans,
						 &bench.a.control->tunnels, &bench.b.address, "M"),
			 1);
	bench_settle(&bench);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(plane_stats_out_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(slots_used(bench.a.control->slots, worker), 0);
}

/* The configuration was changed and not saved, or edited while the process was down. */
static void orphan_of_an_unknown_tunnel_is_removed_at_start(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_forget(&bench.a);
	bench_restart(&bench, &bench.a, "hostname empty\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_REMOVE), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_OUT_REMOVE), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_COMMIT), 1);
}

static void refused_installation_fails_the_negotiation_and_frees_the_slot(void **state)
{
	(void)state;
	bench.a.refuse_type = PLANE_SA_IN_INSTALL;
	bench.a.refuse_error = -12;
	bench_acquire(&bench, &bench.a, ICMP);
	assert_null(bench_current(&bench.a, ICMP));
	bench_pass(&bench, 5);
	assert_int_equal(bench.a.control->store.n_pairs, 0);
	bench.a.refuse_type = PLANE_NONE;
	bench_acquire(&bench, &bench.a, ICMP);
	assert_joined(ICMP);
}

static void termination_tells_the_peer(void **state)
{
	(void)state;
	bring_up(ICMP);
	control_terminate(bench.a.control);
	bench_settle(&bench);
	assert_null(bench_current(&bench.b, ICMP));
	assert_int_equal(bench.a.control->store.n_pairs, 0);
	assert_true(plane_client_flushed(bench.a.control->client));
	assert_int_equal(plane_client_unanswered(bench.a.control->client), 0);
}

static void count_ike_sa(void *ctx, const struct ike_sa_info *sa)
{
	size_t *n = ctx;

	*n += !sa->deleted;
}

static size_t ike_sas(const struct bench_end *end)
{
	size_t n = 0;

	ike_engine_each(end->control->engine, count_ike_sa, &n);
	return n;
}

static void termination_ends_the_ike_sas_too(void **state)
{
	(void)state;
	bring_up(ICMP);
	assert_int_equal(ike_sas(&bench.b), 1);
	control_terminate(bench.a.control);
	bench_settle(&bench);
	assert_int_equal(ike_sas(&bench.a), 0);
	assert_int_equal(ike_sas(&bench.b), 0);
}

/* The peer forgot everything: what it had goes, what it negotiates now stays. */
static void restarted_peer_loses_its_old_sas_only(void **state)
{
	(void)state;
	bring_up(ICMP);
	bench_pass(&bench, 1);
	bench_restart(&bench, &bench.b, bench_config_b);
	bench_acquire(&bench, &bench.b, TCP);
	assert_joined(TCP);
	assert_null(bench_current(&bench.a, ICMP));
	bring_up(ICMP);
	assert_joined(TCP);
}

static void path_mtu_is_believed_only_for_an_sa_of_ours(void **state)
{
	struct plane_msg msg = {.type = PLANE_PATH_MTU};
	const struct sa_pair *pair;

	(void)state;
	bring_up(ICMP);
	pair = bench_current(&bench.a, ICMP);
	msg.path_mtu.local = pair->path.local;
	msg.path_mtu.remote = pair->path.remote;
	msg.path_mtu.spi = pair->spi_out + 1;
	msg.path_mtu.mtu = 1400;
	bench_forget(&bench.a);
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_SET_MTU), 0);
	msg.path_mtu.spi = pair->spi_out;
	msg.path_mtu.mtu = 300;
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_SET_MTU), 0);
	msg.path_mtu.mtu = 1400;
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_SET_MTU), 1);
	assert_int_equal(pair->mtu, 1400);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(configuration_programs_the_data_plane),
		CASE(packet_brings_up_the_tunnel_of_its_line_only),
		CASE(second_tunnel_uses_the_same_ike_sa),
		CASE(inbound_half_is_installed_first),
		CASE(reverse_route_follows_the_tunnel),
		CASE(clear_removes_the_sas_of_both_ends),
		CASE(used_sa_is_replaced_before_it_expires),
		CASE(unused_sa_expires_without_successor),
		CASE(kilobyte_limit_brings_a_successor),
		CASE(simultaneous_rekey_ends_with_one_pair),
		CASE(simultaneous_start_ends_with_one_pair),
		CASE(counters_of_a_tunnel_survive_its_sas),
		CASE(removed_line_clears_its_sas_and_no_others),
		CASE(changed_key_ends_ike_and_ipsec_sas_of_the_peer),
		CASE(unrelated_line_leaves_everything_alone),
		CASE(changed_transform_clears_its_sas),
		CASE(mtu_change_drops_the_tunnels_that_end_there),
		CASE(isakmp_off_says_goodbye_and_answers_nobody),
		CASE(next_peer_is_asked_when_the_first_is_silent),
		CASE(restarted_process_keeps_what_forwards),
		CASE(clear_takes_orphans_along),
		CASE(orphan_of_an_unknown_tunnel_is_removed_at_start),
		CASE(refused_installation_fails_the_negotiation_and_frees_the_slot),
		CASE(termination_tells_the_peer),
		CASE(termination_ends_the_ike_sas_too),
		CASE(restarted_peer_loses_its_old_sas_only),
		CASE(path_mtu_is_believed_only_for_an_sa_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
