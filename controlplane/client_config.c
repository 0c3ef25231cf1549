/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/client_config.h"

#include <stdio.h>

enum {
	HOST_BITS = 32
};

/* The networks behind us: the sources of an access list; none of them when one is any. */
static size_t split_of(const struct config_acl *acl, struct selector *split)
{
	size_t n = 0;

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];

		if (!line->permit || config_acl_line_is_idle(line))
			continue;
		if (!line->src.len)
			return 0;
		if (n == IKE_SPLIT_MAX)
			break;
		split[n++] = (struct selector){.local = line->src, .protocol = line->protocol};
	}
	return n;
}

void client_config_fill(const struct config *config, const struct config_group *group,
			struct ike_client_config *out)
{
	struct addr zero = addr_v4(0);

	for (size_t i = 0; i < CONFIG_GROUP_SERVERS; i++) {
		out->dns[i] = group->dns[i];
		out->wins[i] = group->wins[i];
	}
	out->prefix_len = group->netmask_len ? group->netmask_len : HOST_BITS;
	snprintf(out->domain, sizeof(out->domain), "%s", group->domain);
	snprintf(out->banner, sizeof(out->banner), "%s", group->banner);
	snprintf(out->split_dns, sizeof(out->split_dns), "%s", group->split_dns);
	snprintf(out->backup, sizeof(out->backup), "%s", group->backup);
	out->save_password = group->save_password;
	out->pfs_group = group->pfs_group;
	if (group->acl[0]) {
		out->n_split = split_of(config_model_acl(config, group->acl), out->split);
		out->split_exclude = group->split == CONFIG_SPLIT_EXCLUDE && out->n_split;
	} else if (group->include_local_lan) {
		/* what Cisco's client takes for "my own network": 0.0.0.0/32, left out */
		out->split_exclude = true;
		out->split[0].local = prefix_make(&zero, HOST_BITS);
		out->n_split = 1;
	}
}
