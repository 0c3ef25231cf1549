/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/evidence.h"
#include "lib/config/config_acl.h"

#include <string.h>

enum {
	SCORE_OF_PEER = 1 << 16, /* before any likeness */
	SCORE_COVERS = 1 << 12,
	SCORE_BIT = 2, /* a leading bit in common; what one is longer by counts against it */
	SCORE_PORTS = 1,
};

struct search {
	const struct evidence *e;
	const struct selector *wanted;
	struct evidence_nearest best;
	long score;
};

static int common_bits(const struct prefix *a, const struct prefix *b)
{
	int most = a->len < b->len ? a->len : b->len;
	int n = 0;

	if (a->addr.family != b->addr.family)
		return 0;
	while (n < most && !((a->addr.b[n / 8] ^ b->addr.b[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

static long likeness(const struct prefix *a, const struct prefix *b)
{
	return SCORE_BIT * common_bits(a, b) -
	       (a->len > b->len ? a->len - b->len : b->len - a->len);
}

static bool names_peer(const struct evidence *e, const struct config_map_entry *entry)
{
	for (size_t i = 0; i < entry->n_peers; i++)
		if (addr_eq(&entry->peers[i], &e->peer))
			return true;
	return false;
}

static void consider(struct search *s, const struct evidence_nearest *candidate)
{
	struct selector have = config_acl_line_selector(candidate->line);
	bool covers = selector_covers(&have, s->wanted);
	long score = likeness(&have.local, &s->wanted->local) +
		     likeness(&have.remote, &s->wanted->remote);

	score += candidate->of_peer ? SCORE_OF_PEER : 0;
	score += covers ? SCORE_COVERS : 0;
	score += have.protocol == s->wanted->protocol ? SCORE_PORTS : 0;
	if (s->best.line && score <= s->score)
		return;
	s->best = *candidate;
	s->best.covers = covers;
	s->score = score;
}

static void search_entry(struct search *s, const struct config_map_entry *entry)
{
	const struct config_acl *acl = config_model_acl(s->e->config, entry->acl);
	struct evidence_nearest candidate = {
		.entry = entry,
		.acl = acl,
		.of_peer = names_peer(s->e, entry),
	};

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		candidate.line = &acl->lines[i];
		if (candidate.line->permit && !config_acl_line_is_idle(candidate.line))
			consider(s, &candidate);
	}
}

static void search_map(struct search *s, const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++) {
		const struct config_map *dynamic =
			config_model_dynamic_map(s->e->config, map->entries[i].dynamic);

		search_entry(s, &map->entries[i]);
		for (size_t k = 0; dynamic && k < dynamic->n_entries; k++)
			search_entry(s, &dynamic->entries[k]);
	}
}

struct evidence_nearest evidence_nearest(const struct evidence *e, const struct selector *s)
{
	struct search search = {.e = e, .wanted = s};

	if (!e->config)
		return search.best;
	if (e->map) {
		search_map(&search, e->map);
		return search.best;
	}
	for (size_t i = 0; i < e->config->n_interfaces; i++) {
		const struct config_map *map =
			config_model_map(e->config, e->config->interfaces[i].crypto_map);

		if (map)
			search_map(&search, map);
	}
	return search.best;
}
