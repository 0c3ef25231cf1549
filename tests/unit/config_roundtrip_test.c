/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * print(parse(x)) is a fixed point, for the configurations of the scenarios and for random walks
 * through the patterns of every row; and a line that is refused leaves no trace, however it came
 * to be.
 */
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"
#include "lib/config/config_tables.h"
#include "lib/config/config_values.h"
#include "tests/unit/config_samples.h"
#include "tests/unit/config_scenarios.h"
#include "tests/unit/config_test.h"

/* How each mode is entered for a random line. */
static const char *const entry[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_GLOBAL] = "exit",
	[CONFIG_MODE_PLATFORM] = "platform",
	[CONFIG_MODE_ARCHIVE] = "archive",
	[CONFIG_MODE_INTERFACE] = "interface GigabitEthernet0/1",
	[CONFIG_MODE_OBJECT] = "object network V",
	[CONFIG_MODE_GROUP_NETWORK] = "object-group network V",
	[CONFIG_MODE_GROUP_SERVICE] = "object-group service V",
	[CONFIG_MODE_GROUP_PROTOCOL] = "object-group protocol V",
	[CONFIG_MODE_GROUP_ICMP] = "object-group icmp-type V",
	[CONFIG_MODE_ACL] = "ip access-list extended V",
	[CONFIG_MODE_ACL_STANDARD] = "ip access-list standard S",
	[CONFIG_MODE_ISAKMP_POLICY] = "crypto isakmp policy 10",
	[CONFIG_MODE_TRANSFORM_SET] = "crypto ipsec transform-set T esp-aes esp-sha-hmac",
	[CONFIG_MODE_CRYPTO_MAP] = "crypto map M 10 ipsec-isakmp",
	[CONFIG_MODE_ISAKMP_PEER] = "crypto isakmp peer address 10.0.0.1",
	[CONFIG_MODE_PROFILE] = "crypto isakmp profile P",
	[CONFIG_MODE_IDENTITY] = "crypto identity I",
	[CONFIG_MODE_CERT_MAP] = "crypto pki certificate map C 10",
	[CONFIG_MODE_ISAKMP_GROUP] = "crypto isakmp client configuration group G",
	[CONFIG_MODE_RADIUS_SERVER] = "radius server R",
	[CONFIG_MODE_TUNNEL_IPSEC] = "tunnel-group DefaultRAGroup ipsec-attributes",
	[CONFIG_MODE_TUNNEL_GENERAL] = "tunnel-group DefaultRAGroup general-attributes",
	[CONFIG_MODE_GROUP_POLICY] = "group-policy DfltGrpPolicy attributes",
	[CONFIG_MODE_USERNAME] = "username alice attributes",
	[CONFIG_MODE_AAA_GROUP] = "aaa-server S protocol radius",
	[CONFIG_MODE_AAA_HOST] = "aaa-server S host 10.0.0.9",
	[CONFIG_MODE_CLASS_MAP] = "class-map match-any VOICE",
	[CONFIG_MODE_POLICY_MAP] = "policy-map QOS",
	[CONFIG_MODE_POLICY_CLASS] = "class VOICE",
};

/* What must be there before a mode can be entered, or its lines be taken. */
static const char *const prepare[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_GLOBAL] = "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
			       "group-policy V internal\naaa-server V protocol radius\n"
			       "tunnel-group V type remote-access\n"
			       "interface GigabitEthernet0/1",
	[CONFIG_MODE_INTERFACE] = "policy-map QOS",
	[CONFIG_MODE_CRYPTO_MAP] = "policy-map QOS",
	[CONFIG_MODE_GROUP_NETWORK] = "object network V\n host 10.0.0.1\nobject-group network T",
	[CONFIG_MODE_GROUP_SERVICE] = "object-group service T",
	[CONFIG_MODE_GROUP_PROTOCOL] = "object-group protocol T",
	[CONFIG_MODE_GROUP_ICMP] = "object-group icmp-type T",
	[CONFIG_MODE_AAA_HOST] = "aaa-server S protocol radius",
	[CONFIG_MODE_POLICY_MAP] = "class-map match-any VOICE",
	[CONFIG_MODE_POLICY_CLASS] = "class-map match-any VOICE\n"
				     "policy-map INNER\n class VOICE\n"
				     "policy-map QOS\n class VOICE\n  police 8000\n"
				     "policy-map QOS",
};

static uint32_t random_state = 12345;

