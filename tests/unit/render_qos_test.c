/* SPDX-License-Identifier: BSD-3-Clause */
/* Class-maps, policy-maps and their counters as a Cisco router prints them. */
#include "tests/unit/render_check.h"

static void class_maps_with_their_match_lines(void **state)
{
	(void)state;
	render_check(
		render_class_map, NULL,
		"{\"classes\":[{\"name\":\"VOICE\",\"match\":\"any\",\"description\":\"phones\","
		"\"matches\":[\"dscp ef (46)\",\"access-group name SIG\"]},"
		"{\"name\":\"EMPTY\",\"match\":\"all\",\"matches\":[]}]}",
		" Class Map match-any VOICE\n"
		"   Description: phones\n"
		"   Match dscp ef (46)\n"
		"   Match access-group name SIG\n"
		"\n"
		" Class Map match-all EMPTY\n"
		"   Match none\n"
		"\n");
}

static void policy_maps_as_configured(void **state)
{
	(void)state;
	render_check(
		render_policy_map, NULL,
		"{\"policies\":[{\"name\":\"LLQ\",\"description\":\"uplink\",\"classes\":["
		"{\"name\":\"VOICE\",\"priority\":{\"kind\":\"percent\",\"value\":20},\"fair\":"
		"false},"
		"{\"name\":\"STRICT\",\"priority\":{\"kind\":\"full\",\"value\":0},"
		"\"police\":{\"kind\":\"bps\",\"value\":8000},\"police_burst\":1500,"
		"\"exceed\":\"set-dscp-transmit af13\",\"fair\":false},"
		"{\"name\":\"DATA\",\"bandwidth\":{\"kind\":\"remaining\",\"value\":50},"
		"\"set_dscp\":\"af21\",\"queue_limit\":100,\"fair\":true},"
		"{\"name\":\"BULK\",\"bandwidth\":{\"kind\":\"bps\",\"value\":128000},"
		"\"police\":{\"kind\":\"percent\",\"value\":5},\"exceed\":\"drop\",\"fair\":false},"
		"{\"name\":\"class-default\",\"shape\":{\"kind\":\"bps\",\"value\":10000000},"
		"\"service_policy\":\"INNER\",\"fair\":false}]}]}",
		"  Policy Map LLQ\n"
		"    Description: uplink\n"
		"    Class VOICE\n"
		"      priority 20 (%)\n"
		"    Class STRICT\n"
		"      priority\n"
		"     police cir 8000 bc 1500\n"
		"       conform-action transmit\n"
		"       exceed-action set-dscp-transmit af13\n"
		"    Class DATA\n"
		"      bandwidth remaining 50 (%)\n"
		"      set dscp af21\n"
		"      fair-queue\n"
		"      queue-limit 100 packets\n"
		"    Class BULK\n"
		"      bandwidth 128 (kbps)\n"
		"     police cir percent 5\n"
		"       conform-action transmit\n"
		"       exceed-action drop\n"
		"    Class class-default\n"
		"      Average Rate Traffic Shaping\n"
		"      cir 10000000 (bps)\n"
		"      service-policy INNER\n"
		"\n");
}

#define COUNTS                                                                             \
	"\"packets\":10,\"bytes\":1000,\"offered_bps\":8000,\"drop_bps\":80,\"queued\":1," \
	"\"queued_most\":9,\"drops\":2,\"sent_packets\":7,\"sent_bytes\":700,"             \
	"\"conform_packets\":6,\"conform_bytes\":600,\"exceed_packets\":4,\"exceed_bytes\":400"

