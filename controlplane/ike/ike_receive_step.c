/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_open.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_receive.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"
#include "controlplane/ike/transaction.h"

#include <errno.h>
#include <string.h>

/* The exchange cannot go on, through no message of the peer's: fail closed. */
static void end_txn(struct ike_txn *txn, enum ike_reason reason)
{
	switch (txn->exchange) {
	case IKE_EXCHANGE_QUICK: quick_mode_fail(quick_mode_of(txn), reason); break;
	case IKE_EXCHANGE_TRANSACTION: transaction_fail(transaction_of(txn), reason); break;
	default: ike_sa_end(txn->sa, reason);
	}
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
	const struct ike_sa *sa = txn->sa;

	ike_txn_set_state(txn, step->next);
	if (txn == &txn->sa->main)
		memcpy(txn->sa->keys.iv, txn->iv, sizeof(txn->iv));
	ike_debug_completing(txn, step);
	if (txn->last)
		ike_txn_send(txn);
	ike_debug_completed(txn, before, step);
	arm(txn, step->timer);
	if (step->done)
		step->done(txn);
	ike_debug_return(sa, step, true);
}

void ike_receive_release(struct ike_txn *txn)
{
	const struct ike_step *step = txn->held;

	txn->held = NULL;
	complete(txn, step);
}

/* What changes with the message, whatever the reply. */
static void accept_message(struct ike_work *work)
{
	const struct ike_step *step = work->step;
	struct ike_txn *txn = work->txn;

	work->accepted = true;
	if (step->message != IKE_STEP_NO_MESSAGE)
		ike_evidence_received(txn, false);
	if (step->hash == IKE_STEP_OPAQUE)
		ike_debug_arrived(work->sa, txn, 0, step);
	if (step->message != IKE_STEP_NO_MESSAGE)
		ike_txn_saw(txn, work->digest);
	if (work->msg.header.flags & IKE_FLAG_ENCRYPTED)
		memcpy(txn->iv, work->iv, sizeof(txn->iv));
	if (step->message != IKE_STEP_NO_MESSAGE && step->hash >= IKE_STEP_HASH1) {
		work->sa->heard_ms = ike_engine_now(work->engine);
		natt_follow(work->sa, &work->path);
	}
}

static enum ike_reason reason_of(int rc)
{
	switch (rc) {
	case -ENOSPC: return IKE_REASON_LIMIT;
	case -ENOENT: return IKE_REASON_NO_KEY;
	case -ENOKEY: return IKE_REASON_NO_CERT;
	default: return IKE_REASON_INTERNAL;
	}
}

/*
 * Everything is verified: commit, seal the reply, and send it unless it has to wait. Owns the work:
 * a signature may have to be made first.
 */
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
	if (!work->accepted)
		accept_message(work);
	rc = step->commit(work, &out);
	if (rc == IKE_STEP_AGAIN) {
		ike_work_run(work);
		return;
	}
	if (rc == 0 && out.used) {
		reply = ike_out_seal(&out, work->sa, txn->iv);
		rc = reply ? 0 : -EIO;
	}
	hold = out.hold;
	secret_wipe_bytes(&out, sizeof(out)); /* message 5 and 6 were in it in clear */
	if (rc) {
		ike_engine_count(work->engine, IKE_COUNT_INTERNAL);
		end_txn(txn, reason_of(rc));
		ike_work_destroy(work);
		return;
	}
	ike_txn_disarm(txn);
	ike_txn_store(txn, reply);
	if (hold) {
		txn->held = step;
		ike_txn_arm_held(txn);
	} else {
		complete(txn, step);
	}
	ike_work_destroy(work);
}

/* Says no: the counter, then whatever the handler wanted the peer and the environment to know. */
static void refuse(struct ike_work *work, int verdict)
{
	struct ike_sa *sa = work->sa;
	bool first = !sa->initiator &&
		     (sa->main.state == IKE_STATE_NEW || sa->main.state == IKE_STATE_AG_NEW);

	ike_engine_count(work->engine, (enum ike_counter)verdict);
	ike_debug_return(sa, work->step, false);
	ike_evidence_refused(work, verdict);
	if (!ike_sa_up(sa) && (verdict == IKE_COUNT_AUTH_FAIL || verdict == IKE_COUNT_HASH_FAIL))
		phase1_auth_failed(sa);
	if (work->notify && work->step->exchange == IKE_EXCHANGE_QUICK)
		info_send_child_refusal(sa, work->notify, work->quick.choice.spi);
	else if (work->notify)
		info_send_refusal(sa, work->notify, work->len);
	if (first) {
		ike_sa_end(sa, work->reason);
	} else if (work->reason && work->step->exchange == IKE_EXCHANGE_TRANSACTION) {
		ike_sa_delete(sa, work->reason);
	} else if (work->reason && work->txn) {
		end_txn(work->txn, work->reason);
	} else if (work->reason) {
		ike_event_child_refused(sa, work->quick.config.tunnel, work->reason,
					work->quick.note);
	}
}

/* The last look before anything changes. Owns the work. */
static void verify_and_commit(struct ike_work *work)
{
	bool again = work->accepted || !work->step->verify;
	int verdict = again ? IKE_PARSED : work->step->verify(work);

	if (verdict == IKE_PARSED) {
		commit(work);
	} else if (verdict == IKE_AGAIN) {
		ike_work_run(work);
	} else {
		refuse(work, verdict);
		ike_work_destroy(work);
	}
}

/* The Diffie-Hellman job failed: with the peer's value, or of itself. */
static void refuse_dh(struct ike_work *work)
{
	/* Our own first message cannot be refused; it just was not made. */
	if (work->step->message == IKE_STEP_NO_MESSAGE) {
		ike_engine_count(work->engine, IKE_COUNT_INTERNAL);
		end_txn(work->txn, IKE_REASON_INTERNAL);
	} else {
		/* In phase 1 nobody is authenticated yet: a bad value ends nothing. */
		if (work->step->exchange == IKE_EXCHANGE_QUICK)
			work->reason = IKE_REASON_MALFORMED;
		refuse(work, work->dh.rc == -EINVAL ? IKE_COUNT_KE_VALUE : IKE_COUNT_INTERNAL);
	}
	ike_work_destroy(work);
}

static void after_job(struct ike_work *work)
{
	if (work->dh.group && work->dh.rc)
		refuse_dh(work);
	else
		verify_and_commit(work);
}

void ike_receive_start(struct ike_work *work, struct ike_txn *txn, enum ike_state next)
{
	work->txn = txn;
	work->step = ike_steps_start(txn->exchange, next);
	work->next = after_job;
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
	ike_debug_return(sa, work->step, true);
	ike_work_destroy(work);
}

int ike_receive_take(struct ike_engine *engine, struct ike_sa *sa, struct ike_txn *txn,
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
		ike_debug_opened(work);
		/* what proves the peer is looked at before it counts as come */
		if (step->hash != IKE_STEP_OPAQUE)
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
