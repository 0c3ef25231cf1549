/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/rpc/rpc.h"
#include "lib/rpc/rpc_schema.h"

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t *frame_of(const char *method, size_t *len)
{
	json_t *message = rpc_notification(method, json_pack("{s:i}", "n", 7));
	uint8_t *frame = rpc_frame(message, len);

	assert_non_null(frame);
	json_decref(message);
	return frame;
}

static void expect_method(struct rpc_reader *r, const char *method)
{
	json_t *message = NULL;

	assert_int_equal(rpc_reader_next(r, &message), 1);
	assert_string_equal(json_string_value(json_object_get(message, "method")), method);
	json_decref(message);
}

static void frame_carries_length_big_endian(void **)
{
	size_t len = 0;
	uint8_t *frame = frame_of("a", &len);

	assert_int_equal(frame[0] << 24 | frame[1] << 16 | frame[2] << 8 | frame[3], len - 4);
	assert_int_equal(frame[4], '{');
	free(frame);
}

static void message_comes_out_when_last_byte_arrived(void **)
{
	struct rpc_reader r;
	json_t *message = NULL;
	size_t len = 0;
	uint8_t *frame = frame_of("show.arp", &len);

	rpc_reader_init(&r, RPC_REQUEST_MAX);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(rpc_reader_next(&r, &message), 0);
		assert_int_equal(rpc_reader_feed(&r, frame + i, 1), 0);
	}
	expect_method(&r, "show.arp");
	assert_int_equal(rpc_reader_next(&r, &message), 0);
	rpc_reader_fini(&r);
	free(frame);
}

static void many_messages_in_one_read_come_out_in_order(void **)
{
	enum {
		N = 1000
	};
	struct rpc_reader r;
	uint8_t *all = NULL;
	size_t total = 0;
	char method[16];

	for (int i = 0; i < N; i++) {
		size_t len = 0;
		uint8_t *frame;

		snprintf(method, sizeof(method), "m%d", i);
		frame = frame_of(method, &len);
		all = realloc(all, total + len);
		memcpy(all + total, frame, len);
		total += len;
		free(frame);
	}
	rpc_reader_init(&r, RPC_REQUEST_MAX);
	assert_int_equal(rpc_reader_feed(&r, all, total - 3), 0);
	for (int i = 0; i < N - 1; i++) {
		snprintf(method, sizeof(method), "m%d", i);
		expect_method(&r, method);
	}
	assert_int_equal(rpc_reader_feed(&r, all + total - 3, 3), 0);
	expect_method(&r, "m999");
	rpc_reader_fini(&r);
	free(all);
}

static void expect_protocol_error(const void *data, size_t len, size_t max)
{
	struct rpc_reader r;
	json_t *message = NULL;

	rpc_reader_init(&r, max);
	assert_int_equal(rpc_reader_feed(&r, data, len), 0);
	assert_int_equal(rpc_reader_next(&r, &message), -EPROTO);
	rpc_reader_fini(&r);
}

static void length_of_zero_closes(void **)
{
	expect_protocol_error("\0\0\0\0{}", 6, RPC_REQUEST_MAX);
}

static void length_beyond_limit_closes_without_allocating_it(void **)
{
	expect_protocol_error("\0\0\1\1", 4, 256);
	expect_protocol_error("\377\377\377\377", 4, RPC_FRAME_MAX);
}

static void length_at_limit_is_accepted(void **)
{
	struct rpc_reader r;
	json_t *message = NULL;

	rpc_reader_init(&r, 8);
	assert_int_equal(rpc_reader_feed(&r, "\0\0\0\10[1,2, 3]", 12), 0);
	assert_int_equal(rpc_reader_next(&r, &message), 1);
	json_decref(message);
	rpc_reader_fini(&r);
	expect_protocol_error("\0\0\0\11[1,2,345]", 13, 8);
}

static void text_that_is_not_json_closes(void **)
{
	char deep[4 + 5000] = {0, 0, 5000 >> 8, (char)(5000 & 0xff)};

	expect_protocol_error("\0\0\0\4\0\377{}", 8, RPC_REQUEST_MAX);
	expect_protocol_error("\0\0\0\5{\"a\":", 9, RPC_REQUEST_MAX);
	expect_protocol_error("\0\0\0\16{\"a\":1,\"a\":2} ", 18, RPC_REQUEST_MAX);
	memset(deep + 4, '[', sizeof(deep) - 4);
	expect_protocol_error(deep, sizeof(deep), RPC_REQUEST_MAX);
}

static void error_without_id_says_null(void **)
{
	json_t *e = rpc_error(NULL, RPC_PARSE_ERROR, "not JSON");

	assert_true(json_is_null(json_object_get(e, "id")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(e, "error"), "code")),
			 RPC_PARSE_ERROR);
	json_decref(e);
}

