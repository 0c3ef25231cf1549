/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists of interfaces, and packets that would leave by the interface they came in on: what
 * passes, what does not, and what is not even asked about (R070, R071).
 */
#include "dataplane/filter.h"
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEN = 100,
	ACK = 0x10,
	SYN = 0x02,
	TCP_FLAGS = 20 + 13,
	LINE = 7, /* counters of the lines: this and those behind it */
};

static const uint8_t inside[] = {BED_INSIDE, BED_INSIDE, BED_INSIDE};
static const uint8_t outside[] = {BED_OUTSIDE, BED_OUTSIDE, BED_OUTSIDE};

#define ALL_PORTS .src_port = {0, UINT16_MAX}, .dst_port = {0, UINT16_MAX}
#define PERMIT	  .action = PLANE_RULE_PROTECT
#define DENY	  .action = PLANE_RULE_DENY

static struct bed *bed;
static uint8_t packet[LEN];

/* From our host to one of the other site, or from there; no crypto map has a line. */
static void make(uint8_t protocol, uint16_t src_port, uint16_t dst_port, bool back)
{
	bed_udp(packet, back ? 2 : 1, back ? 1 : 2, LEN);
	packet[9] = protocol;
	packet[20] = (uint8_t)(src_port >> 8);
	packet[21] = (uint8_t)src_port;
	packet[22] = (uint8_t)(dst_port >> 8);
	packet[23] = (uint8_t)dst_port;
	packet[TCP_FLAGS] = 0;
	bed_fix_checksum(packet);
}

static bool passes(unsigned in)
{
	struct bed_packet p;
	bool passed;

	passed = bed_pass(bed, in, packet, LEN, &p);
	bed_flush(bed);
	return passed;
}

static bool port_passes(uint8_t protocol, uint16_t dst_port)
{
	make(protocol, 1000, dst_port, false);
	return passes(BED_INSIDE);
}

static uint64_t hits(unsigned line)
{
	return plane_stats_hits_of(&bed->plane, 0)[LINE + line];
}

static void the_first_line_that_takes_a_packet_decides(void **)
{
	const struct plane_rule rules[] = {
		{DENY, .protocol = IP_PROTO_UDP, .src_port = {0, UINT16_MAX}, .dst_port = {53, 53},
		 .hit_line = LINE},
		{PERMIT, .protocol = IP_PROTO_UDP, ALL_PORTS, .hit_line = LINE + 1},
	};

	assert_true(port_passes(IP_PROTO_UDP, 53));
	bed_filter(bed, rules, inside, 2, 0);
	/* a flow that was known is asked again, and again: each packet is counted */
	for (unsigned i = 1; i <= 3; i++) {
		assert_false(port_passes(IP_PROTO_UDP, 53));
		assert_int_equal(bed_drop(bed, DROP_ACL_IN), i);
		assert_int_equal(hits(0), i);
		assert_true(port_passes(IP_PROTO_UDP, 54));
		assert_int_equal(hits(1), i);
	}
	/* no line is the line that denies all */
	assert_false(port_passes(IP_PROTO_TCP, 54));
	/* the list is of the other interface */
	make(IP_PROTO_TCP, 1, 2, true);
	assert_true(passes(BED_OUTSIDE));
	bed_filter(bed, NULL, NULL, 0, 0);
	assert_true(port_passes(IP_PROTO_UDP, 53));
	assert_null(atomic_load(&bed->dp.filter));
}

static void a_refusal_is_told_with_its_place(void **)
{
	const struct plane_rule rules[] = {{DENY, ALL_PORTS, .hit_line = LINE}};
	struct plane_msg msg;

	bed_filter(bed, rules, inside, 1, 0);
	assert_false(port_passes(IP_PROTO_UDP, 53));
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_NOTICE);
	assert_int_equal(msg.notice.reason, DROP_ACL_IN);
	assert_int_equal(msg.notice.pair, UINT32_MAX);
	assert_int_equal(msg.notice.seq, plane_notice_place(BED_INSIDE, LINE));
	assert_int_equal(msg.notice.flow.remote_port, 1000);
	/* once in a while */
	assert_false(port_passes(IP_PROTO_UDP, 53));
	assert_false(bed_event(bed, &msg));
}

