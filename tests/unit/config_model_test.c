/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration as data: defaults, deep copies, lookups. */
#include "tests/unit/config_test.h"

static const char sample[] = "hostname R1\n"
			     "crypto isakmp policy 10\n authentication pre-share\n"
			     "crypto isakmp key any address 0.0.0.0 0.0.0.0\n"
			     "crypto isakmp key net address 10.0.0.0 255.0.0.0\n"
			     "crypto isakmp key host address 10.0.0.2\n"
			     "crypto isakmp key name hostname peer.example\n"
			     "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac\n"
			     "crypto map M 20 ipsec-isakmp\n set peer 10.0.0.2\n"
			     "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.3\n"
			     "interface gi0/1\n device tap t0\n"
			     "ip route 0.0.0.0 0.0.0.0 10.0.0.9\n"
			     "access-list 101 permit ip any any\naccess-list 101 deny ip any any\n";

static void starts_with_the_defaults_of_ios(void **state)
{
	struct config c;

	(void)state;
	config_model_init(&c);
	assert_string_equal(c.hostname, "culvert");
	assert_int_equal(c.platform.control_core, -1);
	assert_int_equal(c.platform.memory_mb, 256);
	assert_true(c.isakmp.enabled && c.isakmp.nat_traversal);
	assert_int_equal(c.isakmp.keepalive_retry_s, 2);
	assert_int_equal(c.ipsec.lifetime.seconds, 3600);
	assert_int_equal(c.ipsec.lifetime.kilobytes, 4608000);
	assert_int_equal(c.ipsec.replay_window, 64);
	assert_int_equal(c.ipsec.df_bit, CONFIG_DF_COPY);
	assert_int_equal(c.ipsec.fragmentation, CONFIG_FRAGMENTATION_BEFORE);
	config_model_fini(&c);
}

static void gives_a_new_policy_the_defaults_of_ios(void **state)
{
	const struct config_isakmp_policy *policy;
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 7"), 0);
	policy = config_model_policy(&b.config, 7);
	assert_non_null(policy);
	assert_int_equal(policy->cipher, ALG_CIPHER_DES);
	assert_int_equal(policy->hash, ALG_HASH_SHA1);
	assert_int_equal(policy->auth, ALG_AUTH_RSA_SIG);
	assert_int_equal(policy->group, 1);
	assert_int_equal(policy->lifetime_s, 86400);
	box_fini(&b);
}

static void copies_deeply(void **state)
{
	char *before, *after;
	struct box b, copy;

	(void)state;
	box_init(&b);
	box_init(&copy);
	box_feed(&b, sample);
	before = box_print(&b);
	config_model_fini(&copy.config);
	assert_int_equal(config_model_copy(&copy.config, &b.config), 0);
	box_feed(&copy,
		 "no access-list 101\nno crypto map M\nno crypto isakmp key net address "
		 "10.0.0.0 255.0.0.0\nno interface gi0/1\nhostname other\n"
		 "ip route 1.0.0.0 255.0.0.0 10.0.0.9\ncrypto isakmp policy 10\n hash md5\n");
	after = box_print(&b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	box_fini(&copy);
	box_fini(&b);
}

static void copies_an_empty_configuration(void **state)
{
	struct config a, b;

	(void)state;
	config_model_init(&a);
	assert_int_equal(config_model_copy(&b, &a), 0);
	assert_null(b.interfaces);
	assert_string_equal(b.hostname, "culvert");
	config_model_fini(&b);
	config_model_fini(&a);
}

static void finds_the_most_specific_key(void **state)
{
	static const char *const rows[][2] = {
		{"10.0.0.2", "host"}, {"10.0.0.3", "net"}, {"11.0.0.1", "any"}};
	struct addr peer;
	struct box b;

	(void)state;
	box_init(&b);
	peer = addr_v4(1);
	assert_null(config_model_key(&b.config, &peer));
	box_feed(&b, sample);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(addr_parse(&peer, rows[i][0]), 0);
		assert_string_equal(config_model_key(&b.config, &peer)->key, rows[i][1]);
	}
	box_fini(&b);
}

static void finds_by_exact_name_and_keeps_order(void **state)
{
	const struct config_map *map;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, sample);
	map = config_model_map(&b.config, "M");
	assert_non_null(map);
	assert_null(config_model_map(&b.config, "m"));
	assert_int_equal(map->entries[0].sequence, 10);
	assert_int_equal(config_model_map_entry(map, 20)->sequence, 20);
	assert_null(config_model_map_entry(map, 30));
	assert_int_equal(config_model_acl(&b.config, "101")->n_lines, 2);
	assert_true(config_model_acl(&b.config, "101")->numbered);
	assert_non_null(config_model_interface(&b.config, "GigabitEthernet0/1"));
	assert_null(config_model_transform_set(&b.config, "t"));
	assert_int_equal(config_model_transform_set(&b.config, "T")->suite.cipher,
			 ALG_CIPHER_AES_256);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_the_defaults_of_ios),
		cmocka_unit_test(gives_a_new_policy_the_defaults_of_ios),
		cmocka_unit_test(copies_deeply),
		cmocka_unit_test(copies_an_empty_configuration),
		cmocka_unit_test(finds_the_most_specific_key),
		cmocka_unit_test(finds_by_exact_name_and_keeps_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
