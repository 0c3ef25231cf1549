/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/config_payload.h"
#include "controlplane/ike/ike_evidence.h"

#include <string.h>

void ike_evidence_see_login(const struct ike_sa *sa, struct ike_record *r)
{
	const struct ike_access *access = &sa->access;
	struct ike_record_login *l = &r->login;

	memcpy(l->group, access->group, sizeof(l->group));
	/* the last one that was given, also when it was refused */
	if (access->user[0])
		memcpy(l->user, access->user, sizeof(l->user));
	l->tries = access->tries;
	l->asked = r->messages[0].times;
	l->answered = r->messages[1].times;
	l->accepted = access->in;
}

/* All that there is to do is done. */
static bool is_over(const struct ike_access *access)
{
	return (!access->login || access->told) && (!access->client || access->configured);
}

void ike_evidence_begin_login(struct ike_sa *sa)
{
	if (sa->access.login || sa->access.client || sa->access.push)
		sa->access.record = ike_evidence_create(sa, IKE_RECORD_LOGIN, false);
}

void ike_evidence_login(const struct ike_sa *sa)
{
	struct ike_record *r = sa->access.record;

	if (!r || r->ended_ms)
		return;
	ike_evidence_see_login(sa, r);
	r->up = is_over(&sa->access) && !sa->access.refusal;
	if (r->up)
		ike_evidence_close(sa, r, IKE_REASON_NONE);
	else
		ike_evidence_tell(sa, r);
}

void ike_evidence_requested(const struct ike_sa *sa, struct rbuf attrs)
{
	struct ike_record *r = sa->access.record;
	struct config_payload_attr a;

	if (!r)
		return;
	r->login.n_requested = 0;
	while (config_payload_next(&attrs, &a) && r->login.n_requested < IKE_RECORD_CONFIG)
		r->login.requested[r->login.n_requested++] = a.type;
}

/* Sent when it was asked for, or unasked with everything else. */
static bool wants(const struct ike_record_login *l, uint16_t type)
{
	for (size_t i = 0; i < l->n_requested; i++)
		if (l->requested[i] == type)
			return true;
	return l->n_requested == 0;
}

void ike_evidence_configured(const struct ike_sa *sa, const struct ike_client_config *client)
{
	struct ike_record *r = sa->access.record;

	if (!r)
		return;
	r->login.address = client->address;
	r->login.got_dns =
		!addr_is_none(&client->dns[0]) && wants(&r->login, CONFIG_PAYLOAD_IP4_DNS);
	r->login.got_split = client->n_split &&
			     wants(&r->login, client->split_exclude ? CONFIG_PAYLOAD_LOCAL_LAN
								    : CONFIG_PAYLOAD_SPLIT_INCLUDE);
}

void ike_evidence_old_draft(const struct ike_sa *sa)
{
	if (sa->access.record)
		sa->access.record->login.old_draft = true;
}
