/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike_net.h"

#include "app/bench_ike_end.h"
#include "lib/crypto/secret.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 * BENCH_IKE_MS + (uint64_t)t.tv_nsec;
}

/* CPU since start_ns belongs to this end. */
static uint64_t charge(struct bench_ike_end *end, uint64_t start_ns)
{
	uint64_t ns = cpu_ns() - start_ns;

	if (bench_ike_end_responds(end))
		end->net->tally.responder_ns += ns;
	else
		end->net->tally.caller_ns += ns;
	return ns;
}

static void charge_call(struct bench_ike_end *end, uint64_t start_ns)
{
	uint64_t ns = charge(end, start_ns);

	if (bench_ike_end_responds(end) && ns > end->net->tally.longest_call_ns)
		end->net->tally.longest_call_ns = ns;
}

struct bench_ike_net *bench_ike_net_create(const struct bench_ike_setup *setup)
{
	struct bench_ike_net *net = calloc(1, sizeof(*net));
	int err;

	if (!net)
		return NULL;
	net->setup = *setup;
	net->next_spi = BENCH_IKE_FIRST_SPI;
	TAILQ_INIT(&net->to_responder);
	TAILQ_INIT(&net->to_callers);
	TAILQ_INIT(&net->jobs);
	net->callers = calloc(setup->n_callers, sizeof(*net->callers));
	err = net->callers ? bench_ike_end_start(net, &net->responder, BENCH_IKE_RESPONDER)
			   : -ENOMEM;
	for (size_t i = 0; err == 0 && i < setup->n_callers; i++)
		err = bench_ike_end_start(net, &net->callers[i].end,
					  BENCH_IKE_CALLERS + (uint32_t)i);
	if (err == 0)
		return net;
	bench_ike_net_destroy(net);
	return NULL;
}

static void take_back(struct bench_ike_parcels *list)
{
	struct bench_ike_parcel *p;

	while ((p = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, p, link);
		free(p);
	}
}

void bench_ike_net_destroy(struct bench_ike_net *net)
{
	struct bench_ike_job *job;

	ike_engine_destroy(net->responder.engine);
	for (size_t i = 0; net->callers && i < net->setup.n_callers; i++)
		ike_engine_destroy(net->callers[i].end.engine);
	while ((job = TAILQ_FIRST(&net->jobs))) {
		TAILQ_REMOVE(&net->jobs, job, link);
		job->work(job->arg);
		job->done(job->arg);
		free(job);
	}
	take_back(&net->to_responder);
	take_back(&net->to_callers);
	if (net->callers)
		secret_wipe_bytes(net->callers, net->setup.n_callers * sizeof(*net->callers));
	free(net->callers);
	free(net);
}

int bench_ike_net_call(struct bench_ike_net *net, size_t caller)
{
	struct bench_ike_end *end = &net->callers[caller].end;
	const struct ike_child_config config = bench_ike_end_child(net, caller, false);
	const struct ike_path path = {
		.local = end->addr,
		.remote = net->responder.addr,
		.local_port = IP_PORT_IKE,
		.remote_port = IP_PORT_IKE,
	};
	uint64_t start = cpu_ns();
	int rc = ike_engine_initiate(end->engine, &path, &config);

	end->due_ms = ike_engine_tick(end->engine);
	charge(end, start);
	return rc;
}

static bool deliver(struct bench_ike_net *net, struct bench_ike_parcels *list)
{
	struct bench_ike_parcel *p = TAILQ_FIRST(list);
	uint64_t start;

	if (!p)
		return false;
	TAILQ_REMOVE(list, p, link);
	net->n_waiting -= bench_ike_end_responds(p->to);
	start = cpu_ns();
	if (p->spi)
		ike_engine_installed(p->to->engine, p->spi, 0);
	else
		ike_engine_receive(p->to->engine, &p->path, p->data, p->len);
	p->to->due_ms = ike_engine_tick(p->to->engine);
	charge_call(p->to, start);
	free(p);
	return true;
}

static bool run_job(struct bench_ike_net *net)
{
	struct bench_ike_job *job = TAILQ_FIRST(&net->jobs);
	struct bench_ike_end *end = &net->responder;
	uint64_t start;

	if (!job)
		return false;
	TAILQ_REMOVE(&net->jobs, job, link);
	net->n_jobs--;
	net->tally.n_jobs++;
	start = cpu_ns();
	job->work(job->arg);
	net->tally.job_ns += charge(end, start);
	start = cpu_ns();
	job->done(job->arg);
	end->due_ms = ike_engine_tick(end->engine);
	charge_call(end, start);
	free(job);
	return true;
}

static void tick(struct bench_ike_end *end, uint64_t now)
{
	uint64_t start;

	if (end->due_ms > now)
		return;
	start = cpu_ns();
	end->due_ms = ike_engine_tick(end->engine);
	charge_call(end, start);
}

static void tick_all(struct bench_ike_net *net)
{
	uint64_t now = bench_ike_end_now_ms(net);

	tick(&net->responder, now);
	for (size_t i = 0; i < net->setup.n_callers; i++)
		tick(&net->callers[i].end, now);
}

/* The loop before the jobs, as threads that share a core are scheduled: it never has much to do. */
static bool step(struct bench_ike_net *net)
{
	return deliver(net, &net->to_callers) || deliver(net, &net->to_responder) || run_job(net);
}

void bench_ike_net_settle(struct bench_ike_net *net)
{
	while (step(net))
		;
}

static uint64_t next_due(const struct bench_ike_net *net)
{
	uint64_t due = net->responder.due_ms;

	for (size_t i = 0; i < net->setup.n_callers; i++)
		if (net->callers[i].end.due_ms < due)
			due = net->callers[i].end.due_ms;
	return due;
}

void bench_ike_net_run(struct bench_ike_net *net, uint64_t limit_ms)
{
	uint64_t ticked = 0;
	uint64_t now;

	while (net->tally.n_up < net->setup.n_callers) {
		bool moved = step(net);

		now = bench_ike_end_now_ms(net);
		if (!moved) {
			uint64_t due = next_due(net);

			if (due > BENCH_IKE_START_MS + limit_ms)
				break;
			net->idle_ms += due > now ? due - now : 0;
			now = bench_ike_end_now_ms(net);
		}
		if (now != ticked)
			tick_all(net);
		ticked = now;
	}
	net->tally.elapsed_ms = bench_ike_end_now_ms(net) - BENCH_IKE_START_MS;
}

struct bench_ike_tally bench_ike_net_tally(const struct bench_ike_net *net)
{
	return net->tally;
}
