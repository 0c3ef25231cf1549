/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_link.h"

#include <errno.h>

enum {
	BURST_NS = 1000000, /* of unused time that may be made up for */
};

int stress_link_init(struct stress_link *l, uint64_t bps, uint32_t limit)
{
	*l = (struct stress_link){.bps = bps, .limit = limit};
	for (unsigned i = 0; i < STRESS_LINK_CLASSES && bps; i++) {
		l->queues[i].packets = calloc(limit, sizeof(*l->queues[i].packets));
		if (!l->queues[i].packets)
			return -ENOMEM;
	}
	return 0;
}

void stress_link_fini(struct stress_link *l)
{
	for (unsigned i = 0; i < STRESS_LINK_CLASSES; i++) {
		struct stress_link_queue *q = &l->queues[i];

		for (; q->n; q->n--, q->head++)
			stress_frame_drop(q->packets[q->head % l->limit].frame);
		free(q->packets);
	}
}

bool stress_link_put(struct stress_link *l, const struct stress_packet *p)
{
	struct stress_link_queue *q = &l->queues[p->starved];

	if (q->n == l->limit)
		return false;
	stress_frame_hold(p->frame);
	q->packets[(q->head + q->n++) % l->limit] = *p;
	return true;
}

bool stress_link_get(struct stress_link *l, uint64_t now_ns, struct stress_packet *p)
{
	struct stress_link_queue *q = &l->queues[l->queues[0].n == 0];

	if (!q->n || now_ns < l->free_ns)
		return false;
	*p = q->packets[q->head];
	q->head = (q->head + 1) % l->limit;
	q->n--;
	if (l->free_ns + BURST_NS < now_ns)
		l->free_ns = now_ns - BURST_NS;
	l->free_ns += (p->frame->len + (uint64_t)STRESS_LINK_OVERHEAD) * 8 * 1000000000 / l->bps;
	return true;
}

uint64_t stress_link_due_ns(const struct stress_link *l)
{
	return l->queues[0].n || l->queues[1].n ? l->free_ns : UINT64_MAX;
}