static void what_leaves_has_a_list_of_its_own(void **)
{
	const struct plane_rule rules[] = {
		{PERMIT, .protocol = IP_PROTO_UDP, .src_port = {0, UINT16_MAX}, .dst_port = {5, 9},
		 .out = true, .hit_line = LINE},
	};

	bed_filter(bed, rules, outside, 1, 0);
	assert_true(port_passes(IP_PROTO_UDP, 9));
	assert_false(port_passes(IP_PROTO_UDP, 10));
	assert_int_equal(bed_drop(bed, DROP_ACL_OUT), 1);
	make(IP_PROTO_UDP, 1000, 10, true);
	assert_true(passes(BED_OUTSIDE));
	/* what a tunnel wants is not asked about */
	bed_policy(bed);
	assert_false(port_passes(IP_PROTO_UDP, 10));
	assert_int_equal(bed_drop(bed, DROP_NO_SA), 1);
}

static void established_is_what_does_not_open_a_connection(void **)
{
	const struct plane_rule rules[] = {
		{PERMIT, .protocol = IP_PROTO_TCP, ALL_PORTS, .only = PLANE_RULE_ESTABLISHED,
		 .hit_line = LINE},
	};

	bed_filter(bed, rules, inside, 1, 0);
	make(IP_PROTO_TCP, 80, 1000, false);
	packet[TCP_FLAGS] = SYN;
	assert_false(passes(BED_INSIDE));
	packet[TCP_FLAGS] = SYN | ACK;
	assert_true(passes(BED_INSIDE));
	packet[TCP_FLAGS] = SYN;
	assert_false(passes(BED_INSIDE));
	make(IP_PROTO_UDP, 80, 1000, false);
	packet[TCP_FLAGS] = ACK;
	assert_false(passes(BED_INSIDE));
}

static void types_of_icmp_stand_where_ports_do(void **)
{
	const struct plane_rule rules[] = {
		{PERMIT, .protocol = IP_PROTO_ICMP, .src_port = {3 << 8 | 4, 3 << 8 | 4},
		 .dst_port = {0, UINT16_MAX}, .hit_line = LINE},
		{PERMIT, .protocol = IP_PROTO_ICMP, .src_port = {8 << 8, 8 << 8 | 255},
		 .dst_port = {0, UINT16_MAX}, .hit_line = LINE + 1},
	};

	bed_filter(bed, rules, inside, 2, 0);
	make(IP_PROTO_ICMP, 8 << 8, 0, false);
	assert_true(passes(BED_INSIDE));
	make(IP_PROTO_ICMP, 3 << 8 | 4, 0, false);
	assert_true(passes(BED_INSIDE));
	make(IP_PROTO_ICMP, 3 << 8 | 1, 0, false);
	assert_false(passes(BED_INSIDE));
	make(IP_PROTO_ICMP, 0, 0, false);
	assert_false(passes(BED_INSIDE));
}

/* As IOS: what permits ports takes the later fragments by their addresses, what denies does not. */
static void later_fragments_have_no_ports(void **)
{
	struct plane_rule rules[] = {
		{DENY, .protocol = IP_PROTO_UDP, .src_port = {0, UINT16_MAX}, .dst_port = {53, 53},
		 .hit_line = LINE},
		{PERMIT, .protocol = IP_PROTO_UDP, .src_port = {0, UINT16_MAX},
		 .dst_port = {80, 80}, .hit_line = LINE + 1},
	};

	bed_filter(bed, rules, inside, 2, 0);
	make(IP_PROTO_UDP, 1000, 53, false);
	packet[7] = 9;
	bed_fix_checksum(packet);
	assert_true(passes(BED_INSIDE));
	assert_int_equal(hits(1), 1);
	bed_filter(bed, rules, inside, 1, 0);
	assert_false(passes(BED_INSIDE));
	assert_int_equal(hits(0), 0);
	rules[0] = (struct plane_rule){PERMIT, ALL_PORTS, .only = PLANE_RULE_FRAGMENTS,
				       .hit_line = LINE};
	bed_filter(bed, rules, inside, 1, 0);
	assert_true(passes(BED_INSIDE));
	packet[7] = 0;
	bed_fix_checksum(packet);
	assert_false(passes(BED_INSIDE));
}

