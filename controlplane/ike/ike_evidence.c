/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_evidence.h"

#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"

#include <stdlib.h>
#include <string.h>

struct ike_record *ike_evidence_create(const struct ike_sa *sa, enum ike_record_kind kind,
				       bool initiator)
{
	struct ike_record *r = sa->engine->env.record ? calloc(1, sizeof(*r)) : NULL;

	if (!r)
		return NULL;
	r->kind = kind;
	r->ike_sa = sa->id;
	r->conn_id = sa->conn_id;
	r->initiator = initiator;
	r->started_ms = ike_engine_now(sa->engine);
	return r;
}

void ike_evidence_tell(const struct ike_sa *sa, struct ike_record *r)
{
	const struct ike_env *env = &sa->engine->env;

	r->path = sa->path;
	r->aggressive = sa->main.exchange == IKE_EXCHANGE_AGGRESSIVE;
	memcpy(r->cookie_i, sa->cookie_i, sizeof(r->cookie_i));
	memcpy(r->cookie_r, sa->cookie_r, sizeof(r->cookie_r));
	r->changed_ms = ike_engine_now(sa->engine);
	env->record(env->ctx, r);
}

void ike_evidence_close(const struct ike_sa *sa, struct ike_record *r, enum ike_reason reason)
{
	r->ended_ms = ike_engine_now(sa->engine);
	if (reason)
		r->reason = reason;
	ike_evidence_tell(sa, r);
}

/* NULL also when it is over: what follows is none of it. */
static struct ike_record *of_txn(const struct ike_txn *txn)
{
	const struct ike_sa *sa = txn->sa;
	struct ike_record *r = sa->hs ? sa->hs->record : NULL;

	if (txn->exchange == IKE_EXCHANGE_QUICK)
		r = container_of(txn, struct ike_quick, txn)->record;
	else if (txn->exchange == IKE_EXCHANGE_TRANSACTION)
		r = sa->access.record;
	return r && !r->ended_ms ? r : NULL;
}

static struct ike_record *of_work(const struct ike_work *work)
{
	return work->txn ? of_txn(work->txn) : work->record;
}

struct ike_record *ike_evidence_of_work(const struct ike_work *work)
{
	return of_work(work);
}

static void see_and_tell(const struct ike_txn *txn, struct ike_record *r)
{
	switch (r->kind) {
	case IKE_RECORD_PHASE1: ike_evidence_see_phase1(txn->sa, r); break;
	case IKE_RECORD_QUICK:
		ike_evidence_see_quick(container_of(txn, struct ike_quick, txn), r);
		break;
	default: ike_evidence_login(txn->sa); return;
	}
	ike_evidence_tell(txn->sa, r);
}

/* The number of the last message that went out, 0 = none. */
static unsigned last_of_ours(const struct ike_record *r)
{
	for (unsigned n = IKE_RECORD_MESSAGES; n > 0; n--)
		if (r->messages[n - 1].times && r->messages[n - 1].ours)
			return n;
	return 0;
}

/* Transactions follow each other: what XAUTH asks and tells, then an address. */
static const struct {
	enum ike_state state;
	uint8_t sent;	  /* leads to the state */
	uint8_t received; /* finds it */
} login_numbers[] = {
	{IKE_STATE_XAUTH_SENT_REQUEST, 1, 2}, {IKE_STATE_XAUTH_SENT_STATUS, 3, 4},
	{IKE_STATE_CONFIG_SENT_SET, 5, 6},    {IKE_STATE_NEW, 0, 5},
	{IKE_STATE_TRANSACTION_DONE, 6, 0},
};

static unsigned login_number(const struct ike_txn *txn, bool ours)
{
	for (size_t i = 0; i < array_len(login_numbers); i++)
		if (login_numbers[i].state == txn->state)
			return ours ? login_numbers[i].sent : login_numbers[i].received;
	return 0;
}

static unsigned number_sent(const struct ike_txn *txn, const struct ike_record *r, bool again)
{
	unsigned last = last_of_ours(r);

	if (r->kind == IKE_RECORD_LOGIN)
		return login_number(txn, true);
	if (again && last)
		return last;
	return last ? last + 2 : txn->initiator ? 1 : 2;
}

static unsigned number_received(const struct ike_txn *txn, const struct ike_record *r, bool again)
{
	unsigned last = last_of_ours(r);

	if (r->kind == IKE_RECORD_LOGIN)
		return login_number(txn, false);
	return again ? last - 1 : last + 1;
}