static uint32_t roll(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* A value of the type of a node. */
static void sample(const struct config_node *node, char *buf, size_t size)
{
	const char *const *values = sample_values(node);
	char show[CONFIG_NAME];
	unsigned low, high, n = 0;

	config_values_show(node, show, sizeof(show));
	while (values[n])
		n++;
	if (sample_ends_with(node, "address>"))
		snprintf(buf, size, "%u.%u.%u.%u", roll(224), roll(2) * 255, roll(3), roll(256));
	else if (values == sample_names && sscanf(show, "<%u-%u>", &low, &high) == 2)
		snprintf(buf, size, "%u",
			 roll(3) ? low + roll(high - low < 50 ? high - low : 50) : high);
	else
		snprintf(buf, size, "%s", values[roll(n)]);
}

/* A random row of the mode that a flat line goes on in. */
static const struct config_row *any_line_of(enum config_mode mode, bool no)
{
	const struct config_row *row;

	do {
		const struct config_rows *table = config_tables[roll((uint32_t)config_tables_n)];

		row = &table->rows[roll((uint32_t)table->n)];
	} while (row->mode != mode || (no && row->plain));
	return row;
}

/* A random line of a row, words between blanks. */
static void walk_row(const struct config_row *row, bool no, char *line, size_t size)
{
	struct config_node nodes[CONFIG_NODES_MAX];
	const char *at = row->pattern;
	char word[128];
	size_t len = (size_t)snprintf(line, size, "%s", no ? "no" : "");

	for (int words = 0; words < 20; words++) {
		size_t n = config_pattern_next(at, no, nodes);
		const struct config_node *node = &nodes[roll((uint32_t)n)];

		if (node->len == 0)
			return;
		if (config_pattern_is_flat(node)) {
			row = any_line_of(row->enters, no);
			at = row->pattern;
			continue;
		}
		if (config_pattern_is_value(node))
			sample(node, word, sizeof(word));
		else
			snprintf(word, sizeof(word), "%.*s", (int)node->len, node->text);
		len += (size_t)snprintf(line + len, size - len, "%s%s", len ? " " : "", word);
		at = node->text + node->len;
	}
}

/* Certificates are made, not rolled: their lines have tests of their own. */
static bool is_random(const struct config_row *row)
{
	return row->mode != CONFIG_MODE_ANY && entry[row->mode] &&
	       row->enters != CONFIG_MODE_CERT_CHAIN;
}

static const struct config_row *any_row(void)
{
	const struct config_row *row;

	do {
		const struct config_rows *table = config_tables[roll((uint32_t)config_tables_n)];

		row = &table->rows[roll((uint32_t)table->n)];
	} while (!is_random(row));
	return row;
}

/* True when every line was taken: V may have become a standard list. */
static bool enter(struct box *b, enum config_mode mode)
{
	bool taken = true;

	for (const char *p = prepare[mode] ? prepare[mode] : ""; *p;) {
		char line[128];

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
		taken &= box_line(b, line) == 0;
		assert_true(fault_count(&b->faults, FAULT_ERROR) <= 1);
		p += strcspn(p, "\n");
		p += *p != '\0';
	}
	taken &= box_line(b, mode == CONFIG_MODE_GROUP_SERVICE && roll(2)
				     ? "object-group service V tcp"
				     : entry[mode]) == 0;
	assert_true(fault_count(&b->faults, FAULT_ERROR) <= 1);
	return taken;
}

/* The first lines that differ: cmocka cuts long strings. */
static void show_difference(const char *a, const char *b)
{
	size_t line = 0;

	if (!strcmp(a, b))
		return;
	for (size_t i = 0; a[i] == b[i]; i++)
		if (a[i] == '\n')
			line = i + 1;
	print_error("\"%.*s\" and then \"%.*s\"\n", (int)strcspn(a + line, "\n"), a + line,
		    (int)strcspn(b + line, "\n"), b + line);
}

/* The text of b in a dialect, read into a new configuration, prints as itself. */
static void assert_fixed_point_in(const struct box *b, enum dialect dialect)
{
	char *first = config_grammar_print(&b->config, dialect, CONFIG_PRINT_SECRETS), *second;
	struct box other;

	assert_non_null(first);

	box_init(&other);
	if (box_text(&other, first)) {
		for (size_t i = 0; i < other.faults.n; i++)
			print_error("line %d: %s\n", other.faults.rows[i].line,
				    other.faults.rows[i].text);
		print_error("%s", first);
		fail();
	}
	second = config_grammar_print(&other.config, dialect, CONFIG_PRINT_SECRETS);
	assert_non_null(second);
	show_difference(first, second);
	assert_string_equal(first, second);
	free(first);
	free(second);
	box_fini(&other);
}

/* In any dialect: one of the three is enough of so many. */
static void assert_fixed_point(const struct box *b)
{
	assert_fixed_point_in(b, (enum dialect)roll(DIALECT_COUNT));
}

enum {
	SESSIONS = 40 / SCALE_PART,
	MUTATED = 20000 / SCALE_PART,
	LINES = 200 / SCALE_PART, /* of a row */
	MOST_LINES = 2000,	  /* until one is taken */
};

static void loads_scenario_a_as_a_router_prints_it(void **state)
{
	char *text;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, scenario_a);
	assert_int_equal(fault_count(&b.faults, FAULT_ERROR), 0);
	assert_true(fault_count(&b.faults, FAULT_NOTE) >= 10);
	text = box_print(&b);
	assert_string_equal(text, printed_a);
	free(text);
	assert_fixed_point(&b);
	box_fini(&b);
}

