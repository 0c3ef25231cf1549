/* SPDX-License-Identifier: BSD-3-Clause */
/* What the management API shows and clears: every method answers, with the fields it promises. */
#include "lib/rpc/rpc_schema.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	ICMP = 1
};

static const char *const block_fields[] = {"sequence",
					   "acl",
					   "acl_line",
					   "local_ident",
					   "remote_ident",
					   "current_peer",
					   "current_port",
					   "flags",
					   "encaps",
					   "encrypt",
					   "digest",
					   "decaps",
					   "decrypt",
					   "verify",
					   "compressed",
					   "decompressed",
					   "not_compressed",
					   "compr_failed",
					   "decompress_failed",
					   "send_errors",
					   "recv_errors",
					   "pre_frag_failed",
					   "pre_frag",
					   "fragments",
					   "pmtus_sent",
					   "pmtus_rcvd",
					   "frags_needing_reassembly",
					   "local_endpt",
					   "remote_endpt",
					   "path_mtu",
					   "media_mtu",
					   "overhead",
					   "current_outbound_spi",
					   "current_inbound_spi",
					   "pfs",
					   "errors",
					   "local_endpt_port",
					   "remote_endpt_port",
					   "inbound_esp",
					   "outbound_esp"};

static const char *const sa_fields[] = {
	"type",		 "nat_t",	"transport", "pair_conn_id",  "spi",	     "transform",
	"settings",	 "slot",	"conn_id",   "flow_id",	      "map",	     "remaining_kb",
	"remaining_s",	 "iv_bytes",	"replay",    "replay_window", "bitmap",	     "status",
	"packets",	 "bytes",	"seq",	     "replay_late",   "replay_seen", "auth_failed",
	"policy_failed", "other_failed"};

static void assert_has(const json_t *object, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!json_object_get(object, fields[i]))
			fail_msg("field %s is missing", fields[i]);
	}
}

/* There is nothing to be replaced, confirmed or taken back. */
static bool has_nothing_to_do(enum rpc_method method)
{
	return method == RPC_CONFIG_REPLACE || method == RPC_CONFIG_REVERT ||
	       method == RPC_CONFIG_CONFIRM || method == RPC_RELOAD_CANCEL;
}

static void every_method_answers(void **state)
{
	(void)state;
	for (int m = 0; m < RPC_METHOD_COUNT; m++) {
		char why[128];
		json_t *reply;

		/* some want to be told about what */
		if (rpc_schema_check_params(m, NULL, why, sizeof(why)))
			continue;
		reply = api_bench_call(&first, rpc_schema_name(m), NULL);
		if (!json_is_object(
			    json_object_get(reply, has_nothing_to_do(m) ? "error" : "result")))
			fail_msg("%s has no result", rpc_schema_name(m));
		json_decref(reply);
	}
}

static void type(const char *text)
{
	json_t *result = api_bench_result(&first, "config.line", json_pack("{s:s}", "text", text));

	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
}

/* H198: none of `show`, so none of `show tech-support`, in any dialect. */
static void no_answer_has_a_secret(void **state)
{
	static const char *const dialects[] = {"ios", "asa", "pix"};

	(void)state;
	json_decref(api_bench_result(&first, "config.enter", NULL));
	type("crypto isakmp key Canary4711 address 10.99.0.1");
	type("username canary password Canary4711");
	type("crypto isakmp client configuration group canaries");
	type("key Canary4711");
	for (size_t d = 0; d < array_len(dialects); d++) {
		json_decref(api_bench_result(&first, "terminal.set",
					     json_pack("{s:s}", "dialect", dialects[d])));
		for (int m = 0; m < RPC_METHOD_COUNT; m++) {
			const char *name = rpc_schema_name(m);
			json_t *reply;
			char *text;

			if (strncmp(name, "show.", 5) != 0)
				continue;
			reply = api_bench_call(&first, name, NULL);
			text = json_dumps(reply, 0);
			if (strstr(text, "Canary4711"))
				fail_msg("%s in %s tells a key", name, dialects[d]);
			free(text);
			json_decref(reply);
		}
	}
}

