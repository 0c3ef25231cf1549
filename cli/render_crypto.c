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

static void print_entry(FILE *out, const char *map, const json_t *e)
{
	long long group = render_number_of(e, "pfs_group");

	fprintf(out, "Crypto Map \"%s\" %lld ipsec-isakmp\n", map, render_number_of(e, "sequence"));
	print_names(out, "\tPeer = ", json_object_get(e, "peers"), "");
	if (*render_text_of(e, "acl"))
		fprintf(out, "\tExtended IP access list %s\n", render_text_of(e, "acl"));
	if (*render_text_of(e, "current_peer"))
		fprintf(out, "\tCurrent peer: %s\n", render_text_of(e, "current_peer"));
	fprintf(out, "\tSecurity association lifetime: %lld kilobytes/%lld seconds\n",
		render_number_of(e, "lifetime_kb"), render_number_of(e, "lifetime_s"));
	if (group)
		fprintf(out, "\tPFS (Y/N): Y\n\tDH group:  group%lld\n", group);
	else
		fputs("\tPFS (Y/N): N\n", out);
	fputs("\tTransform sets={\n", out);
	print_names(out, "\t\t", json_object_get(e, "sets"), ",");
	fputs("\t}\n", out);
	if (json_is_false(json_object_get(e, "complete")))
		fputs("\tWARNING: This crypto map is incomplete and is not used\n", out);
}

/* The layout of IOS 12.4, the access list by name. */
void render_crypto_map(FILE *out, const json_t *, const json_t *result)
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

void render_crypto_transform_set(FILE *out, const json_t *, const json_t *result)
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