static void loads_scenario_c(void **state)
{
	const struct config_acl *acl;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, scenario_c);
	assert_fixed_point(&b);
	acl = config_model_acl(&b.config, "VPN");
	assert_non_null(acl);
	assert_int_equal(acl->n_lines, 2);
	assert_int_equal(acl->lines[0].protocol, 6);
	assert_int_equal(acl->lines[1].sequence, 20);
	assert_int_equal(acl->lines[1].src.len, 24);
	assert_true(config_model_map(&b.config, "MAP")->entries[0].reverse_route);
	fault_list_fini(&b.faults);
	config_grammar_validate(&b.config, &b.faults);
	for (size_t i = 0; i < b.faults.n; i++)
		print_error("%s\n", b.faults.rows[i].text);
	assert_int_equal(b.faults.n, 0);
	box_fini(&b);
}

/*
 * Each row by itself, many times, with and without `no`: the grammar takes what its patterns make.
 */
static void takes_every_line_its_rows_describe(void **state)
{
	struct box b;

	(void)state;
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++) {
			const struct config_row *row = &config_tables[t]->rows[r];
			unsigned accepted = 0;

			for (int i = 0; i < (accepted ? LINES : MOST_LINES) && is_random(row);
			     i++) {
				char line[1024];

				box_init(&b);
				assert_true(enter(&b, row->mode));
				walk_row(row, row->only_no || (i % 4 == 0 && !row->plain), line,
					 sizeof(line));
				if (box_line(&b, line) == 0) {
					accepted++;
					assert_fixed_point(&b);
				} else if (strstr(b.faults.rows[0].text,
						  "incomplete command: ex") ||
					   strstr(b.faults.rows[0].text, "ambiguous")) {
					print_error("\"%s\": %s\n", line, b.faults.rows[0].text);
					fail();
				}
				box_fini(&b);
			}
			if (!accepted && is_random(row))
				print_error("never accepted: %s\n", row->pattern);
			assert_true(accepted > 0 || !is_random(row));
		}
}

/* A word that no row has is an error at its column, however much of a line comes before it. */
static void never_swallows_a_mistyped_line(void **state)
{
	(void)state;
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t r = 0; r < config_tables[t]->n; r++) {
			const struct config_row *row = &config_tables[t]->rows[r];
			int len = (int)strcspn(row->pattern, " ");
			char line[128];
			struct box b;

			if (!is_random(row) || !strchr(" ", row->pattern[len]) ||
			    strchr("<{[", row->pattern[0]))
				continue;
			snprintf(line, sizeof(line), "%s%.*s ~garbage~ ~more~",
				 row->only_no ? "no " : "", len, row->pattern);
			box_init(&b);
			assert_true(enter(&b, row->mode));
			if (box_line(&b, line) == 0 && fault_count(&b.faults, FAULT_NOTE)) {
				print_error("\"%s\": %s\n", line, b.faults.rows[0].text);
				fail();
			}
			box_fini(&b);
		}
}

/* A long session of random lines: the print is a fixed point, refused lines change nothing. */
static void stays_a_fixed_point_over_random_sessions(void **state)
{
	(void)state;
	for (int session = 0; session < SESSIONS; session++) {
		struct box b;

		box_init(&b);
		for (int i = 0; i < 300; i++) {
			const struct config_row *row = any_row();
			char line[1024];
			char *before, *after;

			if (roll(3))
				enter(&b, row->mode);
			walk_row(row, roll(5) == 0, line, sizeof(line));
			before = box_print(&b);
			if (box_line(&b, line)) {
				after = box_print(&b);
				assert_string_equal(before, after);
				free(after);
			}
			free(before);
		}
		assert_fixed_point(&b);
		box_fini(&b);
	}
}

