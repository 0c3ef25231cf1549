/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of every size up to 9216 bytes: no buffer is too short for what is put around them
 * (H182), in one piece or in several (H152), whole or in fragments of either kind.
 */
#include "dataplane/fragment.h"
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	MTU = 9216,
};

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};
static const struct alg_suite aes_sha256 = {ALG_CIPHER_AES_256, ALG_HASH_SHA256};

struct pair {
	struct bed *a, *b;
};

static struct pair pair_of(const struct bed_sa *sa, uint16_t outside)
{
	struct pair p = {bed_create(1, 1), bed_create(2, 1)};

	for (unsigned i = 0; i < 2; i++) {
		struct bed *bed = i ? p.b : p.a;

		bed_set_mtu(bed, MTU);
		bed_policy(bed);
		bed_install(bed, sa);
	}
	if (outside != MTU)
		bed_set_mtu(p.a, outside);
	return p;
}

static void pair_end(struct pair *p)
{
	bed_check_pool(p->a);
	bed_check_pool(p->b);
	bed_destroy(p->a);
	bed_destroy(p->b);
}

/* What left a by the tunnel reaches the inside of b; returns how many packets that were. */
static unsigned carry(struct pair *p)
{
	struct bed_packet wire;
	unsigned n = 0;

	for (; bed_take(p->a, BED_OUTSIDE, &wire); n++)
		bed_put(p->b, BED_OUTSIDE, wire.b, wire.len);
	bed_run(p->b);
	return n;
}

static void cross(struct pair *p, const uint8_t *ip, unsigned len)
{
	struct bed_packet out;

	bed_put(p->a, BED_INSIDE, ip, len);
	bed_run(p->a);
	carry(p);
	assert_true(bed_take(p->b, BED_INSIDE, &out));
	assert_int_equal(out.len, len);
	assert_memory_equal(out.b + 20, ip + 20, len - 20);
}

static void every_size_crosses_or_is_answered(void **state)
{
	static const struct {
		const struct alg_suite *suite;
		uint32_t flags;
		unsigned step;
	} rows[] = {
		{&gcm, 0, 1},
		{&aes_sha256, 0, 1},
		{&gcm, PLANE_SA_UDP, 13},
		{&aes_sha256, PLANE_SA_UDP, 13},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = {.suite = *rows[i].suite,
				    .generation = 1,
				    .window = 64,
				    .flags = rows[i].flags | PLANE_SA_DF_COPY};
		struct pair p = pair_of(&sa, MTU);
		unsigned too_big = 0;
		uint8_t ip[MTU];
		struct bed_packet out;

		for (unsigned len = 20; len <= MTU; len += rows[i].step) {
			bed_udp(ip, 1, 2, len);
			ip[6] = 0x40;
			bed_fix_checksum(ip);
			if (!too_big && len <= 9130) {
				cross(&p, ip, len);
				continue;
			}
			bed_put(p.a, BED_INSIDE, ip, len);
			bed_run(p.a);
			too_big += carry(&p) == 0;
		}
		/* what the headers of the tunnel take */
		assert_in_range(too_big, 40 / rows[i].step, 1 + 90 / rows[i].step);
		assert_int_equal(bed_drops(p.a), too_big);
		assert_int_equal(bed_drop(p.a, DROP_TOO_BIG), too_big);
		assert_int_equal(bed_drops(p.b), 0);
		while (bed_take(p.b, BED_INSIDE, &out))
			;
		bed_flush(p.a);
		pair_end(&p);
	}
}

/* Fragments of ESP packets, put together at the other end. */
static void every_size_crosses_in_fragments_after_encryption(void **state)
{
	static const uint16_t mtus[] = {1500, 4000};
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_FRAGMENT_AFTER};

	(void)state;
	for (unsigned i = 0; i < array_len(mtus); i++) {
		struct pair p = pair_of(&sa, mtus[i]);
		uint8_t ip[MTU];

		for (unsigned len = 1400; len <= MTU; len += 7)
			cross(&p, ip, bed_udp(ip, 1, 2, len));
		assert_int_equal(bed_drops(p.a) + bed_drops(p.b), 0);
		pair_end(&p);
	}
}

