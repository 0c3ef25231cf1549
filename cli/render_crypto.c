/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>
#include <strings.h>

static void print_names(FILE *out, const char *lead, const json_t *names, const char *tail)
{
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
		fprintf(out, "%s%s%s\n", lead, json_string_value(name), tail);
}

static void print_group(FILE *out, const json_t *e)
{
	long long group = render_number_of(e, "pfs_group");

	if (group)
		fprintf(out, "\tPFS (Y/N): Y\n\tDH group:  group%lld\n", group);
	else
		fputs("\tPFS (Y/N): N\n", out);
}

static void print_list(FILE *out, const json_t *e)
{
	const char *line = render_text_of(e, "acl_line");

	if (*line)
		fprintf(out, "\tExtended IP access list %s\n\t    access-list %s %s\n",
			render_text_of(e, "acl"), render_text_of(e, "acl"), line);
	else if (*render_text_of(e, "acl"))
		fprintf(out, "\tExtended IP access list %s\n", render_text_of(e, "acl"));
}

/* What all kinds of entries have. */
static void print_body(FILE *out, const json_t *e)
{
	const char *template = render_text_of(e, "template");

	print_names(out, "\tPeer = ", json_object_get(e, "peers"), "");
	print_list(out, e);
	if (*template)
		fprintf(out, "\tdynamic (created from dynamic map %s/%lld)\n", template,
			render_number_of(e, "template_sequence"));
	if (*render_text_of(e, "current_peer"))
		fprintf(out, "\tCurrent peer: %s\n", render_text_of(e, "current_peer"));
	fprintf(out, "\tSecurity association lifetime: %lld kilobytes/%lld seconds\n",
		render_number_of(e, "lifetime_kb"), render_number_of(e, "lifetime_s"));
	print_group(out, e);
	fputs("\tTransform sets={\n", out);
	print_names(out, "\t\t", json_object_get(e, "sets"), ",");
	fputs("\t}\n", out);
	if (json_is_true(json_object_get(e, "reverse_route")))
		fputs("\tReverse Route Injection Enabled\n", out);
}

static void print_entry(FILE *out, const char *map, const json_t *e)
{
	const char *dynamic = render_text_of(e, "dynamic");

	fprintf(out, "Crypto Map \"%s\" %lld ipsec-isakmp\n", map, render_number_of(e, "sequence"));
	if (*dynamic)
		fprintf(out, "\tDynamic map template tag: %s\n", dynamic);
	else
		print_body(out, e);
	if (json_is_false(json_object_get(e, "complete")))
		fputs("\tWARNING: This crypto map is incomplete and is not used\n", out);
}

/* The layout of IOS 12.4, the access list by name. */
void render_crypto_map(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *map, *entry;
	size_t i, j;

	json_array_foreach(json_object_get(result, "maps"), i, map) {
		const char *name = render_text_of(map, "name");

		json_array_foreach(json_object_get(map, "entries"), j, entry)
			print_entry(out, name, entry);
		fprintf(out, "\tInterfaces using crypto map %s:\n", name);
		print_names(out, "\t\t", json_object_get(map, "interfaces"), "");
	}
}

void render_dynamic_map(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *map, *entry;
	size_t i, j;

	json_array_foreach(json_object_get(result, "maps"), i, map)
		json_array_foreach(json_object_get(map, "entries"), j, entry) {
			fprintf(out, "Crypto Map Template\"%s\" %lld\n",
				render_text_of(map, "name"), render_number_of(entry, "sequence"));
			print_body(out, entry);
		}
}

void render_crypto_transform_set(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *set;
	size_t i;

	json_array_foreach(json_object_get(result, "sets"), i, set) {
		const char *mode = render_text_of(set, "mode");

		fprintf(out, "Transform set %s: { %s  }\n", render_text_of(set, "name"),
			render_text_of(set, "transform"));
		fprintf(out, "   will negotiate = { %s,  },\n\n",
			strcasecmp(mode, "transport") == 0 ? "Transport" : "Tunnel");
	}
}
