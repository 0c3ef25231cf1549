/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/exchange/lab.h"

#include "lib/crypto/prim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t now_ms(void *ctx)
{
	return ((struct lab_end *)ctx)->lab->now_ms;
}

/* splitmix64 */
static int random_bytes(void *ctx, void *out, size_t len)
{
	struct lab_end *end = ctx;
	uint8_t *p = out;

	if (end->random_fails)
		return -EIO;
	for (size_t i = 0; i < len; i++) {
		uint64_t z = end->random_state += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		p[i] = (uint8_t)(z >> 31);
	}
	return 0;
}

enum {
	NAT_OFFSET = 20000
};

/* What the receiver sees of a packet sent on this path; false when it gets lost at the NAT. */
static bool carry(const struct lab *lab, int from, const struct ike_path *path,
		  struct ike_path *out)
{
	*out = (struct ike_path){
		.local = path->remote,
		.remote = path->local,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
	};
	if (!lab->nat)
		return true;
	if (from == 0) {
		out->remote = lab->nat_addr;
		out->remote_port = (uint16_t)(out->remote_port + lab->nat_offset);
		return true;
	}
	out->local = lab->ends[0].addr;
	if (path->remote_port != lab->nat_offset + 500 &&
	    path->remote_port != lab->nat_offset + 4500)
		return false;
	out->local_port = (uint16_t)(out->local_port - lab->nat_offset);
	return true;
}

static struct lab_packet *copy_packet(const struct lab_packet *p)
{
	struct lab_packet *c = malloc(sizeof(*c));

	*c = *p;
	return c;
}

static void queue(struct lab *lab, const struct lab_packet *p)
{
	if (lab->n_queue < LAB_QUEUE)
		lab->queue[lab->n_queue++] = copy_packet(p);
}

static void send_packet(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;
	enum lab_fate fate = LAB_DELIVER;
	struct lab_packet p = {.to = !end->me, .at_ms = lab->now_ms, .len = len};

	memcpy(p.data, data, len);
	if (len == 1) {
		end->n_keepalives++;
		return;
	}
	end->n_sent++;
	end->bytes_sent += len;
	if (!carry(lab, end->me, path, &p.path))
		return;
	if (lab->n_record < LAB_RECORD)
		lab->record[lab->n_record++] = copy_packet(&p);
	if (lab->fate)
		fate = lab->fate(lab, lab->n_packets, &p);
	lab->n_packets++;
	if (fate == LAB_DROP || lab->cut)
		return;
	if (fate == LAB_CORRUPT)
		p.data[p.len - 5] ^= 0x10;
	if (fate == LAB_DELAY)
		p.at_ms += 700;
	queue(lab, &p);
	if (fate == LAB_DUPLICATE)
		queue(lab, &p);
}

static int peer(void *ctx, const struct ike_path *path, struct ike_peer *out)
{
	const struct lab_end *end = ctx;
	const struct lab *lab = end->lab;
	const struct lab_end *other = &lab->ends[!end->me];

	if (end->unknown_peer)
		return -ENOENT;
	if (!addr_eq(&path->remote, &other->addr) &&
	    !(lab->nat && addr_eq(&path->remote, &lab->nat_addr)))
		return -ENOENT;
	*out = end->peer;
	return 0;
}

static int child(void *ctx, const struct ike_path *path, const struct selector *offered,
		 struct ike_child_config *out, enum ike_reason *why)
{
	const struct lab_end *end = ctx;

	(void)path;
	if (end->no_map) {
		*why = IKE_REASON_NO_MAP;
		return -ENOENT;
	}
	if (!selector_eq(offered, &end->child.selector)) {
		*why = IKE_REASON_PROXY_MISMATCH;
		return -ENOENT;
	}
	*out = end->child;
	return 0;
}

static uint32_t spi_alloc(void *ctx, uint32_t tunnel)
{
	struct lab_end *end = ctx;

	(void)tunnel;
	if (end->no_spi)
		return 0;
	end->spis++;
	return ++end->next_spi;
}

