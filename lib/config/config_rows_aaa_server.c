/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `aaa-server`: RADIUS servers of an ASA and a PIX, which are asked by the name of their group.
 * Each is kept with the other RADIUS servers, under the name of its group and its address.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_remote_words.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const protocol_words[] = {
	[CONFIG_PROTOCOL_RADIUS] = "radius",
	[CONFIG_PROTOCOL_TACACS] = "tacacs+",
	[CONFIG_PROTOCOL_LOCAL] = "local",
};

static void remove_servers(struct config_line *line, const char *group)
{
	struct config_remote *r = &line->config->remote;

	for (size_t i = r->n_servers; i-- > 0;)
		if (!strcmp(r->servers[i].group, group))
			config_line_remove(line, &r->servers, &r->n_servers, sizeof(*r->servers),
					   i);
}

static bool has_servers(const struct config_remote *r, const char *group)
{
	for (size_t i = 0; i < r->n_servers; i++)
		if (!strcmp(r->servers[i].group, group))
			return true;
	return false;
}

static int apply_group(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "name");
	struct config_server_group *group = config_remote_server_group(r, name);
	const struct config_arg *arg = config_line_arg(line, "protocol-name");
	uint8_t protocol = 0;

	if (line->no) {
		remove_servers(line, name);
		if (group)
			config_line_remove(line, &r->server_groups, &r->n_server_groups,
					   sizeof(*group), (size_t)(group - r->server_groups));
		else
			config_line_note(line, "there is no aaa-server %s", name);
		return 0;
	}
	while (protocol < array_len(protocol_words) &&
	       strcasecmp(arg->value.text, protocol_words[protocol]) != 0)
		protocol++;
	if (protocol == array_len(protocol_words))
		return config_line_refuse(line, arg,
					  "invalid input \"%.64s\": expected radius, tacacs+ or "
					  "local",
					  arg->value.text);
	if (protocol != CONFIG_PROTOCOL_RADIUS && has_servers(r, name))
		return config_line_refuse(line, arg,
					  "aaa-server %s has servers of RADIUS: type no "
					  "aaa-server %s first",
					  name, name);
	if (protocol == CONFIG_PROTOCOL_TACACS && config_line_typed(line))
		config_line_warn(line, "TACACS+ servers are not asked here: use RADIUS");
	if (!group) {
		group = config_line_insert(line, &r->server_groups, &r->n_server_groups,
					   sizeof(*group), r->n_server_groups);
		if (!group)
			return -ENOMEM;
		config_line_copy(group->name, sizeof(group->name), name);
	}
	line->changed |= group->protocol != protocol;
	group->protocol = protocol;
	config_line_enter(line, name, 0);
	return 0;
}

static void print_groups(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_server_groups; i++)
		config_print_line(p, row->mode, "aaa-server %s protocol %s",
				  c->remote.server_groups[i].name,
				  protocol_words[c->remote.server_groups[i].protocol]);
	for (size_t i = 0; i < c->remote.n_servers; i++) {
		const struct config_radius_server *server = &c->remote.servers[i];
		char text[ADDR_TEXT];

		if (!server->group[0])
			continue;
		config_print_line(p, row->mode, "aaa-server %s%s%s host %s", server->group,
				  server->interface[0] ? " " : "", server->interface,
				  addr_print(&server->address, text, sizeof(text)));
		config_print_rows(p, &config_rows_aaa_server, CONFIG_MODE_AAA_HOST, c, server);
	}
}

static bool is_masked(struct config_line *line, const struct config_arg *arg)
{
	if (!arg || strspn(arg->value.text, "*") != strlen(arg->value.text))
		return false;
	config_line_refuse(line, arg, "a masked key cannot be read back: type the key itself");
	return true;
}

/* What the line cannot say, or 0. */
static int check_host(struct config_line *line, const char *name)
{
	const struct config_arg *group_arg = config_line_arg(line, "name");
	const struct config_server_group *group =
		config_remote_server_group(&line->config->remote, group_arg->value.text);

	if (strlen(name) >= CONFIG_REMOTE_NAME - 1)
		return config_line_refuse(line, group_arg, "the name of the group is too long");
	if (!line->no && !group)
		return config_line_refuse(line, group_arg,
					  "there is no aaa-server %s: type aaa-server %s protocol "
					  "radius first",
					  group_arg->value.text, group_arg->value.text);
	if (!line->no && group->protocol != CONFIG_PROTOCOL_RADIUS)
		return config_line_refuse(line, group_arg,
					  "only RADIUS servers are asked here: type aaa-server %s "
					  "protocol radius",
					  group_arg->value.text);
	return is_masked(line, config_line_arg(line, "secret")) ? -EINVAL : 0;
}

