/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto map ...` entries: what is protected, with whom and how. */
#include "lib/config/config_acl.h"
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct name pfs_names[] = {
	{1, "group1"},	 {2, "group2"},	  {5, "group5"},   {14, "group14"}, {15, "group15"},
	{16, "group16"}, {19, "group19"}, {20, "group20"}, {21, "group21"},
};

static const struct name window_names[] = {
	{64, "64"}, {128, "128"}, {256, "256"}, {512, "512"}, {1024, "1024"},
};

static const struct name replay_names[] = {{0, "disable"}};

static const char *warn_pfs(uint32_t group)
{
	return group == 1   ? "weak: group1 (768 bits) can be broken; use group14 or group19"
	       : group == 2 ? "weak: group2 (1024 bits) can be broken; use group14 or group19"
			    : NULL;
}

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
		config_print_rows(p, &config_rows_map, row->enters, c, &map->entries[i]);
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

/* The entry that the cursor is in; NULL with a fault when it was removed meanwhile. */
static struct config_map_entry *entry_of(struct config_line *line)
{
	struct config_map_entry *entry = config_line_object(line->config, line->cursor);

	if (!entry)
		config_line_refuse(line, NULL,
				   "crypto map %s %u does not exist any more: type exit",
				   line->cursor->object, line->cursor->number);
	return entry;
}

static int apply_match(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	const char *name = line->no ? "" : config_line_text(line, "acl");
	const struct config_acl *acl = config_model_acl(line->config, name);
	const char *fault;

	if (!entry)
		return -EINVAL;
	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		fault = config_acl_crypto_fault(&acl->lines[i]);
		if (fault)
			return config_line_refuse(line, config_line_arg(line, "acl"),
						  "access list %s, line %u: %s", name,
						  acl->lines[i].sequence, fault);
	}
	config_line_set_text(line, entry->acl, sizeof(entry->acl), name);
	if (!line->no && !acl && config_line_typed(line))
		config_line_note(line, "access list %s does not exist yet", name);
	return 0;
}

static void print_match(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;

	(void)c;
	if (entry->acl[0])
		config_print_line(p, row->mode, "match address %s", entry->acl);
}

static size_t find_peer(const struct config_map_entry *entry, const struct addr *peer)
{
	size_t i = 0;

	while (i < entry->n_peers && !addr_eq(&entry->peers[i], peer))
		i++;
	return i;
}

/* Adds a peer to, or takes it out of, a copy of the entry. */
static int change_peer(struct config_line *line, const struct config_arg *arg,
		       struct config_map_entry *entry)
{
	const struct addr *peer = &arg->value.addr;
	size_t at = find_peer(entry, peer);

	if (line->no) {
		if (at < entry->n_peers) {
			memmove(&entry->peers[at], &entry->peers[at + 1],
				(entry->n_peers - at - 1) * sizeof(*peer));
			memset(&entry->peers[--entry->n_peers], 0, sizeof(*peer));
		}
		return 0;
	}
	if (!ip_source_valid(peer))
		return config_line_refuse(line, arg, "%s is not the address of a host",
					  arg->value.text);
	if (at < entry->n_peers)
		return 0;
	if (at == CONFIG_PEERS_MAX)
		return config_line_refuse(line, arg, "an entry has at most %d peers",
					  CONFIG_PEERS_MAX);
	entry->peers[entry->n_peers++] = *peer;
	return 0;
}

static int apply_peer(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	struct config_map_entry copy;
	bool all = true;
	int ret = 0;

	if (!entry)
		return -EINVAL;
	copy = *entry;
	for (size_t i = 0; i < line->n_args && ret == 0; i++)
		if (config_pattern_named(line->args[i].node, "address")) {
			all = false;
			ret = change_peer(line, &line->args[i], &copy);
		}
	if (ret)
		return ret;
	if (line->no && all) {
		memset(copy.peers, 0, sizeof(copy.peers));
		copy.n_peers = 0;
	}
	line->changed = memcmp(&copy, entry, sizeof(copy)) != 0;
	*entry = copy;
	return 0;
}

static void print_peers(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;
	char text[ADDR_TEXT];

	(void)c;
	for (size_t i = 0; i < entry->n_peers; i++)
		config_print_line(p, row->mode, "set peer %s",
				  addr_print(&entry->peers[i], text, sizeof(text)));
}

/* Takes the named sets out of a copy of the entry. */
static void drop_set(struct config_map_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->n_sets; i++)
		if (!strcmp(entry->sets[i], name)) {
			memmove(entry->sets[i], entry->sets[i + 1],
				(entry->n_sets - i - 1) * sizeof(entry->sets[0]));
			memset(entry->sets[--entry->n_sets], 0, sizeof(entry->sets[0]));
			return;
		}
}

/* A new list replaces the old one; `no` with names takes these out, without names all. */
static int change_sets(struct config_line *line, struct config_map_entry *entry)
{
	const bool named = config_line_arg(line, "transform") != NULL;

	if (!line->no || !named) {
		memset(entry->sets, 0, sizeof(entry->sets));
		entry->n_sets = 0;
	}
	for (size_t i = 0; i < line->n_args; i++) {
		const char *name = line->args[i].value.text;

		if (!config_pattern_named(line->args[i].node, "transform"))
			continue;
		drop_set(entry, name);
		if (line->no)
			continue;
		if (entry->n_sets == CONFIG_SETS_MAX)
			return config_line_refuse(line, &line->args[i],
						  "an entry has at most %d transform sets",
						  CONFIG_SETS_MAX);
		config_line_copy(entry->sets[entry->n_sets++], CONFIG_NAME, name);
		if (config_line_typed(line) && !config_model_transform_set(line->config, name))
			config_line_note(line, "transform set %s does not exist yet", name);
	}
	return 0;
}

static int apply_sets(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	struct config_map_entry copy;
	int ret;

	if (!entry)
		return -EINVAL;
	copy = *entry;
	ret = change_sets(line, &copy);
	if (ret)
		return ret;
	line->changed = memcmp(&copy, entry, sizeof(copy)) != 0;
	*entry = copy;
	return 0;
}

static void print_sets(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	const struct config_map_entry *entry = object;

	(void)c;
	if (!entry->n_sets)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "set transform-set");
	for (size_t i = 0; i < entry->n_sets; i++)
		config_print_text(p, " %s", entry->sets[i]);
	config_print_end(p);
}

#define ENTRY	   CONFIG_MODE_CRYPTO_MAP, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_map_entry, member)

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto map <name:map> / <sequence:1-65535> / [ipsec-isakmp]", apply_entry, print_maps},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto map <name:map> local-address / <interface>", apply_local_address},
	{ENTRY, "description / <text:line>", .field = {CONFIG_FIELD_TEXT, AT(description)}},
	{ENTRY, "match address / <acl>", apply_match, print_match},
	{ENTRY, "set peer / <address>+", apply_peer, print_peers},
	{ENTRY, "set transform-set / <transform:transform-set>+", apply_sets, print_sets},
	{ENTRY, "set pfs / [group1|group2|group5|group14|group15|group16|group19|group20|group21]",
	 .field = {CONFIG_FIELD_CHOICE, AT(pfs_group), .names = pfs_names,
		   .n_names = array_len(pfs_names), .warn = warn_pfs, .bare = 1}},
	{ENTRY, "set security-association lifetime seconds / <seconds:120-86400>",
	 .field = {CONFIG_FIELD_NUMBER, AT(lifetime.seconds)}},
	{ENTRY, "set security-association lifetime kilobytes / <kilobytes:2560-536870912>",
	 .field = {CONFIG_FIELD_NUMBER, AT(lifetime.kilobytes)}},
	{ENTRY, "set security-association idle-time / <seconds:60-86400>",
	 .field = {CONFIG_FIELD_NUMBER, AT(idle_s)}},
	{ENTRY, "set security-association replay window-size / {64|128|256|512|1024}",
	 .field = {CONFIG_FIELD_CHOICE, AT(replay_window), .initial = CONFIG_REPLAY_INHERIT,
		   .names = window_names, .n_names = array_len(window_names)}},
	{ENTRY, "set security-association replay {disable}",
	 .field = {CONFIG_FIELD_CHOICE, AT(replay_window), .initial = CONFIG_REPLAY_INHERIT,
		   .names = replay_names, .n_names = array_len(replay_names)}},
	{ENTRY, "reverse-route", .field = {CONFIG_FIELD_FLAG, AT(reverse_route)}},
};

const struct config_rows config_rows_map = {rows, array_len(rows)};
