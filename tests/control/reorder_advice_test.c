/* SPDX-License-Identifier: BSD-3-Clause */
/* The sentences about what a replay window refused, as a table. */
#include "controlplane/reorder_advice.h"

#include <cmocka.h>

struct row {
	struct reorder_facts facts;
	const char *late;
	const char *seen;
};

static const struct row rows[] = {
	{{.window = 64, .configured = 64, .late = 1204, .distance = 700, .seconds = 60},
	 "reordering up to 700 seen, window 64 dropped 1,204 packets in 60 s: "
	 "`crypto ipsec security-association replay window-size 1024`",
	 ""},
	{{.window = 64, .configured = 64, .late = 1, .distance = 64, .seconds = 9},
	 "reordering up to 64 seen, window 64 dropped 1 packet in 9 s: "
	 "`crypto ipsec security-association replay window-size 128`",
	 ""},
	/* so far below is just out of reach of a window of that size */
	{{.window = 128, .configured = 128, .late = 2, .distance = 1024, .seconds = 60},
	 "reordering up to 1,024 seen, window 128 dropped 2 packets in 60 s: "
	 "`crypto ipsec security-association replay window-size 2048`",
	 ""},
	{{.window = 64,
	  .configured = 64,
	  .late = 1234567,
	  .distance = 65535,
	  .seconds = 60,
	  .map = "M",
	  .sequence = 10},
	 "reordering up to 65,535 seen, window 64 dropped 1,234,567 packets in 60 s: "
	 "`crypto map M 10 ipsec-isakmp`, `set security-association replay window-size 65536`",
	 ""},
	{{.window = 64, .configured = 1024, .late = 12, .distance = 700, .seconds = 60},
	 "reordering up to 700 seen, window 64 dropped 12 packets in 60 s: a window of 1024 is "
	 "configured and holds from the next security association on",
	 ""},
	{{.window = 65536, .configured = 65536, .late = 3, .distance = 65536, .seconds = 60},
	 "reordering up to 65,536 seen, window 65536 dropped 3 packets in 60 s: no window is that "
	 "large: find what delays packets so long on the path",
	 ""},
	{{.window = 64, .configured = 64, .seen = 3, .distance = 700, .seconds = 60},
	 "",
	 "3 packets in 60 s had a number already received: duplicated on the path or replayed; no "
	 "window size changes that"},
	{{.window = 64, .configured = 64, .seconds = 60}, "", ""},
};

static void sentence_names_the_window_that_would_do(void **)
{
	char text[REORDER_ADVICE_TEXT];

	for (size_t i = 0; i < array_len(rows); i++) {
		assert_string_equal(reorder_advice_late(&rows[i].facts, text, sizeof(text)),
				    rows[i].late);
		assert_string_equal(reorder_advice_seen(&rows[i].facts, text, sizeof(text)),
				    rows[i].seen);
	}
}

static void window_is_the_smallest_that_reaches(void **)
{
	for (uint32_t distance = 0; distance < 70000; distance++) {
		uint32_t window = reorder_advice_window(distance);

		if (distance >= 65536) {
			assert_int_equal(window, 0);
			continue;
		}
		assert_true(window > distance && window >= 64 && window <= 65536);
		assert_true(window == 64 || window / 2 <= distance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentence_names_the_window_that_would_do),
		cmocka_unit_test(window_is_the_smallest_that_reaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
