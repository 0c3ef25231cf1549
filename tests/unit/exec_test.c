/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/exec.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct exec_row *row_of(const char *path, size_t len)
{
	for (size_t i = 0; i < exec_table_len; i++)
		if (strlen(exec_table[i].path) == len && !strncmp(exec_table[i].path, path, len))
			return &exec_table[i];
	return NULL;
}

/* Writes a line that the row matches: values that fit in place of the typed words. */
static const char *example_of(const struct exec_row *row, char *buf, size_t size)
{
	struct word words[WORDS_MAX];
	size_t n = words_split(row->path, words, WORDS_MAX), len = 0;

	for (size_t i = 0; i < n; i++) {
		const char *text = words[i].at;
		int text_len = (int)words[i].len;

		if (*text == '<') {
			text_len = (int)strspn(++text, "0123456789");
		} else if (*text == 'A') {
			text = "10.0.0.1";
			text_len = 8;
		} else if (*text == 'L') {
			text = "show version";
			text_len = 12;
		}
		len += (size_t)snprintf(buf + len, size - len, "%s%.*s", i ? " " : "", text_len,
					text);
	}
	return buf;
}

static void word_before_each_row_is_a_row(void **)
{
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];
		struct word words[WORDS_MAX];
		size_t n = words_split(row->path, words, WORDS_MAX);
		const struct exec_row *parent;

		if (n == 1)
			continue;
		parent = row_of(row->path, (size_t)(words[n - 1].at - 1 - row->path));
		if (!parent)
			fail_msg("\"%s\" stands alone", row->path);
		if (row->prompts & ~parent->prompts & EXEC_PROMPTS)
			fail_msg("\"%s\" cannot be reached at all its prompts", row->path);
	}
}

/* What the prompt of a user knows, the server does for a user. */
static void rows_of_the_user_prompt_need_no_privilege(void **)
{
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];

		if ((row->prompts & EXEC_USER) && row->render && row->method < RPC_METHOD_COUNT &&
		    rpc_schema_privilege(row->method) > RPC_PRIVILEGE_USER)
			fail_msg("\"%s\" would be refused by the server", row->path);
	}
}

static void every_word_has_help(void **)
{
	for (size_t i = 0; i < exec_table_len; i++)
		assert_true(*exec_table[i].help);
}

static void every_row_matches_its_own_path(void **)
{
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];
		struct exec_match match;
		char line[256];

		if (row->alias)
			continue;
		for (unsigned p = EXEC_USER; p <= EXEC_CONFIG; p <<= 1) {
			enum exec_result rc =
				exec_match(p, example_of(row, line, sizeof(line)), &match);
			bool runs = row->run || row->render;

			if (!(row->prompts & p))
				assert_int_equal(rc, EXEC_INVALID);
			else
				assert_int_equal(rc, runs ? EXEC_OK : EXEC_INCOMPLETE);
			if (rc == EXEC_OK)
				assert_ptr_equal(match.row, row);
		}
	}
}

static void every_call_names_each_value(void **)
{
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];
		struct exec_match match;
		struct word keys[EXEC_VALUES_MAX];
		char line[256];
		json_t *params;

		if (!row->render)
			continue;
		assert_int_equal(exec_match(row->prompts & EXEC_USER ? EXEC_USER : EXEC_ENABLED,
					    example_of(row, line, sizeof(line)), &match),
				 EXEC_OK);
		assert_int_equal(row->keys ? words_split(row->keys, keys, EXEC_VALUES_MAX) : 0,
				 match.n_values);
		params = exec_params(&match);
		assert_true(json_is_object(params));
		json_decref(params);
	}
}

struct sample {
	const char *line;
	enum exec_result result;
	const char *path; /* of the row, when it matched */
	size_t column;	  /* else */
};

