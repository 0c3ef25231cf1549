/* SPDX-License-Identifier: BSD-3-Clause */
/* ESP: one way, late, repeated, damaged, unknown, in clear; and sizes that do not cross. */
#include "tests/unit/diagnose_rows.h"

#define NETS                                                                  \
	{                                                                     \
		.local = NET(10, 1, 0, 0, 16), .remote = NET(10, 2, 0, 0, 16) \
	}
#define SA(s, used_now, ...)                                                               \
	{                                                                                  \
		.spi_in = 0x1001, .spi_out = 0x2002, .up = true, .newest = (used_now),     \
		.current = true, .age_s = (s), .window = 64, .selector = NETS, __VA_ARGS__ \
	}
#define PAIR(...) SA(100, true, __VA_ARGS__)
#define BOTH_WAYS .in_packets = 500, .out_packets = 500
#define FLOW                                                                                  \
	{                                                                                     \
		.local = NET(10, 1, 0, 9, 32), .remote = NET(10, 2, 0, 9, 32), .protocol = 17 \
	}
#define DROP(what, count, s, ...)                                                              \
	{                                                                                      \
		.reason = DROP_##what, .lately = (count), .total = (count), .last_ms = AGO(s), \
		.flow = FLOW, __VA_ARGS__                                                      \
	}
/* A client of a group that has this line, and what it sent that had no route. */
#define GROUP(line)                                                                              \
	ROWS_POLICY                                                                              \
	"ip local pool POOL 10.2.0.1 10.2.0.99\naccess-list 150 permit ip 10.1.0.0 0.0.255.255 " \
	"any\ncrypto isakmp client configuration group sales\n key sEcReT\n pool POOL\n" line
#define POLICY(line)                                                                        \
	ROWS_POLICY "ip local pool POOL 10.2.0.1-10.2.0.99\ngroup-policy P internal\n"      \
		    "group-policy P attributes\n" line "tunnel-group sales type ipsec-ra\n" \
		    "tunnel-group sales general-attributes\n address-pool POOL\n "          \
		    "default-group-policy P\n"
#define OF_CLIENT(text)                                               \
	.config = (text), .stranger = true, .also = {.client = true}, \
	.login = {{.kind = IKE_RECORD_LOGIN,                          \
		   ENDED(60, 60),                                     \
		   .up = true,                                        \
		   .login = {.group = "sales", .got_dns = true}}}
#define LOST(n, s, i, j, k, l)                                                                     \
	{                                                                                          \
		.reason = DROP_NO_ROUTE, .lately = (n), .total = (n), .last_ms = AGO(s), .flow = { \
			.local = NET(10, 2, 0, 7, 32),                                             \
			.remote = NET(i, j, k, l, 32)                                              \
		}                                                                                  \
	}
#define OF_POOL(...)                                                                              \
	{                                                                                         \
		.spi_in = 0x1001, .spi_out = 0x2002, .up = true, .newest = true, .current = true, \
		.age_s = 100, .window = 64,                                                       \
		.selector = {.remote = NET(10, 2, 0, 7, 32), .local = NET(0, 0, 0, 0, 0)},        \
		__VA_ARGS__                                                                       \
	}

/* Of a box whose lists are asked about what was decrypted, and where nothing turns round. */
#define CHECKED                                                         \
	ROWS_CONFIG "no sysopt connection permit-vpn\n"                 \
		    "no same-security-traffic permit intra-interface\n" \
		    "access-list 120 permit tcp any any\n"              \
		    "interface gi0/0\n ip access-group 120 in\n"

