/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_proof_natt.h"

#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules_fill.h"
#include "lib/net/ip.h"

static bool is_behind_nat(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NATT_NEEDED || r->hint == IKE_REASON_NATT_NEEDED;
}

/* Or it could: ESP is in UDP, since one that was made after it. */
static bool traffic_flows(const struct evidence *e)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (e->sas[i].now.in_packets || e->sas[i].udp)
			return true;
	return false;
}

static bool is_off_here(const struct evidence *e, const struct ike_record *r)
{
	return r ? !r->phase1.natt_local : e->config && !e->config->isakmp.nat_traversal;
}

/* Who is called without an offer of NAT traversal makes none. */
static bool is_off_there(const struct evidence *e, const struct ike_record *r)
{
	return r ? !r->phase1.natt_remote && !(r->initiator && is_off_here(e, r))
		 : !is_off_here(e, r);
}

static void say_hidden(const struct evidence *e, const struct ike_record *r, unsigned port,
		       struct diagnosis *d)
{
	char peer[ADDR_TEXT], id[IKE_RECORD_TEXT];
	bool here = is_off_here(e, r), there = is_off_there(e, r);

	addr_print(&e->peer, peer, sizeof(peer));
	diagnose_set(d, "where", "%s %s",
		     r && r->initiator && !r->phase1.id_remote.type ? "on the way to"
								    : "in front of",
		     peer);
	d->sureness = DIAGNOSE_LIKELY;
	if (!here)
		rules_fill_command(d, "crypto isakmp nat-traversal 20 (on %s)", peer);
	if (r && r->phase1.id_remote.type)
		rules_fill_saw(d, "it says it is %s, and its packets come from %s; ",
			       diagnose_words_id(&r->phase1.id_remote, id, sizeof(id)), peer);
	if (port && port != IP_PORT_IKE)
		rules_fill_saw(d, "its packets come from port %u; ", port);
	rules_fill_saw(d, "NAT traversal is off %s",
		       here && there ? "here and there"
		       : here	     ? "here"
				     : "there");
}

static bool is_any(const struct evidence *, const struct ike_record *)
{
	return true;
}

/* It comes up without, and then carries nothing: protocol 50 does not cross a NAT. */
static const struct evidence_note *up_hidden(const struct evidence *e)
{
	const struct evidence_note *note = evidence_note(e, EVIDENCE_HIDDEN);

	if (!note || e->now_ms < note->at_ms + EVIDENCE_RECORDS_GRACE_MS || traffic_flows(e))
		return NULL;
	return e->n_sas || evidence_records_quick(e, is_any) ? note : NULL;
}

bool rules_proof_natt_needed(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_behind_nat);
	const struct evidence_note *note = r ? NULL : up_hidden(e);

	if (!r && !note)
		return false;
	say_hidden(e, r, r ? r->path.remote_port : (unsigned)note->n, d);
	return true;
}
