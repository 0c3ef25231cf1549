/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults of a configuration as a whole: what cannot run is an error, the rest is a warning. */
#include "tests/unit/config_test.h"

/* A configuration that has nothing to complain about. */
#define POLICY "crypto isakmp policy 10\n authentication pre-share\n group 14\n"
#define KEY    "crypto isakmp key k address 10.0.0.2\n"
#define SET    "crypto ipsec transform-set T esp-gcm\n"
#define ENTRY                                                                                     \
	"crypto map M 10 ipsec-isakmp\n match address V\n set peer 10.0.0.2\n set transform-set " \
	"T\n"
#define CLASS(name) "class-map " name "\n match dscp ef\n"
#define EIGHT_CLASSES \
	CLASS("A") CLASS("B") CLASS("C") CLASS("D") CLASS("E") CLASS("F") CLASS("G") CLASS("H")
#define IF_PLAIN "interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n"
#define IF	 IF_PLAIN " crypto map M\n"
#define ACL	 "ip access-list extended V\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"

#define CLASS_C	 "class-map match-all C\n"
#define POLICY_P "policy-map P\n class C\n"

#define DYNAMIC "crypto dynamic-map D 10\n set transform-set T\n"
/* Remote access without fault. */
#define AAA                                                                   \
	"aaa new-model\naaa authentication login L local\naaa authorization " \
	"network L local\n" USER
#define USER  "username a secret 5 $1$mERr$w5.//9uXRXFajB2e9rkiV0\n"
#define GROUP "crypto isakmp client configuration group g\n key k\n pool P\n"
#define POOL  "ip local pool P 10.9.0.1 10.9.0.9\n"
#define CLIENTS                                                                                 \
	"crypto map M client authentication list L\ncrypto map M isakmp authorization list L\n" \
	"crypto map M client configuration address respond\n"
/* the warning about aggressive mode has rows of its own */
#define BASE POLICY KEY SET ENTRY IF ACL "crypto isakmp aggressive-mode disable\n"

struct row {
	const char *text;
	enum fault_kind kind;
	const char *says; /* NULL: nothing at all */
};

static const struct row table[] = {
#define ROW(...) {__VA_ARGS__},
#include "tests/unit/config_validate_remote.def"
#include "tests/unit/config_validate_rows.def"
#undef ROW
};

static void finds_what_is_wrong_with_the_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *t = &table[i];
		bool found = false;
		struct box b;

		box_init(&b);
		box_feed(&b, t->text);
		fault_list_fini(&b.faults);
		config_grammar_validate(&b.config, &b.faults);
		for (size_t k = 0; k < b.faults.n; k++)
			found |= t->says && b.faults.rows[k].kind == t->kind &&
				 strstr(b.faults.rows[k].text, t->says);
		if (t->says ? !found : b.faults.n != 0) {
			print_error("expected: %s\n", t->says ? t->says : "nothing");
			for (size_t k = 0; k < b.faults.n; k++)
				print_error("  %s\n", b.faults.rows[k].text);
			fail();
		}
		if (t->kind == FAULT_WARNING)
			assert_int_equal(fault_count(&b.faults, FAULT_ERROR), 0);
		box_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_wrong_with_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