static void flat_policy_on_an_interface(void **state)
{
	(void)state;
	render_check(
		render_policy_interface, NULL,
		"{\"attachments\":[{\"interface\":\"GigabitEthernet0/1\",\"policy\":\"P\","
		"\"link_bps\":1000000000,\"link_assumed\":true,\"classes\":[{\"name\":\"VOICE\","
		"\"lane\":0,\"match\":\"any\",\"matches\":[\"dscp ef (46)\"],"
		"\"priority\":{\"kind\":\"percent\",\"value\":20},\"priority_burst\":3200,"
		"\"priority_bps\":200000000,\"fair\":false,\"queue_limit\":64," COUNTS
		",\"advice\":\"raise it\"},"
		"{\"name\":\"DATA\",\"lane\":1,\"match\":\"all\",\"matches\":[\"any\"],"
		"\"bandwidth\":{\"kind\":\"bps\",\"value\":128000},\"bandwidth_bps\":128000,"
		"\"shape\":{\"kind\":\"bps\",\"value\":256000},\"shape_bps\":256000,"
		"\"police\":{\"kind\":\"bps\",\"value\":8000},\"police_burst\":1500,"
		"\"police_bps\":8000,\"exceed\":\"drop\",\"set_dscp\":\"af21\",\"fair\":true,"
		"\"queue_limit\":100," COUNTS "}]}]}",
		" GigabitEthernet0/1\n"
		"\n"
		"  Service-policy output: P\n"
		"  % The speed of the link is not known: percentages are of 1000000 kbit/s.\n"
		"  % Type bandwidth KBPS on the interface.\n"
		"\n"
		"    Class-map: VOICE (match-any)\n"
		"      10 packets, 1000 bytes\n"
		"      30 second offered rate 8000 bps, drop rate 80 bps\n"
		"      Match: dscp ef (46)\n"
		"      Queueing\n"
		"      queue limit 64 packets\n"
		"      (queue depth/total drops/no-buffer drops) 1/2/0\n"
		"      (pkts output/bytes output) 7/700\n"
		"      (most packets in the queue) 9\n"
		"      Priority: 20% (200000 kbps), burst bytes 3200, b/w exceed drops: 2\n"
		"      % raise it\n"
		"\n"
		"    Class-map: DATA (match-all)\n"
		"      10 packets, 1000 bytes\n"
		"      30 second offered rate 8000 bps, drop rate 80 bps\n"
		"      Match: any\n"
		"      Queueing\n"
		"      queue limit 100 packets\n"
		"      (queue depth/total drops/no-buffer drops) 1/2/0\n"
		"      (pkts output/bytes output) 7/700\n"
		"      (most packets in the queue) 9\n"
		"      bandwidth 128 kbps\n"
		"      shape (average) cir 256000\n"
		"      target shape rate 256000\n"
		"      Fair-queue: per-flow\n"
		"      QoS Set\n"
		"        dscp af21\n"
		"      police:\n"
		"          cir 8000 bps, bc 1500 bytes\n"
		"        conformed 6 packets, 600 bytes; actions:\n"
		"          transmit\n"
		"        exceeded 4 packets, 400 bytes; actions:\n"
		"          drop\n"
		"\n");
}

static void shaped_policy_of_a_tunnel_is_nested(void **state)
{
	(void)state;
	render_check(render_policy_interface, NULL,
		     "{\"attachments\":[{\"interface\":\"Gi\",\"policy\":\"SHAPE\",\"base_bps\":"
		     "10000000,"
		     "\"link_assumed\":false,\"shape_bps\":10000000,\"service_policy\":\"LLQ\","
		     "\"tunnel\":{\"map\":\"M\",\"sequence\":10,\"acl\":\"VPN\",\"acl_line\":20,"
		     "\"peer\":\"10.0.0.2\"},\"classes\":[{\"name\":\"A\",\"match\":\"any\","
		     "\"matches\":[\"any\"],\"bandwidth\":{\"kind\":\"remaining\",\"value\":50},"
		     "\"bandwidth_bps\":5000000,\"queue_limit\":64," COUNTS "},"
		     "{\"name\":\"class-default\",\"match\":\"any\",\"matches\":[\"any\"],"
		     "\"queue_limit\":64," COUNTS "}]},"
		     "{\"interface\":\"Gi\",\"policy\":\"P\",\"base_bps\":1,\"link_assumed\":false,"
		     "\"classes\":[]}]}",
		     " Gi\n"
		     "\n"
		     "  Crypto map M 10, access list VPN line 20, peer 10.0.0.2\n"
		     "\n"
		     "  Service-policy output: SHAPE\n"
		     "\n"
		     "    Class-map: class-default (match-any)\n"
		     "      20 packets, 2000 bytes\n"
		     "      30 second offered rate 16000 bps, drop rate 160 bps\n"
		     "      Match: any\n"
		     "      Queueing\n"
		     "      (queue depth/total drops/no-buffer drops) 2/4/0\n"
		     "      (pkts output/bytes output) 14/1400\n"
		     "      shape (average) cir 10000000\n"
		     "      target shape rate 10000000\n"
		     "\n"
		     "      Service-policy : LLQ\n"
		     "\n"
		     "        Class-map: A (match-any)\n"
		     "          10 packets, 1000 bytes\n"
		     "          30 second offered rate 8000 bps, drop rate 80 bps\n"
		     "          Match: any\n"
		     "          Queueing\n"
		     "          queue limit 64 packets\n"
		     "          (queue depth/total drops/no-buffer drops) 1/2/0\n"
		     "          (pkts output/bytes output) 7/700\n"
		     "          (most packets in the queue) 9\n"
		     "          bandwidth remaining 50% (5000 kbps)\n"
		     "\n"
		     "        Class-map: class-default (match-any)\n"
		     "          10 packets, 1000 bytes\n"
		     "          30 second offered rate 8000 bps, drop rate 80 bps\n"
		     "          Match: any\n"
		     "          Queueing\n"
		     "          queue limit 64 packets\n"
		     "          (queue depth/total drops/no-buffer drops) 1/2/0\n"
		     "          (pkts output/bytes output) 7/700\n"
		     "          (most packets in the queue) 9\n"
		     "\n"
		     "\n"
		     "  Service-policy output: P\n"
		     "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_maps_with_their_match_lines),
		cmocka_unit_test(policy_maps_as_configured),
		cmocka_unit_test(flat_policy_on_an_interface),
		cmocka_unit_test(shaped_policy_of_a_tunnel_is_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
