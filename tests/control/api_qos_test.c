/* SPDX-License-Identifier: BSD-3-Clause */
/* What the management API shows of classes, policy-maps and where they are. */
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	CLASSES = 64,
	LINES = 66
};

static const char config[] = "class-map match-any VOICE\n"
			     " match dscp ef cs5\n"
			     " match ip precedence 5\n"
			     " match access-group name SIG\n"
			     "policy-map LLQ\n"
			     " class VOICE\n"
			     "  priority percent 20\n"
			     "  police 100000 2000 exceed-action set-dscp-transmit af13\n"
			     " class class-default\n"
			     "  bandwidth remaining percent 50\n"
			     "  queue-limit 100\n"
			     "policy-map SHAPE\n"
			     " class class-default\n"
			     "  shape average 10000000\n"
			     "  service-policy LLQ\n"
			     "interface GigabitEthernet0/1\n"
			     " service-policy output SHAPE\n"
			     "crypto map M 10\n"
			     " service-policy output LLQ\n";

static const json_t *field(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!value)
		fail_msg("field %s is missing", name);
	return value;
}

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(field(object, name));
}

static json_int_t number(const json_t *object, const char *name)
{
	return json_integer_value(field(object, name));
}

static json_t *attachments(const char *interface)
{
	return api_bench_result(&first, "show.policy_interface",
				interface ? json_pack("{s:s}", "interface", interface) : NULL);
}

static void class_map_shows_names_and_numbers(void **state)
{
	json_t *result;
	const json_t *class, *matches;

	(void)state;
	bench_configure(&bench, &bench.a, config);
	result = api_bench_result(&first, "show.class_map", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "classes")), 2);
	class = api_bench_at(result, "classes", 0);
	assert_string_equal(text(class, "name"), "VOICE");
	assert_string_equal(text(class, "match"), "any");
	matches = field(class, "matches");
	assert_string_equal(json_string_value(json_array_get(matches, 0)), "dscp ef (46) cs5 (40)");
	assert_string_equal(json_string_value(json_array_get(matches, 1)), "ip precedence 5");
	assert_string_equal(json_string_value(json_array_get(matches, 2)), "access-group name SIG");
	assert_string_equal(text(api_bench_at(result, "classes", 1), "name"), "class-default");
	json_decref(result);
	assert_int_equal(
		api_bench_error(&first, "show.class_map", json_pack("{s:s}", "name", "NONE")),
		RPC_FAILED);
}

static void policy_map_shows_what_is_configured(void **state)
{
	json_t *result;
	const json_t *class;

	(void)state;
	bench_configure(&bench, &bench.a, config);
	result = api_bench_result(&first, "show.policy_map", json_pack("{s:s}", "name", "LLQ"));
	assert_int_equal(json_array_size(json_object_get(result, "policies")), 1);
	class = api_bench_at(api_bench_at(result, "policies", 0), "classes", 0);
	assert_string_equal(text(field(class, "priority"), "kind"), "percent");
	assert_int_equal(number(field(class, "police"), "value"), 100000);
	assert_int_equal(number(class, "police_burst"), 2000);
	assert_string_equal(text(class, "exceed"), "set-dscp-transmit af13");
	class = api_bench_at(api_bench_at(result, "policies", 0), "classes", 1);
	assert_string_equal(text(field(class, "bandwidth"), "kind"), "remaining");
	assert_int_equal(number(class, "queue_limit"), 100);
	json_decref(result);
	assert_int_equal(
		api_bench_error(&first, "show.policy_map", json_pack("{s:s}", "name", "NONE")),
		RPC_FAILED);
}

static void count_at_all_workers(uint32_t counter)
{
	for (unsigned w = 0; w < BENCH_WORKERS; w++)
		plane_stats_class_of(&bench.a.plane, w)[counter] = (struct plane_stats_class){
			.packets = 10,
			.bytes = 1000,
			.sent_packets = 8,
			.sent_bytes = 800,
			.tail_drops = w < 2,
			.conform_packets = 7,
			.conform_bytes = 700,
			.exceed_packets = 3,
			.exceed_bytes = 301,
			.queued = 1,
		};
}

