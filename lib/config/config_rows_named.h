/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces as ASA and PIX speak of them; for the rows of config_rows_interface.c. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_print.h"
#include "lib/config/config_row.h"

/* Whether a line of the interface prints flat, by its name: `mtu outside 1400`. */
bool config_rows_named_is_flat(const struct config_print *p, const struct config_interface *i);
/* `nameif ethernet0 outside security0` and `interface ethernet0 auto` before the block of a PIX. */
void config_rows_named_print_before(struct config_print *p, const struct config_interface *i);
/* The flat lines, behind the block. */
void config_rows_named_print_after(struct config_print *p, const struct config_interface *i);
