/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

/* A client that was let in since has its address. */
static bool pool_empty(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_POOL_EMPTY);

	if (!note)
		return false;
	for (size_t i = 0; i < e->n_login; i++)
		if (e->login[i].up && e->login[i].changed_ms > note->at_ms)
			return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "pool", "%s", note->text);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "a client asked for an address, and all %llu of pool %s are given out",
		       (unsigned long long)note->n, note->text);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_RA_POOL_EMPTY, RULES_LOGIN, .holds = pool_empty},
};

const struct rules_table rules_login = {rows, array_len(rows)};
