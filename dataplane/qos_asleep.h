/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attachments of a port of which nothing may leave yet, the earliest first: a heap, so that a
 * thousand shaped tunnels cost a round no more than those whose time has come. An attachment of a
 * port that has packets is either in the port's list or here.
 */
#pragma once

#include "dataplane/qos_sched.h"

/* Attachment i, until its ready_tsc. */
void qos_asleep_push(struct qos_scheduler *s, struct qos_port_state *p, unsigned i);
/* Attachment i, which is here, is awake whatever the time. */
void qos_asleep_remove(struct qos_scheduler *s, struct qos_port_state *p, unsigned i);
/* Time of the earliest; UINT64_MAX when there is none. */
uint64_t qos_asleep_first(const struct qos_scheduler *s, const struct qos_port_state *p);
