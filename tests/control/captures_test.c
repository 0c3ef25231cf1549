/* SPDX-License-Identifier: BSD-3-Clause */
/* Captures over the API: what the data plane is told, what is kept, limits, and `debug packet`. */
#include "lib/net/ip.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	LEN = 60,
	SECOND = 1000000000,
};

static json_t *name(void)
{
	return json_pack("{s:s}", "name", "CAP");
}

static void set(json_t *params)
{
	json_object_set_new(params, "name", json_string("CAP"));
	json_decref(api_bench_result(&first, "capture.set", params));
}

static void act(const char *method)
{
	json_decref(api_bench_result(&first, method, name()));
	api_bench_turn();
}

/* A packet as a worker tells of it. */
static void tell(uint8_t points, enum plane_verdict verdict, enum drop_reason reason, uint64_t ns)
{
	struct plane_captured head = {.len = LEN,
				      .packet_bytes = LEN,
				      .time_ns = ns,
				      .points = points,
				      .view = PLANE_VIEW_WIRE,
				      .verdict = (uint8_t)verdict,
				      .reason = (uint16_t)reason,
				      .spi = 0xc8000001,
				      .seq = 7};
	uint8_t packet[LEN] = {0};

	ip_build_v4((struct ip_v4 *)packet, 0x0100000a, 0x0200000a, IP_PROTO_ESP, 0, 64, LEN, 1,
		    false);
	strcpy(head.interface, "GigabitEthernet0/1");
	assert_int_equal(plane_ring_send_captured(bench.a.plane.captured[0], &head, packet), 0);
	api_bench_turn();
}

/* The steps the data plane was told since bench_forget(), without keys. */
static const struct plane_capture *step_of(size_t i)
{
	for (size_t k = 0; k < bench.a.n_seen; k++)
		if (bench.a.seen[k].type == PLANE_CAPTURE && i-- == 0)
			return &bench.a.seen[k].capture;
	return NULL;
}

static json_t *packets(void)
{
	return api_bench_result(&first, "capture.packets",
				json_pack("{s:s,s:b}", "name", "CAP", "data", 1));
}

static json_int_t total(void)
{
	json_t *result = packets();
	json_int_t n = json_integer_value(json_object_get(result, "total"));

	json_decref(result);
	return n;
}

static bool running(void)
{
	json_t *result = api_bench_result(&first, "show.capture", name());
	bool yes = json_is_true(json_object_get(api_bench_at(result, "captures", 0), "running"));

	json_decref(result);
	return yes;
}

static void the_data_plane_is_told_what_is_wanted(void **)
{
	bench_configure(&bench, &bench.a,
			"access-list 150 permit tcp any host 10.9.9.9 eq 80\n"
			"access-list 150 deny ip any any\n");
	set(json_pack("{s:s,s:s,s:s}", "interface", "GigabitEthernet0/1", "direction", "in", "view",
		      "plain"));
	set(json_pack("{s:s}", "access_list", "150"));
	bench_forget(&bench.a);
	act("capture.start");
	assert_int_equal(bench_seen(&bench.a, PLANE_CAPTURE), 5);
	assert_int_equal(step_of(0)->step, PLANE_CAPTURE_BEGIN);
	assert_int_equal(step_of(1)->step, PLANE_CAPTURE_POINT);
	assert_string_equal(step_of(1)->interface, "GigabitEthernet0/1");
	assert_int_equal(step_of(1)->in, 1);
	assert_int_equal(step_of(1)->out, 0);
	assert_int_equal(step_of(1)->views, PLANE_VIEW_PLAIN);
	assert_int_equal(step_of(1)->has_access, 1);
	assert_int_equal(step_of(2)->step, PLANE_CAPTURE_LINE);
	assert_int_equal(step_of(2)->line.dst_port[0], 80);
	assert_int_equal(step_of(4)->step, PLANE_CAPTURE_COMMIT);
	bench_forget(&bench.a);
	act("capture.stop");
	assert_int_equal(bench_seen(&bench.a, PLANE_CAPTURE), 2);
}

static void a_match_is_for_both_directions(void **)
{
	json_t *row = json_pack("{s:i,s:s,s:s,s:i}", "protocol", 17, "source", "192.168.1.0/24",
				"destination", "0.0.0.0/0", "destination_port", 53);

	set(json_pack("{s:[o]}", "match", row));
	bench_forget(&bench.a);
	act("capture.start");
	assert_int_equal(bench_seen(&bench.a, PLANE_CAPTURE), 5);
	assert_int_equal(step_of(2)->line.src.len, 24);
	assert_int_equal(step_of(2)->line.dst_port[0], 53);
	assert_int_equal(step_of(3)->line.dst.len, 24);
	assert_int_equal(step_of(3)->line.src_port[1], 53);
}

