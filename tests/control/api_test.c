/* SPDX-License-Identifier: BSD-3-Clause */
/* The management API over a socket pair: framing, every method's fields, configuration, debug. */
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"
#include "lib/rpc/rpc_schema.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ICMP = 1,
	TURNS = 40
};

static struct bench bench;
static struct loop loop;

struct client {
	int fd;
	struct rpc_reader reader;
};

static struct client first;

static struct client connect_client(void)
{
	struct client c;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(api_server_adopt(bench.a.control->api, pair[0]), 0);
	c.fd = pair[1];
	rpc_reader_init(&c.reader, RPC_FRAME_MAX);
	return c;
}

static void disconnect(struct client *c)
{
	close(c->fd);
	rpc_reader_fini(&c->reader);
}

static int setup(void **state)
{
	(void)state;
	bench_init(&bench, bench_config_a, bench_config_b);
	memset(&loop, 0, sizeof(loop));
	assert_int_equal(uv_loop_init(&loop.uv), 0);
	bench.a.control->loop = &loop;
	bench.a.control->api = api_server_create_unbound(bench.a.control);
	assert_non_null(bench.a.control->api);
	first = connect_client();
	return 0;
}

static void close_all(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static int teardown(void **state)
{
	(void)state;
	api_server_destroy(bench.a.control->api);
	bench.a.control->api = NULL;
	uv_walk(&loop.uv, close_all, NULL);
	uv_run(&loop.uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop.uv), 0);
	disconnect(&first);
	bench.a.control->loop = NULL;
	bench_fini(&bench);
	return 0;
}

static void turn(void)
{
	for (int i = 0; i < TURNS; i++) {
		/* jobs of the engine run on threads, in real time */
		uv_run(&loop.uv, loop.n_jobs ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		bench_settle(&bench);
	}
}

/* The next message for a client, NULL when there is none. */
static json_t *next(struct client *c)
{
	json_t *message = NULL;
	char data[65536];
	ssize_t n;

	while (rpc_reader_next(&c->reader, &message) == 0) {
		n = read(c->fd, data, sizeof(data));
		if (n <= 0)
			return NULL;
		assert_int_equal(rpc_reader_feed(&c->reader, data, (size_t)n), 0);
	}
	return message;
}

static bool is_closed(const struct client *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK) == 0;
}

static void send_frame(struct client *c, json_t *message)
{
	size_t len;
	uint8_t *frame = rpc_frame(message, &len);

	assert_int_equal(write(c->fd, frame, len), (ssize_t)len);
	free(frame);
	json_decref(message);
}

static json_t *call(struct client *c, const char *method, json_t *params)
{
	json_t *reply;

	send_frame(c, rpc_request(7, method, params));
	turn();
	reply = next(c);
	assert_non_null(reply);
	assert_int_equal(json_integer_value(json_object_get(reply, "id")), 7);
	return reply;
}

static json_t *result_of(struct client *c, const char *method, json_t *params)
{
	json_t *reply = call(c, method, params);
	json_t *result = json_incref(json_object_get(reply, "result"));

	if (!result)
		fail_msg("%s: %s", method, json_dumps(reply, 0));
	json_decref(reply);
	return result;
}

static int error_of(struct client *c, const char *method, json_t *params)
{
	json_t *reply = call(c, method, params);
	int code =
		(int)json_integer_value(json_object_get(json_object_get(reply, "error"), "code"));

	json_decref(reply);
	return code;
}

static const json_t *at(const json_t *object, const char *list, size_t i)
{
	return json_array_get(json_object_get(object, list), i);
}

static void assert_has(const json_t *object, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!json_object_get(object, fields[i]))
			fail_msg("field %s is missing", fields[i]);
	}
}

static void every_method_answers(void **state)
{
	(void)state;
	for (int m = 0; m < RPC_METHOD_COUNT; m++) {
		json_t *reply;

		if (m == RPC_CONFIG_LINE || m == RPC_DEBUG_SET)
			continue;
		reply = call(&first, rpc_schema_name(m), NULL);
		if (!json_is_object(json_object_get(reply, "result")))
			fail_msg("%s has no result", rpc_schema_name(m));
		json_decref(reply);
	}
}

