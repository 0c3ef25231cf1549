/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/esp/esp.h"
#include "lib/net/ip.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* show-formats.md section 6.1: the largest inner packet for a path, plain and in UDP. */
static void largest_inner_packets_are_those_of_the_formats(void **state)
{
	static const struct {
		uint8_t iv, block, icv;
		uint32_t overhead, at_1500, natt_1500, at_1400, natt_1400;
	} rows[] = {
		{8, 8, 12, 57, 1446, 1438, 1350, 1342},	  /* DES, 3DES + MD5, SHA-1 */
		{16, 16, 12, 73, 1438, 1422, 1342, 1326}, /* AES-CBC + MD5, SHA-1 */
		{16, 16, 16, 77, 1438, 1422, 1326, 1326}, /* AES-CBC + SHA-256 */
		{8, 8, 0, 45, 1462, 1454, 1358, 1350},	  /* DES, no authentication */
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct esp_shape s = {ESP_OUTER_V4, rows[i].iv, rows[i].block, rows[i].icv};
		struct esp_shape u = {ESP_OUTER_UDP, rows[i].iv, rows[i].block, rows[i].icv};
		uint32_t worst = 0;

		for (uint32_t inner = 20; inner < 1500; inner++)
			if (esp_packet_bytes(s, inner) - inner > worst)
				worst = esp_packet_bytes(s, inner) - inner;
		assert_int_equal(worst, rows[i].overhead);
		assert_int_equal(esp_inner_max(s, 1500), rows[i].at_1500);
		assert_int_equal(esp_inner_max(u, 1500), rows[i].natt_1500);
		assert_int_equal(esp_inner_max(s, 1400), rows[i].at_1400);
		assert_int_equal(esp_inner_max(u, 1400), rows[i].natt_1400);
	}
	assert_int_equal(esp_packet_bytes((struct esp_shape){20, 16, 16, 12}, 100), 168);
	assert_int_equal(esp_packet_bytes((struct esp_shape){20, 8, 8, 12}, 100), 152);
	assert_int_equal(esp_packet_bytes((struct esp_shape){20, 8, 8, 12}, 1500), 1552);
}

static void largest_inner_packet_is_the_largest_for_every_mtu(void **state)
{
	static const struct esp_shape shapes[] = {
		{20, 8, 4, 16}, {28, 8, 4, 16}, {20, 16, 16, 32}, {28, 8, 8, 12}, {20, 0, 4, 24},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(shapes); i++)
		for (uint32_t mtu = 0; mtu < 9001; mtu++) {
			uint32_t max = esp_inner_max(shapes[i], mtu);

			if (max == 0) {
				assert_true(esp_packet_bytes(shapes[i], 1) > mtu);
				continue;
			}
			assert_true(esp_packet_bytes(shapes[i], max) <= mtu);
			assert_true(esp_packet_bytes(shapes[i], max + 1) > mtu);
		}
}

/* Header, IV, one block, ICV: the lengths below which nothing may be subtracted (H127). */
static void shortest_packets_are_known(void **state)
{
	static const struct {
		struct esp_shape shape;
		uint32_t least;
	} rows[] = {
		{{20, 8, 4, 16}, 36},	{{28, 8, 4, 16}, 36},	{{20, 8, 8, 12}, 36},
		{{20, 16, 16, 12}, 52}, {{20, 16, 16, 32}, 72}, {{20, 0, 4, 12}, 24},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++)
		assert_int_equal(esp_wire_min(rows[i].shape), rows[i].least);
}

static void outer_header_has_a_right_checksum(void **state)
{
	(void)state;
	srand(5);
	for (unsigned i = 0; i < 20000; i++) {
		bool udp = i & 1, df = i & 2;
		struct esp_shape s = {udp ? ESP_OUTER_UDP : ESP_OUTER_V4, 8, 4, 16};
		uint32_t src = (uint32_t)rand(), dst = (uint32_t)rand();
		uint16_t total = (uint16_t)(100 + rand() % 60000), id = (uint16_t)rand();
		uint8_t tos = (uint8_t)rand(), b[ESP_OUTER_UDP];
		struct esp_outer o;
		struct ip_udp ports;
		struct ip_v4 h;

		esp_outer_init(&o, src, dst, udp, 4500, 1024);
		esp_outer_write(b, &o, s, total, id, tos, df);
		memcpy(&h, b, sizeof(h));
		assert_int_equal(ip_checksum(&h, sizeof(h)), 0);
		assert_int_equal(h.total_len_be, __builtin_bswap16(total));
		assert_int_equal(h.id_be, __builtin_bswap16(id));
		assert_int_equal(h.tos, tos);
		assert_int_equal(h.fragment_be, df ? IP_DF_BE : 0);
		assert_int_equal(h.protocol, udp ? IP_PROTO_UDP : IP_PROTO_ESP);
		assert_true(h.src_be == src && h.dst_be == dst && h.ttl == 64);
		if (!udp)
			continue;
		memcpy(&ports, b + sizeof(h), sizeof(ports));
		assert_int_equal(__builtin_bswap16(ports.src_port_be), 4500);
		assert_int_equal(__builtin_bswap16(ports.dst_port_be), 1024);
		assert_int_equal(__builtin_bswap16(ports.len_be), total - 20);
		assert_int_equal(ports.checksum, 0);
	}
}

