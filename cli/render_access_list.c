/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

static void print_line(FILE *out, const json_t *line)
{
	long long matches = render_number_of(line, "matches");

	fprintf(out, "    %lld %s", render_number_of(line, "sequence"),
		render_text_of(line, "text"));
	if (matches)
		fprintf(out, " (%lld match%s)", matches, matches == 1 ? "" : "es");
	fputc('\n', out);
}

/* show-formats 8, the IOS form. */
void render_access_list(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *list, *line;
	size_t i, j;

	json_array_foreach(json_object_get(result, "lists"), i, list) {
		fprintf(out, "%s IP access list %s\n",
			json_is_true(json_object_get(list, "standard")) ? "Standard" : "Extended",
			render_text_of(list, "name"));
		json_array_foreach(json_object_get(list, "lines"), j, line)
			print_line(out, line);
	}
}
