/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_fair.h"

enum {
	TURN = 1514 /* bytes: a full frame never needs two turns */
};

static unsigned flow_of(struct rte_mbuf *m)
{
	return packet_meta(m)->wait.flow % QOS_FAIR_FLOWS;
}

static void append(struct qos_fair *f, unsigned flow)
{
	if (f->n_active++)
		f->flows[f->tail].next = (uint16_t)flow;
	else
		f->head = (uint16_t)flow;
	f->tail = (uint16_t)flow;
	f->flows[flow].listed = true;
}

static void remove_head(struct qos_fair *f)
{
	f->flows[f->head].listed = false;
	f->head = f->flows[f->head].next;
	f->n_active--;
}

void qos_fair_push(struct qos_fair *f, struct rte_mbuf *m)
{
	unsigned flow = flow_of(m);

	qos_queue_push(&f->flows[flow].queue, m);
	if (!f->flows[flow].listed) {
		f->flows[flow].credit = TURN;
		append(f, flow);
	}
}

struct rte_mbuf *qos_fair_pop(struct qos_fair *f)
{
	while (f->n_active) {
		unsigned flow = f->head;
		struct rte_mbuf *m = NULL;

		if (f->flows[flow].credit > 0)
			m = qos_queue_pop(&f->flows[flow].queue);
		if (m)
			f->flows[flow].credit -= packet_meta(m)->wait.bytes;
		if (f->flows[flow].queue.n && m)
			return m;
		remove_head(f);
		if (m)
			return m;
		if (f->flows[flow].queue.n) {
			f->flows[flow].credit += TURN;
			append(f, flow);
		}
	}
	return NULL;
}

struct rte_mbuf *qos_fair_victim(struct qos_fair *f, struct rte_mbuf *m)
{
	unsigned longest = flow_of(m), flow = f->head;

	for (unsigned i = 0; i < f->n_active; i++, flow = f->flows[flow].next)
		if (f->flows[flow].queue.n > f->flows[longest].queue.n)
			longest = flow;
	return longest == flow_of(m) ? m : qos_queue_pop(&f->flows[longest].queue);
}