static void count(const struct ike_engine *engine, struct ike_record *r, unsigned number, bool ours)
{
	uint32_t at_ms = (uint32_t)(ike_engine_now(engine) - r->started_ms);
	struct ike_record_message *m;

	if (number < 1 || number > IKE_RECORD_MESSAGES)
		return;
	m = &r->messages[number - 1];
	if (!m->times)
		m->first_ms = at_ms;
	m->last_ms = at_ms;
	m->ours = ours;
	m->times += m->times < UINT8_MAX;
	if (r->kind == IKE_RECORD_PHASE1 && number > r->phase1.messages_seen)
		r->phase1.messages_seen = (uint8_t)number;
}

void ike_evidence_sent(const struct ike_txn *txn, bool again)
{
	struct ike_record *r = of_txn(txn);

	if (!r)
		return;
	count(txn->sa->engine, r, number_sent(txn, r, again), true);
	see_and_tell(txn, r);
}

void ike_evidence_received(const struct ike_txn *txn, bool again)
{
	struct ike_record *r = of_txn(txn);

	if (r)
		count(txn->sa->engine, r, number_received(txn, r, again), false);
}

/* Decrypted with the wrong key it is nonsense; with the right one the proof may still be wrong. */
static void show_failure(const struct ike_work *work, struct ike_record *r, int verdict)
{
	if (verdict == IKE_COUNT_HASH_FAIL) {
		r->phase1.undecodable = true;
		r->phase1.bad_payload = work->msg.bad;
	}
	r->phase1.hash_wrong |= verdict == IKE_COUNT_AUTH_FAIL;
}

/* What the handler did not say. */
static enum ike_reason reason_of(const struct ike_work *work, int verdict)
{
	if (work->reason)
		return work->reason;
	switch (verdict) {
	case IKE_COUNT_INTERNAL: return IKE_REASON_INTERNAL;
	case IKE_COUNT_QM_LIMIT: return IKE_REASON_LIMIT;
	default: return IKE_REASON_MALFORMED;
	}
}

static bool is_first(const struct ike_work *work)
{
	return work->step->message == IKE_MESSAGE_MM1 || work->step->message == IKE_MESSAGE_AM1;
}

void ike_evidence_refused(struct ike_work *work, int verdict)
{
	struct ike_record *r = of_work(work);

	if (!r)
		return;
	if (work->notify)
		r->notify_sent = work->notify;
	if (!work->txn) {
		count(work->engine, r, 1, false);
		ike_evidence_close(work->sa, r, reason_of(work, verdict));
		return;
	}
	if (!work->accepted && work->step->message != IKE_STEP_NO_MESSAGE)
		count(work->engine, r, number_received(work->txn, r, false), false);
	if (is_first(work)) {
		/* the SA ends here, which is told */
		work->sa->hs->vendors |= work->main.vendors;
		r->reason = reason_of(work, verdict);
		return;
	}
	if (r->kind == IKE_RECORD_PHASE1)
		show_failure(work, r, verdict);
	see_and_tell(work->txn, r);
}

void ike_evidence_no_key(struct ike_engine *engine, const struct ike_path *path,
			 enum ike_reason reason)
{
	const struct ike_env *env = &engine->env;
	uint64_t now = ike_engine_now(engine);
	const struct ike_record r = {
		.kind = IKE_RECORD_PHASE1,
		.path = *path,
		.started_ms = now,
		.changed_ms = now,
		.ended_ms = now,
		.initiator = true,
		.reason = reason,
		.phase1.key =
			reason == IKE_REASON_NO_KEY ? IKE_RECORD_KEY_NONE : IKE_RECORD_KEY_UNKNOWN,
	};

	if (env->record)
		env->record(env->ctx, &r);
}

void ike_evidence_refused_first(struct ike_engine *engine, const struct ike_path *path,
				const struct ike_header *header, const struct ike_id *id,
				enum ike_reason reason)
{
	const struct ike_env *env = &engine->env;
	uint64_t now = ike_engine_now(engine);
	struct ike_record r = {
		.kind = IKE_RECORD_PHASE1,
		.path = *path,
		.started_ms = now,
		.changed_ms = now,
		.ended_ms = now,
		.aggressive = header->exchange == IKE_EXCHANGE_AGGRESSIVE,
		.reason = reason,
		.messages[0].times = 1,
		.phase1.messages_seen = 1,
		.phase1.key =
			reason == IKE_REASON_NO_KEY ? IKE_RECORD_KEY_NONE : IKE_RECORD_KEY_UNKNOWN,
	};

	if (!env->record)
		return;
	memcpy(r.cookie_i, header->cookie_i, sizeof(r.cookie_i));
	ike_evidence_put_id(&r.phase1.id_remote, id);
	env->record(env->ctx, &r);
}
