/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"

#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_work.h"
#include "controlplane/ike/phase1.h"

#include <stdio.h>
#include <string.h>

enum {
	ARGS = 10,
	CHAIN_TEXT = 600,
};

/* The tunnel group: of a client its own, else the address. */
static void group_of(const struct ike_sa *sa, char *out, size_t size)
{
	const char *group = sa->access.group[0] ? sa->access.group
			    : sa->hs		? sa->hs->config.group
						: "";

	if (group[0])
		snprintf(out, size, "%s", group);
	else
		addr_print(&sa->path.remote, out, size);
}

/* Of a peer without a group's name the group shows only when there are keys. */
static bool landed(const struct ike_sa *sa)
{
	return sa->keys.skeyid.len || sa->access.group[0] || (sa->hs && sa->hs->config.group[0]);
}

void ike_debug_say(const struct ike_sa *sa, enum ike_say say, const struct ike_arg *args)
{
	const struct ike_engine *engine = sa->engine;
	char group[IKE_GROUP_MAX + ADDR_TEXT];
	const struct ike_said said = {
		.id = say,
		.args = args,
		.n = ARGS,
		.conn_id = sa->conn_id,
		.peer = &sa->path.remote,
		.local = &sa->path.local,
		.group = group,
		.user = sa->access.in ? sa->access.user : "",
	};

	if (!(engine->debug & 1u << ike_say_topic(say)))
		return;
	group[0] = '\0';
	if (landed(sa) || say == IKE_SAY_LANDED)
		group_of(sa, group, sizeof(group));
	engine->env.debug(engine->env.ctx, &said);
}

void ike_debug_landed(const struct ike_sa *sa)
{
	ike_say(sa, IKE_SAY_LANDED);
}

/* Peers with an SA, and SAs of this one. */
static void count_peers(const struct ike_sa *sa, unsigned *peers, unsigned *refs)
{
	const struct ike_sa *one;

	*peers = 0;
	*refs = 0;
	TAILQ_FOREACH(one, &sa->engine->sas, link) {
		const struct ike_sa *first = one;
		const struct ike_sa *other = one;

		/* every address counts with the last of its SAs */
		while ((other = LIST_NEXT(other, peer_link)))
			if (addr_eq(&other->path.remote, &one->path.remote))
				first = other;
		*peers += first == one;
		*refs += addr_eq(&one->path.remote, &sa->path.remote);
	}
}

void ike_debug_peer(const struct ike_sa *sa)
{
	unsigned peers;
	unsigned refs;

	if (!ike_debug_on(sa->engine))
		return;
	count_peers(sa, &peers, &refs);
	if (!sa->initiator)
		ike_say(sa, IKE_SAY_PEER_STRUCT, sa->path.remote_port);
	if (refs == 1)
		ike_say(sa, IKE_SAY_PEER_ADDED, peers);
	ike_say(sa, IKE_SAY_PEER_REF, refs, peers);
}

/* An SA pair is two references more, of which the last was this one. */
void ike_debug_peer_pair(const struct ike_sa *sa)
{
	const struct ike_sa *one;
	unsigned pairs = 0;
	unsigned peers;
	unsigned refs;

	count_peers(sa, &peers, &refs);
	TAILQ_FOREACH(one, &sa->engine->sas, link)
		if (addr_eq(&one->path.remote, &sa->path.remote))
			pairs += one->children;
	ike_say(sa, IKE_SAY_PEER_REF_IPSEC, refs + 2 * pairs - 1, peers);
	ike_say(sa, IKE_SAY_PEER_REF_IPSEC, refs + 2 * pairs, peers);
}

void ike_debug_received(const struct ike_sa *sa, const struct ike_path *path)
{
	bool fresh = sa->main.state == IKE_STATE_NEW || sa->main.state == IKE_STATE_AG_NEW;

	ike_say(sa, IKE_SAY_RECEIVED, &path->remote, path->local_port, path->remote_port,
		fresh		? "N"
		: sa->initiator ? "I"
				: "R",
		fresh ? "NEW SA" : ike_state_show(sa->main.state));
}

