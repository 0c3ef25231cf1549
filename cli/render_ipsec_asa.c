/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/acl_text.h"
#include "cli/render_ipsec.h"

#include <string.h>

#define SA_INDENT "         "

static void print_ident(FILE *out, const char *side, const json_t *ident)
{
	fprintf(out, "      %s ident (addr/mask/prot/port): (%s/%s/%lld/%lld)\n", side,
		render_text_of(ident, "addr"), render_text_of(ident, "mask"),
		render_number_of(ident, "prot"), render_number_of(ident, "port"));
}

/* As on the box every packet that went out as it was counts as not compressed. */
static void print_counters(FILE *out, const json_t *b)
{
	fprintf(out, "      #pkts encaps: %lld, #pkts encrypt: %lld, #pkts digest: %lld\n",
		render_number_of(b, "encaps"), render_number_of(b, "encrypt"),
		render_number_of(b, "digest"));
	fprintf(out, "      #pkts decaps: %lld, #pkts decrypt: %lld, #pkts verify: %lld\n",
		render_number_of(b, "decaps"), render_number_of(b, "decrypt"),
		render_number_of(b, "verify"));
	fprintf(out, "      #pkts compressed: %lld, #pkts decompressed: %lld\n",
		render_number_of(b, "compressed"), render_number_of(b, "decompressed"));
	fprintf(out,
		"      #pkts not compressed: %lld, #pkts comp failed: %lld, "
		"#pkts decomp failed: %lld\n",
		render_number_of(b, "encaps") - render_number_of(b, "compressed"),
		render_number_of(b, "compr_failed"), render_number_of(b, "decompress_failed"));
	fprintf(out,
		"      #pre-frag successes: %lld, #pre-frag failures: %lld, "
		"#fragments created: %lld\n",
		render_number_of(b, "pre_frag"), render_number_of(b, "pre_frag_failed"),
		render_number_of(b, "fragments"));
	fprintf(out,
		"      #PMTUs sent: %lld, #PMTUs rcvd: %lld, "
		"#decapsulated frgs needing reassembly: %lld\n",
		render_number_of(b, "pmtus_sent"), render_number_of(b, "pmtus_rcvd"),
		render_number_of(b, "frags_needing_reassembly"));
	fprintf(out, "      #send errors: %lld, #recv errors: %lld\n",
		render_number_of(b, "send_errors"), render_number_of(b, "recv_errors"));
}

static void print_sa(FILE *out, const json_t *sa)
{
	unsigned spi = (unsigned)render_number_of(sa, "spi");
	bool nat_t = json_is_true(json_object_get(sa, "nat_t"));
	bool transport = json_is_true(json_object_get(sa, "transport"));

	fprintf(out, "      spi: 0x%08X (%u)\n", spi, spi);
	fprintf(out, SA_INDENT "transform: %s no compression\n", render_text_of(sa, "transform"));
	fprintf(out, SA_INDENT "in use settings ={%s, %s, %s}\n", render_text_of(sa, "type"),
		transport ? "Transport" : "Tunnel", nat_t ? "NAT-T-Encaps, " : "");
	if (*render_text_of(sa, "lane"))
		fprintf(out, SA_INDENT "parallel: %s\n", render_text_of(sa, "lane"));
	fprintf(out, SA_INDENT "slot: %lld, conn_id: %lld, crypto-map: %s\n",
		render_number_of(sa, "slot"), render_number_of(sa, "pair_conn_id"),
		render_text_of(sa, "map"));
	fprintf(out, SA_INDENT "sa timing: remaining key lifetime (kB/sec): (%lld/%lld)\n",
		render_number_of(sa, "remaining_kb"), render_number_of(sa, "remaining_s"));
	fprintf(out, SA_INDENT "IV size: %lld bytes\n", render_number_of(sa, "iv_bytes"));
	fprintf(out, SA_INDENT "replay detection support: %c\n",
		json_is_true(json_object_get(sa, "replay")) ? 'Y' : 'N');
	render_ipsec_bitmap(out, SA_INDENT, sa);
	render_ipsec_meter(out, SA_INDENT, sa);
	render_ipsec_diagnosis(out, SA_INDENT, sa);
}

static void print_sas(FILE *out, const char *direction, const json_t *sas)
{
	const json_t *sa;
	size_t i;

	fprintf(out, "    %s esp sas:\n", direction);
	json_array_foreach(sas, i, sa)
		print_sa(out, sa);
}

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

static void print_state(FILE *out, const json_t *b)
{
	fprintf(out, "      local crypto endpt.: %s/%lld, remote crypto endpt.: %s/%lld\n",
		render_text_of(b, "local_endpt"), render_number_of(b, "local_endpt_port"),
		render_text_of(b, "remote_endpt"), render_number_of(b, "remote_endpt_port"));
	fprintf(out, "      path mtu %lld, ipsec overhead %lld, media mtu %lld\n",
		render_number_of(b, "path_mtu"), render_number_of(b, "overhead"),
		render_number_of(b, "media_mtu"));
	fprintf(out, "      current outbound spi: %08X\n      current inbound spi : %08X\n",
		(unsigned)render_number_of(b, "current_outbound_spi"),
		(unsigned)render_number_of(b, "current_inbound_spi"));
}

static void print_block(FILE *out, const struct render_request *request, const json_t *interface,
			const json_t *b)
{
	const char *client = render_text_of(b, "client_address");

	fprintf(out, "    Crypto map tag: %s, seq num: %lld, local addr: %s\n\n",
		render_text_of(interface, "map"), render_number_of(b, "sequence"),
		render_text_of(interface, "local_addr"));
	print_line(out, b);
	print_ident(out, "local", json_object_get(b, "local_ident"));
	print_ident(out, "remote", json_object_get(b, "remote_ident"));
	fprintf(out, "      current_peer: %s\n", render_text_of(b, "current_peer"));
	if (*client)
		fprintf(out, "      dynamic allocated peer ip: %s\n", client);
	fputc('\n', out);
	print_counters(out, b);
	if (render_ipsec_is_detail(request))
		render_ipsec_errors(out, "      ", b);
	fputc('\n', out);
	if (strcmp(render_text_of(request->params, "view"), "identity") == 0)
		return;
	print_state(out, b);
	fputc('\n', out);
	print_sas(out, "inbound", json_object_get(b, "inbound_esp"));
	print_sas(out, "outbound", json_object_get(b, "outbound_esp"));
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
