/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 900,
	BAR_LEFT = 210,
	BAR_WIDTH = 660,
	BAR_STEP = 22,
	BAR_HEIGHT = 15,
	PLOT_LEFT = 70,
	PLOT_TOP = 20,
	PLOT_WIDTH = 640,
	PLOT_HEIGHT = 300,
	PLOT_BELOW = 60,
	LEGEND_STEP = 20,
	GRID = 5,
};

/* Told apart by anybody (Okabe and Ito), in the order of enum stress_verdict, then again. */
static const char *const colours[STRESS_PAGE_SERIES] = {
	"#009e73", "#e69f00", "#d55e00", "#56b4e9", "#cc79a7", "#999999",
	"#000000", "#0072b2", "#f0e442", "#7a5195", "#2f4b7c", "#a05195",
};

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
	"charset=\"utf-8\"><title>%s</title><style>\n"
	"body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;"
	"color:#222;background:#fff}\n"
	"h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}\n"
	"pre{font-size:12px;overflow-x:auto;background:#f5f5f5;padding:1em}\n"
	"svg{width:100%%;height:auto}text{font:12px system-ui,sans-serif;fill:#222}\n"
	"</style></head><body>\n<h1>%s</h1>\n";

FILE *stress_page_open(const char *path, const char *title)
{
	FILE *f = fopen(path, "we");

	if (f)
		fprintf(f, head, title, title);
	else
		fprintf(stderr, "culvert-stress: --html: cannot write %s: %s\n", path,
			strerror(errno));
	return f;
}

int stress_page_close(FILE *f, const char *path)
{
	fprintf(f, "</body></html>\n");
	if (!ferror(f) && fclose(f) == 0)
		return 0;
	fprintf(stderr, "culvert-stress: --html: cannot write %s: %s\n", path, strerror(errno));
	return -1;
}

static void escape(FILE *f, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '&': fputs("&amp;", f); break;
		default: fputc(*text, f);
		}
}

void stress_page_text(FILE *f, const char *tag, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return;
	fprintf(f, "<%s>", tag);
	escape(f, text);
	fprintf(f, "</%s>\n", tag);
	free(text);
}

void stress_page_table(FILE *f, void (*print)(const void *of, FILE *out), const void *of)
{
	char *table = NULL;
	size_t size;
	FILE *text = open_memstream(&table, &size);

	if (text) {
		print(of, text);
		fclose(text);
	}
	stress_page_text(f, "pre", "%s", table ? table : "");
	free(table);
}

static void label(FILE *f, double x, double y, const char *anchor, const char *text)
{
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	escape(f, text);
	fprintf(f, "</text>\n");
}

static void box(FILE *f, double x, double y, double width, double height, const char *colour)
{
	fprintf(f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"", x, y,
		width, height, colour);
}

static void begin_svg(FILE *f, const char *caption, unsigned height)
{
	stress_page_text(f, "h2", "%s", caption);
	fprintf(f, "<svg viewBox=\"0 0 %d %u\" role=\"img\">\n", WIDTH, height);
}

static void draw_bar(FILE *f, const struct stress_page_bar *bar, double y)
{
	uint64_t total = 0;
	double x = BAR_LEFT;

	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		total += bar->counts[v];
	label(f, BAR_LEFT - 8, y + 12, "end", bar->label);
	for (unsigned v = 0; v < STRESS_VERDICTS; v++) {
		double width;

		if (!bar->counts[v])
			continue;
		width = BAR_WIDTH * (double)bar->counts[v] / (double)total;
		box(f, x, y, width, BAR_HEIGHT, colours[v]);
		fprintf(f, "><title>%s %" PRIu64 " of %" PRIu64 "</title></rect>\n",
			stress_verdict_name(v), bar->counts[v], total);
		x += width;
	}
}

void stress_page_bars(FILE *f, const char *caption, const struct stress_page_bar *bars, unsigned n)
{
	double x = BAR_LEFT;

	begin_svg(f, caption, (n + 2) * BAR_STEP);
	for (unsigned v = 0; v < STRESS_OTHER; v++, x += 90) {
		box(f, x, 2, 12, 12, colours[v]);
		fprintf(f, "/>\n");
		label(f, x + 17, 13, "start", stress_verdict_name(v));
	}
	for (unsigned i = 0; i < n; i++)
		draw_bar(f, &bars[i], (i + 1) * BAR_STEP + 4);
	fprintf(f, "</svg>\n");
}

static double largest(const struct stress_page_plot *p)
{
	double most = 0;

	for (unsigned s = 0; s < p->n_series; s++)
		for (unsigned i = 0; i < p->n_points; i++)
			most = p->values[s][i] > most ? p->values[s][i] : most;
	return most > 0 ? most : 1;
}

static double x_of(const struct stress_page_plot *p, unsigned i)
{
	return PLOT_LEFT + (double)PLOT_WIDTH * i / (p->n_points > 1 ? p->n_points - 1 : 1);
}

static void draw_axes(FILE *f, const struct stress_page_plot *p, double most)
{
	char text[STRESS_PAGE_LABEL];

	for (unsigned i = 0; i <= GRID; i++) {
		double y = PLOT_TOP + PLOT_HEIGHT - (double)PLOT_HEIGHT * i / GRID;

		fprintf(f, "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/>\n", PLOT_LEFT, y, PLOT_WIDTH);
		snprintf(text, sizeof(text), "%.3g", most * i / GRID);
		label(f, PLOT_LEFT - 8, y + 4, "end", text);
	}
	for (unsigned i = 0; i < p->n_points; i++) {
		p->x_label(p, i, text, sizeof(text));
		label(f, x_of(p, i), PLOT_TOP + PLOT_HEIGHT + 18, "middle", text);
	}
	label(f, PLOT_LEFT + PLOT_WIDTH / 2, PLOT_TOP + PLOT_HEIGHT + 42, "middle", p->x_title);
	label(f, 10, PLOT_TOP - 8, "start", p->y_title);
}

void stress_page_plot(FILE *f, const struct stress_page_plot *p)
{
	double most = largest(p);

	begin_svg(f, p->caption, PLOT_TOP + PLOT_HEIGHT + PLOT_BELOW);
	draw_axes(f, p, most);
	for (unsigned s = 0; s < p->n_series; s++) {
		double y = PLOT_TOP + 10 + s * LEGEND_STEP;

		fprintf(f, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" d=\"", colours[s]);
		for (unsigned i = 0; i < p->n_points; i++)
			fprintf(f, "%c%.1f %.1f", i ? 'L' : 'M', x_of(p, i),
				PLOT_TOP + PLOT_HEIGHT * (1 - p->values[s][i] / most));
		fprintf(f, "\"/>\n");
		box(f, PLOT_LEFT + PLOT_WIDTH + 25, y - 8, 16, 4, colours[s]);
		fprintf(f, "/>\n");
		label(f, PLOT_LEFT + PLOT_WIDTH + 48, y, "start", p->names[s]);
	}
	fprintf(f, "</svg>\n");
}
