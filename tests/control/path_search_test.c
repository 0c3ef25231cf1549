/* SPDX-License-Identifier: BSD-3-Clause */
/* The search for the largest packet, on ways of every kind. */
#include "controlplane/path_search.h"
#include "lib/base/compat.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MOST = 1500,
	SENT_MAX = 40,
};

/* A way: larger than mtu is refused, larger than swallows is lost; told: the refusal says mtu. */
struct way {
	uint16_t mtu;
	uint16_t swallows;
	bool told;
};

static unsigned walk(struct path_search *s, const struct way *way)
{
	unsigned sent = 0;

	path_search_begin(s, MOST);
	while (s->size) {
		assert_true(++sent < SENT_MAX);
		if (s->size > way->mtu)
			path_search_take(s, PATH_REFUSED, way->told ? way->mtu : 0);
		else if (s->size > way->swallows)
			path_search_take(s, PATH_LOST, 0);
		else
			path_search_take(s, PATH_CROSSED, 0);
	}
	return sent;
}

static void every_size_is_found(void **)
{
	struct path_search s;

	for (uint16_t size = PATH_SEARCH_FIRST; size <= MOST; size++) {
		walk(&s, &(struct way){.mtu = size, .swallows = MOST});
		assert_int_equal(s.largest, size);
		assert_int_equal(path_search_blackhole(&s), 0);
		walk(&s, &(struct way){.mtu = MOST, .swallows = size});
		assert_int_equal(s.largest, size);
		assert_int_equal(path_search_blackhole(&s), size < MOST ? size + 1 : 0);
		walk(&s, &(struct way){.mtu = 1400, .swallows = size, .told = true});
		assert_int_equal(s.largest, size < 1400 ? size : 1400);
		assert_int_equal(path_search_blackhole(&s), size < 1400 ? size + 1 : 0);
	}
}

static void wide_way_takes_two_packets(void **)
{
	struct path_search s;

	assert_int_equal(walk(&s, &(struct way){.mtu = MOST, .swallows = MOST}), 2);
}

static void told_limit_is_believed_and_proved(void **)
{
	struct path_search s;

	assert_int_equal(walk(&s, &(struct way){.mtu = 1422, .swallows = MOST, .told = true}), 4);
	assert_int_equal(s.refused, 1423);
}

static void silence_is_no_size(void **)
{
	struct path_search s;

	assert_int_equal(walk(&s, &(struct way){.mtu = MOST, .swallows = 0}), PATH_SEARCH_TRIES);
	assert_int_equal(s.largest, 0);
	assert_int_equal(path_search_blackhole(&s), 0);
}

/* A limit that lies, and one packet lost by accident. */
static void accidents_change_nothing(void **)
{
	struct path_search s;

	path_search_begin(&s, MOST);
	path_search_take(&s, PATH_LOST, 0);
	assert_int_equal(s.size, PATH_SEARCH_FIRST);
	path_search_take(&s, PATH_CROSSED, 0);
	path_search_take(&s, PATH_REFUSED, 40);
	assert_true(s.size > PATH_SEARCH_FIRST && s.size < MOST);
	path_search_take(&s, PATH_REFUSED, UINT16_MAX);
	assert_true(s.size > PATH_SEARCH_FIRST && s.size < MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_found),
		cmocka_unit_test(wide_way_takes_two_packets),
		cmocka_unit_test(told_limit_is_believed_and_proved),
		cmocka_unit_test(silence_is_no_size),
		cmocka_unit_test(accidents_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
