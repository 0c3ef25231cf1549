/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_asleep.h"

static uint64_t time_at(const struct qos_scheduler *s, const struct qos_port_state *p, unsigned at)
{
	return s->attachments[p->asleep[at]].ready_tsc;
}

static void place(struct qos_scheduler *s, struct qos_port_state *p, unsigned at, unsigned i)
{
	p->asleep[at] = (uint16_t)i;
	s->attachments[i].asleep_at = (uint16_t)at;
}

/* Attachment i goes to `at` or above it: towards the earliest. */
static void rise(struct qos_scheduler *s, struct qos_port_state *p, unsigned at, unsigned i)
{
	while (at && time_at(s, p, (at - 1) / 2) > s->attachments[i].ready_tsc) {
		place(s, p, at, p->asleep[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(s, p, at, i);
}

/* Attachment i goes to `at` or below it. */
static void sink(struct qos_scheduler *s, struct qos_port_state *p, unsigned at, unsigned i)
{
	for (unsigned child = 2 * at + 1; child < p->n_asleep; child = 2 * at + 1) {
		if (child + 1 < p->n_asleep && time_at(s, p, child + 1) < time_at(s, p, child))
			child++;
		if (time_at(s, p, child) >= s->attachments[i].ready_tsc)
			break;
		place(s, p, at, p->asleep[child]);
		at = child;
	}
	place(s, p, at, i);
}

void qos_asleep_push(struct qos_scheduler *s, struct qos_port_state *p, unsigned i)
{
	s->attachments[i].sleeps = true;
	rise(s, p, p->n_asleep++, i);
}

void qos_asleep_remove(struct qos_scheduler *s, struct qos_port_state *p, unsigned i)
{
	unsigned at = s->attachments[i].asleep_at, last = p->asleep[--p->n_asleep];

	s->attachments[i].sleeps = false;
	if (last == i)
		return;
	if (at && time_at(s, p, (at - 1) / 2) > s->attachments[last].ready_tsc)
		rise(s, p, at, last);
	else
		sink(s, p, at, last);
}

uint64_t qos_asleep_first(const struct qos_scheduler *s, const struct qos_port_state *p)
{
	return p->n_asleep ? time_at(s, p, 0) : UINT64_MAX;
}
