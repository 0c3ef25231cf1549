/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/drop.h"

static const struct {
	const char *name;
	const char *text;
} rows[DROP_COUNT] = {
#define DROP(id, name, text) {name, text},
#include "lib/base/drop_reasons.def"
#undef DROP
};

const char *drop_name(enum drop_reason reason)
{
	return reason < DROP_COUNT ? rows[reason].name : "";
}

const char *drop_text(enum drop_reason reason)
{
	return reason < DROP_COUNT ? rows[reason].text : "";
}
