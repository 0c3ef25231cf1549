/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler alone on a driven clock, judged by counting: which class sends how much when queues
 * never run dry.
 */
#include "dataplane/packet.h"
#include "tests/plane/qos_lab.h"

#include <cmocka.h>

#include <string.h>

enum {
	FRAME = 1000, /* bytes of a packet as charged */
	STEP_US = 500,
	CLASSES = 8,
	SECOND_US = 1000000,
};

static const uint64_t total_bps = 10 * QOS_LAB_MBIT;

struct rig {
	struct bed *bed;
	struct qos_plan *plan;
	struct qos_scheduler *s;
	uint64_t now_us;
	uint64_t bytes[CLASSES]; /* that left */
	uint64_t packets;
};

static struct rig rig_create(struct bed *bed, const struct plane_qos *classes, unsigned n)
{
	struct rig r = {.bed = bed, .plan = qos_lab_plan(bed, classes, n), .now_us = SECOND_US};

	r.s = r.plan->schedulers[0];
	memset(bed->plane.stats_class, 0, CLASSES * sizeof(*bed->plane.stats_class));
	return r;
}

static void rig_destroy(struct rig *r)
{
	qos_plan_destroy(r->plan);
	bed_check_pool(r->bed);
}

/* Takes out what may leave now. */
static void take(struct rig *r)
{
	struct rte_mbuf *m[32];
	unsigned n;

	do {
		n = qos_sched_pop(r->s, BED_OUTSIDE, qos_lab_us(r->now_us), m, 32);
		for (unsigned i = 0; i < n; i++) {
			r->bytes[packet_meta(m[i])->qos_class] += packet_meta(m[i])->wait.bytes;
			r->packets++;
			rte_pktmbuf_free(m[i]);
		}
	} while (n);
}

static void fill(struct rig *r, unsigned class)
{
	while (qos_sched_find(r->s, UINT32_MAX, BED_OUTSIDE)->classes[class].n < 40)
		assert_true(qos_lab_push(r->s, class, qos_lab_packet(r->bed, FRAME, 0)));
}

/* For that long with the classes of the mask never empty; bytes[] is what left in that time. */
static void run(struct rig *r, uint64_t us, unsigned busy)
{
	memset(r->bytes, 0, sizeof(r->bytes));
	for (uint64_t end_us = r->now_us + us; r->now_us < end_us; r->now_us += STEP_US) {
		for (unsigned class = 0; class < CLASSES; class ++)
			if (busy >> class & 1)
				fill(r, class);
		take(r);
	}
}

/* What a class sent is this many bits a second, within percent. */
static void expect(const struct rig *r, unsigned class, uint64_t us, uint64_t bps, unsigned percent)
{
	uint64_t want = bps * us / SECOND_US / 8;

	if (r->bytes[class] * 100 < want * (100 - percent) ||
	    r->bytes[class] * 100 > want * (100 + percent))
		fail_msg("class %u sent %lu bytes, not %lu", class, r->bytes[class], want);
}

static void priority_overtakes_a_full_queue(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1), qos_lab_default(1)};
	struct rte_mbuf *m[3];
	struct rig r;

	c[0].flags = PLANE_QOS_PRIORITY;
	r = rig_create(*state, c, 2);
	for (unsigned i = 0; i < QOS_LIMIT_DEFAULT; i++)
		assert_true(qos_lab_push(r.s, 1, qos_lab_packet(r.bed, FRAME, 0)));
	assert_true(qos_lab_push(r.s, 0, qos_lab_packet(r.bed, FRAME, 0)));
	assert_int_equal(qos_sched_pop(r.s, BED_OUTSIDE, 1, m, 3), 3);
	assert_int_equal(packet_meta(m[0])->qos_class, 0);
	assert_int_equal(packet_meta(m[1])->qos_class, 1);
	rte_pktmbuf_free_bulk(m, 3);
	rig_destroy(&r);
}

