/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/keys.h"

#include <cmocka.h>

#include <string.h>

static void expect(const char *typed, const char *golden)
{
	struct keys whole = {0}, split = {0};
	char out[256];
	size_t len = keys_translate(&whole, typed, strlen(typed), out);

	out[len] = '\0';
	assert_string_equal(out, golden);
	len = 0;
	for (const char *p = typed; *p; p++)
		len += keys_translate(&split, p, 1, out + len);
	out[len] = '\0';
	assert_string_equal(out, golden);
}

static void text_passes(void **)
{
	expect("show ip route\r", "show ip route\r");
	expect("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
}

static void pasted_newline_is_return(void **)
{
	expect("a\nb\n", "a\rb\r");
}

static void interrupt_clears_the_line(void **)
{
	expect("sho\x03", "sho\x05\x15\r");
}

static void arrows_home_and_end_are_control_keys(void **)
{
	expect("\033[A\033[B\033[C\033[D", "\x10\x0e\x06\x02");
	expect("\033OA\033OH\033OF\033[1~\033[4~", "\x10\x01\x05\x01\x05");
}

static void unknown_sequences_vanish(void **)
{
	expect("a\033[3~b\033[15~c\033[1;5Cd\033xe", "abcde");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_passes),
		cmocka_unit_test(pasted_newline_is_return),
		cmocka_unit_test(interrupt_clears_the_line),
		cmocka_unit_test(arrows_home_and_end_are_control_keys),
		cmocka_unit_test(unknown_sequences_vanish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
