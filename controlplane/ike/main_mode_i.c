/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/main_mode_i.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"

#include <errno.h>
#include <string.h>

/* Message 1: HDR, SA, VID. */
int main_mode_i_send_offer(struct ike_work *work, struct ike_out *out)
{
	const size_t body_at = IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	int rc;

	ike_say(sa, IKE_SAY_NO_AGGRESSIVE);
	phase1_say_keys(sa, true);
	ike_say(sa, IKE_SAY_BUILD_SA);
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, false);
	ike_proposal_build_p1(&out->b, hs->config.policies, hs->config.n_policies);
	if (out->b.w.bad || out->b.w.len <= body_at)
		return -ENOBUFS;
	rc = phase1_set_sa_body(hs, out->buf + body_at, out->b.w.len - body_at);
	if (rc)
		return rc;
	phase1_write_offered_vendors(out, sa);
	ike_debug_arrived(sa, work->txn, 0, work->step);
	ike_say(sa, IKE_SAY_BEGIN_MAIN);
	return 0;
}

/* Message 2: HDR, SA, VID. */
int main_mode_i_receive_choice(struct ike_work *work)
{
	const struct ike_peer *config = &work->sa->hs->config;
	struct ike_sa_offer offer;
	int verdict;

	ike_say(work->sa, IKE_SAY_SA_PAYLOAD);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_1, &offer);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(work->sa, IKE_SAY_OAKLEY_GOOD);
	work->main.vendors = phase1_vendors(work->sa, &work->msg);
	phase1_say_keys(work->sa, false);
	verdict = ike_proposal_verify_p1(&offer, config->policies, config->n_policies,
					 &work->main.choice);
	if (verdict != IKE_PARSED) {
		ike_evidence_refused_p1(work->sa, &offer, config->policies, config->n_policies);
		return verdict;
	}
	ike_debug_accepted_p1(work->sa, &offer, &work->main.choice);
	ike_debug_method(work->sa, true, config->local_id.type);
	work->dh.group = work->main.choice.policy.group;
	return IKE_PARSED;
}

/* Message 3: HDR, KE, Ni, NAT-D, NAT-D. */
int main_mode_i_send_ke(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const uint8_t *public = prim_dh_public(hs->dh, &hs->public_len);
	int rc = phase1_own_nonce(sa, &hs->nonce_i);

	if (rc)
		return rc;
	memcpy(hs->public_i, public, hs->public_len);
	ike_sa_set_cookie_r(sa, work->msg.header.cookie_r);
	sa->policy = work->main.choice.policy;
	phase1_agree(sa, work->main.vendors & phase1_own_vendors(&hs->config));
	ike_cert_take_requests(work);
	ike_debug_process(work);
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, false);
	phase1_write_ke(out, sa);
	ike_cert_write_requests(out, sa);
	return natt_write(out, sa);
}

/* Message 4: HDR, KE, Nr, NAT-D, NAT-D. */
int main_mode_i_receive_ke(struct ike_work *work)
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
	work->dh.group = work->sa->policy.group;
	work->dh.peer = ke->body;
	work->dh.peer_len = ke->len;
	return IKE_PARSED;
}

/*
 * Whether to say that we know nothing of the peer. Of several behind one address one may have been
 * lost, but this may be another one, whose SAs stand.
 */
static bool is_initial_contact(const struct ike_sa *sa)
{
	struct ike_path anybody = sa->path;

	anybody.peer = 0;
	return ike_contact_is_first(sa->engine, &anybody.remote) &&
	       !ike_sa_best(sa->engine, &anybody);
}

/* Message 4 is accepted: there are keys. */
static int take_ke(struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	int rc;

	memcpy(hs->public_r, ke->body, ke->len);
	phase1_take_nonce(&hs->nonce_r, nonce);
	rc = phase1_derive(work);
	if (rc)
		return rc;
	sa->dpd.peer_does |= (work->main.vendors & (1u << IKE_VENDOR_DPD)) != 0;
	sa->natt.local = work->main.nat_local;
	sa->natt.remote = work->main.nat_remote;
	phase1_say_vendors_late(sa, &work->msg);
	natt_say(sa);
	natt_float(sa);
	ike_cert_take_requests(work);
	ike_debug_process(work);
	return 0;
}

/*
 * Message 5: HDR*, IDii, HASH_I (or [CERT,] SIG_I), N(INITIAL-CONTACT). From here on over 4500 when
 * there is a NAT. Called again when the signature is made.
 */
int main_mode_i_send_auth(struct ike_work *work, struct ike_out *out)
{
	int rc = work->cert.made ? 0 : take_ke(work);

	if (rc)
		return rc;
	return phase1_write_auth(work, out, is_initial_contact(work->sa));
}

/* Message 6: HDR*, IDir, HASH_R or [CERT,] SIG_R: phase1_check_auth(). */
int main_mode_i_receive_auth(struct ike_work *)
{
	return IKE_PARSED;
}

int main_mode_i_finish(struct ike_work *work, struct ike_out *)
{
	struct ike_sa *sa = work->sa;

	sa->remote_id = work->main.id;
	natt_follow(sa, &work->path);
	sa->initial_contact = work->main.initial_contact;
	ike_life_read(sa, &work->msg);
	return 0;
}
