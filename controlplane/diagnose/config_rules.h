/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules behind diagnose_config(): what a configuration alone shows to be wrong, each matter
 * found in one place. What has no code of the catalogue is found by config_grammar_validate();
 * neither repeats the other.
 */
#pragma once

#include "controlplane/diagnose/diagnose.h"
#include "lib/base/fault.h"

enum {
	CONFIG_RULES_COMPARISONS = 60000000, /* of a whole configuration */
	CONFIG_RULES_QUICK = 200000,	     /* after each line that is typed */
};

enum config_rules_when {
	CONFIG_RULES_ALL,
	/* what a line makes wrong, not what is missing: half a change is no fault before its end */
	CONFIG_RULES_AT_ONCE,
};

/* Where the rules put what they find. */
struct config_rules {
	enum config_rules_when when;
	void (*found)(void *ctx, const struct diagnosis *d);
	void *ctx;
	/* of config_rules_run() */
	const struct config *config;
	size_t comparisons;		/* of lines and names: what is left of what it may cost */
	const struct config_acl *spare; /* a list that nothing uses */
	bool spare_sought;
};

/* The rules; when, found and ctx are set. */
void config_rules_run(const struct config *config, struct config_rules *r);
/* A finding as a fault: "CODE: sentence what was seen. Type: command". */
void config_rules_fault(const struct diagnosis *d, struct fault_list *faults);
/* All findings, a fault each. */
void config_rules_faults(const struct config *config, enum config_rules_when when,
			 struct fault_list *faults);

/* A finding about an entry of a map; entry may be NULL. */
struct diagnosis config_rules_make(enum diagnose_code code, const struct config_map *map,
				   const struct config_map_entry *entry);
void config_rules_saw(struct diagnosis *d, const char *fmt, ...) printf_like(2, 3);
void config_rules_command(struct diagnosis *d, const char *fmt, ...) printf_like(2, 3);
void config_rules_found(struct config_rules *r, const struct diagnosis *d);

/* The parts, each of a file of its own. */
void config_rules_maps(struct config_rules *r);
void config_rules_lines(struct config_rules *r);
void config_rules_order(struct config_rules *r);
void config_rules_ike(struct config_rules *r);
void config_rules_pools(struct config_rules *r);
void config_rules_groups(struct config_rules *r);
void config_rules_names(struct config_rules *r);
void config_rules_nat(struct config_rules *r);

/* Helpers of theirs. How lines of a map begin: "crypto map", "crypto dynamic-map". */
const char *config_rules_noun(const struct config *c, const struct config_map *map);
/* The interface that carries a map, NULL = none. */
const struct config_interface *config_rules_carrier(const struct config *c,
						    const struct config_map *map);
/* The interface by which packets to an address leave, as routes and networks say; NULL = none. */
const struct config_interface *config_rules_exit(const struct config *c, const struct addr *to);
