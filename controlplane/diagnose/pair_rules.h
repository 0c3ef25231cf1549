/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules behind diagnose_pair(): the entries of two configurations that name each other, and in
 * what they disagree. Everything is said as seen from ours. Keys are compared and never printed.
 */
#pragma once

#include "controlplane/diagnose/config_rules.h"

#include <stdbool.h>
#include <stddef.h>

/* One end of a tunnel. */
struct pair_end {
	const struct config *config;
	const struct config_map *map; /* of the entry: of a dynamic one its dynamic map */
	const struct config_map_entry *entry;
	struct addr address; /* its own, NONE = not known */
	bool dynamic;	     /* its entry is for anybody */
};

struct pair_rules {
	struct pair_end ours;
	struct pair_end theirs;
	struct diagnose_list *out;
};

/* Whether an end has the other for a peer, as far as addresses are known. */
bool pair_rules_names(const struct pair_end *end, const struct pair_end *other);
/* How many lines of the one have their mirror image in the other. */
size_t pair_rules_proxies_mirrored(const struct pair_end *ours, const struct pair_end *theirs);

/* A new item about this tunnel: {peer}, {map} and {seq} are set. */
struct diagnosis *pair_rules_add(const struct pair_rules *p, enum diagnose_code code);

/* The parts, each of a file of its own. */
void pair_rules_identities(const struct pair_rules *p);
void pair_rules_phase1(const struct pair_rules *p);
void pair_rules_proxies(const struct pair_rules *p);
void pair_rules_phase2(const struct pair_rules *p);
void pair_rules_nat(const struct pair_rules *p);
