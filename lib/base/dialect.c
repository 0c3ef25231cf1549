/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/dialect.h"

#include <string.h>

static const char *const names[DIALECT_COUNT] = {
	[DIALECT_IOS] = "ios",
	[DIALECT_ASA] = "asa",
	[DIALECT_PIX] = "pix",
};

const char *dialect_name(enum dialect dialect)
{
	return names[dialect];
}

enum dialect dialect_find(const char *name)
{
	enum dialect dialect = 0;

	while (dialect < DIALECT_COUNT && strcmp(names[dialect], name) != 0)
		dialect++;
	return dialect;
}
