/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_plan.h"

#include "dataplane/qos_rate.h"
#include "dataplane/qos_sched.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	UNIT = 256, /* virtual time a byte of the class with the largest bandwidth */
	UNIT_MOST = UNIT << 16,
	REST_PERCENT = 1, /* least part of the bandwidth that classes without one share */
};

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t burst_of(const struct plane_qos *q, uint64_t bps, uint32_t ms)
{
	return q->burst_bytes ? q->burst_bytes : qos_rate_bytes(bps, ms);
}

static struct qos_class make_class(const struct plane_qos *q)
{
	return (struct qos_class){
		.want = *q,
		.limit = q->queue_packets ? q->queue_packets : QOS_LIMIT_DEFAULT,
		.unit = UNIT,
		.priority_burst = burst_of(q, q->priority_bps, QOS_BURST_PRIORITY_MS),
		.shape_burst = qos_rate_bytes(q->shape_bps, QOS_BURST_MS),
		.police_burst = q->burst_bytes ? q->burst_bytes
					       : qos_rate_bytes(q->police_bps, QOS_BURST_POLICE_MS),
		.counted = true,
	};
}

/*
 * Bandwidths become weights. Classes without one share what the others leave of the rate of the
 * attachment; when that is not known, they share as much as the smallest of the others has.
 */
static void weigh(struct qos_class *classes, unsigned n, uint64_t total_bps)
{
	uint64_t given = 0, taken = 0, smallest = UINT64_MAX, largest = 0, rest;
	unsigned without = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t bps = classes[i].want.bandwidth_bps;

		if (classes[i].want.flags & PLANE_QOS_PRIORITY) {
			taken += classes[i].want.priority_bps;
			continue;
		}
		without += bps == 0;
		given += bps;
		largest = max_u64(largest, bps);
		if (bps && bps < smallest)
			smallest = bps;
	}
	if (total_bps)
		rest = max_u64(total_bps > given + taken ? total_bps - given - taken : 0,
			       total_bps / 100 * REST_PERCENT);
	else
		rest = given ? smallest : without;
	rest = max_u64(without ? rest / without : 0, 1);
	largest = max_u64(largest, without ? rest : 1);
	for (unsigned i = 0; i < n; i++) {
		uint64_t bps = classes[i].want.bandwidth_bps;
		double unit = (double)UNIT * (double)largest / (double)(bps ? bps : rest);

		classes[i].unit = (uint64_t)RTE_MIN(unit, (double)UNIT_MOST);
	}
}

static bool waits(const struct plane_qos *q)
{
	return q->flags & (PLANE_QOS_PRIORITY | PLANE_QOS_FAIR) || q->total_bps ||
	       q->bandwidth_bps || q->shape_bps || q->queue_packets;
}

static void make_rule(struct qos_plan *p, size_t i, const struct qos_build_class *c)
{
	p->rules[i] = (struct qos_rule){
		.dscp_mask = c->qos.dscp_mask,
		.lines = p->lines + c->first_line,
		.n_lines = c->n_lines,
		.has_access = c->qos.flags & PLANE_QOS_HAS_ACCESS,
		.match_all = c->qos.flags & PLANE_QOS_MATCH_ALL,
	};
}

/* The queue of each port for what no policy is for; its class is class i. */
static void add_rests(struct qos_plan *p)
{
	for (unsigned port = 0; port < p->n_ports; port++) {
		struct qos_class *c = &p->classes[port];

		*c = make_class(&(struct plane_qos){.tunnel = UINT32_MAX});
		c->limit = UINT32_MAX;
		c->counted = false;
		p->attachments[port] = (struct qos_attachment){
			.port = (uint8_t)port,
			.tunnel = UINT32_MAX,
			.classes = c,
			.n_classes = 1,
			.rules = {.rules = &p->rules[port], .n = 1},
		};
		qos_match_prepare(&p->attachments[port].rules);
	}
	p->n = p->n_ports;
}