static const struct row rows[] = {
	{"traffic goes out on an old SA", .sas = {SA(100, false, .now = {BOTH_WAYS})},
	 .root = DIAGNOSE_ESP_STALE_CTX, .command = "clear crypto sa peer 10.0.0.2"},
	{"traffic goes out on an old SA that drains",
	 .sas = {{.spi_in = 0x1001,
		  .spi_out = 0x2002,
		  .current = true,
		  .age_s = 100,
		  .selector = NETS,
		  .now = {BOTH_WAYS}}},
	 .root = DIAGNOSE_ESP_STALE_CTX},
	{"traffic went out on an old SA a moment ago",
	 .sas = {SA(100, false, .now = {BOTH_WAYS}, .before = {BOTH_WAYS})},
	 .near = DIAGNOSE_ESP_STALE_CTX},

	{"an SPI that was cleared",
	 .drops = {DROP(ESP_NO_SA, 50, 1, .spi = 0x77, .spi_ended_ms = AGO(90),
			.spi_reason = IKE_REASON_CLEARED)},
	 .root = DIAGNOSE_ESP_INV_SPI,
	 .sentence = "10.0.0.2 sends SPI 0x00000077 we do not have (it ended 90 s ago: cleared by "
		     "command).",
	 .command = "clear crypto sa peer 10.0.0.1 (on 10.0.0.2)"},
	{"an SPI that never was", .drops = {DROP(ESP_NO_SA, 50, 1, .spi = 0x77)},
	 .root = DIAGNOSE_ESP_INV_SPI,
	 .sentence = "10.0.0.2 sends SPI 0x00000077 we do not have (never ours"},
	{"an SPI that ended just now",
	 .drops = {DROP(ESP_NO_SA, 50, 1, .spi = 0x77, .spi_ended_ms = AGO(5))},
	 .near = DIAGNOSE_ESP_INV_SPI},
	{"an SPI that nobody sends any more", .drops = {DROP(ESP_NO_SA, 50, 45, .spi = 0x77)},
	 .near = DIAGNOSE_ESP_INV_SPI},

	{"damaged packets", .sas = {PAIR(.now = {BOTH_WAYS, .auth_failed = 30})},
	 .root = DIAGNOSE_ESP_HMAC, .sentence = "30 packets with bad ICV from 10.0.0.2.",
	 .saw = "damaged or forged on the way"},
	{"somebody else uses its SPI", .sas = {PAIR(.now = {BOTH_WAYS, .auth_failed = 30})},
	 .drops = {{.reason = DROP_ESP_AUTH,
		    .lately = 30,
		    .total = 30,
		    .last_ms = AGO(1),
		    .flow.remote = NET(10, 0, 9, 9, 32)}},
	 .root = DIAGNOSE_ESP_HMAC, .sentence = "30 packets with bad ICV from 10.0.9.9.",
	 .command = "show crypto ipsec sa peer 10.0.0.2", .saw = "not the peer: forged"},
	{"it is damaged on the way of the peer",
	 .sas = {PAIR(.now = {BOTH_WAYS, .auth_failed = 30})},
	 .drops = {{.reason = DROP_ESP_AUTH,
		    .lately = 30,
		    .total = 30,
		    .last_ms = AGO(1),
		    .flow.remote = NET(10, 0, 0, 2, 32)}},
	 .root = DIAGNOSE_ESP_HMAC, .sentence = "30 packets with bad ICV from 10.0.0.2."},
	{"one way, since all of it is damaged",
	 .sas = {PAIR(.now = {.out_packets = 90, .auth_failed = 30})}, .root = DIAGNOSE_ESP_HMAC,
	 .under = {DIAGNOSE_ESP_ONE_WAY_OUT}, .saw = "another key"},
	{"a damaged packet", .sas = {PAIR(.now = {BOTH_WAYS, .auth_failed = 1})},
	 .near = DIAGNOSE_ESP_HMAC},
	{"damaged packets, some time ago",
	 .sas = {PAIR(.now = {BOTH_WAYS, .auth_failed = 30},
		      .before = {BOTH_WAYS, .auth_failed = 30})},
	 .near = DIAGNOSE_ESP_HMAC},

	{"padding",
	 .sas = {PAIR(.now = {BOTH_WAYS, .pad_failed = 9}, .suite.cipher = ALG_CIPHER_3DES)},
	 .root = DIAGNOSE_ESP_PADDING,
	 .command = "crypto ipsec transform-set T esp-3des esp-sha-hmac"},
	{"padding, with a key of some length",
	 .sas = {PAIR(.now = {BOTH_WAYS, .pad_failed = 9}, .suite.cipher = ALG_CIPHER_AES_256)},
	 .root = DIAGNOSE_ESP_PADDING,
	 .command = "crypto ipsec transform-set T esp-aes 256 esp-sha-hmac"},
	{"padding of one packet", .sas = {PAIR(.now = {BOTH_WAYS, .pad_failed = 1})},
	 .near = DIAGNOSE_ESP_PADDING},

	{"late packets",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .late_verified = 40, .late_most = 200,
		      .wanted_window = 256)},
	 .root = DIAGNOSE_ESP_REPLAY,
	 .sentence = "40 packets outside the 64-packet window (max distance 200).",
	 .command = "crypto ipsec security-association replay window-size 256", .saw = "QoS"},
	{"repeated packets", .sas = {PAIR(.now = {BOTH_WAYS, .replay_seen = 40})},
	 .root = DIAGNOSE_ESP_REPLAY, .command = "show crypto ipsec sa peer 10.0.0.2 detail",
	 .saw = "somebody repeats them"},
	{"packets repeated so late that the window has forgotten them",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .late_verified = 40, .late_most = 200,
		      .wanted_window = 256, .top = 539)},
	 .root = DIAGNOSE_ESP_REPLAY, .command = "show crypto ipsec sa peer 10.0.0.2 detail",
	 .saw = "somebody repeats them"},
	{"late packets, and as many as the peer has numbered",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .late_verified = 40, .late_most = 200,
		      .wanted_window = 256, .top = 540)},
	 .root = DIAGNOSE_ESP_REPLAY,
	 .command = "crypto ipsec security-association replay window-size 256", .saw = "QoS"},
	{"the peer has lost count",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .before = {BOTH_WAYS},
		      .late_verified = 40, .late_most = 90000)},
	 .root = DIAGNOSE_ESP_REPLAY, .command = "clear crypto sa peer 10.0.0.2",
	 .saw = "went back"},
	{"a few late packets",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 4, .replay_seen = 2})},
	 .near = DIAGNOSE_ESP_REPLAY},

	{"late packets that came in pieces",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .late_verified = 40, .late_most = 200,
		      .in_reassembled = 30)},
	 .root = DIAGNOSE_ESP_FRAG_ORDER, .command = "crypto ipsec fragmentation before-encryption",
	 .saw = "30 of its late ones"},
	{"late packets, and a few pieces",
	 .sas = {PAIR(.now = {BOTH_WAYS, .replay_late = 40}, .late_verified = 40, .late_most = 200,
		      .in_reassembled = 2)},
	 .root = DIAGNOSE_ESP_REPLAY, .near = DIAGNOSE_ESP_FRAG_ORDER},

	{"another network inside", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(ESP_POLICY, 5, 1, .spi = 0x1001)}, .root = DIAGNOSE_ESP_SELECTOR,
	 .sentence = "Inner 10.2.0.9 to 10.1.0.9 protocol 17 in SA 10.1.0.0/16-10.2.0.0/16.",
	 .command = "show access-list 101"},
	{"another network inside, once", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(ESP_POLICY, 1, 1, .spi = 0x1001)}, .near = DIAGNOSE_ESP_SELECTOR},

	{"in clear", .drops = {DROP(POLICY_CLEAR, 5, 1)}, .root = DIAGNOSE_ESP_CLEAR_IN,
	 .sentence = "Clear packet 10.2.0.9 to 10.1.0.9 should be encrypted."},
	{"in clear, once", .drops = {DROP(POLICY_CLEAR, 1, 1)}, .near = DIAGNOSE_ESP_CLEAR_IN},

	{"a list of the interface", .config = CHECKED, .sas = {PAIR(.now = {.in_packets = 20})},
	 .drops = {DROP(ACL_IN, 20, 1, .interface = GI0, .spi = 0x1001)},
	 .root = DIAGNOSE_CFG_SYSOPT, .under = {DIAGNOSE_ESP_ONE_WAY_IN},
	 .sentence = "20 decrypted packets dropped by ACL 120 on GigabitEthernet0/0.",
	 .command = "sysopt connection permit-vpn",
	 .saw = "the last one 10.2.0.9 to 10.1.0.9 protocol 17"},
	{"a list of the interface, which is not asked any more", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(ACL_IN, 20, 1, .interface = GI0, .spi = 0x1001)},
	 .near = DIAGNOSE_CFG_SYSOPT},
	{"a list of the interface, once", .config = CHECKED, .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(ACL_IN, 1, 1, .interface = GI0, .spi = 0x1001)},
	 .near = DIAGNOSE_CFG_SYSOPT},
	{"out by the interface it came in on", .config = CHECKED,
	 .sas = {PAIR(.now = {.in_packets = 20})},
	 .drops = {DROP(HAIRPIN, 20, 1, .interface = GI0)}, .root = DIAGNOSE_CFG_HAIRPIN,
	 .under = {DIAGNOSE_ESP_ONE_WAY_IN},
	 .sentence = "Packet 10.2.0.9 to 10.1.0.9 would leave the interface it came in.",
	 .command = "same-security-traffic permit intra-interface"},
	{"out by the interface it came in on, once permitted", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(HAIRPIN, 20, 1, .interface = GI0)}, .near = DIAGNOSE_CFG_HAIRPIN},
	{"multicast that a line of the crypto map names", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(IP_MULTICAST, 20, 1)}, .root = DIAGNOSE_ESP_MCAST,
	 .sentence = "20 multicast packets cannot use a policy tunnel."},
	{"a multicast packet", .sas = {PAIR(.now = {BOTH_WAYS})},
	 .drops = {DROP(IP_MULTICAST, 1, 1)}, .near = DIAGNOSE_ESP_MCAST},

	{"a client sends what is not in the list of its group", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {.in_packets = 20})}, .drops = {LOST(9, 1, 172, 16, 0, 1)},
	 .root = DIAGNOSE_RA_SPLIT, .under = {DIAGNOSE_RT_POOL},
	 .sentence = "Client packet to 172.16.0.1 not in split list 150.",
	 .command = "show access-list 150", .saw = "9 packets came out of its SA"},
	{"a client sent a packet that is not in the list", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(1, 1, 172, 16, 0, 1)},
	 .near = DIAGNOSE_RA_SPLIT},
	{"a client sent what is not in the list, some time ago", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(9, 40, 172, 16, 0, 1)},
	 .near = DIAGNOSE_RA_SPLIT},
	{"packets to a client had no route", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})},
	 .drops = {{.reason = DROP_NO_ROUTE,
		    .lately = 9,
		    .total = 9,
		    .last_ms = AGO(1),
		    .flow = {.local = NET(10, 3, 0, 1, 32), .remote = NET(10, 2, 0, 7, 32)}}},
	 .near = DIAGNOSE_RA_SPLIT},
	{"a client sends what is in the list, and has no route", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(9, 1, 10, 1, 7, 1)},
	 .root = DIAGNOSE_RA_NO_ROUTE,
	 .sentence = "Client 10.0.0.2 asks for 10.1.7.1, as split list 150 has it;",
	 .command = "ip route 10.1.7.1 255.255.255.255"},
	{"a client sends what is not in the list, for this rule", OF_CLIENT(GROUP(" acl 150\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(9, 1, 172, 16, 0, 1)},
	 .near = DIAGNOSE_RA_NO_ROUTE, .root = DIAGNOSE_RA_SPLIT},
	{"a client without a list", OF_CLIENT(GROUP("")), .sas = {OF_POOL(.now = {BOTH_WAYS})},
	 .drops = {LOST(9, 1, 8, 8, 8, 8)}, .root = DIAGNOSE_RA_TUNNEL_ALL,
	 .sentence = "Client 10.0.0.2 of group sales sends everything through the tunnel; no "
		     "route leads to 8.8.8.8.",
	 .command = "crypto isakmp client configuration group sales / acl <list>"},
	{"a client of an ASA without a list", OF_CLIENT(POLICY(" vpn-idle-timeout 9\n")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(9, 1, 8, 8, 8, 8)},
	 .root = DIAGNOSE_RA_TUNNEL_ALL,
	 .command = "group-policy P attributes / split-tunnel-policy tunnelspecified"},
	{"a client without a list, and a stray packet", OF_CLIENT(GROUP("")),
	 .sas = {OF_POOL(.now = {BOTH_WAYS})}, .drops = {LOST(1, 1, 8, 8, 8, 8)},
	 .near = DIAGNOSE_RA_TUNNEL_ALL},

	{"nothing goes back to a client of a pool", OF_CLIENT(GROUP("")),
	 .sas = {OF_POOL(.now = {.in_packets = 20})}, .root = DIAGNOSE_RT_POOL,
	 .sentence = "No replies from the inside to pool POOL: check return route."},
	{"nothing goes back to a client", .stranger = true, .also = {.client = true},
	 .sas = {PAIR(.now = {.in_packets = 20})}, .root = DIAGNOSE_RT_POOL,
	 .sentence = "No replies from 10.1.0.0/16 to pool 10.2.0.0/16: check return route."},
	{"nothing has gone back to a client yet", .stranger = true, .also = {.client = true},
	 .sas = {PAIR(.now = {.in_packets = 2})}, .near = DIAGNOSE_RT_POOL},

	{"nothing goes out", .sas = {PAIR(.now = {.in_packets = 20})},
	 .root = DIAGNOSE_ESP_ONE_WAY_IN, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "10.0.0.2: decaps 20, encaps 0"},
	{"nothing went out on this SA, but on the last one",
	 .sas = {PAIR(.now = {.in_packets = 20}),
		 SA(3600, false, .now = {BOTH_WAYS}, .before = {BOTH_WAYS})},
	 .near = DIAGNOSE_ESP_ONE_WAY_IN},
	{"nothing comes in", .sas = {PAIR(.now = {.out_packets = 20})},
	 .root = DIAGNOSE_ESP_ONE_WAY_OUT, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "10.0.0.2: encaps 20, decaps 0"},
	{"nothing has come in yet", .sas = {SA(3, true, .now = {.out_packets = 20})},
	 .near = DIAGNOSE_ESP_ONE_WAY_OUT},
};

#define CLAMPED(mss)                                                                              \
	ROWS_KEY ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON " ip tcp adjust-mss " mss \
									"\n")

