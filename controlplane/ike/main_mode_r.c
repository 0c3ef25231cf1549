/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/main_mode_r.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"

#include <string.h>

/* Message 1: HDR, SA, VID. */
int main_mode_r_receive_offer(struct ike_work *work)
{
	struct ike_policy policies[PHASE1_POLICIES_MAX];
	struct ike_sa_offer offer;
	int verdict;
	size_t n;

	ike_say(work->sa, IKE_SAY_SA_PAYLOAD);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_1, &offer);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(work->sa, IKE_SAY_OAKLEY_GOOD);
	ike_evidence_offer_p1(work->sa, &offer);
	work->main.vendors = phase1_vendors(work->sa, &work->msg);
	phase1_say_keys(work->sa, false);
	ike_say(work->sa, IKE_SAY_SA_COMPARE);
	n = phase1_policies(work->sa, 0, policies);
	verdict = ike_proposal_select_p1(&offer, policies, n, ike_debug_check_p1, work->sa,
					 &work->main.choice);
	if (verdict != IKE_PARSED) {
		ike_evidence_refused_p1(work->sa, &offer, policies, n);
		ike_say(work->sa, IKE_SAY_NO_OFFER);
		ike_say(work->sa, IKE_SAY_P1_REFUSED);
		work->notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN;
		work->reason = IKE_REASON_NO_PROPOSAL_P1;
	}
	return verdict;
}

/*
 * Message 2: HDR, SA, VID. Only vendor IDs the initiator sent, and of the NAT-T versions only the
 * one in use: the reply is never larger than the request (H058, H110).
 */
int main_mode_r_send_choice(struct ike_work *work, struct ike_out *out)
{
	const struct ike_payload *body = ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0);
	struct ike_sa *sa = work->sa;
	int rc = phase1_set_sa_body(sa->hs, body->body, body->len);

	if (rc)
		return rc;
	sa->policy = work->main.choice.policy;
	sa->tell_lifetime = work->main.choice.lifetime_changed;
	phase1_agree(sa, work->main.vendors);
	ike_debug_method(sa, true, sa->hs->config.local_id.type);
	ike_debug_process(work);
	ike_say(sa, IKE_SAY_BUILD_SA);
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, false);
	ike_proposal_build_choice(&out->b, &work->main.choice, 0);
	phase1_write_agreed_vendors(out, sa);
	return 0;
}

/* Message 3: HDR, KE, Ni, NAT-D, NAT-D. */
int main_mode_r_receive_ke(struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	int verdict = phase1_check_ke(work, work->sa->policy.group);

	if (verdict != IKE_PARSED)
		return verdict;
	work->main.vendors = phase1_vendors_early(work->sa, &work->msg);
	verdict = natt_detect(work->sa, &work->path, &work->msg, &work->main.nat_local,
			      &work->main.nat_remote);
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = phase1_check_config(work);
	if (verdict != IKE_PARSED)
		return verdict;
	work->dh.group = work->sa->policy.group;
	work->dh.peer = ke->body;
	work->dh.peer_len = ke->len;
	return IKE_PARSED;
}

/* Message 4: HDR, KE, Nr, NAT-D, NAT-D. */
int main_mode_r_send_ke(struct ike_work *work, struct ike_out *out)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const uint8_t *public = prim_dh_public(hs->dh, &hs->public_len);
	int rc = phase1_own_nonce(sa, &hs->nonce_r);

	if (rc)
		return rc;
	memcpy(hs->public_r, public, hs->public_len);
	memcpy(hs->public_i, ke->body, ke->len);
	phase1_take_nonce(&hs->nonce_i, nonce);
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, false);
	phase1_write_ke(out, sa);
	ike_cert_write_requests(out, sa);
	rc = natt_write(out, sa);
	if (rc == 0)
		rc = phase1_derive(work);
	if (rc)
		return rc;
	phase1_say_vendors_late(sa, &work->msg);
	sa->dpd.peer_does |= (work->main.vendors & (1u << IKE_VENDOR_DPD)) != 0;
	sa->natt.local = work->main.nat_local;
	sa->natt.remote = work->main.nat_remote;
	natt_say(sa);
	ike_cert_take_requests(work);
	ike_debug_process(work);
	return 0;
}

/* Message 5: HDR*, IDii, HASH_I, N(INITIAL-CONTACT). The key may be gone since message 3 (H042). */
int main_mode_r_receive_auth(struct ike_work *work)
{
	return phase1_check_config(work); /* the rest is phase1_check_auth() */
}

/* Message 6: HDR*, IDir, HASH_R or [CERT,] SIG_R. Called again when the signature is made. */
int main_mode_r_send_auth(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;

	sa->remote_id = work->main.id;
	sa->initial_contact = work->main.initial_contact;
	natt_follow(sa, &work->path);
	ike_debug_process(work);
	return phase1_write_auth(work, out, false);
}
