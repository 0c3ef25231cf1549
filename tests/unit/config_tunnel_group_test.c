/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnel groups, group policies and what a PIX has instead: one model with keys and client groups
 * of IOS, what is inherited, and the print in each dialect.
 */
#include "lib/config/config_tunnel_group.h"
#include "tests/unit/config_test.h"

#include <errno.h>

#define ATTRIBUTES(group, line) "tunnel-group " group " ipsec-attributes\n " line "\n"

static char *print_in(const struct box *b, enum dialect dialect)
{
	char *text = config_grammar_print(&b->config, dialect, CONFIG_PRINT_SECRETS);

	assert_non_null(text);
	return text;
}

/* Printed, read and printed again in each dialect it stays what it is. */
static void assert_fixed_points(const struct box *b)
{
	for (int dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		char *first = print_in(b, (enum dialect)dialect), *second;
		struct box other;

		box_init(&other);
		box_feed(&other, first);
		second = print_in(&other, (enum dialect)dialect);
		assert_string_equal(first, second);
		free(first);
		free(second);
		box_fini(&other);
	}
}

static void assert_prints(const struct box *b, enum dialect dialect, const char *part, bool is)
{
	char *text = print_in(b, dialect);

	if ((strstr(text, part) != NULL) != is)
		print_error("%s %s in:\n%s", is ? "no" : "a", part, text);
	assert_true((strstr(text, part) != NULL) == is);
	free(text);
}

static const struct config_isakmp_key *key_for(const struct box *b, const char *address)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, address), 0);
	return config_model_key(&b->config, &a);
}

static void makes_a_key_of_an_l2l_group(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "tunnel-group 10.0.0.2 type ipsec-l2l\n"
		     "tunnel-group 10.0.0.2 ipsec-attributes\n"
		     " ikev1 pre-shared-key cisco\n"
		     " isakmp keepalive threshold 15 retry 10\n" ATTRIBUTES(
			     "DefaultL2LGroup", "pre-shared-key other"));
	assert_string_equal(key_for(&b, "10.0.0.2")->key, "cisco");
	assert_true(key_for(&b, "10.0.0.2")->no_xauth);
	assert_string_equal(key_for(&b, "10.0.0.3")->key, "other");
	assert_prints(&b, DIALECT_IOS, "crypto isakmp key cisco address 10.0.0.2 no-xauth\n", true);
	assert_prints(&b, DIALECT_IOS, " isakmp keepalive threshold 15 retry 10\n", true);
	assert_prints(&b, DIALECT_IOS, "pre-shared-key", false);
	assert_prints(&b, DIALECT_ASA, " pre-shared-key cisco\n", true);
	assert_prints(&b, DIALECT_ASA, "isakmp key", false);
	assert_fixed_points(&b);
	box_feed(&b, "no tunnel-group 10.0.0.2\n");
	assert_string_equal(key_for(&b, "10.0.0.2")->key, "other");
	box_fini(&b);
}

static void prints_keys_of_ios_as_tunnel_groups(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "crypto isakmp key cisco address 10.0.0.2 no-xauth\n"
		     "crypto isakmp key any address 10.1.0.0 255.255.0.0 no-xauth\n");
	assert_prints(&b, DIALECT_ASA,
		      "tunnel-group 10.0.0.2 type ipsec-l2l\n"
		      "tunnel-group 10.0.0.2 ipsec-attributes\n pre-shared-key cisco\n",
		      true);
	assert_prints(&b, DIALECT_ASA, "crypto isakmp key any address 10.1.0.0 255.255.0.0", true);
	assert_fixed_points(&b);
	/* who may be asked to log in is no L2L peer of an ASA */
	box_feed(&b, "crypto isakmp key cisco address 10.0.0.2\n");
	assert_prints(&b, DIALECT_ASA, "crypto isakmp key cisco address 10.0.0.2", true);
	assert_fixed_points(&b);
	box_fini(&b);
}

