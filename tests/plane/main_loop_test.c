/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The main thread beside a real worker: commands of the control plane, ARP both ways, ICMP echo,
 * neighbours that do not answer. The test plays the hosts and the control plane.
 */
#include "dataplane/arp.h"
#include "dataplane/main_loop.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	IN_OWN = 0x0a320001,  /* 10.50.0.1 */
	IN_HOST = 0x0a320009, /* 10.50.0.9 */
	OUT_OWN = 0x0a330001, /* 10.51.0.1 */
	OUT_GATE = 0x0a330002,
	FAR = 0x0b000005, /* 11.0.0.5 */
};

static const uint8_t host_mac[6] = {2, 7, 7, 7, 7, 1};
static const uint8_t gate_mac[6] = {2, 7, 7, 7, 7, 2};
static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct box {
	struct bed *bed;
	struct main_loop *main;
};

static void run(struct box *b)
{
	for (int i = 0; i < 3; i++) {
		bed_run(b->bed);
		main_loop_once(b->main);
	}
	bed_run(b->bed);
}

static int command(struct box *b, struct plane_msg *msg)
{
	struct plane_msg ack;

	msg->cookie = 77 + msg->type;
	assert_int_equal(plane_ring_send(b->bed->plane.to_main, msg), 0);
	run(b);
	do {
		assert_int_equal(plane_ring_recv(b->bed->plane.from_main, &ack), 1);
	} while (ack.type != PLANE_ACK);
	assert_int_equal(ack.cookie, msg->cookie);
	return ack.ack.error;
}

static int set_interface(struct box *b, unsigned port, uint32_t own, bool up)
{
	struct plane_msg msg = {.type = PLANE_IF_SET};

	snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/%u", port);
	msg.interface.own = addr_v4(own);
	msg.interface.address = prefix_make(&msg.interface.own, 24);
	msg.interface.mtu = 1500;
	msg.interface.up = up;
	return command(b, &msg);
}

static int change_route(struct box *b, enum plane_type type, uint32_t dst, uint8_t len,
			uint32_t next_hop)
{
	struct plane_msg msg = {.type = type};
	struct addr a = addr_v4(dst);

	msg.route.prefix = prefix_make(&a, len);
	msg.route.next_hop = addr_v4(next_hop);
	msg.route.distance = 1;
	return command(b, &msg);
}

static int make_box(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	b->bed = bed_create(1, 1);
	for (unsigned port = 0; port < BED_PORTS; port++) {
		b->bed->dp.ports[port].device_mtu = 1500;
		b->bed->dp.ports[port].up = b->bed->dp.ports[port].crypto_map = false;
	}
	b->main = main_loop_create(&b->bed->dp);
	assert_non_null(b->main);
	assert_int_equal(set_interface(b, BED_INSIDE, IN_OWN, true), 0);
	assert_int_equal(set_interface(b, BED_OUTSIDE, OUT_OWN, true), 0);
	bed_flush(b->bed);
	*state = b;
	return 0;
}

static int destroy_box(void **state)
{
	struct box *b = *state;

	bed_flush(b->bed);
	main_loop_destroy(b->main);
	bed_check_pool(b->bed);
	bed_destroy(b->bed);
	free(b);
	return 0;
}

static void put_arp(struct box *b, unsigned port, enum arp_operation operation, uint32_t sender,
		    const uint8_t sender_mac[6], uint32_t target, const uint8_t dst[6])
{
	struct arp arp = {.operation = (uint8_t)operation};
	uint8_t frame[ARP_FRAME_BYTES];

	arp.sender = addr_v4(sender);
	arp.target = addr_v4(target);
	memcpy(arp.sender_mac, sender_mac, 6);
	arp_build(frame, &arp, dst);
	bed_put_frame(b->bed, port, frame, sizeof(frame));
}

static void answer(struct box *b, unsigned port, uint32_t addr, const uint8_t mac[6], uint32_t own)
{
	put_arp(b, port, ARP_REPLY, addr, mac, own, b->bed->dp.ports[port].mac);
	run(b);
}

