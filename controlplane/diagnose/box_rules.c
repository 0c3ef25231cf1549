/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/box_rules.h"

#include "controlplane/diagnose/config_rules.h"
#include "controlplane/diagnose/evidence.h"

enum {
	NEARLY_FULL = 95, /* per cent */
	PER_CENT = 100,
};

/* E134: all memory is taken at the start, so it is low when what it was divided into runs out. */
static struct diagnosis *add_low(struct diagnose_list *out)
{
	struct diagnosis *d = diagnose_add(out, DIAGNOSE_MEM_LOW);

	*d = config_rules_make(DIAGNOSE_MEM_LOW, NULL, NULL);
	return d;
}

void box_rules(const struct box_evidence *e, struct diagnose_list *out)
{
	struct diagnosis *d;

	if (e->no_buffer) {
		d = add_low(out);
		diagnose_set(d, "what", "no packet buffer for %llu packets of the last %d s",
			     (unsigned long long)e->no_buffer, EVIDENCE_WINDOW_S);
		config_rules_saw(d, "buffer.none in `show drops`.");
		config_rules_command(d, "platform / memory <MB> (then write memory, reload)");
	} else if (e->pairs_most && e->pairs * PER_CENT >= e->pairs_most * NEARLY_FULL) {
		d = add_low(out);
		diagnose_set(d, "what", "%llu of the %llu places for pairs of SAs are taken",
			     (unsigned long long)e->pairs, (unsigned long long)e->pairs_most);
		config_rules_command(d, "show capacity");
	}
}
