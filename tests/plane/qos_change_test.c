/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What changes while packets wait: the policies themselves, the security policy, SAs, routes, the
 * link, the device. Nothing is lost that need not be, nothing leaves where it may not.
 */
#include "dataplane/qos.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"
#include "tests/plane/qos_pair.h"

#include <cmocka.h>

#include <string.h>

enum {
	EF = QOS_PAIR_EF,
	WAITING = 50
};

static void put_many(struct qos_pair *p, uint8_t dscp, bool clear, unsigned first, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		qos_pair_put(p, dscp, clear, (uint16_t)(first + i));
}

static uint32_t waiting(const struct qos_pair *p)
{
	return p->from->dp.workers[0]->qos->n;
}

static unsigned id_of(const struct bed_packet *p)
{
	return (unsigned)p->b[4] << 8 | p->b[5];
}

/* Clear packets that left, which must be first, first + 1, ...; returns how many. */
static unsigned take_in_order(struct qos_pair *p, unsigned first)
{
	struct bed_packet out;
	unsigned n = 0;

	while (bed_take(p->from, BED_OUTSIDE, &out)) {
		if (!id_of(&out))
			continue;
		assert_int_equal(id_of(&out), first + n);
		n++;
	}
	return n;
}

static void a_new_plan_takes_over_what_waits_in_order(void **state)
{
	struct plane_qos c[3] = {qos_lab_class(0, 1), qos_lab_class(1, 1ull << EF),
				 qos_lab_default(2)};
	struct qos_pair p = qos_pair_create();

	(void)state;
	qos_pair_close(&p, 400);
	put_many(&p, 0, true, 1, WAITING);
	for (unsigned round = 0; round < 5; round++) {
		/* other classes, another kind of queue, and back */
		c[0].flags = round & 1 ? PLANE_QOS_FAIR : 0;
		c[0].queue_packets = 400;
		for (unsigned i = 0; i < 3; i++)
			c[i].total_bps = QOS_PAIR_CLOSED;
		qos_lab_publish(p.from, c, 3);
		put_many(&p, 0, true, 1 + WAITING * (round + 1), WAITING);
		assert_int_equal(bed_flush(p.from), 0);
		assert_int_equal(waiting(&p), WAITING * (round + 2) + 1);
		qos_pair_close(&p, 400);
	}
	qos_pair_pass_time(&p);
	assert_int_equal(take_in_order(&p, 1), 6 * WAITING);
	assert_int_equal(bed_drops(p.from), 0);
	qos_pair_destroy(&p);
}

/* Marked on arrival, they are still of the class that they came for. */
static void marked_packets_stay_in_their_class(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1ull << EF), qos_lab_default(1)};
	struct qos_pair p = qos_pair_create();

	(void)state;
	qos_pair_close(&p, 0);
	c[0].flags = PLANE_QOS_SET_DSCP;
	c[0].total_bps = c[1].total_bps = QOS_PAIR_CLOSED;
	for (unsigned round = 0; round < 2; round++) {
		qos_lab_publish(p.from, c, 2);
		put_many(&p, EF, true, 1, 10);
		assert_int_equal(qos_lab_stats(p.from, 0)->queued, 10 * (round + 1));
		assert_int_equal(qos_lab_stats(p.from, 1)->queued, 1);
	}
	qos_pair_destroy(&p);
}

static void a_smaller_limit_drops_what_exceeds_it_and_no_more(void **state)
{
	struct qos_pair p = qos_pair_create();

	(void)state;
	qos_pair_close(&p, 400);
	put_many(&p, 0, true, 1, WAITING);
	qos_pair_close(&p, 10);
	assert_int_equal(waiting(&p), 10);
	assert_int_equal(bed_drop(p.from, DROP_QOS_QUEUE), WAITING + 1 - 10);
	assert_int_equal(bed_drops(p.from), WAITING + 1 - 10);
	qos_pair_destroy(&p);
}

