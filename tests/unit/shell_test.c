/* SPDX-License-Identifier: BSD-3-Clause */
/* The whole shell without a terminal, against a server in a thread of the test. */
#include "cli/complete.h"
#include "cli/shell.h"

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct bench {
	char dir[32];
	int listener;
	pthread_t thread;
	char calls[4096]; /* "method params\n" of every request, in order */
	struct session session;
	struct shell shell;
};

static const struct {
	const char *method;
	const char *result; /* NULL: refused */
} answers[] = {
	{"hostname", "{\"hostname\":\"R1\",\"dialect\":\"ios\"}"},
	{"terminal.set", "{\"dialect\":\"asa\"}"},
	{"show.isakmp_sa", "{\"sas\":[]}"},
	{"show.running_config", "{\"text\":\"hostname R1\\ncrypto isakmp enable\\n\"}"},
	{"show.access_list", NULL},
	{"clear.isakmp", "{\"cleared\":1}"},
	{"clear.sa", "{\"cleared\":2}"},
	{"config.enter", "{\"prompt\":\"(config)\"}"},
	{"config.leave", "{}"},
	{"config.save", "{\"path\":\"x\",\"bytes\":1}"},
	{"access.enable", "{\"privilege\":15}"},
	{"access.disable", "{\"privilege\":1}"},
	{"debug.set", "{\"topics\":[\"isakmp\"]}"},
};

/* The configuration of the bench: one interface mode, one line that is wrong, one that warns. */
static json_t *answer_config(const char *line)
{
	static char prompt[32] = "(config)";

	if (strncmp(line, "interface", 9) == 0)
		strcpy(prompt, "(config-if)");
	if (strcmp(line, "exit") == 0)
		strcpy(prompt, "(config)");
	if (strcmp(line, "crypto map 5") == 0)
		return json_pack("{s:s, s:[{s:s, s:i, s:s}], s:b}", "prompt", prompt, "faults",
				 "kind", "error", "column", 11, "text",
				 "invalid input \"5\": expected a name", "changed", 0);
	if (strcmp(line, "crypto map M 10 ipsec-isakmp") == 0)
		return json_pack("{s:s, s:[{s:s, s:i, s:s}], s:b}", "prompt", prompt, "faults",
				 "kind", "warning", "column", -1, "text",
				 "WARNING: crypto map entry incomplete", "changed", 1);
	return json_pack("{s:s, s:[], s:b}", "prompt", prompt, "faults", "changed", 1);
}

static json_t *answer(const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));
	const json_t *params = json_object_get(request, "params");
	const json_t *id = json_object_get(request, "id");

	if (strcmp(method, "config.line") == 0)
		return rpc_result(id, answer_config(render_text_of(params, "text")));
	for (size_t i = 0; i < array_len(answers); i++)
		if (strcmp(answers[i].method, method) == 0 && answers[i].result)
			return rpc_result(id, json_loads(answers[i].result, 0, NULL));
	return rpc_error(id, RPC_FAILED, "Not here");
}

static void record(struct bench *b, const json_t *request)
{
	char *params =
		json_dumps(json_object_get(request, "params"), JSON_COMPACT | JSON_SORT_KEYS);
	size_t len = strlen(b->calls);

	snprintf(b->calls + len, sizeof(b->calls) - len, "%s %s\n",
		 json_string_value(json_object_get(request, "method")), params ? params : "");
	free(params);
}

static void reply(struct bench *b, int fd, json_t *request)
{
	json_t *message = answer(request);
	size_t len = 0;
	uint8_t *frame = rpc_frame(message, &len);

	record(b, request);
	if (write(fd, frame, len) != (ssize_t)len)
		abort();
	free(frame);
	json_decref(message);
	json_decref(request);
}

static void *serve(void *arg)
{
	struct bench *b = arg;
	int fd = accept(b->listener, NULL, NULL);
	struct rpc_reader r;
	char data[4096];
	json_t *request;
	ssize_t n;

	rpc_reader_init(&r, RPC_REQUEST_MAX);
	while ((n = read(fd, data, sizeof(data))) > 0) {
		if (rpc_reader_feed(&r, data, (size_t)n))
			abort();
		while (rpc_reader_next(&r, &request) > 0)
			reply(b, fd, request);
	}
	rpc_reader_fini(&r);
	close(fd);
	return NULL;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strcpy(b->dir, "/tmp/shell_test.XXXXXX");
	if (!mkdtemp(b->dir))
		return -1;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/api.sock", b->dir);
	b->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(b->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(b->listener, 1) || pthread_create(&b->thread, NULL, serve, b) ||
	    session_open(&b->session, b->dir) || shell_init(&b->shell, &b->session, stdout, stderr))
		return -1;
	b->shell.privileged = true;
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	char path[64];

	session_close(&b->session);
	pthread_join(b->thread, NULL);
	close(b->listener);
	snprintf(path, sizeof(path), "%s/api.sock", b->dir);
	unlink(path);
	rmdir(b->dir);
	free(b);
	return 0;
}

