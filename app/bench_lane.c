/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_lane.h"

#include "app/bench_verify.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

enum {
	TTL_BEFORE = 64,
	TTL_AFTER = 63,
	SPINS = 2000,	     /* at the barrier, before the processor is given away */
	ROUNDS_MAX = 100000, /* of a pass: more means that nothing is taken any more */
	DRAIN_MS = 3000,     /* without a packet: nothing comes any more */
};

/* Some lanes of a run, from the first to before the last. */
struct range {
	unsigned first;
	unsigned end;
};

static bool is_joint(const struct bench_lane *l, const struct bench_pass *pass)
{
	return l->run->c->handoff && pass->lanes > 1;
}

/* The lanes whose packets come and go with those of l. */
static struct range fellows(const struct bench_lane *l, const struct bench_pass *pass)
{
	return is_joint(l, pass) ? (struct range){0, pass->lanes}
				 : (struct range){l->id, l->id + 1};
}

/* Awake, so that all start at once. */
static void meet(const struct bench_lane *l, const struct bench_pass *pass)
{
	struct bench_run *r = l->run;
	unsigned n = pass->lanes;
	unsigned place, spins = 0;

	if (!is_joint(l, pass))
		return;
	place = atomic_fetch_add(&r->arrived, 1) / n;
	while (atomic_load_explicit(&r->arrived, memory_order_acquire) / n == place) {
		rte_pause();
		if (++spins > SPINS)
			sched_yield();
	}
}

/* With --spread handoff a packet arrives one worker too early. */
static unsigned owner_of(const struct bench_lane *l, unsigned lanes)
{
	const struct bench_case *c = l->run->c;

	return c->handoff && lanes > 1 ? (l->id + 1) % c->workers : l->id;
}

int bench_run_init(struct bench_run *r, const struct bench_case *c)
{
	*r = (struct bench_run){.c = c, .in = c->inbound, .ex = !c->inbound};
	for (unsigned i = 0; i < c->workers; i++)
		r->queues[i].burst = c->burst;
	/* the gateway polls from its first command on */
	bench_device_attach(r->queues, c->workers, r->in, r->ex);
	if (pthread_barrier_init(&r->together, NULL, c->workers))
		return -ENOMEM;
	r->gateway = bench_gateway_create(c);
	if (!r->gateway || (c->inbound && bench_far_init(&r->far, c, r->gateway)))
		return -ENOMEM;
	for (unsigned i = 0; i < c->workers; i++) {
		struct bench_lane *l = &r->lanes[i];
		const struct esp_library *lib = worker_library(r->gateway->dp.workers[i]);

		*l = (struct bench_lane){.run = r,
					 .id = i,
					 .worker = r->gateway->dp.workers[i],
					 .queue = &r->queues[i]};
		l->packets = bench_packets_create(c, r->gateway, &r->far, lib);
		if (!l->packets)
			return -ENOMEM;
		l->raw = bench_raw_create(l->packets, owner_of(l, c->workers), lib);
		if (!l->raw)
			return -ENOMEM;
		l->queue->feed = l->packets->m;
	}
	return 0;
}

void bench_run_fini(struct bench_run *r)
{
	for (unsigned i = 0; i < r->c->workers; i++) {
		if (r->lanes[i].raw)
			bench_raw_destroy(r->lanes[i].raw);
		if (r->lanes[i].packets)
			bench_packets_destroy(r->lanes[i].packets);
	}
	bench_far_fini(&r->far);
	if (r->gateway)
		bench_gateway_destroy(r->gateway);
	pthread_barrier_destroy(&r->together);
}

static unsigned expected(const struct bench_run *r, struct range of)
{
	unsigned n = 0;

	for (unsigned i = of.first; i < of.end; i++)
		n += BENCH_PACKETS - r->lanes[i].packets->late;
	return n;
}

static unsigned came_out(const struct bench_run *r, struct range of)
{
	unsigned n = 0;

	for (unsigned i = of.first; i < of.end; i++)
		n += atomic_load_explicit(&r->lanes[i].out, memory_order_relaxed);
	return n;
}

static void drain(struct bench_lane *l, struct range of)
{
	uint64_t patience = rte_get_tsc_hz() / 1000 * DRAIN_MS, since = rte_rdtsc();
	unsigned all = expected(l->run, of), before = 0, n;

	for (;;) {
		atomic_store_explicit(&l->out, l->queue->taken, memory_order_relaxed);
		n = came_out(l->run, of);
		if (n != before)
			since = rte_rdtsc();
		if (n >= all || rte_rdtsc() - since > patience)
			return;
		before = n;
		worker_once(l->worker);
	}
}

static void run_rounds(struct bench_lane *l, unsigned until)
{
	for (unsigned i = 0; i < ROUNDS_MAX && l->queue->given < until; i++)
		worker_once(l->worker);
}

static long preemptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* A long round in which the kernel ran something else on this processor is not ours. */
static void judge_round(struct bench_lane *l, uint64_t ticks)
{
	long before = l->preemptions;

	l->preemptions = preemptions();
	if (l->preemptions == before)
		l->longest = ticks;
}

/* The same with a look at the clock after each round. */
static void run_watched(struct bench_lane *l, const struct bench_pass *pass)
{
	uint64_t base = pass->clock ? atomic_load(pass->clock) : 0, start = rte_rdtsc();

	l->preemptions = pass->longest ? preemptions() : 0;
	for (uint64_t before = start, now; l->queue->given < BENCH_PACKETS; before = now) {
		worker_once(l->worker);
		now = rte_rdtsc();
		if (pass->longest && now - before > l->longest)
			judge_round(l, now - before);
		if (pass->clock)
			atomic_store_explicit(pass->clock, base + now - start,
					      memory_order_relaxed);
	}
}

