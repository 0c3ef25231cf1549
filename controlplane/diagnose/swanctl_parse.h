/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The settings of a strongSwan configuration file as a flat list: each with the sections it stands
 * in. Values point into the text, which must stay. `include` and references to other sections are
 * not followed.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	SWANCTL_DEPTH = 6,
	SWANCTL_SETTINGS = 4096,
};

struct swanctl_word {
	const char *at;
	size_t len;
};

struct swanctl_setting {
	struct swanctl_word path[SWANCTL_DEPTH]; /* sections, the outermost first */
	size_t depth;
	struct swanctl_word name;
	struct swanctl_word value; /* without quotes */
	bool quoted;
};

struct swanctl_settings {
	struct swanctl_setting *rows; /* owned */
	size_t n;
};

/* 0, -ENOMEM, or -EINVAL with the line where it goes wrong. */
int must_check swanctl_parse(struct swanctl_settings *out, const char *text, int *line);
void swanctl_parse_fini(struct swanctl_settings *s);
bool swanctl_parse_is(const struct swanctl_word *w, const char *text);
/* The value of a setting of that name whose sections are these, NULL = none. */
const struct swanctl_word *swanctl_parse_find(const struct swanctl_settings *s,
					      const struct swanctl_word *path, size_t depth,
					      const char *name);
/* The next item of a list with commas; false at its end. */
bool swanctl_parse_item(struct swanctl_word *list, struct swanctl_word *item);
