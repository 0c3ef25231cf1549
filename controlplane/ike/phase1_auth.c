/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert((int)PKI_CHAIN_MAX <= (int)IKE_PROOF_CERTS, "a whole chain is a proof");

static int peer_config(const struct ike_work *work, struct ike_peer *config)
{
	const struct ike_sa *sa = work->sa;
	const struct ike_id *id = sa->hs->peer_id.type ? &sa->hs->peer_id : NULL;

	return ike_engine_peer(work->engine, &sa->path, id, config);
}

/* The key may be gone since the message before (H042). */
int phase1_check_config(struct ike_work *work)
{
	struct ike_peer config;

	if (peer_config(work, &config)) {
		work->reason = IKE_REASON_NO_KEY;
		return IKE_COUNT_NO_PSK;
	}
	secret_wipe(&config.psk);
	/* a name that is gone is from now on like one that never was */
	work->sa->hs->config.decoy |= config.decoy;
	work->sa->hs->config.hybrid_decoy |= config.hybrid_decoy;
	return IKE_PARSED;
}

/* Both public values and nonces are in the handshake: SKEYID and what follows from it. */
int phase1_derive(struct ike_work *work)
{
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	struct ike_peer config;
	struct ike_keys_input in = {
		.nonce_i = &hs->nonce_i,
		.nonce_r = &hs->nonce_r,
		.cookie_i = sa->cookie_i,
		.cookie_r = sa->cookie_r,
		.public_i = hs->public_i,
		.public_r = hs->public_r,
		.public_len = hs->public_len,
		.shared = work->dh.shared,
		.shared_len = work->dh.shared_len,
	};
	int rc = peer_config(work, &config);

	if (rc)
		return rc;
	ike_debug_landed(sa);
	if (auth && auth->psk)
		in.psk = &config.psk;
	if (in.psk && config.psk.len == 0)
		return -ENOENT;
	sa->keys.hash = sa->policy.hash;
	sa->keys.cipher = sa->policy.cipher;
	rc = ike_keys_derive(&sa->keys, &in);
	secret_wipe(&config.psk);
	if (rc == 0) {
		memcpy(sa->main.iv, sa->keys.iv, sizeof(sa->main.iv));
		ike_say(sa, IKE_SAY_KEYS_MADE, sa->initiator ? "Initiator" : "Responder");
		ike_say(sa, IKE_SAY_ENGINE_IKE);
	}
	return rc;
}

/* Fills in HASH_I or HASH_R of either side. */
static int auth_hash(const struct ike_sa *sa, bool of_initiator, struct prim_chunk id, uint8_t *out)
{
	const struct ike_handshake *hs = sa->hs;
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const struct ike_keys_auth in = {
		.hash = auth ? auth->hash : ALG_HASH_NONE,
		.public_own = of_initiator ? hs->public_i : hs->public_r,
		.public_peer = of_initiator ? hs->public_r : hs->public_i,
		.public_len = hs->public_len,
		.cookie_own = of_initiator ? sa->cookie_i : sa->cookie_r,
		.cookie_peer = of_initiator ? sa->cookie_r : sa->cookie_i,
		.sa = {hs->sa_body, hs->sa_len},
		.id = id,
	};

	return ike_keys_auth_hash(&sa->keys, &in, out);
}

static size_t hash_bytes(const struct ike_sa *sa)
{
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);

	return alg_hash_row(auth && auth->hash ? auth->hash : sa->keys.hash)->digest_bytes;
}

/* The name in our certificate, when what we would say does not stand in it. */
static void use_own_dn(const struct ike_sa *sa, struct ike_id *id)
{
	struct prim_chunk name = pki_own_subject(sa->hs->own);

	if (pki_own_has_id(sa->hs->own, id->type, id->data, id->len))
		return;
	*id = (struct ike_id){.type = IKE_ID_DER_DN, .len = (uint16_t)name.len};
	memcpy(id->data, name.data, name.len);
}

const struct ike_id *phase1_own_id(struct ike_sa *sa)
{
	struct ike_id *id = &sa->hs->own_id;

	if (id->type)
		return id;
	*id = sa->hs->config.local_id;
	if (ike_cert_signs(sa, sa->initiator) && ike_cert_choose(sa) == 0) {
		if (id->type == 0)
			ike_id_of_addr(id, &sa->path.local, natt_found(sa) ? 0 : 500);
		use_own_dn(sa, id);
	} else if (id->type == 0 || id->type == IKE_ID_DER_DN) {
		ike_id_of_addr(id, &sa->path.local, natt_found(sa) ? 0 : 500);
	}
	return id;
}