static void ipsec_sa_shows_a_block_for_each_line_with_and_without_sa(void **state)
{
	static const char *const fields[] = {"sequence",
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
					     "inbound_esp",
					     "outbound_esp"};
	static const char *const sa_fields[] = {
		"spi",		 "transform",	  "settings",	  "slot",	 "conn_id",
		"flow_id",	 "map",		  "remaining_kb", "remaining_s", "iv_bytes",
		"replay",	 "replay_window", "bitmap",	  "status",	 "packets",
		"bytes",	 "seq",		  "replay_late",  "replay_seen", "auth_failed",
		"policy_failed", "other_failed"};
	const json_t *interface, *block, *sa;
	json_t *result;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	turn();
	bench_traffic(&bench.a, bench_current(&bench.a, ICMP));
	result = result_of(&first, "show.ipsec_sa", NULL);
	interface = at(result, "interfaces", 0);
	assert_string_equal(json_string_value(json_object_get(interface, "map")), "M");
	assert_int_equal(json_array_size(json_object_get(interface, "blocks")), 2);
	block = at(interface, "blocks", 0);
	assert_has(block, fields, array_len(fields));
	assert_int_equal(json_integer_value(json_object_get(block, "overhead")), 0);
	assert_int_equal(json_integer_value(json_object_get(block, "current_outbound_spi")), 0);
	block = at(interface, "blocks", 1);
	assert_has(block, fields, array_len(fields));
	assert_int_equal(json_integer_value(json_object_get(block, "overhead")), 74);
	assert_int_equal(json_integer_value(json_object_get(block, "encaps")), 1);
	assert_int_equal(json_integer_value(json_object_get(block, "current_inbound_spi")),
			 bench_current(&bench.a, ICMP)->spi_in);
	sa = at(block, "inbound_esp", 0);
	assert_has(sa, sa_fields, array_len(sa_fields));
	assert_string_equal(json_string_value(json_object_get(sa, "transform")),
			    "esp-aes esp-sha-hmac");
	assert_int_equal(json_integer_value(json_object_get(sa, "remaining_s")), 3600);
	json_decref(result);
	result = result_of(&first, "show.ipsec_sa", json_pack("{s:s}", "peer", "10.0.0.9"));
	assert_int_equal(json_array_size(json_object_get(result, "interfaces")), 0);
	json_decref(result);
	assert_int_equal(error_of(&first, "show.ipsec_sa", json_pack("{s:s}", "peer", "x")),
			 RPC_INVALID_PARAMS);
}

static void isakmp_sa_shows_who_began(void **state)
{
	json_t *result;
	const json_t *sa;

	(void)state;
	bench_acquire(&bench, &bench.b, ICMP);
	turn();
	result = result_of(&first, "show.isakmp_sa", NULL);
	sa = at(result, "sas", 0);
	assert_string_equal(json_string_value(json_object_get(sa, "state")), "QM_IDLE");
	assert_string_equal(json_string_value(json_object_get(sa, "role")), "responder");
	assert_string_equal(json_string_value(json_object_get(sa, "dst")), "10.0.0.1");
	assert_string_equal(json_string_value(json_object_get(sa, "src")), "10.0.0.2");
	assert_string_equal(json_string_value(json_object_get(sa, "cipher")), "aes-128");
	json_decref(result);
}

static void running_configuration_hides_the_keys(void **state)
{
	json_t *result = result_of(&first, "show.running_config", NULL);
	const char *text = json_string_value(json_object_get(result, "text"));

	(void)state;
	assert_non_null(strstr(text, "crypto isakmp key ********"));
	assert_null(strstr(text, "secret"));
	json_decref(result);
}

static void saved_configuration_is_answered_after_the_acknowledgement(void **state)
{
	json_t *result = result_of(&first, "config.save", NULL);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(result, "path")), "/dev/null");
	assert_true(json_integer_value(json_object_get(result, "bytes")) > 100);
	json_decref(result);
	/* the blob held keys */
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bench.a.plane.blob[i], 0);
	bench.a.refuse_type = PLANE_CONFIG_SAVE;
	bench.a.refuse_error = -ENOSPC;
	assert_int_equal(error_of(&first, "config.save", NULL), RPC_FAILED);
}

static json_t *line(const char *text)
{
	return result_of(&first, "config.line", json_pack("{s:s}", "text", text));
}