static void written_trailer_is_read_back_for_every_size(void **state)
{
	(void)state;
	for (unsigned block = 4; block <= 16; block *= 2)
		for (uint32_t inner = 0; inner < 200; inner++) {
			struct esp_shape s = {20, 8, (uint8_t)block, 16};
			uint32_t text = esp_text_bytes(s, inner), got;
			uint8_t b[256];

			memset(b, 0xaa, sizeof(b));
			esp_trailer_write(b, inner, text, IP_PROTO_IPIP);
			assert_int_equal(esp_trailer_parse(b, text, &got), DROP_NONE);
			assert_int_equal(got, inner);
			assert_int_equal(text % block, 0);
			assert_true(text - inner - ESP_TRAILER < block);
		}
}

/* H132, H133 on bytes: every length against every pad length and every next header. */
static void trailer_is_refused_for_every_wrong_byte(void **state)
{
	uint8_t b[300];
	uint32_t got;

	(void)state;
	for (uint32_t len = 0; len < 280; len++)
		for (unsigned pad = 0; pad < 256; pad++) {
			enum drop_reason want = DROP_NONE;

			memset(b, 0x77, sizeof(b));
			if (len < 2 || pad + 2 > len)
				want = DROP_ESP_PAD;
			for (unsigned i = 0; want == DROP_NONE && i < pad; i++)
				b[len - 2 - pad + i] = (uint8_t)(i + 1);
			if (len >= 2) {
				b[len - 2] = (uint8_t)pad;
				b[len - 1] = IP_PROTO_IPIP;
			}
			assert_int_equal(esp_trailer_parse(b, len, &got), want);
			if (want == DROP_NONE)
				assert_int_equal(got, len - 2 - pad);
			if (want != DROP_NONE || pad == 0)
				continue;
			b[len - 2 - pad + (len * 7 + pad) % pad] ^= 0x10;
			assert_int_equal(esp_trailer_parse(b, len, &got), DROP_ESP_PAD);
		}
	for (unsigned next = 0; next < 256; next++) {
		enum drop_reason want = DROP_ESP_NEXT_HEADER;

		memcpy(b, (uint8_t[]){0x45, 0, 1, 2, 2, (uint8_t)next}, 6);
		if (next == IP_PROTO_IPIP)
			want = DROP_NONE;
		else if (next == IP_PROTO_NONE)
			want = DROP_ESP_DUMMY;
		assert_int_equal(esp_trailer_parse(b, 6, &got), want);
	}
}

static void short_way_to_a_trailer_says_what_the_long_one_says(void **state)
{
	uint8_t b[8] = {0x45, 0};
	unsigned taken = 0;

	(void)state;
	for (unsigned i = 0; i < 4 * 4 * 5 * 3; i++) {
		uint32_t inner = 77, want = 77;
		bool said;

		b[4] = (uint8_t)(i % 4);
		b[5] = (uint8_t)(i / 4 % 4);
		b[6] = (uint8_t)(i / 16 % 5);
		b[7] = (uint8_t)(i / 80 % 3 + 3);
		said = esp_trailer_is_short(b, sizeof(b), &inner);
		taken += said;
		if (esp_trailer_parse(b, sizeof(b), &want) != DROP_NONE || b[6] > 2)
			assert_false(said);
		else
			assert_true(said && inner == want);
	}
	assert_int_equal(taken, 16 + 4 + 1);
	for (uint32_t len = 0; len < 4; len++)
		assert_false(
			esp_trailer_is_short((uint8_t[]){4, 4, 4, 4} + len, len, &(uint32_t){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_inner_packets_are_those_of_the_formats),
		cmocka_unit_test(largest_inner_packet_is_the_largest_for_every_mtu),
		cmocka_unit_test(shortest_packets_are_known),
		cmocka_unit_test(outer_header_has_a_right_checksum),
		cmocka_unit_test(written_trailer_is_read_back_for_every_size),
		cmocka_unit_test(trailer_is_refused_for_every_wrong_byte),
		cmocka_unit_test(short_way_to_a_trailer_says_what_the_long_one_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
