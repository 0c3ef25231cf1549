/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies as the control plane sends them, which is not trusted: what is refused and what
 * stays then; plans that come and go; and the rate of an interface between two workers.
 */
#include "dataplane/qos_main.h"
#include "dataplane/qos_share.h"
#include "dataplane/worker_state.h"
#include "tests/plane/box.h"
#include "tests/plane/qos_lab.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	FRAME = 1000,
	SECOND_US = 1000000,
};

static int begin(struct box *b, uint32_t count)
{
	struct plane_msg msg = {.type = PLANE_QOS_BEGIN, .qos.count = count};

	return box_command(b, &msg);
}

static int add(struct box *b, struct plane_qos class)
{
	struct plane_msg msg = {.type = PLANE_QOS_CLASS, .qos = class};

	return box_command(b, &msg);
}

static int match(struct box *b, uint16_t low, uint16_t high)
{
	struct plane_msg msg = {
		.type = PLANE_QOS_MATCH,
		.qos_match = {.permit = 1, .src_port = {0, UINT16_MAX}, .dst_port = {low, high}}};

	return box_command(b, &msg);
}

static int commit(struct box *b)
{
	struct plane_msg msg = {.type = PLANE_QOS_COMMIT};

	return box_command(b, &msg);
}

static const struct qos_plan *running(struct box *b)
{
	return atomic_load(&b->bed->dp.qos);
}

static void a_policy_of_messages_runs(void **state)
{
	struct box *b = *state;
	struct plane_qos c = qos_lab_class(0, 1);
	const struct qos_plan *p;

	c.flags = PLANE_QOS_HAS_ACCESS;
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, c), 0);
	assert_int_equal(match(b, 80, 80), 0);
	assert_int_equal(match(b, 443, 443), 0);
	assert_int_equal(add(b, qos_lab_default(1)), 0);
	assert_int_equal(commit(b), 0);
	p = running(b);
	assert_non_null(p);
	assert_int_equal(p->n, p->n_ports + 1);
	assert_int_equal(p->attachments[p->n_ports].n_classes, 2);
	assert_int_equal(p->attachments[p->n_ports].rules.rules[0].n_lines, 2);
	/* and is gone again */
	assert_int_equal(begin(b, 0), 0);
	assert_int_equal(commit(b), 0);
	assert_ptr_not_equal(running(b), p);
	assert_null(b->bed->dp.workers[0]->qos);
}

/* Each spoils the whole: the commit is refused and what ran before stays. */
static void ranges_that_lie_are_refused(void **state)
{
	struct box *b = *state;
	static const struct {
		size_t at;
		uint64_t value;
		unsigned bytes;
	} rows[] = {
#define ROW(field, value) \
	{offsetof(struct plane_qos, field), value, sizeof(((struct plane_qos *)0)->field)}
		ROW(class_id, 1),
		ROW(lane, PLANE_LANES),
		ROW(flags, 0x80),
		ROW(exceed_dscp, 64),
		ROW(counter, PLANE_CLASSES),
		ROW(burst_bytes, UINT32_MAX),
		ROW(total_bps, QOS_RATE_MIN - 1),
		ROW(priority_bps, 1),
		ROW(bandwidth_bps, QOS_RATE_MAX + 1),
		ROW(shape_bps, UINT64_MAX),
		ROW(police_bps, 999),
		ROW(flags, PLANE_QOS_POLICE), /* without a rate */
		ROW(tunnel, BED_TUNNELS),
#undef ROW
	};
	const struct qos_plan *before;
	struct plane_qos c;

	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(commit(b), 0);
	before = running(b);
	for (unsigned i = 0; i < array_len(rows); i++) {
		c = qos_lab_default(0);
		memcpy((uint8_t *)&c + rows[i].at, &rows[i].value, rows[i].bytes);
		assert_int_equal(begin(b, 1), 0);
		assert_int_equal(add(b, c), -EINVAL);
		assert_int_equal(commit(b), -EPROTO);
		assert_ptr_equal(running(b), before);
	}
	/* the right one behind the wrong one does not mend it */
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, c), -EINVAL);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(commit(b), -EPROTO);
	c = qos_lab_default(0);
	c.flags = PLANE_QOS_SET_DSCP;
	c.set_dscp = 64;
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, c), -EINVAL);
	c = qos_lab_default(0);
	c.tunnel = 1;
	c.worker = 1; /* there is one worker */
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, c), -EINVAL);
}

