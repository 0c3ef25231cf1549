/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/aggressive_mode_i.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"

#include <errno.h>
#include <string.h>

/*
 * The policies of the first one's group, whose public value message 1 brings, and of its method:
 * the identity in message 1 is what that method can prove.
 */
static size_t like_the_first(const struct ike_peer *config, struct ike_policy *out)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].group == config->policies[0].group &&
		    config->policies[i].auth == config->policies[0].auth)
			out[n++] = config->policies[i];
	return n;
}

/* Message 1: HDR, SA, KE, Ni, IDii, CERTREQ, VID. */
int aggressive_mode_i_send_offer(struct ike_work *work, struct ike_out *out)
{
	const size_t body_at = IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	struct ike_policy policies[IKE_POLICIES_MAX];
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const uint8_t *public = prim_dh_public(hs->dh, &hs->public_len);
	int rc = phase1_own_nonce(sa, &hs->nonce_i);

	if (rc)
		return rc;
	memcpy(hs->public_i, public, hs->public_len);
	/* there is no other to agree on */
	sa->policy.auth = hs->config.policies[0].auth;
	ike_debug_method(sa, false, phase1_own_id(sa)->type);
	ike_debug_own_id(sa, phase1_own_id(sa), IKE_PAYLOAD_VENDOR);
	ike_say(sa, IKE_SAY_BUILD_SA);
	ike_out_begin(out, sa, IKE_EXCHANGE_AGGRESSIVE, 0, false);
	ike_proposal_build_p1(&out->b, policies, like_the_first(&hs->config, policies));
	if (out->b.w.bad || out->b.w.len <= body_at)
		return -ENOBUFS;
	rc = phase1_set_sa_body(hs, out->buf + body_at, out->b.w.len - body_at);
	if (rc)
		return rc;
	phase1_write_ke(out, sa);
	ike_id_build(&out->b, phase1_own_id(sa));
	ike_cert_write_requests(out, sa);
	phase1_write_offered_vendors(out, sa);
	ike_debug_arrived(sa, work->txn, 0, work->step);
	ike_say(sa, IKE_SAY_BEGIN_AGGRESSIVE);
	return 0;
}

/* Message 2: HDR, SA, KE, Nr, IDir, HASH_R or [CERT,] SIG_R, CERTREQ, VID, NAT-D, NAT-D. */
int aggressive_mode_i_receive_choice(struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	struct ike_policy policies[IKE_POLICIES_MAX];
	size_t n = like_the_first(&work->sa->hs->config, policies);
	struct ike_sa_offer offer;
	int verdict;

	ike_say(work->sa, IKE_SAY_SA_PAYLOAD);
	verdict =
		ike_proposal_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_1, &offer);
	if (verdict != IKE_PARSED)
		return verdict;
	work->main.vendors = phase1_vendors(work->sa, &work->msg);
	verdict = ike_proposal_verify_p1(&offer, policies, n, &work->main.choice);
	if (verdict != IKE_PARSED) {
		ike_evidence_refused_p1(work->sa, &offer, policies, n);
		return verdict;
	}
	ike_debug_accepted_p1(work->sa, &offer, &work->main.choice);
	verdict = phase1_check_ke(work, work->main.choice.policy.group);
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = natt_check(&work->msg, work->main.choice.policy.hash);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(work->sa, IKE_SAY_ID);
	verdict = ike_id_parse(ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0), &work->main.id);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_debug_peer_id(work->sa, &work->main.id, false);
	ike_evidence_peer_id(work->sa, &work->main.id);
	work->dh.group = work->main.choice.policy.group;
	work->dh.peer = ke->body;
	work->dh.peer_len = ke->len;
	return IKE_PARSED;
}

/* Keys as they are if this message is the true one; the SA has none until HASH_R shows it. */
static int derive(struct ike_work *work, const struct ike_payload *ke)
{
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	struct ike_nonce nonce_r;
	struct ike_peer config = {0};
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const struct ike_keys_input in = {
		.psk = auth && !auth->psk ? NULL : &config.psk,
		.nonce_i = &hs->nonce_i,
		.nonce_r = &nonce_r,
		.cookie_i = sa->cookie_i,
		.cookie_r = work->msg.header.cookie_r,
		.public_i = hs->public_i,
		.public_r = ke->body,
		.public_len = hs->public_len,
		.shared = work->dh.shared,
		.shared_len = work->dh.shared_len,
	};
	int rc = ike_engine_peer(sa->engine, &sa->path, NULL, &config);

	if (rc)
		return rc;
	phase1_take_nonce(&nonce_r, ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0));
	work->main.keys.hash = work->main.choice.policy.hash;
	work->main.keys.cipher = work->main.choice.policy.cipher;
	rc = ike_keys_derive(&work->main.keys, &in);
	secret_wipe(&config.psk);
	return rc;
}

