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
#define IF	 "interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
#define IF_PLAIN "interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n"
#define ACL	 "ip access-list extended V\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"

struct row {
	const char *text;
	enum fault_kind kind;
	const char *says; /* NULL: nothing at all */
};

/* clang-format off */
static const struct row table[] = {
	{POLICY KEY SET ENTRY IF ACL, FAULT_WARNING, NULL},
	{IF_PLAIN, FAULT_WARNING, NULL},
	{"hostname x\n", FAULT_ERROR, "no interface has a device"},
	{IF_PLAIN "interface gi0/1\n device tap t0\n", FAULT_ERROR, "use the same device t0"},
	{IF_PLAIN "interface gi0/1\n device tap t1\n ip address 10.0.0.1 255.0.0.0\n", FAULT_ERROR, "have the same address 10.0.0.1"},
	{IF_PLAIN "interface gi0/1\n device tap t1\n ip address 10.0.1.1 255.0.0.0\n", FAULT_WARNING, "GigabitEthernet0/0 and GigabitEthernet0/1 overlap"},
	{IF_PLAIN "interface gi0/1\n", FAULT_WARNING, "interface GigabitEthernet0/1 has no device"},
	{IF_PLAIN "interface gi0/1\n shutdown\n", FAULT_WARNING, NULL},
	{IF_PLAIN "ip route 10.2.0.0 255.255.0.0 gi0/9\n", FAULT_WARNING, "no interface GigabitEthernet0/9"},
	{IF_PLAIN "ip route 10.2.0.0 255.255.0.0 11.0.0.1\n", FAULT_WARNING, "11.0.0.1 is in the network of no interface"},
	{IF_PLAIN "ip route 10.2.0.0 255.255.0.0 10.0.0.2\n", FAULT_WARNING, NULL},
	{IF_PLAIN "platform\n worker-cores 1-3\n control-core 2\n", FAULT_WARNING, "core 2 is both"},
	{"crypto isakmp policy 10\n" KEY SET ENTRY IF ACL, FAULT_WARNING, "isakmp policy 10 needs certificates"},
	{KEY SET ENTRY IF ACL, FAULT_WARNING, "no isakmp policy uses pre-shared keys"},
	{POLICY SET ENTRY IF ACL, FAULT_WARNING, "peer 10.0.0.2 has no key: add crypto isakmp key KEY address 10.0.0.2"},
	{POLICY KEY ENTRY IF ACL, FAULT_WARNING, "transform set T does not exist"},
	{POLICY KEY SET ENTRY IF, FAULT_WARNING, "access list V does not exist"},
	{POLICY KEY SET ENTRY IF "ip access-list extended V\n deny ip any any\n", FAULT_WARNING, "access list V has no permit line"},
	{POLICY KEY SET ENTRY IF "ip access-list standard V\n permit any\n", FAULT_WARNING, "access list V is a standard one"},
	{POLICY KEY SET ENTRY IF_PLAIN ACL, FAULT_WARNING, "crypto map M is on no interface"},
	{POLICY IF, FAULT_WARNING, "crypto map M has no entries"},
	{POLICY KEY SET ENTRY "interface gi0/0\n device tap t\n crypto map M\n" ACL, FAULT_WARNING, "a crypto map and no ip address"},
	{POLICY KEY SET ENTRY IF ACL "crypto map M local-address gi0/5\n", FAULT_WARNING, "local-address GigabitEthernet0/5 does not exist"},
	{POLICY KEY SET ENTRY IF ACL "crypto map M 20 ipsec-isakmp\n set peer 10.0.0.2\n", FAULT_WARNING, "crypto map entry incomplete and not used: crypto map M 20 lacks `match address` `set transform-set`"},
	{POLICY KEY SET ENTRY IF ACL "crypto isakmp key k address 1.1.1.1\n", FAULT_WARNING, "a key for 1.1.1.1/32, and no crypto map entry has this peer"},
	{POLICY KEY SET ENTRY IF ACL "crypto isakmp key k address 0.0.0.0 0.0.0.0\n", FAULT_WARNING, NULL},
	{POLICY KEY SET ENTRY IF ACL "crypto isakmp key k hostname h.example\n", FAULT_WARNING, "the key for host h.example is not used"},
	{POLICY KEY SET " mode transport\n" ENTRY IF ACL, FAULT_WARNING, "transform set T is of mode transport"},
	{POLICY KEY SET ENTRY IF ACL "crypto map M 20 ipsec-isakmp\n match address W\n set peer 10.0.0.2\n set transform-set T\nip access-list extended W\n permit tcp 10.1.1.0 0.0.0.255 any\n", FAULT_WARNING, "entries 10 and 20 overlap (V line 10, W line 10)"},
	{POLICY KEY SET ENTRY IF ACL "crypto map M 20 ipsec-isakmp\n match address W\n set peer 10.0.0.2\n set transform-set T\nip access-list extended W\n permit tcp 10.3.1.0 0.0.0.255 any\n", FAULT_WARNING, NULL},
	{POLICY SET IF ACL "crypto isakmp key k address 10.0.0.1\ncrypto map M 10 ipsec-isakmp\n match address V\n set peer 10.0.0.1\n set transform-set T\n", FAULT_WARNING, "peer 10.0.0.1 is our own address"},
};
/* clang-format on */

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
