/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys, groups and policies: what is asked for before anybody proves anything. */
#include "tests/unit/diagnose_rows.h"

/* Numbers of the wire: 7 AES, 5 3DES, 1 DES; 1 MD5, 2 SHA; authentication 1 by a key. */
#define AES_256 .encryption = 7, .key_bits = 256
#define OURS                                                             \
	{                                                                \
		AES_256, .hash = 2, .auth = 1, .group = 14, .policy = 10 \
	}
#define REFUSED(bits, ...) REFUSED_OF(1, bits, __VA_ARGS__)
#define REFUSED_OF(n, bits, ...)                                                     \
	ENDED(20, 20),                                                               \
		.reason = IKE_REASON_NO_PROPOSAL_P1, .messages = {CAME(1)},          \
		.phase1 = {.messages_seen = 1}, .n_offers = (n), .n_offers_kept = 1, \
		.offers = {{__VA_ARGS__}},                                           \
		.nearest = {                                                         \
			.any = true, .differs = (bits), .offered = {__VA_ARGS__}, .wanted = OURS}
#define BIT(refusal) (1 << IKE_REFUSAL_##refusal)
#define UP(since, until)                                                                    \
	{                                                                                   \
		ENDED(since, until),                                                        \
			.up = true,                                                         \
			.messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(1), SENT(1)}, \
			.phase1 = {                                                         \
				.messages_seen = 6                                          \
			}                                                                   \
	}
#define TUNNEL_GROUP(name, type)                                  \
	"tunnel-group " name " type " type "\ntunnel-group " name \
	" ipsec-attributes\n pre-shared-key sEcReT\n"
#define NO_KEY_CONFIG                                                                        \
	"crypto isakmp key sEcReT address 10.9.0.2\n" ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP \
	ROWS_IF(ROWS_ON)
#define DES_SHA                                                                                  \
	ROWS_KEY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(                                             \
		ROWS_ON) "crypto isakmp policy 20\n encryption des\n hash sha\n authentication " \
			 "pre-share\n"

