/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/config share: a configuration with a cursor, fed line by line. */
#pragma once

#include "lib/config/config_grammar.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct box {
	struct config config;
	struct config_cursor cursor;
	struct fault_list faults; /* of the last line or text */
	bool changed;
};

static inline void box_init(struct box *b)
{
	*b = (struct box){.cursor = {.mode = CONFIG_MODE_GLOBAL}};
	config_model_init(&b->config);
}

static inline void box_fini(struct box *b)
{
	config_model_fini(&b->config);
	fault_list_fini(&b->faults);
}

static inline int box_line(struct box *b, const char *line)
{
	fault_list_fini(&b->faults);
	return config_grammar_line(&b->config, &b->cursor, line, &b->faults, &b->changed);
}

static inline int box_text(struct box *b, const char *text)
{
	fault_list_fini(&b->faults);
	return config_grammar_text(&b->config, text, strlen(text), &b->faults);
}

/* Every line of a text, one by one; fails the test at the first that is refused. */
static inline void box_feed(struct box *b, const char *text)
{
	if (box_text(b, text) == 0)
		return;
	for (size_t i = 0; i < b->faults.n; i++)
		if (b->faults.rows[i].kind == FAULT_ERROR)
			print_error("line %d: %s\n", b->faults.rows[i].line,
				    b->faults.rows[i].text);
	fail();
}

/* The configuration with its keys, in clear; the caller frees. */
static inline char *box_print(const struct box *b)
{
	char *text = config_grammar_print(&b->config, DIALECT_IOS, CONFIG_PRINT_SECRETS);

	assert_non_null(text);
	return text;
}

/* The fault of a kind at place i, or NULL. */
static inline const struct fault *box_fault(const struct box *b, enum fault_kind kind, size_t i)
{
	for (size_t k = 0; k < b->faults.n; k++)
		if (b->faults.rows[k].kind == kind && i-- == 0)
			return &b->faults.rows[k];
	return NULL;
}
