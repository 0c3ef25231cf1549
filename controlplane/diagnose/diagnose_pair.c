/* SPDX-License-Identifier: BSD-3-Clause */
/* Which entries of two configurations belong together, and the rules over each two of them. */
#include "controlplane/diagnose/diagnose_dialect.h"
#include "controlplane/diagnose/pair_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ends {
	struct pair_end *rows; /* owned */
	size_t n;
};

static struct addr address_of(const struct config *c, const struct config_map *map)
{
	const struct config_interface *interface =
		map->local_interface[0] ? config_model_interface(c, map->local_interface)
					: config_rules_carrier(c, map);

	return interface ? interface->address : (struct addr){0};
}

static size_t count_entries(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_maps; i++)
		n += c->maps[i].n_entries;
	for (size_t i = 0; i < c->n_dynamic_maps; i++)
		n += c->dynamic_maps[i].n_entries;
	return n;
}

static void add_entry(struct ends *ends, const struct config *c, const struct config_map *map,
		      const struct config_map_entry *entry)
{
	const struct config_map *template = config_model_dynamic_map(c, entry->dynamic);
	struct addr address = address_of(c, map);

	if (!entry->dynamic[0])
		ends->rows[ends->n++] = (struct pair_end){
			.config = c, .map = map, .entry = entry, .address = address};
	for (size_t i = 0; entry->dynamic[0] && template && i < template->n_entries; i++)
		ends->rows[ends->n++] = (struct pair_end){.config = c,
							  .map = template,
							  .entry = &template->entries[i],
							  .address = address,
							  .dynamic = true};
}

/* A dynamic map may be referred to more than once: room for each time. */
static int find_ends(struct ends *ends, const struct config *c)
{
	size_t room = count_entries(c) * (1 + c->n_maps);

	ends->rows = calloc(room + 1, sizeof(*ends->rows));
	if (!ends->rows)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries && ends->n < room; k++)
			add_entry(ends, c, &c->maps[i], &c->maps[i].entries[k]);
	return 0;
}

/* How much two entries seem to be meant for each other. 0 = not at all. */
static size_t score(const struct pair_end *ours, const struct pair_end *theirs)
{
	bool here = pair_rules_names(ours, theirs), there = pair_rules_names(theirs, ours);
	size_t lines = pair_rules_proxies_mirrored(ours, theirs);
	size_t points = 4 * ((size_t)here + there) + (lines > 2 ? 2 : lines);

	if (ours->dynamic && theirs->dynamic)
		return 0;
	if (ours->dynamic || theirs->dynamic) /* when nothing else is there */
		return here && there ? 1 : 0;
	/* who names the other by a wrong address, and nothing else speaks for it, is a stranger */
	return here || there || lines ? points : 0;
}

static bool is_private(const struct addr *a)
{
	uint32_t v4 = addr_to_v4(a);

	return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8;
}

/* Who is called by a public address and has a private one is behind a NAT. */
static bool is_translated(const struct pair_end *caller, const struct pair_end *called)
{
	return caller->entry->n_peers && is_private(&called->address) &&
	       !is_private(&caller->entry->peers[0]);
}

static void check_nat(struct pair_rules *p, bool theirs)
{
	bool here = p->ours.config->isakmp.nat_traversal;
	bool there = p->theirs.config->isakmp.nat_traversal;
	struct diagnosis *d;

	if (here && there)
		return;
	d = pair_rules_add(p, DIAGNOSE_NATT_NEEDED);
	diagnose_set(d, "where", "%s", theirs ? "peer" : "self");
	d->sureness = DIAGNOSE_LIKELY;
	config_rules_saw(d, "It is off %s.", here ? "there" : there ? "here" : "at both ends");
}

static void say_address(struct pair_rules *p)
{
	const struct pair_end *ours = &p->ours, *theirs = &p->theirs;
	bool here = pair_rules_names(ours, theirs), there = pair_rules_names(theirs, ours);
	const struct pair_end *wrong = here ? theirs : ours, *right = here ? ours : theirs;
	char named[ADDR_TEXT] = "none", address[ADDR_TEXT];
	struct diagnosis *d;

	if (here && there)
		return;
	if (is_translated(wrong, right)) {
		check_nat(p, !here);
		return;
	}
	d = pair_rules_add(p, DIAGNOSE_CFG_PEER);
	if (wrong->entry->n_peers)
		addr_print(&wrong->entry->peers[0], named, sizeof(named));
	diagnose_set(d, "where", "%s", here ? "there" : "here");
	diagnose_set(d, "named", "%s", named);
	diagnose_set(d, "address", "%s", addr_print(&right->address, address, sizeof(address)));
	diagnose_set(d, "map", "%s", wrong->map->name);
	diagnose_set(d, "seq", "%u", wrong->entry->sequence);
	if (!here && !there)
		config_rules_saw(d, "Neither end names the other; their access lists mirror.");
	d->sureness = DIAGNOSE_LIKELY; /* a NAT between them would have addresses of its own */
}

static bool same_peers(const struct pair_end *a, const struct pair_end *b)
{
	return a->map == b->map && a->entry->n_peers && b->entry->n_peers &&
	       addr_eq(&a->entry->peers[0], &b->entry->peers[0]);
}

static void compare(struct pair_rules *p, const struct pair_end *last)
{
	say_address(p);
	/* once for entries that have the same two ends */
	if (!last || !same_peers(last, &p->ours))
		pair_rules_phase1(p);
	pair_rules_proxies(p);
	pair_rules_phase2(p);
	pair_rules_nat(p);
}

static const struct pair_end *find_partner(const struct pair_end *end, const struct ends *others)
{
	const struct pair_end *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < others->n; i++) {
		size_t points = score(end, &others->rows[i]);

		if (points > most) {
			most = points;
			best = &others->rows[i];
		}
	}
	return best;
}

static void compare_all(const struct ends *ours, const struct ends *theirs,
			struct diagnose_list *out)
{
	const struct pair_end *last = NULL;
	bool any = false;

	for (size_t i = 0; i < ours->n; i++) {
		const struct pair_end *partner = find_partner(&ours->rows[i], theirs);
		struct pair_rules p = {.ours = ours->rows[i], .out = out};

		if (!partner || find_partner(partner, ours) != &ours->rows[i])
			continue;
		p.theirs = *partner;
		compare(&p, last);
		last = &ours->rows[i];
		any = true;
	}
	if (!any)
		*diagnose_add(out, DIAGNOSE_CFG_NO_PAIR) =
			config_rules_make(DIAGNOSE_CFG_NO_PAIR, NULL, NULL);
}

void diagnose_pair(const struct config *ours, const struct config *theirs,
		   struct diagnose_list *out)
{
	struct ends here = {0}, there = {0};

	if (find_ends(&here, ours) == 0 && find_ends(&there, theirs) == 0)
		compare_all(&here, &there, out);
	for (size_t i = 0; i < out->n; i++)
		diagnose_dialect(ours, &out->items[i]);
	free(here.rows);
	free(there.rows);
}
