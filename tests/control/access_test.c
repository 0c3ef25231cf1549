/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may do what over the API: privileges, the passwords of enable and login, who did what. */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	STRANGER = 12345,
};

static struct config *config(void)
{
	return &bench.a.control->config;
}

static void configure(const char *text)
{
	struct fault_list faults = {0};

	assert_int_equal(config_grammar_text(config(), text, strlen(text), &faults), 0);
	fault_list_fini(&faults);
}

static json_t *level(int n)
{
	return json_pack("{s:i}", "level", n);
}

static int privilege_of(const char *field)
{
	json_t *result = api_bench_result(&first, "access.show", NULL);
	int n = (int)json_integer_value(json_object_get(result, field));

	json_decref(result);
	return n;
}

/* The bench runs as root, and a client of it is root: as if it were somebody else. */
static void become(unsigned granted)
{
	struct api_client *client =
		(struct api_client *)api_server_next(bench.a.control->api, NULL);

	client->granted = client->privilege = granted;
	snprintf(client->user, sizeof(client->user), "alice");
}

/* H196: every method, at every level. */
static void a_method_is_refused_below_its_privilege(void **)
{
	for (unsigned granted = 0; granted < RPC_PRIVILEGE_ALL; granted++) {
		become(granted);
		for (enum rpc_method m = 0; m < RPC_METHOD_COUNT; m++) {
			json_t *reply, *error;
			bool denied;

			if (m == RPC_ACCESS_ENABLE || m == RPC_ACCESS_DISABLE)
				continue;
			reply = api_bench_call(&first, rpc_schema_name(m), NULL);
			error = json_object_get(reply, "error");
			denied = json_integer_value(json_object_get(error, "code")) == RPC_DENIED;
			if (denied != (rpc_schema_privilege(m) > granted))
				fail_msg("%s at privilege %u", rpc_schema_name(m), granted);
			json_decref(reply);
		}
	}
}

static void what_was_given_away_comes_back_without_a_password(void **)
{
	assert_int_equal(privilege_of("privilege"), 15);
	json_decref(api_bench_result(&first, "access.disable", NULL));
	assert_int_equal(privilege_of("privilege"), 1);
	assert_int_equal(api_bench_error(&first, "clear.arp", NULL), RPC_DENIED);
	assert_int_equal(api_bench_error(&first, "access.disable", level(2)), RPC_INVALID_PARAMS);
	assert_int_equal(api_bench_error(&first, "access.enable", level(16)), RPC_INVALID_PARAMS);
	json_decref(api_bench_result(&first, "access.enable", NULL));
	json_decref(api_bench_result(&first, "clear.arp", NULL));
}

static json_t *password(const char *text)
{
	return json_pack("{s:s}", "password", text);
}

static bool gets_keys(void)
{
	return api_server_next(bench.a.control->api, NULL)->keys;
}

/* Whoever gave his privilege away, or is another user now, is given no more keys. */
static void keys_end_with_the_privilege(void **)
{
	json_decref(api_bench_result(&first, "keys.watch", json_pack("{s:b}", "on", 1)));
	assert_true(gets_keys());
	json_decref(api_bench_result(&first, "access.disable", NULL));
	assert_false(gets_keys());
	json_decref(api_bench_result(&first, "access.enable", NULL));
	assert_false(gets_keys());
	json_decref(api_bench_result(&first, "keys.watch", json_pack("{s:b}", "on", 1)));
	configure("username bob privilege 1 secret builder\n");
	json_decref(api_bench_result(&first, "access.login",
				     json_pack("{s:s,s:s}", "user", "bob", "password", "builder")));
	assert_false(gets_keys());
}

static void more_than_is_granted_needs_the_password(void **)
{
	become(1);
	assert_int_equal(api_bench_error(&first, "access.enable", password("x")), RPC_DENIED);
}

