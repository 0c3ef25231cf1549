/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/quick_mode.h"

#include <stdlib.h>
#include <string.h>

static void put_entry(struct ike_record *r, const struct ike_child_config *config)
{
	r->quick.known = true;
	r->quick.tunnel = config->tunnel;
	r->quick.ours = config->selector;
	r->quick.group_wanted = config->pfs_group;
}

static size_t wanted_of(const struct ike_sa *sa, const struct ike_child_config *config,
			struct ike_record_terms *out)
{
	for (size_t i = 0; i < config->n_suites; i++)
		out[i] = ike_record_terms_of_suite(config, i, natt_found(sa));
	return config->n_suites;
}

static bool suite_is(const struct ike_child_config *config, size_t i, const struct ike_child *child)
{
	return config->suites[i].cipher == child->suite.cipher &&
	       config->suites[i].hash == child->suite.hash && (config->esn >> i & 1) == child->esn;
}

static bool is_lower(uint32_t in_use, uint32_t wanted)
{
	return in_use && (!wanted || in_use < wanted);
}

/* What was agreed on, once there are keys for it. */
static void see_child(const struct ike_quick *quick, struct ike_record *r)
{
	const struct ike_child_config *config = &quick->config;
	const struct ike_child *child = &quick->child;
	struct ike_record_quick *q = &r->quick;

	for (size_t i = 0; i < config->n_suites; i++)
		if (suite_is(config, i, child))
			r->chosen = ike_record_terms_of_suite(config, i, child->udp);
	r->chosen.group = child->pfs_group;
	r->chosen.lifetime_s = child->lifetime_s;
	r->chosen.lifetime_kb = child->lifetime_kb;
	q->lifetime_s = child->lifetime_s;
	q->lifetime_kb = child->lifetime_kb;
	q->lifetime_lowered = is_lower(child->lifetime_s, config->lifetime_s) ||
			      is_lower(child->lifetime_kb, config->lifetime_kb);
}

void ike_evidence_see_quick(const struct ike_quick *quick, struct ike_record *r)
{
	r->hint = quick->txn.hint;
	r->quick.msgid = quick->txn.msgid;
	r->quick.spi_in = quick->spi_in;
	r->quick.spi_out = quick->spi_out;
	if (quick->child.spi_out)
		see_child(quick, r);
}

void ike_evidence_begin_quick(struct ike_quick *quick)
{
	const struct ike_child_config *config = &quick->config;
	const struct ike_sa *sa = quick->txn.sa;
	struct ike_record *r = ike_evidence_create(sa, IKE_RECORD_QUICK, true);

	quick->record = r;
	if (!r)
		return;
	put_entry(r, config);
	r->n_offers = (uint16_t)config->n_suites;
	r->n_offers_kept = (uint8_t)wanted_of(sa, config, r->offers);
}

void ike_evidence_begin_offered(struct ike_work *work)
{
	work->record = ike_evidence_create(work->sa, IKE_RECORD_QUICK, false);
	if (work->record)
		work->record->quick.msgid = work->msg.header.msgid;
}

void ike_evidence_take_offered(struct ike_quick *quick, struct ike_work *work)
{
	quick->record = work->record;
	work->record = NULL;
}

void ike_evidence_offer_p2(const struct ike_work *work, const struct ike_sa_offer *offer)
{
	struct ike_record *r = ike_evidence_of_work(work);

	if (!r)
		return;
	if (!r->initiator)
		ike_record_terms_keep(r, offer);
	r->quick.group_offered = offer->transforms[0].group;
	r->quick.ke_received = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
}

void ike_evidence_refused_p2(const struct ike_work *work, const struct ike_sa_offer *offer,
			     const struct ike_child_config *config)
{
	struct ike_record_terms wanted[IKE_SUITES_MAX];
	struct ike_record *r = ike_evidence_of_work(work);

	if (r)
		ike_record_terms_nearest(r, offer, wanted, wanted_of(work->sa, config, wanted));
}

void ike_evidence_proxies(const struct ike_work *work, const struct selector *s)
{
	struct ike_record *r = ike_evidence_of_work(work);

	if (!r)
		return;
	r->quick.range = !s && work->quick.note[0];
	if (!s)
		return;
	r->quick.offered = *s;
	r->quick.has_offered = true;
	r->quick.answered_others = r->initiator && !selector_eq(s, &r->quick.ours);
}

void ike_evidence_entry(const struct ike_work *work)
{
	struct ike_record *r = ike_evidence_of_work(work);

	if (r)
		put_entry(r, &work->quick.config);
}

void ike_evidence_quick_notified(const struct ike_quick *quick, uint16_t type)
{
	struct ike_record *r = quick->record;

	if (!r || r->ended_ms)
		return;
	r->notify = type;
	r->notify_proven = true;
}

void ike_evidence_quick_up(const struct ike_quick *quick)
{
	struct ike_record *r = quick->record;

	if (!r)
		return;
	ike_evidence_see_quick(quick, r);
	r->up = true;
	ike_evidence_close(quick->txn.sa, r, IKE_REASON_NONE);
}

void ike_evidence_quick_ended(const struct ike_quick *quick, enum ike_reason reason)
{
	struct ike_record *r = quick->record;

	if (!r || r->ended_ms)
		return;
	ike_evidence_see_quick(quick, r);
	ike_evidence_close(quick->txn.sa, r, reason);
}
