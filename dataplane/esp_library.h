/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * intel-ipsec-mb for one thread. Every call of the library, also the direct ones, writes its last
 * error to one variable (imb_errno), so threads that share the library hand a cache line back and
 * forth with each packet: with two workers a GCM call took a third to a half longer. So each worker
 * has the library in a link namespace of its own, with variables of its own and the same pages of
 * code.
 */
#pragma once

#include "lib/base/compat.h"

#include <intel-ipsec-mb.h>

struct esp_library;

/*
 * NULL when there can be no other: then the one the program is linked with serves, which NULL
 * stands for below. glibc has room for a dozen, and has it back when the last is closed first.
 * Outlives the managers.
 */
struct esp_library *esp_library_open(void);
void esp_library_close(struct esp_library *lib);

/* A manager made for this CPU; NULL without memory or when the CPU cannot do it. */
IMB_MGR *esp_library_manager(const struct esp_library *lib);
/* Wiped, as keys may stand in it. */
void esp_library_manager_free(IMB_MGR *mgr);