/* Out of a tunnel, to the host behind us or to somebody outside. */
static void put_sealed(struct sealer *peer, const uint8_t *to)
{
	static uint64_t seq;
	struct bed_packet p;

	bed_udp(packet, 2, 1, LEN);
	if (to)
		memcpy(packet + 16, to, 4);
	bed_fix_checksum(packet);
	seal_packet(peer, ++seq, packet, LEN, IP_PROTO_IPIP, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
}

static struct sealer *make_tunnel(void)
{
	struct bed_sa sa = {
		.suite = {ALG_CIPHER_AES_128, ALG_HASH_SHA1}, .generation = 1, .window = 1024};

	bed_policy(bed);
	bed_install(bed, &sa);
	return seal_create(&sa, 2);
}

static void what_was_decrypted_passes_unless_it_is_asked_about(void **)
{
	const struct plane_rule rules[] = {
		{PERMIT, .protocol = IP_PROTO_TCP, ALL_PORTS, .hit_line = LINE}};
	struct sealer *peer = make_tunnel();
	struct plane_msg msg;
	struct bed_packet p;

	bed_filter(bed, rules, outside, 1, 0);
	put_sealed(peer, NULL);
	assert_true(bed_take(bed, BED_INSIDE, &p));
	bed_filter(bed, rules, outside, 1, PLANE_FILTER_DECRYPTED);
	put_sealed(peer, NULL);
	assert_false(bed_take(bed, BED_INSIDE, &p));
	assert_int_equal(bed_drop(bed, DROP_ACL_IN), 1);
	assert_true(bed_event(bed, &msg));
	/* the peer is known by its SA */
	assert_int_equal(msg.notice.pair, 0);
	assert_int_equal(msg.notice.seq, plane_notice_place(BED_OUTSIDE, UINT32_MAX));
	seal_destroy(peer);
}

static void no_packet_turns_round_where_it_must_not(void **)
{
	static const uint8_t away[] = {172, 16, 5, 5};
	struct sealer *peer = make_tunnel();
	struct plane_msg msg;
	struct bed_packet p;

	/* to the Internet behind the interface that the tunnel is on, and into the tunnel again */
	put_sealed(peer, away);
	assert_int_equal(bed_drop(bed, DROP_ESP_POLICY), 1);
	bed_flush(bed);
	while (bed_event(bed, &msg))
		;
	bed_udp(packet, 1, 1, LEN);
	bed_put(bed, BED_INSIDE, packet, LEN);
	bed_run(bed);
	assert_true(bed_take(bed, BED_INSIDE, &p));
	bed_filter(bed, NULL, NULL, 0, PLANE_FILTER_NO_HAIRPIN);
	bed_put(bed, BED_INSIDE, packet, LEN);
	bed_run(bed);
	assert_false(bed_take(bed, BED_INSIDE, &p));
	assert_int_equal(bed_drop(bed, DROP_HAIRPIN), 1);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.reason, DROP_HAIRPIN);
	/* straight through */
	put_sealed(peer, NULL);
	assert_true(bed_take(bed, BED_INSIDE, &p));
	make(IP_PROTO_UDP, 1, 2, false);
	bed_put(bed, BED_INSIDE, packet, LEN);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	seal_destroy(peer);
}

