/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_ipsec.h"

#include <string.h>

enum {
	IKE_PORT = 500,
};

/* The port where it says more: behind a NAT several peers may share an address. */
static void print_peer(FILE *out, const json_t *b)
{
	long long port = render_number_of(b, "current_port");

	fprintf(out, "  current_peer: %s", render_text_of(b, "current_peer"));
	if (port && port != IKE_PORT)
		fprintf(out, ":%lld", port);
	fputc('\n', out);
	if (*render_text_of(b, "client_address"))
		fprintf(out, "  dynamic allocated peer ip: %s\n",
			render_text_of(b, "client_address"));
}

static void print_block(FILE *out, const struct render_request *request, const json_t *b)
{
	render_ipsec_idents(out, DIALECT_IOS, b);
	print_peer(out, b);
	fprintf(out, "    PERMIT, flags={%s}\n", render_text_of(b, "flags"));
	render_ipsec_counters(out, DIALECT_IOS, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "    ", b);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	render_ipsec_ends(out, DIALECT_IOS, b);
	render_ipsec_list(out, DIALECT_IOS, "inbound", json_object_get(b, "inbound_esp"));
	render_ipsec_list(out, DIALECT_IOS, "outbound", json_object_get(b, "outbound_esp"));
}

/* `show crypto ipsec sa address`: the SAs alone, each under the address it leads to. */
static void print_by_address(FILE *out, const char *address, const json_t *sas)
{
	const json_t *sa;
	size_t i;

	if (json_array_size(sas))
		fprintf(out, "dest address: %s\n   protocol: ESP\n", address);
	json_array_foreach(sas, i, sa)
		render_ipsec_one(out, DIALECT_IOS, sa);
}

static void print_interface(FILE *out, const struct render_request *request,
			    const json_t *interface)
{
	const json_t *block;
	size_t i;

	fprintf(out, "interface: %s\n", render_text_of(interface, "interface"));
	fprintf(out, "  Crypto map tag: %s, local addr. %s\n", render_text_of(interface, "map"),
		render_text_of(interface, "local_addr"));
	json_array_foreach(json_object_get(interface, "blocks"), i, block)
		print_block(out, request, block);
}

static void print_addresses(FILE *out, const json_t *interface)
{
	const json_t *block;
	size_t i;

	json_array_foreach(json_object_get(interface, "blocks"), i, block) {
		print_by_address(out, render_text_of(block, "local_endpt"),
				 json_object_get(block, "inbound_esp"));
		print_by_address(out, render_text_of(block, "remote_endpt"),
				 json_object_get(block, "outbound_esp"));
	}
}

/* show-formats 3: the layout of the original sample, one block an access list line. */
static void render_ios(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *interface;
	size_t i;

	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		if (strcmp(render_text_of(request->params, "view"), "address") == 0)
			print_addresses(out, interface);
		else
			print_interface(out, request, interface);
	}
}

void render_ipsec_sa(FILE *out, const struct render_request *request, const json_t *result)
{
	static const render_fn layouts[DIALECT_COUNT] = {
		[DIALECT_IOS] = render_ios,
		[DIALECT_ASA] = render_ipsec_asa,
		[DIALECT_PIX] = render_ipsec_pix,
	};

	layouts[request->dialect](out, request, result);
}
