/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/acl_text.h"
#include "cli/render.h"

static bool flag(const json_t *object, const char *field)
{
	return json_is_true(json_object_get(object, field));
}

/* A line that names object-groups, of which the row is the first that it stands for. */
static const char *begins_written(const json_t *lines, size_t i)
{
	const json_t *line = json_array_get(lines, i),
		     *before = i ? json_array_get(lines, i - 1) : NULL;
	const char *written = render_text_of(line, "written");

	if (!*written ||
	    (before && render_number_of(before, "sequence") == render_number_of(line, "sequence")))
		return NULL;
	return written;
}

static long long all_matches(const json_t *lines, size_t i)
{
	long long sequence = render_number_of(json_array_get(lines, i), "sequence"), matches = 0;

	for (; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);

		if (render_number_of(line, "sequence") != sequence)
			break;
		matches += render_number_of(line, "matches");
	}
	return matches;
}

static void print_ios_line(FILE *out, const char *indent, const json_t *line, const char *text,
			   long long matches)
{
	fprintf(out, "%s%lld %s", indent, render_number_of(line, "sequence"), text);
	if (matches)
		fprintf(out, " (%lld match%s)", matches, matches == 1 ? "" : "es");
	fputc('\n', out);
}

static void print_ios(FILE *out, const json_t *list)
{
	const json_t *lines = json_object_get(list, "lines"), *line;
	size_t i;

	fprintf(out, "%s IP access list %s\n", flag(list, "standard") ? "Standard" : "Extended",
		render_text_of(list, "name"));
	json_array_foreach(lines, i, line) {
		const char *written = begins_written(lines, i);

		if (written)
			print_ios_line(out, "    ", line, written, all_matches(lines, i));
		print_ios_line(out, *render_text_of(line, "written") ? "      " : "    ", line,
			       render_text_of(line, "text"), render_number_of(line, "matches"));
	}
}

static void print_asa(FILE *out, const json_t *list)
{
	const char *name = render_text_of(list, "name");
	const json_t *lines = json_object_get(list, "lines"), *line;
	char text[ACL_TEXT_MAX];
	size_t i, number = 0;

	fprintf(out, "access-list %s; %zu elements; name hash: 0x%x%s\n", name,
		json_array_size(lines), acl_text_hash(name),
		flag(list, "dynamic") ? " (dynamic)" : "");
	json_array_foreach(lines, i, line) {
		const char *written = begins_written(lines, i);

		number += written || !*render_text_of(line, "written");
		if (written) {
			acl_text_netmask(written, text, sizeof(text));
			fprintf(out, "access-list %s line %zu extended %s 0x%08x\n", name, number,
				text, acl_text_hash(text));
		}
		acl_text_netmask(render_text_of(line, "text"), text, sizeof(text));
		fprintf(out, "%saccess-list %s line %zu %s %s (hitcnt=%lld) 0x%08x\n",
			*render_text_of(line, "written") ? "  " : "", name, number,
			flag(list, "standard") ? "standard" : "extended", text,
			render_number_of(line, "matches"), acl_text_hash(text));
	}
}

/* A list that was made for a client has two blanks before its name. */
static void print_pix(FILE *out, const json_t *list)
{
	const json_t *lines = json_object_get(list, "lines"), *line;
	char text[ACL_TEXT_MAX];
	size_t i;

	json_array_foreach(lines, i, line) {
		const char *written = begins_written(lines, i);

		if (written)
			fprintf(out, "access-list %s %s\n", render_text_of(list, "name"),
				acl_text_netmask(written, text, sizeof(text)));
		fprintf(out, "access-list %s%s %s%s (hitcnt=%lld)\n",
			flag(list, "dynamic") || *render_text_of(line, "written") ? " " : "",
			render_text_of(list, "name"), flag(list, "standard") ? "standard " : "",
			acl_text_netmask(render_text_of(line, "text"), text, sizeof(text)),
			render_number_of(line, "matches"));
	}
}

/* show-formats 8 */
void render_access_list(FILE *out, const struct render_request *request, const json_t *result)
{
	static void (*const print[DIALECT_COUNT])(FILE *, const json_t *) = {
		[DIALECT_IOS] = print_ios,
		[DIALECT_ASA] = print_asa,
		[DIALECT_PIX] = print_pix,
	};
	const json_t *list;
	size_t i;

	json_array_foreach(json_object_get(result, "lists"), i, list)
		print[request->dialect](out, list);
}
