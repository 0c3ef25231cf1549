/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static void session_is_a_block(void **)
{
	render_check(render_clients_sessions, NULL,
		     "{\"sessions\":[{\"interface\":\"GigabitEthernet0/1\",\"user\":\"alice\","
		     "\"group\":\"vpn\",\"address\":\"10.9.0.77\",\"uptime_s\":3723,\"idle_s\":5,"
		     "\"idle_limit_s\":1800,\"limit_s\":0,\"peer\":\"10.0.0.2\",\"port\":38542,"
		     "\"local\":\"10.0.0.1\",\"local_port\":500,\"in_packets\":6,\"in_bytes\":504,"
		     "\"out_packets\":7,\"out_bytes\":588}]}",
		     "Crypto session current status\n"
		     "\n"
		     "Interface: GigabitEthernet0/1\n"
		     "Username: alice\n"
		     "Group: vpn\n"
		     "Assigned address: 10.9.0.77\n"
		     "Uptime: 01:02:03\n"
		     "Idle: 00:00:05\n"
		     "Idle timeout: 1800 s\n"
		     "Session status: UP-ACTIVE\n"
		     "Peer: 10.0.0.2 port 38542\n"
		     "  Local: 10.0.0.1 port 500\n"
		     "  Inbound:  6 packets, 504 bytes\n"
		     "  Outbound: 7 packets, 588 bytes\n");
}

static void pools_stand_by_range(void **)
{
	render_check(render_clients_pools, NULL,
		     "{\"ranges\":[{\"pool\":\"POOL\",\"low\":\"10.9.0.1\",\"high\":\"10.9.0.20\","
		     "\"free\":19,\"used\":1}]}",
		     " Pool                     Begin           End               Free  In use\n"
		     " POOL                     10.9.0.1        10.9.0.20           19       1\n");
}

static void servers_say_whether_they_answer(void **)
{
	render_check(
		render_clients_servers, NULL,
		"{\"servers\":[{\"address\":\"10.0.0.9\",\"auth_port\":1812,\"acct_port\":1813,"
		"\"dead\":true,\"requests\":4,\"answers\":3,\"timeouts\":1}],\"waiting\":2,"
		"\"lost\":0}",
		"RADIUS: id 1, priority 1, host 10.0.0.9, auth-port 1812, acct-port 1813\n"
		"     State: current DEAD\n"
		"     Request: 4, response 3, timeouts 1\n"
		"Waiting: 2, accounting records lost: 0, logins held back: 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_is_a_block),
		cmocka_unit_test(pools_stand_by_range),
		cmocka_unit_test(servers_say_whether_they_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
