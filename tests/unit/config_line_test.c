/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every line of the grammar: what it prints as, what its `no` leaves, and how wrong ones are
 * refused.
 */
#include "tests/unit/config_test.h"

#include <errno.h>

/* A line in a context and what the configuration says after it (a fragment of the print). */
struct good {
	const char *context; /* lines before, "" for none */
	const char *line;
	const char *printed; /* fragment that must be there; NULL = an empty configuration */
};

#define POLICY	 "crypto isakmp policy 10\n"
#define SET	 "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define ENTRY	 "crypto map M 10 ipsec-isakmp\n"
#define TEMPLATE "crypto dynamic-map D 10\n"
#define IF	 "interface GigabitEthernet0/1\n"
#define SUBIF	 "interface GigabitEthernet0/1.100\n"
#define RADIUS	 "radius server R\n"
#define GROUP	 "crypto isakmp client configuration group vpn\n"
#define EXT	 "ip access-list extended V\n"
#define STD	 "ip access-list standard S\n"
#define CLASS	 "class-map match-all C\n"
/* in a class, in class-default, and in class-default of Q with P to put inside */
#define PCLASS	 CLASS PCLASS2
#define PCLASS2	 "policy-map P\n class C\n"
#define PDEFAULT "policy-map P\n class class-default\n"
#define PARENT	 CLASS "policy-map P\n class C\npolicy-map Q\n class class-default\n"
#define MATCHES16                                                                          \
	" match dscp 1\n match dscp 2\n match dscp 3\n match dscp 4\n match dscp 5\n"      \
	" match dscp 6\n match dscp 7\n match dscp 8\n match dscp 9\n match dscp 10\n"     \
	" match dscp 11\n match dscp 12\n match dscp 13\n match dscp 14\n match dscp 15\n" \
	" match dscp 16\n"

static const struct good goods[] = {
#define GOOD(...) {__VA_ARGS__},
#include "tests/unit/config_line_good.def"
#include "tests/unit/config_qos_good.def"
#include "tests/unit/config_remote_good.def"
#undef GOOD
};

/* A line that is refused: where, and a part of what is said. */
struct bad {
	const char *context;
	const char *line;
	int column;
	const char *says;
};

static const struct bad bads[] = {
#define BAD(...) {__VA_ARGS__},
#include "tests/unit/config_line_bad.def"
#include "tests/unit/config_qos_bad.def"
#include "tests/unit/config_remote_bad.def"
#undef BAD
};

static void prints_what_a_line_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		const struct good *g = &goods[i];
		char *after, *empty;
		struct box b;

		box_init(&b);
		empty = box_print(&b);
		box_feed(&b, g->context);
		/* the cursor of a text is its own: step into the mode again, line by line */
		for (const char *p = g->context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		if (box_line(&b, g->line)) {
			print_error("\"%s\" is refused: %s\n", g->line, b.faults.rows[0].text);
			fail();
		}
		after = box_print(&b);
		if (g->printed ? !strstr(after, g->printed) : strcmp(after, empty) != 0) {
			print_error("after \"%s\":\n%s", g->line, after);
			fail();
		}
		free(after);
		free(empty);
		box_fini(&b);
	}
}

