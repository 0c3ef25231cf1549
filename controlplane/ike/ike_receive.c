/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_receive.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_open.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/info_mode.h"
#include "controlplane/ike/main_mode.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/quick_mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The exchange cannot go on, through no message of the peer's: fail closed. */
static void end_txn(struct ike_txn *txn, enum ike_reason reason)
{
	if (txn == &txn->sa->main)
		ike_sa_end(txn->sa, reason);
	else
		quick_mode_fail(quick_mode_of(txn), reason);
}

static void arm(struct ike_txn *txn, enum ike_step_timer timer)
{
	uint64_t now = ike_engine_now(txn->sa->engine);

	ike_txn_disarm(txn);
	switch (timer) {
	case IKE_STEP_IDLE: break;
	case IKE_STEP_REPEAT: ike_txn_arm_retransmit(txn); break;
	case IKE_STEP_WAIT:
		if (!txn->give_up_ms)
			txn->give_up_ms = now + IKE_TXN_EMBRYONIC_MS;
		ike_txn_arm_wait(txn);
		break;
	case IKE_STEP_LINGER:
		txn->give_up_ms = now + IKE_TXN_LINGER_MS;
		ike_txn_arm_wait(txn);
		break;
	}
}

/* The state first: the debug line of the sent reply names the new one, as on IOS. */
static void complete(struct ike_txn *txn, const struct ike_step *step)
{
	enum ike_state before = txn->state;

	ike_txn_set_state(txn, step->next);
	if (txn == &txn->sa->main)
		memcpy(txn->sa->keys.iv, txn->iv, sizeof(txn->iv));
	if (txn->last)
		ike_txn_send(txn);
	ike_debug_completed(txn, before, step);
	arm(txn, step->timer);
	if (step->done)
		step->done(txn);
}

void ike_receive_release(struct ike_txn *txn)
{
	const struct ike_step *step = txn->held;

	txn->held = NULL;
	complete(txn, step);
}

/* Everything is verified: commit, seal the reply, and send it unless it has to wait. */
static void commit(struct ike_work *work)
{
	const struct ike_step *step = work->step;
	struct ike_txn *txn = work->txn;
	struct ike_datagram *reply = NULL;
	struct ike_out out;
	bool hold;
	int rc;

	out.used = false;
	out.hold = false;
	if (step->message != IKE_STEP_NO_MESSAGE)
		ike_txn_saw(txn, work->digest);
	if (step->message != IKE_STEP_NO_MESSAGE && step->hash != IKE_STEP_CLEAR)
		memcpy(txn->iv, work->iv, sizeof(txn->iv));
	if (step->message != IKE_STEP_NO_MESSAGE && step->hash >= IKE_STEP_HASH1) {
		work->sa->heard_ms = ike_engine_now(work->engine);
		natt_follow(work->sa, &work->path);
	}
	rc = step->commit(work, &out);
	if (rc == 0 && out.used) {
		reply = ike_out_seal(&out, work->sa, txn->iv);
		rc = reply ? 0 : -EIO;
	}
	hold = out.hold;
	secret_wipe_bytes(&out, sizeof(out)); /* message 5 and 6 were in it in clear */
	if (rc) {
		ike_engine_count(work->engine, IKE_COUNT_INTERNAL);
		end_txn(txn, rc == -ENOSPC ? IKE_REASON_LIMIT : IKE_REASON_INTERNAL);
		return;
	}
	ike_txn_disarm(txn);
	ike_txn_store(txn, reply);
	if (hold)
		txn->held = step;
	else
		complete(txn, step);
}

/* Says no: the counter, then whatever the handler wanted the peer and the environment to know. */
static void refuse(struct ike_work *work, int verdict)
{
	struct ike_sa *sa = work->sa;
	bool first = work->step->message == IKE_MESSAGE_MM1;

	ike_engine_count(work->engine, (enum ike_counter)verdict);
	if (!ike_sa_up(sa) && (verdict == IKE_COUNT_AUTH_FAIL || verdict == IKE_COUNT_HASH_FAIL))
		main_mode_auth_failed(sa);
	if (work->notify && work->step->exchange == IKE_EXCHANGE_QUICK)
		info_mode_notify_child(sa, work->notify, work->quick.choice.spi);
	else if (work->notify)
		info_mode_refuse(sa, work->notify, work->len);
	if (first) {
		ike_sa_end(sa, work->reason);
	} else if (work->reason && work->txn) {
		end_txn(work->txn, work->reason);
	} else if (work->reason) {
		ike_event_child_failed(work->engine, sa, &sa->path, work->quick.config.tunnel,
				       work->reason, 0);
	}
}

