/* SPDX-License-Identifier: BSD-3-Clause */
/* Object-groups: what a line that names them stands for, and that print is as it was typed. */
#include "lib/config/config_acl.h"
#include "tests/unit/config_test.h"

#define NETWORKS                                 \
	"object-group network BRANCH\n"          \
	" network-object 10.2.0.0 255.255.0.0\n" \
	" network-object host 10.9.0.1\n"        \
	"object-group network HQ\n"              \
	" description where we are\n"            \
	" network-object 10.1.0.0 255.255.0.0\n" \
	" network-object host 10.3.0.1\n"        \
	"object-group network ALL\n"             \
	" group-object BRANCH\n"                 \
	" group-object HQ\n"
#define SERVICES                                            \
	"object-group service WEB tcp\n"                    \
	" port-object eq www\n"                             \
	" port-object eq 443\n"                             \
	"object-group service BOTH tcp-udp\n"               \
	" port-object eq domain\n"                          \
	"object-group service ANY\n"                        \
	" service-object tcp destination eq www\n"          \
	" service-object udp source eq 5\n"                 \
	" service-object icmp\n"                            \
	" service-object tcp-udp destination range 20 30\n" \
	"object-group protocol TCPUDP\n"                    \
	" protocol-object tcp\n"                            \
	" protocol-object udp\n"                            \
	"object-group icmp-type PINGS\n"                    \
	" icmp-object echo\n"                               \
	" icmp-object echo-reply\n"

/* As somebody types it: the cursor stays in the last mode. */
static void type(struct box *b, const char *text)
{
	char line[256];

	for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (box_line(b, line))
			fail_msg("%s: %s", line, b->faults.rows[0].text);
	}
}

/* What list V selects, one line each. */
static const char *selected(const struct box *b)
{
	static char all[8192];
	const struct config_acl *acl = config_model_acl(&b->config, "V");
	char text[CONFIG_ACL_TEXT];
	size_t len = 0;

	all[0] = '\0';
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		len += (size_t)snprintf(
			all + len, sizeof(all) - len, "%u %s\n", acl->lines[i].sequence,
			config_grammar_acl_text(&acl->lines[i], false, text, sizeof(text)));
	return all;
}

/* Loaded from what it prints in each dialect, the list selects the same. */
static void assert_prints(const struct box *b)
{
	char *want = strdup(selected(b));

	for (unsigned d = 0; d < DIALECT_COUNT; d++) {
		char *first = config_grammar_print(&b->config, (enum dialect)d, 0), *second;
		struct box other;

		box_init(&other);
		assert_int_equal(box_text(&other, first), 0);
		second = config_grammar_print(&other.config, (enum dialect)d, 0);
		assert_string_equal(first, second);
		assert_string_equal(selected(&other), want);
		free(first);
		free(second);
		box_fini(&other);
	}
	free(want);
}

