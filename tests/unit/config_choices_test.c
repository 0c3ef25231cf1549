/* SPDX-License-Identifier: BSD-3-Clause */
/* Completion and `?` help, which come from the rows as parsing does. */
#include "lib/config/config_dialect.h"
#include "lib/config/config_help.h"
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"
#include "lib/config/config_tables.h"
#include "tests/unit/config_test.h"

enum {
	ROWS = 128
};

static struct config_choice rows[ROWS];

/* The words offered, blanks between; "" for none. */
static const char *offered(struct box *b, const char *text)
{
	static char words[4096];
	size_t n = config_grammar_choices(&b->config, &b->cursor, text, rows, ROWS);
	size_t len = 0;

	assert_true(n <= ROWS);
	words[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", len ? " " : "",
					rows[i].word);
	return words;
}

static const struct config_choice *choice(const char *word)
{
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].word, word))
			return &rows[i];
	return NULL;
}

static void offers_the_words_of_a_mode(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_string_equal(
		offered(&b, ""),
		"terminal hostname platform archive logging service aaa enable username radius "
		"radius-server class-map policy-map crypto aaa-server "
		"vpn-sessiondb group-policy tunnel-group interface sysopt ip object object-group "
		"access-list line exit end no");
	assert_string_equal(offered(&b, "cr"), "crypto");
	assert_string_equal(offered(&b, "CR"), "crypto");
	assert_string_equal(offered(&b, "crypto "), "pki isakmp identity ipsec dynamic-map map");
	assert_string_equal(offered(&b, "crypto i"), "isakmp identity ipsec");
	assert_string_equal(offered(&b, "cry isa "),
			    "enable policy key identity aggressive-mode keepalive nat "
			    "invalid-spi-recovery fragmentation peer profile client");
	assert_string_equal(offered(&b, "crypto isakmp policy "), "<1-10000>");
	assert_string_equal(offered(&b, "crypto isakmp policy 10 "), "<cr>");
	assert_string_equal(offered(&b, "crypto isakmp policy 0 "), "");
	assert_string_equal(offered(&b, "frobnicate "), "");
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_string_equal(offered(&b, "e"), "encryption exit end");
	assert_string_equal(offered(&b, "encr "), "des 3des aes");
	assert_string_equal(offered(&b, "encr aes "), "128 192 256 <cr>");
	assert_string_equal(offered(&b, "group 1"), "1 14 15 16 19");
	box_fini(&b);
}

static void offers_global_words_in_a_sub_mode_when_it_has_none(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_string_equal(offered(&b, "inter"), "interface");
	assert_string_equal(offered(&b, "crypto ip"), "ipsec");
	assert_int_equal(box_line(&b, "ip access-list extended V"), 0);
	assert_string_equal(offered(&b, "1"), "<1-2147483647>");
	assert_string_equal(offered(&b, "hostn"), "hostname");
	assert_string_equal(offered(&b, "permit ip 10.0"), "A.B.C.D");
	assert_string_equal(offered(&b, "permit ip h"), "host");
	box_fini(&b);
}

static void offers_the_no_forms(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_string_equal(offered(&b, "n"), "no");
	assert_string_equal(offered(&b, "no ho"), "hostname");
	assert_string_equal(offered(&b, "no hostname "), "WORD <cr>");
	assert_string_equal(offered(&b, "no q"), "");
	box_fini(&b);
}

static void offers_names_that_exist(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "ip access-list extended VPN\ncrypto ipsec transform-set T1 esp-gcm\n"
		     "crypto ipsec transform-set T2 esp-gcm\ninterface gi0/1\n"
		     "crypto map M 10 ipsec-isakmp\n");
	assert_int_equal(box_line(&b, "crypto map M 10"), 0);
	assert_string_equal(offered(&b, "match address "), "VPN WORD");
	assert_true(choice("VPN")->keyword);
	assert_false(choice("WORD")->keyword);
	assert_string_equal(offered(&b, "set transform-set T1 T"), "T1 T2 WORD");
	assert_string_equal(offered(&b, "set transform-set t"), "WORD");
	assert_int_equal(box_line(&b, "interface gi0/1"), 0);
	assert_string_equal(offered(&b, "crypto map "), "M WORD");
	assert_int_equal(config_grammar_choices(NULL, &b.cursor, "crypto map ", rows, ROWS), 1);
	box_fini(&b);
}

static void counts_beyond_the_room_and_writes_none_there(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	memset(rows, 0x5a, sizeof(rows));
	assert_true(config_grammar_choices(&b.config, &b.cursor, "", rows, 2) > 2);
	assert_string_equal(rows[1].word, "hostname");
	assert_int_equal(rows[2].word[0], 0x5a);
	assert_true(config_grammar_choices(&b.config, &b.cursor, "", NULL, 0) > 2);
	box_fini(&b);
}

static void explains_a_word_by_what_comes_before_it(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	offered(&b, "ip ");
	assert_string_equal(choice("route")->help, "A static route");
	assert_int_equal(box_line(&b, "interface gi0/1"), 0);
	offered(&b, "ip ");
	assert_string_equal(choice("address")->help, "IP address of the interface");
	offered(&b, "ip mtu ");
	assert_string_equal(choice("<68-9216>")->help, "Bytes");
	box_fini(&b);
}