static void packets_are_kept_by_time_with_their_verdict(void **)
{
	const json_t *p;
	json_t *result;

	set(json_object());
	tell(1, PLANE_VERDICT_SENT, 0, SECOND); /* before it runs */
	act("capture.start");
	tell(1, PLANE_VERDICT_DROPPED, DROP_ESP_REPLAY_SEEN, 3ull * SECOND);
	tell(1, PLANE_VERDICT_DECRYPTED, 0, 2ull * SECOND);
	tell(2, PLANE_VERDICT_SENT, 0, SECOND); /* another's */
	result = packets();
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 2);
	p = api_bench_at(result, "packets", 0);
	assert_string_equal(json_string_value(json_object_get(p, "comment")),
			    "SPI 0xC8000001, sequence 7: decrypted");
	assert_string_equal(json_string_value(json_object_get(p, "summary")),
			    "10.0.0.1 > 10.0.0.2: ip-proto-50, length 40");
	assert_int_equal(strlen(json_string_value(json_object_get(p, "data"))), 2 * LEN);
	p = api_bench_at(result, "packets", 1);
	assert_string_equal(json_string_value(json_object_get(p, "reason")), "esp.replay_seen");
	assert_string_equal(json_string_value(json_object_get(p, "comment")),
			    "SPI 0xC8000001, sequence 7: dropped, esp.replay_seen: sequence number "
			    "received before");
	json_decref(result);
	act("capture.clear");
	assert_int_equal(total(), 0);
	assert_true(running());
}

