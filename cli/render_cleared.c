/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

/* A box says nothing here; how many went is what the operator wants to know (R092). */
void render_cleared(FILE *out, const struct render_request *, const json_t *result)
{
	long long n = render_number_of(result, "cleared");

	fprintf(out, "%lld IKE SA%s removed\n", n, n == 1 ? "" : "s");
}

void render_cleared_pairs(FILE *out, const struct render_request *, const json_t *result)
{
	long long n = render_number_of(result, "cleared");

	long long peers = render_number_of(result, "peers");

	fprintf(out, "%lld pair%s of IPsec SAs removed", n, n == 1 ? "" : "s");
	if (peers)
		fprintf(out, ", of %lld peer%s", peers, peers == 1 ? "" : "s");
	fputc('\n', out);
}

void render_cleared_sessions(FILE *out, const struct render_request *, const json_t *result)
{
	long long n = render_number_of(result, "cleared");

	fprintf(out, "%lld session%s ended\n", n, n == 1 ? "" : "s");
}
