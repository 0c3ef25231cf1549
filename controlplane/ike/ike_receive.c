/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_receive.h"

#include "controlplane/ike/aggressive_mode_r.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_dh_budget.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_half_open.h"
#include "controlplane/ike/info_mode.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"
#include "controlplane/ike/transaction.h"

#include <stdlib.h>
#include <string.h>

enum {
	EARLY_MAX = 2048
};

/* Encrypted or not, as the row wants it. */
static int check_flags(const struct ike_step *step, const struct ike_header *header)
{
	bool encrypted = header->flags & IKE_FLAG_ENCRYPTED;

	if (step->hash == IKE_STEP_EITHER || encrypted == (step->hash != IKE_STEP_CLEAR))
		return IKE_PARSED;
	return encrypted ? IKE_COUNT_ENC_UNEXPECTED : IKE_COUNT_ENC_EXPECTED;
}

/*
 * Who sent message 1, before there is an SA: in main mode somebody at an address, in aggressive
 * mode whoever the identity in it names. config comes without its key.
 */
static int first_config(struct ike_engine *engine, const struct ike_path *path,
			const struct ike_header *header, const void *data, size_t len,
			struct ike_id *id, struct ike_peer *config)
{
	bool aggressive = header->exchange == IKE_EXCHANGE_AGGRESSIVE;
	int verdict = IKE_PARSED;

	if (aggressive)
		verdict = aggressive_mode_r_peek_id(header, data, len, id);
	if (verdict != IKE_PARSED)
		return verdict;
	if (ike_engine_peer(engine, path, aggressive ? id : NULL, config))
		verdict = IKE_COUNT_NO_PSK;
	secret_wipe(&config->psk);
	if (verdict == IKE_PARSED && aggressive && !config->aggressive)
		verdict = IKE_COUNT_AGGRESSIVE;
	if (verdict != IKE_PARSED) {
		if (aggressive)
			ike_event_aggressive(engine, path);
		return verdict;
	}
	if (config->decoy && (!config->hybrid || config->hybrid_decoy))
		ike_engine_count(engine, IKE_COUNT_NO_GROUP);
	return IKE_PARSED;
}

/*
 * A peer that a NAT has moved begins a new SA from where it is: it is known by where it was. Before
 * its login it has proved nothing that could speak for who else is there.
 */
static struct ike_path with_home(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_path from = *path;
	const struct ike_sa *sa;

	LIST_FOREACH(sa, &engine->moved, moved_link)
		if (ike_sa_ready(sa) && sa->path.remote_port == path->remote_port &&
		    addr_eq(&sa->path.remote, &path->remote))
			from.home = sa->path.home;
	return from;
}

/* Message 1: there is no SA yet. */
static int receive_first(struct ike_engine *engine, const struct ike_path *path,
			 const struct ike_header *header, const void *data, size_t len)
{
	bool aggressive = header->exchange == IKE_EXCHANGE_AGGRESSIVE;
	uint8_t digest[IKE_TXN_DIGEST];
	struct ike_id id = {0};
	struct ike_peer config;
	struct ike_sa *sa;
	int verdict;

	if (ike_sa_find_initiated(engine, header->cookie_i))
		return IKE_COUNT_REFLECTION;
	verdict = first_config(engine, path, header, data, len, &id, &config);
	if (verdict != IKE_PARSED) {
		ike_evidence_refused_first(engine, path, header, &id,
					   verdict == IKE_COUNT_NO_PSK ? IKE_REASON_NO_KEY
					   : verdict == IKE_COUNT_AGGRESSIVE
						   ? IKE_REASON_AGGRESSIVE
						   : IKE_REASON_MALFORMED);
		return verdict;
	}
	if (ike_txn_digest(data, len, digest))
		return IKE_COUNT_INTERNAL;
	sa = ike_sa_find_first(engine, &path->remote, header->cookie_i, digest);
	if (sa) {
		ike_evidence_received(&sa->main, true);
		ike_txn_answer_again(&sa->main, digest);
		return IKE_COUNT_DUP;
	}
	if (aggressive)
		verdict = ike_dh_budget_take(engine, &path->remote, config.named);
	if (verdict != IKE_PARSED)
		return verdict;
	if (ike_half_open_make_room(engine, &path->remote, config.named))
		return IKE_COUNT_HALF_OPEN;
	sa = ike_sa_create(engine, path, false, header->cookie_i);
	if (!sa)
		return IKE_COUNT_INTERNAL;
	ike_half_open_enter(sa, config.named);
	if (aggressive)
		ike_sa_aggressive(sa);
	sa->hs = phase1_handshake_create(&config);
	if (!sa->hs) {
		ike_sa_end(sa, IKE_REASON_NONE);
		return IKE_COUNT_INTERNAL;
	}
	sa->hs->peer_id = id;
	ike_evidence_begin(sa);
	ike_debug_received(sa, path);
	ike_debug_peer(sa);
	return ike_receive_take(engine, sa, &sa->main,
				ike_steps_find(header->exchange, false, sa->main.state), path, data,
				len);
}