static const struct row rows[] = {
	{"no tunnel group is the peer's",
	 .config = ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON)
		 TUNNEL_GROUP("10.0.0.9", "ipsec-l2l"),
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_KEY, .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1, .key = IKE_RECORD_KEY_NONE}}},
	 .root = DIAGNOSE_P1_DEFAULT_GROUP, .under = {DIAGNOSE_P1_NO_KEY},
	 .sentence = "10.0.0.2 landed on DefaultL2LGroup: no tunnel-group 10.0.0.2.",
	 .command = "tunnel-group 10.0.0.2 type ipsec-l2l"},
	{"the default group's key is not the peer's",
	 .config = ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON)
		 TUNNEL_GROUP("DefaultL2LGroup", "ipsec-l2l"),
	 .phase1 = {{ENDED(50, 20), .reason = IKE_REASON_PSK_MISMATCH,
		     .messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(3)}, .chosen = OURS,
		     .phase1 = {.messages_seen = 5,
				.key = IKE_RECORD_KEY_WILDCARD,
				.undecodable = true}}},
	 .root = DIAGNOSE_P1_DEFAULT_GROUP, .under = {DIAGNOSE_P1_PSK}},
	{"the peer has a tunnel group, with another key",
	 .config = ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON)
		 TUNNEL_GROUP("10.0.0.2", "ipsec-l2l"),
	 .phase1 = {{ENDED(50, 20), .reason = IKE_REASON_PSK_MISMATCH,
		     .messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(3)}, .chosen = OURS,
		     .phase1 = {.messages_seen = 5, .undecodable = true}}},
	 .root = DIAGNOSE_P1_PSK, .near = DIAGNOSE_P1_DEFAULT_GROUP},

	{"the peer begins and has no key", .config = NO_KEY_CONFIG,
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_KEY, .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_NO_KEY, .sentence = "No pre-shared key for 10.0.0.2.",
	 .command = "crypto isakmp key <key> address 10.0.0.2",
	 .saw = "it began; there are keys for 10.9.0.2"},
	{"a stranger begins", .stranger = true,
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PEER, .messages = {CAME(1)}}},
	 .root = DIAGNOSE_P1_NO_KEY},
	{"traffic waits, and there is no key to begin with",
	 .config = "crypto isakmp key sEcReT address 10.9.9.2\n" ROWS_POLICY ROWS_SET ROWS_ACL
		 ROWS_MAP ROWS_IF(ROWS_ON),
	 .also = {.wanted = true, .waiting = 2}, .root = DIAGNOSE_P1_NO_KEY, .alone = true,
	 .saw = "we were to begin"},
	{"traffic waits, and the key is for an address with one other digit",
	 .config = NO_KEY_CONFIG, .also = {.wanted = true, .waiting = 2},
	 .root = DIAGNOSE_P1_NO_KEY, .sureness = DIAGNOSE_EITHER, .other = DIAGNOSE_CFG_PEER,
	 .decide = "is the peer 10.9.0.2, which has a key and no entry, or 10.0.0.2"},
	{"traffic waits, and there is a key", .also = {.wanted = true, .waiting = 2},
	 .near = DIAGNOSE_P1_NO_KEY},
	{"no key, and it has got one since",
	 .phase1 = {UP(5, 4), {ENDED(20, 20), .reason = IKE_REASON_NO_KEY, .messages = {CAME(1)}}},
	 .near = DIAGNOSE_P1_NO_KEY},

	{"aggressive mode is not for it",
	 .notes = {{.kind = EVIDENCE_AGGRESSIVE, .at_ms = AGO(9), .n = 2}},
	 .root = DIAGNOSE_P1_AGGRESSIVE, .command = "crypto isakmp peer address 10.0.0.2"},
	{"a name that aggressive mode is not for", .stranger = true,
	 .phase1 = {{ENDED(20, 20), .aggressive = true, .reason = IKE_REASON_AGGRESSIVE,
		     .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1, .id_remote = {IKE_ID_FQDN, "r2"}}}},
	 .root = DIAGNOSE_P1_AGGRESSIVE, .saw = "was refused, of r2"},
	{"a name without a key that aggressive mode is not for",
	 .phase1 = {{ENDED(20, 20), .aggressive = true, .reason = IKE_REASON_AGGRESSIVE,
		     .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1,
				.key = IKE_RECORD_KEY_NONE,
				.id_remote = {IKE_ID_FQDN, "r2"}}}},
	 .root = DIAGNOSE_P1_AGGRESSIVE, .near = DIAGNOSE_P1_NO_KEY},
	{"no key for the name it has in aggressive mode",
	 .phase1 = {{ENDED(20, 20), .aggressive = true, .reason = IKE_REASON_NO_KEY,
		     .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1,
				.key = IKE_RECORD_KEY_NONE,
				.id_remote = {IKE_ID_FQDN, "r2"}}}},
	 .root = DIAGNOSE_P1_NO_KEY, .sentence = "No pre-shared key for r2.",
	 .command = "crypto isakmp key <key> hostname <name>",
	 .saw = "it began aggressive mode, and calls itself r2"},
	{"aggressive mode is for nobody",
	 .config = ROWS_CONFIG "crypto isakmp aggressive-mode disable\n",
	 .notes = {{.kind = EVIDENCE_AGGRESSIVE, .at_ms = AGO(9), .n = 2}},
	 .root = DIAGNOSE_P1_AGGRESSIVE, .command = "no crypto isakmp aggressive-mode disable"},
	{"aggressive mode was tried before main mode",
	 .notes = {{.kind = EVIDENCE_AGGRESSIVE, .at_ms = AGO(9), .n = 2}}, .phase1 = {UP(8, 7)},
	 .near = DIAGNOSE_P1_AGGRESSIVE},
	{"aggressive mode of a name that is nobody's, where the peer has a key",
	 .phase1 = {{ENDED(9, 9), .aggressive = true, .reason = IKE_REASON_NO_KEY,
		     .messages[0] = CAME(1),
		     .phase1 = {.messages_seen = 1, .key = IKE_RECORD_KEY_NONE}}},
	 .notes = {{.kind = EVIDENCE_AGGRESSIVE, .at_ms = AGO(9), .n = 1}},
	 .root = DIAGNOSE_P1_AGGRESSIVE, .near = DIAGNOSE_P1_NO_KEY},

	{"it speaks version 2", .notes = {{.kind = EVIDENCE_IKEV2, .at_ms = AGO(9), .n = 4}},
	 .root = DIAGNOSE_P1_IKEV2,
	 .sentence = "10.0.0.2 speaks IKE version 2, which is not spoken here."},
	{"it spoke version 2 first, and then 1", .phase1 = {UP(8, 7)},
	 .notes = {{.kind = EVIDENCE_IKEV2, .at_ms = AGO(9), .n = 4}}, .near = DIAGNOSE_P1_IKEV2},
	{"somebody speaks version 2", .stranger = true,
	 .notes = {{.kind = EVIDENCE_IKEV2, .at_ms = AGO(9), .n = 4}}, .near = DIAGNOSE_P1_IKEV2},

	{"MD5 for SHA",
	 .phase1 = {{REFUSED(BIT(HASH), AES_256, .hash = 1, .auth = 1, .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_HASH, .sureness = DIAGNOSE_SURE,
	 .sentence = "Peer 10.0.0.2 offers MD5, policy 10 wants SHA.",
	 .command = "crypto isakmp policy 10 / hash md5", .saw = "it offered AES-CBC-256 MD5"},
	{"MD5 for SHA, and another group",
	 .phase1 = {{REFUSED(BIT(HASH) | BIT(GROUP), AES_256, .hash = 1, .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_POLICY, .near = DIAGNOSE_P1_POLICY_HASH},

	{"3DES for AES",
	 .phase1 = {{REFUSED(BIT(ENCRYPTION) | BIT(KEY_BITS), .encryption = 5, .hash = 2, .auth = 1,
			     .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_ENC,
	 .sentence = "Peer 10.0.0.2 offers 3DES-CBC, policy 10 wants AES-CBC-256.",
	 .command = "crypto isakmp policy 10 / encryption 3des"},
	{"AES 128 for AES 256",
	 .phase1 = {{REFUSED(BIT(KEY_BITS), .encryption = 7, .key_bits = 128, .hash = 2, .auth = 1,
			     .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_ENC,
	 .sentence = "Peer 10.0.0.2 offers AES-CBC-128, policy 10 wants AES-CBC-256.",
	 .command = "crypto isakmp policy 10 / encryption aes"},
	{"3DES for AES, and MD5 for SHA",
	 .phase1 = {{REFUSED(BIT(ENCRYPTION) | BIT(HASH), .encryption = 5, .hash = 1, .auth = 1,
			     .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY, .near = DIAGNOSE_P1_POLICY_ENC},

	{"signatures for a key",
	 .phase1 = {{REFUSED(BIT(AUTH), AES_256, .hash = 2, .auth = 3, .group = 14)}},
	 .root = DIAGNOSE_P1_AUTH,
	 .sentence = "10.0.0.2 offers authentication by rsa-sig, policy 10 wants pre-share.",
	 .command = "crypto isakmp policy 10 / authentication rsa-sig"},
	{"a login where none is asked for",
	 .phase1 = {{REFUSED(BIT(AUTH), AES_256, .hash = 2, .auth = 65001, .group = 14)}},
	 .root = DIAGNOSE_P1_AUTH, .command = "crypto map M client authentication list <list>"},
	{"signatures for a key, and another group",
	 .phase1 = {{REFUSED(BIT(AUTH) | BIT(GROUP), AES_256, .hash = 2, .auth = 3, .group = 2)}},
	 .root = DIAGNOSE_P1_POLICY, .near = DIAGNOSE_P1_AUTH},

	{"group 2 for 14",
	 .phase1 = {{REFUSED(BIT(GROUP), AES_256, .hash = 2, .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_GROUP, .sentence = "10.0.0.2 offers DH group 2, policy 10 wants 14.",
	 .command = "crypto isakmp policy 10 / group 2"},
	{"group 2 for 14, and then 14",
	 .phase1 = {UP(5, 4), {REFUSED(BIT(GROUP), AES_256, .hash = 2, .auth = 1, .group = 2)}},
	 .near = DIAGNOSE_P1_GROUP},

	{"nothing in common",
	 .phase1 = {{REFUSED(BIT(ENCRYPTION) | BIT(HASH) | BIT(GROUP), .encryption = 5, .hash = 1,
			     .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_POLICY,
	 .sentence =
		 "None of 1 transforms from 10.0.0.2 matches a local policy (closest policy 10: "
		 "encryption 3DES-CBC instead of AES-CBC-256, hash MD5 instead of SHA, group 2 "
		 "instead of 14).",
	 .command = "show crypto isakmp policy"},
	{"no policy of ours can be used",
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P1, .n_offers = 3}},
	 .root = DIAGNOSE_P1_POLICY,
	 .sentence = "None of 3 transforms from 10.0.0.2 matches a local policy (closest none: no "
		     "policy fits"},
	{"MD5 for SHA, and another peer lives by the policy",
	 .config = ROWS_CONFIG "crypto map M 20 ipsec-isakmp\n set peer 10.0.0.9\n",
	 .phase1 = {{REFUSED(BIT(HASH), AES_256, .hash = 1, .auth = 1, .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_HASH,
	 .command = "crypto isakmp policy 20 / encryption aes 256 / hash md5 / "
		    "authentication pre-share / group 14"},
	{"a policy of ours has certificates, and there is none",
	 .config = ROWS_KEY
	 "crypto isakmp policy 10\n authentication rsa-sig\n encryption aes 256\n hash sha\n"
	 " group 14\n" ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON),
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P1, .n_offers = 1,
		     .n_offers_kept = 1,
		     .offers = {{.encryption = 7,
				 .key_bits = 256,
				 .hash = 2,
				 .auth = 1,
				 .group = 14}}}},
	 .root = DIAGNOSE_P1_AUTH,
	 .sentence = "10.0.0.2 offers authentication by pre-share, policy 10 wants rsa-sig.",
	 .command = "crypto isakmp policy 10 / authentication pre-share"},
	{"a policy of ours has certificates, and another group",
	 .config = ROWS_KEY
	 "crypto isakmp policy 10\n authentication rsa-sig\n encryption aes 256\n hash sha\n"
	 " group 5\n" ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON),
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P1, .n_offers = 1,
		     .n_offers_kept = 1,
		     .offers = {{.encryption = 7,
				 .key_bits = 256,
				 .hash = 2,
				 .auth = 1,
				 .group = 14}}}},
	 .root = DIAGNOSE_P1_POLICY, .near = DIAGNOSE_P1_AUTH},
	{"the peer shows certificates, and there is none here",
	 .config = ROWS_KEY
	 "crypto isakmp policy 10\n authentication rsa-sig\n encryption aes 256\n hash sha\n"
	 " group 14\n" ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON),
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P1, .n_offers = 1,
		     .n_offers_kept = 1,
		     .offers = {{.encryption = 7,
				 .key_bits = 256,
				 .hash = 2,
				 .auth = 3,
				 .group = 14}}}},
	 .root = DIAGNOSE_P1_POLICY,
	 .sentence =
		 "None of 1 transforms from 10.0.0.2 matches a local policy (closest policy 10: "
		 "it fits, and there is no certificate of ours for rsa-sig).",
	 .command = "crypto pki trustpoint <name>"},
	{"the peer shows certificates of another strength, and there is none here",
	 .config = ROWS_KEY
	 "crypto isakmp policy 10\n authentication rsa-sig\n encryption aes 256\n hash sha\n"
	 " group 5\n" ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON),
	 .phase1 = {{ENDED(20, 20), .reason = IKE_REASON_NO_PROPOSAL_P1, .n_offers = 1,
		     .n_offers_kept = 1,
		     .offers = {{.encryption = 7,
				 .key_bits = 256,
				 .hash = 2,
				 .auth = 3,
				 .group = 14}}}},
	 .root = DIAGNOSE_P1_POLICY,
	 .sentence = "None of 1 transforms from 10.0.0.2 matches a local policy (closest none: no "
		     "policy fits",
	 .command = "show crypto isakmp policy"},
	{"of a capture", .config = "",
	 .phase1 = {{REFUSED(BIT(HASH), AES_256, .hash = 1, .auth = 1, .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_HASH},
	{"the policy agreed later, and the key does not",
	 .phase1 = {{ENDED(15, 5), .reason = IKE_REASON_PSK_MISMATCH,
		     .messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(3)}, .chosen = OURS,
		     .phase1 = {.messages_seen = 5, .undecodable = true}},
		    {REFUSED(BIT(GROUP) | BIT(HASH), AES_256, .hash = 1, .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_PSK, .near = DIAGNOSE_P1_POLICY},
	{"it was refused, and then we came as far as the key",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_PSK_MISMATCH,
		     .notify = IKE_NOTIFY_AUTHENTICATION_FAILED,
		     .messages = {SENT(1), CAME(1), SENT(1), CAME(1), SENT(5)},
		     .chosen = OURS,
		     .phase1 = {.messages_seen = 5}},
		    {REFUSED(BIT(GROUP), AES_256, .hash = 2, .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_PSK, .near = DIAGNOSE_P1_GROUP},
	{"it was refused long ago, and now it does not answer",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}},
		    {ENDED(900, 900), .reason = IKE_REASON_NO_PROPOSAL_P1, .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_NO_ANSWER, .near = DIAGNOSE_P1_POLICY},
	{"both begin, and neither likes what the other offers",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_PROPOSAL_P1_PEER,
		     .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}},
		    {REFUSED(BIT(GROUP), AES_256, .hash = 2, .auth = 1, .group = 2)}},
	 .root = DIAGNOSE_P1_GROUP, .under = {DIAGNOSE_P1_REJECTED}},

	{"the peer says NO_PROPOSAL_CHOSEN",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_PROPOSAL_P1_PEER,
		     .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
		     .messages = {SENT(5)},
		     .n_offers = 1,
		     .n_offers_kept = 1,
		     .offers = {OURS},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_REJECTED, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "10.0.0.2 answered NO_PROPOSAL_CHOSEN (unauthenticated).",
	 .saw = "we offered AES-CBC-256 SHA"},
	{"the peer says AUTHENTICATION_FAILED to the first message",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .notify = IKE_NOTIFY_AUTHENTICATION_FAILED,
		     .aggressive = true,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_REJECTED, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "10.0.0.2 answered AUTHENTICATION_FAILED (unauthenticated)."},
	{"somebody says NO_PROPOSAL_CHOSEN, and it comes up",
	 .phase1 = {{.initiator = true,
		     ENDED(20, 19),
		     .up = true,
		     .hint = IKE_REASON_NO_PROPOSAL_P1_PEER,
		     .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
		     .messages = {SENT(1), CAME(1), SENT(1), CAME(1), SENT(1), CAME(1)},
		     .phase1 = {.messages_seen = 6}}},
	 .near = DIAGNOSE_P1_REJECTED},

	{"an old client where there is DES with SHA alone", .config = DES_SHA,
	 .phase1 = {{REFUSED(BIT(HASH), .encryption = 1, .hash = 1, .auth = 1, .group = 14),
		     .phase1.unity = true}},
	 .root = DIAGNOSE_P1_POLICY_HASH, .under = {DIAGNOSE_P1_CLIENT_DES_SHA}},
	{"no client, where there is DES with SHA alone", .config = DES_SHA,
	 .phase1 = {{REFUSED(BIT(HASH), .encryption = 1, .hash = 1, .auth = 1, .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_HASH, .near = DIAGNOSE_P1_CLIENT_DES_SHA},
	{"Blowfish",
	 .phase1 = {{REFUSED(BIT(ENCRYPTION), .encryption = 3, .hash = 2, .auth = 1, .group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_ENC, .command = "show crypto isakmp policy",
	 .under = {DIAGNOSE_P1_ALG_UNAVAILABLE}},
	{"Blowfish first, and then DES",
	 .phase1 = {{REFUSED_OF(2, BIT(ENCRYPTION), .encryption = 3, .hash = 2, .auth = 1,
				.group = 14)}},
	 .root = DIAGNOSE_P1_POLICY_ENC, .near = DIAGNOSE_P1_ALG_UNAVAILABLE},

	{"MM2 does not come, and yet the peer speaks",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}}},
	 .notes = {{.kind = EVIDENCE_MALFORMED, .at_ms = AGO(30), .n = 1}},
	 .root = DIAGNOSE_P1_WAIT_MSG2, .under = {DIAGNOSE_IKE_MALFORMED},
	 .sentence = "MM1 sent 5 times to 10.0.0.2, no MM2."},
	{"MM2 does not come, and nothing else does",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}}},
	 .root = DIAGNOSE_P1_NO_ANSWER, .near = DIAGNOSE_P1_WAIT_MSG2},
	{"MM3 does not come",
	 .phase1 = {{ENDED(40, 10), .messages = {CAME(4), SENT(4)},
		     .phase1 = {.messages_seen = 2}}},
	 .root = DIAGNOSE_P1_WAIT_MSG3, .saw = "MM2 sent 4 times in 30 s"},
	{"a stranger asks and goes away", .stranger = true,
	 .phase1 = {{ENDED(40, 10), .messages = {CAME(1), SENT(4)}, .phase1 = {2}}},
	 .near = DIAGNOSE_P1_WAIT_MSG3},
	{"MM4 does not come",
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .path.local = OUR_END,
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(1), CAME(1), SENT(5)},
		     .chosen = OURS,
		     .phase1 = {.messages_seen = 3}}},
	 .root = DIAGNOSE_P1_WAIT_MSG4,
	 .sentence = "10.0.0.2 accepted the policy but never answered MM3.",
	 .saw = "no tunnel-group or key for our address 10.0.0.1"},
	{"MM3 has been sent after a long wait for MM2",
	 .phase1 = {{.initiator = true,
		     BEGAN(15),
		     .messages = {SENT(4), CAME(1), {.times = 1, .ours = true, .first_ms = 13000}},
		     .phase1 = {.messages_seen = 3}}},
	 .near = DIAGNOSE_P1_WAIT_MSG4},
	{"MM4 is late",
	 .phase1 = {{.initiator = true,
		     BEGAN(9),
		     .messages = {SENT(1), CAME(1), SENT(3)},
		     .phase1 = {.messages_seen = 3}}},
	 .near = DIAGNOSE_P1_WAIT_MSG4},
};

static void says_what_of_the_offer_is_refused(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_offer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_of_the_offer_is_refused),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
