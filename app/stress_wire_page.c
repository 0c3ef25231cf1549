/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_page.h"
#include "app/stress_wire_print.h"

#include <stdlib.h>
#include <string.h>

enum {
	POINTS = 120, /* of a plot over time, at most */
	LABELS = 10,
	SERIES = 4,
};

static void distance_label(const struct stress_page_plot *, unsigned i, char *text, size_t size)
{
	snprintf(text, size, "%u", 1u << i);
}

static void plot_flow(FILE *f, const struct stress_flow *flow)
{
	struct stress_page_bar bars[STRESS_WINDOWS] = {0};
	double behind[STRESS_DISTANCES];
	struct stress_page_plot plot = {
		.caption = "How far packets fell behind",
		.x_title = "numbers behind the highest before, at least",
		.y_title = "packets",
		.n_series = 1,
		.n_points = STRESS_DISTANCES,
		.names = {"packets"},
		.values = {behind},
		.x_label = distance_label,
	};
	char caption[128];

	snprintf(caption, sizeof(caption), "SPI 0x%08X: what a window of each size makes of it",
		 flow->spi);
	for (unsigned i = 0; i < STRESS_WINDOWS; i++) {
		snprintf(bars[i].label, STRESS_PAGE_LABEL, "window %u", stress_window_at(i));
		bars[i].counts = flow->predicted[i];
	}
	stress_page_bars(f, caption, bars, STRESS_WINDOWS);
	for (unsigned i = 0; i < STRESS_DISTANCES; i++)
		behind[i] = (double)flow->behind[i];
	stress_page_plot(f, &plot);
}

static void time_label(const struct stress_page_plot *plot, unsigned i, char *text, size_t size)
{
	text[0] = '\0';
	if (i % (POINTS / LABELS) == 0)
		snprintf(text, size, "%u", i * plot->x_step);
}

static void plot_time(FILE *f, const struct stress_wire_result *r)
{
	double values[SERIES][POINTS];
	struct stress_page_plot plot = {
		.caption = "Over time",
		.x_title = "seconds",
		.y_title = "ESP packets a second",
		.n_series = SERIES,
		.names = {"received", "sent", "refused by 64", "refused by 1024"},
		.x_label = time_label,
	};
	struct stress_wire_sample was = {0};

	plot.x_step = (r->n_samples + POINTS - 1) / POINTS;
	if (!plot.x_step)
		return;
	for (unsigned i = 0; i < r->n_samples / plot.x_step; i++) {
		const struct stress_wire_sample *is = &r->samples[(i + 1) * plot.x_step - 1];
		const uint64_t by[SERIES] = {
			is->received - was.received,
			is->sent - was.sent,
			is->refused[0] - was.refused[0],
			is->refused[4] - was.refused[4],
		};

		for (unsigned s = 0; s < SERIES; s++)
			values[s][i] = (double)by[s] / plot.x_step;
		was = *is;
		plot.n_points = i + 1;
	}
	for (unsigned s = 0; s < SERIES; s++)
		plot.values[s] = values[s];
	stress_page_plot(f, &plot);
}

static void print_table(const void *of, FILE *out)
{
	stress_wire_print_table(of, out);
}

int stress_wire_print_page(const struct stress_wire_result *r)
{
	FILE *f = stress_page_open(r->o->html, "culvert-stress: a middle box");

	if (!f)
		return -1;
	stress_page_table(f, print_table, r);
	plot_time(f, r);
	for (unsigned i = 0; i < r->flows.n; i++)
		if (r->flows.rows[i]->spi)
			plot_flow(f, r->flows.rows[i]);
	return stress_page_close(f, r->o->html);
}