static void run_pass(struct bench_lane *l, const struct bench_pass *pass)
{
	struct bench_queue *q = l->queue;
	unsigned given, taken, n;
	uint64_t start;

	if (!pass->whole)
		run_rounds(l, BENCH_WARM);
	given = q->given;
	taken = q->taken;
	start = rte_rdtsc_precise();
	if (pass->clock || pass->longest)
		run_watched(l, pass);
	else
		run_rounds(l, BENCH_PACKETS);
	l->ticks = rte_rdtsc_precise() - start;
	/* a worker that is handed packets has done with those it sent */
	n = is_joint(l, pass) ? q->taken - taken : q->given - given;
	l->cycles = n ? (double)l->ticks / n : 0;
	drain(l, fellows(l, pass));
}

static void complain(const struct bench_run *r, struct range of)
{
	for (unsigned w = of.first; w < of.end; w++) {
		const struct plane_stats_worker *stats = &r->gateway->plane.stats_worker[w];

		for (unsigned reason = 0; reason < DROP_COUNT; reason++)
			if (stats->drops[reason])
				log_error("worker %u dropped %llu packets so far: %s", w,
					  (unsigned long long)stats->drops[reason],
					  drop_name(reason));
	}
	log_error("%u of %u packets came through", came_out(r, of), expected(r, of));
}

unsigned bench_lane_lost(const struct bench_lane *l, const struct bench_pass *pass)
{
	struct range of = fellows(l, pass);
	unsigned all = expected(l->run, of), out = came_out(l->run, of);

	return all > out ? all - out : 0;
}

static void account(struct bench_lane *l, const struct bench_pass *pass)
{
	struct range of = fellows(l, pass);

	l->fed += BENCH_PACKETS;
	l->late += l->packets->late;
	/* more than expected would be as wrong as less; one says so for all of them */
	if (l->id != of.first || came_out(l->run, of) == expected(l->run, of) || pass->may_lose)
		return;
	complain(l->run, of);
	atomic_store(&l->run->error, -EIO);
}

/* What the far end sealed is judged too. */
static bool check_in(const struct bench_lane *l)
{
	for (unsigned i = 0; l->run->c->inbound && i < BENCH_PACKETS; i++) {
		if (bench_verify_esp(l->packets, l->packets->m[i], TTL_BEFORE))
			continue;
		log_error("packet %u for worker %u was made wrong", i, l->id);
		return false;
	}
	return true;
}

/* The lane whose packet it is: with --spread handoff it comes out elsewhere. */
static const struct bench_packets *origin(const struct bench_lane *l, const struct rte_mbuf *m)
{
	for (unsigned i = 0; i < l->run->c->workers; i++)
		if (bench_packets_row(l->run->lanes[i].packets, m))
			return l->run->lanes[i].packets;
	return NULL;
}

static bool check_out(struct bench_lane *l)
{
	for (unsigned i = 0; i < l->queue->taken; i++) {
		const struct rte_mbuf *m = l->queue->sunk[i];
		const struct bench_packets *p = origin(l, m);

		if (p && (l->run->c->inbound ? bench_verify_clear(p, m, TTL_AFTER)
					     : bench_verify_esp(p, m, TTL_AFTER))) {
			l->verified++;
			continue;
		}
		log_error("packet %u of worker %u is wrong", i, l->id);
		return false;
	}
	return true;
}

int bench_lane_path(struct bench_lane *l, const struct bench_pass *pass)
{
	bench_packets_prepare(l->packets, owner_of(l, pass->lanes));
	bench_device_rewind(l->queue);
	atomic_store(&l->out, 0);
	if (pass->verify && !check_in(l))
		atomic_store(&l->run->error, -EBADMSG);
	meet(l, pass);
	run_pass(l, pass);
	meet(l, pass);
	account(l, pass);
	if (pass->verify && !check_out(l))
		atomic_store(&l->run->error, -EBADMSG);
	meet(l, pass);
	return atomic_load(&l->run->error);
}

static void move(struct bench_lane *l, unsigned until)
{
	struct rte_mbuf *m[BENCH_BURST_MAX];

	while (l->queue->given < until) {
		uint16_t n = rte_eth_rx_burst(l->run->in, (uint16_t)l->id, m, DATAPLANE_BURST);

		rte_eth_tx_burst(l->run->ex, (uint16_t)l->id, m, n);
	}
}

void bench_lane_empty(struct bench_lane *l)
{
	uint64_t start;

	bench_device_rewind(l->queue);
	move(l, BENCH_WARM);
	start = rte_rdtsc_precise();
	move(l, BENCH_PACKETS);
	l->ticks = rte_rdtsc_precise() - start;
	l->cycles = (double)l->ticks / (BENCH_PACKETS - BENCH_WARM);
}

void bench_lane_raw(struct bench_lane *l, unsigned api)
{
	uint64_t start;

	bench_raw_begin(l->raw);
	bench_raw_run(l->raw, api, 0, BENCH_WARM);
	start = rte_rdtsc_precise();
	bench_raw_run(l->raw, api, BENCH_WARM, BENCH_PACKETS);
	l->ticks = rte_rdtsc_precise() - start;
	l->cycles = (double)l->ticks / (BENCH_PACKETS - BENCH_WARM);
}

int bench_lane_agree(struct bench_lane *l)
{
	int err;

	pthread_barrier_wait(&l->run->together);
	err = atomic_load(&l->run->error);
	/* a later error is for the next time */
	pthread_barrier_wait(&l->run->together);
	return err;
}