/* UDP 500 of the peer, and its ESP. */
static void what_is_for_ourselves_is_asked_about_on_a_router(void **)
{
	const struct plane_rule rules[] = {
		{PERMIT, .protocol = IP_PROTO_TCP, ALL_PORTS, .hit_line = LINE},
		{PERMIT, .protocol = IP_PROTO_ESP, ALL_PORTS, .hit_line = LINE + 1},
	};
	struct sealer *peer = make_tunnel();
	struct bed_packet p;

	make(IP_PROTO_UDP, 500, 500, false);
	memcpy(packet + 12, (uint8_t[]){10, 9, 0, 2, 10, 9, 0, 1}, 8);
	bed_fix_checksum(packet);
	bed_filter(bed, rules, outside, 1, 0);
	bed_put(bed, BED_OUTSIDE, packet, LEN);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_ACL_IN), 0);
	bed_filter(bed, rules, outside, 1, PLANE_FILTER_OURS);
	bed_put(bed, BED_OUTSIDE, packet, LEN);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_ACL_IN), 1);
	put_sealed(peer, NULL);
	assert_int_equal(bed_drop(bed, DROP_ACL_IN), 2);
	assert_false(bed_take(bed, BED_INSIDE, &p));
	bed_filter(bed, rules, outside, 2, PLANE_FILTER_OURS);
	put_sealed(peer, NULL);
	assert_true(bed_take(bed, BED_INSIDE, &p));
	assert_int_equal(hits(1), 1);
	seal_destroy(peer);
}

/* A line of a crypto map names it: told, though never forwarded. */
static void multicast_that_a_tunnel_would_take_is_told_of(void **)
{
	const struct addr group = addr_v4(0xe1000000), all = addr_v4(0);
	const struct plane_rule rule = {PERMIT, .src = prefix_make(&all, 0),
					.dst = prefix_make(&group, 8), ALL_PORTS};
	struct plane_msg msg;

	bed_set_policy(bed, &rule, 1);
	for (unsigned i = 0; i < 2; i++) {
		make(IP_PROTO_UDP, 1, 2, false);
		packet[16] = i ? 225 : 226;
		bed_fix_checksum(packet);
		assert_false(passes(BED_INSIDE));
		assert_int_equal(bed_drop(bed, DROP_IP_MULTICAST), i + 1);
		assert_int_equal(bed_event(bed, &msg), i);
		bed->dp.workers[0]->gate_multicast.next_ms = 0;
	}
	assert_int_equal(msg.notice.reason, DROP_IP_MULTICAST);
	assert_int_equal(addr_to_v4(&msg.notice.flow.remote.addr) >> 24, 225);
}

static void steps_out_of_order_are_refused(void **)
{
	const struct plane_filter two = {.count = 2};
	const struct plane_rule skip = {.action = PLANE_RULE_SKIP}, deny = {DENY, ALL_PORTS};

	assert_int_equal(filter_main_commit(&bed->filter, &bed->dp), -EPROTO);
	assert_int_equal(filter_main_line(&bed->filter, &deny, 0), -EPROTO);
	assert_int_equal(filter_main_begin(&bed->filter, &two), 0);
	assert_int_equal(filter_main_line(&bed->filter, &skip, 0), -EINVAL);
	assert_int_equal(filter_main_line(&bed->filter, &deny, 0), 0);
	assert_int_equal(filter_main_commit(&bed->filter, &bed->dp), -EPROTO);
	/* an interface without device has no packets */
	assert_int_equal(filter_main_line(&bed->filter, &deny, -ENODEV), 0);
	assert_int_equal(filter_main_commit(&bed->filter, &bed->dp), 0);
	assert_non_null(atomic_load(&bed->dp.filter));
}

static int set_up(void **)
{
	bed = bed_create(1, 1);
	return 0;
}

static int tear_down(void **)
{
	struct plane_msg msg;

	bed_flush(bed);
	while (bed_event(bed, &msg))
		;
	bed_destroy(bed);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_first_line_that_takes_a_packet_decides),
		CASE(a_refusal_is_told_with_its_place),
		CASE(what_leaves_has_a_list_of_its_own),
		CASE(established_is_what_does_not_open_a_connection),
		CASE(types_of_icmp_stand_where_ports_do),
		CASE(later_fragments_have_no_ports),
		CASE(what_was_decrypted_passes_unless_it_is_asked_about),
		CASE(no_packet_turns_round_where_it_must_not),
		CASE(what_is_for_ourselves_is_asked_about_on_a_router),
		CASE(multicast_that_a_tunnel_would_take_is_told_of),
		CASE(steps_out_of_order_are_refused),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
