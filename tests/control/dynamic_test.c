/* SPDX-License-Identifier: BSD-3-Clause */
/* Tunnels made at run time from dynamic maps (R008, R037, R039, R072), and their routes. */
#include "controlplane/dynamic.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ICMP = 1,
	PEER = 7,
	OTHER = 8,
	CLIENT = 9,
	HOLD_S = 10, /* the old pair carries the traffic no longer */
	GONE_S = 35, /* grace times and rounds */
};

#define PHASE1                                                                             \
	"crypto isakmp policy 10\n encryption aes\n hash sha\n authentication pre-share\n" \
	" group 19\n"                                                                      \
	"crypto isakmp key secret address 0.0.0.0 0.0.0.0\n"                               \
	"crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define INTERFACES                                        \
	"interface GigabitEthernet0/0\n device tap in\n"  \
	" ip address 192.168.1.1 255.255.255.0\n"         \
	"interface GigabitEthernet0/1\n device tap out\n" \
	" ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
#define DYNAMIC                                                           \
	"crypto dynamic-map D 10\n set transform-set T\n reverse-route\n" \
	" set reverse-route distance 9\n set reverse-route tag 77\n"
#define REFERENCE "crypto map M 65535 ipsec-isakmp dynamic D\n"
#define STATIC                                                                                \
	"ip access-list extended S\n permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255\n" \
	"crypto map M 10 ipsec-isakmp\n match address S\n set peer 10.0.0.3\n"                \
	" set transform-set T\n"

static struct bench bench;

static struct control *hub(void)
{
	return bench.a.control;
}

static int setup(void **)
{
	bench_init(&bench, PHASE1 DYNAMIC STATIC REFERENCE INTERFACES, bench_config_b);
	bench_forget(&bench.a);
	return 0;
}

static int teardown(void **)
{
	bench_fini(&bench);
	return 0;
}

/* The peer at end B, whose own entry is static, starts. */
static const struct dynamic_tunnel *call(void)
{
	bench_acquire(&bench, &bench.b, ICMP);
	bench_pass(&bench, 1);
	assert_int_equal(hub()->dynamic.n, 1);
	return TAILQ_FIRST(&hub()->dynamic.all);
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
		dt = TAILQ_LAST(&hub()->dynamic.all, dynamic_list);
		assert_non_null(dt);
		assert_non_null(sa_query_first(&hub()->store, dt->t.handle));
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
	assert_int_equal(hub()->dynamic.n, 1);
}

static const struct plane_msg *last(enum plane_type type)
{
	for (size_t i = bench.a.n_seen; i--;)
		if (bench.a.seen[i].type == type)
			return &bench.a.seen[i];
	return NULL;
}

static void peer_that_nobody_named_gets_a_tunnel(void **)
{
	const struct dynamic_tunnel *dt = call();
	const struct plane_msg *msg;

	assert_non_null(sa_query_first(&hub()->store, dt->t.handle));
	assert_string_equal(dt->t.acl, "dynacl1");
	assert_int_equal(dt->t.selector.protocol, 1);
	assert_int_equal(addr_to_v4(&dt->path.remote), 0x0a000002);
	/* behind the static rule, at the place of the dynamic entry */
	assert_int_equal(last(PLANE_POLICY_BEGIN)->rule.count, 2);
	msg = last(PLANE_POLICY_RULE);
	assert_int_equal(msg->rule.entry, 65535);
	assert_int_equal(msg->rule.tunnel, dt->t.index);
	assert_int_equal(msg->rule.worker, dt->t.worker);
	assert_int_equal(msg->rule.protocol, 1);
	msg = last(PLANE_ROUTE_ADD);
	assert_non_null(msg);
	assert_int_equal(addr_to_v4(&msg->route.prefix.addr), 0xc0a80200);
	assert_int_equal(addr_to_v4(&msg->route.next_hop), 0x0a000002);
	assert_int_equal(msg->route.distance, 9);
	assert_true(last(PLANE_SA_IN_INSTALL)->sa.flags & PLANE_SA_DYNAMIC);
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
	assert_int_equal(hub()->dynamic.n_waiting, 0);
}

