/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies in a test: an attachment written as an array of classes, a plan published in a
 * bed as the main thread does, and a scheduler alone with packets that are nothing but a length and
 * a driven clock.
 */
#pragma once

#include "dataplane/qos_sched.h"
#include "tests/plane/bed.h"

enum {
	QOS_LAB_KBIT = 1000,
	QOS_LAB_MBIT = 1000 * 1000,
};

/* A class of the outside interface that matches these DSCP; the caller adds what it does. */
struct plane_qos qos_lab_class(uint8_t class_id, uint64_t dscp_mask);
/* class-default, which matches all. */
struct plane_qos qos_lab_default(uint8_t class_id);

/* A plan of n classes for a bed, not published. */
struct qos_plan *qos_lab_plan(struct bed *bed, const struct plane_qos *classes, unsigned n);
/* Publishes them; the plan before is freed when the workers have taken the new one over. */
void qos_lab_publish(struct bed *bed, const struct plane_qos *classes, unsigned n);
/* The class counters of worker 0. */
const struct plane_stats_class *qos_lab_stats(const struct bed *bed, unsigned counter);

/* Copies of ip one by one from the inside, until the policy of the outside drops one. */
void qos_lab_exceed_police(struct bed *bed, const void *ip, unsigned len);
void qos_lab_exceed_queue(struct bed *bed, const void *ip, unsigned len);

/* A packet that waits: bytes as charged; flow as hashed. */
struct rte_mbuf *qos_lab_packet(struct bed *bed, uint16_t bytes, uint16_t flow);
/* Into class `class_id` of the outside interface's policy; whether nothing had to go. */
bool qos_lab_push(struct qos_scheduler *s, unsigned class_id, struct rte_mbuf *m);
/* Cycles of the schedulers' clock. */
uint64_t qos_lab_us(uint64_t us);
