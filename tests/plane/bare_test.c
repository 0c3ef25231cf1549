/* SPDX-License-Identifier: BSD-3-Clause */
/* R062: a cipher alone carries packets, and trusts nothing of them. */
#include "dataplane/worker_state.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	SUITES = 64
};

static struct bed_sa sa_of(struct alg_suite suite)
{
	return (struct bed_sa){.suite = suite, .generation = 1};
}

static void cross(struct bed *from, struct bed *to, unsigned len)
{
	uint8_t packet[BED_PACKET];
	struct bed_packet wire, out;

	bed_udp(packet, from->site, to->site, len);
	assert_true(bed_pass(from, BED_INSIDE, packet, len, &wire));
	assert_true(bed_pass(to, BED_OUTSIDE, wire.b, wire.len, &out));
	packet[8] = (uint8_t)(packet[8] - 2);
	bed_fix_checksum(packet);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.b, packet, len);
}

static void every_cipher_alone_carries_packets_both_ways(void **)
{
	struct alg_suite suites[SUITES];
	unsigned n = bed_bare_suites(suites, SUITES);

	assert_int_equal(n, 5);
	for (unsigned i = 0; i < n; i++)
		for (unsigned udp = 0; udp < 2; udp++) {
			struct bed_sa sa = sa_of(suites[i]);
			struct bed *a = bed_create(1, 1), *b = bed_create(2, 1);

			sa.flags = udp ? PLANE_SA_UDP : 0;
			bed_policy(a);
			bed_policy(b);
			bed_install(a, &sa);
			bed_install(b, &sa);
			for (unsigned len = 28; len < 64; len++) {
				cross(a, b, len);
				cross(b, a, len);
			}
			cross(a, b, 1400);
			assert_int_equal(bed_drops(a) + bed_drops(b), 0);
			assert_int_equal(b->plane.stats_in[0].packets, 37);
			bed_destroy(a);
			bed_destroy(b);
		}
}

/* Without integrity a number says nothing: no window, no extended numbers, no peer that moves. */
static void what_a_forged_packet_could_change_is_refused(void **)
{
	static const struct {
		uint32_t window;
		uint32_t flags;
		int err;
	} rows[] = {
		{0, 0, 0},
		{64, 0, -EINVAL},
		{64, PLANE_SA_ESN, -EINVAL},
		{0, PLANE_SA_ESN, -EINVAL},
		{0, PLANE_SA_UDP | PLANE_SA_FOLLOW, 0},
	};

	for (unsigned i = 0; i < array_len(rows); i++) {
		struct bed_sa sa = sa_of((struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_NONE});
		struct bed *bed = bed_create(2, 1);
		struct plane_msg msg;

		sa.window = rows[i].window;
		sa.flags = rows[i].flags;
		msg = bed_sa_msg(&sa, 1, false);
		assert_int_equal(bed_command(bed, &msg, NULL), rows[i].err);
		if (!rows[i].err)
			assert_false(bed->dp.workers[0]->sas.in[0].flags & SA_FOLLOW);
		bed_destroy(bed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cipher_alone_carries_packets_both_ways),
		cmocka_unit_test(what_a_forged_packet_could_change_is_refused),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
