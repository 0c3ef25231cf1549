/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an attacker with the keys puts under a valid ICV (hostile.md H132, H133, H135-H138):
 * padding, next header, packets the SA was not made for.
 */
#include "lib/net/ip.h"
#include "tests/plane/lab.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};
static const struct alg_suite null_sha1 = {ALG_CIPHER_NULL, ALG_HASH_SHA1};

/* H132: valid ICV, wrong padding; the window moves, for the packet is authentic. */
static void wrong_padding_is_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	uint8_t text[256];
	struct bed_packet p;
	uint64_t seq = 0;

	(void)state;
	for (unsigned len = 4; len <= 120; len += 4)
		for (unsigned pad = 0; pad < 256; pad += pad < 130 ? 1 : 25) {
			enum drop_reason reason = DROP_ESP_INNER;

			memset(text, 0, sizeof(text));
			for (unsigned i = 0; i < pad && pad + 2 <= len; i++)
				text[len - 2 - pad + i] = (uint8_t)(i + 1);
			text[len - 2] = (uint8_t)pad;
			text[len - 1] = IP_PROTO_IPIP;
			if (pad + 2 > len)
				reason = DROP_ESP_PAD;
			else if (pad && (len + pad) % 3 == 0) {
				text[len - 2 - pad + len % pad] ^= 0x80;
				reason = DROP_ESP_PAD;
			}
			seal_text(lab.peer, ++seq, text, len, &p);
			lab_refused(&lab, &p, reason);
			assert_int_equal(lab_stats(&lab)->top, seq);
		}
	assert_int_equal(lab_stats(&lab)->packets, 0);
	lab_destroy(&lab);
}

/* H133 */
static void next_header_decides(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = aes_sha1, .window = 64});
	uint8_t inner[200];
	struct bed_packet p, out;

	(void)state;
	lab_inner(inner, 100);
	for (unsigned next = 0; next < 256; next++) {
		seal_packet(lab.peer, next + 1, inner, 100, (uint8_t)next, &p);
		if (next == IP_PROTO_IPIP)
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p,
				    next == IP_PROTO_NONE ? DROP_ESP_DUMMY : DROP_ESP_NEXT_HEADER);
	}
	/* padding for traffic flow confidentiality behind the inner packet */
	memset(inner + 100, 0xcc, 100);
	seal_packet(lab.peer, 300, inner, 200, IP_PROTO_IPIP, &p);
	assert_true(bed_pass(lab.bed, BED_OUTSIDE, p.b, p.len, &out));
	assert_int_equal(out.len, 100);
	lab_destroy(&lab);
}

static void inner_from(uint8_t *inner, const uint8_t src[4], const uint8_t dst[4])
{
	lab_inner(inner, 60);
	memcpy(inner + 12, src, 4);
	memcpy(inner + 16, dst, 4);
	bed_fix_checksum(inner);
}

/* H135: addresses, each edge and one beyond. */
static void inner_addresses_outside_the_selector_are_refused(void **state)
{
	static const struct {
		uint8_t src[4], dst[4];
		bool good;
	} rows[] = {
		{{192, 168, 1, 10}, {192, 168, 2, 10}, true},
		{{192, 168, 1, 0}, {192, 168, 2, 10}, true},
		{{192, 168, 1, 255}, {192, 168, 2, 10}, true},
		{{192, 168, 0, 255}, {192, 168, 2, 10}, false},
		{{192, 168, 2, 0}, {192, 168, 2, 10}, false}, /* our own LAN */
		{{192, 168, 1, 10}, {192, 168, 2, 255}, true},
		{{192, 168, 1, 10}, {192, 168, 2, 2}, true},
		{{192, 168, 1, 10}, {192, 168, 1, 255}, false},
		{{192, 168, 1, 10}, {192, 168, 3, 0}, false},
		{{192, 168, 1, 10}, {192, 168, 1, 10}, false},
		{{192, 168, 1, 10}, {10, 9, 0, 2}, false},
		{{127, 0, 0, 1}, {192, 168, 2, 10}, false},
		{{0, 0, 0, 0}, {192, 168, 2, 10}, false},
		{{224, 0, 0, 5}, {192, 168, 2, 10}, false},
		{{255, 255, 255, 255}, {192, 168, 2, 10}, false},
		{{10, 9, 0, 2}, {192, 168, 2, 10}, false}, /* our outer address */
		{{192, 168, 1, 10}, {224, 0, 0, 5}, false},
		{{192, 168, 1, 10}, {255, 255, 255, 255}, false},
	};
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	struct bed_packet p;
	uint8_t inner[60];
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		inner_from(inner, rows[i].src, rows[i].dst);
		seal_packet(lab.peer, i + 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (rows[i].good)
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p, DROP_ESP_POLICY);
		bad += !rows[i].good;
	}
	assert_int_equal(lab_stats(&lab)->policy_failed, bad);
	lab_destroy(&lab);
}

