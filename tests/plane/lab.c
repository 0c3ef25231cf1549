/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/lab.h"

#include <cmocka.h>

struct lab lab_create(struct bed_sa sa)
{
	struct lab lab = {.bed = bed_create(2, 1), .sa = sa};

	lab.sa.generation = 1;
	bed_policy(lab.bed);
	bed_install(lab.bed, &lab.sa);
	lab.peer = seal_create(&lab.sa, 1);
	return lab;
}

void lab_destroy(struct lab *lab)
{
	bed_flush(lab->bed);
	bed_check_pool(lab->bed);
	seal_destroy(lab->peer);
	bed_destroy(lab->bed);
}

void lab_refused(struct lab *lab, const struct bed_packet *p, enum drop_reason reason)
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

void lab_accepted(struct lab *lab, const struct bed_packet *p)
{
	struct bed_packet out;
	uint64_t all = bed_drops(lab->bed);

	assert_true(bed_pass(lab->bed, BED_OUTSIDE, p->b, p->len, &out));
	assert_int_equal(bed_drops(lab->bed), all);
}

struct plane_stats_in *lab_stats(const struct lab *lab)
{
	return &lab->bed->plane.stats_in[lab->sa.slot];
}

unsigned lab_inner(uint8_t *out, unsigned len)
{
	return bed_udp(out, 1, 2, len);
}
