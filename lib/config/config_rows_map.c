/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `crypto map ...` and `crypto dynamic-map ...`: maps and their entries, whose lines are in
 * config_rows_map_entry.c.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Crypto maps or dynamic ones: their lists are handled alike. */
struct list {
	struct config_map **maps;
	size_t *n;
	const char *noun;
	bool dynamic;
};

/* Nothing is said of it (any more). */
static bool is_empty(const struct config_map *map)
{
	return map->n_entries == 0 && !map->local_interface[0] && !map->authentication[0] &&
	       !map->authorization[0] && !map->accounting[0] && !map->client_address;
}

static struct list list_of(struct config *c, bool dynamic)
{
	if (dynamic)
		return (struct list){&c->dynamic_maps, &c->n_dynamic_maps, "dynamic map", true};
	return (struct list){&c->maps, &c->n_maps, "crypto map", false};
}

static struct config_map *find_map(const struct config_line *line, const struct list *list,
				   const char *name)
{
	return list->dynamic ? config_model_dynamic_map(line->config, name)
			     : config_model_map(line->config, name);
}

static void remove_map(struct config_line *line, const struct list *list, struct config_map *map)
{
	free(map->entries);
	config_line_remove(line, list->maps, list->n, sizeof(*map), (size_t)(map - *list->maps));
}

static int remove_entry(struct config_line *line, const struct list *list)
{
	const char *name = config_line_text(line, "name");
	uint32_t sequence = config_line_number(line, "sequence", 0);
	struct config_map *map = find_map(line, list, name);
	struct config_map_entry *entry;

	entry = map && sequence ? config_model_map_entry(map, (uint16_t)sequence) : NULL;
	if (!map)
		config_line_note(line, "there is no %s %s", list->noun, name);
	else if (!sequence)
		remove_map(line, list, map);
	else if (!entry)
		config_line_note(line, "%s %s has no entry %u", list->noun, name, sequence);
	else
		config_line_remove(line, &map->entries, &map->n_entries, sizeof(*entry),
				   (size_t)(entry - map->entries));
	if (map && sequence && is_empty(map))
		remove_map(line, list, map);
	return 0;
}

/* The map of this name, made when there is none; NULL without memory. */
static struct config_map *get_map(struct config_line *line, const struct list *list,
				  const char *name)
{
	struct config_map *map = find_map(line, list, name);

	if (map)
		return map;
	map = config_line_insert(line, list->maps, list->n, sizeof(*map), *list->n);
	if (map)
		config_line_copy(map->name, sizeof(map->name), name);
	return map;
}

/* NULL without memory. */
static struct config_map_entry *insert_entry(struct config_line *line, const struct list *list,
					     const char *name, uint16_t sequence)
{
	struct config_map *map = get_map(line, list, name);
	struct config_map_entry *entry;
	size_t at = 0;

	if (!map)
		return NULL;
	while (at < map->n_entries && map->entries[at].sequence < sequence)
		at++;
	entry = config_line_insert(line, &map->entries, &map->n_entries, sizeof(*entry), at);
	if (!entry) {
		if (is_empty(map))
			remove_map(line, list, map);
		return NULL;
	}
	entry->sequence = sequence;
	entry->replay_window = CONFIG_REPLAY_INHERIT;
	return entry;
}

static struct config_map_entry *find_entry(const struct config_line *line, const struct list *list,
					   const char *name, uint16_t sequence)
{
	const struct config_map *map = find_map(line, list, name);

	return map ? config_model_map_entry(map, sequence) : NULL;
}

