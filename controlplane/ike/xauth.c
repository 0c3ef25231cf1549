/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/xauth.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/mode_config.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/transaction.h"

#include <stdio.h>
#include <string.h>

enum {
	TYPE_GENERIC = 0,
	STATUS_FAIL = 0,
	STATUS_OK = 1,
	OLD_FIRST = 13,
	OLD_LAST = 20,
};

/* No configuration can have it. */
static const char nobodys_group[] = "(not configured)";
static const char again[] = "Name or password wrong, try again";

static void start(struct ike_sa *sa, enum ike_state next)
{
	struct ike_transaction *t = transaction_create(sa);

	if (t)
		transaction_begin(t, next);
	else
		ike_sa_delete(sa, IKE_REASON_INTERNAL);
}

static void ask(struct ike_sa *sa)
{
	start(sa, IKE_STATE_XAUTH_SENT_REQUEST);
}

void xauth_start(struct ike_sa *sa)
{
	ike_say(sa, IKE_SAY_XAUTH_NEED);
	ike_debug_move(sa, "IKE_MESG_INTERNAL, IKE_PHASE1_COMPLETE", "IKE_P1_COMPLETE",
		       "IKE_XAUTH_AAA_START_LOGIN_AWAIT");
	ask(sa);
}

/* Whoever decides has not done so. */
static void too_late(void *ctx, struct ike_timer *timer)
{
	struct ike_sa *sa = container_of(timer, struct ike_sa, access.timer);

	(void)ctx;
	xauth_verdict(sa, IKE_REASON_USER_TIMEOUT);
}

int xauth_send_request(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;

	ike_say(sa, IKE_SAY_XAUTH_REQUEST);
	transaction_open(out, transaction_of(work->txn), CONFIG_PAYLOAD_REQUEST);
	config_payload_number(&out->b, CONFIG_PAYLOAD_XAUTH_TYPE, TYPE_GENERIC);
	if (sa->access.tries)
		config_payload_bytes(&out->b, CONFIG_PAYLOAD_XAUTH_MESSAGE, again,
				     sizeof(again) - 1);
	config_payload_bytes(&out->b, CONFIG_PAYLOAD_XAUTH_USER_NAME, NULL, 0);
	config_payload_bytes(&out->b, CONFIG_PAYLOAD_XAUTH_USER_PASSWORD, NULL, 0);
	ike_build_close(&out->b);
	ike_debug_move(sa, "IKE_MESG_FROM_AAA, IKE_AAA_START_LOGIN",
		       "IKE_XAUTH_AAA_START_LOGIN_AWAIT", "IKE_XAUTH_REQ_SENT");
	return 0;
}

/* H066: no control bytes in what goes into logs, RADIUS and the screen. */
static bool is_name(const struct config_payload_attr *a)
{
	if (a->len >= IKE_USER_MAX)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (a->value[i] < ' ' || a->value[i] > '~')
			return false;
	return true;
}

/* Takes one attribute of the reply over as a view. */
static int take_attr(struct ike_work_login *login, const struct config_payload_attr *a)
{
	struct prim_chunk *field;

	switch (a->type) {
	case CONFIG_PAYLOAD_XAUTH_TYPE:
		return a->len == 2 && a->number == TYPE_GENERIC ? IKE_PARSED : IKE_COUNT_MODECFG;
	case CONFIG_PAYLOAD_XAUTH_USER_NAME: field = &login->name; break;
	case CONFIG_PAYLOAD_XAUTH_USER_PASSWORD: field = &login->password; break;
	default: return IKE_PARSED;
	}
	if (field->data)
		return IKE_COUNT_MODECFG;
	*field = (struct prim_chunk){a->value, a->len};
	return IKE_PARSED;
}

/* What the first drafts of XAUTH called its attributes. */
static bool is_of_old_draft(uint16_t type)
{
	return type >= OLD_FIRST && type <= OLD_LAST;
}

int xauth_receive_reply(struct ike_work *work)
{
	struct config_payload_attr a;
	struct config_payload payload;
	int verdict = transaction_check_answer(work, CONFIG_PAYLOAD_REPLY, &payload);

	while (verdict == IKE_PARSED && config_payload_next(&payload.attrs, &a)) {
		verdict = take_attr(&work->login, &a);
		if (is_of_old_draft(a.type))
			ike_evidence_old_draft(work->sa);
		if (a.type == CONFIG_PAYLOAD_XAUTH_USER_NAME && !is_name(&a))
			verdict = IKE_COUNT_MODECFG;
		if (a.type == CONFIG_PAYLOAD_XAUTH_USER_PASSWORD && a.len > SECRET_MAX)
			verdict = IKE_COUNT_MODECFG;
	}
	return verdict;
}

