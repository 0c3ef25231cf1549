/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_engine.h"

#include "controlplane/ike/dpd.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/ike_receive.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"
#include "controlplane/ike/xauth.h"
#include "lib/base/rbuf.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MARKER_LEN = 4
}; /* RFC 3948 2.2 */

struct ike_engine *ike_engine_create(const struct ike_env *env)
{
	struct ike_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->env = *env;
	TAILQ_INIT(&engine->sas);
	TAILQ_INIT(&engine->dead);
	TAILQ_INIT(&engine->fragments);
	ike_pending_init(engine);
	LIST_INIT(&engine->works);
	LIST_INIT(&engine->installing);
	LIST_INIT(&engine->moved);
	if (ike_engine_random(engine, &engine->hash_seed, sizeof(engine->hash_seed)) ||
	    ike_engine_random(engine, engine->peer_key, sizeof(engine->peer_key))) {
		free(engine);
		return NULL;
	}
	return engine;
}

void ike_engine_destroy(struct ike_engine *engine)
{
	struct ike_work *work;
	struct ike_sa *sa;

	if (!engine)
		return;
	ike_pending_fini(engine);
	while ((sa = TAILQ_FIRST(&engine->sas)))
		ike_sa_end(sa, IKE_REASON_SHUTDOWN);
	ike_engine_reap(engine);
	/* Jobs still running find nobody when they are done. */
	while ((work = LIST_FIRST(&engine->works))) {
		LIST_REMOVE(work, link);
		work->engine = NULL;
	}
	ike_contact_fini(engine);
	ike_timer_fini(&engine->timers);
	free(engine);
}

uint64_t ike_engine_now(const struct ike_engine *engine)
{
	return engine->env.now_ms(engine->env.ctx);
}

void ike_engine_count(struct ike_engine *engine, enum ike_counter counter)
{
	engine->counters[counter]++;
}

int ike_engine_random(struct ike_engine *engine, void *out, size_t len)
{
	return engine->env.random(engine->env.ctx, out, len);
}

void ike_engine_send(struct ike_engine *engine, const struct ike_path *path, const void *data,
		     size_t len)
{
	engine->env.send(engine->env.ctx, path, data, len);
}

void ike_engine_send_whole(struct ike_engine *engine, const struct ike_path *path, const void *data,
			   size_t len)
{
	if (engine->env.send_whole)
		engine->env.send_whole(engine->env.ctx, path, data, len);
	else
		engine->env.send(engine->env.ctx, path, data, len);
}

/* A key that nobody has. */
static int draw_key(struct ike_engine *engine, struct secret *key)
{
	uint8_t bytes[32];
	int rc = ike_engine_random(engine, bytes, sizeof(bytes));

	secret_set(key, bytes, rc ? 0 : sizeof(bytes));
	secret_wipe_bytes(bytes, sizeof(bytes));
	return rc;
}

int ike_engine_peer(struct ike_engine *engine, const struct ike_path *path, const struct ike_id *id,
		    struct ike_peer *out)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = engine->env.peer(engine->env.ctx, path, id, out);
	if (rc == 0 && out->decoy)
		rc = draw_key(engine, &out->psk);
	out->has_key = out->psk.len;
	if (rc == 0 && !out->has_key && !out->pki)
		rc = -ENOENT;
	if (rc)
		secret_wipe(&out->psk);
	return rc;
}

const struct addr *ike_path_home(const struct ike_path *path)
{
	return addr_is_none(&path->home) ? &path->remote : &path->home;
}

bool ike_path_same_peer(const struct ike_path *a, const struct ike_path *b)
{
	if (a->peer && b->peer)
		return a->peer == b->peer;
	return a->client == b->client && addr_eq(&a->remote, &b->remote) &&
	       addr_eq(&a->local, &b->local);
}

size_t ike_engine_bucket(const struct ike_engine *engine, const struct addr *addr)
{
	uint32_t h = engine->hash_seed;

	for (size_t i = 0; i < sizeof(addr->b); i++)
		h = (h ^ addr->b[i]) * 16777619u;
	return (h ^ h >> 16) % IKE_ENGINE_BUCKETS;
}

void ike_engine_reap(struct ike_engine *engine)
{
	struct ike_sa *sa;

	while ((sa = TAILQ_FIRST(&engine->dead))) {
		TAILQ_REMOVE(&engine->dead, sa, link);
		ike_sa_destroy(sa);
	}
}

