/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows that set one field of their object: applied and printed from the row alone. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_print.h"
#include "lib/config/config_row.h"

/* Sets the field from the line, or its initial value for `no`. */
int must_check config_field_apply(struct config_line *line);
/* Prints the line when the field has not its initial value; object holds the field. */
void config_field_print(struct config_print *print, const struct config_row *row,
			const void *object);
