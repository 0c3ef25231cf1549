/* SPDX-License-Identifier: BSD-3-Clause */
/* `tunnel-group`: the peers and groups of clients of an ASA. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_rows_isakmp.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <string.h>

static const char *const type_words[] = {
	[CONFIG_TUNNEL_L2L] = "ipsec-l2l",
	[CONFIG_TUNNEL_RA] = "remote-access",
};

static const char *const user_auth_words[] = {
	[CONFIG_USER_AUTH_XAUTH] = "xauth",
	[CONFIG_USER_AUTH_NONE] = "none",
	[CONFIG_USER_AUTH_HYBRID] = "hybrid",
};

static bool is_built_in(const char *name)
{
	return !strcmp(name, CONFIG_TUNNEL_GROUP_L2L) || !strcmp(name, CONFIG_TUNNEL_GROUP_RA);
}

/* NULL without memory. */
static struct config_tunnel_group *make_group(struct config_line *line, const char *name,
					      enum config_tunnel_type type)
{
	struct config_remote *r = &line->config->remote;
	struct config_tunnel_group *group = config_line_insert_secret(
		line, &r->tunnel_groups, &r->n_tunnel_groups, sizeof(*group));

	if (!group)
		return NULL;
	config_line_copy(group->name, sizeof(group->name), name);
	group->type = (uint8_t)type;
	return group;
}

static const struct config_isakmp_key *key_of(struct config *c, const char *name)
{
	struct config_isakmp_key like;

	config_tunnel_group_key_of(name, &like);
	return config_rows_isakmp_find_key(c, &like);
}

static int remove_group(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_tunnel_group *group = config_tunnel_group_find(r, name);
	const struct config_isakmp_key *key = key_of(line->config, name);
	struct config_isakmp_key gone;

	if (group && group->type == CONFIG_TUNNEL_RA)
		key = NULL;
	if (key && config_tunnel_group_has_key(line->config, key)) {
		config_tunnel_group_key_of(name, &gone);
		if (config_rows_isakmp_set_key(line, &gone) < 0)
			return -ENOMEM;
	} else if (!group) {
		config_line_note(line, "there is no tunnel-group %s", name);
	}
	if (group)
		config_line_remove(line, &r->tunnel_groups, &r->n_tunnel_groups, sizeof(*group),
				   (size_t)(group - r->tunnel_groups));
	return config_tunnel_group_resolve(r);
}

/* The key of an L2L group is for an address, or for the name that its peer gives. */
static bool may_be_peer(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:") ==
		       strlen(name) &&
	       strcmp(name, CONFIG_TUNNEL_GROUP_RA) != 0;
}

static int apply_type(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const struct config_arg *arg = config_line_arg(line, "name");
	bool l2l = config_line_arg(line, "ipsec-l2l");
	enum config_tunnel_type type = l2l ? CONFIG_TUNNEL_L2L : CONFIG_TUNNEL_RA;
	const struct config_tunnel_group *group;
	char name[CONFIG_REMOTE_NAME];

	config_tunnel_group_normal(arg->value.text, name);
	group = config_tunnel_group_find(r, name);
	if (line->no)
		return remove_group(line, name);
	if (group && group->type != type)
		return config_line_refuse(line, arg,
					  "tunnel-group %s is of type %s: type no tunnel-group %s "
					  "first",
					  name, type_words[group->type], name);
	if (l2l && !may_be_peer(name))
		return config_line_refuse(line, arg,
					  "a tunnel-group ipsec-l2l is named as its peer: type its "
					  "address, as in set peer");
	if (!l2l && !strcmp(name, CONFIG_TUNNEL_GROUP_L2L))
		return config_line_refuse(line, arg, "%s is of type ipsec-l2l", name);
	if (!group && !make_group(line, name, type))
		return -ENOMEM;
	return config_tunnel_group_resolve(r);
}

/* The group of a line that opens its attributes; the two defaults need no type. */
static struct config_tunnel_group *opened(struct config_line *line, const char *name, int *err)
{
	struct config_tunnel_group *group = config_tunnel_group_find(&line->config->remote, name);
	const struct config_isakmp_key *key = key_of(line->config, name);

