/* SPDX-License-Identifier: BSD-3-Clause */
/* One HTML page with everything in it: headings, tables, and plots in SVG. */
#pragma once

#include "app/stress.h"
#include "lib/base/compat.h"

#include <stdint.h>
#include <stdio.h>

enum {
	STRESS_PAGE_LABEL = 48,
	STRESS_PAGE_SERIES = 12,
};

/* Verdicts of one thing, drawn as parts of one bar. */
struct stress_page_bar {
	char label[STRESS_PAGE_LABEL];
	const uint64_t *counts; /* STRESS_VERDICTS */
};

/* Lines over points at equal steps. */
struct stress_page_plot {
	const char *caption;
	const char *x_title;
	const char *y_title;
	unsigned n_series;
	unsigned n_points;
	char names[STRESS_PAGE_SERIES][STRESS_PAGE_LABEL];
	const double *values[STRESS_PAGE_SERIES]; /* n_points of each */
	unsigned x_step;			  /* for x_label */
	/* Writes what stands below point i; an empty text leaves it out. */
	void (*x_label)(const struct stress_page_plot *plot, unsigned i, char *text, size_t size);
};

/* NULL, with the sentence printed. */
FILE *stress_page_open(const char *path, const char *title);
/* What print(of, out) writes, preformatted. */
void stress_page_table(FILE *f, void (*print)(const void *of, FILE *out), const void *of);
/* 0, or -1 with the sentence printed. */
int must_check stress_page_close(FILE *f, const char *path);

/* One paragraph, heading or preformatted report; text is escaped. */
void printf_like(3, 4) stress_page_text(FILE *f, const char *tag, const char *fmt, ...);
void stress_page_bars(FILE *f, const char *caption, const struct stress_page_bar *bars, unsigned n);
void stress_page_plot(FILE *f, const struct stress_page_plot *plot);
