/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/aggressive_mode_r.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"
#include "lib/net/ip.h"

#include <string.h>

int aggressive_mode_r_peek_id(const struct ike_header *header, const void *data, size_t len,
			      struct ike_id *id)
{
	struct ike_msg msg;
	int verdict = ike_msg_parse_chain(&msg, header, (const uint8_t *)data + IKE_HEADER_LEN,
					  len - IKE_HEADER_LEN);

	if (verdict == IKE_PARSED)
		verdict = ike_msg_check(&msg, IKE_MESSAGE_AM1);
	if (verdict != IKE_PARSED)
		return verdict;
	return ike_id_parse(ike_msg_get(&msg, IKE_PAYLOAD_ID, 0), id);
}

static int choose(struct ike_work *work, const struct ike_payload *ke)
{
	struct ike_policy policies[PHASE1_POLICIES_MAX];
	size_t n = phase1_policies(work->sa, ke->len, policies);
	struct ike_sa_offer offer;
	int verdict;

	ike_say(work->sa, IKE_SAY_SA_PAYLOAD);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_1, &offer);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(work->sa, IKE_SAY_OAKLEY_GOOD);
	ike_evidence_offer_p1(work->sa, &offer);
	ike_say(work->sa, IKE_SAY_ID_FIRST);
	ike_debug_peer_id(work->sa, &work->sa->hs->peer_id, true);
	work->main.vendors = phase1_vendors(work->sa, &work->msg);
	verdict = ike_proposal_select_p1(&offer, policies, n, ike_debug_check_p1, work->sa,
					 &work->main.choice);
	if (verdict != IKE_PARSED) {
		n = phase1_policies(work->sa, 0, policies);
		ike_evidence_refused_p1(work->sa, &offer, policies, n);
		ike_say(work->sa, IKE_SAY_NO_OFFER);
		ike_say(work->sa, IKE_SAY_P1_REFUSED);
		work->notify = IKE_NOTIFY_NO_PROPOSAL_CHOSEN;
		work->reason = IKE_REASON_NO_PROPOSAL_P1;
	}
	return verdict;
}

/* Message 1: HDR, SA, KE, Ni, IDii, CERTREQ, VID. The group of the public value is the only one. */
int aggressive_mode_r_receive_offer(struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	int verdict = choose(work, ke);

	if (verdict != IKE_PARSED)
		return verdict;
	verdict = phase1_check_ke(work, work->main.choice.policy.group);
	if (verdict != IKE_PARSED)
		return verdict;
	work->dh.group = work->main.choice.policy.group;
	work->dh.peer = ke->body;
	work->dh.peer_len = ke->len;
	return IKE_PARSED;
}

static int take_offer(struct ike_work *work)
{
	const struct ike_payload *body = ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0);
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const uint8_t *public = prim_dh_public(hs->dh, &hs->public_len);
	int rc = phase1_set_sa_body(hs, body->body, body->len);

	if (rc == 0)
		rc = phase1_own_nonce(sa, &hs->nonce_r);
	if (rc)
		return rc;
	sa->policy = work->main.choice.policy;
	phase1_agree(sa, work->main.vendors);
	memcpy(hs->public_r, public, hs->public_len);
	memcpy(hs->public_i, ke->body, ke->len);
	phase1_take_nonce(&hs->nonce_i, ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0));
	ike_cert_take_requests(work);
	rc = phase1_derive(work);
	if (rc)
		return rc;
	ike_say(sa, IKE_SAY_PEER_NODE);
	ike_debug_method(sa, false, phase1_own_id(sa)->type);
	ike_debug_own_id(sa, phase1_own_id(sa),
			 ike_cert_signs(sa, false) ? IKE_PAYLOAD_CERT : IKE_PAYLOAD_HASH);
	ike_say(sa, IKE_SAY_BUILD_SA);
	return 0;
}

/*
 * Message 2: HDR, SA, KE, Nr, IDir, HASH_R or [CERT,] SIG_R, CERTREQ, VID, NAT-D, NAT-D. Whoever
 * has no such name gets the same, under a key that nobody has (R031). Called again when the
 * signature is made.
 */
int aggressive_mode_r_send_choice(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;
	int rc = work->cert.made ? 0 : take_offer(work);

	if (rc)
		return rc;
	ike_out_begin(out, sa, IKE_EXCHANGE_AGGRESSIVE, 0, false);
	ike_proposal_build_choice(&out->b, &work->main.choice, 0);
	phase1_write_ke(out, sa);
	ike_id_build(&out->b, phase1_own_id(sa));
	rc = phase1_write_proof(work, out);
	if (rc)
		return rc;
	ike_cert_write_requests(out, sa);
	phase1_write_agreed_vendors(out, sa);
	return natt_write(out, sa);
}

/* An initiator that floated has found a NAT, even where our view shows none. */
static int detect_nat(struct ike_work *work)
{
	struct ike_work_main *found = &work->main;
	int verdict = natt_detect(work->sa, &work->path, &work->msg, &found->nat_local,
				  &found->nat_remote);

	if (work->sa->natt.enabled && work->path.local_port == IP_PORT_NATT && !found->nat_local)
		found->nat_remote = true;
	return verdict;
}

/* Message 3: HDR[*], HASH_I or [CERT,] SIG_I, NAT-D, NAT-D, N(INITIAL-CONTACT). */
int aggressive_mode_r_receive_auth(struct ike_work *work)
{
	return phase1_check_config(work); /* the rest is aggressive_mode_r_verify() */
}

/*
 * Nobody of that name: refused like one with another key. With hybrid authentication the hash shows
 * nothing; there the login is refused, as for one with another password.
 */
static bool is_nobody(const struct ike_sa *sa)
{
	return sa->hs->config.decoy && !phase1_is_hybrid(sa);
}

/* Called again when a signature has been checked. */
int aggressive_mode_r_verify(struct ike_work *work)
{
	const struct ike_id *id = &work->sa->hs->peer_id;
	bool encrypted = work->msg.header.flags & IKE_FLAG_ENCRYPTED;
	uint8_t *body = work->main.id_body;
	int verdict = phase1_check_proof(work, (struct prim_chunk){body, ike_id_body(id, body)});

	if (verdict == IKE_PARSED && is_nobody(work->sa))
		verdict = IKE_COUNT_AUTH_FAIL;
	if (verdict == IKE_PARSED)
		verdict = detect_nat(work);
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = phase1_check_id(work, id);
	if (verdict != IKE_PARSED)
		return verdict;
	/* HASH_I does not cover it: in clear anybody may have added it. */
	work->main.initial_contact = encrypted && phase1_says_initial_contact(&work->msg);
	phase1_say_authenticated(work);
	return IKE_PARSED;
}

int aggressive_mode_r_finish(struct ike_work *work, struct ike_out *)
{
	struct ike_sa *sa = work->sa;

	sa->remote_id = sa->hs->peer_id;
	sa->initial_contact = work->main.initial_contact;
	sa->natt.local = work->main.nat_local;
	sa->natt.remote = work->main.nat_remote;
	natt_follow(sa, &work->path);
	return 0;
}
