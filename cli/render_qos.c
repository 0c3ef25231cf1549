/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>

enum {
	KILO = 1000
};

/* The layouts of IOS 12.4 and 15, only the lines that have a true value here. */

static void print_matches(FILE *out, const json_t *class, int indent, const char *word)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(class, "matches"), i, match)
		fprintf(out, "%*s%s%s\n", indent, "", word, json_string_value(match));
	if (json_array_size(json_object_get(class, "matches")) == 0)
		fprintf(out, "%*s%snone\n", indent, "", word);
}

void render_class_map(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *class;
	size_t i;

	json_array_foreach(json_object_get(result, "classes"), i, class) {
		const char *description = render_text_of(class, "description");

		fprintf(out, " Class Map match-%s %s\n", render_text_of(class, "match"),
			render_text_of(class, "name"));
		if (*description)
			fprintf(out, "   Description: %s\n", description);
		print_matches(out, class, 3, "Match ");
		fputc('\n', out);
	}
}

/* " 20 (%)", " remaining 50 (%)", " 128 (kbps)"; nothing for `priority` alone. */
static void print_rate(FILE *out, const json_t *rate, unsigned unit, const char *name)
{
	const char *kind = render_text_of(rate, "kind");
	long long value = render_number_of(rate, "value");

	if (!strcmp(kind, "bps"))
		fprintf(out, " %lld (%s)", value / unit, name);
	else if (!strcmp(kind, "percent"))
		fprintf(out, " %lld (%%)", value);
	else if (!strcmp(kind, "remaining"))
		fprintf(out, " remaining %lld (%%)", value);
}

static void print_configured_police(FILE *out, const json_t *c)
{
	const json_t *rate = json_object_get(c, "police");

	if (!rate)
		return;
	fputs("     police cir", out);
	if (!strcmp(render_text_of(rate, "kind"), "percent"))
		fprintf(out, " percent %lld", render_number_of(rate, "value"));
	else
		fprintf(out, " %lld", render_number_of(rate, "value"));
	if (render_number_of(c, "police_burst"))
		fprintf(out, " bc %lld", render_number_of(c, "police_burst"));
	fprintf(out, "\n       conform-action transmit\n       exceed-action %s\n",
		render_text_of(c, "exceed"));
}

static void print_configured(FILE *out, const json_t *c)
{
	static const struct {
		const char *field;
		const char *text;
		unsigned unit;
		const char *name;
	} rates[] = {
		{"priority", "      priority", KILO, "kbps"},
		{"bandwidth", "      bandwidth", KILO, "kbps"},
		{"shape", "      Average Rate Traffic Shaping\n      cir", 1, "bps"},
	};

	fprintf(out, "    Class %s\n", render_text_of(c, "name"));
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const json_t *rate = json_object_get(c, rates[i].field);

		if (!rate)
			continue;
		fputs(rates[i].text, out);
		print_rate(out, rate, rates[i].unit, rates[i].name);
		fputc('\n', out);
	}
	print_configured_police(out, c);
	if (*render_text_of(c, "set_dscp"))
		fprintf(out, "      set dscp %s\n", render_text_of(c, "set_dscp"));
	if (json_is_true(json_object_get(c, "fair")))
		fputs("      fair-queue\n", out);
	if (render_number_of(c, "queue_limit"))
		fprintf(out, "      queue-limit %lld packets\n",
			render_number_of(c, "queue_limit"));
	if (*render_text_of(c, "service_policy"))
		fprintf(out, "      service-policy %s\n", render_text_of(c, "service_policy"));
}

void render_policy_map(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *policy, *class;
	size_t i, k;

	json_array_foreach(json_object_get(result, "policies"), i, policy) {
		const char *description = render_text_of(policy, "description");

		fprintf(out, "  Policy Map %s\n", render_text_of(policy, "name"));
		if (*description)
			fprintf(out, "    Description: %s\n", description);
		json_array_foreach(json_object_get(policy, "classes"), k, class)
			print_configured(out, class);
		fputc('\n', out);
	}
}

static void print_queue(FILE *out, const json_t *c, int indent)
{
	fprintf(out, "%*sQueueing\n", indent, "");
	fprintf(out, "%*squeue limit %lld packets\n", indent, "",
		render_number_of(c, "queue_limit"));
	fprintf(out, "%*s(queue depth/total drops/no-buffer drops) %lld/%lld/0\n", indent, "",
		render_number_of(c, "queued"), render_number_of(c, "drops"));
	fprintf(out, "%*s(pkts output/bytes output) %lld/%lld\n", indent, "",
		render_number_of(c, "sent_packets"), render_number_of(c, "sent_bytes"));
	fprintf(out, "%*s(most packets in the queue) %lld\n", indent, "",
		render_number_of(c, "queued_most"));
}

static void print_share(FILE *out, const json_t *c, const char *field, long long bps)
{
	const json_t *rate = json_object_get(c, field);
	const char *kind = render_text_of(rate, "kind");

	if (!strcmp(kind, "percent"))
		fprintf(out, "%lld%% (%lld kbps)", render_number_of(rate, "value"), bps / KILO);
	else if (!strcmp(kind, "remaining"))
		fprintf(out, "remaining %lld%% (%lld kbps)", render_number_of(rate, "value"),
			bps / KILO);
	else
		fprintf(out, "%lld kbps", bps / KILO);
}

