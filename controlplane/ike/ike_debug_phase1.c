/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_work.h"
#include "controlplane/ike/phase1.h"

#include <string.h>

enum {
	BODY_LEN = 4,	 /* of an ID payload before the identity */
	PAYLOAD_LEN = 8, /* and with the generic header */
};

void ike_debug_method(const struct ike_sa *sa, bool early, uint8_t id_type)
{
	const struct alg_auth_row *auth = alg_auth_row(sa->policy.auth);
	const char *login = sa->hs->config.xauth ? " plus XAUTH" : "";
	char type[IKE_NAME_TEXT];

	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, early ? IKE_SAY_AUTH_METHOD_EARLY : IKE_SAY_AUTH_METHOD,
		auth && !auth->psk ? auth->debug : "pre-shared key", login,
		ike_names_id_type(id_type ? id_type : (uint8_t)IKE_ID_IPV4, type, sizeof(type)));
}

static const char *id_label(uint8_t type)
{
	switch (type) {
	case IKE_ID_IPV4: return "address     ";
	case IKE_ID_KEY_ID: return "group id    ";
	case IKE_ID_USER_FQDN: return "USER FQDN   ";
	default: return "FQDN name   ";
	}
}

/* The identity alone, without protocol and port. */
static const char *id_text(const struct ike_id *id, char buf[IKE_ID_TEXT])
{
	struct ike_id bare = *id;

	bare.protocol = 0;
	bare.port = 0;
	return ike_id_print(&bare, buf, IKE_ID_TEXT);
}

static void id_payload(const struct ike_sa *sa, enum ike_say say, const struct ike_id *id,
		       unsigned next_payload)
{
	char text[IKE_ID_TEXT];

	ike_say(sa, say, next_payload, id->type, id_label(id->type), id_text(id, text),
		id->protocol, id->port, id->len + (unsigned)PAYLOAD_LEN,
		id->len + (unsigned)BODY_LEN);
}

void ike_debug_own_id(const struct ike_sa *sa, const struct ike_id *id, unsigned next_payload)
{
	if (!ike_debug_on(sa->engine))
		return;
	id_payload(sa, IKE_SAY_ID_BUILD, id, next_payload);
	ike_say(sa, IKE_SAY_ID_TOTAL, id->len + (unsigned)PAYLOAD_LEN);
	ike_say(sa, IKE_SAY_BUILD_ID);
}

void ike_debug_peer_id(const struct ike_sa *sa, const struct ike_id *id, bool first)
{
	char text[IKE_ID_TEXT];
	char type[IKE_NAME_TEXT];

	if (!ike_debug_on(sa->engine))
		return;
	if (first)
		id_payload(sa, IKE_SAY_ID_PAYLOAD, id, IKE_PAYLOAD_VENDOR);
	ike_say(sa, IKE_SAY_ID_DECODED, ike_names_id_type(id->type, type, sizeof(type)),
		id_text(id, text));
}

void ike_debug_nat(const struct ike_sa *sa, bool local, bool remote)
{
	ike_say(sa, IKE_SAY_NAT_STATUS, remote ? "IS" : "is NOT", local ? "IS" : "is NOT");
}

void ike_debug_up(struct ike_sa *sa)
{
	bool dpd = sa->dpd.interval_s && sa->dpd.peer_does;
	uint64_t renew_ms = ike_life_renew_ms(sa);

	if (sa->announced)
		return;
	sa->announced = true;
	ike_say(sa, IKE_SAY_COMPLETED);
	ike_say(sa, IKE_SAY_KEEPALIVE_TYPE, dpd ? "DPD" : "None");
	if (renew_ms)
		ike_say(sa, IKE_SAY_P1_TIMER, renew_ms / 1000);
}

static void attribute(void *ctx, const char *text, const char *pix)
{
	const struct ike_sa *sa = ctx;

	ike_say(sa, IKE_SAY_ATTRIBUTE, text, pix);
}

