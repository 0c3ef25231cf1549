/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto isakmp client configuration group`: what the clients of a group get. */
#include "lib/config/config_rows_group.h"

#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_remote_words.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct name pfs_names[] = {
	{1, "group1"},	 {2, "group2"},	  {5, "group5"},   {14, "group14"}, {15, "group15"},
	{16, "group16"}, {19, "group19"}, {20, "group20"}, {21, "group21"},
};

enum {
	BANNER_MAX = CONFIG_REMOTE_KEY - 3 /* two delimiters and the zero */
};

static struct config_group *make_group(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_group *group =
		config_line_insert_secret(line, &r->groups, &r->n_groups, sizeof(*group));

	if (!group)
		return NULL;
	config_line_copy(group->name, sizeof(group->name), name);
	group->max_logins = CONFIG_LOGINS_DEFAULT;
	group->idle_s = CONFIG_IDLE_DEFAULT_S;
	/* those of tunnel groups go behind it again */
	if (config_tunnel_group_resolve(r) < 0)
		return NULL;
	return config_remote_group(r, name);
}

struct config_group *config_rows_group_get(struct config_line *line, const char *name)
{
	struct config_group *group = config_remote_group(&line->config->remote, name);

	return group && !group->derived ? group : make_group(line, name);
}

static int apply_group(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "name");
	struct config_group *group = config_remote_group(r, name);

	if (group && group->derived)
		group = NULL;
	if (line->no && group)
		config_line_remove(line, &r->groups, &r->n_groups, sizeof(*group),
				   (size_t)(group - r->groups));
	else if (line->no)
		config_line_note(line, "there is no client configuration group %s", name);
	if (line->no)
		return 0;
	if (!group && !make_group(line, name))
		return -ENOMEM;
	config_line_enter(line, name, 0);
	return 0;
}

static void print_groups(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_groups; i++) {
		if (c->remote.groups[i].derived ||
		    config_rows_vpngroup_prints(p, &c->remote.groups[i]))
			continue;
		config_print_line(p, row->mode, "crypto isakmp client configuration group %s",
				  c->remote.groups[i].name);
		config_print_rows(p, &config_rows_group, row->enters, c, &c->remote.groups[i]);
		config_print_separator(p);
	}
}

/* The group of the cursor; NULL after a fault. */
static struct config_group *group_at(struct config_line *line)
{
	struct config_group *group = config_line_object(line->config, line->cursor);

	if (!group)
		config_line_refuse(line, NULL, "%s does not exist any more: type exit",
				   line->cursor->object);
	return group;
}

static int apply_key(struct config_line *line)
{
	struct config_group *group = group_at(line);
	const struct config_arg *key = config_line_arg(line, "secret");

	if (!group)
		return -EINVAL;
	if (!line->no && config_line_arg(line, "6"))
		return config_line_refuse(line, key,
					  "encrypted keys are not supported here: type "
					  "the key in clear");
	if (!line->no && strspn(key->value.text, "*") == strlen(key->value.text))
		return config_line_refuse(line, key,
					  "a masked key cannot be read back: type the "
					  "key itself");
	config_line_set_text(line, group->key, sizeof(group->key), line->no ? "" : key->value.text);
	return 0;
}

static void print_key(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_group *group = object;

	(void)c;
	if (!group->key[0])
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "key ");
	config_print_secret(p, group->key);
	config_print_end(p);
}

static int apply_servers(struct config_line *line)
{
	struct config_group *group = group_at(line);
	struct addr rows[CONFIG_GROUP_SERVERS] = {0};
	struct addr *to;

	if (!group)
		return -EINVAL;
	to = config_line_arg(line, "dns") ? group->dns : group->wins;
	config_remote_words_servers(line, rows);
	line->changed = memcmp(to, rows, sizeof(rows)) != 0;
	memcpy(to, rows, sizeof(rows));
	return 0;
}

static void print_servers(struct config_print *p, enum config_mode mode, const char *word,
			  const struct addr *rows)
{
	if (addr_is_none(&rows[0]))
		return;
	config_print_begin(p, mode);
	config_print_text(p, "%s", word);
	config_remote_words_print_servers(p, rows);
	config_print_end(p);
}

static void print_dns(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	(void)c;
	print_servers(p, row->mode, "dns", ((const struct config_group *)object)->dns);
}

static void print_wins(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	(void)c;
	print_servers(p, row->mode, "wins", ((const struct config_group *)object)->wins);
}

static int apply_pools(struct config_line *line)
{
	struct config_group *group = group_at(line);
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME] = {0};
	size_t n;

	if (!group || config_remote_words_pools(line, "group", pools, &n))
		return -EINVAL;
	line->changed = n != group->n_pools || memcmp(pools, group->pools, sizeof(pools)) != 0;
	memcpy(group->pools, pools, sizeof(pools));
	group->n_pools = n;
	return 0;
}

static void print_group_pools(struct config_print *p, const struct config_row *row,
			      const struct config *c, const void *object)
{
	const struct config_group *group = object;

	(void)c;
	if (!group->n_pools)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "pool");
	for (size_t i = 0; i < group->n_pools; i++)
		config_print_text(p, " %s", group->pools[i]);
	config_print_end(p);
}

static int apply_netmask(struct config_line *line)
{
	struct config_group *group = group_at(line);
	uint8_t len = line->no ? 0 : (uint8_t)config_line_number(line, "mask", 0);

	if (!group)
		return -EINVAL;
	if (!line->no && len < 8)
		return config_line_refuse(line, config_line_arg(line, "mask"),
					  "a netmask of clients has at least 8 bits");
	line->changed = group->netmask_len != len;
	group->netmask_len = len;
	return 0;
}

static void print_netmask(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	const struct config_group *group = object;
	struct prefix prefix = {.addr = addr_v4(0), .len = group->netmask_len};
	struct addr mask = prefix_mask(&prefix);
	char text[ADDR_TEXT];

	(void)c;
	if (group->netmask_len)
		config_print_line(p, row->mode, "netmask %s",
				  addr_print(&mask, text, sizeof(text)));
}

/*
 * Where a word stands in a list with separators, or NULL. Adding and removing keep the order.
 */
static char *find_word(char *list, const char *word, char separator)
{
	size_t len = strlen(word);

	for (char *p = list; *p; p++) {
		size_t n = strcspn(p, (char[]){separator, '\0'});

		if (n == len && !memcmp(p, word, len))
			return p;
		p += n;
		if (!*p)
			break;
	}
	return NULL;
}

static int change_words(struct config_line *line, char *list, const char *word, char separator)
{
	char *at = find_word(list, word, separator);
	size_t len = strlen(list), n = strlen(word);

	if (line->no && *word && at) {
		size_t cut = n + (at[n] ? 1 : 0);

		memmove(at, at + cut, strlen(at + cut) + 1);
		len = strlen(list);
		if (len && list[len - 1] == separator)
			list[--len] = '\0';
	} else if (line->no && !*word) {
		line->changed = len != 0;
		memset(list, 0, CONFIG_REMOTE_LIST);
		return 0;
	} else if (line->no || at) {
		return 0;
	} else if (len + n + 2 > CONFIG_REMOTE_LIST) {
		return config_line_refuse(line, NULL,
					  "the list is too long for a client: %d "
					  "characters in all",
					  CONFIG_REMOTE_LIST);
	} else {
		snprintf(list + len, CONFIG_REMOTE_LIST - len, "%.1s%s",
			 len ? (char[]){separator, '\0'} : "", word);
		len = strlen(list);
	}
	memset(list + len, 0, CONFIG_REMOTE_LIST - len);
	line->changed = true;
	return 0;
}

static int apply_split_dns(struct config_line *line)
{
	struct config_group *group = group_at(line);
	const struct config_arg *arg = config_line_arg(line, "name");

	if (!group)
		return -EINVAL;
	if (arg && strchr(arg->value.text, ','))
		return config_line_refuse(line, arg, "one domain a line, without a comma");
	return change_words(line, group->split_dns, config_line_text(line, "name"), ',');
}

static int apply_backup(struct config_line *line)
{
	struct config_group *group = group_at(line);

	return group ? change_words(line, group->backup, config_line_text(line, "gateway"), ' ')
		     : -EINVAL;
}

static void print_words(struct config_print *p, enum config_mode mode, const char *word,
			const char *list, const char *separator)
{
	while (*list) {
		size_t n = strcspn(list, separator);

		config_print_line(p, mode, "%s %.*s", word, (int)n, list);
		list += n + (list[n] ? 1 : 0);
	}
}

static void print_split_dns(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	(void)c;
	print_words(p, row->mode, "split-dns", ((const struct config_group *)object)->split_dns,
		    ",");
}

static void print_backup(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)c;
	print_words(p, row->mode, "backup-gateway", ((const struct config_group *)object)->backup,
		    " ");
}

/* Between two delimiters, as IOS has it, or as it stands. */
static int apply_banner(struct config_line *line)
{
	struct config_group *group = group_at(line);
	char text[CONFIG_REMOTE_KEY] = "";
	size_t len;

	if (!group)
		return -EINVAL;
	config_line_copy(text, sizeof(text), line->no ? "" : config_line_text(line, "text"));
	len = strlen(text);
	if (len > 1 && ispunct((unsigned char)text[0]) && text[0] == text[len - 1]) {
		memmove(text, text + 1, len - 2);
		memset(text + len - 2, 0, 2);
	}
	if (strlen(text) > BANNER_MAX)
		return config_line_refuse(line, config_line_arg(line, "text"),
					  "a banner has at most %d characters", BANNER_MAX);
	config_line_set_text(line, group->banner, sizeof(group->banner), text);
	return 0;
}

static void print_banner(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_group *group = object;
	const char *marks = "^#~|%$@";

	(void)c;
	while (marks[1] && strchr(group->banner, *marks))
		marks++;
	if (group->banner[0])
		config_print_line(p, row->mode, "banner %c%s%c", *marks, group->banner, *marks);
}

static int apply_logins(struct config_line *line)
{
	struct config_group *group = group_at(line);
	uint32_t n = line->no ? CONFIG_LOGINS_DEFAULT : config_line_number(line, "logins", 0);
	bool replace = !line->no && config_line_arg(line, "replace-oldest");

	if (!group)
		return -EINVAL;
	line->changed = n != group->max_logins || replace != group->replace_oldest;
	group->max_logins = n;
	group->replace_oldest = replace;
	return 0;
}

static void print_logins(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_group *group = object;

	(void)c;
	if (group->max_logins != CONFIG_LOGINS_DEFAULT || group->replace_oldest)
		config_print_line(p, row->mode, "max-logins %u%s", group->max_logins,
				  group->replace_oldest ? " replace-oldest" : "");
}

#define GROUP	   CONFIG_MODE_ISAKMP_GROUP, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_group, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ISAKMP_GROUP,
	 "crypto isakmp client configuration group <name:client-group>", apply_group, print_groups},
	{GROUP, "key / [0|6] <secret:key>", apply_key, print_key},
	{GROUP, "dns / <first:address> [<second:address>]", apply_servers, print_dns},
	{GROUP, "wins / <first:address> [<second:address>]", apply_servers, print_wins},
	{GROUP, "domain / <name:argument>", .field = {CONFIG_FIELD_TEXT, AT(domain)}},
	{GROUP, "pool / <name:pool>+", apply_pools, print_group_pools},
	{GROUP, "acl / <name:acl>", .field = {CONFIG_FIELD_TEXT, AT(acl)}},
	{GROUP, "netmask / <mask>", apply_netmask, print_netmask},
	{GROUP, "banner / <text:line>", apply_banner, print_banner},
	{GROUP, "split-dns / <name:argument>", apply_split_dns, print_split_dns},
	{GROUP, "backup-gateway / <gateway:argument>", apply_backup, print_backup},
	{GROUP, "isakmp ikev1-user-authentication hybrid",
	 .field = {CONFIG_FIELD_FLAG, AT(hybrid)}},
	{GROUP, "any-map", .field = {CONFIG_FIELD_FLAG, AT(any_map)}},
	{GROUP, "save-password", .field = {CONFIG_FIELD_FLAG, AT(save_password)}},
	{GROUP, "include-local-lan", .field = {CONFIG_FIELD_FLAG, AT(include_local_lan)}},
	{GROUP, "max-logins / <logins:0-10000> [replace-oldest]", apply_logins, print_logins},
	{GROUP, "max-users / <users:1-100000>", .field = {CONFIG_FIELD_NUMBER, AT(max_users)}},
	{GROUP, "pfs / [group1|group2|group5|group14|group15|group16|group19|group20|group21]",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_group, pfs_group, pfs_names), .bare = 2}},
	{GROUP, "idle-time / <seconds:0-86400>",
	 .field = {CONFIG_FIELD_NUMBER, AT(idle_s), .initial = CONFIG_IDLE_DEFAULT_S}},
	{GROUP, "max-time / <seconds:60-31536000>", .field = {CONFIG_FIELD_NUMBER, AT(max_s)}},
};

const struct config_rows config_rows_group = {rows, array_len(rows)};
