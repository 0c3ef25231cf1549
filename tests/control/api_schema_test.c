/* SPDX-License-Identifier: BSD-3-Clause */
/* The management API keeps to its schema: every method, in several states of a control plane. */
#include "controlplane/api_methods.h"
#include "lib/rpc/rpc_schema.h"
#include "lib/rpc/rpc_shape.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP
};

/* What a method that insists on parameters is called with. */
static const struct {
	enum rpc_method method;
	const char *params;
} with[] = {
	{RPC_SHOW_ISAKMP_SA, "{\"detail\":true}"},
	{RPC_SHOW_IPSEC_SA, "{\"detail\":true,\"peer\":\"10.0.0.2\"}"},
	{RPC_SHOW_RUNNING_CONFIG, "{\"section\":\"crypto map\"}"},
	{RPC_SHOW_CRYPTO_SESSION, "{\"type\":\"L2L\"}"},
	{RPC_SHOW_CRYPTO_MAP, "{\"name\":\"M\"}"},
	{RPC_SHOW_ACCESS_LIST, "{\"name\":\"VPN\"}"},
	{RPC_CLEAR_SESSION, "{\"user\":\"nobody\"}"},
	{RPC_DEBUG_SET, "{\"topic\":\"isakmp\",\"on\":true,\"level\":7}"},
	{RPC_DEBUG_CONDITION, "{\"kind\":\"peer\",\"value\":\"10.0.0.2\",\"on\":true}"},
	{RPC_CAPTURE_SET, "{\"name\":\"C\",\"view\":\"both\",\"limit_packets\":1}"},
	{RPC_CAPTURE_START, "{\"name\":\"C\"}"},
	{RPC_SHOW_CAPTURE, "{\"name\":\"C\"}"},
	{RPC_CAPTURE_PACKETS, "{\"name\":\"C\"}"},
	{RPC_CAPTURE_CLEAR, "{\"name\":\"C\"}"},
	{RPC_CAPTURE_STOP, "{\"name\":\"C\"}"},
	{RPC_CAPTURE_REMOVE, "{\"name\":\"C\"}"},
	{RPC_CONFIG_LINE, "{\"text\":\"crypto map nonsense\"}"},
	{RPC_CONFIG_LINE, "{\"text\":\"hostname schema\"}"},
	{RPC_TEST_ACL, "{\"source\":\"192.168.1.5\",\"destination\":\"192.168.2.5\"}"},
	{RPC_TEST_ACL, "{\"source\":\"192.168.1.5\",\"destination\":\"8.8.8.8\"}"},
	{RPC_TEST_CONFIG, "{\"from\":{\"of\":\"running\"},\"to\":{\"of\":\"running\"}}"},
	{RPC_TERMINAL_SET, "{\"dialect\":\"ios\"}"},
	{RPC_TERMINAL_MONITOR, "{\"on\":false}"},
};

static const char *const config[] = {
	"class-map match-any VOICE",
	"match dscp ef",
	"policy-map LLQ",
	"class VOICE",
	"priority percent 30",
	"class class-default",
	"fair-queue",
	"policy-map OUT",
	"class class-default",
	"shape average 10000000",
	"service-policy LLQ",
	"interface GigabitEthernet0/1",
	"service-policy output OUT",
	"ip route 0.0.0.0 0.0.0.0 10.0.0.9",
	"logging host 10.0.0.7",
	"ip local pool P 10.9.0.1 10.9.0.9",
	"crypto dynamic-map D 10",
	"set transform-set T",
	"crypto map M 99 ipsec-isakmp dynamic D",
	"crypto pki trustpoint CA",
	"enrollment terminal",
	"username joe password secret7",
	"access-list 10 permit 10.0.0.0 0.255.255.255",
};

static void assert_event(const json_t *message)
{
	const char *name = json_string_value(json_object_get(message, "method"));
	char why[200];

	assert_non_null(name);
	if (rpc_schema_check_event(name, json_object_get(message, "params"), why, sizeof(why)))
		fail_msg("event %s: %s", name, why);
}