static void priority_keeps_to_its_rate_while_others_wait(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1), qos_lab_default(1)};
	struct rig r;

	c[0].flags = PLANE_QOS_PRIORITY;
	c[0].priority_bps = 2 * QOS_LAB_MBIT;
	c[0].total_bps = c[1].total_bps = total_bps;
	r = rig_create(*state, c, 2);
	run(&r, SECOND_US, 3); /* the burst of the priority class is gone then */
	run(&r, 2 * SECOND_US, 3);
	expect(&r, 0, 2 * SECOND_US, 2 * QOS_LAB_MBIT, 1);
	expect(&r, 1, 2 * SECOND_US, 8 * QOS_LAB_MBIT, 1);
	/* alone it may have everything, and need not pay for that later */
	run(&r, SECOND_US, 0);
	run(&r, 2 * SECOND_US, 1);
	expect(&r, 0, 2 * SECOND_US, total_bps, 1);
	run(&r, 2 * SECOND_US, 3);
	expect(&r, 0, 2 * SECOND_US, 2 * QOS_LAB_MBIT, 2);
	rig_destroy(&r);
}

static void bandwidths_are_weights_and_nothing_is_left_over(void **state)
{
	struct plane_qos c[3] = {qos_lab_class(0, 1), qos_lab_class(1, 2), qos_lab_default(2)};
	struct rig r;

	c[0].bandwidth_bps = 5 * QOS_LAB_MBIT;
	c[1].bandwidth_bps = 3 * QOS_LAB_MBIT;
	c[0].total_bps = c[1].total_bps = c[2].total_bps = total_bps;
	r = rig_create(*state, c, 3);
	run(&r, 2 * SECOND_US, 7);
	expect(&r, 0, 2 * SECOND_US, 5 * QOS_LAB_MBIT, 1);
	expect(&r, 1, 2 * SECOND_US, 3 * QOS_LAB_MBIT, 1);
	expect(&r, 2, 2 * SECOND_US, 2 * QOS_LAB_MBIT, 1);
	run(&r, SECOND_US, 0);
	run(&r, 2 * SECOND_US, 5);
	expect(&r, 0, 2 * SECOND_US, total_bps * 5 / 7, 1);
	expect(&r, 2, 2 * SECOND_US, total_bps * 2 / 7, 1);
	/* a class that was idle has saved nothing up */
	run(&r, SECOND_US / 10, 7);
	expect(&r, 1, SECOND_US / 10, 3 * QOS_LAB_MBIT, 5);
	rig_destroy(&r);
}

static void a_shaped_class_leaves_the_rest_to_others(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1), qos_lab_default(1)};
	struct rig r;

	c[0].shape_bps = 1 * QOS_LAB_MBIT;
	c[0].total_bps = c[1].total_bps = total_bps;
	r = rig_create(*state, c, 2);
	run(&r, 4 * SECOND_US, 1);
	expect(&r, 0, 4 * SECOND_US, QOS_LAB_MBIT, 1);
	run(&r, 4 * SECOND_US, 3);
	expect(&r, 0, 4 * SECOND_US, QOS_LAB_MBIT, 1);
	expect(&r, 1, 4 * SECOND_US, 9 * QOS_LAB_MBIT, 1);
	rig_destroy(&r);
}

/* Never more than the rate and one burst in any stretch of time. */
static void a_rate_is_never_exceeded_by_more_than_its_burst(void **state)
{
	static const uint64_t rates[] = {64 * QOS_LAB_KBIT, 10 * QOS_LAB_MBIT,
					 1000ull * QOS_LAB_MBIT};

	for (unsigned i = 0; i < array_len(rates); i++) {
		struct plane_qos c = qos_lab_default(0);
		uint64_t sent = 0, burst = qos_rate_bytes(rates[i], QOS_BURST_MS) + FRAME;
		struct rig r;

		c.total_bps = rates[i];
		r = rig_create(*state, &c, 1);
		for (unsigned round = 0; round < 40; round++) {
			uint64_t us = 100 + round * 977;

			fill(&r, 0);
			memset(r.bytes, 0, sizeof(r.bytes));
			take(&r);
			assert_true(r.bytes[0] <= burst + rates[i] / 8 * us / SECOND_US);
			sent += r.bytes[0];
			r.now_us += us;
			assert_true(sent <=
				    burst + rates[i] / 8 * (r.now_us - SECOND_US) / SECOND_US);
		}
		rig_destroy(&r);
	}
}

