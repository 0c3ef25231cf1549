/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

enum {
	ONE_WAY_S = 15, /* a peer may take so long to answer the first packets */
	ONE_WAY_PACKETS = 5,
};

static bool is_one_way_out(const struct evidence_sa *sa)
{
	return sa->up && sa->newest && sa->age_s >= ONE_WAY_S && !sa->now.in_packets &&
	       sa->now.out_packets >= ONE_WAY_PACKETS &&
	       sa->now.out_packets > sa->before.out_packets;
}

static bool one_way_out(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = NULL;

	for (size_t i = 0; i < e->n_sas && !sa; i++)
		if (is_one_way_out(&e->sas[i]))
			sa = &e->sas[i];
	if (!sa)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)sa->now.out_packets);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "the SA is up for %u s: %llu packets went out on it, none came in",
		       (unsigned)sa->age_s, (unsigned long long)sa->now.out_packets);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_ESP_ONE_WAY_OUT, RULES_TRAFFIC, .holds = one_way_out},
};

const struct rules_table rules_traffic = {rows, array_len(rows)};
