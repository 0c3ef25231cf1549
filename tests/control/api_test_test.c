/* SPDX-License-Identifier: BSD-3-Clause */
/* test.acl and test.config: what one can ask beforehand. */
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static json_t *packet(const char *source, const char *destination)
{
	return api_bench_result(
		&first, "test.acl",
		json_pack("{s:s,s:s}", "source", source, "destination", destination));
}

static const char *text(const json_t *object, const char *field)
{
	const char *value = json_string_value(json_object_get(object, field));

	return value ? value : "";
}

static const char *code_at(const json_t *list, size_t i)
{
	return text(json_array_get(list, i), "code");
}

static void configure(const char *lines)
{
	bench_configure(&bench, &bench.a, lines);
}

static void configure_route(void)
{
	configure("ip route 192.168.2.0 255.255.255.0 10.0.0.2\n");
}

static void packet_of_a_line_is_told_with_its_tunnel(void **)
{
	const json_t *tunnel, *step;
	json_t *result;

	configure_route();
	result = packet("192.168.1.5", "192.168.2.5");
	tunnel = json_object_get(result, "tunnel");
	step = api_bench_at(result, "looked_at", 0);
	assert_string_equal(text(result, "verdict"), "protected");
	assert_string_equal(text(tunnel, "peer"), "10.0.0.2");
	assert_true(json_is_false(json_object_get(tunnel, "up")));
	assert_string_equal(text(step, "verdict"), "protected");
	assert_string_equal(text(json_object_get(result, "route"), "interface"),
			    "GigabitEthernet0/1");
	json_decref(result);

	bench_acquire(&bench, &bench.a, 1);
	api_bench_turn();
	result = packet("192.168.1.5", "192.168.2.5");
	tunnel = json_object_get(result, "tunnel");
	assert_true(json_is_true(json_object_get(tunnel, "up")));
	assert_int_equal(json_integer_value(json_object_get(tunnel, "spi_out")),
			 bench_current(&bench.a, 1)->spi_out);
	json_decref(result);
}

static void other_protocol_leaves_in_clear(void **)
{
	json_t *result;

	configure_route();
	result = api_bench_result(&first, "test.acl",
				  json_pack("{s:s,s:s,s:i}", "source", "192.168.1.5", "destination",
					    "192.168.2.5", "protocol", 17));
	assert_string_equal(text(result, "verdict"), "clear");
	assert_string_equal(text(api_bench_at(result, "looked_at", 0), "verdict"), "no line");
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 0);
	json_decref(result);
}

static void deny_line_passes_on_to_the_next_entry(void **)
{
	json_t *result;

	configure_route();
	configure("ip access-list extended FIRST\n deny ip host 192.168.1.7 any\n"
		  " permit ip host 192.168.1.7 any\n"
		  "crypto map M 5 ipsec-isakmp\n match address FIRST\n set peer 10.0.0.2\n"
		  " set transform-set T\n");
	result = packet("192.168.1.7", "192.168.2.5");
	assert_string_equal(text(api_bench_at(result, "looked_at", 0), "verdict"), "denied");
	assert_string_equal(text(api_bench_at(result, "looked_at", 1), "verdict"), "protected");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(result, "tunnel"), "sequence")),
		10);
	json_decref(result);
}

/* E83 */
static void ping_from_the_wrong_address_is_told_a_right_one(void **)
{
	json_t *result;
	const json_t *d;

	configure_route();
	result = packet("10.0.0.1", "192.168.2.5");
	d = api_bench_at(result, "diagnoses", 0);
	assert_string_equal(text(result, "verdict"), "clear");
	assert_string_equal(text(d, "code"), "CFG-PING-SRC");
	assert_string_equal(text(d, "command"), "ping 192.168.2.5 source 192.168.1.1");
	json_decref(result);
	result = api_bench_result(&first, "test.acl",
				  json_pack("{s:s}", "destination", "192.168.2.5"));
	assert_string_equal(text(result, "source"), "10.0.0.1");
	assert_string_equal(code_at(json_object_get(result, "diagnoses"), 0), "CFG-PING-SRC");
	json_decref(result);
	result = packet("192.168.1.5", "10.0.0.9");
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 0);
	json_decref(result);
}

static void packet_without_route_is_told_whose_it_would_be(void **)
{
	json_t *result;

	result = packet("192.168.1.5", "192.168.2.5");
	assert_string_equal(text(result, "verdict"), "no route");
	assert_string_equal(code_at(json_object_get(result, "diagnoses"), 0), "RT-NO-ROUTE");
	json_decref(result);
	result = packet("192.168.1.5", "10.0.0.1");
	assert_string_equal(text(result, "verdict"), "own");
	json_decref(result);
}

static void packet_by_another_interface_is_told_where_the_map_is(void **)
{
	json_t *result;

	configure("ip route 192.168.2.0 255.255.255.0 192.168.1.9\n");
	result = packet("192.168.1.5", "192.168.2.5");
	assert_string_equal(text(result, "verdict"), "clear");
	assert_string_equal(code_at(json_object_get(result, "diagnoses"), 0),
			    "CFG-MAP-NOT-APPLIED");
	json_decref(result);
}