static int apply_entry(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	const char *name = config_line_text(line, "name");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);
	const struct config_map_entry *entry = find_entry(line, &list, name, sequence);

	if (line->no)
		return remove_entry(line, &list);
	if (entry && entry->dynamic[0])
		return config_line_refuse(
			line, config_line_arg(line, "sequence"),
			"crypto map %s %u refers to dynamic map %s: its lines are "
			"there, type crypto dynamic-map %s and a number",
			name, sequence, entry->dynamic, entry->dynamic);
	if (!entry) {
		if (!config_line_arg(line, "ipsec-isakmp"))
			return config_line_refuse(line, config_line_arg(line, "sequence"),
						  "incomplete command: crypto map %s has no entry "
						  "%u yet, add ipsec-isakmp to make one",
						  name, sequence);
		if (!insert_entry(line, &list, name, sequence))
			return -ENOMEM;
		if (config_line_typed(line))
			config_line_note(line, "this new crypto map entry stays disabled until a "
					       "peer, a transform set and an access list are set");
	}
	config_line_enter(line, name, sequence);
	return 0;
}

static int apply_dynamic_entry(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	const char *name = config_line_text(line, "name");
	const char *dynamic = config_line_text(line, "template");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);
	struct config_map_entry *entry = find_entry(line, &list, name, sequence);

	if (line->no)
		return remove_entry(line, &list);
	if (entry && !entry->dynamic[0])
		return config_line_refuse(line, config_line_arg(line, "sequence"),
					  "crypto map %s %u is a static entry: take another "
					  "number, the highest, or remove it first",
					  name, sequence);
	if (!entry)
		entry = insert_entry(line, &list, name, sequence);
	if (!entry)
		return -ENOMEM;
	config_line_set_text(line, entry->dynamic, sizeof(entry->dynamic), dynamic);
	if (config_line_typed(line) && !config_model_dynamic_map(line->config, dynamic))
		config_line_note(line, "dynamic map %s does not exist yet", dynamic);
	return 0;
}

static int apply_template(struct config_line *line)
{
	const struct list list = list_of(line->config, true);
	const char *name = config_line_text(line, "name");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);

	if (line->no)
		return remove_entry(line, &list);
	if (!find_entry(line, &list, name, sequence) && !insert_entry(line, &list, name, sequence))
		return -ENOMEM;
	config_line_enter(line, name, sequence);
	config_line_copy(line->cursor->part, sizeof(line->cursor->part), "dynamic-map");
	return 0;
}

/* A line of the whole map that names something: where it is kept. */
static char *name_of(struct config_map *map, const struct config_line *line)
{
	if (config_line_arg(line, "authentication"))
		return map->authentication;
	return config_line_arg(line, "authorization") ? map->authorization : map->accounting;
}

static int apply_list(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	struct config_map *map = config_model_map(line->config, config_line_text(line, "name"));

	if (!map && line->no)
		return 0;
	map = get_map(line, &list, config_line_text(line, "name"));
	if (!map)
		return -ENOMEM;
	config_line_set_text(line, name_of(map, line), CONFIG_NAME,
			     line->no ? "" : config_line_text(line, "methods"));
	if (is_empty(map))
		remove_map(line, &list, map);
	return 0;
}

/* `client authentication LOCAL` of a PIX names those who are asked; so does a list of that name. */
static int apply_servers(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	struct config_map *map = config_model_map(line->config, config_line_text(line, "name"));

	if (!map && line->no)
		return 0;
	map = get_map(line, &list, config_line_text(line, "name"));
	if (!map)
		return -ENOMEM;
	config_line_set_text(line, map->authentication, sizeof(map->authentication),
			     line->no ? "" : config_line_text(line, "servers"));
	if (is_empty(map))
		remove_map(line, &list, map);
	return 0;
}

static int apply_client_address(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	struct config_map *map = config_model_map(line->config, config_line_text(line, "name"));
	uint8_t old, bits = 0;

	if (!map && line->no)
		return 0;
	map = get_map(line, &list, config_line_text(line, "name"));
	if (!map)
		return -ENOMEM;
	bits |= config_line_arg(line, "initiate") ? CONFIG_CLIENT_INITIATE : 0;
	bits |= config_line_arg(line, "respond") ? CONFIG_CLIENT_RESPOND : 0;
	bits = bits ? bits : CONFIG_CLIENT_INITIATE | CONFIG_CLIENT_RESPOND;
	old = map->client_address;
	map->client_address = (uint8_t)(line->no ? old & ~bits : old | bits);
	line->changed |= old != map->client_address;
	if (is_empty(map))
		remove_map(line, &list, map);
	return 0;
}