static void after_job(struct ike_work *work)
{
	int rc = work->dh.rc;

	if (work->dh.group && rc) {
		/* Our own first message cannot be refused; it just was not made. */
		if (work->step->message == IKE_STEP_NO_MESSAGE) {
			ike_engine_count(work->engine, IKE_COUNT_INTERNAL);
			end_txn(work->txn, IKE_REASON_INTERNAL);
		} else {
			/* In phase 1 nobody is authenticated yet: a bad value ends nothing. */
			if (work->step->exchange == IKE_EXCHANGE_QUICK)
				work->reason = IKE_REASON_MALFORMED;
			refuse(work, rc == -EINVAL ? IKE_COUNT_KE_VALUE : IKE_COUNT_INTERNAL);
		}
	} else {
		commit(work);
	}
	ike_work_destroy(work);
}

void ike_receive_start(struct ike_work *work, struct ike_txn *txn, uint8_t exchange)
{
	work->txn = txn;
	work->step = ike_steps_start(exchange);
	work->next = after_job;
	ike_debug_arrived(txn->sa, txn, txn->msgid, work->step);
	ike_work_run(work);
}

/* An informational message has no exchange to commit to. */
static void take_info(struct ike_work *work)
{
	struct ike_sa *sa = work->sa;

	sa->heard_ms = ike_engine_now(work->engine);
	natt_follow(sa, &work->path);
	if (work->step->commit(work, NULL))
		ike_engine_count(work->engine, IKE_COUNT_INTERNAL);
	ike_work_destroy(work);
}

/* A message that belongs to a row: open it and let the row's handlers run. */
static int take(struct ike_engine *engine, struct ike_sa *sa, struct ike_txn *txn,
		const struct ike_step *step, const struct ike_path *path, const void *data,
		size_t len)
{
	struct ike_work *work = ike_work_create(engine, sa, path, data, len);
	int verdict;

	if (!work)
		return IKE_COUNT_INTERNAL;
	work->txn = txn;
	work->step = step;
	work->next = after_job;
	verdict = ike_txn_digest(data, len, work->digest) ? IKE_COUNT_INTERNAL : ike_open(work);
	if (verdict == IKE_PARSED) {
		ike_debug_arrived(sa, txn, work->msg.header.msgid, step);
		verdict = step->receive(work);
	}
	if (verdict != IKE_PARSED) {
		refuse(work, verdict);
		ike_work_destroy(work);
	} else if (step->exchange == IKE_EXCHANGE_INFO) {
		take_info(work);
	} else {
		if (work->dh.group && !work->dh.home)
			work->dh.home = &sa->hs->dh;
		ike_work_run(work);
	}
	return IKE_PARSED;
}

/* Encrypted or not, as the row wants it. */
static int check_flags(const struct ike_step *step, const struct ike_header *header)
{
	bool encrypted = header->flags & IKE_FLAG_ENCRYPTED;

	if (encrypted == (step->hash != IKE_STEP_CLEAR))
		return IKE_PARSED;
	return encrypted ? IKE_COUNT_ENC_UNEXPECTED : IKE_COUNT_ENC_EXPECTED;
}

/* Message 1: there is no SA yet. */
static int receive_first(struct ike_engine *engine, const struct ike_path *path,
			 const struct ike_header *header, const void *data, size_t len)
{
	uint8_t digest[IKE_TXN_DIGEST];
	struct ike_peer config;
	struct ike_sa *sa;

	if (ike_sa_find_initiated(engine, header->cookie_i))
		return IKE_COUNT_REFLECTION;
	if (ike_engine_peer(engine, path, &config))
		return IKE_COUNT_NO_PSK;
	secret_wipe(&config.psk);
	if (ike_txn_digest(data, len, digest))
		return IKE_COUNT_INTERNAL;
	sa = ike_sa_find_first(engine, &path->remote, header->cookie_i, digest);
	if (sa) {
		ike_txn_answer_again(&sa->main, digest);
		return IKE_COUNT_DUP;
	}
	if (engine->n_half_open >= IKE_HALF_OPEN_MAX ||
	    ike_sa_half_open(engine, &path->remote) >= IKE_HALF_OPEN_PEER_MAX)
		return IKE_COUNT_HALF_OPEN;
	sa = ike_sa_create(engine, path, false, header->cookie_i);
	if (!sa)
		return IKE_COUNT_INTERNAL;
	sa->hs = main_mode_handshake_create(&config);
	if (!sa->hs) {
		ike_sa_end(sa, IKE_REASON_NONE);
		return IKE_COUNT_INTERNAL;
	}
	ike_debug_received(sa, path);
	return take(engine, sa, &sa->main, ike_steps_find(IKE_EXCHANGE_MAIN, false, IKE_STATE_NEW),
		    path, data, len);
}

