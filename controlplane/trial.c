/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/trial.h"

#include "controlplane/control.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/provider.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MARKER_LEN = 4,
	COOKIE_LEN = 8,
	FLAGS_AT = 19, /* of the header, RFC 2408 3.1 */
	SPI_MIN = 256, /* RFC 4303 2.1 */
	HINT_MS = 2000,
};

struct trial {
	LIST_ENTRY(trial) link;
	struct control *control;
	struct ike_env base; /* the way of the SAs in use to the rest of the control plane */
	struct ike_engine *engine;
	struct ike_path path;
	bool unproven;
	uint32_t spi;	  /* of the inbound SA that is not installed, 0 = none */
	bool installing;  /* the engine waits for it */
	bool negotiated;  /* the peer believes in it */
	uint64_t gone_ms; /* ended: forgotten then; 0 = under way */
	struct ike_record records[TRIAL_RECORDS];
	size_t n;
};

static uint64_t now_ms(void *ctx)
{
	const struct trial *t = ctx;

	return t->control->now_ms();
}

static int random_bytes(void *ctx, void *out, size_t len)
{
	const struct trial *t = ctx;

	return t->base.random(t->base.ctx, out, len);
}

/* Our proof is the first message that is encrypted. */
static bool is_encrypted(const struct ike_path *path, const uint8_t *data, size_t len)
{
	size_t at = (path->local_port == IP_PORT_NATT ? MARKER_LEN : 0) + FLAGS_AT;

	return len > at && data[at] & IKE_FLAG_ENCRYPTED;
}

static void send_datagram(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	const struct trial *t = ctx;

	if (t->unproven && is_encrypted(path, data, len))
		return;
	t->base.send(t->base.ctx, path, data, len);
}

static int peer(void *ctx, const struct ike_path *path, const struct ike_id *id,
		struct ike_peer *out)
{
	const struct trial *t = ctx;

	return t->base.peer(t->base.ctx, path, id, out);
}

static int admit(void *ctx, const struct ike_path *path, const struct ike_proof *proof,
		 struct ike_admission *out, enum ike_reason *why)
{
	const struct trial *t = ctx;

	return t->base.admit(t->base.ctx, path, proof, out, why);
}

static bool may_have(void *ctx, const struct ike_path *path, uint32_t tunnel)
{
	const struct trial *t = ctx;

	return t->base.may_have(t->base.ctx, path, tunnel);
}

static int child(void *, const struct ike_path *, const struct selector *, const struct ike_fit *,
		 struct ike_child_config *, enum ike_reason *why)
{
	*why = IKE_REASON_NO_MAP;
	return -ENOENT;
}

/* One that no SA in use has. */
static uint32_t spi_alloc(void *ctx, uint32_t)
{
	struct trial *t = ctx;
	uint32_t spi;

	do
		if (random_bytes(t, &spi, sizeof(spi)))
			return 0;
	while (spi < SPI_MIN || sa_store_find(&t->control->store, spi));
	return spi;
}

static void spi_free(void *, uint32_t)
{
}

static void install_in(void *ctx, const struct ike_child *ch)
{
	struct trial *t = ctx;

	t->spi = ch->spi_in;
	t->installing = true;
}

static void install_out(void *ctx, const struct ike_child *)
{
	struct trial *t = ctx;

	t->negotiated = true;
}

static void child_deleted(void *ctx, const struct ike_path *, uint32_t)
{
	struct trial *t = ctx;

	t->negotiated = false;
}

static bool heard(void *, const struct ike_path *, uint64_t, bool *sent)
{
	*sent = false;
	return false;
}

static void event(void *, const struct ike_event *)
{
}

static int job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	const struct trial *t = ctx;

	return t->base.job(t->base.ctx, work, done, arg);
}

static void debug(void *, const struct ike_said *)
{
}

static bool is_same(const struct ike_record *a, const struct ike_record *b)
{
	return a->ike_sa == b->ike_sa && a->kind == b->kind &&
	       (a->kind != IKE_RECORD_QUICK || a->quick.msgid == b->quick.msgid);
}

/* How it is ended by us says nothing. */
static void record(void *ctx, const struct ike_record *r)
{
	struct trial *t = ctx;
	size_t i = 0;

	while (i < t->n && !is_same(&t->records[i], r))
		i++;
	if (t->gone_ms || i == TRIAL_RECORDS)
		return;
	t->records[i] = *r;
	if (i == t->n)
		t->n++;
}

struct ike_path trial_path(const struct tunnel *t, const struct addr *to)
{
	struct ike_path path = {
		.local = t->local,
		.remote = *to,
		.local_port = IP_PORT_IKE,
		.remote_port = IP_PORT_IKE,
	};

