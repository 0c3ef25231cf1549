/* SPDX-License-Identifier: BSD-3-Clause */
/* What is different between two configurations, and what would end. */
#include "cli/render.h"

#include <string.h>

static void print_line(FILE *out, const json_t *line)
{
	const char *kind = render_text_of(line, "kind");

	fprintf(out, "%*s%s%s\n", (int)render_number_of(line, "depth"), "",
		strcmp(kind, "new") == 0    ? "+"
		: strcmp(kind, "gone") == 0 ? "-"
					    : "",
		render_text_of(line, "text"));
}

static void print_ending(FILE *out, const json_t *row)
{
	const char *peer = render_text_of(row, "peer");

	fprintf(out, "!  %s %lld %s  %s -> %s", render_text_of(row, "map"),
		render_number_of(row, "sequence"), render_text_of(row, "acl"),
		render_text_of(row, "local"), render_text_of(row, "remote"));
	if (*peer)
		fprintf(out, "  peer %s", peer);
	fprintf(out, ": %s\n", render_text_of(row, "reason"));
}

void render_ending(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *list = json_object_get(result, "ending"), *row;
	long long up = render_number_of(result, "up");
	size_t i, n = json_array_size(list);

	if (!n) {
		fprintf(out, "!No tunnel drops: %lld up\n", up);
		return;
	}
	fprintf(out, "!Tunnels that drop: %zu of %lld up\n", n, up);
	json_array_foreach(list, i, row)
		print_ending(out, row);
}

void render_config_diff(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *lines = json_object_get(result, "lines"), *line;
	size_t i;

	fputs("!Contextual Config Diffs:\n", out);
	json_array_foreach(lines, i, line)
		print_line(out, line);
	if (!json_array_size(lines))
		fputs("!No changes were found\n", out);
	render_ending(out, request, result);
}

/* As one would have typed it. */
void render_config_commands(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *lines = json_object_get(result, "lines"), *line;
	size_t i;

	fputs("!List of Rollback Commands:\n", out);
	json_array_foreach(lines, i, line) {
		const char *text = render_text_of(line, "text");
		bool gone = strcmp(render_text_of(line, "kind"), "gone") == 0;
		bool denied = strncmp(text, "no ", 3) == 0;

		fprintf(out, "%*s%s%s\n", (int)render_number_of(line, "depth"), "",
			gone && !denied ? "no " : "", gone && denied ? text + 3 : text);
	}
	fputs("end\n", out);
}

void render_rollback(FILE *out, const struct render_request *, const json_t *result)
{
	if (!json_is_true(json_object_get(result, "active"))) {
		fputs("%No Rollback Confirmed Change pending\n", out);
		return;
	}
	fprintf(out,
		"Time configured: %lld min\nTimer type: absolute timer\nTimer value: %lld s\n"
		"User: %s\n",
		render_number_of(result, "minutes"), render_number_of(result, "remaining_s"),
		render_text_of(result, "user"));
}

void render_reload(FILE *out, const struct render_request *, const json_t *result)
{
	long long in_s = render_number_of(result, "in_s");

	if (json_is_true(json_object_get(result, "scheduled")))
		fprintf(out, "Reload scheduled in %lld minutes and %lld seconds\n", in_s / 60,
			in_s % 60);
	else
		fputs("No reload is scheduled.\n", out);
}
