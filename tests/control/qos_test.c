/* SPDX-License-Identifier: BSD-3-Clause */
/* What the data plane is told of service policies, when, and what is counted of their classes. */
#include "controlplane/notices.h"
#include "controlplane/qos.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	KBPS = 1000,
	MBPS = 1000000
};

/* LLQ inside a shaper of 10 Mbit/s. */
static const char llq[] = "class-map match-any VOICE\n"
			  " match dscp ef\n"
			  " match access-group name SIG\n"
			  "class-map match-all DATA\n"
			  " match precedence 3\n"
			  " match access-group name WEB\n"
			  "ip access-list extended SIG\n"
			  " deny udp host 192.168.1.9 any eq 5060\n"
			  " permit udp any any eq 5060\n"
			  "ip access-list extended WEB\n"
			  " permit tcp any any neq 80\n"
			  "policy-map LLQ\n"
			  " class VOICE\n"
			  "  priority percent 20 4000\n"
			  " class DATA\n"
			  "  bandwidth remaining percent 50\n"
			  "  queue-limit 100\n"
			  "  set dscp af21\n"
			  " class class-default\n"
			  "  fair-queue\n"
			  "policy-map SHAPE\n"
			  " class class-default\n"
			  "  shape average 10000000\n"
			  "  service-policy LLQ\n";

#define ON_OUTSIDE  "interface GigabitEthernet0/1\n service-policy output SHAPE\n"
#define ON_TUNNELS  "crypto map M 10\n service-policy output LLQ\n"
#define OFF_OUTSIDE "interface GigabitEthernet0/1\n no service-policy output\n"

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

static void configure(const char *text)
{
	bench_configure(&bench, &bench.a, text);
}

/* The n-th message of a type since bench_forget(). */
static const struct plane_msg *message(enum plane_type type, size_t n)
{
	for (size_t i = 0; i < bench.a.n_seen; i++)
		if (bench.a.seen[i].type == type && n-- == 0)
			return &bench.a.seen[i];
	fail_msg("no such message");
	return NULL;
}

static const struct plane_qos *class_of(size_t n)
{
	return &message(PLANE_QOS_CLASS, n)->qos;
}

static const struct plane_qos_match *match_of(size_t n)
{
	return &message(PLANE_QOS_MATCH, n)->qos_match;
}

static void none_is_told_once_at_the_start(void **state)
{
	(void)state;
	bench_restart(&bench, &bench.a, bench_config_a);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_BEGIN), 1);
	assert_int_equal(message(PLANE_QOS_BEGIN, 0)->qos.count, 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_CLASS), 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_COMMIT), 1);
	bench_forget(&bench.a);
	configure(llq);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_BEGIN), 0);
}

static void hierarchy_arrives_flattened_on_the_interface(void **state)
{
	const struct plane_qos *c;

	(void)state;
	configure(llq);
	configure(ON_OUTSIDE);
	assert_int_equal(message(PLANE_QOS_BEGIN, 0)->qos.count, 3);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_CLASS), 3);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_COMMIT), 1);
	for (unsigned i = 0; i < 3; i++) {
		c = class_of(i);
		assert_string_equal(c->interface, "GigabitEthernet0/1");
		assert_int_equal(c->tunnel, UINT32_MAX);
		assert_int_equal(c->class_id, i);
		assert_int_equal(c->lane, i);
		assert_int_equal(c->total_bps, 10 * MBPS);
		assert_true(c->counter < PLANE_CLASSES);
	}
	c = class_of(0);
	assert_int_equal(c->flags, PLANE_QOS_PRIORITY | PLANE_QOS_HAS_ACCESS);
	assert_int_equal(c->dscp_mask, 1ull << 46);
	assert_int_equal(c->priority_bps, 2 * MBPS);
	assert_int_equal(c->burst_bytes, 4000);
	c = class_of(1);
	assert_int_equal(c->flags, PLANE_QOS_MATCH_ALL | PLANE_QOS_HAS_ACCESS | PLANE_QOS_SET_DSCP);
	assert_int_equal(c->dscp_mask, 0xffull << 24);
	assert_int_equal(c->bandwidth_bps, 4 * MBPS);
	assert_int_equal(c->queue_packets, 100);
	assert_int_equal(c->set_dscp, 18);
	c = class_of(2);
	assert_int_equal(c->flags, PLANE_QOS_FAIR);
	assert_int_equal(c->dscp_mask, UINT64_MAX);
	assert_int_equal(c->exceed_dscp, 255);
}

