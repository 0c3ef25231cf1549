/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_change.h"

#include "app/bench_aside.h"
#include "dataplane/main_loop.h"
#include "lib/base/log.h"

#include <rte_cycles.h>

#include <errno.h>
#include <string.h>

enum {
	CHANGES = 3
};

/* The control plane and the main thread in one. */
struct change {
	struct bench_run *run;
	_Atomic(bool) done;
	_Atomic(int) error;
	uint64_t ticks;
};

static int change_once(const struct change *ch)
{
	struct bench_gateway *g = ch->run->gateway;
	struct plane_msg msg = {.type = PLANE_POLICY_BEGIN, .rule = {.count = BENCH_POLICIES_MAX}};
	int err = bench_gateway_command(g, &msg);

	msg.type = PLANE_POLICY_RULE;
	for (uint32_t i = 0; i < BENCH_POLICIES_MAX && !err; i++) {
		/* the lines in use come last, as in the policy before */
		msg.rule = bench_gateway_rule(g, ch->run->c,
					      i + ch->run->c->policies - BENCH_POLICIES_MAX);
		msg.rule.entry = i + 1;
		err = bench_gateway_command(g, &msg);
	}
	msg.type = PLANE_POLICY_COMMIT;
	return err ? err : bench_gateway_command(g, &msg);
}

static void *play_main(void *arg)
{
	struct change *ch = arg;
	uint64_t start = rte_rdtsc();
	int err = 0;

	for (unsigned i = 0; i < CHANGES && !err; i++)
		err = change_once(ch);
	ch->ticks = rte_rdtsc() - start;
	atomic_store(&ch->error, err);
	atomic_store(&ch->done, true);
	return NULL;
}

static double us(uint64_t ticks)
{
	return (double)ticks * 1e6 / (double)rte_get_tsc_hz();
}

/* Passes until the change is done, or as long as `ticks`. The longest round of all. */
static int flow(struct bench_lane *l, const struct change *ch, uint64_t ticks,
		struct bench_change_result *r, double *gap_us)
{
	struct bench_pass pass = {.lanes = 1, .whole = true, .longest = true, .may_lose = true};
	uint64_t start = rte_rdtsc();
	int err = 0;

	l->longest = 0;
	while (!err && (ch ? !atomic_load(&ch->done) : rte_rdtsc() - start < ticks)) {
		err = bench_lane_path(l, &pass);
		r->packets += BENCH_PACKETS;
		r->lost += bench_lane_lost(l, &pass);
	}
	*gap_us = us(l->longest);
	return err;
}

int bench_change_measure(struct bench_run *run, struct bench_result *result)
{
	struct bench_change_result *r = &result->change;
	struct change ch = {.run = run};
	pthread_t thread;
	int err = bench_aside_start(&thread, play_main, &ch);

	if (err)
		return err;
	err = flow(&run->lanes[0], &ch, 0, r, &r->gap_us);
	pthread_join(thread, NULL);
	if (!err)
		err = atomic_load(&ch.error);
	if (err)
		log_error("the policy could not be changed: %s", strerror(-err));
	else
		err = flow(&run->lanes[0], NULL, ch.ticks, r, &r->gap_without_us);
	r->lines = BENCH_POLICIES_MAX;
	r->changes = CHANGES;
	r->change_ms = us(ch.ticks) / 1000 / CHANGES;
	return err;
}
