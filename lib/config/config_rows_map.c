/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `crypto map ...` and `crypto dynamic-map ...`: maps and their entries, whose lines are in
 * config_rows_map_entry.c.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Crypto maps or dynamic ones: their lists are handled alike. */
struct list {
	struct config_map **maps;
	size_t *n;
	const char *noun;
	bool dynamic;
};

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
	if (map && sequence && map->n_entries == 0 && !map->local_interface[0])
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
		if (map->n_entries == 0 && !map->local_interface[0])
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

static void print_map(struct config_print *p, const struct config_row *row, const struct config *c,
		      const struct config_map *map)
{
	if (map->local_interface[0])
		config_print_line(p, row->mode, "crypto map %s local-address %s", map->name,
				  map->local_interface);
	for (size_t i = 0; i < map->n_entries; i++) {
		const struct config_map_entry *entry = &map->entries[i];

		if (entry->dynamic[0]) {
			config_print_line(p, row->mode, "crypto map %s %u ipsec-isakmp dynamic %s",
					  map->name, entry->sequence, entry->dynamic);
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
			config_print_line(p, row->mode, "crypto dynamic-map %s %u", map->name,
					  map->entries[k].sequence);
			config_print_rows(p, &config_rows_map_entry, row->enters, c,
					  &map->entries[k]);
			config_print_separator(p);
		}
	}
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
	if (map->n_entries == 0 && !map->local_interface[0])
		remove_map(line, &list, map);
	return 0;
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto dynamic-map <name:dynamic-map> / <sequence:1-65535>", apply_template,
	 print_templates},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto map <name:map> / <sequence:1-65535> / [ipsec-isakmp]", apply_entry, print_maps},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> local-address / <interface>", apply_local_address},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> <sequence:1-65535> ipsec-isakmp dynamic <template:dynamic-map> / "
	 "[discover]",
	 apply_dynamic_entry},
};

const struct config_rows config_rows_map = {rows, array_len(rows)};
