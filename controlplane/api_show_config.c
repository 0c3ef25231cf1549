/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/api_show_dynamic.h"
#include "controlplane/sa_query.h"
#include "lib/config/config_acl.h"
#include "lib/config/config_all.h"
#include "lib/config/config_grammar.h"
#include "lib/config/config_section.h"

#include <stdlib.h>
#include <string.h>

/* Takes the text. */
static char *with_defaults(char *text, enum dialect dialect)
{
	char *all = config_all_text(text, dialect);

	free(text);
	return all;
}

json_t *api_show_config_running(struct api_call *call)
{
	const char *section = api_call_text(call, "section");
	char *text = config_grammar_print(&call->control->config, call->client->dialect, 0);
	json_t *result;

	if (text && json_is_true(json_object_get(call->params, "all")))
		text = with_defaults(text, call->client->dialect);
	if (text && section)
		config_section_keep(text, section);
	result = text ? json_pack("{s:s}", "text", text) : NULL;
	free(text);
	return result;
}

json_t *api_show_config_transform_set(struct api_call *call)
{
	const struct config *config = &call->control->config;
	json_t *list = json_array();

	for (size_t i = 0; i < config->n_transform_sets; i++) {
		const struct config_transform_set *set = &config->transform_sets[i];
		char transform[64];

		alg_suite_print(set->suite, transform, sizeof(transform));
		if (set->esn)
			strncat(transform, " esn", sizeof(transform) - strlen(transform) - 1);
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", set->name,
						      "transform", transform, "mode",
						      set->transport ? "transport" : "tunnel"));
	}
	return json_pack("{s:o}", "sets", list);
}

/* The peer in use: that of a tunnel of the entry which is up. */
static const struct addr *current_peer(const struct control *c, const char *map, uint16_t sequence)
{
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];
		const struct sa_pair *pair = sa_query_first(&c->store, t->handle);

		if (pair && t->sequence == sequence && strcmp(t->map, map) == 0)
			return &pair->path.remote;
	}
	return NULL;
}

json_t *api_show_config_entry(const struct control *c, const struct config_map *map,
			      const struct config_map_entry *e)
{
	const struct config_lifetime *global = &c->config.ipsec.lifetime;
	const struct addr *peer = current_peer(c, map->name, e->sequence);
	uint32_t kb = e->lifetime.kilobytes ? e->lifetime.kilobytes : global->kilobytes;
	json_t *peers = json_array(), *sets = json_array(), *row;

	for (size_t i = 0; i < e->n_peers; i++)
		json_array_append_new(peers, api_call_json_addr(&e->peers[i]));
	for (size_t i = 0; i < e->n_sets; i++)
		json_array_append_new(sets, json_string(e->sets[i]));
	row = json_pack("{s:i,s:s,s:o,s:o,s:I,s:I,s:b}", "sequence", (int)e->sequence, "acl",
			e->acl, "peers", peers, "sets", sets, "lifetime_s",
			(json_int_t)(e->lifetime.seconds ? e->lifetime.seconds : global->seconds),
			"lifetime_kb", (json_int_t)(kb == CONFIG_LIFETIME_NONE ? 0 : kb),
			"complete", (int)tunnels_entry_complete(&c->config, e));
	if (e->dynamic[0])
		json_object_set_new(row, "dynamic", json_string(e->dynamic));
	if (e->reverse_route)
		json_object_set_new(row, "reverse_route", json_true());
	if (e->pfs_group)
		json_object_set_new(row, "pfs_group", json_integer(e->pfs_group));
	if (peer)
		json_object_set_new(row, "current_peer", api_call_json_addr(peer));
	return row;
}

json_t *api_show_config_crypto_map(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_text(call, "name");
	const char *where = api_call_interface(call);
	const struct config_interface *only = where ? config_model_interface(config, where) : NULL;
	json_t *maps = json_array();

	for (size_t i = 0; i < config->n_maps; i++) {
		const struct config_map *map = &config->maps[i];
		json_t *interfaces, *entries;

		if ((name && strcmp(name, map->name) != 0) ||
		    (where && (!only || strcmp(only->crypto_map, map->name) != 0)))
			continue;
		interfaces = json_array();
		entries = json_array();
		for (size_t k = 0; k < config->n_interfaces; k++) {
			if (strcmp(config->interfaces[k].crypto_map, map->name) == 0)
				json_array_append_new(interfaces,
						      json_string(config->interfaces[k].name));
		}
		for (size_t k = 0; k < map->n_entries; k++)
			json_array_append_new(entries, api_show_config_entry(call->control, map,
									     &map->entries[k]));
		api_show_dynamic_entries(entries, call->control, map->name);
		json_array_append_new(maps,
				      json_pack("{s:s,s:o,s:o}", "name", map->name, "interfaces",
						interfaces, "entries", entries));
	}
	return json_pack("{s:o}", "maps", maps);
}

static uint64_t matches(const struct control *c, const struct config_acl *acl,
			const struct config_acl_line *line)
{
	uint32_t at = tunnels_hit_line(&c->ids, acl->name, line);
	uint64_t n = 0;

	for (unsigned w = 0; at != ID_MAP_NONE && w < c->plane->header->params.n_workers; w++)
		n += __atomic_load_n(&plane_stats_hits_of(c->plane, w)[at], __ATOMIC_RELAXED);
	return n;
}

/* The line as it was typed, of one that comes from object-groups. */
static void set_written(json_t *row, const struct control *c, const struct config_acl *acl,
			const struct config_acl_line *line)
{
	char text[CONFIG_ACL_TEXT];

	for (size_t i = 0; acl->expanded && i < acl->n_typed; i++)
		if (acl->typed[i].sequence == line->sequence &&
		    config_object_group_in_line(&acl->typed[i])) {
			config_acl_print_typed(&c->config, &acl->typed[i], acl->standard, false,
					       text, sizeof(text));
			json_object_set_new(row, "written", json_string(text));
		}
}

static json_t *list_of(const struct control *c, const struct config_acl *acl)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		char text[CONFIG_ACL_TEXT];
		json_t *row;

		if (line->remark[0])
			continue;
		config_grammar_acl_text(line, acl->standard, text, sizeof(text));
		row = json_pack("{s:I,s:s,s:I}", "sequence", (json_int_t)line->sequence, "text",
				text, "matches", (json_int_t)matches(c, acl, line));
		set_written(row, c, acl, line);
		json_array_append_new(lines, row);
	}
	return json_pack("{s:s,s:b,s:o}", "name", acl->name, "standard", (int)acl->standard,
			 "lines", lines);
}

json_t *api_show_config_access_list(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_text(call, "name");
	json_t *lists = json_array();

	for (size_t i = 0; i < config->n_acls; i++) {
		if (!name || strcmp(name, config->acls[i].name) == 0)
			json_array_append_new(lists, list_of(call->control, &config->acls[i]));
	}
	api_show_dynamic_lists(lists, call->control, name);
	return json_pack("{s:o}", "lists", lists);
}
