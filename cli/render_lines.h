/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of an answer as data: a row is a line, with its text in each dialect. In a text stands
 *
 *	<name>		the member of this name, a number
 *	<$name>		the same, a text
 *	<name%08X>	the number in hexadecimal: %X, %x or %08X
 *	<a-b>		the difference of two numbers
 *	<name?yes:no>	one of these, by a truth
 *
 * A member that is absent is 0, empty, or no.
 */
#pragma once

#include "lib/base/dialect.h"

#include <jansson.h>

#include <stddef.h>
#include <stdio.h>

struct render_line {
	const char *text[DIALECT_COUNT]; /* NULL: not in this dialect */
	const char *when;		 /* only with this member, and not empty; NULL: always */
};

void render_lines_print(FILE *out, const struct render_line *lines, size_t n, enum dialect dialect,
			const json_t *object);