/* One whole frame that left by port. */
static bool take_frame(struct box *b, unsigned port, uint8_t frame[BED_PACKET], unsigned *len)
{
	struct rte_mbuf *m;

	if (rte_ring_dequeue(b->bed->tx[port], (void **)&m))
		return false;
	*len = m->data_len;
	memcpy(frame, rte_pktmbuf_mtod(m, void *), *len);
	rte_pktmbuf_free(m);
	return true;
}

/* Expects one ARP frame and nothing else on that port. */
static struct arp expect_arp(struct box *b, unsigned port, const uint8_t dst[6])
{
	uint8_t frame[BED_PACKET];
	struct arp arp;
	unsigned len;

	assert_true(take_frame(b, port, frame, &len));
	assert_memory_equal(frame, dst, 6);
	assert_memory_equal(frame + 6, b->bed->dp.ports[port].mac, 6);
	assert_memory_equal(frame + 12, "\x08\x06", 2);
	assert_int_equal(arp_parse(&arp, frame + 14, len - 14), 0);
	assert_false(take_frame(b, port, frame, &len));
	return arp;
}

/* Expects one IPv4 frame to a station; returns its length and the packet. */
static unsigned expect_ip(struct box *b, unsigned port, const uint8_t dst[6], uint8_t *ip)
{
	uint8_t frame[BED_PACKET];
	unsigned len;

	assert_true(take_frame(b, port, frame, &len));
	assert_memory_equal(frame, dst, 6);
	assert_memory_equal(frame + 6, b->bed->dp.ports[port].mac, 6);
	assert_memory_equal(frame + 12, "\x08\x00", 2);
	memcpy(ip, frame + 14, len - 14);
	return len - 14;
}

static uint64_t dropped(struct box *b, enum drop_reason reason)
{
	return b->bed->plane.stats_main->drops[reason];
}

static void put_ip(struct box *b, unsigned port, uint32_t src, uint32_t dst)
{
	uint8_t ip[128];
	unsigned len = bed_icmp(ip, src, dst, sizeof(ip));

	bed_put(b->bed, port, ip, len);
}

static void an_interface_announces_itself_and_answers(void **state)
{
	struct box *b = *state;
	struct arp arp;

	assert_int_equal(set_interface(b, BED_INSIDE, IN_OWN + 2, true), 0);
	arp = expect_arp(b, BED_INSIDE, broadcast);
	assert_int_equal(addr_to_v4(&arp.sender), IN_OWN + 2);
	assert_int_equal(addr_to_v4(&arp.target), IN_OWN + 2);
	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST, host_mac, IN_OWN + 2, broadcast);
	run(b);
	arp = expect_arp(b, BED_INSIDE, host_mac);
	assert_int_equal(arp.operation, ARP_REPLY);
	assert_int_equal(addr_to_v4(&arp.sender), IN_OWN + 2);
	assert_memory_equal(arp.target_mac, host_mac, 6);
	/* not for the address it had before, nor for anybody else's */
	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST, host_mac, IN_OWN, broadcast);
	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST, host_mac, IN_OWN + 3, broadcast);
	run(b);
	assert_int_equal(bed_flush(b->bed), 0);
}

static void packets_wait_for_arp_and_leave_in_order(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;

	for (int i = 0; i < 3; i++) {
		uint8_t packet[128];
		unsigned len = bed_icmp(packet, IN_HOST, OUT_GATE, sizeof(packet));

		packet[5] = (uint8_t)i; /* identification */
		bed_fix_checksum(packet);
		bed_put(b->bed, BED_INSIDE, packet, len);
	}
	run(b);
	arp = expect_arp(b, BED_OUTSIDE, broadcast);
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_int_equal(addr_to_v4(&arp.target), OUT_GATE);
	assert_int_equal(addr_to_v4(&arp.sender), OUT_OWN);
	answer(b, BED_OUTSIDE, OUT_GATE, gate_mac, OUT_OWN);
	for (int i = 0; i < 3; i++) {
		expect_ip(b, BED_OUTSIDE, gate_mac, ip);
		assert_int_equal(ip[5], i);
		assert_int_equal(ip[8], 63); /* TTL lowered once */
	}
	/* from now on the worker knows the way alone */
	put_ip(b, BED_INSIDE, IN_HOST, OUT_GATE);
	bed_run(b->bed);
	expect_ip(b, BED_OUTSIDE, gate_mac, ip);
}

