/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an attacker sends to the ESP input of site 2 (hostile.md H126-H135, H138, H145-H146): one
 * exact counter for each packet, nothing of the SA changed by what did not authenticate, every
 * buffer back in the pool.
 */
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};
static const struct alg_suite null_sha1 = {ALG_CIPHER_NULL, ALG_HASH_SHA1};

/* A receiver at site 2 and the keys of its peer. */
struct lab {
	struct bed *bed;
	struct sealer *peer;
	struct bed_sa sa;
};

static struct lab lab_create(struct bed_sa sa)
{
	struct lab lab = {.bed = bed_create(2, 1), .sa = sa};

	lab.sa.generation = 1;
	bed_policy(lab.bed);
	bed_install(lab.bed, &lab.sa);
	lab.peer = seal_create(&lab.sa, 1);
	return lab;
}

static void lab_destroy(struct lab *lab)
{
	bed_check_pool(lab->bed);
	seal_destroy(lab->peer);
	bed_destroy(lab->bed);
}

/* The packet is dropped for exactly this reason. */
static void refused(struct lab *lab, const struct bed_packet *p, enum drop_reason reason)
{
	uint64_t before = bed_drop(lab->bed, reason), all = bed_drops(lab->bed);

	bed_put(lab->bed, BED_OUTSIDE, p->b, p->len);
	bed_run(lab->bed);
	if (bed_drop(lab->bed, reason) != before + 1 || bed_drops(lab->bed) != all + 1) {
		for (unsigned r = 0; r < DROP_COUNT; r++)
			if (bed_drop(lab->bed, r))
				print_message("%s: %lu\n", drop_name(r), bed_drop(lab->bed, r));
		fail_msg("expected one more of %s", drop_name(reason));
	}
	assert_int_equal(bed_flush(lab->bed), 0);
}

static void accepted(struct lab *lab, const struct bed_packet *p)
{
	struct bed_packet out;
	uint64_t all = bed_drops(lab->bed);

	assert_true(bed_pass(lab->bed, BED_OUTSIDE, p->b, p->len, &out));
	assert_int_equal(bed_drops(lab->bed), all);
}

static struct plane_stats_in *stats(const struct lab *lab)
{
	return &lab->bed->plane.stats_in[lab->sa.slot];
}

/* Cuts or grows the ESP part to n bytes and says so in the IP and UDP headers. */
static void set_esp_bytes(const struct lab *lab, struct bed_packet *p, unsigned n)
{
	unsigned outer = seal_shape(lab->peer).outer;
	uint16_t total = __builtin_bswap16((uint16_t)(outer + n));
	uint16_t udp = __builtin_bswap16((uint16_t)(8 + n));

	p->len = outer + n;
	memcpy(p->b + 2, &total, 2);
	bed_fix_checksum(p->b);
	if (outer == ESP_OUTER_UDP)
		memcpy(p->b + 24, &udp, 2);
}

static unsigned inner_packet(uint8_t *out, unsigned len)
{
	return bed_udp(out, 1, 2, len);
}

/* H126-H128: every length from nothing to 64 bytes above the smallest, each ICV size. */
static void every_wrong_length_is_refused_before_the_crypto(void **state)
{
	struct alg_suite suites[64];
	unsigned n = bed_suites(suites, array_len(suites));

	(void)state;
	for (unsigned i = 0; i < 2 * n; i++) {
		struct lab lab = lab_create((struct bed_sa){
			.suite = suites[i / 2], .window = 64, .flags = i % 2 ? PLANE_SA_UDP : 0});
		struct esp_shape shape = seal_shape(lab.peer);
		unsigned least = esp_wire_min(shape);
		uint8_t text[256] = {0};
		struct bed_packet p;

		for (unsigned bytes = 0; bytes <= least + 64; bytes++) {
			enum drop_reason reason = DROP_ESP_AUTH;
			unsigned text_bytes = bytes - (least - shape.block);

			if (bytes < least)
				reason = DROP_ESP_RUNT;
			else if (text_bytes % shape.block)
				reason = DROP_ESP_ALIGN;
			if (shape.outer == ESP_OUTER_UDP && bytes < 4)
				reason = DROP_NATT_MARKER;
			seal_text(lab.peer, 1, text, 128, &p);
			set_esp_bytes(&lab, &p, bytes);
			refused(&lab, &p, reason);
		}
		assert_int_equal(stats(&lab)->packets, 0);
		assert_int_equal(stats(&lab)->top, 0);
		lab_destroy(&lab);
	}
}

