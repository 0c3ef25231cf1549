/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interfaces by the name that `nameif` gives them. A line may speak of a name before any interface
 * has it: what it says is kept with an interface of that name alone, a stand-in without a device,
 * until `nameif` says which one is meant.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/config/config_row.h"

#include <stdbool.h>

/* The interface of this name, or of this type and number; NULL when there is none. */
struct config_interface *config_named_find(const struct config *c, const char *word);
/*
 * The interface that an argument names, made as a stand-in when there is none. NULL without memory,
 * or with a fault when the word is neither.
 */
struct config_interface *config_named_get(struct config_line *line, const struct config_arg *arg);
/* Where an interface that is none is put: before the stand-ins, which are in order of name. */
size_t config_named_end(const struct config *c);
bool config_named_is_stand_in(const struct config_interface *i);
/* Says which tunnels end when another crypto map takes the place of the one on an interface. */
void config_named_warn_map(struct config_line *line, const struct config_interface *interface,
			   const char *map);
/* Gives an interface its name, and what was said under it before. 0, or -EINVAL with a fault. */
int must_check config_named_give(struct config_line *line, const char *interface,
				 const struct config_arg *name);
