/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>

struct sum {
	long long in_bytes;
	long long out_bytes;
	size_t active;
	const char *transform;
};

static struct sum sum_of(const json_t *session)
{
	struct sum sum = {.transform = ""};
	const json_t *flow;
	size_t i;

	json_array_foreach(json_object_get(session, "flows"), i, flow) {
		sum.in_bytes += render_number_of(flow, "in_bytes");
		sum.out_bytes += render_number_of(flow, "out_bytes");
		sum.active += render_number_of(flow, "active_sas") != 0;
		if (*render_text_of(flow, "transform"))
			sum.transform = render_text_of(flow, "transform");
	}
	return sum;
}

static bool is_up(const json_t *session)
{
	return strncmp(render_text_of(session, "status"), "UP", 2) == 0;
}

/* The layout of ASA 8.4, the rows that can be there. */
void render_vpn_summary(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *s;
	size_t i, site = 0, client = 0;

	json_array_foreach(json_object_get(result, "sessions"), i, s) {
		if (!is_up(s))
			continue;
		if (strcmp(render_text_of(s, "type"), "user") == 0)
			client++;
		else
			site++;
	}
	fprintf(out,
		"---------------------------------------------------------------------------\n"
		"VPN Session Summary\n"
		"---------------------------------------------------------------------------\n"
		"                               Active\n"
		"                             ----------\n"
		"IKEv1 IPsec Remote Access    : %8zu\n"
		"Site-to-Site VPN             : %8zu\n"
		"---------------------------------------------------------------------------\n"
		"Total Active                 : %8zu\n",
		client, site, client + site);
}

static void print_flows(FILE *out, const json_t *session)
{
	const json_t *flow;
	size_t i;

	json_array_foreach(json_object_get(session, "flows"), i, flow) {
		const json_t *local = json_object_get(flow, "local_ident");
		const json_t *remote = json_object_get(flow, "remote_ident");

		if (!render_number_of(flow, "active_sas"))
			continue;
		fprintf(out, "\nIPsec:\n  Local Addr   : %s/%s/%lld\n  Remote Addr  : %s/%s/%lld\n",
			render_text_of(local, "addr"), render_text_of(local, "mask"),
			render_number_of(flow, "protocol"), render_text_of(remote, "addr"),
			render_text_of(remote, "mask"), render_number_of(flow, "protocol"));
		fprintf(out, "  Encryption   : %s\n", render_text_of(flow, "transform"));
		fprintf(out, "  Rekey Left(T): %lld Seconds\n  Rekey Left(D): %lld K-Bytes\n",
			render_number_of(flow, "remaining_s"), render_number_of(flow, "out_kb"));
		fprintf(out, "  Bytes Tx     : %-20lld Bytes Rx     : %lld\n",
			render_number_of(flow, "out_bytes"), render_number_of(flow, "in_bytes"));
		fprintf(out, "  Pkts Tx      : %-20lld Pkts Rx      : %lld\n",
			render_number_of(flow, "out_packets"),
			render_number_of(flow, "in_packets"));
	}
}

static void print_session(FILE *out, const json_t *s, size_t index)
{
	struct sum sum = sum_of(s);
	long long up = render_number_of(s, "uptime_s");
	const char *user = render_text_of(s, "user"), *address = render_text_of(s, "address");

	if (strcmp(render_text_of(s, "type"), "user") == 0)
		fprintf(out, "\nUsername     : %-20s Index        : %zu\n", user, index);
	else
		fprintf(out, "\nConnection   : %-20s Index        : %zu\n",
			render_text_of(s, "peer"), index);
	if (*address)
		fprintf(out, "Assigned IP  : %-20s Public IP    : %s\n", address,
			render_text_of(s, "peer"));
	else
		fprintf(out, "IP Addr      : %s\n", render_text_of(s, "peer"));
	fprintf(out, "Protocol     : IKEv1%s\n", sum.active ? " IPsec" : "");
	fprintf(out, "Encryption   : IKEv1: %s  IPsec: %s\nHashing      : IKEv1: %s\n",
		render_text_of(s, "ike_cipher"), sum.transform, render_text_of(s, "ike_hash"));
	fprintf(out, "Bytes Tx     : %-20lld Bytes Rx     : %lld\n", sum.out_bytes, sum.in_bytes);
	if (*render_text_of(s, "group"))
		fprintf(out, "Tunnel Group : %s\n", render_text_of(s, "group"));
	fprintf(out, "Duration     : %lldh:%02lldm:%02llds\n", up / 3600, up / 60 % 60, up % 60);
}

static const char *title_of(const struct render_request *request)
{
	const char *type = render_text_of(request->params, "type");

	if (!*type)
		return "All";
	return strcmp(type, "user") == 0 ? "IKEv1 IPsec Remote Access" : "LAN-to-LAN";
}

void render_vpn_sessions(FILE *out, const struct render_request *request, const json_t *result)
{
	bool detail = json_is_true(json_object_get(request->params, "detail"));
	const json_t *s;
	size_t i, n = 0;

	fprintf(out, "\nSession Type: %s%s\n", title_of(request), detail ? " Detailed" : "");
	json_array_foreach(json_object_get(result, "sessions"), i, s) {
		if (!is_up(s))
			continue;
		print_session(out, s, ++n);
		if (detail)
			print_flows(out, s);
	}
	if (n == 0)
		fputs("INFO: There are presently no active sessions\n", out);
}
