/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/config_rules.h"

#include "controlplane/diagnose/diagnose_dialect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	void (*find)(struct config_rules *r);
	bool at_once;
} parts[] = {
	{config_rules_ike, false},  {config_rules_maps, false}, {config_rules_order, true},
	{config_rules_lines, true}, {config_rules_pools, true}, {config_rules_groups, false},
	{config_rules_names, true}, {config_rules_nat, true},
};

struct diagnosis config_rules_make(enum diagnose_code code, const struct config_map *map,
				   const struct config_map_entry *entry)
{
	struct diagnosis d = {.code = code, .sureness = DIAGNOSE_SURE};

	if (map) {
		snprintf(d.map, sizeof(d.map), "%s", map->name);
		diagnose_set(&d, "map", "%s", map->name);
	}
	if (entry) {
		d.sequence = entry->sequence;
		diagnose_set(&d, "seq", "%u", entry->sequence);
	}
	return d;
}

void config_rules_saw(struct diagnosis *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(d->saw, sizeof(d->saw), fmt, args);
	va_end(args);
}

void config_rules_command(struct diagnosis *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(d->command, sizeof(d->command), fmt, args);
	va_end(args);
}

void config_rules_found(struct config_rules *r, const struct diagnosis *d)
{
	struct diagnosis said = *d;

	diagnose_dialect(r->config, &said);
	r->found(r->ctx, &said);
}

void config_rules_run(const struct config *config, struct config_rules *r)
{
	r->config = config;
	r->comparisons =
		r->when == CONFIG_RULES_ALL ? CONFIG_RULES_COMPARISONS : CONFIG_RULES_QUICK;
	for (size_t i = 0; i < array_len(parts); i++)
		if (r->when == CONFIG_RULES_ALL || parts[i].at_once)
			parts[i].find(r);
}

void config_rules_fault(const struct diagnosis *d, struct fault_list *faults)
{
	bool notice = diagnose_severity(d->code) == DIAGNOSE_NOTICE;
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];

	fault_add(faults, notice ? FAULT_NOTE : FAULT_WARNING, -1, "%s: %s%s%s Type: %s",
		  diagnose_name(d->code), diagnose_sentence(d, sentence, sizeof(sentence)),
		  d->saw[0] ? " " : "", d->saw, diagnose_command(d, command, sizeof(command)));
}

static void tell(void *ctx, const struct diagnosis *d)
{
	config_rules_fault(d, ctx);
}

void config_rules_faults(const struct config *config, enum config_rules_when when,
			 struct fault_list *faults)
{
	struct config_rules r = {.when = when, .found = tell, .ctx = faults};

	config_rules_run(config, &r);
	if (when == CONFIG_RULES_ALL && !r.comparisons)
		fault_add(faults, FAULT_NOTE, -1,
			  "the configuration is so large that overlaps of access lists and names "
			  "were not all looked at");
}

const char *config_rules_noun(const struct config *c, const struct config_map *map)
{
	for (size_t i = 0; i < c->n_dynamic_maps; i++)
		if (map == &c->dynamic_maps[i])
			return "crypto dynamic-map";
	return "crypto map";
}

const struct config_interface *config_rules_carrier(const struct config *c,
						    const struct config_map *map)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (!strcmp(c->interfaces[i].crypto_map, map->name))
			return &c->interfaces[i];
	return NULL;
}

static const struct config_interface *connected_to(const struct config *c, const struct addr *to)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];
		struct prefix network = prefix_make(&interface->address, interface->prefix_len);

		if (!addr_is_none(&interface->address) && prefix_contains(&network, to))
			return interface;
	}
	return NULL;
}

const struct config_interface *config_rules_exit(const struct config *c, const struct addr *to)
{
	const struct config_interface *interface = connected_to(c, to);
	const struct config_route *best = NULL;

	if (interface)
		return interface;
	for (size_t i = 0; i < c->n_routes; i++)
		if (prefix_contains(&c->routes[i].prefix, to) &&
		    (!best || c->routes[i].prefix.len > best->prefix.len))
			best = &c->routes[i];
	if (!best)
		return NULL;
	if (best->interface[0])
		return config_model_interface(c, best->interface);
	return connected_to(c, &best->next_hop);
}
