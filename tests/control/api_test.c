/* SPDX-License-Identifier: BSD-3-Clause */
/* The management API over a socket pair: framing, limits, configuration, debug. */
#include "controlplane/api_server.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TCP = 0,
	ICMP = 1
};

static void saved_configuration_is_answered_after_the_acknowledgement(void **state)
{
	json_t *result = api_bench_result(&first, "config.save", NULL);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(result, "path")), "/dev/null");
	assert_true(json_integer_value(json_object_get(result, "bytes")) > 100);
	json_decref(result);
	/* the blob held keys */
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bench.a.plane.blob[i], 0);
	bench.a.refuse_type = PLANE_CONFIG_SAVE;
	bench.a.refuse_error = -ENOSPC;
	assert_int_equal(api_bench_error(&first, "config.save", NULL), RPC_FAILED);
}

static json_t *line(const char *text)
{
	return api_bench_result(&first, "config.line", json_pack("{s:s}", "text", text));
}

static void configuration_line_is_in_force_when_answered(void **state)
{
	json_t *result;

	(void)state;
	assert_int_equal(api_bench_error(&first, "config.line", json_pack("{s:s}", "text", "end")),
			 RPC_INVALID_PARAMS);
	json_decref(api_bench_result(&first, "config.enter", NULL));
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
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
	result = api_bench_result(&first, "hostname", NULL);
	assert_string_equal(json_string_value(json_object_get(result, "hostname")), "other");
	json_decref(result);
}

static const char *dialect_of(struct client *c)
{
	static char name[8];
	json_t *result = api_bench_result(c, "hostname", NULL);

	snprintf(name, sizeof(name), "%s", json_string_value(json_object_get(result, "dialect")));
	json_decref(result);
	return name;
}

static void a_dialect_is_of_one_connection(void **state)
{
	struct client second;

	(void)state;
	assert_string_equal(dialect_of(&first), "ios");
	json_decref(api_bench_result(&first, "terminal.set", json_pack("{s:s}", "dialect", "pix")));
	assert_string_equal(dialect_of(&first), "pix");
	assert_int_equal(
		api_bench_error(&first, "terminal.set", json_pack("{s:s}", "dialect", "vpn3000")),
		RPC_INVALID_PARAMS);
	assert_string_equal(dialect_of(&first), "pix");
	bench.a.control->config.dialect = DIALECT_ASA;
	second = api_bench_connect();
	assert_string_equal(dialect_of(&second), "asa");
	assert_string_equal(dialect_of(&first), "pix");
	api_bench_disconnect(&second);
}

