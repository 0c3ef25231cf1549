/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Event lines of discarded packets, as IOS and an ASA word them (debug-formats section 6).
 */
#pragma once

#include "controlplane/control.h"

/* A worker (from; -1: culvertd's main thread) discarded a packet worth a line. */
void discards_log(struct control *c, int from, const struct plane_notice *notice);
