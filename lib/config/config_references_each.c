/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk over all names that are used. */
#include "lib/config/config_references.h"
#include "lib/config/config_tunnel_group.h"

#include <string.h>

struct walk {
	const struct config *config;
	bool (*fn)(void *ctx, const struct config_reference *use);
	void *ctx;
	bool ended;
};

static void visit(struct walk *w, const struct config_reference *use)
{
	if (use->name[0] && !w->ended)
		w->ended = !w->fn(w->ctx, use);
}

static void visit_named(struct walk *w, enum config_reference_kind kind, const char *name,
			const char *user, const char *user_name)
{
	visit(w, &(struct config_reference){
			 .kind = kind, .name = name, .user = user, .user_name = user_name});
}

static void visit_entry(struct walk *w, const struct config_map *map,
			const struct config_map_entry *e)
{
	struct config_reference use = {
		.map = map, .entry = e, .user = "crypto map", .user_name = map->name};
	const struct {
		enum config_reference_kind kind;
		const char *name;
	} uses[] = {
		{CONFIG_REFERENCE_ACL, e->acl},
		{CONFIG_REFERENCE_DYNAMIC_MAP, e->dynamic},
		{CONFIG_REFERENCE_PROFILE, e->profile},
		{CONFIG_REFERENCE_IDENTITY, e->identity},
		{CONFIG_REFERENCE_POLICY_MAP, e->service_policy},
	};

	for (size_t i = 0; i < array_len(uses); i++) {
		use.kind = uses[i].kind;
		use.name = uses[i].name;
		visit(w, &use);
	}
	use.kind = CONFIG_REFERENCE_TRANSFORM_SET;
	for (size_t i = 0; i < e->n_sets; i++) {
		use.name = e->sets[i];
		visit(w, &use);
	}
}

static void visit_map(struct walk *w, const struct config_map *map)
{
	const struct config *c = w->config;
	struct config_reference use = {.map = map, .user = "crypto map", .user_name = map->name};

	for (size_t i = 0; i < map->n_entries; i++)
		visit_entry(w, map, &map->entries[i]);
	use.kind = CONFIG_REFERENCE_LOGIN_LIST;
	use.name = map->authentication;
	/* or a group of servers, or LOCAL */
	if (config_remote_list(&c->remote, CONFIG_AAA_LOGIN, map->authentication) ||
	    !config_tunnel_group_methods(&c->remote, map->authentication).n_methods)
		visit(w, &use);
	use.kind = CONFIG_REFERENCE_NETWORK_LIST;
	use.name = map->authorization;
	visit(w, &use);
	use.kind = CONFIG_REFERENCE_ACCOUNTING_LIST;
	use.name = map->accounting;
	visit(w, &use);
}

static void visit_interfaces(struct walk *w)
{
	const struct config *c = w->config;

	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *f = &c->interfaces[i];

		visit_named(w, CONFIG_REFERENCE_MAP, f->crypto_map, "interface", f->name);
		visit_named(w, CONFIG_REFERENCE_ACL, f->access_in, "interface", f->name);
		visit_named(w, CONFIG_REFERENCE_ACL, f->access_out, "interface", f->name);
		visit_named(w, CONFIG_REFERENCE_POLICY_MAP, f->service_policy, "interface",
			    f->name);
	}
}

static void visit_profiles(struct walk *w)
{
	const struct config *c = w->config;

	for (size_t i = 0; i < c->n_profiles; i++) {
		const struct config_profile *p = &c->profiles[i];

		for (size_t k = 0; k < p->n_trustpoints; k++)
			visit_named(w, CONFIG_REFERENCE_TRUSTPOINT, p->trustpoints[k],
				    "isakmp profile", p->name);
		for (size_t k = 0; k < p->n_matches; k++)
			if (p->matches[k].kind == CONFIG_WHO_CERTIFICATE)
				visit_named(w, CONFIG_REFERENCE_CERT_MAP, p->matches[k].text,
					    "isakmp profile", p->name);
	}
}

