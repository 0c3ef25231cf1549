/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of tunnels between two whole control planes over real rings. */
#include "controlplane/provider.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP,
	LIFETIME_S = 3600,
	SOFT_S = 3060,
	GRACE_S = 30,
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

static void configuration_programs_the_data_plane(void **state)
{
	(void)state;
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 2);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_BEGIN), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_RULE), 2);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_COMMIT), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_OPTIONS), 1);
}

/* The n-th place, from 1, of a command to the main thread; 0 when there is none. */
static size_t place_of(const struct bench_end *end, enum plane_type type, bool up)
{
	for (size_t i = 0; i < end->n_seen; i++)
		if (end->seen[i].type == type &&
		    (type != PLANE_IF_SET || (end->seen[i].interface.up != 0) == up))
			return i + 1;
	return 0;
}

/* Otherwise what must be encrypted would leave in clear for a moment. */
static void no_interface_forwards_without_its_policy(void **state)
{
	size_t policy = place_of(&bench.a, PLANE_POLICY_COMMIT, false);

	(void)state;
	assert_int_not_equal(policy, 0);
	assert_true(policy < place_of(&bench.a, PLANE_IF_SET, true));
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a, "no interface GigabitEthernet0/1\n");
	bench_settle(&bench);
	policy = place_of(&bench.a, PLANE_POLICY_COMMIT, false);
	assert_int_not_equal(place_of(&bench.a, PLANE_IF_SET, false), 0);
	assert_true(policy > place_of(&bench.a, PLANE_IF_SET, false));
}

static void packet_brings_up_the_tunnel_of_its_line_only(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	ike_sa = bench_current(&bench.a, ICMP)->ike_sa;
	bench_bring_up(&bench, TCP);
	assert_int_equal(bench_current(&bench.a, TCP)->ike_sa, ike_sa);
}

/* In the worker's ring the inbound half must stand before the outbound half is asked for. */
static void inbound_half_is_installed_first(void **state)
{
	size_t in = SIZE_MAX, out = SIZE_MAX;

	(void)state;
	bench_forget(&bench.b);
	bench_bring_up(&bench, ICMP);
	for (size_t i = 0; i < bench.b.n_seen; i++) {
		if (bench.b.seen[i].type == PLANE_SA_IN_INSTALL)
			in = i;
		if (bench.b.seen[i].type == PLANE_SA_OUT_INSTALL)
			out = i;
	}
	assert_true(in < out && out < SIZE_MAX);
}

static void clear_removes_the_sas_of_both_ends(void **state)
{
	struct sa_clear_filter all = {0};

	(void)state;
	bench_bring_up(&bench, ICMP);
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

static void used_sa_is_replaced_before_it_expires(void **state)
{
	uint32_t old_in;

	(void)state;
	bench_bring_up(&bench, ICMP);
	old_in = bench_current(&bench.a, ICMP)->spi_in;
	bench_pass_with_traffic(&bench, ICMP, SOFT_S - 5);
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	bench_pass_with_traffic(&bench, ICMP, 10);
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	bench_assert_joined(&bench, ICMP);
	/* the old one still receives, then goes */
	assert_non_null(sa_store_find(&bench.a.control->store, old_in));
	assert_int_equal(sa_store_find(&bench.a.control->store, old_in)->state, SA_STATE_DRAINING);
	bench_pass_with_traffic(&bench, ICMP, GRACE_S + 10);
	assert_null(sa_store_find(&bench.a.control->store, old_in));
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 1);
	bench_assert_joined(&bench, ICMP);
}

static void unused_sa_expires_without_successor(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	pair = bench_current(&bench.a, ICMP);
	old_in = pair->spi_in;
	msg.expire.spi = pair->spi_out;
	msg.expire.pair = plane_spi_slot(pair->spi_in);
	msg.expire.tunnel = pair->index;
	msg.expire.outbound = 1;
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[pair->worker], &msg), 0);
	bench_pass(&bench, 2);
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, old_in);
	bench_assert_joined(&bench, ICMP);
}

/* Both ends want a successor in the same moment: they must come to use the same pair. */
static void simultaneous_rekey_ends_with_one_pair(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	for (int i = 0; i < 2; i++) {
		struct bench_end *end = i ? &bench.b : &bench.a;
		const struct sa_pair *pair = bench_current(end, ICMP);
		struct plane_msg msg = {.type = PLANE_SA_EXPIRE};

		msg.expire.spi = pair->spi_out;
		msg.expire.pair = plane_spi_slot(pair->spi_in);
		msg.expire.outbound = 1;
		assert_int_equal(plane_ring_send(end->plane.from_worker[pair->worker], &msg), 0);
	}
	bench_pass(&bench, 2);
	bench_assert_joined(&bench, ICMP);
	bench_pass_with_traffic(&bench, ICMP, GRACE_S + 20);
	bench_assert_joined(&bench, ICMP);
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
	bench_assert_joined(&bench, ICMP);
	bench_pass_with_traffic(&bench, ICMP, GRACE_S + 20);
	bench_assert_joined(&bench, ICMP);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 1);
}

static void counters_of_a_tunnel_survive_its_sas(void **state)
{
	const struct tunnel *t = &bench.a.control->tunnels.rows[ICMP];
	struct sa_clear_filter all = {0};
	struct sa_counters n;

	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	n = sa_query_tunnel(&bench.a.control->store, t);
	assert_int_equal(n.out_packets, 8);
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
	bench_assert_joined(&bench, ICMP);
}