// clang-format off
static const struct sample samples[] = {
	{"sh cry isa sa", EXEC_OK, "show crypto isakmp sa", 0},
	{"SHOW Crypto IPSec SA", EXEC_OK, "show crypto ipsec sa", 0},
	{"  show   access-list  110 ", EXEC_OK, "show access-lists WORD", 0},
	{"show crypto engine connection active", EXEC_OK,
	 "show crypto engine connections active", 0},
	{"wr", EXEC_OK, "write", 0},
	{"wr t", EXEC_OK, "write terminal", 0},
	{"no deb cry isa", EXEC_OK, "no debug crypto isakmp", 0},
	{"u all", EXEC_OK, "undebug all", 0},
	{"sh int Gi 0/1", EXEC_OK, "show interfaces INTERFACE", 0},
	{"clear crypto isakmp 0", EXEC_OK, "clear crypto isakmp <0 - 32766>", 0},
	{"clear crypto isakmp 32766", EXEC_OK, "clear crypto isakmp <0 - 32766>", 0},
	{"clear crypto isakmp 32767", EXEC_INVALID, NULL, 20},
	{"clear crypto isakmp -1", EXEC_INVALID, NULL, 20},
	{"clear crypto isakmp 18446744073709551617", EXEC_INVALID, NULL, 20},
	{"clear crypto isakmp 1 2", EXEC_INVALID, NULL, 22},
	{"clear crypto sa spi 1.1.1.1 esp 0x136A010F", EXEC_OK,
	 "clear crypto sa spi A.B.C.D esp <256-4294967295>", 0},
	{"clear crypto sa spi 1.1.1.1 esp 255", EXEC_INVALID, NULL, 32},
	{"clear crypto sa peer 256.1.1.1", EXEC_INVALID, NULL, 21},
	{"clear crypto sa peer", EXEC_INCOMPLETE, NULL, 16},
	{"sh", EXEC_INCOMPLETE, NULL, 0},
	{"show crypto", EXEC_INCOMPLETE, NULL, 5},
	{"c", EXEC_AMBIGUOUS, NULL, 0},
	{"show i", EXEC_AMBIGUOUS, NULL, 5},
	{"show crypto i sa", EXEC_AMBIGUOUS, NULL, 12},
	{"show crypto isakmpp sa", EXEC_INVALID, NULL, 12},
	{"shaw version", EXEC_INVALID, NULL, 0},
	{"crypto map M 10", EXEC_INVALID, NULL, 7},
	{"", EXEC_EMPTY, NULL, 0},
	{" \t ", EXEC_EMPTY, NULL, 0},
};
// clang-format on

static void samples_match_as_on_a_router(void **)
{
	for (size_t i = 0; i < array_len(samples); i++) {
		const struct sample *s = &samples[i];
		struct exec_match match;
		enum exec_result rc = exec_match(EXEC_ENABLED, s->line, &match);

		if (rc != s->result)
			fail_msg("\"%s\" gave %d", s->line, rc);
		if (rc == EXEC_OK)
			assert_string_equal(match.row->path, s->path);
		else
			assert_int_equal(match.column, s->column);
	}
}

static void line_longer_than_the_table_is_refused(void **)
{
	char line[4096] = "show crypto sa";
	struct exec_match match;

	for (size_t i = strlen(line); i + 2 < sizeof(line); i += 2)
		memcpy(line + i, " x", 3);
	assert_int_equal(exec_match(EXEC_ENABLED, line, &match), EXEC_INVALID);
	memset(line, 'a', sizeof(line) - 1);
	assert_int_equal(exec_match(EXEC_ENABLED, line, &match), EXEC_INVALID);
	memcpy(line, "show interfaces ", 16);
	assert_int_equal(exec_match(EXEC_ENABLED, line, &match), EXEC_OK);
	memcpy(line, "clear crypto sa peer ", 21);
	assert_int_equal(exec_match(EXEC_ENABLED, line, &match), EXEC_INVALID);
}

static void params_carry_typed_values(void **)
{
	struct exec_match match;
	json_t *params;

	assert_int_equal(exec_match(EXEC_ENABLED, "clear crypto sa spi 1.1.1.1 esp 0x100", &match),
			 EXEC_OK);
	params = exec_params(&match);
	assert_string_equal(json_string_value(json_object_get(params, "to")), "1.1.1.1");
	assert_int_equal(json_integer_value(json_object_get(params, "spi")), 256);
	json_decref(params);
	assert_int_equal(exec_match(EXEC_ENABLED, "debug crypto ipsec", &match), EXEC_OK);
	params = exec_params(&match);
	assert_string_equal(json_string_value(json_object_get(params, "topic")), "ipsec");
	assert_true(json_is_true(json_object_get(params, "on")));
	json_decref(params);
	assert_int_equal(exec_match(EXEC_ENABLED, "show access-list Vpn", &match), EXEC_OK);
	params = exec_params(&match);
	assert_string_equal(json_string_value(json_object_get(params, "name")), "Vpn");
	json_decref(params);
}

