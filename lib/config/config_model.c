/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Copies a list of n rows; an empty list is NULL. */
static int copy_list(void *to, const void *rows, size_t n, size_t row_bytes)
{
	void *copy = NULL;

	if (n) {
		copy = malloc(n * row_bytes);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, rows, n * row_bytes);
	}
	memcpy(to, &copy, sizeof(copy));
	return 0;
}

void config_model_init(struct config *config)
{
	*config = (struct config){
		.hostname = "culvert",
		.platform = {.control_core = -1, .memory_mb = 256},
		.exec_timeout = {600, 600},
		.logging = config_logging_defaults(),
		.archive = {.maximum = CONFIG_ARCHIVE_COPIES},
		.permit_vpn = true,
		.same_inter = true,
		.same_intra = true,
		.names_on = true,
		.isakmp = {.enabled = true,
			   .identity = CONFIG_IDENTITY_ADDRESS,
			   .keepalive_retry_s = 2,
			   .nat_traversal = true,
			   .fragmentation = true},
		.ipsec = {.lifetime = {.seconds = 3600, .kilobytes = 4608000},
			  .replay_window = 64,
			  .df_bit = CONFIG_DF_COPY,
			  .fragmentation = CONFIG_FRAGMENTATION_BEFORE},
		.remote = config_remote_defaults(),
	};
}

void config_model_fini(struct config *config)
{
	if (config->keys)
		secret_wipe_bytes(config->keys, config->n_keys * sizeof(*config->keys));
	config_index_reset(&config->keys_index);
	for (size_t i = 0; i < config->n_acls; i++) {
		config_index_reset(&config->acls[i].index);
		config_index_reset(&config->acls[i].doubles);
		if (config->acls[i].expanded)
			free(config->acls[i].lines);
		free(config->acls[i].typed);
	}
	for (size_t i = 0; i < config->n_object_groups; i++)
		free(config->object_groups[i].members);
	for (size_t i = 0; i < config->n_maps; i++)
		free(config->maps[i].entries);
	for (size_t i = 0; i < config->n_dynamic_maps; i++)
		free(config->dynamic_maps[i].entries);
	for (size_t i = 0; i < config->n_policy_maps; i++)
		free(config->policy_maps[i].classes);
	config_remote_fini(&config->remote);
	config_pki_fini(&config->pki);
	free(config->interfaces);
	free(config->routes);
	free(config->aliases);
	free(config->objects);
	free(config->nats);
	free(config->object_groups);
	free(config->acls);
	free(config->policies);
	free(config->keys);
	if (config->isakmp_peers)
		secret_wipe_bytes(config->isakmp_peers,
				  config->n_isakmp_peers * sizeof(*config->isakmp_peers));
	free(config->isakmp_peers);
	free(config->profiles);
	free(config->identities);
	free(config->cert_maps);
	free(config->transform_sets);
	free(config->maps);
	free(config->dynamic_maps);
	free(config->classes);
	free(config->policy_maps);
	memset(config, 0, sizeof(*config));
}

static int copy_acl(struct config_acl *copy, const struct config_acl *acl)
{
	if (copy_list(&copy->typed, acl->typed, acl->n_typed, sizeof(*acl->typed)))
		return -ENOMEM;
	copy->expanded = acl->expanded;
	if (acl->expanded)
		return copy_list(&copy->lines, acl->lines, acl->n_lines, sizeof(*acl->lines));
	copy->lines = copy->typed;
	return 0;
}