static void interface_shows_attachments_with_counts_of_all_workers(void **state)
{
	uint32_t counter;
	json_t *result;
	const json_t *a, *class;

	(void)state;
	bench_configure(&bench, &bench.a, config);
	counter = bench.a.control->qos.classes[0].plane.counter;
	count_at_all_workers(counter);
	result = attachments(NULL);
	/* the interface and the two tunnels of the entry */
	assert_int_equal(json_array_size(json_object_get(result, "attachments")), 3);
	a = api_bench_at(result, "attachments", 0);
	assert_string_equal(text(a, "interface"), "GigabitEthernet0/1");
	assert_string_equal(text(a, "policy"), "SHAPE");
	assert_string_equal(text(a, "service_policy"), "LLQ");
	assert_int_equal(number(a, "shape_bps"), 10000000);
	assert_null(json_object_get(a, "tunnel"));
	class = api_bench_at(a, "classes", 0);
	assert_int_equal(number(class, "packets"), 10 * BENCH_WORKERS);
	assert_int_equal(number(class, "bytes"), 1000 * BENCH_WORKERS);
	assert_int_equal(number(class, "sent_packets"), 8 * BENCH_WORKERS);
	assert_int_equal(number(class, "drops"), 2);
	assert_int_equal(number(class, "conform_packets"), 7 * BENCH_WORKERS);
	assert_int_equal(number(class, "conform_bytes"), 700 * BENCH_WORKERS);
	assert_int_equal(number(class, "exceed_packets"), 3 * BENCH_WORKERS);
	assert_int_equal(number(class, "exceed_bytes"), 301 * BENCH_WORKERS);
	assert_int_equal(number(class, "queued"), BENCH_WORKERS);
	assert_int_equal(number(class, "priority_bps"), 2000000);
	assert_int_equal(number(class, "police_bps"), 100000);
	assert_non_null(strstr(text(class, "advice"),
			       "2 packets came faster than priority 2000 kbit/s: raise priority of "
			       "class VOICE in policy-map LLQ"));
	class = api_bench_at(a, "classes", 1);
	assert_int_equal(number(class, "bandwidth_bps"), 4000000);
	assert_null(json_object_get(class, "advice"));
	a = api_bench_at(result, "attachments", 1);
	assert_string_equal(text(field(a, "tunnel"), "map"), "M");
	assert_int_equal(number(field(a, "tunnel"), "acl_line"), 10);
	assert_string_equal(text(field(a, "tunnel"), "peer"), "10.0.0.2");
	assert_null(json_object_get(a, "service_policy"));
	json_decref(result);
	result = attachments("GigabitEthernet0/0");
	assert_int_equal(json_array_size(json_object_get(result, "attachments")), 0);
	json_decref(result);
	assert_int_equal(api_bench_error(&first, "show.policy_interface",
					 json_pack("{s:s}", "interface", "GigabitEthernet9/9")),
			 RPC_FAILED);
}

static void full_queue_names_the_line_to_change(void **state)
{
	uint32_t counter;
	json_t *result;

	(void)state;
	bench_configure(&bench, &bench.a, config);
	counter = bench.a.control->qos.classes[1].plane.counter;
	plane_stats_class_of(&bench.a.plane, 0)[counter].tail_drops = 5;
	result = attachments(NULL);
	assert_non_null(strstr(
		text(api_bench_at(api_bench_at(result, "attachments", 0), "classes", 1), "advice"),
		"5 packets found their queue full: raise queue-limit (100) for bursts, "
		"bandwidth for lasting load, of class class-default in policy-map LLQ"));
	json_decref(result);
}

/* The workers zero theirs when they get to it; what was there before the class must not come up. */
static void cleared_classes_count_from_zero(void **state)
{
	struct plane_stats_class *row;
	json_t *result;

	(void)state;
	bench_configure(&bench, &bench.a, config);
	row = &plane_stats_class_of(&bench.a.plane,
				    0)[bench.a.control->qos.classes[0].plane.counter];
	row->packets = 10;
	json_decref(api_bench_result(&first, "clear.counters", NULL));
	row->packets = 3;
	result = attachments(NULL);
	assert_int_equal(number(api_bench_at(api_bench_at(result, "attachments", 0), "classes", 0),
				"packets"),
			 3);
	json_decref(result);
}

static json_t *type_line(const char *line)
{
	return api_bench_result(&first, "config.line", json_pack("{s:s}", "text", line));
}

/* Every tunnel has classes of its own, and there are only so many counters. */
static void more_classes_than_counters_are_refused(void **state)
{
	uint32_t handle;
	char line[256];
	json_t *result;

	(void)state;
	bench_configure(&bench, &bench.a, "policy-map WIDE\n");
	for (int i = 0; i < CLASSES - 1; i++) {
		snprintf(line, sizeof(line),
			 "class-map match-any C%d\n match dscp %d\npolicy-map WIDE\n class C%d\n",
			 i, i, i);
		bench_configure(&bench, &bench.a, line);
	}
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line),
			 "ip access-list extended VPN\n permit ip host 192.168.1.%d host "
			 "192.168.2.1\n",
			 i + 1);
		bench_configure(&bench, &bench.a, line);
	}
	assert_true(bench.a.control->tunnels.n * CLASSES > PLANE_CLASSES);
	handle = bench.a.control->tunnels.rows[LINES / 2].handle;
	bench_forget(&bench.a);
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(type_line("crypto map M 10"));
	result = type_line("service-policy output WIDE");
	assert_false(json_is_true(field(result, "changed")));
	assert_string_equal(text(api_bench_at(result, "faults", 0), "kind"), "error");
	assert_non_null(strstr(text(api_bench_at(result, "faults", 0), "text"),
			       "put the service-policy on the interface instead"));
	json_decref(result);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_BEGIN), 0);
	assert_string_equal(
		config_model_map(&bench.a.control->config, "M")->entries[0].service_policy, "");
	/* and the tunnels are who they were */
	json_decref(type_line("interface GigabitEthernet0/1"));
	result = type_line("service-policy output WIDE");
	assert_true(json_is_true(field(result, "changed")));
	json_decref(result);
	assert_int_equal(bench.a.control->tunnels.rows[LINES / 2].handle, handle);
	assert_int_equal(bench.a.control->qos.n_classes, CLASSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(class_map_shows_names_and_numbers),
		API_CASE(policy_map_shows_what_is_configured),
		API_CASE(interface_shows_attachments_with_counts_of_all_workers),
		API_CASE(full_queue_names_the_line_to_change),
		API_CASE(cleared_classes_count_from_zero),
		API_CASE(more_classes_than_counters_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
