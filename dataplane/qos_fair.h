/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flows of one class that share alike (`fair-queue`): a hash puts each into one of many queues, and
 * deficit round robin takes from them, one frame's worth of bytes a turn, in constant time. A class
 * that is full loses a packet of its longest queue, so a flow that keeps to its share loses none.
 */
#pragma once

#include "dataplane/qos_queue.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_FAIR_FLOWS = 256
};

struct qos_fair {
	struct {
		struct qos_queue queue;
		int32_t credit; /* bytes it may still send in this turn */
		uint16_t next;	/* in the list of those whose turn comes */
		bool listed;
	} flows[QOS_FAIR_FLOWS];
	uint16_t head; /* whose turn it is; meaningless when none waits */
	uint16_t tail;
	uint32_t n_active;
};

/* Takes m, whose wait.flow and wait.bytes are set. */
void qos_fair_push(struct qos_fair *f, struct rte_mbuf *m);
/* The next packet, NULL when empty. */
struct rte_mbuf *qos_fair_pop(struct qos_fair *f);
/*
 * Who goes when there is no room for m: m itself when its flow has the longest queue, else the
 * oldest packet of the flow that has, taken out.
 */
struct rte_mbuf *qos_fair_victim(struct qos_fair *f, struct rte_mbuf *m);