static void visit_qos(struct walk *w)
{
	const struct config *c = w->config;

	for (size_t i = 0; i < c->n_classes; i++)
		for (size_t k = 0; k < c->classes[i].n_matches; k++)
			visit_named(w, CONFIG_REFERENCE_ACL, c->classes[i].matches[k].acl,
				    "class-map", c->classes[i].name);
	for (size_t i = 0; i < c->n_policy_maps; i++) {
		const struct config_policy_map *p = &c->policy_maps[i];

		for (size_t k = 0; k < p->n_classes; k++) {
			if (strcmp(p->classes[k].name, CONFIG_CLASS_DEFAULT) != 0)
				visit_named(w, CONFIG_REFERENCE_CLASS, p->classes[k].name,
					    "policy-map", p->name);
			visit_named(w, CONFIG_REFERENCE_POLICY_MAP, p->classes[k].child,
				    "policy-map", p->name);
		}
	}
}

static void visit_policy(struct walk *w, const struct config_group_policy *p, const char *user)
{
	visit_named(w, CONFIG_REFERENCE_ACL, p->acl, user, p->name);
	visit_named(w, CONFIG_REFERENCE_GROUP_POLICY, p->group_policy, user, p->name);
	for (size_t k = 0; k < p->n_pools; k++)
		visit_named(w, CONFIG_REFERENCE_POOL, p->pools[k], user, p->name);
}

static void visit_tunnel_group(struct walk *w, const struct config_tunnel_group *g)
{
	for (size_t k = 0; k < g->n_pools; k++)
		visit_named(w, CONFIG_REFERENCE_POOL, g->pools[k], "tunnel-group", g->name);
	if (strcmp(g->policy, CONFIG_GROUP_POLICY_ALL) != 0)
		visit_named(w, CONFIG_REFERENCE_GROUP_POLICY, g->policy, "tunnel-group", g->name);
	if (strcmp(g->servers, CONFIG_LOGIN_LOCAL) != 0 &&
	    strcmp(g->servers, CONFIG_LOGIN_NOBODY) != 0)
		visit_named(w, CONFIG_REFERENCE_SERVER_GROUP, g->servers, "tunnel-group", g->name);
	visit_named(w, CONFIG_REFERENCE_SERVER_GROUP, g->accounting, "tunnel-group", g->name);
}

/* Client groups made of tunnel groups use what those were visited for. */
static void visit_remote(struct walk *w)
{
	const struct config_remote *r = &w->config->remote;

	for (size_t i = 0; i < r->n_groups; i++) {
		const struct config_group *g = &r->groups[i];

		if (g->derived)
			continue;
		visit_named(w, CONFIG_REFERENCE_ACL, g->acl, "client group", g->name);
		for (size_t k = 0; k < g->n_pools; k++)
			visit_named(w, CONFIG_REFERENCE_POOL, g->pools[k], "client group", g->name);
	}
	for (size_t i = 0; i < r->n_tunnel_groups; i++)
		visit_tunnel_group(w, &r->tunnel_groups[i]);
	for (size_t i = 0; i < r->n_group_policies; i++)
		visit_policy(w, &r->group_policies[i], "group-policy");
	for (size_t i = 0; i < r->n_user_policies; i++)
		visit_policy(w, &r->user_policies[i], "username");
}

void config_references_each(const struct config *c,
			    bool (*fn)(void *ctx, const struct config_reference *use), void *ctx)
{
	struct walk w = {.config = c, .fn = fn, .ctx = ctx};

	for (size_t i = 0; i < c->n_maps; i++)
		visit_map(&w, &c->maps[i]);
	for (size_t i = 0; i < c->n_dynamic_maps; i++)
		visit_map(&w, &c->dynamic_maps[i]);
	visit_interfaces(&w);
	visit_profiles(&w);
	visit_qos(&w);
	visit_remote(&w);
}
