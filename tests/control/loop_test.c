/* SPDX-License-Identifier: BSD-3-Clause */
/* The event loop: whatever is due has its turn, without anything else to wake it. */
#include "controlplane/loop.h"
#include "lib/base/clock.h"

#include <cmocka.h>

#include <sys/eventfd.h>
#include <unistd.h>

enum {
	TURNS = 2000,
	LIMIT_S = 60,
};

struct turns {
	struct loop loop;
	unsigned n;
	uint64_t wait_ms;
};

/* Time passes before the loop looks at its timers, as on a machine that is busy. */
static void dawdle(void)
{
	uint64_t until = clock_now_ms() + 2;

	while (clock_now_ms() < until)
		;
}

static uint64_t turn(void *ctx)
{
	struct turns *t = ctx;

	if (++t->n == TURNS)
		loop_stop(&t->loop);
	if (t->n % 100 == 0)
		dawdle();
	return clock_now_ms() + t->wait_ms;
}

static void terminate(void *ctx)
{
	(void)ctx;
}

/* Hangs, and is ended by the alarm, when the loop sleeps though something is due. */
static void run(uint64_t wait_ms)
{
	static struct turns t;
	int bell = eventfd(0, EFD_NONBLOCK);

	t = (struct turns){.wait_ms = wait_ms};
	assert_true(bell >= 0);
	assert_int_equal(
		loop_init(&t.loop, bell,
			  &(struct loop_handlers){.ctx = &t, .turn = turn, .terminate = terminate}),
		0);
	alarm(LIMIT_S);
	loop_run(&t.loop);
	alarm(0);
	assert_true(t.n >= TURNS);
	loop_fini(&t.loop);
	close(bell);
}

static void what_is_due_now_has_its_turn(void **state)
{
	(void)state;
	run(0);
}

static void what_is_due_in_a_moment_has_its_turn(void **state)
{
	(void)state;
	run(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_due_now_has_its_turn),
		cmocka_unit_test(what_is_due_in_a_moment_has_its_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
