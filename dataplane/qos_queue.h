/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A first-in first-out of packets, linked through their own records (packet_wait): no memory of its
 * own, so a limit is a number and nothing else.
 */
#pragma once

#include "dataplane/packet.h"

#include <stdint.h>

struct qos_queue {
	struct rte_mbuf *head;
	struct rte_mbuf *tail;
	uint32_t n;
};

static inline void qos_queue_push(struct qos_queue *q, struct rte_mbuf *m)
{
	packet_meta(m)->wait.next = NULL;
	if (q->n++)
		packet_meta(q->tail)->wait.next = m;
	else
		q->head = m;
	q->tail = m;
}

/* NULL when empty. */
static inline struct rte_mbuf *qos_queue_pop(struct qos_queue *q)
{
	struct rte_mbuf *m = q->head;

	if (!q->n)
		return NULL;
	q->head = packet_meta(m)->wait.next;
	if (--q->n)
		rte_prefetch0(packet_meta(q->head));
	return m;
}
