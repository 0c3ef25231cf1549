/* SPDX-License-Identifier: BSD-3-Clause */
/* Client groups, for the rows that say one in the words of a PIX. */
#pragma once

#include "lib/config/config_print.h"
#include "lib/config/config_row.h"

#include <stdbool.h>

/* The client group of this name, made when there is none; NULL without memory. */
struct config_group *config_rows_group_get(struct config_line *line, const char *name);
/* Whether the group is printed as lines of `vpngroup`: a PIX has words for all of it. */
bool config_rows_vpngroup_prints(const struct config_print *p, const struct config_group *group);
