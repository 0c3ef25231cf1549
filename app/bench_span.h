/* SPDX-License-Identifier: BSD-3-Clause */
/* The middle, the lowest and the highest of what was measured several times. */
#pragma once

#include "app/bench.h"

/* Sorts the values. n is at least 1. */
struct bench_span bench_span_of(double *values, unsigned n);
struct bench_span bench_span_less(struct bench_span a, double by);
