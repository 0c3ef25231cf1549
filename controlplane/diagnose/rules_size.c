/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

#include <string.h>

enum {
	HEADERS = 120, /* IPv4 and TCP of the inner packet, ESP around it */
	TCP_HEADERS = 40,
	MSS_DEFAULT = 1300,
};

/* Segments that cross. */
static unsigned mss_of(const struct evidence_note *note)
{
	uint64_t mss = note->count > TCP_HEADERS ? note->count - TCP_HEADERS
		       : note->n > HEADERS	 ? note->n - HEADERS
						 : MSS_DEFAULT;

	return mss < MSS_DEFAULT ? (unsigned)mss : MSS_DEFAULT;
}

/* TCP through the map's interface was told to send no more: what else is large is told, or sends
 * without DF. */
static bool is_clamped(const struct evidence *e, unsigned mss)
{
	const struct config *config = e->config;

	if (config && config->tcpmss && config->tcpmss <= mss)
		return true;
	for (size_t i = 0; config && i < config->n_interfaces; i++) {
		const struct config_interface *interface = &config->interfaces[i];

		if (!strcmp(interface->name, e->interface) && interface->adjust_mss &&
		    interface->adjust_mss <= mss)
			return true;
	}
	return false;
}

/* A size that was tried does not cross, and a smaller one does. */
static bool blackhole(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_SIZE_LOST);
	const struct evidence_note *path = evidence_note(e, EVIDENCE_PATH_MTU);
	char peer[ADDR_TEXT];
	unsigned mss;

	if (!note || !note->n)
		return false;
	mss = mss_of(note);
	if (is_clamped(e, mss))
		return false;
	diagnose_set(d, "flow", "%s", addr_print(&e->peer, peer, sizeof(peer)));
	diagnose_set(d, "mss", "%u", mss);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "packets of %llu bytes did not cross, smaller ones did",
		       (unsigned long long)note->n);
	if (note->text[0])
		rules_fill_saw(d, " (tried with %s, DF set)", note->text);
	if (path)
		rules_fill_saw(d, "; the path is known to take %llu", (unsigned long long)path->n);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_MTU_BLACKHOLE, RULES_SIZE, .own = true, .holds = blackhole},
};

const struct rules_table rules_size = {rows, array_len(rows)};