static void limits_end_it(void **)
{
	set(json_pack("{s:i}", "limit_packets", 2));
	act("capture.start");
	for (unsigned i = 0; i < 4; i++)
		tell(1, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(total(), 2);
	assert_false(running());
	assert_int_equal(bench_logged(&bench.a, "%BUFCAP-6-DISABLE: Capture Point CAP disabled."),
			 1);
	act("capture.clear");
	set(json_pack("{s:i,s:i}", "limit_packets", 0, "limit_bytes", LEN + 1));
	act("capture.start");
	for (unsigned i = 0; i < 4; i++)
		tell(1, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(total(), 2);
	act("capture.clear");
	set(json_pack("{s:i,s:i}", "limit_bytes", 0, "limit_s", 3));
	act("capture.start");
	bench_pass(&bench, 2);
	assert_true(running());
	bench_pass(&bench, 2);
	assert_false(running());
}

static json_int_t number(const char *key)
{
	json_t *result = packets();
	json_int_t n = json_integer_value(json_object_get(result, key));

	json_decref(result);
	return n;
}

/* Nobody may be there any more to stop it. */
static void a_full_buffer_ends_it(void **)
{
	set(json_pack("{s:i}", "buffer_bytes", 1000));
	act("capture.start");
	tell(1, PLANE_VERDICT_SENT, 0, SECOND);
	bench.a.plane.stats_worker[1].capture_lost += 5;
	assert_int_equal(number("lost"), 5);
	assert_true(running());
	for (unsigned i = 0; i < 20; i++)
		tell(1, PLANE_VERDICT_SENT, 0, SECOND);
	assert_false(running());
	assert_true(number("total") > 2);
	assert_int_equal(number("lost"), 6);
}

static void only_drops_when_asked_for(void **)
{
	set(json_pack("{s:b}", "drops", 1));
	act("capture.start");
	tell(1, PLANE_VERDICT_SENT, 0, SECOND);
	tell(1, PLANE_VERDICT_DROPPED, DROP_NO_SA, SECOND);
	assert_int_equal(total(), 1);
}

static void nonsense_is_refused(void **)
{
	static const char *const rows[] = {
		"{\"name\":\"CAP\",\"interface\":\"Serial9\"}",
		"{\"name\":\"CAP\",\"access_list\":\"nobody\"}",
		"{\"name\":\"two words\"}",
		"{\"name\":\"\"}",
		"{\"name\":\"CAP\",\"direction\":\"up\"}",
		"{\"name\":\"CAP\",\"limit_packets\":-1}",
		"{\"name\":\"CAP\",\"buffer_bytes\":0}",
		"{\"name\":\"CAP\",\"match\":[{\"protocol\":6,\"source\":\"1.2.3.4\","
		"\"destination\":\"0.0.0.0/0\"}]}",
		"{\"name\":\"CAP\",\"match\":[{\"protocol\":256,\"source\":\"1.2.3.4/32\","
		"\"destination\":\"0.0.0.0/0\"}]}",
	};

	for (size_t i = 0; i < array_len(rows); i++)
		assert_int_equal(
			api_bench_error(&first, "capture.set", json_loads(rows[i], 0, NULL)),
			RPC_INVALID_PARAMS);
	assert_int_equal(api_bench_error(&first, "capture.start", name()), RPC_FAILED);
	set(json_object());
	assert_int_equal(api_bench_error(&first, "capture.stop", name()), RPC_FAILED);
	act("capture.start");
	assert_int_equal(api_bench_error(&first, "capture.start", name()), RPC_FAILED);
	assert_int_equal(api_bench_error(&first, "capture.set", name()), RPC_FAILED);
	act("capture.remove");
	assert_int_equal(api_bench_error(&first, "capture.packets", name()), RPC_FAILED);
}

static void there_is_an_end_to_captures(void **)
{
	for (unsigned i = 0; i < 7; i++)
		json_decref(api_bench_result(&first, "capture.set",
					     json_pack("{s:s%}", "name", "abcdefgh", i + 1)));
	assert_int_equal(api_bench_error(&first, "capture.set", name()), RPC_FAILED);
}

static void what_the_data_plane_refuses_does_not_run(void **)
{
	set(json_object());
	bench.a.refuse_type = PLANE_CAPTURE;
	bench.a.refuse_error = -ENODEV;
	act("capture.start");
	assert_false(running());
	assert_int_equal(bench_logged(&bench.a, "the data plane refused a capture"), 1);
}

static void debug_on(void)
{
	json_decref(api_bench_result(&first, "debug.set",
				     json_pack("{s:s,s:b}", "topic", "packet", "on", 1)));
	api_bench_turn();
}

static unsigned lines(char *last, size_t size)
{
	json_t *message;
	unsigned n = 0;

	while ((message = api_bench_next(&first))) {
		const json_t *params = json_object_get(message, "params");

		if (strcmp(json_string_value(json_object_get(message, "method")), "debug.line") ==
		    0) {
			snprintf(last, size, "%s",
				 json_string_value(json_object_get(params, "text")));
			n++;
		}
		json_decref(message);
	}
	return n;
}

static void debug_packet_says_each_with_its_verdict(void **)
{
	char text[512] = "";

	bench_forget(&bench.a);
	debug_on();
	assert_int_equal(bench_seen(&bench.a, PLANE_CAPTURE), 3);
	assert_int_equal(step_of(1)->views, PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN);
	tell(0x80, PLANE_VERDICT_DROPPED, DROP_ESP_AUTH, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 1);
	assert_non_null(strstr(text,
			       "PACKET: GigabitEthernet0/1 in encrypted: 10.0.0.1 > 10.0.0.2: "
			       "ip-proto-50, length 40, 60 bytes: SPI 0xC8000001, sequence 7: "
			       "dropped, esp.auth: integrity check failed"));
	bench_forget(&bench.a);
	json_decref(api_bench_result(&first, "debug.set",
				     json_pack("{s:s,s:b}", "topic", "packet", "on", 0)));
	api_bench_turn();
	assert_int_equal(bench_seen(&bench.a, PLANE_CAPTURE), 2);
	tell(0x80, PLANE_VERDICT_DROPPED, DROP_ESP_AUTH, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 0);
}

static void debug_packet_is_limited_and_says_so(void **)
{
	char text[512] = "";

	debug_on();
	for (unsigned i = 0; i < 80; i++)
		tell(0x80, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 50);
	bench_pass(&bench, 1);
	tell(0x80, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 1);
	assert_non_null(strstr(text, " (30 more suppressed)"));
}

static void condition(const char *kind, const char *value)
{
	json_decref(api_bench_result(
		&first, "debug.condition",
		json_pack("{s:s,s:s,s:b}", "kind", kind, "value", value, "on", 1)));
}

static void debug_packet_heeds_conditions(void **)
{
	char text[512] = "";

	debug_on();
	condition("peer", "10.7.7.7");
	for (unsigned i = 0; i < 80; i++)
		tell(0x80, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 0);
	/* and those took nobody's turn */
	condition("peer", "10.0.0.1");
	tell(0x80, PLANE_VERDICT_SENT, 0, SECOND);
	assert_int_equal(lines(text, sizeof(text)), 1);
	assert_null(strstr(text, "suppressed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(the_data_plane_is_told_what_is_wanted),
		API_CASE(a_match_is_for_both_directions),
		API_CASE(packets_are_kept_by_time_with_their_verdict),
		API_CASE(limits_end_it),
		API_CASE(a_full_buffer_ends_it),
		API_CASE(only_drops_when_asked_for),
		API_CASE(nonsense_is_refused),
		API_CASE(there_is_an_end_to_captures),
		API_CASE(what_the_data_plane_refuses_does_not_run),
		API_CASE(debug_packet_says_each_with_its_verdict),
		API_CASE(debug_packet_is_limited_and_says_so),
		API_CASE(debug_packet_heeds_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
