/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ESP for this worker's SAs: from the inbound lane to inner packets on the forward lane, in three
 * passes over at most 32 packets: everything that is cheaper than crypto, the crypto, everything
 * that may trust the packet (RFC 4303 section 3.4). Nothing of an SA changes before the ICV holds.
 */
#pragma once

#include "dataplane/worker_state.h"

/* The inbound lane, to its end; packets of HMAC suites may stay in their engine. */
void inbound_run(struct worker *w);
/* Packets in the engine, to the forward lane. Before an SA changes, and when they are due. */
void inbound_flush(struct worker *w);
