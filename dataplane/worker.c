/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/worker.h"

#include "dataplane/capture.h"
#include "dataplane/classify.h"
#include "dataplane/command.h"
#include "dataplane/esp_library.h"
#include "dataplane/forward.h"
#include "dataplane/handoff.h"
#include "dataplane/inbound.h"
#include "dataplane/outbound.h"
#include "dataplane/punt.h"
#include "dataplane/qos.h"
#include "dataplane/qos_plan.h"
#include "dataplane/reassemble.h"
#include "dataplane/sa_stats.h"
#include "dataplane/transmit.h"
#include "dataplane/worker_state.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
	IDLE_SPINS = 32, /* empty rounds before the first nap */
	NAP_FIRST_NS = 20000,
	NAP_MOST_NS = 320000, /* bounds what an idle virtual device adds to the first packet */
	CLOCK_READS_PER_S = 4000,
	BELL_DELAY_US = 100,  /* most that a busy worker keeps news from the control plane */
	CHAIN_DELAY_US = 100, /* most that a packet waits in a crypto engine for others */
};

/* From the lanes that classify filled to the lanes of the devices. */
static void carry(struct worker *w)
{
	inbound_run(w);
	forward_run(w);
	if (unlikely(w->qos))
		qos_protect(w);
	outbound_run(w);
}

/* Packets that should wait no longer for company in the crypto engines; true if there were any. */
static bool settle(struct worker *w)
{
	bool in = esp_chain_due(w->chain_in, w->now_tsc);
	bool out = esp_chain_due(w->chain_out, w->now_tsc);

	if (unlikely(in)) {
		inbound_flush(w);
		carry(w);
	}
	if (unlikely(out))
		outbound_flush(w);
	return in || out;
}

/* ICMP errors take the way of any packet; they never cause others. */
static void carry_own(struct worker *w)
{
	struct rte_mbuf *m[DATAPLANE_BURST];

	while (w->own.n) {
		unsigned n = RTE_MIN(w->own.n, (unsigned)DATAPLANE_BURST);

		w->own.n -= n;
		memcpy(m, w->own.m + w->own.n, n * sizeof(m[0]));
		classify_packets(w, m, n);
		carry(w);
	}
}

static unsigned receive(struct worker *w, unsigned port)
{
	struct rte_mbuf *m[DATAPLANE_BURST];
	const struct port *p = &w->dp->ports[port];
	unsigned n;

	if (w->id >= p->n_rx_queues)
		return 0;
	n = rte_eth_rx_burst(p->id, (uint16_t)w->id, m, DATAPLANE_BURST);
	if (n) {
		if (unlikely(w->capture))
			capture_received(w, port, m, n);
		classify_frames(w, port, m, n);
		carry(w);
	}
	return n;
}

/* What depends on the time is due four times a millisecond; a counter that went back reads too. */
static void read_clocks(struct worker *w)
{
	w->now_tsc = rte_rdtsc();
	if (likely(w->now_tsc - w->clock_tsc < w->clock_every_tsc))
		return;
	w->clock_tsc = w->now_tsc;
	w->now_ms = clock_now_ms();
	w->stats->heartbeat_ms = w->now_ms;
	reassemble_run(w->reassembly, w->now_ms);
	if (w->now_ms >= w->stats_ms) {
		w->stats_ms = w->now_ms + SA_STATS_MS;
		sa_stats_turn(&w->sas);
	}
}

void worker_take_policy(struct worker *w)
{
	w->policy = atomic_load_explicit(&w->dp->policy, memory_order_acquire);
	flow_begin(&w->flows,
		   (struct flow_basis){
			   policy_serial(w->policy),
			   route_generation(w->routes),
			   atomic_load_explicit(&w->dp->ports_generation, memory_order_acquire),
		   });
	/* behind the number that changes with it: no flow is known by what an older one said */
	w->filter = atomic_load_explicit(&w->dp->filter, memory_order_acquire);
}

/* The time of a busy round is counted when the next one begins, with the same reading. */
static void begin_round(struct worker *w)
{
	struct qos_plan *plan = atomic_load_explicit(&w->dp->qos, memory_order_acquire);
	struct capture *capture = atomic_load_explicit(&w->dp->capture, memory_order_acquire);
	uint64_t start_tsc = w->now_tsc;

	read_clocks(w);
	if (w->was_busy)
		w->stats->busy_cycles += w->now_tsc - start_tsc;
	w->round += w->round == UINT32_MAX ? 2 : 1;
	worker_take_policy(w);
	if (unlikely(plan != w->qos_plan))
		qos_switch(w, plan);
	if (unlikely(capture || w->capture))
		capture_round(w, capture);
}

