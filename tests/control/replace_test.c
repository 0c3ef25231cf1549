/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configurations as a whole: what is different and what ends is told before anything happens, and
 * is what then happens; what is not confirmed goes back, also when the control plane is another.
 */
#include "controlplane/kept.h"
#include "lib/config/config_grammar.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP,
	MINUTE_S = 60,
};

#define ICMP_LINE "permit icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255"

static json_t *call(const char *method, const char *kind, const char *text)
{
	return api_bench_result(&first, method, json_pack("{s:s}", kind, text));
}

static json_t *diff(const char *kind, const char *text)
{
	return api_bench_result(&first, "config.diff", json_pack("{s:{s:s}}", "to", kind, text));
}

static size_t size_of(const json_t *object, const char *list)
{
	return json_array_size(json_object_get(object, list));
}

static const char *text_at(const json_t *object, const char *list, size_t i, const char *field)
{
	return json_string_value(json_object_get(api_bench_at(object, list, i), field));
}

static bool is_applied(const json_t *result)
{
	return json_is_true(json_object_get(result, "applied"));
}

/* The running configuration with its secrets; the caller frees. */
static char *running(void)
{
	json_t *result = call("config.text", "of", "running");
	char *text = strdup(json_string_value(json_object_get(result, "text")));

	json_decref(result);
	return text;
}

/* The running configuration without the first line that has these words. */
static char *without(const char *words)
{
	char *text = running(), *at = strstr(text, words), *end;

	assert_non_null(at);
	while (at > text && at[-1] != '\n')
		at--;
	end = strchr(at, '\n') + 1;
	memmove(at, end, strlen(end) + 1);
	return text;
}

/* Diffie-Hellman runs on the threads of the loop. */
static void bring_up(size_t tunnel)
{
	bench_acquire(&bench, &bench.a, tunnel);
	api_bench_turn();
	bench_assert_joined(&bench, tunnel);
}

static void both_up(void)
{
	bring_up(ICMP);
	bring_up(TCP);
}

static void only_the_tunnel_that_changed_ends_and_is_told_before(void **state)
{
	char *text;
	json_t *result;
	uint32_t tcp;

	(void)state;
	both_up();
	tcp = bench_current(&bench.a, TCP)->spi_in;
	text = without("permit icmp");
	result = diff("text", text);
	assert_int_equal(size_of(result, "lines"), 2);
	assert_string_equal(text_at(result, "lines", 0, "kind"), "same");
	assert_string_equal(text_at(result, "lines", 0, "text"), "ip access-list extended VPN");
	assert_string_equal(text_at(result, "lines", 1, "kind"), "gone");
	assert_non_null(strstr(text_at(result, "lines", 1, "text"), ICMP_LINE));
	assert_int_equal(size_of(result, "ending"), 1);
	assert_int_equal(json_integer_value(json_object_get(result, "up")), 2);
	assert_string_equal(text_at(result, "ending", 0, "reason"), "no longer configured");
	assert_string_equal(text_at(result, "ending", 0, "peer"), "10.0.0.2");
	json_decref(result);
	/* a dry run is dry */
	bench_assert_joined(&bench, ICMP);
	bench_assert_joined(&bench, TCP);

	bench_forget(&bench.a);
	result = call("config.replace", "text", text);
	assert_true(is_applied(result));
	assert_int_equal(size_of(result, "ending"), 1);
	json_decref(result);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	assert_int_equal(bench_current(&bench.a, TCP)->spi_in, tcp);
	assert_int_equal(bench.a.control->store.n_pairs, 1);
	/* of the pair that goes, nothing of the one that stays */
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_IN_REMOVE), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_SA_OUT_REMOVE), 1);
	assert_null(bench_current(&bench.b, ICMP));
	free(text);
}

static void the_same_configuration_again_does_nothing(void **state)
{
	char *text;
	json_t *result;

	(void)state;
	both_up();
	text = running();
	bench_forget(&bench.a);
	result = call("config.replace", "text", text);
	assert_true(is_applied(result));
	assert_int_equal(size_of(result, "lines"), 0);
	assert_int_equal(size_of(result, "ending"), 0);
	json_decref(result);
	bench_settle(&bench);
	assert_int_equal(bench.a.n_seen, 0);
	bench_assert_joined(&bench, ICMP);
	bench_assert_joined(&bench, TCP);
	free(text);
}

