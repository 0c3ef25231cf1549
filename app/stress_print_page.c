/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_page.h"
#include "app/stress_print.h"

static void sweep_label(const struct stress_page_plot *, unsigned i, char *text, size_t size)
{
	snprintf(text, size, "%u", 16u << i);
}

static void plot_sweep(FILE *f, const struct stress_report *r)
{
	struct stress_page_plot plot = {
		.caption = "Late packets by how far they fall behind, for each window",
		.x_title = "10 % of the packets fall behind by 1 to this many others",
		.y_title = "percent late",
		.n_series = STRESS_WINDOWS,
		.n_points = STRESS_SWEEP,
		.x_label = sweep_label,
	};

	for (unsigned w = 0; w < STRESS_WINDOWS; w++) {
		snprintf(plot.names[w], STRESS_PAGE_LABEL, "window %u", stress_window_at(w));
		plot.values[w] = r->sweep[w];
	}
	stress_page_plot(f, &plot);
}

static void plot_streams(FILE *f, const struct stress_report *r)
{
	struct stress_page_bar bars[STRESS_STREAMS_MAX] = {0};
	const struct stress_stream *s;
	unsigned n = 0;

	for (unsigned i = 0; (s = stress_stream_at(i)); i++) {
		/* both receivers get like packets: the whole path when it ran */
		const struct stress_sum *sum = &r->sums[i][r->sums[i][1].cases > 0];

		if (!sum->cases)
			continue;
		snprintf(bars[n].label, STRESS_PAGE_LABEL, "%s", s->name);
		bars[n++].counts = sum->is;
	}
	stress_page_bars(f, "What becomes of the packets of each stream, all windows together",
			 bars, n);
}

static void print_table(const void *of, FILE *out)
{
	stress_print_table(of, out);
}

int stress_print_page(const struct stress_report *r)
{
	FILE *f = stress_page_open(r->o->html, "culvert-stress: replay and reordering");

	if (!f)
		return -1;
	plot_streams(f, r);
	plot_sweep(f, r);
	stress_page_text(f, "h2", "The receiver beside the oracle");
	stress_page_table(f, print_table, r);
	return stress_page_close(f, r->o->html);
}