static void static_routes_follow_their_next_hop(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;

	assert_int_equal(change_route(b, PLANE_ROUTE_ADD, 0, 0, OUT_GATE), 0);
	put_ip(b, BED_INSIDE, IN_HOST, FAR);
	run(b);
	arp = expect_arp(b, BED_OUTSIDE, broadcast);
	assert_int_equal(addr_to_v4(&arp.target), OUT_GATE);
	answer(b, BED_OUTSIDE, OUT_GATE, gate_mac, OUT_OWN);
	expect_ip(b, BED_OUTSIDE, gate_mac, ip);
	put_ip(b, BED_INSIDE, IN_HOST, FAR);
	bed_run(b->bed);
	expect_ip(b, BED_OUTSIDE, gate_mac, ip);
	/* the gateway moves, and says so after a while */
	usleep(1100 * 1000);
	put_arp(b, BED_OUTSIDE, ARP_REPLY, OUT_GATE, host_mac, OUT_GATE, broadcast);
	run(b);
	put_ip(b, BED_INSIDE, IN_HOST, FAR);
	bed_run(b->bed);
	expect_ip(b, BED_OUTSIDE, host_mac, ip);
	/* found through another route, which then goes */
	assert_int_equal(change_route(b, PLANE_ROUTE_ADD, 0x0c000000, 8, FAR), 0);
	put_ip(b, BED_INSIDE, IN_HOST, 0x0c010203);
	bed_run(b->bed);
	expect_ip(b, BED_OUTSIDE, host_mac, ip);
	assert_int_equal(change_route(b, PLANE_ROUTE_DEL, 0, 0, OUT_GATE), 0);
	put_ip(b, BED_INSIDE, IN_HOST, 0x0c010203);
	run(b);
	assert_int_equal(bed_drop(b->bed, DROP_NO_ROUTE), 1);
	assert_int_equal(change_route(b, PLANE_ROUTE_DEL, 0, 0, OUT_GATE), -ENOENT);
}

static void the_shorter_distance_wins_while_it_is_usable(void **state)
{
	struct box *b = *state;
	struct plane_msg backup = {.type = PLANE_ROUTE_ADD};
	uint8_t ip[BED_PACKET];
	struct addr far = addr_v4(FAR);

	backup.route.prefix = prefix_make(&far, 24);
	backup.route.next_hop = addr_v4(IN_HOST + 1);
	backup.route.distance = 200;
	assert_int_equal(command(b, &backup), 0);
	assert_int_equal(change_route(b, PLANE_ROUTE_ADD, FAR, 24, OUT_GATE), 0);
	put_arp(b, BED_OUTSIDE, ARP_REQUEST, OUT_GATE, gate_mac, OUT_OWN, broadcast);
	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST + 1, host_mac, IN_OWN, broadcast);
	run(b);
	bed_flush(b->bed);
	put_ip(b, BED_INSIDE, IN_HOST, FAR);
	run(b);
	expect_ip(b, BED_OUTSIDE, gate_mac, ip);
	assert_int_equal(set_interface(b, BED_OUTSIDE, OUT_OWN, false), 0);
	put_ip(b, BED_INSIDE, IN_HOST, FAR);
	run(b);
	expect_ip(b, BED_INSIDE, host_mac, ip);
}