static void spi_free(void *ctx, uint32_t spi)
{
	struct lab_end *end = ctx;

	(void)spi;
	end->spis--;
}

static void install_in(void *ctx, const struct ike_child *c)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;

	end->spis--;
	if (end->install_error)
		end->spis++;
	else if (end->n_in < LAB_CHILDREN)
		end->in[end->n_in++] = *c;
	if (!end->install_stalls)
		lab->installs[lab->n_installs++] = (struct lab_install){end->me, c->spi_in};
}

static void install_out(void *ctx, const struct ike_child *c)
{
	struct lab_end *end = ctx;

	if (end->n_out < LAB_CHILDREN)
		end->out[end->n_out++] = *c;
}

static void child_deleted(void *ctx, const struct ike_path *path, uint32_t spi_out)
{
	struct lab_end *end = ctx;

	(void)path;
	if (end->n_deleted < LAB_DELETED)
		end->deleted[end->n_deleted++] = spi_out;
}

static bool heard(void *ctx, const struct ike_path *path, uint64_t since, bool *sent)
{
	const struct lab_end *end = ctx;

	(void)path;
	(void)since;
	*sent = end->has_sent;
	return end->hears;
}

static void event(void *ctx, const struct ike_event *e)
{
	struct lab_end *end = ctx;

	if (end->n_events < LAB_EVENTS)
		end->events[end->n_events++] = *e;
}

static int job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;

	if (end->job_fails_to_queue || lab->n_jobs == 64)
		return -EAGAIN;
	lab->jobs[lab->n_jobs++] = (struct lab_job){work, done, arg};
	return 0;
}

static void debug(void *ctx, enum ike_topic topic, const struct addr *remote, const char *line)
{
	struct lab_end *end = ctx;
	size_t len = strlen(line);

	(void)topic;
	(void)remote;
	end->log = realloc(end->log, end->log_len + len + 2);
	memcpy(end->log + end->log_len, line, len);
	end->log[end->log_len + len] = '\n';
	end->log_len += len + 1;
	end->log[end->log_len] = 0;
}

static void default_peer(struct ike_peer *p)
{
	*p = (struct ike_peer){
		.n_policies = 1,
		.policies[0] =
			{
				.priority = 10,
				.cipher = ALG_CIPHER_AES_256,
				.hash = ALG_HASH_SHA1,
				.auth = ALG_AUTH_PSK,
				.group = 2,
				.lifetime_s = 86400,
			},
		.nat_traversal = true,
		.nat_keepalive_s = 20,
		.dpd_s = 10,
		.dpd_retry_s = 2,
	};
	secret_set(&p->psk, "a shared secret", 15);
}

static struct prefix net(uint32_t host_order, uint8_t len)
{
	struct addr a = addr_v4(host_order);

	return prefix_make(&a, len);
}

void lab_init(struct lab *lab)
{
	memset(lab, 0, sizeof(*lab));
	lab->now_ms = 1000000;
	lab->nat_offset = 20000;
	lab->nat_addr = addr_v4(0xc0000209); /* 192.0.2.9 */
	for (int i = 0; i < 2; i++) {
		struct lab_end *end = &lab->ends[i];

		end->lab = lab;
		end->me = i;
		end->addr = addr_v4(0x0a000001 + (uint32_t)i);
		end->random_state = 7 + (uint64_t)i;
		end->next_spi = 0x1000 + 0x1000 * (uint32_t)i;
		default_peer(&end->peer);
		end->child = (struct ike_child_config){
			.tunnel = 100 + (uint32_t)i,
			.selector =
				{
					.local = net(0xc0a80100 + 0x100 * (uint32_t)i, 24),
					.remote = net(0xc0a80200 - 0x100 * (uint32_t)i, 24),
				},
			.suites[0] = {ALG_CIPHER_AES_256, ALG_HASH_SHA1},
			.n_suites = 1,
			.lifetime_s = 3600,
			.lifetime_kb = 4608000,
		};
	}
}

