/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto map ...`: maps and their entries, whose lines are in config_rows_map_entry.c. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void remove_map(struct config_line *line, struct config_map *map)
{
	struct config *c = line->config;

	free(map->entries);
	config_line_remove(line, &c->maps, &c->n_maps, sizeof(*map), (size_t)(map - c->maps));
}

static int remove_entry(struct config_line *line)
{
	const char *name = config_line_text(line, "name");
	uint32_t sequence = config_line_number(line, "sequence", 0);
	struct config_map *map = config_model_map(line->config, name);
	struct config_map_entry *entry;

	entry = map && sequence ? config_model_map_entry(map, (uint16_t)sequence) : NULL;
	if (!map)
		config_line_note(line, "there is no crypto map %s", name);
	else if (!sequence)
		remove_map(line, map);
	else if (!entry)
		config_line_note(line, "crypto map %s has no entry %u", name, sequence);
	else
		config_line_remove(line, &map->entries, &map->n_entries, sizeof(*entry),
				   (size_t)(entry - map->entries));
	if (map && sequence && map->n_entries == 0 && !map->local_interface[0])
		remove_map(line, map);
	return 0;
}

/* The map of this name, made when there is none; NULL without memory. */
static struct config_map *get_map(struct config_line *line, const char *name)
{
	struct config *c = line->config;
	struct config_map *map = config_model_map(c, name);

	if (map)
		return map;
	map = config_line_insert(line, &c->maps, &c->n_maps, sizeof(*map), c->n_maps);
	if (map)
		config_line_copy(map->name, sizeof(map->name), name);
	return map;
}

static int insert_entry(struct config_line *line, const char *name, uint16_t sequence)
{
	struct config_map *map = get_map(line, name);
	struct config_map_entry *entry;
	size_t at = 0;

	if (!map)
		return -ENOMEM;
	while (at < map->n_entries && map->entries[at].sequence < sequence)
		at++;
	entry = config_line_insert(line, &map->entries, &map->n_entries, sizeof(*entry), at);
	if (!entry) {
		if (map->n_entries == 0 && !map->local_interface[0])
			remove_map(line, map);
		return -ENOMEM;
	}
	entry->sequence = sequence;
	entry->replay_window = CONFIG_REPLAY_INHERIT;
	if (config_line_typed(line))
		config_line_note(line, "this new crypto map entry stays disabled until a peer, a "
				       "transform set and an access list are set");
	return 0;
}

static int apply_entry(struct config_line *line)
{
	const char *name = config_line_text(line, "name");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);
	const struct config_map *map = config_model_map(line->config, name);
	int ret = 0;

	if (line->no)
		return remove_entry(line);
	if (!map || !config_model_map_entry(map, sequence)) {
		if (!config_line_arg(line, "ipsec-isakmp"))
			return config_line_refuse(line, config_line_arg(line, "sequence"),
						  "incomplete command: crypto map %s has no entry "
						  "%u yet, add ipsec-isakmp to make one",
						  name, sequence);
		ret = insert_entry(line, name, sequence);
	}
	if (ret == 0)
		config_line_enter(line, name, sequence);
	return ret;
}

static void print_map(struct config_print *p, const struct config_row *row, const struct config *c,
		      const struct config_map *map)
{
	if (map->local_interface[0])
		config_print_line(p, row->mode, "crypto map %s local-address %s", map->name,
				  map->local_interface);
	for (size_t i = 0; i < map->n_entries; i++) {
		config_print_line(p, row->mode, "crypto map %s %u ipsec-isakmp", map->name,
				  map->entries[i].sequence);
		config_print_rows(p, &config_rows_map_entry, row->enters, c, &map->entries[i]);
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

static int apply_local_address(struct config_line *line)
{
	const char *name = config_line_text(line, "name");
	const char *interface = line->no ? "" : config_line_text(line, "interface");
	struct config_map *map = config_model_map(line->config, name);

	if (!map && line->no)
		return 0;
	map = get_map(line, name);
	if (!map)
		return -ENOMEM;
	config_line_set_text(line, map->local_interface, sizeof(map->local_interface), interface);
	if (map->n_entries == 0 && !map->local_interface[0])
		remove_map(line, map);
	return 0;
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto map <name:map> / <sequence:1-65535> / [ipsec-isakmp]", apply_entry, print_maps},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> local-address / <interface>", apply_local_address},
};

const struct config_rows config_rows_map = {rows, array_len(rows)};
