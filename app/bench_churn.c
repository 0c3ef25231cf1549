/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_churn.h"

#include "app/bench_aside.h"
#include "app/bench_span.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"
#include "lib/plane/plane_ring.h"

#include <rte_cycles.h>

#include <errno.h>
#include <string.h>

enum {
	PASSES = 400, /* of one repetition, with and without */
	OUTLIER = 3,  /* times the median: the kernel or a neighbour had the processor */
	ALIVE = BENCH_CHURN_SLOTS / 2,
	WAIT_S = 5, /* for the last acknowledgements */
};

/* The control plane's side. */
struct churn {
	struct bench_run *run;
	_Atomic(uint64_t) clock; /* worker: ticks it spent on packets while SAs came and went */
	_Atomic(bool) stop;
	_Atomic(uint64_t) installed;
	_Atomic(uint64_t) removed;
	_Atomic(int) error;
	uint64_t sent; /* commands */
};

static uint32_t number_of(const struct churn *ch, uint64_t n)
{
	return ch->run->c->sas + (uint32_t)(n % BENCH_CHURN_SLOTS);
}

/* Command n: SA n / 2 comes, or the SA that came ALIVE before it goes. */
static bool send_one(struct churn *ch)
{
	const struct bench_case *c = ch->run->c;
	struct plane_ring *ring = ch->run->gateway->plane.to_worker[0];
	uint64_t n = ch->sent / 2;
	struct plane_msg msg = {.cookie = ch->sent};

	if (ch->sent % 2 == 0) {
		msg.type = c->inbound ? PLANE_SA_IN_INSTALL : PLANE_SA_OUT_INSTALL;
		msg.sa = bench_gateway_sa(ch->run->gateway, c, number_of(ch, n));
	} else if (n >= ALIVE) {
		uint32_t i = number_of(ch, n - ALIVE);

		msg.type = c->inbound ? PLANE_SA_IN_REMOVE : PLANE_SA_OUT_REMOVE;
		msg.remove = (struct plane_remove){
			.spi = bench_gateway_spi(c, i), .pair = i, .tunnel = i};
	} else {
		ch->sent++;
		return true;
	}
	if (plane_ring_send(ring, &msg))
		return false;
	ch->sent++;
	return true;
}

static void take_answers(struct churn *ch)
{
	struct plane_msg msg;

	while (plane_ring_recv(ch->run->gateway->plane.from_worker[0], &msg) == 1) {
		if (msg.type != PLANE_ACK)
			continue;
		if (msg.ack.error)
			atomic_store(&ch->error, msg.ack.error);
		else
			atomic_fetch_add(msg.cookie % 2 ? &ch->removed : &ch->installed, 1);
	}
}

static void *play_control_plane(void *arg)
{
	struct churn *ch = arg;
	double per_tick = 2.0 * ch->run->c->churn / (double)rte_get_tsc_hz();

	while (!atomic_load(&ch->stop)) {
		double due = (double)atomic_load_explicit(&ch->clock, memory_order_relaxed);

		if ((double)ch->sent >= due * per_tick || !send_one(ch))
			rte_pause();
		take_answers(ch);
	}
	return NULL;
}

/* Mean of the passes, which commands meet unevenly, but for those in which we did not run. */
static double mean_of(double *passes, unsigned n)
{
	double limit = bench_span_of(passes, n).mid * OUTLIER, sum = 0;
	unsigned kept = 0;

	while (kept < n && passes[kept] <= limit)
		sum += passes[kept++];
	return sum / kept;
}

static int time_block(struct churn *ch, bool with, double *mean, uint64_t *lost)
{
	struct bench_lane *l = &ch->run->lanes[0];
	struct bench_pass pass = {.lanes = 1, .whole = true, .may_lose = true};
	double passes[PASSES];
	int err = 0;

	pass.clock = with ? &ch->clock : NULL;
	for (unsigned i = 0; i < PASSES && !err; i++) {
		err = bench_lane_path(l, &pass);
		passes[i] = l->cycles;
		*lost += bench_lane_lost(l, &pass);
	}
	*mean = mean_of(passes, PASSES);
	return err;
}

/* Lets the worker carry out what was sent, so that every SA is accounted for. */
static int settle(struct churn *ch)
{
	const struct plane_ring *ring = ch->run->gateway->plane.to_worker[0];
	uint64_t start = rte_rdtsc(), hz = rte_get_tsc_hz();

	while (rte_rdtsc() - start < hz / 1000 ||
	       (!plane_ring_is_empty(ring) && rte_rdtsc() - start < hz * WAIT_S))
		worker_once(ch->run->lanes[0].worker);
	return plane_ring_is_empty(ring) ? 0 : -ETIMEDOUT;
}

static int run_blocks(struct churn *ch, struct bench_result *result)
{
	double with[BENCH_REPETITIONS_MAX], without[BENCH_REPETITIONS_MAX];
	double ratios[BENCH_REPETITIONS_MAX] = {0}, empty = result->empty.mid;
	struct bench_churn_result *r = &result->churn;
	unsigned n = ch->run->c->repetitions;
	int err = 0;

	for (unsigned i = 0; i < n && !err; i++) {
		err = time_block(ch, false, &without[i], &r->lost);
		if (!err)
			err = time_block(ch, true, &with[i], &r->lost);
		if (!err)
			err = settle(ch);
	}
	if (err)
		return err;
	/* by pairs, as the machine has slow phases */
	for (unsigned i = 0; i < n; i++)
		ratios[i] = (with[i] - empty) / (without[i] - empty);
	r->ratio = bench_span_of(ratios, n).mid;
	r->without = bench_span_less(bench_span_of(without, n), empty);
	r->with = bench_span_less(bench_span_of(with, n), empty);
	return 0;
}

int bench_churn_measure(struct bench_run *run, struct bench_result *result)
{
	struct churn ch = {.run = run};
	double seconds;
	pthread_t thread;
	int err = bench_aside_start(&thread, play_control_plane, &ch);

	if (err)
		return err;
	err = run_blocks(&ch, result);
	atomic_store(&ch.stop, true);
	pthread_join(thread, NULL);
	take_answers(&ch);
	if (!err)
		err = atomic_load(&ch.error);
	if (err)
		log_error("SAs could not come and go: %s", strerror(-err));
	seconds = (double)atomic_load(&ch.clock) / (double)rte_get_tsc_hz();
	result->churn.asked = run->c->churn;
	result->churn.sas = atomic_load(&ch.removed);
	result->churn.sustained = (double)atomic_load(&ch.removed) / seconds;
	return err;
}