int phase1_write_proof(struct ike_work *work, struct ike_out *out)
{
	uint8_t body[4 + IKE_ID_MAX];
	uint8_t digest[PRIM_DIGEST_MAX];
	struct ike_sa *sa = work->sa;
	bool signs = ike_cert_signs(sa, sa->initiator);
	size_t len = ike_id_body(phase1_own_id(sa), body);
	int rc = auth_hash(sa, sa->initiator, (struct prim_chunk){body, len}, digest);

	if (rc == 0 && signs)
		rc = ike_cert_sign(work, (struct prim_chunk){digest, hash_bytes(sa)});
	if (rc)
		return rc;
	if (!signs) {
		ike_build_payload(&out->b, IKE_PAYLOAD_HASH, digest, hash_bytes(sa));
		return 0;
	}
	ike_cert_write_chain(out, sa);
	ike_build_payload(&out->b, IKE_PAYLOAD_SIGNATURE, work->cert.signature,
			  work->cert.signature_len);
	return 0;
}

void phase1_say_keys(const struct ike_sa *sa, bool begin)
{
	const struct ike_peer *config = &sa->hs->config;
	bool psk = false;

	for (size_t i = 0; i < config->n_policies; i++) {
		const struct alg_auth_row *auth = alg_auth_row(config->policies[i].auth);

		psk |= auth && auth->psk;
	}
	if (!psk)
		return;
	if (begin)
		ike_say(sa, IKE_SAY_KEY_LOOKUP);
	ike_say(sa, IKE_SAY_KEY_FOUND);
	if (!begin && sa->initiator)
		ike_say(sa, IKE_SAY_KEY_LOCAL);
}

void phase1_write_initial_contact(struct ike_out *out, const struct ike_sa *sa)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	const struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = sizeof(cookies),
		.spi = cookies,
		.type = IKE_NOTIFY_INITIAL_CONTACT,
	};

	memcpy(cookies, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(cookies + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
	ike_payload_build_notify(&out->b, &n);
}

int phase1_write_auth(struct ike_work *work, struct ike_out *out, bool initial_contact)
{
	struct ike_sa *sa = work->sa;
	int rc;

	if (initial_contact && !work->cert.made)
		ike_say(sa, IKE_SAY_SEND_CONTACT);
	if (!work->cert.made) {
		ike_debug_method(sa, false, phase1_own_id(sa)->type);
		ike_debug_own_id(sa, phase1_own_id(sa),
				 ike_cert_signs(sa, sa->initiator) ? IKE_PAYLOAD_CERT
								   : IKE_PAYLOAD_HASH);
	}
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, true);
	ike_id_build(&out->b, phase1_own_id(sa));
	rc = phase1_write_proof(work, out);
	if (rc == 0 && initial_contact)
		phase1_write_initial_contact(out, sa);
	return rc;
}

/* Message 3 of aggressive mode tells of a NAT and of its sender at once. */
static bool is_nat_found(const struct ike_work *work)
{
	return natt_found(work->sa) || work->main.nat_local || work->main.nat_remote;
}

/* The address, when the identity is one; with certificates any name that stands in them. */
static bool proven_id_matches(const struct ike_work *work, const struct ike_id *id)
{
	bool is_addr = id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6;
	struct ike_id address;

	if (!is_addr || is_nat_found(work))
		return true;
	ike_id_of_addr(&address, &work->sa->path.remote, 0);
	return ike_id_eq(&address, id);
}

static bool is_name(const struct ike_id *id)
{
	return id->type == IKE_ID_FQDN || id->type == IKE_ID_USER_FQDN || id->type == IKE_ID_KEY_ID;
}

/* Type 0 in the configuration is the peer's address, unless a NAT hides it (R021, H038). */
static bool id_matches(const struct ike_work *work, const struct ike_id *id)
{
	const struct ike_sa *sa = work->sa;
	const struct ike_id *want = &sa->hs->config.remote_id;
	struct ike_id address;

	if (want->type)
		return ike_id_eq(want, id);
	if (ike_cert_signs(sa, !sa->initiator))
		return proven_id_matches(work, id);
	if (sa->hs->config.any_id)
		return true;
	if (sa->hs->config.any_name && is_name(id))
		return true;
	/* its configuration was found by this name */
	if (sa->hs->peer_id.type && id->type != IKE_ID_IPV4 && id->type != IKE_ID_IPV6)
		return true;
	if (is_nat_found(work))
		return id->type == IKE_ID_IPV4 || id->type == IKE_ID_FQDN;
	ike_id_of_addr(&address, &sa->path.remote, 0);
	return ike_id_eq(&address, id);
}

bool phase1_says_initial_contact(const struct ike_msg *msg)
{
	const struct ike_payload *p;
	struct ike_notify n;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_NOTIFY, i)); i++)
		if (ike_payload_parse_notify(p, &n) == IKE_PARSED &&
		    n.type == IKE_NOTIFY_INITIAL_CONTACT)
			return true;
	return false;
}

