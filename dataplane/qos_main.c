/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_main.h"

#include "dataplane/dataplane.h"
#include "dataplane/pool.h"
#include "dataplane/qos_sched.h"
#include "dataplane/qos_share.h"
#include "dataplane/worker_state.h"

#include <rte_cycles.h>
#include <rte_mempool.h>

#include <errno.h>

enum {
	REST = 16, /* a queue wants to be empty in so many rounds though nothing comes */
};

int qos_main_begin(struct qos_main *q, uint32_t count)
{
	return qos_build_begin(&q->build, count);
}

int qos_main_add_class(struct qos_main *q, const struct dataplane *dp, const struct plane_qos *qos,
		       int port)
{
	struct qos_build_limits limits = {
		.n_workers = dp->n_workers,
		.n_tunnels = dp->workers[0]->sas.n_tunnels,
	};

	return qos_build_add_class(&q->build, qos, port, &limits);
}

int qos_main_add_match(struct qos_main *q, const struct plane_qos_match *match)
{
	return qos_build_add_match(&q->build, match);
}

static uint64_t link_bps(const struct dataplane *dp, unsigned port)
{
	return dp->plane->stats_main->devices[port].speed_mbps * 1000000ull;
}

static bool link_down(const struct dataplane *dp, unsigned port)
{
	return !dp->plane->stats_main->devices[port].link_up;
}

/*
 * Packets that one worker may hold: with all workers together half of the buffers of the smaller
 * pool that a device receives into, so the devices go on receiving.
 */
static uint32_t room_of(const struct dataplane *dp)
{
	uint32_t buffers = dp->pool->size;

	for (unsigned port = 0; port < dp->n_ports; port++)
		if (dp->ports[port].mtu_max > POOL_MTU && dp->large_pool)
			buffers = RTE_MIN(buffers, dp->large_pool->size);
	return buffers / 2 / dp->n_workers;
}

int qos_main_commit(struct qos_main *q, struct dataplane *dp)
{
	struct qos_plan_place place = {
		.plane = dp->plane,
		.n_ports = dp->n_ports,
		.n_workers = dp->n_workers,
		.n_tunnels = dp->workers[0]->sas.n_tunnels,
		.room = room_of(dp),
		.hz = rte_get_tsc_hz(),
	};
	struct qos_plan *fresh, *old;

	if (!qos_build_complete(&q->build))
		return -EPROTO;
	if (q->n_retired == QOS_MAIN_RETIRED)
		return -EAGAIN;
	for (unsigned port = 0; port < dp->n_ports; port++)
		place.link_bps[port] = link_bps(dp, port);
	fresh = qos_plan_create(&q->build, &place);
	if (!fresh)
		return -errno;
	qos_build_abandon(&q->build);
	old = atomic_exchange_explicit(&dp->qos, fresh, memory_order_acq_rel);
	if (old)
		q->retired[q->n_retired++] = old;
	return 0;
}

/* The oldest plan that some worker holds. */
static uint64_t oldest_held(const struct dataplane *dp)
{
	uint64_t oldest = UINT64_MAX;

	for (unsigned i = 0; i < dp->n_workers; i++) {
		uint64_t held =
			atomic_load_explicit(&dp->workers[i]->qos_serial, memory_order_acquire);

		oldest = RTE_MIN(oldest, held);
	}
	return oldest;
}

void qos_main_reclaim(struct qos_main *q, const struct dataplane *dp, bool workers_ended)
{
	uint64_t oldest = workers_ended ? UINT64_MAX : 0;
	unsigned kept = 0;

	if (workers_ended)
		qos_build_abandon(&q->build);
	else if (q->n_retired)
		oldest = oldest_held(dp);
	for (unsigned i = 0; i < q->n_retired; i++) {
		if (q->retired[i]->serial < oldest)
			qos_plan_destroy(q->retired[i]);
		else
			q->retired[kept++] = q->retired[i];
	}
	q->n_retired = kept;
}

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* What came for a class since the last look, averaged. */
static uint64_t class_demand(struct qos_class_state *c)
{
	uint64_t offered = load(&c->offered), came = offered - c->offered_seen;
	uint64_t rest = load(&c->waiting) / REST;

	c->offered_seen = offered;
	c->demand = qos_share_demand(c->demand, RTE_MAX(came, rest));
	return c->demand;
}

/* Class k of the policy of an interface, on every worker; adds the demands up for the port. */
static void share_class(struct qos_plan *p, unsigned attachment, unsigned k, uint64_t *port_demand)
{
	uint64_t demand[PLANE_WORKERS_MAX];
	uint32_t parts[PLANE_WORKERS_MAX];

	for (unsigned w = 0; w < p->n_workers; w++) {
		struct qos_class_state *c = &p->schedulers[w]->attachments[attachment].classes[k];

		demand[w] = class_demand(c);
		port_demand[w] += demand[w];
		parts[w] = atomic_load_explicit(&c->share, memory_order_relaxed);
	}
	qos_share_split(demand, p->n_workers, QOS_SHARE_ALL, parts);
	for (unsigned w = 0; w < p->n_workers; w++)
		atomic_store_explicit(&p->schedulers[w]->attachments[attachment].classes[k].share,
				      parts[w], memory_order_relaxed);
}

static void share_port(struct qos_plan *p, unsigned port, const uint64_t *demand)
{
	uint32_t parts[PLANE_WORKERS_MAX];

	for (unsigned w = 0; w < p->n_workers; w++)
		parts[w] = atomic_load_explicit(&p->schedulers[w]->ports[port].share,
						memory_order_relaxed);
	qos_share_split(demand, p->n_workers, QOS_SHARE_ALL, parts);
	for (unsigned w = 0; w < p->n_workers; w++)
		atomic_store_explicit(&p->schedulers[w]->ports[port].share, parts[w],
				      memory_order_relaxed);
}

/* A tunnel's packets are all at its owner: of them only the demand on the port counts. */
static void share(struct qos_plan *p)
{
	uint64_t demand[PLANE_PORTS_MAX][PLANE_WORKERS_MAX] = {0};

	for (unsigned i = p->n_ports; i < p->n; i++) {
		const struct qos_attachment *a = &p->attachments[i];
		struct qos_attachment_state *state;

		if (a->tunnel == UINT32_MAX) {
			for (unsigned k = 0; k < a->n_classes; k++)
				share_class(p, i, k, demand[a->port]);
			continue;
		}
		state = &p->schedulers[a->worker]->attachments[i];
		for (unsigned k = 0; k < a->n_classes; k++)
			demand[a->port][a->worker] += class_demand(&state->classes[k]);
	}
	for (unsigned port = 0; port < p->n_ports; port++)
		share_port(p, port, demand[port]);
}

uint32_t qos_main_run(struct qos_main *q, struct dataplane *dp, uint64_t now_ms, uint32_t most_ms)
{
	struct qos_plan *p = atomic_load_explicit(&dp->qos, memory_order_relaxed); /* our own */

	qos_main_reclaim(q, dp, false);
	if (!p || qos_plan_is_empty(p))
		return most_ms;
	for (unsigned port = 0; port < dp->n_ports; port++) {
		atomic_store_explicit(&p->link_bps[port], link_bps(dp, port), memory_order_relaxed);
		atomic_store_explicit(&p->link_down[port], link_down(dp, port),
				      memory_order_relaxed);
	}
	if (dp->n_workers == 1)
		return most_ms;
	if (now_ms >= q->shares_ms) {
		q->shares_ms = now_ms + QOS_MAIN_SHARE_MS;
		share(p);
	}
	return RTE_MIN(most_ms, (uint32_t)(q->shares_ms - now_ms));
}