static void inherits_from_the_default_policy(void **state)
{
	const struct config_group *g;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "group-policy DfltGrpPolicy attributes\n"
		     " vpn-idle-timeout 5\n"
		     " dns-server value 172.16.1.1\n"
		     " pfs enable\n"
		     "group-policy vpn3000 internal\n"
		     "group-policy vpn3000 attributes\n"
		     " vpn-simultaneous-logins 20\n"
		     " split-tunnel-policy tunnelspecified\n"
		     " split-tunnel-network-list value 10\n"
		     " default-domain value cisco.com\n"
		     "tunnel-group vpn3000 type remote-access\n"
		     "tunnel-group vpn3000 general-attributes\n"
		     " address-pool (inside) testvpnpoolAB testvpnpoolCD\n"
		     " default-group-policy vpn3000\n" ATTRIBUTES("vpn3000", "pre-shared-key k"));
	g = config_remote_group(&b.config.remote, "vpn3000");
	assert_non_null(g);
	assert_int_equal(g->idle_s, 300);
	assert_int_equal(g->max_logins, 20);
	assert_int_equal(g->pfs_group, 2);
	assert_int_equal(addr_to_v4(&g->dns[0]), 0xac100101);
	assert_string_equal(g->acl, "10");
	assert_string_equal(g->key, "k");
	assert_int_equal(g->n_pools, 2);
	assert_int_equal(g->login, CONFIG_LOGIN_YES);
	assert_fixed_points(&b);
	box_feed(&b, "group-policy vpn3000 attributes\n pfs disable\n vpn-idle-timeout none\n"
		     " dns-server none\n address-pools value P\n split-tunnel-policy tunnelall\n");
	g = config_remote_group(&b.config.remote, "vpn3000");
	assert_int_equal(g->idle_s, 0);
	assert_int_equal(g->pfs_group, 0);
	assert_true(addr_is_none(&g->dns[0]));
	assert_int_equal(g->n_pools, 1);
	assert_string_equal(g->acl, "");
	assert_fixed_points(&b);
	box_feed(&b, "group-policy vpn3000 attributes\n no pfs\n no vpn-idle-timeout\n");
	g = config_remote_group(&b.config.remote, "vpn3000");
	assert_int_equal(g->idle_s, 300);
	assert_int_equal(g->pfs_group, 2);
	box_feed(&b, "no group-policy vpn3000\nno group-policy DfltGrpPolicy\n");
	g = config_remote_group(&b.config.remote, "vpn3000");
	assert_int_equal(g->idle_s, 1800);
	assert_int_equal(g->max_logins, 3);
	box_feed(&b, "no tunnel-group vpn3000\n");
	assert_null(config_remote_group(&b.config.remote, "vpn3000"));
	box_fini(&b);
}

static void has_attributes_of_a_user(void **state)
{
	struct config_user_limits limits;
	const struct config_group *g;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "tunnel-group G type remote-access\n"
		     "group-policy P internal\n"
		     "group-policy P attributes\n vpn-session-timeout 60\n"
		     "username alice attributes\n vpn-simultaneous-logins 0\n vpn-group-policy P\n"
		     "username bob attributes\n vpn-tunnel-protocol webvpn\n");
	g = config_remote_group(&b.config.remote, "G");
	limits = config_tunnel_group_user(&b.config.remote, g, "alice");
	assert_int_equal(limits.logins, 0);
	assert_int_equal(limits.max_s, 3600);
	assert_false(limits.refused);
	assert_true(config_tunnel_group_user(&b.config.remote, g, "bob").refused);
	limits = config_tunnel_group_user(&b.config.remote, g, "carol");
	assert_int_equal(limits.logins, 3);
	assert_int_equal(limits.idle_s, 1800);
	assert_fixed_points(&b);
	box_fini(&b);
}

static void has_servers_by_group(void **state)
{
	struct config_aaa_list list;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "aaa-server R protocol radius\n"
		     "aaa-server TACACS+ protocol tacacs+\n"
		     "aaa-server R (inside) host 10.0.0.9\n timeout 20\n key k\n"
		     "aaa-server R host 10.0.0.8 secret timeout 5\n"
		     "aaa authentication login USERS local\n");
	assert_int_equal(b.config.remote.n_servers, 2);
	assert_int_equal(b.config.remote.servers[0].timeout_s, 20);
	assert_int_equal(b.config.remote.servers[0].auth_port, 1645);
	assert_string_equal(b.config.remote.servers[1].key, "secret");
	list = config_tunnel_group_methods(&b.config.remote, "R");
	assert_int_equal(list.n_methods, 1);
	assert_string_equal(list.servers, "R");
	list = config_tunnel_group_methods(&b.config.remote, "LOCAL");
	assert_int_equal(list.methods[0], CONFIG_METHOD_LOCAL);
	/* nobody is asked by a list without aaa new-model, TACACS+, or what is not there */
	assert_int_equal(config_tunnel_group_methods(&b.config.remote, "USERS").n_methods, 0);
	assert_int_equal(config_tunnel_group_methods(&b.config.remote, "TACACS+").n_methods, 0);
	assert_int_equal(config_tunnel_group_methods(&b.config.remote, "S").n_methods, 0);
	assert_fixed_points(&b);
	assert_int_equal(box_line(&b, "aaa-server TACACS+ host 10.0.0.7 k"), -EINVAL);
	box_feed(&b, "no aaa-server R protocol radius\n");
	assert_int_equal(b.config.remote.n_servers, 0);
	box_fini(&b);
}

