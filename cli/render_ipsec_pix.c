/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_ipsec.h"

#include <string.h>

static void print_block(FILE *out, const struct render_request *request, const json_t *b)
{
	const char *client = render_text_of(b, "client_address");

	render_ipsec_idents(out, DIALECT_PIX, b);
	fprintf(out, "   current_peer: %s\n", render_text_of(b, "current_peer"));
	if (*client)
		fprintf(out, "   dynamic allocated peer ip: %s\n", client);
	fprintf(out, "     PERMIT, flags={%s}\n", render_text_of(b, "flags"));
	render_ipsec_counters(out, DIALECT_PIX, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "    ", b);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	render_ipsec_ends(out, DIALECT_PIX, b);
	render_ipsec_list(out, DIALECT_PIX, "inbound", json_object_get(b, "inbound_esp"));
	render_ipsec_list(out, DIALECT_PIX, "outbound", json_object_get(b, "outbound_esp"));
}

void render_ipsec_pix(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *interface, *block;
	size_t i, j;

	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		fprintf(out, "interface: %s\n", render_port_of(request, interface, "interface"));
		fprintf(out, "    Crypto map tag: %s, local addr. %s\n",
			render_text_of(interface, "map"), render_text_of(interface, "local_addr"));
		json_array_foreach(json_object_get(interface, "blocks"), j, block)
			print_block(out, request, block);
	}
}
