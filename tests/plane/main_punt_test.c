/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets for the main thread: ARP both ways, ICMP echo, path MTU, neighbours without an answer. */
#include "lib/net/ip.h"
#include "tests/plane/box.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

static void an_interface_announces_itself_and_answers(void **state)
{
	struct box *b = *state;
	struct arp arp;

	assert_int_equal(box_set_interface(b, BED_INSIDE, BOX_IN_OWN + 2, true), 0);
	arp = box_expect_arp(b, BED_INSIDE, box_broadcast);
	assert_int_equal(addr_to_v4(&arp.sender), BOX_IN_OWN + 2);
	assert_int_equal(addr_to_v4(&arp.target), BOX_IN_OWN + 2);
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST, box_host_mac, BOX_IN_OWN + 2,
		    box_broadcast);
	box_run(b);
	arp = box_expect_arp(b, BED_INSIDE, box_host_mac);
	assert_int_equal(arp.operation, ARP_REPLY);
	assert_int_equal(addr_to_v4(&arp.sender), BOX_IN_OWN + 2);
	assert_memory_equal(arp.target_mac, box_host_mac, 6);
	/* not for the address it had before, nor for anybody else's */
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST, box_host_mac, BOX_IN_OWN,
		    box_broadcast);
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST, box_host_mac, BOX_IN_OWN + 3,
		    box_broadcast);
	box_run(b);
	assert_int_equal(bed_flush(b->bed), 0);
}

static void packets_wait_for_arp_and_leave_in_order(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;

	for (int i = 0; i < 3; i++) {
		uint8_t packet[128];
		unsigned len = bed_icmp(packet, BOX_IN_HOST, BOX_OUT_GATE, sizeof(packet));

		packet[5] = (uint8_t)i; /* identification */
		bed_fix_checksum(packet);
		bed_put(b->bed, BED_INSIDE, packet, len);
	}
	box_run(b);
	arp = box_expect_arp(b, BED_OUTSIDE, box_broadcast);
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_int_equal(addr_to_v4(&arp.target), BOX_OUT_GATE);
	assert_int_equal(addr_to_v4(&arp.sender), BOX_OUT_OWN);
	box_answer(b, BED_OUTSIDE, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN);
	for (int i = 0; i < 3; i++) {
		box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
		assert_int_equal(ip[5], i);
		assert_int_equal(ip[8], 63); /* TTL lowered once */
	}
	/* from now on the worker knows the way alone */
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	bed_run(b->bed);
	box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
}

static void a_silent_next_hop_makes_host_unreachable(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;
	unsigned requests = 0;

	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST, box_host_mac, BOX_IN_OWN,
		    box_broadcast);
	box_run(b);
	bed_flush(b->bed);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	for (int i = 0; i < 35; i++) {
		box_run(b);
		if (!rte_ring_empty(b->bed->tx[BED_OUTSIDE])) {
			arp = box_expect_arp(b, BED_OUTSIDE, box_broadcast);
			assert_int_equal(addr_to_v4(&arp.target), BOX_OUT_GATE);
			requests++;
		}
		usleep(100 * 1000);
	}
	assert_int_equal(requests, 3);
	assert_int_equal(box_dropped(b, DROP_NEIGHBOUR), 1);
	box_expect_ip(b, BED_INSIDE, box_host_mac, ip);
	assert_int_equal(ip[9], IP_PROTO_ICMP);
	assert_memory_equal(ip + 20, "\x03\x01", 2);
	assert_int_equal(ntohl(*(uint32_t *)(void *)(ip + 12)), BOX_IN_OWN);
}

static void echo_to_an_own_address_is_answered(void **state)
{
	struct box *b = *state;
	uint8_t packet[1000], ip[BED_PACKET];
	unsigned len = bed_icmp(packet, BOX_IN_HOST, BOX_OUT_OWN, sizeof(packet));
	uint16_t sum;

	packet[20] = 8;
	packet[21] = 0;
	memset(packet + 22, 0, 2);
	sum = ip_checksum(packet + 20, len - 20);
	memcpy(packet + 22, &sum, 2);
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST, box_host_mac, BOX_IN_OWN,
		    box_broadcast);
	box_run(b);
	bed_flush(b->bed);
	bed_put(b->bed, BED_INSIDE, packet, len);
	box_run(b);
	assert_int_equal(box_expect_ip(b, BED_INSIDE, box_host_mac, ip), len);
	assert_int_equal(ip[20], 0);
	assert_memory_equal(ip + 24, packet + 24, len - 24);
	assert_int_equal(b->bed->plane.stats_main->icmp_echo_replied, 1);
}