static bool is_up(size_t tunnel)
{
	return tunnel < bench.a.control->tunnels.n && bench_current(&bench.a, tunnel);
}

/* What is foreseen of a line is what it does. */
static void what_is_foreseen_happens(void **state)
{
	static const struct {
		const char *lines;
		size_t ending;
	} rows[] = {
		{"hostname other\n", 0},
		{"crypto ipsec security-association lifetime seconds 7200\n", 0},
		{"crypto ipsec security-association replay window-size 1024\n", 0},
		{"crypto isakmp key other address 10.0.0.3\n", 0},
		{"ip access-list extended VPN\n no " ICMP_LINE "\n", 1},
		{"crypto isakmp key other address 10.0.0.2\n", 2},
		{"no crypto isakmp key secret address 10.0.0.2\n", 2},
		{"crypto ipsec transform-set T esp-aes 256 esp-sha-hmac\n", 2},
		{"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.3\n", 2},
		{"crypto map M 10 ipsec-isakmp\n set pfs group14\n", 2},
		{"no crypto isakmp enable\n", 2},
		{"interface GigabitEthernet0/1\n no crypto map M\n", 2},
		{"interface GigabitEthernet0/1\n ip address 10.0.0.7 255.255.255.0\n", 2},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		json_t *result;
		size_t stay;

		both_up();
		result = diff("merge", rows[i].lines);
		if (size_of(result, "ending") != rows[i].ending)
			fail_msg("%s: %zu are foreseen", rows[i].lines, size_of(result, "ending"));
		json_decref(result);
		result = call("config.replace", "merge", rows[i].lines);
		assert_true(is_applied(result));
		json_decref(result);
		stay = is_up(TCP) + is_up(ICMP);
		if (stay != 2 - rows[i].ending)
			fail_msg("%s: %zu stay", rows[i].lines, stay);
		api_bench_teardown(state);
		api_bench_setup(state);
	}
}

static void a_text_with_a_wrong_line_changes_nothing(void **state)
{
	char *before = running(), *after;
	json_t *result = call("config.replace", "text", "hostname x\ncrypto nonsense\n");

	(void)state;
	assert_false(is_applied(result));
	assert_string_equal(text_at(result, "faults", 0, "kind"), "error");
	assert_int_equal(
		json_integer_value(json_object_get(api_bench_at(result, "faults", 0), "line")), 2);
	json_decref(result);
	after = running();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* R004: what show running-config prints has no keys, and is not taken for one that has. */
static void a_masked_text_is_refused(void **state)
{
	json_t *shown = api_bench_result(&first, "show.running_config", NULL);
	json_t *result;

	(void)state;
	both_up();
	result = call("config.replace", "text", json_string_value(json_object_get(shown, "text")));
	assert_false(is_applied(result));
	assert_true(size_of(result, "faults") >= 1);
	json_decref(result);
	json_decref(shown);
	bench_assert_joined(&bench, TCP);
	bench_assert_joined(&bench, ICMP);
}

static void secrets_differ_without_being_shown(void **state)
{
	json_t *result = diff("merge", "crypto isakmp key other address 10.0.0.2\n");
	char *text = json_dumps(result, 0);

	(void)state;
	assert_int_equal(size_of(result, "lines"), 2);
	assert_string_equal(text_at(result, "lines", 0, "text"),
			    text_at(result, "lines", 1, "text"));
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "other"));
	free(text);
	json_decref(result);
}

static void lines_begin_with_words_to_be_cleared(void **state)
{
	json_t *result;

	(void)state;
	both_up();
	assert_int_equal(api_bench_error(&first, "config.diff",
					 json_pack("{s:{s:s}}", "to", "clear", "crypto m")),
			 RPC_FAILED);
	result = diff("clear", "crypto map");
	assert_int_equal(size_of(result, "ending"), 2);
	json_decref(result);
	result = call("config.replace", "clear", "crypto map");
	assert_true(is_applied(result));
	json_decref(result);
	bench_settle(&bench);
	assert_int_equal(bench.a.control->config.n_maps, 0);
	assert_int_equal(bench.a.control->config.n_acls, 1);
	assert_int_equal(bench.a.control->store.n_pairs, 0);
	result = call("config.replace", "clear", "all");
	assert_true(is_applied(result));
	json_decref(result);
	assert_int_equal(bench.a.control->config.n_acls, 0);
	assert_int_equal(bench.a.control->config.n_keys, 0);
	/* the hardware stays, without an address */
	assert_int_equal(bench.a.control->config.n_interfaces, 2);
	assert_int_equal(bench.a.control->config.interfaces[1].device, CONFIG_DEVICE_TAP);
	assert_true(addr_is_none(&bench.a.control->config.interfaces[1].address));
}