	memcpy(path.interface, t->interface, sizeof(path.interface));
	return path;
}

static void destroy(struct trial *t)
{
	LIST_REMOVE(t, link);
	ike_engine_destroy(t->engine);
	free(t);
}

/* Room for one more: those under way are few. */
static void destroy_oldest(struct control *c)
{
	struct trial *t, *oldest = NULL;
	size_t n = 0;

	LIST_FOREACH(t, &c->trials, link) {
		n++;
		if (t->gone_ms)
			oldest = t;
	}
	if (n >= TRIAL_MAX && oldest)
		destroy(oldest);
}

struct trial *trial_create(struct control *c, bool unproven)
{
	struct trial *t = calloc(1, sizeof(*t));
	const struct ike_env env = {
		.ctx = t,
		.now_ms = now_ms,
		.random = random_bytes,
		.send = send_datagram,
		.peer = peer,
		.admit = admit,
		.may_have = may_have,
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
		.record = record,
		.beside = true,
	};

	if (!t)
		return NULL;
	t->control = c;
	t->base = provider_env(c);
	t->engine = ike_engine_create(&env);
	if (!t->engine) {
		free(t);
		return NULL;
	}
	t->unproven = unproven;
	destroy_oldest(c);
	LIST_INSERT_HEAD(&c->trials, t, link);
	return t;
}

int trial_start(struct trial *trial, const struct ike_path *path, const struct tunnel *t)
{
	struct ike_child_config config;

	trial->path = *path;
	if (!t)
		return ike_engine_phase1(trial->engine, path);
	provider_fill_child(t, 0, &config);
	return ike_engine_initiate(trial->engine, path, &config);
}

const struct ike_record *trial_record(const struct trial *trial, enum ike_record_kind kind)
{
	for (size_t i = trial->n; i-- > 0;)
		if (trial->records[i].kind == kind)
			return &trial->records[i];
	return NULL;
}

bool trial_settled(const struct ike_record *r, uint64_t now)
{
	return r->ended_ms || (r->hint && now >= r->changed_ms + HINT_MS);
}

bool trial_answered(const struct ike_record *r)
{
	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++)
		if (r->messages[i].times && !r->messages[i].ours)
			return true;
	return r->notify;
}

bool trial_agreed(const struct trial *trial)
{
	const struct ike_record *r = trial_record(trial, IKE_RECORD_PHASE1);
	const struct ike_record_message *last = r ? &r->messages[r->aggressive ? 1 : 3] : NULL;

	return last && last->times && !last->ours;
}

void trial_end(struct trial *trial)
{
	if (trial->gone_ms)
		return;
	trial->gone_ms = now_ms(trial) + TRIAL_LATE_MS;
	if (trial->negotiated)
		ike_engine_delete_child(trial->engine, &trial->path, trial->spi);
	ike_engine_shutdown(trial->engine);
}

static bool has_cookie(const struct trial *t, const uint8_t *cookie)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->records[i].ike_sa && memcmp(t->records[i].cookie_i, cookie, COOKIE_LEN) == 0)
			return true;
	return false;
}

bool trial_receive(struct control *c, const struct ike_path *path, const void *data, size_t len)
{
	size_t at = path->local_port == IP_PORT_NATT ? MARKER_LEN : 0;
	struct trial *t;

	if (len < at + COOKIE_LEN)
		return false;
	LIST_FOREACH(t, &c->trials, link) {
		if (!has_cookie(t, (const uint8_t *)data + at))
			continue;
		if (!t->gone_ms)
			ike_engine_receive(t->engine, path, data, len);
		return true;
	}
	return false;
}

static uint64_t turn(struct trial *t)
{
	uint64_t next = ike_engine_tick(t->engine);

	while (t->installing) {
		t->installing = false;
		ike_engine_installed(t->engine, t->spi, 0);
		next = ike_engine_tick(t->engine);
	}
	return next;
}

uint64_t trial_turn(struct control *c, uint64_t now)
{
	struct trial *t = LIST_FIRST(&c->trials), *after;
	uint64_t next = UINT64_MAX;

	for (; t; t = after) {
		uint64_t due = t->gone_ms ? t->gone_ms : turn(t);

		after = LIST_NEXT(t, link);
		if (t->gone_ms && now >= t->gone_ms)
			destroy(t);
		else if (due < next)
			next = due;
	}
	return next;
}

void trial_end_all(struct control *c)
{
	struct trial *t;

	LIST_FOREACH(t, &c->trials, link)
		trial_end(t);
}

void trial_fini(struct control *c)
{
	while (!LIST_EMPTY(&c->trials))
		destroy(LIST_FIRST(&c->trials));
}
