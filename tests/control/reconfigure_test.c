/* SPDX-License-Identifier: BSD-3-Clause */
/* What changes of the configuration and restarts do to tunnels, and to no others. */
#include "controlplane/sa_clear.h"
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

static void reverse_route_follows_the_tunnel(void **state)
{
	struct sa_clear_filter all = {0};

	(void)state;
	bench_forget(&bench.a);
	bench_bring_up(&bench, ICMP);
	assert_int_equal(bench_seen(&bench.a, PLANE_ROUTE_ADD), 1);
	assert_int_equal(sa_clear_pairs(&bench.a.control->store, &all, IKE_REASON_CLEARED, false),
			 1);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_ROUTE_DEL), 1);
}

/* The data plane knows routes by their next hop too: the old one would stay and be used. */
static void route_that_moved_is_taken_from_its_old_next_hop(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a, "ip route 172.16.0.0 255.240.0.0 10.0.0.9\n");
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a,
			"ip route 172.16.0.0 255.240.0.0 10.0.0.8\n"
			"no ip route 172.16.0.0 255.240.0.0 10.0.0.9\n");
	assert_int_equal(bench.a.n_seen, 2);
	assert_int_equal(bench.a.seen[0].type, PLANE_ROUTE_DEL);
	assert_int_equal(addr_to_v4(&bench.a.seen[0].route.next_hop), 0x0a000009);
	assert_int_equal(bench.a.seen[1].type, PLANE_ROUTE_ADD);
	assert_int_equal(addr_to_v4(&bench.a.seen[1].route.next_hop), 0x0a000008);
}

static void removed_line_clears_its_sas_and_no_others(void **state)
{
	uint32_t tcp_in;

	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_bring_up(&bench, TCP);
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
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	in = bench_current(&bench.a, ICMP)->spi_in;
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a, "hostname other\n");
	assert_int_equal(bench_current(&bench.a, ICMP)->spi_in, in);
	assert_int_equal(bench.a.n_seen, 0);
}

static void changed_transform_clears_its_sas(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_configure(&bench, &bench.a,
			"crypto ipsec transform-set T esp-aes 256 esp-sha-hmac\n");
	assert_null(bench_current(&bench.a, ICMP));
	assert_int_equal(bench.a.control->store.n_pairs, 0);
}

/* H155: the successor starts with the new window; the old one goes on until it is there. */
static void changed_window_renews_without_a_gap(void **state)
{
	uint32_t in;

	(void)state;
	bench_bring_up(&bench, ICMP);
	in = bench_current(&bench.a, ICMP)->spi_in;
	bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	bench_configure(&bench, &bench.a,
			"crypto ipsec security-association replay window-size 4096\n");
	assert_non_null(sa_store_find(&bench.a.control->store, in));
	bench_pass(&bench, 5);
	assert_non_null(bench_current(&bench.a, ICMP));
	assert_int_not_equal(bench_current(&bench.a, ICMP)->spi_in, in);
	assert_int_equal(bench_current(&bench.a, ICMP)->replay_window, 4096);
	assert_non_null(sa_store_find(&bench.a.control->store, in));
}

/* What the window refuses, as the API says it and as it stands in the log. */
static void late_packets_are_told_with_the_remedy(void **state)
{
	static const char sentence[] = "reordering up to 700 seen, window 64 dropped 1,204 packets";
	struct sa_pair *pair;
	struct plane_stats_in *in;
	bool logged = false;

	(void)state;
	bench_bring_up(&bench, ICMP);
	pair = bench_current(&bench.a, ICMP);
	in = &plane_stats_in_of(&bench.a.plane, pair->worker)[plane_spi_slot(pair->spi_in)];
	in->replay_late = 2408;
	in->late_verified = 50;
	in->late_forged = 50;
	in->late_unchecked = 2308;
	in->late_most = 700;
	bench_pass(&bench, 15);
	for (size_t i = 0; debug_log_line(bench.a.control->log, i); i++)
		logged |= strstr(debug_log_line(bench.a.control->log, i), sentence) != NULL;
	assert_true(logged);
	/* forged packets alone are no reordering */
	assert_int_equal(pair->reorder.last.verified, 50);
	in->late_forged += 500;
	bench_pass(&bench, 90);
	assert_int_equal(pair->reorder.last.verified, 50);
}

