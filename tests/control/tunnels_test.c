/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration text in; tunnels, policy rules, routes and their differences out. */
#include "controlplane/apply.h"
#include "controlplane/routes.h"
#include "controlplane/tunnels.h"
#include "lib/config/config_grammar.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	WORKERS = 3,
	TUNNELS = 16,
	MSGS = 64
};

static const char base[] = "crypto isakmp key k address 10.0.0.2\n"
			   "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
			   "crypto ipsec transform-set U esp-3des esp-md5-hmac\n"
			   "ip access-list extended VPN\n"
			   " deny icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			   " permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			   " permit tcp 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255 eq 80\n"
			   "ip access-list extended REST\n"
			   " permit icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			   "crypto map M 20 ipsec-isakmp\n"
			   " match address REST\n"
			   " set peer 10.0.0.2\n"
			   " set transform-set U\n"
			   "crypto map M 10 ipsec-isakmp\n"
			   " match address VPN\n"
			   " set peer 10.0.0.2\n"
			   " set peer 10.0.0.3\n"
			   " set transform-set T U\n"
			   " set pfs group2\n"
			   " set security-association lifetime seconds 1800\n"
			   "interface GigabitEthernet0/0\n"
			   " device tap a\n"
			   " ip address 192.168.1.1 255.255.255.0\n"
			   "interface GigabitEthernet0/1\n"
			   " device tap b\n"
			   " ip address 10.0.0.1 255.255.255.0\n"
			   " crypto map M\n"
			   "ip route 0.0.0.0 0.0.0.0 10.0.0.254\n"
			   "ip route 172.16.0.0 255.240.0.0 10.9.9.9\n"
			   "ip route 10.9.9.0 255.255.255.0 192.168.1.7\n"
			   "ip route 10.8.0.0 255.255.0.0 203.0.113.1 5\n";

static struct {
	struct config config;
	struct tunnels_ids ids;
	struct tunnels set;
	struct apply apply;
	struct plane_msg sent[MSGS];
	size_t n_sent;
} f;

static void configure(const char *text)
{
	struct fault_list faults = {0};

	assert_int_equal(config_grammar_text(&f.config, text, strlen(text), &faults), 0);
	fault_list_fini(&faults);
}

static int record(void *ctx, struct plane_msg *msg)
{
	(void)ctx;
	assert_true(f.n_sent < MSGS);
	f.sent[f.n_sent++] = *msg;
	return 0;
}

static int setup(void **state)
{
	const struct apply_env env = {.send = record};

	(void)state;
	memset(&f, 0, sizeof(f));
	config_model_init(&f.config);
	configure(base);
	assert_int_equal(tunnels_ids_init(&f.ids, WORKERS, TUNNELS), 0);
	assert_int_equal(tunnels_derive(&f.set, &f.config, &f.ids), 0);
	apply_init(&f.apply, &env);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	apply_fini(&f.apply);
	tunnels_fini(&f.set);
	tunnels_ids_fini(&f.ids);
	config_model_fini(&f.config);
	return 0;
}

/* The old set, to be finished by the caller; f.set is the new one. */
static struct tunnels change(const char *text)
{
	struct tunnels old = f.set;

	configure(text);
	assert_int_equal(tunnels_derive(&f.set, &f.config, &f.ids), 0);
	return old;
}

/* The number of such a tunnel is nobody else's at any worker that has SAs of it. */
static void tunnel_of_several_workers_has_one_number_at_all_of_them(void **state)
{
	struct tunnels old = change("crypto map M 10 ipsec-isakmp\n"
				    " set security-association per-worker 2\n"
				    "ip access-list extended REST\n"
				    " permit udp any any\n permit 50 any any\n permit 51 any any\n"
				    " permit 47 any any\n permit 89 any any\n");

	(void)state;
	for (size_t i = 0; i < f.set.n; i++) {
		const struct tunnel *t = &f.set.rows[i];

		assert_int_equal(t->n_lanes, t->sequence == 10 ? 2 : 1);
		for (unsigned lane = 0; lane < t->n_lanes; lane++)
			assert_ptr_equal(
				tunnels_find(&f.set, tunnels_worker(t, lane) * TUNNELS + t->index),
				t);
		assert_int_equal(tunnels_worker(t, 0), t->worker);
		assert_int_equal(tunnels_worker(t, 1) != t->worker, t->sequence == 10);
	}
	for (size_t i = 0; i < f.set.n_rules; i++)
		assert_int_equal(f.set.rules[i].spread == PLANE_SPREAD_PER_WORKER,
				 f.set.rules[i].entry == 10 &&
					 f.set.rules[i].action == PLANE_RULE_PROTECT);
	tunnels_fini(&old);
	/* more than there are is as many as there are */
	old = change("crypto map M 10 ipsec-isakmp\n set security-association per-worker 64\n");
	assert_int_equal(f.set.rows[0].n_lanes, WORKERS);
	tunnels_fini(&old);
}