static void every_peer_has_a_session(void **state)
{
	const json_t *s, *flow;
	json_t *result;

	(void)state;
	result = api_bench_result(&first, "show.crypto_session", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "sessions")), 1);
	s = api_bench_at(result, "sessions", 0);
	assert_string_equal(json_string_value(json_object_get(s, "status")), "DOWN");
	assert_int_equal(json_array_size(json_object_get(s, "flows")), 2);
	json_decref(result);
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	result = api_bench_result(&first, "show.crypto_session", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "sessions")), 1);
	s = api_bench_at(result, "sessions", 0);
	assert_string_equal(json_string_value(json_object_get(s, "status")), "UP-ACTIVE");
	assert_string_equal(json_string_value(json_object_get(s, "type")), "L2L");
	flow = api_bench_at(s, "flows", 1);
	assert_int_equal(json_integer_value(json_object_get(flow, "active_sas")), 2);
	json_decref(result);
	result =
		api_bench_result(&first, "show.crypto_session", json_pack("{s:s}", "type", "user"));
	assert_int_equal(json_array_size(json_object_get(result, "sessions")), 0);
	json_decref(result);
}

static void isakmp_sa_has_what_an_asa_shows(void **state)
{
	const json_t *sa;
	json_t *result;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	result = api_bench_result(&first, "show.isakmp_sa", NULL);
	sa = api_bench_at(result, "sas", 0);
	assert_string_equal(json_string_value(json_object_get(sa, "asa_state")), "MM_ACTIVE");
	assert_string_equal(json_string_value(json_object_get(sa, "type")), "L2L");
	assert_true(json_is_false(json_object_get(sa, "rekey")));
	assert_int_equal(json_integer_value(json_object_get(sa, "pending")), 0);
	assert_int_equal(json_integer_value(json_object_get(sa, "created")), 1);
	json_decref(result);
}

static void filters_choose_the_blocks(void **state)
{
	static const struct {
		const char *field;
		const char *value;
		size_t interfaces;
	} rows[] = {{"map", "M", 1},
		    {"map", "other", 0},
		    {"interface", "GigabitEthernet0/1", 1},
		    {"interface", "GigabitEthernet0/0", 0},
		    {"peer", "10.77.0.1", 0}};
	json_t *result;
	uint32_t spi;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	for (size_t i = 0; i < array_len(rows); i++) {
		result = api_bench_result(&first, "show.ipsec_sa",
					  json_pack("{s:s}", rows[i].field, rows[i].value));
		assert_int_equal(json_array_size(json_object_get(result, "interfaces")),
				 rows[i].interfaces);
		json_decref(result);
	}
	spi = bench_current(&bench.a, ICMP)->spi_out;
	result = api_bench_result(&first, "show.ipsec_sa",
				  json_pack("{s:I}", "spi", (json_int_t)spi));
	assert_int_equal(
		json_array_size(json_object_get(api_bench_at(result, "interfaces", 0), "blocks")),
		1);
	json_decref(result);
}

static void ipsec_sa_shows_a_block_for_each_line_with_and_without_sa(void **state)
{
	const json_t *interface, *block, *sa;
	json_t *result;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	result = api_bench_result(&first, "show.ipsec_sa", NULL);
	interface = api_bench_at(result, "interfaces", 0);
	assert_string_equal(json_string_value(json_object_get(interface, "map")), "M");
	assert_int_equal(json_array_size(json_object_get(interface, "blocks")), 2);
	block = api_bench_at(interface, "blocks", 0);
	assert_has(block, block_fields, array_len(block_fields));
	assert_int_equal(json_integer_value(json_object_get(block, "overhead")), 0);
	assert_int_equal(json_integer_value(json_object_get(block, "current_outbound_spi")), 0);
	block = api_bench_at(interface, "blocks", 1);
	assert_has(block, block_fields, array_len(block_fields));
	assert_int_equal(json_integer_value(json_object_get(block, "overhead")), 74);
	assert_int_equal(json_integer_value(json_object_get(block, "encaps")), 1);
	assert_int_equal(json_integer_value(json_object_get(block, "current_inbound_spi")),
			 bench_current(&bench.a, ICMP)->spi_in);
	sa = api_bench_at(block, "inbound_esp", 0);
	assert_has(sa, sa_fields, array_len(sa_fields));
	assert_string_equal(json_string_value(json_object_get(sa, "transform")),
			    "esp-aes esp-sha-hmac");
	assert_int_equal(json_integer_value(json_object_get(sa, "remaining_s")), 3600);
	json_decref(result);
	result = api_bench_result(&first, "show.ipsec_sa", json_pack("{s:s}", "peer", "10.0.0.9"));
	assert_int_equal(json_array_size(json_object_get(result, "interfaces")), 0);
	json_decref(result);
	assert_int_equal(api_bench_error(&first, "show.ipsec_sa", json_pack("{s:s}", "peer", "x")),
			 RPC_INVALID_PARAMS);
}