static void access_lists_follow_their_class_line_by_line(void **state)
{
	(void)state;
	configure(llq);
	configure(ON_OUTSIDE);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_MATCH), 4);
	assert_int_equal(match_of(0)->permit, 0);
	assert_int_equal(match_of(0)->src.len, 32);
	assert_int_equal(match_of(1)->permit, 1);
	assert_int_equal(match_of(1)->protocol, 17);
	assert_int_equal(match_of(1)->dst_port[0], 5060);
	assert_int_equal(match_of(1)->dst_port[1], 5060);
	/* neq 80 */
	assert_int_equal(match_of(2)->dst_port[0], 0);
	assert_int_equal(match_of(2)->dst_port[1], 79);
	assert_int_equal(match_of(3)->dst_port[0], 81);
	assert_int_equal(match_of(3)->dst_port[1], 65535);
	/* right behind their class */
	assert_ptr_equal(message(PLANE_QOS_MATCH, 0), message(PLANE_QOS_CLASS, 0) + 1);
	assert_ptr_equal(message(PLANE_QOS_MATCH, 2), message(PLANE_QOS_CLASS, 1) + 1);
}

/* What the list of a class says about one UDP port; no line says no. */
static bool permits(uint16_t port)
{
	for (size_t i = 0; i < bench_seen(&bench.a, PLANE_QOS_MATCH); i++) {
		const struct plane_qos_match *m = match_of(i);

		if (m->dst_port[0] <= port && port <= m->dst_port[1] &&
		    (!m->protocol || m->protocol == 17))
			return m->permit;
	}
	return false;
}

static const char two_lists[] = "ip access-list extended A\n"
				" deny udp any any eq 5\n"
				" permit udp any any lt 10\n"
				"ip access-list extended B\n"
				" deny udp any any eq 7\n"
				" permit udp any any gt 3\n"
				"policy-map P\n class class-default\n";

static void two_access_lists_become_one_that_decides_as_either(void **state)
{
	(void)state;
	configure(two_lists);
	configure("class-map match-any C\n match access-group name A\n match access-group name B\n"
		  "policy-map P\n class C\n"
		  "interface GigabitEthernet0/1\n service-policy output P\n");
	/* A: 0-4 6-9; B: 4-6 8- */
	for (uint16_t port = 0; port < 20; port++)
		assert_int_equal(permits(port), true);
	bench_forget(&bench.a);
	configure("ip access-list extended B\n no permit udp any any gt 3\n"
		  " permit udp any any gt 11\n");
	for (uint16_t port = 0; port < 20; port++)
		assert_int_equal(permits(port), (port < 10 && port != 5) || port > 11);
}

static void two_access_lists_become_one_that_decides_as_both(void **state)
{
	(void)state;
	configure(two_lists);
	configure("class-map match-all C\n match access-group name A\n match access-group name B\n"
		  "policy-map P\n class C\n"
		  "interface GigabitEthernet0/1\n service-policy output P\n");
	for (uint16_t port = 0; port < 20; port++)
		assert_int_equal(permits(port), port > 3 && port < 10 && port != 5 && port != 7);
}

static void class_that_matches_nothing_says_so(void **state)
{
	(void)state;
	configure("class-map match-all EMPTY\nclass-map match-any NONE\n"
		  " match access-group name NOWHERE\nclass-map match-all ALL\n match any\n"
		  "policy-map P\n class EMPTY\n class NONE\n class ALL\n"
		  "interface GigabitEthernet0/1\n service-policy output P\n");
	assert_int_equal(class_of(0)->dscp_mask, 0);
	assert_int_equal(class_of(0)->flags & PLANE_QOS_HAS_ACCESS, 0);
	assert_int_equal(class_of(1)->dscp_mask, 0);
	assert_int_equal(class_of(1)->flags, PLANE_QOS_HAS_ACCESS);
	assert_int_equal(class_of(2)->dscp_mask, UINT64_MAX);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_MATCH), 0);
	/* class-default comes last, typed or not */
	assert_int_equal(class_of(3)->class_id, 3);
	assert_int_equal(class_of(3)->dscp_mask, UINT64_MAX);
}

static void crypto_map_entry_gives_each_tunnel_its_own(void **state)
{
	const struct tunnels *t = &bench.a.control->tunnels;

	(void)state;
	configure(llq);
	configure(ON_TUNNELS);
	assert_int_equal(message(PLANE_QOS_BEGIN, 0)->qos.count, 6);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(class_of(i)->tunnel, t->rows[i / 3].index);
		assert_int_equal(class_of(i)->worker, t->rows[i / 3].worker);
		assert_int_equal(class_of(i)->class_id, i % 3);
		assert_int_equal(class_of(i)->total_bps, 0);
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(class_of(i)->counter, class_of(k)->counter);
	}
}

