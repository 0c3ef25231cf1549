/* SPDX-License-Identifier: BSD-3-Clause */
/* Which peer gets which networks through a dynamic map (R037, H040, H123), and how many. */
#include "tests/control/dynamic_lab.h"

#include <cmocka.h>

enum {
	PEER = 7,
	OTHER = 8,
	CLIENT = 9,
};

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
	struct session *session =
		sessions_add(&dynamic_lab_hub()->sessions, &client, 1, bench_now());

	assert_non_null(session);
	session->address = net("12.0.0.1", 32);
	for (size_t i = 0; i < array_len(rows); i++) {
		const struct row *r = &rows[i];
		struct ike_path path = path_of(r->from, r->peer);
		struct selector s = {.remote = net(r->remote, r->remote_len),
				     .local = net(r->local, r->local_len)};
		enum ike_reason why = IKE_REASON_NONE;
		bool got = dynamic_match(dynamic_lab_hub(), &path, &s, NULL, &why) != NULL;

		if (got != (r->why == IKE_REASON_NONE) || (!got && why != r->why))
			fail_msg("row %zu: %s for %s/%u", i, got ? "a tunnel" : "none", r->remote,
				 r->remote_len);
	}
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 6);
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

	assert_non_null(dynamic_match(dynamic_lab_hub(), &there, &s, NULL, &why));
	thief.home = addr_v4(0x0a000009);
	assert_null(dynamic_match(dynamic_lab_hub(), &thief, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	assert_true(TAILQ_FIRST(&dynamic_lab_hub()->dynamic.all)->path.peer == PEER);
	/* another port of its own address is no better */
	thief.home = thief.remote;
	assert_null(dynamic_match(dynamic_lab_hub(), &thief, &s, NULL, &why));
	/* nor is it what who comes there later gets */
	thief.home = addr_v4(0);
	dynamic_moved(dynamic_lab_hub(), &(struct ike_path){.remote = there.remote,
							    .local = there.local,
							    .local_port = 500,
							    .remote_port = 500,
							    .peer = PEER,
							    .home = addr_v4(0x0a000007)});
	assert_null(dynamic_match(dynamic_lab_hub(), &thief, &s, NULL, &why));
}

/* Two certificates are two peers, one behind the other at the same address and port. */
static void certificate_gets_nothing_of_another_at_its_place(void **)
{
	struct ike_path there = path_of("10.0.0.5", PEER), other = path_of("10.0.0.5", OTHER);
	struct selector s = {.remote = net("172.16.0.0", 16), .local = net("192.168.1.0", 24)};
	struct ike_id id = {.type = IKE_ID_FQDN, .len = 1, .data = "a"};
	const struct ike_proof proof = {.id = &id, .certs = {{"a", 1}}, .n_certs = 1};
	enum ike_reason why = IKE_REASON_NONE;

	there.who = proofs_add(&dynamic_lab_hub()->proofs, &proof, &there.remote, bench_now())->who;
	assert_non_null(dynamic_match(dynamic_lab_hub(), &there, &s, NULL, &why));
	/* with a key alone, and with a certificate */
	assert_null(dynamic_match(dynamic_lab_hub(), &other, &s, NULL, &why));
	id.data[0] = 'b';
	other.who = proofs_add(&dynamic_lab_hub()->proofs, &proof, &other.remote, bench_now())->who;
	assert_null(dynamic_match(dynamic_lab_hub(), &other, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	assert_non_null(dynamic_match(dynamic_lab_hub(), &there, &s, NULL, &why));
}

/* Who has proved the key of its group and did not ask for its address is no site (R037). */
static void client_without_address_gets_nothing(void **)
{
	struct ike_path client = path_of("10.0.0.3", CLIENT);
	struct ike_path site = path_of("10.0.0.3", PEER);
	struct selector s = {.remote = net("172.16.0.0", 16), .local = net("192.168.1.0", 24)};
	enum ike_reason why = IKE_REASON_NONE;

	client.client = true;
	assert_null(dynamic_match(dynamic_lab_hub(), &client, &s, NULL, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	/* nor what a site at the same address and port has */
	assert_non_null(dynamic_match(dynamic_lab_hub(), &site, &s, NULL, &why));
	assert_null(dynamic_match(dynamic_lab_hub(), &client, &s, NULL, &why));
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 1);
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

		if (!dynamic_match(dynamic_lab_hub(), &path, &s, NULL, &why) == nets[i].good)
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
	assert_non_null(dynamic_match(dynamic_lab_hub(), &path, &in, NULL, &why));
	assert_null(dynamic_match(dynamic_lab_hub(), &path, &out, NULL, &why));
	assert_null(dynamic_match(dynamic_lab_hub(), &path, &denied, NULL, &why));
	/* and stands in the policy, for what may not leave in clear: static, deny, permit */
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_BEGIN)->rule.count, 3);
	assert_int_equal(dynamic_lab_last(PLANE_POLICY_RULE)->rule.action, PLANE_RULE_PROTECT);
	assert_null(tunnels_find(&dynamic_lab_hub()->tunnels,
				 dynamic_lab_last(PLANE_POLICY_RULE)->rule.worker * BENCH_TUNNELS +
					 dynamic_lab_last(PLANE_POLICY_RULE)->rule.tunnel));
}

static void one_peer_does_not_take_all_the_room(void **)
{
	struct ike_path path = path_of("10.0.0.2", PEER);
	enum ike_reason why = IKE_REASON_NONE;
	size_t n = 0;

	for (uint32_t i = 0; i < DYNAMIC_PEER_MAX + 10; i++) {
		struct addr a = addr_v4(0xac100000 + i);
		struct selector s = {.remote = prefix_make(&a, 32), .local = net("0.0.0.0", 0)};

		n += dynamic_match(dynamic_lab_hub(), &path, &s, NULL, &why) != NULL;
	}
	assert_int_equal(n, DYNAMIC_PEER_MAX);
	assert_int_equal(why, IKE_REASON_LIMIT);
	/* none of them ever came up: no rule, and they go */
	bench_pass(&bench, DYNAMIC_UNUSED_MS / 1000 + 2);
	assert_int_equal(dynamic_lab_hub()->dynamic.n, 0);
	assert_int_equal(dynamic_lab_hub()->dynamic.n_policies, 0);
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
		n += dynamic_match(dynamic_lab_hub(), &path, &s, NULL, &why) != NULL;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		DYNAMIC_CASE(peer_gets_what_is_nobody_elses),
		DYNAMIC_CASE(peer_moved_to_the_place_of_another_is_not_that_one),
		DYNAMIC_CASE(certificate_gets_nothing_of_another_at_its_place),
		DYNAMIC_CASE(client_without_address_gets_nothing),
		DYNAMIC_CASE(site_takes_no_address_of_a_pool),
		DYNAMIC_CASE(access_list_of_the_template_decides),
		DYNAMIC_CASE(one_peer_does_not_take_all_the_room),
		DYNAMIC_CASE(one_address_leaves_room_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
