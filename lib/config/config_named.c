/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_named.h"

#include "lib/config/config_line.h"
#include "lib/config/config_names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct config_interface *find_name(const struct config *c, const char *word)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (c->interfaces[i].nameif[0] && !strcmp(c->interfaces[i].nameif, word))
			return &c->interfaces[i];
	return NULL;
}

struct config_interface *config_named_find(const struct config *c, const char *word)
{
	char expanded[CONFIG_IF_NAME];
	struct config_interface *named = find_name(c, word);

	if (named || config_names_interface(word, expanded, sizeof(expanded)))
		return named;
	return config_model_interface(c, expanded);
}

static bool is_good_name(const char *word)
{
	char expanded[CONFIG_IF_NAME];

	return word[0] && strlen(word) < CONFIG_IF_NAME &&
	       config_names_interface(word, expanded, sizeof(expanded)) != 0;
}

size_t config_named_end(const struct config *c)
{
	size_t i = 0;

	while (i < c->n_interfaces && !config_named_is_stand_in(&c->interfaces[i]))
		i++;
	return i;
}

struct config_interface *config_named_get(struct config_line *line, const struct config_arg *arg)
{
	struct config *c = line->config;
	const char *word = arg->value.text;
	struct config_interface *interface = config_named_find(c, word);
	size_t at;

	if (interface)
		return interface;
	if (!is_good_name(word)) {
		config_line_refuse(line, arg, "there is no interface %s", word);
		return NULL;
	}
	for (at = config_named_end(c); at < c->n_interfaces; at++)
		if (strcmp(c->interfaces[at].name, word) > 0)
			break;
	interface =
		config_line_insert(line, &c->interfaces, &c->n_interfaces, sizeof(*interface), at);
	if (!interface)
		return NULL;
	config_line_copy(interface->name, sizeof(interface->name), word);
	config_line_copy(interface->nameif, sizeof(interface->nameif), word);
	return interface;
}

bool config_named_is_stand_in(const struct config_interface *i)
{
	return i->nameif[0] && !strcmp(i->name, i->nameif);
}

/* What was said of the stand-in is said of the interface; lines that name it name the other. */
static void take_over(struct config *c, const struct config_interface *from,
		      struct config_interface *to)
{
	if (!addr_is_none(&from->address)) {
		to->address = from->address;
		to->prefix_len = from->prefix_len;
	}
	if (from->mtu)
		to->mtu = from->mtu;
	if (from->isakmp)
		to->isakmp = from->isakmp;
	if (from->crypto_map[0])
		memcpy(to->crypto_map, from->crypto_map, sizeof(to->crypto_map));
	for (size_t i = 0; i < c->n_routes; i++)
		if (!strcmp(c->routes[i].interface, from->name))
			memcpy(c->routes[i].interface, to->name, sizeof(to->name));
}

int config_named_give(struct config_line *line, const char *interface,
		      const struct config_arg *name)
{
	struct config *c = line->config;
	struct config_interface *to = config_model_interface(c, interface);
	struct config_interface *other = find_name(c, name->value.text);

	if (!is_good_name(name->value.text))
		return config_line_refuse(line, name,
					  "a name has at most %d characters and is not that of "
					  "an interface type",
					  CONFIG_IF_NAME - 1);
	if (other == to)
		return 0;
	if (other && !config_named_is_stand_in(other))
		return config_line_refuse(line, name, "interface %s has this name already",
					  other->name);
	line->changed = true;
	config_line_copy(to->nameif, sizeof(to->nameif), name->value.text);
	if (!other)
		return 0;
	take_over(c, other, to);
	config_line_remove(line, &c->interfaces, &c->n_interfaces, sizeof(*other),
			   (size_t)(other - c->interfaces));
	return 0;
}

void config_named_warn_map(struct config_line *line, const struct config_interface *interface,
			   const char *map)
{
	const struct config_map *old = config_model_map(line->config, interface->crypto_map);
	char peers[128] = "", text[ADDR_TEXT];
	size_t len = 0, n = 0;

	if (!interface->crypto_map[0] || !map[0] || !strcmp(interface->crypto_map, map))
		return;
	for (size_t i = 0; old && i < old->n_entries; i++)
		for (size_t k = 0; k < old->entries[i].n_peers; k++, n++)
			if (len + ADDR_TEXT + 2 < sizeof(peers))
				len += (size_t)snprintf(
					peers + len, sizeof(peers) - len, "%s%s", n ? ", " : "",
					addr_print(&old->entries[i].peers[k], text, sizeof(text)));
	config_line_warn(line,
			 "crypto map %s takes the place of crypto map %s on %s: an interface has "
			 "one, and the tunnels of %s end%s%s%s",
			 map, interface->crypto_map, interface->name, interface->crypto_map,
			 n ? " (peers " : "", peers, n ? ")" : "");
}
