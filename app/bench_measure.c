/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_measure.h"

#include "app/bench_change.h"
#include "app/bench_churn.h"
#include "app/bench_lane.h"
#include "app/bench_span.h"
#include "lib/base/log.h"

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <errno.h>
#include <stdlib.h>

enum {
	PASSES = 40, /* of one repetition... */
	PASSES_MIN = 7,
	PASSES_MS = 20, /* ...or as many as fit in that time */
	/* series behind those of the raw ways */
	SERIES_RAW_ALONE = BENCH_RAW_APIS, /* of several workers each while the others sleep */
	SERIES_EMPTY,
	SERIES_PATH,
	SERIES_ALONE, /* as SERIES_RAW_ALONE */
	SERIES,
};

struct table {
	struct bench_run run;
	/* cycles a packet, by lane */
	double series[BENCH_WORKERS_MAX][SERIES][BENCH_REPETITIONS_MAX];
	unsigned passes[SERIES]; /* of the next repetition; lane 0 writes when all are done */
	unsigned raw_api;	 /* of SERIES_RAW_ALONE; lane 0 writes, before the others' turn */
	_Atomic(unsigned) done;	 /* lanes that are done with a series of all lanes, ever */
};

static bool is_alone(unsigned series)
{
	return series == SERIES_ALONE || series == SERIES_RAW_ALONE;
}

static struct bench_pass pass_of(const struct bench_case *c, unsigned series)
{
	return (struct bench_pass){.lanes = is_alone(series) ? 1 : c->workers};
}

static bool is_measured(const struct bench_case *c, unsigned series)
{
	if (series < BENCH_RAW_APIS)
		return series < bench_raw_apis(c->suite);
	return !is_alone(series) || c->workers > 1;
}

static unsigned passes_for(double cycles)
{
	double fit = (double)rte_get_tsc_hz() / 1000 * PASSES_MS / (cycles * BENCH_PACKETS);

	return fit >= PASSES ? PASSES : fit <= PASSES_MIN ? PASSES_MIN : (unsigned)fit;
}

/* The fastest for the first lane so far. */
static unsigned fastest_raw(const struct table *t)
{
	unsigned best = 0;

	for (unsigned api = 1; api < bench_raw_apis(t->run.c->suite); api++)
		if (t->series[0][api][0] < t->series[0][best][0])
			best = api;
	return best;
}

static int run_pass(const struct table *t, struct bench_lane *l, unsigned series)
{
	struct bench_pass pass = pass_of(l->run->c, series);

	if (series < BENCH_RAW_APIS)
		bench_lane_raw(l, series);
	else if (series == SERIES_RAW_ALONE)
		bench_lane_raw(l, t->raw_api);
	else if (series == SERIES_EMPTY)
		bench_lane_empty(l);
	else
		return bench_lane_path(l, &pass);
	return 0;
}

/* Who is done stays at work until the others are, so that they are measured beside it. */
static void wait_at_work(struct table *t, struct bench_lane *l, unsigned series)
{
	unsigned n = l->run->c->workers;
	int err = atomic_load(&l->run->error);

	/* lanes that hand packets to each other are done at once */
	if (series == SERIES_PATH && l->run->c->handoff)
		return;
	atomic_fetch_add(&t->done, 1);
	while (!err && atomic_load(&t->done) % n)
		err = run_pass(t, l, series);
}

static int time_series(struct table *t, struct bench_lane *l, unsigned series, unsigned repetition)
{
	unsigned n = repetition ? t->passes[series] : PASSES_MIN;
	double passes[PASSES] = {0};
	int err = 0;

	if (series == SERIES_RAW_ALONE && !repetition && l->id == 0)
		t->raw_api = fastest_raw(t);
	for (unsigned i = 0; i < n && !err; i++) {
		err = run_pass(t, l, series);
		passes[i] = l->cycles;
	}
	t->series[l->id][series][repetition] = bench_span_of(passes, n).mid;
	if (pass_of(l->run->c, series).lanes > 1)
		wait_at_work(t, l, series);
	if (l->id == 0)
		t->passes[series] = passes_for(passes[n / 2]);
	return bench_lane_agree(l);
}

static int time_in_turn(struct table *t, struct bench_lane *l, unsigned series, unsigned repetition)
{
	int err = 0;

	for (unsigned turn = 0; turn < l->run->c->workers && !err; turn++)
		err = turn == l->id ? time_series(t, l, series, repetition) : bench_lane_agree(l);
	return err;
}

