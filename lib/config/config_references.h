/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names that lines use: what they are names of, whether that exists, and what was probably meant
 * when it does not.
 */
#pragma once

#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>

enum config_reference_kind {
	CONFIG_REFERENCE_ACL,
	CONFIG_REFERENCE_TRANSFORM_SET,
	CONFIG_REFERENCE_MAP,
	CONFIG_REFERENCE_DYNAMIC_MAP,
	CONFIG_REFERENCE_PROFILE,
	CONFIG_REFERENCE_IDENTITY,
	CONFIG_REFERENCE_CERT_MAP,
	CONFIG_REFERENCE_TRUSTPOINT,
	CONFIG_REFERENCE_POOL,
	CONFIG_REFERENCE_GROUP_POLICY,
	CONFIG_REFERENCE_SERVER_GROUP,
	CONFIG_REFERENCE_LOGIN_LIST,
	CONFIG_REFERENCE_NETWORK_LIST,
	CONFIG_REFERENCE_ACCOUNTING_LIST,
	CONFIG_REFERENCE_CLASS,
	CONFIG_REFERENCE_POLICY_MAP,
	CONFIG_REFERENCE_COUNT,
};

/* One use of a name; everything is borrowed from the configuration. */
struct config_reference {
	enum config_reference_kind kind;
	const char *name;
	const struct config_map *map; /* whose entry or line uses it, NULL = no map's */
	const struct config_map_entry *entry;
	const char *user; /* "client group", "interface" ...: what uses it */
	const char *user_name;
};

/* "access list", "transform set" ...: as a sentence has it. */
const char *config_references_what(enum config_reference_kind kind);
/* The command that shows or begins its definition: the name is to follow. */
const char *config_references_command(enum config_reference_kind kind);
/* How many there are. */
size_t config_references_count(const struct config *c, enum config_reference_kind kind);
bool config_references_defined(const struct config *c, enum config_reference_kind kind,
			       const char *name);
/*
 * The defined name that differs in case alone, or else in one letter: put in, left out, another, or
 * two exchanged. NULL when name itself is defined, or nothing is near.
 */
const char *config_references_near(const struct config *c, enum config_reference_kind kind,
				   const char *name);
/* Whether a name that is given is neither defined nor near to one that is. */
bool config_references_lacks(const struct config *c, enum config_reference_kind kind,
			     const char *name);
/* Every name that is used, in order, each time it is. False from fn ends it. */
void config_references_each(const struct config *c,
			    bool (*fn)(void *ctx, const struct config_reference *use), void *ctx);
bool config_references_uses(const struct config *c, enum config_reference_kind kind,
			    const char *name);
/*
 * The map whose name differs in case alone and is whole, when none of the entries of this one is:
 * somebody typed its name wrong (E101). NULL = no.
 */
const struct config_map *config_references_misspelt(const struct config *c,
						    const struct config_map *map);