/* The reply among the events; those must be as the schema has them, too. */
static json_t *call(enum rpc_method method, const char *params)
{
	json_t *message;

	api_bench_send(&first, rpc_request(7, rpc_schema_name(method),
					   params ? json_loads(params, 0, NULL) : NULL));
	for (int turns = 0; turns < 50; turns++) {
		api_bench_turn();
		while ((message = api_bench_next(&first))) {
			if (json_object_get(message, "id"))
				return message;
			assert_event(message);
			json_decref(message);
		}
	}
	fail_msg("%s does not answer", rpc_schema_name(method));
	return NULL;
}

static void assert_error(const json_t *error, const char *method)
{
	const json_t *data = json_object_get(error, "data");

	if (!json_is_string(json_object_get(data, "name")) ||
	    !json_string_length(json_object_get(data, "remedy")) ||
	    !json_string_length(json_object_get(error, "message")))
		fail_msg("the error of %s has no name, remedy or message", method);
}

static bool answers(enum rpc_method method, const char *params)
{
	json_t *reply = call(method, params), *result = json_object_get(reply, "result");
	const char *name = rpc_schema_name(method);
	char why[200];

	if (!result)
		assert_error(json_object_get(reply, "error"), name);
	else if (rpc_schema_check_result(method, result, why, sizeof(why)))
		fail_msg("%s: %s in %s", name, why, json_dumps(result, 0));
	json_decref(reply);
	return result;
}

/* Those that change nothing must answer; the others may refuse, in due form. */
static void call_all(void)
{
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++)
		if (strncmp(rpc_schema_name(m), "show.", 5) == 0)
			assert_true(answers(m, NULL));
	for (size_t i = 0; i < array_len(with); i++)
		assert_true(answers(with[i].method, with[i].params));
}

static void assert_lines(void)
{
	for (size_t i = 0; i < array_len(config); i++) {
		json_t *params = json_pack("{s:s}", "text", config[i]), *reply;
		char *text = json_dumps(params, 0);
		const json_t *fault;

		reply = call(RPC_CONFIG_LINE, text);
		fault = api_bench_at(json_object_get(reply, "result"), "faults", 0);
		if (fault &&
		    strcmp(json_string_value(json_object_get(fault, "kind")), "error") == 0)
			fail_msg("%s: %s", config[i],
				 json_string_value(json_object_get(fault, "text")));
		json_decref(reply);
		json_decref(params);
		free(text);
	}
}

static void every_answer_is_as_the_schema_says(void **state)
{
	(void)state;
	answers(RPC_CONFIG_ENTER, NULL);
	call_all();
	assert_lines();
	call_all();
	bench_acquire(&bench, &bench.a, ICMP);
	call_all();
	bench_acquire(&bench, &bench.a, TCP);
	bench_pass(&bench, 100);
	call_all();
	bench.cut = true;
	assert_true(answers(RPC_CLEAR_ISAKMP, NULL));
	bench_acquire(&bench, &bench.a, ICMP);
	call_all();
	assert_true(answers(RPC_CONFIG_LEAVE, NULL));
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++)
		answers(m, NULL);
}

static void unknown_parameters_are_refused_by_name(void **state)
{
	(void)state;
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++) {
		json_t *reply = call(m, "{\"frobnicate\":1}"), *error;
		const char *message;

		error = json_object_get(reply, "error");
		message = json_string_value(json_object_get(error, "message"));
		assert_int_equal(json_integer_value(json_object_get(error, "code")),
				 RPC_INVALID_PARAMS);
		assert_error(error, rpc_schema_name(m));
		/* one that must be there is asked for first */
		if (!strstr(message, "frobnicate") && !strstr(message, "is missing"))
			fail_msg("%s: %s", rpc_schema_name(m), message);
		json_decref(reply);
	}
}

