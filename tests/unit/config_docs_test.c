/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * docs/configuration.md has every line of the grammar and no other. A line stands there as a bullet
 * that begins with its form in backquotes: values by their name, numbers by their range, what an
 * access list line repeats as HOSTS and PORTS.
 */
#include "lib/config/config_row.h"
#include "lib/config/config_tables.h"
#include "tests/unit/config_test.h"

static char *docs;

static int load_docs(void **state)
{
	FILE *file = fopen(DOCS_PATH, "r");
	size_t n;

	(void)state;
	docs = calloc(1, 1 << 20);
	if (!file || !docs)
		return -1;
	n = fread(docs, 1, (1 << 20) - 1, file);
	fclose(file);
	return n ? 0 : -1;
}

static int free_docs(void **state)
{
	(void)state;
	free(docs);
	return 0;
}

/* Every `from` in text becomes `to`, which is not longer. */
static void replace(char *text, const char *from, const char *to)
{
	for (char *p = text; (p = strstr(p, from)); p += strlen(to)) {
		memmove(p + strlen(to), p + strlen(from), strlen(p + strlen(from)) + 1);
		memcpy(p, to, strlen(to));
	}
}

/* "<name:type>" as a reader wants it: the range of a number, else the name in capitals. */
static size_t show_value(const char *value, char *out)
{
	size_t name = strcspn(value + 1, ":>");
	const char *type = value[name + 1] == ':' ? value + name + 2 : value + 1;

	if (*type >= '0' && *type <= '9')
		return (size_t)sprintf(out, "<%.*s>", (int)strcspn(type, ">"), type);
	for (size_t i = 0; i < name; i++)
		out[i] = (char)(value[i + 1] >= 'a' ? value[i + 1] - 32 : value[i + 1]);
	return name;
}

static void show(const char *pattern, char *out)
{
	while (*pattern) {
		if (*pattern == '<') {
			out += show_value(pattern, out);
			pattern += strcspn(pattern, ">") + 1;
		} else if (pattern[0] == ' ' && pattern[1] == '/') {
			pattern += 2;
		} else {
			*out++ = *pattern++;
		}
	}
	*out = '\0';
}

#define PLAIN "{any|any4|host ADDRESS|object OBJECT-NAME|ADDRESS WILDCARD}"
#define GROUP "object-group GROUP-NAME"

static void form_of(const struct config_row *row, char *form)
{
	show(row->pattern, form);
	replace(form, "{any|any4|host ADDRESS|object OBJECT-NAME|ADDRESS WILDCARD|" GROUP "}",
		"HOSTS");
	replace(form, "{any|any4|host ADDRESS|ADDRESS [WILDCARD]}", "HOSTS");
	replace(form, "[{log|log-input} [LOG-LEVEL] [interval <1-600>]]", "[LOG]");
	replace(form, "{eq|gt|lt|neq} PORT|range PORT PORT", "PORTS");
	replace(form,
		"{" PLAIN " [PORTS|" GROUP "]|" GROUP " [" PLAIN " [PORTS|" GROUP "]|PORTS|" GROUP
		" [PORTS|" GROUP "]]}",
		"LAST");
}

static void has_every_line_of_the_grammar(void **state)
{
	int missing = 0;

	(void)state;
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++) {
			char form[4096], bullet[4112];

			if (config_tables[t]->rows[r].mode == CONFIG_MODE_ANY)
				continue;
			form_of(&config_tables[t]->rows[r], form);
			snprintf(bullet, sizeof(bullet), "\n- `%s`", form);
			if (!strstr(docs, bullet)) {
				print_error("missing:%s\n", bullet);
				missing++;
			}
		}
	assert_int_equal(missing, 0);
}

static bool is_form(const char *text, size_t len)
{
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++) {
			char form[4096];

			form_of(&config_tables[t]->rows[r], form);
			if (strlen(form) == len && !memcmp(form, text, len))
				return true;
		}
	return false;
}

static void has_no_line_that_the_grammar_does_not_know(void **state)
{
	(void)state;
	for (const char *p = docs; (p = strstr(p, "\n- `")); p++) {
		size_t len = strcspn(p + 4, "`\n");

		if (!is_form(p + 4, len)) {
			print_error("unknown: %.*s\n", (int)len, p + 4);
			fail();
		}
	}
}

static void has_examples_without_fault(void **state)
{
	const char *block = docs;
	size_t n = 0;

	(void)state;
	for (; (block = strstr(block, "\n```\n")); n++) {
		char *example = strndup(block + 5, (size_t)(strstr(block + 5, "```") - block - 5));
		struct box b;

		assert_non_null(example);
		box_init(&b);
		box_feed(&b, example);
		config_grammar_validate(&b.config, &b.faults);
		for (size_t i = 0; i < b.faults.n; i++)
			print_error("%s\n", b.faults.rows[i].text);
		assert_int_equal(b.faults.n, 0);
		block = strstr(block + 5, "```") + 3;
		free(example);
		box_fini(&b);
	}
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_line_of_the_grammar),
		cmocka_unit_test(has_no_line_that_the_grammar_does_not_know),
		cmocka_unit_test(has_examples_without_fault),
	};

	return cmocka_run_group_tests(tests, load_docs, free_docs);
}