/* A name or a password that is not there, or empty, is a wrong one. */
static bool complete(const struct ike_work_login *login)
{
	return login->name.len && login->password.len;
}

int xauth_take_reply(struct ike_work *work, struct ike_out *)
{
	const struct ike_work_login *login = &work->login;
	struct ike_sa *sa = work->sa;
	const struct ike_env *env = &sa->engine->env;
	struct ike_user user = {.path = sa->path, .ike_sa = sa->id};

	ike_say(sa, IKE_SAY_XAUTH_REPLY);
	ike_debug_move(sa, "IKE_MESG_FROM_PEER, IKE_CFG_REPLY", "IKE_XAUTH_REQ_SENT",
		       "IKE_XAUTH_AAA_CONT_LOGIN_AWAIT");
	sa->access.deciding = true;
	sa->access.asked = complete(login) && env->user;
	if (!sa->access.asked)
		return 0;
	memset(sa->access.user, 0, sizeof(sa->access.user));
	memcpy(sa->access.user, login->name.data, login->name.len);
	user.path.peer = sa->access.peer;
	memcpy(user.name, sa->access.user, sizeof(user.name));
	snprintf(user.group, sizeof(user.group), "%s",
		 sa->access.nobody ? nobodys_group : sa->access.group);
	secret_set(&user.password, login->password.data, login->password.len);
	sa->access.timer.fire = too_late;
	ike_timer_arm(&sa->engine->timers, &sa->access.timer,
		      ike_engine_now(sa->engine) + XAUTH_DECIDE_MS);
	env->user(env->ctx, &user);
	secret_wipe(&user.password);
	return 0;
}

void xauth_judge(struct ike_txn *txn)
{
	if (!txn->sa->access.asked)
		xauth_verdict(txn->sa, IKE_REASON_USER_REFUSED);
}

void xauth_verdict(struct ike_sa *sa, enum ike_reason verdict)
{
	struct ike_access *access = &sa->access;

	if (!access->deciding)
		return;
	access->deciding = false;
	ike_timer_disarm(&sa->engine->timers, &access->timer);
	access->tries++;
	ike_evidence_login(sa);
	/* whoever was asked has taken as long as for a group that is there */
	if (access->nobody)
		verdict = IKE_REASON_USER_REFUSED;
	access->in = verdict == IKE_REASON_NONE;
	if (access->in) {
		sa->path.peer = access->peer;
		ike_say(sa, IKE_SAY_XAUTH_IN, access->user);
		natt_look(sa);
	} else {
		ike_say(sa, IKE_SAY_XAUTH_OUT, ike_reason_text(verdict));
		ike_engine_count(sa->engine, IKE_COUNT_LOGIN);
		memset(access->user, 0, sizeof(access->user));
	}
	if (verdict == IKE_REASON_USER_REFUSED && access->tries < XAUTH_TRIES) {
		ask(sa);
		return;
	}
	access->refusal = verdict;
	ike_debug_move(sa, "IKE_MESG_FROM_AAA, IKE_AAA_CONT_LOGIN",
		       "IKE_XAUTH_AAA_CONT_LOGIN_AWAIT", "IKE_XAUTH_SET_SENT");
	start(sa, IKE_STATE_XAUTH_SENT_STATUS);
}

int xauth_send_status(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;

	transaction_open(out, transaction_of(work->txn), CONFIG_PAYLOAD_SET);
	config_payload_number(&out->b, CONFIG_PAYLOAD_XAUTH_STATUS,
			      sa->access.in ? STATUS_OK : STATUS_FAIL);
	ike_build_close(&out->b);
	return 0;
}

int xauth_receive_ack(struct ike_work *work)
{
	struct config_payload payload;

	return transaction_check_answer(work, CONFIG_PAYLOAD_ACK, &payload);
}

int xauth_take_ack(struct ike_work *work, struct ike_out *)
{
	ike_say(work->sa, IKE_SAY_XAUTH_ACKED);
	ike_debug_move(work->sa, "IKE_MESG_FROM_PEER, IKE_CFG_ACK", "IKE_XAUTH_SET_SENT",
		       "IKE_P1_COMPLETE");
	return 0;
}

void xauth_done(struct ike_txn *txn)
{
	struct ike_sa *sa = txn->sa;

	if (sa->access.refusal) {
		ike_sa_delete(sa, sa->access.refusal);
		return;
	}
	sa->access.told = true;
	ike_evidence_login(sa);
	if (sa->initial_contact)
		ike_life_initial_contact(sa);
	mode_config_push(sa);
	ike_pending_run(sa->engine, &sa->path);
}
