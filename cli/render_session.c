/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <string.h>

static void print_uptime(FILE *out, const char *label, long long s)
{
	fprintf(out, "%s%02lld:%02lld:%02lld\n", label, s / 3600, s / 60 % 60, s % 60);
}

static void print_ike(FILE *out, const json_t *sa, bool detail)
{
	const char *dpd = json_is_true(json_object_get(sa, "dpd")) ? "D" : "";
	const char *nat = render_text_of(sa, "nat");

	fprintf(out, "  IKE%s SA: local %s/%lld remote %s/%lld %s\n", detail ? "v1" : "",
		render_text_of(sa, "local"), render_number_of(sa, "local_port"),
		render_text_of(sa, "remote"), render_number_of(sa, "remote_port"),
		json_is_true(json_object_get(sa, "up")) ? "Active" : "Inactive");
	if (detail) {
		fprintf(out, "          Capabilities:%s%s%s connid:%lld",
			*dpd || *nat ? "" : "(none)", dpd, nat, render_number_of(sa, "conn_id"));
		print_uptime(out, " lifetime:", render_number_of(sa, "remaining_s"));
	}
}

static const char *protocol_name(const json_t *flow, char buf[static 8])
{
	long long protocol = render_number_of(flow, "protocol");

	if (protocol == 0)
		return "ip";
	if (protocol == 1)
		return "icmp";
	if (protocol == 6 || protocol == 17)
		return protocol == 6 ? "tcp" : "udp";
	snprintf(buf, 8, "%lld", protocol);
	return buf;
}

static void print_flow(FILE *out, const json_t *f, bool detail)
{
	const json_t *local = json_object_get(f, "local_ident");
	const json_t *remote = json_object_get(f, "remote_ident");
	char buf[8];

	fprintf(out, "  IPSEC FLOW: permit %s %s/%s %s/%s\n", protocol_name(f, buf),
		render_text_of(local, "addr"), render_text_of(local, "mask"),
		render_text_of(remote, "addr"), render_text_of(remote, "mask"));
	fprintf(out, "        Active SAs: %lld, origin: %s\n", render_number_of(f, "active_sas"),
		render_text_of(f, "origin"));
	if (!detail)
		return;
	fprintf(out, "        Inbound:  #pkts dec'ed %lld drop %lld life (KB/Sec) %lld/%lld\n",
		render_number_of(f, "in_packets"), render_number_of(f, "in_drops"),
		render_number_of(f, "in_kb"), render_number_of(f, "remaining_s"));
	fprintf(out, "        Outbound: #pkts enc'ed %lld drop %lld life (KB/Sec) %lld/%lld\n",
		render_number_of(f, "out_packets"), render_number_of(f, "out_drops"),
		render_number_of(f, "out_kb"), render_number_of(f, "remaining_s"));
}

static void print_who(FILE *out, const json_t *s)
{
	if (*render_text_of(s, "user"))
		fprintf(out, "Username: %s\n", render_text_of(s, "user"));
	if (*render_text_of(s, "group"))
		fprintf(out, "Group: %s\n", render_text_of(s, "group"));
	if (*render_text_of(s, "address"))
		fprintf(out, "Assigned address: %s\n", render_text_of(s, "address"));
}

static void print_session(FILE *out, const struct render_request *request, const json_t *s)
{
	bool detail = json_is_true(json_object_get(request->params, "detail"));
	const json_t *row;
	size_t i;

	fprintf(out, "\nInterface: %s\n", render_port_of(request, s, "interface"));
	print_who(out, s);
	if (detail)
		print_uptime(out, "Uptime: ", render_number_of(s, "uptime_s"));
	fprintf(out, "Session status: %s\nPeer: %s port %lld%s\n", render_text_of(s, "status"),
		render_text_of(s, "peer"), render_number_of(s, "port"),
		detail ? " fvrf: (none) ivrf: (none)" : "");
	json_array_foreach(json_object_get(s, "ike"), i, row)
		print_ike(out, row, detail);
	json_array_foreach(json_object_get(s, "flows"), i, row)
		print_flow(out, row, detail);
}

static const char *code_of(const json_t *s)
{
	static const struct {
		const char *status;
		const char *code;
	} codes[] = {{"UP-ACTIVE", "UA"},
		     {"UP-NO-IKE", "UN"},
		     {"UP-IDLE", "UI"},
		     {"DOWN-NEGOTIATING", "DN"}};

	for (size_t i = 0; i < array_len(codes); i++)
		if (strcmp(codes[i].status, render_text_of(s, "status")) == 0)
			return codes[i].code;
	return "D";
}

static void print_brief(FILE *out, const struct render_request *request, const json_t *sessions)
{
	const json_t *s;
	size_t i;

	fputs("Status: UA- Up-Active, UI- Up-Idle, UN- Up-No-IKE, DN- Down-Negotiating, D- Down\n"
	      "\n"
	      "Peer            I/F                  Username         Group            Uptime    "
	      "Status\n",
	      out);
	json_array_foreach(sessions, i, s) {
		long long up = render_number_of(s, "uptime_s");

		fprintf(out, "%-15s %-20s %-16s %-16s %02lld:%02lld:%02lld  %s\n",
			render_text_of(s, "peer"), render_port_of(request, s, "interface"),
			render_text_of(s, "user"), render_text_of(s, "group"), up / 3600,
			up / 60 % 60, up % 60, code_of(s));
	}
}

/* The layout of IOS 12.4. */
void render_session(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *sessions = json_object_get(result, "sessions"), *s;
	size_t i;

	if (strcmp(render_text_of(request->params, "view"), "brief") == 0) {
		print_brief(out, request, sessions);
		return;
	}
	fputs("Crypto session current status\n", out);
	if (json_is_true(json_object_get(request->params, "detail")))
		fputs("\nCode: C - IKE Configuration mode, D - Dead Peer Detection\n"
		      "K - Keepalives, N - NAT-traversal, X - IKE Extended Authentication\n",
		      out);
	json_array_foreach(sessions, i, s)
		print_session(out, request, s);
}

/* The layout of IOS, of peers that IKE speaks with. */
void render_isakmp_peers(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *s, *ike;
	size_t i;

	json_array_foreach(json_object_get(result, "sessions"), i, s) {
		ike = json_array_get(json_object_get(s, "ike"), 0);
		if (!ike)
			continue;
		fprintf(out, "Peer: %s Port: %lld Local: %s\n", render_text_of(s, "peer"),
			render_number_of(ike, "remote_port"), render_text_of(ike, "local"));
		if (*render_text_of(s, "group"))
			fprintf(out, " Phase1 id: %s\n", render_text_of(s, "group"));
	}
}
