/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fields of `show crypto ipsec sa`: a row a line, with what it is called by IOS, by an ASA and
 * by a PIX (show-formats 3, 4 and 5).
 */
#include "cli/render_ipsec.h"
#include "cli/render_lines.h"
#include "lib/base/compat.h"

enum {
	WINDOW_DEFAULT = 64,
};

// clang-format off
#define IDENT "ident (addr/mask/prot/port): (<$addr>/<$mask>/<prot>/<port>)"

static const struct render_line local_ident[] = {
	{{"  local " IDENT,
	  "      local " IDENT,
	  "   local  " IDENT}, NULL},
};

static const struct render_line remote_ident[] = {
	{{"  remote " IDENT,
	  "      remote " IDENT,
	  "   remote " IDENT}, NULL},
};

/* On an ASA every packet that went out as it was counts as not compressed. */
static const struct render_line counters[] = {
	{{"    #pkts encaps: <encaps>, #pkts encrypt: <encrypt>, #pkts digest <digest>",
	  "      #pkts encaps: <encaps>, #pkts encrypt: <encrypt>, #pkts digest: <digest>",
	  "    #pkts encaps: <encaps>, #pkts encrypt: <encrypt>, #pkts digest <digest>"}, NULL},
	{{"    #pkts decaps: <decaps>, #pkts decrypt: <decrypt>, #pkts verify <verify>",
	  "      #pkts decaps: <decaps>, #pkts decrypt: <decrypt>, #pkts verify: <verify>",
	  "    #pkts decaps: <decaps>, #pkts decrypt: <decrypt>, #pkts verify <verify>"}, NULL},
	{{"    #pkts compressed: <compressed>, #pkts decompressed: <decompressed>",
	  "      #pkts compressed: <compressed>, #pkts decompressed: <decompressed>",
	  "    #pkts compressed: <compressed>, #pkts decompressed: <decompressed>"}, NULL},
	{{"    #pkts not compressed: <not_compressed>, #pkts compr. failed: <compr_failed>,",
	  "      #pkts not compressed: <encaps-compressed>, #pkts comp failed: <compr_failed>, "
	  "#pkts decomp failed: <decompress_failed>",
	  "    #pkts not compressed: <not_compressed>, #pkts compr. failed: <compr_failed>, "
	  "#pkts decompress failed: <decompress_failed>"}, NULL},
	{{NULL,
	  "      #pre-frag successes: <pre_frag>, #pre-frag failures: <pre_frag_failed>, "
	  "#fragments created: <fragments>",
	  NULL}, NULL},
	{{NULL,
	  "      #PMTUs sent: <pmtus_sent>, #PMTUs rcvd: <pmtus_rcvd>, "
	  "#decapsulated frgs needing reassembly: <frags_needing_reassembly>",
	  NULL}, NULL},
	{{"    #pkts decompress failed: <decompress_failed>, #send errors <send_errors>, "
	  "#recv errors <recv_errors>",
	  "      #send errors: <send_errors>, #recv errors: <recv_errors>",
	  "    #send errors <send_errors>, #recv errors <recv_errors>"}, NULL},
};

static const struct render_line ends[] = {
	{{"    local crypto endpt.: <$local_endpt>, remote crypto endpt.: <$remote_endpt>",
	  "      local crypto endpt.: <$local_endpt>/<local_endpt_port>, "
	  "remote crypto endpt.: <$remote_endpt>/<remote_endpt_port>",
	  "     local crypto endpt.: <$local_endpt>, remote crypto endpt.: <$remote_endpt>"}, NULL},
	{{"    path mtu <path_mtu>, media mtu <media_mtu>",
	  "      path mtu <path_mtu>, ipsec overhead <overhead>, media mtu <media_mtu>",
	  "     path mtu <path_mtu>, ipsec overhead <overhead>, media mtu <media_mtu>"}, NULL},
	{{"    current outbound spi: <current_outbound_spi%X>",
	  "      current outbound spi: <current_outbound_spi%08X>",
	  "     current outbound spi: <current_outbound_spi%x>"}, NULL},
	{{NULL,
	  "      current inbound spi : <current_inbound_spi%08X>",
	  NULL}, NULL},
};

#define NAT_T "<nat_t?NAT-T-Encaps, :>"

