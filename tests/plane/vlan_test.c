/* SPDX-License-Identifier: BSD-3-Clause */
/* Subinterfaces on one wire: every VLAN is a network of its own, and a wrong tag is none (H177). */
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/box_vlan.h"

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	SUB = BED_PORTS, /* index of the first subinterface */
	VLAN = 100,
	SUB_OWN = 0x0a640001,  /* 10.100.0.1 */
	SUB_HOST = 0x0a640009, /* 10.100.0.9 */
};

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};

/* An inside host makes itself known. */
static void host_asks(struct box *b, uint32_t host, uint32_t own)
{
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, host, box_host_mac, own,
		    b->bed->dp.ports[BED_INSIDE].mac);
	box_run(b);
	bed_flush(b->bed);
}

static uint64_t dropped(struct box *b, enum drop_reason reason)
{
	return bed_drop(b->bed, reason);
}

static int make(void **state)
{
	struct box *b;

	if (box_make(state))
		return -1;
	b = *state;
	assert_int_equal(box_vlan_set_main(b), 0);
	assert_int_equal(box_vlan_set(b, VLAN, VLAN, false, SUB_OWN), 0);
	return 0;
}

static void it_answers_and_asks_in_its_own_vlan(void **state)
{
	struct box *b = *state;
	uint8_t data[BED_PACKET];
	struct arp arp;

	assert_int_equal(b->bed->dp.n_ports, SUB + 1);
	/* gratuitous, on coming up */
	box_vlan_expect(b, VLAN, 0x0806, data);
	assert_int_equal(arp_parse(&arp, data, 28), 0);
	assert_int_equal(addr_to_v4(&arp.target), SUB_OWN);

	box_vlan_put_arp(b, VLAN, ARP_REQUEST, SUB_HOST, SUB_OWN);
	assert_int_equal(box_vlan_expect(b, VLAN, 0x0806, data), 46);
	assert_int_equal(arp_parse(&arp, data, 46), 0);
	assert_int_equal(arp.operation, ARP_REPLY);
	assert_memory_equal(arp.target_mac, box_vlan_mac, 6);
	assert_int_equal(b->bed->plane.stats_main->neighbours[0].port, SUB);
	assert_int_equal(b->bed->plane.stats_worker[0].ports[SUB].rx_packets, 1);
}

static void packets_pass_between_a_vlan_and_another_port(void **state)
{
	struct box *b = *state;
	uint8_t ip[128], data[BED_PACKET];
	unsigned len = bed_icmp(ip, BOX_IN_HOST, SUB_HOST, sizeof(ip));

	box_vlan_expect(b, VLAN, 0x0806, data);
	bed_put(b->bed, BED_INSIDE, ip, len);
	box_run(b);
	box_vlan_expect(b, VLAN, 0x0806, data); /* who is it? */
	box_vlan_put_arp(b, VLAN, ARP_REPLY, SUB_HOST, SUB_OWN);
	assert_int_equal(box_vlan_expect(b, VLAN, 0x0800, data), len);
	assert_memory_equal(data + 20, ip + 20, len - 20);
	/* known now: straight from the worker */
	bed_put(b->bed, BED_INSIDE, ip, len);
	bed_run(b->bed);
	assert_int_equal(box_vlan_expect(b, VLAN, 0x0800, data), len);
	assert_int_equal(b->bed->plane.stats_worker[0].ports[SUB].tx_packets, 1);
	assert_int_equal(b->bed->plane.stats_worker[0].ports[SUB].tx_bytes, len + 18);

	host_asks(b, BOX_IN_HOST, BOX_IN_OWN);
	len = bed_icmp(ip, SUB_HOST, BOX_IN_HOST, sizeof(ip));
	box_vlan_put(b, VLAN | 5 << 13, 0x0800, ip, len); /* whatever its priority */
	box_run(b);
	assert_int_equal(box_expect_ip(b, BED_INSIDE, box_host_mac, data), len);
	assert_int_equal(bed_drops(b->bed), 0);
}

