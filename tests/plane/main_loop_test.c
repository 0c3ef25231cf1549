/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of the control plane to the main thread: interfaces, routes, policy, configuration. */
#include "tests/plane/box.h"

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void static_routes_follow_their_next_hop(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];
	struct arp arp;

	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, 0, 0, BOX_OUT_GATE), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	box_run(b);
	arp = box_expect_arp(b, BED_OUTSIDE, box_broadcast);
	assert_int_equal(addr_to_v4(&arp.target), BOX_OUT_GATE);
	box_answer(b, BED_OUTSIDE, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN);
	box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	bed_run(b->bed);
	box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
	/* the gateway moves, and says so after a while */
	usleep(1100 * 1000);
	box_put_arp(b, BED_OUTSIDE, ARP_REPLY, BOX_OUT_GATE, box_host_mac, BOX_OUT_GATE,
		    box_broadcast);
	box_run(b);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	bed_run(b->bed);
	box_expect_ip(b, BED_OUTSIDE, box_host_mac, ip);
	/* found through another route, which then goes */
	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, 0x0c000000, 8, BOX_FAR), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, 0x0c010203);
	bed_run(b->bed);
	box_expect_ip(b, BED_OUTSIDE, box_host_mac, ip);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_DEL, 0, 0, BOX_OUT_GATE), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, 0x0c010203);
	box_run(b);
	assert_int_equal(bed_drop(b->bed, DROP_NO_ROUTE), 1);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_DEL, 0, 0, BOX_OUT_GATE), -ENOENT);
}

static void the_shorter_distance_wins_while_it_is_usable(void **state)
{
	struct box *b = *state;
	struct plane_msg backup = {.type = PLANE_ROUTE_ADD};
	uint8_t ip[BED_PACKET];
	struct addr far = addr_v4(BOX_FAR);

	backup.route.prefix = prefix_make(&far, 24);
	backup.route.next_hop = addr_v4(BOX_IN_HOST + 1);
	backup.route.distance = 200;
	assert_int_equal(box_command(b, &backup), 0);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, BOX_FAR, 24, BOX_OUT_GATE), 0);
	box_put_arp(b, BED_OUTSIDE, ARP_REQUEST, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN,
		    box_broadcast);
	box_put_arp(b, BED_INSIDE, ARP_REQUEST, BOX_IN_HOST + 1, box_host_mac, BOX_IN_OWN,
		    box_broadcast);
	box_run(b);
	bed_flush(b->bed);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	box_run(b);
	box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
	assert_int_equal(box_set_interface(b, BED_OUTSIDE, BOX_OUT_OWN, false), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	box_run(b);
	box_expect_ip(b, BED_INSIDE, box_host_mac, ip);
}

static void shutdown_takes_the_routes_away(void **state)
{
	struct box *b = *state;
	uint8_t ip[BED_PACKET];

	box_put_arp(b, BED_OUTSIDE, ARP_REQUEST, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN,
		    box_broadcast);
	box_run(b);
	bed_flush(b->bed);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	bed_run(b->bed);
	box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
	assert_int_equal(box_set_interface(b, BED_OUTSIDE, BOX_OUT_OWN, false), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_OWN);
	box_put_arp(b, BED_OUTSIDE, ARP_REQUEST, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN,
		    box_broadcast);
	box_run(b);
	assert_int_equal(bed_drop(b->bed, DROP_NO_ROUTE), 2);
	assert_true(rte_ring_empty(b->bed->tx[BED_OUTSIDE]));
	/* and back up it asks again, for it forgot */
	bed_flush(b->bed);
	assert_int_equal(box_set_interface(b, BED_OUTSIDE, BOX_OUT_OWN, true), 0);
	bed_flush(b->bed);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	box_run(b);
	box_expect_arp(b, BED_OUTSIDE, box_broadcast);
}

static void edges_of_a_network_are_not_hosts(void **state)
{
	struct box *b = *state;

	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_OWN & ~255u);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_OWN | 255);
	box_run(b);
	assert_int_equal(bed_drop(b->bed, DROP_IP_MULTICAST), 2);
	assert_int_equal(bed_flush(b->bed), 0);
}

static void a_policy_is_published_whole_or_not_at_all(void **state)
{
	struct box *b = *state;
	struct plane_msg begin = {.type = PLANE_POLICY_BEGIN},
			 commit = {.type = PLANE_POLICY_COMMIT};
	struct plane_msg rule = {.type = PLANE_POLICY_RULE};
	struct policy *before = atomic_load(&b->bed->dp.policy);
	struct addr inside = addr_v4(BOX_IN_OWN), far = addr_v4(BOX_FAR);

	assert_int_equal(box_command(b, &commit), -EPROTO);
	assert_int_equal(box_command(b, &rule), -EPROTO);
	begin.rule.count = 2;
	assert_int_equal(box_command(b, &begin), 0);
	assert_int_equal(box_command(b, &commit), -EPROTO); /* the rules are missing */
	/* an interface without device: its rule concerns nobody, and keeps out no other */
	strcpy(rule.rule.interface, "Serial0");
	assert_int_equal(box_command(b, &rule), 0);
	strcpy(rule.rule.interface, "GigabitEthernet0/1");
	rule.rule.worker = 9;
	assert_int_equal(box_command(b, &rule), -EINVAL);
	assert_ptr_equal(atomic_load(&b->bed->dp.policy), before);
	rule.rule.worker = 0;
	rule.rule.src = prefix_make(&inside, 24);
	rule.rule.dst = prefix_make(&far, 24);
	rule.rule.src_port[1] = rule.rule.dst_port[1] = UINT16_MAX;
	assert_int_equal(box_command(b, &rule), 0);
	assert_int_equal(box_command(b, &rule), -EPROTO); /* one too many */
	assert_int_equal(box_command(b, &commit), 0);
	assert_ptr_not_equal(atomic_load(&b->bed->dp.policy), before);
	assert_false(policy_empty(atomic_load(&b->bed->dp.policy), BED_OUTSIDE));
	assert_int_equal(b->bed->plane.stats_main->policy_generation, 1);
}