/* "SA (1)", as the ASA names them. */
static size_t chain_name(char *buf, size_t size, uint8_t type)
{
	char unknown[IKE_NAME_TEXT];
	const char *name = ike_names_payload(type, unknown, sizeof(unknown));

	if (type == IKE_PAYLOAD_VENDOR)
		name = "VENDOR";
	else if (type == IKE_PAYLOAD_NATD_DRAFT)
		name = "NAT-D";
	else if (type == IKE_PAYLOAD_NATOA_DRAFT)
		name = "NAT-OA";
	return (size_t)snprintf(buf, size, " + %s (%u)", name, type);
}

static void say_chain(const struct ike_sa *sa, const char *what, uint32_t msgid,
		      const uint8_t *types, size_t n, size_t len)
{
	char text[CHAIN_TEXT] = "HDR";
	size_t used = strlen(text);

	for (size_t i = 0; i < n && used < sizeof(text); i++)
		used += chain_name(text + used, sizeof(text) - used, types[i]);
	if (used < sizeof(text))
		chain_name(text + used, sizeof(text) - used, IKE_PAYLOAD_NONE);
	ike_say(sa, IKE_SAY_CHAIN, what, msgid, text, len);
}

static void banner(const struct ike_work *work)
{
	bool confirm = work->step->message == IKE_MESSAGE_QM3;

	switch (work->step->exchange) {
	case IKE_EXCHANGE_MAIN: ike_say(work->sa, IKE_SAY_EXCHANGE, "OAK_MM"); break;
	case IKE_EXCHANGE_AGGRESSIVE: ike_say(work->sa, IKE_SAY_EXCHANGE, "OAK_AG"); break;
	case IKE_EXCHANGE_TRANSACTION:
		ike_say(work->sa, IKE_SAY_EXCHANGE, "ISAKMP_TRANSACTION");
		break;
	case IKE_EXCHANGE_QUICK:
		ike_say(work->sa, IKE_SAY_EXCHANGE_QUICK,
			confirm ? "OAK_QM_AUTH_AWAIT" : "OAK_QM_IDLE");
		break;
	default: ike_say(work->sa, IKE_SAY_EXCHANGE, "ISAKMP_INFO");
	}
}

void ike_debug_opened(const struct ike_work *work)
{
	uint8_t types[IKE_DATAGRAM_CHAIN];
	const struct ike_msg *msg = &work->msg;
	size_t n = 0;

	if (!ike_debug_on(work->engine))
		return;
	banner(work);
	if (work->step->message == IKE_MESSAGE_QM1)
		ike_say(work->sa, IKE_SAY_QM_ARRIVES, msg->header.msgid);
	for (; n < msg->n && n < sizeof(types); n++)
		types[n] = msg->payloads[n].type;
	say_chain(work->sa, "RECEIVED", msg->header.msgid, types, n, work->len);
	if (work->step->exchange == IKE_EXCHANGE_QUICK)
		ike_say(work->sa, IKE_SAY_QM_HASH, msg->header.msgid);
	else if (work->step->exchange != IKE_EXCHANGE_MAIN && work->step->hash >= IKE_STEP_HASH1)
		ike_say(work->sa, IKE_SAY_INFO_HASH, msg->header.msgid);
}

void ike_debug_sending(const struct ike_sa *sa, const struct ike_datagram *d, enum ike_state state,
		       bool again)
{
	size_t marker = d->path.local_port == 4500 ? 4 : 0;

	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, IKE_SAY_SENDING, &d->path.remote, d->path.local_port, d->path.remote_port,
		sa->initiator ? "I" : "R", ike_state_show(state));
	if (d->n_chain)
		say_chain(sa, again ? "RESENDING" : "SENDING", d->msgid, d->chain, d->n_chain,
			  d->len - marker);
}

void ike_debug_return(const struct ike_sa *sa, const struct ike_step *step, bool good)
{
	if (step->message == IKE_STEP_NO_MESSAGE)
		return;
	ike_say(sa, good ? IKE_SAY_RETURN : IKE_SAY_RETURN_ERROR);
}

void ike_debug_move(const struct ike_sa *sa, const char *input, const char *from, const char *to)
{
	ike_say(sa, IKE_SAY_INPUT, input);
	ike_say(sa, IKE_SAY_MOVE, from, to);
}

static const char *ladder(const struct ike_txn *txn, enum ike_state state, uint8_t exchange)
{
	if (exchange == IKE_EXCHANGE_QUICK && (!txn || state == IKE_STATE_NEW))
		return "IKE_QM_READY";
	return ike_state_ladder(state);
}

