/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>

static bool ends_with_end(const char *text, size_t len)
{
	return (len == 4 && strcmp(text, "end\n") == 0) ||
	       (len > 4 && strcmp(text + len - 5, "\nend\n") == 0);
}

/* show-formats 11, `write terminal` of IOS. */
void render_config(FILE *out, const struct render_request *, const json_t *result)
{
	const char *text = render_text_of(result, "text");
	size_t len = strlen(text);

	fprintf(out, "Building configuration...\n\nCurrent configuration : %zu bytes\n", len);
	fputs(text, out);
	if (!ends_with_end(text, len))
		fputs("end\n", out);
}

void render_config_saved(FILE *out, const struct render_request *, const json_t *)
{
	fputs("Building configuration...\n[OK]\n", out);
}
