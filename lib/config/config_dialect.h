/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dialect of a text, told by its lines, and what each dialect means by saying nothing. THE
 * MODEL IS ONE and absolute: a default is filled in when a text is loaded, and printed where the
 * dialect of the print has another one.
 */
#pragma once

#include "lib/base/dialect.h"
#include "lib/config/config_grammar.h"
#include "lib/config/config_model.h"

#include <stddef.h>

/* Bits of dialects. */
enum {
	CONFIG_IN_IOS = 1 << DIALECT_IOS,
	CONFIG_IN_ASA = 1 << DIALECT_ASA,
	CONFIG_IN_PIX = 1 << DIALECT_PIX,
};

/*
 * The dialect that a text is in: what "! dialect NAME" in its first line says, else what `terminal
 * dialect` says, else what its lines tell. `otherwise` when nothing tells.
 */
enum dialect config_dialect_of_text(const char *text, size_t len, enum dialect otherwise);

/* A box without configuration in this dialect; to be finished with config_model_fini(). */
void config_dialect_defaults(struct config *config, enum dialect dialect);

/*
 * The text between host name and '#' in a session of this dialect; a PIX has one for all modes.
 */
const char *config_dialect_prompt(enum dialect dialect, enum config_mode mode);

/* Who such a box says it is. */
enum config_identity config_dialect_identity(enum dialect dialect);

/* A policy of IKE of which nothing is said yet. */
struct config_isakmp_policy config_dialect_policy(enum dialect dialect, uint16_t priority);