static void create(struct lab_end *end)
{
	const struct ike_env env = {
		.ctx = end,
		.now_ms = now_ms,
		.random = random_bytes,
		.send = send_packet,
		.peer = peer,
		.child = child,
		.spi_alloc = spi_alloc,
		.spi_free = spi_free,
		.install_in = install_in,
		.install_out = install_out,
		.child_deleted = child_deleted,
		.heard = heard,
		.event = event,
		.job = job,
		.debug = debug,
	};

	end->engine = ike_engine_create(&env);
	if (!end->engine)
		abort();
	if (getenv("LAB_DEBUG"))
		ike_engine_debug(end->engine, 7);
}

void lab_start(struct lab *lab)
{
	static bool ready;

	if (!ready && prim_init())
		abort();
	ready = true;
	create(&lab->ends[0]);
	create(&lab->ends[1]);
}

void lab_restart(struct lab *lab, int end)
{
	ike_engine_destroy(lab->ends[end].engine);
	create(&lab->ends[end]);
}

void lab_fini(struct lab *lab)
{
	for (int i = 0; i < 2; i++)
		ike_engine_destroy(lab->ends[i].engine);
	/* What was handed to another thread ends after the engine. */
	for (size_t i = 0; i < lab->n_jobs; i++) {
		lab->jobs[i].work(lab->jobs[i].arg);
		lab->jobs[i].done(lab->jobs[i].arg);
	}
	for (int i = 0; i < 2; i++) {
		if (getenv("LAB_DEBUG") && lab->ends[i].log)
			fprintf(stderr, "--- %c ---\n%s", 'A' + i, lab->ends[i].log);
		free(lab->ends[i].log);
	}
	for (size_t i = 0; i < lab->n_queue; i++)
		free(lab->queue[i]);
	for (size_t i = 0; i < lab->n_record; i++)
		free(lab->record[i]);
}

struct ike_path lab_path(const struct lab *lab, int end)
{
	return (struct ike_path){
		.local = lab->ends[end].addr,
		.remote = end == 1 && lab->nat ? lab->nat_addr : lab->ends[!end].addr,
		.local_port = 500,
		.remote_port = 500,
	};
}

int lab_initiate(struct lab *lab, int end)
{
	struct ike_path path = lab_path(lab, end);

	return ike_engine_initiate(lab->ends[end].engine, &path, &lab->ends[end].child);
}

static uint64_t tick_both(struct lab *lab)
{
	uint64_t a = ike_engine_tick(lab->ends[0].engine);
	uint64_t b = ike_engine_tick(lab->ends[1].engine);

	return a < b ? a : b;
}

static bool deliver_one(struct lab *lab)
{
	for (size_t i = 0; i < lab->n_queue; i++) {
		struct lab_packet *p = lab->queue[i];

		if (p->at_ms > lab->now_ms)
			continue;
		lab->n_queue--;
		memmove(&lab->queue[i], &lab->queue[i + 1], (lab->n_queue - i) * sizeof(p));
		ike_engine_receive(lab->ends[p->to].engine, &p->path, p->data, p->len);
		free(p);
		return true;
	}
	return false;
}

static bool work_one(struct lab *lab)
{
	if (lab->n_jobs && !lab->jobs_wait) {
		struct lab_job j = lab->jobs[0];

		lab->n_jobs--;
		memmove(&lab->jobs[0], &lab->jobs[1], lab->n_jobs * sizeof(j));
		j.work(j.arg);
		j.done(j.arg);
		return true;
	}
	if (lab->n_installs) {
		struct lab_install in = lab->installs[0];

		lab->n_installs--;
		memmove(&lab->installs[0], &lab->installs[1], lab->n_installs * sizeof(in));
		ike_engine_installed(lab->ends[in.end].engine, in.spi,
				     lab->ends[in.end].install_error);
		return true;
	}
	return false;
}

bool lab_step(struct lab *lab)
{
	tick_both(lab);
	return deliver_one(lab) || work_one(lab);
}

void lab_settle(struct lab *lab)
{
	while (lab_step(lab))
		;
}

