/* SPDX-License-Identifier: BSD-3-Clause */
/* `aaa ...`, `enable ...`, `username ...`: who may log in, and who is asked. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <string.h>

static const char *const kind_words[] = {
	[CONFIG_AAA_LOGIN] = "authentication login",
	[CONFIG_AAA_NETWORK] = "authorization network",
	[CONFIG_AAA_ACCOUNTING] = "accounting network",
};

static enum config_aaa_kind kind_of(const struct config_line *line)
{
	if (config_line_arg(line, "login"))
		return CONFIG_AAA_LOGIN;
	return config_line_arg(line, "authorization") ? CONFIG_AAA_NETWORK : CONFIG_AAA_ACCOUNTING;
}

static struct config_aaa_list list_of(const struct config_line *line)
{
	struct config_aaa_list list = {.kind = (uint8_t)kind_of(line)};

	config_line_copy(list.name, sizeof(list.name), config_line_text(line, "list"));
	if (config_line_arg(line, "radius"))
		list.methods[list.n_methods++] = CONFIG_METHOD_RADIUS;
	if (config_line_arg(line, "local"))
		list.methods[list.n_methods++] = CONFIG_METHOD_LOCAL;
	return list;
}

static int apply_list(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	struct config_aaa_list list = list_of(line);
	struct config_aaa_list *old =
		config_remote_list(r, (enum config_aaa_kind)list.kind, list.name);
	size_t at = 0;

	if (line->no && !old) {
		config_line_note(line, "there is no such list %s", list.name);
		return 0;
	}
	if (line->no) {
		config_line_remove(line, &r->lists, &r->n_lists, sizeof(*old),
				   (size_t)(old - r->lists));
		return 0;
	}
	if (list.kind == CONFIG_AAA_NETWORK && list.methods[0] == CONFIG_METHOD_RADIUS)
		config_line_warn(line, "client groups are those of this configuration; what a "
				       "RADIUS server says of a user comes with the login");
	if (!old) {
		while (at < r->n_lists && r->lists[at].kind <= list.kind)
			at++;
		old = config_line_insert(line, &r->lists, &r->n_lists, sizeof(*old), at);
		if (!old)
			return -ENOMEM;
	}
	line->changed |= memcmp(old, &list, sizeof(list)) != 0;
	*old = list;
	return 0;
}

static void print_lists(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	static const char *const words[] = {
		[CONFIG_METHOD_LOCAL] = " local",
		[CONFIG_METHOD_RADIUS] = " group radius",
	};
	const struct config_remote *r = &c->remote;

	(void)object;
	for (size_t i = 0; i < r->n_lists; i++) {
		const struct config_aaa_list *list = &r->lists[i];

		config_print_begin(p, row->mode);
		config_print_text(p, "aaa %s %s%s", kind_words[list->kind], list->name,
				  list->kind == CONFIG_AAA_ACCOUNTING ? " start-stop" : "");
		for (size_t k = 0; k < list->n_methods; k++)
			config_print_text(p, "%s", words[list->methods[k]]);
		config_print_end(p);
	}
}

static int remove_user(struct config_line *line, struct config_user *user)
{
	struct config_remote *r = &line->config->remote;
	struct config_group_policy *own =
		config_tunnel_group_user_policy(r, config_line_text(line, "user"));

	if (own)
		config_line_remove(line, &r->user_policies, &r->n_user_policies, sizeof(*own),
				   (size_t)(own - r->user_policies));
	if (user)
		config_line_remove(line, &r->users, &r->n_users, sizeof(*user),
				   (size_t)(user - r->users));
	else
		config_line_note(line, "there is no such user");
	return 0;
}

/* A line that does not say it leaves it. */
static void set_privilege(struct config_line *line, struct config_user *user)
{
	uint8_t level = (uint8_t)config_line_number(line, "level", user->privilege);

	line->changed |= level != user->privilege;
	user->privilege = level;
}

static int apply_user(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "user");
	struct config_user *user = config_remote_user(r, name);
	bool secret = config_line_arg(line, "secret-text") != NULL;
	char stored[PASSWORD_TEXT] = "";
	int err;

	if (line->no)
		return remove_user(line, user);
	err = secret ? config_line_password(line, stored) : 0;
	if (err)
		return err;
	if (!user) {
		user = config_line_insert(line, &r->users, &r->n_users, sizeof(*user), r->n_users);
		if (!user)
			return -ENOMEM;
		config_line_copy(user->name, sizeof(user->name), name);
		user->privilege = CONFIG_PRIVILEGE_USER;
	}
	set_privilege(line, user);
	if (secret)
		config_line_set_text(line, user->password, sizeof(user->password), stored);
	return 0;
}

static void print_users(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_users; i++) {
		const struct config_user *user = &c->remote.users[i];

		config_print_begin(p, row->mode);
		config_print_text(p, "username %s", user->name);
		if (user->privilege != CONFIG_PRIVILEGE_USER || !user->password[0])
			config_print_text(p, " privilege %u", user->privilege);
		if (user->password[0])
			config_print_text(p, " secret %d %s", password_type(user->password),
					  user->password);
		config_print_end(p);
	}
}

static int apply_privilege(struct config_line *line)
{
	const char *name = config_line_text(line, "user");
	struct config_user *user = config_remote_user(&line->config->remote, name);

	if (!line->no)
		return apply_user(line);
	if (!user) {
		config_line_note(line, "there is no such user");
		return 0;
	}
	line->changed = user->privilege != CONFIG_PRIVILEGE_USER;
	user->privilege = CONFIG_PRIVILEGE_USER;
	return 0;
}

static int apply_enable(struct config_line *line)
{
	char *field = line->config->enable_secret;
	char stored[PASSWORD_TEXT] = "";
	int err = line->no ? 0 : config_line_password(line, stored);

	if (err == 0)
		config_line_set_text(line, field, sizeof(line->config->enable_secret), stored);
	secret_wipe_bytes(stored, sizeof(stored));
	return err;
}

static void print_enable(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)object;
	if (c->enable_secret[0])
		config_print_line(p, row->mode, "enable secret %d %s",
				  password_type(c->enable_secret), c->enable_secret);
}

#define SECRET "[0|5|7|8|9] <secret-text:key>"
#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{GLOBAL, "aaa new-model",
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, remote.new_model)}},
	{GLOBAL, "aaa authentication login <list:aaa-list> / {local|group radius [local]}",
	 apply_list, print_lists},
	{GLOBAL, "aaa authorization network <list:aaa-list> / {local|group radius [local]}",
	 apply_list},
	{GLOBAL, "aaa accounting network <list:aaa-list> / start-stop group radius", apply_list},
	{GLOBAL, "aaa accounting update periodic / <minutes:1-35791>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, remote.update_minutes)}},
	{GLOBAL, "aaa local authentication attempts max-fail / <tries:1-65535>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, remote.max_fail)}},
	{GLOBAL, "enable {secret|password} / " SECRET, apply_enable, print_enable},
	{GLOBAL, "username <user:word> / [privilege <level:0-15>] {password|secret} " SECRET,
	 apply_user, print_users},
	{GLOBAL, "username <user:word> {password|secret} " SECRET " privilege <level:0-15>",
	 apply_user, .plain = true},
	{GLOBAL, "username <user:word> privilege / <level:0-15>", apply_privilege},
};

const struct config_rows config_rows_aaa = {rows, array_len(rows)};