static void configuration_line_is_in_force_when_answered(void **state)
{
	json_t *result;

	(void)state;
	assert_int_equal(error_of(&first, "config.line", json_pack("{s:s}", "text", "end")),
			 RPC_INVALID_PARAMS);
	json_decref(result_of(&first, "config.enter", NULL));
	bench_acquire(&bench, &bench.a, ICMP);
	turn();
	result = line("interface GigabitEthernet0/1");
	assert_string_equal(json_string_value(json_object_get(result, "prompt")), "(config-if)");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
	result = line("no crypto map M");
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(bench.a.control->tunnels.n, 0);
	assert_int_equal(bench.a.control->store.n_pairs, 0);
	result = line("hostname other");
	assert_string_equal(json_string_value(json_object_get(result, "prompt")), "(config)");
	json_decref(result);
	result = result_of(&first, "hostname", NULL);
	assert_string_equal(json_string_value(json_object_get(result, "hostname")), "other");
	json_decref(result);
}

static void wrong_line_says_why_and_changes_nothing(void **state)
{
	json_t *result;

	(void)state;
	json_decref(result_of(&first, "config.enter", NULL));
	bench_forget(&bench.a);
	result = line("interface GigabitEthernet0/1 nonsense");
	assert_string_equal(json_string_value(json_object_get(at(result, "faults", 0), "kind")),
			    "error");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(bench.a.n_seen, 0);
}

/* Thirty-two tunnels fit a worker here; the line that would need more is refused whole. */
static void line_without_room_for_its_tunnel_is_refused(void **state)
{
	bool refused = false;

	(void)state;
	json_decref(result_of(&first, "config.enter", NULL));
	json_decref(line("ip access-list extended VPN"));
	for (int i = 0; i < 80 && !refused; i++) {
		size_t n = bench.a.control->tunnels.n;
		char text[80];
		json_t *result;

		snprintf(text, sizeof(text), "permit ip host 192.168.1.%d host 192.168.9.9", i + 1);
		result = line(text);
		refused = json_array_size(json_object_get(result, "faults")) > 0;
		assert_int_equal(bench.a.control->tunnels.n, n + !refused);
		json_decref(result);
	}
	assert_true(refused);
}

static void debug_lines_reach_the_client_that_asked(void **state)
{
	struct client other = connect_client();
	json_t *message;
	size_t n = 0;

	(void)state;
	json_decref(
		result_of(&first, "debug.set", json_pack("{s:s,s:b}", "topic", "all", "on", 1)));
	bench_acquire(&bench, &bench.a, ICMP);
	turn();
	while ((message = next(&first))) {
		const char *method = json_string_value(json_object_get(message, "method"));
		const char *text = json_string_value(
			json_object_get(json_object_get(message, "params"), "text"));

		assert_true(strcmp(method, "debug.line") == 0 || strcmp(method, "log.line") == 0);
		assert_null(strchr(text, '\n'));
		assert_null(strstr(text, "secret"));
		json_decref(message);
		n++;
	}
	assert_true(n > 10);
	assert_null(next(&other));
	json_decref(
		result_of(&first, "debug.set", json_pack("{s:s,s:b}", "topic", "all", "on", 0)));
	assert_false(debug_log_wants(bench.a.control->log, IKE_TOPIC_ISAKMP));
	disconnect(&other);
	turn();
}

static void debug_ends_with_the_client(void **state)
{
	struct client other = connect_client();

	(void)state;
	json_decref(
		result_of(&other, "debug.set", json_pack("{s:s,s:b}", "topic", "ipsec", "on", 1)));
	assert_true(debug_log_wants(bench.a.control->log, IKE_TOPIC_IPSEC));
	disconnect(&other);
	turn();
	assert_false(debug_log_wants(bench.a.control->log, IKE_TOPIC_IPSEC));
}

static void bad_frames_close_the_connection(void **state)
{
	static const uint8_t frames[][8] = {
		{0, 0, 0, 0},		  /* empty */
		{0xff, 0xff, 0xff, 0xff}, /* endless */
		{0, 0, 0, 2, '{', '{'},	  /* no JSON */
	};

	(void)state;
	for (size_t i = 0; i < array_len(frames); i++) {
		struct client c = connect_client();

		assert_int_equal(write(c.fd, frames[i], i == 2 ? 6 : 4), i == 2 ? 6 : 4);
		turn();
		assert_true(is_closed(&c));
		disconnect(&c);
	}
}

