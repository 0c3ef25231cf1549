/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

/* A field that may be an integer or a real number. */
static double real_of(const json_t *object, const char *field)
{
	return json_number_value(json_object_get(object, field));
}

static const char *core_of(const json_t *worker, char buf[static 16])
{
	if (!json_object_get(worker, "core"))
		return "any";
	snprintf(buf, 16, "%lld", render_number_of(worker, "core"));
	return buf;
}

/* Only what is wrong, or was. */
static void print_stalls(FILE *out, const json_t *w)
{
	long long stalls = render_number_of(w, "stalls");

	if (json_object_get(w, "stalled_ms"))
		fprintf(out, "  stalled %.0f s", real_of(w, "stalled_ms") / 1000);
	if (stalls)
		fprintf(out, "  %lld stall%s", stalls, stalls == 1 ? "" : "s");
	fputc('\n', out);
}

void render_processes(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *w;
	char core[16];
	size_t i;

	fputs("Worker  Core    Busy  Packets/burst  Cycles/packet\n", out);
	json_array_foreach(json_object_get(result, "workers"), i, w) {
		fprintf(out, "%6lld %5s %6.1f%% %14.1f %14.0f", render_number_of(w, "worker"),
			core_of(w, core), real_of(w, "busy_percent"),
			real_of(w, "packets_per_burst"), real_of(w, "cycles_per_packet"));
		print_stalls(out, w);
	}
}