static void the_next_departure_is_known(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	uint64_t ready;
	struct rig r;

	c.total_bps = 800 * QOS_LAB_KBIT; /* 10 ms a frame */
	r = rig_create(*state, &c, 1);
	assert_true(qos_sched_ready(r.s, BED_OUTSIDE) == UINT64_MAX);
	fill(&r, 0);
	take(&r);
	ready = qos_sched_ready(r.s, BED_OUTSIDE);
	assert_true(ready > qos_lab_us(r.now_us) && ready <= qos_lab_us(r.now_us + 10001));
	r.packets = 0;
	r.now_us += 10001;
	take(&r);
	assert_int_equal(r.packets, 1);
	rig_destroy(&r);
}

/* For four seconds with packets for the tunnels of the mask; sent[] in bytes. */
static void run_tunnels(struct rig *r, unsigned busy, uint64_t *sent)
{
	memset(sent, 0, 2 * sizeof(*sent));
	for (unsigned step = 0; step < 4 * SECOND_US / STEP_US; step++) {
		struct rte_mbuf *m[32];
		unsigned n;

		for (unsigned i = 0; i < 2; i++) {
			struct qos_attachment_state *a = qos_sched_find(r->s, i + 1, BED_OUTSIDE);

			assert_int_equal(a->attachment->tunnel, i + 1);
			while (busy >> i & 1 && a->n < 40)
				assert_null(
					qos_sched_push(r->s, a, a->classes,
						       qos_lab_packet(r->bed, FRAME, (uint16_t)i)));
		}
		while ((n = qos_sched_pop(r->s, BED_OUTSIDE, qos_lab_us(r->now_us), m, 32)))
			for (unsigned i = 0; i < n; i++) {
				sent[packet_meta(m[i])->wait.flow] += FRAME;
				rte_pktmbuf_free(m[i]);
			}
		r->now_us += STEP_US;
	}
}

/* Policies of two tunnels, of 9 and 3 Mbit/s, under the rate of the interface, 10. */
static void tunnels_share_the_rate_of_their_interface(void **state)
{
	static const uint64_t want[][2] = {{0, 0}, {9, 0}, {0, 3}, {7, 3}};
	struct plane_qos c[3] = {qos_lab_default(0), qos_lab_default(0), qos_lab_default(0)};
	struct rig r;

	c[0].total_bps = total_bps;
	for (unsigned i = 1; i < 3; i++) {
		c[i].tunnel = i;
		c[i].counter = i;
		c[i].total_bps = want[i][i - 1] * QOS_LAB_MBIT;
	}
	r = rig_create(*state, c, 3);
	for (unsigned busy = 1; busy < array_len(want); busy++) {
		run_tunnels(&r, busy, r.bytes);
		expect(&r, 0, 4 * SECOND_US, want[busy][0] * QOS_LAB_MBIT, 1);
		expect(&r, 1, 4 * SECOND_US, want[busy][1] * QOS_LAB_MBIT, 1);
		run_tunnels(&r, 0, r.bytes);
	}
	rig_destroy(&r);
}

/* A flood and a quiet flow in one class: the quiet one loses nothing and never waits long. */
static void flows_of_a_fair_class_share_alike(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	uint64_t quiet = 0, flood = 0, lost[2] = {0};
	struct rig r;

	c.flags = PLANE_QOS_FAIR;
	c.total_bps = 8 * QOS_LAB_MBIT; /* one frame a millisecond */
	r = rig_create(*state, &c, 1);
	for (unsigned ms = 0; ms < 2000; ms++) {
		struct qos_attachment_state *a = qos_sched_find(r.s, UINT32_MAX, BED_OUTSIDE);
		struct rte_mbuf *m[32];
		unsigned n;

		for (unsigned i = 0; i < 10; i++) {
			bool is_quiet = i == 5 && ms % 4 == 0;
			struct rte_mbuf *victim = qos_sched_push(
				r.s, a, a->classes, qos_lab_packet(r.bed, FRAME, is_quiet ? 7 : 8));

			if (victim)
				lost[packet_meta(victim)->wait.flow == 8]++;
			rte_pktmbuf_free(victim);
		}
		while ((n = qos_sched_pop(r.s, BED_OUTSIDE, qos_lab_us(r.now_us), m, 32)))
			for (unsigned i = 0; i < n; i++) {
				*(packet_meta(m[i])->wait.flow == 7 ? &quiet : &flood) += 1;
				rte_pktmbuf_free(m[i]);
			}
		r.now_us += 1000;
	}
	assert_int_equal(lost[0], 0);
	assert_true(lost[1] > 10000);
	assert_true(quiet >= 498 && quiet <= 500);
	assert_true(flood >= 1490 && flood <= 1520);
	rig_destroy(&r);
}