static void enable_asks_for_the_secret(void **)
{
	become(1);
	configure("enable secret correct-horse\n");
	assert_int_equal(api_bench_error(&first, "access.enable", NULL), RPC_PASSWORD);
	assert_int_equal(api_bench_error(&first, "access.enable", password("wrong")), RPC_DENIED);
	assert_int_equal(privilege_of("privilege"), 1);
	json_decref(api_bench_result(&first, "access.enable", password("correct-horse")));
	assert_int_equal(privilege_of("privilege"), 15);
	assert_int_equal(privilege_of("granted"), 1);
}

/* H197 */
static void guesses_at_the_secret_are_slowed_down(void **)
{
	int code = 0;

	become(1);
	configure("enable secret correct-horse\n");
	for (int i = 0; i < 10; i++)
		code = api_bench_error(&first, "access.enable", password("wrong"));
	assert_int_equal(code, RPC_DENIED);
	assert_int_equal(api_bench_error(&first, "access.enable", password("correct-horse")),
			 RPC_DENIED);
}

static void a_login_gives_the_privilege_of_the_user(void **)
{
	become(1);
	configure("username bob privilege 15 secret hunter2\nusername carol privilege 15\n");
	assert_int_equal(api_bench_error(&first, "access.login",
					 json_pack("{s:s,s:s}", "user", "bob", "password", "x")),
			 RPC_DENIED);
	assert_int_equal(
		api_bench_error(&first, "access.login",
				json_pack("{s:s,s:s}", "user", "nobody", "password", "hunter2")),
		RPC_DENIED);
	/* without a password nobody logs in */
	assert_int_equal(api_bench_error(&first, "access.login",
					 json_pack("{s:s,s:s}", "user", "carol", "password", "")),
			 RPC_DENIED);
	assert_int_equal(privilege_of("privilege"), 1);
	json_decref(api_bench_result(&first, "access.login",
				     json_pack("{s:s,s:s}", "user", "bob", "password", "hunter2")));
	assert_int_equal(privilege_of("privilege"), 15);
}

static void the_system_says_who_somebody_is(void **)
{
	assert_int_equal(access_granted(config(), 0, "root"), 15);
	assert_int_equal(access_granted(config(), STRANGER, "alice"), 15);
	configure("username alice privilege 1\n");
	assert_int_equal(access_granted(config(), STRANGER, "alice"), 1);
	assert_int_equal(access_granted(config(), 0, "alice"), 15);
	assert_int_equal(access_granted(config(), STRANGER, "bob"), 15);
	/* passwords are asked for here: who is not named has to give one */
	configure("enable secret correct-horse\nusername carol privilege 15\n");
	assert_int_equal(access_granted(config(), STRANGER, "bob"), 1);
	assert_int_equal(access_granted(config(), STRANGER, "carol"), 15);
	assert_int_equal(access_granted(config(), STRANGER, "uid 12345"), 1);
}

static void users_have_names_and_numbers(void **)
{
	struct access names;
	char name[ACCESS_NAME];

	assert_int_equal(access_init(&names), 0);
	access_name(&names, 0, name);
	assert_string_equal(name, "root");
	access_name(&names, 4000000001u, name);
	assert_string_equal(name, "uid 4000000001");
	access_fini(&names);
}

static bool log_has(const char *text)
{
	const char *line;

	for (size_t i = 0; (line = debug_log_line(bench.a.control->log, i)) != NULL; i++)
		if (strstr(line, text))
			return true;
	return false;
}

static void type(const char *text)
{
	json_decref(api_bench_result(&first, "config.line", json_pack("{s:s}", "text", text)));
}

static void who_changed_what_is_logged_without_the_secrets(void **)
{
	become(15);
	json_decref(api_bench_result(&first, "config.enter", NULL));
	type("hostname R7");
	type("username bob privilege 15 secret canary1");
	type("enable secret canary2");
	type("crypto isakmp key canary3 address 192.0.2.77");
	type("hostname");
	json_decref(api_bench_result(&first, "config.leave", NULL));
	json_decref(api_bench_result(&first, "clear.sa", json_pack("{s:s}", "peer", "192.0.2.77")));
	assert_true(log_has("%PARSER-5-CFGLOG_LOGGEDCMD: User:alice  logged command:hostname R7"));
	assert_true(log_has("logged command:username bob privilege 15 secret *******"));
	assert_true(log_has("logged command:enable secret *******"));
	assert_true(log_has("logged command:crypto isakmp key ******* address 192.0.2.77"));
	assert_true(log_has("User:alice  logged command:clear sa peer 192.0.2.77"));
	assert_false(log_has("canary"));
	assert_false(log_has("logged command:hostname\n"));
}

