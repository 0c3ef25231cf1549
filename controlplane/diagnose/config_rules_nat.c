/* SPDX-License-Identifier: BSD-3-Clause */
/* E91: exemptions from the translation of addresses whose access list selects by port. */
#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_acl.h"

static bool has_ports(const struct config_acl_line *line)
{
	return line->src_port[0] || line->src_port[1] != UINT16_MAX || line->dst_port[0] ||
	       line->dst_port[1] != UINT16_MAX;
}

static void check(struct config_rules *r, const struct config_acl *acl)
{
	for (size_t i = 0; i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		struct diagnosis d;

		if (line->remark[0] || !has_ports(line))
			continue;
		d = config_rules_make(DIAGNOSE_CFG_NAT, NULL, NULL);
		diagnose_set(&d, "what", "ACL %s line %u has ports: not valid for NAT exemption",
			     acl->name, line->sequence);
		config_rules_saw(&d, "An exemption is of addresses alone: ip for tcp and udp.");
		config_rules_command(&d, "show access-list %s", acl->name);
		config_rules_found(r, &d);
		return;
	}
}

void config_rules_nat(struct config_rules *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->n_nats; i++) {
		const struct config_nat *nat = &c->nats[i];
		const struct config_acl *acl = config_model_acl(c, nat->acl);

		if (nat->kind == CONFIG_NAT_EXEMPT && acl)
			check(r, acl);
	}
}