static void a_silent_next_hop_makes_host_unreachable(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;
	unsigned requests = 0;

	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST, host_mac, IN_OWN, broadcast);
	run(b);
	bed_flush(b->bed);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_GATE);
	for (int i = 0; i < 35; i++) {
		run(b);
		if (!rte_ring_empty(b->bed->tx[BED_OUTSIDE])) {
			arp = expect_arp(b, BED_OUTSIDE, broadcast);
			assert_int_equal(addr_to_v4(&arp.target), OUT_GATE);
			requests++;
		}
		usleep(100 * 1000);
	}
	assert_int_equal(requests, 3);
	assert_int_equal(dropped(b, DROP_NEIGHBOUR), 1);
	expect_ip(b, BED_INSIDE, host_mac, ip);
	assert_int_equal(ip[9], IP_PROTO_ICMP);
	assert_memory_equal(ip + 20, "\x03\x01", 2);
	assert_int_equal(ntohl(*(uint32_t *)(void *)(ip + 12)), IN_OWN);
}

static void echo_to_an_own_address_is_answered(void **state)
{
	struct box *b = *state;
	uint8_t packet[1000], ip[BED_PACKET];
	unsigned len = bed_icmp(packet, IN_HOST, OUT_OWN, sizeof(packet));
	uint16_t sum;

	packet[20] = 8;
	packet[21] = 0;
	memset(packet + 22, 0, 2);
	sum = ip_checksum(packet + 20, len - 20);
	memcpy(packet + 22, &sum, 2);
	put_arp(b, BED_INSIDE, ARP_REQUEST, IN_HOST, host_mac, IN_OWN, broadcast);
	run(b);
	bed_flush(b->bed);
	bed_put(b->bed, BED_INSIDE, packet, len);
	run(b);
	assert_int_equal(expect_ip(b, BED_INSIDE, host_mac, ip), len);
	assert_int_equal(ip[20], 0);
	assert_memory_equal(ip + 24, packet + 24, len - 24);
	assert_int_equal(b->bed->plane.stats_main->icmp_echo_replied, 1);
}

static void echo_is_rate_limited(void **state)
{
	struct box *b = *state;
	uint8_t packet[64];
	unsigned len = bed_icmp(packet, IN_HOST, IN_OWN, sizeof(packet));
	uint16_t sum;

	packet[20] = 8;
	packet[21] = 0;
	memset(packet + 22, 0, 2);
	sum = ip_checksum(packet + 20, len - 20);
	memcpy(packet + 22, &sum, 2);
	for (int i = 0; i < 10; i++) {
		for (int k = 0; k < 50; k++)
			bed_put(b->bed, BED_INSIDE, packet, len);
		run(b);
	}
	assert_true(dropped(b, DROP_PUNT_RATE) > 100);
	assert_int_equal(dropped(b, DROP_PUNT_RATE) + b->bed->plane.stats_main->icmp_echo_replied,
			 500);
}

static void shutdown_takes_the_routes_away(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];

	put_arp(b, BED_OUTSIDE, ARP_REQUEST, OUT_GATE, gate_mac, OUT_OWN, broadcast);
	run(b);
	bed_flush(b->bed);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_GATE);
	bed_run(b->bed);
	expect_ip(b, BED_OUTSIDE, gate_mac, ip);
	assert_int_equal(set_interface(b, BED_OUTSIDE, OUT_OWN, false), 0);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_GATE);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_OWN);
	put_arp(b, BED_OUTSIDE, ARP_REQUEST, OUT_GATE, gate_mac, OUT_OWN, broadcast);
	run(b);
	assert_int_equal(bed_drop(b->bed, DROP_NO_ROUTE), 2);
	assert_true(rte_ring_empty(b->bed->tx[BED_OUTSIDE]));
	/* and back up it asks again, for it forgot */
	bed_flush(b->bed);
	assert_int_equal(set_interface(b, BED_OUTSIDE, OUT_OWN, true), 0);
	bed_flush(b->bed);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_GATE);
	run(b);
	expect_arp(b, BED_OUTSIDE, broadcast);
}

