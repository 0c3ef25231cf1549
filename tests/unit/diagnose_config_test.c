/* SPDX-License-Identifier: BSD-3-Clause */
/* What a configuration alone shows to be wrong: one thing that differs, one code. */
#include "controlplane/diagnose/config_rules.h"
#include "tests/unit/config_test.h"

#define POLICY                                                                      \
	"crypto isakmp policy 10\n authentication pre-share\n encryption aes 256\n" \
	" group 14\n"
#define KEY "crypto isakmp key SECRETWORD address 10.0.0.2\n"
#define SET "crypto ipsec transform-set TSET esp-gcm\n"
#define ENTRY                                                                       \
	"crypto map MAPA 10 ipsec-isakmp\n match address VPN\n set peer 10.0.0.2\n" \
	" set transform-set TSET\n"
#define IF_PLAIN "interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n"
#define IF	 IF_PLAIN " crypto map MAPA\n"
#define INSIDE	 "interface gi0/1\n device tap t1\n ip address 10.1.0.1 255.255.0.0\n"
#define ACL                                                             \
	"ip access-list extended VPN\n permit ip 10.1.0.0 0.0.255.255 " \
	"10.2.0.0 0.0.255.255\n"
#define ROUTE	  "ip route 0.0.0.0 0.0.0.0 10.0.0.254\n"
#define ALL	  POLICY KEY SET ENTRY IF INSIDE ACL ROUTE
#define DYNAMIC	  "crypto dynamic-map DYN 10\n set transform-set TSET\n"
#define SECOND	  "crypto map MAPA 20 ipsec-isakmp\n match address OTHER\n set transform-set TSET\n"
#define OTHER_KEY "crypto isakmp key SECRETWORD address 10.0.0.3\n"
#define CLIENTS                                                                                \
	"aaa new-model\naaa authentication login L local\naaa authorization network L local\n" \
	"crypto map MAPA client authentication list L\n"                                       \
	"crypto map MAPA isakmp authorization list L\n"                                        \
	"crypto map MAPA client configuration address respond\n"
#define GROUP "crypto isakmp client configuration group grp\n key SECRETWORD\n pool POOL\n"
#define DNS   " dns 10.1.0.9\n"
#define POOL  "ip local pool POOL 10.9.0.1 10.9.0.9\n"

struct row {
	const char *text;
	const char *codes; /* all of them, in order, blanks between */
	const char *says;  /* in the sentence, what was seen, or the command; NULL = whatever */
};

static const struct row table[] = {
#define ROW(...) {__VA_ARGS__},
#include "tests/unit/diagnose_config_rows.def"
#undef ROW
};

/* Everything that is ever printed of it. */
static void print_all(const struct diagnosis *d, char *text, size_t size)
{
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];

	snprintf(text, size, "%s | %s | %s | %s", diagnose_sentence(d, sentence, sizeof(sentence)),
		 d->saw, d->decide, diagnose_command(d, command, sizeof(command)));
}

static void check_row(const struct row *t)
{
	static struct diagnose_list list;
	char codes[512] = "", text[2048];
	bool said = !t->says;
	struct box b;

	box_init(&b);
	box_feed(&b, t->text);
	list.n = 0;
	diagnose_config(&b.config, &list);
	for (size_t i = 0; i < list.n; i++) {
		print_all(&list.items[i], text, sizeof(text));
		snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", i ? " " : "",
			 diagnose_name(list.items[i].code));
		said |= t->says && strstr(text, t->says);
		if (strpbrk(text, "{}") || strstr(text, "SECRET"))
			fail_msg("%s", text);
	}
	if (strcmp(codes, t->codes) != 0 || !said) {
		for (size_t i = 0; i < list.n; i++) {
			print_all(&list.items[i], text, sizeof(text));
			print_error("  %s: %s\n", diagnose_name(list.items[i].code), text);
		}
		fail_msg("row %d: expected \"%s\" (%s), got \"%s\"", (int)(t - table), t->codes,
			 t->says ? t->says : "", codes);
	}
	box_fini(&b);
}

static void names_what_one_configuration_shows(void **)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		check_row(&table[i]);
}

static size_t count_faults(const struct box *b, enum config_rules_when when, const char *code)
{
	struct fault_list faults = {0};
	size_t n = 0;

	config_rules_faults(&b->config, when, &faults);
	for (size_t i = 0; i < faults.n; i++)
		n += !strncmp(faults.rows[i].text, code, strlen(code));
	fault_list_fini(&faults);
	return n;
}

/* What stands in the configurations of the references, and not one thing more. */
static const struct {
	const char *name;
	const char *codes;
} golden[] = {
	{"s1-asa.conf", "P1-NO-KEY P1-NO-KEY CFG-ACQUIRE CFG-MAP-NOT-APPLIED CFG-ACQUIRE "
			"RA-POOL-BAD CFG-NAME-CASE"},
	{"s1-dynamic.conf", "CFG-ACQUIRE P1-NO-KEY P1-NOT-ENABLED CFG-ACQUIRE CFG-ACQUIRE"},
	{"s1-rri.conf", "CFG-ACQUIRE P1-NO-KEY CFG-ACQUIRE CFG-MAP-NOT-APPLIED CFG-ACQUIRE"},
	{"s2-carrion.conf", ""},
	{"s2-rain.conf", ""},
	{"s2-snow.conf", ""},
	{"s4-asa.conf", "P1-NO-KEY"},
	{"scenario-a.conf", ""},
};