/* A bell is a system call: one tells the control plane all that a busy worker did for a while. */
static void ring_control(struct worker *w, bool busy)
{
	if (busy && w->now_tsc - w->rang_tsc < w->bell_delay_tsc)
		return;
	plane_bell_ring(w->dp->bell_control);
	w->ring_control = false;
	w->rang_tsc = w->now_tsc;
}

static void ring_bells(struct worker *w, bool busy)
{
	if (unlikely(w->ring_control))
		ring_control(w, busy);
	if (unlikely(w->ring_main)) {
		plane_bell_ring(w->dp->bell_main);
		w->ring_main = false;
	}
	for (unsigned i = 0; w->ring_any && i < w->dp->n_workers; i++) {
		/* all workers see the same devices: one that never sleeps needs no bell */
		if (w->ring_workers[i] && w->sleeps)
			plane_bell_ring(w->dp->bell_workers[i]);
		w->ring_workers[i] = false;
	}
	w->ring_any = false;
}

static void end_round(struct worker *w, bool busy)
{
	transmit_flush(w);
	ring_bells(w, busy);
	if (!busy && sa_stats_few(&w->sas))
		sa_stats_turn(&w->sas);
	if (unlikely(sa_stats_due(&w->sas)))
		sa_stats_publish(&w->sas, busy ? SA_STATS_BUSY : SA_STATS_IDLE);
	w->stats->loops++;
	w->stats->busy_loops += busy;
	w->was_busy = busy;
	rte_rcu_qsbr_quiescent(w->dp->rcu, w->id);
}

/* What others want of this worker: nearly always nothing, which costs a look at each ring. */
static bool serve_others(struct worker *w)
{
	const struct dataplane *dp = w->dp;
	bool busy = false;

	if (unlikely(w->ack_waits || !plane_ring_is_empty(dp->plane->to_worker[w->id])))
		busy |= command_drain(w);
	if (unlikely(!plane_ring_is_empty(dp->plane->datagrams_down[w->id])))
		busy |= punt_send_datagrams(w) != 0;
	if (unlikely(!rte_ring_empty(dp->inject[w->id])))
		busy |= handoff_take(w, dp->inject[w->id]) != 0;
	if (unlikely(!rte_ring_empty(dp->handoff[w->id])))
		busy |= handoff_take(w, dp->handoff[w->id]) != 0;
	if (unlikely(busy))
		carry(w);
	return busy;
}

bool worker_once(struct worker *w)
{
	bool busy;

	begin_round(w);
	busy = serve_others(w);
	for (unsigned port = 0; port < w->dp->n_ports; port++)
		busy |= receive(w, port) != 0;
	busy |= settle(w);
	if (unlikely(w->own.n))
		carry_own(w);
	if (unlikely(w->qos))
		busy |= qos_run(w, w->now_tsc) != 0;
	end_round(w, busy);
	return busy;
}

/* Until a packet that waits may leave, at most the longest nap. */
static long until_departure_ns(const struct worker *w)
{
	uint64_t ready_tsc = qos_ready(w), now_tsc = rte_rdtsc();
	uint64_t most_tsc = rte_get_tsc_hz() * NAP_MOST_NS / 1000000000;

	/* in its time and not gone: it waits for its device */
	if (ready_tsc <= now_tsc)
		return NAP_FIRST_NS;
	if (ready_tsc - now_tsc >= most_tsc)
		return NAP_MOST_NS;
	return (long)((ready_tsc - now_tsc) * 1000000000 / rte_get_tsc_hz());
}

/* Sleeps a little longer each time nothing came, until the bell or the next look at the devices. */
static void nap(struct worker *w, unsigned idle)
{
	unsigned doublings = RTE_MIN(idle - IDLE_SPINS, 4u);
	struct timespec ts = {.tv_nsec = RTE_MIN(NAP_FIRST_NS << doublings, NAP_MOST_NS)};
	struct pollfd bell = {.fd = w->dp->bell_workers[w->id], .events = POLLIN};

	if (unlikely(w->qos))
		ts.tv_nsec = RTE_MIN(ts.tv_nsec, until_departure_ns(w));
	w->stats->sleeps++;
	if (ppoll(&bell, 1, &ts, NULL) > 0)
		plane_bell_clear(bell.fd);
}