static void edges_of_a_network_are_not_hosts(void **state)
{
	struct box *b = *state;

	put_ip(b, BED_INSIDE, IN_HOST, OUT_OWN & ~255u);
	put_ip(b, BED_INSIDE, IN_HOST, OUT_OWN | 255);
	run(b);
	assert_int_equal(bed_drop(b->bed, DROP_IP_MULTICAST), 2);
	assert_int_equal(bed_flush(b->bed), 0);
}

static void malformed_and_foreign_arp_changes_nothing(void **state)
{
	struct box *b = *state;
	uint8_t frame[ARP_FRAME_BYTES] = {0};

	memcpy(frame, broadcast, 6);
	memcpy(frame + 6, host_mac, 6);
	memcpy(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x09", 10);
	bed_put_frame(b->bed, BED_INSIDE, frame, sizeof(frame));
	/* somebody claims our address; a reply nobody asked for; a sender from elsewhere */
	put_arp(b, BED_INSIDE, ARP_REPLY, IN_OWN, host_mac, IN_OWN, broadcast);
	put_arp(b, BED_INSIDE, ARP_REPLY, IN_HOST, host_mac, IN_OWN, b->bed->dp.ports[0].mac);
	run(b);
	assert_int_equal(bed_flush(b->bed), 0);
	assert_int_equal(dropped(b, DROP_ARP_MALFORMED), 2);
	put_arp(b, BED_INSIDE, ARP_REQUEST, FAR, host_mac, IN_OWN, broadcast);
	run(b);
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++)
		assert_int_equal(b->bed->plane.stats_main->neighbours[i].state, 0);
	bed_flush(b->bed);
}

static void a_policy_is_published_whole_or_not_at_all(void **state)
{
	struct box *b = *state;
	struct plane_msg begin = {.type = PLANE_POLICY_BEGIN},
			 commit = {.type = PLANE_POLICY_COMMIT};
	struct plane_msg rule = {.type = PLANE_POLICY_RULE};
	struct policy *before = atomic_load(&b->bed->dp.policy);
	struct addr inside = addr_v4(IN_OWN), far = addr_v4(FAR);

	assert_int_equal(command(b, &commit), -EPROTO);
	assert_int_equal(command(b, &rule), -EPROTO);
	begin.rule.count = 1;
	assert_int_equal(command(b, &begin), 0);
	assert_int_equal(command(b, &commit), -EPROTO); /* the rule is missing */
	strcpy(rule.rule.interface, "Serial0");
	assert_int_equal(command(b, &rule), -ENODEV);
	strcpy(rule.rule.interface, "GigabitEthernet0/1");
	rule.rule.worker = 9;
	assert_int_equal(command(b, &rule), -EINVAL);
	assert_ptr_equal(atomic_load(&b->bed->dp.policy), before);
	rule.rule.worker = 0;
	rule.rule.src = prefix_make(&inside, 24);
	rule.rule.dst = prefix_make(&far, 24);
	rule.rule.src_port[1] = rule.rule.dst_port[1] = UINT16_MAX;
	assert_int_equal(command(b, &rule), 0);
	assert_int_equal(command(b, &rule), -EPROTO); /* one too many */
	assert_int_equal(command(b, &commit), 0);
	assert_ptr_not_equal(atomic_load(&b->bed->dp.policy), before);
	assert_false(policy_empty(atomic_load(&b->bed->dp.policy), BED_OUTSIDE));
	assert_int_equal(b->bed->plane.stats_main->policy_generation, 1);
}

static void every_command_gets_one_answer_even_when_the_ring_is_full(void **state)
{
	struct box *b = *state;
	struct plane_msg msg = {.type = PLANE_ARP_CLEAR}, ack;
	uint64_t sent = 0, answered = 0;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 900; i++) {
			msg.cookie = ++sent;
			assert_int_equal(plane_ring_send(b->bed->plane.to_main, &msg), 0);
		}
		main_loop_once(b->main);
		if (round == 0)
			continue; /* nobody reads: the answers of the next round do not fit */
		while (answered < sent) {
			if (plane_ring_recv(b->bed->plane.from_main, &ack)) {
				if (ack.type == PLANE_ACK)
					assert_int_equal(ack.cookie, ++answered);
			} else {
				main_loop_once(b->main);
			}
		}
	}
	main_loop_once(b->main);
	assert_int_equal(plane_ring_recv(b->bed->plane.from_main, &ack), 0);
	msg.type = PLANE_SA_IN_INSTALL; /* a worker's command */
	assert_int_equal(command(b, &msg), -EPROTO);
	msg.type = 0xffff;
	assert_int_equal(command(b, &msg), -EPROTO);
}

