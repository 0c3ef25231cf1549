/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static void configuration_has_size_and_end(void **)
{
	render_check(render_config, NULL, "{\"text\":\"hostname R1\\n!\\n\"}",
		     "Building configuration...\n"
		     "\n"
		     "Current configuration : 14 bytes\n"
		     "hostname R1\n"
		     "!\n"
		     "end\n");
}

static void end_is_not_doubled(void **)
{
	render_check(render_config, NULL, "{\"text\":\"!\\nend\\n\"}",
		     "Building configuration...\n"
		     "\n"
		     "Current configuration : 6 bytes\n"
		     "!\n"
		     "end\n");
}

static void saving_says_ok(void **)
{
	render_check(render_config_saved, NULL, "{\"path\":\"/etc/culvert.conf\",\"bytes\":1}",
		     "Building configuration...\n"
		     "[OK]\n");
}

static void debug_sentences_are_those_of_ios(void **)
{
	render_check(render_debug_set, "{\"topic\":\"isakmp\",\"on\":true}",
		     "{\"topics\":[\"isakmp\"]}", "Crypto ISAKMP debugging is on\n");
	render_check(render_debug_set, "{\"topic\":\"ipsec\",\"on\":false}", "{\"topics\":[]}",
		     "Crypto IPSEC debugging is off\n");
	render_check(render_debug_set, "{\"topic\":\"all\",\"on\":false}", "{\"topics\":[]}",
		     "All possible debugging has been turned off\n");
}

static void show_debugging_lists_what_is_on(void **)
{
	render_check(render_debug, NULL, "{\"topics\":[]}", "");
	render_check(render_debug, NULL, "{\"topics\":[\"ipsec\",\"isakmp\",\"engine\"]}",
		     "Cryptographic Subsystem:\n"
		     "  Crypto ISAKMP debugging is on\n"
		     "  Crypto Engine debugging is on\n"
		     "  Crypto IPSEC debugging is on\n");
	render_check(render_debug, NULL, "{\"topics\":[\"radius\"]}",
		     "Radius protocol debugging is on\n");
	render_check(render_debug, NULL, "{\"topics\":[\"radius\",\"ipsec\"]}",
		     "Radius protocol debugging is on\n"
		     "Cryptographic Subsystem:\n"
		     "  Crypto IPSEC debugging is on\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configuration_has_size_and_end),
		cmocka_unit_test(end_is_not_doubled),
		cmocka_unit_test(saving_says_ok),
		cmocka_unit_test(debug_sentences_are_those_of_ios),
		cmocka_unit_test(show_debugging_lists_what_is_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