/* Runs a line and compares what it printed and called. */
static void expect(struct bench *b, const char *line, int status, const char *out, const char *err,
		   const char *calls)
{
	char *out_text = NULL, *err_text = NULL;
	size_t out_len, err_len;
	int rc;

	*b->calls = '\0';
	b->shell.out = open_memstream(&out_text, &out_len);
	b->shell.err = open_memstream(&err_text, &err_len);
	rc = shell_line(&b->shell, line);
	fclose(b->shell.out);
	fclose(b->shell.err);
	assert_string_equal(out_text, out);
	assert_string_equal(err_text, err);
	assert_int_equal(rc, status);
	if (calls)
		assert_string_equal(b->calls, calls);
	free(out_text);
	free(err_text);
}

static void show_calls_and_renders(void **state)
{
	expect(*state, "sh cry isa sa", 0,
	       "IPv4 Crypto ISAKMP SA\n"
	       "dst             src             state          conn-id slot status\n"
	       "\n"
	       "IPv6 Crypto ISAKMP SA\n",
	       "", "show.isakmp_sa {}\n");
	expect(*state, "sh run | i ^host", 0, "hostname R1\n", "", "show.running_config {}\n");
	expect(*state, "show crypto isakmp sa | json", 0, "{\n  \"sas\": []\n}\n", "", NULL);
}

static void refusal_of_the_server_is_printed(void **state)
{
	expect(*state, "show access-list 110", 1, "", "% Not here\n",
	       "show.access_list {\"name\":\"110\"}\n");
}

static void errors_repeat_the_line_in_scripts(void **state)
{
	struct bench *b = *state;

	b->shell.where = "f:3: ";
	expect(b, "show nothing", 1, "",
	       "f:3: show nothing\n"
	       "          ^\n"
	       "% Invalid input detected at '^' marker.\n",
	       "");
	b->shell.where = NULL;
	expect(b, "c", 1, "", "c\n% Ambiguous command:  \"c\"\n", "");
	expect(b, "show crypto", 1, "", "show crypto\n% Incomplete command.\n", "");
	expect(b, "what", 1, "",
	       "what\n% Unknown command or computer name, or unable to find computer address\n",
	       "");
	expect(b, "show run | what x", 1, "",
	       "show run | what x\n"
	       "         ^\n"
	       "% Unknown output filter: append, begin, count, exclude, grep, include, json, "
	       "redirect or section\n",
	       "");
}

static void caret_stands_under_the_word_at_a_prompt(void **state)
{
	struct bench *b = *state;

	b->shell.prompted = true;
	expect(b, "show nothing", 1, "",
	       "        ^\n"
	       "% Invalid input detected at '^' marker.\n",
	       "");
}

static void comments_and_empty_lines_do_nothing(void **state)
{
	expect(*state, "", 0, "", "", "");
	expect(*state, "   ", 0, "", "", "");
	expect(*state, " ! show version", 0, "", "", "");
}

static void too_long_a_line_is_refused(void **state)
{
	char line[SHELL_LINE_MAX + 2];

	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	expect(*state, line, 1, "", "% Input too long\n", "");
}

/* H185: whatever is typed, the shell answers or says why not, and goes on. */
static void lines_of_any_bytes_are_survived(void **state)
{
	static const size_t lengths[] = {1, 255, 256, 4095, 4096, 1000000};
	static const char *const odd[] = {
		"show \t\t version\r",
		"\x1b[31mshow\x1b[0m",
		"show\x01version",
		"show \xc0\xaf",
		"show \xed\xa0\x80",
		"\x80\xff\xfe",
		"show |",
		"|||",
		"show ver | include ((((",
		"?",
		"??",
		"do do do",
		"no",
		"terminal dialect",
		"show run | redirect",
	};
	struct bench *b = *state;
	char *out_text = NULL;
	size_t out_len;
	FILE *sink = open_memstream(&out_text, &out_len);

	b->shell.out = b->shell.err = sink;
	for (size_t i = 0; i < array_len(lengths); i++) {
		char *line = malloc(lengths[i] + 1);

		memset(line, 'a', lengths[i]);
		line[lengths[i]] = '\0';
		assert_int_equal(shell_line(&b->shell, line), 1);
		free(line);
	}
	for (size_t i = 0; i < array_len(odd); i++)
		shell_line(&b->shell, odd[i]);
	fclose(sink);
	free(out_text);
	expect(b, "show crypto isakmp sa | count IPv4", 0,
	       "Number of lines which match regexp = 1\n", "", NULL);
}

