/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Certificates in phase 1 (RFC 2409 5.1, RFC 4754): CERT, CERT_REQUEST and SIGNATURE payloads. The
 * arithmetic is a job of the message's work (struct ike_cert_job); what is asked for here is asked
 * twice, before and behind it.
 */
#pragma once

#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"
#include "lib/crypto/pki_verify.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>

/* Whether the initiator or the responder of the method agreed on proves itself by a signature. */
bool ike_cert_signs(const struct ike_sa *sa, bool initiator);

/* What a verdict is called. */
enum ike_reason ike_cert_reason(enum pki_verdict verdict);

/* One CERT_REQUEST for each CA we believe, when the peer is to sign. */
void ike_cert_write_requests(struct ike_out *out, const struct ike_sa *sa);
/*
 * The peer's: chooses our certificate by them. To be called when committing a message that may have
 * some; malformed ones are counted and ignored.
 */
void ike_cert_take_requests(struct ike_work *work);

/* 0, or -ENOENT: no certificate of ours fits what was agreed on. In hs->own afterwards. */
int must_check ike_cert_choose(struct ike_sa *sa);
/* CERT payloads: ours and the CAs between it and its root. */
void ike_cert_write_chain(struct ike_out *out, const struct ike_sa *sa);

/*
 * Signs the hash with the key of hs->own: IKE_STEP_AGAIN, then 0 with the signature in
 * work->cert, or -errno.
 */
int must_check ike_cert_sign(struct ike_work *work, struct prim_chunk hash);
/*
 * Checks the peer's certificates and its signature of the hash, and that the identity (the body of
 * its payload) stands in them: IKE_AGAIN, then IKE_PARSED or the counter, with the reason told.
 */
int must_check ike_cert_check(struct ike_work *work, struct prim_chunk hash, struct prim_chunk id);