static void write_message(int fd, json_t *message)
{
	size_t len = 0;
	uint8_t *frame = rpc_frame(message, &len);

	assert_int_equal(write(fd, frame, len), (ssize_t)len);
	free(frame);
	json_decref(message);
}

static json_t *read_message(int fd, struct rpc_reader *r)
{
	json_t *message = NULL;
	char data[256];

	while (rpc_reader_next(r, &message) == 0) {
		ssize_t n = read(fd, data, sizeof(data));

		if (n <= 0 || rpc_reader_feed(r, data, (size_t)n))
			return NULL;
	}
	return message;
}

/* Answers one call after a stale answer and a notification, refuses the next, then hangs up. */
static void *serve(void *arg)
{
	int fd = *(int *)arg;
	struct rpc_reader r;
	json_t *request, *stale = json_integer(4711);

	rpc_reader_init(&r, RPC_REQUEST_MAX);
	request = read_message(fd, &r);
	write_message(fd, rpc_result(stale, NULL));
	write_message(fd, rpc_notification("debug.line", json_pack("{s:s}", "text", "hello")));
	write_message(fd, rpc_result(json_object_get(request, "id"),
				     json_incref(json_object_get(request, "params"))));
	json_decref(request);
	request = read_message(fd, &r);
	write_message(fd, rpc_error(json_object_get(request, "id"), RPC_FAILED, "no"));
	json_decref(request);
	json_decref(read_message(fd, &r));
	json_decref(stale);
	rpc_reader_fini(&r);
	close(fd);
	return NULL;
}

static void count_debug_lines(void *ctx, const char *method, const json_t *params)
{
	int *count = ctx;

	assert_string_equal(method, "debug.line");
	assert_string_equal(json_string_value(json_object_get(params, "text")), "hello");
	++*count;
}

static void call_returns_result_error_and_loss(void **)
{
	struct rpc_reader r;
	json_t *result, *error;
	int fd[2], lines = 0;
	pthread_t server;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(pthread_create(&server, NULL, serve, &fd[1]), 0);
	rpc_reader_init(&r, RPC_FRAME_MAX);
	assert_int_equal(rpc_call(fd[0], &r, "echo", json_pack("{s:i}", "x", 5), count_debug_lines,
				  &lines, &result, &error),
			 0);
	assert_int_equal(json_integer_value(json_object_get(result, "x")), 5);
	assert_null(error);
	assert_int_equal(lines, 1);
	json_decref(result);
	assert_int_equal(rpc_call(fd[0], &r, "echo", NULL, NULL, NULL, &result, &error), 0);
	assert_null(result);
	assert_string_equal(json_string_value(json_object_get(error, "message")), "no");
	json_decref(error);
	assert_int_equal(rpc_call(fd[0], &r, "echo", NULL, NULL, NULL, &result, &error),
			 -ECONNRESET);
	pthread_join(server, NULL);
	assert_int_equal(rpc_call(fd[0], &r, "echo", NULL, NULL, NULL, &result, &error), -EPIPE);
	rpc_reader_fini(&r);
	close(fd[0]);
}

static void receive_hands_out_notifications_only(void **)
{
	struct rpc_reader r;
	int fd[2], lines = 0;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	rpc_reader_init(&r, RPC_FRAME_MAX);
	write_message(fd[1], rpc_notification("debug.line", json_pack("{s:s}", "text", "hello")));
	write_message(fd[1], rpc_result(NULL, NULL));
	write_message(fd[1], rpc_notification("debug.line", json_pack("{s:s}", "text", "hello")));
	assert_int_equal(rpc_receive(fd[0], &r, count_debug_lines, &lines), 0);
	assert_int_equal(lines, 2);
	close(fd[1]);
	assert_int_equal(rpc_receive(fd[0], &r, count_debug_lines, &lines), -ECONNRESET);
	rpc_reader_fini(&r);
	close(fd[0]);
}

static void every_method_is_found_by_its_name(void **)
{
	for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++)
		assert_int_equal(rpc_schema_find(rpc_schema_name(m)), m);
	assert_int_equal(rpc_schema_find("show.nothing"), RPC_METHOD_COUNT);
	assert_string_equal(rpc_schema_name(RPC_METHOD_COUNT), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_carries_length_big_endian),
		cmocka_unit_test(message_comes_out_when_last_byte_arrived),
		cmocka_unit_test(many_messages_in_one_read_come_out_in_order),
		cmocka_unit_test(length_of_zero_closes),
		cmocka_unit_test(length_beyond_limit_closes_without_allocating_it),
		cmocka_unit_test(length_at_limit_is_accepted),
		cmocka_unit_test(text_that_is_not_json_closes),
		cmocka_unit_test(error_without_id_says_null),
		cmocka_unit_test(call_returns_result_error_and_loss),
		cmocka_unit_test(receive_hands_out_notifications_only),
		cmocka_unit_test(every_method_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
