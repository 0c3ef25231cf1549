/* SPDX-License-Identifier: BSD-3-Clause */
/* `test crypto peer`, `test crypto path`: layouts of our own, the same in all dialects. */
#include "cli/render.h"

#include <string.h>

static void print_found(FILE *out, const json_t *result)
{
	const json_t *found = json_object_get(result, "diagnoses");

	render_test_diagnoses(out, found);
	if (!json_array_size(found))
		fputs("    Nothing is wrong that can be seen from here.\n", out);
}

static void print_partial(FILE *out, const json_t *result)
{
	fputs("    Tried: that the peer answers, the policy, Diffie-Hellman, NAT. Nothing is wrong "
	      "with these.\n"
	      "    Not tried: key or certificate, identities, and all of quick mode (map, "
	      "networks, "
	      "transforms, PFS).\n"
	      "    The peer might move the SAs in use to a negotiation that goes on, and end them "
	      "with it.\n",
	      out);
	fprintf(out, "    Type: clear crypto sa peer %s, then this again: all of it is tried.\n",
		render_text_of(result, "peer"));
}

static void print_standing(FILE *out, const json_t *result)
{
	const json_t *standing = json_object_get(result, "standing");

	if (!json_array_size(standing))
		return;
	fputs("Known of it from its own negotiations:\n", out);
	render_test_diagnoses(out, standing);
}

void render_test_peer(FILE *out, const struct render_request *, const json_t *result)
{
	long long pairs = render_number_of(result, "pairs");
	const char *quick = render_text_of(result, "quick");
	const json_t *n;
	size_t i;

	fprintf(out, "Peer %s: phase 1 %s, quick mode %s", render_text_of(result, "peer"),
		render_text_of(result, "phase1"), quick);
	if (pairs)
		fprintf(out, ": %lld SA pair%s up, and go%s on", pairs,
			pairs == 1 ? " is" : "s are", pairs == 1 ? "es" : "");
	fputc('\n', out);
	json_array_foreach(json_object_get(result, "negotiations"), i, n)
		render_diagnose_negotiation(out, n);
	if (strcmp(render_text_of(result, "phase1"), "agreed") == 0)
		print_partial(out, result);
	else
		print_found(out, result);
	print_standing(out, result);
}

static void print_sizes(FILE *out, const json_t *result)
{
	const char *why = render_text_of(result, "why");

	if (*why) {
		fprintf(out, "Largest packet:  not known: %s\n", why);
		return;
	}
	fprintf(out, "Largest packet:  %lld bytes with DF, from %s to %s\n",
		render_number_of(result, "largest"), render_text_of(result, "source"),
		render_text_of(result, "inside"));
	if (json_object_get(result, "lost"))
		fprintf(out, "Lost:            %lld bytes and more, without a word\n",
			render_number_of(result, "lost"));
}

void render_test_path(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "Peer %s\n", render_text_of(result, "peer"));
	fprintf(out, "UDP 500:         %s\n", render_text_of(result, "udp500"));
	fprintf(out, "UDP 4500:        %s\n", render_text_of(result, "udp4500"));
	fprintf(out, "ESP:             %s", render_text_of(result, "esp"));
	if (strcmp(render_text_of(result, "esp"), "no SA") != 0)
		fprintf(out, ", in %s: %lld encaps, %lld decaps meanwhile",
			render_text_of(result, "encapsulation"), render_number_of(result, "sent"),
			render_number_of(result, "received"));
	fputc('\n', out);
	print_sizes(out, result);
	print_found(out, result);
}
