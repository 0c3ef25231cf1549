/* SPDX-License-Identifier: BSD-3-Clause */
/* SipHash-2-4 against vectors of its authors' reference implementation (vectors_sip64). */
#include "lib/base/compat.h"
#include "lib/base/siphash.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

static void as_its_authors_say(void **state)
{
	/* key 00 01 .. 0f over 00 01 .. (n - 1) */
	static const struct {
		size_t n;
		uint64_t hash;
	} rows[] = {
		{0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
		{8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5},
	};
	uint8_t key[SIPHASH_KEY], data[16];

	(void)state;
	for (unsigned i = 0; i < 16; i++)
		key[i] = data[i] = (uint8_t)i;
	for (unsigned i = 0; i < array_len(rows); i++)
		assert_int_equal(siphash(key, data, rows[i].n), rows[i].hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_its_authors_say)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
