/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/diagnose/diagnose_dialect.h"
#include "controlplane/diagnose/rules.h"

static const struct rules_table *const tables[] = {
	&rules_way,   &rules_offer,   &rules_proof, &rules_login,
	&rules_quick, &rules_traffic, &rules_size,  &rules_life,
};

/* Diagnoses in the order in which their rules hold. */
struct found {
	struct diagnosis items[DIAGNOSE_MAX];
	size_t n;
	size_t n_roots;
	struct diagnosis *cause; /* the root from which all others follow, but their own */
};

static void lead(struct found *found, struct diagnosis *d)
{
	d->under = false;
	found->cause->under = true;
	found->cause = d;
}

static void look(struct found *found, const struct evidence *e, const struct rules_row *row)
{
	struct diagnosis *d = &found->items[found->n];
	bool follows = found->cause && !row->own;

	if (found->n == DIAGNOSE_MAX || (!follows && found->n_roots == DIAGNOSE_ROOTS))
		return;
	*d = (struct diagnosis){.code = row->code, .peer = e->peer, .under = follows};
	if (!row->holds(e, d))
		return;
	found->n++;
	found->n_roots += !follows;
	if (!row->own && !follows)
		found->cause = d;
	else if (follows && row->leads && row->leads(e, found->cause->code))
		lead(found, d);
}

static void take(struct diagnose_list *out, const struct diagnosis *d, size_t under)
{
	struct diagnosis *copy = diagnose_add(out, d->code);

	*copy = *d;
	copy->under = (uint8_t)under;
}

static void take_followers(struct diagnose_list *out, const struct found *found)
{
	size_t root = out->n;

	for (size_t i = 0; i < found->n; i++)
		if (found->items[i].under)
			take(out, &found->items[i], root);
}

void diagnose_peer(const struct evidence *e, struct diagnose_list *out)
{
	struct found found = {.n = 0};

	for (size_t t = 0; t < array_len(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			look(&found, e, &tables[t]->rows[i]);
	out->n = 0;
	for (size_t i = 0; i < found.n; i++) {
		if (found.items[i].under)
			continue;
		take(out, &found.items[i], 0);
		if (&found.items[i] == found.cause)
			take_followers(out, &found);
	}
	for (size_t i = 0; e->config && i < out->n; i++)
		diagnose_dialect(e->config, &out->items[i]);
}
