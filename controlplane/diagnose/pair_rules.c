/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/pair_rules.h"

#include <stdio.h>
#include <string.h>

bool pair_rules_names(const struct pair_end *end, const struct pair_end *other)
{
	if (addr_is_none(&other->address) || (end->dynamic && !end->entry->n_peers))
		return true;
	for (size_t i = 0; i < end->entry->n_peers; i++)
		if (addr_eq(&end->entry->peers[i], &other->address))
			return true;
	return false;
}

struct diagnosis *pair_rules_add(const struct pair_rules *p, enum diagnose_code code)
{
	struct diagnosis *d = diagnose_add(p->out, code);
	char peer[ADDR_TEXT];

	*d = config_rules_make(code, p->ours.map, p->ours.entry);
	d->peer = p->theirs.address;
	if (addr_is_none(&d->peer) && p->ours.entry->n_peers)
		d->peer = p->ours.entry->peers[0];
	diagnose_set(d, "peer", "%s",
		     addr_is_none(&d->peer) ? "the peer"
					    : addr_print(&d->peer, peer, sizeof(peer)));
	return d;
}