static void echo_is_rate_limited(void **state)
{
	struct box *b = *state;
	uint8_t packet[64];
	unsigned len = bed_icmp(packet, BOX_IN_HOST, BOX_IN_OWN, sizeof(packet));
	uint16_t sum;

	packet[20] = 8;
	packet[21] = 0;
	memset(packet + 22, 0, 2);
	sum = ip_checksum(packet + 20, len - 20);
	memcpy(packet + 22, &sum, 2);
	for (int i = 0; i < 10; i++) {
		for (int k = 0; k < 50; k++)
			bed_put(b->bed, BED_INSIDE, packet, len);
		box_run(b);
	}
	assert_true(box_dropped(b, DROP_PUNT_RATE) > 100);
	assert_int_equal(
		box_dropped(b, DROP_PUNT_RATE) + b->bed->plane.stats_main->icmp_echo_replied, 500);
}

static void malformed_and_foreign_arp_changes_nothing(void **state)
{
	struct box *b = *state;
	uint8_t frame[ARP_FRAME_BYTES] = {0};

	memcpy(frame, box_broadcast, 6);
	memcpy(frame + 6, box_host_mac, 6);
	memcpy(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x09", 10);
	bed_put_frame(b->bed, BED_INSIDE, frame, sizeof(frame));
	/* somebody claims our address; a reply nobody asked for; a sender from elsewhere */
	box_put_arp(b, BED_INSIDE, ARP_REPLY, BOX_IN_OWN, box_host_mac, BOX_IN_OWN, box_broadcast);
	box_put_arp(b, BED_INSIDE, ARP_REPLY, BOX_IN_HOST, box_host_mac, BOX_IN_OWN,
		    b->bed->dp.ports[0].mac);
	box_run(b);
	assert_int_equal(bed_flush(b->bed), 0);
	assert_int_equal(box_dropped(b, DROP_ARP_MALFORMED), 2);
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_FAR, box_host_mac, BOX_IN_OWN, box_broadcast);
	box_run(b);
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++)
		assert_int_equal(b->bed->plane.stats_main->neighbours[i].state, 0);
	bed_flush(b->bed);
}

static void a_path_mtu_report_reaches_the_control_plane(void **state)
{
	struct box *b = *state;
	uint8_t packet[64] = {0};
	struct plane_msg event = {0};
	struct ip_v4 h;
	uint16_t sum;

	ip_build_v4(&h, htonl(BOX_OUT_GATE), htonl(BOX_OUT_OWN), IP_PROTO_ICMP, 0, 64, 56, 1,
		    false);
	memcpy(packet, &h, sizeof(h));
	memcpy(packet + 20, "\x03\x04\0\0\0\0\x05\x00", 8);
	ip_build_v4(&h, htonl(BOX_OUT_OWN), htonl(BOX_FAR), IP_PROTO_ESP, 0, 64, 1400, 1, true);
	memcpy(packet + 28, &h, sizeof(h));
	memcpy(packet + 48, "\xaa\xbb\xcc\xdd\0\0\0\2", 8);
	sum = ip_checksum(packet + 20, 36);
	memcpy(packet + 22, &sum, 2);
	bed_put(b->bed, BED_OUTSIDE, packet, 56);
	box_run(b);
	while (event.type != PLANE_PATH_MTU)
		assert_int_equal(plane_ring_recv(b->bed->plane.from_main, &event), 1);
	assert_int_equal(event.path_mtu.mtu, 1280);
	assert_int_equal(event.path_mtu.spi, 0xaabbccdd);
	assert_int_equal(addr_to_v4(&event.path_mtu.remote), BOX_FAR);
}

#define in_box(f) cmocka_unit_test_setup_teardown(f, box_make, box_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_box(an_interface_announces_itself_and_answers),
		in_box(packets_wait_for_arp_and_leave_in_order),
		in_box(a_silent_next_hop_makes_host_unreachable),
		in_box(echo_to_an_own_address_is_answered),
		in_box(echo_is_rate_limited),
		in_box(malformed_and_foreign_arp_changes_nothing),
		in_box(a_path_mtu_report_reaches_the_control_plane),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
