/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * R097, R098, R102: event lines in the words of each dialect, limited by what they are about, kept
 * in a buffer that ends, stamped, and sent to a server; debug filters.
 */
#include "controlplane/control.h"
#include "controlplane/debug_filter.h"
#include "controlplane/debug_log.h"
#include "controlplane/log_stamp.h"
#include "controlplane/radius_log.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t now = 1000000;
static struct debug_log *events;
static struct config config;

static uint64_t now_ms(void)
{
	return now;
}

static int start(void **)
{
	now = 1000000;
	config_model_init(&config);
	events = debug_log_create(now_ms);
	debug_log_follow(events, &config);
	return events ? 0 : -1;
}

static int stop(void **)
{
	debug_log_destroy(events);
	config_model_fini(&config);
	return 0;
}

static const char *printed(size_t i, enum dialect dialect)
{
	static char text[DEBUG_LOG_PRINTED];

	return debug_log_print(events, debug_log_record(events, i), dialect, text, sizeof(text));
}

static void each_dialect_has_its_number_and_words(void **)
{
	debug_log_event_of(events, DEBUG_LOG_REPLAY, 0xdb6e5a60, "decrypt: replay check failed",
			   "IPSEC: Received an ESP packet that failed anti-replay checking.");
	debug_log_event_of(events, DEBUG_LOG_SA_CREATED, 0, "sa created, (sa) sa_dest= 10.0.0.1",
			   "IPSEC: An inbound LAN-to-LAN SA has been created.");
	assert_string_equal(printed(0, DIALECT_IOS),
			    "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed");
	assert_string_equal(printed(0, DIALECT_ASA),
			    "%ASA-4-402119: IPSEC: Received an ESP packet that failed "
			    "anti-replay checking.");
	assert_string_equal(printed(1, DIALECT_ASA),
			    "%ASA-6-602303: IPSEC: An inbound LAN-to-LAN SA has been created.");
	assert_string_equal(printed(1, DIALECT_PIX),
			    "%PIX-6-602301: sa created, (sa) sa_dest= 10.0.0.1");
}

static void one_line_in_five_seconds_for_each_spi(void **)
{
	for (uint32_t i = 0; i < 100; i++)
		debug_log_event_of(events, DEBUG_LOG_REPLAY, 1 + i % 2, "again", NULL);
	assert_non_null(debug_log_line(events, 1));
	assert_null(debug_log_line(events, 2));
	assert_int_equal(debug_log_suppressed(events), 98);
	now += DEBUG_LOG_WINDOW_MS;
	debug_log_more(events, DEBUG_LOG_REPLAY, 1, 1);
	debug_log_event_of(events, DEBUG_LOG_REPLAY, 1, "again", NULL);
	assert_string_equal(debug_log_line(events, 2),
			    "%CRYPTO-4-PKT_REPLAY_ERR: again (50 more suppressed)");
}

static size_t kept(void)
{
	size_t n = 0;

	while (debug_log_line(events, n))
		n++;
	return n;
}

static void the_buffer_ends(void **)
{
	config.logging.buffer_bytes = 4096;
	for (unsigned i = 0; i < 3000; i++, now += DEBUG_LOG_WINDOW_MS)
		debug_log_event(events, DEBUG_LOG_CONFIG, "Configured for the %uth time", i);
	assert_in_range(kept(), 60, 120);
	config.logging.buffer_bytes = 0;
	for (unsigned i = 0; i < 3000; i++, now += DEBUG_LOG_WINDOW_MS)
		debug_log_event(events, DEBUG_LOG_CONFIG, "Configured for the %uth time", i);
	assert_int_equal(kept(), DEBUG_LOG_LINES);
	debug_log_clear(events);
	assert_int_equal(kept(), 0);
	config.logging.buffered = 4;
	debug_log_event(events, DEBUG_LOG_CONFIG, "not grave enough");
	assert_int_equal(kept(), 0);
}

static void time_and_number_stand_in_front(void **)
{
	static const struct config_timestamps uptime = {.kind = CONFIG_STAMP_UPTIME};
	static const struct config_timestamps date = {.kind = CONFIG_STAMP_DATETIME, .msec = true};
	char text[LOG_STAMP_TEXT];

	assert_string_equal(log_stamp_print(&uptime, 79077000, 0, text), "21:57:57: ");
	assert_string_equal(log_stamp_print(&uptime, 262800000, 0, text), "3d01h: ");
	assert_string_equal(log_stamp_print(&date, 0, 1190458959123, text),
			    "Sep 22 11:02:39.123: ");
	config.logging.sequence = true;
	config.logging.log.kind = CONFIG_STAMP_UPTIME;
	now += 61000;
	debug_log_event(events, DEBUG_LOG_CONFIG, "Configured");
	assert_string_equal(printed(0, DIALECT_IOS),
			    "000001: 00:01:01: %SYS-5-CONFIG_I: Configured");
}

/* A socket that plays the server. */
static int server(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval wait = {.tv_sec = 2};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	getsockname(fd, (struct sockaddr *)&at, &len);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	*port = ntohs(at.sin_port);
	return fd;
}