static void mtu_change_drops_the_tunnels_that_end_there(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_configure(&bench, &bench.a, "interface GigabitEthernet0/1\n ip mtu 1400\n");
	assert_null(bench_current(&bench.a, ICMP));
}

static void isakmp_off_says_goodbye_and_answers_nobody(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_configure(&bench, &bench.a, "no crypto isakmp enable\n");
	assert_null(bench_current(&bench.a, ICMP));
	assert_null(bench_current(&bench.b, ICMP));
	bench_acquire(&bench, &bench.b, ICMP);
	assert_null(bench_current(&bench.a, ICMP));
}

static const struct plane_interface *last_interface(void)
{
	size_t i = bench.a.n_seen;

	while (i > 0 && bench.a.seen[--i].type != PLANE_IF_SET)
		;
	return &bench.a.seen[i].interface;
}

/* The data plane drops what comes there, and nothing is begun there either (R023). */
static void isakmp_off_of_an_interface_is_off_there(void **state)
{
	const char *interface = bench.a.control->config.interfaces[1].name;
	char line[80];

	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_forget(&bench.a);
	snprintf(line, sizeof(line), "no crypto isakmp enable %s\n", interface);
	bench_configure(&bench, &bench.a, line);
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 1);
	assert_false(last_interface()->ike);
	assert_null(bench_current(&bench.a, ICMP));
	assert_null(bench_current(&bench.b, ICMP));
	bench_acquire(&bench, &bench.b, ICMP);
	assert_null(bench_current(&bench.a, ICMP));
	bench_acquire(&bench, &bench.a, ICMP);
	assert_null(bench_current(&bench.a, ICMP));
	bench_configure(&bench, &bench.a, line + strlen("no "));
	assert_true(last_interface()->ike);
	bench_pass(&bench, 120);
	bench_acquire(&bench, &bench.a, ICMP);
	assert_non_null(bench_current(&bench.a, ICMP));
	assert_non_null(bench_current(&bench.b, ICMP));
}

static void next_peer_is_asked_when_the_first_is_silent(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.a,
			"crypto map M 10 ipsec-isakmp\n no set peer 10.0.0.2\n"
			" set peer 10.0.0.3\n set peer 10.0.0.2\n");
	bench_acquire(&bench, &bench.a, ICMP);
	bench_pass(&bench, 120);
	bench_assert_joined(&bench, ICMP);
	assert_int_equal(addr_to_v4(&bench_current(&bench.a, ICMP)->path.remote), 0x0a000002);
}

static void restarted_process_keeps_what_forwards(void **state)
{
	uint32_t spi_in, slot;
	unsigned worker;

	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_assert_joined(&bench, ICMP);
	assert_int_not_equal(plane_spi_slot(bench_current(&bench.a, ICMP)->spi_in), slot);
	/* the orphan goes when its own lifetime is over */
	bench_pass_with_traffic(&bench, ICMP, LIFETIME_S + 5);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	bench_assert_joined(&bench, ICMP);
}