static void percentages_are_of_bandwidth_then_link_then_type(void **state)
{
	struct plane_stats_device *device = bench.a.plane.stats_main->devices;
	struct plane_msg msg = {.type = PLANE_IF_STATE, .interface.name = "GigabitEthernet0/1"};

	(void)state;
	configure(llq);
	configure("interface GigabitEthernet0/1\n service-policy output LLQ\n");
	assert_int_equal(class_of(0)->priority_bps, 200 * MBPS);
	bench_forget(&bench.a);
	/* the link comes up at 100 Mbit/s */
	strcpy(device->interface, "GigabitEthernet0/1");
	strcpy(device->device, "eth0");
	device->link_up = 1;
	device->speed_mbps = 100;
	assert_int_equal(plane_ring_send(bench.a.plane.from_main, &msg), 0);
	bench_pass(&bench, 2);
	assert_int_equal(class_of(0)->priority_bps, 20 * MBPS);
	bench_forget(&bench.a);
	configure("interface GigabitEthernet0/1\n bandwidth 5000\n");
	assert_int_equal(class_of(0)->priority_bps, 1 * MBPS);
}

static bool logged(const char *text)
{
	const char *line;

	for (size_t i = 0; (line = debug_log_line(bench.a.control->log, i)); i++)
		if (strstr(line, text))
			return true;
	return false;
}

static void unknown_speed_is_told_with_its_remedy(void **state)
{
	(void)state;
	configure(llq);
	configure("interface GigabitEthernet0/1\n service-policy output LLQ\n");
	assert_true(logged("the speed of GigabitEthernet0/1 is not known: percentages of "
			   "policy-map LLQ are of 1000000 kbit/s; type bandwidth KBPS"));
}

static void promise_above_the_link_is_told(void **state)
{
	(void)state;
	configure("class-map match-any C\n match dscp ef\n"
		  "policy-map P\n class C\n  priority 2000000\n"
		  "interface GigabitEthernet0/1\n service-policy output P\n");
	assert_true(logged("policy-map P promises 2000000 kbit/s and GigabitEthernet0/1 has "
			   "1000000"));
}

static void change_is_sent_as_a_whole_and_keeps_the_counters(void **state)
{
	uint32_t voice, rest;

	(void)state;
	configure(llq);
	configure(ON_OUTSIDE);
	voice = class_of(0)->counter;
	rest = class_of(2)->counter;
	bench_forget(&bench.a);
	configure("hostname other\n");
	assert_int_equal(bench.a.n_seen, 0);
	configure("policy-map LLQ\n class VOICE\n  priority percent 30\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_BEGIN), 1);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_COMMIT), 1);
	assert_int_equal(class_of(0)->priority_bps, 3 * MBPS);
	assert_int_equal(class_of(0)->counter, voice);
	bench_forget(&bench.a);
	configure("policy-map LLQ\n no class DATA\n");
	assert_int_equal(message(PLANE_QOS_BEGIN, 0)->qos.count, 2);
	assert_int_equal(class_of(1)->counter, rest);
	bench_forget(&bench.a);
	configure(OFF_OUTSIDE);
	assert_int_equal(message(PLANE_QOS_BEGIN, 0)->qos.count, 0);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_COMMIT), 1);
}

static void restarted_process_sends_all_again_under_the_same_numbers(void **state)
{
	char text[8192];
	uint32_t counter;

	(void)state;
	snprintf(text, sizeof(text), "%s%s%s", bench_config_a, llq, ON_OUTSIDE);
	bench_restart(&bench, &bench.a, text);
	counter = class_of(1)->counter;
	plane_stats_class_of(&bench.a.plane, 0)[counter].packets = 7;
	bench_forget(&bench.a);
	bench_restart(&bench, &bench.a, text);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_CLASS), 3);
	assert_int_equal(class_of(1)->counter, counter);
	assert_int_equal(qos_meter_read(&bench.a.control->qos_meter, counter).n.packets, 7);
}

static void refusal_is_told_and_sent_again(void **state)
{
	(void)state;
	configure(llq);
	bench.a.refuse_type = PLANE_QOS_COMMIT;
	bench.a.refuse_error = -ENOMEM;
	configure(ON_OUTSIDE);
	assert_true(logged("the data plane refused the service policies of 3 classes"));
	bench.a.refuse_type = PLANE_NONE;
	bench_forget(&bench.a);
	bench_pass(&bench, 3);
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_COMMIT), 1);
	/* traffic goes on meanwhile */
	assert_int_equal(bench_seen(&bench.a, PLANE_IF_SET), 0);
	bench_forget(&bench.a);
	bench_pass(&bench, 10);
	assert_int_equal(bench.a.n_seen, 0);
}

