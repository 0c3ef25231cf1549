/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_ipsec.h"

#include <string.h>

enum {
	WINDOW_DEFAULT = 64,
	IKE_PORT = 500,
};

#define SA_INDENT "        "

static void print_ident(FILE *out, const char *side, const json_t *ident)
{
	fprintf(out, "  %s ident (addr/mask/prot/port): (%s/%s/%lld/%lld)\n", side,
		render_text_of(ident, "addr"), render_text_of(ident, "mask"),
		render_number_of(ident, "prot"), render_number_of(ident, "port"));
}

static void print_counters(FILE *out, const json_t *b)
{
	fprintf(out, "    #pkts encaps: %lld, #pkts encrypt: %lld, #pkts digest %lld\n",
		render_number_of(b, "encaps"), render_number_of(b, "encrypt"),
		render_number_of(b, "digest"));
	fprintf(out, "    #pkts decaps: %lld, #pkts decrypt: %lld, #pkts verify %lld\n",
		render_number_of(b, "decaps"), render_number_of(b, "decrypt"),
		render_number_of(b, "verify"));
	fprintf(out, "    #pkts compressed: %lld, #pkts decompressed: %lld\n",
		render_number_of(b, "compressed"), render_number_of(b, "decompressed"));
	fprintf(out, "    #pkts not compressed: %lld, #pkts compr. failed: %lld,\n",
		render_number_of(b, "not_compressed"), render_number_of(b, "compr_failed"));
	fprintf(out, "    #pkts decompress failed: %lld, #send errors %lld, #recv errors %lld\n",
		render_number_of(b, "decompress_failed"), render_number_of(b, "send_errors"),
		render_number_of(b, "recv_errors"));
}

static void print_sa(FILE *out, const json_t *sa)
{
	const json_t *reorder = json_object_get(sa, "reorder");
	long long window = render_number_of(sa, "replay_window");
	unsigned spi = (unsigned)render_number_of(sa, "spi");

	fprintf(out, "      spi: 0x%X(%u)\n", spi, spi);
	fprintf(out, "        transform: %s ,\n", render_text_of(sa, "transform"));
	fprintf(out, "        in use settings ={%s}\n", render_text_of(sa, "settings"));
	if (render_text_of(sa, "lane")[0])
		fprintf(out, "        parallel: %s\n", render_text_of(sa, "lane"));
	fprintf(out, "        slot: %lld, conn id: %lld, flow_id: %lld, crypto map: %s\n",
		render_number_of(sa, "slot"), render_number_of(sa, "conn_id"),
		render_number_of(sa, "flow_id"), render_text_of(sa, "map"));
	fprintf(out, "        sa timing: remaining key lifetime (k/sec): (%lld/%lld)\n",
		render_number_of(sa, "remaining_kb"), render_number_of(sa, "remaining_s"));
	fprintf(out, "        IV size: %lld bytes\n", render_number_of(sa, "iv_bytes"));
	fprintf(out, "        replay detection support: %c",
		json_is_true(json_object_get(sa, "replay")) ? 'Y' : 'N');
	/* IOS names the size where it can be set; the default goes without, as in the sample */
	if (window && (reorder || window != WINDOW_DEFAULT))
		fprintf(out, "  replay window size: %lld", window);
	fputc('\n', out);
	if (reorder)
		render_ipsec_bitmap(out, SA_INDENT, sa);
	render_ipsec_meter(out, SA_INDENT, sa);
	render_ipsec_diagnosis(out, SA_INDENT, sa);
}

/* AH and IPCOMP have no SAs here: their headings stay, as IOS prints them. */
static void print_sas(FILE *out, const char *direction, const json_t *sas)
{
	const json_t *sa;
	size_t i;

	fprintf(out, "    %s esp sas:\n", direction);
	json_array_foreach(sas, i, sa)
		print_sa(out, sa);
	fprintf(out, "    %s ah sas:\n    %s pcp sas:\n", direction, direction);
}

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
	print_ident(out, "local", json_object_get(b, "local_ident"));
	print_ident(out, "remote", json_object_get(b, "remote_ident"));
	print_peer(out, b);
	fprintf(out, "    PERMIT, flags={%s}\n", render_text_of(b, "flags"));
	print_counters(out, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "    ", b);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	fprintf(out, "    local crypto endpt.: %s, remote crypto endpt.: %s\n",
		render_text_of(b, "local_endpt"), render_text_of(b, "remote_endpt"));
	fprintf(out, "    path mtu %lld, media mtu %lld\n", render_number_of(b, "path_mtu"),
		render_number_of(b, "media_mtu"));
	fprintf(out, "    current outbound spi: %X\n",
		(unsigned)render_number_of(b, "current_outbound_spi"));
	print_sas(out, "inbound", json_object_get(b, "inbound_esp"));
	print_sas(out, "outbound", json_object_get(b, "outbound_esp"));
}

/* `show crypto ipsec sa address`: the SAs alone, each under the address it leads to. */
static void print_by_address(FILE *out, const char *address, const json_t *sas)
{
	const json_t *sa;
	size_t i;

	if (json_array_size(sas))
		fprintf(out, "dest address: %s\n   protocol: ESP\n", address);
	json_array_foreach(sas, i, sa)
		print_sa(out, sa);
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
