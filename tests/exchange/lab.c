/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/exchange/lab.h"

#include "lib/crypto/prim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	const struct ike_env env = lab_env(end);

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

void lab_tunnel(struct lab *lab)
{
	lab_init(lab);
	lab->ends[0].peer.dpd_s = 0;
	lab->ends[1].peer.dpd_s = 0;
	lab_start(lab);
	if (lab_initiate(lab, 0))
		abort();
	lab_settle(lab);
	if (!lab_pair_fits(lab))
		abort();
	lab_forget(lab);
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

/* Answers who asks whether a user is one. */
static bool answer_user(struct lab_end *end)
{
	const struct ike_user *u = &end->user;
	enum ike_reason verdict = end->user_verdict;

	if (!end->user_waits)
		return false;
	end->user_waits = false;
	if (verdict == IKE_REASON_NONE &&
	    (strcmp(u->name, "alice") != 0 || u->password.len != strlen(end->password) ||
	     memcmp(u->password.b, end->password, u->password.len) != 0))
		verdict = IKE_REASON_USER_REFUSED;
	ike_engine_user(end->engine, u->ike_sa, verdict);
	return true;
}

bool lab_step(struct lab *lab)
{
	tick_both(lab);
	return deliver_one(lab) || work_one(lab) || answer_user(&lab->ends[0]) ||
	       answer_user(&lab->ends[1]);
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

const struct ike_record *lab_negotiation(const struct lab_end *end, enum ike_record_kind kind)
{
	for (size_t i = end->n_negotiations; i > 0; i--)
		if (end->negotiations[i - 1].kind == kind)
			return &end->negotiations[i - 1];
	return NULL;
}

size_t lab_count_events(const struct lab_end *end, enum ike_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < end->n_events; i++)
		n += end->events[i].type == type;
	return n;
}

uint64_t lab_counter(const struct lab *lab, int end, enum ike_counter counter)
{
	return ike_engine_counter(lab->ends[end].engine, counter);
}

uint64_t lab_rejected(const struct lab *lab, int end)
{
	uint64_t sum = 0;

	for (int i = 0; i < IKE_COUNTER_COUNT; i++)
		sum += lab_counter(lab, end, (enum ike_counter)i);
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
		lab->ends[i].n_negotiations = 0;
		lab->ends[i].n_deleted = 0;
		lab->ends[i].n_sent = 0;
		lab->ends[i].bytes_sent = 0;
	}
}