/* The lists inside the rows of five lists. */
static int copy_inner(struct config *copy, const struct config *config)
{
	for (size_t i = 0; i < copy->n_acls; i++)
		if (copy_acl(&copy->acls[i], &config->acls[i]))
			return -ENOMEM;
	for (size_t i = 0; i < copy->n_object_groups; i++)
		if (copy_list(&copy->object_groups[i].members, config->object_groups[i].members,
			      config->object_groups[i].n_members, sizeof(struct config_member)))
			return -ENOMEM;
	for (size_t i = 0; i < copy->n_maps; i++)
		if (copy_list(&copy->maps[i].entries, config->maps[i].entries,
			      config->maps[i].n_entries, sizeof(struct config_map_entry)))
			return -ENOMEM;
	for (size_t i = 0; i < copy->n_dynamic_maps; i++)
		if (copy_list(&copy->dynamic_maps[i].entries, config->dynamic_maps[i].entries,
			      config->dynamic_maps[i].n_entries, sizeof(struct config_map_entry)))
			return -ENOMEM;
	for (size_t i = 0; i < copy->n_policy_maps; i++)
		if (copy_list(&copy->policy_maps[i].classes, config->policy_maps[i].classes,
			      config->policy_maps[i].n_classes, sizeof(struct config_policy_class)))
			return -ENOMEM;
	return 0;
}

static int copy_outer(struct config *copy, const struct config *config)
{
#define COPY(list) copy_list(&copy->list, config->list, config->n_##list, sizeof(*config->list))
	if (COPY(interfaces) || COPY(routes) || COPY(aliases) || COPY(objects) || COPY(nats) ||
	    COPY(policies) || COPY(keys) || COPY(isakmp_peers) || COPY(profiles) ||
	    COPY(identities) || COPY(cert_maps) || COPY(transform_sets) || COPY(classes))
		return -ENOMEM;
	/* the counts of these five say how many inner lists may be freed */
	if (COPY(acls))
		return -ENOMEM;
	copy->n_acls = config->n_acls;
	for (size_t i = 0; i < copy->n_acls; i++) {
		copy->acls[i].lines = NULL;
		copy->acls[i].typed = NULL;
		copy->acls[i].expanded = false;
		copy->acls[i].index = (struct config_index){0};
		copy->acls[i].doubles = (struct config_index){0};
	}
	if (COPY(object_groups))
		return -ENOMEM;
	copy->n_object_groups = config->n_object_groups;
	for (size_t i = 0; i < copy->n_object_groups; i++)
		copy->object_groups[i].members = NULL;
	if (COPY(maps))
		return -ENOMEM;
	copy->n_maps = config->n_maps;
	for (size_t i = 0; i < copy->n_maps; i++)
		copy->maps[i].entries = NULL;
	if (COPY(dynamic_maps))
		return -ENOMEM;
	copy->n_dynamic_maps = config->n_dynamic_maps;
	for (size_t i = 0; i < copy->n_dynamic_maps; i++)
		copy->dynamic_maps[i].entries = NULL;
	if (COPY(policy_maps))
		return -ENOMEM;
	copy->n_policy_maps = config->n_policy_maps;
	for (size_t i = 0; i < copy->n_policy_maps; i++)
		copy->policy_maps[i].classes = NULL;
#undef COPY
	return 0;
}

int config_model_copy(struct config *copy, const struct config *config)
{
	*copy = *config;
	copy->interfaces = NULL;
	copy->routes = NULL;
	copy->aliases = NULL;
	copy->objects = NULL;
	copy->nats = NULL;
	copy->object_groups = NULL;
	copy->n_object_groups = 0;
	copy->acls = NULL;
	copy->n_acls = 0;
	copy->policies = NULL;
	copy->keys = NULL;
	copy->isakmp_peers = NULL;
	copy->profiles = NULL;
	copy->identities = NULL;
	copy->cert_maps = NULL;
	copy->keys_room = config->n_keys;
	copy->keys_index = (struct config_index){0};
	copy->transform_sets = NULL;
	copy->maps = NULL;
	copy->n_maps = 0;
	copy->dynamic_maps = NULL;
	copy->n_dynamic_maps = 0;
	copy->classes = NULL;
	copy->policy_maps = NULL;
	copy->n_policy_maps = 0;
	copy->remote = (struct config_remote){0};
	copy->pki = (struct config_pki){0};
	if (config_remote_copy(&copy->remote, &config->remote) ||
	    config_pki_copy(&copy->pki, &config->pki) || copy_outer(copy, config) ||
	    copy_inner(copy, config)) {
		config_model_fini(copy);
		return -ENOMEM;
	}
	return 0;
}

