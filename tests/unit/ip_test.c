/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/net/ip.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* An IPv4 packet with header and payload of given sizes and a right checksum. */
static size_t make_packet(uint8_t *out, uint8_t protocol, size_t payload_len, const void *payload)
{
	struct ip_v4 h;

	ip_build_v4(&h, htonl(0x0a000001), htonl(0x0a000002), protocol, 0xb8, 64,
		    (uint16_t)(sizeof(h) + payload_len), 77, true);
	memcpy(out, &h, sizeof(h));
	memcpy(out + sizeof(h), payload, payload_len);
	return sizeof(h) + payload_len;
}

static void repair(uint8_t *packet)
{
	uint16_t sum;

	memset(packet + 10, 0, 2);
	sum = ip_checksum(packet, (size_t)(packet[0] & 15) * 4);
	memcpy(packet + 10, &sum, 2);
}

static void checksum_matches_rfc_1071_example(void **)
{
	static const uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7, 0x80};
	uint16_t even = ip_checksum(data, 8), odd = ip_checksum(data, 9);

	assert_int_equal(ntohs(even), (uint16_t)~0xddf2);
	assert_int_equal(ntohs(odd), (uint16_t)~0x5df3);
	assert_int_equal(ip_checksum(data, 0), 0xffff);
	assert_int_equal(
		ip_checksum_fold(ip_checksum_partial(data + 4, 5, ip_checksum_partial(data, 4, 0))),
		odd);
}

static void adjusted_checksum_equals_a_fresh_one(void **)
{
	uint16_t words[10], sum, old;

	srandom(1);
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < array_len(words); i++)
			words[i] = (uint16_t)random();
		if (round % 5 == 0)
			memset(words, round % 2 ? 0xff : 0, sizeof(words));
		words[0] = htons(0x4500);
		sum = ip_checksum(words, sizeof(words));
		old = words[4];
		words[4] = round % 3 ? (uint16_t)random() : 0xffff;
		assert_int_equal(ip_checksum_adjust(sum, old, words[4]),
				 ip_checksum(words, sizeof(words)));
	}
}

static void parses_a_udp_flow(void **)
{
	static const uint8_t udp[] = {0x11, 0x94, 0x01, 0xf4, 0x00, 0x0c, 0, 0, 1, 2, 3, 4};
	uint8_t packet[64] = {0};
	struct ip_flow flow;
	size_t len = make_packet(packet, IP_PROTO_UDP, sizeof(udp), udp);

	assert_int_equal(ip_parse_flow(&flow, packet, len + 6), DROP_NONE);
	assert_int_equal(addr_to_v4(&flow.src), 0x0a000001);
	assert_int_equal(addr_to_v4(&flow.dst), 0x0a000002);
	assert_int_equal(flow.protocol, IP_PROTO_UDP);
	assert_int_equal(flow.tos, 0xb8);
	assert_int_equal(flow.ttl, 64);
	assert_int_equal(flow.src_port, 4500);
	assert_int_equal(flow.dst_port, 500);
	assert_int_equal(flow.header_bytes, 20);
	assert_int_equal(flow.total_bytes, len);
	assert_true(flow.df && flow.first_fragment && !flow.fragment);
}

static void ports_are_absent_where_there_are_none(void **)
{
	static const uint8_t l4[8] = {0x11, 0x94, 0x01, 0xf4, 0, 8, 0, 0};
	uint8_t packet[64];
	struct ip_flow flow;
	size_t len = make_packet(packet, IP_PROTO_UDP, sizeof(l4), l4);

	packet[6] = 0x20; /* more fragments: the first one has the ports */
	packet[7] = 0;
	repair(packet);
	assert_int_equal(ip_parse_flow(&flow, packet, len), DROP_NONE);
	assert_true(flow.fragment && flow.first_fragment);
	assert_int_equal(flow.dst_port, 500);
	packet[7] = 1;
	repair(packet);
	assert_int_equal(ip_parse_flow(&flow, packet, len), DROP_NONE);
	assert_true(flow.fragment && !flow.first_fragment);
	assert_int_equal(flow.dst_port, 0);
	len = make_packet(packet, IP_PROTO_UDP, 7, l4);
	assert_int_equal(ip_parse_flow(&flow, packet, len), DROP_NONE);
	assert_int_equal(flow.dst_port, 0);
	len = make_packet(packet, IP_PROTO_ICMP, 8, l4);
	assert_int_equal(ip_parse_flow(&flow, packet, len), DROP_NONE);
	assert_int_equal(flow.src_port, 0);
}