static int verify(struct bench_lane *l)
{
	struct bench_pass pass = {.lanes = l->run->c->workers, .verify = true};
	int err = bench_lane_path(l, &pass), agreed = bench_lane_agree(l);

	return agreed ? agreed : err;
}

/* What every worker does: all begin and end a series at the same time. */
static int run_lane(void *arg)
{
	struct bench_lane *l = arg;
	struct table *t = (struct table *)l->run;
	const struct bench_case *c = l->run->c;
	int err = verify(l);

	for (unsigned i = 0; i < c->repetitions && !err; i++) {
		for (unsigned series = 0; series < SERIES && !err; series++) {
			if (!is_measured(c, series))
				continue;
			err = is_alone(series) ? time_in_turn(t, l, series, i)
					       : time_series(t, l, series, i);
		}
	}
	return err ? err : verify(l);
}

static int run_lanes(struct table *t)
{
	unsigned lcore;
	int err;

	RTE_LCORE_FOREACH_WORKER(lcore)
	if (lcore < t->run.c->workers)
		rte_eal_remote_launch(run_lane, &t->run.lanes[lcore], lcore);
	err = run_lane(&t->run.lanes[0]);
	rte_eal_mp_wait_lcore();
	return err;
}

/* Several lanes as one: their rates add up, and cycles are those of a core for a packet. */
static double combined(const struct table *t, unsigned series, unsigned repetition)
{
	unsigned lanes = t->run.c->workers;
	double rate = 0;

	for (unsigned lane = 0; lane < lanes; lane++)
		rate += 1 / t->series[lane][series][repetition];
	return lanes / rate;
}

static struct bench_span combine(const struct table *t, unsigned series)
{
	double all[BENCH_REPETITIONS_MAX] = {0};

	for (unsigned i = 0; i < t->run.c->repetitions; i++)
		all[i] = combined(t, series, i);
	return bench_span_of(all, t->run.c->repetitions);
}

/* By pairs, as the machine has slow phases. */
static double speedup(const struct table *t, unsigned alone, unsigned together, double empty)
{
	const struct bench_case *c = t->run.c;
	double all[BENCH_REPETITIONS_MAX] = {0};

	for (unsigned i = 0; i < c->repetitions; i++)
		all[i] = c->workers * (combined(t, alone, i) - empty) /
			 (combined(t, together, i) - empty);
	return bench_span_of(all, c->repetitions).mid;
}

static void evaluate_raw(const struct table *t, struct bench_result *r)
{
	struct alg_suite suite = t->run.c->suite;

	r->n_raw = bench_raw_apis(suite);
	for (unsigned api = 0; api < r->n_raw; api++) {
		r->raw_names[api] = bench_raw_name(suite, api);
		r->raws[api] = combine(t, api);
		if (api && r->raws[api].mid >= r->raw.mid)
			continue;
		r->raw = r->raws[api];
		r->raw_api = r->raw_names[api];
	}
}

static void evaluate(const struct table *t, struct bench_result *r)
{
	double bytes = 0;

	r->empty = combine(t, SERIES_EMPTY);
	r->path = bench_span_less(combine(t, SERIES_PATH), r->empty.mid);
	if (t->run.c->workers > 1) {
		r->alone = bench_span_less(combine(t, SERIES_ALONE), r->empty.mid);
		r->speedup = speedup(t, SERIES_ALONE, SERIES_PATH, r->empty.mid);
		r->raw_speedup = speedup(t, SERIES_RAW_ALONE, t->raw_api, 0);
	}
	evaluate_raw(t, r);
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		bytes += t->run.lanes[0].packets->rows[i].inner;
	r->inner_bytes = bytes / BENCH_PACKETS;
	for (unsigned i = 0; i < t->run.c->workers; i++) {
		r->verified_packets += t->run.lanes[i].verified;
		r->packets += t->run.lanes[i].fed;
		r->late += t->run.lanes[i].late;
	}
}

int bench_measure(const struct bench_case *c, struct bench_result *result)
{
	struct table *t = aligned_alloc(64, (sizeof(*t) + 63) & ~(size_t)63);
	int err;

	*result = (struct bench_result){0};
	if (!t) {
		log_error("no memory for the measurement itself");
		return -ENOMEM;
	}
	atomic_init(&t->done, 0);
	err = bench_run_init(&t->run, c);
	if (!err)
		err = run_lanes(t);
	if (!err)
		evaluate(t, result);
	if (!err && c->churn)
		err = bench_churn_measure(&t->run, result);
	if (!err && c->policy_change)
		err = bench_change_measure(&t->run, result);
	bench_run_fini(&t->run);
	free(t);
	return err;
}
