/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * E89: the other box gives packets of the tunnel another source address before its crypto map looks
 * at them, which then finds none. This appliance translates nothing.
 */
#include "controlplane/diagnose/pair_rules.h"
#include "lib/config/config_acl.h"

#include <stdio.h>
#include <string.h>

enum fate {
	UNTOUCHED,
	EXEMPT,
	TRANSLATED,
};

static bool meets(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

/* What the first line that meets the packets says. One that takes some of them is not all. */
static enum fate fate_of_list(const struct config_acl *acl, const struct config_acl_line *packets,
			      bool exempts)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		bool all = !line->protocol && prefix_covers(&line->src, &packets->src) &&
			   (acl->standard || prefix_covers(&line->dst, &packets->dst));
		bool some = meets(&line->src, &packets->src) &&
			    (acl->standard || meets(&line->dst, &packets->dst));

		if (line->remark[0] || !some)
			continue;
		if (exempts && line->permit && all)
			return EXEMPT;
		if (!exempts && line->permit)
			return TRANSLATED;
		if (!line->permit && all)
			return UNTOUCHED;
	}
	return UNTOUCHED;
}

static bool object_meets(const struct config *c, const char *name, const struct prefix *network,
			 bool whole)
{
	const struct config_object *object = config_model_object(c, name);

	if (!name[0] || strcmp(name, "any") == 0)
		return true;
	if (!object || !object->set)
		return whole; /* of one that is not known the best is thought */
	return whole ? prefix_covers(&object->network, network) : meets(&object->network, network);
}

static bool has_global(const struct config *c, unsigned id)
{
	for (size_t i = 0; i < c->n_nats; i++)
		if (c->nats[i].kind == CONFIG_NAT_GLOBAL && c->nats[i].id == id)
			return true;
	return !id;
}

static enum fate fate_of(const struct config *c, const struct config_nat *nat,
			 const struct config_acl_line *packets)
{
	bool exempts = nat->kind == CONFIG_NAT_EXEMPT, met;

	if (nat->kind == CONFIG_NAT_GLOBAL || (!exempts && !has_global(c, nat->id)))
		return UNTOUCHED;
	if (nat->acl[0])
		return fate_of_list(config_model_acl(c, nat->acl), packets, exempts);
	if (nat->src[0])
		met = object_meets(c, nat->src, &packets->src, exempts) &&
		      object_meets(c, nat->dst, &packets->dst, exempts);
	else
		met = exempts ? prefix_covers(&nat->network, &packets->src)
			      : meets(&nat->network, &packets->src);
	return !met ? UNTOUCHED : exempts ? EXEMPT : TRANSLATED;
}

/* The line that translates them, NULL = none, or there is an exemption. */
static const struct config_nat *translates(const struct config *c,
					   const struct config_acl_line *packets)
{
	const struct config_nat *found = NULL;

	for (size_t i = 0; i < c->n_nats; i++) {
		enum fate fate = fate_of(c, &c->nats[i], packets);

		if (fate == EXEMPT)
			return NULL;
		if (fate == TRANSLATED && !found)
			found = &c->nats[i];
	}
	return found;
}

static void say_command(struct diagnosis *d, const struct config_nat *nat,
			const struct config_acl_line *line)
{
	struct config_acl_line wanted = *line;
	char text[CONFIG_ACL_TEXT];
	bool ios = strncmp(nat->text, "ip ", 3) == 0;

	wanted.protocol = 0;
	wanted.permit = !ios;
	wanted.src_port[0] = wanted.dst_port[0] = 0;
	wanted.src_port[1] = wanted.dst_port[1] = UINT16_MAX;
	config_acl_print_line(&wanted, false, !ios, text, sizeof(text));
	if (ios)
		config_rules_command(d, "ip access-list extended %s / 1 %s", nat->acl, text);
	else if (nat->src[0])
		config_rules_command(d, "nat (inside,outside) source static <local> <local> "
					"destination static <remote> <remote>");
	else
		config_rules_command(
			d, "access-list NONAT extended %s / nat (inside) 0 access-list NONAT",
			text);
	snprintf(d->command + strlen(d->command), sizeof(d->command) - strlen(d->command),
		 " (on the other box)");
}

void pair_rules_nat(const struct pair_rules *p)
{
	const struct config *c = p->theirs.config;
	const struct config_acl *acl = config_model_acl(c, p->theirs.entry->acl);

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		const struct config_nat *nat;
		struct diagnosis *d;

		if (!line->permit || config_acl_line_is_idle(line))
			continue;
		nat = translates(c, line);
		if (!nat)
			continue;
		d = pair_rules_add(p, DIAGNOSE_CFG_NAT);
		diagnose_set(d, "what",
			     "packets of crypto ACL %s are translated before "
			     "IPsec",
			     acl->name);
		/* a translation for this way alone may give it the address that the ACL has */
		d->sureness = DIAGNOSE_LIKELY;
		config_rules_saw(d, "Line %u there is covered by %s, and no exemption.",
				 line->sequence, nat->text);
		say_command(d, nat, line);
		return;
	}
}
