/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All service policies of this data plane: what is attached where, its classes, and one scheduler a
 * worker with the queues. Built whole by culvertd's main thread beside the running plan and
 * published with one pointer store. Unlike a security policy a plan is held by a worker across
 * rounds, its queues hold packets: so it is not retired by QSBR but returned by acknowledgement.
 * A worker moves its packets into the new plan when it sees it and then says so with the plan's
 * serial; a plan older than what every worker holds is nobody's.
 */
#pragma once

#include "dataplane/qos_build.h"
#include "dataplane/qos_match.h"
#include "lib/base/compat.h"
#include "lib/plane/plane_layout.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_LIMIT_DEFAULT = 64, /* packets of a class, as IOS has it */
};

struct qos_scheduler;

struct qos_class {
	struct plane_qos want;
	uint32_t limit;		 /* packets */
	uint64_t unit;		 /* virtual time of a byte: the less, the larger its bandwidth */
	uint64_t priority_burst; /* bytes */
	uint64_t shape_burst;
	uint64_t police_burst;
	bool counted; /* want.counter is its own */
};

/* A policy on an interface or a tunnel; or what a port does for packets no policy is for. */
struct qos_attachment {
	uint8_t port;
	uint8_t worker;	 /* of the tunnel */
	uint32_t tunnel; /* UINT32_MAX: the interface's */
	bool queues;	 /* something in it may make a packet wait */
	uint64_t total_bps;
	uint64_t total_burst;
	const struct qos_class *classes;
	unsigned n_classes; /* 1 .. 256 */
	struct qos_rules rules;
};

/*
 * Attachment i is, for i below n_ports, the rest of port i: a queue without limits that is used
 * only while packets of a policy that was taken away are still in it. The interfaces' and tunnels'
 * own follow.
 */
struct qos_plan {
	uint64_t serial;
	unsigned n_ports;
	unsigned n_workers;
	unsigned n; /* attachments */
	struct qos_attachment *attachments;
	struct qos_class *classes;
	struct qos_rule *rules;
	struct qos_line *lines;
	uint16_t by_port[PLANE_PORTS_MAX]; /* the interface's own, 0 = none */
	bool queues[PLANE_PORTS_MAX];	   /* some attachment there does, or did before this plan */
	_Atomic uint64_t link_bps[PLANE_PORTS_MAX]; /* main: wo, workers: ro; 0 = unknown */
	atomic_bool link_down[PLANE_PORTS_MAX];	    /* main: wo, workers: ro */
	struct qos_scheduler *schedulers[PLANE_WORKERS_MAX]; /* each its worker's */
};

/* Where a plan will run. */
struct qos_plan_place {
	const struct plane *plane;
	unsigned n_ports;
	unsigned n_workers;
	uint32_t n_tunnels;		    /* of a worker */
	uint32_t room;			    /* packets that one worker may hold */
	uint64_t hz;			    /* of the clock the schedulers are run with */
	uint64_t link_bps[PLANE_PORTS_MAX]; /* 0 = unknown */
};

/*
 * A plan of what was gathered, taking nothing from the builder. NULL with errno set: -ENOMEM,
 * -EEXIST (two policies in one place). No class at all is a plan.
 */
struct qos_plan *qos_plan_create(const struct qos_build *b, const struct qos_plan_place *place);
/* Nothing is attached anywhere. */
bool qos_plan_is_empty(const struct qos_plan *p);
/* Frees packets that are left in its queues too. */
void qos_plan_destroy(struct qos_plan *p);