static void orders_and_counts_that_lie_are_refused(void **state)
{
	struct box *b = *state;
	struct plane_qos other = qos_lab_class(1, 1), tunnel = qos_lab_default(0);

	assert_int_equal(begin(b, PLANE_CLASSES + 1), -E2BIG);
	assert_int_equal(begin(b, UINT32_MAX), -E2BIG);
	assert_int_equal(add(b, qos_lab_default(0)), -EPROTO);
	assert_int_equal(match(b, 1, 2), -EPROTO);
	assert_int_equal(commit(b), -EPROTO);
	/* fewer and more than announced */
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(commit(b), -EPROTO);
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(add(b, qos_lab_default(1)), -EPROTO);
	/* a gap, another total, another tunnel within one attachment */
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, qos_lab_class(0, 1)), 0);
	assert_int_equal(add(b, qos_lab_default(2)), -EINVAL);
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, qos_lab_class(0, 1)), 0);
	other.total_bps = QOS_RATE_MIN;
	assert_int_equal(add(b, other), -EINVAL);
	other.total_bps = 0;
	other.tunnel = 1;
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, qos_lab_class(0, 1)), 0);
	assert_int_equal(add(b, other), -EINVAL);
	/* lines for a class that has no access list, and lines that lie */
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(match(b, 1, 2), -EPROTO);
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(match(b, 1, 2), -EPROTO);
	assert_int_equal(commit(b), -EPROTO);
	other = qos_lab_default(0);
	other.flags = PLANE_QOS_HAS_ACCESS;
	assert_int_equal(begin(b, 1), 0);
	assert_int_equal(add(b, other), 0);
	assert_int_equal(match(b, 2, 1), -EINVAL);
	assert_int_equal(commit(b), -EPROTO);
	/* two policies in one place */
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(commit(b), -EEXIST);
	tunnel.tunnel = 5;
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, tunnel), 0);
	assert_int_equal(add(b, tunnel), 0);
	assert_int_equal(commit(b), -EEXIST);
	assert_null(running(b));
}

static void an_interface_without_device_keeps_no_other_out(void **state)
{
	struct plane_qos away = qos_lab_default(0);
	struct box *b = *state;

	away.flags = PLANE_QOS_HAS_ACCESS;
	strcpy(away.interface, "GigabitEthernet7/7");
	assert_int_equal(begin(b, 2), 0);
	assert_int_equal(add(b, away), 0);
	assert_int_equal(match(b, 1, 2), 0);
	assert_int_equal(add(b, qos_lab_default(0)), 0);
	assert_int_equal(commit(b), 0);
	assert_int_equal(running(b)->n, running(b)->n_ports + 1);
}

static void lines_are_bounded(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	struct plane_qos_match line = {.src_port = {0, UINT16_MAX}, .dst_port = {0, UINT16_MAX}};
	struct qos_build_limits limits = {1, 1};
	struct qos_build b = {0};

	(void)state;
	c.flags = PLANE_QOS_HAS_ACCESS;
	assert_int_equal(qos_build_begin(&b, 1), 0);
	assert_int_equal(qos_build_add_class(&b, &c, 0, &limits), 0);
	for (unsigned i = 0; i < PLANE_ACL_LINES; i++)
		assert_int_equal(qos_build_add_match(&b, &line), 0);
	assert_int_equal(qos_build_add_match(&b, &line), -E2BIG);
	assert_false(qos_build_complete(&b));
	qos_build_abandon(&b);
}

/* A stalled worker holds its plan; a control plane that goes on committing is told to wait. */
static void plans_that_a_worker_holds_are_kept_and_bounded(void **state)
{
	struct box *b = *state;
	struct qos_main q = {0};
	int rc = 0;

	for (unsigned i = 0; i < QOS_MAIN_RETIRED + 1; i++) {
		assert_int_equal(qos_main_begin(&q, 0), 0);
		assert_int_equal(qos_main_commit(&q, &b->bed->dp), 0);
		qos_main_reclaim(&q, &b->bed->dp, false);
	}
	assert_int_equal(q.n_retired, QOS_MAIN_RETIRED);
	assert_int_equal(qos_main_begin(&q, 0), 0);
	rc = qos_main_commit(&q, &b->bed->dp);
	assert_int_equal(rc, -EAGAIN);
	bed_run(b->bed);
	qos_main_reclaim(&q, &b->bed->dp, false);
	assert_int_equal(q.n_retired, 0);
	assert_int_equal(qos_main_commit(&q, &b->bed->dp), 0);
	qos_main_reclaim(&q, &b->bed->dp, true);
}

