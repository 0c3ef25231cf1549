/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/dataplane.h"

#include "dataplane/packet.h"
#include "dataplane/vlan.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"

#include <rte_malloc.h>
#include <rte_mbuf.h>

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	MAX_ROUTES = 16384,
	MAX_NEXT_HOPS = 8192,
	/* outer headers and Ethernet in front of an inner packet that itself came at offset 14 */
	HEADROOM_MIN = 128,
};

static_assert(RTE_PKTMBUF_HEADROOM >= HEADROOM_MIN);

/* A nameless ring, so several data planes fit one process. */
static struct rte_ring *make_ring(unsigned flags)
{
	struct rte_ring *r = rte_zmalloc(NULL, (size_t)rte_ring_get_memsize(DATAPLANE_RING), 64);

	if (r && rte_ring_init(r, "", DATAPLANE_RING, flags)) {
		rte_free(r);
		return NULL;
	}
	return r;
}

static void free_ring(struct rte_ring *r)
{
	struct rte_mbuf *m;

	while (r && rte_ring_dequeue(r, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	rte_free(r);
}

static int make_rings(struct dataplane *dp)
{
	for (unsigned i = 0; i < dp->n_workers; i++) {
		dp->punt[i] = make_ring(RING_F_SP_ENQ | RING_F_SC_DEQ);
		dp->inject[i] = make_ring(RING_F_SP_ENQ | RING_F_SC_DEQ);
		dp->handoff[i] = make_ring(RING_F_SC_DEQ);
		if (!dp->punt[i] || !dp->inject[i] || !dp->handoff[i])
			return -ENOMEM;
	}
	return 0;
}

static int make_bells(struct dataplane *dp)
{
	int bad = 0;

	dp->bell_control = plane_bell_create();
	dp->bell_main = plane_bell_create();
	bad |= dp->bell_control < 0 || dp->bell_main < 0;
	for (unsigned i = 0; i < dp->n_workers; i++) {
		dp->bell_workers[i] = plane_bell_create();
		bad |= dp->bell_workers[i] < 0;
	}
	return bad ? -EMFILE : 0;
}

/* Which worker puts a datagram together is nobody's to choose. */
static int make_fragment_key(struct dataplane *dp)
{
	ssize_t n = getrandom(dp->fragment_key, sizeof(dp->fragment_key), 0);

	return n == sizeof(dp->fragment_key) ? 0 : -EAGAIN;
}

static int make_tables(struct dataplane *dp)
{
	dp->rcu = rte_zmalloc(NULL, rte_rcu_qsbr_get_memsize(dp->n_workers), 64);
	if (!dp->rcu || rte_rcu_qsbr_init(dp->rcu, dp->n_workers))
		return -ENOMEM;
	dp->routes = route_create(MAX_ROUTES, MAX_NEXT_HOPS, dp->rcu);
	atomic_store(&dp->policy, policy_create(NULL, NULL, 0));
	return dp->routes && atomic_load(&dp->policy) ? 0 : -ENOMEM;
}

static int make_workers(struct dataplane *dp)
{
	for (unsigned i = 0; i < dp->n_workers; i++) {
		dp->workers[i] = worker_create(dp, i);
		if (!dp->workers[i])
			return -ENOMEM;
	}
	return 0;
}

int dataplane_init(struct dataplane *dp)
{
	int err = make_rings(dp);

	if (!err)
		err = make_bells(dp);
	if (!err)
		err = make_tables(dp);
	if (!err)
		err = make_fragment_key(dp);
	if (!err)
		err = make_workers(dp);
	if (err) {
		log_error("the data plane cannot start: %s",
			  err == -EMFILE ? "too many open files"
					 : "not enough memory, raise `memory` under `platform`");
		dataplane_fini(dp);
	}
	return err;
}

void dataplane_fini(struct dataplane *dp)
{
	/* esp_library.h: the last first */
	for (unsigned i = dp->n_workers; i-- > 0;) {
		worker_destroy(dp->workers[i]);
		dp->workers[i] = NULL;
	}
	vlan_fini(dp);
	policy_destroy(atomic_exchange(&dp->policy, NULL));
	qos_plan_destroy(atomic_exchange(&dp->qos, NULL));
	route_destroy(dp->routes);
	rte_free(dp->rcu);
	dp->routes = NULL;
	dp->rcu = NULL;
	for (unsigned i = 0; i < dp->n_workers; i++) {
		free_ring(dp->punt[i]);
		free_ring(dp->inject[i]);
		free_ring(dp->handoff[i]);
		dp->punt[i] = dp->inject[i] = dp->handoff[i] = NULL;
		if (dp->bell_workers[i] > 0)
			close(dp->bell_workers[i]);
		dp->bell_workers[i] = 0;
	}
	if (dp->bell_control > 0)
		close(dp->bell_control);
	if (dp->bell_main > 0)
		close(dp->bell_main);
	dp->bell_control = dp->bell_main = 0;
}