static void describe(const struct ike_sa *sa, const struct ike_transform *t, enum ike_phase phase)
{
	ike_proposal_describe(t, phase, attribute, (void *)sa);
}

/* Whether this is the last transform, or which payload comes behind it. */
static unsigned next_of(const struct ike_transform *t)
{
	return t->last ? 0 : IKE_PAYLOAD_TRANSFORM;
}

void ike_debug_check_p1(void *ctx, const struct ike_proposal_check *check)
{
	const struct ike_transform *t = check->transform;
	const struct ike_sa *sa = ctx;

	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, IKE_SAY_CHECK_P1, t->number, check->policy->priority);
	describe(sa, t, IKE_PHASE_1);
	if (check->refusal == IKE_REFUSAL_NONE) {
		ike_say(sa, IKE_SAY_ATTS_GOOD, next_of(t));
		ike_say(sa, IKE_SAY_MATCH_P1, check->proposal->number, t->number,
			check->policy->priority);
		return;
	}
	ike_say(sa, IKE_SAY_REFUSAL_P1, ike_proposal_refusal_text(check->refusal));
	ike_say(sa, IKE_SAY_ATTS_BAD, next_of(t));
}

static void transform_head(const struct ike_sa *sa, const struct ike_proposal *proposal,
			   const struct ike_transform *t)
{
	enum alg_cipher cipher = alg_cipher_of_esp(t->id, t->key_bits);

	ike_say(sa, IKE_SAY_QM_PROPOSAL, proposal->number);
	ike_say(sa, IKE_SAY_QM_TRANSFORM, t->number,
		cipher < ALG_CIPHER_COUNT ? alg_cipher_row(cipher)->esp_debug : "UNKNOWN");
	describe(sa, t, IKE_PHASE_2);
}

/* The authenticator's number; 0 without one. */
static uint64_t authenticator(const struct ike_transform *t)
{
	struct rbuf b = rbuf_of(t->attrs, t->attrs_len);

	while (b.left) {
		struct ike_attr a = ike_attr_read(&b);

		if (b.bad || a.type == IKE_P2_AUTH)
			return b.bad ? 0 : a.value;
	}
	return 0;
}

void ike_debug_check_p2(void *ctx, const struct ike_proposal_check *check)
{
	const struct ike_transform *t = check->transform;
	const struct ike_work *work = ctx;
	const struct ike_sa *sa = work->sa;

	if (!ike_debug_on(sa->engine))
		return;
	transform_head(sa, check->proposal, t);
	if (check->refusal == IKE_REFUSAL_NONE) {
		ike_say(sa, IKE_SAY_QM_ATTS_GOOD);
		ike_say(sa, IKE_SAY_QM_MATCH, check->proposal->number, t->number,
			work->quick.config.sequence);
		return;
	}
	ike_say(sa, IKE_SAY_QM_NOT_SUPPORTED, check->proposal->protocol, t->id, authenticator(t));
	ike_say(sa, IKE_SAY_REFUSAL, ike_proposal_refusal_text(check->refusal));
	ike_say(sa, IKE_SAY_QM_ATTS_BAD, next_of(t));
	if (check->anded && t->last)
		ike_say(sa, IKE_SAY_QM_SKIP, check->proposal->number);
}

void ike_debug_accepted_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			   const struct ike_choice *choice)
{
	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, IKE_SAY_CHECK_P1, offer->transforms[0].number, choice->policy.priority);
	describe(sa, &offer->transforms[0], IKE_PHASE_1);
	ike_say(sa, IKE_SAY_ATTS_GOOD, 0);
}

void ike_debug_accepted_p2(const struct ike_sa *sa, const struct ike_sa_offer *offer)
{
	if (!ike_debug_on(sa->engine))
		return;
	transform_head(sa, &offer->proposals[0], &offer->transforms[0]);
	ike_say(sa, IKE_SAY_QM_ATTS_GOOD);
}
