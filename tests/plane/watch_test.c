/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker that does not run is noticed, told of once, and told of again when it runs. */
#include "dataplane/watch.h"
#include "tests/plane/box.h"

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

static struct plane_stats_worker workers[3];
static struct plane_stats_main stats;

static void look_at(struct watch *w, uint64_t now_ms)
{
	watch_run(w, workers, 3, &stats, now_ms);
}

static void a_stall_is_counted_once(void **state)
{
	struct watch w = {0};

	(void)state;
	memset(&stats, 0, sizeof(stats));
	workers[0].heartbeat_ms = workers[1].heartbeat_ms = 10000;
	workers[2].heartbeat_ms = 0; /* not started yet */
	look_at(&w, 10000);
	for (unsigned ms = 500; ms <= 5000; ms += 500) {
		workers[1].heartbeat_ms = 10000 + ms;
		look_at(&w, 10000 + ms);
		assert_int_equal(stats.worker_stalls[0], ms > WATCH_STALL_MS);
	}
	workers[0].heartbeat_ms = 15000;
	look_at(&w, 15400);
	assert_false(w.workers[0].stalled);
	workers[1].heartbeat_ms = 15400;
	look_at(&w, 16200);
	assert_int_equal(stats.worker_stalls[0], 2);
	assert_int_equal(stats.worker_stalls[1] + stats.worker_stalls[2], 0);
}

/* The machine was suspended: nobody ran. */
static void a_pause_of_everything_is_no_stall(void **state)
{
	struct watch w = {0};

	(void)state;
	memset(&stats, 0, sizeof(stats));
	workers[0].heartbeat_ms = workers[1].heartbeat_ms = workers[2].heartbeat_ms = 10000;
	look_at(&w, 10100);
	look_at(&w, 70000);
	assert_int_equal(stats.worker_stalls[0], 0);
	/* but one that goes on standing still */
	workers[1].heartbeat_ms = workers[2].heartbeat_ms = 70400;
	look_at(&w, 70500);
	assert_int_equal(stats.worker_stalls[0], 1);
	assert_int_equal(stats.worker_stalls[1], 0);
}

/* The main loop looks, with a real worker that nobody calls. */
static void the_main_loop_sees_a_worker_that_is_not_run(void **state)
{
	struct box *b = *state;
	const struct plane_stats_main *seen = b->bed->plane.stats_main;

	box_run(b);
	/* on a busy machine the main loop may be late itself, and then looks once more */
	for (unsigned i = 0; i < 5 || (i < 50 && !seen->worker_stalls[0]); i++) {
		usleep(300000);
		main_loop_once(b->main);
	}
	assert_int_equal(seen->worker_stalls[0], 1);
	box_run(b);
	usleep(600000);
	bed_run(b->bed);
	main_loop_once(b->main);
	assert_int_equal(seen->worker_stalls[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stall_is_counted_once),
		cmocka_unit_test(a_pause_of_everything_is_no_stall),
		cmocka_unit_test_setup_teardown(the_main_loop_sees_a_worker_that_is_not_run,
						box_make, box_destroy),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