static void routes_are_shown_with_tag(void **)
{
	struct routes table;
	size_t n = 0;

	call();
	assert_int_equal(reverse_routes_merge(hub(), &table), 0);
	for (size_t i = 0; i < table.n; i++)
		n += table.rows[i].rri && table.rows[i].tag == 77 && table.rows[i].distance == 9;
	assert_int_equal(n, 1);
	routes_fini(&table);
}

static void all_of_it_goes_with_the_last_sa(void **)
{
	const struct sa_clear_filter all = {0};
	uint32_t index = call()->t.index;
	unsigned worker = TAILQ_FIRST(&hub()->dynamic.all)->t.worker;

	assert_int_not_equal(hub()->ids.workers[worker].keys[index], 0);
	bench_forget(&bench.a);
	sa_clear_pairs(&bench.b.control->store, &all, IKE_REASON_CLEARED, false);
	bench_pass(&bench, GONE_S);
	assert_int_equal(hub()->dynamic.n, 0);
	assert_int_equal(last(PLANE_POLICY_BEGIN)->rule.count, 1);
	assert_non_null(last(PLANE_ROUTE_DEL));
	assert_true(TAILQ_EMPTY(&hub()->dynamic.leaving));
	/* its numbers may be given out again */
	assert_int_equal(hub()->ids.workers[worker].keys[index], 0);
	assert_int_equal(hub()->reverse.n, 0);
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

	dynamic_want(hub(), &dt->t, &path);
	bench_settle(&bench);
	assert_int_equal(bench_count_pairs(&bench.b, ICMP), 2);
	bench_pass(&bench, HOLD_S);
	assert_true(sa_query_first(&hub()->store, dt->t.handle)->initiator);
	/* without one, and behind a NAT, nobody is called */
	ike_engine_clear(hub()->engine, 0, NULL);
	bench_settle(&bench);
	path.local_port = path.remote_port = 4500;
	bench.n_datagrams = 0;
	dynamic_want(hub(), &dt->t, &path);
	bench_settle(&bench);
	assert_int_equal(bench.n_datagrams, 0);
}

static void configuration_change_ends_it(void **)
{
	call();
	bench_configure(&bench, &bench.a, "crypto dynamic-map D 10\n set pfs group19\n");
	bench_pass(&bench, GONE_S);
	assert_int_equal(hub()->dynamic.n, 0);
	assert_null(bench_current(&bench.b, ICMP));
}

static void other_change_leaves_it(void **)
{
	const struct dynamic_tunnel *dt = call();
	uint32_t spi = sa_query_first(&hub()->store, dt->t.handle)->spi_in;

	bench_configure(&bench, &bench.a,
			"ip access-list extended S\n permit ip any host 192.168.4.4\n");
	bench_pass(&bench, 2);
	assert_int_equal(hub()->dynamic.n, 1);
	assert_ptr_equal(tunnels_find(&hub()->tunnels, dt->t.handle), &dt->t);
	assert_int_equal(sa_query_first(&hub()->store, dt->t.handle)->spi_in, spi);
	assert_int_equal(last(PLANE_POLICY_BEGIN)->rule.count, 3);
	assert_int_equal(last(PLANE_POLICY_RULE)->rule.tunnel, dt->t.index);
}

static void restarted_hub_drops_what_it_does_not_know(void **)
{
	const struct dynamic_tunnel *dt = call();
	unsigned worker = dt->t.worker;
	uint32_t slot = plane_spi_slot(sa_query_first(&hub()->store, dt->t.handle)->spi_in);

	assert_int_not_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	bench_restart(&bench, &bench.a, PHASE1 DYNAMIC STATIC REFERENCE INTERFACES);
	bench_pass(&bench, 2);
	assert_int_equal(plane_stats_in_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(plane_stats_out_of(&bench.a.plane, worker)[slot].spi, 0);
	assert_int_equal(hub()->orphans.n, 0);
}

static struct prefix net(const char *text, uint8_t len)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return prefix_make(&a, len);
}

