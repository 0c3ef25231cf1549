/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/filters.h"

#include "lib/config/config_acl.h"
#include "lib/config/config_names.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIECES = 4 /* of a line with two `neq` */
};

/* What `neq` leaves, or the range itself; returns how many. */
static unsigned pieces_of(const uint16_t range[2], bool neq, uint16_t out[2][2])
{
	unsigned n = 0;

	if (!neq) {
		memcpy(out[0], range, sizeof(out[0]));
		return 1;
	}
	if (range[0] > 0) {
		out[n][0] = 0;
		out[n++][1] = (uint16_t)(range[0] - 1);
	}
	if (range[1] < UINT16_MAX) {
		out[n][0] = (uint16_t)(range[1] + 1);
		out[n++][1] = UINT16_MAX;
	}
	return n;
}

static void narrow(struct plane_rule *rule, const struct config_acl_line *line)
{
	if (strcmp(line->narrower, "established") == 0)
		rule->only = PLANE_RULE_ESTABLISHED;
	else if (strcmp(line->narrower, "fragments") == 0)
		rule->only = PLANE_RULE_FRAGMENTS;
	else if (line->narrower[0])
		config_names_icmp_range(line->narrower, rule->src_port);
}

static void add_line(struct filters *f, const struct plane_rule *list, const struct config_acl *acl,
		     const struct config_acl_line *line, const struct tunnels_ids *ids)
{
	uint16_t src[2][2], dst[2][2];
	unsigned n_src = pieces_of(line->src_port, line->neq_src, src);
	unsigned n_dst = pieces_of(line->dst_port, line->neq_dst, dst);
	struct plane_rule rule = *list;

	rule.action = line->permit ? PLANE_RULE_PROTECT : PLANE_RULE_DENY;
	rule.protocol = line->protocol;
	rule.src = config_acl_prefix(&line->src);
	rule.dst = config_acl_prefix(&line->dst);
	rule.hit_line = tunnels_hit_line(ids, acl->name, line);
	for (unsigned i = 0; i < n_src * n_dst; i++) {
		memcpy(rule.src_port, src[i / n_dst], sizeof(rule.src_port));
		memcpy(rule.dst_port, dst[i % n_dst], sizeof(rule.dst_port));
		narrow(&rule, line);
		f->rules[f->n++] = rule;
	}
}

static bool selects(const struct config_acl_line *line)
{
	return !line->remark[0] && !line->inactive;
}

/* Remarks alone are no list; what is inactive or of a group without members is one that ends. */
static bool denies_the_rest(const struct config_acl *acl)
{
	for (size_t i = 0; acl && i < acl->n_typed; i++)
		if (!acl->typed[i].remark[0])
			return true;
	return false;
}

/* Without any line the data plane would see no list at all. */
static void add_end(struct filters *f, const struct plane_rule *list)
{
	static const struct prefix any;
	struct plane_rule rule = *list;

	rule.action = PLANE_RULE_DENY;
	rule.src = rule.dst = config_acl_prefix(&any);
	rule.src_port[1] = rule.dst_port[1] = UINT16_MAX;
	rule.hit_line = UINT32_MAX;
	f->rules[f->n++] = rule;
}

static void add_list(struct filters *f, const struct config *config,
		     const struct config_interface *interface, bool out,
		     const struct tunnels_ids *ids)
{
	const struct config_acl *acl =
		config_model_acl(config, out ? interface->access_out : interface->access_in);
	struct plane_rule list = {.out = out};
	size_t before = f->n;

	memcpy(list.interface, interface->name, sizeof(list.interface));
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (selects(&acl->lines[i]))
			add_line(f, &list, acl, &acl->lines[i], ids);
	if (f->n == before && denies_the_rest(acl))
		add_end(f, &list);
}

static size_t count(const struct config *config, const char *name)
{
	const struct config_acl *acl = config_model_acl(config, name);

	return acl ? acl->n_lines * PIECES + 1 : 0;
}

int filters_derive(struct filters *f, const struct config *config, const struct tunnels_ids *ids)
{
	size_t n = 0;

	*f = (struct filters){0};
	for (size_t i = 0; i < config->n_interfaces; i++)
		n += count(config, config->interfaces[i].access_in) +
		     count(config, config->interfaces[i].access_out);
	f->rules = calloc(n + 1, sizeof(*f->rules));
	if (!f->rules)
		return -ENOMEM;
	for (size_t i = 0; i < config->n_interfaces; i++) {
		add_list(f, config, &config->interfaces[i], false, ids);
		add_list(f, config, &config->interfaces[i], true, ids);
	}
	if (!config->permit_vpn)
		f->flags |= PLANE_FILTER_DECRYPTED;
	/* the lists of an ASA and of a PIX are for what passes through them */
	if (config->dialect == DIALECT_IOS)
		f->flags |= PLANE_FILTER_OURS;
	if (!config->same_intra)
		f->flags |= PLANE_FILTER_NO_HAIRPIN;
	return 0;
}

void filters_fini(struct filters *f)
{
	free(f->rules);
	*f = (struct filters){0};
}

const struct config_acl_line *filters_line(const struct config *config,
					   const struct tunnels_ids *ids, const char *name,
					   uint32_t hit_line)
{
	const struct config_acl *acl = config_model_acl(config, name);

	for (size_t i = 0; acl && hit_line != ID_MAP_NONE && i < acl->n_lines; i++)
		if (tunnels_hit_line(ids, acl->name, &acl->lines[i]) == hit_line)
			return &acl->lines[i];
	return NULL;
}