#define FIND(list, condition)                            \
	do {                                             \
		for (size_t i = 0; i < c->n_##list; i++) \
			if (condition)                   \
				return &c->list[i];      \
		return NULL;                             \
	} while (0)

struct config_interface *config_model_interface(const struct config *c, const char *name)
{
	FIND(interfaces, !strcmp(c->interfaces[i].name, name));
}

bool config_model_is_sub(const struct config_interface *i)
{
	return strchr(i->name, '.') != NULL;
}

struct config_interface *config_model_parent(const struct config *c,
					     const struct config_interface *i)
{
	char name[CONFIG_IF_NAME] = "";

	if (!config_model_is_sub(i))
		return NULL;
	memcpy(name, i->name, strcspn(i->name, "."));
	return config_model_interface(c, name);
}

bool config_model_enabled(const struct config *c, const struct config_interface *i)
{
	const struct config_interface *parent = config_model_parent(c, i);

	if (!config_model_is_sub(i))
		return !i->shutdown;
	return !i->shutdown && i->vlan && parent && !parent->shutdown;
}

bool config_model_isakmp(const struct config *c, const char *interface)
{
	const struct config_interface *i = config_model_interface(c, interface);

	if (i && i->isakmp != CONFIG_ISAKMP_DEFAULT)
		return i->isakmp == CONFIG_ISAKMP_ON;
	return c->isakmp.enabled;
}

struct config_object *config_model_object(const struct config *c, const char *name)
{
	FIND(objects, !strcmp(c->objects[i].name, name));
}

struct config_alias *config_model_alias(const struct config *c, const char *name)
{
	FIND(aliases, !strcmp(c->aliases[i].name, name));
}

struct config_acl *config_model_acl(const struct config *c, const char *name)
{
	FIND(acls, !strcmp(c->acls[i].name, name));
}

struct config_transform_set *config_model_transform_set(const struct config *c, const char *name)
{
	FIND(transform_sets, !strcmp(c->transform_sets[i].name, name));
}

struct config_map *config_model_map(const struct config *c, const char *name)
{
	FIND(maps, !strcmp(c->maps[i].name, name));
}

struct config_map *config_model_dynamic_map(const struct config *c, const char *name)
{
	FIND(dynamic_maps, !strcmp(c->dynamic_maps[i].name, name));
}

struct config_map_entry *config_model_map_entry(const struct config_map *map, uint16_t sequence)
{
	const struct config_map *c = map;

	FIND(entries, c->entries[i].sequence == sequence);
}

struct config_isakmp_policy *config_model_policy(const struct config *c, uint16_t priority)
{
	FIND(policies, c->policies[i].priority == priority);
}

struct config_class *config_model_class(const struct config *c, const char *name)
{
	FIND(classes, !strcmp(c->classes[i].name, name));
}

struct config_policy_map *config_model_policy_map(const struct config *c, const char *name)
{
	FIND(policy_maps, !strcmp(c->policy_maps[i].name, name));
}

struct config_policy_class *config_model_policy_class(const struct config_policy_map *policy,
						      const char *name)
{
	const struct config_policy_map *c = policy;

	FIND(classes, !strcmp(c->classes[i].name, name));
}

const struct config_isakmp_key *config_model_host_key(const struct config *c, const char *host,
						      size_t len)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (len && strlen(c->keys[i].hostname) == len &&
		    !strncasecmp(c->keys[i].hostname, host, len))
			return &c->keys[i];
	return NULL;
}

struct config_isakmp_peer *config_model_isakmp_peer(const struct config *c,
						    const struct addr *address)
{
	for (size_t i = 0; i < c->n_isakmp_peers; i++)
		if (addr_eq(&c->isakmp_peers[i].address, address))
			return &c->isakmp_peers[i];
	return NULL;
}

const struct config_isakmp_key *config_model_key(const struct config *c, const struct addr *peer)
{
	const struct config_isakmp_key *best = NULL;

	for (size_t i = 0; i < c->n_keys; i++) {
		const struct config_isakmp_key *key = &c->keys[i];

		if (key->hostname[0] || !prefix_contains(&key->peer, peer))
			continue;
		if (!best || key->peer.len > best->peer.len)
			best = key;
	}
	return best;
}
