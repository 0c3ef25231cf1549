/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_sa.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_half_open.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/ike_work.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"
#include "controlplane/ike/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TIMERS = 6,	      /* of one SA: main, life, dpd, natt, access, fragments */
	FIRST_CONN_ID = 1001, /* as IOS 12.4T and later count */
	LAST_CONN_ID = 32766,
	SAME_TIME_MS = 10000, /* how far apart two ends may see one SA come up */
};

static const uint8_t no_cookie[IKE_COOKIE_LEN];

/* By the cookie that is ours, which is random: a peer cannot choose the bucket. */
static struct ike_sa_bucket *cookie_bucket(struct ike_engine *engine, const uint8_t *own)
{
	return &engine->by_cookie[(own[1] | own[2] << 8) % IKE_ENGINE_BUCKETS];
}

static struct ike_sa_bucket *peer_bucket(struct ike_engine *engine, const struct addr *remote)
{
	return &engine->by_peer[ike_engine_bucket(engine, remote)];
}

static struct ike_sa_bucket *id_bucket(struct ike_engine *engine, uint64_t id)
{
	return &engine->by_id[id % IKE_ENGINE_BUCKETS];
}

static uint32_t take_conn_id(struct ike_engine *engine)
{
	uint32_t id = engine->next_conn_id ? engine->next_conn_id : FIRST_CONN_ID;

	engine->next_conn_id = id == LAST_CONN_ID ? FIRST_CONN_ID : id + 1;
	return id;
}

/* Cookies never begin with zero bytes, which on port 4500 would mean something else. */
static int draw_cookie(struct ike_sa *sa)
{
	uint8_t *own = sa->initiator ? sa->cookie_i : sa->cookie_r;

	do {
		int rc = ike_engine_random(sa->engine, own, IKE_COOKIE_LEN);

		if (rc)
			return rc;
		own[0] |= 1;
	} while (memcmp(sa->cookie_i, sa->cookie_r, IKE_COOKIE_LEN) == 0);
	return 0;
}

struct ike_sa *ike_sa_create(struct ike_engine *engine, const struct ike_path *path, bool initiator,
			     const uint8_t *cookie_i)
{
	struct ike_sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return NULL;
	if (ike_timer_reserve(&engine->timers, TIMERS)) {
		free(sa);
		return NULL;
	}
	sa->engine = engine;
	sa->path = *path;
	sa->initiator = initiator;
	if (cookie_i)
		memcpy(sa->cookie_i, cookie_i, IKE_COOKIE_LEN);
	LIST_INIT(&sa->quicks);
	LIST_INIT(&sa->transactions);
	ike_txn_init(&sa->main, sa, IKE_EXCHANGE_MAIN, 0, initiator, phase1_give_up);
	if (draw_cookie(sa)) {
		ike_timer_release(&engine->timers, TIMERS);
		free(sa);
		return NULL;
	}
	sa->id = ++engine->next_id;
	sa->conn_id = take_conn_id(engine);
	sa->created_ms = ike_engine_now(engine);
	TAILQ_INSERT_TAIL(&engine->sas, sa, link);
	LIST_INSERT_HEAD(cookie_bucket(engine, initiator ? sa->cookie_i : sa->cookie_r), sa,
			 cookie_link);
	LIST_INSERT_HEAD(peer_bucket(engine, &path->remote), sa, peer_link);
	LIST_INSERT_HEAD(id_bucket(engine, sa->id), sa, id_link);
	if (!addr_is_none(&sa->path.home))
		LIST_INSERT_HEAD(&engine->moved, sa, moved_link);
	return sa;
}

struct ike_sa *ike_sa_restore(struct ike_engine *engine, const struct ike_path *path,
			      bool initiator, const uint8_t *cookie_i, const uint8_t *cookie_r,
			      uint64_t id)
{
	struct ike_sa *sa;

	if (ike_sa_find(engine, cookie_i, cookie_r) || ike_sa_find_id(engine, id))
		return NULL;
	sa = ike_sa_create(engine, path, initiator, cookie_i);
	if (!sa)
		return NULL;
	LIST_REMOVE(sa, cookie_link);
	LIST_REMOVE(sa, id_link);
	memcpy(sa->cookie_i, cookie_i, IKE_COOKIE_LEN);
	memcpy(sa->cookie_r, cookie_r, IKE_COOKIE_LEN);
	sa->id = id;
	LIST_INSERT_HEAD(cookie_bucket(engine, initiator ? sa->cookie_i : sa->cookie_r), sa,
			 cookie_link);
	LIST_INSERT_HEAD(id_bucket(engine, id), sa, id_link);
	return sa;
}

static void report(const struct ike_sa *sa, enum ike_reason reason)
{
	/* Half-open SAs that fade away may never have had a peer: nobody is told. */
	bool spoofable = ike_sa_unanswered(sa) && !sa->main.hint;

	if (reason == IKE_REASON_NONE)
		return;
	if (ike_sa_up(sa))
		ike_event_sa(sa, IKE_EVENT_DOWN, reason);
	else if (!spoofable)
		ike_event_sa(sa, IKE_EVENT_FAILED, reason);
}

