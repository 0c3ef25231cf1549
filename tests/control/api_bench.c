/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/api_bench.h"

#include "controlplane/api_server.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TURNS = 40
};

struct bench bench;
struct loop loop;

struct client first;

struct client api_bench_connect(void)
{
	struct client c;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(api_server_adopt(bench.a.control->api, pair[0]), 0);
	c.fd = pair[1];
	rpc_reader_init(&c.reader, RPC_FRAME_MAX);
	return c;
}

void api_bench_disconnect(struct client *c)
{
	close(c->fd);
	rpc_reader_fini(&c->reader);
}

static void serve(void)
{
	memset(&loop, 0, sizeof(loop));
	assert_int_equal(uv_loop_init(&loop.uv), 0);
	bench.a.control->loop = &loop;
	bench.a.control->api = api_server_create_unbound(bench.a.control);
	assert_non_null(bench.a.control->api);
	first = api_bench_connect();
}

int api_bench_setup(void **state)
{
	(void)state;
	bench_init(&bench, bench_config_a, bench_config_b);
	serve();
	return 0;
}

static void close_all(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void stop_serving(void)
{
	api_server_destroy(bench.a.control->api);
	bench.a.control->api = NULL;
	uv_walk(&loop.uv, close_all, NULL);
	uv_run(&loop.uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop.uv), 0);
	api_bench_disconnect(&first);
	bench.a.control->loop = NULL;
}

int api_bench_teardown(void **state)
{
	(void)state;
	stop_serving();
	bench_fini(&bench);
	return 0;
}

void api_bench_restart(const char *config)
{
	stop_serving();
	bench_reload(&bench, &bench.a, config);
	serve();
}

void api_bench_turn(void)
{
	for (int i = 0; i < TURNS; i++) {
		/* jobs of the engine run on threads, in real time */
		uv_run(&loop.uv, loop.n_jobs ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		bench_settle(&bench);
	}
}

/* The next message for a client, NULL when there is none. */
json_t *api_bench_next(struct client *c)
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

bool api_bench_is_closed(const struct client *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK) == 0;
}

void api_bench_send(struct client *c, json_t *message)
{
	size_t len;
	uint8_t *frame = rpc_frame(message, &len);

	assert_int_equal(write(c->fd, frame, len), (ssize_t)len);
	free(frame);
	json_decref(message);
}

json_t *api_bench_call(struct client *c, const char *method, json_t *params)
{
	json_t *reply;

	api_bench_send(c, rpc_request(7, method, params));
	api_bench_turn();
	reply = api_bench_next(c);
	assert_non_null(reply);
	assert_int_equal(json_integer_value(json_object_get(reply, "id")), 7);
	return reply;
}

json_t *api_bench_result(struct client *c, const char *method, json_t *params)
{
	json_t *reply = api_bench_call(c, method, params);
	json_t *result = json_incref(json_object_get(reply, "result"));

	if (!result)
		fail_msg("%s: %s", method, json_dumps(reply, 0));
	json_decref(reply);
	return result;
}

int api_bench_error(struct client *c, const char *method, json_t *params)
{
	json_t *reply = api_bench_call(c, method, params);
	int code =
		(int)json_integer_value(json_object_get(json_object_get(reply, "error"), "code"));

	json_decref(reply);
	return code;
}

const json_t *api_bench_at(const json_t *object, const char *list, size_t i)
{
	return json_array_get(json_object_get(object, list), i);
}
