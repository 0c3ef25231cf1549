/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>

/* The histograms of show.ipsec_sa (lib/rpc/rpc_schema.h). */
enum {
	BUCKETS = 16,
	LATE_FIRST = 6,
	AGES = 8,
	HALF_BITMAP = 8, /* hexadecimal digits */
	WINDOW_DEFAULT = 64,
	IKE_PORT = 500,
};

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

/* "1", "2-3", "4-7": what bucket i of a histogram of distances holds; the last has no end. */
static const char *distance_range(unsigned i, char *buf, size_t size)
{
	unsigned long long low = 1ull << i;

	if (i == 0)
		snprintf(buf, size, "1");
	else if (i == LATE_FIRST + BUCKETS - 1)
		snprintf(buf, size, "%llu or more", low);
	else
		snprintf(buf, size, "%llu-%llu", low, 2 * low - 1);
	return buf;
}

static const char *age_range(unsigned i, char *buf, size_t size)
{
	static const char *const ranges[] = {"< 1 ms",	 "< 4 ms",    "< 16 ms",   "< 64 ms",
					     "< 256 ms", "< 1024 ms", "< 4096 ms", "later"};

	snprintf(buf, size, "%s", i < sizeof(ranges) / sizeof(ranges[0]) ? ranges[i] : "");
	return buf;
}

static long long bucket(const json_t *reorder, const char *name, unsigned i)
{
	return json_integer_value(json_array_get(json_object_get(reorder, name), i));
}

/* Rows of a histogram in which anything was counted. */
static void print_reorder(FILE *out, const json_t *r)
{
	char range[48];

	fprintf(out, "        reorder distance         accepted        late        seen\n");
	for (unsigned i = 0; i < LATE_FIRST + BUCKETS; i++) {
		long long accepted = bucket(r, "accepted", i), seen = bucket(r, "seen", i);
		long long late = i < LATE_FIRST ? 0 : bucket(r, "late", i - LATE_FIRST);

		if (accepted || late || seen)
			fprintf(out, "          %-20s %10lld  %10lld  %10lld\n",
				distance_range(i, range, sizeof(range)), accepted, late, seen);
	}
	fprintf(out, "        how long after                           late        seen\n");
	for (unsigned i = 0; i < AGES; i++) {
		long long late = bucket(r, "late_after", i), seen = bucket(r, "seen_after", i);

		if (late || seen)
			fprintf(out, "          %-20s             %10lld  %10lld\n",
				age_range(i, range, sizeof(range)), late, seen);
	}
}

static void print_detail(FILE *out, const json_t *sa, const json_t *r)
{
	const char *bitmap = render_text_of(sa, "bitmap");

	fprintf(out, "        Anti replay bitmap:\n          0x%.8s 0x%s\n", bitmap,
		strlen(bitmap) > HALF_BITMAP ? bitmap + HALF_BITMAP : "");
	fprintf(out, "        highest sequence number: %lld\n", render_number_of(sa, "seq"));
	fprintf(out, "        #pkts reordered, farthest: %lld below the highest\n",
		render_number_of(r, "most"));
	fprintf(out,
		"        #pkts replay late: %lld (verified %lld, forged %lld, not checked %lld), "
		"farthest: %lld\n",
		render_number_of(sa, "replay_late"), render_number_of(r, "late_verified"),
		render_number_of(r, "late_forged"), render_number_of(r, "late_unchecked"),
		render_number_of(r, "late_most"));
	fprintf(out, "        #pkts replay seen: %lld, #pkts replay rollover (rcv): %lld\n",
		render_number_of(sa, "replay_seen"), render_number_of(r, "rollover"));
	fprintf(out,
		"        #pkts verify failed: %lld, #pkts invalid identity (recv): %lld, "
		"#pkts decaps failed (rcv): %lld\n",
		render_number_of(sa, "auth_failed"), render_number_of(sa, "policy_failed"),
		render_number_of(sa, "other_failed"));
	print_reorder(out, r);
}

static void print_diagnosis(FILE *out, const json_t *sa)
{
	const json_t *text;
	size_t i;

	json_array_foreach(json_object_get(sa, "diagnosis"), i, text)
		fprintf(out, "        %s\n", json_string_value(text));
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
		print_detail(out, sa, reorder);
	print_diagnosis(out, sa);
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

static void print_block(FILE *out, const json_t *b)
{
	print_ident(out, "local", json_object_get(b, "local_ident"));
	print_ident(out, "remote", json_object_get(b, "remote_ident"));
	print_peer(out, b);
	fprintf(out, "    PERMIT, flags={%s}\n", render_text_of(b, "flags"));
	print_counters(out, b);
	fprintf(out, "    local crypto endpt.: %s, remote crypto endpt.: %s\n",
		render_text_of(b, "local_endpt"), render_text_of(b, "remote_endpt"));
	fprintf(out, "    path mtu %lld, media mtu %lld\n", render_number_of(b, "path_mtu"),
		render_number_of(b, "media_mtu"));
	fprintf(out, "    current outbound spi: %X\n",
		(unsigned)render_number_of(b, "current_outbound_spi"));
	print_sas(out, "inbound", json_object_get(b, "inbound_esp"));
	print_sas(out, "outbound", json_object_get(b, "outbound_esp"));
}

/* show-formats 3: the layout of the original sample, one block an access list line. */
void render_ipsec_sa(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *interface, *block;
	size_t i, j;

	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		fprintf(out, "interface: %s\n", render_text_of(interface, "interface"));
		fprintf(out, "  Crypto map tag: %s, local addr. %s\n",
			render_text_of(interface, "map"), render_text_of(interface, "local_addr"));
		json_array_foreach(json_object_get(interface, "blocks"), j, block)
			print_block(out, block);
	}
}
