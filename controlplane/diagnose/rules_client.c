/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_client.h"

#include "controlplane/diagnose/rules_fill.h"
#include "lib/config/config_tunnel_group.h"

enum {
	LOST_PACKETS = 2,
	NOW_MS = 30000, /* it still happens */
};

/* Its last login tells the group. */
static const char *group_name(const struct evidence *e)
{
	return e->n_login ? e->login[0].login.group : "";
}

const struct config_group *rules_client_group(const struct evidence *e)
{
	const char *name = group_name(e);

	return e->config && name[0] ? config_remote_group(&e->config->remote, name) : NULL;
}

static const char *policy_of(const struct evidence *e, const struct config_group *group)
{
	const struct config_tunnel_group *t =
		config_tunnel_group_find(&e->config->remote, group->name);

	return t && t->policy[0] ? t->policy : CONFIG_GROUP_POLICY_ALL;
}

void rules_client_command(const struct evidence *e, struct diagnosis *d, const char *line,
			  const char *policy)
{
	const struct config_group *group = rules_client_group(e);

	if (group && group->derived)
		rules_fill_command(d, "group-policy %s attributes / %s", policy_of(e, group),
				   policy);
	else if (group_name(e)[0])
		rules_fill_command(d, "crypto isakmp client configuration group %s / %s",
				   group_name(e), line);
}

const char *rules_client_pool(const struct evidence *e, const struct addr *address)
{
	const struct config_remote *remote = e->config ? &e->config->remote : NULL;
	uint32_t at = address->family == ADDR_V4 ? addr_to_v4(address) : 0;

	for (size_t i = 0; at && remote && i < remote->n_pools; i++)
		for (size_t k = 0; k < remote->pools[i].n_ranges; k++)
			if (at >= remote->pools[i].ranges[k].low &&
			    at <= remote->pools[i].ranges[k].high)
				return remote->pools[i].name;
	return "";
}

/* Flows without a route are seen as they came: local is who sent it. */
static bool is_of_client(const struct evidence *e, const struct selector *flow)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (prefix_covers(&e->sas[i].selector.remote, &flow->local))
			return true;
	return false;
}

/* What the client sent last that had no route; NULL when it lost no more than a stray packet. */
static const struct evidence_drop *lost(const struct evidence *e)
{
	const struct evidence_drop *drop = evidence_drop(e, DROP_NO_ROUTE);

	return e->client && drop && drop->lately >= LOST_PACKETS &&
			       e->now_ms - drop->last_ms <= NOW_MS && is_of_client(e, &drop->flow)
		       ? drop
		       : NULL;
}

static bool is_said(const struct config_acl_line *line)
{
	return line->permit && !config_acl_line_is_idle(line);
}

/* What its clients are told of; NULL when that is nothing, and they send everything. */
static const struct config_acl *split_list(const struct evidence *e,
					   const struct config_group *group)
{
	const struct config_acl *acl = group && group->split != CONFIG_SPLIT_ALL && group->acl[0]
					       ? config_model_acl(e->config, group->acl)
					       : NULL;
	size_t n = 0;

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		if (!is_said(&acl->lines[i]))
			continue;
		if (!acl->lines[i].src.len)
			return NULL;
		n++;
	}
	return n ? acl : NULL;
}

static bool is_listed(const struct config_acl *acl, const struct prefix *to)
{
	for (size_t i = 0; i < acl->n_lines; i++)
		if (is_said(&acl->lines[i]) && prefix_covers(&acl->lines[i].src, to))
			return true;
	return false;
}

static void saw_lost(struct diagnosis *d, const struct evidence_drop *drop)
{
	char text[ADDR_TEXT];

	diagnose_set(d, "ip", "%s", addr_print(&drop->flow.remote.addr, text, sizeof(text)));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu packets came out of its SA in the last minute and had no route",
		       (unsigned long long)drop->lately);
}

bool rules_client_outside_list(const struct evidence *e, struct diagnosis *d)
{
	const struct config_group *group = rules_client_group(e);
	const struct config_acl *acl = split_list(e, group);
	const struct evidence_drop *drop = acl ? lost(e) : NULL;

	if (!drop || group->split != CONFIG_SPLIT_LIST || is_listed(acl, &drop->flow.remote))
		return false;
	diagnose_set(d, "acl", "%s", group->acl);
	saw_lost(d, drop);
	rules_fill_command(d, "show access-list %s", group->acl);
	return true;
}

bool rules_client_sends_all(const struct evidence *e, struct diagnosis *d)
{
	const struct config_group *group = rules_client_group(e);
	const struct evidence_drop *drop = group && !split_list(e, group) ? lost(e) : NULL;

	if (!drop)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "group", "%s", group->name);
	saw_lost(d, drop);
	rules_client_command(e, d, "acl <list>", "split-tunnel-policy tunnelspecified");
	return true;
}

bool rules_client_no_route(const struct evidence *e, struct diagnosis *d)
{
	const struct config_group *group = rules_client_group(e);
	const struct config_acl *acl = split_list(e, group);
	const struct evidence_drop *drop = acl ? lost(e) : NULL;

	if (!drop || (group->split == CONFIG_SPLIT_LIST) != is_listed(acl, &drop->flow.remote))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "acl", "%s", group->acl);
	saw_lost(d, drop);
	return true;
}
