/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static const char interfaces[] =
	"{\"interfaces\":[{\"name\":\"GigabitEthernet0/0\",\"device\":\"af_packet veth0\","
	"\"mac\":\"02:42:AC:11:00:02\",\"admin_up\":true,\"link_up\":true,\"address\":\"10.0.0.1\","
	"\"prefix_len\":24,\"mtu\":1500,\"crypto_map\":\"vpn\",\"speed_mbps\":1000,\"queues\":2,"
	"\"rx_packets\":5,\"rx_bytes\":590,\"tx_packets\":6,\"tx_bytes\":700,\"rx_drops\":1,"
	"\"tx_drops\":2,\"missed\":3,\"description\":\"to the hub\",\"adjust_mss\":1300,"
	"\"bandwidth_kbps\":20000,\"service_policy\":\"UPLINK\"},"
	"{\"name\":\"GigabitEthernet0/1\",\"device\":\"tap tap0\",\"mac\":\"02:42:ac:11:00:03\","
	"\"admin_up\":false,\"link_up\":true,\"mtu\":1400,\"speed_mbps\":10000,\"queues\":1,"
	"\"rx_packets\":0,\"rx_bytes\":0,\"tx_packets\":0,\"tx_bytes\":0,\"rx_drops\":0,"
	"\"tx_drops\":0,\"missed\":0}]}";

static void every_field_has_its_line(void **)
{
	render_check(render_interface, NULL, interfaces,
		     "GigabitEthernet0/0 is up, line protocol is up\n"
		     "  Hardware is af_packet veth0, address is 0242.ac11.0002\n"
		     "  Description: to the hub\n"
		     "  Internet address is 10.0.0.1/24\n"
		     "  MTU 1500 bytes, BW 20000 Kbit/sec, 2 queues\n"
		     "  Crypto map is vpn\n"
		     "  Queueing strategy: Class-based queueing (UPLINK)\n"
		     "  TCP MSS is adjusted to 1300\n"
		     "  Total input drops: 1; Total output drops: 2\n"
		     "     5 packets input, 590 bytes, 3 no buffer\n"
		     "     6 packets output, 700 bytes\n"
		     "GigabitEthernet0/1 is administratively down, line protocol is down\n"
		     "  Hardware is tap tap0, address is 0242.ac11.0003\n"
		     "  MTU 1400 bytes, BW 10000000 Kbit/sec, 1 queue\n"
		     "  Total input drops: 0; Total output drops: 0\n"
		     "     0 packets input, 0 bytes, 0 no buffer\n"
		     "     0 packets output, 0 bytes\n");
}

static void interface_without_device_says_so(void **)
{
	render_check(render_interface, NULL,
		     "{\"interfaces\":[{\"name\":\"Loopback0\",\"admin_up\":true,\"link_up\":false,"
		     "\"mtu\":1500}]}",
		     "Loopback0 is down, line protocol is down\n"
		     "  Hardware is not present\n"
		     "  MTU 1500 bytes, BW 0 Kbit/sec, 0 queues\n"
		     "  Total input drops: 0; Total output drops: 0\n"
		     "     0 packets input, 0 bytes, 0 no buffer\n"
		     "     0 packets output, 0 bytes\n");
}

static void brief_has_one_line_each(void **)
{
	render_check(
		render_interface_brief, NULL, interfaces,
		"Interface                  IP-Address      OK? Method Status                "
		"Protocol\n"
		"GigabitEthernet0/0         10.0.0.1        YES manual up                    up\n"
		"GigabitEthernet0/1         unassigned      YES unset  administratively down "
		"down\n");
}

static void arp_shows_minutes_and_incomplete(void **)
{
	render_check(
		render_arp, NULL,
		"{\"entries\":[{\"address\":\"192.168.1.2\",\"mac\":\"00:00:0c:07:ac:24\","
		"\"interface\":\"GigabitEthernet0/0\",\"age_s\":7500,\"state\":\"reachable\"},"
		"{\"address\":\"192.168.1.3\",\"interface\":\"GigabitEthernet0/0\",\"age_s\":1,"
		"\"state\":\"incomplete\"}]}",
		"Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
		"Internet  192.168.1.2           125   0000.0c07.ac24  ARPA   GigabitEthernet0/0\n"
		"Internet  192.168.1.3             0   Incomplete      ARPA   "
		"GigabitEthernet0/0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_has_its_line),
		cmocka_unit_test(interface_without_device_says_so),
		cmocka_unit_test(brief_has_one_line_each),
		cmocka_unit_test(arp_shows_minutes_and_incomplete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
