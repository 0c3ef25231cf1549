/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_sched.h"

#include <rte_common.h>

#include <errno.h>
#include <stdlib.h>

static bool is_here(const struct qos_attachment *a, unsigned worker)
{
	return a->tunnel == UINT32_MAX || a->worker == worker;
}

static int make_tunnels(struct qos_scheduler *s, unsigned worker, uint32_t n_tunnels)
{
	const struct qos_plan *plan = s->plan;

	for (unsigned i = plan->n_ports; i < plan->n; i++) {
		const struct qos_attachment *a = &plan->attachments[i];

		if (a->tunnel == UINT32_MAX || a->worker != worker)
			continue;
		if (!s->by_tunnel)
			s->by_tunnel = calloc(n_tunnels, sizeof(*s->by_tunnel));
		if (!s->by_tunnel)
			return -ENOMEM;
		s->n_by_tunnel = n_tunnels;
		if (s->by_tunnel[a->tunnel])
			return -EEXIST;
		s->by_tunnel[a->tunnel] = (uint16_t)i;
	}
	return 0;
}

static int make_class(struct qos_scheduler *s, struct qos_class_state *c,
		      const struct qos_class *class, struct plane_stats_class *stats,
		      uint32_t share)
{
	c->class = class;
	c->stats = class->counted ? &stats[class->want.counter] : &s->uncounted;
	/* its rates are set when it is first looked at: the share it uses is not this one */
	atomic_init(&c->share, share);
	if (class->want.flags & PLANE_QOS_FAIR) {
		c->fair = calloc(1, sizeof(*c->fair));
		if (!c->fair)
			return -ENOMEM;
	}
	return 0;
}

static int make_attachments(struct qos_scheduler *s, unsigned worker,
			    struct plane_stats_class *stats)
{
	const struct qos_plan *plan = s->plan;
	size_t n_classes = 0, at = 0;
	int rc = 0;

	for (unsigned i = 0; i < plan->n; i++)
		if (is_here(&plan->attachments[i], worker))
			n_classes += plan->attachments[i].n_classes;
	s->attachments = calloc(plan->n, sizeof(*s->attachments));
	s->classes = calloc(n_classes, sizeof(*s->classes));
	if (!s->attachments || !s->classes)
		return -ENOMEM;
	for (unsigned i = 0; i < plan->n && rc == 0; i++) {
		const struct qos_attachment *a = &plan->attachments[i];
		bool shared = a->tunnel == UINT32_MAX;
		uint32_t share = shared ? QOS_SHARE_ALL / plan->n_workers : QOS_SHARE_ALL;

		if (!is_here(a, worker))
			continue;
		s->attachments[i].attachment = a;
		s->attachments[i].classes = &s->classes[at];
		/* that of an interface is the rate of its port */
		if (!shared)
			qos_rate_set(&s->attachments[i].total, a->total_bps, QOS_SHARE_ALL,
				     a->total_burst, s->hz);
		for (unsigned k = 0; k < a->n_classes && rc == 0; k++)
			rc = make_class(s, &s->classes[at++], &a->classes[k], stats, share);
	}
	return rc;
}

static int make_asleep(struct qos_scheduler *s)
{
	const struct qos_plan *plan = s->plan;
	uint16_t *next = calloc(plan->n, sizeof(*next));

	s->asleep = next;
	if (!next)
		return -ENOMEM;
	for (unsigned port = 0; port < plan->n_ports; port++) {
		s->ports[port].asleep = next;
		for (unsigned i = 0; i < plan->n; i++)
			next += plan->attachments[i].port == port;
	}
	return 0;
}

struct qos_scheduler *qos_sched_create(struct qos_plan *plan, unsigned worker,
				       const struct qos_plan_place *place)
{
	struct qos_scheduler *s = calloc(1, sizeof(*s));
	int rc = -ENOMEM;

	if (!s)
		goto err;
	s->plan = plan;
	s->hz = place->hz;
	s->room = place->room;
	for (unsigned port = 0; port < plan->n_ports; port++)
		atomic_init(&s->ports[port].share, QOS_SHARE_ALL / plan->n_workers);
	rc = make_tunnels(s, worker, place->n_tunnels);
	if (rc == 0)
		rc = make_attachments(s, worker, plane_stats_class_of(place->plane, worker));
	if (rc == 0)
		rc = make_asleep(s);
	if (rc)
		goto err;
	return s;
err:
	qos_sched_destroy(s);
	errno = -rc;
	return NULL;
}

static void free_packets(struct qos_scheduler *s)
{
	struct rte_mbuf *m[64];
	unsigned n;

	for (unsigned port = 0; s->attachments && port < s->plan->n_ports; port++)
		while ((n = qos_sched_drain(s, port, m, RTE_DIM(m))))
			rte_pktmbuf_free_bulk(m, n);
}

void qos_sched_destroy(struct qos_scheduler *s)
{
	if (!s)
		return;
	free_packets(s);
	for (unsigned i = 0; s->attachments && i < s->plan->n; i++)
		for (unsigned k = 0;
		     s->attachments[i].attachment && k < s->attachments[i].attachment->n_classes;
		     k++)
			free(s->attachments[i].classes[k].fair);
	free(s->attachments);
	free(s->classes);
	free(s->by_tunnel);
	free(s->asleep);
	free(s);
}

static void inherit_class(struct qos_class_state *c, const struct qos_class_state *before)
{
	c->shape.next_tsc = before->shape.next_tsc;
	c->priority.next_tsc = before->priority.next_tsc;
	if (c->class->want.flags & before->class->want.flags & PLANE_QOS_POLICE)
		c->meter = before->meter;
}

void qos_sched_inherit(struct qos_scheduler *s, const struct qos_scheduler *before)
{
	for (unsigned port = 0; port < RTE_MIN(s->plan->n_ports, before->plan->n_ports); port++)
		s->ports[port].link.next_tsc = before->ports[port].link.next_tsc;
	for (unsigned i = s->plan->n_ports; i < s->plan->n; i++) {
		struct qos_attachment_state *a = &s->attachments[i];
		const struct qos_attachment_state *old;

		if (!a->attachment)
			continue;
		old = qos_sched_find(before, a->attachment->tunnel, a->attachment->port);
		if (!old || old->attachment->tunnel != a->attachment->tunnel ||
		    old->attachment->port != a->attachment->port)
			continue;
		if (a->total.byte_cost)
			a->total.next_tsc = old->total.next_tsc;
		for (unsigned k = 0;
		     k < RTE_MIN(a->attachment->n_classes, old->attachment->n_classes); k++)
			inherit_class(&a->classes[k], &old->classes[k]);
	}
}