/* `no service-policy`: what waited leaves, and what comes meanwhile does not overtake it. */
static void without_policies_what_waited_leaves_first(void **state)
{
	struct qos_pair p = qos_pair_create();
	struct worker *w = p.from->dp.workers[0];
	struct qos_plan *before;

	(void)state;
	qos_pair_close(&p, 900);
	put_many(&p, 0, true, 1, 800);
	before = atomic_exchange(&p.from->dp.qos, qos_lab_plan(p.from, NULL, 0));
	put_many(&p, 0, true, 801, 20);
	bed_run(p.from);
	assert_int_equal(take_in_order(&p, 1), 820);
	assert_null(w->qos);
	assert_int_equal(bed_drops(p.from), 0);
	assert_true(atomic_load(&w->qos_serial) > before->serial);
	qos_plan_destroy(before);
	qos_pair_destroy(&p);
}

/* What was clear when it came must not leave in clear once a crypto map wants it. */
static void packets_that_waited_ask_the_security_policy_again(void **state)
{
	struct addr any = addr_v4(0), far = addr_v4(0xac100000);
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = 10,
		.src = prefix_make(&any, 0),
		.dst = prefix_make(&far, 16),
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.tunnel = BED_TUNNEL,
		.hit_line = 5,
	};
	struct qos_pair p = qos_pair_create();
	struct bed_packet out;
	unsigned n_esp = 0, n_clear = 0;

	(void)state;
	qos_pair_close(&p, 0);
	put_many(&p, 0, true, 1, 20);
	put_many(&p, 0, false, 21, 20);
	bed_set_policy(p.from, &rule, 1);
	bed_run(p.from);
	qos_pair_pass_time(&p);
	while (bed_take(p.from, BED_OUTSIDE, &out)) {
		n_esp += out.b[9] == IP_PROTO_ESP;
		/* of those for the tunnel that is no more */
		n_clear += out.b[9] == IP_PROTO_UDP && id_of(&out) > 20;
		assert_true(out.b[9] == IP_PROTO_ESP || id_of(&out) > 20);
	}
	assert_int_equal(n_esp, 20 + 1);
	assert_int_equal(n_clear, 20);
	qos_pair_destroy(&p);
}

/* What was for a tunnel leaves in clear after all: now the list of the interface is asked. */
static void packets_that_leave_in_clear_after_all_meet_the_list(void **)
{
	const struct plane_rule tcp = {.action = PLANE_RULE_PROTECT,
				       .protocol = IP_PROTO_TCP,
				       .src_port = {0, UINT16_MAX},
				       .dst_port = {0, UINT16_MAX},
				       .out = true};
	struct qos_pair p = qos_pair_create();
	struct plane_msg msg;

	qos_pair_close(&p, 0);
	put_many(&p, 0, false, 21, 20);
	bed_filter(p.from, &tcp, (uint8_t[]){BED_OUTSIDE}, 1, 0);
	bed_set_policy(p.from, NULL, 0);
	bed_run(p.from);
	qos_pair_pass_time(&p);
	assert_int_equal(bed_drop(p.from, DROP_ACL_OUT), 20 + 1);
	while (bed_event(p.from, &msg))
		;
	qos_pair_destroy(&p);
}

static void an_sa_that_goes_meanwhile_is_counted_as_usual(void **state)
{
	struct qos_pair p = qos_pair_create();

	(void)state;
	qos_pair_close(&p, 0);
	put_many(&p, 0, false, 1, 20);
	bed_remove(p.from, &qos_pair_sa);
	qos_pair_pass_time(&p);
	assert_int_equal(bed_drop(p.from, DROP_NO_SA), 20);
	bed_install(p.from, &qos_pair_sa);
	qos_pair_destroy(&p);
}

static void a_route_that_goes_meanwhile_is_seen(void **state)
{
	struct addr far = addr_v4(0xac100000);
	struct prefix prefix = prefix_make(&far, 16);
	struct qos_pair p = qos_pair_create();

	(void)state;
	qos_pair_close(&p, 0);
	put_many(&p, 0, true, 1, 20);
	assert_int_equal(route_remove(p.from->dp.routes, &prefix), 0);
	bed_run(p.from);
	qos_pair_pass_time(&p);
	assert_int_equal(bed_flush(p.from), 0);
	assert_int_equal(bed_drop(p.from, DROP_NO_ROUTE), 21);
	qos_pair_destroy(&p);
}