static void tags_that_are_nobodys_are_counted(void **state)
{
	static const struct {
		uint16_t tags[4];
		unsigned n;
	} rows[] = {
		{{0x8100, 101}, 2},	       /* no such subinterface */
		{{0x8100, 4095}, 2},	       /* reserved */
		{{0x8100, 100, 0x8100, 7}, 4}, /* two tags */
		{{0x8100, 100, 0x88a8, 7}, 4},
		{{0x88a8, 100}, 2}, /* a provider's tag */
		{{0x88a8, 7, 0x8100, 100}, 4},
	};
	struct box *b = *state;
	uint8_t ip[128], tag[] = {0x81, 0, 0};
	unsigned len = bed_icmp(ip, SUB_HOST, BOX_IN_OWN, sizeof(ip));

	for (unsigned i = 0; i < array_len(rows); i++) {
		box_vlan_put_tagged(b, rows[i].tags, rows[i].n, 0x0800, ip, len);
		bed_run(b->bed);
		assert_int_equal(dropped(b, DROP_ETH_VLAN), i + 1);
	}
	/* a tag and nothing behind it: 17 bytes */
	box_vlan_put_tagged(b, NULL, 0, 0x8100, tag, 3);
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_ETH_RUNT), 1);
	/* without tag, or with the priority tag: the main interface, which has no address */
	box_vlan_put(b, 0, 0x0800, ip, len);
	box_vlan_put_tagged(b, NULL, 0, 0x0800, ip, len);
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_IF_DOWN), 2);
	assert_int_equal(bed_drops(b->bed), array_len(rows) + 3);
}

static void untagged_frames_belong_to_the_native_vlan(void **state)
{
	struct box *b = *state;
	uint8_t ip[128], data[BED_PACKET];
	unsigned len = bed_icmp(ip, SUB_HOST, SUB_OWN, sizeof(ip));

	assert_int_equal(box_vlan_set(b, VLAN, VLAN, true, SUB_OWN), 0);
	bed_flush(b->bed);
	for (unsigned i = 0; i < 3; i++) {
		if (i == 0)
			box_vlan_put_tagged(b, NULL, 0, 0x0800, ip, len);
		else
			box_vlan_put(b, i == 1 ? 0 : VLAN, 0x0800, ip, len);
		box_run(b);
		if (i == 0) {
			box_vlan_expect(b, 0, 0x0806, data);
			box_vlan_put_arp(b, 0, ARP_REPLY, SUB_HOST, SUB_OWN);
		}
		assert_int_equal(box_vlan_expect(b, 0, 0x0800, data), len);
		assert_int_equal(data[20], 0); /* echo reply */
	}
	assert_int_equal(bed_drops(b->bed), 0);
	/* no longer: they are the main interface's again */
	assert_int_equal(box_vlan_set(b, VLAN, VLAN, false, SUB_OWN), 0);
	box_vlan_put_tagged(b, NULL, 0, 0x0800, ip, len);
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_IF_DOWN), 1);
}

static void a_vlan_can_be_changed_and_withdrawn(void **state)
{
	struct box *b = *state;
	uint8_t ip[128], data[BED_PACKET];
	unsigned len = bed_icmp(ip, SUB_HOST, SUB_OWN, sizeof(ip));

	box_vlan_expect(b, VLAN, 0x0806, data);
	assert_int_equal(box_vlan_set(b, 7, 7, false, SUB_OWN + 256), 0);
	assert_int_equal(box_vlan_set(b, VLAN, 200, false, SUB_OWN), 0);
	bed_flush(b->bed);
	box_vlan_put(b, VLAN, 0x0800, ip, len);
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_ETH_VLAN), 1);
	box_vlan_put_arp(b, 200, ARP_REQUEST, SUB_HOST, SUB_OWN);
	box_vlan_expect(b, 200, 0x0806, data);
	assert_int_equal(b->bed->dp.n_ports, SUB + 2);
	/* the interface left the configuration: the message names no parent */
	assert_int_equal(box_vlan_set(b, VLAN, 0, false, SUB_OWN), 0);
	box_vlan_put(b, 200, 0x0800, ip, len);
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_ETH_VLAN), 2);
	assert_int_equal(b->bed->dp.n_ports, SUB + 2);
}

static void what_cannot_be_is_refused(void **state)
{
	struct box *b = *state;
	struct plane_msg msg = {.type = PLANE_IF_SET};

	snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/9.1");
	snprintf(msg.interface.parent, sizeof(msg.interface.parent), "GigabitEthernet0/9");
	msg.interface.vlan = 1;
	msg.interface.mtu = 1500;
	assert_int_equal(box_command(b, &msg), -ENODEV);
	/* a subinterface has no device of its own to send by */
	snprintf(msg.interface.parent, sizeof(msg.interface.parent), "GigabitEthernet0/1.%u", VLAN);
	assert_int_equal(box_command(b, &msg), -EINVAL);
	/* nor changes it, nor is a main interface one */
	for (unsigned i = 0; i < 2; i++) {
		snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/1%s",
			 i ? "" : ".100");
		snprintf(msg.interface.parent, sizeof(msg.interface.parent), "GigabitEthernet0/0");
		assert_int_equal(box_command(b, &msg), -EINVAL);
	}
	for (unsigned i = SUB + 1; i < PLANE_PORTS_MAX; i++)
		assert_int_equal(box_vlan_set(b, i, (uint16_t)i, false, 0x0b000001 + i * 256), 0);
	assert_int_equal(box_vlan_set(b, 999, 999, false, 0x0c000001), -ENOSPC);
	bed_flush(b->bed);
}

