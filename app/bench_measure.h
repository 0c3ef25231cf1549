/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One case from its gateway to its figures: verify, then path, raw crypto and empty device in turn,
 * BENCH_REPETITIONS times; verify again. With several workers path and raw crypto also take turns
 * with those of each alone, while the others sleep. A repetition is the median of its passes,
 * so that what the kernel or a neighbour takes away in between does not count.
 */
#pragma once

#include "app/bench.h"
#include "lib/base/compat.h"

/* 0, or -errno with one logged sentence: no memory, or a packet that is lost or wrong. */
int must_check bench_measure(const struct bench_case *c, struct bench_result *result);