static void isakmp_sa_shows_who_began(void **state)
{
	json_t *result;
	const json_t *sa;

	(void)state;
	bench_acquire(&bench, &bench.b, ICMP);
	api_bench_turn();
	result = api_bench_result(&first, "show.isakmp_sa", NULL);
	sa = api_bench_at(result, "sas", 0);
	assert_string_equal(json_string_value(json_object_get(sa, "state")), "QM_IDLE");
	assert_string_equal(json_string_value(json_object_get(sa, "role")), "responder");
	assert_string_equal(json_string_value(json_object_get(sa, "dst")), "10.0.0.1");
	assert_string_equal(json_string_value(json_object_get(sa, "src")), "10.0.0.2");
	assert_string_equal(json_string_value(json_object_get(sa, "cipher")), "aes-128");
	json_decref(result);
}

static void running_configuration_hides_the_keys(void **state)
{
	json_t *result = api_bench_result(&first, "show.running_config", NULL);
	const char *text = json_string_value(json_object_get(result, "text"));

	(void)state;
	assert_non_null(strstr(text, "crypto isakmp key ********"));
	assert_null(strstr(text, "secret"));
	json_decref(result);
}

static void cleared_counters_start_from_zero(void **state)
{
	json_t *result;

	(void)state;
	bench.a.plane.stats_main->drops[DROP_NOT_OURS] = 5;
	result = api_bench_result(&first, "show.drops", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 5);
	json_decref(result);
	json_decref(api_bench_result(&first, "clear.counters", json_pack("{s:s}", "of", "sa")));
	result = api_bench_result(&first, "show.drops", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 5);
	json_decref(result);
	bench_forget(&bench.a);
	json_decref(api_bench_result(&first, "clear.counters", NULL));
	assert_int_equal(bench_seen(&bench.a, PLANE_COUNTERS_CLEAR), BENCH_WORKERS);
	result = api_bench_result(&first, "show.drops", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 0);
	json_decref(result);
}

static void clear_says_how_many(void **state)
{
	json_t *result;
	json_int_t spi;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	result = api_bench_result(&first, "clear.sa", json_pack("{s:s}", "peer", "10.0.0.9"));
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 0);
	json_decref(result);
	/* ours goes to us, not to the peer */
	spi = bench_current(&bench.a, ICMP)->spi_in;
	result = api_bench_result(&first, "clear.sa",
				  json_pack("{s:I,s:s}", "spi", spi, "to", "10.0.0.2"));
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 0);
	json_decref(result);
	result = api_bench_result(&first, "clear.sa", json_pack("{s:s}", "map", "M"));
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 1);
	assert_int_equal(json_integer_value(json_object_get(result, "peers")), 1);
	json_decref(result);
	result = api_bench_result(&first, "clear.isakmp", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 1);
	json_decref(result);
	assert_int_equal(api_bench_error(&first, "clear.sa", json_pack("{s:s}", "map", "X")),
			 RPC_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(every_method_answers),
		API_CASE(no_answer_has_a_secret),
		API_CASE(every_peer_has_a_session),
		API_CASE(isakmp_sa_has_what_an_asa_shows),
		API_CASE(filters_choose_the_blocks),
		API_CASE(ipsec_sa_shows_a_block_for_each_line_with_and_without_sa),
		API_CASE(isakmp_sa_shows_who_began),
		API_CASE(running_configuration_hides_the_keys),
		API_CASE(cleared_counters_start_from_zero),
		API_CASE(clear_says_how_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