/* What a line stands for. */
static const struct {
	const char *line;
	const char *lines;
} made[] = {
	{"permit ip object-group BRANCH object-group HQ",
	 "10 permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
	 "10 permit ip 10.2.0.0 0.0.255.255 host 10.3.0.1\n"
	 "10 permit ip host 10.9.0.1 10.1.0.0 0.0.255.255\n"
	 "10 permit ip host 10.9.0.1 host 10.3.0.1\n"},
	{"permit ip any object-group ALL", "10 permit ip any 10.2.0.0 0.0.255.255\n"
					   "10 permit ip any host 10.9.0.1\n"
					   "10 permit ip any 10.1.0.0 0.0.255.255\n"
					   "10 permit ip any host 10.3.0.1\n"},
	{"permit tcp any host 10.0.0.1 object-group WEB",
	 "10 permit tcp any host 10.0.0.1 eq www\n"
	 "10 permit tcp any host 10.0.0.1 eq https\n"},
	{"permit tcp any object-group WEB host 10.0.0.1",
	 "10 permit tcp any eq www host 10.0.0.1\n"
	 "10 permit tcp any eq https host 10.0.0.1\n"},
	{"permit tcp object-group BRANCH object-group WEB host 10.0.0.1 eq 5",
	 "10 permit tcp 10.2.0.0 0.0.255.255 eq www host 10.0.0.1 eq 5\n"
	 "10 permit tcp 10.2.0.0 0.0.255.255 eq https host 10.0.0.1 eq 5\n"
	 "10 permit tcp host 10.9.0.1 eq www host 10.0.0.1 eq 5\n"
	 "10 permit tcp host 10.9.0.1 eq https host 10.0.0.1 eq 5\n"},
	{"permit tcp any object-group BRANCH object-group WEB",
	 "10 permit tcp any 10.2.0.0 0.0.255.255 eq www\n"
	 "10 permit tcp any 10.2.0.0 0.0.255.255 eq https\n"
	 "10 permit tcp any host 10.9.0.1 eq www\n"
	 "10 permit tcp any host 10.9.0.1 eq https\n"},
	{"permit object-group ANY any host 10.0.0.1",
	 "10 permit tcp any host 10.0.0.1 eq www\n"
	 "10 permit udp any eq 5 host 10.0.0.1\n"
	 "10 permit icmp any host 10.0.0.1\n"
	 "10 permit tcp any host 10.0.0.1 range ftp-data 30\n"
	 "10 permit udp any host 10.0.0.1 range ftp-data 30\n"},
	{"permit object-group TCPUDP any any object-group BOTH",
	 "10 permit tcp any any eq domain\n10 permit udp any any eq domain\n"},
	{"deny object-group TCPUDP any any eq 7", "10 deny tcp any any eq 7\n"
						  "10 deny udp any any eq 7\n"},
	{"permit icmp any any object-group PINGS",
	 "10 permit icmp any any echo\n10 permit icmp any any echo-reply\n"},
	{"permit ip any object-group ALL inactive",
	 "10 permit ip any 10.2.0.0 0.0.255.255 inactive\n"
	 "10 permit ip any host 10.9.0.1 inactive\n"
	 "10 permit ip any 10.1.0.0 0.0.255.255 inactive\n"
	 "10 permit ip any host 10.3.0.1 inactive\n"},
};

static void stands_for_all_that_can_be_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(made); i++) {
		char line[256], *text;
		struct box b;

		box_init(&b);
		type(&b, NETWORKS SERVICES);
		snprintf(line, sizeof(line), "access-list V extended %s", made[i].line);
		assert_int_equal(box_line(&b, line), 0);
		assert_string_equal(selected(&b), made[i].lines);
		text = config_grammar_print(&b.config, DIALECT_ASA, 0);
		assert_non_null(strstr(text, line));
		free(text);
		assert_prints(&b);
		/* no takes back exactly that */
		snprintf(line, sizeof(line), "no access-list V extended %s", made[i].line);
		assert_int_equal(box_line(&b, line), 0);
		assert_null(config_model_acl(&b.config, "V"));
		box_fini(&b);
	}
}

/* What is refused after what. */
static const struct {
	const char *before;
	const char *line;
	const char *why;
} refused[] = {
	{"", "access-list V extended permit ip object-group WEB any", "WEB is not an object"},
	{"", "access-list V extended permit ip any object-group TCPUDP", "TCPUDP is not"},
	{"", "access-list V extended permit object-group HQ any any", "HQ is not an object"},
	{"", "access-list V extended permit udp any any object-group WEB", "is of tcp"},
	{"", "access-list V extended permit tcp any any object-group ANY", "whole services"},
	{"", "access-list V extended permit object-group WEB any any", "is of ports"},
	{"", "access-list V extended permit object-group ANY any any eq 5", "already"},
	{"", "access-list V extended permit tcp any object-group WEB", "expected"},
	{"", "access-list V extended permit tcp any object-group HQ any", "two ends"},
	{"", "no object-group network HQ", "used by object-group ALL"},
	{"", "object-group service HQ", "an object-group network"},
	{"object-group network HQ\n", "group-object ALL", "inside itself"},
	{"object-group network HQ\n", "group-object HQ", "inside itself"},
	{"object-group network HQ\n", "group-object WEB", "of another kind"},
	{"object-group network HQ\n", "group-object NONE", "does not exist"},
	{"object-group network HQ\n", "network-object 10.0.0.1 255.0.0.0", "not the address"},
	{"object-group network HQ\n", "range 10.0.0.9 10.0.0.1", "lower address first"},
	{"object-group service WEB tcp\n", "service-object tcp", "type port-object"},
	{"object-group service ANY\n", "port-object eq 5", "type service-object"},
	{"object-group service WEB tcp\n", "port-object gt 65535", "no such port"},
	{"object-group service WEB tcp\n", "port-object lt 0", "no such port"},
	{"access-list V extended permit ip any object-group HQ\n", "no object-group network HQ",
	 "line 1 of access list V"},
	{"object-group network WIDE\nrange 10.0.0.1 10.255.255.254\n"
	 "object-group network FAR\nrange 11.0.0.1 11.255.255.254\n"
	 "object-group service MANY tcp\nport-object eq 1\nport-object eq 2\n"
	 "port-object eq 3\n",
	 "access-list V extended permit tcp object-group WIDE object-group FAR "
	 "object-group "
	 "MANY",
	 "more than 4096 lines"},
	{"access-list V extended permit tcp any any object-group WEB\n"
	 "crypto map M 10 ipsec-isakmp\nmatch address V\n"
	 "object-group service WEB tcp\n",
	 "port-object range 5 9", "a crypto map matches access list V: IKEv1 protects one"},
	{"crypto map M 10 ipsec-isakmp\nmatch address V\nexit\n",
	 "access-list V extended permit object-group ANY any any",
	 "a crypto map matches access list V: IKEv1 protects one"},
	{"access-list V extended permit object-group TCPUDP any any eq 5\n"
	 "object-group protocol TCPUDP\n",
	 "protocol-object icmp", "has ports"},
};