/* A message of an exchange we know. */
static int receive_next(struct ike_txn *txn, const struct ike_path *path,
			const struct ike_header *header, const void *data, size_t len)
{
	const struct ike_step *step = ike_steps_find(txn->exchange, txn->initiator, txn->state);
	uint8_t digest[IKE_TXN_DIGEST];
	int verdict;

	if (ike_txn_busy(txn))
		return IKE_COUNT_BUSY;
	if (ike_txn_digest(data, len, digest))
		return IKE_COUNT_INTERNAL;
	if (ike_txn_is_duplicate(txn, digest)) {
		ike_evidence_received(txn, true);
		ike_txn_answer_again(txn, digest);
		return IKE_COUNT_DUP;
	}
	if (!step)
		return IKE_COUNT_UNEXPECTED;
	verdict = check_flags(step, header);
	if (verdict != IKE_PARSED)
		return verdict;
	return ike_receive_take(txn->sa->engine, txn->sa, txn, step, path, data, len);
}

/*
 * An initiator of aggressive mode goes on behind its last message, without waiting for us to check
 * the signature in it. One message is kept meanwhile; a longer one comes again.
 */
static int keep_early(struct ike_sa *sa, const struct ike_path *path, const void *data, size_t len)
{
	if (sa->main.state != IKE_STATE_AG_R_SENT_CHOICE || !ike_txn_busy(&sa->main))
		return IKE_COUNT_UNEXPECTED;
	if (sa->early || len > EARLY_MAX)
		return IKE_COUNT_BUSY;
	sa->early = malloc(sizeof(*sa->early) + len);
	if (!sa->early)
		return IKE_COUNT_INTERNAL;
	sa->early->path = *path;
	sa->early->len = len;
	memcpy(sa->early->data, data, len);
	return IKE_PARSED;
}

void ike_receive_early(struct ike_sa *sa)
{
	struct ike_early *early = sa->early;

	sa->early = NULL;
	if (early)
		ike_receive_message(sa->engine, &early->path, early->data, early->len);
	free(early);
}

static int receive_quick(struct ike_sa *sa, const struct ike_path *path,
			 const struct ike_header *header, const void *data, size_t len)
{
	struct ike_quick *quick;

	if (!ike_sa_up(sa))
		return keep_early(sa, path, data, len);
	if (!ike_sa_ready(sa))
		return IKE_COUNT_NOT_LOGGED_IN;
	quick = quick_mode_find(sa, header->msgid);
	if (quick)
		return receive_next(&quick->txn, path, header, data, len);
	if (ike_msgids_has(&sa->msgids, header->msgid))
		return IKE_COUNT_MSGID_REUSE;
	if (quick_mode_active(sa) >= IKE_QUICKS_MAX)
		return IKE_COUNT_QM_LIMIT;
	return ike_receive_take(sa->engine, sa, NULL,
				ike_steps_find(IKE_EXCHANGE_QUICK, false, IKE_STATE_NEW), path,
				data, len);
}

