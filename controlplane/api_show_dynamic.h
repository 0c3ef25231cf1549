/* SPDX-License-Identifier: BSD-3-Clause */
/* What `show` says of dynamic maps and of the tunnels made from them. */
#pragma once

#include "controlplane/api_call.h"
#include "controlplane/control.h"

#include <jansson.h>

/* "permit ip any host 12.0.0.1"; returns buf. */
const char *api_show_dynamic_line(const struct tunnel *t, char *buf, size_t size);
/* Adds to a block of a client the address it was given. */
void api_show_dynamic_client(json_t *block, const struct control *c, const struct tunnel *t);
/* Adds the temporary entries of a crypto map. */
void api_show_dynamic_entries(json_t *entries, const struct control *c, const char *map);
/* Adds the access list of each tunnel, or that of this name. */
void api_show_dynamic_lists(json_t *lists, const struct control *c, const char *name);
/* In api_show_config.c: an entry of a map, or of a dynamic map. */
json_t *api_show_config_entry(const struct control *c, const struct config_map *map,
			      const struct config_map_entry *e);
