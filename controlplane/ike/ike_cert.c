/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_cert.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/phase1.h"
#include "lib/crypto/pki_cert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* RFC 2408 3.9 */
enum {
	ENCODING_PKCS7 = 1,
	ENCODING_X509_SIGNATURE = 4,
	ENCODING_LEN = 1,
	ID_HEADER_LEN = 4,
	/* One bit that was damaged on the way must not end the negotiation; many are an attack. */
	FAILURES_MAX = 3,
};

// clang-format off
static const struct verdict_row {
	enum ike_counter counter;
	enum ike_reason reason;
	uint16_t notify;
} verdicts[PKI_VERDICTS] = {
	[PKI_NO_CERT] = { IKE_COUNT_CERT, IKE_REASON_CERT_MISSING,
			  IKE_NOTIFY_CERTIFICATE_UNAVAILABLE },
	[PKI_MALFORMED] = { IKE_COUNT_CERT, IKE_REASON_CERT_MALFORMED,
			    IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_KEY_REFUSED] = { IKE_COUNT_CERT, IKE_REASON_CERT_KEY, IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_UNKNOWN_CA] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_UNKNOWN_CA,
			     IKE_NOTIFY_INVALID_CERT_AUTHORITY },
	[PKI_NOT_YET_VALID] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_NOT_YET,
				IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_EXPIRED] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_EXPIRED,
			  IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_REVOKED] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_REVOKED,
			  IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_NO_CRL] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_NO_CRL,
			 IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_CRL_EXPIRED] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_CRL_EXPIRED,
			      IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_CA_REFUSED] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_CA,
			     IKE_NOTIFY_INVALID_CERT_AUTHORITY },
	[PKI_USAGE] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_USAGE,
			IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_CERT_FORGED] = { IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_FORGED,
			      IKE_NOTIFY_INVALID_CERTIFICATE },
	[PKI_BAD_SIGNATURE] = { IKE_COUNT_SIG_FAIL, IKE_REASON_SIGNATURE,
				IKE_NOTIFY_INVALID_SIGNATURE },
	[PKI_ID_NOT_IN_CERT] = { IKE_COUNT_ID_MISMATCH, IKE_REASON_CERT_ID,
				 IKE_NOTIFY_INVALID_ID_INFORMATION },
	[PKI_FAILED] = { IKE_COUNT_INTERNAL, IKE_REASON_INTERNAL, 0 },
};
// clang-format on

enum ike_reason ike_cert_reason(enum pki_verdict verdict)
{
	return verdicts[verdict].reason;
}

static enum alg_proof proof_of(const struct ike_sa *sa, bool initiator)
{
	const struct alg_auth_row *row = alg_auth_row(sa->policy.auth);

	if (!row)
		return ALG_PROOF_HASH;
	return initiator ? row->proof_i : row->proof_r;
}

bool ike_cert_signs(const struct ike_sa *sa, bool initiator)
{
	return proof_of(sa, initiator) != ALG_PROOF_HASH;
}

void ike_cert_write_requests(struct ike_out *out, const struct ike_sa *sa)
{
	const struct pki *pki = sa->hs->config.pki;
	struct prim_chunk name;
	char text[PKI_TEXT];

	if (!pki || !ike_cert_signs(sa, !sa->initiator))
		return;
	for (size_t i = 0; i < IKE_CERT_REQUESTS_MAX && (name = pki_ca_name(pki, i)).len; i++) {
		ike_say(sa, IKE_SAY_CERT_REQUEST_BUILD,
			pki_cert_print_name(name.data, name.len, text, sizeof(text)));
		ike_build_open(&out->b, IKE_PAYLOAD_CERT_REQUEST);
		wbuf_u8(&out->b.w, ENCODING_X509_SIGNATURE);
		wbuf_bytes(&out->b.w, name.data, name.len);
		ike_build_close(&out->b);
	}
}

void ike_cert_take_requests(struct ike_work *work)
{
	struct prim_chunk names[IKE_CERT_REQUESTS_MAX];
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const struct ike_payload *p;
	size_t n = 0;

	for (size_t i = 0; i < work->msg.n_skipped; i++)
		ike_engine_count(work->engine, IKE_COUNT_CERTREQ);
	for (size_t i = 0; (p = ike_msg_get(&work->msg, IKE_PAYLOAD_CERT_REQUEST, i)); i++) {
		ike_say(sa, IKE_SAY_CERT_REQUEST);
		if (p->len < ENCODING_LEN || p->body[0] != ENCODING_X509_SIGNATURE) {
			ike_engine_count(work->engine, IKE_COUNT_CERTREQ);
			continue;
		}
		ike_say(sa, IKE_SAY_CERT_WANTED);
		/* without a name: any CA will do */
		if (p->len > ENCODING_LEN && n < array_len(names))
			names[n++] =
				(struct prim_chunk){p->body + ENCODING_LEN, p->len - ENCODING_LEN};
	}
	if (n && auth && hs->config.pki && ike_cert_signs(sa, sa->initiator))
		hs->own = pki_choose(hs->config.pki, auth, names, n);
}

