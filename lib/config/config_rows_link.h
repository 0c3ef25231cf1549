/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of the interface mode about VLANs and fragments, for the table of that mode: functions as
 * config_row.h has them.
 */
#pragma once

#include "lib/config/config_row.h"

int config_rows_link_vlan(struct config_line *line);
void config_rows_link_print_vlan(struct config_print *p, const struct config_row *row,
				 const struct config *c, const void *object);
int config_rows_link_reassembly(struct config_line *line);
void config_rows_link_print_reassembly(struct config_print *p, const struct config_row *row,
				       const struct config *c, const void *object);
