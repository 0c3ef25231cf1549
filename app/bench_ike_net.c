/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike_net.h"

#include "lib/crypto/alg.h"
#include "lib/crypto/secret.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

enum {
	START_MS = 1000000,
	QUEUE_MAX = 4096, /* as PLANE_CLIENT_DATAGRAMS */
	MS = 1000000,	  /* in ns */
	RESPONDER = 0x0a000001,
	CALLERS = 0x0b000000,
	INSIDE = 0x0c000000,
	LIFETIME_S = 86400,
	FIRST_SPI = 256, /* RFC 2406 2.1: those below are reserved */
};

/* A datagram to an end, or with a SPI the answer that its inbound SA stands. */
struct parcel {
	TAILQ_ENTRY(parcel) link;
	struct end *to;
	struct ike_path path;
	uint32_t spi;
	size_t len;
	uint8_t data[];
};

struct job {
	TAILQ_ENTRY(job) link;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

TAILQ_HEAD(parcel_list, parcel);
TAILQ_HEAD(job_list, job);

struct end {
	struct bench_ike_net *net;
	struct ike_engine *engine;
	struct addr addr;
	uint64_t due_ms;
};

struct caller {
	struct end end;
	struct ike_child near;
	struct ike_child far; /* the responder's */
	bool up;
};

struct bench_ike_net {
	struct bench_ike_setup setup;
	struct end responder;
	struct caller *callers; /* owned */
	struct parcel_list to_responder;
	struct parcel_list to_callers;
	struct job_list jobs;
	size_t n_waiting; /* to_responder */
	size_t n_jobs;
	uint64_t idle_ms; /* the clock moved while nobody computed */
	uint32_t next_spi;
	struct bench_ike_tally tally;
};

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

static bool is_responder(const struct end *end)
{
	return end == &end->net->responder;
}

/* CPU since start_ns belongs to this end. */
static uint64_t charge(struct end *end, uint64_t start_ns)
{
	uint64_t ns = cpu_ns() - start_ns;

	if (is_responder(end))
		end->net->tally.responder_ns += ns;
	else
		end->net->tally.caller_ns += ns;
	return ns;
}

static void charge_call(struct end *end, uint64_t start_ns)
{
	uint64_t ns = charge(end, start_ns);

	if (is_responder(end) && ns > end->net->tally.longest_call_ns)
		end->net->tally.longest_call_ns = ns;
}

static uint64_t now_ms(void *ctx)
{
	const struct bench_ike_net *net = ((struct end *)ctx)->net;

	return START_MS + net->idle_ms + net->tally.responder_ns / MS;
}

static int random_bytes(void *ctx, void *out, size_t len)
{
	(void)ctx;
	return secret_random(out, len);
}

/* NULL for an address nobody has. */
static struct caller *caller_at(struct bench_ike_net *net, const struct addr *addr)
{
	uint32_t host = (uint32_t)addr->b[0] << 24 | (uint32_t)addr->b[1] << 16 |
			(uint32_t)addr->b[2] << 8 | addr->b[3];

	return host - CALLERS < net->setup.n_callers ? &net->callers[host - CALLERS] : NULL;
}

static void post(struct end *to, const struct ike_path *path, uint32_t spi, const void *data,
		 size_t len)
{
	struct bench_ike_net *net = to->net;
	struct parcel *p = malloc(sizeof(*p) + len);

	if (!p || (is_responder(to) && len && net->n_waiting == QUEUE_MAX)) {
		net->tally.n_lost++;
		free(p);
		return;
	}
	p->to = to;
	p->path = *path;
	p->spi = spi;
	p->len = len;
	if (len)
		memcpy(p->data, data, len);
	if (!is_responder(to)) {
		TAILQ_INSERT_TAIL(&net->to_callers, p, link);
		return;
	}
	TAILQ_INSERT_TAIL(&net->to_responder, p, link);
	net->n_waiting++;
	net->tally.n_datagrams += len != 0;
}

static void send_datagram(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	struct end *from = ctx;
	struct bench_ike_net *net = from->net;
	const struct ike_path there = {
		.local = path->remote,
		.remote = path->local,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
	};
	struct caller *caller = caller_at(net, &path->remote);

	if (!is_responder(from))
		post(&net->responder, &there, 0, data, len);
	else if (caller)
		post(&caller->end, &there, 0, data, len);
}

static int peer(void *ctx, const struct ike_path *path, const struct ike_id *id,
		struct ike_peer *out)
{
	const struct end *end = ctx;
	const struct bench_ike_setup *setup = &end->net->setup;

