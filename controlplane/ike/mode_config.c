/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/mode_config.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/mode_config_attrs.h"
#include "controlplane/ike/transaction.h"

#include <stdlib.h>
#include <string.h>

/* The address the client had, when it says so (draft-dukes-ike-mode-cfg-02 3.3). */
static struct addr wanted(struct rbuf attrs)
{
	struct config_payload_attr a;

	while (config_payload_next(&attrs, &a))
		if (a.type == CONFIG_PAYLOAD_IP4_ADDRESS && a.len == 4)
			return addr_of_bytes(a.value, a.len);
	return (struct addr){0};
}

/* Asks the environment; what it gives is the transaction's. */
static int find(struct ike_transaction *t, struct addr want, enum ike_reason *why)
{
	struct ike_sa *sa = t->txn.sa;
	const struct ike_env *env = &sa->engine->env;
	struct ike_client_request request = {
		.path = sa->path,
		.ike_sa = sa->id,
		.wanted = want,
	};

	*why = IKE_REASON_INTERNAL;
	t->client = calloc(1, sizeof(*t->client));
	if (!t->client)
		return IKE_COUNT_INTERNAL;
	memcpy(request.group, sa->access.group, sizeof(request.group));
	memcpy(request.user, sa->access.user, sizeof(request.user));
	*why = IKE_REASON_POOL_EMPTY;
	if (env->client && env->client(env->ctx, &request, t->client, why) == 0)
		return IKE_PARSED;
	ike_say(sa, IKE_SAY_CFG_NO_ADDRESS, ike_reason_text(*why));
	return IKE_COUNT_NO_ADDRESS;
}

int mode_config_receive(struct ike_work *work)
{
	const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_ATTRIBUTES, 0);
	struct config_payload *payload = &work->config;
	struct ike_sa *sa = work->sa;
	struct ike_transaction *t = transaction_accept(sa, work->msg.header.msgid);
	int verdict;

	if (!t)
		return IKE_COUNT_INTERNAL;
	ike_say(sa, IKE_SAY_TXN_PROCESS, work->msg.header.msgid);
	verdict = config_payload_parse(p, payload);
	if (verdict == IKE_PARSED &&
	    (payload->kind != CONFIG_PAYLOAD_REQUEST || !sa->access.client))
		verdict = IKE_COUNT_MODECFG;
	if (verdict == IKE_PARSED && !ike_sa_ready(sa))
		verdict = IKE_COUNT_NOT_LOGGED_IN;
	if (verdict == IKE_PARSED) {
		ike_say(sa, IKE_SAY_TXN_KIND, "REQUEST");
		ike_debug_move(sa, "IKE_MESG_FROM_PEER, IKE_CFG_REQUEST", "IKE_P1_COMPLETE",
			       "IKE_CONFIG_AUTHOR_AAA_AWAIT");
		ike_evidence_requested(sa, payload->attrs);
		verdict = find(t, wanted(payload->attrs), &work->reason);
	}
	if (verdict != IKE_PARSED) {
		transaction_destroy(t);
		return verdict;
	}
	work->reason = IKE_REASON_NONE;
	t->identifier = payload->identifier;
	work->txn = &t->txn;
	return IKE_PARSED;
}

static void forget(struct ike_transaction *t)
{
	free(t->client);
	t->client = NULL;
}

int mode_config_send_reply(struct ike_work *work, struct ike_out *out)
{
	struct ike_transaction *t = transaction_of(work->txn);
	struct ike_sa *sa = work->sa;

	transaction_open(out, t, CONFIG_PAYLOAD_REPLY);
	mode_config_attrs_reply(&out->b, sa, t->client, work->config.attrs);
	ike_build_close(&out->b);
	ike_evidence_configured(sa, t->client);
	forget(t);
	sa->access.configured = true;
	ike_say(sa, IKE_SAY_TXN_RESPOND, work->txn->msgid);
	ike_debug_move(sa, "IKE_MESG_FROM_AAA, IKE_AAA_GROUP_ATTR", "IKE_CONFIG_AUTHOR_AAA_AWAIT",
		       "IKE_P1_COMPLETE");
	return 0;
}

void mode_config_push(struct ike_sa *sa)
{
	enum ike_reason why = IKE_REASON_INTERNAL;
	struct ike_transaction *t;
	int verdict;

	if (!sa->access.push || sa->access.configured || !ike_sa_ready(sa))
		return;
	ike_say(sa, IKE_SAY_CFG_NEED);
	t = transaction_create(sa);
	verdict = t ? find(t, (struct addr){0}, &why) : IKE_COUNT_INTERNAL;
	if (verdict == IKE_PARSED) {
		sa->access.pushing = true;
		transaction_begin(t, IKE_STATE_CONFIG_SENT_SET);
		return;
	}
	if (t)
		ike_engine_count(sa->engine, (enum ike_counter)verdict);
	ike_sa_delete(sa, why);
}

int mode_config_send_set(struct ike_work *work, struct ike_out *out)
{
	struct ike_transaction *t = transaction_of(work->txn);

	transaction_open(out, t, CONFIG_PAYLOAD_SET);
	mode_config_attrs_all(&out->b, work->sa, t->client);
	ike_build_close(&out->b);
	ike_evidence_configured(work->sa, t->client);
	forget(t);
	return 0;
}

int mode_config_receive_ack(struct ike_work *work)
{
	struct config_payload payload;

	return transaction_check_answer(work, CONFIG_PAYLOAD_ACK, &payload);
}

int mode_config_take_ack(struct ike_work *work, struct ike_out *)
{
	ike_say(work->sa, IKE_SAY_CFG_ACCEPTED);
	ike_debug_move(work->sa, "IKE_MESG_FROM_PEER, IKE_CFG_ACK", "IKE_CONFIG_MODE_SET_SENT",
		       "IKE_P1_COMPLETE");
	return 0;
}

void mode_config_done(struct ike_txn *txn)
{
	struct ike_sa *sa = txn->sa;

	sa->access.pushing = false;
	sa->access.configured = true;
	ike_evidence_login(sa);
	ike_pending_run(sa->engine, &sa->path);
}
