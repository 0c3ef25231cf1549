/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was discarded: each cause has its count in `show crypto ipsec sa detail` (hostile 3.0.1),
 * and where the boxes have one its line in the log, in the words of each (debug-formats 6).
 */
#include "controlplane/discards.h"
#include "controlplane/notices.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	ICMP = 1, /* its tunnel */
	COUNT = 7,
};

#define IN(field)  false, offsetof(struct plane_stats_in, field)
#define OUT(field) true, offsetof(struct plane_stats_out, field)

/* A count of the data plane, and the one it shows as; those of fragments are of no errors. */
static const struct {
	bool out;
	size_t at;
	const char *shown;
	bool plain; /* of the block, and no error */
} causes[] = {
	{IN(replay_late), "replay_failed", false},
	{IN(replay_seen), "replay_failed", false},
	{IN(auth_failed), "verify_failed", false},
	{IN(pad_failed), "decaps_failed", false},
	{IN(policy_failed), "invalid_identity", false},
	{IN(invalid_len), "invalid_len", false},
	{IN(invalid_prot), "invalid_prot", false},
	{IN(other_failed), "decaps_failed", false},
	{IN(invalid_sa), "invalid_sa", false},
	{IN(inner_fragments), "frags_needing_reassembly", true},
	{OUT(send_errors), "encaps_failed", false},
	{OUT(fragments), "fragments", true},
	{OUT(fragmented), "pre_frag", true},
	{OUT(fragment_failed), "pre_frag_failed", true},
	{OUT(too_big_sent), "pmtus_sent", true},
};

static uint32_t *count_at(const struct sa_pair *pair, bool out, size_t at)
{
	uint32_t slot = plane_spi_slot(pair->spi_in);
	void *stats = out ? (void *)&plane_stats_out_of(&bench.a.plane, pair->worker)[slot]
			  : (void *)&plane_stats_in_of(&bench.a.plane, pair->worker)[slot];

	return (uint32_t *)((char *)stats + at);
}

static const struct sa_pair *bring_up(void)
{
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	assert_non_null(bench_current(&bench.a, ICMP));
	return bench_current(&bench.a, ICMP);
}

static json_t *show(void)
{
	return api_bench_result(&first, "show.ipsec_sa", json_pack("{s:b}", "detail", 1));
}

static const json_t *block_of(const json_t *result)
{
	return api_bench_at(api_bench_at(result, "interfaces", 0), "blocks", ICMP);
}