static void print_limits(FILE *out, const json_t *c, int indent)
{
	if (json_object_get(c, "bandwidth")) {
		fprintf(out, "%*sbandwidth ", indent, "");
		print_share(out, c, "bandwidth", render_number_of(c, "bandwidth_bps"));
		fputc('\n', out);
	}
	if (json_object_get(c, "priority")) {
		fprintf(out, "%*sPriority: ", indent, "");
		print_share(out, c, "priority", render_number_of(c, "priority_bps"));
		if (render_number_of(c, "priority_burst"))
			fprintf(out, ", burst bytes %lld", render_number_of(c, "priority_burst"));
		fprintf(out, ", b/w exceed drops: %lld\n", render_number_of(c, "drops"));
	}
	if (json_object_get(c, "shape"))
		fprintf(out, "%*sshape (average) cir %lld\n%*starget shape rate %lld\n", indent, "",
			render_number_of(c, "shape_bps"), indent, "",
			render_number_of(c, "shape_bps"));
	if (json_is_true(json_object_get(c, "fair")))
		fprintf(out, "%*sFair-queue: per-flow\n", indent, "");
}

static void print_police(FILE *out, const json_t *c, int indent)
{
	if (!json_object_get(c, "police"))
		return;
	fprintf(out, "%*spolice:\n%*scir %lld bps", indent, "", indent + 4, "",
		render_number_of(c, "police_bps"));
	if (render_number_of(c, "police_burst"))
		fprintf(out, ", bc %lld bytes", render_number_of(c, "police_burst"));
	fprintf(out, "\n%*sconformed %lld packets, %lld bytes; actions:\n%*stransmit\n", indent + 2,
		"", render_number_of(c, "conform_packets"), render_number_of(c, "conform_bytes"),
		indent + 4, "");
	fprintf(out, "%*sexceeded %lld packets, %lld bytes; actions:\n%*s%s\n", indent + 2, "",
		render_number_of(c, "exceed_packets"), render_number_of(c, "exceed_bytes"),
		indent + 4, "", render_text_of(c, "exceed"));
}

static void print_class_head(FILE *out, const json_t *c, int indent)
{
	fprintf(out, "%*sClass-map: %s (match-%s)\n", indent, "", render_text_of(c, "name"),
		render_text_of(c, "match"));
	fprintf(out, "%*s%lld packets, %lld bytes\n", indent + 2, "",
		render_number_of(c, "packets"), render_number_of(c, "bytes"));
	fprintf(out, "%*s30 second offered rate %lld bps, drop rate %lld bps\n", indent + 2, "",
		render_number_of(c, "offered_bps"), render_number_of(c, "drop_bps"));
	print_matches(out, c, indent + 2, "Match: ");
}

static void print_class(FILE *out, const json_t *c, int indent)
{
	print_class_head(out, c, indent);
	print_queue(out, c, indent + 2);
	print_limits(out, c, indent + 2);
	if (*render_text_of(c, "set_dscp"))
		fprintf(out, "%*sQoS Set\n%*sdscp %s\n", indent + 2, "", indent + 4, "",
			render_text_of(c, "set_dscp"));
	print_police(out, c, indent + 2);
	if (*render_text_of(c, "advice"))
		fprintf(out, "%*s%% %s\n", indent + 2, "", render_text_of(c, "advice"));
	fputc('\n', out);
}

static long long total(const json_t *attachment, const char *field)
{
	const json_t *class;
	long long sum = 0;
	size_t i;

	json_array_foreach(json_object_get(attachment, "classes"), i, class)
		sum += render_number_of(class, field);
	return sum;
}

/* class-default of the policy-map around the classes: what they do together. */
static void print_outer(FILE *out, const json_t *a)
{
	long long bps = render_number_of(a, "shape_bps");

	fputs("    Class-map: class-default (match-any)\n", out);
	fprintf(out, "      %lld packets, %lld bytes\n", total(a, "packets"), total(a, "bytes"));
	fprintf(out, "      30 second offered rate %lld bps, drop rate %lld bps\n",
		total(a, "offered_bps"), total(a, "drop_bps"));
	fputs("      Match: any\n      Queueing\n", out);
	fprintf(out, "      (queue depth/total drops/no-buffer drops) %lld/%lld/0\n",
		total(a, "queued"), total(a, "drops"));
	fprintf(out, "      (pkts output/bytes output) %lld/%lld\n", total(a, "sent_packets"),
		total(a, "sent_bytes"));
	fprintf(out, "      shape (average) cir %lld\n      target shape rate %lld\n\n", bps, bps);
	fprintf(out, "      Service-policy : %s\n\n", render_text_of(a, "service_policy"));
}

static void print_place(FILE *out, const json_t *a, const char *before)
{
	const json_t *tunnel = json_object_get(a, "tunnel");

	if (strcmp(before, render_text_of(a, "interface")) != 0)
		fprintf(out, " %s\n", render_text_of(a, "interface"));
	if (tunnel)
		fprintf(out, "\n  Crypto map %s %lld, access list %s line %lld, peer %s\n",
			render_text_of(tunnel, "map"), render_number_of(tunnel, "sequence"),
			render_text_of(tunnel, "acl"), render_number_of(tunnel, "acl_line"),
			render_text_of(tunnel, "peer"));
	fprintf(out, "\n  Service-policy output: %s\n", render_text_of(a, "policy"));
	if (json_is_true(json_object_get(a, "link_assumed")))
		fprintf(out,
			"  %% The speed of the link is not known: percentages are of %lld kbit/s.\n"
			"  %% Type bandwidth KBPS on the interface.\n",
			render_number_of(a, "link_bps") / KILO);
	fputc('\n', out);
}

void render_policy_interface(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *attachment, *class;
	const char *before = "";
	size_t i, k;

	json_array_foreach(json_object_get(result, "attachments"), i, attachment) {
		bool nested = json_object_get(attachment, "service_policy") != NULL;

		print_place(out, attachment, before);
		before = render_text_of(attachment, "interface");
		if (nested)
			print_outer(out, attachment);
		json_array_foreach(json_object_get(attachment, "classes"), k, class)
			print_class(out, class, nested ? 8 : 4);
	}
}
