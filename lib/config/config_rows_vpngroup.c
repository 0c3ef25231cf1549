/* SPDX-License-Identifier: BSD-3-Clause */
/* `vpngroup`: a client group in the words of a PIX 6, which no list of a crypto map has to name. */
#include "lib/config/config_line.h"
#include "lib/config/config_rows_group.h"
#include "lib/config/config_tunnel_group.h"

#include <errno.h>
#include <string.h>

enum {
	PFS_GROUP = 2,
	IDLE_MIN_S = 60
};

/* What a PIX can say of a group, into a zeroed one. */
static void words_of(const struct config_group *group, struct config_group *said)
{
	memcpy(said->name, group->name, sizeof(said->name));
	memcpy(said->key, group->key, sizeof(said->key));
	memcpy(said->dns, group->dns, sizeof(said->dns));
	memcpy(said->wins, group->wins, sizeof(said->wins));
	memcpy(said->domain, group->domain, sizeof(said->domain));
	memcpy(said->acl, group->acl, sizeof(said->acl));
	memcpy(said->pools[0], group->pools[0], sizeof(said->pools[0]));
	said->any_map = true;
	said->n_pools = group->n_pools ? 1 : 0;
	said->max_logins = CONFIG_LOGINS_DEFAULT;
	said->pfs_group = group->pfs_group ? PFS_GROUP : 0;
	said->idle_s = group->idle_s < IDLE_MIN_S ? CONFIG_IDLE_DEFAULT_S : group->idle_s;
	said->max_s = group->max_s;
}

static bool says_something(const struct config_group *group)
{
	return group->key[0] || group->n_pools || !addr_is_none(&group->dns[0]) ||
	       !addr_is_none(&group->wins[0]) || group->domain[0] || group->acl[0] ||
	       group->pfs_group || group->max_s || group->idle_s != CONFIG_IDLE_DEFAULT_S;
}

bool config_rows_vpngroup_prints(const struct config_print *p, const struct config_group *group)
{
	struct config_group said;

	memset(&said, 0, sizeof(said));
	words_of(group, &said);
	return p->dialect == DIALECT_PIX && !group->derived && says_something(group) &&
	       memcmp(&said, group, sizeof(said)) == 0;
}

/* The group of a line; NULL without memory, or with `no` when there is none. */
static struct config_group *group_of(struct config_line *line)
{
	const char *name = config_line_text(line, "name");
	struct config_group *group = config_remote_group(&line->config->remote, name);

	if (group && group->derived)
		group = NULL;
	if (line->no && !group) {
		config_line_note(line, "there is no vpngroup %s", name);
		return NULL;
	}
	group = group ? group : config_rows_group_get(line, name);
	if (group && !line->no) {
		line->changed |= !group->any_map;
		group->any_map = true;
	}
	return group;
}

static int no_group(const struct config_line *line)
{
	return line->no ? 0 : -ENOMEM;
}

static int apply_gone(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	struct config_group *group = group_of(line);

	if (group)
		config_line_remove(line, &r->groups, &r->n_groups, sizeof(*group),
				   (size_t)(group - r->groups));
	return 0;
}

static int apply_key(struct config_line *line)
{
	const struct config_arg *arg = config_line_arg(line, "secret");
	struct config_group *group;

	if (!line->no && strspn(arg->value.text, "*") == strlen(arg->value.text))
		return config_line_refuse(line, arg,
					  "a masked key cannot be read back: type the key itself");
	group = group_of(line);
	if (!group)
		return no_group(line);
	config_line_set_text(line, group->key, sizeof(group->key), line->no ? "" : arg->value.text);
	return 0;
}

static int apply_pool(struct config_line *line)
{
	struct config_group *group = group_of(line);
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME] = {0};

	if (!group)
		return no_group(line);
	config_line_copy(pools[0], sizeof(pools[0]),
			 line->no ? "" : config_line_text(line, "pool"));
	line->changed |= memcmp(pools, group->pools, sizeof(pools)) != 0;
	memcpy(group->pools, pools, sizeof(pools));
	group->n_pools = line->no ? 0 : 1;
	return 0;
}

static int apply_servers(struct config_line *line)
{
	const struct config_arg *first = config_line_arg(line, "first");
	const struct config_arg *second = config_line_arg(line, "second");
	struct config_group *group = group_of(line);
	struct addr rows[CONFIG_GROUP_SERVERS] = {0};
	struct addr *to;

	if (!group)
		return no_group(line);
	to = config_line_arg(line, "dns-server") ? group->dns : group->wins;
	if (!line->no && first)
		rows[0] = first->value.addr;
	if (!line->no && second)
		rows[1] = second->value.addr;
	line->changed |= memcmp(to, rows, sizeof(rows)) != 0;
	memcpy(to, rows, sizeof(rows));
	return 0;
}

