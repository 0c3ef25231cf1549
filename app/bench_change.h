/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A policy of BENCH_POLICIES_MAX lines that is built anew while packets flow: a thread on another
 * processor plays the control plane and the main thread of the data plane.
 */
#pragma once

#include "app/bench_lane.h"

/* Fills result->change. 0 or -errno, logged. */
int must_check bench_change_measure(struct bench_run *r, struct bench_result *result);