static void a_path_mtu_report_reaches_the_control_plane(void **state)
{
	struct box *b = *state;
	uint8_t packet[64] = {0};
	struct plane_msg event = {0};
	struct ip_v4 h;
	uint16_t sum;

	ip_build_v4(&h, htonl(OUT_GATE), htonl(OUT_OWN), IP_PROTO_ICMP, 0, 64, 56, 1, false);
	memcpy(packet, &h, sizeof(h));
	memcpy(packet + 20, "\x03\x04\0\0\0\0\x05\x00", 8);
	ip_build_v4(&h, htonl(OUT_OWN), htonl(FAR), IP_PROTO_ESP, 0, 64, 1400, 1, true);
	memcpy(packet + 28, &h, sizeof(h));
	memcpy(packet + 48, "\xaa\xbb\xcc\xdd\0\0\0\2", 8);
	sum = ip_checksum(packet + 20, 36);
	memcpy(packet + 22, &sum, 2);
	bed_put(b->bed, BED_OUTSIDE, packet, 56);
	run(b);
	while (event.type != PLANE_PATH_MTU)
		assert_int_equal(plane_ring_recv(b->bed->plane.from_main, &event), 1);
	assert_int_equal(event.path_mtu.mtu, 1280);
	assert_int_equal(event.path_mtu.spi, 0xaabbccdd);
	assert_int_equal(addr_to_v4(&event.path_mtu.remote), FAR);
}

static void the_configuration_is_saved_and_the_blob_wiped(void **state)
{
	struct box *b = *state;
	struct plane_msg msg = {.type = PLANE_CONFIG_SAVE};
	struct plane *plane = &b->bed->plane;
	char folder[] = "/tmp/main_loop_test.XXXXXX", text[16] = "";
	FILE *f;

	assert_non_null(mkdtemp(folder));
	snprintf(plane->header->config_path, sizeof(plane->header->config_path), "%s/a.conf",
		 folder);
	memcpy(plane->blob, "hostname x\n", 11);
	msg.blob.len = 11;
	assert_int_equal(command(b, &msg), 0);
	f = fopen(plane->header->config_path, "re");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 11);
	fclose(f);
	assert_memory_equal(text, "hostname x\n", 11);
	assert_int_equal(plane->blob[0], 0);
	msg.blob.len = PLANE_BLOB_BYTES + 1;
	assert_int_equal(command(b, &msg), -EINVAL);
	unlink(plane->header->config_path);
	rmdir(folder);
	msg.blob.len = 1;
	assert_int_equal(command(b, &msg), -ENOENT);
}

#define in_box(f) cmocka_unit_test_setup_teardown(f, make_box, destroy_box)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_box(an_interface_announces_itself_and_answers),
		in_box(packets_wait_for_arp_and_leave_in_order),
		in_box(static_routes_follow_their_next_hop),
		in_box(the_shorter_distance_wins_while_it_is_usable),
		in_box(a_silent_next_hop_makes_host_unreachable),
		in_box(echo_to_an_own_address_is_answered),
		in_box(echo_is_rate_limited),
		in_box(shutdown_takes_the_routes_away),
		in_box(edges_of_a_network_are_not_hosts),
		in_box(malformed_and_foreign_arp_changes_nothing),
		in_box(a_policy_is_published_whole_or_not_at_all),
		in_box(every_command_gets_one_answer_even_when_the_ring_is_full),
		in_box(a_path_mtu_report_reaches_the_control_plane),
		in_box(the_configuration_is_saved_and_the_blob_wiped),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