	*err = 0;
	if (group)
		return group;
	if (!is_built_in(name) && !(key && config_tunnel_group_has_key(line->config, key))) {
		*err = config_line_refuse(line, config_line_arg(line, "name"),
					  "there is no tunnel-group %s: type tunnel-group %s type "
					  "ipsec-l2l or remote-access first",
					  name, name);
		return NULL;
	}
	group = make_group(line, name,
			   strcmp(name, CONFIG_TUNNEL_GROUP_RA) ? CONFIG_TUNNEL_L2L
								: CONFIG_TUNNEL_RA);
	*err = group ? config_tunnel_group_resolve(&line->config->remote) : -ENOMEM;
	return group;
}

static int apply_attributes(struct config_line *line)
{
	char name[CONFIG_REMOTE_NAME];
	int err;

	config_tunnel_group_normal(config_line_text(line, "name"), name);
	if (opened(line, name, &err) && err == 0)
		config_line_enter(line, name, 0);
	return err;
}

/* The group of the cursor; NULL after a fault. */
static struct config_tunnel_group *group_at(struct config_line *line)
{
	struct config_tunnel_group *group = config_line_object(line->config, line->cursor);

	if (!group)
		config_line_refuse(line, NULL, "tunnel-group %s does not exist any more: type exit",
				   line->cursor->object);
	return group;
}

/* The end of each line of a group: clients get what it says. */
static int settle(struct config_line *line)
{
	return line->changed ? config_tunnel_group_resolve(&line->config->remote) : 0;
}

static int apply_key(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	const struct config_arg *arg = config_line_arg(line, "secret");
	struct config_isakmp_key key;
	int ret;

	if (!group)
		return -EINVAL;
	if (!line->no && strspn(arg->value.text, "*") == strlen(arg->value.text))
		return config_line_refuse(line, arg,
					  "a masked key cannot be read back: type the key itself");
	if (group->type == CONFIG_TUNNEL_RA) {
		config_line_set_text(line, group->key, sizeof(group->key),
				     line->no ? "" : arg->value.text);
		return settle(line);
	}
	config_tunnel_group_key_of(group->name, &key);
	if (!line->no)
		config_line_copy(key.key, sizeof(key.key), arg->value.text);
	key.no_xauth = true;
	ret = config_rows_isakmp_set_key(line, &key);
	secret_wipe_bytes(&key, sizeof(key));
	return ret;
}

/* The key that is printed with the group, or NULL. */
static const char *printed_key(const struct config_print *p, const struct config *c,
			       const struct config_tunnel_group *group)
{
	const struct config_isakmp_key *key = key_of((struct config *)c, group->name);

	if (group->type == CONFIG_TUNNEL_RA)
		return group->key[0] ? group->key : NULL;
	return p->dialect == DIALECT_ASA && key && config_tunnel_group_has_key(c, key) ? key->key
										       : NULL;
}

static void print_key(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const char *key = printed_key(p, c, object);

	if (!key)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "%spre-shared-key ", config_print_ikev1(p, c));
	config_print_secret(p, key);
	config_print_end(p);
}

static int apply_keepalive(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	bool ra = group && group->type == CONFIG_TUNNEL_RA;
	struct config_tunnel_group old;

	if (!group)
		return -EINVAL;
	old = *group;
	group->keepalive = CONFIG_KEEPALIVE_DEFAULT;
	group->keepalive_s = group->keepalive_retry_s = 0;
	if (!line->no && config_line_arg(line, "disable")) {
		group->keepalive = CONFIG_KEEPALIVE_OFF;
	} else if (!line->no) {
		group->keepalive = CONFIG_KEEPALIVE_ON;
		group->keepalive_s = (uint16_t)config_line_number(
			line, "seconds", ra ? CONFIG_KEEPALIVE_RA_S : CONFIG_KEEPALIVE_L2L_S);
		group->keepalive_retry_s =
			(uint16_t)config_line_number(line, "again", CONFIG_KEEPALIVE_RETRY_S);
	}
	line->changed |= old.keepalive != group->keepalive ||
			 old.keepalive_s != group->keepalive_s ||
			 old.keepalive_retry_s != group->keepalive_retry_s;
	secret_wipe_bytes(&old, sizeof(old));
	return settle(line);
}

static void print_keepalive(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_tunnel_group *group = object;

	(void)c;
	if (group->keepalive == CONFIG_KEEPALIVE_OFF)
		config_print_line(p, row->mode, "isakmp keepalive disable");
	if (group->keepalive == CONFIG_KEEPALIVE_ON)
		config_print_line(p, row->mode, "isakmp keepalive threshold %u retry %u",
				  group->keepalive_s, group->keepalive_retry_s);
}

