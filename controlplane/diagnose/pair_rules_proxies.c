/* SPDX-License-Identifier: BSD-3-Clause */
/* Access lists line by line: each must be the mirror image of one at the other end. */
#include "controlplane/diagnose/pair_rules.h"
#include "lib/config/config_acl.h"

#include <stdio.h>
#include <string.h>

static bool is_permit(const struct config_acl_line *line)
{
	return line->permit && !config_acl_line_is_idle(line);
}

static bool ports_eq(const uint16_t a[2], const uint16_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

static unsigned mirror_points(const struct config_acl_line *a, const struct config_acl_line *b)
{
	return (a->protocol == b->protocol) + 2u * prefix_eq(&a->src, &b->dst) +
	       2u * prefix_eq(&a->dst, &b->src) + ports_eq(a->src_port, b->dst_port) +
	       ports_eq(a->dst_port, b->src_port);
}

enum {
	ALL_POINTS = 7,
	LINE_TEXT = 160 /* two of them fit into what was seen */
};

static struct config_acl_line mirror_of(const struct config_acl_line *line)
{
	struct config_acl_line m = *line;

	m.src = line->dst;
	m.dst = line->src;
	memcpy(m.src_port, line->dst_port, sizeof(m.src_port));
	memcpy(m.dst_port, line->src_port, sizeof(m.dst_port));
	return m;
}

/* The nearest line to the mirror image, of one list. */
static const struct config_acl_line *
find_nearest(const struct config_acl *acl, const struct config_acl_line *line, unsigned *points)
{
	const struct config_acl_line *best = NULL;

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		unsigned here = mirror_points(line, &acl->lines[i]);

		if (!is_permit(&acl->lines[i]) || (best && here <= *points))
			continue;
		best = &acl->lines[i];
		*points = here;
	}
	return best;
}

static const struct config_acl *acl_of(const struct pair_end *end)
{
	return config_model_acl(end->config, end->entry->acl);
}

/* In any entry of that end that is for the same peer: lines may be spread over several. */
static bool has_mirror(const struct pair_end *end, const struct pair_end *other,
		       const struct config_acl_line *line)
{
	for (size_t i = 0; i < end->map->n_entries; i++) {
		struct pair_end each = *end;
		unsigned points = 0;

		each.entry = &end->map->entries[i];
		if ((each.entry == end->entry || pair_rules_names(&each, other)) &&
		    find_nearest(acl_of(&each), line, &points) && points == ALL_POINTS)
			return true;
	}
	return false;
}

size_t pair_rules_proxies_mirrored(const struct pair_end *ours, const struct pair_end *theirs)
{
	const struct config_acl *x = acl_of(ours), *y = acl_of(theirs);
	size_t n = 0;

	for (size_t i = 0; x && i < x->n_lines; i++) {
		unsigned points = 0;

		n += is_permit(&x->lines[i]) && find_nearest(y, &x->lines[i], &points) &&
		     points == ALL_POINTS;
	}
	return n;
}

static void say(const struct pair_rules *p, const struct config_acl_line *asked,
		const struct config_acl_line *nearest, const char *saw)
{
	struct diagnosis *d = pair_rules_add(p, DIAGNOSE_P2_PROXY);
	char local[PREFIX_TEXT], remote[PREFIX_TEXT];

	d->acl_sequence = nearest ? nearest->sequence : 0;
	diagnose_set(d, "remote", "%s", prefix_print(&asked->src, remote, sizeof(remote)));
	diagnose_set(d, "local", "%s", prefix_print(&asked->dst, local, sizeof(local)));
	diagnose_set(d, "acl", "%s", p->ours.entry->acl[0] ? p->ours.entry->acl : "<acl>");
	if (nearest)
		diagnose_set(d, "line", "%u", nearest->sequence);
	else
		diagnose_set(d, "line", "(none)");
	config_rules_saw(d, "%s", saw);
}

static void print(const struct config_acl_line *line, char *buf)
{
	config_acl_print_line(line, false, false, buf, LINE_TEXT);
}

/* A line of theirs that none of ours answers. */
static void check_theirs(const struct pair_rules *p, const struct config_acl_line *line)
{
	struct config_acl_line wanted = mirror_of(line);
	char there[LINE_TEXT], here[LINE_TEXT], saw[DIAGNOSE_TEXT];
	unsigned points = 0;

	print(line, there);
	print(&wanted, here);
	snprintf(saw, sizeof(saw), "There: %s. Here it would be: %s.", there, here);
	say(p, line, find_nearest(acl_of(&p->ours), line, &points), saw);
}

static void check_ours(const struct pair_rules *p, const struct config_acl_line *line)
{
	struct config_acl_line wanted = mirror_of(line);
	char there[LINE_TEXT], here[LINE_TEXT], saw[DIAGNOSE_TEXT];

	print(line, here);
	print(&wanted, there);
	snprintf(saw, sizeof(saw), "Here: %s. The other end has no such line: %s.", here, there);
	say(p, &wanted, line, saw);
}

static bool is_orphan(const struct pair_end *end, const struct pair_end *other,
		      const struct config_acl_line *line)
{
	return is_permit(line) && !has_mirror(other, end, line);
}

/* A line that differs is told once, not once from each side. */
static bool is_told(const struct pair_rules *p, const struct config_acl_line *line)
{
	const struct config_acl *y = acl_of(&p->theirs);

	for (size_t i = 0; i < y->n_lines; i++) {
		unsigned points = 0;

		if (is_orphan(&p->theirs, &p->ours, &y->lines[i]) &&
		    find_nearest(acl_of(&p->ours), &y->lines[i], &points) == line)
			return true;
	}
	return false;
}

void pair_rules_proxies(const struct pair_rules *p)
{
	const struct config_acl *x = acl_of(&p->ours), *y = acl_of(&p->theirs);

	if (!x || !y)
		return; /* for anybody, or missing: which is said of that configuration alone */
	for (size_t i = 0; i < y->n_lines; i++)
		if (is_orphan(&p->theirs, &p->ours, &y->lines[i]))
			check_theirs(p, &y->lines[i]);
	for (size_t i = 0; i < x->n_lines; i++)
		if (is_orphan(&p->ours, &p->theirs, &x->lines[i]) && !is_told(p, &x->lines[i]))
			check_ours(p, &x->lines[i]);
}