static void wrong_line_says_why_and_changes_nothing(void **state)
{
	json_t *result;

	(void)state;
	json_decref(api_bench_result(&first, "config.enter", NULL));
	bench_forget(&bench.a);
	result = line("interface GigabitEthernet0/1 nonsense");
	assert_string_equal(
		json_string_value(json_object_get(api_bench_at(result, "faults", 0), "kind")),
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
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(line("ip access-list extended VPN"));
	for (int i = 0; i < BENCH_WORKERS * BENCH_TUNNELS + 1 && !refused; i++) {
		size_t n = bench.a.control->tunnels.n;
		char text[80];
		json_t *result;

		snprintf(text, sizeof(text), "permit ip host 192.168.%d.%d host 192.168.9.9",
			 1 + i / 100, i % 100);
		bench_forget(&bench.a);
		result = line(text);
		refused = json_array_size(json_object_get(result, "faults")) > 0;
		assert_int_equal(bench.a.control->tunnels.n, n + !refused);
		json_decref(result);
	}
	assert_true(refused);
}

/* Half a change is no fault; what is still missing when the user leaves is said once. */
static void leaving_configuration_says_what_is_wrong_with_the_whole(void **state)
{
	const json_t *fault;
	json_t *result;
	size_t i, n = 0;

	(void)state;
	json_decref(api_bench_result(&first, "config.enter", NULL));
	result = api_bench_result(&first, "config.leave", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(line("crypto map MAP 77 ipsec-isakmp"));
	result = api_bench_result(&first, "config.leave", NULL);
	json_array_foreach(json_object_get(result, "faults"), i, fault)
		n += strstr(json_string_value(json_object_get(fault, "text")), "77") != NULL;
	/* no peer, no access list, no transform set */
	assert_int_equal(n, 3);
	json_decref(result);
	json_decref(api_bench_result(&first, "config.enter", NULL));
	result = api_bench_result(&first, "config.leave", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
}

static void line_that_makes_something_wrong_says_so_once(void **)
{
	json_t *result, *faults;
	const char *text;

	json_decref(api_bench_result(&first, "config.enter", NULL));
	result = line("ip local pool BAD 10.99.0.0 10.99.0.9");
	faults = json_object_get(result, "faults");
	assert_int_equal(json_array_size(faults), 1);
	text = json_string_value(json_object_get(json_array_get(faults, 0), "text"));
	assert_int_equal(strncmp(text, "RA-POOL-BAD: ", 13), 0);
	json_decref(result);
	result = line("ip local pool GOOD 10.98.0.1 10.98.0.9");
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
	result = api_bench_result(&first, "config.leave", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
}

static void debug_lines_reach_the_client_that_asked(void **state)
{
	struct client other = api_bench_connect();
	json_t *message;
	size_t n = 0;

	(void)state;
	json_decref(api_bench_result(&first, "debug.set",
				     json_pack("{s:s,s:b}", "topic", "all", "on", 1)));
	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	while ((message = api_bench_next(&first))) {
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
	assert_null(api_bench_next(&other));
	json_decref(api_bench_result(&first, "debug.set",
				     json_pack("{s:s,s:b}", "topic", "all", "on", 0)));
	assert_false(debug_log_wants(bench.a.control->log, IKE_TOPIC_ISAKMP));
	api_bench_disconnect(&other);
	api_bench_turn();
}

static void debug_ends_with_the_client(void **state)
{
	struct client other = api_bench_connect();

	(void)state;
	json_decref(api_bench_result(&other, "debug.set",
				     json_pack("{s:s,s:b}", "topic", "ipsec", "on", 1)));
	assert_true(debug_log_wants(bench.a.control->log, IKE_TOPIC_IPSEC));
	api_bench_disconnect(&other);
	api_bench_turn();
	assert_false(debug_log_wants(bench.a.control->log, IKE_TOPIC_IPSEC));
}

/* H189 */
static void who_edits_is_told_of_another(void **state)
{
	struct client other = api_bench_connect();
	json_t *result;

	(void)state;
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(api_bench_result(&other, "config.enter", NULL));
	result = line("hostname mine");
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
	result =
		api_bench_result(&other, "config.line", json_pack("{s:s}", "text", "hostname his"));
	assert_non_null(strstr(
		json_string_value(json_object_get(api_bench_at(result, "faults", 0), "text")),
		"has changed the configuration"));
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	/* told once; and what one does is no news to oneself */
	result = api_bench_result(&other, "config.line", json_pack("{s:s}", "text", "hostname me"));
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 0);
	json_decref(result);
	result = line("hostname mine");
	assert_int_equal(json_array_size(json_object_get(result, "faults")), 1);
	json_decref(result);
	api_bench_disconnect(&other);
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
		struct client c = api_bench_connect();

		assert_int_equal(write(c.fd, frames[i], i == 2 ? 6 : 4), i == 2 ? 6 : 4);
		api_bench_turn();
		assert_true(api_bench_is_closed(&c));
		api_bench_disconnect(&c);
	}
}

static void requests_that_are_none_are_refused_and_the_connection_lives(void **state)
{
	json_t *reply;

	(void)state;
	assert_int_equal(api_bench_error(&first, "no.such", NULL), RPC_NO_METHOD);
	api_bench_send(&first, json_pack("{s:i}", "id", 7));
	api_bench_turn();
	reply = api_bench_next(&first);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(reply, "error"), "code")),
		RPC_INVALID_REQUEST);
	json_decref(reply);
	api_bench_send(&first, json_pack("[i]", 1));
	api_bench_turn();
	json_decref(api_bench_next(&first));
	json_decref(api_bench_result(&first, "hostname", NULL));
}

