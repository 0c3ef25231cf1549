/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

/* Ours: only the reasons that happened, in the order of drop_reasons.def. */
void render_drops(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *drop;
	size_t i;

	fprintf(out, "%-28s %12s  %s\n", "Reason", "Packets", "Meaning");
	json_array_foreach(json_object_get(result, "drops"), i, drop)
		if (render_number_of(drop, "count"))
			fprintf(out, "%-28s %12lld  %s\n", render_text_of(drop, "name"),
				render_number_of(drop, "count"), render_text_of(drop, "text"));
	fprintf(out, "%-28s %12lld\n", "Total", render_number_of(result, "total"));
}
