/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/capture_main.h"

#include <rte_malloc.h>

#include <errno.h>
#include <stdlib.h>

static int begin(struct capture_main *c)
{
	free(c->draft);
	c->refused = false;
	c->draft = calloc(1, sizeof(*c->draft));
	return c->draft ? 0 : -ENOMEM;
}

static int add_point(struct capture_main *c, const struct plane_capture *step, int port)
{
	struct capture_point *p;

	if (port < 0)
		return port;
	if (step->point >= PLANE_CAPTURES || !step->views ||
	    step->views & ~(PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN))
		return -EINVAL;
	p = &c->draft->points[step->point];
	p->on = true;
	p->in = step->in;
	p->out = step->out;
	p->port = (uint8_t)port;
	p->views = step->views;
	p->has_access = step->has_access;
	p->first_line = c->draft->n_lines;
	return 0;
}

/* A line of the point said last. */
static int add_line(struct capture_main *c, const struct plane_capture *step)
{
	struct capture *d = c->draft;
	struct capture_point *p;
	int err;

	if (step->point >= PLANE_CAPTURES || !d->points[step->point].has_access)
		return -EPROTO;
	p = &d->points[step->point];
	if (d->n_lines == PLANE_CAPTURE_LINES)
		return -E2BIG;
	if (p->first_line + p->rules[0].n_lines != d->n_lines)
		return -EPROTO;
	err = qos_match_line(&d->lines[d->n_lines], &step->line);
	if (err)
		return err;
	d->n_lines++;
	p->rules[0].n_lines++;
	return 0;
}

static bool complete(struct capture *d)
{
	bool any = false;

	for (unsigned i = 0; i < PLANE_CAPTURES; i++) {
		struct capture_point *p = &d->points[i];

		p->rules[0].lines = &d->lines[p->first_line];
		p->rules[0].has_access = true;
		p->access = (struct qos_rules){.rules = p->rules, .n = array_len(p->rules)};
		qos_match_prepare(&p->access);
		any |= p->on;
	}
	return any;
}

static int make_areas(struct dataplane *dp)
{
	for (unsigned i = 0; i < dp->n_workers; i++) {
		if (!dp->capture_areas[i])
			dp->capture_areas[i] =
				rte_zmalloc("capture", sizeof(*dp->capture_areas[i]), 64);
		if (!dp->capture_areas[i])
			return -ENOMEM;
	}
	return 0;
}

static int commit(struct capture_main *c, struct dataplane *dp)
{
	struct capture *fresh = c->draft, *old;

	if (c->refused)
		return -EPROTO;
	if (complete(fresh)) {
		if (make_areas(dp))
			return -ENOMEM;
	} else {
		free(fresh);
		fresh = NULL;
	}
	c->draft = NULL;
	old = atomic_exchange_explicit(&dp->capture, fresh, memory_order_acq_rel);
	if (!old)
		return 0;
	old->token = rte_rcu_qsbr_start(dp->rcu);
	old->next = c->retired;
	c->retired = old;
	return 0;
}

int capture_main_step(struct capture_main *c, struct dataplane *dp,
		      const struct plane_capture *step, int port)
{
	int err = -EPROTO;

	if (step->step == PLANE_CAPTURE_BEGIN)
		return begin(c);
	if (!c->draft)
		return -EPROTO;
	switch (step->step) {
	case PLANE_CAPTURE_POINT: err = add_point(c, step, port); break;
	case PLANE_CAPTURE_LINE: err = add_line(c, step); break;
	case PLANE_CAPTURE_COMMIT: return commit(c, dp);
	}
	c->refused |= err != 0;
	return err;
}

void capture_main_reclaim(struct capture_main *c, const struct dataplane *dp)
{
	struct capture **at = &c->retired, *old;

	while ((old = *at)) {
		if (rte_rcu_qsbr_check(dp->rcu, old->token, false) != 1) {
			at = &old->next;
			continue;
		}
		*at = old->next;
		free(old);
	}
}

void capture_main_fini(struct capture_main *c, struct dataplane *dp)
{
	struct capture *old;

	while ((old = c->retired)) {
		c->retired = old->next;
		free(old);
	}
	free(c->draft);
	free(atomic_exchange(&dp->capture, NULL));
	for (unsigned i = 0; i < dp->n_workers; i++) {
		rte_free(dp->capture_areas[i]);
		dp->capture_areas[i] = NULL;
	}
	c->draft = NULL;
}