static const struct row sizes[] = {
	{"a size that does not cross",
	 .notes = {{.kind = EVIDENCE_SIZE_LOST, .at_ms = AGO(5), .n = 1400},
		   {.kind = EVIDENCE_PATH_MTU, .at_ms = AGO(5), .n = 1380}},
	 .root = DIAGNOSE_MTU_BLACKHOLE, .command = "ip tcp adjust-mss 1280",
	 .saw = "packets of 1400 bytes did not cross"},
	{"a size that did not cross, and what did",
	 .notes = {{.kind = EVIDENCE_SIZE_LOST,
		    .at_ms = AGO(5),
		    .n = 1239,
		    .count = 1238,
		    .text = "keepalives"}},
	 .root = DIAGNOSE_MTU_BLACKHOLE, .command = "ip tcp adjust-mss 1198",
	 .saw = "tried with keepalives, DF set"},
	{"a size that did not cross, where TCP is told to send less",
	 .notes = {{.kind = EVIDENCE_SIZE_LOST, .at_ms = AGO(5), .n = 1239, .count = 1238}},
	 .config = CLAMPED("1190"), .near = DIAGNOSE_MTU_BLACKHOLE},
	{"a size that did not cross, where TCP is told to send a little less",
	 .notes = {{.kind = EVIDENCE_SIZE_LOST, .at_ms = AGO(5), .n = 1239, .count = 1238}},
	 .config = CLAMPED("1300"), .root = DIAGNOSE_MTU_BLACKHOLE},
	{"a size that did not cross an hour ago",
	 .notes = {{.kind = EVIDENCE_SIZE_LOST, .at_ms = AGO(3600), .n = 1400}},
	 .near = DIAGNOSE_MTU_BLACKHOLE},
};

static void says_what_becomes_of_packets(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void says_which_sizes_cross(void **state)
{
	(void)state;
	diagnose_rows_run(sizes, array_len(sizes));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_traffic);
	diagnose_rows_cover(sizes, array_len(sizes), &rules_size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_becomes_of_packets),
		cmocka_unit_test(says_which_sizes_cross),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
