/* SPDX-License-Identifier: BSD-3-Clause */
/* Flapping, keepalive, collisions, and what the order of the stages makes of several at once. */
#include "tests/unit/diagnose_rows.h"

#define UP(since, until, life)                                                              \
	{                                                                                   \
		ENDED(since, until),                                                        \
			.up = true,                                                         \
			.messages = {CAME(1), SENT(1), CAME(1), SENT(1), CAME(1), SENT(1)}, \
			.chosen.policy = 10, .phase1 = {                                    \
				.messages_seen = 6,                                         \
				.lifetime_s = (life)                                        \
			}                                                                   \
	}
#define SILENT                                                                   \
	{                                                                        \
		.initiator = true, ENDED(70, 8), .reason = IKE_REASON_NO_ANSWER, \
		.messages = {SENT(5)}, .phase1 = {                               \
			.messages_seen = 1                                       \
		}                                                                \
	}
#define NOTE(what, s, ...)                                            \
	{                                                             \
		.kind = EVIDENCE_##what, .at_ms = AGO(s), __VA_ARGS__ \
	}

#define SITES                                                                 \
	{                                                                     \
		.local = NET(10, 1, 0, 0, 16), .remote = NET(10, 2, 0, 0, 16) \
	}

static const struct row rows[] = {
	{"it uses an IKE SA that is gone", .notes = {NOTE(STALE_PEER, 5, .n = 6)},
	 .root = DIAGNOSE_P1_STALE_PEER, .sentence = "10.0.0.2 uses an IKE SA we no longer have.",
	 .command = "clear crypto isakmp (on 10.0.0.2)"},
	{"an answer was on its way when the IKE SA went", .notes = {NOTE(STALE_PEER, 5, .n = 1)},
	 .near = DIAGNOSE_P1_STALE_PEER},
	{"it used an IKE SA that was gone, and has another now",
	 .notes = {NOTE(STALE_PEER, 5, .n = 6)}, .phase1 = {UP(3, 2, 86400)},
	 .near = DIAGNOSE_P1_STALE_PEER},

	{"it does not answer keepalives", .config = ROWS_CONFIG "crypto isakmp keepalive 30 5\n",
	 .notes = {NOTE(DPD_DEAD, 60, .n = 5)}, .phase1 = {UP(3001, 3000, 86400)},
	 .root = DIAGNOSE_DPD_DEAD,
	 .sentence = "No DPD answer from 10.0.0.2 after 5 retries, SAs deleted.",
	 .command = "ping 10.0.0.2", .saw = "given up 60 s ago"},
	{"it did not answer keepalives, and is back", .notes = {NOTE(DPD_DEAD, 60, .n = 5)},
	 .phase1 = {UP(20, 19, 86400)}, .near = DIAGNOSE_DPD_DEAD},
	{"it does not answer keepalives, nor anything after", .notes = {NOTE(DPD_DEAD, 90, .n = 5)},
	 .phase1 = {{.initiator = true,
		     ENDED(70, 8),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(5)},
		     .phase1 = {.messages_seen = 1}},
		    UP(3001, 3000, 86400)},
	 .root = DIAGNOSE_P1_NO_ANSWER, .under = {DIAGNOSE_DPD_DEAD},
	 .saw = "it did answer 50 min ago"},
	{"nothing comes any more",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = SITES,
		  .age_s = 900,
		  .now = {.in_packets = 400, .out_packets = 500},
		  .before = {.in_packets = 380, .out_packets = 440},
		  .in_last_ms = AGO(40),
		  .out_last_ms = AGO(1)}},
	 .root = DIAGNOSE_ESP_SILENT, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "Nothing came from 10.0.0.2 for 40 s, and 60 packets went out",
	 .command = "test crypto peer 10.0.0.2"},
	{"nothing comes on the new SA, and on the old one it does",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = SITES,
		  .age_s = 40,
		  .now = {.out_packets = 60},
		  .out_last_ms = AGO(1)},
		 {.spi_in = 8,
		  .up = true,
		  .selector = SITES,
		  .age_s = 900,
		  .now = {.in_packets = 400, .out_packets = 500},
		  .in_last_ms = AGO(2)}},
	 .near = DIAGNOSE_ESP_SILENT},
	{"nothing comes, nor does anything go",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = SITES,
		  .age_s = 900,
		  .now = {.in_packets = 400, .out_packets = 500},
		  .before = {.in_packets = 380, .out_packets = 480},
		  .in_last_ms = AGO(40),
		  .out_last_ms = AGO(39)}},
	 .near = DIAGNOSE_ESP_SILENT},
	{"traffic that is hardly ever answered",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = SITES,
		  .age_s = 900,
		  .now = {.in_packets = 4, .out_packets = 5000},
		  .before = {.in_packets = 4, .out_packets = 4000},
		  .in_last_ms = AGO(600),
		  .out_last_ms = AGO(1)}},
	 .near = DIAGNOSE_ESP_SILENT},
	{"somebody worked there once, and syslog goes on",
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .selector = SITES,
		  .age_s = 9000,
		  .now = {.in_packets = 200, .out_packets = 5000},
		  .before = {.in_packets = 200, .out_packets = 4900},
		  .in_last_ms = AGO(6000),
		  .out_last_ms = AGO(1)}},
	 .near = DIAGNOSE_ESP_SILENT},
	{"keepalives are lost, and ESP comes", .notes = {NOTE(DPD_LOST, 5, .n = 3)},
	 .root = DIAGNOSE_DPD_BLOCKED, .sureness = DIAGNOSE_LIKELY,
	 .sentence = "DPD with 10.0.0.2 is lost but ESP flows."},
	{"keepalives are lost, and quick mode is refused", .notes = {NOTE(DPD_LOST, 5, .n = 3)},
	 .quick = {{.kind = IKE_RECORD_QUICK,
		    .initiator = true,
		    ENDED(20, 19),
		    .reason = IKE_REASON_NO_PROPOSAL_P2_PEER,
		    .notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
		    .messages = {SENT(1)}}},
	 .root = DIAGNOSE_P2_PEER_REFUSED, .beside = DIAGNOSE_DPD_BLOCKED},
	{"keepalives were lost some time ago", .notes = {NOTE(DPD_LOST, 300, .n = 3)},
	 .near = DIAGNOSE_DPD_BLOCKED},

	{"it is dead, and the next one is asked",
	 .notes = {NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .root = DIAGNOSE_PEER_FAILOVER, .sentence = "10.0.0.2 dead, trying 10.0.0.3 (2 of 2)."},
	{"it does not answer, and the next one is up",
	 .also = {.instead = V4(10, 0, 0, 3), .instead_at = 2, .instead_of = 2},
	 .notes = {NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .phase1 = {SILENT}, .root = DIAGNOSE_PEER_FAILOVER, .under = {DIAGNOSE_P1_NO_ANSWER},
	 .sentence = "10.0.0.2 dead, trying 10.0.0.3 (2 of 2).", .saw = "is up with 10.0.0.3"},
	{"it does not answer, and the next one is up for hours",
	 .also = {.instead = V4(10, 0, 0, 3), .instead_at = 2, .instead_of = 2}, .phase1 = {SILENT},
	 .root = DIAGNOSE_PEER_FAILOVER, .under = {DIAGNOSE_P1_NO_ANSWER},
	 .saw = "is up with 10.0.0.3"},
	{"it does not answer, and nor does the next one",
	 .notes = {NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .phase1 = {SILENT}, .root = DIAGNOSE_P1_NO_ANSWER, .under = {DIAGNOSE_PEER_FAILOVER}},
	{"keepalives ended it, and the next one is up",
	 .also = {.instead = V4(10, 0, 0, 3), .instead_at = 2, .instead_of = 2},
	 .notes = {NOTE(DPD_DEAD, 21, .n = 5),
		   NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .root = DIAGNOSE_PEER_FAILOVER, .under = {DIAGNOSE_DPD_DEAD}},
	{"its key differs, and the next one is up",
	 .also = {.instead = V4(10, 0, 0, 3), .instead_at = 2, .instead_of = 2},
	 .notes = {NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .phase1 = {{.initiator = true,
		     ENDED(70, 21),
		     .reason = IKE_REASON_PSK_MISMATCH,
		     .messages = {SENT(1), CAME(1), SENT(1), CAME(1), SENT(5), CAME(1)},
		     .phase1 = {.messages_seen = 6, .undecodable = true}}},
	 .root = DIAGNOSE_P1_PSK, .near = DIAGNOSE_PEER_FAILOVER},
	{"the entry is up with the next one, this one was never asked",
	 .also = {.instead = V4(10, 0, 0, 3), .instead_at = 2, .instead_of = 2},
	 .near = DIAGNOSE_PEER_FAILOVER},
	{"it was dead, and is used again", .also = {.ike_up = true, .ike_age_s = 10},
	 .notes = {NOTE(FAILOVER, 20, .n = 2, .count = 2, .other = V4(10, 0, 0, 3))},
	 .near = DIAGNOSE_PEER_FAILOVER},

	{"phase 1 lives for a minute",
	 .also = {.phase1_lately = 5, .phase1_span_s = 600, .ike_up = true, .ike_age_s = 20},
	 .phase1 = {UP(21, 20, 60)}, .root = DIAGNOSE_IKE_SHORT_LIFE,
	 .sentence = "10.0.0.2 renegotiated phase 1 5 times in 10 min: lifetime 60 s.",
	 .command = "crypto isakmp policy 10 / lifetime 86400"},
	{"phase 1 lives for a day, and was begun twice",
	 .also = {.phase1_lately = 2, .phase1_span_s = 600, .ike_up = true, .ike_age_s = 20},
	 .phase1 = {UP(21, 20, 86400)}, .near = DIAGNOSE_IKE_SHORT_LIFE},
	{"phase 1 lives for a day, and was begun often",
	 .also = {.phase1_lately = 5, .phase1_span_s = 600, .ike_up = true, .ike_age_s = 20},
	 .phase1 = {UP(21, 20, 86400)}, .near = DIAGNOSE_IKE_SHORT_LIFE},
	{"phase 1 lives for a minute, in a laboratory",
	 .config = ROWS_CONFIG "platform\n hasten-renewal 60\n",
	 .also = {.phase1_lately = 5, .phase1_span_s = 600, .ike_up = true, .ike_age_s = 20},
	 .phase1 = {UP(21, 20, 60)}, .near = DIAGNOSE_IKE_SHORT_LIFE},

	{"both renewed at once", .also = {.ike_up = true, .ike_age_s = 20},
	 .notes = {NOTE(COLLISION, 21, .count = 2)}, .phase1 = {UP(21, 20, 3600)},
	 .root = DIAGNOSE_IKE_REKEY_COLLISION,
	 .sentence = "Both sides rekeyed with 10.0.0.2 together; newest kept.",
	 .command = "crypto isakmp policy 10 / lifetime 3600"},
	{"both renewed at once, and quick mode hangs on what the peer gave up",
	 .also = {.ike_up = true, .ike_age_s = 20}, .notes = {NOTE(COLLISION, 21, .count = 2)},
	 .phase1 = {UP(21, 20, 3600)},
	 .sas = {{.spi_in = 1, .up = true, .newest = true, .current = true, .age_s = 100}},
	 .quick = {{.kind = IKE_RECORD_QUICK, .initiator = true, BEGAN(14), .messages = {SENT(4)}}},
	 .root = DIAGNOSE_IKE_REKEY_COLLISION, .under = {DIAGNOSE_P2_NO_ANSWER}},
	{"both renewed at once, and nothing is up", .also = {.ike_up = true, .ike_age_s = 20},
	 .notes = {NOTE(COLLISION, 21, .count = 2)}, .phase1 = {UP(21, 20, 3600)},
	 .quick = {{.kind = IKE_RECORD_QUICK, .initiator = true, BEGAN(14), .messages = {SENT(4)}}},
	 .root = DIAGNOSE_P2_NO_ANSWER, .under = {DIAGNOSE_IKE_REKEY_COLLISION}},
	{"both renewed at once an hour ago", .notes = {NOTE(COLLISION, 3600, .count = 2)},
	 .near = DIAGNOSE_IKE_REKEY_COLLISION},

	{"many begin and go no further", .stranger = true, .notes = {NOTE(HALF_OPEN, 3, .n = 40)},
	 .root = DIAGNOSE_IKE_FLOOD,
	 .sentence = "40 half-open IKE negotiations from many addresses."},
	{"one begins often and goes no further", .stranger = true,
	 .notes = {NOTE(HALF_OPEN, 3, .n = 40, .other = V4(10, 0, 0, 9))},
	 .root = DIAGNOSE_IKE_FLOOD, .sentence = "40 half-open IKE negotiations from 10.0.0.9."},
	{"many began and went no further, minutes ago", .stranger = true,
	 .notes = {NOTE(HALF_OPEN, 70, .n = 40)}, .near = DIAGNOSE_IKE_FLOOD},
	{"two began and went no further", .stranger = true, .notes = {NOTE(HALF_OPEN, 3, .n = 2)},
	 .near = DIAGNOSE_IKE_FLOOD},
	{"what it sends is malformed", .notes = {NOTE(MALFORMED, 3, .n = 2)},
	 .root = DIAGNOSE_IKE_MALFORMED, .sentence = "2 malformed IKE packets from 10.0.0.2."},
	{"what it sent a while ago was malformed", .notes = {NOTE(MALFORMED, 3000, .n = 2)},
	 .near = DIAGNOSE_IKE_MALFORMED},

	/* nothing is wrong */
	{"nothing has happened yet"},
	{"it is up",
	 .also = {.ike_up = true, .ike_age_s = 100, .phase1_lately = 1, .phase1_span_s = 600},
	 .phase1 = {UP(101, 100, 86400)},
	 .quick = {{.kind = IKE_RECORD_QUICK,
		    ENDED(100, 99),
		    .up = true,
		    .messages = {CAME(1), SENT(1), CAME(1)}}},
	 .sas = {{.spi_in = 9,
		  .up = true,
		  .newest = true,
		  .current = true,
		  .age_s = 99,
		  .now = {.in_packets = 500, .out_packets = 500}}}},
	{"it renews", .also = {.ike_up = true, .ike_age_s = 3400},
	 .phase1 = {{.initiator = true, BEGAN(3), .messages = {SENT(2)}, .phase1 = {1}},
		    UP(3401, 3400, 3600)}},
	{"it has restarted and begins anew", .notes = {NOTE(STALE_PEER, 4, .n = 2)},
	 .phase1 = {{BEGAN(1), .messages = {CAME(1), SENT(1)}, .phase1 = {.messages_seen = 2}},
		    UP(3401, 3400, 86400)}},
	{"somebody forges its address while it is up", .also = {.ike_up = true, .ike_age_s = 100},
	 .notes = {NOTE(STALE_PEER, 5, .n = 60), NOTE(AGGRESSIVE, 5, .n = 60)},
	 .phase1 = {{ENDED(5, 5), .reason = IKE_REASON_NO_PROPOSAL_P1, .messages = {CAME(1)},
		     .phase1 = {.messages_seen = 1}},
		    UP(101, 100, 86400)}},
	{"others began in its name and were put out to make room",
	 .phase1 = {{ENDED(20, 12), .reason = IKE_REASON_REPLACED, .messages = {CAME(1), SENT(1)},
		     .phase1 = {.messages_seen = 2}}}},
	{"both began, one of them was enough", .also = {.ike_up = true, .ike_age_s = 19},
	 .phase1 = {{.initiator = true,
		     ENDED(21, 5),
		     .reason = IKE_REASON_NO_ANSWER,
		     .messages = {SENT(4)},
		     .phase1 = {.messages_seen = 1}},
		    UP(20, 19, 86400)}},
};

static void says_what_becomes_of_it(void **state)
{
	(void)state;
	diagnose_rows_run(rows, array_len(rows));
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	diagnose_rows_cover(rows, array_len(rows), &rules_life);
}

static const struct rules_table *const tables[] = {
	&rules_way,   &rules_offer,   &rules_proof, &rules_login,
	&rules_quick, &rules_traffic, &rules_size,  &rules_life,
};

static void every_table_has_one_stage_and_no_code_twice(void **state)
{
	bool seen[DIAGNOSE_CODE_COUNT] = {false};

	(void)state;
	for (size_t t = 0; t < array_len(tables); t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			assert_int_equal(tables[t]->rows[i].stage, t);
			assert_non_null(tables[t]->rows[i].holds);
			assert_false(seen[tables[t]->rows[i].code]);
			seen[tables[t]->rows[i].code] = true;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_becomes_of_it),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
		cmocka_unit_test(every_table_has_one_stage_and_no_code_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
