/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_proof_am3.h"

#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules_fill.h"

static bool has_pair(const struct evidence *e, uint64_t ike_sa)
{
	for (size_t i = 0; i < e->n_quick; i++)
		if (e->quick[i].up && e->quick[i].ike_sa == ike_sa)
			return true;
	return false;
}

/* The first quick mode under an SA that we took for up with our message 3, which has no answer. */
static bool follows_am3(const struct evidence *e, const struct ike_record *r)
{
	const struct ike_record *up = evidence_records_newest_up(e);
	const struct evidence_note *dead = evidence_note(e, EVIDENCE_DPD_DEAD);
	unsigned missing;

	return up && up->aggressive && up->initiator && r->initiator && r->ike_sa == up->ike_sa &&
	       evidence_records_waits(e, r, &missing) && evidence_records_silent(r) &&
	       !has_pair(e, r->ike_sa) && !(dead && dead->at_ms >= r->started_ms);
}

bool rules_proof_am3_unanswered(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, follows_am3);
	char text[RULES_FILL_TEXT];

	if (!r)
		return false;
	rules_fill_peer(e, d);
	rules_fill_saw(d, "%s; nor was AM3 before it",
		       diagnose_words_course(e, r, text, sizeof(text)));
	diagnose_set(d, "n", "3");
	rules_fill_either(d, DIAGNOSE_P2_NO_ANSWER,
			  "show crypto isakmp sa (on %s: is phase 1 up there?)",
			  addr_print(&e->peer, text, sizeof(text)));
	return true;
}