static bool asa_log_has(const char *text)
{
	const struct debug_log *log = bench.a.control->log;
	const struct debug_log_record *record;
	char line[DEBUG_LOG_PRINTED];

	for (size_t i = 0; (record = debug_log_record(log, i)) != NULL; i++)
		if (strstr(debug_log_print(log, record, DIALECT_ASA, line, sizeof(line)), text))
			return true;
	return false;
}

static void an_asa_tells_of_each_command(void **)
{
	become(15);
	json_decref(api_bench_result(&first, "show.arp", NULL));
	assert_false(asa_log_has("111009"));
	json_decref(api_bench_result(&first, "config.enter", NULL));
	type("terminal dialect asa");
	type("enable password canary2");
	json_decref(api_bench_result(&first, "config.leave", NULL));
	json_decref(api_bench_result(&first, "show.arp", NULL));
	json_decref(api_bench_result(&first, "clear.sa", json_pack("{s:s}", "peer", "192.0.2.77")));
	assert_true(asa_log_has("%ASA-5-111010: User 'alice', running 'CLI' from IP 0.0.0.0, "
				"executed 'enable password *******'"));
	assert_true(asa_log_has(
		"%ASA-5-111008: User 'alice' executed the 'configure terminal' command."));
	assert_true(asa_log_has(
		"%ASA-5-111008: User 'alice' executed the 'clear sa peer 192.0.2.77' command."));
	assert_true(asa_log_has("%ASA-7-111009: User 'alice' executed cmd: show arp"));
	assert_false(asa_log_has("canary"));
}

static void masked(const char *line, const char *wanted)
{
	const struct config_cursor cursor = {.mode = CONFIG_MODE_GLOBAL};
	char *text = config_grammar_masked(&cursor, line);

	assert_string_equal(text, wanted);
	free(text);
}

static void secrets_of_any_line_are_masked(void **)
{
	masked("  hostname R1", "  hostname R1");
	masked("no username bob", "no username bob");
	masked("username bob pass 0 abc", "username bob pass 0 ***");
	masked("passwrd canary and more", "passwrd ***************");
	masked("no passwrd canary", "no passwrd ******");
	masked("snmp-server community canary RO", "snmp-server *******************");
	masked("! remark", "! ******");
	masked("", "");
}

static void connections_are_listed(void **)
{
	struct client second = api_bench_connect();
	json_t *result = api_bench_result(&first, "show.users", NULL);
	const json_t *users = json_object_get(result, "users");
	size_t self = 0;

	assert_int_equal(json_array_size(users), 2);
	for (size_t i = 0; i < 2; i++)
		self += json_is_true(json_object_get(json_array_get(users, i), "self"));
	assert_int_equal(self, 1);
	json_decref(result);
	api_bench_disconnect(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(a_method_is_refused_below_its_privilege),
		API_CASE(what_was_given_away_comes_back_without_a_password),
		API_CASE(keys_end_with_the_privilege),
		API_CASE(more_than_is_granted_needs_the_password),
		API_CASE(enable_asks_for_the_secret),
		API_CASE(guesses_at_the_secret_are_slowed_down),
		API_CASE(a_login_gives_the_privilege_of_the_user),
		API_CASE(the_system_says_who_somebody_is),
		API_CASE(users_have_names_and_numbers),
		API_CASE(who_changed_what_is_logged_without_the_secrets),
		API_CASE(an_asa_tells_of_each_command),
		API_CASE(secrets_of_any_line_are_masked),
		API_CASE(connections_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
