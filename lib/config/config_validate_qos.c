/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_qos.h"
#include "lib/config/config_validate.h"

#include <stdio.h>
#include <string.h>

enum {
	BPS_PER_KBPS = 1000
};

/* Whether the lines of a match-all leave any DSCP value. */
static bool has_packets(const struct config_class *class)
{
	uint64_t left = UINT64_MAX;

	for (size_t i = 0; i < class->n_matches && !class->any; i++)
		if (class->matches[i].kind != CONFIG_MATCH_ACCESS)
			left &= config_qos_mask(&class->matches[i]);
	return left != 0;
}

static void check_class(const struct config *c, const struct config_class *class,
			struct fault_list *faults)
{
	char buf[CONFIG_QOS_TEXT];

	if (!config_qos_class_user(c, class->name, buf))
		return;
	if (!class->n_matches)
		fault_add(faults, FAULT_WARNING, -1,
			  "class-map %s has no match line, so no packet is of it", class->name);
	if (!has_packets(class))
		fault_add(faults, FAULT_WARNING, -1,
			  "class-map %s: no packet has all of its values at once; write "
			  "class-map match-any %s",
			  class->name, class->name);
	for (size_t i = 0; i < class->n_matches; i++)
		if (class->matches[i].kind == CONFIG_MATCH_ACCESS &&
		    !config_model_acl(c, class->matches[i].acl))
			fault_add(
				faults, FAULT_WARNING, -1,
				"class-map %s: access list %s does not exist, so the line matches "
				"nothing",
				class->name, class->matches[i].acl);
}

/* Interfaces are checked line by line; a crypto map comes to its interface by two of them. */
static void check_entry(const struct config *c, const struct config_interface *interface,
			const struct config_map *map, const struct config_map_entry *entry,
			struct fault_list *faults)
{
	const struct config_policy_map *policy = config_model_policy_map(c, entry->service_policy);
	uint64_t base = (uint64_t)interface->bandwidth_kbps * BPS_PER_KBPS, promised;

	if (!policy || !base || config_qos_child(c, policy))
		return;
	promised = config_qos_promised(policy, base);
	if (promised > base)
		fault_add(faults, FAULT_WARNING, -1,
			  "crypto map %s %u: policy-map %s promises %llu kbit/s and interface %s "
			  "has %u: lower priority and bandwidth of its classes",
			  map->name, entry->sequence, policy->name,
			  (unsigned long long)promised / BPS_PER_KBPS, interface->name,
			  interface->bandwidth_kbps);
}

static void check_maps(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_interfaces && c->n_policy_maps; i++) {
		const struct config_map *map = config_model_map(c, c->interfaces[i].crypto_map);

		for (size_t k = 0; map && k < map->n_entries; k++)
			if (map->entries[k].service_policy[0])
				check_entry(c, &c->interfaces[i], map, &map->entries[k], faults);
	}
}

void config_validate_qos(const struct config *c, struct fault_list *faults)
{
	for (size_t i = 0; i < c->n_classes; i++)
		check_class(c, &c->classes[i], faults);
	for (size_t i = 0; i < c->n_policy_maps; i++)
		if (!c->policy_maps[i].n_classes)
			fault_add(faults, FAULT_WARNING, -1,
				  "policy-map %s has no class, so it does nothing: add class "
				  "class-default",
				  c->policy_maps[i].name);
	check_maps(c, faults);
}
