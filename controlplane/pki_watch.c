/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/pki_watch.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/sa_remove.h"
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_verify.h"

enum {
	INTERVAL_MS = 60000,
	AT_ONCE = 16, /* chains of one turn: some milliseconds */
	/* one that is younger may belong to a negotiation that no SA shows yet */
	YOUNG_MS = 120000,
};

static void mark_sa(void *ctx, const struct ike_sa_info *sa)
{
	struct control *c = ctx;
	struct proof *proof = proofs_find(&c->proofs, sa->path.who);

	if (proof)
		proof->stands = true;
}

static void mark_pairs(struct control *c)
{
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &c->store.pairs, link) {
		struct proof *proof = proofs_find(&c->proofs, pair->path.who);

		if (proof)
			proof->stands = true;
	}
}

/* Forgets what nothing stands on. */
static void sweep(struct control *c, uint64_t now_ms)
{
	struct proof *proof = TAILQ_FIRST(&c->proofs.all), *next;

	c->proofs.swept_ms = now_ms;
	ike_engine_each(c->engine, mark_sa, c);
	mark_pairs(c);
	for (; proof; proof = next) {
		next = TAILQ_NEXT(proof, link);
		if (!proof->stands && now_ms - proof->made_ms >= YOUNG_MS)
			proofs_remove(&c->proofs, proof);
		else
			proof->stands = false;
	}
}

static void end_pairs(struct control *c, uint64_t who, enum ike_reason reason)
{
	struct sa_pair *pair = LIST_FIRST(&c->store.pairs), *next;

	for (; pair; pair = next) {
		next = LIST_NEXT(pair, link);
		if (pair->path.who == who && pair->state != SA_STATE_LARVAL &&
		    pair->state != SA_STATE_DYING)
			sa_remove_pair(&c->store, pair, reason, false);
	}
}

static void end(struct control *c, struct proof *proof, enum ike_reason reason)
{
	char peer[ADDR_TEXT];
	struct pki_cert_info info = {0};

	if (pki_cert_describe(proof->certs[0].data, proof->certs[0].len, &info))
		info.subject[0] = '\0';
	debug_log_event(c->log, DEBUG_LOG_PKI_PEER, "peer %s, \"%s\": %s: its SAs end",
			addr_print(&proof->remote, peer, sizeof(peer)), info.subject,
			ike_reason_text(reason));
	end_pairs(c, proof->who, reason);
	ike_engine_end_who(c->engine, proof->who, reason);
	proofs_remove(&c->proofs, proof);
}

static void look(struct control *c, struct proof *proof, uint64_t now_ms)
{
	struct proofs *p = &c->proofs;
	enum pki_verdict verdict = PKI_UNKNOWN_CA;

	proof->checked_ms = now_ms > p->doubted_ms ? now_ms : p->doubted_ms;
	TAILQ_REMOVE(&p->all, proof, link);
	TAILQ_INSERT_TAIL(&p->all, proof, link);
	/* until the files are read, what is missing is no reason */
	if (!proof->n_certs || (!c->pki.pki && (c->pki.loading || c->pki.load_wanted)))
		return;
	if (c->pki.pki)
		verdict = pki_verify_chain(c->pki.pki, proof->certs, proof->n_certs);
	/* memory that was short says nothing about the peer */
	if (verdict != PKI_GOOD && verdict != PKI_FAILED)
		end(c, proof, ike_cert_reason(verdict));
}

static bool due(const struct proofs *p, const struct proof *proof, uint64_t now_ms)
{
	return proof->checked_ms < p->doubted_ms || now_ms >= proof->checked_ms + INTERVAL_MS;
}

uint64_t pki_watch_turn(struct control *c, uint64_t now_ms)
{
	struct proofs *p = &c->proofs;

	if (TAILQ_EMPTY(&p->all) || c->stop_ms)
		return UINT64_MAX;
	if (now_ms >= p->swept_ms + INTERVAL_MS)
		sweep(c, now_ms);
	for (unsigned i = 0; i < AT_ONCE; i++) {
		struct proof *proof = TAILQ_FIRST(&p->all);

		if (!proof)
			return UINT64_MAX;
		if (!due(p, proof, now_ms))
			return proof->checked_ms + INTERVAL_MS;
		look(c, proof, now_ms);
	}
	return now_ms;
}

void pki_watch_doubt(struct control *c)
{
	c->proofs.doubted_ms = c->now_ms() + 1;
}