static void offers_the_lines_of_quality_of_service(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "class-map match-any VOICE\n match dscp ef\npolicy-map LLQ\n class VOICE\n"
		     "interface gi0/1\n");
	assert_string_equal(offered(&b, "class-map "), "match-all match-any VOICE WORD");
	assert_string_equal(offered(&b, "no policy-map "), "LLQ WORD");
	assert_int_equal(box_line(&b, "class-map VOICE"), 0);
	assert_string_equal(offered(&b, "match "), "any ip dscp precedence access-group");
	assert_string_equal(offered(&b, "match dscp cs"), "cs1 cs2 cs3 cs4 cs5 cs6 cs7 <0-63>");
	assert_string_equal(offered(&b, "match dscp ef c"), "cs1 cs2 cs3 cs4 cs5 cs6 cs7 <0-63>");
	assert_int_equal(box_line(&b, "policy-map LLQ"), 0);
	assert_string_equal(offered(&b, "class "), "class-default VOICE WORD");
	assert_int_equal(box_line(&b, "class VOICE"), 0);
	assert_string_equal(offered(&b, "p"), "priority police");
	assert_string_equal(offered(&b, "priority "), "percent <8-100000000> <cr>");
	assert_string_equal(offered(&b, "police 8000 exceed-action "),
			    "drop transmit set-dscp-transmit");
	assert_string_equal(offered(&b, "shape average "), "percent <8000-100000000000>");
	assert_string_equal(choice("<8000-100000000000>")->help, "Bits per second");
	/* the modes around it, one after the other */
	assert_string_equal(offered(&b, "cl"), "class");
	assert_string_equal(offered(&b, "policy"), "policy-map");
	assert_int_equal(box_line(&b, "interface gi0/1"), 0);
	assert_string_equal(offered(&b, "service-policy output "), "LLQ WORD");
	box_fini(&b);
}

/* Follows every path of a pattern; each keyword must have a sentence. */
static void walk(const char *at, const char *before, const char *last_repeat, int depth)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	size_t n = config_pattern_next(at, false, nodes);

	for (size_t i = 0; i < n && depth < 12; i++) {
		if (!nodes[i].len || nodes[i].text == last_repeat ||
		    config_pattern_is_flat(&nodes[i]))
			continue;
		if (!config_pattern_is_value(&nodes[i]) &&
		    !*config_help_keyword(before, &nodes[i])) {
			print_error("no help for \"%.*s\"\n", (int)nodes[i].len, nodes[i].text);
			fail();
		}
		assert_true(*config_help_value(before, &nodes[i]));
		walk(nodes[i].text + nodes[i].len, nodes[i].text, nodes[i].text, depth + 1);
	}
}

static void has_help_for_every_word(void **state)
{
	(void)state;
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++)
			if (!strchr(config_tables[t]->rows[r].pattern, '+'))
				walk(config_tables[t]->rows[r].pattern, "", NULL, 0);
}

/* A value named as a keyword of its line would be taken for it by config_line_arg(). */
static void names_no_value_like_a_keyword_before_it(void **state)
{
	(void)state;
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++) {
			const char *pattern = config_tables[t]->rows[r].pattern;

			/* a field takes the last argument, whatever its name */
			if (config_tables[t]->rows[r].field.kind != CONFIG_FIELD_NONE)
				continue;
			for (const char *p = pattern; (p = strchr(p, '<')); p++) {
				char name[64], word[72];

				snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + 1, ":>"),
					 p + 1);
				snprintf(word, sizeof(word), " %s ", name);
				/* `interface <interface>` is read by its place */
				if (strstr(pattern, word) && strstr(pattern, word) < p) {
					print_error("%s in %s\n", name, pattern);
					fail();
				}
			}
		}
}

static void knows_the_prompts(void **state)
{
	(void)state;
	for (int mode = 0; mode < CONFIG_MODE_COUNT; mode++)
		assert_int_equal(config_grammar_mode_of_prompt(config_grammar_prompt(mode)), mode);
	assert_int_equal(config_grammar_mode_of_prompt("(nowhere)"), CONFIG_MODE_COUNT);
	assert_string_equal(config_grammar_prompt(CONFIG_MODE_COUNT), "");
	assert_string_equal(config_dialect_prompt(DIALECT_ASA, CONFIG_MODE_ISAKMP_POLICY),
			    "(config-isakmp-policy)");
	assert_string_equal(config_dialect_prompt(DIALECT_ASA, CONFIG_MODE_INTERFACE),
			    "(config-if)");
	assert_string_equal(config_dialect_prompt(DIALECT_PIX, CONFIG_MODE_INTERFACE), "(config)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers_the_words_of_a_mode),
		cmocka_unit_test(offers_global_words_in_a_sub_mode_when_it_has_none),
		cmocka_unit_test(offers_the_no_forms),
		cmocka_unit_test(offers_names_that_exist),
		cmocka_unit_test(offers_the_lines_of_quality_of_service),
		cmocka_unit_test(counts_beyond_the_room_and_writes_none_there),
		cmocka_unit_test(explains_a_word_by_what_comes_before_it),
		cmocka_unit_test(has_help_for_every_word),
		cmocka_unit_test(names_no_value_like_a_keyword_before_it),
		cmocka_unit_test(knows_the_prompts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
