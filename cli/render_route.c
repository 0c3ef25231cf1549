/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/net/addr.h"

#include <stdlib.h>
#include <string.h>

struct route {
	const json_t *row;
	uint32_t net;
	uint8_t len;
	uint8_t class_len; /* of the classful network it lies in; 0 for the default route */
};

static uint8_t class_len_of(uint32_t net, uint8_t len)
{
	if (len == 0)
		return 0;
	if (net >> 31 == 0)
		return 8;
	return net >> 30 == 2 ? 16 : 24;
}

static uint32_t class_of(const struct route *r)
{
	return r->class_len ? r->net & ~0u << (32 - r->class_len) : 0;
}

static int compare(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return (int)x->len - (int)y->len;
}

static size_t read_routes(const json_t *rows, struct route *routes)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row) {
		char text[PREFIX_TEXT];
		struct addr net;
		char *slash;

		snprintf(text, sizeof(text), "%s", render_text_of(row, "prefix"));
		slash = strchr(text, '/');
		if (slash)
			*slash++ = '\0';
		if (strcmp(text, "any") == 0)
			net = addr_v4(0);
		else if (addr_parse(&net, text) || net.family != ADDR_V4)
			continue;
		routes[n] = (struct route){.row = row,
					   .net = addr_to_v4(&net),
					   .len = (uint8_t)(slash ? atoi(slash) : 0)};
		routes[n].class_len = class_len_of(routes[n].net, routes[n].len);
		n++;
	}
	qsort(routes, n, sizeof(*routes), compare);
	return n;
}

static void print_dotted(FILE *out, uint32_t net, uint8_t len)
{
	fprintf(out, "%u.%u.%u.%u/%u", net >> 24, net >> 16 & 255, net >> 8 & 255, net & 255, len);
}

/* IOS prints injected routes as static ones; who looks wants to know which go with a tunnel. */
static void print_origin(FILE *out, const json_t *row)
{
	long long tag = render_number_of(row, "tag");

	if (json_is_true(json_object_get(row, "rri")))
		fputs(", reverse-route", out);
	if (tag)
		fprintf(out, " tag %lld", tag);
	fputc('\n', out);
}

static void print_route(FILE *out, const struct route *r, bool subnet)
{
	const char *next_hop = render_text_of(r->row, "next_hop");
	const char *interface = render_text_of(r->row, "interface");

	fprintf(out, "%-6s%s", render_text_of(r->row, "code"), subnet ? "   " : "");
	print_dotted(out, r->net, r->len);
	if (!*next_hop)
		fprintf(out, " is directly connected, %s\n", interface);
	else
		fprintf(out, " [%lld/%lld] via %s%s%s", render_number_of(r->row, "distance"),
			render_number_of(r->row, "metric"), next_hop, *interface ? ", " : "",
			interface);
	if (*next_hop)
		print_origin(out, r->row);
}

static unsigned masks_of(const struct route *group, size_t n)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < n; i++)
		seen |= 1ull << group[i].len;
	return (unsigned)__builtin_popcountll(seen);
}

/* IOS puts the subnets of a classful network under a heading; a whole network stands alone. */
static void print_group(FILE *out, const struct route *group, size_t n)
{
	unsigned masks = masks_of(group, n);
	bool alone = masks == 1 && group[0].len <= group[0].class_len;

	if (!alone) {
		fputs("      ", out);
		print_dotted(out, class_of(&group[0]),
			     masks == 1 ? group[0].len : group[0].class_len);
		if (masks == 1)
			fprintf(out, " is subnetted, %zu subnets\n", n);
		else
			fprintf(out, " is variably subnetted, %zu subnets, %u masks\n", n, masks);
	}
	for (size_t i = 0; i < n; i++)
		print_route(out, &group[i], !alone);
}

static size_t group_len(const struct route *r, size_t n)
{
	size_t i = 1;

	while (i < n && r[i].class_len == r[0].class_len && class_of(&r[i]) == class_of(&r[0]))
		i++;
	return i;
}

/* The layout of IOS 15, its legend reduced to the codes that can appear. */
static void print_ios(FILE *out, const struct route *routes, size_t n, const char *gateway)
{
	fputs("Codes: L - local, C - connected, S - static, * - candidate default\n\n", out);
	if (*gateway)
		fprintf(out, "Gateway of last resort is %s to network 0.0.0.0\n\n", gateway);
	else
		fputs("Gateway of last resort is not set\n\n", out);
	for (size_t i = 0, len; i < n; i += len) {
		len = group_len(&routes[i], n - i);
		print_group(out, &routes[i], len);
	}
}

static void print_quad(FILE *out, uint32_t a)
{
	fprintf(out, " %u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static uint32_t mask_of(const struct route *r)
{
	return r->len ? ~0u << (32 - r->len) : 0;
}

/* show-formats 9: a connected network has our own address as its gateway. */
static void print_pix(FILE *out, const struct render_request *request, const struct route *r)
{
	bool connected = strcmp(render_text_of(r->row, "code"), "C") == 0;
	const char *gateway = render_text_of(r->row, connected ? "address" : "next_hop");

	fputs(render_port_of(request, r->row, "interface"), out);
	print_quad(out, r->net);
	print_quad(out, mask_of(r));
	fprintf(out, " %s %lld %s static\n", *gateway ? gateway : "0.0.0.0",
		connected ? 1 : render_number_of(r->row, "distance"),
		connected ? "CONNECT" : "OTHER");
}

static void print_asa(FILE *out, const struct render_request *request, const struct route *r)
{
	const char *code = render_text_of(r->row, "code");
	const char *next_hop = render_text_of(r->row, "next_hop");
	bool injected = json_is_true(json_object_get(r->row, "rri"));

	fprintf(out, "%-6s", injected ? "V" : code);
	print_quad(out, r->net);
	print_quad(out, mask_of(r));
	if (*next_hop)
		fprintf(out, " [%lld/%lld] via %s, %s\n", render_number_of(r->row, "distance"),
			render_number_of(r->row, "metric"), next_hop,
			render_port_of(request, r->row, "interface"));
	else
		fprintf(out, " is directly connected, %s\n",
			render_port_of(request, r->row, "interface"));
}

static bool is_local(const struct route *r)
{
	return strcmp(render_text_of(r->row, "code"), "L") == 0;
}

void render_route(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *rows = json_object_get(result, "routes");
	const char *gateway = render_text_of(result, "gateway");
	struct route *routes = calloc(json_array_size(rows) + 1, sizeof(*routes));
	size_t n = routes ? read_routes(rows, routes) : 0;

	if (routes && request->dialect == DIALECT_IOS)
		print_ios(out, routes, n, gateway);
	if (request->dialect == DIALECT_ASA)
		fprintf(out,
			"Codes: C - connected, S - static, V - VPN, * - candidate default\n\n"
			"Gateway of last resort is %s%s\n\n",
			*gateway ? gateway : "not set", *gateway ? " to network 0.0.0.0" : "");
	for (size_t i = 0; i < n && request->dialect != DIALECT_IOS; i++) {
		if (is_local(&routes[i]))
			continue;
		if (request->dialect == DIALECT_ASA)
			print_asa(out, request, &routes[i]);
		else
			print_pix(out, request, &routes[i]);
	}
	free(routes);
}