/* False after a fault: the line is about clients. */
static bool is_for_clients(struct config_line *line, const struct config_tunnel_group *group)
{
	if (group->type == CONFIG_TUNNEL_RA || line->no)
		return true;
	config_line_refuse(line, NULL,
			   "tunnel-group %s is of type ipsec-l2l: this line is for clients",
			   group->name);
	return false;
}

static int apply_user_auth(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	uint8_t auth = CONFIG_USER_AUTH_XAUTH;

	if (!group || !is_for_clients(line, group))
		return -EINVAL;
	for (uint8_t i = 0; !line->no && i < array_len(user_auth_words); i++)
		if (config_line_arg(line, user_auth_words[i]))
			auth = i;
	line->changed |= group->user_auth != auth;
	group->user_auth = auth;
	return settle(line);
}

static void print_user_auth(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_tunnel_group *group = object;

	(void)c;
	if (group->user_auth)
		config_print_line(p, row->mode, "isakmp ikev1-user-authentication %s",
				  user_auth_words[group->user_auth]);
}

static void print_trust_point(struct config_print *p, const struct config_row *row,
			      const struct config *c, const void *object)
{
	const struct config_tunnel_group *group = object;

	if (group->trustpoint[0])
		config_print_line(p, row->mode, "%strust-point %s", config_print_ikev1(p, c),
				  group->trustpoint);
}

static int apply_peer_id(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	bool any = !line->no && config_line_arg(line, "nocheck");

	if (!group)
		return -EINVAL;
	line->changed |= group->any_id != any;
	group->any_id = any;
	return settle(line);
}

static void print_peer_id(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	(void)c;
	if (((const struct config_tunnel_group *)object)->any_id)
		config_print_line(p, row->mode, "peer-id-validate nocheck");
}

/* Adds the pools of the line, or takes them out; all of them when none is named. */
static int apply_pools(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME] = {0};
	size_t n = 0;

	if (!group || !is_for_clients(line, group))
		return -EINVAL;
	for (size_t i = 0; i < line->n_args && !line->no; i++) {
		const char *name = line->args[i].value.text;

		if (line->args[i].node[0] != '<')
			continue;
		if (name[0] == '(') {
			config_line_note(line, "the pools are for clients of any interface");
			continue;
		}
		if (n == CONFIG_GROUP_POOLS)
			return config_line_refuse(line, &line->args[i],
						  "a group has at most %d pools",
						  CONFIG_GROUP_POOLS);
		config_line_copy(pools[n++], CONFIG_REMOTE_NAME, name);
	}
	line->changed |= n != group->n_pools || memcmp(pools, group->pools, sizeof(pools)) != 0;
	memcpy(group->pools, pools, sizeof(pools));
	group->n_pools = n;
	return settle(line);
}

static void print_pools(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_tunnel_group *group = object;

	(void)c;
	if (!group->n_pools)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "address-pool");
	for (size_t i = 0; i < group->n_pools; i++)
		config_print_text(p, " %s", group->pools[i]);
	config_print_end(p);
}

static int apply_policy(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);

	if (!group)
		return -EINVAL;
	config_line_set_text(line, group->policy, sizeof(group->policy),
			     line->no ? "" : config_line_text(line, "policy"));
	return settle(line);
}

static int apply_login(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);
	const char *servers = line->no ? "" : config_line_text(line, "servers");
	bool fallback = !line->no && config_line_arg(line, "LOCAL");

	if (!group || !is_for_clients(line, group))
		return -EINVAL;
	if (!strcmp(servers, CONFIG_LOGIN_LOCAL))
		servers = "";
	line->changed |= group->fallback != (fallback && servers[0]);
	group->fallback = fallback && servers[0];
	config_line_set_text(line, group->servers, sizeof(group->servers), servers);
	return settle(line);
}

static void print_login(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_tunnel_group *group = object;

	(void)c;
	if (group->servers[0])
		config_print_line(p, row->mode, "authentication-server-group %s%s", group->servers,
				  group->fallback ? " LOCAL" : "");
}

static int apply_accounting(struct config_line *line)
{
	struct config_tunnel_group *group = group_at(line);

	if (!group || !is_for_clients(line, group))
		return -EINVAL;
	config_line_set_text(line, group->accounting, sizeof(group->accounting),
			     line->no ? "" : config_line_text(line, "servers"));
	return settle(line);
}

