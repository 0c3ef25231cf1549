/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets of ping and traceroute as the main thread sends them, and what comes back. */
#include "dataplane/probe.h"
#include "lib/net/ip.h"
#include "tests/plane/box.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	NUMBER = 0x12345678,
	SIZE = 100,
	TTL = 7,
};

static struct plane_probe probe_to(uint32_t dst)
{
	return (struct plane_probe){.number = NUMBER,
				    .dst = addr_v4(dst),
				    .bytes = SIZE,
				    .pattern = 0xabcd,
				    .ttl = TTL};
}

static int send(struct box *b, const struct plane_probe *p)
{
	struct plane_msg msg = {.type = PLANE_PROBE, .probe = *p};

	return box_command(b, &msg);
}

/* The station outside is known, so that the probe leaves at once. */
static void meet_the_gate(struct box *b)
{
	box_put_arp(b, BED_OUTSIDE, ARP_REQUEST, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN,
		    box_broadcast);
	box_run(b);
	bed_flush(b->bed);
}

static unsigned leaves(struct box *b, const struct plane_probe *p, uint8_t *ip)
{
	assert_int_equal(send(b, p), 0);
	box_run(b);
	return box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);
}

/* The packet goes back from where it was sent to, with this ICMP type. */
static void put_reply(struct box *b, uint8_t *ip, unsigned len, uint8_t type)
{
	uint8_t address[4];
	uint16_t sum;

	memcpy(address, ip + 12, 4);
	memcpy(ip + 12, ip + 16, 4);
	memcpy(ip + 16, address, 4);
	bed_fix_checksum(ip);
	ip[20] = type;
	memset(ip + 22, 0, 2);
	sum = ip_checksum(ip + 20, len - 20);
	memcpy(ip + 22, &sum, 2);
	bed_put(b->bed, BED_OUTSIDE, ip, len);
	box_run(b);
}

/* An ICMP error from the gate that quotes the packet's first bytes. */
static void put_error(struct box *b, const uint8_t *quoted, unsigned bytes, uint8_t type,
		      uint8_t code)
{
	uint8_t packet[256];
	unsigned len = bed_icmp(packet, BOX_OUT_GATE, BOX_OUT_OWN, 28 + bytes);
	uint16_t sum;

	memset(packet + 20, 0, 8);
	packet[20] = type;
	packet[21] = code;
	packet[26] = 1400 >> 8;
	packet[27] = 1400 & 255;
	memcpy(packet + 28, quoted, bytes);
	sum = ip_checksum(packet + 20, len - 20);
	memcpy(packet + 22, &sum, 2);
	bed_put(b->bed, BED_OUTSIDE, packet, len);
	box_run(b);
}

static bool answered(struct box *b, struct plane_answer *answer)
{
	struct plane_msg msg;

	while (plane_ring_recv(b->bed->plane.from_main, &msg))
		if (msg.type == PLANE_ANSWER) {
			*answer = msg.answer;
			return true;
		}
	return false;
}

static void an_echo_leaves_and_its_reply_is_told(void **state)
{
	struct plane_probe p = probe_to(BOX_OUT_GATE);
	struct plane_answer answer;
	struct box *b = *state;
	uint8_t ip[BED_PACKET];

	meet_the_gate(b);
	p.tos = 0x28;
	assert_int_equal(leaves(b, &p, ip), SIZE);
	assert_int_equal(ip[1], 0x28);
	assert_int_equal(ip[8], TTL);
	assert_memory_equal(ip + 12, "\x0a\x33\x00\x01\x0a\x33\x00\x02", 8);
	assert_memory_equal(ip + 20, "\x08\x00", 2);
	assert_memory_equal(ip + 24, "\x12\x34\x56\x78\xab\xcd\xab\xcd", 8);
	assert_int_equal(ip_checksum(ip + 20, SIZE - 20), 0);
	put_reply(b, ip, SIZE, 0);
	assert_true(answered(b, &answer));
	assert_int_equal(answer.number, NUMBER);
	assert_int_equal(answer.type, 0);
	assert_int_equal(answer.bytes, SIZE);
	assert_int_equal(answer.same, 1);
	assert_int_equal(addr_to_v4(&answer.from), BOX_OUT_GATE);
	/* once */
	bed_put(b->bed, BED_OUTSIDE, ip, SIZE);
	box_run(b);
	assert_false(answered(b, &answer));
}

static void other_data_and_other_senders_are_seen(void **state)
{
	struct plane_probe p = probe_to(BOX_OUT_GATE);
	struct plane_answer answer;
	struct box *b = *state;
	uint8_t ip[BED_PACKET];

	meet_the_gate(b);
	leaves(b, &p, ip);
	ip[19] ^= 4; /* from the station beside it */
	put_reply(b, ip, SIZE, 0);
	assert_false(answered(b, &answer));
	leaves(b, &p, ip);
	ip[27] ^= 1; /* another sequence number */
	put_reply(b, ip, SIZE, 0);
	assert_false(answered(b, &answer));
	leaves(b, &p, ip);
	ip[99] ^= 1;
	put_reply(b, ip, SIZE, 0);
	assert_true(answered(b, &answer));
	assert_int_equal(answer.same, 0);
}

