/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that differ, identities and certificates. */
#include "tests/unit/diagnose_rows.h"

#define PSK  .chosen = {.encryption = 7, .key_bits = 256, .hash = 2, .auth = 1, .group = 14}
#define RSA  .chosen = {.encryption = 7, .key_bits = 256, .hash = 2, .auth = 3, .group = 14}
#define AS_I SENT(1), CAME(1), SENT(1), CAME(1), SENT(5)
#define AS_R CAME(1), SENT(1), CAME(1), SENT(1)
#define ID_4                            \
	{                               \
		IKE_ID_IPV4, "10.0.0.2" \
	}
#define ID_NAT                             \
	{                                  \
		IKE_ID_IPV4, "192.168.7.7" \
	}
#define ID_FQ                                 \
	{                                     \
		IKE_ID_FQDN, "r2.example.org" \
	}

#define HIDDEN(s)                                                    \
	{                                                            \
		.kind = EVIDENCE_HIDDEN, .at_ms = AGO(s), .n = 31337 \
	}
#define BOTH                                               \
	{                                                  \
		NET(10, 1, 0, 0, 16), NET(10, 2, 0, 0, 16) \
	}
#define OTHER                                              \
	{                                                  \
		NET(10, 1, 0, 0, 16), NET(10, 3, 0, 0, 16) \
	}
#define OUR_AGGRESSIVE                                                                  \
	{                                                                               \
		.ike_sa = 7, .initiator = true, .aggressive = true, ENDED(40, 39), PSK, \
		.up = true, .messages = {SENT(1), CAME(1), SENT(1)}, .phase1 = {        \
			.messages_seen = 3                                              \
		}                                                                       \
	}
#define UNANSWERED(sa)                                                                      \
	{                                                                                   \
		.kind = IKE_RECORD_QUICK, .ike_sa = (sa), .initiator = true, ENDED(38, 10), \
		.reason = IKE_REASON_NO_ANSWER, .messages = {SENT(5)}, .quick.ours = BOTH   \
	}

