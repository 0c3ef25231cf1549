/* SPDX-License-Identifier: BSD-3-Clause */
/* test.peer and test.path: beside the SAs in use, without touching them. */
#include "lib/rpc/rpc_schema.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <string.h>

enum {
	ICMP = 1, /* tunnel of the bench */
	MTU = 1400,
};

static const char *text(const json_t *object, const char *field)
{
	const char *value = json_string_value(json_object_get(object, field));

	return value ? value : "";
}

static long long number(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

static uint16_t swallows; /* larger pings are lost */
static size_t answered;	  /* commands seen */

/* The data plane's part: pings are answered by whoever is inside, the too big refused. */
static void answer_pings(void)
{
	for (; answered < bench.a.n_seen; answered++) {
		const struct plane_msg *seen = &bench.a.seen[answered];
		struct plane_msg msg = {.type = PLANE_ANSWER};

		if (seen->type != PLANE_PROBE ||
		    (seen->probe.bytes <= MTU && seen->probe.bytes > swallows))
			continue;
		assert_true(seen->probe.df);
		msg.answer = (struct plane_answer){.number = seen->probe.number,
						   .from = seen->probe.dst,
						   .bytes = seen->probe.bytes};
		if (seen->probe.bytes > MTU) {
			msg.answer.type = 3;
			msg.answer.code = 4;
			msg.answer.mtu = MTU;
		}
		assert_int_equal(plane_ring_send(bench.a.plane.from_main, &msg), 0);
	}
}

/* The result of a call that takes its time. */
static json_t *ask(enum rpc_method method, json_t *params)
{
	char why[200];
	json_t *reply = NULL, *result;

	answered = bench.a.n_seen;
	api_bench_send(&first, rpc_request(7, rpc_schema_name(method), params));
	for (int i = 0; i < 60 && !reply; i++) {
		for (int k = 0; k < 20; k++) {
			api_bench_turn();
			answer_pings();
		}
		reply = api_bench_next(&first);
		if (!reply)
			bench_pass(&bench, 1);
	}
	assert_non_null(reply);
	result = json_incref(json_object_get(reply, "result"));
	json_decref(reply);
	assert_non_null(result);
	if (rpc_schema_check_result(method, result, why, sizeof(why)))
		fail_msg("%s: %s", why, json_dumps(result, 0));
	return result;
}

static json_t *peer(void)
{
	return json_pack("{s:s}", "peer", "10.0.0.2");
}

static const char *first_code(const json_t *result)
{
	return text(api_bench_at(result, "diagnoses", 0), "code");
}

static void count_sa(void *ctx, const struct ike_sa_info *info)
{
	size_t *n = ctx;

	*n += !info->deleted;
}

static size_t ike_sas(const struct bench_end *end)
{
	size_t n = 0;

	ike_engine_each(end->control->engine, count_sa, &n);
	return n;
}

/* With jobs on threads. */
static void bring_up(void)
{
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	bench_assert_joined(&bench, ICMP);
}

static void without_sas_all_of_it_is_tried_and_nothing_left(void **)
{
	json_t *result = ask(RPC_TEST_PEER, peer());

	assert_string_equal(text(result, "phase1"), "up");
	assert_string_equal(text(result, "quick"), "up");
	assert_int_equal(number(result, "pairs"), 0);
	assert_int_equal(json_array_size(json_object_get(result, "negotiations")), 2);
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 0);
	json_decref(result);
	bench_pass(&bench, 10);
	assert_int_equal(ike_sas(&bench.a), 0);
	assert_int_equal(ike_sas(&bench.b), 0);
	assert_int_equal(bench_count_pairs(&bench.a, 0), 0);
	assert_null(bench_current(&bench.b, 0));
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_INSTALL), 0);
	/* and what is wanted comes up as ever */
	bring_up();
	bench_assert_joined(&bench, ICMP);
}

/* What its operator is told of us. */
static size_t diagnoses_at(const struct bench_end *end, const struct bench_end *of)
{
	const struct evidence_place *p = evidence_book_named(&end->control->evidence, &of->address);

	return p ? p->n_found : 0;
}

static void beside_sas_nothing_is_proved(void **)
{
	const struct sa_pair *a, *b;
	json_t *result;

	bring_up();
	a = bench_current(&bench.a, ICMP);
	b = bench_current(&bench.b, ICMP);
	bench_forget(&bench.a);
	bench_forget(&bench.b);
	result = ask(RPC_TEST_PEER, peer());
	assert_string_equal(text(result, "phase1"), "agreed");
	assert_string_equal(text(result, "quick"), "not run");
	assert_int_equal(number(result, "pairs"), 1);
	assert_int_equal(json_array_size(json_object_get(result, "standing")), 0);
	json_decref(result);
	assert_ptr_equal(bench_current(&bench.a, ICMP), a);
	assert_ptr_equal(bench_current(&bench.b, ICMP), b);
	assert_int_equal(ike_sas(&bench.a), 1);
	assert_int_equal(ike_sas(&bench.b), 2); /* one is half open */
	bench_pass_with_traffic(&bench, ICMP, 60);
	assert_ptr_equal(bench_current(&bench.a, ICMP), a);
	bench_assert_joined(&bench, ICMP);
	assert_int_equal(bench_seen(&bench.b, PLANE_SA_IN_REMOVE), 0);
	assert_int_equal(diagnoses_at(&bench.a, &bench.b), 0);
	assert_int_equal(diagnoses_at(&bench.b, &bench.a), 0);
}

