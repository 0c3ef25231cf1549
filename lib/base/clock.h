/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time. Lifetimes and timers run on CLOCK_BOOTTIME (a stepped or wrong wall clock neither expires
 * nor immortalises an SA; suspended time counts). The wall clock is for printing only.
 */
#pragma once

#include <stdint.h>

/* Milliseconds since boot, monotonic; the same in every process of this machine. */
uint64_t clock_now_ms(void);