static void classes_count_from_where_they_began(void **state)
{
	struct plane_stats_class *rows[] = {plane_stats_class_of(&bench.a.plane, 0),
					    plane_stats_class_of(&bench.a.plane, 1)};
	struct qos_meter_reading r;
	uint32_t counter;

	(void)state;
	for (size_t i = 0; i < PLANE_CLASSES; i++)
		rows[0][i].packets = 1000;
	configure(llq);
	configure(ON_OUTSIDE);
	counter = class_of(0)->counter;
	rows[0][counter].packets += 5;
	rows[1][counter].packets += 6;
	rows[1][counter].tail_drops += 2;
	r = qos_meter_read(&bench.a.control->qos_meter, counter);
	assert_int_equal(r.n.packets, 11);
	assert_int_equal(r.n.tail_drops, 2);
}

static void rates_are_averages_of_half_a_minute(void **state)
{
	struct plane_stats_class *row;
	struct qos_meter_reading r;
	uint32_t counter;

	(void)state;
	configure(llq);
	configure(ON_OUTSIDE);
	counter = class_of(0)->counter;
	row = &plane_stats_class_of(&bench.a.plane, 1)[counter];
	bench_pass(&bench, 2);
	for (int i = 0; i < 180; i++) {
		row->packets += 100;
		row->bytes += 100 * 125;
		row->tail_drops += 10;
		bench_pass(&bench, 1);
	}
	r = qos_meter_read(&bench.a.control->qos_meter, counter);
	assert_in_range(r.offered_bps, 99 * KBPS, 100 * KBPS);
	assert_in_range(r.drop_bps, 9900, 10 * KBPS);
	bench_pass(&bench, 180);
	r = qos_meter_read(&bench.a.control->qos_meter, counter);
	assert_in_range(r.offered_bps, 0, 1 * KBPS);
}

static void lanes_are_those_of_the_policy_in_force(void **state)
{
	const struct config *c = &bench.a.control->config;
	const struct config_interface *outside;
	const struct config_map_entry *entry;

	(void)state;
	outside = config_model_interface(c, "GigabitEthernet0/1");
	entry = &config_model_map(c, "M")->entries[0];
	assert_int_equal(qos_lanes(c, outside, entry), 1);
	assert_string_equal(qos_lane_name(c, outside, entry, 0), "class-default");
	configure(llq);
	configure(ON_OUTSIDE);
	outside = config_model_interface(c, "GigabitEthernet0/1");
	entry = &config_model_map(c, "M")->entries[0];
	assert_int_equal(qos_lanes(c, outside, entry), 3);
	assert_string_equal(qos_lane_name(c, outside, entry, 0), "VOICE");
	assert_string_equal(qos_lane_name(c, outside, entry, 2), "class-default");
	configure("policy-map ONE\n class VOICE\n  priority 100\n"
		  "crypto map M 10\n service-policy output ONE\n");
	entry = &config_model_map(c, "M")->entries[0];
	assert_int_equal(qos_lanes(c, outside, entry), 2);
	assert_string_equal(qos_lane_name(c, outside, entry, 1), "class-default");
}

/* Nothing but the last lane is left for what comes after it. */
static void classes_beyond_the_lanes_share_the_last(void **state)
{
	char text[4096] = "";
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"class-map match-any C%d\n match dscp %d\n"
					"policy-map P\n class C%d\n",
					i, i, i);
	configure(text);
	configure("interface GigabitEthernet0/1\n service-policy output P\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_QOS_CLASS), 11);
	for (unsigned i = 0; i < 11; i++)
		assert_int_equal(class_of(i)->lane, i < PLANE_LANES ? i : PLANE_LANES - 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(none_is_told_once_at_the_start),
		CASE(hierarchy_arrives_flattened_on_the_interface),
		CASE(access_lists_follow_their_class_line_by_line),
		CASE(two_access_lists_become_one_that_decides_as_either),
		CASE(two_access_lists_become_one_that_decides_as_both),
		CASE(class_that_matches_nothing_says_so),
		CASE(crypto_map_entry_gives_each_tunnel_its_own),
		CASE(percentages_are_of_bandwidth_then_link_then_type),
		CASE(unknown_speed_is_told_with_its_remedy),
		CASE(promise_above_the_link_is_told),
		CASE(change_is_sent_as_a_whole_and_keeps_the_counters),
		CASE(restarted_process_sends_all_again_under_the_same_numbers),
		CASE(refusal_is_told_and_sent_again),
		CASE(classes_count_from_where_they_began),
		CASE(rates_are_averages_of_half_a_minute),
		CASE(lanes_are_those_of_the_policy_in_force),
		CASE(classes_beyond_the_lanes_share_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