static void print_client(struct config_print *p, enum config_mode mode,
			 const struct config_map *map)
{
	if (map->authentication[0])
		config_print_line(p, mode, "crypto map %s client authentication list %s", map->name,
				  map->authentication);
	if (map->accounting[0])
		config_print_line(p, mode, "crypto map %s client accounting list %s", map->name,
				  map->accounting);
	if (map->authorization[0])
		config_print_line(p, mode, "crypto map %s isakmp authorization list %s", map->name,
				  map->authorization);
	if (map->client_address & CONFIG_CLIENT_INITIATE)
		config_print_line(p, mode, "crypto map %s client configuration address initiate",
				  map->name);
	if (map->client_address & CONFIG_CLIENT_RESPOND)
		config_print_line(p, mode, "crypto map %s client configuration address respond",
				  map->name);
}

/* The entry as lines that name it, which the first line need not. */
static void print_flat(struct config_print *p, const struct config *c, const char *kind,
		       const char *name, const struct config_map_entry *entry)
{
	bool is_map = !strcmp(kind, "map");
	bool first = is_map && p->dialect == DIALECT_PIX;
	char flat[CONFIG_NAME + 32];
	size_t before;

	if (first)
		config_print_line(p, CONFIG_MODE_GLOBAL, "crypto map %s %u ipsec-isakmp", name,
				  entry->sequence);
	before = p->len;
	snprintf(flat, sizeof(flat), "crypto %s %s %u ", kind, name, entry->sequence);
	p->flat = flat;
	config_print_rows(p, &config_rows_map_entry, CONFIG_MODE_CRYPTO_MAP, c, entry);
	p->flat = NULL;
	if (p->len == before && !first)
		config_print_line(p, CONFIG_MODE_GLOBAL, "crypto %s %s %u%s", kind, name,
				  entry->sequence, is_map ? " ipsec-isakmp" : "");
}

static void print_map(struct config_print *p, const struct config_row *row, const struct config *c,
		      const struct config_map *map)
{
	if (map->local_interface[0])
		config_print_line(p, row->mode, "crypto map %s local-address %s", map->name,
				  map->local_interface);
	print_client(p, row->mode, map);
	for (size_t i = 0; i < map->n_entries; i++) {
		const struct config_map_entry *entry = &map->entries[i];

		if (entry->dynamic[0]) {
			config_print_line(p, row->mode, "crypto map %s %u ipsec-isakmp dynamic %s",
					  map->name, entry->sequence, entry->dynamic);
			continue;
		}
		if (p->dialect != DIALECT_IOS) {
			print_flat(p, c, "map", map->name, entry);
			continue;
		}
		config_print_line(p, row->mode, "crypto map %s %u ipsec-isakmp", map->name,
				  entry->sequence);
		config_print_rows(p, &config_rows_map_entry, row->enters, c, entry);
		config_print_separator(p);
	}
}

static void print_maps(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_maps; i++)
		print_map(p, row, c, &c->maps[i]);
}

static void print_templates(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_dynamic_maps; i++) {
		const struct config_map *map = &c->dynamic_maps[i];

		for (size_t k = 0; k < map->n_entries; k++) {
			if (p->dialect != DIALECT_IOS) {
				print_flat(p, c, "dynamic-map", map->name, &map->entries[k]);
				continue;
			}
			config_print_line(p, row->mode, "crypto dynamic-map %s %u", map->name,
					  map->entries[k].sequence);
			config_print_rows(p, &config_rows_map_entry, row->enters, c,
					  &map->entries[k]);
			config_print_separator(p);
		}
	}
}

