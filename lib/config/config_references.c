/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_references.h"

#include "lib/config/config_tunnel_group.h"

#include <string.h>
#include <strings.h>

enum {
	NEAR_MIN = 3 /* of two letters every other is near */
};

/* A list of the model; the name is the first member of each of its rows. */
struct kind_row {
	const char *what;
	const char *command;
	size_t rows; /* offset of the pointer to them */
	size_t n;
	size_t row_bytes;
	int list; /* enum config_aaa_kind of a row, -1 = they are no lists of methods */
};

// clang-format off
#define LIST(field) offsetof(struct config, field), offsetof(struct config, n_##field), \
		    sizeof(*((struct config *)NULL)->field)
#define REMOTE(field) offsetof(struct config, remote.field), \
		      offsetof(struct config, remote.n_##field), \
		      sizeof(*((struct config *)NULL)->remote.field)
#define PKI(field) offsetof(struct config, pki.field), offsetof(struct config, pki.n_##field), \
		   sizeof(*((struct config *)NULL)->pki.field)

static const struct kind_row kinds[CONFIG_REFERENCE_COUNT] = {
	[CONFIG_REFERENCE_ACL] = {"access list", "show access-list", LIST(acls), -1},
	[CONFIG_REFERENCE_TRANSFORM_SET] =
		{"transform set", "show crypto ipsec transform-set", LIST(transform_sets), -1},
	[CONFIG_REFERENCE_MAP] = {"crypto map", "show crypto map", LIST(maps), -1},
	[CONFIG_REFERENCE_DYNAMIC_MAP] =
		{"dynamic map", "show crypto dynamic-map", LIST(dynamic_maps), -1},
	[CONFIG_REFERENCE_PROFILE] =
		{"isakmp profile", "crypto isakmp profile", LIST(profiles), -1},
	[CONFIG_REFERENCE_IDENTITY] = {"crypto identity", "crypto identity", LIST(identities), -1},
	[CONFIG_REFERENCE_CERT_MAP] =
		{"certificate map", "crypto pki certificate map", LIST(cert_maps), -1},
	[CONFIG_REFERENCE_TRUSTPOINT] =
		{"trustpoint", "crypto pki trustpoint", PKI(trustpoints), -1},
	[CONFIG_REFERENCE_POOL] = {"pool", "ip local pool", REMOTE(pools), -1},
	[CONFIG_REFERENCE_GROUP_POLICY] =
		{"group policy", "group-policy", REMOTE(group_policies), -1},
	[CONFIG_REFERENCE_SERVER_GROUP] =
		{"group of servers", "aaa-server", REMOTE(server_groups), -1},
	[CONFIG_REFERENCE_LOGIN_LIST] =
		{"list of methods", "aaa authentication login", REMOTE(lists), CONFIG_AAA_LOGIN},
	[CONFIG_REFERENCE_NETWORK_LIST] =
		{"list of methods", "aaa authorization network", REMOTE(lists), CONFIG_AAA_NETWORK},
	[CONFIG_REFERENCE_ACCOUNTING_LIST] =
		{"list of methods", "aaa accounting network", REMOTE(lists), CONFIG_AAA_ACCOUNTING},
	[CONFIG_REFERENCE_CLASS] = {"class-map", "class-map", LIST(classes), -1},
	[CONFIG_REFERENCE_POLICY_MAP] = {"policy-map", "policy-map", LIST(policy_maps), -1},
};
// clang-format on

const char *config_references_what(enum config_reference_kind kind)
{
	return kinds[kind].what;
}

const char *config_references_command(enum config_reference_kind kind)
{
	return kinds[kind].command;
}

size_t config_references_count(const struct config *c, enum config_reference_kind kind)
{
	size_t n;

	memcpy(&n, (const char *)c + kinds[kind].n, sizeof(n));
	return n;
}

/* NULL for a list of methods of another kind. */
static const char *name_at(const struct config *c, enum config_reference_kind kind, size_t i)
{
	const char *rows;

	memcpy(&rows, (const char *)c + kinds[kind].rows, sizeof(rows));
	if (kinds[kind].list >= 0 && c->remote.lists[i].kind != kinds[kind].list)
		return NULL;
	return rows + i * kinds[kind].row_bytes;
}

bool config_references_defined(const struct config *c, enum config_reference_kind kind,
			       const char *name)
{
	for (size_t i = 0; i < config_references_count(c, kind); i++) {
		const char *defined = name_at(c, kind, i);

		if (defined && !strcmp(defined, name))
			return true;
	}
	return false;
}

/* Whether one letter put in, left out or another, or two exchanged, makes b of a. */
static bool one_off(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b), same = 0;

	if (x < NEAR_MIN || y < NEAR_MIN)
		return false;
	while (a[same] && a[same] == b[same])
		same++;
	if (x == y)
		return !strcmp(a + same + 1, b + same + 1) ||
		       (a[same + 1] && a[same] == b[same + 1] && a[same + 1] == b[same] &&
			!strcmp(a + same + 2, b + same + 2));
	if (x + 1 == y)
		return !strcmp(a + same, b + same + 1);
	return y + 1 == x && !strcmp(a + same + 1, b + same);
}

/* V1 and V2 are two names, not one typed wrong. */
static bool digits_differ(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (*a >= '0' && *a <= '9') || (*b >= '0' && *b <= '9');
}

const char *config_references_near(const struct config *c, enum config_reference_kind kind,
				   const char *name)
{
	const char *near = NULL;

	if (!name[0] || config_references_defined(c, kind, name))
		return NULL;
	for (size_t i = 0; i < config_references_count(c, kind); i++) {
		const char *defined = name_at(c, kind, i);

		if (defined && !strcasecmp(defined, name))
			return defined;
		if (defined && !near && one_off(defined, name) && !digits_differ(defined, name))
			near = defined;
	}
	return near;
}

bool config_references_lacks(const struct config *c, enum config_reference_kind kind,
			     const char *name)
{
	return name[0] && !config_references_defined(c, kind, name) &&
	       !config_references_near(c, kind, name);
}

static bool is_whole(const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++) {
		const struct config_map_entry *e = &map->entries[i];

		if (e->dynamic[0] || (e->acl[0] && e->n_peers))
			return true;
	}
	return false;
}

const struct config_map *config_references_misspelt(const struct config *c,
						    const struct config_map *map)
{
	if (is_whole(map))
		return NULL;
	for (size_t i = 0; i < c->n_maps; i++)
		if (&c->maps[i] != map && !strcasecmp(c->maps[i].name, map->name) &&
		    is_whole(&c->maps[i]))
			return &c->maps[i];
	return NULL;
}

struct search {
	enum config_reference_kind kind;
	const char *name;
	bool found;
};

static bool search_on(void *ctx, const struct config_reference *use)
{
	struct search *s = ctx;

	s->found = use->kind == s->kind && !strcmp(use->name, s->name);
	return !s->found;
}

bool config_references_uses(const struct config *c, enum config_reference_kind kind,
			    const char *name)
{
	struct search s = {.kind = kind, .name = name};

	config_references_each(c, search_on, &s);
	return s.found;
}
