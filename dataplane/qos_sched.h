/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of one worker for one plan, and which packet leaves next. Knows no worker and no
 * device; time is an argument in TSC cycles.
 *
 * A packet leaves a port when the port's rate allows it (that of the interface's policy, else the
 * speed of the link; without either the device's own back pressure, in qos.c), its attachment's
 * rate and its class's shape. Then, in this order: a priority class below its rate, in any
 * attachment of the port; the class of least virtual time (bytes sent over bandwidth: start-time
 * fair queueing, which is deficit round robin without its bursts); a priority class above its rate,
 * when nobody else can send. Attachments of a port take turns by deficit round robin. A class with
 * `fair-queue` shares itself out by deficit round robin between its flows (qos_fair.h).
 *
 * Not rte_sched: it wants a port of fixed subports, pipes and thirteen traffic classes with all
 * queues allocated at 2^n packets each, knows no class that is both shaped and weighted, copies the
 * class into mbuf fields and cannot be rebuilt while packets wait. Policing is rte_meter.
 *
 * Several workers that send by one interface share its rates without a lock: each runs on its share
 * (qos_share.h), a word that the main thread writes.
 */
#pragma once

#include "dataplane/qos_fair.h"
#include "dataplane/qos_plan.h"
#include "dataplane/qos_queue.h"
#include "dataplane/qos_rate.h"
#include "lib/base/compat.h"
#include "lib/plane/plane_stats.h"

#include <rte_meter.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_CLASSES = 256, /* of an attachment */
};

struct qos_class_state {
	const struct qos_class *class;
	struct plane_stats_class *stats;
	uint32_t n; /* packets that wait */
	uint32_t share_used;
	_Atomic uint32_t share; /* of the rates; main: wo, worker: ro */
	struct qos_fair *fair;	/* NULL: queue */
	struct qos_queue queue;
	uint64_t served; /* virtual time */
	struct qos_rate shape;
	struct qos_rate priority;
	struct rte_meter_srtcm meter;
	struct rte_meter_srtcm_profile profile;
	_Atomic uint64_t offered; /* bytes that came; worker: wo, main: ro */
	_Atomic uint64_t waiting; /* bytes in the queue; likewise */
	uint64_t offered_seen;	  /* main */
	uint64_t demand;	  /* main */
};

struct qos_attachment_state {
	const struct qos_attachment *attachment; /* NULL: a tunnel of another worker */
	struct qos_class_state *classes;
	uint32_t n;	    /* packets that wait */
	uint32_t n_express; /* of them in priority classes */
	int32_t credit;	    /* bytes it may still send in this turn */
	uint16_t next;	    /* in the list of its port */
	uint16_t asleep_at; /* place among those that sleep */
	bool listed;
	bool sleeps;
	uint64_t ready_tsc; /* sleeps: nothing can leave before */
	uint64_t virtual;   /* of the class served last */
	struct qos_rate total;
	uint64_t waiting[QOS_CLASSES / 64]; /* bit: class has packets */
};

struct qos_port_state {
	uint32_t n; /* packets that wait */
	uint32_t n_express;
	uint16_t head; /* attachments that have packets and do not sleep; by index */
	uint16_t tail;
	uint32_t n_listed;
	uint32_t n_asleep;
	uint16_t *asleep; /* of those that sleep, by time (qos_asleep.h); part of s->asleep */
	uint32_t share_used;
	uint64_t bps_used;
	_Atomic uint32_t share; /* of the rate; main: wo, worker: ro */
	struct qos_rate link;
};

struct qos_scheduler {
	struct qos_plan *plan;
	uint64_t hz;
	uint32_t n;    /* packets that wait */
	uint32_t room; /* and may at most; an eighth of it only in priority classes */
	uint32_t n_by_tunnel;
	uint16_t *by_tunnel; /* attachment of a tunnel of this worker, 0 = none */
	struct qos_port_state ports[PLANE_PORTS_MAX];
	struct qos_attachment_state *attachments; /* as the plan's */
	struct qos_class_state *classes;
	uint16_t *asleep; /* room for all attachments, those of a port together */
	struct plane_stats_class uncounted;
};

/* NULL with errno set: -ENOMEM, -EEXIST (two policies of one tunnel). */
struct qos_scheduler *qos_sched_create(struct qos_plan *plan, unsigned worker,
				       const struct qos_plan_place *place);
/* Frees packets that are left. */
void qos_sched_destroy(struct qos_scheduler *s);

/*
 * The attachment of a packet that leaves by port, for tunnel (of this worker) or with UINT32_MAX in
 * clear: that of the tunnel, else of the interface, else the rest of the port while packets wait
 * there; or NULL: it need not wait and belongs to no class.
 */
struct qos_attachment_state *qos_sched_find(const struct qos_scheduler *s, uint32_t tunnel,
					    unsigned port);
/* Charges the policer of a class; false = exceeded. */
bool must_check qos_sched_police(struct qos_scheduler *s, struct qos_class_state *c, uint32_t bytes,
				 uint64_t now_tsc);
/*
 * Puts m, whose packet_wait is filled, into the queue of its class. Returns NULL, or the packet for
 * which there was no room: m or another of its class.
 */
struct rte_mbuf *qos_sched_push(struct qos_scheduler *s, struct qos_attachment_state *a,
				struct qos_class_state *c, struct rte_mbuf *m);
/* The next packets by a port, in order, at most max. Returns how many. */
unsigned qos_sched_pop(struct qos_scheduler *s, unsigned port, uint64_t now_tsc,
		       struct rte_mbuf **m, unsigned max);
/* The same without regard to any rate. */
unsigned qos_sched_drain(struct qos_scheduler *s, unsigned port, struct rte_mbuf **m, unsigned max);
/* When the next packet may leave by a port; UINT64_MAX when none waits. */
uint64_t qos_sched_ready(const struct qos_scheduler *s, unsigned port);
/* What has been charged in the scheduler that ran before is charged in this one. */
void qos_sched_inherit(struct qos_scheduler *s, const struct qos_scheduler *before);
