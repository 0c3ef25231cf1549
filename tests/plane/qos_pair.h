/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two appliances with an SA pair, service policies at site 1. Rates are chosen so that nothing
 * leaves by the real clock while a test runs; pass_time() is the clock that opens the queues.
 */
#pragma once

#include "tests/plane/qos_lab.h"

enum {
	QOS_PAIR_INNER = 100,
	QOS_PAIR_EF = 46,
	QOS_PAIR_CLOSED = QOS_RATE_MIN, /* bits a second: a second and more a packet */
};

struct qos_pair {
	struct bed *from; /* site 1, with the policies */
	struct bed *to;	  /* site 2 */
	uint64_t now_tsc;
};

extern const struct bed_sa qos_pair_sa;

struct qos_pair qos_pair_create(void);
/* Every buffer must be back. */
void qos_pair_destroy(struct qos_pair *p);
/* A packet to the other site, or in clear to 172.16.0.1; its IP identification is id. */
void qos_pair_put(struct qos_pair *p, uint8_t dscp, bool clear, uint16_t id);
/* Everything that waits leaves in its order. */
void qos_pair_pass_time(struct qos_pair *p);
/* Two classes, priority for EF, on the outside; all slower than any test, its burst used up. */
void qos_pair_close(struct qos_pair *p, uint16_t queue_packets);