static void every_line_is_a_rule_and_permit_lines_are_tunnels(void **state)
{
	static const uint8_t actions[] = {PLANE_RULE_SKIP, PLANE_RULE_PROTECT, PLANE_RULE_PROTECT,
					  PLANE_RULE_PROTECT};

	(void)state;
	assert_int_equal(f.set.n_rules, 4);
	assert_int_equal(f.set.n, 3);
	for (size_t i = 0; i < f.set.n_rules; i++) {
		assert_int_equal(f.set.rules[i].action, actions[i]);
		assert_string_equal(f.set.rules[i].interface, "GigabitEthernet0/1");
	}
	/* by sequence, whatever the order of the lines that made them */
	assert_int_equal(f.set.rules[0].entry, 10);
	assert_int_equal(f.set.rules[3].entry, 20);
	assert_int_equal(f.set.rules[1].tunnel, f.set.rows[0].index);
	assert_int_equal(f.set.rules[1].worker, f.set.rows[0].worker);
}

static void tunnel_carries_what_its_entry_says(void **state)
{
	const struct tunnel *t = &f.set.rows[1], *u = &f.set.rows[2];

	(void)state;
	assert_int_equal(t->selector.protocol, 6);
	assert_int_equal(t->selector.local_port, 0);
	assert_int_equal(t->selector.remote_port, 80);
	assert_int_equal(t->selector.local.len, 24);
	assert_int_equal(t->n_peers, 2);
	assert_int_equal(t->n_suites, 2);
	assert_int_equal(t->suites[1].cipher, ALG_CIPHER_3DES);
	assert_int_equal(t->pfs_group, 2);
	assert_int_equal(t->lifetime_s, 1800);
	assert_int_equal(t->lifetime_kb, 4608000);
	assert_int_equal(addr_to_v4(&t->local), 0x0a000001);
	assert_int_equal(t->sa_flags, PLANE_SA_DF_COPY);
	assert_int_equal(u->lifetime_s, 3600);
	assert_int_equal(u->replay_window, 64);
}

static void numbers_follow_from_the_configuration_alone(void **state)
{
	struct tunnels_ids ids;
	struct tunnels again;

	(void)state;
	assert_int_equal(tunnels_ids_init(&ids, WORKERS, TUNNELS), 0);
	assert_int_equal(tunnels_derive(&again, &f.config, &ids), 0);
	for (size_t i = 0; i < f.set.n; i++)
		assert_int_equal(again.rows[i].handle, f.set.rows[i].handle);
	assert_memory_equal(again.rules, f.set.rules, f.set.n_rules * sizeof(*f.set.rules));
	tunnels_fini(&again);
	tunnels_ids_fini(&ids);
}

static void handles_stay_when_other_lines_change(void **state)
{
	uint32_t first = f.set.rows[0].handle, last = f.set.rows[2].handle;
	struct tunnels old =
		change("ip access-list extended VPN\n"
		       " no permit tcp 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255 eq 80\n"
		       " permit udp 192.168.1.0 0.0.0.255 192.168.4.0 0.0.0.255\n");

	(void)state;
	assert_int_equal(f.set.n, 3);
	assert_int_equal(f.set.rows[0].handle, first);
	assert_int_equal(f.set.rows[2].handle, last);
	assert_int_equal(tunnels_compare(&old.rows[0], &f.set), TUNNELS_SAME);
	assert_int_equal(tunnels_compare(&old.rows[1], &f.set), TUNNELS_GONE);
	assert_int_equal(tunnels_compare(&old.rows[2], &f.set), TUNNELS_SAME);
	tunnels_fini(&old);
}