static int remove_host(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_radius_server *server = config_remote_server(r, name);

	if (server)
		config_line_remove(line, &r->servers, &r->n_servers, sizeof(*server),
				   (size_t)(server - r->servers));
	else
		config_line_note(line, "there is no such server");
	return 0;
}

/* NULL without memory. */
static struct config_radius_server *get_host(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_radius_server *server = config_remote_server(r, name);

	if (server)
		return server;
	server = config_line_insert_secret(line, &r->servers, &r->n_servers, sizeof(*server));
	if (!server)
		return NULL;
	*server = (struct config_radius_server){
		.address = config_line_arg(line, "address-of")->value.addr,
		.auth_port = CONFIG_ASA_RADIUS_AUTH_PORT,
		.acct_port = CONFIG_ASA_RADIUS_ACCT_PORT,
		.timeout_s = CONFIG_ASA_RADIUS_TIMEOUT_S,
		.retransmit = CONFIG_RADIUS_RETRANSMIT,
	};
	config_line_copy(server->name, sizeof(server->name), name);
	config_line_copy(server->group, sizeof(server->group), config_line_text(line, "name"));
	return server;
}

static int apply_host(struct config_line *line)
{
	const struct config_arg *secret = config_line_arg(line, "secret");
	struct config_radius_server *server;
	char name[2 * CONFIG_REMOTE_NAME], address[ADDR_TEXT];
	int err;

	addr_print(&config_line_arg(line, "address-of")->value.addr, address, sizeof(address));
	snprintf(name, sizeof(name), "%s-%s", config_line_text(line, "name"), address);
	err = check_host(line, name);
	if (err)
		return err;
	if (line->no)
		return remove_host(line, name);
	server = get_host(line, name);
	if (!server)
		return -ENOMEM;
	config_line_set_text(line, server->interface, sizeof(server->interface),
			     config_line_text(line, "side"));
	if (secret)
		config_line_set_text(line, server->key, sizeof(server->key), secret->value.text);
	if (config_line_arg(line, "seconds")) {
		line->changed |= server->timeout_s != config_line_number(line, "seconds", 0);
		server->timeout_s = (uint16_t)config_line_number(line, "seconds", 0);
	}
	config_line_enter(line, name, 0);
	return 0;
}

static int apply_key(struct config_line *line)
{
	struct config_radius_server *server = config_line_object(line->config, line->cursor);
	const struct config_arg *arg = line->no ? NULL : config_line_arg(line, "secret");

	if (!server)
		return config_line_refuse(line, NULL, "the server does not exist any more: exit");
	if (is_masked(line, arg))
		return -EINVAL;
	config_line_set_text(line, server->key, sizeof(server->key), arg ? arg->value.text : "");
	return 0;
}

#define HOST	   CONFIG_MODE_AAA_HOST, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_radius_server, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_AAA_GROUP,
	 "aaa-server <name:word> / protocol <protocol-name:word>", apply_group, print_groups},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_AAA_HOST,
	 "aaa-server <name:word> [<side>] host <address-of:address> / [<secret:key>] "
	 "[timeout <seconds:1-60>]",
	 apply_host},
	{HOST, "key / [0] <secret:key>", apply_key, config_remote_words_print_key},
	{HOST, "timeout / <seconds:1-60>",
	 .field = {CONFIG_FIELD_NUMBER, AT(timeout_s), .initial = CONFIG_ASA_RADIUS_TIMEOUT_S}},
	{HOST, "authentication-port / <port:1-65535>",
	 .field = {CONFIG_FIELD_NUMBER, AT(auth_port), .initial = CONFIG_ASA_RADIUS_AUTH_PORT}},
	{HOST, "accounting-port / <port:1-65535>",
	 .field = {CONFIG_FIELD_NUMBER, AT(acct_port), .initial = CONFIG_ASA_RADIUS_ACCT_PORT}},
	{HOST, "message-authenticator optional", .field = {CONFIG_FIELD_FLAG, AT(unsealed)}},
};

const struct config_rows config_rows_aaa_server = {rows, array_len(rows)};
