/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/tunnels_entry.h"

#include "lib/config/config_acl.h"

static bool has_sets(const struct config *config, const struct config_map_entry *entry)
{
	bool sets = false;

	for (size_t i = 0; i < entry->n_sets; i++)
		sets |= config_model_transform_set(config, entry->sets[i]) != NULL;
	return sets;
}

static bool has_good_acl(const struct config *config, const struct config_map_entry *entry)
{
	const struct config_acl *acl = config_model_acl(config, entry->acl);
	const struct config_acl_line *faulty;

	return acl && acl->n_lines && !config_acl_find_crypto_fault(acl, &faulty);
}

bool tunnels_entry_template_complete(const struct config *config,
				     const struct config_map_entry *entry)
{
	return has_sets(config, entry) && (!entry->acl[0] || has_good_acl(config, entry));
}

static bool reference_complete(const struct config *config, const char *dynamic)
{
	const struct config_map *map = config_model_dynamic_map(config, dynamic);

	for (size_t i = 0; map && i < map->n_entries; i++)
		if (tunnels_entry_template_complete(config, &map->entries[i]))
			return true;
	return false;
}

bool tunnels_entry_complete(const struct config *config, const struct config_map_entry *entry)
{
	if (entry->dynamic[0])
		return reference_complete(config, entry->dynamic);
	return has_sets(config, entry) && entry->n_peers && has_good_acl(config, entry);
}

uint32_t tunnels_entry_flags(const struct config *config, const struct config_interface *interface)
{
	uint8_t df = interface->df_bit ? interface->df_bit : (uint8_t)config->ipsec.df_bit;
	uint8_t fragmentation = interface->fragmentation ? interface->fragmentation
							 : (uint8_t)config->ipsec.fragmentation;
	uint32_t flags = 0;

	if (df == CONFIG_DF_COPY || df == CONFIG_DF_DEFAULT)
		flags |= PLANE_SA_DF_COPY;
	else if (df == CONFIG_DF_SET)
		flags |= PLANE_SA_DF_SET;
	if (fragmentation == CONFIG_FRAGMENTATION_AFTER)
		flags |= PLANE_SA_FRAGMENT_AFTER;
	return flags;
}

bool tunnels_entry_between_ends(const struct tunnel *t, const struct addr *peer)
{
	return prefix_is_host(&t->selector.local, &t->local) &&
	       prefix_is_host(&t->selector.remote, peer);
}

/* A template's tunnels are looked at when they are made; of several peers no one is meant. */
static bool wants_transport(const struct tunnel *t, const struct config_transform_set *set,
			    bool template)
{
	return set->transport &&
	       (template || (t->n_peers == 1 && tunnels_entry_between_ends(t, &t->peers[0])));
}

/* Quick mode negotiates one encapsulation mode for all its transforms: that of the first set. */
void tunnels_entry_suites(struct tunnel *t, const struct config *config,
			  const struct config_map_entry *entry)
{
	bool template = t->template[0];

	for (size_t i = 0; i < entry->n_sets; i++) {
		const struct config_transform_set *set =
			config_model_transform_set(config, entry->sets[i]);

		if (!set)
			continue;
		if (!t->n_suites)
			t->transport = wants_transport(t, set, template);
		if (wants_transport(t, set, template) != t->transport)
			continue;
		t->esn |= (uint8_t)(set->esn << t->n_suites);
		t->suites[t->n_suites++] = set->suite;
	}
}

static size_t lines_of(const struct config *config, const struct config_map *map)
{
	size_t n = 0;

	for (size_t k = 0; map && k < map->n_entries; k++) {
		const struct config_map_entry *entry = &map->entries[k];
		const struct config_acl *acl = config_model_acl(config, entry->acl);

		n += acl ? acl->n_lines : 0;
	}
	return n;
}

size_t tunnels_entry_count_lines(const struct config *config, size_t *n_templates)
{
	size_t n = 0;

	*n_templates = 0;
	for (size_t i = 0; i < config->n_interfaces; i++) {
		const struct config_map *map =
			config_model_map(config, config->interfaces[i].crypto_map);

		n += lines_of(config, map);
		for (size_t k = 0; map && k < map->n_entries; k++) {
			const struct config_map *d =
				config_model_dynamic_map(config, map->entries[k].dynamic);

			n += lines_of(config, d);
			*n_templates += d ? d->n_entries : 0;
		}
	}
	return n;
}