static void node_move(const struct ike_sa *sa, uint32_t msgid, const char *input, const char *from,
		      const char *to)
{
	ike_say(sa, IKE_SAY_NODE_INPUT, msgid, input);
	ike_say(sa, IKE_SAY_MOVE, from, to);
}

void ike_debug_arrived(const struct ike_sa *sa, const struct ike_txn *txn, uint32_t msgid,
		       const struct ike_step *step)
{
	const char *from = ladder(txn, step->state, step->exchange);
	bool aggressive = step->exchange == IKE_EXCHANGE_AGGRESSIVE;

	if (!ike_debug_on(sa->engine) || !step->arrived)
		return;
	if (step->exchange == IKE_EXCHANGE_QUICK)
		node_move(sa, msgid, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", from, step->arrived);
	else if (step->message == IKE_STEP_NO_MESSAGE)
		ike_debug_move(sa,
			       aggressive ? "IKE_MESG_FROM_IPSEC, IKE_SA_REQ_AM"
					  : "IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM",
			       from, step->arrived);
	else
		ike_debug_move(sa,
			       aggressive ? "IKE_MESG_FROM_PEER, IKE_AM_EXCH"
					  : "IKE_MESG_FROM_PEER, IKE_MM_EXCH",
			       from, step->arrived);
}

void ike_debug_process(const struct ike_work *work)
{
	const char *at = work->step->arrived;

	if (at)
		ike_debug_move(work->sa, "IKE_MESG_INTERNAL, IKE_PROCESS_MAIN_MODE", at, at);
}

static const char *qm_number(const struct ike_step *step)
{
	if (step->message == IKE_STEP_NO_MESSAGE)
		return "1st";
	return step->message == IKE_MESSAGE_QM1 ? "2nd" : "3rd";
}

void ike_debug_completing(const struct ike_txn *txn, const struct ike_step *step)
{
	if (step->exchange == IKE_EXCHANGE_QUICK && txn->last)
		ike_say(txn->sa, IKE_SAY_QM_SENDING, txn->initiator ? "Initiator" : "Responder",
			qm_number(step), txn->msgid);
}

void ike_debug_completed(const struct ike_txn *txn, enum ike_state before,
			 const struct ike_step *step)
{
	const char *from = step->arrived ? step->arrived : ladder(txn, before, step->exchange);
	const char *to = ike_state_ladder(step->next);
	const struct ike_sa *sa = txn->sa;

	if (!ike_debug_on(sa->engine))
		return;
	if (step->next == IKE_STATE_MM_I_SENT_AUTH)
		ike_debug_nat(sa, sa->natt.local, sa->natt.remote);
	/* transactions tell it themselves, with what they were about; quick mode when it is done */
	if (strcmp(from, to) == 0 || step->exchange == IKE_EXCHANGE_TRANSACTION ||
	    step->next == IKE_STATE_QM_DONE)
		return;
	if (step->exchange == IKE_EXCHANGE_AGGRESSIVE && !step->arrived)
		ike_debug_move(sa, "IKE_MESG_FROM_PEER, IKE_AM_EXCH", from, to);
	else if (!txn->msgid)
		ike_debug_move(sa, "IKE_MESG_INTERNAL, IKE_PROCESS_COMPLETE", from, to);
	else if (step->message == IKE_STEP_NO_MESSAGE)
		node_move(sa, txn->msgid, "IKE_MESG_INTERNAL, IKE_INIT_QM", from, to);
	else
		node_move(sa, txn->msgid, "IKE_MESG_INTERNAL, IKE_GOT_SPI", from, to);
}

void ike_debug_quick_done(const struct ike_txn *txn)
{
	const char *from = ike_state_ladder(txn->initiator ? IKE_STATE_QM_I_SENT_OFFER
							   : IKE_STATE_QM_R_SENT_CHOICE);

	ike_say(txn->sa, IKE_SAY_QM_NODE, txn->msgid);
	node_move(txn->sa, txn->msgid, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", from,
		  ike_state_ladder(IKE_STATE_QM_DONE));
	ike_say(txn->sa, IKE_SAY_QM_DONE, txn->msgid);
}
