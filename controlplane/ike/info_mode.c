/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/info_mode.h"

#include "controlplane/ike/dpd.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_work.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/quick_mode.h"

#include <stdlib.h>
#include <string.h>

static int check_notify(const struct ike_sa *sa, const struct ike_payload *p)
{
	struct ike_notify n;
	int verdict = ike_payload_parse_notify(p, &n);

	if (verdict != IKE_PARSED)
		return verdict;
	if (n.type == IKE_NOTIFY_R_U_THERE)
		return dpd_check_probe(sa, &n);
	if (n.type == IKE_NOTIFY_R_U_THERE_ACK)
		return dpd_check_ack(sa, &n);
	return IKE_PARSED;
}

static int check_delete(const struct ike_payload *p)
{
	struct ike_delete d;

	return ike_payload_parse_delete(p, &d);
}

int info_mode_receive(struct ike_work *work)
{
	const struct ike_msg *msg = &work->msg;
	int verdict = IKE_PARSED;

	if (ike_sa_use_msgid(work->sa, msg->header.msgid))
		return IKE_COUNT_UNEXPECTED;
	for (size_t i = 0; i < msg->n && verdict == IKE_PARSED; i++) {
		if (msg->payloads[i].type == IKE_PAYLOAD_NOTIFY)
			verdict = check_notify(work->sa, &msg->payloads[i]);
		else if (msg->payloads[i].type == IKE_PAYLOAD_DELETE)
			verdict = check_delete(&msg->payloads[i]);
	}
	return verdict;
}

/* The peer has our key, or the hash would be wrong; still it would not have us. */
int info_mode_receive_early(struct ike_work *work)
{
	const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_NOTIFY, 0);
	struct ike_notify n;

	if (p && ike_payload_parse_notify(p, &n) == IKE_PARSED)
		ike_evidence_notified(work->sa, n.type, true);
	ike_event_hint(work->sa, IKE_REASON_AUTH_FAILED);
	return IKE_COUNT_UNEXPECTED;
}

static void answer_probe(struct ike_work *work, const struct ike_notify *n)
{
	struct ike_sa *sa = work->sa;

	if (!dpd_take_probe(sa, n))
		return;
	ike_say(sa, IKE_SAY_DPD_RECEIVED, sa->dpd.received);
	ike_say(sa, IKE_SAY_DPD_ANSWER, sa->dpd.received);
	free(sa->info_reply);
	sa->info_reply = info_send_dpd(sa, IKE_NOTIFY_R_U_THERE_ACK, sa->dpd.received);
	sa->info_answers = 0;
	memcpy(sa->info_seen, work->digest, sizeof(sa->info_seen));
}

static void act_notify(struct ike_work *work, const struct ike_notify *n)
{
	struct ike_sa *sa = work->sa;
	char name[IKE_NAME_TEXT];

	ike_say(sa, IKE_SAY_NOTIFY, ike_names_notify(n->type, name, sizeof(name)), n->protocol,
		work->msg.header.msgid, n->type);
	/* before the user is in, only whether both are there */
	if (!ike_sa_ready(sa) && n->type != IKE_NOTIFY_R_U_THERE &&
	    n->type != IKE_NOTIFY_R_U_THERE_ACK)
		return;
	switch (n->type) {
	case IKE_NOTIFY_R_U_THERE: answer_probe(work, n); break;
	case IKE_NOTIFY_R_U_THERE_ACK:
		ike_say(sa, IKE_SAY_DPD_ANSWERED, sa->dpd.sent);
		dpd_take_ack(sa, n);
		break;
	case IKE_NOTIFY_INITIAL_CONTACT: ike_life_initial_contact(sa); break;
	case IKE_NOTIFY_RESPONDER_LIFETIME: ike_life_shorten(sa, n); break;
	case IKE_NOTIFY_INVALID_SPI:
		if (n->spi_len == 4)
			ike_event_invalid_spi(sa, (uint32_t)n->spi[0] << 24 | n->spi[1] << 16 |
							  n->spi[2] << 8 | n->spi[3]);
		break;
	case IKE_NOTIFY_NO_PROPOSAL_CHOSEN:
	case IKE_NOTIFY_INVALID_ID_INFORMATION:
	case IKE_NOTIFY_INVALID_KEY_INFORMATION: quick_mode_refused(sa, n); break;
	default:
		ike_say(sa, IKE_SAY_NOTIFY_ODD, ike_names_notify(n->type, name, sizeof(name)),
			n->type);
		break;
	}
}

