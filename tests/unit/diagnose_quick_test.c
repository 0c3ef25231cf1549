/* SPDX-License-Identifier: BSD-3-Clause */
/* Quick mode: peer, map, proxies, transform, PFS, in the order in which they are looked at. */
#include "tests/unit/diagnose_rows.h"

#define NETS(l, r)                      \
	{                               \
		.local = l, .remote = r \
	}
#define LAN    NET(10, 1, 0, 0, 16)
#define FAR    NET(10, 2, 0, 0, 16)
#define HOST   NET(10, 2, 0, 5, 32)
#define BOTH   NETS(LAN, FAR)
#define OTHERS NETS(LAN, HOST)
/* ESP_AES with HMAC-SHA, ESP_3DES with HMAC-MD5 */
#define AES                                                                   \
	{                                                                     \
		.protocol = 3, .transform_id = 12, .key_bits = 128, .hash = 2 \
	}
#define TDES                                                \
	{                                                   \
		.protocol = 3, .transform_id = 3, .hash = 1 \
	}
#define OFFERED .path.local = OUR_END, .quick.has_offered = true, .quick.offered
#define UP(since, until, ...)                                                          \
	{                                                                              \
		ENDED(since, until), .up = true, .kind = IKE_RECORD_QUICK, __VA_ARGS__ \
	}
#define QM .kind = IKE_RECORD_QUICK

