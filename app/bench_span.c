/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_span.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct bench_span bench_span_of(double *values, unsigned n)
{
	qsort(values, n, sizeof(*values), compare);
	return (struct bench_span){values[n / 2], values[0], values[n - 1]};
}

struct bench_span bench_span_less(struct bench_span a, double by)
{
	return (struct bench_span){a.mid - by, a.min - by, a.max - by};
}
