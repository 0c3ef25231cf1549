/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether anything can come at all: links, routes, filters, IKE off. */
#include "tests/unit/diagnose_rows.h"

#define UNANSWERED                                                                      \
	{                                                                               \
		.initiator = true, ENDED(70, 8), .reason = IKE_REASON_NO_ANSWER,        \
		.messages = {{.times = 5, .ours = true, .last_ms = 30000}}, .phase1 = { \
			.messages_seen = 1                                              \
		}                                                                       \
	}

static const struct row rows[] = {
	{"no interface has the map",
	 .config = ROWS_KEY ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(""),
	 .root = DIAGNOSE_CFG_MAP_NOT_APPLIED,
	 .sentence = "crypto map M is on no interface (or the one it is on is not the exit).",
	 .command = "interface GigabitEthernet0/0 / crypto map M"},
	{"the exit has not the map", .also = {.out_interface = GI1},
	 .root = DIAGNOSE_CFG_MAP_NOT_APPLIED, .saw = "leaves by GigabitEthernet0/1"},
	{"another exit, and yet they have met", .also = {.out_interface = GI1, .ike_up = true},
	 .near = DIAGNOSE_CFG_MAP_NOT_APPLIED},

	{"traffic waits and the entry has no transform set",
	 .config = ROWS_KEY ROWS_POLICY ROWS_ACL ROWS_IF(
		 ROWS_ON) "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n match address 101\n",
	 .also = {.wanted = true, .waiting = 3}, .root = DIAGNOSE_CFG_ACQUIRE,
	 .sentence = "Cannot start IKE for 10.1.0.0/16 to 10.2.0.0/16: missing set transform-set."},
	{"traffic waits and no policy says pre-share",
	 .config = ROWS_KEY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(
		 ROWS_ON) "crypto isakmp policy 10\n group 14\n",
	 .also = {.wanted = true, .waiting = 3},
	 .drops = {{.reason = DROP_NO_SA,
		    .total = 3,
		    .flow = {.local = NET(10, 1, 0, 9, 32), .remote = NET(10, 2, 0, 9, 32)}}},
	 .root = DIAGNOSE_CFG_ACQUIRE,
	 .sentence = "Cannot start IKE for 10.1.0.9 to 10.2.0.9: missing authentication pre-share"},
	{"nothing waits for the entry without a transform set",
	 .config = ROWS_KEY ROWS_POLICY ROWS_ACL ROWS_IF(
		 ROWS_ON) "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n match address 101\n",
	 .near = DIAGNOSE_CFG_ACQUIRE},

	{"no route to the peer", .no_route = true,
	 .notes = {{.kind = EVIDENCE_NO_ROUTE, .at_ms = AGO(5)}}, .root = DIAGNOSE_RT_NO_ROUTE,
	 .sentence = "No route for 10.0.0.2: packets never reach crypto map M.",
	 .command = "ip route 10.0.0.2 255.255.255.255 <next hop>"},
	{"no route to what is protected",
	 .drops = {{.reason = DROP_NO_ROUTE,
		    .lately = 4,
		    .total = 4,
		    .flow = {.local = NET(10, 1, 0, 9, 32), .remote = NET(10, 2, 0, 9, 32)}}},
	 .root = DIAGNOSE_RT_NO_ROUTE, .command = "ip route 10.2.0.0 255.255.0.0 <next hop>",
	 .saw = "the last one to 10.2.0.9, which line 10 of access list 101 protects"},
	{"there is a route now", .notes = {{.kind = EVIDENCE_NO_ROUTE, .at_ms = AGO(5)}},
	 .near = DIAGNOSE_RT_NO_ROUTE},
	{"no route to what comes with the tunnel, for a moment",
	 .config = ROWS_CONFIG "crypto map M 10\n reverse-route\n",
	 .drops = {{.reason = DROP_NO_ROUTE,
		    .lately = 4,
		    .total = 4,
		    .flow = {.local = NET(10, 1, 0, 9, 32), .remote = NET(10, 2, 0, 9, 32)}}},
	 .near = DIAGNOSE_RT_NO_ROUTE},
	{"no route to what nobody protects",
	 .drops = {{.reason = DROP_NO_ROUTE,
		    .lately = 4,
		    .total = 4,
		    .flow = {.local = NET(10, 1, 0, 9, 32), .remote = NET(10, 3, 0, 9, 32)}}},
	 .near = DIAGNOSE_RT_NO_ROUTE},

	{"IKE is off where it comes in", .config = ROWS_CONFIG "no crypto isakmp enable gi0/0\n",
	 .notes = {{.kind = EVIDENCE_IKE_OFF, .at_ms = AGO(5), .n = 7, .interface = GI0}},
	 .root = DIAGNOSE_P1_NOT_ENABLED,
	 .sentence = "7 IKE packets from 10.0.0.2 ignored on GigabitEthernet0/0: ISAKMP is "
		     "disabled there.",
	 .command = "crypto isakmp enable GigabitEthernet0/0"},
	{"every policy wants a certificate, and there is none",
	 .config = ROWS_KEY
	 "crypto isakmp policy 10\n authentication rsa-sig\ncrypto pki trustpoint CA\n" ROWS_SET
		 ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON),
	 .also = {.wanted = true},
	 .phase1 = {{.initiator = true, ENDED(2, 2), .reason = IKE_REASON_NO_CERT}},
	 .root = DIAGNOSE_CFG_ACQUIRE,
	 .sentence = "Cannot start IKE for 10.1.0.0/16 to 10.2.0.0/16: missing certificate of ours",
	 .command = "crypto pki enroll CA"},
	{"every policy wanted a certificate, and one goes without now", .also = {.wanted = true},
	 .phase1 = {{.initiator = true, ENDED(2, 2), .reason = IKE_REASON_NO_CERT}},
	 .near = DIAGNOSE_CFG_ACQUIRE},
	{"IKE is off, and traffic waits", .config = ROWS_CONFIG "no crypto isakmp enable gi0/0\n",
	 .also = {.wanted = true}, .root = DIAGNOSE_P1_NOT_ENABLED,
	 .sentence = "All IKE packets from 10.0.0.2 ignored on GigabitEthernet0/0: ISAKMP is "
		     "disabled there."},
	{"IKE is off, and nobody wants it", .config = ROWS_CONFIG "no crypto isakmp enable gi0/0\n",
	 .near = DIAGNOSE_P1_NOT_ENABLED},
	{"IKE is on again",
	 .notes = {{.kind = EVIDENCE_IKE_OFF, .at_ms = AGO(5), .n = 7, .interface = GI0}},
	 .near = DIAGNOSE_P1_NOT_ENABLED},
	{"IKE was off an hour ago", .config = ROWS_CONFIG "no crypto isakmp enable gi0/0\n",
	 .notes = {{.kind = EVIDENCE_IKE_OFF, .at_ms = AGO(3600), .n = 7, .interface = GI0}},
	 .near = DIAGNOSE_P1_NOT_ENABLED},

	{"answers take another way", .also = {.in_interface = GI1},
	 .phase1 = {{ENDED(40, 10), .messages = {CAME(3), SENT(4)},
		     .phase1 = {.messages_seen = 2}}},
	 .root = DIAGNOSE_P1_ASYM_ROUTE, .under = {DIAGNOSE_P1_WAIT_MSG3},
	 .sentence = "IKE from 10.0.0.2 came in on GigabitEthernet0/1, route back uses "
		     "GigabitEthernet0/0."},
	{"answers take another way and arrive", .also = {.in_interface = GI1, .ike_up = true},
	 .phase1 = {{ENDED(40, 39), .up = true,
		     .messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 6}}},
	 .near = DIAGNOSE_P1_ASYM_ROUTE},

	{"MM1 is not answered", .phase1 = {UNANSWERED}, .root = DIAGNOSE_P1_NO_ANSWER,
	 .sureness = DIAGNOSE_SURE,
	 .sentence = "No IKE answer from 10.0.0.2 after 5 tries: route, UDP/500 filter or ISAKMP "
		     "disabled there.",
	 .command = "ping 10.0.0.2", .saw = "MM1 sent 5 times in 62 s, nothing came back"},
	{"the answer is kept out by a list of our own",
	 .config = ROWS_CONFIG "access-list 120 permit tcp any any\n"
			       "interface gi0/0\n ip access-group 120 in\n",
	 .phase1 = {UNANSWERED},
	 .drops = {{.reason = DROP_ACL_IN,
		    .lately = 5,
		    .total = 5,
		    .last_ms = AGO(1),
		    .interface = GI0}},
	 .root = DIAGNOSE_P1_NO_ANSWER, .command = "show access-list 120",
	 .saw = "access list 120 of GigabitEthernet0/0 denied 5 packets of it"},
	{"AM1 is not answered",
	 .phase1 = {{.initiator = true,
		     .aggressive = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_NO_ANSWER, .saw = "AM1 sent 5 times"},
	{"MM1 is not answered, of a capture", .config = "", .phase1 = {UNANSWERED},
	 .root = DIAGNOSE_P1_NO_ANSWER},
	{"MM1 is still being sent",
	 .phase1 = {{.initiator = true, BEGAN(15), .messages = {SENT(4)}, .phase1 = {1}}},
	 .root = DIAGNOSE_P1_NO_ANSWER, .saw = "MM1 sent 4 times in 15 s"},
	{"the link is down", .link_down = true, .phase1 = {UNANSWERED}, .root = DIAGNOSE_IF_DOWN,
	 .under = {DIAGNOSE_P1_NO_ANSWER},
	 .sentence = "Interface GigabitEthernet0/0 towards 10.0.0.2 has no link.",
	 .command = "show interfaces GigabitEthernet0/0"},
	{"the interface is shut down, so there is no route",
	 .config = ROWS_CONFIG "interface gi0/0\n shutdown\n", .no_route = true,
	 .notes = {{.kind = EVIDENCE_NO_ROUTE, .at_ms = NOW}}, .root = DIAGNOSE_IF_DOWN,
	 .under = {DIAGNOSE_RT_NO_ROUTE},
	 .sentence = "Interface GigabitEthernet0/0 towards 10.0.0.2 is shut down.",
	 .command = "interface GigabitEthernet0/0 / no shutdown"},
	{"another interface is shut down", .config = ROWS_CONFIG "interface gi0/1\n shutdown\n",
	 .near = DIAGNOSE_IF_DOWN},
	{"MM1 has just been sent",
	 .phase1 = {{.initiator = true, BEGAN(5), .messages = {SENT(2)}, .phase1 = {1}}},
	 .near = DIAGNOSE_P1_NO_ANSWER},
	{"MM1 was not answered, and then the peer began", .also = {.ike_up = true, .ike_age_s = 9},
	 .phase1 = {UNANSWERED,
		    {ENDED(11, 10), .up = true,
		     .messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 6}}},
	 .near = DIAGNOSE_P1_NO_ANSWER},
	{"ended by command",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 60),
		     .reason = IKE_REASON_CLEARED,
		     .messages = {SENT(3)},
		     .phase1 = {1}}},
	 .near = DIAGNOSE_P1_NO_ANSWER},
};

static void says_whether_anything_can_come(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_whether_anything_can_come),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