static const struct row rows[] = {
	{"quick mode comes to another address of ours",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_MAP, .messages = {CAME(1)},
		    .path.local = V4(10, 1, 0, 1), .quick.has_offered = true,
		    .quick.offered = BOTH}},
	 .root = DIAGNOSE_CFG_LOCAL_ADDR,
	 .sentence = "Quick mode arrived on 10.1.0.1, map M uses local address 10.0.0.1.",
	 .command = "interface GigabitEthernet0/1 / crypto map M"},
	{"the map has an address of its own",
	 .config = ROWS_CONFIG "crypto map M local-address gi0/1\n",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_MAP, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_CFG_LOCAL_ADDR,
	 .sentence = "Quick mode arrived on 10.0.0.1, map M uses local address 10.1.0.1.",
	 .command = "crypto map M local-address GigabitEthernet0/0"},
	{"quick mode comes to the address of the map, of a stranger", .stranger = true,
	 .config = ROWS_KEY ROWS_POLICY ROWS_SET ROWS_ACL ROWS_IF(
		 ROWS_ON) "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.3\n set transform-set T\n"
			  " match address 101\n",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_MAP, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_NO_POLICY, .near = DIAGNOSE_CFG_LOCAL_ADDR,
	 .sentence = "No crypto map entry for 10.1.0.0/16 to 10.2.0.0/16.",
	 .command = "show crypto map", .saw = "entry 10 has these networks, for peer 10.0.0.3"},
	{"the entry is for those of a profile",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PROFILE, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_NO_POLICY, .saw = "isakmp profile"},
	{"there was no entry when it asked, and there is one now",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_MAP, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .near = DIAGNOSE_P2_NO_POLICY},
	{"of a stranger, and there is an entry now",
	 .quick = {UP(5, 4, OFFERED = BOTH),
		   {QM, ENDED(20, 20), .reason = IKE_REASON_NO_MAP, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .near = DIAGNOSE_P2_NO_POLICY},

	{"an entry before it takes what goes out",
	 .config = ROWS_CONFIG
	 "access-list 105 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
	 "crypto map M 5 ipsec-isakmp\n set peer 10.0.0.9\n set transform-set T\n"
	 " match address 105\n",
	 .sas = {{.spi_in = 9, .up = true, .newest = true, .selector = BOTH, .now.in_packets = 4}},
	 .root = DIAGNOSE_CFG_MAP_ORDER,
	 .sentence = "crypto map M: entry 5 matches first, wanted is 10.",
	 .saw = "entry 5 takes them first"},
	{"an entry before it is for others",
	 .config = ROWS_CONFIG
	 "access-list 105 permit ip 10.0.0.0 0.255.255.255 10.3.0.0 0.0.255.255\n"
	 "crypto map M 5 ipsec-isakmp\n set peer 10.0.0.9\n set transform-set T\n"
	 " match address 105\n",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = BOTH,
		  .now = {.in_packets = 4, .out_packets = 4}}},
	 .near = DIAGNOSE_CFG_MAP_ORDER},

	{"an entry before it takes nothing of it",
	 .config = ROWS_CONFIG
	 "access-list 105 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
	 "crypto map M 5 ipsec-isakmp\n set peer 10.0.0.9\n set transform-set T\n"
	 " match address 105\n",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = BOTH,
		  .now = {.in_packets = 4, .out_packets = 4}}},
	 .near = DIAGNOSE_CFG_MAP_ORDER},

	{"a host for a network",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PROXY_MISMATCH, .messages = {CAME(1)},
		    OFFERED = OTHERS}},
	 .root = DIAGNOSE_P2_PROXY, .sureness = DIAGNOSE_SURE,
	 .sentence = "10.0.0.2 proposes 10.2.0.5 to 10.1.0.0/16; nearest entry M 10 line 10.",
	 .command = "show access-list 101",
	 .saw = "the peer must have: permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255"},
	{"a range",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PROXY_RANGE, .messages = {CAME(1)},
		    OFFERED = OTHERS}},
	 .root = DIAGNOSE_P2_PROXY, .saw = "a range that is no network"},
	{"the answer names others",
	 .quick = {{QM, .initiator = true, ENDED(20, 19), .reason = IKE_REASON_PROXY_MISMATCH,
		    .messages = {SENT(1), CAME(1)}, .quick.answered_others = true,
		    .quick.ours = BOTH, OFFERED = OTHERS}},
	 .root = DIAGNOSE_P2_PROXY, .saw = "answered with other identities"},
	{"others, of a capture", .config = "",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PROXY_MISMATCH, .messages = {CAME(1)},
		    OFFERED = OTHERS}},
	 .root = DIAGNOSE_P2_PROXY},
	{"others, and then the right ones in their place",
	 .quick = {UP(5, 4, OFFERED = BOTH),
		   {QM, ENDED(20, 20), .reason = IKE_REASON_PROXY_MISMATCH, .messages = {CAME(1)},
		    OFFERED = OTHERS}},
	 .near = DIAGNOSE_P2_PROXY},
	{"one line fails while another works",
	 .quick = {UP(5, 4, OFFERED = NETS(NET(10, 7, 0, 0, 16), FAR)),
		   {QM, ENDED(20, 20), .reason = IKE_REASON_PROXY_MISMATCH, .messages = {CAME(1)},
		    OFFERED = OTHERS}},
	 .root = DIAGNOSE_P2_PROXY},
	{"one line failed long ago, another has come up since",
	 .quick = {UP(5, 4, OFFERED = NETS(NET(10, 7, 0, 0, 16), FAR)),
		   {QM, ENDED(2000, 2000), .reason = IKE_REASON_PROXY_MISMATCH,
		    .messages = {CAME(1)}, OFFERED = OTHERS}},
	 .near = DIAGNOSE_P2_PROXY},

	{"3DES for AES",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P2, .messages = {CAME(1)},
		    .n_offers = 1, .n_offers_kept = 1, .offers = {TDES},
		    .nearest = {.any = true,
				.differs = 1 << IKE_REFUSAL_ENCRYPTION | 1 << IKE_REFUSAL_HASH,
				.offered = TDES,
				.wanted = AES},
		    .quick.known = true, OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_TRANSFORM,
	 .sentence = "10.0.0.2 offers esp-3des esp-md5-hmac, map M 10 allows esp-aes esp-sha-hmac.",
	 .command = "crypto ipsec transform-set FOR-10.0.0.2 esp-3des esp-md5-hmac / "
		    "crypto map M 10 / set transform-set T FOR-10.0.0.2",
	 .saw = "encryption ESP_3DES instead of ESP_AES"},
	{"3DES for AES, and a set that has it is there",
	 .config = ROWS_CONFIG "crypto ipsec transform-set OLD esp-3des esp-md5-hmac\n",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P2, .messages = {CAME(1)},
		    .n_offers = 1, .n_offers_kept = 1, .offers = {TDES}, .quick.known = true,
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_TRANSFORM, .command = "crypto map M 10 / set transform-set T OLD"},
	{"3DES for AES, of somebody whom the dynamic entry takes",
	 .config = ROWS_SET ROWS_POLICY
	 "crypto isakmp key sEcReT address 0.0.0.0 0.0.0.0\ncrypto dynamic-map DYN 7\n"
	 " set transform-set T\ncrypto map M 99 ipsec-isakmp dynamic DYN\n" ROWS_IF(ROWS_ON),
	 .dynamic = true,
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P2, .messages = {CAME(1)},
		    .n_offers = 1, .n_offers_kept = 1, .offers = {TDES}, OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_TRANSFORM,
	 .sentence = "10.0.0.2 offers esp-3des esp-md5-hmac, map M 99 allows esp-aes esp-sha-hmac.",
	 .command = "crypto ipsec transform-set FOR-10.0.0.2 esp-3des esp-md5-hmac / "
		    "crypto dynamic-map DYN 7 / set transform-set T FOR-10.0.0.2"},
	{"3DES for AES, where there was AES before",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .selector = BOTH,
		  .age_s = 100,
		  .now = {.in_packets = 1, .out_packets = 1}}},
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P2, .messages = {CAME(1)},
		    OFFERED = BOTH},
		   UP(100, 99, OFFERED = BOTH)},
	 .root = DIAGNOSE_P2_TRANSFORM},
	{"AH",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_AH_OFFERED, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_TRANSFORM, .saw = "AH, which is not supported"},
	{"3DES for AES, and then AES",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .selector = BOTH,
		  .age_s = 3,
		  .now = {.in_packets = 1, .out_packets = 1}}},
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P2, .messages = {CAME(1)},
		    OFFERED = BOTH}},
	 .near = DIAGNOSE_P2_TRANSFORM},

	{"no KE where group 14 is wanted",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PFS_MISMATCH, .messages = {CAME(1)},
		    .quick.group_wanted = 14, OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_PFS, .sureness = DIAGNOSE_SURE,
	 .sentence = "PFS differs: 10.0.0.2 did not send a KE payload, entry M 10 wants group 14.",
	 .command = "crypto map M 10 / no set pfs"},
	{"group 2 where group 14 is wanted",
	 .quick = {{QM, ENDED(20, 20), .reason = IKE_REASON_PFS_MISMATCH, .messages = {CAME(1)},
		    .quick.ke_received = true, .quick.group_offered = 2, .quick.group_wanted = 14,
		    OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_PFS,
	 .sentence = "PFS differs: 10.0.0.2 sent group 2 in a KE payload, entry M 10 wants group "
		     "14.",
	 .command = "crypto map M 10 / set pfs group2"},
	{"our KE is refused",
	 .quick = {{QM, .initiator = true, ENDED(20, 19), .reason = IKE_REASON_PFS_MISMATCH,
		    .notify = IKE_NOTIFY_INVALID_KEY_INFORMATION, .notify_proven = true,
		    .messages = {SENT(1)}, .quick.group_wanted = 14, .quick.ours = BOTH}},
	 .root = DIAGNOSE_P2_PFS, .sureness = DIAGNOSE_LIKELY, .saw = "INVALID_KEY_INFORMATION"},
	{"no KE, and the next one has it",
	 .quick = {UP(5, 4, .quick.known = true, .quick.tunnel = 7, .quick.group_wanted = 14),
		   {QM, ENDED(20, 20), .reason = IKE_REASON_PFS_MISMATCH, .messages = {CAME(1)},
		    .quick.known = true, .quick.tunnel = 7}},
	 .near = DIAGNOSE_P2_PFS},

	{"it refuses our proxies",
	 .quick = {{QM, .initiator = true, ENDED(20, 19), .reason = IKE_REASON_PROXY_MISMATCH_PEER,
		    .notify = IKE_NOTIFY_INVALID_ID_INFORMATION, .notify_proven = true,
		    .messages = {SENT(1)}, .quick.ours = BOTH}},
	 .root = DIAGNOSE_P2_PEER_REFUSED, .sureness = DIAGNOSE_SURE,
	 .sentence = "10.0.0.2 refused quick mode: INVALID_ID_INFORMATION.",
	 .command = "show access-list 101",
	 .saw = "the peer must have: permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255"},
	{"it refuses our transforms",
	 .quick = {{QM, .initiator = true, ENDED(20, 19), .reason = IKE_REASON_NO_PROPOSAL_P2_PEER,
		    .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN, .notify_proven = true,
		    .messages = {SENT(1)}, .n_offers = 1, .n_offers_kept = 1, .offers = {AES},
		    .quick.ours = BOTH}},
	 .root = DIAGNOSE_P2_PEER_REFUSED, .command = "show crypto ipsec transform-set",
	 .saw = "with ESP_AES-128 HMAC-SHA and no PFS"},
	{"it refused, and then took it",
	 .quick = {UP(5, 4, .initiator = true, .quick.ours = BOTH),
		   {QM, .initiator = true, ENDED(20, 19), .reason = IKE_REASON_NO_PROPOSAL_P2_PEER,
		    .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN, .messages = {SENT(1)},
		    .quick.ours = BOTH}},
	 .near = DIAGNOSE_P2_PEER_REFUSED},

	{"QM1 is not answered",
	 .quick = {{QM, .initiator = true, ENDED(70, 8), .reason = IKE_REASON_NO_ANSWER,
		    .messages = {SENT(5)}, .quick.ours = BOTH}},
	 .root = DIAGNOSE_P2_NO_ANSWER, .sentence = "No answer to quick mode from 10.0.0.2.",
	 .saw = "QM1 sent 5 times in 62 s, nothing came back"},
	{"QM1 is not answered by the dead",
	 .notes = {{.kind = EVIDENCE_DPD_DEAD, .at_ms = AGO(30), .n = 5}},
	 .quick = {{QM, .initiator = true, ENDED(70, 8), .reason = IKE_REASON_NO_ANSWER,
		    .messages = {SENT(5)}, .quick.ours = BOTH}},
	 .root = DIAGNOSE_DPD_DEAD, .near = DIAGNOSE_P2_NO_ANSWER},
	{"QM2 is not answered",
	 .quick = {{QM, ENDED(40, 10), .reason = IKE_REASON_NO_ANSWER,
		    .messages = {CAME(1), SENT(4)}, OFFERED = BOTH}},
	 .root = DIAGNOSE_P2_NO_ANSWER, .saw = "QM2 sent 4 times"},
	{"QM1 has just been sent",
	 .quick = {{QM, .initiator = true, BEGAN(4), .messages = {SENT(2)}, .quick.ours = BOTH}},
	 .near = DIAGNOSE_P2_NO_ANSWER},
};

static void says_why_there_is_no_pair(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_quick);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why_there_is_no_pair),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