static const struct row rows[] = {
	{"the peer is behind a NAT, and we do not speak NAT-T",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_NATT_NEEDED, PSK,
		     .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_NAT, .natt_remote = true}}},
	 .root = DIAGNOSE_NATT_NEEDED,
	 .sentence = "NAT detected (in front of 10.0.0.2) but NAT-T is off.",
	 .command = "crypto ipsec nat-transparency udp-encapsulation",
	 .saw = "it says it is 192.168.7.7, and its packets come from 10.0.0.2"},
	{"the peer is behind a NAT, we called it, and do not speak NAT-T",
	 .phase1 = {{ENDED(40, 10), .initiator = true, .reason = IKE_REASON_NATT_NEEDED, PSK,
		     .messages = {SENT(1), CAME(1), SENT(1), CAME(1), SENT(1), CAME(1)},
		     .phase1 = {.messages_seen = 6, .id_remote = ID_NAT}}},
	 .root = DIAGNOSE_NATT_NEEDED, .command = "crypto ipsec nat-transparency udp-encapsulation",
	 .saw = "NAT traversal is off here"},
	{"it comes up through a NAT without NAT-T, and carries nothing", .notes = {HIDDEN(30)},
	 .sas = {{.spi_in = 9, .up = true, .now = {.out_packets = 4}}},
	 .root = DIAGNOSE_NATT_NEEDED, .command = "crypto isakmp nat-traversal 20 (on 10.0.0.2)",
	 .saw = "come from port 31337; NAT traversal is off there"},
	{"it comes up through a NAT and NAT-T is off here, and carries nothing",
	 .config = ROWS_CONFIG "no crypto ipsec nat-transparency udp-encapsulation\n",
	 .notes = {HIDDEN(30)}, .sas = {{.spi_in = 9, .up = true, .now = {.out_packets = 4}}},
	 .root = DIAGNOSE_NATT_NEEDED, .command = "crypto ipsec nat-transparency udp-encapsulation",
	 .saw = "NAT traversal is off here"},
	{"it comes up through a NAT without NAT-T, and carries packets", .notes = {HIDDEN(30)},
	 .sas = {{.spi_in = 9, .up = true, .now = {.in_packets = 4, .out_packets = 4}}},
	 .near = DIAGNOSE_NATT_NEEDED},
	{"it came up through a NAT again, with NAT-T", .notes = {HIDDEN(30)},
	 .sas = {{.spi_in = 9, .up = true, .udp = true}}, .near = DIAGNOSE_NATT_NEEDED},
	{"it has just come up through a NAT", .notes = {HIDDEN(2)},
	 .sas = {{.spi_in = 9, .up = true}}, .near = DIAGNOSE_NATT_NEEDED},
	{"it came up through a NAT, and quick mode did not", .notes = {HIDDEN(30)},
	 .quick = {UNANSWERED(6)}, .root = DIAGNOSE_NATT_NEEDED, .under = {DIAGNOSE_P2_NO_ANSWER}},
	{"it came up through a NAT, and has gone again", .notes = {HIDDEN(30)},
	 .quick = {{.kind = IKE_RECORD_QUICK, ENDED(29, 29), .up = true, .quick.ours = BOTH}},
	 .near = DIAGNOSE_NATT_NEEDED},
	{"phase 1 is up through a NAT, and nobody wants more", .notes = {HIDDEN(30)},
	 .near = DIAGNOSE_NATT_NEEDED},

	{"its certificate has expired",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_CERT_EXPIRED, RSA,
		     .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_FQ}}},
	 .root = DIAGNOSE_P1_CERT,
	 .sentence = "Certificate of 10.0.0.2 is not accepted: the peer's certificate has expired.",
	 .command = "show clock"},
	{"its certificate is of another CA, it seems, and it still tries",
	 .phase1 = {{BEGAN(20), .hint = IKE_REASON_CERT_UNKNOWN_CA, RSA,
		     .messages = {AS_R, CAME(3)}, .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_CERT, .command = "crypto pki authenticate <trustpoint>"},
	{"its identity is not in its certificate",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_CERT_ID, RSA, .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_FQ}}},
	 .root = DIAGNOSE_P1_CERT, .command = "crypto isakmp identity dn (on 10.0.0.2)"},
	{"the CRL was not there, and now it is",
	 .phase1 = {{ENDED(5, 4), .up = true, RSA, .messages = {AS_R, CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 6}},
		    {ENDED(40, 10), .reason = IKE_REASON_CERT_NO_CRL, RSA,
		     .messages = {AS_R, CAME(3)}, .phase1 = {.messages_seen = 5}}},
	 .near = DIAGNOSE_P1_CERT},

	{"it says a name and should say its address",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_ID_MISMATCH, PSK,
		     .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_FQ, .id_expected = ID_4}}},
	 .root = DIAGNOSE_P1_ID,
	 .sentence = "10.0.0.2 identifies itself as fqdn:r2.example.org, expected "
		     "address:10.0.0.2.",
	 .command = "crypto isakmp identity address (on 10.0.0.2)"},
	{"who it is does not fit the profile",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_PROFILE, RSA, .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_FQ}}},
	 .root = DIAGNOSE_P1_ID},
	{"who it is does not fit the profile of its entry",
	 .config = ROWS_CONFIG "crypto isakmp profile P\n match identity host r9\n"
			       "crypto map M 10\n set isakmp-profile P\n",
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_PROFILE, RSA, .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .id_remote = ID_FQ}}},
	 .root = DIAGNOSE_P1_ID,
	 .sentence = "10.0.0.2 identifies itself as fqdn:r2.example.org, expected one that isakmp "
		     "profile P matches.",
	 .command = "crypto isakmp profile P / match identity host <name>"},
	{"it does not like who we are",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_AUTH_FAILED,
		     .notify = IKE_NOTIFY_INVALID_ID_INFORMATION,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5, .id_local = {IKE_ID_FQDN, "r1"}}}},
	 .root = DIAGNOSE_P1_ID,
	 .sentence = "This end identifies itself as fqdn:r1, expected another by 10.0.0.2.",
	 .command = "crypto isakmp identity address"},
	{"an invalid identity is told of message 1",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .notify = IKE_NOTIFY_INVALID_ID_INFORMATION,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_REJECTED, .near = DIAGNOSE_P1_ID},

	{"the key differs, or somebody else answers", .also = {.seen = V4(10, 0, 0, 77)},
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_PSK_OR_ADDR,
	 .sentence = "Stuck after DH with 10.0.0.2: key or peer address wrong (packets come from "
		     "10.0.0.77)."},
	{"the key differs, and the peer is where it should be", .also = {.seen = PEER},
	 .phase1 = {{ENDED(40, 10), .reason = IKE_REASON_PSK_MISMATCH, PSK,
		     .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .undecodable = true, .bad_payload = 5}}},
	 .root = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_LIKELY, .near = DIAGNOSE_P1_PSK_OR_ADDR,
	 .sentence = "Pre-shared keys with 10.0.0.2 probably differ (policy and DH agreed, "
		     "authentication failed).",
	 .command = "crypto isakmp key <key> address 10.0.0.2",
	 .saw = "MM5 decrypts to nonsense (at payload ID)"},
	{"MM5 still comes, and is nonsense",
	 .phase1 = {{BEGAN(15), .hint = IKE_REASON_PSK_MISMATCH, PSK, .messages = {AS_R, CAME(3)},
		     .phase1 = {.messages_seen = 5, .undecodable = true}}},
	 .root = DIAGNOSE_P1_PSK},
	{"MM5 was nonsense a moment ago",
	 .phase1 = {{BEGAN(4), .hint = IKE_REASON_PSK_MISMATCH, PSK, .messages = {AS_R, CAME(1)},
		     .phase1 = {.messages_seen = 5, .undecodable = true}}},
	 .near = DIAGNOSE_P1_PSK},
	{"the hash in AM2 is wrong",
	 .phase1 = {{.initiator = true,
		     .aggressive = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_PSK_MISMATCH,
		     PSK,
		     .messages = {SENT(5), CAME(5)},
		     .phase1 = {.messages_seen = 2, .hash_wrong = true}}},
	 .root = DIAGNOSE_P1_PSK, .saw = "the hash in AM2 is wrong"},
	{"MM5 is answered with AUTHENTICATION_FAILED",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_PSK_MISMATCH,
		     .notify = IKE_NOTIFY_AUTHENTICATION_FAILED,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_LIKELY},
	{"MM5 is not answered",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_P1_WAIT_MSG6,
	 .saw = "MM5 sent 5 times in 62 s, no answer to it",
	 .decide = "debug crypto isakmp (on 10.0.0.2"},
	{"MM5 goes through a NAT and is not answered",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .path.remote_port = IP_PORT_NATT,
		     .reason = IKE_REASON_NO_ANSWER,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_P1_WAIT_MSG6,
	 .decide = "test crypto path 10.0.0.2"},
	{"a signed MM5 was damaged on its way",
	 .phase1 = {{ENDED(40, 10), RSA, .messages = {AS_R, CAME(1)},
		     .phase1 = {.messages_seen = 5, .undecodable = true}}},
	 .near = DIAGNOSE_P1_PSK},

	{"MM5 does not come",
	 .phase1 = {{ENDED(40, 10), PSK, .messages = {CAME(1), SENT(1), CAME(2), SENT(4)},
		     .phase1 = {.messages_seen = 4}}},
	 .root = DIAGNOSE_P1_WAIT_MSG5, .saw = "MM4 sent 4 times"},
	{"MM5 comes after a while",
	 .phase1 = {{ENDED(40, 25), .up = true, PSK,
		     .messages = {CAME(1), SENT(1), CAME(2), SENT(4), CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 6}}},
	 .near = DIAGNOSE_P1_WAIT_MSG5},
	{"a signed MM5 is not answered",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     RSA,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_WAIT_MSG6, .sentence = "MM5 sent 5 times to 10.0.0.2, no MM6"},
	{"MM5 under a key is not answered",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     PSK,
		     .messages = {AS_I},
		     .phase1 = {.messages_seen = 5}}},
	 .root = DIAGNOSE_P1_PSK, .near = DIAGNOSE_P1_WAIT_MSG6},

	{"AM3 does not come",
	 .phase1 = {{.aggressive = true,
		     ENDED(40, 10),
		     PSK,
		     .messages = {CAME(2), SENT(4)},
		     .phase1 = {.messages_seen = 2}}},
	 .root = DIAGNOSE_P1_AG_STUCK, .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_P1_PSK,
	 .sentence = "Aggressive mode with 10.0.0.2 stopped at AM3."},
	{"nothing answers after our AM3", .phase1 = {OUR_AGGRESSIVE}, .quick = {UNANSWERED(7)},
	 .root = DIAGNOSE_P1_AG_STUCK, .under = {DIAGNOSE_P2_NO_ANSWER},
	 .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_P2_NO_ANSWER,
	 .sentence = "Aggressive mode with 10.0.0.2 stopped at AM3.",
	 .saw = "QM1 sent 5 times in 28 s, nothing came back; nor was AM3 before it",
	 .decide = "on 10.0.0.2"},
	{"nothing answers a quick mode, another of that SA was answered",
	 .phase1 = {OUR_AGGRESSIVE},
	 .quick = {UNANSWERED(7),
		   {.kind = IKE_RECORD_QUICK,
		    .ike_sa = 7,
		    .initiator = true,
		    ENDED(39, 39),
		    .up = true,
		    .quick.ours = OTHER}},
	 .root = DIAGNOSE_P2_NO_ANSWER, .near = DIAGNOSE_P1_AG_STUCK},
	{"nothing answers a quick mode of another SA", .phase1 = {OUR_AGGRESSIVE},
	 .quick = {UNANSWERED(6)}, .root = DIAGNOSE_P2_NO_ANSWER, .near = DIAGNOSE_P1_AG_STUCK},
	{"AM3 does not come of a client", .stranger = true,
	 .phase1 = {{.aggressive = true,
		     ENDED(40, 10),
		     PSK,
		     .messages = {CAME(2), SENT(4)},
		     .phase1 = {.messages_seen = 2,
				.key = IKE_RECORD_KEY_GROUP,
				.id_remote = {IKE_ID_KEY_ID, "sales"}}}},
	 .root = DIAGNOSE_RA_GROUP_KEY, .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_P1_AG_STUCK,
	 .sentence = "Aggressive mode of group sales from 10.0.0.2: HASH_I not verified."},
	{"a client of a group that is not there", .stranger = true,
	 .phase1 = {{.aggressive = true,
		     ENDED(40, 10),
		     PSK,
		     .messages = {CAME(2), SENT(4)},
		     .phase1 = {.messages_seen = 2,
				.key = IKE_RECORD_KEY_DECOY,
				.id_remote = {IKE_ID_KEY_ID, "nobody"}}}},
	 .root = DIAGNOSE_RA_GROUP_KEY, .saw = "there is no group nobody"},
	{"AM3 of a client is on its way", .stranger = true,
	 .phase1 = {{.aggressive = true,
		     BEGAN(3),
		     PSK,
		     .messages = {CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 2,
				.key = IKE_RECORD_KEY_GROUP,
				.id_remote = {IKE_ID_KEY_ID, "sales"}}}},
	 .near = DIAGNOSE_RA_GROUP_KEY},
	{"AM3 is on its way",
	 .phase1 = {{.aggressive = true,
		     BEGAN(3),
		     PSK,
		     .messages = {CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 2}}},
	 .near = DIAGNOSE_P1_AG_STUCK},
};

static void says_why_nobody_is_believed(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_proof);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why_nobody_is_believed),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
