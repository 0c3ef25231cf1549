/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/acl_text.h"
#include "cli/render_ipsec.h"

#include <string.h>

/* The line that made the SA; "extended" stands in those of a configured list alone. */
static void print_line(FILE *out, const json_t *b)
{
	const char *line = render_text_of(b, "acl_line");
	char text[ACL_TEXT_MAX];

	if (*line)
		fprintf(out, "      access-list %s %s%s\n", render_text_of(b, "acl"),
			*render_text_of(b, "flags") ? "extended " : "",
			acl_text_netmask(line, text, sizeof(text)));
}

static void print_block(FILE *out, const struct render_request *request, const json_t *interface,
			const json_t *b)
{
	const char *client = render_text_of(b, "client_address");

	fprintf(out, "    Crypto map tag: %s, seq num: %lld, local addr: %s\n\n",
		render_text_of(interface, "map"), render_number_of(b, "sequence"),
		render_text_of(interface, "local_addr"));
	print_line(out, b);
	render_ipsec_idents(out, DIALECT_ASA, b);
	fprintf(out, "      current_peer: %s\n", render_text_of(b, "current_peer"));
	if (*client)
		fprintf(out, "      dynamic allocated peer ip: %s\n", client);
	fputc('\n', out);
	render_ipsec_counters(out, DIALECT_ASA, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "      ", b);
	fputc('\n', out);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	render_ipsec_ends(out, DIALECT_ASA, b);
	fputc('\n', out);
	render_ipsec_list(out, DIALECT_ASA, "inbound", json_object_get(b, "inbound_esp"));
	render_ipsec_list(out, DIALECT_ASA, "outbound", json_object_get(b, "outbound_esp"));
	fputc('\n', out);
}

/* With `peer` and `entry` the blocks stand under their peer instead of their interface. */
static bool is_by_peer(const struct render_request *request)
{
	const char *view = render_text_of(request->params, "view");

	return json_object_get(request->params, "peer") || strcmp(view, "entry") == 0 ||
	       strcmp(view, "address") == 0;
}

void render_ipsec_asa(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *interface, *block;
	bool by_peer = is_by_peer(request);
	const char *peer = "";
	size_t i, j, n = 0;

	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		if (!by_peer)
			fprintf(out, "interface: %s\n",
				render_port_of(request, interface, "interface"));
		json_array_foreach(json_object_get(interface, "blocks"), j, block) {
			if (by_peer && strcmp(peer, render_text_of(block, "current_peer")) != 0) {
				peer = render_text_of(block, "current_peer");
				fprintf(out, "peer address: %s\n", peer);
			}
			print_block(out, request, interface, block);
			n++;
		}
	}
	if (n == 0)
		fputs("\nThere are no ipsec sas\n", out);
}
