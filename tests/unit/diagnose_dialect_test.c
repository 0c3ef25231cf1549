/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands in the words of an ASA, of one since 8.4, and of a PIX; each of them can be typed. */
#include "controlplane/diagnose/diagnose_dialect.h"
#include "tests/unit/config_test.h"

#define INTERFACES                                                              \
	"interface gi0/1\n device tap t1\n ip address 10.0.0.1 255.255.255.0\n" \
	" nameif outside\ninterface gi0/10\n device tap t2\n"
#define MAP(words)                                                               \
	"access-list VPN extended permit ip host 10.1.0.1 host 10.2.0.1\n"       \
	"crypto ipsec " words "transform-set T esp-aes esp-sha-hmac\n"           \
	"crypto map M 10 match address VPN\ncrypto map M 10 set peer 10.0.0.2\n" \
	"crypto map M 10 set " words "transform-set T\ncrypto map M interface outside\n"

static const char *const boxes[] = {
	[DIALECT_IOS] = "interface gi0/1\n device tap t1\n ip address 10.0.0.1 255.255.255.0\n",
	[DIALECT_ASA] = "terminal dialect asa\n" INTERFACES MAP(
		"") "tunnel-group 10.0.0.9 type ipsec-l2l\n"
		    "tunnel-group sales type remote-access\n",
	[DIALECT_PIX] = "terminal dialect pix\n" INTERFACES MAP(""),
	[DIALECT_COUNT] = "terminal dialect asa ikev1\n" INTERFACES MAP("ikev1 "),
};

struct row {
	unsigned box; /* of boxes */
	const char *command;
	const char *said;
	const char *in; /* the interface packets came in on, NULL = not known */
};

#define IOS   DIALECT_IOS
#define ASA   DIALECT_ASA
#define PIX   DIALECT_PIX
#define LATER DIALECT_COUNT

static const struct row rows[] = {
#define SAYS(...) {__VA_ARGS__},
#include "tests/unit/diagnose_dialect_rows.def"
#undef SAYS
};

static struct diagnosis make(const struct row *row)
{
	struct diagnosis d = {
		.code = DIAGNOSE_P1_NO_KEY,
		.peer = {.family = ADDR_V4, .b = {10, 0, 0, 9}},
	};

	diagnose_set(&d, "peer", "10.0.0.9");
	diagnose_set(&d, "map", "M");
	diagnose_set(&d, "if", "GigabitEthernet0/1");
	if (row->in)
		diagnose_set(&d, "in", "%s", row->in);
	snprintf(d.command, sizeof(d.command), "%s", row->command);
	snprintf(d.saw, sizeof(d.saw),
		 "it came in on GigabitEthernet0/1, not GigabitEthernet0/10.");
	return d;
}

static bool is_typed(const char *command)
{
	return strncmp(command, "show ", 5) != 0 && !strstr(command, "(on ") &&
	       !strstr(command, "<gateway>") && !strstr(command, "GigabitEthernet0/10");
}

/* Lines with " / " between them. */
static void type(struct box *b, const char *command)
{
	char text[DIAGNOSE_TEXT], *line = text, *next;

	snprintf(text, sizeof(text), "%s", command);
	for (; line; line = next) {
		next = strstr(line, " / ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		if (box_line(b, line))
			fail_msg("\"%s\" of \"%s\" cannot be typed", line, command);
	}
}

static void commands_are_in_the_words_of_the_box(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct diagnosis d = make(&rows[i]);
		char text[DIAGNOSE_TEXT];
		struct box b;

		box_init(&b);
		box_feed(&b, boxes[rows[i].box]);
		diagnose_dialect(&b.config, &d);
		assert_string_equal(diagnose_command(&d, text, sizeof(text)), rows[i].said);
		/* said once more it is the same */
		diagnose_dialect(&b.config, &d);
		assert_string_equal(diagnose_command(&d, text, sizeof(text)), rows[i].said);
		if (is_typed(text))
			type(&b, text);
		box_fini(&b);
	}
}

static void interfaces_have_their_names(void **state)
{
	struct diagnosis d = make(&rows[0]);
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, boxes[ASA]);
	diagnose_dialect(&b.config, &d);
	assert_string_equal(d.saw, "it came in on outside, not GigabitEthernet0/10.");
	assert_string_equal(d.fields[2].value, "outside");
	box_fini(&b);

	d = make(&rows[0]);
	box_init(&b);
	box_feed(&b, boxes[IOS]);
	diagnose_dialect(&b.config, &d);
	assert_string_equal(d.fields[2].value, "GigabitEthernet0/1");
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_in_the_words_of_the_box),
		cmocka_unit_test(interfaces_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