/* What is asked for, by whom, and what comes of it; in this order. */
static const struct row {
	uint64_t peer;
	const char *from;
	const char *remote;
	uint8_t remote_len;
	const char *local;
	uint8_t local_len;
	enum ike_reason why; /* NONE: it gets a tunnel */
} rows[] = {
	{PEER, "10.0.0.2", "0.0.0.0", 0, "192.168.1.0", 24, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "16.0.0.0", 4, "192.168.1.0", 24, IKE_REASON_PROXY_MISMATCH},
	/* networks of ours, whole and in part; its own address is its own */
	{PEER, "10.0.0.2", "192.168.1.0", 24, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "192.168.1.128", 25, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "10.0.0.4", 32, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "10.0.0.2", 32, "10.0.0.1", 32, IKE_REASON_NONE},
	/* the static entry's */
	{PEER, "10.0.0.2", "192.168.3.0", 25, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "192.168.0.0", 16, "192.168.1.0", 24, IKE_REASON_PROXY_MISMATCH},
	{PEER, "10.0.0.2", "172.16.0.0", 16, "192.168.1.0", 24, IKE_REASON_NONE},
	{PEER, "10.0.0.2", "172.16.0.0", 16, "192.168.1.0", 24, IKE_REASON_NONE},
	{PEER, "10.0.0.2", "172.16.5.0", 24, "192.168.1.0", 24, IKE_REASON_NONE},
	/* another peer's, whole, in part and around it */
	{OTHER, "10.0.0.5", "172.16.0.0", 16, "192.168.1.0", 24, IKE_REASON_PROXY_MISMATCH},
	{OTHER, "10.0.0.5", "172.16.7.0", 24, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{OTHER, "10.0.0.5", "172.0.0.0", 8, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{OTHER, "10.0.0.5", "172.17.0.0", 16, "0.0.0.0", 0, IKE_REASON_NONE},
	/* the same end, after a restart: it is known by where it is */
	{OTHER + 100, "10.0.0.5", "172.17.0.0", 16, "0.0.0.0", 0, IKE_REASON_NONE},
	/* a client has its address and no other */
	{CLIENT, "10.0.0.3", "12.0.0.1", 32, "0.0.0.0", 0, IKE_REASON_NONE},
	{CLIENT, "10.0.0.3", "12.0.0.1", 32, "10.0.0.1", 32, IKE_REASON_NONE},
	{CLIENT, "10.0.0.3", "12.0.0.2", 32, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{CLIENT, "10.0.0.3", "12.0.0.0", 24, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
	{OTHER, "10.0.0.5", "12.0.0.0", 24, "0.0.0.0", 0, IKE_REASON_PROXY_MISMATCH},
};

static struct ike_path path_of(const char *from, uint64_t peer)
{
	struct ike_path path = {.local = addr_v4(0x0a000001),
				.local_port = 500,
				.remote_port = 500,
				.interface = "GigabitEthernet0/1",
				.peer = peer};

	assert_int_equal(addr_parse(&path.remote, from), 0);
	return path;
}

static void peer_gets_what_is_nobody_elses(void **)
{
	struct ike_path client = path_of("10.0.0.3", CLIENT);
	struct session *session = sessions_add(&hub()->sessions, &client, 1, bench_now());

	assert_non_null(session);
	session->address = net("12.0.0.1", 32);
	for (size_t i = 0; i < array_len(rows); i++) {
		const struct row *r = &rows[i];
		struct ike_path path = path_of(r->from, r->peer);
		struct selector s = {.remote = net(r->remote, r->remote_len),
				     .local = net(r->local, r->local_len)};
		enum ike_reason why = IKE_REASON_NONE;
		bool got = dynamic_match(hub(), &path, &s, NULL, &why) != NULL;

		if (got != (r->why == IKE_REASON_NONE) || (!got && why != r->why))
			fail_msg("row %zu: %s for %s/%u", i, got ? "a tunnel" : "none", r->remote,
				 r->remote_len);
	}
	assert_int_equal(hub()->dynamic.n, 6);
}

/*
 * Whoever has a key may send datagrams from the address of another peer, and its SA goes there as
 * behind a NAT; what that peer has it does not get so (H123).
 */
static void peer_moved_to_the_place_of_another_is_not_that_one(void **)
{
	struct ike_path there = path_of("10.0.0.5", PEER), thief = path_of("10.0.0.5", OTHER);
	struct selector s = {.remote = net("172.16.0.0", 16), .local = net("192.168.1.0", 24)};
	enum ike_reason why = IKE_REASON_NONE;

	assert_non_null(dynamic_match(hub(), &there, &s, NULL, &why));
	thief.home = addr_v4(0x0a000009);
	assert_null(dynamic_match(hub(), &thief, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	assert_true(TAILQ_FIRST(&hub()->dynamic.all)->path.peer == PEER);
	/* another port of its own address is no better */
	thief.home = thief.remote;
	assert_null(dynamic_match(hub(), &thief, &s, NULL, &why));
	/* nor is it what who comes there later gets */
	thief.home = addr_v4(0);
	dynamic_moved(hub(), &(struct ike_path){.remote = there.remote,
						.local = there.local,
						.local_port = 500,
						.remote_port = 500,
						.peer = PEER,
						.home = addr_v4(0x0a000007)});
	assert_null(dynamic_match(hub(), &thief, &s, NULL, &why));
}

/* Two certificates are two peers, one behind the other at the same address and port. */
static void certificate_gets_nothing_of_another_at_its_place(void **)
{
	struct ike_path there = path_of("10.0.0.5", PEER), other = path_of("10.0.0.5", OTHER);
	struct selector s = {.remote = net("172.16.0.0", 16), .local = net("192.168.1.0", 24)};
	struct ike_id id = {.type = IKE_ID_FQDN, .len = 1, .data = "a"};
	const struct ike_proof proof = {.id = &id, .certs = {{"a", 1}}, .n_certs = 1};
	enum ike_reason why = IKE_REASON_NONE;

	there.who = proofs_add(&hub()->proofs, &proof, &there.remote, bench_now())->who;
	assert_non_null(dynamic_match(hub(), &there, &s, NULL, &why));
	/* with a key alone, and with a certificate */
	assert_null(dynamic_match(hub(), &other, &s, NULL, &why));
	id.data[0] = 'b';
	other.who = proofs_add(&hub()->proofs, &proof, &other.remote, bench_now())->who;
	assert_null(dynamic_match(hub(), &other, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	assert_non_null(dynamic_match(hub(), &there, &s, NULL, &why));
}

/* Who has proved the key of its group and did not ask for its address is no site (R037). */
static void client_without_address_gets_nothing(void **)
{
	struct ike_path client = path_of("10.0.0.3", CLIENT);
	struct ike_path site = path_of("10.0.0.3", PEER);
	struct selector s = {.remote = net("172.16.0.0", 16), .local = net("192.168.1.0", 24)};
	enum ike_reason why = IKE_REASON_NONE;

	client.client = true;
	assert_null(dynamic_match(hub(), &client, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	/* nor what a site at the same address and port has */
	assert_non_null(dynamic_match(hub(), &site, &s, NULL, &why));
	assert_null(dynamic_match(hub(), &client, &s, NULL, &why));
	assert_int_equal(hub()->dynamic.n, 1);
}

/* Before a client has come, while it is there, and beside it. */
static void site_takes_no_address_of_a_pool(void **)
{
	static const struct {
		const char *net;
		uint8_t len;
		bool good;
	} nets[] = {
		{"14.0.0.0", 24, false}, {"14.0.0.9", 32, false}, {"14.0.0.4", 31, false},
		{"14.0.0.4", 32, true},	 {"14.0.0.10", 31, true}, {"14.0.1.0", 24, true},
	};
	struct ike_path path = path_of("10.0.0.2", PEER);
	enum ike_reason why;

	bench_configure(&bench, &bench.a, "ip local pool P 14.0.0.5 14.0.0.9\n");
	bench_settle(&bench);
	for (size_t i = 0; i < array_len(nets); i++) {
		struct selector s = {.remote = net(nets[i].net, nets[i].len),
				     .local = net("192.168.1.0", 24)};

		if (!dynamic_match(hub(), &path, &s, NULL, &why) == nets[i].good)
			fail_msg("%s/%u", nets[i].net, nets[i].len);
	}
}

static void access_list_of_the_template_decides(void **)
{
	struct ike_path path = path_of("10.0.0.2", PEER);
	struct selector in = {.remote = net("172.20.1.0", 24), .local = net("192.168.1.0", 24)};
	struct selector out = {.remote = net("172.21.1.0", 24), .local = net("192.168.1.0", 24)};
	struct selector denied = {.remote = net("172.20.0.0", 24), .local = net("192.168.1.0", 24)};
	enum ike_reason why;

	bench_configure(&bench, &bench.a,
			"ip access-list extended W\n deny ip any host 172.20.0.9\n"
			" permit ip any 172.20.0.0 0.0.255.255\n"
			"crypto dynamic-map D 10\n match address W\n");
	bench_settle(&bench);
	assert_non_null(dynamic_match(hub(), &path, &in, NULL, &why));
	assert_null(dynamic_match(hub(), &path, &out, NULL, &why));
	assert_null(dynamic_match(hub(), &path, &denied, NULL, &why));
	/* and stands in the policy, for what may not leave in clear: static, deny, permit */
	assert_int_equal(last(PLANE_POLICY_BEGIN)->rule.count, 3);
	assert_int_equal(last(PLANE_POLICY_RULE)->rule.action, PLANE_RULE_PROTECT);
	assert_null(
		tunnels_find(&hub()->tunnels, last(PLANE_POLICY_RULE)->rule.worker * BENCH_TUNNELS +
						      last(PLANE_POLICY_RULE)->rule.tunnel));
}

static void one_peer_does_not_take_all_the_room(void **)
{
	struct ike_path path = path_of("10.0.0.2", PEER);
	enum ike_reason why = IKE_REASON_NONE;
	size_t n = 0;

	for (uint32_t i = 0; i < DYNAMIC_PEER_MAX + 10; i++) {
		struct addr a = addr_v4(0xac100000 + i);
		struct selector s = {.remote = prefix_make(&a, 32), .local = net("0.0.0.0", 0)};

		n += dynamic_match(hub(), &path, &s, NULL, &why) != NULL;
	}
	assert_int_equal(n, DYNAMIC_PEER_MAX);
	assert_int_equal(why, IKE_REASON_LIMIT);
	/* none of them ever came up: no rule, and they go */
	bench_pass(&bench, DYNAMIC_UNUSED_MS / 1000 + 2);
	assert_int_equal(hub()->dynamic.n, 0);
	assert_int_equal(hub()->dynamic.n_policies, 0);
}

/* How many tunnels peers of one address get, each another one behind its NAT. */
static size_t take_from(const char *from, uint32_t networks, uint32_t tries)
{
	enum ike_reason why = IKE_REASON_NONE;
	size_t n = 0;

	for (uint32_t i = 0; i < tries; i++) {
		struct ike_path path = path_of(from, networks + i);
		struct addr a = addr_v4(networks + i);
		struct selector s = {.remote = prefix_make(&a, 32), .local = net("0.0.0.0", 0)};

		path.remote_port = (uint16_t)(1024 + i);
		n += dynamic_match(hub(), &path, &s, NULL, &why) != NULL;
	}
	assert_int_equal(why, IKE_REASON_LIMIT);
	return n;
}

static void one_address_leaves_room_for_others(void **)
{
	size_t all = BENCH_WORKERS * BENCH_TUNNELS;

	assert_int_equal(take_from("10.0.0.2", 0xac100000, 200), all - all / 4);
	assert_int_equal(take_from("10.0.0.5", 0xac110000, 200), all / DYNAMIC_SHARE);
	assert_true(take_from("10.0.0.6", 0xac120000, 200) > 0);
	assert_int_equal(take_from("10.0.0.2", 0xac130000, 1), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(peer_that_nobody_named_gets_a_tunnel),
		CASE(entry_with_the_transform_set_is_taken),
		CASE(rule_is_in_force_before_the_peer_can_send),
		CASE(routes_are_shown_with_tag),
		CASE(all_of_it_goes_with_the_last_sa),
		CASE(packet_never_calls_the_peer),
		CASE(successor_comes_under_the_isakmp_sa_of_the_peer),
		CASE(configuration_change_ends_it),
		CASE(other_change_leaves_it),
		CASE(restarted_hub_drops_what_it_does_not_know),
		CASE(peer_gets_what_is_nobody_elses),
		CASE(peer_moved_to_the_place_of_another_is_not_that_one),
		CASE(certificate_gets_nothing_of_another_at_its_place),
		CASE(client_without_address_gets_nothing),
		CASE(site_takes_no_address_of_a_pool),
		CASE(access_list_of_the_template_decides),
		CASE(one_peer_does_not_take_all_the_room),
		CASE(one_address_leaves_room_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
