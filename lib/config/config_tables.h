/* SPDX-License-Identifier: BSD-3-Clause */
/* All tables of THE GRAMMAR, and the order in which a dialect prints them. */
#pragma once

#include "lib/base/dialect.h"
#include "lib/config/config_row.h"

#include <stddef.h>

enum {
	CONFIG_TABLES_MAX = 40
};

/*
 * In the order in which the rows are tried, which is that of a router's printed configuration.
 * Lines of the same words in two modes (`crypto ipsec df-bit`, `crypto map`) must print the global
 * ones before any block of the other mode is open.
 */
extern const struct config_rows *const config_tables[];
extern const size_t config_tables_n;

/* The same tables in the order of print; returns how many. */
size_t config_tables_printed(enum dialect dialect, const struct config_rows **tables);
