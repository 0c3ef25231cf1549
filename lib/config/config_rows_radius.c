/* SPDX-License-Identifier: BSD-3-Clause */
/* `radius server`, the older `radius-server host`, and what is common to all of them. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_remote_words.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <string.h>

enum {
	KEY_MAX = CONFIG_REMOTE_KEY - 1 /* type 7 has no more than 63 */
};

/* The server of this name, made when there is none; NULL without memory. */
static struct config_radius_server *get_server(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_radius_server *server = config_remote_server(r, name);

	if (server)
		return server;
	server = config_line_insert_secret(line, &r->servers, &r->n_servers, sizeof(*server));
	if (!server)
		return NULL;
	*server = (struct config_radius_server){
		.auth_port = CONFIG_RADIUS_AUTH_PORT,
		.acct_port = CONFIG_RADIUS_ACCT_PORT,
		.timeout_s = CONFIG_RADIUS_TIMEOUT_S,
		.retransmit = CONFIG_RADIUS_RETRANSMIT,
	};
	config_line_copy(server->name, sizeof(server->name), name);
	return server;
}

static int remove_server(struct config_line *line, const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_radius_server *server = config_remote_server(r, name);

	if (server)
		config_line_remove(line, &r->servers, &r->n_servers, sizeof(*server),
				   (size_t)(server - r->servers));
	else
		config_line_note(line, "there is no radius server %s", name);
	return 0;
}

static int apply_server(struct config_line *line)
{
	const char *name = config_line_text(line, "name");

	if (line->no)
		return remove_server(line, name);
	if (!get_server(line, name))
		return -ENOMEM;
	config_line_enter(line, name, 0);
	return 0;
}

/* The secret shared with the server, into key[CONFIG_REMOTE_KEY]. */
static int key_of(struct config_line *line, char *key)
{
	const struct config_arg *arg = config_line_arg(line, "secret");
	const char *text = arg->value.text;

	if (strspn(text, "*") == strlen(text))
		return config_line_refuse(line, arg,
					  "a masked key cannot be read back: type the "
					  "key itself");
	if (strlen(text) > KEY_MAX && !config_line_arg(line, "7"))
		return config_line_refuse(line, arg, "a key has at most %d characters", KEY_MAX);
	if (!config_line_arg(line, "7")) {
		config_line_copy(key, CONFIG_REMOTE_KEY, text);
		return 0;
	}
	if (password_unscramble(text, key) < 0)
		return config_line_refuse(line, arg, "not a key of type 7: type it in clear");
	return 0;
}

static void set_ports(struct config_line *line, struct config_radius_server *server)
{
	struct config_radius_server old = *server;

	server->address = config_line_arg(line, "address-of")->value.addr;
	server->auth_port =
		(uint16_t)config_line_number(line, "authentication", CONFIG_RADIUS_AUTH_PORT);
	server->acct_port =
		(uint16_t)config_line_number(line, "accounting", CONFIG_RADIUS_ACCT_PORT);
	line->changed |= memcmp(&old, server, sizeof(old)) != 0;
	secret_wipe_bytes(&old, sizeof(old));
}

/* It becomes a `radius server` named by its address. */
static int apply_host(struct config_line *line)
{
	char name[ADDR_TEXT], key[CONFIG_REMOTE_KEY] = "";
	const struct config_arg *address = config_line_arg(line, "address-of");
	struct config_radius_server *server;
	int err = 0;

	addr_print(&address->value.addr, name, sizeof(name));
	if (line->no)
		return remove_server(line, name);
	err = key_of(line, key);
	if (err)
		return err;
	server = get_server(line, name);
	if (server) {
		set_ports(line, server);
		config_line_set_text(line, server->key, sizeof(server->key), key);
	}
	secret_wipe_bytes(key, sizeof(key));
	return server ? 0 : -ENOMEM;
}

static int apply_address(struct config_line *line)
{
	struct config_radius_server *server = config_line_object(line->config, line->cursor);

	if (!server)
		return config_line_refuse(line, NULL, "the server does not exist any more: exit");
	if (!line->no) {
		set_ports(line, server);
	} else {
		line->changed = !addr_is_none(&server->address);
		server->address = (struct addr){0};
	}
	return 0;
}

static int apply_key(struct config_line *line)
{
	struct config_radius_server *server = config_line_object(line->config, line->cursor);
	char key[CONFIG_REMOTE_KEY] = "";
	int err = line->no ? 0 : key_of(line, key);

	if (!server)
		err = config_line_refuse(line, NULL, "the server does not exist any more: exit");
	if (err == 0)
		config_line_set_text(line, server->key, sizeof(server->key), key);
	secret_wipe_bytes(key, sizeof(key));
	return err;
}

static void print_servers(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_servers; i++) {
		if (c->remote.servers[i].group[0])
			continue;
		config_print_line(p, row->mode, "radius server %s", c->remote.servers[i].name);
		config_print_rows(p, &config_rows_radius, row->enters, c, &c->remote.servers[i]);
		config_print_separator(p);
	}
}

static void print_address(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	const struct config_radius_server *server = object;
	char text[ADDR_TEXT];

	(void)c;
	if (!addr_is_none(&server->address))
		config_print_line(p, row->mode, "address ipv4 %s auth-port %u acct-port %u",
				  addr_print(&server->address, text, sizeof(text)),
				  server->auth_port, server->acct_port);
}

#define GLOBAL	   CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define SERVER	   CONFIG_MODE_RADIUS_SERVER, CONFIG_MODE_GLOBAL
#define NUMBER	   CONFIG_FIELD_NUMBER
#define PORTS	   "[auth-port <authentication:1-65535>] [acct-port <accounting:1-65535>]"
#define AT(member) CONFIG_FIELD_AT(config_radius_server, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_RADIUS_SERVER, "radius server <name:radius-server>",
	 apply_server, print_servers},
	{GLOBAL, "radius-server host <address-of:address> / " PORTS " key [0|7] <secret:key>",
	 apply_host},
	{GLOBAL, "radius-server deadtime / <minutes:1-1440>",
	 .field = {NUMBER, CONFIG_FIELD_AT(config, remote.deadtime_minutes),
		   .initial = CONFIG_RADIUS_DEADTIME_MIN}},
	{SERVER, "address ipv4 / <address-of:address> " PORTS, apply_address, print_address},
	{SERVER, "key / [0|7] <secret:key>", apply_key, config_remote_words_print_key},
	{SERVER, "message-authenticator optional", .field = {CONFIG_FIELD_FLAG, AT(unsealed)}},
	{SERVER, "timeout / <seconds:1-60>",
	 .field = {NUMBER, AT(timeout_s), .initial = CONFIG_RADIUS_TIMEOUT_S}},
	{SERVER, "retransmit / <tries:0-10>",
	 .field = {NUMBER, AT(retransmit), .initial = CONFIG_RADIUS_RETRANSMIT}},
};

const struct config_rows config_rows_radius = {rows, array_len(rows)};