static void end_quick_modes(struct ike_sa *sa, enum ike_reason reason)
{
	struct ike_quick *quick;

	while ((quick = LIST_FIRST(&sa->quicks))) {
		if (quick->txn.state == IKE_STATE_QM_DONE)
			quick_mode_destroy(quick);
		else
			quick_mode_fail(quick, reason);
	}
}

static void end_transactions(struct ike_sa *sa)
{
	struct ike_transaction *t;

	while ((t = LIST_FIRST(&sa->transactions)))
		transaction_destroy(t);
}

void ike_sa_end(struct ike_sa *sa, enum ike_reason reason)
{
	struct ike_engine *engine = sa->engine;
	bool was_up = ike_sa_up(sa);

	if (ike_sa_dead(sa))
		return;
	report(sa, reason);
	ike_evidence_ended(sa, reason);
	end_quick_modes(sa, reason);
	end_transactions(sa);
	ike_txn_fini(&sa->main);
	ike_timer_disarm(&engine->timers, &sa->life);
	ike_timer_disarm(&engine->timers, &sa->dpd.timer);
	ike_timer_disarm(&engine->timers, &sa->natt.timer);
	ike_timer_disarm(&engine->timers, &sa->access.timer);
	ike_fragment_forget(sa);
	ike_txn_set_state(&sa->main, IKE_STATE_DEAD);
	ike_half_open_leave(sa);
	LIST_REMOVE(sa, cookie_link);
	LIST_REMOVE(sa, peer_link);
	LIST_REMOVE(sa, id_link);
	if (!addr_is_none(&sa->path.home))
		LIST_REMOVE(sa, moved_link);
	TAILQ_REMOVE(&engine->sas, sa, link);
	TAILQ_INSERT_TAIL(&engine->dead, sa, link);
	if (reason == IKE_REASON_SHUTDOWN || !was_up)
		ike_pending_fail(engine, &sa->path, reason);
	else
		ike_pending_run(engine, &sa->path);
}

void ike_sa_delete(struct ike_sa *sa, enum ike_reason reason)
{
	if (ike_sa_up(sa))
		info_send_delete_ike(sa);
	ike_say(sa, IKE_SAY_DELETE_SA, ike_reason_text(reason), sa->initiator ? "I" : "R",
		ike_state_show(sa->main.state));
	ike_sa_end(sa, reason);
}

void ike_sa_destroy(struct ike_sa *sa)
{
	ike_timer_release(&sa->engine->timers, TIMERS);
	phase1_handshake_destroy(sa->hs);
	ike_keys_wipe(&sa->keys);
	ike_msgids_fini(&sa->msgids);
	free(sa->access.record);
	free(sa->info_reply);
	free(sa->early);
	free(sa);
}

void ike_sa_aggressive(struct ike_sa *sa)
{
	sa->main.exchange = IKE_EXCHANGE_AGGRESSIVE;
	ike_txn_set_state(&sa->main, IKE_STATE_AG_NEW);
}

bool ike_sa_unanswered(const struct ike_sa *sa)
{
	return sa->main.state == IKE_STATE_MM_R_SENT_SA ||
	       sa->main.state == IKE_STATE_AG_R_SENT_CHOICE;
}

bool ike_sa_up(const struct ike_sa *sa)
{
	return sa->main.state == IKE_STATE_UP;
}

bool ike_sa_ready(const struct ike_sa *sa)
{
	return ike_sa_up(sa) && (!sa->access.login || sa->access.in);
}

/* Of the SA with what runs on it. */
static enum ike_state shown_state(const struct ike_sa *sa)
{
	if (ike_sa_up(sa) && sa->access.login && !sa->access.told)
		return IKE_STATE_XAUTH_SENT_REQUEST;
	if (ike_sa_up(sa) && sa->access.pushing)
		return IKE_STATE_CONFIG_SENT_SET;
	return sa->main.state;
}

const char *ike_sa_show(const struct ike_sa *sa)
{
	enum ike_state state = shown_state(sa);

	if (sa->main.work && sa->main.work->accepted)
		return ike_state_show_proved(state);
	return ike_state_show(state);
}

const char *ike_sa_show_asa(const struct ike_sa *sa)
{
	if (shown_state(sa) == IKE_STATE_UP && sa->main.exchange == IKE_EXCHANGE_AGGRESSIVE)
		return "AM_ACTIVE";
	return ike_state_show_asa(shown_state(sa));
}

bool ike_sa_dead(const struct ike_sa *sa)
{
	return sa->main.state == IKE_STATE_DEAD;
}

static bool cookie_eq(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, IKE_COOKIE_LEN) == 0;
}