static const struct render_line sa_lines[] = {
	{{"      spi: 0x<spi%X>(<spi>)",
	  "      spi: 0x<spi%08X> (<spi>)",
	  "      spi: 0x<spi%x>(<spi>)"}, NULL},
	{{"        transform: <$transform> ,",
	  "         transform: <$transform> no compression",
	  "        transform: <$transform> ,"}, NULL},
	{{"        in use settings ={<$settings>}",
	  "         in use settings ={<$type>, <transport?Transport:Tunnel>, " NAT_T "}",
	  "        in use settings ={<$settings>}"}, NULL},
	{{"        parallel: <$lane>",
	  "         parallel: <$lane>",
	  "        parallel: <$lane>"}, "lane"},
	{{"        slot: <slot>, conn id: <conn_id>, flow_id: <flow_id>, crypto map: <$map>",
	  "         slot: <slot>, conn_id: <pair_conn_id>, crypto-map: <$map>",
	  "        slot: <slot>, conn id: <conn_id>, crypto map: <$map>"}, NULL},
	{{"        sa timing: remaining key lifetime (k/sec): (<remaining_kb>/<remaining_s>)",
	  "         sa timing: remaining key lifetime (kB/sec): (<remaining_kb>/<remaining_s>)",
	  "        sa timing: remaining key lifetime (k/sec): (<remaining_kb>/<remaining_s>)"},
	 NULL},
	{{"        IV size: <iv_bytes> bytes",
	  "         IV size: <iv_bytes> bytes",
	  "        IV size: <iv_bytes> bytes"}, NULL},
	{{NULL,
	  "         replay detection support: <replay?Y:N>",
	  "        replay detection support: <replay?Y:N>"}, NULL},
};

/* IOS names the size where it can be set; the default goes without, as in the sample. */
static const struct render_line replay_line[] = {
	{{"        replay detection support: <replay?Y:N>"}, NULL},
};
static const struct render_line replay_window_line[] = {
	{{"        replay detection support: <replay?Y:N>  replay window size: <replay_window>"},
	 NULL},
};
// clang-format on

static const char *const indents[DIALECT_COUNT] = {
	[DIALECT_IOS] = "        ",
	[DIALECT_ASA] = "         ",
	[DIALECT_PIX] = "        ",
};

#define PRINT(table, object) render_lines_print(out, table, array_len(table), dialect, object)

void render_ipsec_idents(FILE *out, enum dialect dialect, const json_t *block)
{
	PRINT(local_ident, json_object_get(block, "local_ident"));
	PRINT(remote_ident, json_object_get(block, "remote_ident"));
}

void render_ipsec_counters(FILE *out, enum dialect dialect, const json_t *block)
{
	PRINT(counters, block);
}

void render_ipsec_ends(FILE *out, enum dialect dialect, const json_t *block)
{
	PRINT(ends, block);
}

static void print_ios_replay(FILE *out, const json_t *sa)
{
	const enum dialect dialect = DIALECT_IOS;
	const json_t *meter = json_object_get(sa, "reorder");
	long long window = render_number_of(sa, "replay_window");

	if (window && (meter || window != WINDOW_DEFAULT))
		PRINT(replay_window_line, sa);
	else
		PRINT(replay_line, sa);
}

void render_ipsec_one(FILE *out, enum dialect dialect, const json_t *sa)
{
	const bool has_meter = json_object_get(sa, "reorder") != NULL;

	PRINT(sa_lines, sa);
	if (dialect == DIALECT_IOS)
		print_ios_replay(out, sa);
	if (dialect == DIALECT_ASA || (dialect == DIALECT_IOS && has_meter))
		render_ipsec_bitmap(out, indents[dialect], sa);
	render_ipsec_meter(out, indents[dialect], sa);
	render_ipsec_diagnosis(out, indents[dialect], sa);
}

/* AH and IPCOMP have no SAs here: their headings stay, as IOS prints them. */
void render_ipsec_list(FILE *out, enum dialect dialect, const char *direction, const json_t *sas)
{
	const char *indent = dialect == DIALECT_PIX ? "     " : "    ";
	const json_t *sa;
	size_t i;

	fprintf(out, "%s%s esp sas:\n", indent, direction);
	json_array_foreach(sas, i, sa)
		render_ipsec_one(out, dialect, sa);
	if (dialect != DIALECT_ASA)
		fprintf(out, "%s%s ah sas:\n%s%s pcp sas:\n", indent, direction, indent, direction);
}
