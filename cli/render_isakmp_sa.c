/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>

static bool is_v6(const json_t *sa)
{
	return strchr(render_text_of(sa, "dst"), ':') != NULL;
}

static void print_v4(FILE *out, const json_t *sa)
{
	fprintf(out, "%-15s %-15s %-14s %7lld %4lld %s\n", render_text_of(sa, "dst"),
		render_text_of(sa, "src"), render_text_of(sa, "state"),
		render_number_of(sa, "conn_id"), render_number_of(sa, "slot"),
		render_text_of(sa, "status"));
}

static void print_v6(FILE *out, const json_t *sa)
{
	fprintf(out, "\n dst: %s\n src: %s\n", render_text_of(sa, "dst"),
		render_text_of(sa, "src"));
	fprintf(out, " state: %-14s  conn-id: %6lld slot: %4lld status: %s\n",
		render_text_of(sa, "state"), render_number_of(sa, "conn_id"),
		render_number_of(sa, "slot"), render_text_of(sa, "status"));
}

static const char *auth_of(const json_t *sa)
{
	const char *auth = render_text_of(sa, "auth");

	if (strncmp(auth, "rsa-sig", 7) == 0)
		return "rsig";
	return strncmp(auth, "rsa-encr", 8) == 0 ? "renc" : auth;
}

/* One letter a capability, as the codes above the table say. */
static const char *capabilities(const json_t *sa, char buf[static 8])
{
	size_t n = 0;

	if (strcmp(render_text_of(sa, "type"), "user") == 0)
		buf[n++] = 'C';
	if (json_is_true(json_object_get(sa, "dpd")))
		buf[n++] = 'D';
	if (*render_text_of(sa, "nat") && strcmp(render_text_of(sa, "nat"), "none") != 0)
		buf[n++] = 'N';
	if (*render_text_of(sa, "user"))
		buf[n++] = 'X';
	buf[n] = '\0';
	return buf;
}

static void print_ios_detail(FILE *out, const json_t *sas)
{
	const json_t *sa;
	char life[32], cap[8];
	size_t i;

	fputs("Codes: C - IKE configuration mode, D - Dead Peer Detection\n"
	      "       K - Keepalives, N - NAT-traversal\n"
	      "       X - IKE Extended Authentication\n"
	      "       psk - Preshared key, rsig - RSA signature\n"
	      "       renc - RSA encryption\n"
	      "IPv4 Crypto ISAKMP SA\n\n"
	      "C-id  Local           Remote          Status Encr    Hash   Auth DH Lifetime "
	      "Cap.\n",
	      out);
	json_array_foreach(sas, i, sa) {
		long long s = render_number_of(sa, "remaining_s");

		snprintf(life, sizeof(life), "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
		fprintf(out, "%-5lld %-15s %-15s ACTIVE %-7s %-6s %-4s %-2lld %-8s %s\n",
			render_number_of(sa, "conn_id"), render_text_of(sa, "local"),
			render_text_of(sa, "remote"), render_text_of(sa, "cipher"),
			render_text_of(sa, "hash"), auth_of(sa), render_number_of(sa, "group"),
			life, capabilities(sa, cap));
		fprintf(out, "       Engine-id:Conn-id =  SW:%lld, state %s%s\n",
			render_number_of(sa, "conn_id"), render_text_of(sa, "state"),
			strcmp(render_text_of(sa, "status"), "ACTIVE") == 0 ? "" : " (deleted)");
	}
}

static bool is_detail(const struct render_request *request)
{
	return json_is_true(json_object_get(request->params, "detail"));
}

/* show-formats 1.2: the 12.4T layout with its slot column. */
static void render_ios(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *sas = json_object_get(result, "sas");
	const json_t *sa;
	size_t i;

	if (is_detail(request)) {
		print_ios_detail(out, sas);
		return;
	}
	fputs("IPv4 Crypto ISAKMP SA\n"
	      "dst             src             state          conn-id slot status\n",
	      out);
	json_array_foreach(sas, i, sa)
		if (!is_v6(sa))
			print_v4(out, sa);
	fputs("\nIPv6 Crypto ISAKMP SA\n", out);
	json_array_foreach(sas, i, sa)
		if (is_v6(sa))
			print_v6(out, sa);
}

/* show-formats 1.3 */
static void render_pix(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *sas = json_object_get(result, "sas"), *sa;
	size_t i, embryonic = 0;

	json_array_foreach(sas, i, sa)
		embryonic += strcmp(render_text_of(sa, "state"), "QM_IDLE") != 0;
	fprintf(out, "Total     : %zu\nEmbryonic : %zu\n", json_array_size(sas), embryonic);
	fputs("        dst               src        state     pending     created\n", out);
	json_array_foreach(sas, i, sa)
		fprintf(out, "%18s %15s %10s %8lld %11lld\n", render_text_of(sa, "dst"),
			render_text_of(sa, "src"), render_text_of(sa, "state"),
			render_number_of(sa, "pending"), render_number_of(sa, "created"));
}

static void print_asa(FILE *out, size_t n, const json_t *sa, bool detail)
{
	fprintf(out, "\n%-3zu IKE Peer: %s\n", n, render_text_of(sa, "remote"));
	fprintf(out, "    Type    : %-15s Role    : %s\n", render_text_of(sa, "type"),
		render_text_of(sa, "role"));
	fprintf(out, "    Rekey   : %-15s State   : %s\n",
		json_is_true(json_object_get(sa, "rekey")) ? "yes" : "no",
		render_text_of(sa, "asa_state"));
	if (!detail || !*render_text_of(sa, "cipher"))
		return;
	fprintf(out, "    Encrypt : %-15s Hash    : %s\n", render_text_of(sa, "cipher"),
		render_text_of(sa, "hash"));
	fprintf(out, "    Auth    : %-15s Lifetime: %lld\n",
		strcmp(render_text_of(sa, "auth"), "psk") == 0 ? "preshared"
							       : render_text_of(sa, "auth"),
		render_number_of(sa, "lifetime_s"));
	fprintf(out, "    Lifetime Remaining: %lld\n", render_number_of(sa, "remaining_s"));
}

/* show-formats 1.4 */
static void render_asa(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *sas = json_object_get(result, "sas"), *sa;
	size_t i, rekey = 0;

	if (json_array_size(sas) == 0) {
		fputs("\nThere are no IKEv1 SAs\n", out);
		return;
	}
	json_array_foreach(sas, i, sa)
		rekey += json_is_true(json_object_get(sa, "rekey"));
	fprintf(out, "\n   Active SA: %zu\n", json_array_size(sas) - rekey);
	fprintf(out,
		"    Rekey SA: %zu (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n",
		rekey);
	fprintf(out, "Total IKE SA: %zu\n", json_array_size(sas));
	json_array_foreach(sas, i, sa)
		print_asa(out, i + 1, sa, is_detail(request));
}

void render_isakmp_sa(FILE *out, const struct render_request *request, const json_t *result)
{
	static const render_fn layouts[DIALECT_COUNT] = {
		[DIALECT_IOS] = render_ios,
		[DIALECT_ASA] = render_asa,
		[DIALECT_PIX] = render_pix,
	};

	layouts[request->dialect](out, request, result);
}
