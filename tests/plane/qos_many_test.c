/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tunnels of a port that may not send yet: each keeps its own rate, and however many there are,
 * a round that is about one of them does not look at the others.
 */
#include "dataplane/packet.h"
#include "dataplane/qos_asleep.h"
#include "dataplane/qos_build.h"
#include "tests/plane/qos_lab.h"

#include <cmocka.h>
#include <rte_cycles.h>

#include <stdio.h>
#include <stdlib.h>

enum {
	TUNNELS = 1000,
	FRAME = 1000, /* bytes of a packet as charged */
	BACKLOG = 1,
	ROUNDS = 2000,
	TIMES = 5,
};

struct rig {
	struct bed *bed;
	struct qos_plan *plan;
	struct qos_scheduler *s;
	struct qos_port_state *port;
};

static uint64_t rate_of(unsigned tunnel)
{
	return 100 * QOS_LAB_KBIT + tunnel * 1000;
}

/* n tunnels by the outside interface, each shaped to a rate of its own. */
static struct rig rig_create(unsigned n)
{
	struct rig r = {.bed = bed_create(1, 1)};
	struct qos_build_limits limits = {1, TUNNELS};
	struct qos_plan_place place = {
		.plane = &r.bed->plane,
		.n_ports = r.bed->dp.n_ports,
		.n_workers = 1,
		.n_tunnels = TUNNELS,
		.room = 8 * TUNNELS,
		.hz = rte_get_tsc_hz(),
	};
	struct qos_build b = {0};

	assert_int_equal(qos_build_begin(&b, n), 0);
	for (unsigned i = 0; i < n; i++) {
		struct plane_qos q = qos_lab_default(0);

		q.tunnel = i;
		q.counter = i;
		q.total_bps = rate_of(i);
		assert_int_equal(qos_build_add_class(&b, &q, BED_OUTSIDE, &limits), 0);
	}
	r.plan = qos_plan_create(&b, &place);
	assert_non_null(r.plan);
	qos_build_abandon(&b);
	r.s = r.plan->schedulers[0];
	r.port = &r.s->ports[BED_OUTSIDE];
	return r;
}

static void rig_destroy(struct rig *r)
{
	qos_plan_destroy(r->plan);
	bed_check_pool(r->bed);
	bed_destroy(r->bed);
}

static struct qos_attachment_state *attachment(const struct rig *r, unsigned tunnel)
{
	return qos_sched_find(r->s, tunnel, BED_OUTSIDE);
}

static void push(struct rig *r, unsigned tunnel)
{
	struct qos_attachment_state *a = attachment(r, tunnel);
	struct rte_mbuf *m = qos_lab_packet(r->bed, FRAME, 0);

	packet_meta(m)->tunnel = tunnel;
	assert_null(qos_sched_push(r->s, a, a->classes, m));
}

/* All that may leave at that time; of each tunnel into sent, when it is not NULL. */
static unsigned pop(struct rig *r, uint64_t now_tsc, unsigned *sent)
{
	struct rte_mbuf *m[32];
	unsigned n, all = 0;

	do {
		n = qos_sched_pop(r->s, BED_OUTSIDE, now_tsc, m, 32);
		for (unsigned i = 0; sent && i < n; i++)
			sent[packet_meta(m[i])->tunnel]++;
		rte_pktmbuf_free_bulk(m, n);
		all += n;
	} while (n);
	return all;
}

/* Each tunnel has sent its burst, and packets wait. Returns the time. */
static uint64_t put_to_sleep(struct rig *r, unsigned n)
{
	uint64_t now_tsc = qos_lab_us(1000000);

	for (unsigned i = 0; i < n; i++) {
		do {
			while (attachment(r, i)->n < BACKLOG)
				push(r, i);
		} while (pop(r, now_tsc, NULL));
	}
	return now_tsc;
}

static void assert_heap(const struct rig *r)
{
	for (unsigned at = 0; at < r->port->n_asleep; at++) {
		const struct qos_attachment_state *a = &r->s->attachments[r->port->asleep[at]];

		assert_true(a->sleeps && !a->listed && a->asleep_at == at);
		assert_true(a->ready_tsc >= qos_asleep_first(r->s, r->port));
		assert_true(a->ready_tsc >=
			    r->s->attachments[r->port->asleep[(at + !at - 1) / 2]].ready_tsc);
	}
}

