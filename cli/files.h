/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configurations in files of the operator, read and written by the shell with his own rights: the
 * daemons never see more than the text. What is written has keys in clear and is for its owner
 * alone. `running-config` and `startup-config` are those of the appliance.
 */
#pragma once

#include "cli/words.h"
#include "lib/base/compat.h"

#include <jansson.h>

#include <stddef.h>

struct shell;

enum {
	FILES_BYTES_MAX = 3 << 20 /* with what JSON adds a request takes no more */
};

/*
 * The configuration a word names as @SOURCE of the schema, as a text of its own or of lines on top
 * (kind "text" or "merge"). NULL after the reason was printed.
 */
json_t *must_check files_source(struct shell *shell, const char *name, const char *kind);
/* The words for "from" and "to" in params become what they name. 0, or 1 after the reason. */
int must_check files_sources(struct shell *shell, json_t *params);
/* Writes a configuration with its keys, beside what is there, which it then takes the place of;
 * through no link. The bytes, or -1 after the reason was printed. */
long must_check files_write(struct shell *shell, const char *path, const char *text);
/* Asks before a file is overwritten; true when it may be. */
bool must_check files_may_write(struct shell *shell, const char *path);