static void parts_add_up_to_the_whole(void **state)
{
	static const uint64_t demands[][4] = {{1, 1, 1, 1},
					      {0, 0, 0, 1},
					      {UINT64_MAX, 1, 0, UINT64_MAX},
					      {1000, 2000, 3000, 4000}};
	uint32_t parts[4] = {7, 7, 7, 7};

	(void)state;
	qos_share_split((uint64_t[]){0, 0, 0, 0}, 4, QOS_SHARE_ALL, parts);
	assert_int_equal(parts[0], 7);
	for (unsigned i = 0; i < array_len(demands); i++) {
		uint32_t sum = 0;

		qos_share_split(demands[i], 4, QOS_SHARE_ALL, parts);
		for (unsigned w = 0; w < 4; w++) {
			assert_true(parts[w] >= QOS_SHARE_ALL / 4 / QOS_SHARE_FLOOR);
			sum += parts[w];
		}
		assert_true(sum <= QOS_SHARE_ALL && sum >= QOS_SHARE_ALL - 8);
	}
}

/* One worker's packets of one step: offered as given, then what may leave. */
static uint64_t step(struct bed *bed, struct qos_scheduler *s, uint64_t now_us, uint64_t bps,
		     uint64_t step_us, uint64_t *owed)
{
	struct qos_class_state *c = qos_sched_find(s, UINT32_MAX, BED_OUTSIDE)->classes;
	struct rte_mbuf *m[32];
	uint64_t sent = 0;
	unsigned n;

	for (*owed += bps * step_us / 8 / SECOND_US; *owed >= FRAME; *owed -= FRAME) {
		atomic_store(&c->offered, atomic_load(&c->offered) + FRAME);
		(void)qos_lab_push(s, 0, qos_lab_packet(bed, FRAME, 0));
	}
	while ((n = qos_sched_pop(s, BED_OUTSIDE, qos_lab_us(now_us), m, 32))) {
		sent += n * FRAME;
		rte_pktmbuf_free_bulk(m, n);
	}
	return sent;
}

/*
 * 10 Mbit/s between two workers whose demand moves: together never above, and nothing is left over
 * while they want more.
 */
static void two_workers_share_the_rate_of_an_interface(void **state)
{
	static const struct {
		uint64_t offered[2];
		uint64_t sent[2];
	} rows[] = {
		{{20, 20}, {5, 5}}, {{30, 10}, {7, 3}}, {{20, 0}, {10, 0}},
		{{0, 20}, {0, 10}}, {{8, 1}, {8, 1}},
	};
	const uint64_t mbit = QOS_LAB_MBIT, step_us = 1000;
	struct bed *bed = bed_create(1, 2);
	struct plane_qos c = qos_lab_default(0);
	uint64_t now_us = SECOND_US, owed[2] = {0};
	struct qos_main q = {0};
	struct qos_plan *p;

	(void)state;
	c.total_bps = 10 * mbit;
	p = qos_lab_plan(bed, &c, 1);
	atomic_store(&bed->dp.qos, p);
	for (unsigned i = 0; i < array_len(rows); i++) {
		uint64_t sent[2] = {0}, all = 0;

		for (unsigned ms = 0; ms < 1200; ms++, now_us += step_us) {
			(void)qos_main_run(&q, &bed->dp, now_us / 1000, 500);
			for (unsigned w = 0; w < 2; w++) {
				uint64_t n = step(bed, p->schedulers[w], now_us,
						  rows[i].offered[w] * mbit, step_us, &owed[w]);

				sent[w] += ms >= 200 ? n : 0;
				all += n;
			}
		}
		/* the burst, and what moves with the demand, on top of 1.2 s */
		assert_true(all <= 10 * mbit / 8 * 12 / 10 + 2 * 10 * mbit / 8 / 100);
		for (unsigned w = 0; w < 2; w++) {
			uint64_t want = rows[i].sent[w] * mbit / 8;

			if (sent[w] + mbit / 20 < want || sent[w] > want + mbit / 20)
				fail_msg("row %u: worker %u sent %lu, not %lu", i, w, sent[w],
					 want);
		}
	}
	qos_main_reclaim(&q, &bed->dp, true);
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_policy_of_messages_runs, box_make, box_destroy),
		cmocka_unit_test_setup_teardown(ranges_that_lie_are_refused, box_make, box_destroy),
		cmocka_unit_test_setup_teardown(orders_and_counts_that_lie_are_refused, box_make,
						box_destroy),
		cmocka_unit_test_setup_teardown(an_interface_without_device_keeps_no_other_out,
						box_make, box_destroy),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test_setup_teardown(plans_that_a_worker_holds_are_kept_and_bounded,
						box_make, box_destroy),
		cmocka_unit_test(parts_add_up_to_the_whole),
		cmocka_unit_test(two_workers_share_the_rate_of_an_interface),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
