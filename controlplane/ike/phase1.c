/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/phase1.h"

#include "controlplane/ike/dpd.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/ike_receive.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/mode_config.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/xauth.h"
#include "lib/base/wbuf.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ike_handshake *phase1_handshake_create(struct ike_peer *config)
{
	struct ike_handshake *hs = calloc(1, sizeof(*hs));

	secret_wipe(&config->psk);
	if (!hs)
		return NULL;
	hs->config = *config;
	pki_get(hs->config.pki);
	return hs;
}

void phase1_handshake_destroy(struct ike_handshake *hs)
{
	if (!hs)
		return;
	prim_dh_destroy(hs->dh);
	pki_put(hs->config.pki);
	free(hs->record);
	free(hs->sa_body);
	free(hs);
}

int phase1_start(struct ike_engine *engine, const struct ike_path *path, uint64_t replaces)
{
	struct ike_peer config;
	struct ike_work *work;
	struct ike_sa *sa;
	int rc = ike_engine_peer(engine, path, NULL, &config);

	if (rc == -ENOENT)
		ike_evidence_no_key(engine, path, IKE_REASON_NO_KEY);
	if (rc)
		return rc;
	secret_wipe(&config.psk);
	/* nothing to offer: what the policies want a certificate for has none */
	if (!config.n_policies) {
		ike_evidence_no_key(engine, path, IKE_REASON_NO_CERT);
		return -ENOENT;
	}
	sa = ike_sa_create(engine, path, true, NULL);
	if (!sa)
		return -ENOMEM;
	sa->replaces = replaces;
	if (config.aggressive)
		ike_sa_aggressive(sa);
	sa->hs = phase1_handshake_create(&config);
	work = sa->hs ? ike_work_create(engine, sa, path, NULL, 0) : NULL;
	if (!work) {
		ike_sa_end(sa, IKE_REASON_INTERNAL);
		return -ENOMEM;
	}
	ike_evidence_begin(sa);
	/* Aggressive mode brings our public value at once, so one group is all we can offer. */
	work->dh.group = config.aggressive ? config.policies[0].group : 0;
	work->dh.home = &sa->hs->dh;
	ike_debug_peer(sa);
	ike_receive_start(work, &sa->main,
			  config.aggressive ? IKE_STATE_AG_I_SENT_OFFER : IKE_STATE_MM_I_SENT_SA);
	return 0;
}

/* A number for who the peer is, that it cannot choose: never 0. apart: another one for each. */
static uint64_t draw_number(const struct ike_sa *sa, uint64_t apart)
{
	uint8_t who[sizeof(sa->path.remote.b) + 3 + sizeof(apart) + IKE_ID_MAX] = {0};
	struct wbuf w = wbuf_of(who, sizeof(who));

	wbuf_bytes(&w, sa->path.remote.b, sizeof(sa->path.remote.b));
	wbuf_bytes(&w, &apart, sizeof(apart));
	wbuf_u8(&w, sa->remote_id.type);
	/* many may have one identity: their ports tell those behind one NAT apart */
	wbuf_u16(&w, sa->hs->config.client || sa->natt.remote ? sa->path.remote_port : 0);
	wbuf_bytes(&w, sa->remote_id.data, sa->remote_id.len);
	return siphash(sa->engine->peer_key, who, w.len) | 1;
}

/* Of many clients with the name of one group: who had the number here has moved on with it. */
static bool is_in_use(const struct ike_sa *sa, uint64_t number)
{
	const struct ike_sa *other;

	LIST_FOREACH(other, &sa->engine->moved, moved_link)
		if (sa->hs->config.client && other->path.peer == number)
			return true;
	return false;
}

/* A peer that a NAT has moved meanwhile goes on with the number it had. */
static uint64_t peer_number(const struct ike_sa *sa)
{
	const struct ike_sa *other;
	uint64_t drawn;

	LIST_FOREACH(other, &sa->engine->by_peer[ike_engine_bucket(sa->engine, &sa->path.remote)],
		     peer_link)
		if (other->path.peer && ike_sa_ready(other) &&
		    addr_eq(&other->path.remote, &sa->path.remote) &&
		    other->path.remote_port == sa->path.remote_port &&
		    ike_id_eq(&other->remote_id, &sa->remote_id))
			return other->path.peer;
	drawn = draw_number(sa, 0);
	return is_in_use(sa, drawn) ? draw_number(sa, sa->id) : drawn;
}

