/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets for this worker's tunnels: from the protect lane to finished ESP on the transmit lanes.
 * Everything but the crypto is written first, for at most 32 packets, and sequence numbers are
 * given in the order of the wire. A number is used once: never after a wrap, never by another
 * worker.
 */
#pragma once

#include "dataplane/worker_state.h"

/* The protect lane, to its end; packets of HMAC suites may stay in their engine. */
void outbound_run(struct worker *w);
/* Packets in the engine, to the transmit lanes. Before an SA changes, and when they are due. */
void outbound_flush(struct worker *w);