static void delete_children(struct ike_sa *sa, const struct ike_delete *d)
{
	const struct ike_env *env = &sa->engine->env;

	for (size_t i = 0; i < d->n; i++) {
		const uint8_t *p = d->spis + i * 4;
		uint32_t spi = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];

		ike_say(sa, IKE_SAY_DELETE_CHILD, spi);
		env->child_deleted(env->ctx, &sa->path, spi);
	}
}

/* Only this peer's own SAs. */
static struct ike_sa *named_sa(struct ike_sa *sa, const struct ike_delete *d)
{
	struct ike_sa *other = ike_sa_find(sa->engine, d->spis, d->spis + IKE_COOKIE_LEN);

	if (!other || !ike_path_same_peer(&other->path, &sa->path) ||
	    !ike_id_eq(&other->remote_id, &sa->remote_id))
		return NULL;
	return other;
}

/* IKE SAs go last: what stands behind their DELETE still has an SA to act on (H064). */
int info_mode_act(struct ike_work *work, struct ike_out *)
{
	const struct ike_msg *msg = &work->msg;
	struct ike_sa *victim = NULL;
	struct ike_notify n;
	struct ike_delete d;

	for (size_t i = 0; i < msg->n; i++) {
		const struct ike_payload *p = &msg->payloads[i];

		if (p->type == IKE_PAYLOAD_NOTIFY && ike_payload_parse_notify(p, &n) == IKE_PARSED)
			act_notify(work, &n);
		if (p->type != IKE_PAYLOAD_DELETE || ike_payload_parse_delete(p, &d) != IKE_PARSED)
			continue;
		ike_say(work->sa, IKE_SAY_DELETE, msg->header.msgid);
		if (d.protocol == IKE_PROTOCOL_ESP && ike_sa_ready(work->sa))
			delete_children(work->sa, &d);
		else if (d.protocol == IKE_PROTOCOL_ISAKMP)
			victim = named_sa(work->sa, &d);
	}
	if (!victim)
		return 0;
	ike_say(victim, IKE_SAY_DELETE_SA, ike_reason_text(IKE_REASON_PEER_DELETED),
		victim->initiator ? "I" : "R", ike_state_show(victim->main.state));
	ike_sa_end(victim, IKE_REASON_PEER_DELETED);
	return 0;
}

int info_mode_replayed(struct ike_sa *sa, const void *data, size_t len)
{
	uint8_t digest[IKE_TXN_DIGEST];

	if (ike_txn_digest(data, len, digest))
		return IKE_COUNT_INTERNAL;
	if (!sa->info_reply || memcmp(digest, sa->info_seen, sizeof(digest)) != 0)
		return IKE_COUNT_REPLAY;
	if (sa->info_answers < IKE_TXN_ANSWERS) {
		sa->info_answers++;
		ike_fragment_send(sa->engine, sa->info_reply);
	}
	return IKE_COUNT_DUP;
}

static enum ike_reason hint_of(enum ike_state state, uint16_t type)
{
	if ((state == IKE_STATE_MM_I_SENT_SA || state == IKE_STATE_AG_I_SENT_OFFER) &&
	    type == IKE_NOTIFY_NO_PROPOSAL_CHOSEN)
		return IKE_REASON_NO_PROPOSAL_P1_PEER;
	if (state != IKE_STATE_MM_I_SENT_AUTH)
		return IKE_REASON_NONE;
	if (type == IKE_NOTIFY_AUTHENTICATION_FAILED || type == IKE_NOTIFY_PAYLOAD_MALFORMED ||
	    type == IKE_NOTIFY_INVALID_HASH_INFORMATION)
		return IKE_REASON_PSK_MISMATCH;
	return type == IKE_NOTIFY_INVALID_ID_INFORMATION ? IKE_REASON_AUTH_FAILED : IKE_REASON_NONE;
}

void info_mode_hint(struct ike_sa *sa, const struct ike_header *header, const void *data,
		    size_t len)
{
	const struct ike_payload *p;
	struct ike_notify n;
	struct ike_msg msg;

	if (ike_msg_parse_chain(&msg, header, (const uint8_t *)data + IKE_HEADER_LEN,
				len - IKE_HEADER_LEN) != IKE_PARSED)
		return;
	for (size_t i = 0; (p = ike_msg_get(&msg, IKE_PAYLOAD_NOTIFY, i)); i++) {
		enum ike_reason hint;
		char name[IKE_NAME_TEXT];

		if (ike_payload_parse_notify(p, &n) != IKE_PARSED)
			continue;
		ike_say(sa, IKE_SAY_NOTIFY_CLEAR, ike_names_notify(n.type, name, sizeof(name)));
		ike_evidence_notified(sa, n.type, false);
		hint = hint_of(sa->main.state, n.type);
		if (hint)
			ike_event_hint(sa, hint);
	}
}
