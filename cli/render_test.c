/* SPDX-License-Identifier: BSD-3-Clause */
/* `test crypto`: layouts of our own, the same in all dialects. */
#include "cli/render.h"

#include <string.h>

void render_test_diagnoses(FILE *out, const json_t *list)
{
	const json_t *d;
	size_t i;

	json_array_foreach(list, i, d) {
		fprintf(out, "    %s: %s\n", render_text_of(d, "code"),
			render_text_of(d, "sentence"));
		if (*render_text_of(d, "saw"))
			fprintf(out, "    Saw: %s\n", render_text_of(d, "saw"));
		if (*render_text_of(d, "command"))
			fprintf(out, "    Type: %s\n", render_text_of(d, "command"));
	}
}

static void print_faults(FILE *out, const json_t *faults)
{
	const json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault) {
		fputs("    ", out);
		if (render_number_of(fault, "line"))
			fprintf(out, "line %lld: ", render_number_of(fault, "line"));
		fprintf(out, "%s: %s\n", render_text_of(fault, "kind"),
			render_text_of(fault, "text"));
	}
}

static void print_side(FILE *out, const char *title, const json_t *side)
{
	const json_t *faults = json_object_get(side, "faults");
	const json_t *diagnoses = json_object_get(side, "diagnoses");

	fprintf(out, "%s (%s):\n", title, render_text_of(side, "dialect"));
	print_faults(out, faults);
	render_test_diagnoses(out, diagnoses);
	if (json_array_size(faults) || json_array_size(diagnoses))
		return;
	if (strcmp(render_text_of(side, "dialect"), "swanctl") == 0)
		fputs("    All of it was understood.\n", out);
	else
		fputs("    Nothing is wrong by itself.\n", out);
}

void render_test_config(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *to = json_object_get(result, "to"), *pair = json_object_get(result, "pair");

	print_side(out, to ? "This end" : "Configuration", json_object_get(result, "from"));
	if (!to)
		return;
	print_side(out, "\nThe other end", to);
	fputs("\nBetween them:\n", out);
	render_test_diagnoses(out, pair);
	if (!json_array_size(pair))
		fputs("    The two ends agree.\n", out);
}

static void print_route(FILE *out, const json_t *result)
{
	const json_t *route = json_object_get(result, "route");
	const char *hop = render_text_of(route, "next_hop");

	if (!route)
		return;
	fprintf(out, "Route:     %s%s%s, %s\n", render_text_of(route, "prefix"),
		*hop ? " via " : ", connected", hop, render_text_of(route, "interface"));
	fprintf(out, "Map:       %s\n",
		*render_text_of(result, "map") ? render_text_of(result, "map") : "none");
}

static void print_step(FILE *out, const json_t *step)
{
	const char *acl = render_text_of(step, "acl"), *text = render_text_of(step, "text");

	fprintf(out, "Entry %-5lld %s", render_number_of(step, "sequence"),
		render_text_of(step, "verdict"));
	if (*acl)
		fprintf(out, ", access list %s", acl);
	if (*text)
		fprintf(out, " line %lld: %s", render_number_of(step, "line"), text);
	fputc('\n', out);
}

static void print_tunnel(FILE *out, const json_t *result)
{
	const json_t *t = json_object_get(result, "tunnel"),
		     *class = json_object_get(result, "class");

	if (t)
		fprintf(out, "Tunnel:    %s to %s, peer %s\n", render_text_of(t, "local"),
			render_text_of(t, "remote"),
			*render_text_of(t, "peer") ? render_text_of(t, "peer") : "any");
	if (t && json_is_true(json_object_get(t, "up")))
		fprintf(out, "SA:        SPI 0x%llX\n",
			(unsigned long long)render_number_of(t, "spi_out"));
	else if (t)
		fputs("SA:        none yet: the packet asks for one\n", out);
	if (class)
		fprintf(out, "Class:     %s of policy-map %s\n", render_text_of(class, "class"),
			render_text_of(class, "policy"));
}

void render_test_acl(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *step;
	size_t i;

	print_route(out, result);
	json_array_foreach(json_object_get(result, "looked_at"), i, step)
		print_step(out, step);
	print_tunnel(out, result);
	fprintf(out, "Result:    %s: %s\n", render_text_of(result, "verdict"),
		render_text_of(result, "why"));
	render_test_diagnoses(out, json_object_get(result, "diagnoses"));
}