void lab_run(struct lab *lab, uint64_t ms)
{
	uint64_t end_ms = lab->now_ms + ms;

	for (;;) {
		uint64_t next;

		lab_settle(lab);
		next = tick_both(lab);
		for (size_t i = 0; i < lab->n_queue; i++)
			if (lab->queue[i]->at_ms < next)
				next = lab->queue[i]->at_ms;
		if (next > end_ms)
			break;
		if (next > lab->now_ms)
			lab->now_ms = next;
	}
	lab->now_ms = end_ms;
	lab_settle(lab);
}

void lab_inject_path(struct lab *lab, int to, const struct ike_path *path, const void *data,
		     size_t len)
{
	ike_engine_receive(lab->ends[to].engine, path, data, len);
}

void lab_inject(struct lab *lab, int to, const void *data, size_t len, uint16_t dport)
{
	struct ike_path path = lab_path(lab, to);

	path.local_port = dport;
	path.remote_port = dport;
	lab_inject_path(lab, to, &path, data, len);
}

enum lab_fate lab_fate_nth(struct lab *lab, size_t n, struct lab_packet *packet)
{
	(void)packet;
	return n == lab->fate_n ? lab->fate_what : LAB_DELIVER;
}

struct tally {
	size_t up;
	size_t all;
};

static void tally_one(void *ctx, const struct ike_sa_info *info)
{
	struct tally *t = ctx;

	t->up += strcmp(info->state, "QM_IDLE") == 0;
	t->all++;
}

size_t lab_up(const struct lab *lab, int end)
{
	struct tally t = {0};

	ike_engine_each(lab->ends[end].engine, tally_one, &t);
	return t.up;
}

size_t lab_sas(const struct lab *lab, int end)
{
	struct tally t = {0};

	ike_engine_each(lab->ends[end].engine, tally_one, &t);
	return t.all;
}

const struct ike_event *lab_event(const struct lab_end *end, enum ike_event_type type)
{
	for (size_t i = 0; i < end->n_events; i++)
		if (end->events[i].type == type)
			return &end->events[i];
	return NULL;
}

size_t lab_count_events(const struct lab_end *end, enum ike_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < end->n_events; i++)
		n += end->events[i].type == type;
	return n;
}

uint64_t lab_rejected(const struct lab *lab, int end)
{
	uint64_t sum = 0;

	for (int i = 0; i < IKE_COUNTER_COUNT; i++)
		sum += ike_engine_counter(lab->ends[end].engine, (enum ike_counter)i);
	return sum;
}

bool lab_pair_fits(const struct lab *lab)
{
	const struct lab_end *a = &lab->ends[0];
	const struct lab_end *b = &lab->ends[1];
	const struct ike_child *x;

	if (!a->n_out || !b->n_out || !a->n_in || !b->n_in)
		return false;
	x = &a->out[a->n_out - 1];
	for (size_t i = 0; i < b->n_out; i++) {
		const struct ike_child *y = &b->out[i];
		struct selector mirror = selector_mirror(&y->selector);

		if (x->spi_in != y->spi_out)
			continue;
		return x->spi_out == y->spi_in && selector_eq(&x->selector, &mirror) &&
		       x->key_in.len && x->key_in.len == y->key_out.len &&
		       x->key_out.len == y->key_in.len &&
		       memcmp(x->key_in.b, y->key_out.b, x->key_in.len) == 0 &&
		       memcmp(x->key_out.b, y->key_in.b, x->key_out.len) == 0 &&
		       memcmp(x->key_in.b, x->key_out.b, x->key_in.len) != 0 &&
		       x->key_in.len == alg_suite_keymat_bytes(x->suite) && x->udp == y->udp &&
		       x->transport == y->transport && x->pfs_group == y->pfs_group;
	}
	return false;
}

void lab_forget(struct lab *lab)
{
	for (int i = 0; i < 2; i++) {
		lab->ends[i].n_in = 0;
		lab->ends[i].n_out = 0;
		lab->ends[i].n_events = 0;
		lab->ends[i].n_deleted = 0;
		lab->ends[i].n_sent = 0;
		lab->ends[i].bytes_sent = 0;
	}
}
