/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A flow that is known is dealt with from memory. Whatever that memory was made of changes, the
 * very next packet obeys.
 */
#include "lib/net/ip.h"
#include "tests/plane/box.h"

#include <cmocka.h>

#include <unistd.h>

enum {
	TIMES = 3, /* the first packet makes the flow known */
	LEN = 100,
};

static const uint8_t other_gate_mac[6] = {2, 7, 7, 7, 7, 7};

static void announce_gate(struct box *b, const uint8_t mac[6])
{
	box_put_arp(b, BED_OUTSIDE, ARP_REQUEST, BOX_OUT_GATE, mac, BOX_OUT_OWN, box_broadcast);
	box_run(b);
	bed_flush(b->bed);
}

static void expect_far(struct box *b, const uint8_t mac[6])
{
	uint8_t ip[BED_PACKET];

	for (unsigned i = 0; i < TIMES; i++) {
		box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
		box_run(b);
		box_expect_ip(b, BED_OUTSIDE, mac, ip);
	}
}

static void a_neighbour_that_moves_is_followed(void **state)
{
	struct box *b = *state;

	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, BOX_FAR, 24, BOX_OUT_GATE), 0);
	announce_gate(b, box_gate_mac);
	expect_far(b, box_gate_mac);
	/* a neighbour may not move more often */
	usleep(1100 * 1000);
	announce_gate(b, other_gate_mac);
	expect_far(b, other_gate_mac);
}

static void a_route_that_goes_takes_its_flows_along(void **state)
{
	struct box *b = *state;
	struct plane_msg msg;

	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, BOX_FAR, 24, BOX_OUT_GATE), 0);
	announce_gate(b, box_gate_mac);
	expect_far(b, box_gate_mac);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_DEL, BOX_FAR, 24, BOX_OUT_GATE), 0);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	box_run(b);
	assert_int_equal(bed_drop(b->bed, DROP_NO_ROUTE), 1);
	/* a tunnel may wait for it */
	assert_true(bed_event(b->bed, &msg));
	assert_int_equal(msg.notice.reason, DROP_NO_ROUTE);
	assert_int_equal(addr_to_v4(&msg.notice.flow.remote.addr), BOX_FAR);
	assert_true(rte_ring_empty(b->bed->tx[BED_OUTSIDE]));
	bed_flush(b->bed);
	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, BOX_FAR, 24, BOX_OUT_GATE), 0);
	expect_far(b, box_gate_mac);
}

static void an_interface_that_goes_down_takes_its_flows_along(void **state)
{
	struct box *b = *state;

	assert_int_equal(box_change_route(b, PLANE_ROUTE_ADD, BOX_FAR, 24, BOX_OUT_GATE), 0);
	announce_gate(b, box_gate_mac);
	expect_far(b, box_gate_mac);
	assert_int_equal(box_set_interface(b, BED_OUTSIDE, BOX_OUT_OWN, false), 0);
	bed_flush(b->bed);
	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_FAR);
	box_run(b);
	assert_true(rte_ring_empty(b->bed->tx[BED_OUTSIDE]));
	bed_flush(b->bed);
}

static void a_policy_that_changes_is_obeyed_both_ways(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t out[LEN], in[LEN];
	struct bed_packet p;

	(void)state;
	bed_udp(out, 1, 2, LEN);
	bed_udp(in, 2, 1, LEN);
	for (unsigned turn = 0; turn < 2; turn++) {
		for (unsigned i = 0; i < TIMES; i++) {
			assert_true(bed_pass(bed, BED_INSIDE, out, LEN, &p));
			assert_true(bed_pass(bed, BED_OUTSIDE, in, LEN, &p));
		}
		bed_policy(bed);
		assert_false(bed_pass(bed, BED_INSIDE, out, LEN, &p));
		assert_int_equal(bed_drop(bed, DROP_NO_SA), turn + 1);
		assert_false(bed_pass(bed, BED_OUTSIDE, in, LEN, &p));
		assert_int_equal(bed_drop(bed, DROP_POLICY_CLEAR), turn + 1);
		bed_set_policy(bed, NULL, 0);
	}
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void a_known_flow_keeps_its_last_hop_and_its_size(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[LEN];
	struct bed_packet p;

	(void)state;
	bed_udp(packet, 1, 2, LEN);
	for (unsigned i = 0; i < TIMES; i++)
		assert_true(bed_pass(bed, BED_INSIDE, packet, LEN, &p));
	packet[offsetof(struct ip_v4, ttl)] = 1;
	bed_fix_checksum(packet);
	assert_false(bed_pass(bed, BED_INSIDE, packet, LEN, &p));
	assert_int_equal(bed_drop(bed, DROP_TTL), 1);
	bed_flush(bed);
	packet[offsetof(struct ip_v4, ttl)] = 64;
	packet[offsetof(struct ip_v4, checksum)] ^= 1;
	assert_false(bed_pass(bed, BED_INSIDE, packet, LEN, &p));
	assert_int_equal(bed_drop(bed, DROP_IP_CHECKSUM), 1);
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_neighbour_that_moves_is_followed, box_make,
						box_destroy),
		cmocka_unit_test_setup_teardown(a_route_that_goes_takes_its_flows_along, box_make,
						box_destroy),
		cmocka_unit_test_setup_teardown(an_interface_that_goes_down_takes_its_flows_along,
						box_make, box_destroy),
		cmocka_unit_test(a_policy_that_changes_is_obeyed_both_ways),
		cmocka_unit_test(a_known_flow_keeps_its_last_hop_and_its_size),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
