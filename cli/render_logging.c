/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

void render_logging(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *line;
	size_t i;

	fputs("Log Buffer:\n\n", out);
	json_array_foreach(json_object_get(result, "lines"), i, line)
		fprintf(out, "%s\n", json_string_value(line));
}