static void load_golden(struct box *b, const char *name)
{
	char path[512], *text = calloc(1, 1 << 17);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN_CONFIG, name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 17) - 1, file) > 0);
	fclose(file);
	box_init(b);
	box_feed(b, text);
	free(text);
}

static void configurations_that_work_raise_nothing(void **)
{
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		static struct diagnose_list list;
		char codes[512] = "";
		struct box b;

		load_golden(&b, golden[i].name);
		list.n = 0;
		diagnose_config(&b.config, &list);
		for (size_t k = 0; k < list.n; k++)
			snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s",
				 k ? " " : "", diagnose_name(list.items[k].code));
		if (strcmp(codes, golden[i].codes) != 0)
			fail_msg("%s: expected \"%s\", got \"%s\"", golden[i].name, golden[i].codes,
				 codes);
		box_fini(&b);
	}
}

/* The hub and a spoke of the same laboratory. */
static void ends_that_work_together_agree(void **)
{
	static const char *const pairs[][2] = {{"s2-snow.conf", "s2-rain.conf"},
					       {"s2-rain.conf", "s2-snow.conf"}};

	for (size_t i = 0; i < 2; i++) {
		static struct diagnose_list list;
		struct box a, b;

		load_golden(&a, pairs[i][0]);
		load_golden(&b, pairs[i][1]);
		list.n = 0;
		diagnose_pair(&a.config, &b.config, &list);
		for (size_t k = 0; k < list.n; k++) {
			char text[DIAGNOSE_TEXT];

			print_error("%s: %s %s\n", diagnose_name(list.items[k].code),
				    diagnose_sentence(&list.items[k], text, sizeof(text)),
				    list.items[k].saw);
		}
		assert_int_equal(list.n, 0);
		box_fini(&a);
		box_fini(&b);
	}
}

/* A map is typed line by line: what it lacks is said when it is left, what is wrong at once. */
static void half_a_change_lacks_nothing_yet(void **)
{
	struct box b;

	box_init(&b);
	box_feed(&b, POLICY SET IF "crypto map MAPA 10 ipsec-isakmp\n");
	assert_int_equal(count_faults(&b, CONFIG_RULES_AT_ONCE, ""), 0);
	assert_int_equal(count_faults(&b, CONFIG_RULES_ALL, "CFG-NO-PEER: "), 1);
	box_feed(&b, "ip local pool POOL 10.9.0.0 10.9.0.9\n");
	assert_int_equal(count_faults(&b, CONFIG_RULES_AT_ONCE, "RA-POOL-BAD: "), 1);
	box_fini(&b);
}

/* Lines that come one after the other to something sound: not a word in between. */
static void sound_configuration_is_typed_in_silence(void **)
{
	static const char text[] = ALL GROUP DNS POOL CLIENTS DYNAMIC OTHER_KEY SECOND
		" set peer 10.0.0.3\nip access-list extended OTHER\n"
		" permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n"
		"crypto map MAPA 65535 ipsec-isakmp dynamic DYN\n";
	char line[256];
	struct box b;

	box_init(&b);
	for (const char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
		assert_int_equal(box_line(&b, line), 0);
		if (count_faults(&b, CONFIG_RULES_AT_ONCE, ""))
			fail_msg("after \"%s\"", line);
	}
	assert_int_equal(count_faults(&b, CONFIG_RULES_ALL, ""), 0);
	box_fini(&b);
}

/* However it came there: such a line would be negotiated for every port. */
static void line_that_ike_cannot_hold_is_named(void **)
{
	static struct diagnose_list list;
	struct box b;

	box_init(&b);
	box_feed(&b, POLICY KEY SET ENTRY IF INSIDE ROUTE
		 "ip access-list extended VPN\n permit tcp any any eq 80\n");
	b.config.acls[0].lines[0].dst_port[1] = 90;
	list.n = 0;
	diagnose_config(&b.config, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.items[0].code, DIAGNOSE_CFG_NO_ACL);
	assert_non_null(strstr(list.items[0].saw, "VPN, line 10: IKEv1 protects one port"));
	assert_non_null(strstr(list.items[0].saw, "the entry is not used"));
	box_fini(&b);
}

/* The list is short: errors are not pushed out by warnings. */
static void errors_come_first(void **)
{
	static struct diagnose_list list;
	char line[128];
	struct box b;

	box_init(&b);
	box_feed(&b, POLICY KEY SET IF ACL);
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "ip local pool P%d 10.9.%d.0 10.9.%d.9", i, i, i);
		assert_int_equal(box_line(&b, line), 0);
	}
	for (int i = 1; i < 20; i++) {
		snprintf(line, sizeof(line), "crypto map MAPA %d ipsec-isakmp", i);
		assert_int_equal(box_line(&b, line), 0);
	}
	list.n = 0;
	diagnose_config(&b.config, &list);
	assert_int_equal(list.n, DIAGNOSE_MAX);
	for (size_t i = 0; i < list.n; i++)
		assert_int_equal(diagnose_severity(list.items[i].code), DIAGNOSE_ERROR);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_one_configuration_shows),
		cmocka_unit_test(configurations_that_work_raise_nothing),
		cmocka_unit_test(ends_that_work_together_agree),
		cmocka_unit_test(half_a_change_lacks_nothing_yet),
		cmocka_unit_test(sound_configuration_is_typed_in_silence),
		cmocka_unit_test(line_that_ike_cannot_hold_is_named),
		cmocka_unit_test(errors_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