/* A whole message with a marker in front of it, on a port where there is none. */
static bool marker_misplaced(const uint8_t *p, size_t len)
{
	struct rbuf b = rbuf_of(p, len);
	uint32_t marker = rbuf_u32(&b);

	rbuf_take(&b, IKE_HEADER_LEN - sizeof(uint32_t));
	return rbuf_u32(&b) == len - MARKER_LEN && !b.bad && marker == 0;
}

void ike_engine_receive(struct ike_engine *engine, const struct ike_path *path, const void *data,
			size_t len)
{
	static const uint8_t marker[MARKER_LEN];
	const uint8_t *p = data;
	bool natt = path->local_port == IP_PORT_NATT;
	bool bad = natt ? len < MARKER_LEN || memcmp(p, marker, MARKER_LEN) != 0
			: marker_misplaced(p, len);

	if (natt && len == 1 && p[0] == 0xff)
		return; /* a keepalive */
	if (bad)
		ike_engine_count(engine, IKE_COUNT_BAD_MARKER);
	else if (natt)
		ike_receive_message(engine, path, p + MARKER_LEN, len - MARKER_LEN);
	else
		ike_receive_message(engine, path, p, len);
	ike_engine_reap(engine);
}

uint64_t ike_engine_tick(struct ike_engine *engine)
{
	uint64_t now = ike_engine_now(engine);
	struct ike_timer *timer;

	while ((timer = ike_timer_pop(&engine->timers, now)))
		timer->fire(engine, timer);
	ike_engine_reap(engine);
	return ike_timer_next(&engine->timers);
}

/* Who is called by the address of the configuration may be elsewhere by now. */
static struct ike_path where_it_is(struct ike_engine *engine, const struct ike_path *path)
{
	const struct ike_sa *sa = NULL;

	if (!path->peer && !ike_sa_best(engine, path))
		sa = ike_sa_moved(engine, path);
	return sa ? sa->path : *path;
}

int ike_engine_initiate(struct ike_engine *engine, const struct ike_path *path,
			const struct ike_child_config *config)
{
	struct ike_path to = where_it_is(engine, path);
	int rc = ike_pending_add(engine, &to, config);

	if (rc)
		return rc;
	ike_pending_run(engine, &to);
	ike_engine_reap(engine);
	return 0;
}

int ike_engine_phase1(struct ike_engine *engine, const struct ike_path *path)
{
	int rc = phase1_start(engine, path, 0);

	ike_engine_reap(engine);
	return rc;
}

bool ike_engine_reaches(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_path to = where_it_is(engine, path);

	return ike_sa_best(engine, &to) != NULL;
}

int ike_engine_sized(struct ike_engine *engine, const struct ike_path *path, size_t bytes,
		     uint32_t *number)
{
	struct ike_path to = where_it_is(engine, path);
	struct ike_sa *sa = ike_sa_best(engine, &to);

	return sa ? dpd_ask_sized(sa, bytes, number) : -ENOENT;
}

void ike_engine_installed(struct ike_engine *engine, uint32_t spi_in, int error)
{
	quick_mode_installed(engine, spi_in, error);
	ike_engine_reap(engine);
}

void ike_engine_delete_child(struct ike_engine *engine, const struct ike_path *path,
			     uint32_t spi_in)
{
	struct ike_sa *sa = ike_sa_best(engine, path);

	if (sa)
		info_send_delete_child(sa, spi_in);
}

size_t ike_engine_clear(struct ike_engine *engine, uint32_t conn_id, const struct addr *remote)
{
	struct ike_sa *sa;
	struct ike_sa *next;
	size_t n = 0;

	for (sa = TAILQ_FIRST(&engine->sas); sa; sa = next) {
		next = TAILQ_NEXT(sa, link);
		if ((conn_id && sa->conn_id != conn_id) ||
		    (remote && !addr_eq(&sa->path.remote, remote)))
			continue;
		ike_sa_delete(sa, IKE_REASON_CLEARED);
		n++;
	}
	ike_engine_reap(engine);
	return n;
}

int ike_engine_move(struct ike_engine *engine, const struct addr *from, const struct ike_path *to)
{
	struct ike_sa *sa;

	if (!addr_eq(from, &to->remote) && ike_receive_is_taken(engine, to))
		return -EADDRINUSE;
	TAILQ_FOREACH(sa, &engine->sas, link)
		if (to->peer && sa->path.peer == to->peer && ike_sa_up(sa) && sa->natt.remote &&
		    sa->path.local_port == to->local_port)
			ike_sa_set_path(sa, to);
	return 0;
}