/* Keys, and HASH_R as it must be: its length, 0 when something failed. */
static size_t expect(struct ike_work *work, uint8_t *want)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	const struct ike_payload *id = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_sa *sa = work->sa;
	const struct ike_handshake *hs = sa->hs;
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const struct ike_keys_auth in = {
		.hash = auth ? auth->hash : ALG_HASH_NONE,
		.public_own = ke->body,
		.public_peer = hs->public_i,
		.public_len = hs->public_len,
		.cookie_own = work->msg.header.cookie_r,
		.cookie_peer = sa->cookie_i,
		.sa = {hs->sa_body, hs->sa_len},
		.id = {id->body, id->len},
	};

	if (derive(work, ke) || ike_keys_auth_hash(&work->main.keys, &in, want))
		return 0;
	return alg_hash_row(in.hash ? in.hash : work->main.keys.hash)->digest_bytes;
}

/* Called again when a signature has been checked. */
int aggressive_mode_i_verify(struct ike_work *work)
{
	const struct ike_payload *id = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_payload *hash = ike_msg_get(&work->msg, IKE_PAYLOAD_HASH, 0);
	const struct ike_sa *sa = work->sa;
	uint8_t want[PRIM_DIGEST_MAX];
	size_t len = work->cert.checked ? 0 : expect(work, want);
	int verdict = IKE_PARSED;

	if (!len && !work->cert.checked)
		return IKE_COUNT_INTERNAL;
	if (ike_cert_signs(sa, false)) {
		verdict = ike_cert_check(work, (struct prim_chunk){want, len},
					 (struct prim_chunk){id->body, id->len});
	} else {
		ike_say(sa, IKE_SAY_HASH);
		if (hash->len != len || !secret_eq(hash->body, want, len))
			verdict = IKE_COUNT_AUTH_FAIL;
	}
	return verdict == IKE_PARSED ? phase1_check_id(work, &work->main.id) : verdict;
}

/* Who we talk to is proved: all that message 2 said is taken over. */
static int take_choice(struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;

	ike_sa_set_cookie_r(sa, work->msg.header.cookie_r);
	sa->policy = work->main.choice.policy;
	phase1_agree(sa, work->main.vendors & phase1_own_vendors(&hs->config));
	memcpy(hs->public_r, ke->body, ke->len);
	phase1_take_nonce(&hs->nonce_r, ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0));
	sa->keys = work->main.keys;
	memcpy(sa->main.iv, sa->keys.iv, sizeof(sa->main.iv));
	sa->remote_id = work->main.id;
	ike_debug_landed(sa);
	ike_say(sa, IKE_SAY_KEYS_MADE, "Initiator");
	ike_say(sa, IKE_SAY_ENGINE_IKE);
	if (natt_detect(sa, &work->path, &work->msg, &sa->natt.local, &sa->natt.remote) !=
	    IKE_PARSED)
		return -EIO;
	natt_say(sa);
	phase1_say_authenticated(work);
	natt_float(sa);
	ike_cert_take_requests(work);
	return 0;
}

/*
 * Message 3: HDR*, HASH_I or [CERT,] SIG_I, NAT-D, NAT-D, N(INITIAL-CONTACT), over 4500 when there
 * is a NAT. Encrypted, as most do: the notify and our certificate are nobody else's business.
 * Called again when the signature is made.
 */
int aggressive_mode_i_send_auth(struct ike_work *work, struct ike_out *out)
{
	struct ike_sa *sa = work->sa;
	int rc = work->cert.made ? 0 : take_choice(work);

	if (rc)
		return rc;
	ike_out_begin(out, sa, IKE_EXCHANGE_AGGRESSIVE, 0, true);
	rc = phase1_write_proof(work, out);
	if (rc)
		return rc;
	rc = natt_write(out, sa);
	if (rc == 0 && ike_contact_is_first(sa->engine, &sa->path.remote)) {
		ike_say(sa, IKE_SAY_SEND_CONTACT);
		phase1_write_initial_contact(out, sa);
	}
	return rc;
}
