/* SPDX-License-Identifier: BSD-3-Clause */
/* Peers behind NATs: two at one address (R053), and one that its NAT moves (hostile.md H123). */
#include "controlplane/events.h"
#include "controlplane/provider.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	TCP,
	ICMP
};

static struct bench bench;

/* The pairs of two tunnels at end A, as if a NAT were in front of end B. */
static struct sa_pair *first, *second;

static int setup(void **)
{
	bench_init(&bench, bench_config_a, bench_config_b);
	bench_bring_up(&bench, TCP);
	bench_bring_up(&bench, ICMP);
	first = bench_current(&bench.a, TCP);
	second = bench_current(&bench.a, ICMP);
	assert_true(first->path.peer && first->path.peer == second->path.peer);
	first->udp = first->nat_remote = true;
	second->udp = second->nat_remote = true;
	bench_forget(&bench.a);
	return 0;
}

static int teardown(void **)
{
	bench_fini(&bench);
	return 0;
}

static struct sa_store *store(void)
{
	return &bench.a.control->store;
}

/* The second tunnel's peer is somebody else, who has chosen the same SPI. */
static void set_apart(void)
{
	second->path.peer = first->path.peer + 2;
	second->spi_out = first->spi_out;
}

static void peers_behind_one_address_keep_to_their_own(void **)
{
	struct sa_clear_filter filter = {0};
	bool sent;

	set_apart();
	bench_traffic(&bench.a, second);
	assert_false(sa_query_heard(store(), &first->path, 0, &sent));
	assert_int_equal(sa_query_up(store(), &first->path), 1);
	assert_int_equal(sa_query_up(store(), &second->path), 1);
	sa_remove_by_peer(store(), &second->path, first->spi_out);
	assert_true(second->silent);
	assert_false(first->silent);
	filter.path = &second->path;
	assert_int_equal(sa_clear_pairs(store(), &filter, IKE_REASON_DPD_DEAD, true), 1);
	assert_int_equal(second->state, SA_STATE_DYING);
	assert_int_equal(first->state, SA_STATE_UP);
}

static void events_of_one_peer_leave_the_other(void **)
{
	static const struct ike_event events[] = {
		{.type = IKE_EVENT_DOWN, .reason = IKE_REASON_DPD_DEAD},
		{.type = IKE_EVENT_INITIAL_CONTACT, .reason = IKE_REASON_INITIAL_CONTACT},
		{.type = IKE_EVENT_INVALID_SPI},
	};

	for (size_t i = 0; i < array_len(events); i++) {
		struct ike_event e = events[i];

		if (i) {
			teardown(NULL);
			setup(NULL);
		}
		set_apart();
		e.path = second->path;
		e.spi = first->spi_out;
		events_ike(bench.a.control, &e);
		assert_int_equal(second->state, SA_STATE_DYING);
		assert_int_equal(first->state, SA_STATE_UP);
	}
}

/* What the worker of a pair says, and the commands that follow. */
static size_t say_moved(const struct sa_pair *pair, uint32_t address, uint16_t port)
{
	struct plane_msg msg = {
		.type = PLANE_SA_MOVED,
		.move = {.pair = plane_spi_slot(pair->spi_in),
			 .spi_in = pair->spi_in,
			 .remote = addr_v4(address),
			 .remote_port = port},
	};

	bench_forget(&bench.a);
	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[pair->worker], &msg), 0);
	bench_settle(&bench);
	return bench_seen(&bench.a, PLANE_SA_MOVE);
}

/* The first such command. */
static const struct plane_move *moved(void)
{
	for (size_t i = 0; i < bench.a.n_seen; i++)
		if (bench.a.seen[i].type == PLANE_SA_MOVE)
			return &bench.a.seen[i].move;
	fail();
	return NULL;
}

static void all_pairs_of_a_peer_follow_it_and_no_others(void **)
{
	const struct plane_move *m;

	assert_int_equal(say_moved(first, 0xcb007105, 40000), 2);
	m = moved();
	assert_int_equal(addr_to_v4(&m->remote), 0xcb007105);
	assert_int_equal(m->remote_port, 40000);
	assert_int_equal(addr_to_v4(&second->path.remote), 0xcb007105);
	assert_int_equal(second->path.remote_port, 40000);
	assert_int_equal(bench_logged(&bench.a, "CRYPTO-5-NAT_TRAVERSAL: NAT mapping has changed"),
			 1);
	/* said again it changes nothing */
	assert_int_equal(say_moved(second, 0xcb007105, 40000), 0);
	/* and once more, to another address: where it was first is known of it still */
	assert_int_equal(say_moved(second, 0xcb007106, 40000), 2);
	assert_int_equal(addr_to_v4(&first->path.remote), 0xcb007106);
	assert_int_equal(addr_to_v4(&first->path.home), 0x0a000002);
	set_apart();
	assert_int_equal(say_moved(second, 0xcb007105, 40001), 1);
	assert_int_equal(first->path.remote_port, 40000);
}

static void ike_moves_esp_too(void **)
{
	struct ike_event e = {.type = IKE_EVENT_MOVED, .path = first->path};

	e.path.remote_port = 41000;
	events_ike(bench.a.control, &e);
	bench_settle(&bench);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_MOVE), 2);
	assert_int_equal(first->path.remote_port, 41000);
}

static void not_every_peer_may_move_and_not_everywhere(void **)
{
	/* the address of a peer with a key of its own */
	assert_int_equal(say_moved(first, 0x0a000003, 40000), 0);
	assert_int_equal(say_moved(first, 0xcb007105, 0), 0);
	first->nat_remote = false;
	assert_int_equal(say_moved(first, 0xcb007105, 40000), 0);
	assert_int_equal(say_moved(second, 0xcb007105, 40000), 1);
	/* to another port of its own address, of course */
	first->nat_remote = true;
	assert_int_equal(say_moved(first, addr_to_v4(&first->path.remote), 40000), 2);
}

/* A NAT took a peer of the configuration elsewhere: what it asks for there is what it may have. */
static void static_peer_that_moved_gets_its_tunnel(void **)
{
	const struct ike_env env = provider_env(bench.a.control);
	const struct tunnel *t = &bench.a.control->tunnels.rows[TCP];
	struct ike_child_config config;
	struct ike_path path;
	enum ike_reason why;

	assert_int_equal(say_moved(first, 0xcb007105, 40000), 2);
	path = first->path;
	assert_int_equal(addr_to_v4(&path.home), 0x0a000002);
	assert_int_equal(env.child(env.ctx, &path, &t->selector, NULL, &config, &why), 0);
	assert_int_equal(tunnels_child_handle(config.tunnel), t->handle);
	/* somebody there who has not come from the address of the configuration gets nothing */
	memset(&path.home, 0, sizeof(path.home));
	assert_int_equal(env.child(env.ctx, &path, &t->selector, NULL, &config, &why), -ENOENT);
	assert_int_equal(why, IKE_REASON_NO_MAP);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(peers_behind_one_address_keep_to_their_own),
		CASE(events_of_one_peer_leave_the_other),
		CASE(all_pairs_of_a_peer_follow_it_and_no_others),
		CASE(ike_moves_esp_too),
		CASE(static_peer_that_moved_gets_its_tunnel),
		CASE(not_every_peer_may_move_and_not_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