static void refuses_malformed_headers(void **)
{
	static const uint8_t l4[8] = {0};
	uint8_t good[64], packet[64];
	struct ip_flow flow;
	size_t len = make_packet(good, IP_PROTO_UDP, sizeof(l4), l4);
	static const struct {
		size_t at;
		uint8_t value;
		enum drop_reason reason;
	} rows[] = {
		{0, 0x55, DROP_IP_HEADER}, /* version 5 */
		{0, 0x44, DROP_IP_HEADER}, /* header of 16 bytes */
		{0, 0x4f, DROP_IP_HEADER}, /* header longer than the packet */
		{0, 0x65, DROP_IPV6},
		{2, 0x01, DROP_IP_HEADER}, /* total length beyond the frame */
		{3, 19, DROP_IP_HEADER},   /* total length below the header */
		{3, 0, DROP_IP_HEADER},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		memcpy(packet, good, len);
		packet[rows[i].at] = rows[i].value;
		if (rows[i].at != 0)
			repair(packet);
		assert_int_equal(ip_parse_flow(&flow, packet, len), rows[i].reason);
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(ip_parse_flow(&flow, good, cut), DROP_IP_HEADER);
	for (size_t at = 1; at < 20; at++) {
		memcpy(packet, good, len);
		packet[at] ^= 0x10;
		assert_int_not_equal(ip_parse_flow(&flow, packet, len), DROP_NONE);
	}
	memcpy(packet, good, len);
	packet[8]--;
	assert_int_equal(ip_parse_flow(&flow, packet, len), DROP_IP_CHECKSUM);
}

static void knows_which_addresses_can_send(void **)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
		{"10.0.0.1", true},
		{"223.255.255.255", true},
		{"0.0.0.0", false},
		{"0.1.2.3", false},
		{"127.0.0.1", false},
		{"224.0.0.1", false},
		{"255.255.255.255", false},
		{"2001:db8::1", true},
		{"::", false},
		{"::1", false},
		{"ff02::1", false},
		{"fe80::1", true},
	};
	struct addr a;

	for (size_t i = 0; i < array_len(rows); i++) {
		assert_int_equal(addr_parse(&a, rows[i].text), 0);
		assert_int_equal(ip_source_valid(&a), rows[i].valid);
	}
	assert_false(ip_source_valid(&(struct addr){0}));
}

/* A SYN with these option bytes (a multiple of four) and a right TCP checksum. */
static size_t make_syn(uint8_t *packet, const uint8_t *options, size_t n)
{
	uint8_t tcp[60] = {0x12, 0x34, 0, 80, 0, 0, 0, 1};
	uint8_t pseudo[12] = {10, 0, 0, 1, 10, 0, 0, 2, 0, IP_PROTO_TCP, 0, (uint8_t)(20 + n)};
	uint16_t sum;

	tcp[12] = (uint8_t)((20 + n) / 4 << 4);
	tcp[13] = 0x02;
	memcpy(tcp + 20, options, n);
	sum = ip_checksum_fold(
		ip_checksum_partial(tcp, 20 + n, ip_checksum_partial(pseudo, 12, 0)));
	memcpy(tcp + 16, &sum, 2);
	return make_packet(packet, IP_PROTO_TCP, 20 + n, tcp);
}

