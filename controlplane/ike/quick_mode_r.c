/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/quick_mode_r.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/quick_mode.h"

#include <errno.h>
#include <string.h>

static int refuse(struct ike_work *work, enum ike_reason reason, uint16_t notify, int verdict)
{
	work->reason = reason;
	work->notify = notify;
	return verdict;
}

struct fit {
	struct ike_fit base; /* must be first */
	const struct ike_sa_offer *offer;
	bool udp;
};

static bool fits(const struct ike_fit *base, const struct ike_child_config *config)
{
	const struct fit *fit = (const struct fit *)base;
	struct ike_choice choice;

	return ike_proposal_select_p2(fit->offer, config, fit->udp, NULL, NULL, &choice) ==
	       IKE_PARSED;
}

/* What our configuration has for the peer's proxies. */
static int find_config(struct ike_work *work, const struct selector *selector,
		       const struct ike_sa_offer *offer)
{
	const struct fit fit = {{fits}, offer, natt_found(work->sa)};
	const struct ike_env *env = &work->engine->env;
	enum ike_reason why = IKE_REASON_PROXY_MISMATCH;

	if (env->child(env->ctx, &work->sa->path, selector, &fit.base, &work->quick.config, &why) ==
	    0)
		return IKE_PARSED;
	ike_say(work->sa, IKE_SAY_QM_POLICY, ike_reason_text(why));
	return refuse(work, why, IKE_NOTIFY_INVALID_ID_INFORMATION, IKE_COUNT_PROXY_ID);
}

/* A protocol we do not speak is the reason when nothing else was looked at. */
static enum ike_reason refusal_reason(const struct ike_sa_offer *offer,
				      const struct ike_choice *choice, int verdict)
{
	if (verdict == IKE_COUNT_BAD_GROUP)
		return IKE_REASON_PFS_MISMATCH;
	if (choice->refusal == IKE_REFUSAL_PROTOCOL && ike_proposal_offers(offer, IKE_PROTOCOL_AH))
		return IKE_REASON_AH_OFFERED;
	if (choice->refusal == IKE_REFUSAL_PROTOCOL &&
	    ike_proposal_offers(offer, IKE_PROTOCOL_IPCOMP))
		return IKE_REASON_IPCOMP_OFFERED;
	return IKE_REASON_NO_PROPOSAL_P2;
}

static int choose(struct ike_work *work, const struct ike_sa_offer *offer)
{
	struct ike_choice *choice = &work->quick.choice;
	int verdict = ike_proposal_select_p2(offer, &work->quick.config, natt_found(work->sa),
					     ike_debug_check_p2, work, choice);

	if (verdict == IKE_PARSED)
		return IKE_PARSED;
	ike_evidence_refused_p2(work, offer, &work->quick.config);
	ike_say(work->sa, IKE_SAY_QM_REFUSED);
	return refuse(work, refusal_reason(offer, choice, verdict), IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
		      verdict);
}

/*
 * Message 1: HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]. Checks in the order peer, proxies,
 * transform, PFS (R037). The exchange gets its place under the SA last.
 */