/* H129 */
static void unknown_spi_is_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64, .slot = 5});
	uint8_t inner[100];
	struct bed_packet p;

	(void)state;
	inner_packet(inner, 100);
	for (unsigned i = 0; i < 600; i++) {
		uint32_t spi = bed_spi(&lab.sa, 1);

		if (i < 32)
			spi ^= 1u << i;
		else if (i < 32 + 256)
			spi = i - 32;
		else
			spi = i * 2654435761u;
		if (plane_spi_worker(spi) != 0 && plane_spi_worker(spi) < lab.bed->dp.n_workers)
			continue;
		seal_packet(lab.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
		spi = __builtin_bswap32(spi);
		memcpy(p.b + 20, &spi, 4);
		refused(&lab, &p, DROP_ESP_NO_SA);
	}
	seal_packet(lab.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	accepted(&lab, &p);
	lab_destroy(&lab);
}

/* H130 */
static void wrong_endpoint_or_encapsulation_is_refused(void **state)
{
	struct lab raw = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	struct lab udp =
		lab_create((struct bed_sa){.suite = gcm, .window = 64, .flags = PLANE_SA_UDP});
	uint8_t inner[100];
	struct bed_packet p;

	(void)state;
	inner_packet(inner, 100);
	seal_packet(raw.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	refused(&udp, &p, DROP_ESP_ENDPOINT);
	p.b[15] ^= 8; /* another source */
	bed_fix_checksum(p.b);
	refused(&raw, &p, DROP_ESP_ENDPOINT);
	p.b[15] ^= 8;
	memcpy(p.b + 16, (uint8_t[]){192, 168, 2, 1}, 4); /* our other address */
	bed_fix_checksum(p.b);
	refused(&raw, &p, DROP_ESP_ENDPOINT);
	memcpy(p.b + 16, (uint8_t[]){10, 9, 0, 2}, 4);
	p.b[9] = IP_PROTO_AH;
	bed_fix_checksum(p.b);
	refused(&raw, &p, DROP_NOT_OURS);
	p.b[9] = IP_PROTO_ESP;
	bed_fix_checksum(p.b);
	accepted(&raw, &p);

	seal_packet(udp.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	refused(&raw, &p, DROP_ESP_ENDPOINT);
	memcpy(p.b + 20, (uint8_t[]){0x77, 0x77},
	       2); /* a NAT gave it another port: the ICV decides */
	accepted(&udp, &p);
	assert_int_equal(stats(&raw)->other_failed, 3);
	lab_destroy(&raw);
	lab_destroy(&udp);
}

/* H131: every bit of a packet of about 100 bytes, for every suite. */
static void every_flipped_bit_is_refused_and_changes_nothing(void **state)
{
	struct alg_suite suites[64];
	unsigned n = bed_suites(suites, array_len(suites));

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		struct lab lab = lab_create((struct bed_sa){.suite = suites[i], .window = 64});
		struct plane_stats_in before;
		uint8_t inner[40];
		struct bed_packet p;

		inner_packet(inner, sizeof(inner));
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		accepted(&lab, &p);
		before = *stats(&lab);
		seal_packet(lab.peer, 3, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		for (unsigned bit = 20 * 8; bit < p.len * 8; bit++) {
			struct bed_packet bad = p;
			enum drop_reason reason = DROP_ESP_AUTH;

			bad.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			if (bit < 24 * 8)
				reason = DROP_ESP_NO_SA;
			else if (bit == 27 * 8 + 6) /* 3 -> 1 */
				reason = DROP_ESP_REPLAY_SEEN;
			refused(&lab, &bad, reason);
		}
		assert_int_equal(stats(&lab)->packets, before.packets);
		assert_int_equal(stats(&lab)->bytes, before.bytes);
		assert_int_equal(stats(&lab)->top, before.top);
		assert_true(stats(&lab)->bitmap == before.bitmap);
		assert_int_equal(stats(&lab)->last_ms, before.last_ms);
		assert_int_equal(stats(&lab)->auth_failed, (p.len - 24) * 8 - 1);
		accepted(&lab, &p);
		lab_destroy(&lab);
	}
}

/* H146: the window does not follow what did not authenticate. */
static void forged_far_number_does_not_move_the_window(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	uint8_t inner[60];
	struct bed_packet p;

	(void)state;
	inner_packet(inner, sizeof(inner));
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	p.b[24] = 0x80;
	refused(&lab, &p, DROP_ESP_AUTH);
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	accepted(&lab, &p);
	lab_destroy(&lab);
}

/* H145 */
static void sequence_number_zero_is_refused(void **state)
{
	static const uint16_t windows[] = {0, 64};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = windows[i]});
		uint8_t inner[60];
		struct bed_packet p;

		inner_packet(inner, sizeof(inner));
		seal_packet(lab.peer, 0, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		refused(&lab, &p, DROP_ESP_SEQ0);
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		accepted(&lab, &p);
		seal_packet(lab.peer, 0, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		refused(&lab, &p, DROP_ESP_SEQ0);
		lab_destroy(&lab);
	}
}

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
			refused(&lab, &p, reason);
			assert_int_equal(stats(&lab)->top, seq);
		}
	assert_int_equal(stats(&lab)->packets, 0);
	lab_destroy(&lab);
}

