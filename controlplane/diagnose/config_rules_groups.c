/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups of clients. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_tunnel_group.h"

static const struct config_acl_line *find_any(const struct config_acl *acl)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (acl->lines[i].permit && !config_acl_line_is_idle(&acl->lines[i]) &&
		    !acl->lines[i].src.len)
			return &acl->lines[i];
	return NULL;
}

static void check_split(struct config_rules *r, const struct config_group *group)
{
	const struct config_acl_line *line = find_any(config_model_acl(r->config, group->acl));
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_SPLIT_ANY, NULL, NULL);

	if (!line || group->split != CONFIG_SPLIT_LIST)
		return;
	d.acl_sequence = line->sequence;
	diagnose_set(&d, "acl", "%s", group->acl);
	config_rules_saw(&d,
			 "Group %s: everything goes through the tunnel. Permit the networks "
			 "behind this box as sources.",
			 group->name);
	config_rules_found(r, &d);
}

static void check_dns(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_NO_DNS, NULL, NULL);

	if (!addr_is_none(&group->dns[0]))
		return;
	diagnose_set(&d, "peer", "of any address");
	diagnose_set(&d, "group", "%s", group->name);
	if (!group->any_map)
		config_rules_command(&d, "crypto isakmp client configuration group %s / dns <ip>",
				     group->name);
	config_rules_found(r, &d);
}

static const char *policy_name_of(const struct config *c, const struct config_group *group)
{
	const struct config_tunnel_group *tunnel =
		config_tunnel_group_find(&c->remote, group->name);

	return tunnel && tunnel->policy[0] ? tunnel->policy : CONFIG_GROUP_POLICY_ALL;
}

static void check_protocol(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_RA_PROTO, NULL, NULL);
	const char *policy = policy_name_of(r->config, group);

	if (!group->no_ipsec)
		return;
	diagnose_set(&d, "policy", "%s", policy);
	config_rules_saw(&d, "No client of %s can come in.", group->name);
	config_rules_command(&d, "group-policy %s attributes / vpn-tunnel-protocol ipsec", policy);
	config_rules_found(r, &d);
}

/* E108: everything of a client goes through the tunnel, and must go out where it came in. */
static void check_hairpin(struct config_rules *r, const struct config_group *group)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_HAIRPIN, NULL, NULL);

	if (r->config->same_intra || !group->n_pools ||
	    (group->acl[0] && group->split != CONFIG_SPLIT_ALL))
		return;
	diagnose_set(&d, "src", "of pool %s", group->pools[0]);
	diagnose_set(&d, "dst", "any");
	config_rules_saw(&d,
			 "Group %s has no split list: its clients reach the Internet through "
			 "this box or not at all.",
			 group->name);
	config_rules_found(r, &d);
}

void config_rules_groups(struct config_rules *r)
{
	for (size_t i = 0; i < r->config->remote.n_groups; i++) {
		const struct config_group *group = &r->config->remote.groups[i];

		check_split(r, group);
		check_dns(r, group);
		check_protocol(r, group);
		check_hairpin(r, group);
	}
}