static void a_full_queue_loses_its_tail(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	struct rig r;

	c.queue_packets = 5;
	r = rig_create(*state, &c, 1);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(qos_lab_push(r.s, 0, qos_lab_packet(r.bed, FRAME, 0)), i < 5);
	assert_int_equal(qos_lab_stats(r.bed, 0)->queued, 5);
	assert_int_equal(qos_lab_stats(r.bed, 0)->queued_most, 5);
	take(&r);
	assert_int_equal(r.packets, 5);
	assert_int_equal(qos_lab_stats(r.bed, 0)->queued, 0);
	rig_destroy(&r);
}

/* However large the limits: half of the buffers are not for queues. */
static void all_queues_together_are_bounded(void **state)
{
	struct plane_qos c[3] = {qos_lab_class(0, 1), qos_lab_class(1, 2), qos_lab_default(2)};
	unsigned kept = 0;
	struct rig r;

	for (unsigned i = 0; i < 3; i++)
		c[i].queue_packets = UINT16_MAX;
	c[0].flags = PLANE_QOS_PRIORITY;
	r = rig_create(*state, c, 3);
	for (unsigned i = 0; i < 1200; i++)
		kept += qos_lab_push(r.s, 1 + i % 2, qos_lab_packet(r.bed, FRAME, 0));
	/* of the room of qos_lab_plan(), 1000, an eighth is for priority */
	assert_int_equal(kept, 875);
	for (unsigned i = 0; i < 200; i++)
		kept += qos_lab_push(r.s, 0, qos_lab_packet(r.bed, FRAME, 0));
	assert_int_equal(kept, 1000);
	rig_destroy(&r);
}

static void a_policer_lets_its_rate_and_burst_through(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	unsigned conform = 0;
	struct rig r;

	c.flags = PLANE_QOS_POLICE | PLANE_QOS_EXCEED_DROP;
	c.police_bps = 8 * QOS_LAB_MBIT; /* a frame a millisecond */
	c.burst_bytes = 50 * FRAME;
	r = rig_create(*state, &c, 1);
	for (unsigned i = 0; i < 5000; i++) {
		struct qos_attachment_state *a = qos_sched_find(r.s, UINT32_MAX, BED_OUTSIDE);

		conform += qos_sched_police(r.s, a->classes, FRAME, qos_lab_us(r.now_us));
		r.now_us += 500;
	}
	assert_true(conform >= 2545 && conform <= 2555);
	rig_destroy(&r);
}

static int make(void **state)
{
	*state = bed_create(1, 1);
	return 0;
}

static int destroy(void **state)
{
	bed_destroy(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(priority_overtakes_a_full_queue),
		cmocka_unit_test(priority_keeps_to_its_rate_while_others_wait),
		cmocka_unit_test(bandwidths_are_weights_and_nothing_is_left_over),
		cmocka_unit_test(a_shaped_class_leaves_the_rest_to_others),
		cmocka_unit_test(a_rate_is_never_exceeded_by_more_than_its_burst),
		cmocka_unit_test(the_next_departure_is_known),
		cmocka_unit_test(tunnels_share_the_rate_of_their_interface),
		cmocka_unit_test(flows_of_a_fair_class_share_alike),
		cmocka_unit_test(a_full_queue_loses_its_tail),
		cmocka_unit_test(all_queues_together_are_bounded),
		cmocka_unit_test(a_policer_lets_its_rate_and_burst_through),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, make, destroy);
}