static void silence_is_told_with_its_diagnosis(void **)
{
	json_t *result;

	bench.cut = true;
	result = ask(RPC_TEST_PEER, peer());
	assert_string_equal(text(result, "phase1"), "no answer");
	assert_string_equal(first_code(result), "P1-NO-ANSWER");
	json_decref(result);
	result = ask(RPC_TEST_PATH, peer());
	assert_string_equal(text(result, "udp500"), "no answer");
	assert_string_equal(text(result, "udp4500"), "no answer");
	assert_string_equal(text(result, "esp"), "no SA");
	json_decref(result);
}

static void other_key_is_told(void **)
{
	json_t *result;

	bench_configure(&bench, &bench.b, "crypto isakmp key another address 10.0.0.1\n");
	result = ask(RPC_TEST_PEER, peer());
	assert_string_equal(text(result, "phase1"), "failed");
	assert_string_equal(first_code(result), "P1-PSK");
	json_decref(result);
}

static void other_transform_is_told(void **)
{
	json_t *result;

	bench_configure(&bench, &bench.b, "crypto ipsec transform-set T esp-3des esp-sha-hmac\n");
	result = ask(RPC_TEST_PEER, peer());
	assert_string_equal(text(result, "phase1"), "up");
	assert_string_equal(text(result, "quick"), "failed");
	assert_string_equal(first_code(result), "P2-PEER-REFUSED");
	json_decref(result);
}

static void unknown_peer_is_refused(void **)
{
	assert_int_equal(
		api_bench_error(&first, "test.peer", json_pack("{s:s}", "peer", "10.0.0.77")),
		RPC_INVALID_PARAMS);
	assert_int_equal(
		api_bench_error(&first, "test.path", json_pack("{s:s}", "peer", "10.0.0.77")),
		RPC_INVALID_PARAMS);
}

static void there_is_one_at_a_time(void **)
{
	struct client second = api_bench_connect();

	bench.cut = true;
	api_bench_send(&second, rpc_request(7, "test.peer", peer()));
	api_bench_turn();
	assert_int_equal(api_bench_error(&first, "test.peer", peer()), RPC_FAILED);
	/* whoever asked is gone: it ends all the same */
	api_bench_disconnect(&second);
	api_bench_turn();
	bench_pass(&bench, 40);
	bench.cut = false;
	json_decref(ask(RPC_TEST_PEER, peer()));
}

static void size_is_found_and_remembered(void **)
{
	json_t *result;

	bring_up();
	swallows = UINT16_MAX;
	result = ask(RPC_TEST_PATH, peer());
	assert_string_equal(text(result, "udp500"), "passes");
	assert_string_equal(text(result, "udp4500"), "passes");
	assert_int_equal(number(result, "largest"), MTU);
	assert_string_equal(text(result, "inside"), "192.168.2.1");
	assert_string_equal(text(result, "source"), "192.168.1.1");
	assert_string_equal(first_code(result), "MTU-PROBE");
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 1);
	json_decref(result);

	swallows = 1234;
	result = ask(RPC_TEST_PATH,
		     json_pack("{s:s,s:s}", "peer", "10.0.0.2", "inside", "192.168.2.9"));
	assert_int_equal(number(result, "largest"), 1234);
	assert_int_equal(number(result, "lost"), 1235);
	assert_string_equal(text(result, "inside"), "192.168.2.9");
	assert_string_equal(text(api_bench_at(result, "diagnoses", 1), "code"), "MTU-BLACKHOLE");
	json_decref(result);

	/* what was wrong is over */
	swallows = UINT16_MAX;
	result = ask(RPC_TEST_PATH, peer());
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 1);
	json_decref(result);
	bench_assert_joined(&bench, ICMP);
}

static void nobody_inside_is_said(void **)
{
	json_t *result;

	bring_up();
	swallows = 0;
	result = ask(RPC_TEST_PATH, peer());
	assert_non_null(strstr(text(result, "why"), "nobody answered"));
	assert_null(json_object_get(result, "largest"));
	assert_int_equal(json_array_size(json_object_get(result, "diagnoses")), 0);
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(without_sas_all_of_it_is_tried_and_nothing_left),
		API_CASE(beside_sas_nothing_is_proved),
		API_CASE(silence_is_told_with_its_diagnosis),
		API_CASE(other_key_is_told),
		API_CASE(other_transform_is_told),
		API_CASE(unknown_peer_is_refused),
		API_CASE(there_is_one_at_a_time),
		API_CASE(size_is_found_and_remembered),
		API_CASE(nobody_inside_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
