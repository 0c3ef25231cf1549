/* SPDX-License-Identifier: BSD-3-Clause */
/* What the data plane refuses is named in the log, sent again, and never passes for sent. */
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct bench bench;

static int setup(void **state)
{
	(void)state;
	bench_init(&bench, bench_config_a, bench_config_b);
	bench_forget(&bench.a);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_fini(&bench);
	return 0;
}

static void refuse(enum plane_type type, int error)
{
	bench.a.refuse_type = type;
	bench.a.refuse_error = error;
}

static bool logged(const char *text)
{
	const char *line;

	for (size_t i = 0; (line = debug_log_line(bench.a.control->log, i)); i++) {
		if (strstr(line, text))
			return true;
	}
	return false;
}

/* As the data plane was told last: 1 up, 0 down, -1 nothing. */
static int told(const char *interface)
{
	for (size_t i = bench.a.n_seen; i-- > 0;) {
		const struct plane_msg *msg = &bench.a.seen[i];

		if (msg->type == PLANE_IF_SET && strcmp(msg->interface.name, interface) == 0)
			return msg->interface.up;
	}
	return -1;
}

static void add_line(void)
{
	bench_configure(&bench, &bench.a,
			"ip access-list extended VPN\n permit udp 192.168.1.0 0.0.0.255 "
			"192.168.2.0 0.0.0.255\n");
}

/* Otherwise the new line's packets leave in clear while the configuration says they do not. */
static void refused_policy_keeps_its_interfaces_down_until_it_is_taken(void **state)
{
	(void)state;
	refuse(PLANE_POLICY_COMMIT, -ENOMEM);
	add_line();
	assert_true(logged("policy of 3 lines"));
	assert_int_equal(told("GigabitEthernet0/1"), 0);
	assert_int_equal(told("GigabitEthernet0/0"), -1);
	bench_pass(&bench, 5);
	assert_true(bench_seen(&bench.a, PLANE_POLICY_COMMIT) >= 2);
	assert_int_equal(told("GigabitEthernet0/1"), 0);
	refuse(PLANE_NONE, 0);
	bench_pass(&bench, 10);
	assert_int_equal(told("GigabitEthernet0/1"), 1);
	bench_forget(&bench.a);
	bench_pass(&bench, 100);
	assert_int_equal(bench.a.n_seen, 0);
}

static void every_refusal_of_a_policy_counts_once(void **state)
{
	(void)state;
	refuse(PLANE_POLICY_RULE, -ENOMEM);
	add_line();
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_BEGIN), 1);
	refuse(PLANE_NONE, 0);
	bench_pass(&bench, 3);
	assert_int_equal(bench_seen(&bench.a, PLANE_POLICY_BEGIN), 2);
}

static void refused_interface_is_tried_again_ever_more_seldom(void **state)
{
	(void)state;
	refuse(PLANE_IF_SET, -ENOMEM);
	bench_configure(&bench, &bench.a, "interface GigabitEthernet0/0\n ip mtu 1400\n");
	assert_true(logged("interface GigabitEthernet0/0: Cannot allocate memory"));
	bench_pass(&bench, 200);
	assert_in_range(bench_seen(&bench.a, PLANE_IF_SET), 6, 12);
	refuse(PLANE_NONE, 0);
	bench_forget(&bench.a);
	bench_pass(&bench, 200);
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 1);
	assert_int_equal(bench.a.seen[0].interface.mtu, 1400);
}

static void interface_without_device_is_said_once(void **state)
{
	(void)state;
	refuse(PLANE_IF_SET, -ENODEV);
	bench_configure(&bench, &bench.a, "interface GigabitEthernet0/0\n ip mtu 1400\n");
	assert_true(logged("interface GigabitEthernet0/0"));
	bench_pass(&bench, 100);
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 1);
}

static void refused_route_is_tried_again(void **state)
{
	(void)state;
	refuse(PLANE_ROUTE_ADD, -ENOSPC);
	bench_configure(&bench, &bench.a, "ip route 172.16.0.0 255.240.0.0 10.0.0.9\n");
	assert_true(logged("the route to 172.16.0.0/12"));
	bench_pass(&bench, 5);
	assert_true(bench_seen(&bench.a, PLANE_ROUTE_ADD) >= 2);
	refuse(PLANE_NONE, 0);
	bench_pass(&bench, 10);
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a, "no ip route 172.16.0.0 255.240.0.0 10.0.0.9\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_ROUTE_DEL), 1);
}

static void refused_options_are_tried_again(void **state)
{
	(void)state;
	refuse(PLANE_OPTIONS, -ENOMEM);
	bench_configure(&bench, &bench.a, "no crypto isakmp enable\n");
	refuse(PLANE_NONE, 0);
	bench_pass(&bench, 3);
	assert_int_equal(bench_seen(&bench.a, PLANE_OPTIONS), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(refused_policy_keeps_its_interfaces_down_until_it_is_taken),
		CASE(every_refusal_of_a_policy_counts_once),
		CASE(refused_interface_is_tried_again_ever_more_seldom),
		CASE(interface_without_device_is_said_once),
		CASE(refused_route_is_tried_again),
		CASE(refused_options_are_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
