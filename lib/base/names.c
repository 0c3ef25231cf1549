/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/names.h"

#include <stdio.h>

const char *names_find(const struct name *table, size_t n, uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].value == value)
			return table[i].name;
	return NULL;
}

const char *names_print(const struct name *table, size_t n, uint32_t value, char *buf, size_t size)
{
	const char *name = names_find(table, n, value);

	if (name)
		return name;
	snprintf(buf, size, "unknown (%u)", value);
	return buf;
}