static void request_in_pieces_is_answered_once(void **state)
{
	json_t *request = rpc_request(9, "hostname", NULL), *reply;
	size_t len;
	uint8_t *frame = rpc_frame(request, &len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		assert_null(api_bench_next(&first));
		assert_int_equal(write(first.fd, frame + i, 1), 1);
		api_bench_turn();
	}
	reply = api_bench_next(&first);
	assert_int_equal(json_integer_value(json_object_get(reply, "id")), 9);
	assert_null(api_bench_next(&first));
	json_decref(reply);
	json_decref(request);
	free(frame);
}

static void client_that_does_not_read_is_closed(void **state)
{
	json_t *request = rpc_request(1, "show.drops", NULL);
	size_t len;
	uint8_t *frame = rpc_frame(request, &len);
	struct client slow = api_bench_connect();
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
	api_bench_disconnect(&slow);
	json_decref(api_bench_result(&first, "hostname", NULL));
}

static void crowd_beyond_the_limit_is_turned_away(void **state)
{
	int pair[2];
	struct client crowd[API_SERVER_CLIENTS];

	(void)state;
	for (int i = 0; i < API_SERVER_CLIENTS - 1; i++)
		crowd[i] = api_bench_connect();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(api_server_adopt(bench.a.control->api, pair[0]), -EBUSY);
	close(pair[1]);
	json_decref(api_bench_result(&first, "hostname", NULL));
	for (int i = 0; i < API_SERVER_CLIENTS - 1; i++)
		api_bench_disconnect(&crowd[i]);
}

/* What the server says to a user that has one group besides its own. */
static int adopted_with(gid_t supplementary)
{
	enum {
		USER = 12345
	};
	gid_t own = getegid();
	int pair[2], rc;

	assert_int_equal(setgroups(1, &supplementary), 0);
	assert_int_equal(setegid(USER), 0);
	assert_int_equal(seteuid(USER), 0);
	rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(own), 0);
	assert_int_equal(rc, 0);
	rc = api_server_adopt(bench.a.control->api, pair[0]);
	close(pair[1]);
	return rc;
}

/* Operators are put into the group of the service and keep their own as the first. */
static void member_by_supplementary_group_is_let_in(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(adopted_with(getegid()), 0);
	assert_int_equal(adopted_with(54321), -EPERM);
	assert_int_equal(setgroups(0, NULL), 0);
}

/* Tunnels, not SA pairs: one that is being renewed is one. */
static void a_line_says_how_many_tunnels_it_takes_down(void **state)
{
	json_t *result;

	(void)state;
	bench_acquire(&bench, &bench.a, ICMP);
	bench_acquire(&bench, &bench.a, TCP);
	api_bench_turn();
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(line("interface GigabitEthernet0/1"));
	result = line("no crypto map M");
	assert_non_null(strstr(
		json_string_value(json_object_get(api_bench_at(result, "faults", 0), "text")),
		"2 of the 2 that were up are torn down, of 1 peer"));
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(member_by_supplementary_group_is_let_in),
		API_CASE(saved_configuration_is_answered_after_the_acknowledgement),
		API_CASE(configuration_line_is_in_force_when_answered),
		API_CASE(a_dialect_is_of_one_connection),
		API_CASE(wrong_line_says_why_and_changes_nothing),
		API_CASE(line_without_room_for_its_tunnel_is_refused),
		API_CASE(leaving_configuration_says_what_is_wrong_with_the_whole),
		API_CASE(line_that_makes_something_wrong_says_so_once),
		API_CASE(debug_lines_reach_the_client_that_asked),
		API_CASE(debug_ends_with_the_client),
		API_CASE(who_edits_is_told_of_another),
		API_CASE(bad_frames_close_the_connection),
		API_CASE(requests_that_are_none_are_refused_and_the_connection_lives),
		API_CASE(request_in_pieces_is_answered_once),
		API_CASE(client_that_does_not_read_is_closed),
		API_CASE(crowd_beyond_the_limit_is_turned_away),
		API_CASE(a_line_says_how_many_tunnels_it_takes_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