static int receive_transaction(struct ike_sa *sa, const struct ike_path *path,
			       const struct ike_header *header, const void *data, size_t len)
{
	struct ike_transaction *t;

	if (!ike_sa_up(sa))
		return keep_early(sa, path, data, len);
	t = transaction_find(sa, header->msgid);
	if (t)
		return receive_next(&t->txn, path, header, data, len);
	if (ike_msgids_has(&sa->msgids, header->msgid))
		return IKE_COUNT_REPLAY;
	return ike_receive_take(sa->engine, sa, NULL,
				ike_steps_find(IKE_EXCHANGE_TRANSACTION, false, IKE_STATE_NEW),
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
	return ike_receive_take(sa->engine, sa, NULL, step, path, data, len);
}

bool ike_receive_is_taken(const struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_path there = *path;
	struct ike_peer other = {0};
	bool taken;

	/* who is configured there, not who comes from there now */
	there.home = (struct addr){0};
	taken = engine->env.peer(engine->env.ctx, &there, NULL, &other) == 0 && other.named;

	secret_wipe(&other.psk);
	return taken;
}

/*
 * The SA of a message. Only a peer behind NAT may change its address, only when it is known, and
 * not to that of another peer.
 */
static struct ike_sa *find_sa(struct ike_engine *engine, const struct ike_path *path,
			      const struct ike_header *header)
{
	struct ike_sa *sa = ike_sa_find(engine, header->cookie_i, header->cookie_r);

	/* A refusal in clear names our cookie and one that was never an SA's, or none. */
	if (!sa && header->exchange == IKE_EXCHANGE_INFO && !(header->flags & IKE_FLAG_ENCRYPTED)) {
		sa = ike_sa_find_initiated(engine, header->cookie_i);
		if (sa && sa->main.state != IKE_STATE_MM_I_SENT_SA &&
		    sa->main.state != IKE_STATE_AG_I_SENT_OFFER)
			sa = NULL;
	}
	if (!sa || addr_eq(&sa->path.remote, &path->remote))
		return sa;
	return ike_sa_up(sa) && sa->natt.remote && !ike_receive_is_taken(engine, path) ? sa : NULL;
}

static int route(struct ike_engine *engine, const struct ike_path *path,
		 const struct ike_header *header, const void *data, size_t len)
{
	static const uint8_t zero[IKE_COOKIE_LEN];
	struct ike_path from = with_home(engine, path);
	struct ike_sa *sa;

	if ((header->exchange == IKE_EXCHANGE_MAIN ||
	     header->exchange == IKE_EXCHANGE_AGGRESSIVE) &&
	    memcmp(header->cookie_r, zero, sizeof(zero)) == 0)
		return receive_first(engine, &from, header, data, len);
	sa = find_sa(engine, path, header);
	if (!sa)
		return IKE_COUNT_NO_SA;
	ike_debug_received(sa, path);
	switch (header->exchange) {
	case IKE_EXCHANGE_MAIN:
	case IKE_EXCHANGE_AGGRESSIVE:
		if (header->exchange != sa->main.exchange)
			return IKE_COUNT_UNEXPECTED;
		return receive_next(&sa->main, path, header, data, len);
	case IKE_EXCHANGE_QUICK: return receive_quick(sa, path, header, data, len);
	case IKE_EXCHANGE_TRANSACTION: return receive_transaction(sa, path, header, data, len);
	default: return receive_info(sa, path, header, data, len);
	}
}

/*
 * libreswan refuses our offer in clear and with message ID 0. It is counted like anything that is
 * wrong, and nobody has signed it; still it tells the user what to look at.
 */
static void hint_without_msgid(struct ike_engine *engine, const struct ike_path *path,
			       const struct ike_header *header, const void *data, size_t len)
{
	struct ike_sa *sa;

	if (header->exchange != IKE_EXCHANGE_INFO || header->flags & IKE_FLAG_ENCRYPTED)
		return;
	sa = find_sa(engine, path, header);
	if (sa)
		info_mode_hint(sa, header, data, len);
}

/* The whole is read as if it had come so, but it is for the SA of its pieces. */
static int receive_whole(struct ike_engine *engine, const struct ike_path *path,
			 const struct ike_header *outer, const struct ike_fragment_whole *whole)
{
	struct ike_header header;
	int verdict = ike_msg_parse_header(&header, whole->data, whole->len);

	if (verdict != IKE_PARSED)
		return verdict;
	if (header.next == IKE_PAYLOAD_FRAGMENT ||
	    memcmp(header.cookie_i, outer->cookie_i, IKE_COOKIE_LEN) != 0 ||
	    memcmp(header.cookie_r, outer->cookie_r, IKE_COOKIE_LEN) != 0)
		return IKE_COUNT_FRAG_NESTED;
	return route(engine, path, &header, whole->data, whole->len);
}

static int receive_fragment(struct ike_engine *engine, const struct ike_path *path,
			    const struct ike_header *header, const void *data, size_t len)
{
	struct ike_sa *sa = find_sa(engine, path, header);
	struct ike_fragment_whole whole;
	int verdict;

	if (!sa)
		return IKE_COUNT_NO_SA;
	verdict = ike_fragment_receive(sa, path, header, data, len, &whole);
	if (verdict == IKE_PARSED && whole.data)
		verdict = receive_whole(engine, path, header, &whole);
	free(whole.data);
	return verdict;
}

/* Pieces say the exchange, the flags and the message ID of the whole, or those of phase 1. */
static bool is_fragment(const struct ike_header *header, int verdict)
{
	return header->next == IKE_PAYLOAD_FRAGMENT &&
	       (verdict == IKE_PARSED || verdict == IKE_COUNT_BAD_MSGID ||
		verdict == IKE_COUNT_ENC_EXPECTED);
}

void ike_receive_message(struct ike_engine *engine, const struct ike_path *path, const void *data,
			 size_t len)
{
	struct ike_header header = {0};
	int verdict = ike_msg_parse_header(&header, data, len);

	if (is_fragment(&header, verdict))
		verdict = receive_fragment(engine, path, &header, data, len);
	else if (verdict == IKE_PARSED)
		verdict = route(engine, path, &header, data, len);
	else if (verdict == IKE_COUNT_BAD_MSGID)
		hint_without_msgid(engine, path, &header, data, len);
	if (verdict != IKE_PARSED)
		ike_engine_count(engine, (enum ike_counter)verdict);
}