/* Each fragment an ESP packet of its own: the other end passes them on. */
static void every_size_crosses_in_fragments_before_encryption(void **state)
{
	static const uint16_t mtus[] = {576, 1500, 4000};
	struct bed_sa sa = {
		.suite = aes_sha256, .generation = 1, .window = 64, .flags = PLANE_SA_DF_COPY};

	(void)state;
	for (unsigned i = 0; i < array_len(mtus); i++) {
		struct pair p = pair_of(&sa, mtus[i]);
		uint8_t ip[MTU], whole[MTU];
		struct bed_packet out;

		for (unsigned len = 600; len <= MTU; len += 43) {
			unsigned got = 0;

			bed_put(p.a, BED_INSIDE, ip, bed_udp(ip, 1, 2, len));
			bed_run(p.a);
			carry(&p);
			for (; bed_take(p.b, BED_INSIDE, &out); got += out.len - 20)
				memcpy(whole + ((out.b[6] & 31u) << 8 | out.b[7]) * 8, out.b + 20,
				       out.len - 20);
			assert_int_equal(got, len - 20);
			assert_memory_equal(whole, ip + 20, len - 20);
		}
		assert_int_equal(bed_drops(p.a) + bed_drops(p.b), 0);
		pair_end(&p);
	}
}

/* H152: what a device gives in several buffers is what it would be in one. */
static void frames_in_several_buffers_are_gathered(void **state)
{
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64, .flags = PLANE_SA_DF_COPY};
	struct pair p = pair_of(&sa, MTU);
	struct bed_packet out;
	uint8_t frame[14 + MTU] = {0};

	(void)state;
	srand(3);
	memcpy(frame, p.a->dp.ports[BED_INSIDE].mac, 6);
	frame[12] = 8;
	for (unsigned n = 0; n < 500; n++) {
		unsigned len = bed_udp(frame + 14, 1, 2, 60 + (unsigned)rand() % 9000);
		struct rte_mbuf *m = NULL;

		for (unsigned at = 0; at < 14 + len;) {
			unsigned most = 14 + len - at, each = 1 + (unsigned)rand() % 2000;
			struct rte_mbuf *s = rte_pktmbuf_alloc(p.a->dp.pool);

			each = each > most ? most : each;
			memcpy(rte_pktmbuf_append(s, (uint16_t)each), frame + at, each);
			at += each;
			if (!m)
				m = s;
			else
				assert_int_equal(rte_pktmbuf_chain(m, s), 0);
		}
		assert_int_equal(rte_ring_enqueue(p.a->rx[BED_INSIDE], m), 0);
		bed_run(p.a);
		assert_int_equal(carry(&p), 1);
		assert_true(bed_take(p.b, BED_INSIDE, &out));
		assert_int_equal(out.len, len);
		assert_memory_equal(out.b + 20, frame + 34, len - 20);
	}
	assert_int_equal(bed_drops(p.a) + bed_drops(p.b), 0);
	pair_end(&p);
}

/* A path too narrow for the number of fragments there may be. */
static void too_many_fragments_are_none(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t ip[MTU];
	struct bed_packet out;
	unsigned n = 0;

	(void)state;
	bed_set_mtu(bed, 68);
	bed_udp(ip, 1, 2, 20 + FRAGMENT_MAX * 48);
	memcpy(ip + 16, (uint8_t[]){172, 16, 0, 1}, 4);
	bed_fix_checksum(ip);
	bed_put(bed, BED_INSIDE, ip, 20 + FRAGMENT_MAX * 48);
	bed_run(bed);
	while (bed_take(bed, BED_OUTSIDE, &out))
		n++;
	assert_int_equal(n, FRAGMENT_MAX);
	bed_udp(ip, 1, 2, 20 + FRAGMENT_MAX * 48 + 1);
	memcpy(ip + 16, (uint8_t[]){172, 16, 0, 1}, 4);
	bed_fix_checksum(ip);
	bed_put(bed, BED_INSIDE, ip, 20 + FRAGMENT_MAX * 48 + 1);
	bed_run(bed);
	assert_false(bed_take(bed, BED_OUTSIDE, &out));
	assert_int_equal(bed_drop(bed, DROP_FRAGMENT_FAILED), 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_crosses_or_is_answered),
		cmocka_unit_test(every_size_crosses_in_fragments_after_encryption),
		cmocka_unit_test(every_size_crosses_in_fragments_before_encryption),
		cmocka_unit_test(frames_in_several_buffers_are_gathered),
		cmocka_unit_test(too_many_fragments_are_none),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