static void a_server_gets_what_is_grave_enough(void **)
{
	struct config_log_host *host = &config.logging.hosts[0];
	char text[1024] = "";
	int fd = server(&host->port);
	ssize_t n;

	host->address = addr_v4(INADDR_LOOPBACK);
	config.logging.n_hosts = 1;
	config.logging.trap = 4;
	debug_log_event(events, DEBUG_LOG_CONFIG, "severity 5");
	debug_log_event(events, DEBUG_LOG_LINK, "Interface x, changed state to down");
	n = recv(fd, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	/* local7 is 23, and the severity 3 */
	assert_memory_equal(text, "<187>", 5);
	assert_string_equal(strchr(text, 'c') ? strstr(text, " culvert ") : NULL,
			    " culvert %LINK-3-UPDOWN: Interface x, changed state to down");
	config.dialect = DIALECT_ASA;
	now += DEBUG_LOG_WINDOW_MS;
	debug_log_event(events, DEBUG_LOG_LINK, "Interface x, changed state to up");
	n = recv(fd, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, " culvert %ASA-4-411001: Interface x"));
	config.logging.off = true;
	now += DEBUG_LOG_WINDOW_MS;
	debug_log_event(events, DEBUG_LOG_LINK, "nobody hears it");
	assert_int_equal(recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT), -1);
	close(fd);
}

static void a_filter_wants_level_and_conditions(void **)
{
	const struct addr peer = addr_v4(0x0a000002);
	const struct addr other = addr_v4(0x0a000003);
	struct debug_filter filter = {.levels[IKE_TOPIC_ISAKMP] = 5};
	struct ike_said said = {.id = IKE_SAY_CHAIN, .peer = &peer, .group = "", .user = "alice"};
	const struct debug_condition by_peer = {.kind = DEBUG_CONDITION_PEER, .peer = other};
	const struct debug_condition by_user = {.kind = DEBUG_CONDITION_USER, .name = "alice"};

	assert_true(debug_filter_admits(&filter, &said, DIALECT_ASA));
	assert_false(debug_filter_admits(&filter, &said, DIALECT_IOS)); /* has no words */
	said.id = IKE_SAY_KE;
	assert_false(debug_filter_admits(&filter, &said, DIALECT_ASA)); /* level 100 */
	assert_true(debug_filter_admits(&filter, &said, DIALECT_IOS));
	said.id = IKE_SAY_SA_CREATED;
	assert_false(debug_filter_admits(&filter, &said, DIALECT_IOS)); /* another topic */
	said.id = IKE_SAY_KE;
	assert_int_equal(debug_filter_add(&filter, &by_user), 0);
	assert_true(debug_filter_admits(&filter, &said, DIALECT_IOS));
	assert_int_equal(debug_filter_add(&filter, &by_peer), 0);
	assert_false(debug_filter_admits(&filter, &said, DIALECT_IOS));
	said.peer = &other;
	assert_true(debug_filter_admits(&filter, &said, DIALECT_IOS));
	said.user = "bob";
	assert_false(debug_filter_admits(&filter, &said, DIALECT_IOS));
	assert_true(debug_filter_remove(&filter, &by_user));
	assert_false(debug_filter_remove(&filter, &by_user));
	assert_true(debug_filter_admits(&filter, &said, DIALECT_IOS));
}

static char said_text[512];

static void on_said(void *, const struct ike_said *said)
{
	ike_say_print(said, DIALECT_IOS, said_text, sizeof(said_text));
}

static void radius_is_told_without_a_password(void **)
{
	static struct control control;
	static const struct debug_log_listener listener = {.debug = on_said};
	static const struct config_radius_server server = {.auth_port = 1645, .key = "Canary4711"};
	static struct radius_request request = {.kind = RADIUS_ACCESS, .user = "bob"};
	struct aaa_exchange x = {.server = &server, .request = &request, .state = AAA_SENT};

	control.log = events;
	secret_set(&request.password, "hunter2", 7);
	debug_log_listen(events, &listener);
	radius_log_exchange(&control, &x);
	assert_string_equal(said_text, ""); /* nobody listens to it */
	debug_log_set_topics(events, 1u << IKE_TOPIC_RADIUS);
	radius_log_exchange(&control, &x);
	assert_non_null(strstr(said_text, "Send Access-Request to "));
	assert_non_null(strstr(said_text, "\"bob\""));
	assert_null(strstr(said_text, "hunter2"));
	assert_null(strstr(said_text, "Canary"));
	x.state = AAA_REJECTED;
	radius_log_exchange(&control, &x);
	assert_non_null(strstr(said_text, ":1645, Access-Reject"));
	x.state = AAA_SILENT;
	x.flaw = RADIUS_FLAW_KEY;
	radius_log_exchange(&control, &x);
	assert_non_null(strstr(said_text, "another key"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_dialect_has_its_number_and_words, start, stop),
		cmocka_unit_test_setup_teardown(radius_is_told_without_a_password, start, stop),
		cmocka_unit_test_setup_teardown(one_line_in_five_seconds_for_each_spi, start, stop),
		cmocka_unit_test_setup_teardown(the_buffer_ends, start, stop),
		cmocka_unit_test_setup_teardown(time_and_number_stand_in_front, start, stop),
		cmocka_unit_test_setup_teardown(a_server_gets_what_is_grave_enough, start, stop),
		cmocka_unit_test(a_filter_wants_level_and_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