/* A message of an exchange we know. */
static int receive_next(struct ike_txn *txn, uint8_t exchange, const struct ike_path *path,
			const struct ike_header *header, const void *data, size_t len)
{
	const struct ike_step *step = ike_steps_find(exchange, txn->initiator, txn->state);
	uint8_t digest[IKE_TXN_DIGEST];
	int verdict;

	if (ike_txn_busy(txn))
		return IKE_COUNT_BUSY;
	if (ike_txn_digest(data, len, digest))
		return IKE_COUNT_INTERNAL;
	if (ike_txn_is_duplicate(txn, digest)) {
		ike_txn_answer_again(txn, digest);
		return IKE_COUNT_DUP;
	}
	if (!step)
		return IKE_COUNT_UNEXPECTED;
	verdict = check_flags(step, header);
	if (verdict != IKE_PARSED)
		return verdict;
	return take(txn->sa->engine, txn->sa, txn, step, path, data, len);
}

static int receive_quick(struct ike_sa *sa, const struct ike_path *path,
			 const struct ike_header *header, const void *data, size_t len)
{
	struct ike_quick *quick;

	if (!ike_sa_up(sa))
		return IKE_COUNT_UNEXPECTED;
	quick = quick_mode_find(sa, header->msgid);
	if (quick)
		return receive_next(&quick->txn, IKE_EXCHANGE_QUICK, path, header, data, len);
	if (ike_msgids_has(&sa->msgids, header->msgid))
		return IKE_COUNT_MSGID_REUSE;
	if (quick_mode_active(sa) >= IKE_QUICKS_MAX)
		return IKE_COUNT_QM_LIMIT;
	return take(sa->engine, sa, NULL, ike_steps_find(IKE_EXCHANGE_QUICK, false, IKE_STATE_NEW),
		    path, data, len);
}

static int receive_info(struct ike_sa *sa, const struct ike_path *path,
			const struct ike_header *header, const void *data, size_t len)
{
	const struct ike_step *step;

	if (!(header->flags & IKE_FLAG_ENCRYPTED)) {
		info_mode_hint(sa, header, data, len);
		return IKE_COUNT_UNAUTH_NOTIFY;
	}
	step = ike_steps_find(IKE_EXCHANGE_INFO, false, sa->main.state);
	if (!step)
		return IKE_COUNT_UNEXPECTED;
	if (ike_msgids_has(&sa->msgids, header->msgid))
		return info_mode_replayed(sa, data, len);
	return take(sa->engine, sa, NULL, step, path, data, len);
}

/* The SA of a message; only a peer behind NAT may change its address, and only when it is known. */
static struct ike_sa *find_sa(struct ike_engine *engine, const struct ike_path *path,
			      const struct ike_header *header)
{
	struct ike_sa *sa = ike_sa_find(engine, header->cookie_i, header->cookie_r);

	/* A refusal in clear names our cookie and one that was never an SA's, or none. */
	if (!sa && header->exchange == IKE_EXCHANGE_INFO && !(header->flags & IKE_FLAG_ENCRYPTED)) {
		sa = ike_sa_find_initiated(engine, header->cookie_i);
		if (sa && sa->main.state != IKE_STATE_MM_I_SENT_SA)
			sa = NULL;
	}
	if (!sa || addr_eq(&sa->path.remote, &path->remote))
		return sa;
	return ike_sa_up(sa) && sa->natt.remote ? sa : NULL;
}

static int route(struct ike_engine *engine, const struct ike_path *path,
		 const struct ike_header *header, const void *data, size_t len)
{
	static const uint8_t zero[IKE_COOKIE_LEN];
	struct ike_sa *sa;

	if (header->exchange == IKE_EXCHANGE_MAIN &&
	    memcmp(header->cookie_r, zero, sizeof(zero)) == 0)
		return receive_first(engine, path, header, data, len);
	sa = find_sa(engine, path, header);
	if (!sa)
		return IKE_COUNT_NO_SA;
	ike_debug_received(sa, path);
	switch (header->exchange) {
	case IKE_EXCHANGE_MAIN:
		return receive_next(&sa->main, IKE_EXCHANGE_MAIN, path, header, data, len);
	case IKE_EXCHANGE_QUICK: return receive_quick(sa, path, header, data, len);
	default: return receive_info(sa, path, header, data, len);
	}
}

void ike_receive_message(struct ike_engine *engine, const struct ike_path *path, const void *data,
			 size_t len)
{
	struct ike_header header;
	int verdict = ike_msg_parse_header(&header, data, len);

	if (verdict == IKE_PARSED)
		verdict = route(engine, path, &header, data, len);
	if (verdict != IKE_PARSED)
		ike_engine_count(engine, (enum ike_counter)verdict);
}
