/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The DPDK environment of a program that runs the data plane inside itself: threads pinned to the
 * last processors it may use, without devices and without root.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

/* Memory this process can still get, and what sets the limit: "free on this machine". */
uint64_t bench_eal_available_mb(void);
const char *bench_eal_limit(void);
/* Processors this process may use when it starts, and the i-th of them from the end. */
unsigned bench_eal_cpus(void);
unsigned bench_eal_cpu(unsigned i);
/* hugepages says what it runs on. 0, or -1. */
int must_check bench_eal_start(const char *program, uint64_t mb, bool *hugepages);
/* The same with n threads, lcore i on bench_eal_cpu(i); the caller's thread is lcore 0. */
int must_check bench_eal_start_many(const char *program, uint64_t mb, unsigned n, bool *hugepages);
void bench_eal_stop(void);