/* H135, H137: protocol, ports and fragments. */
static void inner_ports_outside_the_selector_are_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm,
						    .window = 64,
						    .protocol = IP_PROTO_UDP,
						    .port_1 = 5000,
						    .port_2 = 6000});
	static const struct {
		uint16_t src, dst;
		uint8_t protocol;
		uint16_t fragment;
		bool good;
	} rows[] = {
		{5000, 6000, IP_PROTO_UDP, 0, true},	   {5001, 6000, IP_PROTO_UDP, 0, false},
		{4999, 6000, IP_PROTO_UDP, 0, false},	   {5000, 6001, IP_PROTO_UDP, 0, false},
		{5000, 5999, IP_PROTO_UDP, 0, false},	   {5000, 6000, IP_PROTO_TCP, 0, false},
		{5000, 6000, IP_PROTO_UDP - 1, 0, false},  {5000, 6000, IP_PROTO_UDP + 1, 0, false},
		{5000, 6000, IP_PROTO_UDP, 0x2000, true},  /* first fragment shows its ports */
		{5000, 6000, IP_PROTO_UDP, 0x2040, false}, /* a later one does not */
		{5000, 6000, IP_PROTO_UDP, 0x0001, false},
	};
	struct bed_packet p;
	uint8_t inner[60];

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		uint16_t src = __builtin_bswap16(rows[i].src), dst = __builtin_bswap16(rows[i].dst);
		uint16_t fragment = __builtin_bswap16(rows[i].fragment);

		lab_inner(inner, sizeof(inner));
		memcpy(inner + 20, &src, 2);
		memcpy(inner + 22, &dst, 2);
		memcpy(inner + 6, &fragment, 2);
		inner[9] = rows[i].protocol;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, i + 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (rows[i].good)
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p, DROP_ESP_POLICY);
	}
	/* too short to have ports at all */
	lab_inner(inner, 22);
	seal_packet(lab.peer, 100, inner, 22, IP_PROTO_IPIP, &p);
	lab_refused(&lab, &p, DROP_ESP_POLICY);
	lab_destroy(&lab);
}

/* H136, H137: what stands under the encryption is still only a packet from somewhere. */
static void malformed_inner_headers_are_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = null_sha1, .window = 64});
	struct bed_packet p;
	uint8_t inner[60];
	uint64_t seq = 0;

	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		unsigned header = (first & 15) * 4;

		lab_inner(inner, sizeof(inner));
		/* options of nothing but "no operation" */
		memset(inner + 20, 1, 40);
		inner[0] = (uint8_t)first;
		if (header >= 20 && header <= 60)
			bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (first >> 4 == 4 && header >= 20)
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p, DROP_ESP_INNER);
	}
	for (unsigned total = 0; total < 70; total++) {
		lab_inner(inner, sizeof(inner));
		inner[3] = (uint8_t)total;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (total >= 20 && total <= sizeof(inner))
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p, DROP_ESP_INNER);
	}
	lab_inner(inner, sizeof(inner));
	inner[10] ^= 1;
	seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	lab_refused(&lab, &p, DROP_ESP_INNER);
	for (unsigned offset = 1; offset < 4; offset++) {
		lab_inner(inner, sizeof(inner));
		inner[7] = (uint8_t)offset;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (offset >= 2)
			lab_accepted(&lab, &p);
		else
			lab_refused(&lab, &p, DROP_ESP_INNER);
	}
	lab_destroy(&lab);
}

/* H138: ESP in ESP for ourselves. */
static void tunnel_in_a_tunnel_to_ourselves_is_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	struct bed_packet inner, p;
	uint8_t packet[60];

	(void)state;
	lab_inner(packet, sizeof(packet));
	seal_packet(lab.peer, 1, packet, sizeof(packet), IP_PROTO_IPIP, &inner);
	memcpy(inner.b + 12, (uint8_t[]){192, 168, 1, 10, 192, 168, 2, 1}, 8);
	bed_fix_checksum(inner.b);
	seal_packet(lab.peer, 2, inner.b, inner.len, IP_PROTO_IPIP, &p);
	lab_refused(&lab, &p, DROP_ESP_RECURSION);
	lab_destroy(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_padding_is_refused),
		cmocka_unit_test(next_header_decides),
		cmocka_unit_test(inner_addresses_outside_the_selector_are_refused),
		cmocka_unit_test(inner_ports_outside_the_selector_are_refused),
		cmocka_unit_test(malformed_inner_headers_are_refused),
		cmocka_unit_test(tunnel_in_a_tunnel_to_ourselves_is_refused),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