static bool says_general(const struct config_tunnel_group *group)
{
	return group->n_pools || group->policy[0] || group->servers[0] || group->accounting[0];
}

static bool says_ipsec(const struct config_print *p, const struct config *c,
		       const struct config_tunnel_group *group)
{
	return group->keepalive || group->user_auth || group->any_id || group->trustpoint[0] ||
	       printed_key(p, c, group);
}

/* Of an L2L group with no more than a key, other dialects print that. */
static void print_group(struct config_print *p, const struct config *c,
			const struct config_tunnel_group *group)
{
	bool general = says_general(group), ipsec = says_ipsec(p, c, group);

	if (p->dialect != DIALECT_ASA && group->type == CONFIG_TUNNEL_L2L && !general && !ipsec)
		return;
	if (!is_built_in(group->name))
		config_print_line(p, CONFIG_MODE_GLOBAL, "tunnel-group %s type %s", group->name,
				  type_words[group->type]);
	if (general) {
		config_print_line(p, CONFIG_MODE_GLOBAL, "tunnel-group %s general-attributes",
				  group->name);
		config_print_rows(p, &config_rows_tunnel_group, CONFIG_MODE_TUNNEL_GENERAL, c,
				  group);
	}
	if (ipsec) {
		config_print_line(p, CONFIG_MODE_GLOBAL, "tunnel-group %s ipsec-attributes",
				  group->name);
		config_print_rows(p, &config_rows_tunnel_group, CONFIG_MODE_TUNNEL_IPSEC, c, group);
	}
}

/* The groups, and keys that an ASA has no other words for. */
static void print_groups(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	struct config_tunnel_group of_key = {.type = CONFIG_TUNNEL_L2L};

	(void)row;
	(void)object;
	for (size_t i = 0; i < c->remote.n_tunnel_groups; i++)
		print_group(p, c, &c->remote.tunnel_groups[i]);
	for (size_t i = 0; p->dialect == DIALECT_ASA && i < c->n_keys; i++) {
		config_tunnel_group_name_of(&c->keys[i], of_key.name);
		if (config_tunnel_group_has_key(c, &c->keys[i]) &&
		    !config_tunnel_group_find(&c->remote, of_key.name))
			print_group(p, c, &of_key);
	}
}

#define GENERAL	   CONFIG_MODE_TUNNEL_GENERAL, CONFIG_MODE_GLOBAL
#define IPSEC	   CONFIG_MODE_TUNNEL_IPSEC, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_tunnel_group, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "tunnel-group <name:word> / type {ipsec-l2l|ipsec-ra|remote-access}", apply_type,
	 print_groups},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_TUNNEL_GENERAL,
	 "tunnel-group <name:word> general-attributes", apply_attributes, .plain = true},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_TUNNEL_IPSEC, "tunnel-group <name:word> ipsec-attributes",
	 apply_attributes, .plain = true},
	{GENERAL, "address-pool / <name:pool>+", apply_pools, print_pools},
	{GENERAL, "authentication-server-group / [<side>] <servers:word> [LOCAL]", apply_login,
	 print_login},
	{GENERAL, "accounting-server-group / <servers:word>", apply_accounting,
	 .field = {CONFIG_FIELD_TEXT, AT(accounting)}},
	{GENERAL, "default-group-policy / <policy:word>", apply_policy,
	 .field = {CONFIG_FIELD_TEXT, AT(policy)}},
	{IPSEC, "[ikev1] pre-shared-key / [0] <secret:key>", apply_key, print_key},
	{IPSEC, "[ikev1] trust-point / <trustpoint:word>", .print = print_trust_point,
	 .field = {CONFIG_FIELD_TEXT, AT(trustpoint)}},
	{IPSEC, "peer-id-validate / {req|cert|nocheck}", apply_peer_id, print_peer_id},
	{IPSEC, "isakmp keepalive / {disable|threshold <seconds:10-3600> [retry <again:2-10>]}",
	 apply_keepalive, print_keepalive},
	{IPSEC,
	 "{isakmp ikev1-user-authentication|ikev1 user-authentication} / [<side>] "
	 "{xauth|none|hybrid}",
	 apply_user_auth, print_user_auth},
};

const struct config_rows config_rows_tunnel_group = {rows, array_len(rows)};