/* H196: a file is written by who is privileged, and with no bar by who is not. */
static void user_prompt_writes_no_file(void **state)
{
	struct bench *b = *state;
	char line[128];

	b->shell.privileged = false;
	snprintf(line, sizeof(line), "show ip route | redirect %s/x", b->dir);
	assert_int_equal(shell_line(&b->shell, line), 1);
	snprintf(line, sizeof(line), "%s/x", b->dir);
	assert_int_not_equal(access(line, F_OK), 0);
	b->shell.privileged = true;
}

static void configuration_mode_follows_the_server(void **state)
{
	struct bench *b = *state;
	char prompt[SHELL_PROMPT];

	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1#");
	expect(b, "conf t", 0, "", "", "config.enter \n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1(config)#");
	expect(b, "interface GigabitEthernet0/1", 0, "", "",
	       "config.line {\"text\":\"interface GigabitEthernet0/1\"}\nhostname \n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1(config-if)#");
	expect(b, "exit", 0, "", "", "config.line {\"text\":\"exit\"}\nhostname \n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1(config)#");
	expect(b, "exit", 0, "", "", "config.leave \n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1#");
	expect(b, "conf t", 0, "", "", "config.enter \n");
	expect(b, "interface Gi0/1", 0, "", "", NULL);
	expect(b, "end", 0, "", "", "config.leave \n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1#");
	assert_false(b->shell.quit);
}

static void exec_commands_work_in_configuration_mode(void **state)
{
	struct bench *b = *state;

	expect(b, "configure terminal", 0, "", "", NULL);
	expect(b, "do clear crypto isakmp 7", 0, "1 IKE SA removed\n", "",
	       "clear.isakmp {\"conn_id\":7}\n");
	expect(b, "do sh run | include enable", 0, "crypto isakmp enable\n", "", NULL);
	expect(b, "show running-config | count h", 0, "Number of lines which match regexp = 1\n",
	       "", NULL);
	expect(b, "do ping 10.0.0.1 bogus", 1, "",
	       "do ping 10.0.0.1 bogus\n"
	       "                 ^\n"
	       "% Invalid input detected at '^' marker.\n",
	       NULL);
	expect(b, "do show nothing", 1, "",
	       "do show nothing\n"
	       "        ^\n"
	       "% Invalid input detected at '^' marker.\n",
	       "");
	expect(b, "end", 0, "", "", NULL);
}

static void faults_of_a_line_are_printed(void **state)
{
	struct bench *b = *state;

	expect(b, "configure terminal", 0, "", "", NULL);
	expect(b, "crypto map 5", 1, "",
	       "crypto map 5\n"
	       "           ^\n"
	       "% Invalid input detected at '^' marker.\n"
	       "% \"5\": expected a name\n",
	       NULL);
	expect(b, "crypto map M 10 ipsec-isakmp", 0, "", "WARNING: crypto map entry incomplete\n",
	       NULL);
	expect(b, "end", 0, "", "", NULL);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
	struct bench *b = *state;

	expect(b, "configure terminal", 0, "", "", NULL);
	expect(b, "hostname \xff\xfe", 1, "", "hostname \xff\xfe\n% A line must be UTF-8 text\n",
	       "");
	expect(b, "end", 0, "", "", NULL);
	expect(b, "show access-lists \xff", 1, "",
	       "show access-lists \xff\n% A line must be UTF-8 text\n", "");
}

static void user_prompt_knows_no_privileged_command(void **state)
{
	struct bench *b = *state;
	char prompt[SHELL_PROMPT];

	expect(b, "disable", 0, "", "", "access.disable {\"level\":1}\n");
	assert_string_equal(shell_prompt(&b->shell, prompt, sizeof(prompt)), "R1>");
	expect(b, "configure terminal", 1, "",
	       "configure terminal\n^\n% Invalid input detected at '^' marker.\n", "");
	expect(b, "enable", 0, "", "", "access.enable {\"level\":15}\n");
	expect(b, "write memory", 0, "Building configuration...\n[OK]\n", "", "config.save {}\n");
	expect(b, "exit", 0, "", "", "");
	assert_true(b->shell.quit);
}

