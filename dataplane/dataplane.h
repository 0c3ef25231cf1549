/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data plane as a whole: what main() builds once and what workers and main thread share. Fields
 * say who writes them after start.
 */
#pragma once

#include "dataplane/policy.h"
#include "dataplane/port.h"
#include "dataplane/qos_plan.h"
#include "dataplane/route.h"
#include "lib/base/siphash.h"
#include "lib/plane/plane_layout.h"

#include <rte_mempool.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring.h>

#include <stdatomic.h>
#include <stdint.h>

enum {
	DATAPLANE_BURST = 32,
	DATAPLANE_RING = 1024, /* mbufs in flight to or from the main thread, and between workers */
};

struct capture;
struct capture_area;
struct filter;
struct worker;

struct dataplane {
	struct plane *plane; /* the shared memory file, created by main() */
	struct rte_mempool *pool;
	struct rte_mempool *large_pool;	    /* for more than POOL_MTU bytes; NULL = none */
	struct rte_rcu_qsbr *rcu;	    /* one reader a worker, reported once a loop */
	struct port ports[PLANE_PORTS_MAX]; /* main: rw, workers: ro */
	unsigned n_ports;
	unsigned n_workers;
	struct worker *workers[PLANE_WORKERS_MAX];
	struct route_table *routes; /* main: rw, workers: lookup */
	_Atomic(struct policy *)
		policy;			/* main: store release, workers: load acquire once a loop */
	_Atomic(struct qos_plan *) qos; /* main: store release, workers: load acquire; NULL: none */
	_Atomic(struct capture *) capture; /* likewise; NULL: nothing is captured */
	_Atomic(struct filter *) filter;   /* likewise; NULL: nothing is filtered */
	struct capture_area
		*capture_areas[PLANE_WORKERS_MAX]; /* main: before capture; else worker's */
	_Atomic(uint64_t) ports_generation; /* main: after each change of a port; workers: ro */
	atomic_bool nat_traversal;	    /* main: rw, workers: ro */
	atomic_bool stop;		    /* main: rw, workers: ro */
	uint8_t fragment_key[SIPHASH_KEY];  /* random; fixed before the workers start */
	int bell_control;		    /* rung after anything was sent to the control plane */
	int bell_main;			    /* rung after anything was put on a punt ring */
	int bell_workers[PLANE_WORKERS_MAX];
	struct rte_ring
		*punt[PLANE_WORKERS_MAX]; /* mbufs: worker -> main, single producer/consumer */
	struct rte_ring *inject[PLANE_WORKERS_MAX]; /* mbufs: main -> worker */
	struct rte_ring
		*handoff[PLANE_WORKERS_MAX]; /* mbufs: any worker -> owner, many producers */
};

/*
 * Rings, bells, RCU, tables and workers around plane, pool, ports, n_ports and n_workers, which the
 * caller has set in a zeroed struct. 0 or -errno, logged.
 */
int must_check dataplane_init(struct dataplane *dp);
/* What dataplane_init() made, the bells too; plane, pool and ports stay the caller's. */
void dataplane_fini(struct dataplane *dp);