	(void)path;
	(void)id;
	*out = (struct ike_peer){
		.named = true,
		.n_policies = 1,
		.policies[0] =
			{
				.priority = 10,
				.cipher = ALG_CIPHER_AES_128,
				.hash = setup->hash,
				.auth = ALG_AUTH_PSK,
				.group = setup->group,
				.lifetime_s = LIFETIME_S,
			},
		.nat_traversal = true,
	};
	secret_set(&out->psk, "a key of the benchmark", 22);
	return 0;
}

static struct prefix host_inside(uint32_t number)
{
	struct addr addr = addr_v4(INSIDE + number);

	return prefix_make(&addr, 32);
}

/* From the responder's side when far. */
static struct ike_child_config child_of(const struct bench_ike_net *net, size_t caller, bool far)
{
	struct ike_child_config config = {
		.tunnel = (uint32_t)caller,
		.selector = {.local = host_inside((uint32_t)caller + 1), .remote = host_inside(0)},
		.suites[0] = {ALG_CIPHER_AES_128, net->setup.hash},
		.n_suites = 1,
		.lifetime_s = LIFETIME_S / 24,
	};

	if (far)
		config.selector = selector_mirror(&config.selector);
	return config;
}

static int child(void *ctx, const struct ike_path *path, const struct selector *offered,
		 struct ike_child_config *out, enum ike_reason *why)
{
	const struct end *end = ctx;
	struct caller *caller = caller_at(end->net, &path->remote);

	*why = IKE_REASON_NO_MAP;
	if (!caller)
		return -ENOENT;
	*out = child_of(end->net, (size_t)(caller - end->net->callers), true);
	*why = IKE_REASON_PROXY_MISMATCH;
	return selector_eq(&out->selector, offered) ? 0 : -ENOENT;
}

static uint32_t spi_alloc(void *ctx, uint32_t tunnel)
{
	(void)tunnel;
	return ((struct end *)ctx)->net->next_spi++;
}

static void spi_free(void *ctx, uint32_t spi)
{
	(void)ctx;
	(void)spi;
}

static void install_in(void *ctx, const struct ike_child *c)
{
	post(ctx, &c->path, c->spi_in, NULL, 0);
}

static bool fits(const struct ike_child *x, const struct ike_child *y)
{
	struct selector mirror = selector_mirror(&y->selector);

	return x->spi_in && x->spi_in == y->spi_out && x->spi_out == y->spi_in &&
	       selector_eq(&x->selector, &mirror) && x->key_in.len == y->key_out.len &&
	       x->key_in.len == alg_suite_keymat_bytes(x->suite) &&
	       x->key_out.len == y->key_in.len &&
	       memcmp(x->key_in.b, y->key_out.b, x->key_in.len) == 0 &&
	       memcmp(x->key_out.b, y->key_in.b, x->key_out.len) == 0;
}

static void install_out(void *ctx, const struct ike_child *c)
{
	struct end *end = ctx;
	struct bench_ike_net *net = end->net;
	struct caller *caller = &net->callers[c->tunnel];

	if (is_responder(end))
		caller->far = *c;
	else
		caller->near = *c;
	if (caller->up || !fits(&caller->near, &caller->far))
		return;
	caller->up = true;
	net->tally.n_up++;
}

static void child_deleted(void *ctx, const struct ike_path *path, uint32_t spi_out)
{
	(void)ctx;
	(void)path;
	(void)spi_out;
}

static bool heard(void *ctx, const struct ike_path *path, uint64_t since_ms, bool *sent)
{
	(void)ctx;
	(void)path;
	(void)since_ms;
	*sent = false;
	return false;
}

static void event(void *ctx, const struct ike_event *e)
{
	(void)ctx;
	(void)e;
}

/* Those of a caller run at once. */
static int queue_job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct end *end = ctx;
	struct bench_ike_net *net = end->net;
	struct job *job;