static int apply_domain(struct config_line *line)
{
	struct config_group *group = group_of(line);

	if (!group)
		return no_group(line);
	config_line_set_text(line, group->domain, sizeof(group->domain),
			     line->no ? "" : config_line_text(line, "domain"));
	return 0;
}

static int apply_split(struct config_line *line)
{
	struct config_group *group = group_of(line);

	if (!group)
		return no_group(line);
	config_line_set_text(line, group->acl, sizeof(group->acl),
			     line->no ? "" : config_line_text(line, "list"));
	return 0;
}

static int set_number(struct config_line *line, uint32_t *field, uint32_t value)
{
	line->changed |= *field != value;
	*field = value;
	return 0;
}

static int apply_idle(struct config_line *line)
{
	struct config_group *group = group_of(line);

	return group ? set_number(line, &group->idle_s,
				  line->no ? CONFIG_IDLE_DEFAULT_S
					   : config_line_number(line, "seconds", 0))
		     : no_group(line);
}

static int apply_max(struct config_line *line)
{
	struct config_group *group = group_of(line);

	return group ? set_number(line, &group->max_s,
				  line->no ? 0 : config_line_number(line, "seconds", 0))
		     : no_group(line);
}

static int apply_pfs(struct config_line *line)
{
	struct config_group *group = group_of(line);

	if (!group)
		return no_group(line);
	line->changed |= group->pfs_group != (line->no ? 0 : PFS_GROUP);
	group->pfs_group = line->no ? 0 : PFS_GROUP;
	return 0;
}

static void print_servers(struct config_print *p, const char *name, const char *word,
			  const struct addr *rows)
{
	char text[ADDR_TEXT];

	if (addr_is_none(&rows[0]))
		return;
	config_print_begin(p, CONFIG_MODE_GLOBAL);
	config_print_text(p, "vpngroup %s %s", name, word);
	for (size_t i = 0; i < CONFIG_GROUP_SERVERS && !addr_is_none(&rows[i]); i++)
		config_print_text(p, " %s", addr_print(&rows[i], text, sizeof(text)));
	config_print_end(p);
}

static void print_group(struct config_print *p, enum config_mode mode,
			const struct config_group *group)
{
	const char *name = group->name;

	if (group->n_pools)
		config_print_line(p, mode, "vpngroup %s address-pool %s", name, group->pools[0]);
	print_servers(p, name, "dns-server", group->dns);
	print_servers(p, name, "wins-server", group->wins);
	if (group->domain[0])
		config_print_line(p, mode, "vpngroup %s default-domain %s", name, group->domain);
	if (group->acl[0])
		config_print_line(p, mode, "vpngroup %s split-tunnel %s", name, group->acl);
	if (group->pfs_group)
		config_print_line(p, mode, "vpngroup %s pfs", name);
	if (group->idle_s != CONFIG_IDLE_DEFAULT_S)
		config_print_line(p, mode, "vpngroup %s idle-time %u", name, group->idle_s);
	if (group->max_s)
		config_print_line(p, mode, "vpngroup %s max-time %u", name, group->max_s);
	if (group->key[0]) {
		config_print_begin(p, mode);
		config_print_text(p, "vpngroup %s password ", name);
		config_print_secret(p, group->key);
		config_print_end(p);
	}
}

static void print_groups(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_groups; i++)
		if (config_rows_vpngroup_prints(p, &c->remote.groups[i]))
			print_group(p, row->mode, &c->remote.groups[i]);
}

#define GLOBAL	    CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define PIX	    .dialects = CONFIG_IN_PIX
#define GROUP(text) GLOBAL, "vpngroup <name:client-group> " text

static const struct config_row rows[] = {
	{GLOBAL, "vpngroup <name:client-group>", apply_gone, print_groups, .only_no = true, PIX},
	{GROUP("address-pool / <pool>"), apply_pool, PIX},
	{GROUP("dns-server / <first:address> [<second:address>]"), apply_servers, PIX},
	{GROUP("wins-server / <first:address> [<second:address>]"), apply_servers, PIX},
	{GROUP("default-domain / <domain:argument>"), apply_domain, PIX},
	{GROUP("split-tunnel / <list:acl>"), apply_split, PIX},
	{GROUP("pfs"), apply_pfs, PIX},
	{GROUP("idle-time / <seconds:60-86400>"), apply_idle, PIX},
	{GROUP("max-time / <seconds:60-31536000>"), apply_max, PIX},
	{GROUP("password / [0] <secret:key>"), apply_key, PIX},
};

const struct config_rows config_rows_vpngroup = {rows, array_len(rows)};
