/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_cases.h"

#include <stdio.h>
#include <stdlib.h>

void bench_cases_init(struct bench_cases *b, unsigned cpus)
{
	*b = (struct bench_cases){
		.cpus = cpus,
		.n_suites = 1,
		.suites = {{ALG_CIPHER_GCM_128, ALG_HASH_NONE}},
		.axes =
			{
				[BENCH_SIZE] = {3, {64, 0, 1420}},
				[BENCH_DIRECTION] = {2, {0, 1}},
				[BENCH_WINDOW] = {1, {1024}},
				[BENCH_REORDER] = {1, {0}},
				[BENCH_DISTANCE] = {1, {32}},
				[BENCH_ESN] = {1, {0}},
				[BENCH_NAT_T] = {1, {0}},
				[BENCH_QOS] = {1, {0}},
				[BENCH_BURSTS] = {1, {BENCH_BURST}},
				[BENCH_CHURN] = {1, {0}},
				[BENCH_SPREAD] = {1, {0}},
				[BENCH_WORKERS] = {1, {1}},
				[BENCH_POLICIES] = {1, {0}},
				[BENCH_ORDER] = {1, {1}},
				[BENCH_SAS] = {1, {1}},
				[BENCH_AXES] = {1, {BENCH_REPETITIONS}},
			},
	};
}

/* A combination as it was asked for. False behind the last. */
static bool pick(const struct bench_cases *b, unsigned row, struct bench_case *c, bool *again)
{
	uint32_t v[BENCH_AXES];
	bool first[BENCH_AXES];

	for (unsigned axis = 0; axis < BENCH_AXES; axis++) {
		const struct bench_list *list = &b->axes[axis];

		v[axis] = list->values[row % list->n];
		first[axis] = row % list->n == 0;
		row /= list->n;
	}
	if (row >= b->n_suites)
		return false;
	*c = (struct bench_case){
		.suite = b->suites[row],
		.inbound = v[BENCH_DIRECTION],
		.size = v[BENCH_SIZE],
		.sas = v[BENCH_SAS],
		.random = v[BENCH_ORDER],
		.policies = v[BENCH_POLICIES],
		.window = v[BENCH_WINDOW],
		.reorder_percent = v[BENCH_DIRECTION] ? v[BENCH_REORDER] : 0,
		.esn = v[BENCH_ESN],
		.nat_t = v[BENCH_NAT_T],
		.qos = v[BENCH_QOS],
		.workers = v[BENCH_WORKERS],
		.handoff = v[BENCH_SPREAD] && v[BENCH_WORKERS] > 1,
		.burst = v[BENCH_BURSTS],
		.churn = v[BENCH_CHURN],
		.policy_change = b->policy_change,
		.repetitions = b->axes[BENCH_AXES].values[0],
	};
	c->distance = c->reorder_percent ? v[BENCH_DISTANCE] : 0;
	if (!c->policies)
		c->policies = c->inbound ? 1 : c->sas;
	/* one worker has nobody to hand to; there is nothing to reorder on the way out */
	*again = (b->axes[BENCH_SPREAD].n > 1 && v[BENCH_SPREAD] && c->workers == 1) ||
		 (!c->inbound && !first[BENCH_REORDER]) ||
		 (!c->reorder_percent && !first[BENCH_DISTANCE]);
	return true;
}

/* NULL, or why a row cannot be. */
static const char *check(const struct bench_cases *b, const struct bench_case *c, char *buf,
			 size_t size)
{
	bool handoff = b->axes[BENCH_SPREAD].values[b->axes[BENCH_SPREAD].n - 1];

	if (!c->inbound && c->policies < c->sas)
		snprintf(buf, size,
			 "--policies %u with --sas %u: outbound, each SA belongs to a crypto map "
			 "line of its own: at least %u lines, or leave --policies away",
			 c->policies, c->sas, c->sas);
	else if (c->inbound && c->esn && !c->window)
		snprintf(buf, size, "--esn with --window 0: extended numbers need a window");
	else if (c->sas < c->workers)
		snprintf(buf, size,
			 "--workers %u with --sas %u: an SA belongs to one worker: at least %u SAs",
			 c->workers, c->sas, c->workers);
	else if (c->workers == 1 && handoff && b->axes[BENCH_SPREAD].n == 1)
		snprintf(buf, size, "--spread handoff: at least --workers 2");
	else if (c->churn && c->sas > BENCH_SAS_MAX - BENCH_CHURN_SLOTS)
		snprintf(buf, size, "--churn: at most %d --sas", BENCH_SAS_MAX - BENCH_CHURN_SLOTS);
	else if ((c->churn || c->policy_change) && c->workers > 1)
		snprintf(buf, size, "--churn and --policy-change: only --workers 1");
	else if ((c->churn || c->policy_change) && b->cpus < 2)
		snprintf(buf, size,
			 "--churn and --policy-change: at least 2 processors, one of them for what "
			 "installs and builds");
	else if (c->policy_change && c->sas > BENCH_POLICIES_MAX)
		snprintf(buf, size, "--policy-change: at most %d --sas", BENCH_POLICIES_MAX);
	else
		return NULL;
	return buf;
}

static unsigned combinations(const struct bench_cases *b)
{
	uint64_t n = b->n_suites;

	for (unsigned axis = 0; axis < BENCH_AXES && n <= BENCH_ROWS; axis++)
		n *= b->axes[axis].n;
	return n <= BENCH_ROWS ? (unsigned)n : 0;
}

int bench_cases_make(const struct bench_cases *b, struct bench_options *o)
{
	unsigned n = combinations(b);
	char why[192];
	bool again;

	if (!n) {
		fprintf(stderr, "culvert-bench: more than %d combinations: shorten a list\n",
			BENCH_ROWS);
		return 2;
	}
	o->cases = calloc(n, sizeof(*o->cases));
	if (!o->cases)
		return 1;
	for (unsigned row = 0; pick(b, row, &o->cases[o->n_cases], &again); row++) {
		if (again)
			continue;
		if (check(b, &o->cases[o->n_cases], why, sizeof(why))) {
			fprintf(stderr, "culvert-bench: %s\n", why);
			free(o->cases);
			return 2;
		}
		o->n_cases++;
	}
	return -1;
}