static json_int_t number(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

static void every_cause_has_its_count(void **)
{
	const struct sa_pair *pair = bring_up();

	for (size_t i = 0; i < array_len(causes); i++) {
		uint32_t *at = count_at(pair, causes[i].out, causes[i].at);
		const json_t *block, *errors, *value;
		json_t *result;
		const char *key;
		json_int_t sum = 0;

		*at += COUNT;
		result = show();
		block = block_of(result);
		errors = json_object_get(block, "errors");
		if (number(causes[i].plain ? block : errors, causes[i].shown) != COUNT)
			fail_msg("%s is %lld", causes[i].shown,
				 number(causes[i].plain ? block : errors, causes[i].shown));
		json_object_foreach((json_t *)errors, key, value)
			sum += json_integer_value(value);
		/* in no other cause, and in the sum of its direction alone */
		assert_int_equal(sum, causes[i].plain ? 0 : COUNT);
		assert_int_equal(number(block, "send_errors"),
				 causes[i].plain || !causes[i].out ? 0 : COUNT);
		assert_int_equal(number(block, "recv_errors"),
				 causes[i].plain || causes[i].out ? 0 : COUNT);
		json_decref(result);
		*at -= COUNT;
	}
}

/* What is a part of another count is told apart from it. */
static void parts_of_a_count_are_told_apart(void **)
{
	const struct sa_pair *pair = bring_up();
	const json_t *errors;
	json_t *result;

	*count_at(pair, OUT(send_errors)) = 3 * COUNT;
	*count_at(pair, OUT(internal)) = COUNT;
	*count_at(pair, OUT(rollover)) = COUNT;
	*count_at(pair, IN(replay_late)) = 2 * COUNT;
	*count_at(pair, IN(rollover)) = COUNT;
	result = show();
	errors = json_object_get(block_of(result), "errors");
	assert_int_equal(number(errors, "encaps_failed"), COUNT);
	assert_int_equal(number(errors, "internal_send"), COUNT);
	assert_int_equal(number(errors, "rollover_send"), COUNT);
	assert_int_equal(number(errors, "rollover_recv"), COUNT);
	assert_int_equal(number(errors, "replay_failed"), COUNT);
	json_decref(result);
}

#define PACKET "an ESP packet (SPI= 0x12345678, sequence number= 0x2A) from 10.0.0.2 "

/* Of a packet of SPI 0x12345678, number 42, that no SA here is of. */
static const struct {
	enum drop_reason reason;
	const char *ios;
	const char *asa;
	const char *pix;
} lines[] = {
	{DROP_ESP_NO_SA,
	 "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for "
	 "destaddr=10.0.0.1, prot=50, spi=0x12345678(305419896), srcaddr=10.0.0.2",
	 "%ASA-4-402114: IPSEC: Received an ESP packet (SPI= 0x12345678, sequence number= 0x2A) "
	 "from 10.0.0.2 to 10.0.0.1 with an invalid SPI.",
	 "%PIX-4-402101: decaps: rec'd IPSEC packet has invalid spi"},
	{DROP_ESP_REPLAY_SEEN, "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed",
	 "%ASA-4-402119: IPSEC: Received " PACKET, "%PIX-4-402119: IPSEC: Received " PACKET},
	{DROP_ESP_AUTH, "%CRYPTO-4-RECVD_PKT_MAC_ERR: decrypt: mac verify failed",
	 "%ASA-4-402120: IPSEC: Received " PACKET, "%PIX-4-402120: IPSEC: Received " PACKET},
	{DROP_ESP_PAD, "%CRYPTO-4-PKT_DISCARDED: ",
	 "%ASA-3-402130: CRYPTO: Received an ESP packet (SPI = 0x12345678, sequence number= 0x2A) "
	 "from 10.0.0.2 (user= 10.0.0.2) to 10.0.0.1 with incorrect IPsec padding",
	 "%PIX-3-402130: CRYPTO: Received an ESP packet (SPI = 0x12345678"},
	{DROP_POLICY_CLEAR, "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet.",
	 "%ASA-4-402117: IPSEC: Received a non-IPsec packet (protocol= 17) from 10.0.0.2 to "
	 "10.0.0.1.",
	 "%PIX-4-402117: IPSEC: Received a non-IPsec packet"},
	{DROP_ESP_SA_STATE, "%CRYPTO-4-PKT_DISCARDED: ", "%ASA-4-713903: ", "%PIX-4-713903: "},
};

static void assert_says(size_t i, enum dialect dialect, const char *wanted)
{
	const struct debug_log *log = bench.a.control->log;
	const struct debug_log_record *record = debug_log_record(log, 0);
	char line[DEBUG_LOG_PRINTED];

	assert_non_null(record);
	debug_log_print(log, record, dialect, line, sizeof(line));
	if (strncmp(line, wanted, strlen(wanted)) != 0)
		fail_msg("row %zu: %s", i, line);
}

static void every_notice_has_its_line(void **)
{
	struct plane_notice notice = {
		.spi = 0x12345678,
		.seq = 42,
		.flow = {.local = {.addr = addr_v4(0x0a000001), .len = 32},
			 .remote = {.addr = addr_v4(0x0a000002), .len = 32},
			 .protocol = 17},
		.pair = UINT32_MAX,
	};

	for (size_t i = 0; i < array_len(lines); i++) {
		debug_log_clear(bench.a.control->log);
		notice.reason = lines[i].reason;
		discards_log(bench.a.control, 0, &notice);
		assert_says(i, DIALECT_IOS, lines[i].ios);
		assert_says(i, DIALECT_ASA, lines[i].asa);
		assert_says(i, DIALECT_PIX, lines[i].pix);
	}
}

#define FAILED "CRYPTO-6-IKMP_MODE_FAILURE: Processing of "

/* What a negotiation that failed leaves in the log, in the words of each. */
static const struct {
	enum ike_event_type type;
	enum ike_reason reason;
	const char *ios;
	const char *asa;
} failures[] = {
	{IKE_EVENT_FAILED, IKE_REASON_NO_PROPOSAL_P1, "%" FAILED "Main mode failed",
	 "%ASA-3-713048: IP = 10.0.0.2, Error processing payload: Payload ID: 1"},
	{IKE_EVENT_HINT, IKE_REASON_NO_PROPOSAL_P1_PEER,
	 "%CRYPTO-6-IKMP_MODE_FAILURE: Main mode with peer at 10.0.0.2 is about to fail",
	 "%ASA-5-713904: IP = 10.0.0.2, Received an un-encrypted NO_PROPOSAL_CHOSEN notify "
	 "message"},
	{IKE_EVENT_HINT, IKE_REASON_PSK_MISMATCH, "%CRYPTO-4-IKMP_BAD_MESSAGE: ",
	 "%ASA-4-713903: Group = 10.0.0.2, IP = 10.0.0.2, ERROR, had problems decrypting packet"},
	{IKE_EVENT_CHILD_FAILED, IKE_REASON_PROXY_MISMATCH_PEER, "%" FAILED "Quick mode",
	 "%ASA-5-713068: Group = 10.0.0.2, IP = 10.0.0.2, Received non-routine Notify message: "
	 "Invalid ID info (18)"},
	{IKE_EVENT_CHILD_FAILED, IKE_REASON_NO_KEY, "%" FAILED "Quick mode",
	 "%ASA-3-752006: Tunnel Manager failed to dispatch a KEY_ACQUIRE message."},
	{IKE_EVENT_FAILED, IKE_REASON_NO_ANSWER, "%" FAILED "Main mode failed",
	 "%ASA-3-713902: Processing of Main mode failed"},
};

static void every_failure_has_its_line(void **)
{
	for (size_t i = 0; i < array_len(failures); i++) {
		struct ike_event e = {
			.type = failures[i].type,
			.reason = failures[i].reason,
			.tunnel = tunnels_child(bench.a.control->tunnels.rows[ICMP].handle, 0),
			.path.remote = addr_v4(0x0a000002),
			.ike_sa = failures[i].reason == IKE_REASON_NO_KEY ? 0 : 7,
		};

		debug_log_clear(bench.a.control->log);
		notices_ike(bench.a.control, &e);
		assert_says(i, DIALECT_IOS, failures[i].ios);
		assert_says(i, DIALECT_ASA, failures[i].asa);
	}
}

static bool log_has(const char *begin)
{
	const struct debug_log *log = bench.a.control->log;
	const struct debug_log_record *record;
	char line[DEBUG_LOG_PRINTED];

	for (size_t i = 0; (record = debug_log_record(log, i)); i++) {
		debug_log_print(log, record, DIALECT_ASA, line, sizeof(line));
		if (strncmp(line, begin, strlen(begin)) == 0)
			return true;
	}
	return false;
}

static void a_quick_mode_has_its_line(void **)
{
	char wanted[128];

	snprintf(wanted, sizeof(wanted),
		 "%%ASA-5-713120: Group = 10.0.0.2, IP = 10.0.0.2, PHASE 2 COMPLETED (msgid=%08x)",
		 (unsigned)bring_up()->msgid);
	assert_null(strstr(wanted, "msgid=00000000"));
	assert_true(log_has(wanted));
	assert_true(log_has("%ASA-5-713041: IP = 10.0.0.2, IKE Initiator: New Phase 1, Intf "
			    "GigabitEthernet0/1, IKE Peer 10.0.0.2  local Proxy Address "
			    "192.168.1.0, remote Proxy Address 192.168.2.0,  Crypto map (M)"));
}

static void a_collision_of_phase_1_has_its_line(void **)
{
	struct ike_event e = {.type = IKE_EVENT_COLLISION, .path.remote = addr_v4(0x0a000002)};

	debug_log_clear(bench.a.control->log);
	notices_ike(bench.a.control, &e);
	assert_true(log_has("%ASA-5-713092: Group = 10.0.0.2, IP = 10.0.0.2, Failure during phase "
			    "1 rekey attempt due to collision"));
	/* of quick modes it is none */
	debug_log_clear(bench.a.control->log);
	e.tunnel = 1;
	notices_ike(bench.a.control, &e);
	assert_null(debug_log_record(bench.a.control->log, 0));
}

static void traffic_for_a_dynamic_tunnel_has_its_line(void **)
{
	debug_log_clear(bench.a.control->log);
	notices_no_policy(bench.a.control, &bench.a.control->tunnels.rows[ICMP]);
	assert_true(log_has("%ASA-3-713042: IKE Initiator unable to find policy: Intf "
			    "GigabitEthernet0/1, Src: 192.168.1.0, Dst: 192.168.2.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(every_cause_has_its_count),
		API_CASE(parts_of_a_count_are_told_apart),
		API_CASE(every_notice_has_its_line),
		API_CASE(every_failure_has_its_line),
		API_CASE(a_quick_mode_has_its_line),
		API_CASE(a_collision_of_phase_1_has_its_line),
		API_CASE(traffic_for_a_dynamic_tunnel_has_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
