/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_ipsec.h"

#include <string.h>

#define SA_INDENT "        "

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
	fprintf(out,
		"    #pkts not compressed: %lld, #pkts compr. failed: %lld, "
		"#pkts decompress failed: %lld\n",
		render_number_of(b, "not_compressed"), render_number_of(b, "compr_failed"),
		render_number_of(b, "decompress_failed"));
	fprintf(out, "    #send errors %lld, #recv errors %lld\n",
		render_number_of(b, "send_errors"), render_number_of(b, "recv_errors"));
}

static void print_sa(FILE *out, const json_t *sa)
{
	unsigned spi = (unsigned)render_number_of(sa, "spi");

	fprintf(out, "      spi: 0x%x(%u)\n", spi, spi);
	fprintf(out, SA_INDENT "transform: %s ,\n", render_text_of(sa, "transform"));
	fprintf(out, SA_INDENT "in use settings ={%s}\n", render_text_of(sa, "settings"));
	if (*render_text_of(sa, "lane"))
		fprintf(out, SA_INDENT "parallel: %s\n", render_text_of(sa, "lane"));
	fprintf(out, SA_INDENT "slot: %lld, conn id: %lld, crypto map: %s\n",
		render_number_of(sa, "slot"), render_number_of(sa, "conn_id"),
		render_text_of(sa, "map"));
	fprintf(out, SA_INDENT "sa timing: remaining key lifetime (k/sec): (%lld/%lld)\n",
		render_number_of(sa, "remaining_kb"), render_number_of(sa, "remaining_s"));
	fprintf(out, SA_INDENT "IV size: %lld bytes\n", render_number_of(sa, "iv_bytes"));
	fprintf(out, SA_INDENT "replay detection support: %c\n",
		json_is_true(json_object_get(sa, "replay")) ? 'Y' : 'N');
	render_ipsec_meter(out, SA_INDENT, sa);
	render_ipsec_diagnosis(out, SA_INDENT, sa);
}

static void print_sas(FILE *out, const char *direction, const json_t *sas)
{
	const json_t *sa;
	size_t i;

	fprintf(out, "     %s esp sas:\n", direction);
	json_array_foreach(sas, i, sa)
		print_sa(out, sa);
	fprintf(out, "     %s ah sas:\n     %s pcp sas:\n", direction, direction);
}

static void print_ident(FILE *out, const char *side, const json_t *ident)
{
	fprintf(out, "   %s ident (addr/mask/prot/port): (%s/%s/%lld/%lld)\n", side,
		render_text_of(ident, "addr"), render_text_of(ident, "mask"),
		render_number_of(ident, "prot"), render_number_of(ident, "port"));
}

static void print_block(FILE *out, const struct render_request *request, const json_t *b)
{
	const char *client = render_text_of(b, "client_address");

	print_ident(out, "local ", json_object_get(b, "local_ident"));
	print_ident(out, "remote", json_object_get(b, "remote_ident"));
	fprintf(out, "   current_peer: %s\n", render_text_of(b, "current_peer"));
	if (*client)
		fprintf(out, "   dynamic allocated peer ip: %s\n", client);
	fprintf(out, "     PERMIT, flags={%s}\n", render_text_of(b, "flags"));
	print_counters(out, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "    ", b);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	fprintf(out, "     local crypto endpt.: %s, remote crypto endpt.: %s\n",
		render_text_of(b, "local_endpt"), render_text_of(b, "remote_endpt"));
	fprintf(out, "     path mtu %lld, ipsec overhead %lld, media mtu %lld\n",
		render_number_of(b, "path_mtu"), render_number_of(b, "overhead"),
		render_number_of(b, "media_mtu"));
	fprintf(out, "     current outbound spi: %x\n",
		(unsigned)render_number_of(b, "current_outbound_spi"));
	print_sas(out, "inbound", json_object_get(b, "inbound_esp"));
	print_sas(out, "outbound", json_object_get(b, "outbound_esp"));
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
