/* SPDX-License-Identifier: BSD-3-Clause */
/* For the tests of the renderers: JSON in, the text compared byte for byte. */
#pragma once

#include "cli/render.h"

#include <stdlib.h>
/* cmocka.h wants the others before itself. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

static inline void render_check_in(enum dialect dialect, render_fn render, const char *params_text,
				   const char *json, const char *golden)
{
	json_error_t error;
	json_t *params = params_text ? json_loads(params_text, 0, &error) : NULL;
	json_t *result = json_loads(json, 0, &error);
	const struct render_request request = {.params = params, .dialect = dialect};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!result)
		fail_msg("line %d column %d: %s", error.line, error.column, error.text);
	assert_non_null(out);
	render(out, &request, result);
	fclose(out);
	assert_string_equal(text, golden);
	free(text);
	json_decref(params);
	json_decref(result);
}

static inline void render_check(render_fn render, const char *params_text, const char *json,
				const char *golden)
{
	render_check_in(DIALECT_IOS, render, params_text, json, golden);
}