/* The attachment whose first class is class i of the builder; returns the index behind its last. */
static uint32_t add_attachment(struct qos_plan *p, const struct qos_build *b, uint32_t i)
{
	const struct qos_build_class *first = &b->classes[i];
	struct qos_attachment *a = &p->attachments[p->n++];
	struct qos_class *classes = &p->classes[p->n_ports + i];
	struct qos_rule *rules = &p->rules[p->n_ports + i];
	uint32_t n = 0;

	*a = (struct qos_attachment){
		.port = first->port,
		.worker = first->qos.worker,
		.tunnel = first->qos.tunnel,
		.total_bps = first->qos.total_bps,
		.total_burst = qos_rate_bytes(first->qos.total_bps, QOS_BURST_MS),
		.classes = classes,
	};
	a->rules.rules = rules;
	do {
		classes[n] = make_class(&first[n].qos);
		make_rule(p, p->n_ports + i + n, &first[n]);
		a->queues |= waits(&first[n].qos);
		n++;
	} while (i + n < b->n && first[n].qos.class_id != 0);
	a->n_classes = a->rules.n = n;
	qos_match_prepare(&a->rules);
	return i + n;
}

/* What the rate above an attachment means for it: that of the interface, when there is no own. */
static void weigh_all(struct qos_plan *p)
{
	for (unsigned i = p->n_ports; i < p->n; i++) {
		struct qos_attachment *a = &p->attachments[i];
		uint64_t bps = a->total_bps, port_bps = 0;

		if (p->by_port[a->port])
			port_bps = p->attachments[p->by_port[a->port]].total_bps;
		a->queues |= port_bps != 0;
		p->queues[a->port] |= a->queues;
		if (!bps)
			bps = port_bps;
		if (!bps)
			bps = atomic_load_explicit(&p->link_bps[a->port], memory_order_relaxed);
		weigh(p->classes + (a->classes - p->classes), a->n_classes, bps);
	}
}

static int fill(struct qos_plan *p, const struct qos_build *b)
{
	if (b->n_lines)
		memcpy(p->lines, b->lines, b->n_lines * sizeof(*p->lines));
	add_rests(p);
	for (uint32_t i = 0; i < b->n;) {
		uint16_t index = (uint16_t)p->n;
		const struct qos_attachment *a = &p->attachments[index];

		i = add_attachment(p, b, i);
		if (a->tunnel != UINT32_MAX)
			continue;
		if (p->by_port[a->port])
			return -EEXIST;
		p->by_port[a->port] = index;
	}
	weigh_all(p);
	for (unsigned port = 0; port < p->n_ports; port++)
		p->queues[port] |= qos_plan_is_empty(p);
	return 0;
}

static int make_schedulers(struct qos_plan *p, const struct qos_plan_place *place)
{
	for (unsigned w = 0; w < p->n_workers; w++) {
		p->schedulers[w] = qos_sched_create(p, w, place);
		if (!p->schedulers[w])
			return -errno;
	}
	return 0;
}

struct qos_plan *qos_plan_create(const struct qos_build *b, const struct qos_plan_place *place)
{
	struct qos_plan *p = calloc(1, sizeof(*p));
	size_t n = place->n_ports + b->n;
	int rc = -ENOMEM;

	if (!p)
		goto err;
	p->serial = rte_rdtsc();
	p->n_ports = place->n_ports;
	p->n_workers = place->n_workers;
	p->attachments = calloc(n, sizeof(*p->attachments));
	p->classes = calloc(n, sizeof(*p->classes));
	p->rules = calloc(n, sizeof(*p->rules));
	p->lines = calloc(b->n_lines + 1, sizeof(*p->lines));
	if (!p->attachments || !p->classes || !p->rules || !p->lines)
		goto err;
	for (unsigned port = 0; port < place->n_ports; port++)
		atomic_init(&p->link_bps[port], place->link_bps[port]);
	rc = fill(p, b);
	if (rc == 0)
		rc = make_schedulers(p, place);
	if (rc)
		goto err;
	return p;
err:
	qos_plan_destroy(p);
	errno = -rc;
	return NULL;
}

bool qos_plan_is_empty(const struct qos_plan *p)
{
	return p->n == p->n_ports;
}

void qos_plan_destroy(struct qos_plan *p)
{
	if (!p)
		return;
	for (unsigned w = 0; w < p->n_workers; w++)
		qos_sched_destroy(p->schedulers[w]);
	free(p->attachments);
	free(p->classes);
	free(p->rules);
	free(p->lines);
	free(p);
}
