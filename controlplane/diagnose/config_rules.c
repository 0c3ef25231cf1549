/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/config_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void (*const parts[])(struct config_rules *r) = {
	config_rules_ike,    config_rules_maps,	 config_rules_order,
	config_rules_remote, config_rules_names,
};

/* What is so until more has been typed. */
static const enum diagnose_code missing[] = {
	DIAGNOSE_CFG_NO_PEER,	 DIAGNOSE_CFG_NO_ACL,	  DIAGNOSE_CFG_ACQUIRE,
	DIAGNOSE_P1_NO_KEY,	 DIAGNOSE_P1_NOT_ENABLED, DIAGNOSE_CFG_MAP_NOT_APPLIED,
	DIAGNOSE_RT_NO_ROUTE,	 DIAGNOSE_RA_NO_DNS,	  DIAGNOSE_CFG_HAIRPIN,
	DIAGNOSE_CFG_LOCAL_ADDR,
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
	r->found(r->ctx, d);
}

void config_rules_run(const struct config *config, struct config_rules *r)
{
	r->config = config;
	for (size_t i = 0; i < array_len(parts); i++)
		parts[i](r);
}

struct teller {
	struct fault_list *faults;
	enum config_rules_when when;
};

static bool is_missing(enum diagnose_code code)
{
	for (size_t i = 0; i < array_len(missing); i++)
		if (missing[i] == code)
			return true;
	return false;
}

static void tell(void *ctx, const struct diagnosis *d)
{
	bool notice = diagnose_severity(d->code) == DIAGNOSE_NOTICE;
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];
	const struct teller *t = ctx;

	if (t->when == CONFIG_RULES_AT_ONCE && is_missing(d->code))
		return;
	fault_add(t->faults, notice ? FAULT_NOTE : FAULT_WARNING, -1, "%s: %s%s%s Type: %s",
		  diagnose_name(d->code), diagnose_sentence(d, sentence, sizeof(sentence)),
		  d->saw[0] ? " " : "", d->saw, diagnose_command(d, command, sizeof(command)));
}

void config_rules_faults(const struct config *config, enum config_rules_when when,
			 struct fault_list *faults)
{
	struct teller teller = {.faults = faults, .when = when};
	struct config_rules r = {
		.found = tell,
		.ctx = &teller,
		.comparisons =
			when == CONFIG_RULES_ALL ? CONFIG_RULES_COMPARISONS : CONFIG_RULES_QUICK,
	};

	config_rules_run(config, &r);
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
