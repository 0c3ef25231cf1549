/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SAs that come and go while packets flow: a thread on another processor plays the control plane on
 * the real command ring. Passes with and without it take turns; the rate is that of the time the
 * worker spends on packets, and all of that time is counted.
 */
#pragma once

#include "app/bench_lane.h"

/* Fills result->churn. 0 or -errno, logged. */
int must_check bench_churn_measure(struct bench_run *r, struct bench_result *result);
