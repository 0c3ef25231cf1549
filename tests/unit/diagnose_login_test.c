/* SPDX-License-Identifier: BSD-3-Clause */
/* Clients: logins, pools, limits, and sessions that ended. */
#include "controlplane/ike/config_payload.h"
#include "tests/unit/diagnose_rows.h"

#define NOTE(what, s, ...)                                            \
	{                                                             \
		.kind = EVIDENCE_##what, .at_ms = AGO(s), __VA_ARGS__ \
	}
#define IN(s)                                                                 \
	{                                                                     \
		.kind = IKE_RECORD_LOGIN, ENDED(s, s), .up = true, .login = { \
			.group = "sales",                                     \
			.got_dns = true                                       \
		}                                                             \
	}

static const struct row rows[] = {
	{"a peer with an entry of its own is asked who its user is",
	 .login = {{.kind = IKE_RECORD_LOGIN, BEGAN(20), .login = {.asked = true}}},
	 .root = DIAGNOSE_RA_XAUTH_L2L,
	 .command = "crypto isakmp key <key> address 10.0.0.2 no-xauth",
	 .saw = "the peer of crypto map M 10"},
	{"it is asked, and says it has no user",
	 .login = {{.kind = IKE_RECORD_LOGIN,
		    BEGAN(20),
		    .login = {.asked = true, .answered = true}}},
	 .root = DIAGNOSE_RA_XAUTH_L2L, .saw = "has named none"},
	{"it is asked, and its user has a name",
	 .login = {{.kind = IKE_RECORD_LOGIN,
		    BEGAN(20),
		    .login = {.user = "alice", .asked = true, .answered = true}}},
	 .near = DIAGNOSE_RA_XAUTH_L2L},
	{"its user is being asked for",
	 .login = {{.kind = IKE_RECORD_LOGIN, BEGAN(3), .login = {.asked = true}}},
	 .near = DIAGNOSE_RA_XAUTH_L2L},
	{"a client whose user takes his time", .stranger = true,
	 .login = {{.kind = IKE_RECORD_LOGIN, BEGAN(20), .login = {.asked = true}}},
	 .near = DIAGNOSE_RA_XAUTH_L2L},

	{"an old draft", .stranger = true,
	 .login = {{.kind = IKE_RECORD_LOGIN, ENDED(20, 19), .login = {.old_draft = true}}},
	 .root = DIAGNOSE_RA_MODECFG_V2, .sentence = "Peer uses mode-config v2."},
	{"an old draft, and then ours", .stranger = true,
	 .login = {IN(5), {.kind = IKE_RECORD_LOGIN, ENDED(20, 19), .login = {.old_draft = true}}},
	 .near = DIAGNOSE_RA_MODECFG_V2},

	{"the server says nothing", .stranger = true,
	 .notes = {NOTE(AAA_TIMEOUT, 5, .text = "alice", .n = 15, .other = V4(10, 9, 9, 9))},
	 .root = DIAGNOSE_RA_AAA_TIMEOUT,
	 .sentence = "XAUTH of alice: AAA server 10.9.9.9 did not answer within 15 s.",
	 .command = "ping 10.9.9.9"},
	{"the server said nothing, and then it did", .stranger = true,
	 .notes = {NOTE(AAA_TIMEOUT, 9, .text = "alice", .n = 15)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_AAA_TIMEOUT},

	{"a wrong password", .stranger = true,
	 .notes = {NOTE(USER_REFUSED, 5, .text = "alice", .count = 2)}, .root = DIAGNOSE_RA_XAUTH,
	 .sentence = "XAUTH of alice failed.", .command = "username alice password <password>",
	 .saw = "refused 2 times, the last time 5 s ago"},
	{"a wrong password, and then the right one", .stranger = true,
	 .notes = {NOTE(USER_REFUSED, 9, .text = "alice", .count = 1)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_XAUTH},

	{"its policy is for others", .stranger = true,
	 .notes = {NOTE(PROTOCOL, 5, .text = "sales")}, .root = DIAGNOSE_RA_PROTO,
	 .sentence = "group-policy sales does not allow ipsec."},
	{"its policy was for others", .stranger = true,
	 .notes = {NOTE(PROTOCOL, 9, .text = "sales")}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_PROTO},

	{"too many sessions", .stranger = true,
	 .notes = {NOTE(SESSION_LIMIT, 5, .text = "alice", .n = 100)},
	 .root = DIAGNOSE_RA_SESSION_MAX, .sentence = "Limit 100 of sessions reached.",
	 .command = "vpn-sessiondb max-session-limit"},
	{"too many of a group", .stranger = true,
	 .notes = {NOTE(GROUP_LIMIT, 5, .text = "sales", .n = 10)}, .root = DIAGNOSE_RA_SESSION_MAX,
	 .command = "crypto isakmp client configuration group sales / max-users <n>"},
	{"too many sessions, until one ended", .stranger = true,
	 .notes = {NOTE(SESSION_LIMIT, 9, .text = "alice", .n = 100)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_SESSION_MAX},

	{"too many logins", .stranger = true,
	 .notes = {NOTE(USER_LIMIT, 5, .text = "alice", .n = 3)}, .root = DIAGNOSE_RA_SIM_LOGIN,
	 .sentence = "User alice already has 3 sessions (limit 3)."},
	{"another login of the same user", .stranger = true,
	 .notes = {NOTE(LOGIN_REPLACED, 5, .text = "alice", .other = V4(10, 0, 0, 7))},
	 .root = DIAGNOSE_RA_SIM_LOGIN, .saw = "session of alice replaced by login from 10.0.0.7"},
	{"too many logins, until one ended", .stranger = true,
	 .notes = {NOTE(USER_LIMIT, 9, .text = "alice", .n = 3)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_SIM_LOGIN},

	{"no address is left", .stranger = true,
	 .notes = {NOTE(POOL_EMPTY, 5, .text = "POOL", .n = 20)}, .root = DIAGNOSE_RA_POOL_EMPTY,
	 .sentence = "Pool POOL exhausted (20 in use): client 10.0.0.2 refused."},
	{"no address was left, and then one was", .stranger = true,
	 .notes = {NOTE(POOL_EMPTY, 9, .text = "POOL", .n = 20)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_POOL_EMPTY},

	{"no name server", .stranger = true,
	 .login = {{.kind = IKE_RECORD_LOGIN,
		    ENDED(5, 5),
		    .up = true,
		    .login = {.group = "sales",
			      .requested = {CONFIG_PAYLOAD_IP4_DNS},
			      .n_requested = 1}}},
	 .root = DIAGNOSE_RA_NO_DNS,
	 .sentence = "Client 10.0.0.2 of group sales got no DNS server.",
	 .command = "crypto isakmp client configuration group sales / dns <server>"},
	{"no name server, and nobody asked", .stranger = true,
	 .login =
		 {{.kind = IKE_RECORD_LOGIN, ENDED(5, 5), .up = true, .login = {.group = "sales"}}},
	 .near = DIAGNOSE_RA_NO_DNS},

	{"nobody did anything", .stranger = true,
	 .notes = {NOTE(IDLE, 5, .text = "alice", .n = 1800)}, .root = DIAGNOSE_RA_IDLE,
	 .sentence = "alice disconnected: idle 30 min."},
	{"nobody did anything at a site", .notes = {NOTE(IDLE, 5, .n = 120)},
	 .root = DIAGNOSE_RA_IDLE, .sentence = "10.0.0.2 disconnected: idle 2 min.",
	 .command = "crypto ipsec security-association idle-time"},
	{"nobody did anything, and then somebody did", .stranger = true,
	 .notes = {NOTE(IDLE, 9, .text = "alice", .n = 1800)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_IDLE},

	{"the session is over", .stranger = true,
	 .notes = {NOTE(SESSION_END, 5, .text = "alice", .n = 3600)}, .root = DIAGNOSE_RA_LIFETIME,
	 .sentence = "alice disconnected: session lasted as long as it may (60 min)."},
	{"the session was over, and another began", .stranger = true,
	 .notes = {NOTE(SESSION_END, 9, .text = "alice", .n = 3600)}, .login = {IN(5)},
	 .near = DIAGNOSE_RA_LIFETIME},
};

static void says_why_a_client_is_not_in(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_login);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why_a_client_is_not_in),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