static void replace_for_minutes(const char *text, int minutes)
{
	json_t *result = api_bench_result(&first, "config.replace",
					  json_pack("{s:s,s:i}", "text", text, "minutes", minutes));

	assert_true(is_applied(result));
	json_decref(result);
}

static void what_is_not_confirmed_goes_back(void **state)
{
	char *text;
	uint32_t tcp;

	(void)state;
	both_up();
	tcp = bench_current(&bench.a, TCP)->spi_in;
	text = without("permit icmp");
	replace_for_minutes(text, 2);
	assert_int_equal(api_bench_error(&first, "config.replace",
					 json_pack("{s:s,s:i}", "text", text, "minutes", 2)),
			 RPC_FAILED);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	bench_pass_with_traffic(&bench, TCP, 2 * MINUTE_S - 2);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	assert_int_equal(bench_logged(&bench.a, "comes back in one minute"), 1);
	bench_pass_with_traffic(&bench, TCP, 4);
	assert_int_equal(bench.a.control->tunnels.n, 2);
	assert_int_equal(bench_current(&bench.a, TCP)->spi_in, tcp);
	bring_up(ICMP);
	assert_int_equal(api_bench_error(&first, "config.confirm", NULL), RPC_FAILED);
	free(text);
}

static void what_is_confirmed_stays(void **state)
{
	char *text = without("permit icmp");
	json_t *result;

	(void)state;
	replace_for_minutes(text, 1);
	result = api_bench_result(&first, "show.rollback", NULL);
	assert_true(json_is_true(json_object_get(result, "active")));
	assert_true(json_integer_value(json_object_get(result, "remaining_s")) <= MINUTE_S);
	json_decref(result);
	json_decref(api_bench_result(&first, "config.confirm", NULL));
	bench_pass(&bench, 2 * MINUTE_S);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	free(text);
}

/* As `configure terminal revert timer 1` does, with more time later. */
static void lines_go_back_too(void **state)
{
	(void)state;
	json_decref(api_bench_result(&first, "config.revert", json_pack("{s:i}", "minutes", 1)));
	json_decref(api_bench_result(&first, "config.enter", NULL));
	json_decref(call("config.line", "text", "hostname cutoff"));
	bench_pass(&bench, MINUTE_S / 2);
	json_decref(api_bench_result(&first, "config.revert",
				     json_pack("{s:i,s:b}", "minutes", 1, "extend", 1)));
	bench_pass(&bench, MINUTE_S - 2);
	assert_string_equal(bench.a.control->config.hostname, "cutoff");
	bench_pass(&bench, 4);
	assert_string_equal(bench.a.control->config.hostname, "culvert");
	/* at once */
	json_decref(api_bench_result(&first, "config.revert", json_pack("{s:i}", "minutes", 9)));
	json_decref(call("config.line", "text", "hostname cutoff"));
	json_decref(api_bench_result(&first, "config.revert", NULL));
	assert_string_equal(bench.a.control->config.hostname, "culvert");
	assert_int_equal(api_bench_error(&first, "config.revert", NULL), RPC_FAILED);
}

/* Another control plane goes on with what was in force, saved or not, and with the clock. */
static void a_restart_takes_nothing_back_and_stops_no_clock(void **state)
{
	char *text, *kept;
	struct config config;
	uint32_t tcp;

	(void)state;
	both_up();
	tcp = bench_current(&bench.a, TCP)->spi_in;
	text = without("permit icmp");
	replace_for_minutes(text, 2);
	bench_pass_with_traffic(&bench, TCP, 5);
	assert_int_equal(kept_load(&bench.a.plane, &config), 0);
	kept = config_grammar_print(&config, config.dialect, CONFIG_PRINT_SECRETS);
	assert_string_equal(kept, text);
	config_model_fini(&config);
	api_bench_restart(kept);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	assert_true(
		plane_stats_in_of(&bench.a.plane, plane_spi_worker(tcp))[plane_spi_slot(tcp)].spi ==
		tcp);
	bench_pass(&bench, MINUTE_S);
	assert_int_equal(bench.a.control->tunnels.n, 1);
	bench_pass(&bench, MINUTE_S);
	assert_int_equal(bench.a.control->tunnels.n, 2);
	free(kept);
	free(text);
}