static void has_vpngroups(void **state)
{
	const struct config_group *g;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "vpngroup VPNclient address-pool remote-VPN\n"
		     "vpngroup VPNclient idle-time 1200\n"
		     "vpngroup VPNclient split-tunnel 90\n"
		     "vpngroup VPNclient dns-server 10.0.0.5 10.0.0.6\n"
		     "vpngroup VPNclient password secret\n");
	g = config_remote_group(&b.config.remote, "VPNclient");
	assert_true(g->any_map);
	assert_string_equal(g->pools[0], "remote-VPN");
	assert_int_equal(g->idle_s, 1200);
	assert_prints(&b, DIALECT_PIX, "vpngroup VPNclient password secret\n", true);
	assert_prints(&b, DIALECT_PIX, "configuration group", false);
	assert_prints(&b, DIALECT_IOS, " pool remote-VPN\n", true);
	assert_prints(&b, DIALECT_IOS, "vpngroup", false);
	assert_fixed_points(&b);
	/* what a PIX has no words for is said in those of IOS */
	box_feed(&b, "crypto isakmp client configuration group VPNclient\n banner ^hello^\n");
	assert_prints(&b, DIALECT_PIX, "vpngroup", false);
	assert_fixed_points(&b);
	box_feed(&b, "no vpngroup VPNclient\n");
	assert_null(config_remote_group(&b.config.remote, "VPNclient"));
	box_fini(&b);
}

static void refuses(void **state)
{
	static const char *const rows[][2] = {
		{"tunnel-group 10.0.0.9 ipsec-attributes", "type tunnel-group 10.0.0.9 type"},
		{"tunnel-group 10.0.0.2 type remote-access", "is of type ipsec-l2l"},
		{"tunnel-group a_b type ipsec-l2l", "named as its peer"},
		{"tunnel-group DefaultL2LGroup type remote-access", "is of type ipsec-l2l"},
		{"tunnel-group 10.0.0.2 ipsec-attributes pre-shared-key", "invalid input"},
		{"group-policy P attributes", "type group-policy P internal first"},
		{"aaa-server S host 10.0.0.1", "there is no aaa-server S"},
		{"aaa-server S protocol x", "expected radius"},
		{"vpngroup G password ********", "masked key"},
	};
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "tunnel-group 10.0.0.2 type ipsec-l2l\n");
	for (size_t i = 0; i < array_len(rows); i++) {
		assert_int_equal(box_line(&b, rows[i][0]), -EINVAL);
		if (!strstr(b.faults.rows[0].text, rows[i][1]))
			print_error("%s: %s\n", rows[i][0], b.faults.rows[0].text);
		assert_non_null(strstr(b.faults.rows[0].text, rows[i][1]));
		assert_false(b.changed);
	}
	assert_int_equal(box_line(&b, "tunnel-group 10.0.0.2 ipsec-attributes"), 0);
	assert_int_equal(box_line(&b, "pre-shared-key *****"), -EINVAL);
	assert_non_null(strstr(b.faults.rows[0].text, "masked key"));
	assert_int_equal(b.config.n_keys, 0);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_key_of_an_l2l_group),
		cmocka_unit_test(prints_keys_of_ios_as_tunnel_groups),
		cmocka_unit_test(inherits_from_the_default_policy),
		cmocka_unit_test(has_attributes_of_a_user),
		cmocka_unit_test(has_servers_by_group),
		cmocka_unit_test(has_vpngroups),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
