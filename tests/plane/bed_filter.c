/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/bed.h"

#include <cmocka.h>

void bed_filter(struct bed *bed, const struct plane_rule *rules, const uint8_t *ports, size_t n,
		uint8_t flags)
{
	const struct plane_filter says = {.count = (uint32_t)n, .flags = flags};

	assert_int_equal(filter_main_begin(&bed->filter, &says), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(filter_main_line(&bed->filter, &rules[i], ports[i]), 0);
	assert_int_equal(filter_main_commit(&bed->filter, &bed->dp), 0);
}