static void refuses_what_does_not_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(refused); i++) {
		char *before, *after, *lines;
		struct box b;

		box_init(&b);
		type(&b, NETWORKS SERVICES);
		type(&b, refused[i].before);
		before = box_print(&b);
		lines = strdup(selected(&b));
		if (box_line(&b, refused[i].line) == 0 ||
		    !strstr(b.faults.rows[0].text, refused[i].why))
			fail_msg("%s: %s", refused[i].line,
				 b.faults.n ? b.faults.rows[0].text : "taken");
		after = box_print(&b);
		assert_string_equal(before, after);
		assert_string_equal(selected(&b), lines);
		assert_false(b.changed);
		free(before);
		free(after);
		free(lines);
		box_fini(&b);
	}
}

static void follows_the_members(void **state)
{
	struct config copy;
	struct box b;

	(void)state;
	box_init(&b);
	type(&b, NETWORKS "access-list V extended permit ip object-group ALL any\n"
			  "access-list V extended permit ip host 10.7.0.1 any\n"
			  "object-group network HQ\n"
			  "no network-object host 10.3.0.1\n"
			  "range 10.5.0.1 10.5.0.6\n");
	assert_string_equal(selected(&b), "10 permit ip 10.2.0.0 0.0.255.255 any\n"
					  "10 permit ip host 10.9.0.1 any\n"
					  "10 permit ip 10.1.0.0 0.0.255.255 any\n"
					  "10 permit ip host 10.5.0.1 any\n"
					  "10 permit ip 10.5.0.2 0.0.0.1 any\n"
					  "10 permit ip 10.5.0.4 0.0.0.1 any\n"
					  "10 permit ip host 10.5.0.6 any\n"
					  "20 permit ip host 10.7.0.1 any\n");
	assert_prints(&b);
	assert_int_equal(config_model_copy(&copy, &b.config), 0);
	assert_int_equal(copy.acls[0].n_lines, 8);
	assert_ptr_not_equal(copy.acls[0].lines, b.config.acls[0].lines);
	config_model_fini(&copy);
	/* once where two have it, and again when only one has */
	type(&b, "object-group network HQ\nnetwork-object host 10.9.0.1\n");
	assert_int_equal(b.config.acls[0].n_lines, 8);
	type(&b, "object-group network BRANCH\nno network-object host 10.9.0.1\n");
	assert_int_equal(b.config.acls[0].n_lines, 8);
	/* a place in between numbers the others anew */
	type(&b, "access-list V line 1 extended permit ip host 10.8.0.1 any\n");
	assert_string_equal(config_model_acl(&b.config, "V") ? selected(&b) : "",
			    "10 permit ip host 10.8.0.1 any\n"
			    "20 permit ip 10.2.0.0 0.0.255.255 any\n"
			    "20 permit ip 10.1.0.0 0.0.255.255 any\n"
			    "20 permit ip host 10.5.0.1 any\n"
			    "20 permit ip 10.5.0.2 0.0.0.1 any\n"
			    "20 permit ip 10.5.0.4 0.0.0.1 any\n"
			    "20 permit ip host 10.5.0.6 any\n"
			    "20 permit ip host 10.9.0.1 any\n"
			    "30 permit ip host 10.7.0.1 any\n");
	type(&b, "no access-list V extended permit ip object-group ALL any\n");
	assert_string_equal(selected(&b), "10 permit ip host 10.8.0.1 any\n"
					  "30 permit ip host 10.7.0.1 any\n");
	assert_false(b.config.acls[0].expanded);
	type(&b, "no object-group network ALL\n");
	assert_int_equal(fault_count(&b.faults, FAULT_ERROR), 0);
	box_fini(&b);
}

