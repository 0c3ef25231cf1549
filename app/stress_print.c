/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_print.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const receivers[STRESS_RECEIVERS] = {"window", "path"};

static void print_line(FILE *out, const char *stream, const char *who, uint64_t received,
		       const uint64_t *counts)
{
	fprintf(out, "%-17s %-7s %10" PRIu64, stream, who, received);
	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		fprintf(out, " %10" PRIu64, counts[v]);
	fprintf(out, "\n");
}

static void print_stream(FILE *out, const char *name, const struct stress_sum *sums)
{
	for (unsigned i = 0; i < STRESS_RECEIVERS; i++) {
		if (!sums[i].cases)
			continue;
		print_line(out, name, receivers[i], sums[i].received, sums[i].is);
		print_line(out, "", "oracle", sums[i].received, sums[i].must);
		name = "";
	}
}

static void print_disagreement(FILE *out, const struct stress_report *r)
{
	const struct stress_outcome *o = &r->first_outcome;
	const struct stress_case *c = &r->first;
	uint32_t window = stress_case_window(c, o->packet.flow);
	bool esn = stress_case_esn(c, o->packet.flow);

	fprintf(out, "DISAGREES, first at: stream %s, %s, seed %" PRIu64 ", window %u, ESN %s, ",
		c->stream->name, receivers[c->path], c->seed, window, esn ? "on" : "off");
	if (c->path)
		fprintf(out, "%s, ", stress_case_suite_name(c->suite));
	fprintf(out, "packet %" PRIu64 " (SA %u, number %" PRIu64 "%s): %s is %s, must be %s\n",
		o->index, o->packet.flow, o->packet.seq,
		o->packet.kind == STRESS_FORGED ? ", forged" : "", receivers[c->path],
		stress_verdict_name(o->is_first), stress_verdict_name(o->must_first));
	fprintf(out,
		"again: culvert-stress --stream %s --receiver %s --seed %" PRIu64
		" --packets %" PRIu64,
		c->stream->name, receivers[c->path], c->seed, c->packets);
	if (!c->stream->sas)
		fprintf(out, " --window %u --esn %s", c->window, c->esn ? "on" : "off");
	if (c->path && !c->stream->sas)
		fprintf(out, " --transform \"%s\"", stress_case_suite_name(c->suite));
	if (r->o->mutant)
		fprintf(out, " --mutant %s", r->o->mutant);
	fprintf(out, "\n");
}

void stress_print_table(const struct stress_report *r, FILE *out)
{
	const struct stress_stream *s;

	fprintf(out, "%-17s %-7s %10s", "stream", "", "packets");
	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		fprintf(out, " %10s", stress_verdict_name(v));
	fprintf(out, "\n");
	for (unsigned i = 0; (s = stress_stream_at(i)); i++)
		print_stream(out, s->name, r->sums[i]);
	fprintf(out, "%u cases, %" PRIu64 " packets in %.1f s, seed %" PRIu64 ": ", r->cases,
		r->received, r->seconds, r->o->seed);
	if (!r->disagreements) {
		fprintf(out, "every verdict is the oracle's\n");
		return;
	}
	fprintf(out, "%u cases disagree\n", r->disagreements);
	print_disagreement(out, r);
}

static json_t *counts_json(const uint64_t *counts)
{
	json_t *o = json_object();

	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		json_object_set_new(o, stress_verdict_name(v), json_integer((json_int_t)counts[v]));
	return o;
}

static json_t *disagreement_json(const struct stress_report *r)
{
	const struct stress_outcome *o = &r->first_outcome;
	const struct stress_case *c = &r->first;

	return json_pack(
		"{s:s, s:s, s:I, s:I, s:b, s:s, s:I, s:I, s:I, s:I, s:b, s:s, s:s}", "stream",
		c->stream->name, "receiver", receivers[c->path], "seed", (json_int_t)c->seed,
		"window", (json_int_t)stress_case_window(c, o->packet.flow), "esn",
		stress_case_esn(c, o->packet.flow), "transform", stress_case_suite_name(c->suite),
		"packets", (json_int_t)c->packets, "packet", (json_int_t)o->index, "sa",
		(json_int_t)o->packet.flow, "number", (json_int_t)o->packet.seq, "forged",
		o->packet.kind == STRESS_FORGED, "is", stress_verdict_name(o->is_first), "must_be",
		stress_verdict_name(o->must_first));
}

json_t *stress_print_json(const struct stress_report *r)
{
	const struct stress_stream *s;
	json_t *streams = json_array(), *o;

	for (unsigned i = 0; (s = stress_stream_at(i)); i++)
		for (unsigned k = 0; k < STRESS_RECEIVERS; k++) {
			const struct stress_sum *sum = &r->sums[i][k];

			if (sum->cases)
				json_array_append_new(
					streams, json_pack("{s:s, s:s, s:i, s:I, s:o, s:o}",
							   "stream", s->name, "receiver",
							   receivers[k], "cases", (int)sum->cases,
							   "packets", (json_int_t)sum->received,
							   "is", counts_json(sum->is), "oracle",
							   counts_json(sum->must)));
		}
	o = json_pack("{s:I, s:f, s:i, s:I, s:i, s:o}", "seed", (json_int_t)r->o->seed, "seconds",
		      r->seconds, "cases", (int)r->cases, "packets", (json_int_t)r->received,
		      "disagreements", (int)r->disagreements, "streams", streams);
	if (r->disagreements)
		json_object_set_new(o, "first", disagreement_json(r));
	return o;
}
