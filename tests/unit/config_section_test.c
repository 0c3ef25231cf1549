/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of a printed configuration, and the whole of it with its defaults. */
#include "lib/config/config_all.h"
#include "lib/config/config_section.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void expect(const char *text, const char *words, const char *kept)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	config_section_keep(copy, words);
	assert_string_equal(copy, kept);
	free(copy);
}

static void lines_that_begin_so_stay_with_what_is_below(void **)
{
	static const char text[] = "hostname R1\n"
				   "crypto map M 10 ipsec-isakmp\n"
				   " set peer 10.0.0.1\n"
				   "!\n"
				   "interface Gi0/0\n"
				   " crypto map M\n"
				   "no crypto isakmp enable\n"
				   "end";

	expect(text, "crypto",
	       "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.1\nno crypto isakmp enable\n");
	expect(text, "cry map", "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.1\n");
	expect(text, "INTERFACE gi", "interface Gi0/0\n crypto map M\n");
	expect("interface GigabitEthernet0/0\n shutdown\ninterface GigabitEthernet0/1\n",
	       "int gi0/0", "interface GigabitEthernet0/0\n shutdown\n");
	expect(text, "no crypto isakmp", "no crypto isakmp enable\n");
	expect(text, "nothing", "");
	expect(text, "end", "end");
	expect("", "x", "");
}

/* show-formats 11, verbatim (S1) */
static void all_sysopt_is_that_of_the_sample(void **)
{
	char *all = config_all_text("hostname h\n", DIALECT_ASA);

	assert_non_null(all);
	assert_memory_equal(all, "hostname h\n", 11);
	config_section_keep(all, "sysopt");
	assert_string_equal(all, "no sysopt connection timewait\n"
				 "sysopt connection tcpmss 1380\n"
				 "sysopt connection tcpmss minimum 0\n"
				 "no sysopt nodnsalias inbound\n"
				 "no sysopt nodnsalias outbound\n"
				 "no sysopt radius ignore-secret\n"
				 "sysopt connection permit-vpn\n");
	free(all);
}

static void all_leaves_what_is_said(void **)
{
	char *all = config_all_text("no sysopt connection permit-vpn\n"
				    "sysopt connection tcpmss minimum 48\n"
				    "crypto isakmp identity address\nend\n",
				    DIALECT_ASA);

	assert_non_null(all);
	assert_null(strstr(all, "\nsysopt connection permit-vpn"));
	assert_null(strstr(all, "minimum 0"));
	assert_non_null(strstr(all, "\nsysopt connection tcpmss 1380\n"));
	assert_null(strstr(all, "identity auto"));
	assert_string_equal(all + strlen(all) - 5, "\nend\n");
	free(all);
	all = config_all_text("", DIALECT_ASA);
	config_section_keep(all, "crypto isakmp");
	assert_string_equal(all, "crypto isakmp identity auto\n");
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_begin_so_stay_with_what_is_below),
		cmocka_unit_test(all_sysopt_is_that_of_the_sample),
		cmocka_unit_test(all_leaves_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
