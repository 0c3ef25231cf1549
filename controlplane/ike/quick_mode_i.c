/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/quick_mode_i.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/quick_mode.h"

#include <errno.h>
#include <string.h>

static void write_ids(struct ike_out *out, const struct selector *s)
{
	struct ike_id id;

	ike_id_of_prefix(&id, &s->local, s->protocol, s->local_port);
	ike_id_build(&out->b, &id);
	ike_id_of_prefix(&id, &s->remote, s->protocol, s->remote_port);
	ike_id_build(&out->b, &id);
}

/* Message 1: HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]. */
int quick_mode_i_send_offer(struct ike_work *work, struct ike_out *out)
{
	struct ike_quick *quick = quick_mode_of(work->txn);
	const struct ike_child_config *config = &quick->config;
	struct ike_sa *sa = work->sa;
	const struct ike_env *env = &sa->engine->env;
	int rc = quick_mode_own_nonce(quick, &quick->nonce_i);

	if (rc)
		return rc;
	quick->spi_in = env->spi_alloc(env->ctx, config->tunnel);
	if (!quick->spi_in)
		return -ENOSPC;
	ike_debug_spi(sa, config, quick->spi_in, true);
	ike_out_begin_hashed(out, sa, IKE_EXCHANGE_QUICK, work->txn->msgid, NULL);
	ike_proposal_build_p2(&out->b, config, quick_mode_encapsulation(sa, config->transport),
			      quick->spi_in);
	ike_build_payload(&out->b, IKE_PAYLOAD_NONCE, quick->nonce_i.b, quick->nonce_i.len);
	quick_mode_write_ke(out, quick);
	ike_debug_own_proxies(sa, &config->selector, true);
	write_ids(out, &config->selector);
	if (config->transport && natt_found(sa))
		quick_mode_write_natoa(out, sa, true);
	ike_say(sa, IKE_SAY_QM_BUILD_HASH);
	return 0;
}

/* RESPONDER-LIFETIME in message 2 (RFC 2407 4.6.3.1): the lower lifetime counts (R042). */
static int read_notifies(struct ike_work *work)
{
	const struct ike_payload *p;
	struct ike_notify n;

	for (size_t i = 0; (p = ike_msg_get(&work->msg, IKE_PAYLOAD_NOTIFY, i)); i++) {
		uint64_t seconds = 0;
		uint64_t kilobytes = 0;
		int verdict = ike_payload_parse_notify(p, &n);

		if (verdict != IKE_PARSED)
			return verdict;
		if (n.type != IKE_NOTIFY_RESPONDER_LIFETIME)
			continue;
		verdict = ike_payload_parse_lifetimes(&n, &seconds, &kilobytes);
		if (verdict != IKE_PARSED)
			return verdict;
		ike_say(work->sa, IKE_SAY_QM_LIFETIME, work->quick.choice.spi,
			work->msg.header.msgid, seconds);
		ike_say(work->sa, IKE_SAY_QM_LIFETIME_FORCED,
			quick_mode_of(work->txn)->config.lifetime_s, seconds);
		if (seconds && seconds < IKE_LIFETIME_MIN_S)
			seconds = IKE_LIFETIME_MIN_S;
		if (kilobytes && kilobytes < IKE_LIFETIME_MIN_KB)
			kilobytes = IKE_LIFETIME_MIN_KB;
		work->quick.lifetime_s = seconds < UINT32_MAX ? (uint32_t)seconds : 0;
		work->quick.lifetime_kb = kilobytes < UINT32_MAX ? (uint32_t)kilobytes : 0;
	}
	return IKE_PARSED;
}

static bool nonce_reflected(const struct ike_work *work, const struct ike_quick *quick)
{
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);

	return nonce->len == quick->nonce_i.len &&
	       memcmp(nonce->body, quick->nonce_i.b, nonce->len) == 0;
}

/* An authenticated peer that changes what was offered ends the exchange (H103). */
static int refuse(struct ike_work *work, enum ike_reason reason, uint16_t notify, int verdict)
{
	work->reason = reason;
	work->notify = notify;
	return verdict;
}

/* Message 2: HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr] [, N]. */
int quick_mode_i_receive_choice(struct ike_work *work)
{
	struct ike_quick *quick = quick_mode_of(work->txn);
	const struct ike_child_config *config = &quick->config;
	struct ike_choice *choice = &work->quick.choice;
	struct ike_sa_offer offer;
	struct selector selector;
	int verdict;

	ike_say(work->sa, IKE_SAY_QM_SA, work->txn->msgid);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_2, &offer);
	if (verdict != IKE_PARSED)
		return refuse(work, IKE_REASON_MALFORMED, 0, verdict);
	ike_evidence_offer_p2(work, &offer);
	verdict = ike_proposal_verify_p2(
		&offer, config, quick_mode_encapsulation(work->sa, config->transport), choice);
	if (verdict != IKE_PARSED) {
		ike_evidence_refused_p2(work, &offer, config);
		return refuse(work, IKE_REASON_NO_PROPOSAL_P2, IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
			      verdict);
	}
	ike_debug_accepted_p2(work->sa, &offer);
	verdict = quick_mode_check_payloads(work, choice->group);
	if (verdict != IKE_PARSED)
		return refuse(work, IKE_REASON_PFS_MISMATCH, IKE_NOTIFY_INVALID_KEY_INFORMATION,
			      verdict);
	ike_debug_proxies(work);
	if (nonce_reflected(work, quick))
		return refuse(work, IKE_REASON_MALFORMED, 0, IKE_COUNT_REFLECTION);
	verdict = quick_mode_selector(work, true, &work->quick.has_ids, &selector);
	if (verdict == IKE_PARSED && config->transport && natt_found(work->sa))
		verdict = quick_mode_through_nat(work, &selector);
	ike_evidence_proxies(work, verdict == IKE_PARSED ? &selector : NULL);
	if (verdict == IKE_PARSED && !selector_eq(&selector, &config->selector))
		verdict = IKE_COUNT_PROXY_ID;
	if (verdict != IKE_PARSED)
		return refuse(work, IKE_REASON_PROXY_MISMATCH, IKE_NOTIFY_INVALID_ID_INFORMATION,
			      verdict);
	verdict = read_notifies(work);
	if (verdict != IKE_PARSED)
		return refuse(work, IKE_REASON_MALFORMED, 0, verdict);
	work->dh.home = &quick->dh;
	return IKE_PARSED;
}

/* Message 3: HDR*, HASH(3). Held until our inbound SA is installed. */
int quick_mode_i_send_confirm(struct ike_work *work, struct ike_out *out)
{
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	struct ike_quick *quick = quick_mode_of(work->txn);
	struct ike_sa *sa = work->sa;
	uint8_t digest[PRIM_DIGEST_MAX];
	int rc;

	quick->nonce_r.len = (uint16_t)nonce->len;
	memcpy(quick->nonce_r.b, nonce->body, nonce->len);
	rc = ike_keys_hash3(&sa->keys, work->txn->msgid, &quick->nonce_i, &quick->nonce_r, digest);
	if (rc)
		return rc;
	ike_out_begin(out, sa, IKE_EXCHANGE_QUICK, work->txn->msgid, true);
	ike_build_payload(&out->b, IKE_PAYLOAD_HASH, digest,
			  alg_hash_row(sa->keys.hash)->digest_bytes);
	out->hold = true;
	rc = quick_mode_install(work);
	if (rc == 0)
		ike_debug_loading(sa, &quick->child);
	return rc;
}