static void requests_that_are_none_are_refused_and_the_connection_lives(void **state)
{
	json_t *reply;

	(void)state;
	assert_int_equal(error_of(&first, "no.such", NULL), RPC_NO_METHOD);
	send_frame(&first, json_pack("{s:i}", "id", 7));
	turn();
	reply = next(&first);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(reply, "error"), "code")),
		RPC_INVALID_REQUEST);
	json_decref(reply);
	send_frame(&first, json_pack("[i]", 1));
	turn();
	json_decref(next(&first));
	json_decref(result_of(&first, "hostname", NULL));
}

static void request_in_pieces_is_answered_once(void **state)
{
	json_t *request = rpc_request(9, "hostname", NULL), *reply;
	size_t len;
	uint8_t *frame = rpc_frame(request, &len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		assert_null(next(&first));
		assert_int_equal(write(first.fd, frame + i, 1), 1);
		turn();
	}
	reply = next(&first);
	assert_int_equal(json_integer_value(json_object_get(reply, "id")), 9);
	assert_null(next(&first));
	json_decref(reply);
	json_decref(request);
	free(frame);
}

static void client_that_does_not_read_is_closed(void **state)
{
	json_t *request = rpc_request(1, "show.drops", NULL);
	size_t len;
	uint8_t *frame = rpc_frame(request, &len);
	struct client slow = connect_client();
	size_t sent = 0;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	while (sent < 100000 && write(slow.fd, frame, len) == (ssize_t)len) {
		sent++;
		uv_run(&loop.uv, UV_RUN_NOWAIT);
	}
	assert_true(sent < 100000);
	free(frame);
	json_decref(request);
	disconnect(&slow);
	json_decref(result_of(&first, "hostname", NULL));
}

static void crowd_beyond_the_limit_is_turned_away(void **state)
{
	int pair[2];
	struct client crowd[API_SERVER_CLIENTS];

	(void)state;
	for (int i = 0; i < API_SERVER_CLIENTS - 1; i++)
		crowd[i] = connect_client();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(api_server_adopt(bench.a.control->api, pair[0]), -EBUSY);
	close(pair[1]);
	json_decref(result_of(&first, "hostname", NULL));
	for (int i = 0; i < API_SERVER_CLIENTS - 1; i++)
		disconnect(&crowd[i]);
}

static void cleared_counters_start_from_zero(void **state)
{
	json_t *result;

	(void)state;
	bench.a.plane.stats_main->drops[DROP_NOT_OURS] = 5;
	result = result_of(&first, "show.drops", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 5);
	json_decref(result);
	bench_forget(&bench.a);
	json_decref(result_of(&first, "clear.counters", NULL));
	assert_int_equal(bench_seen(&bench.a, PLANE_COUNTERS_CLEAR), BENCH_WORKERS);
	result = result_of(&first, "show.drops", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "total")), 0);
	json_decref(result);
}

static void clear_says_how_many(void **state)
{
	json_t *result;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	turn();
	result = result_of(&first, "clear.sa", json_pack("{s:s}", "peer", "10.0.0.9"));
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 0);
	json_decref(result);
	result = result_of(&first, "clear.sa", json_pack("{s:s}", "map", "M"));
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 1);
	json_decref(result);
	result = result_of(&first, "clear.isakmp", NULL);
	assert_int_equal(json_integer_value(json_object_get(result, "cleared")), 1);
	json_decref(result);
	assert_int_equal(error_of(&first, "clear.sa", json_pack("{s:s}", "map", "X")), RPC_FAILED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_method_answers),
		CASE(ipsec_sa_shows_a_block_for_each_line_with_and_without_sa),
		CASE(isakmp_sa_shows_who_began),
		CASE(running_configuration_hides_the_keys),
		CASE(saved_configuration_is_answered_after_the_acknowledgement),
		CASE(configuration_line_is_in_force_when_answered),
		CASE(wrong_line_says_why_and_changes_nothing),
		CASE(line_without_room_for_its_tunnel_is_refused),
		CASE(debug_lines_reach_the_client_that_asked),
		CASE(debug_ends_with_the_client),
		CASE(bad_frames_close_the_connection),
		CASE(requests_that_are_none_are_refused_and_the_connection_lives),
		CASE(request_in_pieces_is_answered_once),
		CASE(client_that_does_not_read_is_closed),
		CASE(crowd_beyond_the_limit_is_turned_away),
		CASE(cleared_counters_start_from_zero),
		CASE(clear_says_how_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
