/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

static void print_entry(FILE *out, const json_t *e)
{
	char mac[15], age[24] = "0";
	const char *hardware = render_mac_of(e, "mac", mac);

	if (*hardware)
		snprintf(age, sizeof(age), "%lld", render_number_of(e, "age_s") / 60);
	fprintf(out, "Internet  %-15s %9s   %-14s  ARPA   %s\n", render_text_of(e, "address"), age,
		*hardware ? hardware : "Incomplete", render_text_of(e, "interface"));
}

/* The layout of IOS. */
void render_arp(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *entry;
	size_t i;

	fputs("Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n", out);
	json_array_foreach(json_object_get(result, "entries"), i, entry)
		print_entry(out, entry);
}
