/* SPDX-License-Identifier: BSD-3-Clause */
/* When the counters of an SA suggest that large packets are lost, and the questions that tell. */
#include "controlplane/size_search.h"
#include "lib/base/compat.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MTU = 1500,
	SENT_MAX = 40,
};

static void suspects_what_may_be_lost(void **)
{
	static const struct {
		const char *what;
		struct size_counts before, now;
		uint16_t size;
	} rows[] = {
		{"nothing", .size = 0},
		{"DF and more than fits",
		 .now.c = {.out_packets = 3, .out_bytes = 200, .too_big_sent = 1},
		 .size = SIZE_SEARCH_FULL},
		{"DF and more than fits, once upon a time", .before.c = {.too_big_sent = 1},
		 .now.c = {.too_big_sent = 1}, .size = 0},
		{"large ones go out", .now.c = {.out_packets = 10, .out_bytes = 12000},
		 .size = 1200},
		{"large ones, where some were too large", .before.c = {.too_big_sent = 1},
		 .now.c = {.out_packets = 10, .out_bytes = 9000, .too_big_sent = 1},
		 .size = SIZE_SEARCH_FULL},
		{"two large ones", .now.c = {.out_packets = 2, .out_bytes = 2800}, .size = 0},
		{"small ones", .now.c = {.out_packets = 100, .out_bytes = 8400}, .size = 0},
		{"the peer's are missing, small ones come",
		 .before = {.c = {.in_packets = 10}, .top = 10},
		 .now = {.c = {.in_packets = 15, .in_bytes = 300}, .top = 18},
		 .size = SIZE_SEARCH_FULL},
		{"the peer's are missing, large ones come",
		 .before = {.c = {.in_packets = 10}, .top = 10},
		 .now = {.c = {.in_packets = 15, .in_bytes = 7000}, .top = 18}, .size = 0},
		{"one is missing", .before = {.c = {.in_packets = 10}, .top = 10},
		 .now = {.c = {.in_packets = 15, .in_bytes = 300}, .top = 16}, .size = 0},
		{"cleared meanwhile", .before.c = {.out_packets = 100, .in_packets = 50},
		 .now.c = {.out_packets = 10, .out_bytes = 14000}, .size = 0},
	};

	for (size_t i = 0; i < array_len(rows); i++)
		if (size_search_suspect(&rows[i].before, &rows[i].now) != rows[i].size)
			fail_msg("%s", rows[i].what);
}

/* Loses what is larger than swallows, and of all others every so many, counted from first. */
struct way {
	uint16_t swallows;
	unsigned every;
	unsigned first;
};

static void walk(struct size_search *s, const struct way *way)
{
	unsigned sent = 0;

	size_search_begin(s, MTU);
	while (s->size) {
		bool chance = way->every && (sent + way->first) % way->every == 0;

		assert_true(++sent < SENT_MAX);
		size_search_take(s, s->size <= way->swallows && !chance);
	}
}

static void a_way_that_takes_all_is_good(void **)
{
	struct size_search s;

	walk(&s, &(struct way){.swallows = MTU});
	assert_true(size_search_good(&s));
	assert_false(size_search_lost(&s));
}

static void every_narrow_way_is_found(void **)
{
	struct size_search s;

	for (uint16_t size = SIZE_SEARCH_FIRST; size < MTU; size++) {
		walk(&s, &(struct way){.swallows = size});
		assert_true(size_search_lost(&s));
		assert_false(size_search_good(&s));
		assert_in_range(s.path.largest, size - SIZE_SEARCH_STEP, size);
	}
}

/* Such questions are not answered, or nothing is. */
static void silence_says_nothing(void **)
{
	struct size_search s;

	walk(&s, &(struct way){.swallows = 100});
	assert_false(size_search_lost(&s));
	assert_false(size_search_good(&s));
}

/* A way that takes all sizes and loses by chance is never said to be narrow. */
static void chance_is_no_size(void **)
{
	struct size_search s;

	for (unsigned every = 2; every < 12; every++)
		for (unsigned first = 0; first < every; first++) {
			walk(&s, &(struct way){.swallows = MTU, .every = every, .first = first});
			assert_false(size_search_lost(&s));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suspects_what_may_be_lost),
		cmocka_unit_test(a_way_that_takes_all_is_good),
		cmocka_unit_test(every_narrow_way_is_found),
		cmocka_unit_test(silence_says_nothing),
		cmocka_unit_test(chance_is_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