static void refuses_with_place_and_remedy_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		const struct bad *t = &bads[i];
		struct config_cursor cursor;
		const struct fault *fault;
		char *before, *after;
		struct box b;

		box_init(&b);
		for (const char *p = t->context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		before = box_print(&b);
		cursor = b.cursor;
		if (!box_line(&b, t->line)) {
			print_error("\"%s\" is accepted\n", t->line);
			fail();
		}
		fault = box_fault(&b, FAULT_ERROR, 0);
		assert_non_null(fault);
		if (fault->column != t->column || !strstr(fault->text, t->says)) {
			print_error("\"%s\": column %d: %s\n", t->line, fault->column, fault->text);
			fail();
		}
		after = box_print(&b);
		assert_string_equal(before, after);
		assert_false(b.changed);
		assert_memory_equal(&cursor, &b.cursor, sizeof(cursor));
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void says_changed_only_when_the_model_differs(void **state)
{
	struct box b;

	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		char *before, *after;

		box_init(&b);
		for (const char *p = goods[i].context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		before = box_print(&b);
		assert_int_equal(box_line(&b, goods[i].line), 0);
		after = box_print(&b);
		if (b.changed != (strcmp(before, after) != 0)) {
			print_error("\"%s\" says changed %d\n", goods[i].line, b.changed);
			fail();
		}
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void leaves_a_sub_mode_for_a_global_line(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_ISAKMP_POLICY);
	assert_int_equal(b.cursor.number, 10);
	assert_int_equal(box_line(&b, "interface gi0/1"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_INTERFACE);
	assert_string_equal(b.cursor.object, "GigabitEthernet0/1");
	assert_int_equal(box_line(&b, "crypto map M"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_INTERFACE);
	assert_int_equal(box_line(&b, "crypto map M 10 ipsec-isakmp"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_CRYPTO_MAP);
	assert_int_equal(box_line(&b, "hostname X"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_GLOBAL);
	assert_int_equal(box_line(&b, "ip access-list extended V"), 0);
	assert_int_equal(box_line(&b, "exit"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_GLOBAL);
	box_fini(&b);
}

static void leaves_a_class_one_mode_at_a_time(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "class-map C\nclass-map D\npolicy-map P\n");
	assert_int_equal(box_line(&b, "policy-map P"), 0);
	assert_int_equal(box_line(&b, "class C"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_CLASS);
	assert_string_equal(b.cursor.part, "C");
	assert_int_equal(box_line(&b, "class D"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_CLASS);
	assert_string_equal(b.cursor.object, "P");
	assert_string_equal(b.cursor.part, "D");
	assert_int_equal(box_line(&b, "exit"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_MAP);
	assert_string_equal(b.cursor.object, "P");
	assert_string_equal(b.cursor.part, "");
	assert_int_equal(box_line(&b, "class C"), 0);
	assert_int_equal(box_line(&b, "description of the policy-map"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_MAP);
	assert_int_equal(box_line(&b, "class C"), 0);
	assert_int_equal(box_line(&b, "no class D"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_MAP);
	assert_int_equal(box_line(&b, "class C"), 0);
	assert_int_equal(box_line(&b, "end"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_GLOBAL);
	box_fini(&b);
}

/* A router goes on with the class after such a line; what is refused must not leave the mode. */
static void refused_line_stays_in_the_class(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "class-map C\npolicy-map P\n");
	assert_int_equal(box_line(&b, "policy-map P"), 0);
	assert_int_equal(box_line(&b, "class C"), 0);
	assert_int_equal(box_line(&b, "random-detect"), -22);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_CLASS);
	assert_int_equal(box_line(&b, "no random-detect"), 0);
	assert_int_equal(fault_count(&b.faults, FAULT_NOTE), 1);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_CLASS);
	assert_int_equal(box_line(&b, "class NONE"), -22);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_POLICY_CLASS);
	assert_string_equal(b.cursor.part, "C");
	box_fini(&b);
}

static void refuses_in_the_mode_of_a_removed_object(void **state)
{
	static const char *const lines[][3] = {
		{"interface gi0/1", "no interface gi0/1", "shutdown"},
		{"interface gi0/1", "no interface gi0/1", "ip address 1.2.3.4 255.0.0.0"},
		{"interface gi0/1", "no interface gi0/1", "device tap t0"},
		{"crypto isakmp policy 10", "no crypto isakmp policy 10", "hash md5"},
		{"crypto isakmp policy 10", "no crypto isakmp policy 10", "encryption aes"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "set peer 1.2.3.4"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "set transform-set T"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "match address V"},
		{"ip access-list extended V", "no ip access-list extended V", "permit ip any any"},
		{"crypto ipsec transform-set T esp-gcm", "no crypto ipsec transform-set T",
		 "mode transport"},
		{"class-map C", "no class-map C", "match any"},
		{"class-map C", "no class-map C", "description x"},
		{"policy-map P", "no policy-map P", "class class-default"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct config_cursor cursor;
		struct box b;

		box_init(&b);
		assert_int_equal(box_line(&b, lines[i][0]), 0);
		cursor = b.cursor;
		assert_int_equal(box_line(&b, lines[i][1]), 0);
		b.cursor = cursor; /* another administrator removed it meanwhile */
		assert_int_equal(box_line(&b, lines[i][2]), -22);
		assert_non_null(strstr(b.faults.rows[0].text, "does not exist any more"));
		box_fini(&b);
	}
}

static void warns_of_what_is_weak(void **state)
{
	static const char *const lines[][2] = {
		{POLICY, "encryption des"},
		{POLICY, "hash md5"},
		{POLICY, "group 1"},
		{POLICY, "group 2"},
		{POLICY, "auth rsa-encr"},
		{ENTRY, "set pfs"},
		{"", "crypto ipsec transform-set T esp-des esp-sha-hmac"},
		{"", "crypto ipsec transform-set T esp-aes esp-md5-hmac"},
		{"", "crypto ipsec transform-set T esp-3des"},
	};
	struct box b;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char context[64];

		box_init(&b);
		snprintf(context, sizeof(context), "%.*s", (int)strcspn(lines[i][0], "\n"),
			 lines[i][0]);
		assert_int_equal(box_line(&b, context), 0);
		assert_int_equal(box_line(&b, lines[i][1]), 0);
		assert_int_equal(fault_count(&b.faults, FAULT_WARNING), 1);
		box_fini(&b);
	}
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_int_equal(box_line(&b, "group 14"), 0);
	assert_int_equal(b.faults.n, 0);
	box_fini(&b);
}

static void notes_lines_without_effect(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "no ip http server"), 0);
	assert_int_equal(fault_count(&b.faults, FAULT_NOTE), 1);
	assert_string_equal(b.faults.rows[0].text, "accepted without effect: no ip http");
	assert_int_equal(box_line(&b, "enable password 8Ry2YjIyt7RRXU24 encrypted"), 0);
	assert_string_equal(b.faults.rows[0].text,
			    "accepted without effect: enable password: a hash of an ASA cannot be "
			    "checked here: type the password itself");
	assert_int_equal(box_line(&b, "aaa authorization exec default local if-authenticated"), 0);
	assert_non_null(strstr(b.faults.rows[0].text, "username NAME privilege N"));
	assert_int_equal(box_line(&b, "aaa authorization commands 15 default local"), 0);
	assert_int_equal(box_line(&b, "aaa authorization exec LOCAL auto-enable"), 0);
	box_fini(&b);
}

static void silence_of_a_terminal_prints_in_each_dialect(void **state)
{
	static const char text[] =
		"line con 0\n exec-timeout 0 0\nline vty 0 4\n exec-timeout 7 0\n";
	static const char odd[] = "line vty 0 4\n exec-timeout 7 30\n";
	static const struct {
		const char *text;
		enum dialect dialect;
		const char *printed;
	} rows[] = {
		{text, DIALECT_IOS,
		 "line con 0\n exec-timeout 0 0\n!\nline vty 0 4\n exec-timeout 7 0\n"},
		{text, DIALECT_ASA, "\nssh timeout 7\n"},
		{text, DIALECT_PIX, "\nssh timeout 7\n"},
		{"console timeout 3\nnames\n", DIALECT_ASA, "\nconsole timeout 3\n"},
		{odd, DIALECT_ASA, "line vty 0 4\n exec-timeout 7 30\n"},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct fault_list faults = {0};
		struct config config;
		char *printed;

		config_model_init(&config);
		assert_int_equal(
			config_grammar_text(&config, rows[i].text, strlen(rows[i].text), &faults),
			0);
		printed = config_grammar_print(&config, rows[i].dialect, 0);
		if (!printed || !strstr(printed, rows[i].printed))
			fail_msg("%s of\n%s\nis\n%s", rows[i].printed, rows[i].text, printed);
		free(printed);
		fault_list_fini(&faults);
		config_model_fini(&config);
	}
}

/* Three megabytes of something else would keep the control plane for minutes. */
static void what_is_no_configuration_is_not_read_to_its_end(void **state)
{
	enum {
		LINES = 30000
	};
	static const char name[] = "hostname behind\n";
	static char text[2 * LINES + sizeof(name)];
	struct fault_list faults = {0};
	struct config config;

	(void)state;
	for (size_t i = 0; i < LINES; i++)
		text[2 * i + 1] = '\n'; /* behind a byte that no text has */
	memcpy(text + 2 * LINES, name, sizeof(name));
	config_model_init(&config);
	assert_int_equal(config_grammar_text(&config, text, 2 * LINES + strlen(name), &faults),
			 -EINVAL);
	assert_string_not_equal(config.hostname, "behind");
	fault_list_fini(&faults);
	config_model_fini(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_a_line_says),
		cmocka_unit_test(refuses_with_place_and_remedy_and_changes_nothing),
		cmocka_unit_test(says_changed_only_when_the_model_differs),
		cmocka_unit_test(leaves_a_sub_mode_for_a_global_line),
		cmocka_unit_test(leaves_a_class_one_mode_at_a_time),
		cmocka_unit_test(refused_line_stays_in_the_class),
		cmocka_unit_test(refuses_in_the_mode_of_a_removed_object),
		cmocka_unit_test(warns_of_what_is_weak),
		cmocka_unit_test(notes_lines_without_effect),
		cmocka_unit_test(silence_of_a_terminal_prints_in_each_dialect),
		cmocka_unit_test(what_is_no_configuration_is_not_read_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
