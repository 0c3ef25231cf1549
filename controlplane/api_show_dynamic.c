/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_show_dynamic.h"

#include "controlplane/api_methods.h"
#include "controlplane/sa_query.h"
#include "lib/config/config_grammar.h"

#include <string.h>

enum {
	FIRST_TEMPORARY = 65536, /* as IOS counts them: above every number of an entry */
};

static struct config_acl_line line_of(const struct selector *s)
{
	return (struct config_acl_line){
		.permit = true,
		.protocol = s->protocol,
		.src = s->local,
		.dst = s->remote,
		.src_port = {s->local_port, s->local_port ? s->local_port : UINT16_MAX},
		.dst_port = {s->remote_port, s->remote_port ? s->remote_port : UINT16_MAX},
	};
}

const char *api_show_dynamic_line(const struct tunnel *t, char *buf, size_t size)
{
	const struct config_acl_line line = line_of(&t->selector);

	return config_grammar_acl_text(&line, false, buf, size);
}

void api_show_dynamic_client(json_t *block, const struct control *c, const struct tunnel *t)
{
	const struct dynamic_tunnel *dt = dynamic_of(t);
	const struct session *session = dt ? sessions_find(&c->sessions, dt->path.peer) : NULL;

	if (session && session->address.addr.family != ADDR_NONE)
		json_object_set_new(block, "client_address",
				    api_call_json_addr(&session->address.addr));
}

static json_t *temporary(const struct control *c, const struct dynamic_tunnel *dt)
{
	const struct tunnel *t = &dt->t;
	const struct config_map *map = config_model_dynamic_map(&c->config, t->template);
	const struct config_map_entry *entry =
		map ? config_model_map_entry(map, t->template_sequence) : NULL;
	char text[CONFIG_ACL_TEXT];
	json_t *row;

	if (!entry)
		return NULL;
	row = api_show_config_entry(c, map, entry);
	json_object_set_new(row, "sequence", json_integer(FIRST_TEMPORARY + t->dynamic - 1));
	json_object_set_new(row, "acl", json_string(t->acl));
	json_object_set_new(row, "acl_line",
			    json_string(api_show_dynamic_line(t, text, sizeof(text))));
	json_object_set_new(row, "peers", json_pack("[o]", api_call_json_addr(&t->peers[0])));
	json_object_set_new(row, "current_peer", api_call_json_addr(&dt->path.remote));
	json_object_set_new(row, "complete", json_true());
	json_object_set_new(row, "template", json_string(t->template));
	json_object_set_new(row, "template_sequence", json_integer(t->template_sequence));
	return row;
}

void api_show_dynamic_entries(json_t *entries, const struct control *c, const char *map)
{
	const struct dynamic_tunnel *dt;

	TAILQ_FOREACH(dt, &c->dynamic.all, link) {
		json_t *row = strcmp(dt->t.map, map) == 0 ? temporary(c, dt) : NULL;

		if (row)
			json_array_append_new(entries, row);
	}
}

void api_show_dynamic_lists(json_t *lists, const struct control *c, const char *name)
{
	const struct dynamic_tunnel *dt;
	char text[CONFIG_ACL_TEXT];

	TAILQ_FOREACH(dt, &c->dynamic.all, link) {
		json_t *line;

		if (name && strcmp(name, dt->t.acl) != 0)
			continue;
		line = json_pack("{s:i,s:s,s:I}", "sequence", (int)dt->t.acl_sequence, "text",
				 api_show_dynamic_line(&dt->t, text, sizeof(text)), "matches",
				 (json_int_t)dynamic_hits(c, dt));
		json_array_append_new(lists, json_pack("{s:s,s:b,s:b,s:[o]}", "name", dt->t.acl,
						       "standard", 0, "dynamic", 1, "lines", line));
	}
}

json_t *api_show_dynamic_maps(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_text(call, "name");
	json_t *maps = json_array();

	for (size_t i = 0; i < config->n_dynamic_maps; i++) {
		const struct config_map *map = &config->dynamic_maps[i];
		json_t *entries = json_array();

		for (size_t k = 0; k < map->n_entries; k++)
			json_array_append_new(entries, api_show_config_entry(call->control, map,
									     &map->entries[k]));
		if (!name || strcmp(name, map->name) == 0)
			json_array_append_new(maps, json_pack("{s:s,s:O}", "name", map->name,
							      "entries", entries));
		json_decref(entries);
	}
	return json_pack("{s:o}", "maps", maps);
}
