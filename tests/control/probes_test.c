/* SPDX-License-Identifier: BSD-3-Clause */
/* probe.send and probe.wait: one packet each, bounded, answered to whoever asked. */
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static json_t *target(void)
{
	return json_pack("{s:s}", "target", "10.0.0.2");
}

static uint32_t launch(struct client *c)
{
	json_t *result = api_bench_result(c, "probe.send", target());
	uint32_t number = (uint32_t)json_integer_value(json_object_get(result, "probe"));

	json_decref(result);
	return number;
}

static json_t *number(uint32_t probe)
{
	return json_pack("{s:I}", "probe", (json_int_t)probe);
}

static void answer(uint32_t probe, uint8_t type, uint8_t code)
{
	struct plane_msg msg = {.type = PLANE_ANSWER};

	msg.answer = (struct plane_answer){
		.number = probe, .from = addr_v4(0x0a000002), .type = type, .code = code};
	assert_int_equal(plane_ring_send(bench.a.plane.from_main, &msg), 0);
	api_bench_turn();
}

static void assert_outcome(json_t *reply, const char *outcome)
{
	const json_t *result = json_object_get(reply, "result");

	assert_true(json_is_true(json_object_get(result, "done")));
	assert_string_equal(json_string_value(json_object_get(result, "outcome")), outcome);
	json_decref(reply);
}

static void what_comes_back_is_told(void **state)
{
	static const struct {
		uint8_t type, code;
		const char *outcome;
	} rows[] = {
		{0, 0, "reply"},  {3, 1, "unreachable"},    {3, 4, "too_big"},
		{4, 0, "quench"}, {11, 0, "time_exceeded"}, {12, 0, "other"},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		uint32_t probe = launch(&first);

		assert_int_not_equal(probe, 0);
		answer(probe, rows[i].type, rows[i].code);
		assert_outcome(api_bench_call(&first, "probe.wait", number(probe)),
			       rows[i].outcome);
		/* once */
		assert_int_equal(api_bench_error(&first, "probe.wait", number(probe)), RPC_FAILED);
	}
}

static void a_call_that_waits_is_answered_when_it_comes(void **state)
{
	uint32_t probe = launch(&first);

	(void)state;
	api_bench_send(&first, rpc_request(7, "probe.wait", number(probe)));
	api_bench_turn();
	assert_null(api_bench_next(&first));
	answer(probe, 0, 0);
	assert_outcome(api_bench_next(&first), "reply");
}

static void patience_has_an_end(void **state)
{
	uint32_t probe = launch(&first);
	json_t *reply;

	(void)state;
	api_bench_send(&first, rpc_request(7, "probe.wait", number(probe)));
	api_bench_turn();
	bench_pass(&bench, 1);
	api_bench_turn();
	reply = api_bench_next(&first);
	assert_true(json_is_false(json_object_get(json_object_get(reply, "result"), "done")));
	json_decref(reply);
	bench_pass(&bench, 1);
	assert_outcome(api_bench_call(&first, "probe.wait", number(probe)), "timeout");
	/* too late, and nobody's any more */
	answer(probe, 0, 0);
	assert_int_equal(api_bench_error(&first, "probe.wait", number(probe)), RPC_FAILED);
}

static void a_refusal_says_which(void **state)
{
	static const struct {
		int error;
		const char *outcome;
	} rows[] = {
		{-EHOSTUNREACH, "no_route"},
		{-EADDRNOTAVAIL, "no_source"},
		{-EMSGSIZE, "too_big"},
		{-ENOBUFS, "failed"},
	};

	(void)state;
	bench.a.refuse_type = PLANE_PROBE;
	for (size_t i = 0; i < array_len(rows); i++) {
		bench.a.refuse_error = rows[i].error;
		assert_outcome(api_bench_call(&first, "probe.wait", number(launch(&first))),
			       rows[i].outcome);
	}
}

static void probes_are_their_clients_own(void **state)
{
	struct client second = api_bench_connect();
	uint32_t probe = launch(&first);

	(void)state;
	assert_int_not_equal(launch(&second), probe);
	assert_int_equal(api_bench_error(&second, "probe.wait", number(probe)), RPC_FAILED);
	/* and when a client is gone nobody misses its answer */
	api_bench_send(&second, rpc_request(7, "probe.wait", number(probe + 1)));
	api_bench_turn();
	api_bench_disconnect(&second);
	api_bench_turn();
	answer(probe + 1, 0, 0);
	answer(probe, 0, 0);
	assert_outcome(api_bench_call(&first, "probe.wait", number(probe)), "reply");
}

static void they_are_bounded_in_number_and_rate(void **state)
{
	unsigned sent = 0;

	(void)state;
	for (unsigned i = 0; i < PROBES_OF_CLIENT; i++)
		assert_int_not_equal(launch(&first), 0);
	assert_int_equal(launch(&first), 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_PROBE), PROBES_OF_CLIENT);
	bench_pass(&bench, 60);
	/* all of it at once: the clock stands still */
	for (unsigned i = 0; i < 2 * PROBES_BURST; i++) {
		uint32_t probe = launch(&first);

		if (!probe)
			continue;
		sent++;
		answer(probe, 0, 0);
		json_decref(api_bench_call(&first, "probe.wait", number(probe)));
	}
	assert_int_equal(sent, PROBES_BURST);
}

static void nonsense_is_refused(void **state)
{
	static const char *const rows[] = {
		"{}",
		"{\"target\":\"nobody\"}",
		"{\"target\":\"2001:db8::1\"}",
		"{\"target\":\"10.0.0.2\",\"size\":27}",
		"{\"target\":\"10.0.0.2\",\"size\":18025}",
		"{\"target\":\"10.0.0.2\",\"size\":\"100\"}",
		"{\"target\":\"10.0.0.2\",\"ttl\":0}",
		"{\"target\":\"10.0.0.2\",\"tos\":256}",
		"{\"target\":\"10.0.0.2\",\"port\":0}",
		"{\"target\":\"10.0.0.2\",\"pattern\":65536}",
		"{\"target\":\"10.0.0.2\",\"timeout_ms\":-1}",
		"{\"target\":\"10.0.0.2\",\"source\":\"10.9.9.9\"}",
		"{\"target\":\"10.0.0.2\",\"interface\":\"Serial9\"}",
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++)
		assert_int_equal(
			api_bench_error(&first, "probe.send", json_loads(rows[i], 0, NULL)),
			RPC_INVALID_PARAMS);
	assert_int_equal(bench_seen(&bench.a, PLANE_PROBE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(what_comes_back_is_told),
		API_CASE(a_call_that_waits_is_answered_when_it_comes),
		API_CASE(patience_has_an_end),
		API_CASE(a_refusal_says_which),
		API_CASE(probes_are_their_clients_own),
		API_CASE(they_are_bounded_in_number_and_rate),
		API_CASE(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