/* Until the user is in, nothing that is known of this peer is the SA's: another may have come. */
static uint64_t limbo_number(const struct ike_sa *sa)
{
	return siphash(sa->engine->peer_key, &sa->id, sizeof(sa->id)) | 1;
}

/*
 * A peer that we called has no user and wants no address; one that answers where somebody else was
 * called has not logged in.
 */
static void take_access(struct ike_sa *sa, uint64_t called)
{
	const struct ike_peer *config = &sa->hs->config;
	struct ike_access *access = &sa->access;

	memcpy(access->group, config->group, sizeof(access->group));
	access->peer = peer_number(sa);
	access->login =
		phase1_is_hybrid(sa)
			? !sa->initiator
			: config->xauth && (!sa->initiator || (called && called != access->peer));
	access->nobody = phase1_is_hybrid(sa) ? config->hybrid_decoy : config->decoy;
	access->client = config->client && !sa->initiator;
	access->push = config->push && !sa->initiator;
	sa->path.client = (access->client || access->group[0]) && !sa->initiator;
	sa->path.peer = access->login ? limbo_number(sa) : access->peer;
}

static void start_access(struct ike_sa *sa)
{
	if (ike_sa_dead(sa))
		return;
	if (sa->access.login)
		xauth_start(sa);
	else
		mode_config_push(sa);
}

void phase1_done(struct ike_txn *txn)
{
	struct ike_sa *sa = txn->sa;
	const struct ike_peer *config = &sa->hs->config;
	struct ike_path called;

	sa->dpd.interval_s = config->dpd_s;
	sa->dpd.retry_s = config->dpd_retry_s;
	sa->dpd.periodic = config->dpd_periodic;
	sa->natt.keepalive_s = config->nat_keepalive_s;
	sa->hasten = config->hasten;
	called = sa->path;
	take_access(sa, called.peer);
	ike_evidence_up(sa);
	ike_evidence_begin_login(sa);
	ike_contact_made(sa->engine, &sa->path.remote);
	phase1_handshake_destroy(sa->hs);
	sa->hs = NULL;
	natt_start(sa);
	dpd_start(sa);
	ike_life_start(sa);
	start_access(sa);
	if (ike_debug_on(sa->engine))
		ike_debug_up(sa);
	natt_look(sa);
	/* somebody else is there now: what was meant for the one called is not for him */
	if (called.peer && called.peer != sa->path.peer)
		ike_pending_fail(sa->engine, &called, IKE_REASON_ID_MISMATCH);
	ike_receive_early(sa);
}

void phase1_give_up(struct ike_txn *txn)
{
	enum ike_reason reason = txn->hint ? txn->hint : IKE_REASON_NO_ANSWER;

	ike_say(txn->sa, IKE_SAY_DELETE_SA,
		txn->hint ? "Phase1 SA policy proposal not accepted" : "Death by retransmission P1",
		txn->initiator ? "I" : "R", ike_state_show(txn->state));
	ike_sa_end(txn->sa, reason);
}

void phase1_auth_failed(struct ike_sa *sa)
{
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);

	/* Keys that come from Diffie-Hellman alone cannot differ: this was damaged on its way. */
	if (auth && !auth->psk)
		return;
	ike_event_hint(sa, sa->hs->config.decoy ? IKE_REASON_NO_GROUP : IKE_REASON_PSK_MISMATCH);
	ike_say(sa, IKE_SAY_BAD_MESSAGE);
	if (!sa->initiator)
		info_send_refusal(sa, IKE_NOTIFY_AUTHENTICATION_FAILED, SIZE_MAX);
	if (!sa->initiator)
		ike_evidence_notify_sent(sa, IKE_NOTIFY_AUTHENTICATION_FAILED);
}