/* H133 */
static void next_header_decides(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = aes_sha1, .window = 64});
	uint8_t inner[200];
	struct bed_packet p, out;

	(void)state;
	inner_packet(inner, 100);
	for (unsigned next = 0; next < 256; next++) {
		seal_packet(lab.peer, next + 1, inner, 100, (uint8_t)next, &p);
		if (next == IP_PROTO_IPIP)
			accepted(&lab, &p);
		else
			refused(&lab, &p,
				next == IP_PROTO_NONE ? DROP_ESP_DUMMY : DROP_ESP_NEXT_HEADER);
	}
	/* padding for traffic flow confidentiality behind the inner packet */
	memset(inner + 100, 0xcc, 100);
	seal_packet(lab.peer, 300, inner, 200, IP_PROTO_IPIP, &p);
	assert_true(bed_pass(lab.bed, BED_OUTSIDE, p.b, p.len, &out));
	assert_int_equal(out.len, 100);
	lab_destroy(&lab);
}

/* H134: a tag of 8 or 12 bytes where 16 were agreed. */
static void truncated_tag_is_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	uint8_t inner[60];
	struct bed_packet p;

	(void)state;
	inner_packet(inner, sizeof(inner));
	for (unsigned cut = 1; cut <= 16; cut++) {
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		set_esp_bytes(&lab, &p, p.len - 20 - cut);
		refused(&lab, &p, cut % 4 ? DROP_ESP_ALIGN : DROP_ESP_AUTH);
	}
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	accepted(&lab, &p);
	lab_destroy(&lab);
}

static void inner_from(uint8_t *inner, const uint8_t src[4], const uint8_t dst[4])
{
	inner_packet(inner, 60);
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
			accepted(&lab, &p);
		else
			refused(&lab, &p, DROP_ESP_POLICY);
		bad += !rows[i].good;
	}
	assert_int_equal(stats(&lab)->policy_failed, bad);
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

		inner_packet(inner, sizeof(inner));
		memcpy(inner + 20, &src, 2);
		memcpy(inner + 22, &dst, 2);
		memcpy(inner + 6, &fragment, 2);
		inner[9] = rows[i].protocol;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, i + 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (rows[i].good)
			accepted(&lab, &p);
		else
			refused(&lab, &p, DROP_ESP_POLICY);
	}
	/* too short to have ports at all */
	inner_packet(inner, 22);
	seal_packet(lab.peer, 100, inner, 22, IP_PROTO_IPIP, &p);
	refused(&lab, &p, DROP_ESP_POLICY);
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

		inner_packet(inner, sizeof(inner));
		/* options of nothing but "no operation" */
		memset(inner + 20, 1, 40);
		inner[0] = (uint8_t)first;
		if (header >= 20 && header <= 60)
			bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (first >> 4 == 4 && header >= 20)
			accepted(&lab, &p);
		else
			refused(&lab, &p, DROP_ESP_INNER);
	}
	for (unsigned total = 0; total < 70; total++) {
		inner_packet(inner, sizeof(inner));
		inner[3] = (uint8_t)total;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (total >= 20 && total <= sizeof(inner))
			accepted(&lab, &p);
		else
			refused(&lab, &p, DROP_ESP_INNER);
	}
	inner_packet(inner, sizeof(inner));
	inner[10] ^= 1;
	seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	refused(&lab, &p, DROP_ESP_INNER);
	for (unsigned offset = 1; offset < 4; offset++) {
		inner_packet(inner, sizeof(inner));
		inner[7] = (uint8_t)offset;
		bed_fix_checksum(inner);
		seal_packet(lab.peer, ++seq, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		if (offset >= 2)
			accepted(&lab, &p);
		else
			refused(&lab, &p, DROP_ESP_INNER);
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
	inner_packet(packet, sizeof(packet));
	seal_packet(lab.peer, 1, packet, sizeof(packet), IP_PROTO_IPIP, &inner);
	memcpy(inner.b + 12, (uint8_t[]){192, 168, 1, 10, 192, 168, 2, 1}, 8);
	bed_fix_checksum(inner.b);
	seal_packet(lab.peer, 2, inner.b, inner.len, IP_PROTO_IPIP, &p);
	refused(&lab, &p, DROP_ESP_RECURSION);
	lab_destroy(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wrong_length_is_refused_before_the_crypto),
		cmocka_unit_test(unknown_spi_is_refused),
		cmocka_unit_test(wrong_endpoint_or_encapsulation_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_and_changes_nothing),
		cmocka_unit_test(forged_far_number_does_not_move_the_window),
		cmocka_unit_test(sequence_number_zero_is_refused),
		cmocka_unit_test(wrong_padding_is_refused),
		cmocka_unit_test(next_header_decides),
		cmocka_unit_test(truncated_tag_is_refused),
		cmocka_unit_test(inner_addresses_outside_the_selector_are_refused),
		cmocka_unit_test(inner_ports_outside_the_selector_are_refused),
		cmocka_unit_test(malformed_inner_headers_are_refused),
		cmocka_unit_test(tunnel_in_a_tunnel_to_ourselves_is_refused),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
