/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an attacker sends to the ESP input of site 2 (hostile.md H126-H131, H134, H145-H146): one
 * exact counter for each packet, nothing of the SA changed by what did not authenticate, every
 * buffer back in the pool.
 */
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "tests/plane/lab.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};

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
			lab_refused(&lab, &p, reason);
		}
		assert_int_equal(lab_stats(&lab)->packets, 0);
		assert_int_equal(lab_stats(&lab)->top, 0);
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
	lab_inner(inner, 100);
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
		lab_refused(&lab, &p, DROP_ESP_NO_SA);
	}
	seal_packet(lab.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	lab_accepted(&lab, &p);
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
	lab_inner(inner, 100);
	seal_packet(raw.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	lab_refused(&udp, &p, DROP_ESP_ENDPOINT);
	p.b[15] ^= 8; /* another source */
	bed_fix_checksum(p.b);
	lab_refused(&raw, &p, DROP_ESP_ENDPOINT);
	p.b[15] ^= 8;
	memcpy(p.b + 16, (uint8_t[]){192, 168, 2, 1}, 4); /* our other address */
	bed_fix_checksum(p.b);
	lab_refused(&raw, &p, DROP_ESP_ENDPOINT);
	memcpy(p.b + 16, (uint8_t[]){10, 9, 0, 2}, 4);
	p.b[9] = IP_PROTO_AH;
	bed_fix_checksum(p.b);
	lab_refused(&raw, &p, DROP_NOT_OURS);
	p.b[9] = IP_PROTO_ESP;
	bed_fix_checksum(p.b);
	lab_accepted(&raw, &p);

	seal_packet(udp.peer, 1, inner, 100, IP_PROTO_IPIP, &p);
	lab_refused(&raw, &p, DROP_ESP_ENDPOINT);
	memcpy(p.b + 20, (uint8_t[]){0x77, 0x77},
	       2); /* a NAT gave it another port: the ICV decides */
	lab_accepted(&udp, &p);
	assert_int_equal(lab_stats(&raw)->other_failed, 3);
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

		lab_inner(inner, sizeof(inner));
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		lab_accepted(&lab, &p);
		before = *lab_stats(&lab);
		seal_packet(lab.peer, 3, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		for (unsigned bit = 20 * 8; bit < p.len * 8; bit++) {
			struct bed_packet bad = p;
			enum drop_reason reason = DROP_ESP_AUTH;

			bad.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			if (bit < 24 * 8)
				reason = DROP_ESP_NO_SA;
			else if (bit == 27 * 8 + 6) /* 3 -> 1 */
				reason = DROP_ESP_REPLAY_SEEN;
			lab_refused(&lab, &bad, reason);
		}
		assert_int_equal(lab_stats(&lab)->packets, before.packets);
		assert_int_equal(lab_stats(&lab)->bytes, before.bytes);
		assert_int_equal(lab_stats(&lab)->top, before.top);
		assert_true(lab_stats(&lab)->bitmap == before.bitmap);
		assert_int_equal(lab_stats(&lab)->last_ms, before.last_ms);
		assert_int_equal(lab_stats(&lab)->auth_failed, (p.len - 24) * 8 - 1);
		lab_accepted(&lab, &p);
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
	lab_inner(inner, sizeof(inner));
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	p.b[24] = 0x80;
	lab_refused(&lab, &p, DROP_ESP_AUTH);
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	lab_accepted(&lab, &p);
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

		lab_inner(inner, sizeof(inner));
		seal_packet(lab.peer, 0, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		lab_refused(&lab, &p, DROP_ESP_SEQ0);
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		lab_accepted(&lab, &p);
		seal_packet(lab.peer, 0, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		lab_refused(&lab, &p, DROP_ESP_SEQ0);
		lab_destroy(&lab);
	}
}

/* H134: a tag of 8 or 12 bytes where 16 were agreed. */
static void truncated_tag_is_refused(void **state)
{
	struct lab lab = lab_create((struct bed_sa){.suite = gcm, .window = 64});
	uint8_t inner[60];
	struct bed_packet p;

	(void)state;
	lab_inner(inner, sizeof(inner));
	for (unsigned cut = 1; cut <= 16; cut++) {
		seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
		set_esp_bytes(&lab, &p, p.len - 20 - cut);
		lab_refused(&lab, &p, cut % 4 ? DROP_ESP_ALIGN : DROP_ESP_AUTH);
	}
	seal_packet(lab.peer, 1, inner, sizeof(inner), IP_PROTO_IPIP, &p);
	lab_accepted(&lab, &p);
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
		cmocka_unit_test(truncated_tag_is_refused),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