static void comparison_sees_what_an_sa_depends_on(void **state)
{
	static const struct {
		const char *text;
		enum tunnels_change first; /* entry 10 */
		enum tunnels_change last;  /* entry 20 */
	} rows[] = {
		{"crypto map M 20 ipsec-isakmp\n set pfs group5\n", TUNNELS_SAME, TUNNELS_CHANGED},
		{"crypto map M 10 ipsec-isakmp\n no set peer 10.0.0.3\n", TUNNELS_CHANGED,
		 TUNNELS_SAME},
		{"crypto map M 20 ipsec-isakmp\n set transform-set T\n", TUNNELS_SAME,
		 TUNNELS_CHANGED},
		{"crypto ipsec security-association replay window-size 1024\n", TUNNELS_RENEW,
		 TUNNELS_RENEW},
		{"crypto map M 20 ipsec-isakmp\n set security-association replay disable\n",
		 TUNNELS_SAME, TUNNELS_RENEW},
		{"crypto ipsec security-association lifetime seconds 600\n", TUNNELS_SAME,
		 TUNNELS_SAME},
		{"interface GigabitEthernet0/1\n ip mtu 1400\n", TUNNELS_CHANGED, TUNNELS_CHANGED},
		{"interface GigabitEthernet0/0\n ip mtu 1400\n", TUNNELS_SAME, TUNNELS_SAME},
		{"interface GigabitEthernet0/1\n ip address 10.0.0.9 255.255.255.0\n",
		 TUNNELS_CHANGED, TUNNELS_CHANGED},
		{"no crypto map M 20\n", TUNNELS_SAME, TUNNELS_GONE},
		{"interface GigabitEthernet0/1\n no crypto map M\n", TUNNELS_GONE, TUNNELS_GONE},
		{"hostname h\n", TUNNELS_SAME, TUNNELS_SAME},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct tunnels old = change(rows[i].text);

		assert_int_equal(tunnels_compare(&old.rows[0], &f.set), rows[i].first);
		assert_int_equal(tunnels_compare(&old.rows[2], &f.set), rows[i].last);
		tunnels_fini(&old);
		teardown(state);
		setup(state);
	}
}

static void incomplete_entry_makes_no_rules(void **state)
{
	static const char *const texts[] = {
		"crypto map M 20 ipsec-isakmp\n no set peer 10.0.0.2\n",
		"crypto map M 20 ipsec-isakmp\n no match address\n",
	};

	for (size_t i = 0; i < array_len(texts); i++) {
		struct tunnels old = change(texts[i]);

		assert_int_equal(f.set.n, 2);
		assert_int_equal(f.set.n_rules, 3);
		tunnels_fini(&old);
		teardown(state);
		setup(state);
	}
}