	if (!is_responder(end))
		return -ENOSYS;
	job = malloc(sizeof(*job));
	if (!job)
		return -ENOMEM;
	*job = (struct job){.work = work, .done = done, .arg = arg};
	TAILQ_INSERT_TAIL(&net->jobs, job, link);
	if (++net->n_jobs > net->tally.most_jobs)
		net->tally.most_jobs = net->n_jobs;
	return 0;
}

static int start_end(struct bench_ike_net *net, struct end *end, uint32_t address)
{
	const struct ike_env env = {
		.ctx = end,
		.now_ms = now_ms,
		.random = random_bytes,
		.send = send_datagram,
		.peer = peer,
		.child = child,
		.spi_alloc = spi_alloc,
		.spi_free = spi_free,
		.install_in = install_in,
		.install_out = install_out,
		.child_deleted = child_deleted,
		.heard = heard,
		.event = event,
		.job = queue_job,
	};

	end->net = net;
	end->addr = addr_v4(address);
	end->due_ms = UINT64_MAX;
	end->engine = ike_engine_create(&env);
	return end->engine ? 0 : -ENOMEM;
}

struct bench_ike_net *bench_ike_net_create(const struct bench_ike_setup *setup)
{
	struct bench_ike_net *net = calloc(1, sizeof(*net));
	int err;

	if (!net)
		return NULL;
	net->setup = *setup;
	net->next_spi = FIRST_SPI;
	TAILQ_INIT(&net->to_responder);
	TAILQ_INIT(&net->to_callers);
	TAILQ_INIT(&net->jobs);
	net->callers = calloc(setup->n_callers, sizeof(*net->callers));
	err = net->callers ? start_end(net, &net->responder, RESPONDER) : -ENOMEM;
	for (size_t i = 0; err == 0 && i < setup->n_callers; i++)
		err = start_end(net, &net->callers[i].end, CALLERS + (uint32_t)i);
	if (err == 0)
		return net;
	bench_ike_net_destroy(net);
	return NULL;
}

static void take_back(struct parcel_list *list)
{
	struct parcel *p;

	while ((p = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, p, link);
		free(p);
	}
}

void bench_ike_net_destroy(struct bench_ike_net *net)
{
	struct job *job;

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
	struct end *end = &net->callers[caller].end;
	const struct ike_child_config config = child_of(net, caller, false);
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

static bool deliver(struct bench_ike_net *net, struct parcel_list *list)
{
	struct parcel *p = TAILQ_FIRST(list);
	uint64_t start;

	if (!p)
		return false;
	TAILQ_REMOVE(list, p, link);
	net->n_waiting -= is_responder(p->to);
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
	struct job *job = TAILQ_FIRST(&net->jobs);
	struct end *end = &net->responder;
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

static void tick(struct end *end, uint64_t now)
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
	uint64_t now = now_ms(&net->responder);

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

		now = now_ms(&net->responder);
		if (!moved) {
			uint64_t due = next_due(net);

			if (due > START_MS + limit_ms)
				break;
			net->idle_ms += due > now ? due - now : 0;
			now = now_ms(&net->responder);
		}
		if (now != ticked)
			tick_all(net);
		ticked = now;
	}
	net->tally.elapsed_ms = now_ms(&net->responder) - START_MS;
}

struct bench_ike_tally bench_ike_net_tally(const struct bench_ike_net *net)
{
	return net->tally;
}