static void parameters_of_the_wrong_type_are_refused_by_name(void **state)
{
	static const struct {
		enum rpc_method method;
		const char *params;
		const char *message;
	} wrong[] = {
		{RPC_SHOW_IPSEC_SA, "{\"peer\":\"x\"}", "peer must be addr"},
		{RPC_SHOW_IPSEC_SA, "{\"spi\":\"1\"}", "spi must be int"},
		{RPC_TERMINAL_SET, "{\"dialect\":\"junos\"}", "dialect must be 'ios|asa|pix'"},
		{RPC_DEBUG_SET, "{\"topic\":\"all\"}", "on is missing"},
		{RPC_CONFIG_LINE, "{\"text\":\"end\",\"txt\":1}", "there is no txt"},
	};

	(void)state;
	for (size_t i = 0; i < array_len(wrong); i++) {
		json_t *reply = call(wrong[i].method, wrong[i].params);

		assert_string_equal(json_string_value(json_object_get(
					    json_object_get(reply, "error"), "message")),
				    wrong[i].message);
		json_decref(reply);
	}
}

static void every_method_has_a_schema_that_reads(void **state)
{
	json_t *other = json_integer(1);
	char why[200];

	(void)state;
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++) {
		if (rpc_schema_check_params(m, other, why, sizeof(why)) != -EINVAL ||
		    rpc_schema_check_result(m, other, why, sizeof(why)) != -EINVAL)
			fail_msg("%s: %s", rpc_schema_name(m), why);
		assert_non_null(api_methods_of(m));
	}
	json_decref(other);
}

static const char *no_type(const char *name, size_t len)
{
	return len == 1 && *name == 'N' ? "{x:int}" : NULL;
}

static void shapes_fit_or_say_why_not(void **state)
{
	static const struct {
		const char *shape;
		const char *value;
		int rc;
	} rows[] = {
		{"{a:int,b?:[text]}", "{\"a\":1,\"b\":[\"x\",\"\"]}", 0},
		{"{a:int,b?:[text]}", "{\"a\":1}", 0},
		{"{a:int,b?:[text]}", "{\"a\":1,\"b\":[1]}", -EINVAL},
		{"{a:int,b?:[text]}", "{\"a\":1.5}", -EINVAL},
		{"{a:int,b?:[text]}", "{\"b\":[]}", -EINVAL},
		{"{a:int,b?:[text]}", "{\"a\":1,\"c\":1}", -EINVAL},
		{"{a?:{b:int},c:bool}", "{\"c\":true}", 0},
		{"{a?:'x|{y',c:bool}", "{\"c\":true}", 0},
		{"{a:'x|yy'}", "{\"a\":\"y\"}", -EINVAL},
		{"{a:'x|yy'}", "{\"a\":\"yy\"}", 0},
		{"{a:int|text}", "{\"a\":null}", -EINVAL},
		{"{a:int|text}", "{\"a\":\"1\"}", 0},
		{"{*:int}", "{\"p\":1,\"q\":2}", 0},
		{"{*:int}", "{\"p\":true}", -EINVAL},
		{"{*:int}", "{}", 0},
		{"{}", "{}", 0},
		{"{}", "[]", -EINVAL},
		{"[@N]", "[{\"x\":1},{\"x\":2}]", 0},
		{"[@N]", "[{\"x\":1},{\"y\":2}]", -EINVAL},
		{"{a:prefix,b:hex}", "{\"a\":\"10.0.0.0/8\",\"b\":\"0aF\"}", 0},
		{"{a:prefix}", "{\"a\":\"10.0.0.0\"}", -EINVAL},
		{"{a:addr}", "{\"a\":\"\"}", -EINVAL},
		{"[@M]", "[1]", -ENOTSUP},
		{"{a:float}", "{\"a\":1}", -ENOTSUP},
		{"{a:int", "{\"a\":1}", -ENOTSUP},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		json_t *value = json_loads(rows[i].value, 0, NULL);
		char why[128] = "";
		int rc = rpc_shape_check(rows[i].shape, value, no_type, why, sizeof(why));

		if (rc != rows[i].rc)
			fail_msg("%s of %s: %d %s", rows[i].value, rows[i].shape, rc, why);
		assert_int_equal(rc == 0, why[0] == '\0');
		json_decref(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(every_answer_is_as_the_schema_says),
		API_CASE(unknown_parameters_are_refused_by_name),
		API_CASE(parameters_of_the_wrong_type_are_refused_by_name),
		cmocka_unit_test(every_method_has_a_schema_that_reads),
		cmocka_unit_test(shapes_fit_or_say_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
