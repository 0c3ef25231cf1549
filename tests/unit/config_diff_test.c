/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs between two configurations, and a configuration without some of its lines. */
#include "lib/config/config_clear.h"
#include "lib/config/config_diff.h"
#include "lib/config/config_grammar.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char base[] = "hostname left\n"
			   "platform\n"
			   " memory 512\n"
			   "crypto isakmp key secret address 10.0.0.2\n"
			   "ip access-list extended VPN\n"
			   " permit ip host 10.1.0.1 host 10.2.0.1\n"
			   " permit ip host 10.1.0.2 host 10.2.0.2\n"
			   " permit ip host 10.1.0.3 host 10.2.0.3\n"
			   "interface GigabitEthernet0/0\n"
			   " device tap in\n"
			   " ip address 192.168.1.1 255.255.255.0\n"
			   "interface GigabitEthernet0/1\n"
			   " device tap out\n"
			   " ip address 10.0.0.1 255.255.255.0\n"
			   "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n";

static void load(struct config *c, const char *text, const char *more)
{
	struct fault_list faults = {0};

	config_model_init(c);
	assert_int_equal(config_grammar_text(c, text, strlen(text), &faults), 0);
	assert_int_equal(config_grammar_text(c, more, strlen(more), &faults), 0);
	fault_list_fini(&faults);
}

/* The difference that lines make, as "kind depth text\n" for each row. */
static char *difference(const char *more)
{
	static const char kinds[] = {' ', '-', '+'};
	struct config from, to;
	struct config_diff diff;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	load(&from, base, "");
	load(&to, base, more);
	assert_int_equal(config_diff_make(&diff, &from, &to, DIALECT_IOS), 0);
	for (size_t i = 0; i < diff.n; i++)
		fprintf(out, "%c%u %s\n", kinds[diff.rows[i].kind], diff.rows[i].depth,
			diff.rows[i].text);
	fclose(out);
	config_diff_fini(&diff);
	config_model_fini(&from);
	config_model_fini(&to);
	return text;
}

static void lines_stand_below_their_block(void **state)
{
	static const struct {
		const char *more;
		const char *differs;
	} rows[] = {
		{"", ""},
		{"hostname left\n", ""},
		{"hostname right\n", "-0 hostname left\n+0 hostname right\n"},
		{"interface GigabitEthernet0/1\n ip mtu 1400\n",
		 " 0 interface GigabitEthernet0/1\n+1 ip mtu 1400\n"},
		{"no ip access-list extended VPN\n", "-0 ip access-list extended VPN\n"
						     "-1 permit ip host 10.1.0.1 host 10.2.0.1\n"
						     "-1 permit ip host 10.1.0.2 host 10.2.0.2\n"
						     "-1 permit ip host 10.1.0.3 host 10.2.0.3\n"},
		{"crypto isakmp key other address 10.0.0.2\n",
		 "-0 crypto isakmp key ******** address 10.0.0.2\n"
		 "+0 crypto isakmp key ******** address 10.0.0.2\n"},
		{"policy-map OUT\n class class-default\n  shape average 1000000\n",
		 "+0 policy-map OUT\n+1 class class-default\n+2 shape average 1000000\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *differs = difference(rows[i].more);

		assert_string_equal(differs, rows[i].differs);
		free(differs);
	}
}

/* The first line of an access list that fits decides: another order is another list. */
static void the_order_of_lines_counts(void **state)
{
	char *differs = difference("no ip access-list extended VPN\n"
				   "ip access-list extended VPN\n"
				   " permit ip host 10.1.0.2 host 10.2.0.2\n"
				   " permit ip host 10.1.0.3 host 10.2.0.3\n"
				   " permit ip host 10.1.0.1 host 10.2.0.1\n");

	(void)state;
	assert_string_equal(differs, " 0 ip access-list extended VPN\n"
				     "-1 permit ip host 10.1.0.1 host 10.2.0.1\n"
				     "+1 permit ip host 10.1.0.1 host 10.2.0.1\n");
	free(differs);
}

static void assert_cleared(enum dialect dialect, const char *words, size_t lines, const char *gone)
{
	struct config config, left;
	size_t n;
	char *text;

	load(&config, base, "");
	assert_int_equal(config_clear(&left, &config, dialect, words, &n), 0);
	assert_int_equal(n, lines);
	text = config_grammar_print(&left, DIALECT_IOS, CONFIG_PRINT_SECRETS);
	if (gone)
		assert_null(strstr(text, gone));
	/* what the hardware is stays */
	assert_non_null(strstr(text, "memory 512"));
	assert_non_null(strstr(text, "interface GigabitEthernet0/0"));
	assert_non_null(strstr(text, "device tap out"));
	free(text);
	config_model_fini(&left);
	config_model_fini(&config);
}

static void words_are_whole(void **state)
{
	(void)state;
	assert_cleared(DIALECT_IOS, "ip route", 1, "ip route");
	assert_cleared(DIALECT_IOS, "ip", 5, "ip access-list");
	assert_cleared(DIALECT_IOS, "crypto isakmp key", 1, "secret");
	assert_cleared(DIALECT_IOS, "cry", 0, NULL);
	assert_cleared(DIALECT_IOS, "interface", 6, "192.168.1.1");
	assert_cleared(DIALECT_ASA, "access-list VPN", 3, "10.1.0.1");
	assert_cleared(DIALECT_ASA, "all", 25, "hostname left");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stand_below_their_block),
		cmocka_unit_test(the_order_of_lines_counts),
		cmocka_unit_test(words_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