static void the_dialect_is_of_the_connection(void **state)
{
	struct bench *b = *state;

	assert_int_equal(b->shell.dialect, DIALECT_IOS);
	expect(b, "terminal dialect asa", 0, "", "", "terminal.set {\"dialect\":\"asa\"}\n");
	assert_int_equal(b->shell.dialect, DIALECT_ASA);
	assert_int_equal(b->session.dialect, DIALECT_ASA);
}

static void debug_is_remembered(void **state)
{
	struct bench *b = *state;

	expect(b, "debug crypto isakmp", 0, "Crypto ISAKMP debugging is on\n", "",
	       "debug.set {\"on\":true,\"topic\":\"isakmp\"}\n");
	assert_true(b->shell.debugging);
}

static void question_mark_prints_help(void **state)
{
	expect(*state, "clear crypto sa ?", 0,
	       "  counters  Reset the SA counters\n"
	       "  map       Clear all SAs for a given crypto map\n"
	       "  peer      Clear all SAs for a given crypto peer\n"
	       "  spi       Clear SA by SPI\n"
	       "  <cr>\n",
	       "", "");
	expect(*state, "clear crypto isakmp ?", 0,
	       "  <0 - 32766>  connection id of SA\n"
	       "  <cr>\n",
	       "", "");
	expect(*state, "nothing ?", 1, "", "nothing ?\n% Unrecognized command\n", "");
}

static bool offers(const struct shell *shell, const char *text, const char *word)
{
	struct config_choice rows[COMPLETE_MAX];
	size_t n = complete_choices(shell, text, rows, array_len(rows));

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].word, word) == 0)
			return true;
	return false;
}

static void completion_knows_both_tables(void **state)
{
	struct bench *b = *state;

	assert_true(offers(&b->shell, "sh", "show"));
	assert_false(offers(&b->shell, "", "interface"));
	assert_true(offers(&b->shell, "show arp | in", "include"));
	assert_false(offers(&b->shell, "show nothing | in", "include"));
	expect(b, "configure terminal", 0, "", "", NULL);
	assert_true(offers(&b->shell, "", "interface"));
	assert_true(offers(&b->shell, "", "do"));
	assert_true(offers(&b->shell, "", "end"));
	assert_true(offers(&b->shell, "do show cry", "crypto"));
	assert_true(offers(&b->shell, "crypto isakmp po", "policy"));
	assert_true(offers(&b->shell, "do show arp | in", "include"));
	assert_false(offers(&b->shell, "cry ?", "<cr>"));
	assert_true(offers(&b->shell, "clear crypto sa ", "peer"));
	expect(b, "interface Gi0/0", 0, "", "", NULL);
	assert_false(offers(&b->shell, "e ", "<cr>"));
}

static void lost_connection_is_one_sentence(void **)
{
	struct session s;

	assert_int_not_equal(session_open(&s, "/nonexistent/culvert"), 0);
	assert_non_null(strstr(s.error, "culvertd is not running in /nonexistent/culvert"));
	assert_null(strchr(s.error, '\n'));
}

#define WITH_BENCH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BENCH(show_calls_and_renders),
		WITH_BENCH(refusal_of_the_server_is_printed),
		WITH_BENCH(errors_repeat_the_line_in_scripts),
		WITH_BENCH(caret_stands_under_the_word_at_a_prompt),
		WITH_BENCH(comments_and_empty_lines_do_nothing),
		WITH_BENCH(too_long_a_line_is_refused),
		WITH_BENCH(lines_of_any_bytes_are_survived),
		WITH_BENCH(user_prompt_writes_no_file),
		WITH_BENCH(configuration_mode_follows_the_server),
		WITH_BENCH(exec_commands_work_in_configuration_mode),
		WITH_BENCH(faults_of_a_line_are_printed),
		WITH_BENCH(text_that_is_not_utf8_is_refused),
		WITH_BENCH(user_prompt_knows_no_privileged_command),
		WITH_BENCH(the_dialect_is_of_the_connection),
		WITH_BENCH(debug_is_remembered),
		WITH_BENCH(question_mark_prints_help),
		WITH_BENCH(completion_knows_both_tables),
		cmocka_unit_test(lost_connection_is_one_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