/* Moves the cursor to an entry that is there; else a note. */
static void enter_entry(struct config_line *line, const struct list *list, const char *name,
			uint16_t sequence)
{
	if (!find_entry(line, list, name, sequence)) {
		config_line_note(line, "%s %s has no entry %u", list->noun, name, sequence);
		return;
	}
	config_line_enter(line, name, sequence);
	if (list->dynamic)
		config_line_copy(line->cursor->part, sizeof(line->cursor->part), "dynamic-map");
}

/* `crypto map M 10 set peer A`: the entry, for the line behind it. */
static int apply_flat_entry(struct config_line *line)
{
	bool dynamic = config_line_arg(line, "dynamic-map") != NULL;
	const struct list list = list_of(line->config, dynamic);
	const char *name = config_line_text(line, "name");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);
	const struct config_map_entry *entry = find_entry(line, &list, name, sequence);

	if (entry && entry->dynamic[0] && !line->no)
		return apply_entry(line);
	if (!entry && !line->no && !insert_entry(line, &list, name, sequence))
		return -ENOMEM;
	enter_entry(line, &list, name, sequence);
	return 0;
}

static void drop_entry(struct config_line *line)
{
	const struct list list = list_of(line->config, line->cursor->part[0]);
	struct config_map *map = find_map(line, &list, line->cursor->object);
	struct config_map_entry *entry =
		config_model_map_entry(map, (uint16_t)line->cursor->number);

	config_line_remove(line, &map->entries, &map->n_entries, sizeof(*entry),
			   (size_t)(entry - map->entries));
	if (is_empty(map))
		remove_map(line, &list, map);
}

/* `no crypto map M set peer A`: without a number, where there is only one entry. */
static int apply_only_entry(struct config_line *line)
{
	const struct list list = list_of(line->config, false);
	const char *name = config_line_text(line, "name");
	const struct config_map *map = config_model_map(line->config, name);

	if (map && map->n_entries != 1)
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "crypto map %s has %zu entries: say which one, no crypto "
					  "map %s SEQUENCE ...",
					  name, map->n_entries, name);
	if (map)
		enter_entry(line, &list, name, map->entries[0].sequence);
	else
		config_line_note(line, "there is no crypto map %s", name);
	return 0;
}

static int apply_local_address(struct config_line *line)
{
	const char *name = config_line_text(line, "name");
	const char *interface = line->no ? "" : config_line_text(line, "interface");
	struct config_map *map = config_model_map(line->config, name);
	const struct list list = list_of(line->config, false);

	if (!map && line->no)
		return 0;
	map = get_map(line, &list, name);
	if (!map)
		return -ENOMEM;
	config_line_set_text(line, map->local_interface, sizeof(map->local_interface), interface);
	if (is_empty(map))
		remove_map(line, &list, map);
	return 0;
}

#define FLAT	CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP
#define FLAT_IN .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto dynamic-map <name:dynamic-map> / <sequence:1-65535>", apply_template,
	 print_templates},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto map <name:map> / <sequence:1-65535> / [ipsec-isakmp]", apply_entry, print_maps},
	{FLAT, "crypto map <name:map> <sequence:1-65535> @", apply_flat_entry, FLAT_IN,
	 .drop = drop_entry},
	{FLAT, "crypto dynamic-map <name:dynamic-map> <sequence:1-65535> @", apply_flat_entry,
	 FLAT_IN, .drop = drop_entry},
	{FLAT, "crypto map <name:map> @", apply_only_entry, FLAT_IN, .only_no = true},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> local-address / <interface>", apply_local_address},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> <sequence:1-65535> ipsec-isakmp dynamic <template:dynamic-map> / "
	 "[discover]",
	 apply_dynamic_entry},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> client {authentication|accounting} list / <methods:aaa-list>",
	 apply_list},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> client authentication / <servers:word>", apply_servers,
	 .dialects = CONFIG_IN_PIX},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> isakmp authorization list / <methods:aaa-list>", apply_list},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> client configuration address / {initiate|respond}",
	 apply_client_address},
};

const struct config_rows config_rows_map = {rows, array_len(rows)};