struct ike_sa *ike_sa_find(struct ike_engine *engine, const uint8_t *cookie_i,
			   const uint8_t *cookie_r)
{
	struct ike_sa *sa;

	LIST_FOREACH(sa, cookie_bucket(engine, cookie_r), cookie_link)
		if (!sa->initiator && cookie_eq(sa->cookie_r, cookie_r) &&
		    cookie_eq(sa->cookie_i, cookie_i))
			return sa;
	sa = ike_sa_find_initiated(engine, cookie_i);
	/* Message 2 brings the responder's cookie. */
	if (sa && (cookie_eq(sa->cookie_r, cookie_r) || cookie_eq(sa->cookie_r, no_cookie)))
		return sa;
	return NULL;
}

struct ike_sa *ike_sa_find_initiated(struct ike_engine *engine, const uint8_t *cookie_i)
{
	struct ike_sa *sa;

	LIST_FOREACH(sa, cookie_bucket(engine, cookie_i), cookie_link)
		if (sa->initiator && cookie_eq(sa->cookie_i, cookie_i))
			return sa;
	return NULL;
}

struct ike_sa *ike_sa_find_id(struct ike_engine *engine, uint64_t id)
{
	struct ike_sa *sa;

	LIST_FOREACH(sa, id_bucket(engine, id), id_link)
		if (sa->id == id)
			return sa;
	return NULL;
}

struct ike_sa *ike_sa_find_first(struct ike_engine *engine, const struct addr *remote,
				 const uint8_t *cookie_i, const uint8_t digest[IKE_TXN_DIGEST])
{
	struct ike_sa *sa;

	LIST_FOREACH(sa, peer_bucket(engine, remote), peer_link)
		if (sa->half_open && cookie_eq(sa->cookie_i, cookie_i) &&
		    addr_eq(&sa->path.remote, remote) && ike_txn_is_duplicate(&sa->main, digest))
			return sa;
	return NULL;
}

/*
 * Which of two SAs the next quick mode and the next rekey belong to. Both ends have to agree on
 * it: of two negotiated at once, which each end saw come up in its own order, the cookies decide.
 */
static bool outlives(const struct ike_sa *a, const struct ike_sa *b)
{
	/* 0 is "never": minus one makes it the latest */
	uint64_t a_ms = a->expires_ms - 1;
	uint64_t b_ms = b->expires_ms - 1;
	uint64_t apart_ms = a_ms > b_ms ? a_ms - b_ms : b_ms - a_ms;

	if (apart_ms > SAME_TIME_MS)
		return a_ms > b_ms;
	return memcmp(a->cookie_i, b->cookie_i, IKE_COOKIE_LEN) > 0;
}

struct ike_sa *ike_sa_best(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_sa *best = NULL;
	struct ike_sa *sa;

	LIST_FOREACH(sa, peer_bucket(engine, &path->remote), peer_link)
		if (ike_sa_up(sa) && !sa->replaced && ike_path_same_peer(&sa->path, path) &&
		    (!best || outlives(sa, best)))
			best = sa;
	return best;
}

struct ike_sa *ike_sa_moved(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_sa *best = NULL;
	struct ike_sa *sa;

	LIST_FOREACH(sa, &engine->moved, moved_link)
		if (ike_sa_up(sa) && !sa->replaced && !sa->path.client &&
		    addr_eq(&sa->path.home, &path->remote) &&
		    addr_eq(&sa->path.local, &path->local) && (!best || outlives(sa, best)))
			best = sa;
	return best;
}

struct ike_sa *ike_sa_negotiating(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_sa *sa;

	LIST_FOREACH(sa, peer_bucket(engine, &path->remote), peer_link)
		if (sa->initiator && !ike_sa_up(sa) && ike_path_same_peer(&sa->path, path))
			return sa;
	return NULL;
}

void ike_sa_set_path(struct ike_sa *sa, const struct ike_path *path)
{
	const struct ike_path before = sa->path;

	ike_pending_moved(sa->engine, &sa->path, path);
	LIST_REMOVE(sa, peer_link);
	sa->path = *path;
	sa->path.peer = before.peer;
	sa->path.client = before.client;
	sa->path.who = before.who;
	sa->path.home = before.home;
	if (ike_sa_up(sa) && addr_is_none(&before.home) &&
	    (before.remote_port != path->remote_port || !addr_eq(&before.remote, &path->remote))) {
		sa->path.home = before.remote;
		LIST_INSERT_HEAD(&sa->engine->moved, sa, moved_link);
	}
	LIST_INSERT_HEAD(peer_bucket(sa->engine, &path->remote), sa, peer_link);
}

void ike_sa_set_cookie_r(struct ike_sa *sa, const uint8_t *cookie_r)
{
	memcpy(sa->cookie_r, cookie_r, IKE_COOKIE_LEN);
}

int ike_sa_use_msgid(struct ike_sa *sa, uint32_t msgid)
{
	/* A successor in good time, before nothing more can be negotiated; one side asks first. */
	size_t enough = IKE_MSGIDS_MAX / 8 * (sa->initiator ? 6 : 7);
	int rc = ike_msgids_add(&sa->msgids, msgid);

	if (sa->msgids.n == enough)
		ike_life_hasten(sa);
	return rc;
}