static bool tcp_checksum_good(const uint8_t *packet, size_t len)
{
	uint8_t pseudo[12] = {10, 0, 0, 1, 10, 0, 0, 2, 0, IP_PROTO_TCP, 0, (uint8_t)(len - 20)};

	return ip_checksum_fold(ip_checksum_partial(packet + 20, len - 20,
						    ip_checksum_partial(pseudo, 12, 0))) == 0;
}

static void clamps_the_mss_and_repairs_the_checksum(void **)
{
	static const uint8_t aligned[] = {2, 4, 0x05, 0xb4, 4, 2, 1, 1};
	static const uint8_t odd[] = {1, 2, 4, 0x05, 0xb4, 1, 0, 0};
	uint8_t packet[128];
	size_t len;

	len = make_syn(packet, aligned, sizeof(aligned));
	assert_true(ip_clamp_mss(packet, len, 1360));
	assert_memory_equal(packet + 42, "\x05\x50", 2);
	assert_true(tcp_checksum_good(packet, len));
	assert_false(ip_clamp_mss(packet, len, 1360));
	len = make_syn(packet, odd, sizeof(odd));
	assert_true(ip_clamp_mss(packet, len, 1000));
	assert_memory_equal(packet + 43, "\x03\xe8", 2);
	assert_true(tcp_checksum_good(packet, len));
}

static void leaves_other_segments_and_malformed_options_alone(void **)
{
	static const uint8_t rows[][8] = {
		{2, 4, 0x05, 0xb4, 8, 0, 0, 0},	 /* option of length 0 after a good MSS */
		{2, 4, 0x05, 0xb4, 8, 10, 0, 0}, /* runs past the header */
		{1, 1, 1, 1, 1, 1, 2, 4},	 /* MSS without its value */
		{2, 3, 0x05, 0xb4, 0, 0, 0, 0},	 /* MSS of a wrong length */
		{1, 1, 1, 1, 1, 1, 1, 2},	 /* kind without length */
		{0, 2, 4, 0x05, 0xb4, 0, 0, 0},	 /* behind the end of the list */
		{2, 4, 0x02, 0x18, 0, 0, 0, 0},	 /* already small */
	};
	static const uint8_t good[] = {2, 4, 0x05, 0xb4};
	uint8_t packet[128], before[128];
	size_t len;

	for (size_t i = 0; i < array_len(rows); i++) {
		len = make_syn(packet, rows[i], 8);
		memcpy(before, packet, len);
		assert_false(ip_clamp_mss(packet, len, 1000));
		assert_memory_equal(packet, before, len);
	}
	len = make_syn(packet, good, 4);
	for (size_t cut = 0; cut < len; cut++)
		assert_false(ip_clamp_mss(packet, cut, 1000));
	packet[20 + 13] = 0x10; /* no SYN */
	assert_false(ip_clamp_mss(packet, len, 1000));
	packet[20 + 13] = 0x02;
	packet[20 + 12] = 0xf0; /* data offset beyond the packet */
	assert_false(ip_clamp_mss(packet, len, 1000));
	packet[20 + 12] = 0x10;
	assert_false(ip_clamp_mss(packet, len, 1000));
	packet[20 + 12] = 0x60;
	packet[7] = 1; /* a later fragment */
	assert_false(ip_clamp_mss(packet, len, 1000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksum_matches_rfc_1071_example),
		cmocka_unit_test(adjusted_checksum_equals_a_fresh_one),
		cmocka_unit_test(parses_a_udp_flow),
		cmocka_unit_test(ports_are_absent_where_there_are_none),
		cmocka_unit_test(refuses_malformed_headers),
		cmocka_unit_test(knows_which_addresses_can_send),
		cmocka_unit_test(clamps_the_mss_and_repairs_the_checksum),
		cmocka_unit_test(leaves_other_segments_and_malformed_options_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
