/* SPDX-License-Identifier: BSD-3-Clause */
/* Transform sets, PFS and lifetimes of two entries. */
#include "controlplane/diagnose/pair_rules.h"

#include <stdio.h>
#include <string.h>

static const struct config_transform_set *set_at(const struct pair_end *end, size_t i)
{
	return config_model_transform_set(end->config, end->entry->sets[i]);
}

static bool is_host(const struct prefix *p)
{
	return p->len && p->len == (p->addr.family == ADDR_V6 ? 128 : 32);
}

/* Transport is for the two ends alone; of anything else such a set protects in tunnel mode. */
static bool is_transport(const struct pair_end *end, const struct config_transform_set *set)
{
	const struct config_acl *acl = config_model_acl(end->config, end->entry->acl);

	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (acl->lines[i].permit &&
		    (!is_host(&acl->lines[i].src) || !is_host(&acl->lines[i].dst)))
			return false;
	return set->transport;
}

static bool same_suite(const struct config_transform_set *a, const struct config_transform_set *b)
{
	return a->suite.cipher == b->suite.cipher && a->suite.hash == b->suite.hash &&
	       a->esn == b->esn;
}

/* Everything an entry takes: "esp-3des esp-sha-hmac, esp-aes esp-sha-hmac (transport)". */
static void print_sets(const struct pair_end *end, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < end->entry->n_sets; i++) {
		const struct config_transform_set *set = set_at(end, i);
		size_t len = strlen(buf);
		char suite[64];

		if (set)
			snprintf(buf + len, size - len, "%s%s%s%s", len ? ", " : "",
				 alg_suite_print(set->suite, suite, sizeof(suite)),
				 set->esn ? " esn" : "",
				 is_transport(end, set) ? " (transport)" : "");
	}
}

static void check_transforms(const struct pair_rules *p)
{
	const struct config_map_entry *ours = p->ours.entry, *theirs = p->theirs.entry;
	char offered[DIAGNOSE_FIELD], allowed[DIAGNOSE_FIELD];
	bool but_mode = false;
	struct diagnosis *d;

	for (size_t i = 0; i < ours->n_sets; i++)
		for (size_t k = 0; k < theirs->n_sets; k++) {
			const struct config_transform_set *a = set_at(&p->ours, i);
			const struct config_transform_set *b = set_at(&p->theirs, k);

			if (!a || !b || !same_suite(a, b))
				continue;
			if (is_transport(&p->ours, a) == is_transport(&p->theirs, b))
				return;
			but_mode = true;
		}
	print_sets(&p->theirs, offered, sizeof(offered));
	print_sets(&p->ours, allowed, sizeof(allowed));
	if (!offered[0] || !allowed[0])
		return; /* which is said of that configuration alone */
	d = pair_rules_add(p, DIAGNOSE_P2_TRANSFORM);
	diagnose_set(d, "offered", "%s", offered);
	diagnose_set(d, "allowed", "%s", allowed);
	if (but_mode)
		config_rules_saw(d, "Tunnel and transport mode alone differ.");
}

/* Who wants a group refuses who has none; who wants none takes any. */
static void check_pfs(const struct pair_rules *p)
{
	uint16_t ours = p->ours.entry->pfs_group, theirs = p->theirs.entry->pfs_group;
	struct diagnosis *d;

	if (ours == theirs)
		return;
	d = pair_rules_add(p, DIAGNOSE_P2_PFS);
	if (theirs)
		diagnose_set(d, "did", "sends group %u as", theirs);
	else
		diagnose_set(d, "did", "does not send");
	if (ours)
		diagnose_set(d, "group", "group%u", ours);
	else
		diagnose_set(d, "group", "none");
	if (!ours || !theirs)
		config_rules_saw(d, "It works only when %s begins.",
				 ours ? "this end" : "the peer");
	if (theirs)
		config_rules_command(d, "crypto map %s %u set pfs group%u", p->ours.map->name,
				     p->ours.entry->sequence, theirs);
	else
		config_rules_command(d, "no crypto map %s %u set pfs", p->ours.map->name,
				     p->ours.entry->sequence);
}

static struct config_lifetime lifetime_of(const struct pair_end *end)
{
	struct config_lifetime l = end->entry->lifetime;

	if (!l.seconds)
		l.seconds = end->config->ipsec.lifetime.seconds;
	if (!l.kilobytes)
		l.kilobytes = end->config->ipsec.lifetime.kilobytes;
	return l;
}

static void check_lifetimes(const struct pair_rules *p)
{
	struct config_lifetime ours = lifetime_of(&p->ours), theirs = lifetime_of(&p->theirs);
	struct diagnosis *d;

	if (ours.seconds == theirs.seconds)
		return;
	d = pair_rules_add(p, DIAGNOSE_CFG_LIFETIME);
	diagnose_set(d, "what", "Phase 2");
	diagnose_set(d, "here", "%u s", ours.seconds);
	diagnose_set(d, "there", "%u s", theirs.seconds);
	config_rules_command(d, "crypto map %s %u set security-association lifetime seconds %u",
			     p->ours.map->name, p->ours.entry->sequence, theirs.seconds);
}

void pair_rules_phase2(const struct pair_rules *p)
{
	check_transforms(p);
	check_pfs(p);
	check_lifetimes(p);
}