static void an_interface_with_a_map_waits_for_a_policy(void **state)
{
	struct box *b = *state;
	struct plane_msg begin = {.type = PLANE_POLICY_BEGIN},
			 commit = {.type = PLANE_POLICY_COMMIT};
	struct plane_msg set = {
		.type = PLANE_IF_SET,
		.interface = {.name = "GigabitEthernet0/1",
			      .own = addr_v4(BOX_OUT_OWN),
			      .mtu = 1500,
			      .up = 1,
			      .crypto_map = 1},
	};

	set.interface.address = prefix_make(&set.interface.own, 24);
	assert_int_equal(box_command(b, &set), -EPROTO);
	assert_int_equal(box_command(b, &begin), 0);
	assert_int_equal(box_command(b, &commit), 0);
	assert_int_equal(box_command(b, &set), 0);
	assert_true(b->bed->dp.ports[BED_OUTSIDE].up);
}

static void an_interface_with_lists_waits_for_them(void **state)
{
	struct box *b = *state;
	struct plane_msg begin = {.type = PLANE_FILTER_BEGIN, .filter.count = UINT32_MAX},
			 line = {.type = PLANE_FILTER_LINE,
				 .rule = {.interface = "GigabitEthernet0/1",
					  .action = PLANE_RULE_DENY,
					  .src_port = {0, UINT16_MAX},
					  .dst_port = {0, UINT16_MAX}}},
			 commit = {.type = PLANE_FILTER_COMMIT};
	struct plane_msg set = {
		.type = PLANE_IF_SET,
		.interface = {.name = "GigabitEthernet0/1",
			      .own = addr_v4(BOX_OUT_OWN),
			      .mtu = 1500,
			      .up = 1},
	};

	set.interface.address = prefix_make(&set.interface.own, 24);
	assert_int_equal(box_command(b, &begin), -E2BIG);
	assert_int_equal(box_command(b, &line), -EPROTO);
	assert_int_equal(box_command(b, &commit), -EPROTO);
	assert_int_equal(box_command(b, &set), -EPROTO);
	begin.filter.count = 1;
	assert_int_equal(box_command(b, &begin), 0);
	assert_int_equal(box_command(b, &line), 0);
	assert_int_equal(box_command(b, &set), -EPROTO);
	assert_int_equal(box_command(b, &commit), 0);
	assert_int_equal(box_command(b, &set), 0);
	assert_true(b->bed->dp.ports[BED_OUTSIDE].up);
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
	assert_int_equal(box_command(b, &msg), -EPROTO);
	msg.type = 0xffff;
	assert_int_equal(box_command(b, &msg), -EPROTO);
}

static void the_configuration_is_saved_and_the_blob_wiped(void **state)
{
	struct box *b = *state;
	struct plane_msg msg = {.type = PLANE_CONFIG_SAVE};
	struct plane *plane = &b->bed->plane;
	char folder[] = "/tmp/main_loop_test.XXXXXX", text[16] = "";
	FILE *f;

	assert_non_null(mkdtemp(folder));
	snprintf(plane->config_path, sizeof(plane->config_path), "%s/a.conf", folder);
	/* culvert-iked can write this one: it names no file to culvertd */
	snprintf(plane->header->config_path, sizeof(plane->header->config_path), "%s/evil", folder);
	memcpy(plane->blob, "hostname x\n", 11);
	msg.blob.len = 11;
	assert_int_equal(box_command(b, &msg), 0);
	assert_int_equal(access(plane->header->config_path, F_OK), -1);
	f = fopen(plane->config_path, "re");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 11);
	fclose(f);
	assert_memory_equal(text, "hostname x\n", 11);
	assert_int_equal(plane->blob[0], 0);
	msg.blob.len = PLANE_BLOB_BYTES + 1;
	assert_int_equal(box_command(b, &msg), -EINVAL);
	unlink(plane->config_path);
	rmdir(folder);
	msg.blob.len = 1;
	assert_int_equal(box_command(b, &msg), -ENOENT);
}

#define in_box(f) cmocka_unit_test_setup_teardown(f, box_make, box_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_box(static_routes_follow_their_next_hop),
		in_box(the_shorter_distance_wins_while_it_is_usable),
		in_box(shutdown_takes_the_routes_away),
		in_box(edges_of_a_network_are_not_hosts),
		in_box(a_policy_is_published_whole_or_not_at_all),
		in_box(an_interface_with_a_map_waits_for_a_policy),
		in_box(an_interface_with_lists_waits_for_them),
		in_box(every_command_gets_one_answer_even_when_the_ring_is_full),
		in_box(the_configuration_is_saved_and_the_blob_wiped),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
