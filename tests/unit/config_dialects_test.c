/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of a router, an ASA and a PIX as the others print them; lines that are taken without effect
 * or refused, each with its sentence.
 */
#include "tests/unit/config_test.h"

struct print_row {
	const char *text;
	enum dialect dialect;
	const char *part;
};

struct line_row {
	const char *context;
	const char *line;
	int column;
	const char *says;
};

#define PRINTS(text, dialect, part)
#define NOTED(context, line, says)
#define REFUSED(context, line, column, says)
#define WARNED(context, line, says)

static const struct print_row prints[] = {
#undef PRINTS
#define PRINTS(text, dialect, part) {text, DIALECT_##dialect, part},
#include "tests/unit/config_dialects.def"
#undef PRINTS
#define PRINTS(text, dialect, part)
};

static const struct line_row noted[] = {
#undef NOTED
#define NOTED(context, line, says) {context, line, 0, says},
#include "tests/unit/config_dialects.def"
#undef NOTED
#define NOTED(context, line, says)
};

static const struct line_row refused[] = {
#undef REFUSED
#define REFUSED(context, line, column, says) {context, line, column, says},
#include "tests/unit/config_dialects.def"
#undef REFUSED
#define REFUSED(context, line, column, says)
};

static const struct line_row warned[] = {
#undef WARNED
#define WARNED(context, line, says) {context, line, 0, says},
#include "tests/unit/config_dialects.def"
};

static char *print_in(const struct box *b, enum dialect dialect)
{
	char *text = config_grammar_print(&b->config, dialect, CONFIG_PRINT_SECRETS);

	assert_non_null(text);
	return text;
}

/* What a dialect prints, loaded into an empty box, is the same configuration. */
static void assert_loads_back(const struct box *b)
{
	char *whole = print_in(b, DIALECT_IOS);

	for (int d = 0; d < DIALECT_COUNT; d++) {
		char *text = print_in(b, (enum dialect)d), *again;
		struct box other;

		box_init(&other);
		box_feed(&other, text);
		again = print_in(&other, DIALECT_IOS);
		if (strcmp(whole, again) != 0)
			print_error("%s:\n%s", dialect_name((enum dialect)d), text);
		assert_string_equal(whole, again);
		free(again);
		free(text);
		box_fini(&other);
	}
	free(whole);
}

static void prints_in_the_words_of_a_dialect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		struct box b;
		char *text;

		box_init(&b);
		box_feed(&b, prints[i].text);
		text = print_in(&b, prints[i].dialect);
		if (!strstr(text, prints[i].part)) {
			print_error("no %s in:\n%s", prints[i].part, text);
			fail();
		}
		assert_loads_back(&b);
		free(text);
		box_fini(&b);
	}
}

/* The lines of the context one by one, as somebody types them. */
static void type_context(struct box *b, const char *context)
{
	for (const char *p = context; *p; p = strchr(p, '\n') + 1) {
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
		assert_int_equal(box_line(b, line), 0);
	}
}

static void takes_with_a_note(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
		char *before, *after;
		struct box b;
		int err;

		box_init(&b);
		type_context(&b, noted[i].context);
		before = box_print(&b);
		err = box_line(&b, noted[i].line);
		after = box_print(&b);
		if (err || fault_count(&b.faults, FAULT_NOTE) != 1 ||
		    !strstr(b.faults.rows[0].text, noted[i].says)) {
			print_error("\"%s\": %s\n", noted[i].line,
				    b.faults.n ? b.faults.rows[0].text : "nothing is said");
			fail();
		}
		assert_string_equal(before, after);
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void refuses_at_the_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct fault *fault;
		char *before, *after;
		struct box b;
		int err;

		box_init(&b);
		type_context(&b, refused[i].context);
		before = box_print(&b);
		err = box_line(&b, refused[i].line);
		after = box_print(&b);
		fault = box_fault(&b, FAULT_ERROR, 0);
		if (!err || !fault || fault->column != refused[i].column ||
		    !strstr(fault->text, refused[i].says)) {
			print_error("\"%s\": %d: %s\n", refused[i].line, fault ? fault->column : 0,
				    fault ? fault->text : "is taken");
			fail();
		}
		assert_string_equal(before, after);
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void warns_of_what_it_takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(warned) / sizeof(warned[0]); i++) {
		const struct fault *fault;
		struct box b;

		box_init(&b);
		type_context(&b, warned[i].context);
		assert_int_equal(box_line(&b, warned[i].line), 0);
		fault = box_fault(&b, FAULT_WARNING, 0);
		if (!fault || !strstr(fault->text, warned[i].says)) {
			print_error("\"%s\": %s\n", warned[i].line,
				    fault ? fault->text : "nothing is said");
			fail();
		}
		box_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_in_the_words_of_a_dialect),
		cmocka_unit_test(takes_with_a_note),
		cmocka_unit_test(refuses_at_the_word),
		cmocka_unit_test(warns_of_what_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
