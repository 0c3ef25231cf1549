/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto isakmp peer`: aggressive mode with one peer, as initiator and as responder. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <string.h>

static const struct name endpoint_names[] = {
	{CONFIG_ENDPOINT_IPV4, "ipv4-address"},
	{CONFIG_ENDPOINT_FQDN, "fqdn"},
	{CONFIG_ENDPOINT_USER_FQDN, "user-fqdn"},
};

static int apply_peer(struct config_line *line)
{
	struct config *c = line->config;
	const struct addr *address = &config_line_arg(line, "remote")->value.addr;
	struct config_isakmp_peer *peer = config_model_isakmp_peer(c, address);
	char text[ADDR_TEXT];

	addr_print(address, text, sizeof(text));
	if (line->no && peer)
		config_line_remove(line, &c->isakmp_peers, &c->n_isakmp_peers, sizeof(*peer),
				   (size_t)(peer - c->isakmp_peers));
	else if (line->no)
		config_line_note(line, "there is no isakmp peer %s", text);
	if (line->no)
		return 0;
	if (!peer) {
		peer = config_line_insert_secret(line, &c->isakmp_peers, &c->n_isakmp_peers,
						 sizeof(*peer));
		if (!peer)
			return -ENOMEM;
		peer->address = *address;
	}
	config_line_enter(line, text, 0);
	return 0;
}

static void print_peers(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	char text[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->n_isakmp_peers; i++) {
		const struct config_isakmp_peer *peer = &c->isakmp_peers[i];

		config_print_line(p, row->mode, "crypto isakmp peer address %s",
				  addr_print(&peer->address, text, sizeof(text)));
		config_print_rows(p, &config_rows_isakmp_peer, row->enters, c, peer);
		config_print_separator(p);
	}
}

static struct config_isakmp_peer *peer_at(struct config_line *line)
{
	struct config_isakmp_peer *peer = config_line_object(line->config, line->cursor);

	if (!peer)
		config_line_refuse(line, NULL, "isakmp peer %s does not exist any more: type exit",
				   line->cursor->object);
	return peer;
}

static int apply_password(struct config_line *line)
{
	struct config_isakmp_peer *peer = peer_at(line);
	const struct config_arg *key = config_line_arg(line, "secret");

	if (!peer)
		return -EINVAL;
	if (!line->no && strspn(key->value.text, "*") == strlen(key->value.text))
		return config_line_refuse(line, key,
					  "a masked key cannot be read back: type the key itself");
	config_line_set_text(line, peer->password, sizeof(peer->password),
			     line->no ? "" : key->value.text);
	return 0;
}

static void print_password(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	const struct config_isakmp_peer *peer = object;

	(void)c;
	if (!peer->password[0])
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "set aggressive-mode password ");
	config_print_secret(p, peer->password);
	config_print_end(p);
}

static int apply_endpoint(struct config_line *line)
{
	struct config_isakmp_peer *peer = peer_at(line);
	enum config_endpoint endpoint = CONFIG_ENDPOINT_NONE;
	char address[ADDR_TEXT];
	const char *text = "";

	if (!peer)
		return -EINVAL;
	for (size_t i = 0; !line->no && i < array_len(endpoint_names); i++)
		if (config_line_arg(line, endpoint_names[i].name))
			endpoint = (enum config_endpoint)endpoint_names[i].value;
	if (endpoint == CONFIG_ENDPOINT_IPV4)
		text = addr_print(&config_line_arg(line, "local")->value.addr, address,
				  sizeof(address));
	else if (endpoint)
		text = config_line_text(line, "host");
	if (strlen(text) >= sizeof(peer->endpoint_text))
		return config_line_refuse(line, NULL, "a name has %zu characters at most",
					  sizeof(peer->endpoint_text) - 1);
	line->changed |= peer->endpoint != endpoint;
	peer->endpoint = endpoint;
	config_line_set_text(line, peer->endpoint_text, sizeof(peer->endpoint_text), text);
	return 0;
}

static void print_endpoint(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	const struct config_isakmp_peer *peer = object;

	(void)c;
	if (peer->endpoint)
		config_print_line(
			p, row->mode, "set aggressive-mode client-endpoint %s %s",
			names_find(endpoint_names, array_len(endpoint_names), peer->endpoint),
			peer->endpoint_text);
}

#define PEER CONFIG_MODE_ISAKMP_PEER, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ISAKMP_PEER, "crypto isakmp peer address <remote:address>",
	 apply_peer, print_peers},
	{PEER, "set aggressive-mode password / [0] <secret:key>", apply_password, print_password},
	{PEER,
	 "set aggressive-mode client-endpoint / {ipv4-address <local:address>|fqdn "
	 "<host:hostname>|user-fqdn <host:argument>}",
	 apply_endpoint, print_endpoint},
};

const struct config_rows config_rows_isakmp_peer = {rows, array_len(rows)};