/* E103, E106: what a line costs is said with it. */
static void line_that_ends_tunnels_says_how_many(void **)
{
	json_t *result;
	const char *says;

	bench_acquire(&bench, &bench.a, 1);
	api_bench_turn();
	json_decref(api_bench_result(&first, "config.enter", NULL));
	result = api_bench_result(&first, "config.line",
				  json_pack("{s:s}", "text", "hostname still"));
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
	result = api_bench_result(&first, "config.line",
				  json_pack("{s:s}", "text", "no crypto map M 10"));
	says = text(api_bench_at(result, "faults", 0), "text");
	assert_int_equal(strncmp(says, "CFG-MAP-CHANGE: Command affects 1 tunnels. ", 43), 0);
	assert_non_null(strstr(says, "1 of the 1 that were up is torn down, of 1 peer."));
	json_decref(result);
}

static void what_is_no_packet_is_refused(void **)
{
	api_bench_error(&first, "test.acl", json_pack("{s:s}", "source", "10.0.0.1"));
	api_bench_error(&first, "test.acl",
			json_pack("{s:s,s:s,s:i}", "source", "10.0.0.1", "destination", "10.0.0.2",
				  "protocol", 256));
}

static json_t *source(const char *lines)
{
	return json_pack("{s:s}", "text", lines);
}

#define PEER "crypto isakmp policy 10\n authentication pre-share\n encryption 3des\n group 2\n"

/* Ours is the one in force; the other is somebody's text, with a line that nobody knows. */
static void two_ends_are_compared(void **)
{
	json_t *result = api_bench_result(
		&first, "test.config",
		json_pack("{s:{s:s},s:o}", "from", "of", "running", "to",
			  source("spanning-tree of mine\n" PEER
				 "crypto isakmp key otherword address 10.0.0.1\n"
				 "crypto ipsec transform-set T esp-3des esp-md5-hmac\n"
				 "crypto map M 10 ipsec-isakmp\n match address V\n"
				 " set peer 10.0.0.1\n set transform-set T\n"
				 "interface gi0/0\n ip address 10.0.0.2 255.255.255.0\n"
				 " crypto map M\n"
				 "access-list 101 permit ip any any\n"
				 "ip access-list extended V\n"
				 " permit ip 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255\n")));
	char *all = json_dumps(result, 0);

	assert_non_null(strstr(all, "spanning-tree"));
	assert_non_null(strstr(all, "\"P1-PSK\""));
	assert_non_null(strstr(all, "\"P2-PROXY\""));
	assert_null(strstr(all, "otherword"));
	assert_null(strstr(all, "secret"));
	free(all);
	json_decref(result);
}

static void masked_keys_are_not_compared(void **)
{
	json_t *result = api_bench_result(
		&first, "test.config",
		json_pack("{s:{s:s},s:o}", "from", "of", "running", "to",
			  source("crypto isakmp key ******** address 10.0.0.1\n"
				 "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.1\n"
				 "interface gi0/0\n ip address 10.0.0.2 255.255.255.0\n"
				 " crypto map M\n")));
	char *pair = json_dumps(json_object_get(result, "pair"), 0);

	assert_null(strstr(pair, "P1-PSK"));
	assert_null(strstr(pair, "P1-NO-KEY"));
	free(pair);
	json_decref(result);
}

/* strongSwan with proposals of its own: nothing is known of them. */
static void what_a_swanctl_conf_leaves_out_is_no_fault(void **)
{
	json_t *result = api_bench_result(
		&first, "test.config",
		json_pack("{s:{s:s},s:o}", "from", "of", "running", "to",
			  source("connections { a { version = 1\n local_addrs = 10.0.0.2\n"
				 " remote_addrs = 10.0.0.1\n children { c {\n"
				 " local_ts = 192.168.2.0/24[tcp], 192.168.2.0/24[icmp]\n"
				 " remote_ts = 192.168.1.0/24[tcp], 192.168.1.0/24[icmp]\n"
				 "} } } }\nsecrets { ike { secret = 0sAbCd\n } }\n")));
	char *pair = json_dumps(json_object_get(result, "pair"), 0);

	assert_null(strstr(pair, "P1-"));
	assert_string_equal(text(json_object_get(result, "to"), "dialect"), "swanctl");
	assert_int_equal(
		json_array_size(json_object_get(json_object_get(result, "to"), "diagnoses")), 0);
	free(pair);
	json_decref(result);
}

static void configuration_against_itself_seen_from_there_agrees(void **)
{
	json_t *result = api_bench_result(&first, "test.config",
					  json_pack("{s:o,s:o}", "from", source(bench_config_a),
						    "to", source(bench_config_b)));
	const json_t *pair = json_object_get(result, "pair");

	if (json_array_size(pair))
		fail_msg("%s", code_at(pair, 0));
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(packet_of_a_line_is_told_with_its_tunnel),
		API_CASE(other_protocol_leaves_in_clear),
		API_CASE(deny_line_passes_on_to_the_next_entry),
		API_CASE(ping_from_the_wrong_address_is_told_a_right_one),
		API_CASE(packet_without_route_is_told_whose_it_would_be),
		API_CASE(packet_by_another_interface_is_told_where_the_map_is),
		API_CASE(line_that_ends_tunnels_says_how_many),
		API_CASE(what_is_no_packet_is_refused),
		API_CASE(two_ends_are_compared),
		API_CASE(masked_keys_are_not_compared),
		API_CASE(what_a_swanctl_conf_leaves_out_is_no_fault),
		API_CASE(configuration_against_itself_seen_from_there_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
