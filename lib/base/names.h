/* SPDX-License-Identifier: BSD-3-Clause */
/* Number <-> name tables, so that no log line and no `show` ever prints a bare protocol number. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct name {
	uint32_t value;
	const char *name;
};

/* The name of value in a table of n rows, or NULL. */
const char *names_find(const struct name *table, size_t n, uint32_t value);

/* The name of value, or "unknown (VALUE)" written into buf; never NULL. */
const char *names_print(const struct name *table, size_t n, uint32_t value, char *buf, size_t size);
