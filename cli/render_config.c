/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/acl_text.h"
#include "cli/render.h"

#include <string.h>

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static void print_ios(FILE *out, const char *text)
{
	fprintf(out, "Building configuration...\n\nCurrent configuration : %zu bytes\n",
		strlen(text));
	fputs(text, out);
	if (strcmp(text, "end\n") != 0 && !ends_with(text, "\nend\n"))
		fputs("end\n", out);
}

/* Without the `end` that ours closes with: theirs is a remark. */
static void print_body(FILE *out, const char *text)
{
	size_t len = strlen(text);

	if (ends_with(text, "\nend\n"))
		len -= strlen("end\n");
	fwrite(text, 1, len, out);
}

/* The number at the end tells two configurations apart, as the longer one of the box does. */
static void print_framed(FILE *out, const char *before, const char *text, const char *after)
{
	fprintf(out, "%s: Saved\n:\n", before);
	print_body(out, text);
	fprintf(out, "Cryptochecksum:%08x\n: end\n%s", acl_text_hash(text), after);
}

/* show-formats 11, `write terminal`. */
void render_config(FILE *out, const struct render_request *request, const json_t *result)
{
	const char *text = render_text_of(result, "text");

	if (request->dialect == DIALECT_IOS)
		print_ios(out, text);
	else if (request->dialect == DIALECT_PIX)
		print_framed(out, "Building configuration...\n", text, "[OK]\n");
	else
		print_framed(out, "", text, "");
}

/* IOS says how much of its memory is used. */
void render_startup_config(FILE *out, const struct render_request *request, const json_t *result)
{
	const char *text = render_text_of(result, "text");

	if (request->dialect != DIALECT_IOS) {
		print_framed(out, "", text, "");
		return;
	}
	fprintf(out, "Using %zu bytes\n%s", strlen(text), text);
}

/* Some of the lines: no heading. */
void render_config_section(FILE *out, const struct render_request *, const json_t *result)
{
	fputs(render_text_of(result, "text"), out);
}

void render_config_saved(FILE *out, const struct render_request *, const json_t *)
{
	fputs("Building configuration...\n[OK]\n", out);
}
