/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clear packets on their way through: what must not come in clear, TTL, egress policy, MTU. What
 * the crypto map wants goes to the protect lane, the rest to transmission.
 */
#pragma once

#include "dataplane/worker_state.h"

/* The forward lane, to its end. */
void forward_run(struct worker *w);

/*
 * Drops what arrived in clear on a port with a crypto map though the map says it comes encrypted
 * (RFC 4301 section 5.2): compacts m and returns how many are left. n is at most DATAPLANE_BURST.
 */
unsigned forward_screen(struct worker *w, struct rte_mbuf **m, unsigned n);

/*
 * The address an ICMP error about m comes from, 0 when there must be none: that of the port it came
 * by; about what a tunnel brought, one that lets the policy protect the error.
 */
uint32_t forward_error_source(const struct dataplane *dp, const struct policy *policy,
			      struct rte_mbuf *m);

/* An ICMP error about m goes out with the next burst. */
void forward_icmp_error(struct worker *w, struct rte_mbuf *m, uint8_t type, uint8_t code,
			uint16_t mtu);
