/* SPDX-License-Identifier: BSD-3-Clause */
/* Names that are used and not defined, while another differs in case or by one letter. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_references.h"

#include <stdio.h>
#include <string.h>

/* The line of an entry that has the name. */
static const char *const entry_lines[CONFIG_REFERENCE_COUNT] = {
	[CONFIG_REFERENCE_ACL] = "match address",
	[CONFIG_REFERENCE_TRANSFORM_SET] = "set transform-set",
	[CONFIG_REFERENCE_DYNAMIC_MAP] = "ipsec-isakmp dynamic",
	[CONFIG_REFERENCE_PROFILE] = "set isakmp-profile",
	[CONFIG_REFERENCE_IDENTITY] = "identity",
	[CONFIG_REFERENCE_POLICY_MAP] = "service-policy output",
};

static void say_command(struct diagnosis *d, const struct config *c,
			const struct config_reference *use, const char *near)
{
	if (use->entry && entry_lines[use->kind])
		config_rules_command(d, "%s %s %u %s %s", config_rules_noun(c, use->map),
				     use->map->name, use->entry->sequence, entry_lines[use->kind],
				     near);
	else if (use->kind == CONFIG_REFERENCE_MAP)
		config_rules_command(d, "%s %s / crypto map %s", use->user, use->user_name, near);
	else
		config_rules_command(d, "%s %s", config_references_command(use->kind), near);
}

static void say(struct config_rules *r, const struct config_reference *use, const char *near)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_NAME_CASE, use->map, use->entry);

	diagnose_set(&d, "what", "%s", config_references_what(use->kind));
	diagnose_set(&d, "name", "%s", use->name);
	diagnose_set(&d, "other", "%s", near);
	if (use->entry)
		config_rules_saw(&d, "%s %s %u uses it.", use->user, use->user_name,
				 use->entry->sequence);
	else
		config_rules_saw(&d, "%s %s uses it.", use->user, use->user_name);
	say_command(&d, r->config, use, near);
	config_rules_found(r, &d);
}

static bool check_use(void *ctx, const struct config_reference *use)
{
	struct config_rules *r = ctx;
	size_t cost = config_references_count(r->config, use->kind);
	const char *near;

	if (cost > r->comparisons) {
		r->comparisons = 0;
		return false;
	}
	r->comparisons -= cost;
	near = config_references_near(r->config, use->kind, use->name);
	if (near)
		say(r, use, near);
	return true;
}

/* A line of a map typed with the name in other letters begins a map of its own. */
static void check_map(struct config_rules *r, const struct config_map *map)
{
	const struct config_map *meant = config_references_misspelt(r->config, map);
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_NAME_CASE, map, NULL);

	if (!meant)
		return;
	diagnose_set(&d, "what", "crypto map");
	diagnose_set(&d, "name", "%s", map->name);
	diagnose_set(&d, "other", "%s", meant->name);
	config_rules_saw(&d, "No entry of %s is whole, and names of maps are case-sensitive.",
			 map->name);
	config_rules_command(&d, "no crypto map %s", map->name);
	config_rules_found(r, &d);
}

void config_rules_names(struct config_rules *r)
{
	for (size_t i = 0; i < r->config->n_maps; i++)
		check_map(r, &r->config->maps[i]);
	config_references_each(r->config, check_use, r);
}
