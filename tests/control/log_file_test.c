/* SPDX-License-Identifier: BSD-3-Clause */
/* `logging file` as the control plane has it: what culvertd is told to write, bounded, counted. */
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static const struct plane_log *piece(size_t i)
{
	for (size_t k = 0; k < bench.a.n_seen; k++)
		if (bench.a.seen[k].type == PLANE_LOG && i-- == 0)
			return &bench.a.seen[k].log;
	return NULL;
}

static void say(const char *text)
{
	debug_log_event(bench.a.control->log, DEBUG_LOG_SESSION, "%s", text);
}

static json_int_t field(const char *name)
{
	json_t *result = api_bench_result(&first, "show.logging", NULL);
	json_int_t n = json_integer_value(json_object_get(json_object_get(result, "file"), name));

	json_decref(result);
	return n;
}

static void lines_go_to_the_file_up_to_its_level(void **)
{
	const struct plane_log *log;

	bench_configure(&bench, &bench.a, "logging file flash:events 65536 notifications\n");
	bench_forget(&bench.a);
	say("the tunnel is up");
	debug_log_event(bench.a.control->log, DEBUG_LOG_SA_CREATED, "no more than informational");
	api_bench_turn();
	assert_int_equal(bench_seen(&bench.a, PLANE_LOG), 1);
	log = piece(0);
	assert_string_equal(log->name, "events");
	assert_int_equal(log->most_bytes, 65536);
	assert_memory_equal(log->text, "%CRYPTO-5-SESSION_STATUS: the tunnel is up\n", log->len);
	assert_true(field("written") >= 1);
}

static void a_long_line_is_sent_in_pieces(void **)
{
	char text[400];

	bench_configure(&bench, &bench.a, "logging file events\n");
	bench_forget(&bench.a);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	say(text);
	api_bench_turn();
	assert_int_equal(bench_seen(&bench.a, PLANE_LOG), 2);
	assert_int_equal(piece(0)->len, PLANE_LOG_TEXT);
	assert_int_equal(piece(1)->text[piece(1)->len - 1], '\n');
}

static void what_waits_is_bounded(void **)
{
	bench_configure(&bench, &bench.a, "logging file events\nlogging queue 3\n");
	for (unsigned i = 0; i < 10; i++)
		say("a line");
	api_bench_turn();
	assert_int_equal(field("lost"), 7);
}

static void a_file_that_cannot_be_written_is_told_of_once(void **)
{
	bench_configure(&bench, &bench.a, "logging file events\n");
	bench.a.refuse_type = PLANE_LOG;
	bench.a.refuse_error = -ENOSPC;
	for (unsigned i = 0; i < 10; i++) {
		say("a line");
		api_bench_turn();
	}
	assert_int_equal(bench_logged(&bench.a,
				      "the log file events cannot be written: No space left "
				      "on device"),
			 1);
	assert_true(field("lost") >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(lines_go_to_the_file_up_to_its_level),
		API_CASE(a_long_line_is_sent_in_pieces),
		API_CASE(what_waits_is_bounded),
		API_CASE(a_file_that_cannot_be_written_is_told_of_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