int ike_cert_choose(struct ike_sa *sa)
{
	struct ike_handshake *hs = sa->hs;

	if (!hs->own && hs->config.pki)
		hs->own = pki_choose(hs->config.pki, alg_auth_row(sa->policy.auth), NULL, 0);
	/* an identity must have room for its name */
	return hs->own && pki_own_subject(hs->own).len <= IKE_ID_MAX ? 0 : -ENOENT;
}

void ike_cert_write_chain(struct ike_out *out, const struct ike_sa *sa)
{
	struct prim_chunk cert;

	for (size_t i = 0; (cert = pki_own_cert(sa->hs->own, i)).len; i++) {
		ike_build_open(&out->b, IKE_PAYLOAD_CERT);
		wbuf_u8(&out->b.w, ENCODING_X509_SIGNATURE);
		wbuf_bytes(&out->b.w, cert.data, cert.len);
		ike_build_close(&out->b);
	}
}

static void take_pki(struct ike_work *work)
{
	if (!work->cert.pki)
		work->cert.pki = pki_get(work->sa->hs->config.pki);
}

static void take_hash(struct ike_cert_job *job, struct prim_chunk hash)
{
	memcpy(job->hash, hash.data, hash.len);
	job->hash_len = hash.len;
}

int ike_cert_sign(struct ike_work *work, struct prim_chunk hash)
{
	struct ike_cert_job *job = &work->cert;

	if (job->made)
		return job->rc;
	if (ike_cert_choose(work->sa))
		return -ENOKEY;
	take_pki(work);
	take_hash(job, hash);
	job->key = pki_own_key(work->sa->hs->own);
	job->ordered = true;
	return IKE_STEP_AGAIN;
}

static int take_cert(struct ike_work *work, uint8_t encoding, struct prim_chunk cert)
{
	struct pki_check *check = &work->cert.check;

	if (cert.len == 0 || cert.len > PKI_CERT_MAX)
		return IKE_COUNT_CERT;
	if (encoding == ENCODING_PKCS7 && work->cert.wrapped.len == 0) {
		work->cert.wrapped = cert;
		return IKE_PARSED;
	}
	if (encoding != ENCODING_X509_SIGNATURE || check->n_certs == PKI_CHAIN_MAX)
		return IKE_COUNT_CERT;
	ike_say(work->sa, IKE_SAY_CERT_KIND);
	check->certs[check->n_certs++] = cert;
	return IKE_PARSED;
}

/* The CERT payloads of the message, one chain in PKCS #7 at most; CRLs are not asked for. */
static int take_certs(struct ike_work *work)
{
	const struct ike_payload *p;

	for (size_t i = 0; (p = ike_msg_get(&work->msg, IKE_PAYLOAD_CERT, i)); i++) {
		struct prim_chunk cert = {p->body + ENCODING_LEN, p->len - ENCODING_LEN};

		ike_say(work->sa, IKE_SAY_CERT);
		if (p->len <= ENCODING_LEN || take_cert(work, p->body[0], cert) != IKE_PARSED)
			return IKE_COUNT_CERT;
	}
	return IKE_PARSED;
}

/* Says why, and ends the negotiation when it is not the first time. */
static int fail(struct ike_work *work, enum pki_verdict verdict)
{
	const struct verdict_row *row = &verdicts[verdict];
	struct ike_handshake *hs = work->sa->hs;

	snprintf(hs->peer_subject, sizeof(hs->peer_subject), "%s", work->cert.subject);
	ike_say(work->sa, IKE_SAY_CERT_FAILED, ike_reason_text(row->reason), hs->peer_subject);
	work->notify = row->notify;
	if (++hs->failures >= FAILURES_MAX)
		work->reason = row->reason;
	else
		ike_event_hint(work->sa, row->reason);
	return row->counter;
}

int ike_cert_check(struct ike_work *work, struct prim_chunk hash, struct prim_chunk id)
{
	const struct ike_payload *sig = ike_msg_get(&work->msg, IKE_PAYLOAD_SIGNATURE, 0);
	struct ike_cert_job *job = &work->cert;
	const struct ike_sa *sa = work->sa;
	const uint8_t *body = id.data;

	if (job->checked)
		return job->verdict == PKI_GOOD ? IKE_PARSED : fail(work, job->verdict);
	take_pki(work);
	if (!job->pki || id.len <= ID_HEADER_LEN || take_certs(work) != IKE_PARSED)
		return fail(work, PKI_MALFORMED);
	ike_say(sa, IKE_SAY_SIGNATURE);
	take_hash(job, hash);
	job->check.pki = job->pki;
	job->check.auth = alg_auth_row(sa->policy.auth);
	job->check.proof = proof_of(sa, !sa->initiator);
	job->check.hash = (struct prim_chunk){job->hash, job->hash_len};
	job->check.signature = (struct prim_chunk){sig->body, sig->len};
	job->check.id_type = body[0];
	job->check.id = (struct prim_chunk){body + ID_HEADER_LEN, id.len - ID_HEADER_LEN};
	job->key = NULL;
	job->ordered = true;
	return IKE_AGAIN;
}
