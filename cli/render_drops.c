/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <string.h>

// clang-format off
/* Where an ASA has a name for the reason (hostile 3.0.1); others are shown with ours. */
static const struct {
	const char *name;
	const char *asp;
	const char *text;
} asp[] = {
	{"sa.expired",       "vpn-context-expired",  "Expired VPN context"},
	{"esp.no_sa",        "np-sp-invalid-spi",    "Invalid SPI"},
	{"esp.endpoint",     "bad-ipsec-prot",       "Bad IPSec SPI in packet"},
	{"esp.policy",       "ipsec-spoof",          "IPSec spoof detected"},
	{"policy.clear",     "ipsec-clearpkt-notun", "Clear packet where a tunnel is required"},
	{"acl.in",           "acl-drop",             "Flow is denied by configured rule"},
	{"policy.no_sa",     "ipsec-need-sa",        "IPSec SA not negotiated yet"},
	{"esp.sa_state",     "ipsec-tun-down",       "IPSEC tunnel is down"},
	{"natt.keepalive",   "natt-keepalive",       "NAT-T keepalive message"},
	{"natt.marker",      "bad-ipsec-natt",       "Bad IPSEC NAT-T packet"},
	{"ip.header",        "invalid-ip-header",    "Invalid IP header"},
	{"ip.option",        "invalid-ip-option",    "IP option drop"},
	{"ip.v6",            "unsupported-ip-version", "Unsupported IP version"},
	{"punt.rate",        "punt-rate-limit",      "Punt rate limit exceeded"},
	{"punt.full",        "punt-queue-limit",     "Punt queue limit exceeded"},
	{"buffer.none",      "punt-no-mem",          "No packet buffer"},
	{"crypto.failed",    "send-ctm-error",       "Crypto engine refused the packet"},
	{"if.down",          "interface-down",       "Interface is down"},
	{"route.none",       "no-route",             "No route to host"},
	{"arp.unresolved",   "no-adjacency",         "No valid adjacency"},
};
// clang-format on

static size_t asp_row(const json_t *drop)
{
	size_t i = 0;

	while (i < array_len(asp) && strcmp(asp[i].name, render_text_of(drop, "name")) != 0)
		i++;
	return i;
}

static const char *asp_name(const json_t *drop)
{
	size_t i = asp_row(drop);

	return i < array_len(asp) ? asp[i].asp : render_text_of(drop, "name");
}

static const char *asp_text(const json_t *drop)
{
	size_t i = asp_row(drop);

	return i < array_len(asp) ? asp[i].text : render_text_of(drop, "text");
}

/* Ours: only the reasons that happened, in the order of drop_reasons.def. */
void render_drops(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *drop;
	size_t i;

	fprintf(out, "%-28s %12s  %s\n", "Reason", "Packets", "Meaning");
	json_array_foreach(json_object_get(result, "drops"), i, drop)
		if (render_number_of(drop, "count"))
			fprintf(out, "%-28s %12lld  %s\n", render_text_of(drop, "name"),
				render_number_of(drop, "count"), render_text_of(drop, "text"));
	fprintf(out, "%-28s %12lld\n", "Total", render_number_of(result, "total"));
}

/* The layout of `show asp drop` of an ASA, with our reasons. */
void render_asp_drop(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *drop;
	char label[128];
	size_t i;

	fputs("\nFrame drop:\n", out);
	json_array_foreach(json_object_get(result, "drops"), i, drop) {
		if (!render_number_of(drop, "count"))
			continue;
		snprintf(label, sizeof(label), "%s (%s)", asp_text(drop), asp_name(drop));
		fprintf(out, "  %-70s %10lld\n", label, render_number_of(drop, "count"));
	}
}