/* The checks of a public value and a nonce that need no arithmetic. */
int phase1_check_ke(const struct ike_work *work, uint16_t group)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	const struct ike_sa *sa = work->sa;
	const struct ike_handshake *hs = sa->hs;
	int verdict;

	ike_say(sa, IKE_SAY_KE);
	verdict = ike_payload_check_ke(ke, group);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(sa, IKE_SAY_NONCE);
	verdict = ike_payload_check_nonce(nonce);
	if (verdict != IKE_PARSED || !sa->initiator)
		return verdict;
	if (memcmp(ke->body, hs->public_i, hs->public_len) == 0)
		return IKE_COUNT_REFLECTION;
	if (nonce->len == hs->nonce_i.len && memcmp(nonce->body, hs->nonce_i.b, nonce->len) == 0)
		return IKE_COUNT_REFLECTION;
	return IKE_PARSED;
}

int phase1_set_sa_body(struct ike_handshake *hs, const void *body, size_t len)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, body, len);
	free(hs->sa_body);
	hs->sa_body = copy;
	hs->sa_len = len;
	return 0;
}

int phase1_own_nonce(struct ike_sa *sa, struct ike_nonce *nonce)
{
	nonce->len = PHASE1_NONCE;
	return ike_engine_random(sa->engine, nonce->b, nonce->len);
}

void phase1_take_nonce(struct ike_nonce *nonce, const struct ike_payload *p)
{
	nonce->len = (uint16_t)p->len;
	memcpy(nonce->b, p->body, p->len);
}

/* The same proof, and a user who logs in behind it; 0 = there is no such method. */
static uint16_t with_login(uint16_t auth)
{
	switch (auth) {
	case ALG_AUTH_PSK: return ALG_AUTH_XAUTH_I_PSK;
	case ALG_AUTH_RSA_SIG: return ALG_AUTH_XAUTH_I_RSA;
	default: return 0;
	}
}

bool phase1_is_hybrid(const struct ike_sa *sa)
{
	return sa->policy.auth == ALG_AUTH_HYBRID_I;
}

static void add_policy(struct ike_policy *out, size_t *n, const struct ike_policy *like,
		       uint16_t auth)
{
	out[*n] = *like;
	out[(*n)++].auth = auth;
}

/* Without its own certificate a client has but one method. */
static void add_hybrid(struct ike_policy *out, size_t *n, const struct ike_policy *like)
{
	if (like->auth == ALG_AUTH_RSA_SIG) {
		add_policy(out, n, like, ALG_AUTH_HYBRID_I);
	} else if (like->auth == ALG_AUTH_PSK) {
		add_policy(out, n, like, ALG_AUTH_XAUTH_I_PSK);
		add_policy(out, n, like, ALG_AUTH_PSK);
	}
}

static bool is_keyed(uint16_t auth)
{
	const struct alg_auth_row *row = alg_auth_row(auth);

	return row && row->psk;
}

size_t phase1_policies(const struct ike_sa *sa, size_t public_len, struct ike_policy *out)
{
	const struct ike_peer *config = &sa->hs->config;
	size_t n = 0;

	for (size_t i = 0; i < config->n_policies; i++) {
		const struct ike_policy *p = &config->policies[i];
		const struct alg_group_row *group = alg_group_row(p->group);

		if (config->keyed && sa->initiator && !is_keyed(p->auth))
			continue;
		if (public_len && (!group || group->public_bytes != public_len))
			continue;
		if (config->xauth && config->hybrid) {
			add_hybrid(out, &n, p);
			continue;
		}
		if (config->xauth && with_login(p->auth))
			add_policy(out, &n, p, with_login(p->auth));
		add_policy(out, &n, p, p->auth);
	}
	return n;
}

void phase1_write_ke(struct ike_out *out, const struct ike_sa *sa)
{
	const struct ike_handshake *hs = sa->hs;
	const struct ike_nonce *nonce = sa->initiator ? &hs->nonce_i : &hs->nonce_r;

	ike_say(sa, IKE_SAY_BUILD_KE);
	ike_build_payload(&out->b, IKE_PAYLOAD_KE, sa->initiator ? hs->public_i : hs->public_r,
			  hs->public_len);
	ike_build_payload(&out->b, IKE_PAYLOAD_NONCE, nonce->b, nonce->len);
}
