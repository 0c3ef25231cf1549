/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_remote.h"

#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct config_remote config_remote_defaults(void)
{
	return (struct config_remote){.deadtime_minutes = CONFIG_RADIUS_DEADTIME_MIN};
}

static void free_wiped(void *rows, size_t bytes)
{
	if (rows)
		secret_wipe_bytes(rows, bytes);
	free(rows);
}

void config_remote_fini(struct config_remote *r)
{
	for (size_t i = 0; i < r->n_pools; i++)
		free(r->pools[i].ranges);
	free_wiped(r->servers, r->n_servers * sizeof(*r->servers));
	free_wiped(r->groups, r->n_groups * sizeof(*r->groups));
	free_wiped(r->users, r->n_users * sizeof(*r->users));
	free_wiped(r->tunnel_groups, r->n_tunnel_groups * sizeof(*r->tunnel_groups));
	free(r->server_groups);
	free(r->group_policies);
	free(r->user_policies);
	free(r->lists);
	free(r->pools);
	*r = (struct config_remote){0};
}

/* A copy of n rows of a list that may be empty (NULL). */
static void *copied(const void *rows, size_t n, size_t row_bytes, bool *failed)
{
	void *copy = n ? malloc(n * row_bytes) : NULL;

	if (copy)
		memcpy(copy, rows, n * row_bytes);
	*failed |= n && !copy;
	return copy;
}

int config_remote_copy(struct config_remote *copy, const struct config_remote *r)
{
	bool failed = false;

	*copy = *r;
#define COPY(list) copied(r->list, r->n_##list, sizeof(*r->list), &failed)
	copy->lists = COPY(lists);
	copy->users = COPY(users);
	copy->servers = COPY(servers);
	copy->groups = COPY(groups);
	copy->pools = COPY(pools);
	copy->server_groups = COPY(server_groups);
	copy->tunnel_groups = COPY(tunnel_groups);
	copy->group_policies = COPY(group_policies);
	copy->user_policies = COPY(user_policies);
#undef COPY
	for (size_t i = 0; copy->pools && i < r->n_pools; i++)
		copy->pools[i].ranges = copied(r->pools[i].ranges, r->pools[i].n_ranges,
					       sizeof(*r->pools[i].ranges), &failed);
	/* of a list without memory nothing is there to be freed */
	copy->n_users = copy->users ? r->n_users : 0;
	copy->n_servers = copy->servers ? r->n_servers : 0;
	copy->n_groups = copy->groups ? r->n_groups : 0;
	copy->n_pools = copy->pools ? r->n_pools : 0;
	copy->n_tunnel_groups = copy->tunnel_groups ? r->n_tunnel_groups : 0;
	return failed ? -ENOMEM : 0;
}

#define FIND(list, condition)                            \
	do {                                             \
		for (size_t i = 0; i < r->n_##list; i++) \
			if (condition)                   \
				return &r->list[i];      \
		return NULL;                             \
	} while (0)

struct config_aaa_list *config_remote_list(const struct config_remote *r, enum config_aaa_kind kind,
					   const char *name)
{
	FIND(lists, r->lists[i].kind == kind && !strcmp(r->lists[i].name, name));
}

struct config_user *config_remote_user(const struct config_remote *r, const char *name)
{
	FIND(users, !strcmp(r->users[i].name, name));
}

struct config_radius_server *config_remote_server(const struct config_remote *r, const char *name)
{
	FIND(servers, !strcmp(r->servers[i].name, name));
}

struct config_pool *config_remote_pool(const struct config_remote *r, const char *name)
{
	FIND(pools, !strcmp(r->pools[i].name, name));
}

/* Those of tunnel groups stand behind the others. */
struct config_group *config_remote_group(const struct config_remote *r, const char *name)
{
	FIND(groups, !strcmp(r->groups[i].name, name));
}

struct config_server_group *config_remote_server_group(const struct config_remote *r,
						       const char *name)
{
	FIND(server_groups, !strcmp(r->server_groups[i].name, name));
}

size_t config_remote_group_pools(const struct config_remote *r, const struct config_group *group,
				 const char (**pools)[CONFIG_REMOTE_NAME])
{
	*pools = group->n_pools ? group->pools : &r->client_pool;
	return group->n_pools ? group->n_pools : r->client_pool[0] != '\0';
}