int phase1_check_proof(struct ike_work *work, struct prim_chunk id)
{
	const struct ike_payload *hash = ike_msg_get(&work->msg, IKE_PAYLOAD_HASH, 0);
	const struct ike_sa *sa = work->sa;
	uint8_t want[PRIM_DIGEST_MAX];
	size_t len = hash_bytes(sa);

	if (auth_hash(sa, !sa->initiator, id, want))
		return IKE_COUNT_INTERNAL;
	if (ike_cert_signs(sa, !sa->initiator))
		return ike_cert_check(work, (struct prim_chunk){want, len}, id);
	ike_say(sa, IKE_SAY_HASH);
	return hash->len == len && secret_eq(hash->body, want, len) ? IKE_PARSED
								    : IKE_COUNT_AUTH_FAIL;
}

/* An address that is not the one it came from, or a name that would do if a NAT were found, with
 * nothing agreed on that would find one. */
static bool hidden_by_nat(const struct ike_sa *sa, const struct ike_id *id)
{
	if (sa->natt.enabled || sa->hs->config.remote_id.type)
		return false;
	return id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6 ||
	       (id->type == IKE_ID_FQDN && sa->path.remote_port != IP_PORT_IKE);
}

/* Whether the configuration lets in who the peer has proved to be. */
static int admit(struct ike_work *work, const struct ike_id *id)
{
	const struct ike_env *env = &work->engine->env;
	const struct pki_check *check = &work->cert.check;
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	struct ike_proof proof = {.id = id, .by_name = hs->config.by_name, .called = sa->initiator};
	struct ike_admission out = {0};

	if (!env->admit)
		return IKE_PARSED;
	if (ike_cert_signs(sa, !sa->initiator)) {
		memcpy(proof.certs, check->certs, check->n_certs * sizeof(check->certs[0]));
		proof.n_certs = check->n_certs;
		snprintf(hs->peer_subject, sizeof(hs->peer_subject), "%s", work->cert.subject);
	}
	if (env->admit(env->ctx, &sa->path, &proof, &out, &work->reason)) {
		ike_event_hint(sa, work->reason);
		work->notify = sa->initiator ? 0 : IKE_NOTIFY_INVALID_ID_INFORMATION;
		return IKE_COUNT_ID_MISMATCH;
	}
	sa->path.who = out.who;
	if (out.own_dpd) {
		hs->config.dpd_s = out.dpd_s;
		hs->config.dpd_retry_s = out.dpd_retry_s;
	}
	return IKE_PARSED;
}

int phase1_check_id(struct ike_work *work, const struct ike_id *id)
{
	if (id_matches(work, id))
		return admit(work, id);
	ike_evidence_expected_id(work->sa);
	work->reason =
		hidden_by_nat(work->sa, id) ? IKE_REASON_NATT_NEEDED : IKE_REASON_ID_MISMATCH;
	work->notify = work->sa->initiator ? 0 : IKE_NOTIFY_INVALID_ID_INFORMATION;
	return IKE_COUNT_ID_MISMATCH;
}

void phase1_say_authenticated(const struct ike_work *work)
{
	const struct ike_sa *sa = work->sa;

	if (!ike_debug_on(sa->engine))
		return;
	if (work->main.initial_contact)
		ike_say(sa, IKE_SAY_NOTIFY_PAYLOAD, (unsigned)IKE_NOTIFY_INITIAL_CONTACT,
			(unsigned)IKE_PROTOCOL_ISAKMP, 0);
	if (work->step->message == IKE_MESSAGE_AM3)
		ike_debug_nat(sa, work->main.nat_local, work->main.nat_remote);
	else if (work->step->message != IKE_MESSAGE_MM6)
		ike_debug_nat(sa, sa->natt.local, sa->natt.remote);
	ike_say(sa, IKE_SAY_AUTH_STATUS);
	ike_say(sa, IKE_SAY_AUTHENTICATED);
	ike_debug_landed(sa);
}

int phase1_check_auth(struct ike_work *work)
{
	const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_sa *sa = work->sa;
	int verdict;

	ike_say(sa, IKE_SAY_ID);
	if (ike_id_parse(p, &work->main.id) == IKE_PARSED) {
		ike_debug_peer_id(sa, &work->main.id, false);
		ike_evidence_peer_id(sa, &work->main.id);
	}
	verdict = phase1_check_proof(work, (struct prim_chunk){p->body, p->len});
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = ike_id_parse(p, &work->main.id);
	if (verdict != IKE_PARSED) {
		work->reason = IKE_REASON_ID_MISMATCH;
		work->notify = sa->initiator ? 0 : IKE_NOTIFY_INVALID_ID_INFORMATION;
		return verdict;
	}
	verdict = phase1_check_id(work, &work->main.id);
	if (verdict != IKE_PARSED)
		return verdict;
	work->main.initial_contact = phase1_says_initial_contact(&work->msg);
	phase1_say_authenticated(work);
	return IKE_PARSED;
}
