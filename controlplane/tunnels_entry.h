/* SPDX-License-Identifier: BSD-3-Clause */
/* What the entry of a crypto map, or of a dynamic one, says of the tunnels made from it. */
#pragma once

#include "controlplane/tunnels.h"

/* A template: without an access list every proxy may do, with a faulty one none does. */
bool tunnels_entry_template_complete(const struct config *config,
				     const struct config_map_entry *entry);
/* PLANE_SA_*, of the interface and else of all. */
uint32_t tunnels_entry_flags(const struct config *config, const struct config_interface *interface);
/*
 * Transport mode is for what the two ends say themselves; a set that allows it protects everything
 * else in tunnel mode, as IOS does.
 */
bool tunnels_entry_between_ends(const struct tunnel *t, const struct addr *peer);
/* Suites and encapsulation mode of a tunnel, from the transform sets of the entry. */
void tunnels_entry_suites(struct tunnel *t, const struct config *config,
			  const struct config_map_entry *entry);
/*
 * Upper bounds: of the rules, every line of every entry's ACL on every interface with the map; of
 * the templates, every entry of every dynamic map there.
 */
size_t tunnels_entry_count_lines(const struct config *config, size_t *n_templates);
