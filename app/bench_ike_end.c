/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike_end.h"

#include "lib/crypto/alg.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUEUE_MAX = 4096, /* as PLANE_CLIENT_DATAGRAMS */
	INSIDE = 0x0c000000,
	LIFETIME_S = 86400,
};

bool bench_ike_end_responds(const struct bench_ike_end *end)
{
	return end == &end->net->responder;
}

uint64_t bench_ike_end_now_ms(const struct bench_ike_net *net)
{
	return BENCH_IKE_START_MS + net->idle_ms + net->tally.responder_ns / BENCH_IKE_MS;
}

static uint64_t now_ms(void *ctx)
{
	return bench_ike_end_now_ms(((struct bench_ike_end *)ctx)->net);
}

static int random_bytes(void *ctx, void *out, size_t len)
{
	(void)ctx;
	return secret_random(out, len);
}

/* NULL for an address nobody has. */
static struct bench_ike_caller *caller_at(struct bench_ike_net *net, const struct addr *addr)
{
	uint32_t host = addr_to_v4(addr);

	return host - BENCH_IKE_CALLERS < net->setup.n_callers
		       ? &net->callers[host - BENCH_IKE_CALLERS]
		       : NULL;
}

static void post(struct bench_ike_end *to, const struct ike_path *path, uint32_t spi,
		 const void *data, size_t len)
{
	struct bench_ike_net *net = to->net;
	struct bench_ike_parcel *p = malloc(sizeof(*p) + len);

	if (!p || (bench_ike_end_responds(to) && len && net->n_waiting == QUEUE_MAX)) {
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
	if (!bench_ike_end_responds(to)) {
		TAILQ_INSERT_TAIL(&net->to_callers, p, link);
		return;
	}
	TAILQ_INSERT_TAIL(&net->to_responder, p, link);
	net->n_waiting++;
	net->tally.n_datagrams += len != 0;
}

static void send_datagram(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	struct bench_ike_end *from = ctx;
	struct bench_ike_net *net = from->net;
	const struct ike_path there = {
		.local = path->remote,
		.remote = path->local,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
	};
	struct bench_ike_caller *caller = caller_at(net, &path->remote);

	if (!bench_ike_end_responds(from))
		post(&net->responder, &there, 0, data, len);
	else if (caller)
		post(&caller->end, &there, 0, data, len);
}

static int peer(void *ctx, const struct ike_path *path, const struct ike_id *id,
		struct ike_peer *out)
{
	const struct bench_ike_end *end = ctx;
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

struct ike_child_config bench_ike_end_child(const struct bench_ike_net *net, size_t caller,
					    bool far)
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
		 const struct ike_fit *, struct ike_child_config *out, enum ike_reason *why)
{
	const struct bench_ike_end *end = ctx;
	struct bench_ike_caller *caller = caller_at(end->net, &path->remote);

	*why = IKE_REASON_NO_MAP;
	if (!caller)
		return -ENOENT;
	*out = bench_ike_end_child(end->net, (size_t)(caller - end->net->callers), true);
	*why = IKE_REASON_PROXY_MISMATCH;
	return selector_eq(&out->selector, offered) ? 0 : -ENOENT;
}

static uint32_t spi_alloc(void *ctx, uint32_t tunnel)
{
	(void)tunnel;
	return ((struct bench_ike_end *)ctx)->net->next_spi++;
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
	struct bench_ike_end *end = ctx;
	struct bench_ike_net *net = end->net;
	struct bench_ike_caller *caller = &net->callers[c->tunnel];

	if (bench_ike_end_responds(end))
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
	struct bench_ike_end *end = ctx;
	struct bench_ike_net *net = end->net;
	struct bench_ike_job *job;

	if (!bench_ike_end_responds(end))
		return -ENOSYS;
	job = malloc(sizeof(*job));
	if (!job)
		return -ENOMEM;
	*job = (struct bench_ike_job){.work = work, .done = done, .arg = arg};
	TAILQ_INSERT_TAIL(&net->jobs, job, link);
	if (++net->n_jobs > net->tally.most_jobs)
		net->tally.most_jobs = net->n_jobs;
	return 0;
}

int bench_ike_end_start(struct bench_ike_net *net, struct bench_ike_end *end, uint32_t address)
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