int quick_mode_r_receive_offer(struct ike_work *work)
{
	struct ike_sa_offer offer;
	struct selector selector;
	struct ike_quick *quick;
	int verdict;
	int rc;

	/* The message is authentic: its ID is used up even if the offer is refused (H084). */
	ike_evidence_begin_offered(work);
	rc = ike_sa_use_msgid(work->sa, work->msg.header.msgid);
	if (rc)
		return rc == -ENOSPC ? IKE_COUNT_QM_LIMIT : IKE_COUNT_INTERNAL;
	ike_say(work->sa, IKE_SAY_QM_SA, work->msg.header.msgid);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_2, &offer);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_evidence_offer_p2(work, &offer);
	work->quick.choice.spi = offer.proposals[0].spi;
	verdict = quick_mode_selector(work, false, &work->quick.has_ids, &selector);
	if (verdict == IKE_PARSED && natt_found(work->sa) && ike_proposal_offers_udp(&offer, true))
		verdict = quick_mode_through_nat(work, &selector);
	ike_evidence_proxies(work, verdict == IKE_PARSED ? &selector : NULL);
	if (verdict != IKE_PARSED)
		return refuse(work,
			      work->quick.note[0] ? IKE_REASON_PROXY_RANGE
						  : IKE_REASON_PROXY_MISMATCH,
			      IKE_NOTIFY_INVALID_ID_INFORMATION,
			      verdict == IKE_COUNT_NATD ? verdict : IKE_COUNT_PROXY_ID);
	verdict = find_config(work, &selector, &offer);
	ike_say(work->sa, IKE_SAY_QM_IPSEC_SA);
	if (verdict == IKE_PARSED) {
		ike_evidence_entry(work);
		verdict = choose(work, &offer);
	}
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = quick_mode_check_payloads(work, work->quick.choice.group);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_debug_proxies(work);
	work->quick.config.selector = selector;
	quick = quick_mode_create(work->sa, work->msg.header.msgid, false, &work->quick.config);
	if (!quick)
		return IKE_COUNT_INTERNAL;
	quick->txn.give_up_ms = ike_engine_now(work->engine) + IKE_TXN_EMBRYONIC_MS;
	ike_evidence_take_offered(quick, work);
	quick_mode_look_for_collision(quick);
	work->txn = &quick->txn;
	work->dh.home = &quick->dh;
	return IKE_PARSED;
}

/* The identities go back as they came: peers compare bytes. */
static void echo_ids(const struct ike_work *work, struct ike_out *out)
{
	for (size_t i = 0; work->quick.has_ids && i < 2; i++) {
		const struct ike_payload *id = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, i);

		ike_build_payload(&out->b, IKE_PAYLOAD_ID, id->body, id->len);
	}
}

/*
 * Message 2: HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr] [, N]. Held until the inbound SA is
 * installed.
 */
int quick_mode_r_send_choice(struct ike_work *work, struct ike_out *out)
{
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	struct ike_quick *quick = quick_mode_of(work->txn);
	const struct ike_choice *choice = &work->quick.choice;
	struct ike_sa *sa = work->sa;
	const struct ike_env *env = &sa->engine->env;
	int rc;

	quick->nonce_i.len = (uint16_t)nonce->len;
	memcpy(quick->nonce_i.b, nonce->body, nonce->len);
	rc = quick_mode_own_nonce(quick, &quick->nonce_r);
	if (rc)
		return rc;
	quick->spi_in = env->spi_alloc(env->ctx, quick->config.tunnel);
	if (!quick->spi_in)
		return -ENOSPC;
	ike_debug_spi(sa, &quick->config, quick->spi_in, false);
	ike_out_begin_hashed(out, sa, IKE_EXCHANGE_QUICK, work->txn->msgid, &quick->nonce_i);
	ike_proposal_build_choice(&out->b, choice, quick->spi_in);
	ike_build_payload(&out->b, IKE_PAYLOAD_NONCE, quick->nonce_r.b, quick->nonce_r.len);
	quick_mode_write_ke(out, quick);
	ike_debug_own_proxies(sa, &quick->config.selector, false);
	echo_ids(work, out);
	if (quick->config.transport && natt_found(sa))
		quick_mode_write_natoa(out, sa, false);
	if (choice->lifetime_changed)
		ike_payload_build_responder_lifetime(&out->b, quick->spi_in, choice->lifetime_s,
						     choice->lifetime_kb);
	ike_say(sa, IKE_SAY_QM_BUILD_HASH);
	out->hold = true;
	return quick_mode_install(work);
}

/* Message 3: HDR*, HASH(3): the engine has verified all there is. */
int quick_mode_r_receive_confirm(struct ike_work *)
{
	return IKE_PARSED;
}

int quick_mode_r_finish(struct ike_work *, struct ike_out *)
{
	return 0;
}
