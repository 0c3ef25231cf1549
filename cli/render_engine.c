/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

/* show-formats 7, the newer layout. */
static void render_newer(FILE *out, const json_t *connections)
{
	const json_t *c;
	size_t i;

	fputs("Crypto Engine Connections\n\n"
	      "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address\n",
	      out);
	json_array_foreach(connections, i, c)
		fprintf(out, "%5lld  %-7s %-18s %8lld %8lld %8lld %s\n", render_number_of(c, "id"),
			render_text_of(c, "type"), render_text_of(c, "algorithm"),
			render_number_of(c, "encrypt"), render_number_of(c, "decrypt"),
			render_number_of(c, "last_seq"), render_text_of(c, "address"));
}

/* The layout of 12.3 and 12.4. What is listed is active: its state is "set". */
void render_engine_connections(FILE *out, const struct render_request *request,
			       const json_t *result)
{
	const json_t *c;
	size_t i;

	if (*render_text_of(request->params, "view")) {
		render_newer(out, json_object_get(result, "connections"));
		return;
	}
	fputs("  ID Interface            IP-Address      State  Algorithm           Encrypt  "
	      "Decrypt\n",
	      out);
	json_array_foreach(json_object_get(result, "connections"), i, c)
		fprintf(out, "%4lld %-20s %-15s %-6s %-18s %8lld %8lld\n",
			render_number_of(c, "id"), render_text_of(c, "interface"),
			render_text_of(c, "address"), "set", render_text_of(c, "algorithm"),
			render_number_of(c, "encrypt"), render_number_of(c, "decrypt"));
}
