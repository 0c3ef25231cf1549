/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long after: what the reorder meter says of a stream whose clock is known. Both the numbers
 * and the milliseconds pass 2^32 on the way.
 */
#include "dataplane/reorder.h"
#include "dataplane/sa_table.h"

#include <cmocka.h>

enum {
	WINDOW = 64,
	PIECE = 80, /* reorder_sample_step(WINDOW) */
	FINE_REACH = REORDER_FINE * PIECE,
	COARSE_REACH = REORDER_COARSE * FINE_REACH,
};

struct meter {
	struct sa_in sa;
	struct plane_stats_in in;
	struct plane_stats_reorder stats;
	struct reorder_row row;
	struct reorder reorder;
	uint64_t now_ms;
};

static void meter_init(struct meter *m)
{
	*m = (struct meter){.now_ms = (1ull << 32) - 3000};
	m->sa.stats = &m->in;
	m->sa.flags = SA_ESN;
	m->sa.replay.window = WINDOW;
	m->sa.replay.top = (1ull << 32) - 2000;
	m->sa.last_ms = m->now_ms;
	m->reorder = (struct reorder){.rows = &m->row, .stats = &m->stats};
	reorder_begin(&m->reorder, &m->sa);
}

/* n numbers in order, each so long after the one before, sampled as the inbound path does. */
static void pass(struct meter *m, unsigned n, unsigned ms_each)
{
	while (n--) {
		m->now_ms += ms_each;
		m->sa.replay.top++;
		m->sa.last_ms = m->now_ms;
		if ((uint32_t)m->sa.replay.top - m->sa.sampled >= PIECE)
			reorder_sample(&m->reorder, &m->sa, m->now_ms);
	}
}

/* The one bucket that was counted in; empties the histogram. */
static unsigned only_bucket(uint32_t *ages)
{
	unsigned found = PLANE_REORDER_AGES;

	for (unsigned i = 0; i < PLANE_REORDER_AGES; i++) {
		if (!ages[i])
			continue;
		assert_int_equal(ages[i], 1);
		assert_int_equal(found, PLANE_REORDER_AGES);
		found = i;
		ages[i] = 0;
	}
	return found;
}

/* The bucket of a copy of the number so far below the highest. */
static unsigned seen(struct meter *m, uint64_t back)
{
	reorder_seen(&m->reorder, &m->sa, m->sa.replay.top - back, m->now_ms);
	return only_bucket(m->stats.seen_after);
}

/* The bucket of a packet that the window passed so many numbers ago. */
static unsigned late(struct meter *m, uint64_t back)
{
	reorder_late(&m->reorder, &m->sa, m->sa.replay.top - WINDOW - back, REORDER_VERIFIED,
		     m->now_ms);
	return only_bucket(m->stats.late_after);
}

static unsigned bucket_of(uint64_t ms)
{
	static const uint64_t below[] = {1, 4, 16, 64, 256, 1024, 4096};
	unsigned i = 0;

	while (i < array_len(below) && ms >= below[i])
		i++;
	return i;
}

/* On a steady stream the interpolation is exact, to the number and the millisecond. */
static void assert_exact(struct meter *m, unsigned ms_each, uint64_t reach)
{
	for (uint64_t back = 0; back < reach; back += 1 + back / 64) {
		assert_int_equal(seen(m, back), bucket_of(back * ms_each));
		assert_int_equal(late(m, back), bucket_of(back * ms_each));
	}
	for (uint64_t bound = 1; bound <= 4096; bound *= 4) {
		uint64_t back = (bound + ms_each - 1) / ms_each; /* the first as old as that */

		if (back >= reach)
			return;
		assert_int_equal(seen(m, back), bucket_of(back * ms_each));
		assert_int_equal(seen(m, back - 1), bucket_of((back - 1) * ms_each));
	}
}

static void steady_stream_is_exact(void **state)
{
	static const unsigned paces[] = {1, 3, 10, 100};

	(void)state;
	for (size_t i = 0; i < array_len(paces); i++) {
		struct meter m;

		meter_init(&m);
		/* wherever the present stands between two samples, fine and coarse */
		for (unsigned k = 0; k < 50; k++) {
			pass(&m, k ? 37 : 10000, paces[i]);
			assert_exact(&m, paces[i], COARSE_REACH - FINE_REACH);
		}
		assert_true(m.sa.replay.top >> 32 == 1);
	}
}

/* The last packet is some time ago: everything is older by that. */
static void silence_is_counted(void **state)
{
	struct meter m;

	(void)state;
	meter_init(&m);
	pass(&m, 1000, 1);
	m.now_ms += 15;
	assert_int_equal(seen(&m, 0), 2);
	assert_int_equal(seen(&m, 1), 3);
	m.now_ms += 5000;
	assert_int_equal(seen(&m, 0), PLANE_REORDER_AGES - 1);
}

/* A change of pace at a sample: each side has its own. */
static void each_piece_has_its_own_pace(void **state)
{
	struct meter m;

	(void)state;
	meter_init(&m);
	pass(&m, 2000, 20);
	while (m.sa.sampled != (uint32_t)m.sa.replay.top)
		pass(&m, 1, 20);
	pass(&m, 2 * PIECE, 1);
	/* 160 ms ago it began to be fast; 4 numbers before that are 80 ms, 5 are 100 ms */
	assert_int_equal(seen(&m, 63), 3);
	assert_int_equal(seen(&m, 64), 4);
	assert_int_equal(seen(&m, 2 * PIECE + 4), 4);
	assert_int_equal(seen(&m, 2 * PIECE + 5), 5);
}

/* What is older than every sample is as old as the oldest, at least. */
static void before_the_oldest_sample_it_is_that_old(void **state)
{
	struct meter m;

	(void)state;
	meter_init(&m);
	pass(&m, 1, 1);
	pass(&m, 50, 1);
	assert_int_equal(seen(&m, 15), 2);
	assert_int_equal(seen(&m, 16), 3);
	assert_int_equal(seen(&m, 1000), 3);
	pass(&m, 10 * COARSE_REACH, 2);
	assert_int_equal(seen(&m, 9 * COARSE_REACH), PLANE_REORDER_AGES - 1);
	meter_init(&m);
	pass(&m, 50000, 0);
	pass(&m, COARSE_REACH + FINE_REACH, 0);
	m.now_ms += 100;
	assert_int_equal(seen(&m, 60000), 4);
}

/* A renewed SA in the slot knows nothing of the one before. */
static void new_sa_begins_without_samples(void **state)
{
	struct meter m;

	(void)state;
	meter_init(&m);
	pass(&m, 5000, 10);
	m.sa.replay.top = 1;
	reorder_begin(&m.reorder, &m.sa);
	assert_int_equal(m.row.n, 0);
	assert_int_equal(seen(&m, 1), 0);
	pass(&m, 1, 1);
	assert_int_equal(m.row.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady_stream_is_exact),
		cmocka_unit_test(silence_is_counted),
		cmocka_unit_test(each_piece_has_its_own_pace),
		cmocka_unit_test(before_the_oldest_sample_it_is_that_old),
		cmocka_unit_test(new_sa_begins_without_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