/* A router's words, and groups that are typed after those that name them. */
static void takes_the_words_of_a_router(void **state)
{
	char *text;
	struct box b;

	(void)state;
	box_init(&b);
	type(&b, "object-group network OUTER\n host 10.1.0.1\n any\n 10.4.0.0 255.255.0.0\n"
		 "object-group network INNER\n host 10.2.0.1\n"
		 "object-group network OUTER\n group-object INNER\n no any\n"
		 "object-group service S\n tcp eq www\n udp source eq 5 range 7 9\n esp\n"
		 "ip access-list extended V\n permit object-group S any object-group OUTER\n");
	assert_int_equal(fault_count(&b.faults, FAULT_ERROR), 0);
	text = config_grammar_print(&b.config, DIALECT_IOS, 0);
	assert_non_null(strstr(text, "object-group network INNER\n host 10.2.0.1\n!\n"));
	assert_non_null(strstr(text, "object-group network OUTER\n host 10.1.0.1\n"
				     " 10.4.0.0 255.255.0.0\n group-object INNER\n!\n"));
	assert_true(strstr(text, "network INNER\n") < strstr(text, "network OUTER\n"));
	assert_non_null(strstr(text, "object-group service S\n tcp eq www\n"
				     " udp source eq 5 range 7 9\n esp\n!\n"));
	assert_non_null(strstr(text, "\n permit object-group S any object-group OUTER\n"));
	free(text);
	assert_int_equal(config_model_acl(&b.config, "V")->n_lines, 9);
	assert_prints(&b);
	box_fini(&b);
}

/* Groups N0 to N(n-1), each with `inner` in every one of the `of` before it. */
static void type_nest(struct box *b, unsigned n, unsigned of)
{
	char line[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "object-group network N%u\n", i);
		type(b, line);
	}
	for (unsigned i = 0; i + 1 < n; i++) {
		snprintf(line, sizeof(line), "object-group network N%u\n", i);
		type(b, line);
		for (unsigned k = 1; k <= of; k++) {
			snprintf(line, sizeof(line), "group-object N%u", i / of * of + of + k - 1);
			if (i / of * of + of + k - 1 < n && box_line(b, line))
				return;
		}
	}
}

/* However they were typed: a chain from its outer end, and ways that double at every step. */
static void is_bounded(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	type_nest(&b, 64, 1);
	assert_non_null(strstr(b.faults.rows[0].text, "more than 16 deep"));
	assert_prints(&b);
	box_fini(&b);

	box_init(&b);
	type_nest(&b, 64, 4);
	assert_non_null(strstr(b.faults.rows[0].text, "more than 4096 inside one"));
	assert_prints(&b);
	box_fini(&b);
}

/* Lines that stand for 1000 each, until all of them together are too many. */
static void all_lists_together_are_bounded(void **state)
{
	char line[96];
	struct box b;
	int err = 0;

	(void)state;
	box_init(&b);
	type(&b, "object-group network MANY\n");
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "network-object host 10.0.%u.%u\n", i / 250,
			 i % 250 + 1);
		type(&b, line);
	}
	for (unsigned i = 0; i < 70 && !err; i++) {
		snprintf(line, sizeof(line),
			 "access-list V%u extended permit ip object-group MANY host 11.0.0.%u",
			 i / 2, i + 1);
		err = box_line(&b, line);
	}
	assert_int_not_equal(err, 0);
	assert_non_null(strstr(b.faults.rows[0].text, "more than 65536 lines"));
	assert_int_equal(config_model_acl(&b.config, "V32")->n_typed, 1);
	type(&b, "object-group network MANY\n");
	err = 0;
	for (unsigned i = 0; i < 20 && !err; i++) {
		snprintf(line, sizeof(line), "network-object host 10.1.0.%u", i + 1);
		err = box_line(&b, line);
	}
	assert_non_null(strstr(b.faults.rows[0].text, "more than 65536 lines"));
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_for_all_that_can_be_made),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(follows_the_members),
		cmocka_unit_test(takes_the_words_of_a_router),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(all_lists_together_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
