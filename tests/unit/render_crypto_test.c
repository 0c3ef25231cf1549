/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static void map_shows_peers_sets_and_interfaces(void **)
{
	render_check(
		render_crypto_map, NULL,
		"{\"maps\":[{\"name\":\"vpn\",\"interfaces\":[\"GigabitEthernet0/1\"],\"entries\":["
		"{\"sequence\":10,\"acl\":\"110\",\"peers\":[\"10.0.0.2\",\"10.0.0.3\"],"
		"\"current_peer\":\"10.0.0.2\",\"sets\":[\"T1\",\"T2\"],\"pfs_group\":2,"
		"\"lifetime_s\":3600,\"lifetime_kb\":4608000,\"complete\":true},"
		"{\"sequence\":20,\"acl\":\"\",\"peers\":[],\"sets\":[],\"lifetime_s\":3600,"
		"\"lifetime_kb\":4608000,\"complete\":false}]}]}",
		"Crypto Map \"vpn\" 10 ipsec-isakmp\n"
		"\tPeer = 10.0.0.2\n"
		"\tPeer = 10.0.0.3\n"
		"\tExtended IP access list 110\n"
		"\tCurrent peer: 10.0.0.2\n"
		"\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n"
		"\tPFS (Y/N): Y\n"
		"\tDH group:  group2\n"
		"\tTransform sets={\n"
		"\t\tT1,\n"
		"\t\tT2,\n"
		"\t}\n"
		"Crypto Map \"vpn\" 20 ipsec-isakmp\n"
		"\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n"
		"\tPFS (Y/N): N\n"
		"\tTransform sets={\n"
		"\t}\n"
		"\tWARNING: This crypto map is incomplete and is not used\n"
		"\tInterfaces using crypto map vpn:\n"
		"\t\tGigabitEthernet0/1\n");
}

#define BODY                                                            \
	"\"sets\":[\"T\"],\"lifetime_s\":3600,\"lifetime_kb\":4608000," \
	"\"complete\":true,\"reverse_route\":true"
#define PRINTED                                                             \
	"\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n" \
	"\tPFS (Y/N): N\n\tTransform sets={\n\t\tT,\n\t}\n"                 \
	"\tReverse Route Injection Enabled\n"

static void dynamic_map_shows_template_and_temporary_entries(void **)
{
	render_check(render_crypto_map, NULL,
		     "{\"maps\":[{\"name\":\"vpn\",\"interfaces\":[],\"entries\":["
		     "{\"sequence\":65535,\"dynamic\":\"D\",\"complete\":true},"
		     "{\"sequence\":65536,\"acl\":\"dynacl1\",\"template\":\"D\","
		     "\"template_sequence\":10,\"peers\":[\"10.0.0.9\"],"
		     "\"acl_line\":\"permit ip any host 12.0.0.1\"," BODY "}]}]}",
		     "Crypto Map \"vpn\" 65535 ipsec-isakmp\n"
		     "\tDynamic map template tag: D\n"
		     "Crypto Map \"vpn\" 65536 ipsec-isakmp\n"
		     "\tPeer = 10.0.0.9\n"
		     "\tExtended IP access list dynacl1\n"
		     "\t    access-list dynacl1 permit ip any host 12.0.0.1\n"
		     "\tdynamic (created from dynamic map D/10)\n" PRINTED
		     "\tInterfaces using crypto map vpn:\n");
	render_check(render_dynamic_map, NULL,
		     "{\"maps\":[{\"name\":\"D\",\"entries\":[{\"sequence\":10,\"acl\":\"\","
		     "\"peers\":[]," BODY "}]}]}",
		     "Crypto Map Template\"D\" 10\n" PRINTED);
}

static void transform_set_shows_its_mode(void **)
{
	render_check(render_crypto_transform_set, NULL,
		     "{\"sets\":[{\"name\":\"TS\",\"transform\":\"esp-aes esp-sha-hmac\","
		     "\"mode\":\"tunnel\"}]}",
		     "Transform set TS: { esp-aes esp-sha-hmac  }\n"
		     "   will negotiate = { Tunnel,  },\n"
		     "\n");
}

static void access_list_counts_matches(void **)
{
	render_check(
		render_access_list, NULL,
		"{\"lists\":[{\"name\":\"110\",\"standard\":false,\"lines\":["
		"{\"sequence\":10,\"text\":\"permit ip 192.168.100.0 0.0.0.255 192.168.200.0 "
		"0.0.0.255\",\"matches\":12},"
		"{\"sequence\":20,\"text\":\"permit icmp any any\",\"matches\":1},"
		"{\"sequence\":30,\"text\":\"deny ip any any\",\"matches\":0}]},"
		"{\"name\":\"10\",\"standard\":true,\"lines\":[]}]}",
		"Extended IP access list 110\n"
		"    10 permit ip 192.168.100.0 0.0.0.255 192.168.200.0 0.0.0.255 (12 matches)\n"
		"    20 permit icmp any any (1 match)\n"
		"    30 deny ip any any\n"
		"Standard IP access list 10\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_shows_peers_sets_and_interfaces),
		cmocka_unit_test(dynamic_map_shows_template_and_temporary_entries),
		cmocka_unit_test(transform_set_shows_its_mode),
		cmocka_unit_test(access_list_counts_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