static void a_packet_wakes_nobody_but_its_own_tunnel(void **state)
{
	struct rig r = rig_create(TUNNELS);
	uint64_t now_tsc;

	(void)state;
	now_tsc = put_to_sleep(&r, TUNNELS);
	assert_int_equal(r.port->n_listed, 0);
	assert_int_equal(r.port->n_asleep, TUNNELS);
	assert_heap(&r);
	assert_int_equal(qos_sched_ready(r.s, BED_OUTSIDE), qos_asleep_first(r.s, r.port));
	/* the first of a class wakes it: another packet of a queue does not */
	pop(&r, qos_asleep_first(r.s, r.port) - 1, NULL);
	assert_int_equal(r.port->n_asleep, TUNNELS);
	push(&r, TUNNELS / 2);
	assert_int_equal(r.port->n_asleep, TUNNELS);
	now_tsc = qos_asleep_first(r.s, r.port);
	assert_in_range(pop(&r, now_tsc, NULL), 1, 2);
	assert_true(qos_sched_ready(r.s, BED_OUTSIDE) > now_tsc);
	assert_heap(&r);
	rig_destroy(&r);
}

/* Over ten seconds of random steps, packets coming all the time. */
static void each_of_many_keeps_its_rate(void **state)
{
	enum {
		MANY = 100,
		SECONDS = 10
	};
	struct rig r = rig_create(MANY);
	unsigned sent[MANY] = {0};
	uint64_t now_tsc, end_tsc;

	(void)state;
	srand(5);
	now_tsc = put_to_sleep(&r, MANY);
	for (end_tsc = now_tsc + qos_lab_us(SECONDS * 1000000ull); now_tsc < end_tsc;
	     now_tsc += qos_lab_us(1 + (unsigned)rand() % 2000)) {
		for (unsigned i = 0; i < MANY; i++)
			while (attachment(&r, i)->n < BACKLOG)
				push(&r, i);
		pop(&r, now_tsc, sent);
		assert_heap(&r);
	}
	for (unsigned i = 0; i < MANY; i++) {
		uint64_t expected = rate_of(i) * SECONDS / 8 / FRAME;

		assert_in_range(sent[i], expected - 2, expected + 2);
	}
	rig_destroy(&r);
}

/* What a round costs in which the first of n tunnels has its queue emptied and filled. */
static uint64_t round_tsc(unsigned n)
{
	struct rig r = rig_create(n);
	struct qos_attachment_state *a = attachment(&r, 0);
	uint64_t now_tsc = put_to_sleep(&r, n), best = UINT64_MAX;
	struct rte_mbuf *m[32];

	for (unsigned k = 0; k < TIMES; k++) {
		uint64_t start_tsc = rte_rdtsc();

		for (unsigned i = 0; i < ROUNDS; i++) {
			/* it was empty: this one wakes it */
			qos_asleep_remove(r.s, r.port, (unsigned)(a - r.s->attachments));
			a->ready_tsc = now_tsc;
			qos_asleep_push(r.s, r.port, (unsigned)(a - r.s->attachments));
			assert_int_equal(qos_sched_pop(r.s, BED_OUTSIDE, now_tsc, m, 32), 0);
		}
		best = RTE_MIN(best, (rte_rdtsc() - start_tsc) / ROUNDS);
	}
	rig_destroy(&r);
	return best;
}

static void a_round_does_not_look_at_those_that_sleep(void **state)
{
	uint64_t few = round_tsc(10), many = round_tsc(TUNNELS);

	(void)state;
	printf("a round with one tunnel to look at: %lu cycles of 10, %lu of %d\n", few, many,
	       TUNNELS);
	/* a heap of a thousand is three times as deep, a list would be a hundred times as long */
	assert_true(many < 20 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_wakes_nobody_but_its_own_tunnel),
		cmocka_unit_test(each_of_many_keeps_its_rate),
		cmocka_unit_test(a_round_does_not_look_at_those_that_sleep),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