static void expect_interface(const char *line, const char *name)
{
	struct exec_match match;
	json_t *params;

	assert_int_equal(exec_match(EXEC_USER, line, &match), EXEC_OK);
	params = exec_params(&match);
	assert_string_equal(json_string_value(json_object_get(params, "interface")), name);
	json_decref(params);
}

static void interface_types_are_completed(void **)
{
	expect_interface("show interface gi0/1", "GigabitEthernet0/1");
	expect_interface("show interface Gi 0/1 ", "GigabitEthernet0/1");
	expect_interface("show interface GigabitEthernet0/1", "GigabitEthernet0/1");
	expect_interface("show interface fa0", "FastEthernet0");
	expect_interface("show interface nothing7", "nothing7");
	expect_interface("show interface 7", "7");
}

static void expect_choices(const char *text, const char *const *words, size_t n)
{
	struct config_choice rows[64];

	assert_int_equal(exec_choices(EXEC_ENABLED, text, rows, array_len(rows)), n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(rows[i].word, words[i]);
}

/* The help of the note (cli-commands 1.2). */
static void choices_follow_what_is_typed(void **)
{
	static const char *const sa[] = {"counters", "map", "peer", "spi", "<cr>"};
	static const char *const isakmp[] = {"<0 - 32766>", "<cr>"};
	static const char *const show_i[] = {"interfaces", "ip"};
	static const char *const cr[] = {"<cr>"};
	struct config_choice one[1];

	expect_choices("clear crypto sa ", sa, array_len(sa));
	expect_choices("cl cr isa ", isakmp, array_len(isakmp));
	expect_choices("show i", show_i, array_len(show_i));
	expect_choices("show arp ", cr, array_len(cr));
	expect_choices("show nothing ", NULL, 0);
	expect_choices("clear crypto isakmp x", NULL, 0);
	assert_int_equal(exec_choices(EXEC_ENABLED, "clear crypto sa ", one, 1), 5);
	assert_string_equal(one[0].help, "Reset the SA counters");
	assert_true(one[0].keyword);
}

/* Inside the line of ping and traceroute, which are one value of the table. */
static void choices_go_on_inside_a_line(void **)
{
	static const char *const first[] = {"A.B.C.D", "ip", "INTERFACE", "<cr>"};
	static const char *const target[] = {"A.B.C.D"};
	static const char *const ip[] = {"A.B.C.D", "ip"};
	static const char *const s[] = {"size", "source"};
	static const char *const size[] = {"<36-18024>"};
	static const char *const source[] = {"A.B.C.D", "INTERFACE"};
	static const char *const rest[] = {"data", "df-bit",   "repeat", "timeout",
					   "tos",  "validate", "<cr>"};
	static const char *const ttl[] = {"<1-255>"};
	static const char *const t[] = {"timeout", "ttl"};

	expect_choices("ping ", first, array_len(first));
	expect_choices("ping i", ip, array_len(ip));
	expect_choices("ping ip ", target, array_len(target));
	expect_choices("ping outside ", target, array_len(target));
	expect_choices("ping 10.0.0.1 s", s, array_len(s));
	expect_choices("ping ip 10.0.0.1 si ", size, array_len(size));
	expect_choices("ping 10.0.0.1 source ", source, array_len(source));
	expect_choices("ping 10.0.0.1 size 100 source 10.0.0.2 ", rest, array_len(rest));
	expect_choices("ping 10.0.0.1 nonsense ", NULL, 0);
	expect_choices("traceroute 10.0.0.1 t", t, array_len(t));
	expect_choices("traceroute 10.0.0.1 ttl 1 ", ttl, array_len(ttl));
}

/* H196: in no dialect, by no alias and by no abbreviation. */
static void user_prompt_knows_nothing_privileged(void **)
{
	for (size_t i = 0; i < exec_table_len; i++) {
		const struct exec_row *row = &exec_table[i];
		struct exec_match match;
		char line[256];

		example_of(row, line, sizeof(line));
		for (unsigned d = EXEC_IOS; d <= EXEC_PIX && !(row->prompts & EXEC_USER); d <<= 1)
			for (size_t len = strlen(line); len; len--) {
				line[len] = '\0';
				if (exec_match(EXEC_USER | d, line, &match) == EXEC_OK)
					assert_true(match.row->prompts & EXEC_USER);
			}
	}
}

static void an_alias_is_a_row_and_means_its_words(void **)
{
	struct exec_match match;

	for (size_t i = 0; i < exec_table_len; i++)
		if (exec_table[i].alias)
			assert_non_null(exec_row_of(exec_table[i].alias));
	assert_int_equal(exec_match(EXEC_ENABLED, "sh ipsec sa peer 10.0.0.1 detail", &match),
			 EXEC_OK);
	assert_string_equal(match.row->path, "show crypto ipsec sa peer A.B.C.D detail");
	assert_int_equal(match.n_values, 1);
	assert_int_equal(exec_match(EXEC_ENABLED, "show crypto ikev1 sa", &match), EXEC_OK);
	assert_string_equal(match.row->path, "show crypto isakmp sa");
}

/* The lists of cli-commands 1.2, verbatim: each dialect has its own words behind `clear crypto`. */
static void help_lists_the_words_of_the_dialect(void **)
{
	static const struct {
		unsigned prompt;
		const char *text;
		const char *words;
	} lists[] = {
		{EXEC_ENABLED, "clear crypto isakmp ", "<0 - 32766> <cr> "},
		{EXEC_ENABLED | EXEC_ASA, "clear crypto isakmp ", "sa <cr> "},
		{EXEC_ENABLED | EXEC_ASA, "clear crypto ipsec sa ",
		 "counters entry map peer <cr> "},
		{EXEC_ENABLED | EXEC_PIX, "clear crypto ipsec sa ",
		 "counters entry map peer <cr> "},
		{EXEC_ENABLED, "clear crypto ip", ""},
		{EXEC_ENABLED, "clear crypto sa ", "counters map peer spi <cr> "},
	};

	for (size_t i = 0; i < array_len(lists); i++) {
		struct config_choice rows[16];
		char words[256] = "";
		size_t n = exec_choices(lists[i].prompt, lists[i].text, rows, array_len(rows));

		for (size_t k = 0; k < n; k++) {
			strcat(words, rows[k].word);
			strcat(words, " ");
		}
		assert_string_equal(words, lists[i].words);
	}
}

static void words_of_every_dialect_are_understood_in_each(void **)
{
	struct exec_match match;

	assert_int_equal(exec_match(EXEC_ENABLED, "clear crypto ipsec sa", &match), EXEC_OK);
	assert_int_equal(exec_match(EXEC_ENABLED | EXEC_PIX, "clear crypto sa", &match), EXEC_OK);
	/* what is of the dialect wins over what is not */
	assert_int_equal(exec_match(EXEC_ENABLED, "clear crypto i", &match), EXEC_OK);
	assert_string_equal(match.row->path, "clear crypto isakmp");
	assert_int_equal(exec_match(EXEC_ENABLED | EXEC_ASA, "clear crypto i", &match),
			 EXEC_AMBIGUOUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_prompt_knows_nothing_privileged),
		cmocka_unit_test(an_alias_is_a_row_and_means_its_words),
		cmocka_unit_test(help_lists_the_words_of_the_dialect),
		cmocka_unit_test(words_of_every_dialect_are_understood_in_each),
		cmocka_unit_test(word_before_each_row_is_a_row),
		cmocka_unit_test(rows_of_the_user_prompt_need_no_privilege),
		cmocka_unit_test(every_word_has_help),
		cmocka_unit_test(every_row_matches_its_own_path),
		cmocka_unit_test(every_call_names_each_value),
		cmocka_unit_test(samples_match_as_on_a_router),
		cmocka_unit_test(line_longer_than_the_table_is_refused),
		cmocka_unit_test(params_carry_typed_values),
		cmocka_unit_test(interface_types_are_completed),
		cmocka_unit_test(choices_follow_what_is_typed),
		cmocka_unit_test(choices_go_on_inside_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