static void set_policy(struct box *b)
{
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = 10,
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.tunnel = BED_TUNNEL,
	};
	struct plane_msg msg = {.type = PLANE_POLICY_BEGIN, .rule = {.count = 1}};
	struct addr in = addr_v4(0xc0a80100), far = addr_v4(0xc0a80200);

	assert_int_equal(box_command(b, &msg), 0);
	rule.src = prefix_make(&in, 24);
	rule.dst = prefix_make(&far, 24);
	snprintf(rule.interface, sizeof(rule.interface), "GigabitEthernet0/1.%u", VLAN);
	msg = (struct plane_msg){.type = PLANE_POLICY_RULE, .rule = rule};
	assert_int_equal(box_command(b, &msg), 0);
	msg = (struct plane_msg){.type = PLANE_POLICY_COMMIT};
	assert_int_equal(box_command(b, &msg), 0);
}

/* A crypto map on a subinterface: ESP leaves tagged, and comes back tagged. */
static void a_tunnel_ends_on_a_subinterface(void **state)
{
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct box *b = *state;
	struct bed *far = bed_create(2, 1);
	uint8_t ip[200], wire[BED_PACKET];
	struct bed_packet out;
	unsigned len;

	set_policy(b);
	/* 10.9.0.1 towards 10.9.0.2, as the SA says */
	assert_int_equal(box_vlan_set(b, VLAN, VLAN, false, 0x0a090001), 0);
	assert_int_equal(box_set_interface(b, BED_INSIDE, 0xc0a80101, true), 0);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, 0xc0a80200, 24, 0x0a090002), 0);
	b->bed->dp.ports[SUB].crypto_map = true;
	bed_install(b->bed, &sa);
	bed_policy(far);
	bed_install(far, &sa);
	box_vlan_put_arp(b, VLAN, ARP_REQUEST, 0x0a090002, 0x0a090001);
	host_asks(b, 0xc0a8010a, 0xc0a80101);
	bed_flush(b->bed);

	bed_udp(ip, 1, 2, sizeof(ip));
	bed_put(b->bed, BED_INSIDE, ip, sizeof(ip));
	bed_run(b->bed);
	len = box_vlan_expect(b, VLAN, 0x0800, wire);
	assert_int_equal(wire[9], IP_PROTO_ESP);
	assert_true(bed_pass(far, BED_OUTSIDE, wire, len, &out));
	assert_memory_equal(out.b + 20, ip + 20, sizeof(ip) - 20);

	bed_udp(ip, 2, 1, sizeof(ip));
	assert_true(bed_pass(far, BED_INSIDE, ip, sizeof(ip), &out));
	box_vlan_put(b, VLAN, 0x0800, out.b, out.len);
	bed_run(b->bed);
	assert_int_equal(box_expect_ip(b, BED_INSIDE, box_host_mac, wire), sizeof(ip));
	assert_int_equal(bed_drops(b->bed) + bed_drops(far), 0);
	/* and what should come encrypted does not get in clear */
	box_vlan_put(b, VLAN, 0x0800, ip, sizeof(ip));
	bed_run(b->bed);
	assert_int_equal(dropped(b, DROP_POLICY_CLEAR), 1);
	bed_check_pool(far);
	bed_destroy(far);
}

/* IKE names the subinterface it came by. */
static void ike_comes_by_a_subinterface(void **state)
{
	static struct {
		struct plane_datagram head;
		uint8_t b[PLANE_PACKET_MAX];
	} got;
	struct box *b = *state;
	uint8_t ip[60];

	bed_udp(ip, 1, 2, sizeof(ip));
	memcpy(ip + 12, (uint8_t[]){10, 100, 0, 9, 10, 100, 0, 1, 1, 244, 1, 244}, 12);
	bed_fix_checksum(ip);
	box_vlan_put(b, VLAN, 0x0800, ip, sizeof(ip));
	bed_run(b->bed);
	assert_int_equal(plane_ring_recv_datagram(b->bed->plane.datagrams_up[0], &got.head, got.b),
			 32);
	assert_string_equal(got.head.interface, "GigabitEthernet0/1.100");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, box_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_answers_and_asks_in_its_own_vlan),
		TEST(packets_pass_between_a_vlan_and_another_port),
		TEST(tags_that_are_nobodys_are_counted),
		TEST(untagged_frames_belong_to_the_native_vlan),
		TEST(a_vlan_can_be_changed_and_withdrawn),
		TEST(what_cannot_be_is_refused),
		TEST(a_tunnel_ends_on_a_subinterface),
		TEST(ike_comes_by_a_subinterface),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
