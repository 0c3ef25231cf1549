/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_txn.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_work.h"

#include <stdlib.h>
#include <string.h>

static void fire(void *ctx, struct ike_timer *timer);

void ike_txn_init(struct ike_txn *txn, struct ike_sa *sa, uint8_t exchange, uint32_t msgid,
		  bool initiator, ike_txn_end_fn give_up)
{
	*txn = (struct ike_txn){
		.sa = sa,
		.exchange = exchange,
		.msgid = msgid,
		.initiator = initiator,
		.give_up = give_up,
		.timer.fire = fire,
	};
}

void ike_txn_fini(struct ike_txn *txn)
{
	ike_txn_disarm(txn);
	ike_txn_store(txn, NULL);
	if (txn->work)
		ike_work_detach(txn->work);
	txn->work = NULL;
	txn->held = NULL;
}

void ike_txn_set_state(struct ike_txn *txn, enum ike_state next)
{
	/* A move outside the matrix is our own mistake: the exchange must not live on. */
	if (!ike_state_may_follow(txn->state, next)) {
		ike_engine_count(txn->sa->engine, IKE_COUNT_INTERNAL);
		next = IKE_STATE_DEAD;
	}
	txn->state = next;
}

void ike_txn_resume(struct ike_txn *txn)
{
	txn->state = IKE_STATE_UP;
}

bool ike_txn_busy(const struct ike_txn *txn)
{
	return txn->work || txn->held;
}

int ike_txn_digest(const void *data, size_t len, uint8_t digest[IKE_TXN_DIGEST])
{
	const struct prim_chunk chunk = {.data = data, .len = len};

	return prim_hash(ALG_HASH_SHA256, &chunk, 1, digest);
}

void ike_txn_saw(struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST])
{
	memcpy(txn->seen[1], txn->seen[0], IKE_TXN_DIGEST);
	memcpy(txn->seen[0], digest, IKE_TXN_DIGEST);
	txn->n_seen = txn->n_seen ? 2 : 1;
	txn->answers = 0;
}

bool ike_txn_is_duplicate(const struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST])
{
	for (unsigned i = 0; i < txn->n_seen; i++)
		if (memcmp(txn->seen[i], digest, IKE_TXN_DIGEST) == 0)
			return true;
	return false;
}

/* IOS calls the SA idle only when the last message is out. */
static enum ike_state shown_state(const struct ike_txn *txn)
{
	if (txn->msgid || txn->state != IKE_STATE_UP)
		return txn->state;
	return txn->exchange == IKE_EXCHANGE_AGGRESSIVE ? IKE_STATE_AG_R_SENT_CHOICE
							: IKE_STATE_MM_R_SENT_KE;
}

static void transmit(struct ike_txn *txn, bool again)
{
	struct ike_datagram *d = txn->last;

	ike_debug_sending(txn->sa, d, shown_state(txn), again);
	ike_fragment_send(txn->sa->engine, d);
	ike_evidence_sent(txn, again);
}

void ike_txn_answer_again(struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST])
{
	if (!txn->last || memcmp(txn->seen[0], digest, IKE_TXN_DIGEST) != 0)
		return;
	if (txn->answers >= IKE_TXN_ANSWERS)
		return;
	txn->answers++;
	ike_say(txn->sa, IKE_SAY_DUPLICATE, txn->msgid ? 2 : 1);
	ike_say(txn->sa, IKE_SAY_ANSWER_AGAIN, txn->msgid ? 2 : 1);
	transmit(txn, true);
}

void ike_txn_store(struct ike_txn *txn, struct ike_datagram *datagram)
{
	free(txn->last);
	txn->last = datagram;
	txn->sends = 0;
}

void ike_txn_send(struct ike_txn *txn)
{
	txn->sends = 1;
	transmit(txn, false);
}

static void arm(struct ike_txn *txn, uint64_t due_ms)
{
	if (txn->give_up_ms && txn->give_up_ms < due_ms)
		due_ms = txn->give_up_ms;
	ike_timer_arm(&txn->sa->engine->timers, &txn->timer, due_ms);
}

void ike_txn_arm_retransmit(struct ike_txn *txn)
{
	uint64_t wait_ms = (uint64_t)IKE_TXN_FIRST_WAIT_MS << (txn->sends - 1);

	arm(txn, ike_engine_now(txn->sa->engine) + wait_ms);
}

void ike_txn_arm_wait(struct ike_txn *txn)
{
	txn->sends = IKE_TXN_SENDS;
	arm(txn, txn->give_up_ms);
}

void ike_txn_arm_held(struct ike_txn *txn)
{
	ike_timer_arm(&txn->sa->engine->timers, &txn->timer,
		      ike_engine_now(txn->sa->engine) + IKE_TXN_HELD_MS);
}

void ike_txn_disarm(struct ike_txn *txn)
{
	ike_timer_disarm(&txn->sa->engine->timers, &txn->timer);
}

/*
 * Nothing answers message 3 of aggressive mode. Silence afterwards may mean that it was lost, so it
 * goes out again in front of whatever has to be repeated.
 */
static void repeat_last_of_aggressive(struct ike_sa *sa)
{
	if (sa->main.exchange != IKE_EXCHANGE_AGGRESSIVE || !ike_sa_up(sa) || !sa->main.last ||
	    sa->heard_ms > sa->up_ms)
		return;
	transmit(&sa->main, true);
}

static void fire(void *ctx, struct ike_timer *timer)
{
	struct ike_txn *txn = container_of(timer, struct ike_txn, timer);
	struct ike_engine *engine = ctx;

	if (txn->held || !txn->last || txn->sends >= IKE_TXN_SENDS ||
	    (txn->give_up_ms && ike_engine_now(engine) >= txn->give_up_ms)) {
		txn->give_up(txn);
		return;
	}
	ike_say(txn->sa, IKE_SAY_RETRANSMIT, txn->msgid ? 2 : 1, ike_state_show(txn->state),
		txn->msgid);
	ike_say(txn->sa, IKE_SAY_RETRANSMIT_COUNT, txn->sends, (unsigned)IKE_TXN_SENDS,
		txn->msgid ? 2 : 1);
	repeat_last_of_aggressive(txn->sa);
	txn->sends++;
	transmit(txn, true);
	ike_txn_arm_retransmit(txn);
}
