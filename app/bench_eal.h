/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The DPDK environment of a program that runs the data plane inside itself: one thread, pinned to
 * the last processor it may use, without devices and without root.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

/* Memory this machine can still give. */
uint64_t bench_eal_available_mb(void);
/* hugepages says what it runs on. 0, or -1. */
int must_check bench_eal_start(const char *program, uint64_t mb, bool *hugepages);
void bench_eal_stop(void);
