/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of a map that take each other's traffic. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_acl.h"

#include <stdlib.h>
#include <string.h>

enum {
	OVERLAPS_SHOWN = 8
};

static bool ports_meet(const uint16_t a[2], const uint16_t b[2])
{
	return a[0] <= b[1] && b[0] <= a[1];
}

static bool prefixes_meet(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

static bool is_permit(const struct config_acl_line *line)
{
	return line->permit && !config_acl_line_is_idle(line);
}

static bool lines_meet(const struct config_acl_line *a, const struct config_acl_line *b)
{
	return is_permit(a) && is_permit(b) &&
	       (!a->protocol || !b->protocol || a->protocol == b->protocol) &&
	       prefixes_meet(&a->dst, &b->dst) && prefixes_meet(&a->src, &b->src) &&
	       ports_meet(a->src_port, b->src_port) && ports_meet(a->dst_port, b->dst_port);
}

static bool ports_cover(const uint16_t outer[2], const uint16_t inner[2])
{
	return outer[0] <= inner[0] && inner[1] <= outer[1];
}

static bool line_covers(const struct config_acl_line *outer, const struct config_acl_line *inner)
{
	return (!outer->protocol || outer->protocol == inner->protocol) &&
	       prefix_covers(&outer->dst, &inner->dst) && prefix_covers(&outer->src, &inner->src) &&
	       ports_cover(outer->src_port, inner->src_port) &&
	       ports_cover(outer->dst_port, inner->dst_port);
}

static bool share_a_peer(const struct config_map_entry *a, const struct config_map_entry *b)
{
	for (size_t i = 0; i < a->n_peers; i++)
		for (size_t k = 0; k < b->n_peers; k++)
			if (addr_eq(&a->peers[i], &b->peers[k]))
				return true;
	return false;
}

static unsigned free_after(const struct config_map *map, const struct config_map_entry *entry)
{
	unsigned sequence = entry->sequence + 1u;

	while (sequence <= UINT16_MAX && config_model_map_entry(map, (uint16_t)sequence))
		sequence++;
	return sequence;
}

/* Two entries that meet, and the first lines in which they do. */
struct meeting {
	const struct config_map *map;
	const struct config_map_entry *first;
	const struct config_map_entry *second;
	const struct config_acl_line *x;
	const struct config_acl_line *y;
};

/* The first entry takes all that this line of the second is for, and speaks to somebody else. */
static void say_order(struct config_rules *r, const struct meeting *m)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_MAP_ORDER, m->map, m->second);
	char first[ADDR_TEXT], second[ADDR_TEXT];

	d.acl_sequence = m->y->sequence;
	diagnose_set(&d, "seq", "%u", m->first->sequence);
	diagnose_set(&d, "seq2", "%u", m->second->sequence);
	diagnose_set(&d, "free", "%u", free_after(m->map, m->second));
	config_rules_saw(&d, "Line %u of %s covers line %u of %s, and peer %s is not peer %s.",
			 m->x->sequence, m->first->acl, m->y->sequence, m->second->acl,
			 addr_print(&m->first->peers[0], first, sizeof(first)),
			 addr_print(&m->second->peers[0], second, sizeof(second)));
	config_rules_found(r, &d);
}

static void say_overlap(struct config_rules *r, const struct meeting *m)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_OVERLAP, m->map, m->first);

	d.acl_sequence = m->x->sequence;
	diagnose_set(&d, "line", "%u", m->x->sequence);
	diagnose_set(&d, "line2", "%u", m->y->sequence);
	diagnose_set(&d, "seq2", "%u", m->second->sequence);
	diagnose_set(&d, "acl", "%s", m->second->acl);
	config_rules_saw(&d, "Access lists %s and %s: traffic of both goes to entry %u.",
			 m->first->acl, m->second->acl, m->first->sequence);
	config_rules_found(r, &d);
}

/* One finding a pair of entries is enough. */
static bool check_pair(struct config_rules *r, struct meeting *m, const struct config_acl *x,
		       const struct config_acl *y)
{
	for (size_t i = 0; x && y && i < x->n_lines; i++)
		for (size_t k = 0; k < y->n_lines; k++) {
			if (!r->comparisons)
				return false;
			r->comparisons--;
			m->x = &x->lines[i];
			m->y = &y->lines[k];
			if (!lines_meet(m->x, m->y))
				continue;
			if (line_covers(m->x, m->y) && m->first->n_peers && m->second->n_peers &&
			    !share_a_peer(m->first, m->second))
				say_order(r, m);
			else
				say_overlap(r, m);
			return true;
		}
	return false;
}

static void check_pairs(struct config_rules *r, const struct config_map *map,
			const struct config_acl *const *acls)
{
	size_t found = 0;

	for (size_t a = 0; a < map->n_entries; a++)
		for (size_t b = a + 1; b < map->n_entries; b++) {
			struct meeting m = {
				.map = map, .first = &map->entries[a], .second = &map->entries[b]};

			if (found >= OVERLAPS_SHOWN || !r->comparisons)
				return;
			found += check_pair(r, &m, acls[a], acls[b]);
		}
}

/* Looked up once: a map may have thousands of entries. */
static void check_lists(struct config_rules *r, const struct config_map *map)
{
	const struct config_acl **acls = calloc(map->n_entries + 1, sizeof(struct config_acl *));

	for (size_t i = 0; acls && i < map->n_entries; i++)
		acls[i] = config_model_acl(r->config, map->entries[i].acl);
	if (acls)
		check_pairs(r, map, acls);
	free(acls);
}

/* The lowest dynamic entry is used, and takes what static ones behind it are for. */
static void check_dynamic(struct config_rules *r, const struct config_map *map)
{
	for (size_t i = 0; i + 1 < map->n_entries; i++) {
		const struct config_map_entry *entry = &map->entries[i], *next = entry + 1;
		struct diagnosis d = config_rules_make(DIAGNOSE_CFG_MAP_ORDER, map, next);

		if (!entry->dynamic[0])
			continue;
		diagnose_set(&d, "seq", "%u", entry->sequence);
		diagnose_set(&d, "seq2", "%u", next->sequence);
		if (next->dynamic[0]) {
			config_rules_saw(&d, "There are two dynamic entries, and one is used, the "
					     "lower: put the lines of both into one dynamic map.");
			config_rules_command(&d, "crypto dynamic-map %s <number>", entry->dynamic);
		} else {
			config_rules_saw(&d,
					 "Entry %u is dynamic: it must have the highest "
					 "number.",
					 entry->sequence);
			config_rules_command(&d, "crypto map %s 65535 ipsec-isakmp dynamic %s",
					     map->name, entry->dynamic);
		}
		config_rules_found(r, &d);
		return;
	}
}

void config_rules_order(struct config_rules *r)
{
	for (size_t i = 0; i < r->config->n_maps; i++) {
		check_dynamic(r, &r->config->maps[i]);
		check_lists(r, &r->config->maps[i]);
	}
}
