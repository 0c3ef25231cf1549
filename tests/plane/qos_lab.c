/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/qos_lab.h"

#include "dataplane/packet.h"
#include "dataplane/qos_build.h"
#include "dataplane/worker_state.h"

#include <cmocka.h>
#include <rte_cycles.h>

#include <stdio.h>
#include <string.h>

struct plane_qos qos_lab_class(uint8_t class_id, uint64_t dscp_mask)
{
	struct plane_qos q = {
		.tunnel = UINT32_MAX,
		.class_id = class_id,
		.exceed_dscp = UINT8_MAX,
		.counter = class_id,
		.dscp_mask = dscp_mask,
	};

	snprintf(q.interface, sizeof(q.interface), "GigabitEthernet0/%u", BED_OUTSIDE);
	return q;
}

struct plane_qos qos_lab_default(uint8_t class_id)
{
	return qos_lab_class(class_id, UINT64_MAX);
}

struct qos_plan *qos_lab_plan(struct bed *bed, const struct plane_qos *classes, unsigned n)
{
	struct qos_build_limits limits = {bed->dp.n_workers, BED_TUNNELS};
	struct qos_plan_place place = {
		.plane = &bed->plane,
		.n_ports = bed->dp.n_ports,
		.n_workers = bed->dp.n_workers,
		.n_tunnels = BED_TUNNELS,
		.room = 1000,
		.hz = rte_get_tsc_hz(),
	};
	struct qos_build b = {0};
	struct qos_plan *p;

	assert_int_equal(qos_build_begin(&b, n), 0);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(qos_build_add_class(&b, &classes[i], BED_OUTSIDE, &limits), 0);
	assert_true(qos_build_complete(&b));
	p = qos_plan_create(&b, &place);
	assert_non_null(p);
	qos_build_abandon(&b);
	return p;
}

void qos_lab_publish(struct bed *bed, const struct plane_qos *classes, unsigned n)
{
	struct qos_plan *before = atomic_exchange(&bed->dp.qos, qos_lab_plan(bed, classes, n));

	bed_run(bed);
	for (unsigned i = 0; before && i < bed->dp.n_workers; i++)
		assert_true(atomic_load(&bed->dp.workers[i]->qos_serial) > before->serial);
	qos_plan_destroy(before);
}

/* One by one until one is dropped. */
static void exceed(struct bed *bed, struct plane_qos class, const void *ip, unsigned len)
{
	qos_lab_publish(bed, &class, 1);
	for (unsigned i = 0; i < 1000 && !bed_drops(bed); i++) {
		bed_put(bed, BED_INSIDE, ip, len);
		bed_run(bed);
	}
}

void qos_lab_exceed_police(struct bed *bed, const void *ip, unsigned len)
{
	struct plane_qos class = qos_lab_default(0);

	class.flags = PLANE_QOS_POLICE | PLANE_QOS_EXCEED_DROP;
	class.police_bps = QOS_RATE_MIN;
	exceed(bed, class, ip, len);
}

void qos_lab_exceed_queue(struct bed *bed, const void *ip, unsigned len)
{
	struct plane_qos class = qos_lab_default(0);

	class.shape_bps = QOS_RATE_MIN;
	class.queue_packets = 2;
	exceed(bed, class, ip, len);
}

const struct plane_stats_class *qos_lab_stats(const struct bed *bed, unsigned counter)
{
	return &bed->plane.stats_class[counter];
}

struct rte_mbuf *qos_lab_packet(struct bed *bed, uint16_t bytes, uint16_t flow)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->dp.pool);

	assert_non_null(m);
	*packet_meta(m) = (struct packet_meta){.wait = {.bytes = bytes, .flow = flow}};
	return m;
}

bool qos_lab_push(struct qos_scheduler *s, unsigned class_id, struct rte_mbuf *m)
{
	struct qos_attachment_state *a = qos_sched_find(s, UINT32_MAX, BED_OUTSIDE);
	struct rte_mbuf *victim;

	assert_non_null(a);
	packet_meta(m)->qos_class = (uint8_t)class_id;
	victim = qos_sched_push(s, a, &a->classes[class_id], m);
	rte_pktmbuf_free(victim);
	return !victim;
}

uint64_t qos_lab_us(uint64_t us)
{
	return us * (rte_get_tsc_hz() / 1000000);
}