/* The statistics are memory that others write: what they say of a tunnel or an SPI is checked. */
static void orphans_that_lead_nowhere_are_no_tunnels(void **state)
{
	const struct tunnel *t = &bench.a.control->tunnels.rows[ICMP];
	unsigned worker = t->worker;
	struct plane_stats_in *in = &plane_stats_in_of(&bench.a.plane, worker - 1)[5];
	struct plane_stats_out *out = &plane_stats_out_of(&bench.a.plane, worker - 1)[5];
	uint32_t slot;

	(void)state;
	/* beyond the tunnels of its worker, where those of the next one begin */
	assert_true(worker > 0);
	in->spi = plane_spi_make(1, worker - 1, 5);
	out->spi = 77;
	in->tunnel = out->tunnel = BENCH_TUNNELS + t->index;
	bench_restart(&bench, &bench.a, bench_config_a);
	assert_int_equal(out->spi, 0);
	assert_int_equal(in->spi, 0);
	assert_int_equal(bench.a.control->orphans.n, 0);
	assert_int_equal(slots_used(bench.a.control->slots, worker - 1), 0);
	/* an SPI of another slot is nobody's: only the outbound half is known */
	bench_bring_up(&bench, ICMP);
	slot = plane_spi_slot(bench_current(&bench.a, ICMP)->spi_in);
	in = &plane_stats_in_of(&bench.a.plane, worker)[slot];
	in->spi = plane_spi_make(9, PLANE_WORKERS_MAX - 1, UINT16_MAX);
	bench_restart(&bench, &bench.a, bench_config_a);
	assert_int_equal(bench.a.control->orphans.n, 1);
	assert_int_equal(plane_spi_worker(bench.a.control->orphans.rows[0].spi_in), worker);
	assert_int_equal(plane_spi_slot(bench.a.control->orphans.rows[0].spi_in), slot);
	assert_int_equal(slots_used(bench.a.control->slots, worker), 1);
}

static void clear_takes_orphans_along(void **state)
{
	unsigned worker;
	uint32_t slot;

	(void)state;
	bench_bring_up(&bench, ICMP);
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
	bench_bring_up(&bench, ICMP);
	bench_forget(&bench.a);
	bench_restart(&bench, &bench.a, "hostname empty\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_REMOVE), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_OUT_REMOVE), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_COMMIT), 1);
}

/* The peer forgot everything: what it had goes, what it negotiates now stays. */
static void restarted_peer_loses_its_old_sas_only(void **state)
{
	(void)state;
	bench_bring_up(&bench, ICMP);
	bench_pass(&bench, 1);
	bench_restart(&bench, &bench.b, bench_config_b);
	bench_acquire(&bench, &bench.b, TCP);
	bench_assert_joined(&bench, TCP);
	assert_null(bench_current(&bench.a, ICMP));
	bench_bring_up(&bench, ICMP);
	bench_assert_joined(&bench, TCP);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* The other end has an SA that is gone here, and goes on sending under it. */
static void unknown_spi_of_a_peer_asks_it_for_an_sa_when_that_is_wanted(void **state)
{
	const struct addr peer = addr_v4(0x0a000002), stranger = addr_v4(0x0a000063);
	struct plane_msg msg = {
		.type = PLANE_NOTICE,
		.notice = {.reason = DROP_ESP_NO_SA, .spi = 0xdeadbeef},
	};

	(void)state;
	msg.notice.flow.remote = prefix_make(&peer, 32);
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->store.n_pairs, 0);

	bench_configure(&bench, &bench.a, "crypto isakmp invalid-spi-recovery\n");
	msg.notice.flow.remote = prefix_make(&stranger, 32);
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->store.n_pairs, 0);

	msg.notice.flow.remote = prefix_make(&peer, 32);
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[0], &msg), 0);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->store.n_pairs, 1);
	bench_assert_joined(&bench, TCP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reverse_route_follows_the_tunnel),
		CASE(route_that_moved_is_taken_from_its_old_next_hop),
		CASE(removed_line_clears_its_sas_and_no_others),
		CASE(changed_key_ends_ike_and_ipsec_sas_of_the_peer),
		CASE(unrelated_line_leaves_everything_alone),
		CASE(changed_transform_clears_its_sas),
		CASE(changed_window_renews_without_a_gap),
		CASE(late_packets_are_told_with_the_remedy),
		CASE(mtu_change_drops_the_tunnels_that_end_there),
		CASE(isakmp_off_says_goodbye_and_answers_nobody),
		CASE(isakmp_off_of_an_interface_is_off_there),
		CASE(next_peer_is_asked_when_the_first_is_silent),
		CASE(restarted_process_keeps_what_forwards),
		CASE(orphans_that_lead_nowhere_are_no_tunnels),
		CASE(clear_takes_orphans_along),
		CASE(orphan_of_an_unknown_tunnel_is_removed_at_start),
		CASE(restarted_peer_loses_its_old_sas_only),
		CASE(unknown_spi_of_a_peer_asks_it_for_an_sa_when_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
