/* SPDX-License-Identifier: BSD-3-Clause */
/* Gives up what the process does not need once its files are open. */
#pragma once

#include "lib/base/compat.h"

/*
 * No capability, no way to gain one, no core file with keys, and only the system calls of an event
 * loop over descriptors that are open. 0 or -errno, logged.
 */
int must_check sandbox_enter(void);