/* A character put in, while it fits. */
static void insert(char *line, size_t size, size_t at, char c)
{
	size_t len = strlen(line);

	if (len + 2 > size)
		return;
	memmove(line + at + 1, line + at, len - at + 1);
	line[at] = c;
}

/* A character dropped, added or a blank, the end cut off, a part of it doubled. */
static void mutate(char *line, size_t size)
{
	size_t len = strlen(line);
	size_t at = len ? roll((uint32_t)len) : 0;

	switch (roll(5)) {
	case 0: memmove(line + at, line + at + (len > 0), len - at + (len == 0)); break;
	case 1: insert(line, size, at, (char)(33 + roll(94))); break;
	case 2: line[at] = '\0'; break;
	case 3: insert(line, size, at, ' '); break;
	default:
		insert(line, size, len, ' ');
		for (size_t i = at; i < len; i++)
			insert(line, size, strlen(line), line[i]);
	}
}

static void changes_nothing_when_a_mutated_line_is_refused(void **state)
{
	size_t refused = 0;
	char *before, *after;
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, scenario_a);
	box_feed(&b, scenario_c);
	before = box_print(&b);
	for (int i = 0; i < MUTATED; i++) {
		const struct config_row *row = any_row();
		bool taken;
		char line[2048];

		b.cursor = (struct config_cursor){.mode = CONFIG_MODE_GLOBAL};
		if (row->mode == CONFIG_MODE_INTERFACE)
			snprintf(b.cursor.object, sizeof(b.cursor.object), "FastEthernet0");
		if (row->mode == CONFIG_MODE_INTERFACE)
			b.cursor.mode = CONFIG_MODE_INTERFACE;
		walk_row(row, roll(5) == 0, line, sizeof(line));
		for (uint32_t k = roll(3); k < 3; k++)
			mutate(line, sizeof(line));
		taken = box_line(&b, line) == 0;
		if (taken && !b.changed)
			continue;
		after = box_print(&b);
		if (!taken) {
			refused++;
			assert_true(fault_count(&b.faults, FAULT_ERROR) > 0);
			assert_string_equal(before, after);
			assert_false(b.changed);
		}
		free(before);
		before = after;
	}
	free(before);
	assert_true(refused > MUTATED / 4);
	assert_fixed_point(&b);
	box_fini(&b);
}

static void never_prints_or_takes_a_masked_key(void **state)
{
	char *masked;
	struct box b, other;

	(void)state;
	box_init(&b);
	box_init(&other);
	box_feed(&b, scenario_a);
	masked = config_grammar_print(&b.config, DIALECT_IOS, 0);
	assert_null(strstr(masked, "cisco"));
	assert_non_null(strstr(masked, "crypto isakmp key ******** address 12.1.1.2\n"));
	assert_int_equal(box_text(&other, masked), -22);
	assert_int_equal(fault_count(&other.faults, FAULT_ERROR), 1);
	assert_int_equal(other.config.n_keys, 0);
	free(masked);
	box_fini(&b);
	box_fini(&other);
}

static void names_the_line_of_each_fault(void **state)
{
	static const char text[] = "hostname a\r\n\nbogus\n!\ninterface gi0/1\n ip mtu 1\n";
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_text(&b, text), -22);
	assert_int_equal(b.faults.n, 2);
	assert_int_equal(b.faults.rows[0].line, 3);
	assert_int_equal(b.faults.rows[1].line, 6);
	assert_int_equal(b.faults.rows[1].column, 8);
	assert_string_equal(b.config.hostname, "a");
	fault_list_fini(&b.faults);
	assert_int_equal(config_grammar_text(&b.config, "hostname\0x\nhostname b", 21, &b.faults),
			 -22);
	assert_non_null(strstr(b.faults.rows[0].text, "NUL byte"));
	assert_string_equal(b.config.hostname, "b");
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_scenario_a_as_a_router_prints_it),
		cmocka_unit_test(loads_scenario_c),
		cmocka_unit_test(takes_every_line_its_rows_describe),
		cmocka_unit_test(never_swallows_a_mistyped_line),
		cmocka_unit_test(stays_a_fixed_point_over_random_sessions),
		cmocka_unit_test(changes_nothing_when_a_mutated_line_is_refused),
		cmocka_unit_test(never_prints_or_takes_a_masked_key),
		cmocka_unit_test(names_the_line_of_each_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