/* The way out that a packet was let into is another one now, and that one has a crypto map. */
static void a_route_that_turns_meanwhile_asks_the_other_port(void **state)
{
	struct addr any = addr_v4(0), far = addr_v4(0xac100000);
	struct prefix prefix = prefix_make(&far, 16);
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = 10,
		.src = prefix_make(&any, 0),
		.dst = prefix,
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.tunnel = BED_TUNNEL,
	};
	struct policy *policy = policy_create(&rule, (uint8_t[]){BED_INSIDE}, 1);
	struct qos_pair p = qos_pair_create();
	struct bed_packet out;
	unsigned n_esp = 0;

	(void)state;
	policy_destroy(atomic_exchange(&p.from->dp.policy, policy));
	qos_pair_close(&p, 0);
	put_many(&p, 0, true, 1, 20);
	assert_int_equal(waiting(&p), 21);
	assert_int_equal(route_set(p.from->dp.routes, &prefix,
				   &(struct route_next_hop){
					   .kind = ROUTE_FORWARD, .port = BED_INSIDE, .mtu = 1500}),
			 0);
	bed_run(p.from);
	qos_pair_pass_time(&p);
	assert_false(bed_take(p.from, BED_INSIDE, &out));
	while (bed_take(p.from, BED_OUTSIDE, &out))
		n_esp += out.b[9] == IP_PROTO_ESP;
	assert_int_equal(n_esp, 21);
	qos_pair_destroy(&p);
}

static void queues_of_an_interface_that_is_down_drain_to_drops(void **state)
{
	struct qos_pair p = qos_pair_create();

	(void)state;
	for (unsigned by_carrier = 0; by_carrier < 2; by_carrier++) {
		qos_pair_close(&p, 0);
		put_many(&p, 0, by_carrier, 1, 20);
		p.from->dp.ports[BED_OUTSIDE].up = by_carrier;
		atomic_store(&atomic_load(&p.from->dp.qos)->link_down[BED_OUTSIDE], by_carrier);
		bed_run(p.from);
		assert_int_equal(waiting(&p), 0);
		assert_int_equal(bed_drop(p.from, DROP_IF_DOWN), 21 * (by_carrier + 1));
		p.from->dp.ports[BED_OUTSIDE].up = true;
	}
	assert_int_equal(bed_flush(p.from), 0);
	qos_pair_destroy(&p);
}

/* Without any rate the device itself is the bottleneck: it holds up the queue and drops nothing. */
static void a_full_device_makes_packets_wait(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1ull << EF), qos_lab_default(1)};
	struct qos_pair p = qos_pair_create();
	struct bed_packet out;
	unsigned n = 0, after = 0;

	(void)state;
	c[0].flags = PLANE_QOS_PRIORITY;
	c[1].queue_packets = 400;
	qos_lab_publish(p.from, c, 2);
	/* the wire takes 1023 frames */
	put_many(&p, 0, true, 1, 1300);
	assert_int_equal(bed_drops(p.from), 0);
	put_many(&p, EF, true, 2000, 10);
	while (bed_take(p.from, BED_OUTSIDE, &out)) {
		n++;
		after += id_of(&out) < 2000 && n > 1023 + 32;
		/* only what is already in the lane of the device is before them */
		assert_true(id_of(&out) < 2000 || n <= 1023 + 1 + 10 + 32);
		worker_once(p.from->dp.workers[0]);
	}
	assert_int_equal(n, 1310);
	assert_true(after > 200);
	assert_int_equal(bed_drops(p.from), 0);
	qos_pair_destroy(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_plan_takes_over_what_waits_in_order),
		cmocka_unit_test(marked_packets_stay_in_their_class),
		cmocka_unit_test(a_smaller_limit_drops_what_exceeds_it_and_no_more),
		cmocka_unit_test(without_policies_what_waited_leaves_first),
		cmocka_unit_test(packets_that_waited_ask_the_security_policy_again),
		cmocka_unit_test(packets_that_leave_in_clear_after_all_meet_the_list),
		cmocka_unit_test(an_sa_that_goes_meanwhile_is_counted_as_usual),
		cmocka_unit_test(a_route_that_goes_meanwhile_is_seen),
		cmocka_unit_test(a_route_that_turns_meanwhile_asks_the_other_port),
		cmocka_unit_test(queues_of_an_interface_that_is_down_drain_to_drops),
		cmocka_unit_test(a_full_device_makes_packets_wait),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
