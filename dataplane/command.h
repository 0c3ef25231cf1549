/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands of the control plane to one worker, carried out between two bursts. Each is answered by
 * exactly one PLANE_ACK; while the ring has no room for it no further command is taken.
 */
#pragma once

#include "dataplane/worker_state.h"

#include <stdbool.h>

/* Carries out what waits, a bounded number. Returns whether there was anything. */
bool command_drain(struct worker *w);