size_t ike_engine_end_peer(struct ike_engine *engine, uint64_t peer, enum ike_reason reason)
{
	struct ike_sa *sa;
	struct ike_sa *next;
	size_t n = 0;

	for (sa = TAILQ_FIRST(&engine->sas); sa; sa = next) {
		next = TAILQ_NEXT(sa, link);
		if (!peer || sa->path.peer != peer)
			continue;
		ike_sa_delete(sa, reason);
		n++;
	}
	ike_engine_reap(engine);
	return n;
}

size_t ike_engine_end_who(struct ike_engine *engine, uint64_t who, enum ike_reason reason)
{
	struct ike_sa *sa;
	struct ike_sa *next;
	size_t n = 0;

	for (sa = TAILQ_FIRST(&engine->sas); sa; sa = next) {
		next = TAILQ_NEXT(sa, link);
		if (!who || sa->path.who != who)
			continue;
		ike_sa_delete(sa, reason);
		n++;
	}
	ike_engine_reap(engine);
	return n;
}

void ike_engine_user(struct ike_engine *engine, uint64_t ike_sa, enum ike_reason verdict)
{
	struct ike_sa *sa = ike_sa_find_id(engine, ike_sa);

	if (sa)
		xauth_verdict(sa, verdict);
	ike_engine_reap(engine);
}

void ike_engine_shutdown(struct ike_engine *engine)
{
	struct ike_sa *sa;

	ike_pending_fini(engine);
	while ((sa = TAILQ_FIRST(&engine->sas)))
		ike_sa_delete(sa, IKE_REASON_SHUTDOWN);
	ike_engine_reap(engine);
}

void ike_engine_debug(struct ike_engine *engine, unsigned topics)
{
	engine->debug = topics;
}

static uint32_t pending_of(const struct ike_sa *sa)
{
	const struct ike_quick *quick;
	uint32_t n = 0;

	LIST_FOREACH(quick, &sa->quicks, link)
		n += quick->txn.state != IKE_STATE_QM_DONE;
	return n;
}

static void fill_info(const struct ike_sa *sa, uint64_t now, struct ike_sa_info *info)
{
	const struct ike_sa *active = ike_sa_best(sa->engine, &sa->path);

	*info = (struct ike_sa_info){
		.id = sa->id,
		.conn_id = sa->conn_id,
		.path = sa->path,
		.initiator = sa->initiator,
		.deleted = sa->replaced,
		.rekey = active && active != sa,
		.state = ike_sa_show(sa),
		.state_asa = ike_sa_show_asa(sa),
		.aggressive = sa->main.exchange == IKE_EXCHANGE_AGGRESSIVE,
		.pending = pending_of(sa),
		.policy = sa->policy,
		.age_s = (now - sa->created_ms) / 1000,
		.remaining_s = sa->expires_ms > now ? (sa->expires_ms - now) / 1000 : 0,
		.nat_local = sa->natt.local,
		.nat_remote = sa->natt.remote,
		.dpd = sa->dpd.peer_does && sa->dpd.interval_s,
		.children = sa->children,
	};
	memcpy(info->group, sa->access.group, sizeof(info->group));
	memcpy(info->user, sa->access.user, sizeof(info->user));
	memcpy(info->cookie_i, sa->cookie_i, sizeof(info->cookie_i));
	memcpy(info->cookie_r, sa->cookie_r, sizeof(info->cookie_r));
}

void ike_engine_each(const struct ike_engine *engine,
		     void (*fn)(void *ctx, const struct ike_sa_info *), void *ctx)
{
	uint64_t now = ike_engine_now(engine);
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->sas, link) {
		struct ike_sa_info info;

		fill_info(sa, now, &info);
		fn(ctx, &info);
	}
}

uint64_t ike_engine_counter(const struct ike_engine *engine, enum ike_counter counter)
{
	return engine->counters[counter];
}

void ike_engine_keys(const struct ike_engine *engine, uint64_t ike_sa,
		     void (*tell)(void *ctx, const struct ike_key *key), void *ctx)
{
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->sas, link) {
		struct ike_key key = {.enc = &sa->keys.enc};

		if ((ike_sa && sa->id != ike_sa) || !sa->keys.enc.len)
			continue;
		memcpy(key.cookie_i, sa->cookie_i, sizeof(key.cookie_i));
		tell(ctx, &key);
	}
}