static void errors_that_quote_it_are_told(void **state)
{
	static const struct {
		uint8_t type, code;
		uint16_t port;
		unsigned quoted;
		bool told;
	} rows[] = {
		{3, 1, 0, 28, true},	   {3, 4, 0, 28, true},	    {4, 0, 0, 28, true},
		{11, 0, 0, 28, true},	   {12, 0, 0, 28, true},    {11, 0, 0, 27, false},
		{5, 0, 0, 28, false},	   {3, 3, 33434, 28, true}, {11, 0, 33434, 28, true},
		{11, 0, 33434, 25, false},
	};
	struct box *b = *state;

	meet_the_gate(b);
	for (size_t i = 0; i < array_len(rows); i++) {
		struct plane_probe p = probe_to(BOX_OUT_GATE);
		struct plane_answer answer;
		uint8_t ip[BED_PACKET];

		p.port = rows[i].port;
		leaves(b, &p, ip);
		assert_int_equal(ip[9], p.port ? IP_PROTO_UDP : IP_PROTO_ICMP);
		put_error(b, ip, rows[i].quoted, rows[i].type, rows[i].code);
		assert_int_equal(answered(b, &answer), rows[i].told);
		if (!rows[i].told)
			continue;
		assert_int_equal(answer.number, NUMBER);
		assert_int_equal(answer.type, rows[i].type);
		assert_int_equal(answer.code, rows[i].code);
		assert_int_equal(answer.mtu, 1400);
	}
}

/* What an error quotes must be what we sent: a forged one about another packet is no answer. */
static void errors_about_others_are_not(void **state)
{
	struct plane_probe p = probe_to(BOX_OUT_GATE);
	struct plane_answer answer;
	struct box *b = *state;
	uint8_t ip[BED_PACKET], forged[28];

	meet_the_gate(b);
	leaves(b, &p, ip);
	for (unsigned at = 12; at < 28; at++) {
		if (at == 21 || at == 22 || at == 23) /* code and checksum are not looked at */
			continue;
		memcpy(forged, ip, sizeof(forged));
		forged[at] ^= 1;
		put_error(b, forged, sizeof(forged), 11, 0);
		assert_false(answered(b, &answer));
	}
	put_error(b, ip, 28, 11, 0);
	assert_true(answered(b, &answer));
}

static void too_big_with_df_comes_back_to_us(void **state)
{
	struct plane_probe p = probe_to(BOX_OUT_GATE);
	struct plane_answer answer;
	struct box *b = *state;

	meet_the_gate(b);
	p.bytes = 1501;
	p.df = 1;
	assert_int_equal(send(b, &p), 0);
	box_run(b);
	assert_true(answered(b, &answer));
	assert_int_equal(answer.type, 3);
	assert_int_equal(answer.code, 4);
	assert_int_equal(answer.mtu, 1500);
	assert_int_equal(bed_flush(b->bed), 0);
}

static void large_ones_leave_in_fragments(void **state)
{
	static const uint16_t sizes[] = {1501, 4000, PLANE_PROBE_MAX};
	struct box *b = *state;

	meet_the_gate(b);
	for (size_t i = 0; i < array_len(sizes); i++) {
		struct plane_probe p = probe_to(BOX_OUT_GATE);
		unsigned data = 0;
		uint8_t ip[BED_PACKET];

		p.bytes = sizes[i];
		assert_int_equal(send(b, &p), 0);
		box_run(b);
		while (!rte_ring_empty(b->bed->tx[BED_OUTSIDE])) {
			unsigned len = box_expect_ip(b, BED_OUTSIDE, box_gate_mac, ip);

			assert_true(len <= 1500);
			data += len - 20;
		}
		assert_int_equal(data, sizes[i] - 20);
	}
}

static void what_cannot_be_sent_is_refused(void **state)
{
	struct plane_probe p = probe_to(0x0c000001);
	struct box *b = *state;

	assert_int_equal(send(b, &p), -EHOSTUNREACH);
	p = probe_to(BOX_OUT_GATE);
	p.src = addr_v4(BOX_OUT_GATE);
	assert_int_equal(send(b, &p), -EADDRNOTAVAIL);
	p = probe_to(BOX_OUT_GATE);
	p.bytes = PLANE_PROBE_MIN - 1;
	assert_int_equal(send(b, &p), -EINVAL);
	p.bytes = PLANE_PROBE_MAX + 1;
	assert_int_equal(send(b, &p), -EINVAL);
	p.bytes = PLANE_PROBE_MAX;
	p.df = 1;
	assert_int_equal(send(b, &p), -EMSGSIZE);
}

static void our_own_address_answers(void **state)
{
	struct plane_probe p = probe_to(BOX_IN_OWN);
	struct plane_answer answer;
	struct box *b = *state;

	assert_int_equal(send(b, &p), 0);
	box_run(b);
	assert_true(answered(b, &answer));
	assert_int_equal(answer.type, 0);
}

#define in_box(f) cmocka_unit_test_setup_teardown(f, box_make, box_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_box(an_echo_leaves_and_its_reply_is_told),
		in_box(other_data_and_other_senders_are_seen),
		in_box(errors_that_quote_it_are_told),
		in_box(errors_about_others_are_not),
		in_box(too_big_with_df_comes_back_to_us),
		in_box(large_ones_leave_in_fragments),
		in_box(what_cannot_be_sent_is_refused),
		in_box(our_own_address_answers),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
