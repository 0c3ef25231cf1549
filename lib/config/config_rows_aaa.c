/* SPDX-License-Identifier: BSD-3-Clause */
/* `aaa ...` and `username ...`: who may log in, and who is asked. */
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

/* The number between `password` or `secret` and the password itself. */
static int type_of(const struct config_line *line)
{
	static const char *const words[] = {"5", "7", "8", "9"};

	for (size_t i = 0; i < array_len(words); i++)
		if (config_line_arg(line, words[i]))
			return words[i][0] - '0';
	return PASSWORD_CLEAR;
}

/* What is to be stored for the password of a line; clear text never is. */
static int stored_of(struct config_line *line, char stored[PASSWORD_TEXT])
{
	const struct config_arg *arg = config_line_arg(line, "secret-text");
	char clear[PASSWORD_TEXT] = "";
	int type = type_of(line), err = 0;

	config_line_copy(clear, sizeof(clear), arg->value.text);
	if (strspn(clear, "*") == strlen(clear))
		err = config_line_refuse(line, arg,
					 "a masked password cannot be read back: type "
					 "the password itself");
	else if (type == PASSWORD_SCRAMBLED && password_unscramble(arg->value.text, clear) < 0)
		err = config_line_refuse(line, arg,
					 "not a password of type 7: type it in clear, with 0");
	else if (type > PASSWORD_SCRAMBLED || type == PASSWORD_MD5)
		config_line_copy(stored, PASSWORD_TEXT, clear);
	else
		err = password_hash(PASSWORD_SCRYPT, clear, stored) < 0 ? -ENOMEM : 0;
	if (err == 0 && password_type(stored) < 0)
		err = config_line_refuse(
			line, arg, "not a password of type %d: type it in clear, with 0", type);
	if (err == 0 && type == PASSWORD_MD5)
		config_line_warn(line, "weak: passwords of type 5 (MD5) are easily found out; "
				       "type the password anew, it is stored as type 9");
	secret_wipe_bytes(clear, sizeof(clear));
	return err;
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

static int apply_user(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "user");
	struct config_user *user = config_remote_user(r, name);
	char stored[PASSWORD_TEXT] = "";
	int err;

	if (line->no)
		return remove_user(line, user);
	err = stored_of(line, stored);
	if (err)
		return err;
	if (!user) {
		user = config_line_insert(line, &r->users, &r->n_users, sizeof(*user), r->n_users);
		if (!user)
			return -ENOMEM;
		config_line_copy(user->name, sizeof(user->name), name);
	}
	config_line_set_text(line, user->password, sizeof(user->password), stored);
	return 0;
}

static void print_users(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_users; i++)
		config_print_line(p, row->mode, "username %s secret %d %s", c->remote.users[i].name,
				  password_type(c->remote.users[i].password),
				  c->remote.users[i].password);
}

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
	{GLOBAL, "username <user:word> / {password|secret} [0|5|7|8|9] <secret-text:key>",
	 apply_user, print_users},
};

const struct config_rows config_rows_aaa = {rows, array_len(rows)};