/* Who dies the moment it is back does not bring the change back, which nobody could confirm now. */
static void a_death_does_not_bring_a_change_back(void **state)
{
	char *before = running(), *text = without("permit icmp"), *kept;
	struct config config;

	(void)state;
	replace_for_minutes(text, 2);
	bench_pass(&bench, 1);
	json_decref(api_bench_result(&first, "config.revert", NULL));
	assert_int_equal(kept_load(&bench.a.plane, &config), 0);
	kept = config_grammar_print(&config, config.dialect, CONFIG_PRINT_SECRETS);
	assert_string_equal(kept, before);
	config_model_fini(&config);
	free(kept);
	free(text);
	free(before);
}

/* One that dies with it again and again is not tried for ever. */
static void a_configuration_that_kills_is_left(void **state)
{
	struct config config;

	(void)state;
	bench_pass(&bench, 1);
	for (int i = 0; i < KEPT_LOADS_MAX; i++) {
		assert_int_equal(kept_load(&bench.a.plane, &config), 0);
		config_model_fini(&config);
	}
	assert_int_equal(kept_load(&bench.a.plane, &config), -ENOENT);
	/* one of them lives */
	bench_pass(&bench, KEPT_LIVED_MS / 1000 + 1);
	assert_int_equal(kept_load(&bench.a.plane, &config), 0);
	config_model_fini(&config);
}

static void what_is_saved_is_the_next_start(void **state)
{
	json_t *result;

	(void)state;
	json_decref(api_bench_result(&first, "config.save", NULL));
	json_decref(call("config.replace", "merge", "hostname unsaved\n"));
	result = api_bench_result(&first, "config.diff",
				  json_pack("{s:{s:s}}", "from", "of", "startup"));
	assert_int_equal(size_of(result, "lines"), 1);
	assert_string_equal(text_at(result, "lines", 0, "text"), "hostname unsaved");
	json_decref(result);
	result = api_bench_result(&first, "show.startup_config", NULL);
	assert_null(strstr(json_string_value(json_object_get(result, "text")), "secret"));
	assert_non_null(strstr(json_string_value(json_object_get(result, "text")), "crypto map M"));
	json_decref(result);
	json_decref(call("config.replace", "of", "startup"));
	assert_string_equal(bench.a.control->config.hostname, "culvert");
	/* erased: the hardware is left, and what runs goes on */
	json_decref(call("config.save", "clear", "all"));
	assert_non_null(strstr(bench.a.control->startup, "device tap out"));
	assert_null(strstr(bench.a.control->startup, "crypto map"));
	assert_int_equal(bench.a.control->tunnels.n, 2);
	assert_int_equal(api_bench_error(&first, "config.save",
					 json_pack("{s:s}", "text", "hostname nodevice\n")),
			 RPC_FAILED);
	assert_non_null(strstr(bench.a.control->startup, "device tap out"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(only_the_tunnel_that_changed_ends_and_is_told_before),
		API_CASE(the_same_configuration_again_does_nothing),
		API_CASE(what_is_foreseen_happens),
		API_CASE(a_text_with_a_wrong_line_changes_nothing),
		API_CASE(a_masked_text_is_refused),
		API_CASE(secrets_differ_without_being_shown),
		API_CASE(lines_begin_with_words_to_be_cleared),
		API_CASE(what_is_not_confirmed_goes_back),
		API_CASE(what_is_confirmed_stays),
		API_CASE(lines_go_back_too),
		API_CASE(a_restart_takes_nothing_back_and_stops_no_clock),
		API_CASE(a_death_does_not_bring_a_change_back),
		API_CASE(a_configuration_that_kills_is_left),
		API_CASE(what_is_saved_is_the_next_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
