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
	SERIES_EMPTY = BENCH_RAW_APIS,
	SERIES_PATH,
	SERIES_ALONE, /* the first of several workers while the others do nothing */
	SERIES,
};

struct table {
	struct bench_run run;
	/* cycles a packet, by lane */
	double series[BENCH_WORKERS_MAX][SERIES][BENCH_REPETITIONS_MAX];
	unsigned passes[SERIES]; /* of the next repetition; lane 0 writes, all are in step */
};

static struct bench_pass pass_of(const struct bench_case *c, unsigned series)
{
	return (struct bench_pass){.lanes = series == SERIES_ALONE ? 1 : c->workers};
}

static bool is_measured(const struct bench_case *c, unsigned series)
{
	if (series < BENCH_RAW_APIS)
		return series < bench_raw_apis(c->suite);
	return series != SERIES_ALONE || c->workers > 1;
}

static unsigned passes_for(double cycles)
{
	double fit = (double)rte_get_tsc_hz() / 1000 * PASSES_MS / (cycles * BENCH_PACKETS);

	return fit >= PASSES ? PASSES : fit <= PASSES_MIN ? PASSES_MIN : (unsigned)fit;
}

static int time_series(struct table *t, struct bench_lane *l, unsigned series, unsigned repetition)
{
	struct bench_pass pass = pass_of(l->run->c, series);
	unsigned n = repetition ? t->passes[series] : PASSES_MIN;
	double passes[PASSES] = {0};
	int err = 0;

	for (unsigned i = 0; i < n && !err; i++) {
		if (series < BENCH_RAW_APIS)
			bench_lane_raw(l, series);
		else if (series == SERIES_EMPTY)
			bench_lane_empty(l);
		else
			err = bench_lane_path(l, &pass);
		passes[i] = l->cycles;
	}
	t->series[l->id][series][repetition] = bench_span_of(passes, n).mid;
	if (l->id == 0)
		t->passes[series] = passes_for(passes[n / 2]);
	return err;
}

/* What every worker does; all of them in step. */
static int run_lane(void *arg)
{
	struct bench_lane *l = arg;
	struct table *t = (struct table *)l->run;
	const struct bench_case *c = l->run->c;
	struct bench_pass verify = {.lanes = c->workers, .verify = true};
	int err = bench_lane_path(l, &verify);

	for (unsigned i = 0; i < c->repetitions && !err; i++)
		for (unsigned series = 0; series < SERIES && !err; series++)
			if (is_measured(c, series))
				err = time_series(t, l, series, i);
	return err ? err : bench_lane_path(l, &verify);
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
	unsigned lanes = pass_of(t->run.c, series).lanes;
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
static double speedup(const struct table *t, double empty)
{
	const struct bench_case *c = t->run.c;
	double all[BENCH_REPETITIONS_MAX] = {0};

	for (unsigned i = 0; i < c->repetitions; i++)
		all[i] = c->workers * (combined(t, SERIES_ALONE, i) - empty) /
			 (combined(t, SERIES_PATH, i) - empty);
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
		r->speedup = speedup(t, r->empty.mid);
	}
	evaluate_raw(t, r);
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		bytes += t->run.lanes[0].packets->rows[i].inner;
	r->inner_bytes = bytes / BENCH_PACKETS;
	for (unsigned i = 0; i < t->run.c->workers; i++)
		r->verified_packets += t->run.lanes[i].verified;
	r->packets = t->run.packets;
	r->late = t->run.late;
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
