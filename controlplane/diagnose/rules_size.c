/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

enum {
	HEADERS = 120, /* IPv4 and TCP of the inner packet, ESP around it */
	MSS_DEFAULT = 1300,
};

/* A size that was tried does not cross, and a smaller one does. */
static bool blackhole(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_SIZE_LOST);
	const struct evidence_note *path = evidence_note(e, EVIDENCE_PATH_MTU);
	char peer[ADDR_TEXT];
	unsigned mss = MSS_DEFAULT;

	if (!note || !note->n)
		return false;
	if (note->n > HEADERS && note->n - HEADERS < MSS_DEFAULT)
		mss = (unsigned)note->n - HEADERS;
	diagnose_set(d, "flow", "%s", addr_print(&e->peer, peer, sizeof(peer)));
	diagnose_set(d, "mss", "%u", mss);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "packets of %llu bytes did not cross, smaller ones did",
		       (unsigned long long)note->n);
	if (path)
		rules_fill_saw(d, "; the path is known to take %llu", (unsigned long long)path->n);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_MTU_BLACKHOLE, RULES_SIZE, .own = true, .holds = blackhole},
};

const struct rules_table rules_size = {rows, array_len(rows)};
