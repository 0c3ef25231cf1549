/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the apply functions of the rows are written with: the arguments of a line, faults at the
 * right column, the object of the cursor, and lists that grow and shrink. A function checks
 * everything first, then takes memory, then changes the model.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>

/* The first argument whose keyword, or value name, is this; NULL when the line has none. */
const struct config_arg *config_line_arg(const struct config_line *line, const char *name);
/* The text of that argument, or "". */
const char *config_line_text(const struct config_line *line, const char *name);
/* The number of that argument, or otherwise. */
uint32_t config_line_number(const struct config_line *line, const char *name, uint32_t otherwise);

/* Adds an error at an argument (NULL: the whole line). Always -EINVAL. */
int config_line_refuse(struct config_line *line, const struct config_arg *at, const char *fmt, ...)
	printf_like(3, 4);
/* Whether the policy-map an argument names is there; else the line is refused. */
bool config_line_policy_map(struct config_line *line, const struct config_arg *arg);
void config_line_warn(struct config_line *line, const char *fmt, ...) printf_like(2, 3);
void config_line_note(struct config_line *line, const char *fmt, ...) printf_like(2, 3);
/* True for a line typed by a person rather than read from a file. */
bool config_line_typed(const struct config_line *line);

/*
 * What is to be stored for the argument secret-text of a line, with the number before it; clear
 * text never is. 0, -EINVAL after a refusal, -ENOMEM.
 */
int must_check config_line_password(struct config_line *line, char stored[PASSWORD_TEXT]);

/* Moves the cursor into the row's sub-mode on an object. */
void config_line_enter(struct config_line *line, const char *object, uint32_t number);
/*
 * The object of a cursor: interface, ACL, policy, ...; the configuration for a global line; NULL
 * when it is gone.
 */
void *config_line_object(const struct config *config, const struct config_cursor *cursor);

/* Copies text, cut to size, and zeroes the rest. */
void config_line_copy(char *to, size_t size, const char *text);
/* The same for a field of the model: notes whether it is different. */
void config_line_set_text(struct config_line *line, char *field, size_t size, const char *text);

/*
 * Makes room for a zeroed row at index `at` of a list (`list` is the address of its pointer) and
 * marks the model changed. The new row, or NULL without memory (then nothing changed).
 */
void *config_line_insert(struct config_line *line, void *list, size_t *n, size_t row_bytes,
			 size_t at);
/*
 * The same at the end of a list of rows with keys: the outgrown list is wiped, which realloc()
 * would not do.
 */
void *config_line_insert_secret(struct config_line *line, void *list, size_t *n, size_t row_bytes);
/* Takes row `at` out; what it owned must be freed before. */
void config_line_remove(struct config_line *line, void *list, size_t *n, size_t row_bytes,
			size_t at);