int worker_loop(void *arg)
{
	struct worker *w = arg;
	unsigned idle = 0;

	while (!atomic_load_explicit(&w->dp->stop, memory_order_relaxed)) {
		if (worker_once(w)) {
			idle = 0;
			continue;
		}
		idle++;
		if (w->sleeps && idle > IDLE_SPINS)
			nap(w, idle);
	}
	rte_rcu_qsbr_thread_offline(w->dp->rcu, w->id);
	return 0;
}

struct worker *worker_create(struct dataplane *dp, unsigned id)
{
	uint64_t delay_tsc = rte_get_tsc_hz() / 1000000 * CHAIN_DELAY_US;
	struct worker *w = rte_zmalloc_socket("worker", sizeof(*w), 64, (int)rte_socket_id());

	if (!w) {
		log_error("no memory for worker %u: raise `memory` under `platform`", id);
		return NULL;
	}
	w->dp = dp;
	w->id = id;
	w->routes = dp->routes;
	w->next_hops = route_next_hop(dp->routes, 0);
	w->stats = &dp->plane->stats_worker[id];
	w->hits = plane_stats_hits_of(dp->plane, id);
	for (unsigned kind = 0; kind < PACKET_PUNT_COUNT; kind++)
		w->punt_tokens[kind] = WORKER_PUNTS_BURST;
	w->bell_delay_tsc = rte_get_tsc_hz() / 1000000 * BELL_DELAY_US;
	w->clock_every_tsc = rte_get_tsc_hz() / CLOCK_READS_PER_S;
	w->now_ms = w->punt_ms = clock_now_ms();
	w->ops = rte_zmalloc("ops", ESP_CRYPTO_BURST * sizeof(*w->ops), 64);
	w->library = esp_library_open();
	w->crypto = esp_crypto_create(w->library);
	w->chain_in = esp_chain_create(w->library, false, delay_tsc);
	w->chain_out = esp_chain_create(w->library, true, delay_tsc);
	w->reassembly = reassemble_create(dp->n_workers, w->stats->drops, dp->pool, dp->large_pool);
	if (!w->ops || !w->crypto || !w->chain_in || !w->chain_out || !w->reassembly ||
	    flow_init(&w->flows, dp->plane->header->params.n_tunnels) ||
	    sa_table_init(&w->sas, dp->plane, id, w->crypto) ||
	    rte_rcu_qsbr_thread_register(dp->rcu, id)) {
		worker_destroy(w);
		return NULL;
	}
	w->sleeps = true;
	for (unsigned port = 0; port < dp->n_ports; port++)
		w->sleeps &= dp->ports[port].is_virtual;
	rte_rcu_qsbr_thread_online(dp->rcu, id);
	return w;
}

static void free_lane(struct lane *lane)
{
	rte_pktmbuf_free_bulk(lane->m, lane->n);
	lane->n = 0;
}

static void free_chain(struct esp_chain *c)
{
	struct esp_chain_op *op;

	if (!c)
		return;
	esp_chain_flush(c);
	while ((op = esp_chain_done(c)))
		rte_pktmbuf_free(op->packet);
}

const struct esp_library *worker_library(const struct worker *w)
{
	return w->library;
}

void worker_destroy(struct worker *w)
{
	if (!w)
		return;
	rte_rcu_qsbr_thread_offline(w->dp->rcu, w->id);
	rte_rcu_qsbr_thread_unregister(w->dp->rcu, w->id);
	free_chain(w->chain_in);
	free_chain(w->chain_out);
	free_lane(&w->inbound);
	free_lane(&w->forward);
	free_lane(&w->protect);
	free_lane(&w->own);
	for (unsigned port = 0; port < PLANE_PORTS_MAX; port++)
		free_lane(&w->tx[port]);
	reassemble_destroy(w->reassembly);
	sa_table_fini(&w->sas);
	flow_fini(&w->flows);
	esp_crypto_destroy(w->crypto);
	esp_chain_destroy(w->chain_in);
	esp_chain_destroy(w->chain_out);
	esp_library_close(w->library);
	rte_free(w->ops);
	rte_free(w);
}