static void peer_then_proxy_decide_about_an_offer(void **state)
{
	const struct addr local = addr_v4(0x0a000001), peer = addr_v4(0x0a000002);
	const struct addr backup = addr_v4(0x0a000003), stranger = addr_v4(0x0a000009);
	struct selector offered = f.set.rows[1].selector;
	enum ike_reason why;

	(void)state;
	assert_ptr_equal(tunnels_match(&f.set, &local, &backup, &offered, &why), &f.set.rows[1]);
	assert_null(tunnels_match(&f.set, &local, &stranger, &offered, &why));
	assert_int_equal(why, IKE_REASON_NO_MAP);
	assert_null(tunnels_match(&f.set, &peer, &peer, &offered, &why));
	assert_int_equal(why, IKE_REASON_NO_MAP);
	offered.remote_port = 81;
	assert_null(tunnels_match(&f.set, &local, &peer, &offered, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
	/* a part of a line is not the line */
	offered = f.set.rows[0].selector;
	offered.remote.len = 25;
	assert_null(tunnels_match(&f.set, &local, &peer, &offered, &why));
	assert_int_equal(why, IKE_REASON_PROXY_MISMATCH);
}

/* The grammar refuses it; if it came about all the same, the SA would be one for every port. */
static void range_of_ports_never_becomes_an_sa_of_any_port(void **state)
{
	struct config_acl *acl = config_model_acl(&f.config, "VPN");

	(void)state;
	acl->lines[2].dst_port[1] = 90;
	tunnels_fini(&f.set);
	assert_int_equal(tunnels_derive(&f.set, &f.config, &f.ids), 0);
	for (size_t i = 0; i < f.set.n; i++)
		assert_string_not_equal(f.set.rows[i].acl, "VPN");
	assert_int_equal(f.set.n, 1);
}

static void only_differences_are_sent(void **state)
{
	struct tunnels old;

	(void)state;
	assert_int_equal(apply_interfaces(&f.apply, &f.config), 0);
	assert_int_equal(apply_policy(&f.apply, f.set.rules, f.set.n_rules), 0);
	assert_int_equal(apply_options(&f.apply, &f.config), 0);
	assert_int_equal(f.n_sent, 2 + 1 + 4 + 1 + 1);
	assert_int_equal(f.sent[0].interface.crypto_map, 0);
	assert_int_equal(f.sent[1].interface.crypto_map, 1);
	assert_int_equal(f.sent[1].interface.ike, 1);
	f.n_sent = 0;
	old = change("interface GigabitEthernet0/0\n ip mtu 1400\n");
	assert_int_equal(apply_interfaces(&f.apply, &f.config), 0);
	assert_int_equal(apply_policy(&f.apply, f.set.rules, f.set.n_rules), 0);
	assert_int_equal(apply_options(&f.apply, &f.config), 0);
	assert_int_equal(f.n_sent, 1);
	assert_string_equal(f.sent[0].interface.name, "GigabitEthernet0/0");
	assert_int_equal(f.sent[0].interface.mtu, 1400);
	tunnels_fini(&old);
}

static void policy_of_no_rules_is_sent_once_too(void **state)
{
	(void)state;
	assert_int_equal(apply_policy(&f.apply, f.set.rules, 0), 0);
	assert_int_equal(f.n_sent, 2);
	assert_int_equal(apply_policy(&f.apply, f.set.rules, 0), 0);
	assert_int_equal(f.n_sent, 2);
}

static bool link_is_up(void *ctx, const char *interface)
{
	return !ctx || strcmp(ctx, interface) != 0;
}

static struct routes derive_routes(char *down)
{
	const struct routes_input in = {.config = &f.config, .link_up = link_is_up, .ctx = down};
	struct routes table;

	assert_int_equal(routes_derive(&table, &in), 0);
	return table;
}

static const struct routes_row *route_to(const struct routes *table, uint32_t address)
{
	const struct addr a = addr_v4(address);

	return routes_find(table, &a);
}

static void routes_are_resolved_to_neighbours(void **state)
{
	struct routes table = derive_routes(NULL);

	(void)state;
	assert_int_equal(route_to(&table, 0x0a000005)->code, ROUTES_CONNECTED);
	assert_int_equal(route_to(&table, 0x0a000001)->code, ROUTES_LOCAL);
	assert_int_equal(route_to(&table, 0x08080808)->prefix.len, 0);
	/* 172.16/12 -> 10.9.9.9 -> 192.168.1.7 */
	assert_int_equal(addr_to_v4(&route_to(&table, 0xac100001)->next_hop), 0xc0a80107);
	assert_string_equal(route_to(&table, 0xac100001)->interface, "GigabitEthernet0/0");
	/* 203.0.113.1 is reached by the default route */
	assert_int_equal(addr_to_v4(&route_to(&table, 0x0a080001)->next_hop), 0x0a0000fe);
	assert_int_equal(route_to(&table, 0x0a080001)->distance, 5);
	routes_fini(&table);
}

static void link_that_is_down_takes_its_routes_along(void **state)
{
	char down[] = "GigabitEthernet0/1";
	struct routes table = derive_routes(down);

	(void)state;
	assert_null(route_to(&table, 0x0a000005));
	assert_null(route_to(&table, 0x08080808));
	assert_non_null(route_to(&table, 0xac100001));
	routes_fini(&table);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_line_is_a_rule_and_permit_lines_are_tunnels),
		CASE(tunnel_of_several_workers_has_one_number_at_all_of_them),
		CASE(tunnel_carries_what_its_entry_says),
		CASE(numbers_follow_from_the_configuration_alone),
		CASE(handles_stay_when_other_lines_change),
		CASE(comparison_sees_what_an_sa_depends_on),
		CASE(incomplete_entry_makes_no_rules),
		CASE(peer_then_proxy_decide_about_an_offer),
		CASE(range_of_ports_never_becomes_an_sa_of_any_port),
		CASE(only_differences_are_sent),
		CASE(policy_of_no_rules_is_sent_once_too),
		CASE(routes_are_resolved_to_neighbours),
		CASE(link_that_is_down_takes_its_routes_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