static void termination_tells_the_peer(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	assert_int_equal(ike_sas(&bench.b), 1);
	control_terminate(bench.a.control);
	bench_settle(&bench);
	assert_int_equal(ike_sas(&bench.a), 0);
	assert_int_equal(ike_sas(&bench.b), 0);
}

static void path_mtu_is_believed_only_for_an_sa_of_ours(void **state)
{
	struct plane_msg msg = {.type = PLANE_PATH_MTU};
	const struct sa_pair *pair;

	(void)state;
	bench_bring_up(&bench, ICMP);
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

/* Behind a NAT with nothing configured the mapping is kept by a keepalive each 20 s (R051). */
static void peer_is_kept_behind_nat_unless_told_otherwise(void **state)
{
	struct ike_env env = provider_env(bench.a.control);
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};
	struct ike_peer peer;

	(void)state;
	assert_int_equal(env.peer(env.ctx, &path, NULL, &peer), 0);
	assert_int_equal(peer.nat_keepalive_s, 20);
	secret_wipe(&peer.psk);
	bench_configure(&bench, &bench.a, "crypto isakmp nat keepalive 33\n");
	assert_int_equal(env.peer(env.ctx, &path, NULL, &peer), 0);
	assert_int_equal(peer.nat_keepalive_s, 33);
	secret_wipe(&peer.psk);
}

/* A client, even at the address of a static peer and before it has a session, is not that peer. */
static void client_gets_no_tunnel_of_a_static_entry(void **state)
{
	struct ike_env env = provider_env(bench.a.control);
	struct ike_path path = {
		.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002), .peer = 3};
	const struct selector *s = &bench.a.control->tunnels.rows[ICMP].selector;
	struct ike_child_config config;
	enum ike_reason why;

	(void)state;
	assert_int_equal(env.child(env.ctx, &path, s, NULL, &config, &why), 0);
	path.client = true;
	assert_int_equal(env.child(env.ctx, &path, s, NULL, &config, &why), -ENOENT);
	assert_int_equal(why, IKE_REASON_NO_MAP);
}

/* A quick mode that fails with its inbound half installed leaves nothing behind. */
static void failed_quick_mode_takes_its_inbound_half_with_it(void **state)
{
	struct ike_env env = provider_env(bench.a.control);
	struct ike_event e = {.type = IKE_EVENT_CHILD_FAILED, .reason = IKE_REASON_NO_ANSWER};
	struct sa_pair *pair;

	(void)state;
	bench_bring_up(&bench, ICMP);
	pair = bench_current(&bench.a, ICMP);
	e.path = (struct ike_path){.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};
	e.tunnel = bench.a.control->tunnels.rows[ICMP].handle;
	e.spi = pair->spi_in;
	env.event(env.ctx, &e);
	bench_settle(&bench);
	assert_int_equal(bench_count_pairs(&bench.a, ICMP), 0);
}

/* The SPI of one pair in is that of another one out: what is said of one is not done to both. */
static void spi_of_both_ends_is_told_apart_by_its_destination(void **state)
{
	struct ike_env env = provider_env(bench.a.control);
	struct ike_event e = {.reason = IKE_REASON_NO_ANSWER};

	(void)state;
	bench_bring_up(&bench, TCP);
	bench_bring_up(&bench, ICMP);
	e.path = bench_current(&bench.a, ICMP)->path;
	e.spi = bench_current(&bench.a, ICMP)->spi_in;
	bench_current(&bench.a, TCP)->spi_out = e.spi;
	e.tunnel = bench.a.control->tunnels.rows[ICMP].handle;
	e.type = IKE_EVENT_CHILD_FAILED;
	env.event(env.ctx, &e);
	bench_settle(&bench);
	assert_null(bench_current(&bench.a, ICMP));
	assert_non_null(bench_current(&bench.a, TCP));

	bench_bring_up(&bench, ICMP);
	bench_current(&bench.a, TCP)->spi_out = bench_current(&bench.a, ICMP)->spi_in;
	e.spi = bench_current(&bench.a, ICMP)->spi_in;
	e.type = IKE_EVENT_INVALID_SPI;
	env.event(env.ctx, &e);
	bench_settle(&bench);
	assert_non_null(bench_current(&bench.a, ICMP));
	assert_null(bench_current(&bench.a, TCP));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(peer_is_kept_behind_nat_unless_told_otherwise),
		CASE(failed_quick_mode_takes_its_inbound_half_with_it),
		CASE(client_gets_no_tunnel_of_a_static_entry),
		CASE(spi_of_both_ends_is_told_apart_by_its_destination),
		CASE(configuration_programs_the_data_plane),
		CASE(no_interface_forwards_without_its_policy),
		CASE(packet_brings_up_the_tunnel_of_its_line_only),
		CASE(second_tunnel_uses_the_same_ike_sa),
		CASE(inbound_half_is_installed_first),
		CASE(clear_removes_the_sas_of_both_ends),
		CASE(used_sa_is_replaced_before_it_expires),
		CASE(unused_sa_expires_without_successor),
		CASE(kilobyte_limit_brings_a_successor),
		CASE(simultaneous_rekey_ends_with_one_pair),
		CASE(simultaneous_start_ends_with_one_pair),
		CASE(counters_of_a_tunnel_survive_its_sas),
		CASE(refused_installation_fails_the_negotiation_and_frees_the_slot),
		CASE(termination_tells_the_peer),
		CASE(termination_ends_the_ike_sas_too),
		CASE(path_mtu_is_believed_only_for_an_sa_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
