/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
} resources[] = {
	{"tunnels", "Number of tunnels"},
	{"ipsec_sa_pairs", "Number of IPsec SA pairs"},
	{"pool_addresses", "Number of client addresses"},
};

static const char *resource_text(const char *name)
{
	for (size_t i = 0; i < array_len(resources); i++)
		if (strcmp(resources[i].name, name) == 0)
			return resources[i].text;
	return name;
}

#define RULE "-----------------------------------------------------------------\n"

/* The table of `show platform cerm-information` (show-formats 11): here no licence limits. */
void render_capacity(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	fputs("Crypto Export Restrictions Manager(CERM) Information:\n"
	      "CERM functionality: DISABLED\n" RULE
	      "Resource                               Maximum Limit       Available\n" RULE,
	      out);
	fputs("Tx Bandwidth(in kbps)                 unlimited           unlimited\n"
	      "Rx Bandwidth(in kbps)                 unlimited           unlimited\n",
	      out);
	json_array_foreach(json_object_get(result, "resources"), i, row) {
		long long limit = render_number_of(row, "limit");

		fprintf(out, "%-37s %-19lld %lld\n", resource_text(render_text_of(row, "name")),
			limit, limit - render_number_of(row, "used"));
	}
}

void render_lifetime(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "Security association lifetime: %lld kilobytes/%lld seconds\n",
		render_number_of(result, "kilobytes"), render_number_of(result, "seconds"));
}

/* The title of IOS, and what is counted here. */
void render_admission(FILE *out, const struct render_request *, const json_t *result)
{
	fputs("---------------------------------------------------------------------\n"
	      "               Crypto Call Admission Control Statistics\n"
	      "---------------------------------------------------------------------\n",
	      out);
	fprintf(out,
		"Total IKE SA Count: %lld, in negotiation: %lld, quick modes in progress: %lld\n",
		render_number_of(result, "ike_sas"), render_number_of(result, "in_negotiation"),
		render_number_of(result, "quick_modes"));
	fprintf(out, "Rejected IKE Requests: %lld, half-open limit: %lld, quick mode limit: %lld\n",
		render_number_of(result, "refused_half_open") +
			render_number_of(result, "refused_quick_modes"),
		render_number_of(result, "refused_half_open"),
		render_number_of(result, "refused_quick_modes"));
}
