/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/transaction.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_receive.h"

#include <errno.h>
#include <stdlib.h>

struct ike_transaction *transaction_of(struct ike_txn *txn)
{
	return container_of(txn, struct ike_transaction, txn);
}

struct ike_transaction *transaction_find(struct ike_sa *sa, uint32_t msgid)
{
	struct ike_transaction *t;

	LIST_FOREACH(t, &sa->transactions, link)
		if (t->txn.msgid == msgid)
			return t;
	return NULL;
}

/* Nobody answers. What that means depends on what was asked. */
static void give_up(struct ike_txn *txn)
{
	struct ike_sa *sa = txn->sa;
	enum ike_reason reason = IKE_REASON_NO_ANSWER;

	if (txn->state == IKE_STATE_TRANSACTION_DONE) {
		transaction_destroy(transaction_of(txn));
		return;
	}
	if (txn->state == IKE_STATE_XAUTH_SENT_REQUEST)
		reason = IKE_REASON_USER_TIMEOUT;
	else if (txn->state == IKE_STATE_XAUTH_SENT_STATUS && sa->access.refusal)
		reason = sa->access.refusal;
	ike_sa_delete(sa, reason);
}

/* The oldest that only answers duplicates makes room. */
static int make_room(struct ike_sa *sa)
{
	struct ike_transaction *t;
	struct ike_transaction *oldest = NULL;
	size_t n = 0;

	LIST_FOREACH(t, &sa->transactions, link) {
		n++;
		if (t->txn.state == IKE_STATE_TRANSACTION_DONE)
			oldest = t;
	}
	if (n < TRANSACTIONS_MAX)
		return 0;
	if (!oldest)
		return -ENOSPC;
	transaction_destroy(oldest);
	return 0;
}

static struct ike_transaction *create(struct ike_sa *sa, uint32_t msgid, bool initiator)
{
	struct ike_transaction *t;

	if (ike_sa_use_msgid(sa, msgid) || make_room(sa))
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	ike_txn_init(&t->txn, sa, IKE_EXCHANGE_TRANSACTION, msgid, initiator, give_up);
	if (ike_keys_iv(&sa->keys, msgid, t->txn.iv) || ike_timer_reserve(&sa->engine->timers, 1)) {
		free(t);
		return NULL;
	}
	LIST_INSERT_HEAD(&sa->transactions, t, link);
	return t;
}

struct ike_transaction *transaction_accept(struct ike_sa *sa, uint32_t msgid)
{
	return create(sa, msgid, false);
}

void transaction_destroy(struct ike_transaction *t)
{
	struct ike_engine *engine = t->txn.sa->engine;

	LIST_REMOVE(t, link);
	ike_txn_fini(&t->txn);
	ike_timer_release(&engine->timers, 1);
	free(t->client);
	free(t);
}

void transaction_fail(struct ike_transaction *t, enum ike_reason reason)
{
	if (t->txn.initiator)
		ike_sa_delete(t->txn.sa, reason);
	else
		transaction_destroy(t);
}

struct ike_transaction *transaction_create(struct ike_sa *sa)
{
	struct ike_transaction *t = NULL;
	uint32_t msgid = 0;
	uint16_t identifier;
	int rc = ike_engine_random(sa->engine, &identifier, sizeof(identifier));

	for (int tries = 0; rc == 0 && !t && tries < 4; tries++) {
		rc = ike_engine_random(sa->engine, &msgid, sizeof(msgid));
		if (rc == 0 && msgid)
			t = create(sa, msgid, true);
	}
	if (t)
		t->identifier = identifier;
	else
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
	return t;
}

void transaction_begin(struct ike_transaction *t, enum ike_state next)
{
	struct ike_sa *sa = t->txn.sa;
	struct ike_work *work = ike_work_create(sa->engine, sa, &sa->path, NULL, 0);

	if (!work) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		transaction_fail(t, IKE_REASON_INTERNAL);
		return;
	}
	ike_say(sa, IKE_SAY_TXN_BEGIN, t->txn.msgid);
	ike_receive_start(work, &t->txn, next);
}

void transaction_open(struct ike_out *out, const struct ike_transaction *t,
		      enum config_payload_kind kind)
{
	ike_out_begin_hashed(out, t->txn.sa, IKE_EXCHANGE_TRANSACTION, t->txn.msgid, NULL);
	config_payload_open(&out->b, kind, t->identifier);
}

int transaction_check_answer(const struct ike_work *work, enum config_payload_kind kind,
			     struct config_payload *payload)
{
	const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_ATTRIBUTES, 0);
	int verdict = config_payload_parse(p, payload);

	ike_say(work->sa, IKE_SAY_TXN_PROCESS, work->msg.header.msgid);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(work->sa, IKE_SAY_TXN_KIND,
		payload->kind == CONFIG_PAYLOAD_REPLY ? "REPLY"
		: payload->kind == CONFIG_PAYLOAD_ACK ? "ACK"
						      : "unexpected");
	/* strongSwan answers XAUTH with 0; message ID and HASH bind the answer to the question */
	if (payload->kind != kind ||
	    (payload->identifier && payload->identifier != transaction_of(work->txn)->identifier))
		return IKE_COUNT_MODECFG;
	return IKE_PARSED;
}
