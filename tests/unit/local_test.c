/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/local.h"
#include "lib/net/ip.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

enum {
	OWN = 0x0a000001,
	PEER = 0x0a000002
};

/* IP header with `words` words of options, then the ICMP bytes with a right checksum. */
static size_t make(uint8_t *out, unsigned words, const uint8_t *icmp, size_t n)
{
	struct ip_v4 h;
	uint16_t sum;
	size_t header = 20 + words * 4;

	ip_build_v4(&h, htonl(PEER), htonl(OWN), IP_PROTO_ICMP, 0x20, 3, (uint16_t)(header + n), 9,
		    true);
	h.version_ihl = (uint8_t)(0x45 + words);
	h.checksum = 0;
	memset(out, 1, header);
	memcpy(out, &h, sizeof(h));
	sum = ip_checksum(out, header);
	memcpy(out + 10, &sum, 2);
	memcpy(out + header, icmp, n);
	memset(out + header + 2, 0, 2);
	sum = ip_checksum(out + header, n);
	memcpy(out + header + 2, &sum, 2);
	return header + n;
}

static void answers_echo_with_the_same_data(void **)
{
	static const uint8_t echo[] = {8, 0, 0, 0, 0x12, 0x34, 0, 7, 'd', 'a', 't', 'a', '!'};
	enum drop_reason reason;
	struct plane_path_mtu ptb;
	uint8_t p[128];
	struct ip_flow flow;

	for (unsigned words = 0; words <= 3; words++) {
		size_t len = make(p, words, echo, sizeof(echo));

		assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_REPLY);
		assert_int_equal(len, 20 + sizeof(echo));
		assert_int_equal(ip_parse_flow(&flow, p, len), DROP_NONE);
		assert_int_equal(addr_to_v4(&flow.src), OWN);
		assert_int_equal(addr_to_v4(&flow.dst), PEER);
		assert_int_equal(flow.ttl, 64);
		assert_int_equal(flow.tos, 0x20);
		assert_int_equal(flow.header_bytes, 20);
		assert_int_equal(p[20], 0);
		assert_memory_equal(p + 24, echo + 4, sizeof(echo) - 4);
		assert_int_equal(ip_checksum(p + 20, len - 20), 0);
	}
}

static void refuses_what_is_no_echo(void **)
{
	static const struct {
		uint8_t icmp[8];
		size_t n;
	} rows[] = {
		{{0, 0}, 8},  {{5, 1}, 8}, {{3, 3}, 8}, {{13, 0}, 8},
		{{11, 0}, 8}, {{8, 1}, 8}, {{8, 0}, 7}, {{8, 0}, 4},
	};
	enum drop_reason reason;
	struct plane_path_mtu ptb;
	uint8_t p[64], before[64];

	for (size_t i = 0; i < array_len(rows); i++) {
		size_t len = make(p, 0, rows[i].icmp, rows[i].n);

		memcpy(before, p, sizeof(p));
		assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_DROP);
		assert_int_equal(reason, DROP_NOT_OURS);
		assert_memory_equal(p, before, sizeof(p));
	}
}

static void refuses_a_wrong_checksum_and_fragments(void **)
{
	static const uint8_t echo[] = {8, 0, 0, 0, 1, 2, 3, 4};
	enum drop_reason reason;
	struct plane_path_mtu ptb;
	uint8_t p[64];
	size_t len = make(p, 0, echo, sizeof(echo));
	uint16_t sum;

	p[26]++;
	assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_DROP);
	assert_int_equal(reason, DROP_IP_CHECKSUM);
	len = make(p, 0, echo, sizeof(echo));
	p[6] = 0x20;
	memset(p + 10, 0, 2);
	sum = ip_checksum(p, 20);
	memcpy(p + 10, &sum, 2);
	assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_DROP);
	assert_int_equal(reason, DROP_IP_FRAGMENT);
}

/* "Fragmentation needed, MTU 1400" quoting an ESP packet of ours, plain or in UDP. */
static size_t make_quote(uint8_t *icmp, bool udp)
{
	struct ip_v4 h;
	size_t n = 8;

	memcpy(icmp, "\x03\x04\0\0\0\0\x05\x78", 8);
	ip_build_v4(&h, htonl(OWN), htonl(PEER), udp ? IP_PROTO_UDP : IP_PROTO_ESP, 0, 60, 1500, 1,
		    true);
	memcpy(icmp + n, &h, sizeof(h));
	n += sizeof(h);
	if (udp) {
		memcpy(icmp + n, "\x11\x94\x11\x94\x05\xc8\0\0", 8);
		n += 8;
	}
	memcpy(icmp + n, "\x11\x22\x33\x44\0\0\0\1", 8);
	return n + 8;
}

static void reports_a_path_mtu_about_our_esp(void **)
{
	enum drop_reason reason;
	struct plane_path_mtu ptb;
	uint8_t icmp[64], p[128];
	size_t len, n;

	for (int udp = 0; udp <= 1; udp++) {
		n = make_quote(icmp, udp);
		len = make(p, 0, icmp, n);
		assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_PATH_MTU);
		assert_int_equal(ptb.mtu, 1400);
		assert_int_equal(ptb.spi, 0x11223344);
		assert_int_equal(addr_to_v4(&ptb.local), OWN);
		assert_int_equal(addr_to_v4(&ptb.remote), PEER);
	}
	/* eight bytes of UDP quoted: no SPI, but still ours */
	len = make(p, 0, icmp, n - 8);
	assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_PATH_MTU);
	assert_int_equal(ptb.spi, 0);
}

static void ignores_a_quote_that_is_not_our_esp(void **)
{
	enum drop_reason reason;
	struct plane_path_mtu ptb;
	uint8_t good[64], icmp[64], p[128];
	size_t n = make_quote(good, false), len;
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{8, 0x65},    {8, 0x44}, {8, 0x4f}, {8 + 9, IP_PROTO_TCP}, {8 + 9, IP_PROTO_UDP},
		{8 + 15, 99}, /* sent by somebody else */
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		memcpy(icmp, good, n);
		icmp[rows[i].at] = rows[i].value;
		len = make(p, 0, icmp, n);
		assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_DROP);
		assert_int_equal(reason, DROP_NOT_OURS);
	}
	for (size_t cut = 8; cut < n - 4; cut++) {
		len = make(p, 0, good, cut);
		assert_int_equal(local_icmp(p, &len, &ptb, &reason), LOCAL_DROP);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_echo_with_the_same_data),
		cmocka_unit_test(refuses_what_is_no_echo),
		cmocka_unit_test(refuses_a_wrong_checksum_and_fragments),
		cmocka_unit_test(reports_a_path_mtu_about_our_esp),
		cmocka_unit_test(ignores_a_quote_that_is_not_our_esp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
