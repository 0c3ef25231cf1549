/* SPDX-License-Identifier: BSD-3-Clause */
/* Client groups, pools, lists of methods and RADIUS servers as a whole. */
#include "lib/config/config_references.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/config/config_validate.h"

#include <stdio.h>
#include <string.h>

enum {
	SPLIT_MAX = 50
};

static void check_split(const struct config *c, const struct config_group *group,
			struct fault_list *faults)
{
	const struct config_acl *acl = config_model_acl(c, group->acl);
	size_t permits = 0;

	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];

		permits += line->permit && !config_acl_line_is_idle(line);
	}
	if (config_references_lacks(c, CONFIG_REFERENCE_ACL, group->acl))
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s: access list %s does not exist", group->name,
			  group->acl);
	else if (acl && !permits)
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s: access list %s has no permit line, so everything goes "
			  "through the tunnel",
			  group->name, group->acl);
	else if (permits > SPLIT_MAX)
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s: clients take %d networks, the others of access list %s "
			  "are left out",
			  group->name, SPLIT_MAX, group->acl);
	if (group->include_local_lan)
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s: include-local-lan does nothing beside acl: what is not "
			  "in the list stays outside the tunnel anyway",
			  group->name);
}

static void check_group(const struct config *c, const struct config_group *group,
			struct fault_list *faults)
{
	const char(*pools)[CONFIG_REMOTE_NAME];
	size_t n;

	if (!group->key[0] && !group->hybrid)
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s has no key, so no client can come in: add key KEY",
			  group->name);
	n = config_remote_group_pools(&c->remote, group, &pools);
	if (!n)
		fault_add(faults, FAULT_WARNING, -1,
			  "client group %s has no pool, so its clients get no address: add pool "
			  "NAME",
			  group->name);
	for (size_t i = 0; i < n; i++)
		if (config_references_lacks(c, CONFIG_REFERENCE_POOL, pools[i]))
			fault_add(faults, FAULT_WARNING, -1,
				  "client group %s: pool %s does not exist (names are "
				  "case-sensitive)",
				  group->name, pools[i]);
	if (group->acl[0])
		check_split(c, group, faults);
}

/* The trustpoint of a tunnel group is one that is believed in any case. */
static void check_tunnel_groups(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->remote.n_tunnel_groups; i++) {
		const struct config_tunnel_group *group = &c->remote.tunnel_groups[i];

		if (!group->trustpoint[0])
			continue;
		if (!config_pki_trustpoint(&c->pki, group->trustpoint))
			fault_add(faults, FAULT_WARNING, -1,
				  "tunnel-group %s: trustpoint %s does not exist", group->name,
				  group->trustpoint);
		else if (c->pki.n_trustpoints > 1)
			fault_add(faults, FAULT_WARNING, -1,
				  "tunnel-group %s: certificates of every trustpoint are believed, "
				  "not only of %s: narrow it with an isakmp profile, ca "
				  "trust-point %s in it, and set isakmp-profile in the crypto map",
				  group->name, group->trustpoint, group->trustpoint);
	}
}

static void check_named_list(const struct config *c, const struct config_map *map,
			     enum config_aaa_kind kind, const char *name, struct fault_list *faults)
{
	static const enum config_reference_kind kinds[] = {
		[CONFIG_AAA_LOGIN] = CONFIG_REFERENCE_LOGIN_LIST,
		[CONFIG_AAA_NETWORK] = CONFIG_REFERENCE_NETWORK_LIST,
		[CONFIG_AAA_ACCOUNTING] = CONFIG_REFERENCE_ACCOUNTING_LIST,
	};
	static const char *const lines[] = {
		[CONFIG_AAA_LOGIN] = "aaa authentication login",
		[CONFIG_AAA_NETWORK] = "aaa authorization network",
		[CONFIG_AAA_ACCOUNTING] = "aaa accounting network",
	};

	if (config_references_lacks(c, kinds[kind], name))
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s: list %s does not exist: add %s %s ...%s", map->name, name,
			  lines[kind], name,
			  kind == CONFIG_AAA_LOGIN ? "; until then nobody can log in" : "");
}

static void check_map(const struct config *c, const struct config_map *map,
		      struct fault_list *faults)
{
	bool by_servers = !config_remote_list(&c->remote, CONFIG_AAA_LOGIN, map->authentication) &&
			  config_tunnel_group_methods(&c->remote, map->authentication).n_methods;
	bool lists = (map->authentication[0] && !by_servers) || map->authorization[0] ||
		     map->accounting[0];

	if (!by_servers)
		check_named_list(c, map, CONFIG_AAA_LOGIN, map->authentication, faults);
	check_named_list(c, map, CONFIG_AAA_NETWORK, map->authorization, faults);
	check_named_list(c, map, CONFIG_AAA_ACCOUNTING, map->accounting, faults);
	if (lists && !c->remote.new_model)
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s names lists of methods, which need aaa new-model: add it",
			  map->name);
	if (map->authorization[0] && !map->client_address)
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s: clients get no address: add crypto map %s client "
			  "configuration address respond",
			  map->name, map->name);
}

static void check_lists(const struct config *c, struct fault_list *faults)
{
	const struct config_remote *r = &c->remote;

	for (size_t i = 0; i < r->n_lists; i++) {
		bool login = r->lists[i].kind == CONFIG_AAA_LOGIN;

		for (size_t k = 0; k < r->lists[i].n_methods; k++)
			if (r->lists[i].methods[k] == CONFIG_METHOD_RADIUS && !r->n_servers)
				fault_add(
					faults, FAULT_WARNING, -1,
					"list %s asks RADIUS servers and there is none: add radius "
					"server NAME",
					r->lists[i].name);
			else if (r->lists[i].methods[k] == CONFIG_METHOD_LOCAL && login &&
				 !r->n_users)
				fault_add(faults, FAULT_WARNING, -1,
					  "list %s asks for local users and there is none: add "
					  "username NAME secret PASSWORD",
					  r->lists[i].name);
	}
	for (size_t i = 0; i < r->n_servers; i++)
		if (r->servers[i].unsealed)
			fault_add(
				faults, FAULT_WARNING, -1,
				"radius server %s: weak: answers without Message-Authenticator are "
				"believed, and can be forged by who can change packets on the way "
				"(CVE-2024-3596): let the server send it and take "
				"message-authenticator optional away",
				r->servers[i].name);
	for (size_t i = 0; i < r->n_servers; i++)
		if (addr_is_none(&r->servers[i].address) || !r->servers[i].key[0])
			fault_add(faults, FAULT_WARNING, -1,
				  "radius server %s is not used: it lacks%s%s", r->servers[i].name,
				  addr_is_none(&r->servers[i].address) ? " `address ipv4`" : "",
				  r->servers[i].key[0] ? "" : " `key`");
}

void config_validate_remote(const struct config *c, struct fault_list *faults)
{
	bool authorized = true;

	for (size_t i = 0; i < c->remote.n_groups; i++) {
		check_group(c, &c->remote.groups[i], faults);
		authorized &= c->remote.groups[i].any_map;
	}
	for (size_t i = 0; i < c->n_maps; i++) {
		check_map(c, &c->maps[i], faults);
		authorized |= c->maps[i].authorization[0] != '\0';
	}
	if (!authorized)
		fault_add(faults, FAULT_WARNING, -1,
			  "there are client groups, and no crypto map lets clients name one: add "
			  "crypto map NAME isakmp authorization list LIST");
	check_tunnel_groups(c, faults);
	check_lists(c, faults);
}
