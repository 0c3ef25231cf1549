/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"

#include <stdlib.h>
#include <string.h>

static struct ike_record *record_of(const struct ike_sa *sa)
{
	return sa->hs ? sa->hs->record : NULL;
}

void ike_evidence_put_id(struct ike_record_id *out, const struct ike_id *id)
{
	char text[IKE_ID_TEXT];

	*out = (struct ike_record_id){.type = id->type};
	if (!id->type)
		return;
	ike_id_print(id, text, sizeof(text));
	memcpy(out->text, text, strnlen(text, sizeof(out->text) - 1));
}

/* Before a method is agreed on, a key counts for more than certificates. */
static enum ike_record_key key_of(const struct ike_sa *sa)
{
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const struct ike_peer *config = &sa->hs->config;

	if (auth && !auth->psk)
		return IKE_RECORD_KEY_CERTIFICATE;
	if (config->decoy)
		return IKE_RECORD_KEY_DECOY;
	if (!config->has_key)
		return config->pki && !auth ? IKE_RECORD_KEY_CERTIFICATE : IKE_RECORD_KEY_NONE;
	if (config->group[0])
		return IKE_RECORD_KEY_GROUP;
	if (config->by_name)
		return IKE_RECORD_KEY_NAME;
	return config->named ? IKE_RECORD_KEY_ADDRESS : IKE_RECORD_KEY_WILDCARD;
}

static bool speaks_natt(uint32_t vendors)
{
	return natt_version(vendors) != IKE_VENDOR_COUNT;
}

void ike_evidence_see_phase1(const struct ike_sa *sa, struct ike_record *r)
{
	const struct ike_handshake *hs = sa->hs;
	struct ike_record_phase1 *p = &r->phase1;

	r->hint = sa->main.hint;
	if (sa->policy.cipher)
		r->chosen = ike_record_terms_of_policy(&sa->policy);
	p->key = (uint8_t)key_of(sa);
	ike_evidence_put_id(&p->id_local, &hs->own_id);
	if (hs->peer_id.type)
		ike_evidence_put_id(&p->id_remote, &hs->peer_id);
	p->natt_local = hs->config.nat_traversal;
	p->natt_remote = speaks_natt(hs->vendors);
	p->nat_local = sa->natt.local;
	p->nat_remote = sa->natt.remote;
	p->peer_vendors = (uint16_t)hs->vendors;
	p->unity = hs->vendors & 1u << IKE_VENDOR_UNITY;
	p->lifetime_s = sa->policy.lifetime_s;
}

static void see_and_tell(const struct ike_sa *sa, struct ike_record *r)
{
	ike_evidence_see_phase1(sa, r);
	ike_evidence_tell(sa, r);
}

/* Aggressive mode offers policies of one group and one method only. */
static bool is_offered(const struct ike_sa *sa, const struct ike_policy *p)
{
	const struct ike_policy *first = &sa->hs->config.policies[0];

	return sa->main.exchange != IKE_EXCHANGE_AGGRESSIVE ||
	       (p->group == first->group && p->auth == first->auth);
}

void ike_evidence_begin(struct ike_sa *sa)
{
	const struct ike_peer *config = &sa->hs->config;
	struct ike_record *r = ike_evidence_create(sa, IKE_RECORD_PHASE1, sa->initiator);

	sa->hs->record = r;
	for (size_t i = 0; r && sa->initiator && i < config->n_policies; i++) {
		if (!is_offered(sa, &config->policies[i]))
			continue;
		r->n_offers++;
		if (r->n_offers_kept < IKE_RECORD_OFFERS)
			r->offers[r->n_offers_kept++] =
				ike_record_terms_of_policy(&config->policies[i]);
	}
}

void ike_evidence_offer_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer)
{
	struct ike_record *r = record_of(sa);

	if (r)
		ike_record_terms_keep(r, offer);
}

void ike_evidence_refused_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			     const struct ike_policy *policies, size_t n)
{
	struct ike_record_terms wanted[PHASE1_POLICIES_MAX];
	struct ike_record *r = record_of(sa);

	if (!r)
		return;
	for (size_t i = 0; i < n; i++)
		wanted[i] = ike_record_terms_of_policy(&policies[i]);
	ike_record_terms_nearest(r, offer, wanted, n);
}

void ike_evidence_peer_id(const struct ike_sa *sa, const struct ike_id *id)
{
	struct ike_record *r = record_of(sa);

	if (r)
		ike_evidence_put_id(&r->phase1.id_remote, id);
}

void ike_evidence_expected_id(const struct ike_sa *sa)
{
	struct ike_record *r = record_of(sa);
	struct ike_id id;

	if (!r)
		return;
	id = sa->hs->config.remote_id;
	if (!id.type)
		ike_id_of_addr(&id, &sa->path.remote, 0);
	ike_evidence_put_id(&r->phase1.id_expected, &id);
}

void ike_evidence_notified(const struct ike_sa *sa, uint16_t type, bool proven)
{
	struct ike_record *r = record_of(sa);

	if (!r || type >= IKE_NOTIFY_CONNECTED)
		return;
	r->notify = type;
	r->notify_proven = proven;
	see_and_tell(sa, r);
}

void ike_evidence_notify_sent(const struct ike_sa *sa, uint16_t type)
{
	struct ike_record *r = record_of(sa);

	if (!r)
		return;
	r->notify_sent = type;
	see_and_tell(sa, r);
}

void ike_evidence_hint(const struct ike_sa *sa)
{
	struct ike_record *r = record_of(sa);

	if (r)
		see_and_tell(sa, r);
}

void ike_evidence_up(const struct ike_sa *sa)
{
	struct ike_record *r = record_of(sa);

	if (!r)
		return;
	ike_evidence_see_phase1(sa, r);
	ike_evidence_put_id(&r->phase1.id_remote, &sa->remote_id);
	r->up = true;
	r->reason = IKE_REASON_NONE;
	ike_evidence_close(sa, r, IKE_REASON_NONE);
}

void ike_evidence_ended(const struct ike_sa *sa, enum ike_reason reason)
{
	struct ike_record *r = record_of(sa);

	if (r && !r->ended_ms) {
		ike_evidence_see_phase1(sa, r);
		ike_evidence_close(sa, r, reason);
	}
	r = sa->access.record;
	if (r && !r->ended_ms) {
		ike_evidence_see_login(sa, r);
		ike_evidence_close(sa, r, reason);
	}
}
